use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::Text;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::format::{self, Format, Judge, Verdict};
use crate::kernel::text::{Pattern, PatternError};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Kind, Node, ParseContext,
    Reader, Spec, Words,
};
use crate::say;

/// Values have a form: a regular expression or a named format.
#[derive(Debug)]
pub struct MatchesKind;

static ABOUT: About = About {
    name: "matches",
    title: Words { en: "values match their pattern", vi: "giá trị đúng mẫu" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value matches a pattern as a whole (`regex`, or `like` with % and _; of several, any one), or matches \
             none (`not_regex`, `not_like`), or is valid in a named `format` (with its check digit, where it has one). \
             A format answers valid, unusual, repairable or invalid; `accept` says which answers pass. The canonical \
             value (NFC, trimmed) is judged; absent values are skipped.",
        vi: "Mọi giá trị khớp toàn bộ với một mẫu (`regex`, hoặc `like` với % và _; có nhiều mẫu thì khớp một là đủ), \
             hoặc không khớp mẫu nào (`not_regex`, `not_like`), hoặc hợp lệ theo một định dạng có tên (`format`, kể cả \
             số kiểm tra nếu có). Định dạng trả lời hợp lệ, bất thường, sửa được hoặc không hợp lệ; `accept` cho biết \
             câu trả lời nào là đạt. Xét giá trị chuẩn (NFC, bỏ khoảng trắng hai đầu); bỏ qua giá trị thiếu.",
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

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the YAML")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// The shape of the arguments, for the JSON Schema. A format's own arguments stand beside them.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `Matches` holds what was read")]
struct Arguments {
    /// The column whose values are matched.
    column: String,
    /// Regular expressions of which one must match the whole value (linear time; no look-around, no back-references).
    regex: Option<OneOrMore>,
    /// Regular expressions of which none may match the whole value.
    not_regex: Option<OneOrMore>,
    /// Patterns of which one must match: % stands for any text, _ for one character.
    like: Option<OneOrMore>,
    /// Patterns of which none may match.
    not_like: Option<OneOrMore>,
    /// The name of a format: `vn.cccd`, `email` …
    format: Option<String>,
    /// Which answers of the format pass; valid and unusual ones unless said otherwise.
    accept: Option<Vec<Answer>>,
}

/// What a format answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Valid,
    Unusual,
    Repairable,
    Invalid,
}

const ANSWERS: [(&str, Answer); 4] = [
    ("valid", Answer::Valid),
    ("unusual", Answer::Unusual),
    ("repairable", Answer::Repairable),
    ("invalid", Answer::Invalid),
];

impl Answer {
    const fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Valid,
            Verdict::Unusual(_) => Self::Unusual,
            Verdict::Repairable { .. } => Self::Repairable,
            Verdict::Invalid(_) => Self::Invalid,
        }
    }
}

#[derive(Debug)]
struct Matches {
    column: At<String>,
    form: Form,
    /// What the rule is about, for its id.
    distinction: String,
    demand: Option<Demand>,
}

#[derive(Clone)]
enum Form {
    /// Whether the pattern must match, or must not.
    Pattern(Arc<Pattern>, bool),
    Format(Arc<dyn Judge>, Vec<Answer>),
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pattern(_, true) => f.write_str("pattern"),
            Self::Pattern(_, false) => f.write_str("no pattern"),
            Self::Format(_, accept) => write!(f, "format, accepts {accept:?}"),
        }
    }
}

/// The ways to give a pattern: key, whether it is LIKE's, whether it must match.
const PATTERNS: [(&str, bool, bool); 4] =
    [("regex", false, true), ("not_regex", false, false), ("like", true, true), ("not_like", true, false)];

