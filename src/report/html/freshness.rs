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
        let (age, cycle) = beside(heart.age, heart.cycle);
        page.raw("</a></th><td>").moment(heart.latest).raw("</td><td>").say(&age).raw("</td><td>");
        page.say(&cycle).raw("</td><td class=chart>");
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

/// An age beside its cycle. Two that are not the same never read the same: a second too late is too late.
fn beside(age: u64, cycle: u64) -> (Text, Text) {
    let (coarse, of) = (span(age), span(cycle));
    if coarse == of && age != cycle { (exact(age), exact(cycle)) } else { (coarse, of) }
}

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

const DAYS: [&str; 3] = ["day", "days", "ngày"];
const HOURS: [&str; 3] = ["hour", "hours", "giờ"];
const MINUTES: [&str; 3] = ["minute", "minutes", "phút"];
const SECONDS: [&str; 3] = ["second", "seconds", "giây"];

/// From three days on days with a decimal, below hours and minutes: cut off.
fn span(seconds: u64) -> Text {
    if seconds >= 3 * DAY {
        let tenths = seconds % DAY / (DAY / 10);
        return both(|lang| match (tenths, lang) {
            (0, _) => number::counted(seconds / DAY, DAYS, lang),
            (_, Lang::En) => format!("{}.{tenths} days", number::count(seconds / DAY, lang)),
            (_, Lang::Vi) => format!("{},{tenths} ngày", number::count(seconds / DAY, lang)),
        });
    }
    match seconds {
        60.. => parts(&[(seconds / HOUR, HOURS), (seconds % HOUR / 60, MINUTES)]),
        _ => parts(&[(seconds, SECONDS)]),
    }
}

fn exact(seconds: u64) -> Text {
    let (hours, minutes) = (seconds % DAY / HOUR, seconds % HOUR / 60);
    parts(&[(seconds / DAY, DAYS), (hours, HOURS), (minutes, MINUTES), (seconds % 60, SECONDS)])
}

/// What is not 0 of them; all of nothing is the last.
fn parts(parts: &[(u64, [&str; 3])]) -> Text {
    both(|lang| {
        let some = parts.iter().filter(|(n, _)| *n > 0);
        let some: Vec<String> = some.map(|(n, nouns)| number::counted(*n, *nouns, lang)).collect();
        let none = || parts.last().map_or_else(String::new, |(n, nouns)| number::counted(*n, *nouns, lang));
        if some.is_empty() { none() } else { some.join(" ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_cut_off_that_decides() {
        let told = |seconds| (span(seconds).en, span(seconds).vi);
        for (seconds, en, vi) in [
            (0, "0 seconds", "0 giây"),
            (59, "59 seconds", "59 giây"),
            (5_400, "1 hour 30 minutes", "1 giờ 30 phút"),
            (DAY, "24 hours", "24 giờ"),
            (36 * HOUR, "36 hours", "36 giờ"),
            (3 * DAY, "3 days", "3 ngày"),
            (1_234 * DAY + 23 * HOUR, "1,234.9 days", "1.234,9 ngày"),
        ] {
            assert_eq!(told(seconds), (en.to_owned(), vi.to_owned()));
        }
        let (age, cycle) = beside(30 * DAY + 7, 30 * DAY);
        assert_eq!((age.en.as_str(), cycle.en.as_str()), ("30 days 7 seconds", "30 days"));
        assert_eq!(beside(DAY, DAY).0.vi, "24 giờ");
        assert_eq!(beside(36 * HOUR, DAY), (span(36 * HOUR), span(DAY)));
    }
}
