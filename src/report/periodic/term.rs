//! The report as a page: the three blocks of each agency, and what moved it.

use super::{PeriodicRenderer, Refused, Setting, sums, words};
use crate::base::{Lang, Text};
use crate::report::number;
use crate::report::term::page::{BAD, BOLD, GOOD, Line, PLAIN, Page, WEAK, right};
use crate::report::term::words::{grade_ink, own, pick, points_ink};
use crate::say;
use crate::score::periodic::{Achieved, Part, Periodic, Since, told};

/// Columns of the names of figures.
const LABELS: usize = 34;

/// Scorecards that stand apart and are named; JSON has them all.
const APART: usize = 20;

pub struct Term;

impl PeriodicRenderer for Term {
    fn name(&self) -> &'static str {
        "term"
    }

    fn about(&self) -> Text {
        say!("a page to read in the terminal", "trang để đọc trên màn hình dòng lệnh")
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused> {
        let (report, lang) = (setting.report, setting.style.lang);
        let mut page = Page::new(&setting.style);
        head(&mut page, report, lang);
        part(&mut page, report, &report.overall, lang);
        // One agency is its own total.
        if report.agencies.len() != 1 {
            report.agencies.iter().for_each(|agency| part(&mut page, report, agency, lang));
        }
        apart(&mut page, report, lang);
        Ok(page.into_bytes())
    }
}

fn head(page: &mut Page, report: &Periodic, lang: Lang) {
    let title = report.period.title();
    let heading = say!("Periodic report", "Báo cáo định kỳ");
    page.heading('═', &format!("{}: {}", heading.get(lang), title.get(lang)));
    page.line(Line::dotted([Line::new().dim(&report.methodology), Line::new().dim(report.profile.id())]));
    let now = words::days(&report.as_of);
    let mut figures = say!("figures of {now}", "số liệu chốt ngày {now}").get(lang).to_owned();
    if let Some(before) = &report.before_as_of {
        let before = words::days(before);
        figures += say!(", compared with {before}", ", so với {before}").get(lang);
    }
    page.line(Line::new().dim(&figures));
    for note in [words::due(report), words::scope(report)].into_iter().flatten() {
        let line = if report.late { Line::of(WEAK, note.get(lang)) } else { Line::new().dim(note.get(lang)) };
        page.paragraph(Line::new(), 0, line, 3);
    }
}

fn part(page: &mut Page, report: &Periodic, part: &Part, lang: Lang) {
    page.blank();
    let title = match &part.id {
        Some(id) => format!("{} ({id})", words::name(part, lang)),
        None => words::name(part, lang),
    };
    page.heading('─', &title);
    let connections = say!("Mandated connections that work", "Kết nối bắt buộc đã thông");
    count(page, &connections, &part.connections, lang);
    let attempts = say!("Successful attempts to connect", "Lượt kết nối thành công");
    count(page, &attempts, &part.attempts, lang);
    let requests = say!("Sharing requests met on time", "Yêu cầu chia sẻ đáp ứng đúng hạn");
    count(page, &requests, &part.requests, lang);
    quality(page, report, part, lang);
}

fn count(page: &mut Page, label: &Text, achieved: &Achieved, lang: Lang) {
    let mut line = Line::new().plain(label.get(lang)).pad(LABELS).ink(BOLD, &words::count(achieved, lang));
    if let Some(share) = number::share(achieved.met, achieved.of, lang) {
        line = line.plain(&format!("  {share}"));
    }
    if let Some(before) = achieved.before {
        let before = words::of_due(before, lang);
        line = line.dim(say!("  before: {before}", "  kỳ trước: {before}").get(lang));
    }
    page.line(line);
    for moved in words::moves(achieved) {
        page.paragraph(Line::new(), LABELS, Line::new().dim(own(&moved, lang)), 2);
    }
    if let Some(caveat) = words::caveat(achieved) {
        page.paragraph(Line::new(), LABELS, Line::of(WEAK, caveat.get(lang)), 8);
    }
}

fn quality(page: &mut Page, report: &Periodic, part: &Part, lang: Lang) {
    let quality = &part.quality;
    let official = words::points(&quality.score.official, lang);
    let measured = words::pair([quality.measured, quality.registered], lang);
    let line = Line::new().plain(pick(lang, "Chất lượng dữ liệu", "Data quality")).pad(LABELS);
    let line = line.ink(grade_ink(quality.grade), quality.grade.id()).plain("  ");
    let line = line.ink(points_ink(quality.score.official_nano), &official).plain("  ");
    let range = words::range(&quality.score, lang);
    page.line(line.dim(say!("floor–ceiling {range}", "sàn–trần {range}").get(lang)));
    page.line(Line::new().plain(pick(lang, "CSDL đã đo", "Databases measured")).pad(LABELS).plain(&measured));
    if let Some(shortfall) = words::shortfall(quality) {
        page.paragraph(Line::new(), LABELS, Line::of(WEAK, own(&shortfall, lang)), 6);
    }
    for dimension in report.dimensions() {
        let Some(score) = quality.dimensions.get(dimension) else { continue };
        let label = dimension.label();
        let line = Line::new().plain("  ").plain(label.get(lang)).pad(LABELS);
        let mut line = line.ink(points_ink(score.official_nano), &words::points(&score.official, lang));
        if let Since::Changed(change) = &quality.since
            && let Some(moved) = change.dimensions.get(dimension)
        {
            line = line.dim(&format!("  {}", words::signed(*moved, lang)));
        }
        page.line(line);
    }
    let since = Line::new().plain(pick(lang, "So với kỳ trước", "Since the period before"));
    page.paragraph(since, LABELS, Line::new().plain(words::development(part).get(lang)), 3);
    match &quality.since {
        Since::Changed(change) => {
            for line in sums::lines(report, &change.reasons, lang) {
                page.paragraph(Line::new(), 11, Line::new().plain(&line), 4);
            }
            let (named, rest) = words::named(&change.reasons);
            for reason in named {
                let ink = if reason.nano < 0 { BAD } else { GOOD };
                let figure = right(Line::of(ink, &words::signed(reason.nano, lang)), 9);
                page.paragraph(figure, 11, Line::new().plain(words::reason(report, reason).get(lang)), 4);
            }
            if let Some((count, nano)) = rest {
                let figure = right(Line::new().dim(&words::signed(nano, lang)), 9);
                page.paragraph(figure, 11, Line::new().dim(&words::others(count, lang)), 2);
            }
        }
        Since::NotComparable { because } => {
            for text in because {
                page.paragraph(Line::new(), 11, Line::new().dim(own(text, lang)), 3);
            }
        }
        Since::First => {}
    }
}

fn apart(page: &mut Page, report: &Periodic, lang: Lang) {
    let all: Vec<_> = report.apart.iter().chain(&report.apart_before).collect();
    if all.is_empty() {
        return;
    }
    page.blank();
    page.heading('─', pick(lang, "Không đưa vào báo cáo", "Not in this report"));
    for it in all.iter().take(APART) {
        let text = told(it);
        page.paragraph(Line::of(PLAIN, "-"), 2, Line::new().dim(own(&text, lang)), 4);
    }
    if all.len() > APART {
        let more = number::count((all.len() - APART) as u64, lang);
        page.line(Line::new().dim(say!("and {more} more", "và {more} mục khác").get(lang)));
    }
}
