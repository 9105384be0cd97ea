use std::cmp::Ordering;

use arrow::buffer::BooleanBuffer;
use arrow::datatypes::i256;
use schemars::JsonSchema;

use super::amount::{Amount, DAY_MICROS, Family};
use super::limit::{AS_OF, Limit, WHOLE};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::expression::{Order, Shape, Term};
use crate::kernel::memory::{Cell, Memory, Remember};
use crate::kernel::number::{self, Parsed};
use crate::kernel::text::canonical;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "compare",
    title: Words { en: "columns compared", vi: "so sánh giữa các cột" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The left column stands to the right one (or to a `value`) as `op` says: numbers, dates, timestamps; text \
             with = and != in canonical form. Several columns on a side are added up. `plus` moves the right side: a \
             number, or a time as in `left: den_ngay, op: \">=\", right: tu_ngay, plus: 30d`. Two numbers are equal if \
             they differ by at most `tolerance` or `relative` times the right side, whichever is more; nothing is \
             rounded. A date and a timestamp are compared as days. A row in which something is absent is not \
             applicable, or fails with `absent: fail`; what is not of its type is unknown.",
        vi: "Cột trái so với cột phải (hoặc với `value`) đúng như `op`: số, ngày, thời điểm; chuỗi thì dùng = và != trên \
             dạng chuẩn. Nhiều cột ở một vế được cộng lại. `plus` dời vế phải: một số, hoặc một khoảng thời gian, như \
             `left: den_ngay, op: \">=\", right: tu_ngay, plus: 30d`. Hai số bằng nhau nếu lệch không quá `tolerance` \
             hoặc `relative` lần vế phải, lấy mức lớn hơn; không làm tròn. Ngày và thời điểm so với nhau theo ngày. \
             Dòng thiếu giá trị thì không áp dụng, hoặc lỗi nếu `absent: fail`; giá trị sai kiểu thì không đánh giá \
             được.",
    },
    why: Words {
        en: "Fields that contradict each other cannot all be true: a card issued before its holder was born, parts that \
             do not add up to their sum.",
        vi: "Các trường mâu thuẫn thì không thể cùng đúng: thẻ cấp trước ngày sinh, các phần không cộng thành tổng.",
    },
    fix: Words {
        en: "Look the record up at its source and correct the field that is wrong.",
        vi: "Đối chiếu hồ sơ gốc và sửa trường sai.",
    },
    example: "compare: { left: [nam, nu], op: \"=\", right: tong_so }",
};

arguments! {
    pub struct Compare {
        /// The column on the left; several are added up.
        left: Columns,
        /// How it stands to the right.
        op: Operator,
        /// The column on the right; several are added up.
        right: Option<Columns>,
        /// What stands on the right instead of a column.
        value: Option<At<Limit>>,
        /// Is added to the right side: a number, or a time for dates and timestamps.
        plus: Option<Amount>,
        /// Two values that differ by no more are equal: a number, or a time.
        tolerance: Option<Amount>,
        /// Two numbers that differ by no more than this part of the right one are equal: 0.001.
        relative: Option<Amount>,
        /// What becomes of rows in which a value is absent; `skip` unless said otherwise.
        absent: Option<OnAbsent>,
        /// Whether capital and small letters of text are the same.
        #[serde(default)]
        ignore_case: bool,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
enum Operator {
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    Different,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = ">")]
    Above,
}

impl Choice for Operator {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("<=", Self::AtMost),
        ("<", Self::Below),
        ("=", Self::Equal),
        ("!=", Self::Different),
        (">=", Self::AtLeast),
        (">", Self::Above),
    ];

    fn what() -> Text {
        say!("comparison", "phép so sánh")
    }
}

impl Operator {
    fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::Different)
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::AtMost => order.is_le(),
            Self::Below => order.is_lt(),
            Self::Equal => order.is_eq(),
            Self::Different => order.is_ne(),
            Self::AtLeast => order.is_ge(),
            Self::Above => order.is_gt(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OnAbsent {
    Skip,
    Fail,
}

impl Choice for OnAbsent {
    const WORDS: &'static [(&'static str, Self)] = &[("skip", Self::Skip), ("fail", Self::Fail)];

    fn what() -> Text {
        say!("treatment of absent values", "cách xử lý giá trị thiếu")
    }
}

