use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::key::{Absent, KeyJudge, KeySpec};
use crate::rule::{About, At, BindError, Binder, Bound, Kind, Node, ParseContext, Spec, Words};

/// No two rows share a key.
#[derive(Debug)]
pub struct UniqueKind;

static ABOUT: About = About {
    name: "unique",
    title: Words { en: "no duplicate keys", vi: "không trùng khóa" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Critical,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "No two rows of the table have the same values in these columns, over all of its files. Every row of a \
             group that shares a key fails; `excess` says how many rows are too many. Rows without a key are not \
             applicable.",
        vi: "Không có hai dòng nào của bảng (tính trên mọi tệp) trùng giá trị ở các cột này. Mọi dòng trong nhóm trùng \
             khóa đều là lỗi; `excess` là số dòng thừa. Dòng không có khóa thì không áp dụng.",
    },
    why: Words {
        en: "Two records under one identifier mean that at least one person or thing is served wrongly.",
        vi: "Hai hồ sơ chung một mã nghĩa là ít nhất một người hoặc vật bị phục vụ sai.",
    },
    fix: Words {
        en: "Merge true duplicates; reissue identifiers that were given twice.",
        vi: "Hợp nhất bản ghi trùng thật; cấp lại mã bị cấp hai lần.",
    },
    example: "unique: [so_dinh_danh]",
};

#[derive(Debug, JsonSchema)]
pub struct Unique {
    /// The columns that together tell rows apart.
    columns: Vec<At<String>>,
}

impl Kind for UniqueKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let (columns, fields) = arguments::columns(node, context)?;
        if let Some(fields) = fields {
            fields.finish(context.reader);
        }
        Some(Box::new(Unique { columns }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::texts_or::<Unique>(generator)
    }
}

impl Spec for Unique {
    fn columns(&self) -> Vec<At<String>> {
        self.columns.clone()
    }

    fn identifies(&self, key: &[String]) -> bool {
        let own = |name: &String| self.columns.iter().any(|column| column.value == *name);
        !key.is_empty() && self.columns.len() == key.len() && key.iter().all(own)
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        Ok(Bound::Keys(KeySpec { columns, absent: Absent::Skip, judge: KeyJudge::Unique }))
    }
}
