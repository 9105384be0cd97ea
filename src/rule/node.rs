//! YAML as a tree that knows where everything stands. The only file that knows the YAML library.
//!
//! Text stays text: a scalar is kept as it is written (`no`, `00123`, `1_000`, `1900-01-01`, `1.10`), and whoever
//! asks for a number parses it. Duplicate keys survive into the tree so that all of them can be reported.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{DuplicateKeyPolicy, Spanned};

use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Place, Text};
use crate::say;

/// A value and the byte range in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<T> At<T> {
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), span: self.span }
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let inner = generator.subschema_for::<T>();
        // Text stays as it was typed, so what YAML takes for a number or a flag is a text as well.
        if inner.get("type").is_some_and(|ty| ty == "string") {
            return schemars::json_schema!({ "type": ["string", "number", "boolean"] });
        }
        inner
    }
}

pub type Node = At<Value>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    /// As written, without quotes. `quoted` scalars are never read as numbers or flags.
    Scalar {
        text: String,
        quoted: bool,
    },
    Seq(Vec<Node>),
    Map(Vec<(At<String>, Node)>),
}

/// Deepest nesting that a rule file can need, with room to spare.
const MAX_DEPTH: usize = 40;
const MAX_NODES: usize = 8_000_000;

/// Reads one YAML document.
///
/// # Errors
/// One diagnostic with its place when the text is not YAML, or spends more nesting, aliases or nodes than any
/// honest rule file.
pub fn parse(file: &Arc<SourceText>) -> Result<Node, Diagnostic> {
    let mut budget = serde_saphyr::Budget::default();
    budget.max_depth = MAX_DEPTH;
    budget.max_nodes = MAX_NODES;
    budget.max_events = 2 * MAX_NODES;
    budget.max_total_scalar_bytes = 256 << 20;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    let raw: Spanned<Raw> =
        serde_saphyr::from_str_with_options(&file.text, options).map_err(|error| yaml_error(file, &error))?;
    Ok(Builder { text: &file.text }.node(raw, 0..0))
}

fn yaml_error(file: &Arc<SourceText>, error: &serde_saphyr::Error) -> Diagnostic {
    let bare = error.without_snippet();
    let span = bare.location().map_or(0..0, |location| {
        // The parser itself knows lines and columns only.
        let range = byte_range(&location).unwrap_or_else(|| {
            let at = offset(&file.text, location.line(), location.column());
            at..at + 1
        });
        clamp(&file.text, range)
    });
    let Text { en, vi } = reason(bare);
    Diagnostic::error(say!("not a readable YAML document: {en}", "không đọc được YAML: {vi}"))
        .at(Place { file: Arc::clone(file), span })
        .hint(say!(
            "check indentation, quotes and brackets around this place",
            "kiểm tra thụt lề, dấu nháy và ngoặc quanh vị trí này"
        ))
}

