//! A trend as a page: each database with its runs, where it changed for good, and why it changed last.

use super::sparkline::sparkline;
use super::{Extent, TrendRenderer, why};
use crate::base::{Lang, Nano, Text};
use crate::history::card::{DatabaseTrend, Node, RunCard, Trend, Value};
use crate::report::term::page::{BAD, BOLD, DIM, GOOD, Line, PLAIN, Page, WEAK, right};
use crate::report::term::safe::middle;
use crate::report::term::words::{grade_ink, own, pick, points_ink};
use crate::report::{Style, number};
use crate::say;
use crate::score::change_points::Direction;

/// Runs that the line beside a database's name draws where there are several databases.
const OVERVIEW: usize = 24;

/// Columns of a line of the overview that stand beside the drawing: the numbers, and the mark at its end.
const BESIDE: usize = 51;

const RUNS: [&str; 3] = ["run", "runs", "lần chạy"];

pub struct Term;

impl TrendRenderer for Term {
    fn name(&self) -> &'static str {
        "term"
    }

    fn about(&self) -> Text {
        say!("a page to read in the terminal", "trang để đọc trên màn hình dòng lệnh")
    }

    fn render(&self, trend: &Trend, extent: Extent, style: &Style) -> Vec<u8> {
        let (mut page, lang) = (Page::new(style), style.lang);
        match trend.databases.as_slice() {
            [] => page.line(Line::of(
                WEAK,
                pick(lang, "Lịch sử chưa có lần chạy nào.", "No run was recorded yet."),
            )),
            [database] => one(&mut page, lang, &trend.node, database, extent),
            databases => overview(&mut page, lang, databases),
        }
        page.blank();
        let (records, head) = (number::count(trend.records, lang), &trend.head);
        let text = match trend.records {
            1 => say!("1 record, with the hash", "1 bản ghi, dấu băm là"),
            _ => say!("{records} records, the last with the hash", "{records} bản ghi, dấu băm cuối là"),
        };
        page.paragraph(
            Line::new(),
            0,
            Line::new().dim(text.get(lang)).dim(" ").then(Line::new().dim(head)),
            2,
        );
        page.into_bytes()
    }
}

/// Points with two decimals, cut off; a dash where there are none.
pub fn points(nano: Option<i64>, lang: Lang) -> String {
    nano.map_or_else(|| "—".to_owned(), |nano| number::decimal(&Nano::new(nano).six(), 2, lang))
}

/// A difference with its sign; what is too small for two decimals is not shown as nothing.
pub fn signed(nano: i64, lang: Lang) -> Line {
    let ink = match nano {
        0 => DIM,
        1.. => GOOD,
        _ => BAD,
    };
    let sign = if nano < 0 { "-" } else { "+" };
    let text = if nano == 0 {
        "=".to_owned()
    } else if nano.abs() < Nano::POINT / 100 {
        format!("{sign}<{}", pick(lang, "0,01", "0.01"))
    } else {
        format!("{sign}{}", points(nano.checked_abs(), lang))
    };
    Line::of(ink, &text)
}

/// `2026-11-21 08:30`, without midnight.
pub fn moment(as_of: &str) -> String {
    let text: String = as_of.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect();
    text.strip_suffix(" 00:00").map_or_else(|| text.clone(), str::to_owned)
}

/// The values that a line draws: those of the methodology of now, if the runs were scored again.
fn drawn(database: &DatabaseTrend) -> Vec<Option<i64>> {
    database.runs.iter().map(|run| run.shown().1.official_nano).collect()
}

