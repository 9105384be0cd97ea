//! `thuocdo explain FILE --expanded`: what packs made of a rule file, column by column, and why.

use std::fmt::Write as _;

use super::explain::pick;
use crate::base::{Lang, Text};
use crate::report::term::lines::wrapped;
use crate::rule::{Column, Database, Origin, Rule, Table};
use crate::say;

pub fn page(databases: &[Database], lang: Lang) -> String {
    let mut page = String::new();
    for database in databases {
        let title = database.title.as_ref().map_or(database.id.value.as_str(), |title| title.get(lang));
        let _ = writeln!(page, "{} · {title}", database.id.value);
        for pack in &database.packs {
            let title = pack.title.get(lang);
            let _ = writeln!(page, "  {}@{}+{}  {title}", pack.id, pack.version, pack.hash);
        }
        for tables in &database.tables {
            page.push('\n');
            table(&mut page, tables, lang);
        }
        page.push('\n');
    }
    page
}

fn table(page: &mut String, table: &Table, lang: Lang) {
    let packs: Vec<&str> = table.packs.iter().map(|pack| pack.id.as_str()).collect();
    let tier = table.tier;
    let about = say!("{} · tier {tier} · {}", "{} · bậc {tier} · {}", table.id.value, packs.join(", "));
    let _ = writeln!(page, "{}", about.get(lang));
    let mut unruled = Vec::new();
    for column in &table.columns {
        let name = &column.name.value;
        let rules: Vec<&Rule> =
            table.rules.iter().filter(|rule| first_column(rule).as_ref() == Some(name)).collect();
        if !table.rules.iter().any(|rule| rule.spec.columns().iter().any(|column| column.value == *name)) {
            unruled.push(name.as_str());
        }
        if !rules.is_empty() {
            let _ = writeln!(page, "  {name}{}", meaning(column, lang));
            rules.into_iter().for_each(|rule| line(page, rule, column, lang));
        }
    }
    let known = |rule: &&Rule| first_column(rule).is_none_or(|name| table.column(&name).is_none());
    let rest: Vec<&Rule> = table.rules.iter().filter(known).collect();
    if !rest.is_empty() {
        let _ = writeln!(
            page,
            "  {}",
            pick(
                "(the table, or columns that it does not declare)",
                "(cả bảng, hoặc cột không khai báo)",
                lang
            )
        );
        for rule in rest {
            entry(page, rule, &reason(rule, None), lang);
        }
    }
    if !unruled.is_empty() {
        let names = unruled.join(", ");
        let text = say!("without any rule: {names}", "chưa có quy tắc nào: {names}");
        let _ = writeln!(page, "{}", wrapped(text.get(lang), 78, "  "));
    }
}

fn first_column(rule: &Rule) -> Option<String> {
    rule.spec.columns().first().map(|column| column.value.clone())
}

/// The role of a column, and whose it is.
fn meaning(column: &Column, lang: Lang) -> String {
    let Some(role) = column.role else { return String::new() };
    let of = column.of.as_ref().map(|of| say!(" of {of}", " của {of}").get(lang).to_owned());
    format!("  {}{}: {}", role.name, of.unwrap_or_default(), role.about.text().get(lang))
}

fn line(page: &mut String, rule: &Rule, column: &Column, lang: Lang) {
    entry(page, rule, &reason(rule, Some(column)), lang);
}

fn entry(page: &mut String, rule: &Rule, why: &Text, lang: Lang) {
    let family = match &rule.origin {
        Origin::Pack { family, core: true, .. } => family.as_str(),
        _ => pick("local", "riêng", lang),
    };
    let start = format!("{family:<5} {:<8} {}", rule.severity.id(), rule.id);
    let _ = writeln!(page, "{}\n{}", wrapped(&start, 78, "      "), wrapped(why.get(lang), 78, "          "));
}

/// Why a rule is there.
fn reason(rule: &Rule, column: Option<&Column>) -> Text {
    if let Some(role) = rule.lacking {
        let role = role.name;
        return say!(
            "required, and no column carries the role `{role}`: it counts 0",
            "bắt buộc, và không có cột nào mang vai trò `{role}`: được 0 điểm"
        );
    }
    match (&rule.origin, rule.implied) {
        (Origin::Local, false) => say!("written in the rule file", "viết trong tệp quy tắc"),
        (_, true) => {
            let declared = match rule.kind.about().name {
                "not_null" => "required: true".to_owned(),
                "type" => column
                    .and_then(|column| column.ty)
                    .map_or_else(|| "type".to_owned(), |ty| format!("type: {}", ty.id())),
                "in_set" => column
                    .and_then(|column| column.code_list.as_ref())
                    .map_or_else(|| "code_list".to_owned(), |list| format!("code_list: {}", list.value)),
                _ => column.and_then(|column| column.references.as_ref()).map_or_else(
                    || "references".to_owned(),
                    |parent| format!("references: {}", parent.value),
                ),
            };
            say!("the column is declared `{declared}`", "cột được khai báo `{declared}`")
        }
        (Origin::Pack { id, .. }, false) => {
            let (line, _) = rule.place.line_column();
            let file = &rule.place.file.name;
            say!("`{id}`, line {line} of {file}", "`{id}`, dòng {line} của {file}")
        }
    }
}
