use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::{Defects, defects};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};

/// Text is written cleanly.
#[derive(Debug)]
pub struct CleanTextKind;

static ABOUT: About = About {
    name: "clean_text",
    dimension: Dimension::Cleanliness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value, as its raw bytes stand, is valid UTF-8 in Unicode NFC, without leading, trailing or double \
             spaces, control characters, invisible (zero-width, bidirectional) characters, private-use characters or \
             the replacement character. Null is not applicable.",
        vi: "Mọi giá trị, xét nguyên các byte, là UTF-8 hợp lệ, Unicode dựng sẵn (NFC), không có khoảng trắng đầu, cuối \
             hoặc kép, ký tự điều khiển, ký tự ẩn (độ rộng 0, đổi chiều), ký tự vùng dùng riêng hay ký tự thay thế. \
             Null thì không áp dụng.",
    },
    why: Words {
        en: "Two spellings that look the same do not match: the person is not found, or is entered twice.",
        vi: "Hai cách ghi trông giống nhau mà không khớp: tìm không ra người, hoặc nhập trùng.",
    },
    fix: Words {
        en: "Normalise to NFC, trim and collapse spaces; convert legacy encodings; do it at entry.",
        vi: "Chuẩn hóa NFC, cắt và gộp khoảng trắng; chuyển bảng mã cũ; làm ngay khi nhập.",
    },
    example: "clean_text: { column: ho_ten }",
};

#[derive(Debug, JsonSchema)]
pub struct CleanText {
    /// The column whose text is judged.
    column: At<String>,
}

impl Kind for CleanTextKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        Some(Box::new(CleanText { column: arguments::only_column(node, context)? }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        arguments::text_or::<CleanText>(generator)
    }
}

impl Spec for CleanText {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Clean { column: binder.column(&self.column)? }))
    }
}

struct Clean {
    column: ColumnId,
}

impl Check for Clean {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        // Blank text and placeholders are judged too: this is about bytes, not about meaning.
        let applicable = match &batch.states(self.column).null {
            Some(null) => !null,
            None => batch.all(),
        };
        let text = batch.text(self.column);
        let pass = batch.clean(self.column, &applicable);
        let mut verdict = RowVerdict::passing(&applicable, &pass);
        if verdict.fail.count_set_bits() > 0 {
            let mut found = Defects::NONE;
            text.mark(&verdict.fail, |value| {
                found |= defects(value);
                false
            });
            for (defect, name) in Defects::ALL {
                if found.contains(defect) {
                    let rows = text.mark(&verdict.fail, |value| defects(value).contains(defect));
                    verdict.reasons.push((name, rows));
                }
            }
        }
        Some(verdict)
    }
}