fn overview(page: &mut Page, lang: Lang, databases: &[DatabaseTrend]) {
    let title = Line::of(BOLD, pick(lang, "CSDL", "Database")).pad(24);
    let title = title.then(right(Line::of(BOLD, pick(lang, "Điểm", "Points")), 7)).plain("  ");
    let title = title.ink(BOLD, pick(lang, "Hạng", "Grade")).pad(39);
    page.line(title.then(right(Line::of(BOLD, pick(lang, "Thay đổi", "Change")), 8)));
    // The newest runs, as many as there is room for.
    let cells = OVERVIEW.min(page.columns.saturating_sub(BESIDE));
    for database in databases {
        let Some(run) = database.runs.last() else {
            page.line(Line::of(PLAIN, &middle(&database.database, 22)).pad(24).dim("—"));
            continue;
        };
        let (grade, value) = run.shown();
        let official =
            Line::of(value.official_nano.map_or(DIM, points_ink), &points(value.official_nano, lang));
        let change = value.change_nano.map_or_else(Line::new, |change| signed(change, lang));
        let spark = sparkline(&drawn(database), cells, page.unicode());
        let marks = marks(value, page.unicode());
        page.line(
            Line::of(PLAIN, &middle(&database.database, 22))
                .pad(24)
                .then(right(official, 7))
                .plain("  ")
                .ink(grade_ink(grade), grade.id())
                .pad(39)
                .then(right(change, 8))
                .plain("  ")
                .plain(&spark)
                .then(marks),
        );
    }
    let again = databases.iter().find_map(|database| database.runs.last()?.restated.as_ref());
    if let Some(again) = again {
        let text = say!("scored again by {}", "chấm lại theo {}", again.methodology);
        page.paragraph(Line::new(), 2, Line::new().dim(text.get(lang)), 3);
    }
    for database in databases {
        for note in &database.notes {
            let text = Line::of(BOLD, &middle(&database.database, 22)).plain(": ").plain(own(note, lang));
            page.paragraph(Line::of(WEAK, "  !"), 4, text, 4);
        }
    }
}

fn one(page: &mut Page, lang: Lang, node: &Node, database: &DatabaseTrend, extent: Extent) {
    page.heading('═', &title(node, &database.database, lang));
    let all = number::counted(database.runs_in_all, RUNS, lang);
    let shown = number::count(database.runs.len() as u64, lang);
    let aside = number::count(database.superseded, lang);
    let parts = [
        Line::of(PLAIN, say!("{all}, {shown} shown", "{all}, hiển thị {shown}").get(lang)),
        match database.superseded {
            0 => Line::new(),
            _ => Line::new().dim(
                say!(
                    "{aside} superseded by later runs of the same moment",
                    "{aside} lần bị thay bằng lần chạy sau của cùng thời điểm"
                )
                .get(lang),
            ),
        },
    ];
    page.paragraph(Line::new(), 2, Line::dotted(parts), 3);
    line(page, lang, database);
    runs(page, lang, database);
    for note in &database.notes {
        page.paragraph(Line::of(WEAK, "  !"), 4, Line::of(PLAIN, own(note, lang)), 4);
    }
    if let Some(why) = &database.why {
        why::write(page, lang, why, extent.rules);
    }
}

fn title(node: &Node, database: &str, lang: Lang) -> String {
    let database = middle(database, 40);
    match node {
        Node::Database => database,
        Node::Dimension { dimension } => format!("{database} · {}", dimension.label().get(lang)),
        Node::Rule { table, rule } => format!("{database} · {}/{}", middle(table, 30), middle(rule, 40)),
    }
}

/// The series on a line, from its lowest to its highest value.
fn line(page: &mut Page, lang: Lang, database: &DatabaseTrend) {
    let values = drawn(database);
    let known = || values.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else { return };
    let spark = sparkline(&values, page.columns.saturating_sub(24), page.unicode());
    let ends = format!("  {} … {}", points(Some(low), lang), points(Some(high), lang));
    page.line(Line::new().pad(2).plain(&spark).dim(&ends));
}

/// Columns of the table: sequence, moment, points, interval, grade, change.
const SEQUENCE: usize = 7;
const MOMENT: usize = 18;
const POINTS: usize = 7;
const INTERVAL: usize = 16;
const GRADE: usize = 7;
const CHANGE: usize = 8;