impl Arguments for Compare {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let share = |amount: &Amount| !amount.time && (0..=WHOLE).contains(&amount.value);
        let what = if self.right.is_some() == self.value.is_some() {
            say!("one of `right` and `value` is needed", "cần một trong hai: `right` hoặc `value`")
        } else if self.tolerance.as_ref().is_some_and(|amount| amount.value < 0) {
            say!("`tolerance` is not negative", "`tolerance` không được âm")
        } else if !self.relative.as_ref().is_none_or(share) {
            say!("`relative` is a number between 0 and 1", "`relative` là một số từ 0 đến 1")
        } else {
            return true;
        };
        context.reader.error(&at.span, what);
        false
    }
}

/// How many of a number's ticks make a millionth.
const PER_MILLIONTH: i128 = WHOLE / 1_000_000;

impl Compare {
    fn shape(&self) -> Shape {
        let sum = |columns: &[At<String>]| {
            let terms = columns.iter().map(|column| Term::Column(column.value.clone()));
            terms.reduce(|sum, term| Term::Sum(Box::new(sum), Box::new(term))).unwrap_or(Term::Other)
        };
        let mut right = match &self.value {
            None => sum(self.right()),
            Some(limit) if limit.value.0 == AS_OF => Term::AsOf,
            Some(limit) => match number::decimal(&limit.value.0) {
                Parsed::Value(value) => Term::Number(value / PER_MILLIONTH),
                _ => Term::Text(limit.value.0.clone()),
            },
        };
        if let Some(plus) = &self.plus {
            let plus = if plus.time {
                Term::Span(0, plus.value * 1_000_000)
            } else {
                Term::Number(plus.value / PER_MILLIONTH)
            };
            right = Term::Sum(Box::new(right), Box::new(plus));
        }
        let order = match self.op {
            Operator::AtMost => Order::AtMost,
            Operator::Below => Order::Below,
            Operator::Equal => Order::Equal,
            Operator::Different => Order::Different,
            Operator::AtLeast => Order::AtLeast,
            Operator::Above => Order::Above,
        };
        Shape::Compare(sum(&self.left), order, right)
    }

    fn right(&self) -> &[At<String>] {
        self.right.as_deref().unwrap_or_default()
    }

    /// Text without a declared type is read as what it is compared with. Beside a literal it stays text, as codes
    /// must, unless the comparison makes sense for nothing but numbers or dates.
    fn family(&self, types: &[ColumnType]) -> Option<Family> {
        let has = |wanted| types.contains(&wanted);
        let amounts = || [&self.plus, &self.tolerance, &self.relative].into_iter().flatten();
        let literal = self.value.as_ref().and_then(|value| value.value.implied_type());
        let day = [ColumnType::Date, ColumnType::Timestamp].into_iter().any(has)
            && literal == Some(ColumnType::Date);
        if has(ColumnType::Date) || day {
            Some(Family::Day)
        } else if has(ColumnType::Timestamp) {
            Some(Family::Moment)
        } else if has(ColumnType::Integer) || has(ColumnType::Decimal) {
            Some(Family::Number)
        } else if self.op.orders() || amounts().next().is_some() || self.left.len() + self.right().len() > 2 {
            match literal {
                Some(ColumnType::Date) => Some(Family::Day),
                Some(ColumnType::Timestamp) => Some(Family::Moment),
                Some(_) => Some(Family::Number),
                None if self.left.len() > 1 || self.right().len() > 1 => Some(Family::Number),
                None => amounts().next().map(|amount| if amount.time { Family::Day } else { Family::Number }),
            }
        } else {
            Some(Family::Text)
        }
    }

    fn side(&self, names: &[At<String>], family: Family, binder: &mut dyn Binder) -> Result<Side, BindError> {
        let mut columns = Vec::new();
        for name in names {
            let mut column = binder.column(name)?;
            if binder.column_type(column) == ColumnType::Text {
                column = binder.column_as(name, family.read_as(), None)?;
            }
            let ty = binder.column_type(column);
            if !family.takes(ty) {
                let (name, ty, family) = (&name.value, ty.id(), family.read_as().id());
                return Err(BindError::Unreadable(say!(
                    "`{name}` is of type `{ty}` and is not compared with values of type `{family}`",
                    "cột `{name}` kiểu `{ty}` không so được với giá trị kiểu `{family}`"
                )));
            }
            let parts = if family == Family::Day && ty == ColumnType::Timestamp { DAY_MICROS } else { 1 };
            columns.push((column, parts));
        }
        if columns.len() > 1 && family != Family::Number {
            let (name, ty) = (&names[0].value, family.read_as().id());
            return Err(BindError::Unreadable(say!(
                "only numbers add up; `{name}` is of type `{ty}`",
                "chỉ số mới cộng được; cột `{name}` kiểu `{ty}`"
            )));
        }
        Ok(Side { columns, constant: 0 })
    }