impl Kind for MatchesKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let reader = &mut *context.reader;
        let column = fields.required("column", reader).and_then(|node| reader.text(node));
        let span = fields.span.clone();
        let patterns: Vec<_> = PATTERNS
            .iter()
            .filter_map(|&(key, like, wanted)| Some((fields.optional(key)?, like, wanted)))
            .collect();
        let format = fields.optional("format");
        let accept = fields.optional("accept");
        if patterns.len() + usize::from(format.is_some()) > 1 {
            fields.finish(reader);
            reader.error(
                &span,
                say!(
                    "`regex`, `not_regex`, `like`, `not_like` and `format` exclude each other",
                    "`regex`, `not_regex`, `like`, `not_like` và `format` không dùng cùng nhau"
                ),
            );
            return None;
        }
        let read = match (patterns.first(), format) {
            (Some(&(node, like, wanted)), _) => {
                fields.finish(reader);
                pattern(node, like, reader).map(|(text, regex, pattern)| {
                    (text, Form::Pattern(pattern, wanted), wanted.then_some(Demand::Pattern(regex)))
                })
            }
            (None, Some(node)) => named(node, accept, fields, reader),
            (None, None) => {
                let nothing_else = fields.remaining().next().is_none();
                fields.finish(reader);
                if nothing_else {
                    reader
                        .error(&span, say!("`regex` or `format` is missing", "thiếu `regex` hoặc `format`"));
                }
                None
            }
        };
        let (distinction, form, demand) = read?;
        Some(Box::new(Matches { column: column?, form, distinction, demand }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<Arguments>();
        // A format's own arguments are keys of the same map.
        if let Some(name) =
            schema.get("$ref").and_then(|at| at.as_str()?.rsplit('/').next().map(str::to_owned))
            && let Some(definition) = generator.definitions_mut().get_mut(&name)
            && let Some(properties) = definition.get_mut("properties").and_then(|map| map.as_object_mut())
        {
            for argument in format::all().flat_map(|format| format.arguments()) {
                let words = serde_json::json!({ "description": argument.about.en, "type": "string" });
                properties.entry(argument.name).or_insert(words);
            }
        }
        schema.remove("description");
        schema
    }
}

/// One pattern for all that are listed, their text and the pattern's.
fn pattern(node: &Node, like: bool, reader: &mut Reader) -> Option<(String, String, Arc<Pattern>)> {
    let written = reader.texts(node);
    if written.is_empty() {
        return None;
    }
    let whole: Vec<String> =
        written.iter().map(|text| if like { from_like(&text.value) } else { text.value.clone() }).collect();
    // Each by itself first: an error is shown where it is, and a stray parenthesis does not spoil its neighbours.
    let mut sound = true;
    for (text, regex) in written.iter().zip(&whole) {
        if let Err(error) = Pattern::new(regex) {
            reader.error(&text.span, no_pattern(error));
            sound = false;
        }
    }
    let joined = match whole.as_slice() {
        _ if !sound => return None,
        [one] => one.clone(),
        many => many.iter().map(|one| grouped(one)).collect::<Vec<_>>().join("|"),
    };
    let text = written.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(" | ");
    match Pattern::new(&joined) {
        Ok(pattern) => Some((text, joined, Arc::new(pattern))),
        Err(error) => {
            reader.error(&node.span, no_pattern(error));
            None
        }
    }
}

/// A pattern as one of several. A verbose one may end in a comment, which swallows the parenthesis unless a new line
/// ends it; to all others that line would be text.
fn grouped(regex: &str) -> String {
    let group = format!("(?:{regex})");
    if Pattern::new(&group).is_ok() { group } else { format!("(?:{regex}\n)") }
}

pub fn no_pattern(error: PatternError) -> Text {
    match error {
        PatternError::Syntax { message, .. } => {
            say!("not a regular expression: {message}", "biểu thức chính quy không hợp lệ: {message}")
        }
        PatternError::TooLarge => say!(
            "the regular expression is too large to be run",
            "biểu thức chính quy quá lớn, không chạy được"
        ),
    }
}

/// A pattern of SQL's LIKE as a regular expression; a backslash takes the next character as it is.
fn from_like(like: &str) -> String {
    let mut regex = String::from("(?s)");
    let mut chars = like.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            '\\' => regex.push_str(&regex::escape(&chars.next().unwrap_or('\\').to_string())),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}