fn runs(page: &mut Page, lang: Lang, database: &DatabaseTrend) {
    let again = database.runs.iter().any(|run| run.restated.is_some());
    page.blank();
    let head = |text: &str| Line::of(DIM, text);
    let mut title = right(head(pick(lang, "bản ghi", "record")), SEQUENCE)
        .plain("  ")
        .then(head(pick(lang, "tính đến", "as of")))
        .pad(SEQUENCE + 2 + MOMENT)
        .then(right(head(pick(lang, "điểm", "points")), POINTS));
    if again {
        title = title
            .plain(" ")
            .then(head(pick(lang, "hạng", "grade")))
            .pad(SEQUENCE + 2 + MOMENT + POINTS + GRADE);
        title = title.then(right(head(pick(lang, "chấm lại", "restated")), INTERVAL - 7));
    } else {
        title = title.then(right(head(pick(lang, "sàn–trần", "floor–ceiling")), INTERVAL));
    }
    title = title.plain(" ").then(head(pick(lang, "hạng", "grade")));
    let before = SEQUENCE + 2 + MOMENT + POINTS + if again { GRADE + INTERVAL - 7 } else { INTERVAL };
    title = title.pad(before + GRADE).then(right(head(pick(lang, "thay đổi", "change")), CHANGE));
    page.line(title);
    for run in &database.runs {
        let (_, value) = run.shown();
        let aside = pick(lang, "không so sánh: ", "not compared: ");
        let aside = value.not_compared.iter().map(|why| (aside, why));
        let stretch = pick(lang, "dãy mới: ", "new stretch: ");
        for (what, why) in aside.chain(value.new_stretch.iter().map(|why| (stretch, why))) {
            let text = Line::new().dim(what).dim(own(why, lang));
            page.paragraph(
                Line::of(DIM, if page.unicode() { "       ┄" } else { "       :" }),
                SEQUENCE + 2,
                text,
                3,
            );
        }
        page.line(row(run, value, lang, page.unicode(), before));
    }
    let changed = database.runs.iter().filter_map(|run| {
        let (_, value) = run.shown();
        Some((run, value, value.change_point.as_ref()?))
    });
    for (at, (run, value, change)) in changed.enumerate() {
        if at == 0 {
            page.blank();
        }
        let (as_of, reference) = (moment(&run.as_of), points(Some(change.reference_nano), lang));
        let text = match change.direction {
            Direction::Up => say!(
                "{as_of}: rose clearly above {reference}, the median of the runs before",
                "{as_of}: tăng rõ rệt so với {reference}, trung vị các lần trước"
            ),
            Direction::Down => say!(
                "{as_of}: fell clearly below {reference}, the median of the runs before",
                "{as_of}: giảm rõ rệt so với {reference}, trung vị các lần trước"
            ),
        };
        let mark = right(marks(value, page.unicode()), SEQUENCE);
        page.paragraph(mark, SEQUENCE + 2, Line::of(PLAIN, text.get(lang)), 3);
    }
}

fn row(run: &RunCard, value: &Value, lang: Lang, unicode: bool, before: usize) -> Line {
    let ink = |nano: Option<i64>| nano.map_or(DIM, points_ink);
    let shown = |nano: Option<i64>| Line::of(ink(nano), &points(nano, lang));
    let mut line = right(Line::of(DIM, &run.sequence.to_string()), SEQUENCE)
        .plain("  ")
        .plain(&moment(&run.as_of))
        .pad(SEQUENCE + 2 + MOMENT)
        .then(right(shown(run.value.official_nano), POINTS));
    let grade = match &run.restated {
        Some(restated) => {
            line = line.plain(" ").ink(grade_ink(run.grade), run.grade.id());
            line = line.pad(SEQUENCE + 2 + MOMENT + POINTS + GRADE);
            line = line.then(right(shown(value.official_nano), INTERVAL - 7));
            restated.grade
        }
        None => {
            let both = (run.value.official_nano, run.value.ceiling_nano);
            let text = match both {
                (Some(floor), Some(ceiling)) if floor != ceiling => {
                    format!("{}–{}", points(Some(floor), lang), points(Some(ceiling), lang))
                }
                _ => String::new(),
            };
            line = line.then(right(Line::of(DIM, &text), INTERVAL));
            run.grade
        }
    };
    line = line.plain(" ").ink(grade_ink(grade), grade.id()).pad(before + GRADE);
    let change = value.change_nano.map_or_else(Line::new, |change| signed(change, lang));
    line = line.then(right(change, CHANGE)).then(marks(value, unicode));
    if !run.complete {
        line = line.plain(" ").ink(WEAK, pick(lang, "thiếu", "incomplete"));
    }
    if run.caps.is_empty() { line } else { line.plain(" ").dim(&run.caps.join(" ")) }
}

/// ` ▲` or ` ▼` where the series changed for good.
fn marks(value: &Value, unicode: bool) -> Line {
    let Some(change) = &value.change_point else { return Line::new() };
    let (ink, mark) = match (change.direction, unicode) {
        (Direction::Up, true) => (GOOD, " ▲"),
        (Direction::Down, true) => (BAD, " ▼"),
        (Direction::Up, false) => (GOOD, " ^"),
        (Direction::Down, false) => (BAD, " v"),
    };
    Line::of(ink.bold(), mark)
}
