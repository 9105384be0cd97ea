use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::date_format::{DateFormat, default_date, default_timestamps};
use crate::kernel::number::{self, Parsed};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "detected_type",
    title: Words { en: "actual type of the data", vi: "kiểu thật của dữ liệu" },
    dimension: Dimension::Consistency,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The type that all values of a text column really have is the expected one: the narrowest that fits every \
             one of them, where integer is narrower than decimal, date than timestamp, and everything than text. 0 and \
             1 may be integers or booleans. Digits behind a leading zero are a code, which is text. Dates are written \
             as `formats` say, YYYY-MM-DD unless said otherwise. The figures say how many values fit each type; absent \
             values are left out.",
        vi: "Kiểu thật của mọi giá trị trong cột chuỗi đúng là kiểu mong đợi: kiểu hẹp nhất mà tất cả đều phù hợp, trong \
             đó số nguyên hẹp hơn số thập phân, ngày hẹp hơn thời điểm, mọi kiểu hẹp hơn chuỗi. 0 và 1 có thể là số \
             nguyên hoặc lô-gích. Dãy số có số 0 đứng đầu là mã, tức là chuỗi. Ngày ghi theo `formats`, mặc định \
             YYYY-MM-DD. Số liệu kèm theo cho biết bao nhiêu giá trị phù hợp từng kiểu; bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A column whose values turn from numbers to text, or from codes to numbers, has changed its meaning or lost \
             its leading zeros.",
        vi: "Cột đang là số bỗng thành chuỗi, hoặc mã thành số, là đã đổi nghĩa hoặc mất số 0 ở đầu.",
    },
    fix: Words {
        en: "Ask the source what has changed; see the figures for how many values are of another type.",
        vi: "Hỏi nguồn xem đã đổi gì; xem số liệu để biết bao nhiêu giá trị thuộc kiểu khác.",
    },
    example: "detected_type: { column: ma_xa, is: text }",
};

arguments! {
    pub struct DetectedType {
        /// The column whose values are looked at.
        column: Column,
        /// The type that they must turn out to have.
        is: ColumnType,
        /// How dates and timestamps are written, such as `%d/%m/%Y`.
        formats: Option<Vec<At<String>>>,
    }
}

impl Arguments for DetectedType {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, _: &Node, context: &mut ParseContext<'_>) -> bool {
        let mut sound = true;
        for format in self.formats.iter().flatten() {
            if let Err(what) = DateFormat::new(&format.value) {
                context.reader.error(&format.span, what);
                sound = false;
            }
        }
        sound
    }
}

impl Spec for DetectedType {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.is.id().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column_as(&self.column, ColumnType::Text, None)?;
        let (dates, timestamps) = match &self.formats {
            None => (vec![default_date().clone()], default_timestamps().to_vec()),
            Some(formats) => {
                let all: Vec<DateFormat> =
                    formats.iter().filter_map(|format| DateFormat::new(&format.value).ok()).collect();
                (all.iter().filter(|format| !format.has_time()).cloned().collect(), all)
            }
        };
        Ok(Bound::scan(Detection { column, is: self.is, dates, timestamps }))
    }
}

struct Detection {
    column: ColumnId,
    is: ColumnType,
    dates: Vec<DateFormat>,
    timestamps: Vec<DateFormat>,
}

/// Narrow types before wider ones.
const TYPES: [ColumnType; 6] = [
    ColumnType::Integer,
    ColumnType::Decimal,
    ColumnType::Boolean,
    ColumnType::Date,
    ColumnType::Timestamp,
    ColumnType::Text,
];

/// The types that are wider than one.
fn wider(ty: ColumnType) -> &'static [ColumnType] {
    match ty {
        ColumnType::Integer => &[ColumnType::Decimal, ColumnType::Text],
        ColumnType::Date => &[ColumnType::Timestamp, ColumnType::Text],
        ColumnType::Decimal | ColumnType::Boolean | ColumnType::Timestamp => &[ColumnType::Text],
        ColumnType::Text => &[],
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Seen {
    values: u64,
    absent: u64,
    /// Rows whose values are not known.
    unknown: u64,
    /// How many values fit each of [`TYPES`].
    fit: [u64; TYPES.len()],
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.absent += other.absent;
        self.unknown += other.unknown;
        self.fit.iter_mut().zip(other.fit).for_each(|(fit, more)| *fit += more);
    }
}

impl Seen {
    /// The types that fit every value and are wider than no other that does: two where all values are 0 and 1.
    fn narrowest(&self) -> Vec<ColumnType> {
        let fits = |at: &usize| self.fit[*at] == self.values;
        let fitting: Vec<ColumnType> = (0..TYPES.len()).filter(fits).map(|at| TYPES[at]).collect();
        let is_wider = |ty: &ColumnType| fitting.iter().any(|narrow| wider(*narrow).contains(ty));
        fitting.iter().copied().filter(|ty| !is_wider(ty)).collect()
    }
}

impl Detection {
    fn fits(&self, ty: ColumnType, value: &str) -> bool {
        match ty {
            ColumnType::Integer => !number::is_code(value) && number::integer(value) != Parsed::Malformed,
            ColumnType::Decimal => !number::is_code(value) && number::decimal(value) != Parsed::Malformed,
            ColumnType::Boolean => number::boolean(value) != Parsed::Malformed,
            ColumnType::Date => self.dates.iter().any(|format| format.parse_date(value).is_some()),
            ColumnType::Timestamp => {
                self.timestamps.iter().any(|format| format.parse_timestamp(value).is_some())
            }
            ColumnType::Text => true,
        }
    }
}

impl Check for Detection {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Seen) -> Option<RowVerdict> {
        let all = population.sound(&batch.all());
        let present = population.sound(batch.present(self.column));
        let text = batch.canonical(self.column);
        let mut seen = Seen {
            values: present.count_set_bits() as u64,
            absent: (all.count_set_bits() - present.count_set_bits()) as u64,
            unknown: population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64),
            ..Seen::default()
        };
        for (fit, ty) in seen.fit.iter_mut().zip(TYPES) {
            *fit = text.mark(&present, |value| self.fits(ty, value)).count_set_bits() as u64;
        }
        state.merge(seen);
        None
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        if state.values == 0 {
            return Measure::of(Tally::new(0, 0, state.absent, u64::from(state.unknown > 0)));
        }
        let narrowest = state.narrowest();
        let expected = narrowest.contains(&self.is);
        let tally = if state.unknown > 0 {
            Tally::new(0, 0, 0, 1)
        } else {
            Tally::new(u64::from(expected), u64::from(!expected), 0, 0)
        };
        let mut measure = Measure::of(tally);
        let detected =
            if expected { self.is } else { narrowest.first().copied().unwrap_or(ColumnType::Text) };
        measure.figures.push(Figure::new("detected", detected.id()));
        for (ty, fit) in TYPES.into_iter().zip(state.fit) {
            measure.figures.push(Figure::new(ty.id(), fit));
        }
        if state.unknown > 0 {
            let unknown = state.unknown;
            measure.note = Some(say!(
                "{unknown} damaged rows could not be looked at, so the type is not known",
                "{unknown} dòng hỏng không xem được nên không xác định được kiểu"
            ));
        }
        measure
    }
}
