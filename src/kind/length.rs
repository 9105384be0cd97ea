use schemars::JsonSchema;

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::text::chars_len;
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "length",
    title: Words { en: "length of values", vi: "độ dài giá trị" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value has at least `min` and at most `max` characters (or `unit: words`, `unit: bytes`), counted in \
             its canonical form (NFC, trimmed). Absent values are skipped.",
        vi: "Mọi giá trị có từ `min` đến `max` ký tự (hoặc từ: `unit: words`, byte: `unit: bytes`), đếm trên dạng chuẩn \
             (NFC, bỏ khoảng trắng hai đầu). Bỏ qua giá trị thiếu.",
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

arguments! {
    pub struct Length {
        /// The column whose values are measured.
        column: Column,
        /// Fewest characters allowed.
        min: Option<u64>,
        /// Most characters allowed.
        max: Option<u64>,
        /// What is counted; characters unless said otherwise. Words are separated by white space, bytes are UTF-8's.
        unit: Option<Counted>,
    }
}

/// What a length is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Counted {
    Characters,
    Words,
    Bytes,
}

impl Choice for Counted {
    const WORDS: &'static [(&'static str, Self)] =
        &[("characters", Self::Characters), ("words", Self::Words), ("bytes", Self::Bytes)];

    fn what() -> Text {
        say!("unit of length", "đơn vị độ dài")
    }
}

impl Arguments for Length {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = match (self.min, self.max) {
            (None, None) => say!("`min` or `max` is missing", "thiếu `min` hoặc `max`"),
            (Some(low), Some(high)) if low > high => {
                say!("no length is between {low} and {high}", "không có độ dài nào nằm giữa {low} và {high}")
            }
            _ => return true,
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for Length {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.unit.map(Choice::word).unwrap_or_default().to_owned()
    }

    fn demands(&self) -> Vec<Demand> {
        let characters = matches!(self.unit, None | Some(Counted::Characters));
        let length = Demand::Length { low: self.min.unwrap_or(0), high: self.max.unwrap_or(u64::MAX) };
        characters.then_some(length).into_iter().collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        Ok(Bound::scan(LengthBetween {
            column,
            unit: self.unit.unwrap_or(Counted::Characters),
            min: self.min.map_or(0, |min| usize::try_from(min).unwrap_or(usize::MAX)),
            max: self.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX)),
        }))
    }
}

struct LengthBetween {
    column: ColumnId,
    unit: Counted,
    min: usize,
    max: usize,
}

impl Check for LengthBetween {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let range = self.min..=self.max;
        let text = batch.canonical(self.column);
        let pass = match self.unit {
            Counted::Characters => text.mark(present, |value| range.contains(&chars_len(value))),
            Counted::Words => text.mark(present, |value| range.contains(&value.split_whitespace().count())),
            Counted::Bytes => text.mark(present, |value| range.contains(&value.len())),
        };
        Some(RowVerdict::passing(present, &pass))
    }
}
