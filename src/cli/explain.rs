//! `thuocdo explain`: documentation from the code.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::arithmetic::{Arithmetic, METHODOLOGY};
use super::failure::{Exit, Failure};
use super::output::Console;
use crate::base::{Lang, suggest};
use crate::format::{self, Format};
use crate::kind::{self, Answer};
use crate::report::term::lines::wrapped;
use crate::rule::pack;
use crate::rule::role::ROLES;
use crate::rule::{Database, Kind, Origin, RECONCILE, Rule, Table};
use crate::say;
use crate::score::index;

/// Explain a rule kind, a format, the rules of a file as they were expanded, or how the numbers of a scorecard came about.
///
/// Without arguments it lists all kinds and formats; `core/document` and the other core packs show their rules; `roles` lists what columns can mean; `vocabulary` tells how the checks of
/// other tools are said here; `dqi-2439-reported` prints the weights of that index, to be copied and changed. With a rule
/// file it lists the file's rules with everything that was
/// left unsaid; with a rule's id as well, that rule.
///
/// With a scorecard (JSON) it prints the arithmetic of the whole card, or of a database, a dimension or a rule, step by step and in the
/// integers that were used; a card that was changed after it was written is refused (exit code 5). `methodology` is the page of
/// the methodology, made of the constants that the program computes with.
#[derive(Debug, Args)]
pub struct Explain {
    /// A rule kind, a format, a rule file, a scorecard, or `methodology`.
    #[arg(value_name = "KIND|FORMAT|FILE|CARD")]
    subject: Option<String>,
    /// The id of a rule of the file or the card.
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// Show what packs made of the file's columns, and why.
    #[arg(long, requires = "subject", conflicts_with = "rule")]
    expanded: bool,
    #[command(flatten)]
    arithmetic: Arithmetic,
}

impl Explain {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let lang = console.lang;
        if let Some(subject) = &self.subject
            && let Some(page) = self.arithmetic.page(subject, self.rule.as_deref(), console)?
        {
            console.print(page.as_bytes())?;
            return Ok(Exit::Passed);
        }
        self.arithmetic.is_of_a_card()?;
        let page = match &self.subject {
            None => overview(lang),
            Some(name) if name == VOCABULARY => vocabulary_page(lang),
            // The file itself: it is what one copies and changes.
            Some(name) if name == index::ID => index::SHIPPED.to_owned(),
            Some(name) => {
                if name == ROLES_PAGE {
                    roles_page(lang)
                } else if let Some((_, text)) = pack::CORE.iter().find(|(id, _)| id == name) {
                    // As it stands: it says itself what it is there for.
                    (*text).to_owned()
                } else if let Some(kind) = kind::find(name) {
                    kind_page(kind, lang)
                } else if let several @ [_, ..] = kind::stands_for(name) {
                    let pages: Vec<String> = several.iter().map(|kind| kind_page(*kind, lang)).collect();
                    pages.join("\n")
                } else if let Some(format) = format::find(name) {
                    format_page(format, lang)
                } else if std::path::Path::new(name).exists() {
                    let loaded = super::run::rules(&[PathBuf::from(name)], console)?;
                    if self.expanded {
                        super::expanded::page(&loaded.databases, lang)
                    } else {
                        rules_page(&loaded.databases, self.rule.as_deref(), lang)?
                    }
                } else {
                    return Err(unknown(name));
                }
            }
        };
        console.print(page.as_bytes())?;
        Ok(Exit::Passed)
    }
}

fn unknown(name: &str) -> Failure {
    let kinds = kind::KINDS.iter().map(|kind| kind.about().name);
    let formats = format::all().map(|format| format.name());
    let names: Vec<&str> =
        kinds.chain(formats).chain([VOCABULARY, index::ID, METHODOLOGY, RECONCILE]).collect();
    let hint = match suggest::closest(name, names) {
        Some(near) => say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
        None => say!("`thuocdo explain` lists what there is", "`thuocdo explain` liệt kê tất cả"),
    };
    Failure::usage(
        say!(
            "`{name}` is no rule kind, format or file",
            "`{name}` không phải loại quy tắc, định dạng hay tệp"
        ),
        hint,
    )
}

fn overview(lang: Lang) -> String {
    let mut page = String::new();
    let heading = |page: &mut String, text: crate::base::Text| {
        let _ = writeln!(page, "{}\n", text.get(lang));
    };
    heading(&mut page, say!("Rule kinds", "Loại quy tắc"));
    for kind in kind::KINDS {
        let about = kind.about();
        let dimension = about.dimension.label();
        let what = about.what.text();
        let what = format!("{}: {}", dimension.get(lang), first_sentence(what.get(lang)));
        page.push_str(&entry(about.name, &what));
    }
    page.push('\n');
    heading(
        &mut page,
        say!(
            "Formats, for `matches: {{ column: …, format: … }}`",
            "Định dạng, dùng cho `matches: {{ column: …, format: … }}`"
        ),
    );
    for format in format::all() {
        let about = format.about();
        let text = pick(about.en, about.vi, lang);
        page.push_str(&entry(format.name(), text));
    }
    page
}

