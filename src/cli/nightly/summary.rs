//! What a run ends with: a line for each database, and what it all came to.

use std::fmt::Write as _;
use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use super::Night;
use super::job::Work;
use super::planned::Plan;
use crate::base::{Lang, Text};
use crate::report::{Style, number};
use crate::say;

/// A database of the run.
pub struct Row {
    pub id: String,
    pub took: Duration,
    pub outcome: Result<Work, Text>,
}

impl Row {
    pub fn work(&self) -> Option<&Work> {
        self.outcome.as_ref().ok()
    }
}

/// The databases of a plan that is only checked.
pub fn planned(plan: &Plan, lang: Lang) -> String {
    let mut text = String::new();
    for scheduled in &plan.databases {
        let (id, data) = (&scheduled.id, scheduled.data.display());
        let _ = writeln!(text, "{id}\t{data}");
    }
    for (id, why) in &plan.broken {
        let _ = writeln!(text, "{id}\t{}", why.get(lang));
    }
    text
}

pub fn of(night: &Night, took: Duration, style: &Style) -> String {
    let lang = style.lang;
    let words = match lang {
        Lang::En => ["database", "grade", "official", "rows", "read", "known", "time"],
        Lang::Vi => ["CSDL", "hạng", "điểm", "số dòng", "tệp đọc", "đã biết", "thời gian"],
    };
    let mut lines: Vec<[String; 7]> = vec![words.map(str::to_owned)];
    let mut failed = Vec::new();
    for row in &night.rows {
        let card = night.card.databases.iter().find(|card| card.id == row.id);
        let none = || "—".to_owned();
        let grade = card.map_or_else(none, |card| card.grade.id().to_owned());
        let official = card.map_or_else(none, |card| number::decimal(&card.score.official, 2, lang));
        let (rows, read, known) = match &row.outcome {
            Ok(work) => (
                number::count(work.rows, lang),
                number::count(work.files_read, lang),
                number::count(work.files_reused, lang),
            ),
            Err(why) => {
                failed.push((row.id.as_str(), why));
                (none(), none(), none())
            }
        };
        lines.push([row.id.clone(), grade, official, rows, read, known, time(row.took, lang)]);
    }
    let widths: Vec<usize> =
        (0..7).map(|at| lines.iter().map(|line| line[at].width()).max().unwrap_or_default()).collect();
    let mut text = String::new();
    for line in &lines {
        let mut row = String::new();
        for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width - cell.width());
            // Names stand left, figures right.
            let cell = if at == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") };
            row += if at == 0 { "" } else { "  " };
            row += &cell;
        }
        let _ = writeln!(text, "{}", row.trim_end());
    }
    for (id, why) in &failed {
        let what = match lang {
            Lang::En => "not measured",
            Lang::Vi => "không đo được",
        };
        let _ = writeln!(text, "{id}: {what}: {}", why.get(lang));
    }
    let _ = writeln!(text, "{}", closing(night, failed.len(), took).get(lang));
    text
}

fn closing(night: &Night, failed: usize, took: Duration) -> Text {
    let all = night.rows.len();
    let (en, vi) = (time(took, Lang::En), time(took, Lang::Vi));
    let measured = all - failed;
    let mut text = Text {
        en: format!("{measured} of {all} databases measured in {en}"),
        vi: format!("đã đo {measured}/{all} CSDL trong {vi}"),
    };
    let gaps = night.card.incomplete.len();
    if gaps > 0 {
        let more =
            say!("; not measured: {gaps} (see `incomplete`)", "; chưa đo được: {gaps} (xem `incomplete`)");
        text.en += &more.en;
        text.vi += &more.vi;
    }
    text
}

/// `0.4 s`, `12 s`, `3 min 20 s`.
fn time(took: Duration, lang: Lang) -> String {
    let (seconds, tenths) = (took.as_secs(), took.subsec_millis() / 100);
    let (point, minutes) = match lang {
        Lang::En => ('.', "min"),
        Lang::Vi => (',', "phút"),
    };
    match seconds {
        0..10 => format!("{seconds}{point}{tenths} s"),
        10..60 => format!("{seconds} s"),
        _ => format!("{} {minutes} {} s", seconds / 60, seconds % 60),
    }
}
