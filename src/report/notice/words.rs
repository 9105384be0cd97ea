//! A notice in words of one language, line by line.

use super::{EventCard, Level, Notice, Standing, SubjectCard};
use crate::base::{Lang, Text};
use crate::report::number;
use crate::report::term::safe::ending;
use crate::report::term::words::{gain, pick, points};
use crate::say;
use crate::score::occasion::Event;

/// Columns of a chat message, which services cut off otherwise.
const MESSAGE: usize = 3_000;
/// Subjects in a headline.
const HEADLINES: usize = 3;

/// An event in one sentence.
pub fn event(what: &Event) -> Text {
    match what {
        Event::GradeFell { before, now } => {
            let (before, now) = (before.id(), now.id());
            say!("the grade fell from {before} to {now}", "hạng giảm từ {before} xuống {now}")
        }
        Event::NotComparable { before, now, .. } => {
            let (before, now) = (before.id(), now.id());
            say!(
                "the grade was {before} and is {now}, but the two scores cannot be compared",
                "hạng trước là {before}, nay là {now}, nhưng hai điểm số không so sánh được với nhau"
            )
        }
        Event::CapAppeared(cap) => {
            let (id, grade) = (&cap.id, cap.max_grade.id());
            let Text { en, vi } = &cap.evidence;
            say!(
                "new cap {id}, no better grade than {grade}: {en}",
                "điểm liệt mới {id}, hạng cao nhất còn {grade}: {vi}"
            )
        }
        Event::Incomplete(gaps) => {
            let gaps = gaps.len();
            say!("incomplete: {gaps} not measured", "chưa đo đủ: {gaps} mục không đo được")
        }
        Event::Gone => say!(
            "it was on the last scorecard and is not on this one",
            "có trong phiếu điểm lần trước, nay không còn"
        ),
        Event::GradeRose { before, now } => {
            let (before, now) = (before.id(), now.id());
            say!("the grade rose from {before} to {now}", "hạng tăng từ {before} lên {now}")
        }
        Event::CapLifted(id) => say!("cap {id} is over", "đã hết điểm liệt {id}"),
        Event::CompleteAgain => say!("complete again", "đã đo đủ trở lại"),
        Event::Arrived => {
            say!(
                "it was not on the last scorecard and is on this one",
                "mới xuất hiện so với phiếu điểm lần trước"
            )
        }
    }
}

/// The languages that a notice is written in, in this order.
pub fn languages(asked: Option<Lang>) -> Vec<Lang> {
    asked.map_or_else(|| vec![Lang::Vi, Lang::En], |lang| vec![lang])
}

/// Plan, and to whom what happened: what became worse first, then what is over.
pub fn headline(notice: &Notice, lang: Lang) -> String {
    let mut told: Vec<String> = Vec::new();
    for good in [false, true] {
        for subject in &notice.subjects {
            let events = subject.events.iter().filter(|event| event.good == good);
            let briefs: Vec<String> = events.map(|event| brief(subject, event, lang)).collect();
            if !briefs.is_empty() {
                let who = subject.id.as_deref().unwrap_or(pick(lang, "toàn bộ", "overall"));
                told.push(format!("{who} {}", briefs.join(", ")));
            }
        }
    }
    let more = told.len().saturating_sub(HEADLINES);
    told.truncate(HEADLINES);
    if more > 0 {
        told.push(format!("+{more}"));
    }
    format!("{}: {}", notice.plan, told.join("; "))
}

fn brief(subject: &SubjectCard, event: &EventCard, lang: Lang) -> String {
    let grade = |standing: &Option<Standing>| standing.as_ref().map_or("—", |standing| standing.grade.id());
    let grades = format!("{} → {}", grade(&subject.before), grade(&subject.now));
    match event.event.as_str() {
        "grade_fell" | "grade_rose" => grades,
        "not_comparable" => format!("{grades} ({})", pick(lang, "không so sánh được", "not comparable")),
        "cap_appeared" => {
            let id = event.cap.as_ref().map_or("", |cap| cap.id.as_str());
            format!("{} {id}", pick(lang, "điểm liệt", "cap"))
        }
        "incomplete" => pick(lang, "chưa đo đủ", "incomplete").to_owned(),
        "database_gone" => pick(lang, "không còn", "gone").to_owned(),
        "database_arrived" => pick(lang, "mới có", "new").to_owned(),
        _ => event.text.get(lang).to_owned(),
    }
}

