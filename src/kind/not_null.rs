use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Kind, Node, ParseContext, Spec, Words,
};

/// Every row has a value: not null, not blank, not a placeholder.
#[derive(Debug)]
pub struct NotNullKind;

static ABOUT: About = About {
    name: "not_null",
    title: Words { en: "no missing values", vi: "không thiếu giá trị" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every row has a value in the column. Null, blank (only white space) and placeholders such as `N/A`, \
             `-` or `chưa cập nhật` are not values; the three are counted apart.",
        vi: "Mọi dòng đều có giá trị ở cột này. Rỗng (null), trắng (chỉ có khoảng trắng) và giá trị giữ chỗ như \
             `N/A`, `-`, `chưa cập nhật` không phải là giá trị; ba loại được đếm riêng.",
    },
    why: Words {
        en: "What is missing cannot be checked, matched or served to anyone.",
        vi: "Dữ liệu thiếu thì không thể kiểm tra, đối soát hay phục vụ ai.",
    },
    fix: Words {
        en: "Fill the gaps from the source file or make the field mandatory at entry; do not fill in constants.",
        vi: "Bổ sung từ hồ sơ gốc hoặc bắt buộc nhập tại nguồn; không điền hằng số cho đủ.",
    },
    example: "not_null: { column: ho_ten }",
};

#[derive(Debug, JsonSchema)]
pub struct NotNull {
    /// The column that must have a value.
    column: At<String>,
}

impl Kind for NotNullKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        Some(Box::new(NotNull { column: arguments::only_column(node, context)? }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::text_or::<NotNull>(generator)
    }
}

impl Spec for NotNull {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn identifies(&self, key: &[String]) -> bool {
        key.contains(&self.column.value)
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Present]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Present { column: binder.column(&self.column)? }))
    }
}

struct Present {
    column: ColumnId,
}

impl Check for Present {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let states = batch.states(self.column);
        let mut verdict = RowVerdict::passing(&batch.all(), &states.present);
        let reasons =
            [("null", &states.null), ("blank", &states.blank), ("placeholder", &states.placeholder)];
        verdict.reasons.extend(reasons.into_iter().filter_map(|(name, rows)| Some((name, rows.clone()?))));
        Some(verdict)
    }
}
