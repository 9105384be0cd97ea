use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Date32Type;

use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::date_format::{civil, default_date};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "partial_date",
    title: Words { en: "dates known in part", vi: "ngày chỉ biết một phần" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "A date that may be known in part stands in three columns, as civil status registers keep it: the whole \
             date (YYYY-MM-DD or the column's `formats`), the month (YYYY-MM), the year (YYYY). At least one of them \
             has a value (`none`), each is a real date (`malformed`), and those that have values agree (`disagree`). \
             The figures say how many rows are known to the day, the month, the year.",
        vi: "Ngày có thể chỉ biết một phần được ghi ở ba cột như trong dữ liệu hộ tịch: ngày đầy đủ (YYYY-MM-DD hoặc theo \
             `formats` của cột), tháng năm (YYYY-MM), năm (YYYY). Ít nhất một cột có giá trị (`none`), mỗi giá trị là \
             ngày có thật (`malformed`), và các giá trị khớp nhau (`disagree`). Số liệu kèm theo cho biết bao nhiêu \
             dòng biết đến ngày, đến tháng, đến năm.",
    },
    why: Words {
        en: "Old records often know only the year. An invented first of January hides that, and a month that \
             contradicts the date leaves open which of the two is true.",
        vi: "Hồ sơ cũ thường chỉ biết năm sinh. Ghi bừa ngày 01/01 là che mất điều đó; tháng trái với ngày thì không \
             biết bên nào đúng.",
    },
    fix: Words {
        en: "Fill the most exact column that the paper record supports, and derive the others from it.",
        vi: "Ghi cột chính xác nhất mà sổ gốc cho phép, rồi suy các cột khác từ đó.",
    },
    example: "partial_date: { date: ngay_sinh, month: thang_sinh, year: nam_sinh }",
};

arguments! {
    pub struct PartialDate {
        /// The column of whole dates.
        date: Column,
        /// The column of months.
        month: Column,
        /// The column of years.
        year: Column,
    }
}

impl Arguments for PartialDate {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for PartialDate {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Parts]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Parts {
            date: binder.column_as(&self.date, ColumnType::Date, None)?,
            month: binder.column(&self.month)?,
            year: binder.column(&self.year)?,
        }))
    }
}

struct Parts {
    date: ColumnId,
    month: ColumnId,
    year: ColumnId,
}

/// How many rows are known how exactly.
#[derive(Default, Serialize, Deserialize)]
struct Precision {
    day: u64,
    month: u64,
    year: u64,
}

impl State for Precision {
    fn merge(&mut self, other: Self) {
        self.day += other.day;
        self.month += other.month;
        self.year += other.year;
    }
}

/// What the columns of one row say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    None,
    Malformed,
    Disagree,
    Day,
    Month,
    Year,
}

/// A value: absent, or a year and, where it says one, a month; or nothing that can be read.
type Part = Option<Option<(i32, Option<u32>)>>;

fn judge(date: Part, month: Part, year: Part) -> Found {
    let written: Vec<_> = [date, month, year].into_iter().flatten().collect();
    if written.is_empty() {
        return Found::None;
    }
    let Some(known) = written.into_iter().collect::<Option<Vec<_>>>() else { return Found::Malformed };
    let months: Vec<u32> = known.iter().filter_map(|(_, month)| *month).collect();
    if known.windows(2).any(|pair| pair[0].0 != pair[1].0) || months.windows(2).any(|pair| pair[0] != pair[1])
    {
        Found::Disagree
    } else if date.is_some() {
        Found::Day
    } else if month.is_some() {
        Found::Month
    } else {
        Found::Year
    }
}

/// Reads `YYYY-MM` or `YYYY` as the date that `rest` completes it to.
fn read(value: &str, rest: &str) -> Option<(i32, u32)> {
    let (year, month, _) = civil(default_date().parse_date(&[value, rest].concat())?);
    Some((year, month))
}

impl Parts {
    fn found(&self, batch: &Batch<'_>) -> Vec<Found> {
        let typed = batch.typed(self.date);
        let days = typed.array.as_primitive::<Date32Type>().values();
        let months = batch.canonical(self.month).mapped(|value| read(value, "-01"));
        let years = batch.canonical(self.year).mapped(|value| read(value, "-01-01"));
        let present = |column, row| batch.present(column).value(row);
        let one = |row| {
            let date = present(self.date, row).then(|| {
                let (year, month, _) = civil(days[row]);
                typed.parsed.value(row).then_some((year, Some(month)))
            });
            let month = present(self.month, row)
                .then(|| months(row).flatten().map(|(year, month)| (year, Some(month))));
            let year = present(self.year, row).then(|| years(row).flatten().map(|(year, _)| (year, None)));
            judge(date, month, year)
        };
        (0..batch.rows()).map(one).collect()
    }
}

impl Check for Parts {
    type State = Precision;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Precision) -> Option<RowVerdict> {
        let found = self.found(batch);
        let rows = |wanted| BooleanBuffer::collect_bool(found.len(), |row| found[row] == wanted);
        let count = |wanted| population.sound(&rows(wanted)).count_set_bits() as u64;
        state.merge(Precision {
            day: count(Found::Day),
            month: count(Found::Month),
            year: count(Found::Year),
        });
        let reasons = vec![
            ("none", rows(Found::None)),
            ("malformed", rows(Found::Malformed)),
            ("disagree", rows(Found::Disagree)),
        ];
        let fail = reasons.iter().fold(BooleanBuffer::new_unset(found.len()), |fail, (_, rows)| &fail | rows);
        let mut verdict = RowVerdict::new(batch.all(), fail);
        verdict.reasons = reasons;
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let reason: Text = match self.found(batch)[row] {
            Found::None => say!("date, month and year are all absent", "thiếu cả ngày, tháng và năm"),
            Found::Malformed => say!(
                "one of date, month and year is no real date",
                "trong ngày, tháng, năm có giá trị không phải ngày có thật"
            ),
            Found::Disagree => {
                say!("date, month and year contradict each other", "ngày, tháng và năm không khớp nhau")
            }
            Found::Day | Found::Month | Found::Year => return None,
        };
        Some(Explanation { reason, repaired: None })
    }

    fn measure(&self, tally: Tally, state: &Precision) -> Measure {
        let mut measure = Measure::of(tally);
        for (name, count) in [("day", state.day), ("month", state.month), ("year", state.year)] {
            measure.figures.push(Figure::new(name, count));
        }
        measure
    }
}