    /// The literal in the ticks of the family.
    fn literal(&self, family: Family, as_of: i64) -> Result<i128, BindError> {
        let Some(At { value, .. }) = &self.value else { return Ok(0) };
        let read = |ty| value.resolve(ty, as_of, false).map(super::limit::Bound::ticks);
        let ticks = match family {
            Family::Text => Some(0),
            Family::Day => read(ColumnType::Date)
                .or_else(|| read(ColumnType::Timestamp).map(|moment| moment.div_euclid(DAY_MICROS))),
            _ => read(family.read_as()),
        };
        ticks.ok_or_else(|| {
            let (text, ty) = (&value.0, family.read_as().id());
            BindError::Unreadable(say!(
                "`{text}` is not compared with values of type `{ty}`",
                "`{text}` không so được với giá trị kiểu `{ty}`"
            ))
        })
    }

    /// The comparison as it was written, for those who read why a row fails.
    fn shown(&self) -> String {
        let sum = |names: &[At<String>]| {
            names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(" + ")
        };
        let right = self.value.as_ref().map_or_else(|| sum(self.right()), |value| value.value.0.clone());
        let plus = self.plus.as_ref().map(|plus| format!(" + {}", plus.written)).unwrap_or_default();
        format!("{} {} {right}{plus}", sum(&self.left), self.op.word())
    }
}

impl Spec for Compare {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let value = self.value.as_ref().map(|value| value.value.0.clone());
        let plus = self.plus.as_ref().map(|plus| plus.written.clone());
        [Some(self.op.word().to_owned()), value, plus].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Holds(self.shape(), self.value.iter().map(|value| value.value.0.clone()).collect())]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut types = Vec::new();
        for name in self.left.iter().chain(self.right()) {
            let column = binder.column(name)?;
            types.push(binder.column_type(column));
        }
        let Some(family) = self.family(&types) else {
            let name = &self.left[0].value;
            return Err(BindError::Unreadable(say!(
                "`{name}` is text, which is compared with = and != only; declare the `type` of one column",
                "cột `{name}` là chuỗi, chỉ so được bằng = và !=; hãy khai báo `type` cho một cột"
            )));
        };
        let left = self.side(&self.left, family, binder)?;
        let mut right = self.side(self.right(), family, binder)?;
        right.constant =
            self.literal(family, binder.as_of())?.saturating_add(family.ticks(self.plus.as_ref())?);
        let tolerance = family.ticks(self.tolerance.as_ref())?;
        let wrong = match family {
            Family::Number | Family::Day | Family::Moment if self.ignore_case => Some("ignore_case"),
            Family::Day | Family::Moment | Family::Text if self.relative.is_some() => Some("relative"),
            _ => None,
        };
        if let Some(key) = wrong {
            let ty = family.read_as().id();
            return Err(BindError::Unreadable(say!(
                "`{key}` means nothing for values of type `{ty}`",
                "`{key}` không có nghĩa với giá trị kiểu `{ty}`"
            )));
        }
        let relative = self.relative.as_ref().map_or(0, |share| share.value);
        let how = match family {
            Family::Text => How::Text {
                literal: self.value.as_ref().map(|value| canonical(&value.value.0).into_owned()),
                ignore_case: self.ignore_case,
            },
            _ => How::Ticks { tolerance: i256::from_i128(tolerance), relative: i256::from_i128(relative) },
        };
        Ok(Bound::scan(Comparison {
            left,
            right,
            op: self.op,
            how,
            absent_fails: self.absent == Some(OnAbsent::Fail),
            shown: self.shown(),
        }))
    }
}

struct Comparison {
    left: Side,
    right: Side,
    op: Operator,
    how: How,
    absent_fails: bool,
    shown: String,
}

/// Columns whose values are added to a constant.
struct Side {
    /// With the number of the column's ticks that make one of the comparison's.
    columns: Vec<(ColumnId, i128)>,
    constant: i128,
}

enum How {
    Ticks { tolerance: i256, relative: i256 },
    Text { literal: Option<String>, ignore_case: bool },
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Absent,
    Unreadable,
    Order(Ordering),
}

impl Side {
    fn memories(&self, batch: &Batch<'_>) -> Vec<(Memory, i128)> {
        let of = |&(column, parts): &(ColumnId, i128)| (Memory::of(batch, &Remember::Ticks(column)), parts);
        self.columns.iter().map(of).collect()
    }

