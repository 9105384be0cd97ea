use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::limit::{AS_OF, Limit, nothing_between};
use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::calendar::Period;
use crate::kernel::memory::{Cell, Remember};
use crate::kernel::number::WHOLE;
use crate::rule::arguments::{Arguments, Column, Columns, Field};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, Node, ParseContext,
    Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "gapless",
    title: Words { en: "sequence without gaps", vi: "dãy liên tục, không hở" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "Whole numbers, dates or months follow each other without a gap, among the rows of one key (`per`): a row \
             fails if the value one `step` before its own is missing, but for the least. With `from` the least must be \
             `from`, with `to` the greatest must be `to`; rows outside of them are skipped, as are absent values. With \
             a step of months, quarters or years it does not matter where in them a date lies. Repeated values are no gap: `unique` counts them. `gaps` says \
             how many there are, `missing` how many values they lack.",
        vi: "Số nguyên, ngày hoặc tháng nối tiếp nhau không hở, trong các dòng cùng khóa (`per`): dòng là lỗi nếu thiếu \
             giá trị đứng trước nó một `step`, trừ giá trị nhỏ nhất. Có `from` thì giá trị nhỏ nhất phải là `from`, có \
             `to` thì lớn nhất phải là `to`; bỏ qua dòng ngoài khoảng đó và giá trị thiếu. Bước tính theo tháng, quý, \
             năm thì không xét ngày nào trong đó. Giá trị lặp không phải chỗ hở: `unique` đếm chúng. `gaps` là số chỗ hở, `missing` là số \
             giá trị còn thiếu.",
    },
    why: Words {
        en: "A number that was given out and is not there is a record that was lost or removed.",
        vi: "Số đã cấp mà không thấy là hồ sơ bị mất hoặc bị xóa.",
    },
    fix: Words {
        en: "Ask the source for the missing numbers; record cancelled ones as cancelled instead of leaving them out.",
        vi: "Hỏi nguồn về các số còn thiếu; số hủy thì ghi là hủy, không bỏ trống.",
    },
    example: "gapless: { column: so_bien_lai, per: [ma_don_vi, nam], from: 1 }",
};

arguments! {
    pub struct Gapless {
        /// The column whose values follow each other.
        column: Column,
        /// From one value to the next: a whole number, days (`1d`) or months (`1mo`); 1 if it is left out.
        step: Option<Step>,
        /// The columns that say whose values they are; without them all rows of the table are one series.
        per: Option<Columns>,
        /// The value with which a series begins.
        from: Option<At<Limit>>,
        /// The value with which it ends.
        to: Option<At<Limit>>,
    }
}

/// From one value to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Whole(i128),
    Days(i128),
    /// Months, quarters or years: whatever day of them.
    Calendar(Period),
}

const DAY_MICROS: i64 = 86_400_000_000;

impl Step {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse::<u32>() {
            return (whole > 0).then_some(Self::Whole(whole.into()));
        }
        match Period::parse(text)? {
            period @ Period::Months(_) => Some(Self::Calendar(period)),
            Period::Micros(micros) if micros % DAY_MICROS == 0 => {
                Some(Self::Days((micros / DAY_MICROS).into()))
            }
            Period::Micros(_) => None,
        }
    }

    fn column_type(self) -> ColumnType {
        match self {
            Self::Whole(_) => ColumnType::Integer,
            Self::Days(_) | Self::Calendar(_) => ColumnType::Date,
        }
    }

    /// Ticks of the column as numbers of which the step is a difference.
    fn number(self, ticks: i128) -> i128 {
        match self {
            Self::Whole(_) => ticks.div_euclid(WHOLE),
            Self::Days(_) => ticks,
            // Days of a date column are few enough.
            Self::Calendar(period) => period.number(ticks as i64 * DAY_MICROS).into(),
        }
    }

    fn length(self) -> i128 {
        match self {
            Self::Whole(length) | Self::Days(length) => length,
            Self::Calendar(_) => 1,
        }
    }
}

impl Field for Step {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?;
        let step = Self::parse(&text.value);
        if step.is_none() {
            let text = &text.value;
            context
                .reader
                .error(&node.span, say!("`{text}` is not a step", "`{text}` không phải bước"))
                .hint = Some(say!(
                "write a whole number above 0, days (`1d`, `1w`) or months (`1mo`, `1q`, `1y`)",
                "viết số nguyên dương, số ngày (`1d`, `1w`) hoặc số tháng (`1mo`, `1q`, `1y`)"
            ));
        }
        step
    }
}