/// A named format with the arguments that a rule chooses for it.
fn named(
    node: &Node,
    accept: Option<&Node>,
    mut fields: Fields<'_>,
    reader: &mut Reader,
) -> Option<(String, Form, Option<Demand>)> {
    let name = reader.text(node)?;
    let Some(format) = format::find(&name.value) else {
        let value = &name.value;
        reader.unknown(
            &name,
            say!("unknown format `{value}`", "không có định dạng `{value}`"),
            format::all().map(|format| format.name()),
        );
        return None;
    };
    let mut distinction = name.value.clone();
    let mut chosen: Vec<Option<&'static str>> = Vec::new();
    let mut sound = true;
    for argument in format.arguments() {
        let word = fields.optional(argument.name).map(|node| {
            let words: Vec<(&'static str, &'static str)> =
                argument.words.iter().map(|word| (*word, *word)).collect();
            let name = argument.name;
            reader.choice(node, &say!("{name} of this format", "{name} của định dạng này"), &words)
        });
        sound &= word != Some(None);
        chosen.push(word.flatten());
        if let Some(Some(word)) = word {
            distinction = format!("{distinction} {word}");
        }
    }
    fields.finish(reader);
    let accept = match accept {
        None => vec![Answer::Valid, Answer::Unusual],
        Some(node) => {
            let items = reader.items(node);
            let what = say!("answer of a format", "câu trả lời của định dạng");
            let answers: Vec<_> =
                items.iter().filter_map(|item| reader.choice(item, &what, &ANSWERS)).collect();
            sound &= answers.len() == items.len() && !answers.is_empty();
            answers
        }
    };
    let judge: Arc<dyn Judge> =
        match chosen.iter().any(Option::is_some).then(|| format.choose(&chosen)).flatten() {
            Some(judge) => judge.into(),
            None => Arc::new(Named(format)),
        };
    let demand = Demand::Format { name: format.name(), judge: Arc::clone(&judge) };
    sound.then_some((distinction, Form::Format(judge, accept), Some(demand)))
}

/// A format as it is, without arguments.
struct Named(&'static dyn Format);

impl Judge for Named {
    fn judge(&self, value: &str) -> Verdict {
        self.0.judge(value)
    }

    fn accepts(&self, value: &str) -> bool {
        self.0.accepts(value)
    }
}

impl Spec for Matches {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn distinction(&self) -> String {
        self.distinction.clone()
    }

    fn demands(&self) -> Vec<Demand> {
        self.demand.iter().cloned().collect()
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
        let (judge, accept) = match &self.form {
            Form::Pattern(pattern, wanted) => {
                let hits = text.mark(present, |value| pattern.is_match(value));
                let pass = if *wanted { hits } else { !&hits };
                return Some(RowVerdict::passing(present, &pass));
            }
            Form::Format(judge, accept) => (judge, accept),
        };
        let usual = accept.as_slice() == [Answer::Valid, Answer::Unusual];
        let pass = text.mark(present, |value| {
            if usual { judge.accepts(value) } else { accept.contains(&Answer::of(&judge.judge(value))) }
        });
        let mut verdict = RowVerdict::passing(present, &pass);
        if verdict.fail.count_set_bits() > 0 {
            for (name, answer) in ANSWERS {
                if !accept.contains(&answer) {
                    let rows = text.mark(&verdict.fail, |value| Answer::of(&judge.judge(value)) == answer);
                    verdict.reasons.push((name, rows));
                }
            }
        }
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let Form::Format(judge, _) = &self.form else { return None };
        let (reason, repaired) = match judge.judge(batch.canonical(self.column).get(row)?) {
            Verdict::Valid => return None,
            Verdict::Unusual(reason) | Verdict::Invalid(reason) => (reason, None),
            Verdict::Repairable { repaired, reason } => (reason, Some(repaired)),
        };
        let reason = Text { en: reason.en.to_owned(), vi: reason.vi.to_owned() };
        Some(Explanation { reason, repaired })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_what_sql_means() {
        let matches =
            |like: &str, value: &str| Pattern::new(&from_like(like)).expect("a pattern").is_match(value);
        assert!(matches("HS-%", "HS-12") && !matches("HS-%", "XHS-12"));
        assert!(matches("_B", "ấB") && !matches("_B", "aaB"));
        assert!(matches(r"100\%", "100%") && !matches(r"100\%", "1000"));
        assert!(matches("a.b", "a.b") && !matches("a.b", "axb"));
        assert!(matches("%", "") && matches("%", "a\nb"));
    }
}
