use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::chars_len;
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};
use crate::say;

/// Values have a number of characters.
#[derive(Debug)]
pub struct LengthKind;

static ABOUT: About = About {
    name: "length",
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value has at least `min` and at most `max` characters, counted in its canonical form (NFC, \
             trimmed). Absent values are skipped.",
        vi: "Mọi giá trị có từ `min` đến `max` ký tự, đếm trên dạng chuẩn (NFC, bỏ khoảng trắng hai đầu). Bỏ qua giá \
             trị thiếu.",
    },
    why: Words {
        en: "Codes of the wrong length are cut off, padded or glued together.",
        vi: "Mã sai độ dài là mã bị cắt, bị đệm hoặc bị dính liền.",
    },
    fix: Words {
        en: "Look for lost leading zeros and truncated fields in the export.",
        vi: "Kiểm tra số 0 đầu bị mất và trường bị cắt khi kết xuất.",
    },
    example: "length: { column: ma_xa, min: 5, max: 5 }",
};

#[derive(Debug, JsonSchema)]
pub struct Length {
    /// The column whose values are measured.
    column: At<String>,
    /// Fewest characters allowed.
    min: Option<u64>,
    /// Most characters allowed.
    max: Option<u64>,
}

impl Kind for LengthKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let column = fields.required("column", reader).and_then(|node| reader.text(node));
        let min = fields.optional("min").map(|node| reader.integer(node));
        let max_node = fields.optional("max");
        let max = max_node.map(|node| reader.integer(node));
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(reader);
        if min.is_none() && max.is_none() && rest == 0 {
            reader.error(&span, say!("`min` or `max` is missing", "thiếu `min` hoặc `max`"));
        }
        if min.is_none() && max.is_none() || min == Some(None) || max == Some(None) {
            return None;
        }
        let (min, max) = (min.flatten(), max.flatten());
        if let (Some(low), Some(high), Some(node)) = (min, max, max_node)
            && low > high
        {
            reader.error(
                &node.span,
                say!("no length is between {low} and {high}", "không có độ dài nào nằm giữa {low} và {high}"),
            );
            return None;
        }
        Some(Box::new(Length { column: column?, min, max }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Length>()
    }
}

impl Spec for Length {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        Ok(Bound::scan(LengthBetween {
            column,
            min: self.min.map_or(0, |min| usize::try_from(min).unwrap_or(usize::MAX)),
            max: self.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX)),
        }))
    }
}

struct LengthBetween {
    column: ColumnId,
    min: usize,
    max: usize,
}

impl Check for LengthBetween {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let range = self.min..=self.max;
        let pass = batch.canonical(self.column).mark(present, |value| range.contains(&chars_len(value)));
        Some(RowVerdict::passing(present, &pass))
    }
}
