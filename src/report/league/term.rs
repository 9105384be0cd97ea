//! A comparison as a page: rankings with their intervals drawn, never a bare rank.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::{LeagueRenderer, words};
use crate::base::{Lang, Text};
use crate::report::term::page::{BAD, BOLD, GOOD, Line, PLAIN, Page, WEAK, right};
use crate::report::term::safe::middle;
use crate::report::term::words::{grade_ink, own, pick, points, points_ink};
use crate::report::{Style, number};
use crate::say;
use crate::score::Grade;
use crate::score::league::{Apart, Difference, Entry, League, Table};

/// Columns of an entry's id.
const IDS: usize = 20;
/// Columns in which intervals of ranks are drawn.
const DRAWN: usize = 20;

/// Lines of agencies whose databases sent nothing.
const AGENCIES: usize = 20;

pub struct Term;

impl LeagueRenderer for Term {
    fn name(&self) -> &'static str {
        "term"
    }

    fn about(&self) -> Text {
        say!("a page to read in the terminal", "trang để đọc trên màn hình dòng lệnh")
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn render(&self, league: &League, style: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let (mut page, lang) = (Page::new(style), style.lang);
        head(&mut page, lang, league);
        if !league.agencies.entries.is_empty() {
            page.blank();
            page.heading('═', pick(lang, "Cơ quan", "Agencies"));
            table(&mut page, lang, &league.agencies);
        }
        if !league.databases.entries.is_empty() {
            page.blank();
            page.heading('═', pick(lang, "CSDL", "Databases"));
            table(&mut page, lang, &league.databases);
        }
        if let Some(of) = &league.difference {
            difference(&mut page, lang, of);
        }
        silent(&mut page, lang, league);
        if !league.apart.is_empty() {
            page.blank();
            page.heading('─', pick(lang, "Không xếp hạng", "Not ranked"));
            for it in &league.apart {
                apart(&mut page, lang, it);
            }
        }
        Ok(page.into_bytes())
    }
}

fn head(page: &mut Page, lang: Lang, league: &League) {
    let Some(overall) = &league.overall else {
        let text = say!("nothing can be ranked", "không có gì xếp hạng được");
        page.line(Line::of(WEAK, text.get(lang)));
        return;
    };
    let methodology = &league.methodology;
    page.line(Line::dotted([Line::new().dim(methodology), Line::new().dim(league.profile.id())]));
    let moments = league
        .as_of
        .as_ref()
        .map(|[first, last]| if first == last { first.clone() } else { format!("{first} … {last}") });
    page.line(Line::new().dim(&moments.unwrap_or_default()));
    page.blank();
    let title = pick(lang, "Tất cả", "All");
    let measured = words::measured(league, overall);
    let (counted, more) = measured.split_first().map_or((None, &[][..]), |(first, more)| (Some(first), more));
    let line = Line::of(BOLD, title)
        .plain("  ")
        .ink(grade_ink(overall.grade), overall.grade.id())
        .plain("  ")
        .ink(points_ink(overall.score.official_nano), &points(&overall.score.official, lang))
        .plain("  ")
        .dim(counted.map_or("", |text| text.get(lang)));
    page.line(line);
    for text in more {
        page.paragraph(Line::new(), 0, Line::new().dim(text.get(lang)), 3);
    }
    let text = words::what_intervals_hold(league.draws, lang);
    page.paragraph(Line::new(), 0, Line::new().dim(text.get(lang)), 3);
}

fn table(page: &mut Page, lang: Lang, table: &Table) {
    let last = table.entries.iter().map(|entry| entry.interval[1]).max().unwrap_or(1);
    let head = Line::of(BOLD, pick(lang, "Thứ hạng/khoảng", "Rank  interval"))
        .pad(16)
        .ink(BOLD, pick(lang, "Mã", "Id"))
        .pad(16 + IDS + 2);
    let head = head.then(right(Line::of(BOLD, pick(lang, "Điểm", "Points")), 7)).plain("  ");
    page.line(head);
    for entry in &table.entries {
        let interval = words::ranks(entry.interval);
        let line = right(Line::of(PLAIN, &entry.rank.to_string()), 4).pad(6).plain(&interval);
        let line = line.pad(16).plain(&middle(&entry.id, IDS)).pad(16 + IDS + 2);
        let score = Line::of(points_ink(entry.score.official_nano), &points(&entry.score.official, lang));
        let line = line.then(right(score, 7)).plain("  ").ink(grade_ink(entry.grade), entry.grade.id());
        page.line(line.plain("  ").dim(&drawn(entry, last, page.unicode())));
        let facts = facts(entry, lang);
        if facts.columns() > 0 {
            page.paragraph(Line::new(), 16, facts, 3);
        }
    }
}