/// A name with its text beside it, in lines of their own.
fn entry(name: &str, text: &str) -> String {
    const BESIDE: usize = 22;
    let text = wrapped(text, 78, &" ".repeat(BESIDE));
    format!("  {name:<width$}{}\n", &text[BESIDE..], width = BESIDE - 2)
}

/// The subject of the page about other tools' checks.
const VOCABULARY: &str = "vocabulary";

/// The subject of the page about roles.
const ROLES_PAGE: &str = "roles";

fn roles_page(lang: Lang) -> String {
    let title = say!(
        "Roles that a column may have; core packs are written in them",
        "Các vai trò của cột; gói quy tắc lõi được viết theo vai trò"
    );
    let mut page = format!("{}\n\n", title.get(lang));
    for role in ROLES {
        let types: Vec<&str> = role.types.iter().map(|ty| ty.id()).collect();
        page.push_str(&entry(role.name, &format!("{} ({})", role.about.text().get(lang), types.join(", "))));
    }
    page
}

fn vocabulary_page(lang: Lang) -> String {
    let title = say!(
        "What other data-quality tools check, and how it is said here",
        "Các công cụ khác kiểm tra gì, và ở đây viết thế nào"
    );
    let mut page = format!("{}\n", title.get(lang));
    let mut group = None;
    for entry in kind::VOCABULARY {
        if group.replace(entry.group) != Some(entry.group) {
            let _ = writeln!(page, "\n{}\n", entry.group.title().text().get(lang));
        }
        let answer = match &entry.answer {
            Answer::Rule(rule) => format!("`{rule}`"),
            Answer::Everywhere(how) => how.text().get(lang).to_owned(),
            Answer::Not(why) => {
                let why = why.text();
                let why = why.get(lang);
                say!("not: {why}", "không: {why}").get(lang).to_owned()
            }
        };
        let check = entry.check.text();
        let _ = writeln!(page, "{}\n{}", wrapped(check.get(lang), 78, "  "), wrapped(&answer, 78, "      "));
    }
    page
}

pub(super) fn pick<'t>(en: &'t str, vi: &'t str, lang: Lang) -> &'t str {
    match lang {
        Lang::En => en,
        Lang::Vi => vi,
    }
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |at| &text[..=at])
}

fn kind_page(kind: &dyn Kind, lang: Lang) -> String {
    let about = kind.about();
    let mut page = format!("{}: {}\n\n", about.name, about.title.text().get(lang));
    let mut section = |title: crate::base::Text, body: &str| {
        let _ = writeln!(page, "{}\n{}\n", title.get(lang), wrapped(body, 78, "  "));
    };
    section(say!("What it checks", "Kiểm tra gì"), about.what.text().get(lang));
    section(say!("Why it matters", "Vì sao quan trọng"), about.why.text().get(lang));
    section(say!("What to do", "Cần làm gì"), about.fix.text().get(lang));
    section(say!("Example", "Ví dụ"), about.example);
    let arguments = arguments(kind);
    if !arguments.is_empty() {
        let title =
            say!("Arguments (those without `?` are required)", "Đối số (không có dấu `?` là bắt buộc)");
        let _ = writeln!(page, "{}\n{arguments}", title.get(lang));
    }
    let mut section = |title: crate::base::Text, body: &str| {
        let _ = writeln!(page, "{}\n{}\n", title.get(lang), wrapped(body, 78, "  "));
    };
    let (dimension, severity) = (about.dimension.id(), about.severity.id());
    let defaults = say!("dimension {dimension}, severity {severity}", "chiều {dimension}, mức độ {severity}");
    section(say!("Unless a rule says otherwise", "Nếu quy tắc không nói khác"), defaults.get(lang));
    page
}

/// The arguments of a kind as its JSON Schema describes them, a line each.
fn arguments(kind: &dyn Kind) -> String {
    let mut generator = schemars::SchemaGenerator::default();
    let schema = serde_json::Value::from(kind.schema(&mut generator));
    let named = |schema: &serde_json::Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?.to_owned();
        generator.definitions().get(&name).cloned()
    };
    // The long form, where there is a short one too.
    let long =
        named(&schema).or_else(|| schema["anyOf"].as_array()?.iter().find_map(named)).unwrap_or(schema);
    let required: Vec<&str> =
        long["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    let mut lines = String::new();
    for (name, described) in long["properties"].as_object().into_iter().flatten() {
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        let about = described["description"].as_str().unwrap_or_default();
        lines.push_str(&entry(&format!("{name}{mark}"), about));
    }
    lines
}

