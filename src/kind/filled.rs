use arrow::buffer::BooleanBuffer;

use super::arguments::several;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "filled",
    title: Words { en: "enough columns filled in", vi: "đủ số cột có giá trị" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "At least `min` (1 unless said otherwise) and at most `max` of the columns have a value in every row: any \
             of them, all of them, only one of them. With `when`: if this then that.",
        vi: "Trong mỗi dòng, ít nhất `min` (mặc định 1) và nhiều nhất `max` cột có giá trị: một trong các cột, tất cả, \
             chỉ một cột. Thêm `when` để đặt điều kiện.",
    },
    why: Words {
        en: "A person without any paper cannot be identified; two causes of one event contradict each other.",
        vi: "Người không có giấy tờ nào thì không định danh được; hai nguyên nhân của một sự kiện thì mâu thuẫn.",
    },
    fix: Words {
        en: "Ask for what is missing, or decide which of the values holds.",
        vi: "Bổ sung phần thiếu, hoặc xác định giá trị nào đúng.",
    },
    example: "filled: { columns: [so_cccd, so_ho_chieu], min: 1 }",
};

arguments! {
    pub struct Filled {
        /// The columns that are counted.
        columns: Columns,
        /// Fewest of them that have a value; 1 unless said otherwise.
        min: Option<u64>,
        /// Most of them that have a value.
        max: Option<u64>,
    }
}

impl Filled {
    fn range(&self) -> (usize, usize) {
        let number = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
        (self.min.map_or(1, number), self.max.map_or(usize::MAX, number))
    }
}

impl Arguments for Filled {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let (min, max) = self.range();
        let all = self.columns.len();
        let what = if min > max {
            say!("no count is between {min} and {max}", "không có số nào nằm giữa {min} và {max}")
        } else if min > all {
            say!(
                "there are only {all} columns, never {min} values",
                "chỉ có {all} cột, không thể có {min} giá trị"
            )
        } else if min == 0 && max >= all {
            say!("every row has between 0 and {all} values", "dòng nào cũng có từ 0 đến {all} giá trị")
        } else {
            return several(&self.columns, context);
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for Filled {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let (min, max) = self.range();
        self.max.map_or_else(|| format!("{min}.."), |_| format!("{min}..{max}"))
    }

    fn demands(&self) -> Vec<Demand> {
        let (low, high) = self.range();
        vec![Demand::Filled { low, high }]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let (min, max) = self.range();
        Ok(Bound::scan(FilledBetween { columns, min, max }))
    }
}

struct FilledBetween {
    columns: Vec<ColumnId>,
    min: usize,
    max: usize,
}

impl Check for FilledBetween {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let mut filled = vec![0; batch.rows()];
        for &column in &self.columns {
            batch.present(column).set_indices().for_each(|row| filled[row] += 1);
        }
        let rows =
            |test: &dyn Fn(usize) -> bool| BooleanBuffer::collect_bool(batch.rows(), |row| test(filled[row]));
        let (few, many) = (rows(&|count| count < self.min), rows(&|count| count > self.max));
        let mut verdict = RowVerdict::new(batch.all(), &few | &many);
        verdict.reasons = vec![("too_few", few), ("too_many", many)];
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let count = self.columns.iter().filter(|&&column| batch.present(column).value(row)).count();
        let all = self.columns.len();
        let (min, max) = (self.min, self.max.min(all));
        let reason = say!(
            "{count} of {all} columns have a value; there must be {min} to {max}",
            "{count} trên {all} cột có giá trị; phải có từ {min} đến {max}"
        );
        Some(Explanation { reason, repaired: None })
    }
}