/// The interval on a line from rank 1 to the last: a dash for each place in it, and a mark at the rank.
fn drawn(entry: &Entry, last: u32, unicode: bool) -> String {
    let place = |rank: u32| match last {
        0 | 1 => 0,
        _ => ((rank.clamp(1, last) - 1) as usize * (DRAWN - 1)) / (last - 1) as usize,
    };
    let (low, high, at) = (place(entry.interval[0]), place(entry.interval[1]), place(entry.rank));
    let (dash, mark, dot) = if unicode { ('─', '●', '·') } else { ('-', 'o', '.') };
    let cell = |column: usize| match column {
        _ if column == at => mark,
        _ if (low..=high).contains(&column) => dash,
        _ => dot,
    };
    (0..DRAWN).map(cell).collect()
}

fn facts(entry: &Entry, lang: Lang) -> Line {
    let mut parts = Vec::new();
    if let Some(title) = &entry.title {
        parts.push(Line::new().dim(own(title, lang)));
    }
    if let Some([all, measured]) = entry.measured {
        let (all, measured) = (number::count(all, lang), number::count(measured, lang));
        let text = say!("{measured} of {all} measured", "đã đo {measured}/{all}");
        parts.push(Line::new().dim(text.get(lang)).glued());
    }
    if let Some(group) = entry.peer_group {
        parts.push(Line::new().dim(words::peer_group(group).get(lang)).glued());
    }
    if let (Some(lowest), Some(median)) = (&entry.minimum, &entry.median) {
        let (lowest, median) = (points(lowest, lang), points(median, lang));
        let text = say!("lowest {lowest}, median {median}", "thấp nhất {lowest}, trung vị {median}");
        parts.push(Line::new().dim(text.get(lang)).glued());
        let of = |grade| entry.grades.get(&grade).copied().unwrap_or_default();
        let (d, none) = (of(Grade::D), of(Grade::Ungraded));
        if d + none > 0 {
            let text = say!("{d} graded D, {none} —", "{d} hạng D, {none} hạng —");
            parts.push(Line::of(WEAK, text.get(lang)).glued());
        }
    }
    if words::hangs_on_one(entry) {
        let ranks = words::ranks(entry.without_one);
        let text = say!("without one of them {ranks}", "bỏ một CSDL: thứ hạng {ranks}");
        parts.push(Line::of(WEAK, text.get(lang)).glued());
    }
    Line::dotted(parts)
}

fn difference(page: &mut Page, lang: Lang, of: &Difference) {
    page.blank();
    let [a, b] = &of.between;
    page.heading('─', say!("{a} and {b}", "{a} và {b}").get(lang));
    let total = Line::of(BOLD, &signed(of.difference_nano, lang)).glued();
    let words = pick(lang, "điểm chênh lệch, gồm", "points apart, made up of");
    page.line(right(total, 9).plain("  ").plain(words));
    for part in &of.dimensions {
        let ink = if part.difference_nano < 0 { BAD } else { GOOD };
        let figure = right(Line::of(ink, &signed(part.difference_nano, lang)), 9);
        let label = part.dimension.label();
        let brings = part.brings_nano.map(|nano| points(&crate::base::Nano::new(nano).six(), lang));
        page.line(figure.plain("  ").plain(label.get(lang)).pad(26).dim(&brings.join(" · ")));
    }
}

/// How many databases of each agency sent nothing.
fn silent(page: &mut Page, lang: Lang, league: &League) {
    if league.silent.is_empty() {
        return;
    }
    page.blank();
    page.heading('─', pick(lang, "Không gửi gì, tính 0", "Sent nothing, counts 0"));
    let mut agencies: BTreeMap<&str, u64> = BTreeMap::new();
    for silent in &league.silent {
        *agencies.entry(silent.agency.as_deref().unwrap_or("—")).or_default() += 1;
    }
    let counted = agencies
        .iter()
        .map(|(id, n)| Line::of(PLAIN, id).dim(&format!(" {}", number::count(*n, lang))).glued());
    page.paragraph(Line::new(), 0, Line::dotted(counted), AGENCIES);
}

fn signed(nano: i64, lang: Lang) -> String {
    let sign = if nano < 0 { '-' } else { '+' };
    format!("{sign}{}", points(&crate::base::Nano::new(nano.abs()).six(), lang))
}

fn apart(page: &mut Page, lang: Lang, apart: &Apart) {
    let what = apart.database.as_deref().unwrap_or(&apart.card);
    let because: Vec<&str> = apart.because.iter().map(|text| own(text, lang)).collect();
    // Which of several cards of a database it is.
    let card = apart.database.as_ref().map_or_else(String::new, |_| format!(" ({})", apart.card));
    let text = Line::new().dim(&because.join("; ")).dim(&card);
    page.paragraph(Line::of(PLAIN, &middle(what, IDS)), IDS + 2, text, 4);
}
