use serde::{Deserialize, Serialize};

use super::text_defects::{explanation, reasons};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::{Defects, NameDefects, defects, name_defects};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, ParseContext, Spec, Words,
};
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "person_name",
    title: Words { en: "properly written names of people", vi: "họ tên viết đúng" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value is cleanly written as `clean_text` has it, and as the name of a person: without digits, \
             without symbols (`@ # % _ …`; apostrophe, hyphen, full stop, comma, brackets and slash are lawful), and \
             with its marks: `NGUYEN VAN A` has lost them (two words at least that are Vietnamese names without their \
             marks, in a value without any mark). Letters outside the Vietnamese alphabet are lawful: K'Brơi, Y Wăn, \
             John Smith. Case is not judged. `one_word` and `over_ten_words` count unusual lengths, which pass. Absent \
             values are skipped.",
        vi: "Mọi giá trị viết sạch như `clean_text` đòi hỏi, và đúng là tên người: không có chữ số, không có ký hiệu \
             (`@ # % _ …`; dấu nháy, gạch nối, chấm, phẩy, ngoặc, gạch chéo là hợp lệ), không mất dấu: `NGUYEN VAN A` \
             là mất dấu (ít nhất hai từ là tên tiếng Việt bỏ dấu, cả giá trị không có dấu nào). Chữ cái ngoài bảng chữ \
             tiếng Việt là hợp lệ: K'Brơi, Y Wăn, John Smith. Không xét chữ hoa chữ thường. `one_word` và \
             `over_ten_words` đếm tên dài ngắn khác thường, vẫn đạt. Bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A name that is written otherwise than on the identity card finds nobody in the population database.",
        vi: "Tên ghi khác thẻ căn cước thì không tìm thấy người trong cơ sở dữ liệu dân cư.",
    },
    fix: Words {
        en: "Take the name from the identity card or the population database; a lost mark cannot be guessed.",
        vi: "Lấy tên theo thẻ căn cước hoặc cơ sở dữ liệu dân cư; dấu đã mất thì không đoán được.",
    },
    example: "person_name: { column: ho_ten }",
};

const DIGIT: Words = Words { en: "digit in a name", vi: "tên có chữ số" };
const SYMBOL: Words = Words { en: "symbol in a name", vi: "tên có ký hiệu" };
const LOST: Words = Words { en: "name without its marks", vi: "tên mất dấu" };

arguments! {
    pub struct PersonName {
        /// The column of names of persons.
        column: Column,
    }
}

impl Arguments for PersonName {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for PersonName {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Name]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Name { column: binder.column(&self.column)? }))
    }
}

struct Name {
    column: ColumnId,
}

/// Names of unusual length.
#[derive(Default, Serialize, Deserialize)]
struct Unusual {
    one_word: u64,
    over_ten_words: u64,
}

impl State for Unusual {
    fn merge(&mut self, other: Self) {
        self.one_word += other.one_word;
        self.over_ten_words += other.over_ten_words;
    }
}

impl Check for Name {
    type State = Unusual;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Unusual) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let text = batch.text(self.column);
        let words = text.mapped(|value| value.split_whitespace().count());
        for row in population.sound(present).set_indices() {
            match words(row) {
                Some(0 | 1) => state.one_word += 1,
                Some(11..) => state.over_ten_words += 1,
                _ => {}
            }
        }
        let clean = batch.clean(self.column, present);
        let pass = &clean & &text.mark(present, |value| name_defects(value).is_empty());
        let mut verdict = RowVerdict::passing(present, &pass);
        if verdict.fail.count_set_bits() > 0 {
            let found = text.mapped(|value| {
                let NameDefects { digit, symbol, lost_diacritics } = name_defects(value);
                let further = u32::from(digit) | u32::from(symbol) << 1 | u32::from(lost_diacritics) << 2;
                defects(value).bits() | further << Defects::ALL.len()
            });
            let names = Defects::ALL.into_iter().map(|(_, name)| name);
            let names = names.chain(["digit", "symbol", "lost_diacritics"]);
            verdict.reasons = reasons(names, &verdict.fail, |row| found(row).unwrap_or_default());
        }
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let value = batch.text(self.column).get(row)?;
        let found = name_defects(value);
        let further = [(found.digit, DIGIT), (found.symbol, SYMBOL), (found.lost_diacritics, LOST)];
        let further: Vec<Words> =
            further.into_iter().filter_map(|(found, words)| found.then_some(words)).collect();
        explanation(value, &further)
    }

    fn measure(&self, tally: Tally, state: &Unusual) -> Measure {
        let mut measure = Measure::of(tally);
        for (name, count) in [("one_word", state.one_word), ("over_ten_words", state.over_ten_words)] {
            if count > 0 {
                measure.figures.push(Figure::new(name, count));
            }
        }
        measure
    }
}