/// Everything, a line each.
pub fn lines(notice: &Notice, lang: Lang) -> Vec<String> {
    let mut lines = vec![headline(notice, lang)];
    if notice.good {
        lines.push(pick(lang, "Lần này chỉ có tin tốt.", "Only good news this time.").to_owned());
    }
    for subject in &notice.subjects {
        lines.push(String::new());
        of_subject(subject, lang, &mut lines);
    }
    lines.push(String::new());
    if let Some(path) = &notice.scorecard {
        lines.push(format!("{}: {path}", pick(lang, "Phiếu điểm", "Scorecard")));
    }
    lines.push(format!("{}: {}", pick(lang, "Tính đến", "As of"), notice.as_of));
    lines.push(format!("{}: {}", pick(lang, "Lần chạy", "Run"), notice.run));
    lines
}

fn of_subject(subject: &SubjectCard, lang: Lang, lines: &mut Vec<String>) {
    let id = subject.id.as_deref().unwrap_or_default();
    lines.push(match (subject.level, &subject.title) {
        (Level::Database, Some(title)) => format!("{id} — {}", title.get(lang)),
        (Level::Database, None) => id.to_owned(),
        (Level::Agency, _) => format!("{} {id}", pick(lang, "Cơ quan", "Agency")),
        (Level::Overall, _) => pick(lang, "Tất cả CSDL", "All databases together").to_owned(),
    });
    let shown =
        |standing: &Standing| format!("{} ({})", standing.grade.id(), points(&standing.official, lang));
    let label = pick(lang, "Hạng (điểm)", "Grade (points)");
    match (&subject.before, &subject.now) {
        (Some(before), Some(now)) => {
            // An arrow would claim a change.
            let comparable = subject.not_comparable_because.is_empty();
            let then = if comparable { " → " } else { pick(lang, ", nay ", ", now ") };
            lines.push(format!("  {label}: {}{then}{}", shown(before), shown(now)));
        }
        (None, Some(now)) => lines.push(format!("  {label}: {}", shown(now))),
        (Some(before), None) => {
            lines.push(format!("  {} {}", pick(lang, "Lần trước:", "The last time:"), shown(before)));
        }
        (None, None) => {}
    }
    for reason in &subject.not_comparable_because {
        lines.push(format!("  {}: {}", pick(lang, "Không so sánh được", "Not comparable"), reason.get(lang)));
    }
    for event in &subject.events {
        lines.push(format!("  {} {}", if event.good { "✓" } else { "✗" }, event.text.get(lang)));
        lines.extend(event.missing.iter().map(|missing| format!("    - {}", missing.text.get(lang))));
        if event.missing_more > 0 {
            let more = number::count(event.missing_more, lang);
            lines.push(format!(
                "    {}",
                pick(lang, format!("và {more} mục nữa"), format!("and {more} more"))
            ));
        }
    }
    if !subject.fix_first.is_empty() {
        lines.push(format!("  {}:", pick(lang, "Sửa gì trước", "What to fix first")));
    }
    for fix in &subject.fix_first {
        let gain = gain(&fix.gain, fix.gain_nano, lang);
        let defects = match fix.defects {
            0 => pick(lang, "chưa đo được", "not measured").to_owned(),
            defects => number::counted(defects, ["defect", "defects", "lỗi"], lang),
        };
        lines.push(format!("    {gain}  {} / {} ({defects})", fix.table, fix.rule));
    }
}

/// For a chat room: the same, cut off where services cut it off.
pub fn short(notice: &Notice, asked: Option<Lang>) -> String {
    let languages = languages(asked);
    let room = MESSAGE / languages.len();
    let of = |lang: &Lang| {
        let (mut kept, mut used) = (Vec::new(), 0);
        for line in lines(notice, *lang) {
            let line = ending(&line, room);
            used += line.chars().count() + 1;
            if used > room {
                kept.push("…".to_owned());
                break;
            }
            kept.push(line);
        }
        kept.join("\n")
    };
    languages.iter().map(of).collect::<Vec<_>>().join("\n\n")
}
