//! How fresh the tables are: when each was last updated, against the cycle in which it must be.

use super::markup::{Markup, both};
use super::{Context, anchor, chart};
use crate::base::{Lang, Text};
use crate::report::number;
use crate::say;
use crate::score::scorecard::{RuleCard, TableCard};
use crate::state::day_histogram::CYCLES_TO_ZERO;

/// Tables with a heartbeat that are drawn.
const SHOWN: usize = 100;

/// The last update of a table, from the figures of its heartbeat.
struct Heart<'a> {
    table: &'a TableCard,
    anchor: &'a str,
    latest: &'a str,
    age: u64,
    cycle: u64,
}

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let mut hearts = Vec::new();
    for (table, anchors) in context.database.tables.iter().zip(&context.anchors.tables) {
        for (rule, anchor) in table.rules.iter().zip(&anchors.rules) {
            hearts.extend(heart(table, rule, anchor));
        }
    }
    if hearts.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("Freshness", "Độ sống")).raw("</h3><p class=dim>");
    page.each(|lang| {
        let cycles = number::count(CYCLES_TO_ZERO, lang);
        say!(
            "The line ends on the right at the moment of scoring and goes back {cycles} cycles; shaded is the cycle within which an update is in time.",
            "Trục thời gian kết thúc bên phải ở thời điểm đánh giá và lùi về {cycles} chu kỳ; phần tô là chu kỳ còn đúng hạn."
        )
        .get(lang)
        .to_owned()
    });
    page.raw("</p><div class=wide tabindex=0><table class=hearts><thead><tr>");
    for head in [
        say!("Table", "Bảng"),
        say!("Last update", "Cập nhật cuối"),
        say!("Age", "Tuổi"),
        say!("Cycle", "Chu kỳ"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("<th scope=col>").say(&say!("Timeline", "Dòng thời gian")).raw("</th></tr></thead><tbody>");
    for heart in hearts.iter().take(SHOWN) {
        page.raw("<tr><th scope=row>")
            .open("a", &[("href", &anchor::link(heart.anchor))])
            .name(&heart.table.id);
        page.raw("</a></th><td>").name(heart.latest).raw("</td><td>").say(&span(heart.age)).raw("</td><td>");
        page.say(&span(heart.cycle)).raw("</td><td class=chart>");
        chart::timeline(page, heart.age, heart.cycle, CYCLES_TO_ZERO);
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div>");
}

fn heart<'a>(table: &'a TableCard, rule: &'a RuleCard, anchor: &'a str) -> Option<Heart<'a>> {
    let figure = |name: &str| rule.figures.iter().find(|figure| figure.name == name);
    let number = |name: &str| figure(name)?.value.parse::<u64>().ok();
    let (age, cycle) = (number("age_seconds")?, number("cycle_seconds").filter(|cycle| *cycle > 0)?);
    Some(Heart { table, anchor, latest: &figure("latest")?.value, age, cycle })
}

/// Days, or hours and minutes where there are no days: cut off.
pub fn span(seconds: u64) -> Text {
    let of = |n: u64, nouns: [&'static str; 3]| both(move |lang: Lang| number::counted(n, nouns, lang));
    match seconds {
        86_400.. => of(seconds / 86_400, ["day", "days", "ngày"]),
        3_600.. => of(seconds / 3_600, ["hour", "hours", "giờ"]),
        _ => of(seconds / 60, ["minute", "minutes", "phút"]),
    }
}
