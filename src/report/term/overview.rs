//! What is above the databases: agencies, all together, and what was not measured.

use super::database::caps;
use super::fix_first;
use super::page::{BAD, BOLD, DIM, Line, PLAIN, Page};
use super::safe::middle;
use super::words::{DATABASES, counted, grade_ink, own, pick, points, points_ink};
use crate::base::Lang;
use crate::report::number;
use crate::say;
use crate::score::RollUp;
use crate::score::scorecard::{AgencyCard, Incomplete, Scorecard};

/// Gaps that are spelled out.
const GAPS: usize = 20;

/// Columns of numbers: grade, points, measured databases, lowest, median.
const WIDTHS: [usize; 5] = [7, 9, 9, 9, 9];

pub fn write(page: &mut Page, lang: Lang, card: &Scorecard) {
    if card.databases.len() > 1 || !card.roll_up.is_run() {
        agencies(page, lang, card);
    }
    if !card.complete {
        incomplete(page, lang, &card.incomplete);
    }
}

fn agencies(page: &mut Page, lang: Lang, card: &Scorecard) {
    page.blank();
    page.heading('═', pick(lang, "Cơ quan", "Agencies"));
    let head = pick(
        lang,
        ["hạng", "điểm", "đo được", "thấp", "trung vị"],
        ["grade", "points", "measured", "lowest", "median"],
    );
    let row = |page: &mut Page, name: Line, cells: [Line; 5]| {
        let room = page.columns - WIDTHS.iter().sum::<usize>();
        let mut line = name.clipped(room.saturating_sub(1)).pad(room);
        for (cell, width) in cells.into_iter().zip(WIDTHS) {
            let cell = cell.clipped(width);
            let gap = width.saturating_sub(cell.columns());
            line = line.then(Line::new().pad(gap)).then(cell);
        }
        page.line(line);
    };
    row(page, Line::new(), head.map(|word| Line::new().dim(word)));
    let everything = Line::of(BOLD, &counted(card.overall.registered, DATABASES, lang));
    let names = card.agencies.iter().map(|agency| Line::of(PLAIN, agency.id.as_deref().unwrap_or("—")));
    for (name, agency) in names.zip(&card.agencies).chain([(everything, &card.overall)]) {
        row(page, Line::new().pad(2).then(name), cells(agency, lang));
        caps(page, lang, agency.grade_by_points, &agency.caps);
    }
    let grades = card.overall.grades.iter().map(|(grade, n)| {
        Line::of(grade_ink(*grade), grade.id()).plain(" ").plain(&number::count(*n, lang)).glued()
    });
    let start = Line::new().dim(pick(lang, "số CSDL theo hạng", "databases by grade")).dim("  ");
    page.paragraph(Line::new(), 2, start.then(Line::dotted(grades)), 2);
    let text = match card.roll_up {
        RollUp::Run => None,
        RollUp::Agencies => Some(say!(
            "over all databases that the catalogue lists for these agencies; not scored counts 0",
            "trên mọi CSDL của các cơ quan này trong danh mục; chưa chấm tính 0"
        )),
        RollUp::Nation => Some(say!(
            "over all databases of the catalogue; not scored counts 0",
            "trên mọi CSDL trong danh mục; chưa chấm tính 0"
        )),
    };
    if let Some(text) = text {
        page.paragraph(Line::new(), 2, Line::new().dim(text.get(lang)), 2);
    }
    fix_first::databases(page, lang, &card.overall);
}

fn cells(agency: &AgencyCard, lang: Lang) -> [Line; 5] {
    let ink = grade_ink(agency.grade);
    let shown = |text: &Option<String>| {
        Line::of(PLAIN, &text.as_ref().map_or_else(|| "—".to_owned(), |t| points(t, lang)))
    };
    [
        Line::of(ink.bold(), agency.grade.id()),
        Line::of(points_ink(agency.score.official_nano), &points(&agency.score.official, lang)),
        Line::of(
            PLAIN,
            &format!("{}/{}", number::count(agency.measured, lang), number::count(agency.registered, lang)),
        ),
        shown(&agency.minimum),
        shown(&agency.median),
    ]
}

fn incomplete(page: &mut Page, lang: Lang, gaps: &[Incomplete]) {
    page.blank();
    page.heading('═', pick(lang, "Chưa đo đủ", "Not measured"));
    for gap in gaps.iter().take(GAPS) {
        let place = match &gap.table {
            Some(table) => format!("{}/{}", middle(&gap.database, 24), middle(table, 24)),
            None => middle(&gap.database, 49),
        };
        let text = Line::of(DIM, &place).plain("  ").plain(own(&gap.text, lang));
        page.paragraph(Line::of(BAD, "  !"), 4, text, 4);
    }
    if let Some(more) = gaps.len().checked_sub(GAPS).filter(|&more| more > 0) {
        let more = number::count(more as u64, lang);
        page.line(Line::new().dim(say!("    … and {more} more", "    … và {more} mục khác").get(lang)));
    }
}