fn format_page(format: &dyn Format, lang: Lang) -> String {
    let (about, details) = (format.about(), format.details());
    let mut page = format!("{}\n\n", format.name());
    let _ = writeln!(page, "{}\n", wrapped(pick(about.en, about.vi, lang), 78, "  "));
    let _ = writeln!(page, "{}\n", wrapped(pick(details.en, details.vi, lang), 78, "  "));
    if !format.arguments().is_empty() {
        let _ = writeln!(page, "{}", say!("Arguments", "Đối số").get(lang));
        for argument in format.arguments() {
            let about = pick(argument.about.en, argument.about.vi, lang);
            page.push_str(&entry(argument.name, &format!("{about}: {}", argument.words.join(", "))));
        }
        page.push('\n');
    }
    let _ = writeln!(page, "{}", say!("Examples", "Ví dụ").get(lang));
    for (value, verdict) in format.examples() {
        let _ = writeln!(page, "  {value:<32} {verdict}");
    }
    page
}

fn rules_page(databases: &[Database], wanted: Option<&str>, lang: Lang) -> Result<String, Failure> {
    let mut page = String::new();
    let mut ids = Vec::new();
    for database in databases {
        for table in &database.tables {
            for rule in &table.rules {
                ids.push(rule.id.as_str());
                if wanted.is_none_or(|wanted| wanted == rule.id) {
                    page.push_str(&expanded(database, table, rule, lang));
                }
            }
        }
    }
    match wanted {
        Some(wanted) if page.is_empty() => {
            let hint = match suggest::closest(wanted, ids) {
                Some(near) => say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
                None => say!("leave the id out to see all rules", "bỏ mã quy tắc để xem tất cả"),
            };
            Err(Failure::usage(
                say!("the file has no rule `{wanted}`", "tệp không có quy tắc `{wanted}`"),
                hint,
            ))
        }
        _ => Ok(page),
    }
}

/// A rule with everything that the file left unsaid.
fn expanded(database: &Database, table: &Table, rule: &Rule, lang: Lang) -> String {
    let about = rule.kind.about();
    let (line, _) = rule.place.line_column();
    let mut page = format!("{}\n", rule.id);
    let mut field = |name: crate::base::Text, value: String| {
        let _ = writeln!(page, "  {:<12} {value}", name.get(lang));
    };
    field(say!("table", "bảng"), format!("{}.{}", database.id.value, table.id.value));
    field(say!("kind", "loại"), about.name.to_owned());
    let columns: Vec<String> = rule.spec.columns().into_iter().map(|column| column.value).collect();
    if !columns.is_empty() {
        field(say!("columns", "cột"), columns.join(", "));
    }
    if let Some(to) = rule.spec.refers_to() {
        let columns: Vec<&str> = to.columns.iter().map(|column| column.value.as_str()).collect();
        field(say!("refers to", "tham chiếu"), format!("{}.{}", to.table_name(), columns.join(", ")));
    }
    field(say!("dimension", "chiều"), rule.dimension.id().to_owned());
    field(say!("severity", "mức độ"), rule.severity.id().to_owned());
    if let Some(weight) = rule.weight {
        field(say!("weight", "trọng số"), weight.to_string());
    }
    if let Some(when) = &rule.when {
        field(say!("when", "khi"), when.value.text().to_owned());
    }
    let distinction = rule.spec.distinction();
    if !distinction.is_empty() {
        field(say!("by", "theo"), distinction);
    }
    for (name, value) in rule.spec.unsaid() {
        field(name, value);
    }
    if rule.implied {
        field(
            say!("from", "suy từ"),
            say!("the column's declaration", "khai báo của cột").get(lang).to_owned(),
        );
    }
    if let Origin::Pack { id, family, .. } = &rule.origin {
        field(say!("pack", "gói"), format!("{id} ({family})"));
    }
    if let Some(role) = rule.lacking {
        let name = role.name;
        let text = say!("role {name}: the rule counts 0", "vai trò {name}: quy tắc được 0 điểm");
        field(say!("lacks", "thiếu"), text.get(lang).to_owned());
    }
    field(say!("at", "tại"), format!("{}:{line}", rule.place.file.name));
    let why = rule.why.clone().unwrap_or_else(|| about.why.text());
    field(say!("why", "vì sao"), why.get(lang).to_owned());
    page.push('\n');
    page
}