    /// `None` where something cannot be read. 256 bits hold more columns than any table has.
    fn sum(&self, memories: &[(Memory, i128)], row: usize) -> Option<i256> {
        memories.iter().try_fold(i256::from_i128(self.constant), |sum, (memory, parts)| {
            match memory.get(row) {
                Cell::Value(value) => Some(sum.wrapping_add(i256::from_i128(value.div_euclid(*parts)))),
                Cell::Absent | Cell::Unreadable => None,
            }
        })
    }
}

impl Comparison {
    fn absent(&self, batch: &Batch<'_>, row: usize) -> bool {
        let columns = || self.left.columns.iter().chain(&self.right.columns);
        columns().any(|&(column, _)| !batch.present(column).value(row))
    }

    fn found(&self, batch: &Batch<'_>) -> Vec<Found> {
        let rows = 0..batch.rows();
        let absent = |row| self.absent(batch, row);
        match &self.how {
            How::Ticks { tolerance, relative } => {
                let (lefts, rights) = (self.left.memories(batch), self.right.memories(batch));
                let order = |row| match (self.left.sum(&lefts, row), self.right.sum(&rights, row)) {
                    (Some(left), Some(right)) => Found::Order(order(left, right, *tolerance, *relative)),
                    _ => Found::Unreadable,
                };
                rows.map(|row| if absent(row) { Found::Absent } else { order(row) }).collect()
            }
            How::Text { literal, ignore_case } => {
                let text = |side: &Side, row| {
                    side.columns
                        .first()
                        .map_or(literal.as_deref(), |&(column, _)| batch.canonical(column).get(row))
                };
                let same = |row| match (text(&self.left, row), text(&self.right, row)) {
                    (Some(one), Some(other)) if *ignore_case => one.to_lowercase() == other.to_lowercase(),
                    (one, other) => one == other,
                };
                let order = |row| if same(row) { Ordering::Equal } else { Ordering::Less };
                rows.map(|row| if absent(row) { Found::Absent } else { Found::Order(order(row)) }).collect()
            }
        }
    }
}

/// How two sums stand to each other; equal if they differ by no more than `tolerance`, or by no more than `relative`
/// (in 10⁻¹⁸, at most 1) of the right one. Both sides of the second inequality are multiplied by 10¹⁸.
fn order(left: i256, right: i256, tolerance: i256, relative: i256) -> Ordering {
    let difference = left.wrapping_sub(right).wrapping_abs();
    let share = relative.wrapping_mul(right.wrapping_abs());
    if difference <= tolerance || difference.wrapping_mul(i256::from_i128(WHOLE)) <= share {
        return Ordering::Equal;
    }
    left.cmp(&right)
}

impl Check for Comparison {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let found = self.found(batch);
        let rows =
            |test: &dyn Fn(Found) -> bool| BooleanBuffer::collect_bool(found.len(), |row| test(found[row]));
        let absent = rows(&|found| found == Found::Absent);
        let broken = rows(&|found| matches!(found, Found::Order(order) if !self.op.holds(order)));
        let unknown = Some(rows(&|found| found == Found::Unreadable));
        if !self.absent_fails {
            return Some(RowVerdict::new(!&absent, broken).with_unknown(unknown));
        }
        let mut verdict = RowVerdict::new(batch.all(), &broken | &absent).with_unknown(unknown);
        verdict.reasons = vec![("absent", absent), ("broken", broken)];
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let shown = &self.shown;
        let reason = if self.absent(batch, row) {
            say!("a value of `{shown}` is absent", "thiếu một giá trị của `{shown}`")
        } else {
            say!("`{shown}` does not hold", "không thỏa `{shown}`")
        };
        Some(Explanation { reason, repaired: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::number::{self, Parsed};

    fn number(text: &str) -> i256 {
        match number::decimal(text) {
            Parsed::Value(value) => i256::from_i128(value),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn tolerances_are_exact_at_their_edge() {
        let order = |left: &str, right: &str, tolerance: &str, relative: &str| {
            order(number(left), number(right), number(tolerance), number(relative))
        };
        assert_eq!(order("0.3", "0.2", "0.1", "0"), Ordering::Equal);
        assert_eq!(order("0.300000000000000001", "0.2", "0.1", "0"), Ordering::Greater);
        assert_eq!(order("99.9", "100", "0", "0.001"), Ordering::Equal);
        assert_eq!(order("99.899999999999999999", "100", "0", "0.001"), Ordering::Less);
        assert_eq!(order("-100.1", "-100", "0", "0.001"), Ordering::Equal);
        let wide = "99999999999999999999";
        assert_eq!(order(&format!("-{wide}"), wide, "0", "1"), Ordering::Less);
        assert_eq!(order("0", wide, "0", "1"), Ordering::Equal);
    }
}
