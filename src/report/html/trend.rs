//! How scores developed, where a history was given.

use std::collections::BTreeMap;

use super::Context;
use super::chart::{self, Dot};
use super::markup::Markup;
use crate::base::Nano;
use crate::history::card::{DatabaseTrend, Node, RunCard, Trend, Value};
use crate::say;
use crate::score::change_points::Direction;

/// Runs that are listed; the chart shows as many as it is given.
const LISTED: usize = 12;

/// Series by what they are of; empty without a history.
#[derive(Default)]
pub struct Trends<'a> {
    databases: BTreeMap<&'a str, &'a DatabaseTrend>,
    rules: BTreeMap<(&'a str, &'a str, &'a str), &'a DatabaseTrend>,
}

impl<'a> Trends<'a> {
    /// Of what `history` answered: series of databases and of rules.
    pub fn of(series: &'a [Trend]) -> Self {
        let mut trends = Self::default();
        for trend in series {
            for database in &trend.databases {
                match &trend.node {
                    Node::Database => {
                        trends.databases.insert(&database.database, database);
                    }
                    Node::Rule { table, rule } => {
                        trends.rules.insert((&database.database, table, rule), database);
                    }
                    Node::Dimension { .. } => {}
                }
            }
        }
        trends
    }

    pub fn database(&self, id: &str) -> Option<&'a DatabaseTrend> {
        self.databases.get(id).copied()
    }

    pub fn rule(&self, database: &str, table: &str, rule: &str) -> Option<&'a DatabaseTrend> {
        self.rules.get(&(database, table, rule)).copied()
    }
}

fn value(run: &RunCard) -> &Value {
    run.restated.as_ref().map_or(&run.value, |restated| &restated.value)
}

fn dots(trend: &DatabaseTrend) -> Vec<Dot> {
    let dot = |run: &RunCard| {
        let value = value(run);
        let change = value.change_point.as_ref().map(|change| change.direction == Direction::Up);
        Dot { nano: value.official_nano, breaks: !value.new_stretch.is_empty(), change }
    };
    trend.runs.iter().map(dot).collect()
}

/// The series of a rule, on its line.
pub fn spark(page: &mut Markup, trend: &DatabaseTrend) {
    if trend.runs.len() > 1 {
        page.raw("<p class=trend>").say(&say!("Trend", "Xu hướng")).raw(" ");
        chart::spark(page, "spark", &dots(trend));
        ends(page, trend);
        page.raw("</p>");
    }
}

/// `89.12 → 90.00 (12 runs)`
fn ends(page: &mut Markup, trend: &DatabaseTrend) {
    let mut known = trend.runs.iter().filter_map(|run| value(run).official.as_deref());
    let (Some(first), last) = (known.next(), known.next_back()) else { return };
    page.raw(" ").points(first);
    if let Some(last) = last {
        page.raw(" → ").points(last);
    }
}

/// The series of the database.
pub fn write(page: &mut Markup, context: &Context<'_>) {
    let Some(trend) = context.trends.database(&context.database.id) else { return };
    if trend.runs.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("Trend", "Xu hướng")).raw("</h3><p class=trend>");
    chart::spark(page, "spark big", &dots(trend));
    ends(page, trend);
    page.raw("</p><div class=wide tabindex=0><table><thead><tr>");
    for head in
        [say!("As of", "Tính đến"), say!("Points", "Điểm"), say!("Grade", "Hạng"), say!("Change", "Thay đổi")]
    {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for run in trend.runs.iter().rev().take(LISTED) {
        let value = value(run);
        let grade = run.restated.as_ref().map_or(run.grade, |restated| restated.grade);
        page.raw("<tr><td>").moment(&run.as_of).raw("</td><td class=n>");
        page.points(value.official.as_deref().unwrap_or("—")).raw("</td><td>");
        super::overview::badge(page, grade);
        page.raw("</td><td class=n>");
        if let Some(change) = value.change_nano {
            let text = Nano::new(change).six();
            page.raw(if change > 0 { "+" } else { "" }).points(&text);
        }
        for why in &value.new_stretch {
            page.raw(" ").told(why);
        }
        match value.change_point.as_ref().map(|change| change.direction) {
            Some(Direction::Up) => page.raw(" ▲ ").say(&say!("clearly higher", "tăng rõ rệt")),
            Some(Direction::Down) => page.raw(" ▼ ").say(&say!("clearly lower", "giảm rõ rệt")),
            None => page,
        };
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div>");
}