/// What the library found, in words of ours: its own are for programmers.
fn reason(error: &serde_saphyr::Error) -> Text {
    use serde_saphyr::Error;
    match error {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => too_deep(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasError { .. } => say!(
            "it is larger than any rule file, or aliases (`*name`) make it so",
            "lớn hơn mọi tệp quy tắc, hoặc phình to do bí danh (`*tên`)"
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            say!("an alias stands inside what it names", "bí danh nằm trong chính phần mà nó chỉ tới")
        }
        Error::UnknownAnchor { .. } => {
            say!("an alias (`*name`) names no anchor", "bí danh (`*tên`) không chỉ tới neo nào")
        }
        Error::MultipleDocuments { .. } => say!(
            "a second document begins here; a rule file is one document",
            "tài liệu thứ hai bắt đầu tại đây; mỗi tệp quy tắc chỉ là một tài liệu"
        ),
        Error::Eof { .. } => say!("it ends too early", "tệp kết thúc quá sớm"),
        Error::NonFiniteFloat { .. } => {
            say!("a number is too large; put it in quotes", "số quá lớn; hãy đặt trong dấu nháy")
        }
        // Where the parser gives up before the budget does.
        Error::ExternalMessage { msg, .. } if msg.contains("recursion limit") => too_deep(),
        Error::ExternalMessage { msg, .. } => syntax(msg),
        _ => say!("its form is not understood here", "không hiểu được cách viết tại đây"),
    }
}

fn too_deep() -> Text {
    say!("it nests deeper than {MAX_DEPTH} levels", "lồng nhau sâu hơn {MAX_DEPTH} cấp")
}

/// What parsers say is short and plain; the commonest is also said in Vietnamese.
fn syntax(message: &str) -> Text {
    const KNOWN: [(&str, &str); 10] = [
        ("unclosed bracket", "ngoặc mở mà không đóng"),
        ("misplaced bracket", "ngoặc đặt sai chỗ"),
        ("unclosed quote", "dấu nháy mở mà không đóng"),
        ("did not find expected ','", "thiếu dấu phẩy hoặc ngoặc đóng"),
        ("mapping values are not allowed", "dấu `:` đặt sai chỗ, hoặc thụt lề sai"),
        ("tabs disallowed", "thụt lề phải bằng dấu cách, không dùng ký tự tab"),
        ("invalid indentation", "thụt lề sai"),
        ("unexpected character", "ký tự không được phép bắt đầu giá trị; hãy đặt giá trị trong dấu nháy"),
        ("unknown escape character", "ký tự sau `\\` không có nghĩa"),
        ("did not find expected key", "thiếu khóa, hoặc thụt lề sai"),
    ];
    let known = KNOWN.iter().find(|(en, _)| message.contains(en));
    let vi = known.map_or("sai cú pháp", |(_, vi)| vi);
    Text { en: message.to_owned(), vi: vi.to_owned() }
}

/// Where a one-based line and column (in characters) are in a text.
fn offset(text: &str, line: u64, column: u64) -> usize {
    let ordinal = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
    let start = match ordinal(line) {
        0 => 0,
        lines => text.match_indices('\n').nth(lines - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = &text[start..];
    start + rest.char_indices().nth(ordinal(column)).map_or(rest.len(), |(at, _)| at)
}

fn byte_range(location: &serde_saphyr::Location) -> Option<Range<usize>> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len().unwrap_or(0)).ok()?;
    Some(start..start + length)
}

/// Keeps a range inside the text and on character boundaries.
fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(range.start);
    start..floor(range.end).max(start)
}

/// What the deserializer shows, before the source text is consulted for the spelling of plain scalars.
enum Raw {
    Null,
    Scalar(String),
    Seq(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<Self>, Spanned<Self>)>),
}

struct Builder<'t> {
    text: &'t str,
}

impl Builder<'_> {
    fn node(&self, raw: Spanned<Raw>, parent: Range<usize>) -> Node {
        let span = byte_range(&raw.defined)
            .or_else(|| byte_range(&raw.referenced))
            .map_or(parent, |range| clamp(self.text, range));
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Scalar(resolved) => self.scalar(resolved, &span),
            Raw::Seq(items) => {
                Value::Seq(items.into_iter().map(|item| self.node(item, span.clone())).collect())
            }
            Raw::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let key = self.node(key, span.clone());
                        let value = self.node(value, key.span.clone());
                        (key.map(|key| key.plain_text()), value)
                    })
                    .collect(),
            ),
        };
        let span = match &value {
            // A collection is pointed at by its first key or item, not by its whole body.
            Value::Map(entries) => entries.first().map_or(span, |(key, _)| key.span.clone()),
            Value::Seq(items) => items.first().map_or(span, |item| item.span.clone()),
            _ => span,
        };
        Node { value, span }
    }

    fn scalar(&self, resolved: String, span: &Range<usize>) -> Value {
        let written = &self.text[span.clone()];
        let quoted = written.starts_with(['"', '\'', '|', '>']);
        // A plain scalar on one line is exactly its source; anything else was unescaped or folded.
        let plain = !quoted && !written.is_empty() && !written.contains(['\n', '\r', '&', '*', '!']);
        let text = if plain { written.trim_end().to_owned() } else { resolved };
        Value::Scalar { text, quoted }
    }
}

