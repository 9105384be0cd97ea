//! The arithmetic of a card, step by step, for a terminal. Integers stand as they were used, without marks between
//! groups, so that they can be computed again.

use std::fmt::Write as _;

use super::Style;
use super::number;
use super::term::lines::wrapped;
use super::term::safe::clean;
use crate::base::{Dimension, Lang, Nano, Text};
use crate::say;
use crate::score::explanation::{Explanation, Group, Part, Step, Subject};

/// Steps stand under their group, equations under their step.
const STEP: &str = "    ";
const EQUATION: &str = "        ";

pub fn page(explanation: &Explanation, style: &Style) -> String {
    let (as_of, methodology) = (clean(&explanation.as_of), clean(&explanation.methodology));
    let head = say!(
        "As of {as_of}, by {methodology}; `thuocdo explain methodology` has the sections in [ ]",
        "Tính đến {as_of}, theo {methodology}; các mục trong [ ] xem ở `thuocdo explain methodology`"
    );
    let mut page = format!("{}\n", wrapped(head.get(style.lang), style.columns(), ""));
    for part in &explanation.parts {
        write(&mut page, part, style);
    }
    page
}

fn write(page: &mut String, part: &Part, style: &Style) {
    let _ = writeln!(page, "\n{}", clean(&title(&part.subject, style.lang)));
    for group in &part.groups {
        steps(page, group, style);
    }
    result(page, part, style.lang);
}

fn title(subject: &Subject, lang: Lang) -> String {
    let mut title = subject.database.clone();
    if let (Some(table), Some(rule)) = (&subject.table, &subject.rule) {
        title += &format!(" · {table}/{rule}");
    } else if let Some(dimension) = subject.dimension {
        title += &named(dimension, lang);
    }
    title
}

fn named(dimension: Dimension, lang: Lang) -> String {
    format!(" · {} ({})", dimension.label().get(lang), dimension.id())
}

fn steps(page: &mut String, group: &Group, style: &Style) {
    let width = style.columns();
    let _ = writeln!(page, "\n  {}  [{}]", clean(group.title.get(style.lang)), group.section);
    for Step { what, expression, value } in &group.steps {
        let _ = writeln!(page, "{}", wrapped(&clean(what.get(style.lang)), width, STEP));
        if let (Some(expression), Some(value)) = (expression, value) {
            let _ = writeln!(page, "{}", wrapped(&format!("{expression} = {value}"), width, EQUATION));
        }
    }
}

/// What stands on the card: the last lines.
fn result(page: &mut String, part: &Part, lang: Lang) {
    let _ = writeln!(page, "\n  {}", say!("Result, as on the card", "Kết quả, như trên bảng điểm").get(lang));
    if part.official_nano.is_none() {
        let none = say!("no points: it leaves all weights", "không có điểm: không tham gia trọng số");
        let _ = writeln!(page, "{STEP}{}", none.get(lang));
        return;
    }
    let values: [(Text, Option<i64>); 3] = [
        (say!("at best", "cao nhất"), part.ceiling_nano),
        (say!("measured", "đo được"), part.measured_nano),
        (say!("official", "chính thức"), part.official_nano),
    ];
    for (name, nano) in values {
        let name = name.get(lang);
        let _ = match nano {
            Some(nano) => {
                let points = number::exact(&Nano::new(nano).decimal(9, '.'), lang);
                writeln!(page, "{STEP}{name:<12} {points:>13} = {nano}")
            }
            None => writeln!(page, "{STEP}{name:<12} {:>13}", "—"),
        };
    }
}
