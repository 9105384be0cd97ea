use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::memory::{Cell, Remember};
use crate::rule::arguments::{Arguments, Column, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, ParseContext, Spec,
    Words,
};

static ABOUT: About = About {
    name: "increasing",
    title: Words { en: "increasing values", vi: "giá trị tăng dần" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "Values rise in the order of `by`, among the rows of one key (`per`): a row fails that is not above the \
             greatest value of the step before it (`strict: false`: that is below it). `decreasing: true` turns it \
             round. Rows with equal `by` are one step and are not compared with each other. Without `by` the order is \
             that of files and of rows in them, so the outcome depends on it. Absent values are skipped; a value \
             without a usable `by` is unknown.",
        vi: "Giá trị tăng theo thứ tự của `by`, trong các dòng cùng khóa (`per`): dòng không lớn hơn giá trị lớn nhất của \
             bước trước là lỗi (`strict: false`: dòng nhỏ hơn mới lỗi). `decreasing: true` thì ngược lại. Các dòng cùng \
             `by` là một bước, không so với nhau. Không có `by` thì theo thứ tự tệp và dòng trong tệp, nên kết quả phụ \
             thuộc thứ tự đó. Bỏ qua giá trị thiếu; có giá trị mà không có `by` dùng được là không đo được.",
    },
    why: Words {
        en: "A meter that runs backwards was read wrongly or exchanged; a number that falls was given out twice.",
        vi: "Chỉ số công tơ chạy lùi là đọc sai hoặc thay công tơ; số hiệu giảm là số bị cấp lại.",
    },
    fix: Words {
        en: "Look at the row and at the one before it: either may be wrong.",
        vi: "Xem dòng lỗi và dòng liền trước: một trong hai có thể sai.",
    },
    example: "increasing: { column: chi_so, by: ngay_doc, per: ma_cong_to, strict: false }",
};

arguments! {
    pub struct Increasing {
        /// The column whose values rise: numbers, dates or timestamps.
        column: Column,
        /// The column by which rows are ordered; without it, the order of files and of rows in them.
        by: Option<Column>,
        /// The columns that say whose values are compared; without them all rows of the table are.
        per: Option<Columns>,
        /// Whether equal values fail (default true).
        strict: Option<bool>,
        /// Whether values fall instead (default false).
        decreasing: Option<bool>,
    }
}

impl Arguments for Increasing {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for Increasing {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut remember = vec![Remember::Ticks(ordered::ordered(&self.column, binder)?)];
        if let Some(by) = &self.by {
            remember.push(Remember::Ticks(ordered::ordered(by, binder)?));
        }
        Ok(Bound::Groups(GroupSpec {
            key: ordered::per(self.per.as_ref(), binder)?,
            remember,
            judge: Box::new(Rising {
                by: self.by.is_some(),
                strict: self.strict.unwrap_or(true),
                decreasing: self.decreasing.unwrap_or(false),
            }),
        }))
    }
}

struct Rising {
    by: bool,
    strict: bool,
    decreasing: bool,
}

const OUT_OF_ORDER: u8 = 0;
const REPEATED: u8 = 1;

impl GroupJudge for Rising {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        // Where a row stands, its value, itself.
        let mut rows = Vec::with_capacity(group.rows());
        for (row, mark) in marks.iter_mut().enumerate() {
            let place = if self.by { group.cell(row, 1) } else { Cell::Value(row as i128) };
            *mark = match (group.cell(row, 0), place) {
                (Cell::Absent, _) => Mark::Na,
                (Cell::Value(value), Cell::Value(place)) => {
                    rows.push((place, if self.decreasing { -value } else { value }, row));
                    Mark::Pass
                }
                _ => Mark::Unknown,
            };
        }
        rows.sort_unstable();
        let mut before: Option<i128> = None;
        for step in rows.chunk_by(|a, b| a.0 == b.0) {
            if let Some(before) = before {
                for &(_, value, row) in step {
                    if value < before {
                        marks[row] = Mark::Fail(OUT_OF_ORDER);
                    } else if self.strict && value == before {
                        marks[row] = Mark::Fail(REPEATED);
                    }
                }
            }
            before = step.last().map(|&(_, greatest, _)| greatest);
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &["out_of_order", "repeated"]
    }
}
