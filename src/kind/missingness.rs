use arrow::buffer::BooleanBuffer;

use super::arguments::several;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::canonical;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "missingness",
    title: Words { en: "orderly missing values", vi: "chỗ thiếu có trật tự" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "What is missing is missing in good order. `together`: the columns have values in a row all of them, or \
             none of them. `reasons`: a cell without a value holds one of these words instead, never nothing; the words \
             count as absent whatever the column's placeholders are.",
        vi: "Thiếu có trật tự. `together`: trong một dòng, các cột cùng có giá trị hoặc cùng thiếu. `reasons`: ô thiếu \
             giá trị phải ghi một trong các từ nêu lý do, không được để trống; các từ này luôn được coi là thiếu, dù \
             cột khai báo giá trị giữ chỗ thế nào.",
    },
    why: Words {
        en: "Half of an address or a document is of no use, and an empty cell does not say whether nobody knows or \
             nobody asked.",
        vi: "Nửa địa chỉ, nửa giấy tờ thì không dùng được; ô trống không cho biết là không ai biết hay không ai hỏi.",
    },
    fix: Words {
        en: "Complete the group, or record why its values are missing.",
        vi: "Bổ sung cho đủ nhóm, hoặc ghi rõ lý do thiếu.",
    },
    example: "missingness: { columns: [so_giay_to, ngay_cap, noi_cap], together: true, reasons: [chưa cấp, từ chối] }",
};

arguments! {
    pub struct Missingness {
        /// The columns whose absent values are judged.
        columns: Columns,
        /// Whether they are absent in a row all of them or none of them.
        #[serde(default)]
        together: bool,
        /// What an absent cell may say.
        reasons: Option<Vec<At<String>>>,
    }
}

impl Arguments for Missingness {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        if !self.together && self.reasons.is_none() {
            let what =
                say!("`together: true` or `reasons` is missing", "thiếu `together: true` hoặc `reasons`");
            context.reader.error(&at.span, what);
            return false;
        }
        !self.together || several(&self.columns, context)
    }
}

impl Spec for Missingness {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        if self.together { "together" } else { "reasons" }.to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let reasons = self.reasons.as_ref().map(|words| {
            words.iter().map(|word| canonical(&word.value).into_owned()).collect::<Vec<String>>()
        });
        Ok(Bound::scan(Ordered { columns, together: self.together, reasons }))
    }
}

struct Ordered {
    columns: Vec<ColumnId>,
    together: bool,
    reasons: Option<Vec<String>>,
}

impl Ordered {
    /// Rows on which the column has a value, and those on which it has neither a value nor a reason.
    fn cells(&self, batch: &Batch<'_>, column: ColumnId) -> (BooleanBuffer, BooleanBuffer) {
        let present = batch.present(column);
        let Some(reasons) = &self.reasons else {
            return (present.clone(), BooleanBuffer::new_unset(batch.rows()));
        };
        let written = batch.states(column).null.as_ref().map_or_else(|| batch.all(), |null| !null);
        let said = batch
            .text(column)
            .mark(&written, |value| reasons.iter().any(|reason| canonical(value) == reason.as_str()));
        (minus(present, &said), minus(&!present, &said))
    }
}

impl Check for Ordered {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let none = BooleanBuffer::new_unset(batch.rows());
        let (mut any, mut all, mut silent) = (none.clone(), batch.all(), none.clone());
        for &column in &self.columns {
            let (filled, unexplained) = self.cells(batch, column);
            any = &any | &filled;
            all = &all & &filled;
            silent = &silent | &unexplained;
        }
        let apart = if self.together { minus(&any, &all) } else { none };
        let mut verdict = RowVerdict::new(batch.all(), &apart | &silent);
        verdict.reasons = vec![("apart", apart), ("no_reason", silent)];
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let cells: Vec<_> = self.columns.iter().map(|&column| self.cells(batch, column)).collect();
        let silent = cells.iter().filter(|(_, silent)| silent.value(row)).count();
        let missing = cells.iter().filter(|(filled, _)| !filled.value(row)).count();
        let all = cells.len();
        let reason = if silent > 0 {
            say!(
                "{silent} of {all} cells say neither a value nor why it is missing",
                "{silent} trên {all} ô không có giá trị cũng không nêu lý do thiếu"
            )
        } else {
            say!(
                "{missing} of {all} values are missing; all of them must be there or none",
                "thiếu {missing} trên {all} giá trị; phải có đủ hoặc cùng thiếu"
            )
        };
        Some(Explanation { reason, repaired: None })
    }
}
