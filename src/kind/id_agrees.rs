use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Date32Type;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::format::Judge;
use crate::format::vn::cccd::{CitizenId, Holder, holder};
use crate::kernel::date_format::civil;
use crate::kernel::text::canonical;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Texts};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "id_agrees",
    title: Words {
        en: "personal ID agrees with the person's data",
        vi: "số định danh khớp thông tin nhân thân",
    },
    dimension: Dimension::Correctness,
    // The lowest that is scored: a lawful number may disagree, so a disagreement is worth a look, and neither makes a
    // record unclean (`major` would) nor goes unseen in the score (`info` would).
    severity: Severity::Minor,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The digits of the personal number (`vn.cccd`) agree with the person's gender, year of birth and province \
             of birth registration, as far as columns are given and have values. `female` and `male` say how gender is \
             written (Nữ and Nam unless said otherwise, in any case). Provinces are compared as numbers, so 01 is 001. \
             A row without a valid number, or with nothing to compare it with, is not applicable; a value that cannot \
             be read is unknown. A lawful number may disagree: after a correction of gender or year of birth it is \
             replaced only if the citizen asks for it (Decree 70/2024/NĐ-CP, art. 11).",
        vi: "Các chữ số của số định danh cá nhân (`vn.cccd`) khớp với giới tính, năm sinh và tỉnh đăng ký khai sinh, với \
             những cột được nêu và có giá trị. `female` và `male` cho biết cách ghi giới tính (mặc định Nữ và Nam, không \
             phân biệt hoa thường). Mã tỉnh so theo số nên 01 là 001. Dòng không có số hợp lệ hoặc không có gì để so thì \
             không áp dụng; giá trị không đọc được thì không đánh giá được. Số đúng luật vẫn có thể không khớp: sau khi \
             cải chính giới tính, năm sinh, số chỉ được cấp lại khi công dân yêu cầu (Nghị định 70/2024/NĐ-CP, Điều 11).",
    },
    why: Words {
        en: "Most disagreements are a number or a birth date that was typed wrongly, or the number of a relative.",
        vi: "Phần lớn trường hợp không khớp là gõ sai số, sai ngày sinh, hoặc dùng nhầm số của người thân.",
    },
    fix: Words {
        en: "Check the record against the national population database; leave it if the number is lawful.",
        vi: "Đối chiếu với Cơ sở dữ liệu quốc gia về dân cư; giữ nguyên nếu số đúng luật.",
    },
    example: "id_agrees: { column: so_dinh_danh, gender: gioi_tinh, birth_date: ngay_sinh, female: [Nữ, 2], male: [Nam, 1] }",
};

arguments! {
    pub struct IdAgrees {
        /// The column of personal numbers.
        column: Column,
        /// The column of genders.
        gender: Option<Column>,
        /// The column of birth dates.
        birth_date: Option<Column>,
        /// The column of years of birth, where there is no whole date.
        birth_year: Option<Column>,
        /// The column of the provinces in which births were registered, by the codes of the personal number.
        province: Option<Column>,
        /// How the female gender is written.
        female: Option<Texts>,
        /// How the male gender is written.
        male: Option<Texts>,
    }
}

