//! Column by column: what was checked, what failed, and in which state the values are.
//!
//! A card tells of columns through their rules. The rule `not_null` says how many values are there, and what stands in
//! place of the others; of the values that are there, the rule with the most defects says how many are wrong at least.

use indexmap::{IndexMap, IndexSet};

use super::markup::Markup;
use super::{anchor, chart};
use crate::base::{Status, Unit};
use crate::report::number;
use crate::say;
use crate::score::scorecard::{RuleCard, TableCard};

/// Failing rules that are named of a column.
const NAMED: usize = 4;

/// How the values of a column stand.
#[derive(Debug, Default, PartialEq, Eq)]
struct States {
    /// Values that are there, and that no rule of this column alone finds wrong.
    filled: u64,
    /// At least so many: of the rule with the most defects.
    wrong: u64,
    null: u64,
    blank: u64,
    placeholder: u64,
    unknown: u64,
}

impl States {
    fn of(rules: &[(&RuleCard, &str)]) -> Option<Self> {
        let own = |rule: &&RuleCard| {
            rule.unit == Unit::Cell && rule.columns.len() == 1 && rule.status == Status::Measured
        };
        let all = || rules.iter().map(|(rule, _)| *rule).filter(own);
        let wrong = all().filter(|rule| rule.kind != "not_null").map(|rule| rule.fail).max().unwrap_or(0);
        if let Some(rule) = all().find(|rule| rule.kind == "not_null") {
            let figure = |name: &str| {
                let figure = rule.figures.iter().find(|figure| figure.name == name);
                figure.and_then(|figure| figure.value.parse().ok()).unwrap_or(0)
            };
            let wrong = wrong.min(rule.pass);
            return Some(Self {
                filled: rule.pass - wrong,
                wrong,
                null: figure("null"),
                blank: figure("blank"),
                placeholder: figure("placeholder"),
                unknown: rule.unknown,
            });
        }
        // What a rule does not apply to has mostly no value; that is not known, so it is left out.
        let rule = all().max_by_key(|rule| (rule.fail, rule.pass))?;
        Some(Self { filled: rule.pass, wrong: rule.fail, unknown: rule.unknown, ..Self::default() })
    }

    fn parts(&self) -> [(&'static str, u64); 6] {
        [
            ("good", self.filled),
            ("gD", self.wrong),
            ("null", self.null),
            ("blank", self.blank),
            ("fake", self.placeholder),
            ("unknown", self.unknown),
        ]
    }
}

pub fn write(page: &mut Markup, table: &TableCard, anchors: &[String]) {
    let mut columns: IndexMap<&str, Vec<(&RuleCard, &str)>> = IndexMap::new();
    for (rule, anchor) in table.rules.iter().zip(anchors) {
        for column in &rule.columns {
            columns.entry(column).or_default().push((rule, anchor));
        }
    }
    if columns.is_empty() {
        return;
    }
    page.raw("<details class=columns open><summary>").each(|lang| {
        let n = number::counted(columns.len() as u64, ["column", "columns", "cột"], lang);
        say!("{n}: what was checked, what failed", "{n}: đã kiểm tra gì, lỗi ở đâu").get(lang).to_owned()
    });
    page.raw("</summary><p class=legend>").say(&say!(
        "“Filled” says that a value is there, not that it is right: what rules found stands beside it.",
        "“Có giá trị” chỉ cho biết ô không bỏ trống, chưa phải là đúng: kết quả của các quy tắc ghi bên cạnh."
    ));
    page.raw("</p><div class=wide tabindex=0><table class=sort><thead><tr>");
    for head in [
        say!("Column", "Cột"),
        say!("Filled or empty", "Có hay thiếu giá trị"),
        say!("Rules", "Quy tắc"),
        say!("Failing", "Có lỗi"),
        say!("What was checked", "Đã kiểm tra gì"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (column, rules) in &columns {
        row(page, column, rules);
    }
    page.raw("</tbody></table></div></details>");
}

fn row(page: &mut Markup, column: &str, rules: &[(&RuleCard, &str)]) {
    page.raw("<tr><th scope=row><code>").name(column).raw("</code></th>");
    match States::of(rules) {
        None => {
            page.raw("<td class=dim data-v=-1>")
                .say(&say!("no rule looks at its values alone", "không có quy tắc xét riêng giá trị"))
                .raw("</td>");
        }
        Some(states) => {
            let bad = states.parts()[1..].iter().fold(0, |sum: u64, (_, n)| sum.saturating_add(*n));
            page.open("td", &[("class", "chart"), ("data-v", &bad.to_string())]);
            chart::parts(page, &states.parts());
            page.raw("<span class=states>");
            words(page, &states);
            page.raw("</span></td>");
        }
    }
    let mut failing: Vec<_> = rules.iter().filter(|(rule, _)| rule.fail > 0 || rule.unknown > 0).collect();
    failing.sort_by_key(|(rule, _)| std::cmp::Reverse(rule.gain_nano));
    for n in [rules.len(), failing.len()] {
        let n = n as u64;
        page.open("td", &[("class", "n"), ("data-v", &n.to_string())]).count(n).raw("</td>");
    }
    page.raw("<td class=checked>");
    for (rule, anchor) in failing.iter().take(NAMED) {
        page.open("a", &[("href", &anchor::link(anchor))]).raw("✗ ").name(&rule.kind).raw("</a> ");
    }
    if failing.len() > NAMED {
        page.raw("… ");
    }
    let others: IndexSet<&str> = rules
        .iter()
        .filter(|(rule, _)| rule.fail == 0 && rule.unknown == 0)
        .map(|(rule, _)| rule.kind.as_str())
        .collect();
    for (at, kind) in others.into_iter().enumerate() {
        page.raw(if at > 0 { ", " } else { "" }).name(kind);
    }
    page.raw("</td></tr>");
}

fn words(page: &mut Markup, states: &States) {
    let names = [
        say!("filled", "có giá trị"),
        say!("filled, but wrong", "có giá trị nhưng sai"),
        say!("null", "null"),
        say!("blank", "trắng"),
        say!("placeholder", "giả"),
        say!("unknown", "chưa rõ"),
    ];
    let parts = states.parts();
    let shown = names.iter().zip(&parts).filter(|(_, (_, n))| *n > 0);
    for (at, (name, (class, n))) in shown.enumerate() {
        page.raw(if at > 0 { " · " } else { "" }).raw("<i class=\"key ").raw(class).raw("\"></i>");
        page.count(*n).raw(" ").say(name);
    }
}