impl Value {
    fn plain_text(self) -> String {
        match self {
            Self::Scalar { text, .. } => text,
            Self::Null => "null".to_owned(),
            Self::Seq(_) | Self::Map(_) => "?".to_owned(),
        }
    }

    /// What it is, for "expected …, found …".
    pub fn what(&self) -> Text {
        match self {
            Self::Null => say!("nothing", "giá trị trống"),
            Self::Scalar { .. } => say!("a value", "một giá trị"),
            Self::Seq(_) => say!("a list", "một danh sách"),
            Self::Map(_) => say!("a map", "một bảng khóa–giá trị"),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_i128<E: de::Error>(self, v: i128) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_u128<E: de::Error>(self, v: u128) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_string()))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(v.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        parse(&Arc::new(SourceText { name: "t.yaml".into(), text: text.into() })).expect("parses")
    }

    fn scalar(node: &Node, key: &str) -> (String, bool) {
        let Value::Map(entries) = &node.value else { panic!("a map") };
        match &entries.iter().find(|(k, _)| k.value == key).expect("key").1.value {
            Value::Scalar { text, quoted } => (text.clone(), *quoted),
            other => panic!("a scalar, not {other:?}"),
        }
    }

    #[test]
    fn text_stays_as_the_clerk_typed_it() {
        let node = tree(
            "a: no\nb: 00123\nc: 1_000\nd: 1900-01-01\ne: 1.10\nf: \"1.10\"\ng: 0x1F\nh: 1e3\ni: true\nj: 'x y'\n",
        );
        for (key, text, quoted) in [
            ("a", "no", false),
            ("b", "00123", false),
            ("c", "1_000", false),
            ("d", "1900-01-01", false),
            ("e", "1.10", false),
            ("f", "1.10", true),
            ("g", "0x1F", false),
            ("h", "1e3", false),
            ("i", "true", false),
            ("j", "x y", true),
        ] {
            assert_eq!(scalar(&node, key), (text.to_owned(), quoted), "{key}");
        }
    }

    #[test]
    fn spans_point_at_the_source_even_after_vietnamese_text() {
        let text = "tên: Nguyễn Văn A\nso: 12 # chú thích\n";
        let Value::Map(entries) = tree(text).value else { panic!("a map") };
        assert_eq!(&text[entries[0].1.span.clone()], "Nguyễn Văn A");
        assert_eq!(&text[entries[1].1.span.clone()], "12");
        assert_eq!(&text[entries[1].0.span.clone()], "so");
    }

    #[test]
    fn duplicate_keys_survive() {
        let Value::Map(entries) = tree("a: 1\na: 2\n").value else { panic!("a map") };
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn bombs_and_depth_are_refused_with_a_place() {
        let deep = format!("{}1{}", "[".repeat(60), "]".repeat(60));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..12 {
            bomb.push_str(&format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(", ")));
        }
        let refused = |text: &str, line: usize, says: &str| {
            let file = Arc::new(SourceText { name: "t.yaml".into(), text: text.into() });
            let error = parse(&file).expect_err("is refused");
            assert!(error.what.en.starts_with("not a readable YAML document: "), "{error:?}");
            assert!(error.what.en.contains(says), "{error:?}");
            assert!(error.what.vi != error.what.en && !error.what.vi.contains(says), "{error:?}");
            assert_eq!(error.place.expect("a place").line_column().0, line, "{text}");
        };
        refused(&format!("x: 1\n\ny: {deep}"), 3, "deeper than 40 levels");
        refused("x: 1\na: [1, 2", 2, "unclosed bracket");
        refused("tên: 1\na: \"x", 2, "unclosed quote");
        refused("x: 1\n---\nb: 2\n", 3, "one document");
        refused("x: 1\na: &x [*x]\n", 2, "inside what it names");
        refused("x: 1\na: *no\n", 2, "names no anchor");
        refused("a: 1\n b: 2\n", 2, "mapping values");
        let file = Arc::new(SourceText { name: "t.yaml".into(), text: bomb });
        assert!(parse(&file).expect_err("is refused").what.en.contains("larger than any rule file"));
    }
}