impl Arguments for IdAgrees {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let compared = [&self.gender, &self.birth_date, &self.birth_year, &self.province];
        let words = self.female.is_some() || self.male.is_some();
        let what = if compared.into_iter().all(Option::is_none) {
            say!(
                "nothing to compare: name `gender`, `birth_date`, `birth_year` or `province`",
                "không có gì để so: hãy nêu `gender`, `birth_date`, `birth_year` hoặc `province`"
            )
        } else if words && self.gender.is_none() {
            say!("`female` and `male` need `gender`", "`female` và `male` cần có `gender`")
        } else {
            return true;
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for IdAgrees {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        let words = |words: &Option<Texts>, usual: &str| match words {
            Some(words) => words.iter().map(|word| word.value.clone()).collect(),
            None => vec![usual.to_owned()],
        };
        let gender = |column: &Column| Demand::Gender {
            column: column.value.clone(),
            female: words(&self.female, "Nữ"),
            male: words(&self.male, "Nam"),
        };
        let province = |column: &Column| Demand::Province { column: column.value.clone() };
        self.gender.iter().map(gender).chain(self.province.iter().map(province)).collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let words = |words: &Option<Texts>, usual: &str| match words {
            Some(words) => words.iter().map(|word| folded(&word.value)).collect(),
            None => vec![folded(usual)],
        };
        let mut claims = Vec::new();
        if let Some(name) = &self.gender {
            let gender =
                Claim::Gender { female: words(&self.female, "Nữ"), male: words(&self.male, "Nam") };
            claims.push((binder.column(name)?, gender));
        }
        if let Some(name) = &self.birth_date {
            claims.push((binder.column_as(name, ColumnType::Date, None)?, Claim::BirthDate));
        }
        if let Some(name) = &self.birth_year {
            claims.push((binder.column(name)?, Claim::BirthYear));
        }
        if let Some(name) = &self.province {
            claims.push((binder.column(name)?, Claim::Province));
        }
        Ok(Bound::scan(Agreement { number: binder.column(&self.column)?, claims }))
    }
}

/// Genders are compared without regard to capitals.
fn folded(word: &str) -> String {
    canonical(word).to_lowercase()
}

struct Agreement {
    number: ColumnId,
    /// The columns that say something about the holder of the number.
    claims: Vec<(ColumnId, Claim)>,
}

/// What a column says about a person.
enum Claim {
    Gender { female: Vec<String>, male: Vec<String> },
    BirthDate,
    BirthYear,
    Province,
}

const REASONS: [&str; 3] = ["gender", "birth_year", "province"];

impl Claim {
    /// Its place among [`REASONS`].
    fn reason(&self) -> usize {
        match self {
            Self::Gender { .. } => 0,
            Self::BirthDate | Self::BirthYear => 1,
            Self::Province => 2,
        }
    }

    /// Whether the value of a row agrees with the number; `None` if it cannot be read.
    fn agrees(&self, batch: &Batch<'_>, column: ColumnId, row: usize, holder: Holder) -> Option<bool> {
        let text = || batch.canonical(column).get(row);
        match self {
            Self::Gender { female, male } => {
                let word = folded(text()?);
                let (is_female, is_male) = (female.contains(&word), male.contains(&word));
                (is_female != is_male).then_some(is_female == holder.female)
            }
            Self::BirthDate => {
                let typed = batch.typed(column);
                let day =
                    typed.parsed.value(row).then(|| typed.array.as_primitive::<Date32Type>().value(row))?;
                Some(civil(day).0 == i32::from(holder.birth_year))
            }
            Self::BirthYear => {
                let year = text().filter(|year| year.len() == 4)?.parse::<u16>().ok()?;
                Some(year == holder.birth_year)
            }
            Self::Province => Some(text()?.parse::<u16>().ok()? == holder.province),
        }
    }
}

/// What is known of a row: whether anything was compared, what could not be read, which reasons disagree.
#[derive(Clone, Copy, Default)]
struct Found {
    compared: bool,
    unreadable: bool,
    disagree: [bool; REASONS.len()],
}

impl Agreement {
    fn found(&self, batch: &Batch<'_>, row: usize) -> Found {
        let mut found = Found::default();
        let number = batch.canonical(self.number).get(row).filter(|value| CitizenId.accepts(value));
        let Some(holder) = number.and_then(holder) else { return found };
        for (column, claim) in &self.claims {
            if !batch.present(*column).value(row) {
                continue;
            }
            found.compared = true;
            match claim.agrees(batch, *column, row, holder) {
                Some(agrees) => found.disagree[claim.reason()] |= !agrees,
                None => found.unreadable = true,
            }
        }
        found
    }
}

impl Check for Agreement {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.number);
        let one = |row| if present.value(row) { self.found(batch, row) } else { Found::default() };
        let found: Vec<Found> = (0..batch.rows()).map(one).collect();
        let rows =
            |test: &dyn Fn(&Found) -> bool| BooleanBuffer::collect_bool(found.len(), |row| test(&found[row]));
        let fails = |found: &Found| found.disagree.contains(&true);
        let mut verdict = RowVerdict::new(rows(&|found| found.compared), rows(&fails))
            .with_unknown(Some(rows(&|found| found.unreadable && !fails(found))));
        for (at, reason) in REASONS.into_iter().enumerate() {
            verdict.reasons.push((reason, rows(&|found| found.disagree[at])));
        }
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let [gender, birth_year, _] = self.found(batch, row).disagree;
        let reason: Text = if gender {
            say!(
                "the number's fourth digit says another gender",
                "chữ số thứ tư của số cho biết giới tính khác"
            )
        } else if birth_year {
            say!("the number says another year of birth", "số cho biết năm sinh khác")
        } else {
            say!(
                "the number says another province of registration",
                "số cho biết tỉnh đăng ký khai sinh khác"
            )
        };
        Some(Explanation { reason, repaired: None })
    }
}
