use arrow::buffer::BooleanBuffer;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::number::{self, Parsed};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "precision",
    title: Words { en: "digits of numbers", vi: "số chữ số" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every number has at most `digits` significant digits and at most `decimals` of them after the point. In \
             text they count as written, zeros at the end too (1.50 has three digits and two decimals, 0.05 has one \
             digit and two decimals); in columns of numbers, as many as the value needs. Absent values are skipped; \
             what is no number is unknown.",
        vi: "Mọi số có nhiều nhất `digits` chữ số có nghĩa, trong đó nhiều nhất `decimals` chữ số sau dấu thập phân. Với \
             chuỗi thì đếm đúng như được ghi, kể cả số 0 ở cuối (1.50 có ba chữ số và hai chữ số thập phân, 0.05 có một \
             chữ số và hai chữ số thập phân); với cột kiểu số thì đếm số chữ số mà giá trị cần. Bỏ qua giá trị thiếu; \
             giá trị không phải số thì không đánh giá được.",
    },
    why: Words {
        en: "A number that is wider than its field is cut off or rounded by the next system that takes it.",
        vi: "Số dài hơn trường sẽ bị hệ thống nhận cắt hoặc làm tròn.",
    },
    fix: Words {
        en: "Look for a wrong unit or for digits that a calculation has added; agree on the number of decimals.",
        vi: "Kiểm tra đơn vị tính, chữ số thừa do tính toán; thống nhất số chữ số thập phân.",
    },
    example: "precision: { column: dien_tich, digits: 12, decimals: 2 }",
};

arguments! {
    pub struct Precision {
        /// The column whose numbers are measured.
        column: Column,
        /// Most significant digits allowed.
        digits: Option<u64>,
        /// Most digits after the point allowed.
        decimals: Option<u64>,
    }
}

impl Arguments for Precision {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let any = self.digits.is_some() || self.decimals.is_some();
        if !any {
            let what = say!("`digits` or `decimals` is missing", "thiếu `digits` hoặc `decimals`");
            context.reader.error(&at.span, what);
        }
        any
    }
}

impl Spec for Precision {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let part = |bound: Option<u64>| bound.map_or_else(String::new, |bound| bound.to_string());
        format!("{},{}", part(self.digits), part(self.decimals))
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        let ty = binder.column_type(column);
        if !matches!(ty, ColumnType::Text | ColumnType::Integer | ColumnType::Decimal) {
            let (name, ty) = (&self.column.value, ty.id());
            return Err(BindError::Unreadable(say!(
                "`{name}` is of type `{ty}`, which has no digits to count",
                "cột `{name}` kiểu `{ty}` không có chữ số để đếm"
            )));
        }
        let (digits, decimals) = (self.digits.unwrap_or(u64::MAX), self.decimals.unwrap_or(u64::MAX));
        Ok(Bound::scan(AtMost { column, digits, decimals }))
    }
}

struct AtMost {
    column: ColumnId,
    digits: u64,
    decimals: u64,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Width {
    digits: u64,
    decimals: u64,
}

/// The width of a number, written out without an exponent; `None` if it is none. `as_written` counts the zeros at the
/// end of the fraction.
fn width(text: &str, as_written: bool) -> Option<Width> {
    if number::decimal(text) == Parsed::Malformed {
        return None;
    }
    let unsigned = text.trim_start_matches(['-', '+']);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match number::integer(exponent) {
            Parsed::Value(exponent) => (mantissa, exponent),
            _ => return None,
        },
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let mut digits = all.as_str();
    let mut decimals = (fraction.len() as i64).saturating_sub(exponent);
    while let (false, true, Some(shorter)) = (as_written, decimals > 0, digits.strip_suffix('0')) {
        digits = shorter;
        decimals -= 1;
    }
    let significant = digits.trim_start_matches('0').len() as u64;
    // A positive exponent stands for zeros before the point.
    let zeros = if significant == 0 { 0 } else { decimals.min(0).unsigned_abs() };
    Some(Width { digits: significant.saturating_add(zeros).max(1), decimals: decimals.max(0).unsigned_abs() })
}

impl Check for AtMost {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let as_written = batch.stored_as_text(self.column);
        let width = batch.canonical(self.column).mapped(|value| width(value, as_written));
        let rows = |test: &dyn Fn(Option<Width>) -> bool| {
            BooleanBuffer::collect_bool(batch.rows(), |row| present.value(row) && test(width(row).flatten()))
        };
        let digits = rows(&|width| width.is_some_and(|width| width.digits > self.digits));
        let decimals = rows(&|width| width.is_some_and(|width| width.decimals > self.decimals));
        let mut verdict = RowVerdict::new(present.clone(), &digits | &decimals)
            .with_unknown(Some(rows(&|width| width.is_none())));
        verdict.reasons = vec![("digits", digits), ("decimals", decimals)];
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let value = batch.canonical(self.column).get(row)?;
        let Width { digits, decimals } = width(value, batch.stored_as_text(self.column))?;
        let reason = if decimals > self.decimals {
            let most = self.decimals;
            say!(
                "{decimals} decimals where {most} are allowed",
                "{decimals} chữ số thập phân, chỉ được {most}"
            )
        } else {
            let most = self.digits;
            say!("{digits} digits where {most} are allowed", "{digits} chữ số, chỉ được {most}")
        };
        Some(Explanation { reason, repaired: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths() {
        for (text, written, value) in [
            ("0", (1, 0), (1, 0)),
            ("007", (1, 0), (1, 0)),
            ("-1.50", (3, 2), (2, 1)),
            ("0.00", (1, 2), (1, 0)),
            ("0.05", (1, 2), (1, 2)),
            (".5", (1, 1), (1, 1)),
            ("1200", (4, 0), (4, 0)),
            ("1.50e3", (4, 0), (4, 0)),
            ("15e-3", (2, 3), (2, 3)),
            ("1e30", (31, 0), (31, 0)),
            ("0e30", (1, 0), (1, 0)),
        ] {
            let pair = |as_written| width(text, as_written).map(|width| (width.digits, width.decimals));
            assert_eq!((pair(true), pair(false)), (Some(written), Some(value)), "{text}");
        }
        assert_eq!((width("1,5", true), width("NaN", false)), (None, None));
    }
}