impl JsonSchema for Step {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "integer", "minimum": 1 },
            { "type": "string", "pattern": "^[0-9]+ ?(d|w|mo|q|y)$" }
        ] })
    }
}

impl Arguments for Gapless {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, _: &Node, context: &mut ParseContext<'_>) -> bool {
        let mut sound = true;
        for bound in [&self.from, &self.to].into_iter().flatten() {
            if self.bound(bound, 0).is_none() {
                let (text, ty) = (&bound.value.0, self.step().column_type().id());
                context.reader.error(
                    &bound.span,
                    say!("`{text}` is no value of type `{ty}`", "`{text}` không phải giá trị kiểu `{ty}`"),
                );
                sound = false;
            }
        }
        if let (Some(from), Some(to)) = (&self.from, &self.to)
            && ![from, to].iter().any(|bound| bound.value.0 == AS_OF)
            && let (Some(low), Some(high)) = (self.bound(from, 0), self.bound(to, 0))
            && low > high
        {
            nothing_between(from, to, context);
            sound = false;
        }
        sound
    }
}

impl Gapless {
    fn step(&self) -> Step {
        self.step.unwrap_or(Step::Whole(1))
    }

    fn bound(&self, bound: &At<Limit>, as_of: i64) -> Option<i128> {
        let ticks = bound.value.resolve(self.step().column_type(), as_of, false)?.ticks();
        let whole = self.step().column_type() != ColumnType::Integer || ticks % WHOLE == 0;
        whole.then(|| self.step().number(ticks))
    }
}

impl Spec for Gapless {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column_as(&self.column, self.step().column_type(), None)?;
        let bound = |bound: &Option<At<Limit>>| self.bound(bound.as_ref()?, binder.as_of_at_end());
        let judge = Series { step: self.step(), from: bound(&self.from), to: bound(&self.to) };
        Ok(Bound::Groups(GroupSpec {
            key: ordered::per(self.per.as_ref(), binder)?,
            remember: vec![Remember::Ticks(column)],
            judge: Box::new(judge),
        }))
    }
}

struct Series {
    step: Step,
    from: Option<i128>,
    to: Option<i128>,
}

const GAP: u8 = 0;
const STARTS_LATE: u8 = 1;
const ENDS_EARLY: u8 = 2;

const GAPS: usize = 0;
const MISSING: usize = 1;

impl GroupJudge for Series {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let mut rows = Vec::with_capacity(group.rows());
        for (row, mark) in marks.iter_mut().enumerate() {
            *mark = match group.cell(row, 0) {
                Cell::Absent => Mark::Na,
                Cell::Unreadable => Mark::Unknown,
                Cell::Value(ticks) => {
                    let value = self.step.number(ticks);
                    if self.from.is_some_and(|from| value < from) || self.to.is_some_and(|to| value > to) {
                        Mark::Na
                    } else {
                        rows.push((value, row));
                        Mark::Pass
                    }
                }
            };
        }
        rows.sort_unstable();
        let step = self.step.length();
        // How many values there should be between two of them.
        let between = |low: i128, high: i128| (high - low - 1) / step;
        let gap = |missing: i128| {
            group.count(GAPS, 1);
            group.count(MISSING, u64::try_from(missing).unwrap_or(u64::MAX));
        };
        let equal: Vec<&[(i128, usize)]> = rows.chunk_by(|a, b| a.0 == b.0).collect();
        let value = |at: usize| equal[at][0].0;
        for (at, same) in equal.iter().enumerate() {
            let reason = match (at.checked_sub(1), self.from) {
                (None, Some(from)) if value(at) > from => {
                    gap(1 + between(from, value(at)));
                    Some(STARTS_LATE)
                }
                (None, _) => None,
                (Some(before), _) => {
                    let predecessor = value(at) - step;
                    let there = equal[..at].binary_search_by_key(&predecessor, |same| same[0].0).is_ok();
                    (!there).then(|| {
                        gap(between(value(before), value(at)));
                        GAP
                    })
                }
            };
            let last = at + 1 == equal.len();
            let early = self.to.filter(|to| last && value(at) < *to);
            if let Some(to) = early {
                gap(1 + between(value(at), to));
            }
            if let Some(reason) = reason.or(early.map(|_| ENDS_EARLY)) {
                same.iter().for_each(|&(_, row)| marks[row] = Mark::Fail(reason));
            }
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &["gap", "starts_late", "ends_early"]
    }

    fn figures(&self) -> &[&'static str] {
        &["gaps", "missing"]
    }
}
