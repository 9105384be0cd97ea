use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::format::{self, Format};
use crate::kernel::text::{Pattern, PatternError};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};
use crate::say;

/// Values have a form: a regular expression or a named format.
#[derive(Debug)]
pub struct MatchesKind;

static ABOUT: About = About {
    name: "matches",
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value matches a regular expression as a whole, or is valid in a named format (with its check \
             digit, where it has one). The canonical value (NFC, trimmed) is judged; absent values are skipped.",
        vi: "Mọi giá trị khớp toàn bộ với một biểu thức chính quy, hoặc hợp lệ theo một định dạng có tên (kể cả số \
             kiểm tra nếu có). Xét giá trị chuẩn (NFC, bỏ khoảng trắng hai đầu); bỏ qua giá trị thiếu.",
    },
    why: Words {
        en: "A number with the wrong form points at nobody, or at somebody else.",
        vi: "Một mã sai dạng không chỉ đến ai, hoặc chỉ nhầm sang người khác.",
    },
    fix: Words {
        en: "Correct the values at their source; validate the same form at entry.",
        vi: "Sửa giá trị tại nguồn; kiểm tra cùng định dạng ngay khi nhập.",
    },
    example: "matches: { column: so_dinh_danh, format: vn.cccd }",
};

#[derive(Debug, JsonSchema)]
pub struct Matches {
    /// The column whose values are matched.
    column: At<String>,
    /// A regular expression that must match the whole value (linear time; no look-around, no back-references).
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<At<String>>,
    /// The name of a format: `vn.cccd`, `email` …
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<At<String>>,
    #[schemars(skip)]
    form: Form,
}

#[derive(Clone)]
enum Form {
    Regex(std::sync::Arc<Pattern>),
    Format(&'static dyn Format),
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Regex(_) => f.write_str("regex"),
            Self::Format(format) => f.write_str(format.name()),
        }
    }
}

impl Kind for MatchesKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let reader = &mut *context.reader;
        let column = fields.required("column", reader).and_then(|node| reader.text(node));
        let regex = fields.optional("regex").and_then(|node| reader.text(node));
        let format = fields.optional("format").and_then(|node| reader.text(node));
        let span = fields.span.clone();
        let nothing_else = fields.remaining().next().is_none();
        fields.finish(reader);
        let form = match (&regex, &format) {
            (Some(regex), None) => match Pattern::new(&regex.value) {
                Ok(pattern) => Form::Regex(std::sync::Arc::new(pattern)),
                Err(error) => {
                    let what = match error {
                        PatternError::Syntax { message, .. } => say!(
                            "not a regular expression: {message}",
                            "biểu thức chính quy không hợp lệ: {message}"
                        ),
                        PatternError::TooLarge => say!(
                            "the regular expression is too large to be run",
                            "biểu thức chính quy quá lớn, không chạy được"
                        ),
                    };
                    reader.error(&regex.span, what);
                    return None;
                }
            },
            (None, Some(name)) => match format::find(&name.value) {
                Some(format) => Form::Format(format),
                None => {
                    let value = &name.value;
                    reader.unknown(
                        name,
                        say!("unknown format `{value}`", "không có định dạng `{value}`"),
                        format::all().map(|format| format.name()),
                    );
                    return None;
                }
            },
            (Some(_), Some(_)) => {
                reader.error(
                    &span,
                    say!(
                        "`regex` and `format` exclude each other",
                        "`regex` và `format` không dùng cùng nhau"
                    ),
                );
                return None;
            }
            (None, None) => {
                if nothing_else {
                    reader
                        .error(&span, say!("`regex` or `format` is missing", "thiếu `regex` hoặc `format`"));
                }
                return None;
            }
        };
        Some(Box::new(Matches { column: column?, regex, format, form }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Matches>()
    }
}

impl Spec for Matches {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn distinction(&self) -> String {
        self.format.as_ref().or(self.regex.as_ref()).map(|at| at.value.clone()).unwrap_or_default()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Matching { column: binder.column(&self.column)?, form: self.form.clone() }))
    }
}

struct Matching {
    column: ColumnId,
    form: Form,
}

impl Check for Matching {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let text = batch.canonical(self.column);
        let pass = match &self.form {
            Form::Regex(pattern) => text.mark(present, |value| pattern.is_match(value)),
            Form::Format(format) => text.mark(present, |value| format.accepts(value)),
        };
        Some(RowVerdict::passing(present, &pass))
    }
}
