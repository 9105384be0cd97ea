//! The report as a page to read and to print: the layout of the letter, both languages in one file.

use std::collections::BTreeMap;

use super::letter::{KNOWN, missing};
use super::{PeriodicRenderer, Refused, Setting, sums, words};
use crate::base::{Dimension, Lang, Text};
use crate::report::html::Markup;
use crate::report::html::document::{self, Bar};
use crate::report::html::markup::both;
use crate::report::number;
use crate::report::term::safe::clean;
use crate::report::term::words::own;
use crate::say;
use crate::score::periodic::{Achieved, Part, Periodic, Since, told};

pub struct Html;

impl PeriodicRenderer for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> Text {
        say!("a page for a browser and for paper, in one file", "một trang để xem và in, gói trong một tệp")
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn unplaced(&self, setting: &Setting<'_>) -> Vec<String> {
        setting.letter.given().filter(|field| !KNOWN.contains(field)).map(str::to_owned).collect()
    }

    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused> {
        let report = setting.report;
        let letter = setting.letter.fields(report);
        if let Some(missing) = missing(&letter) {
            return Err(Refused::Letter(vec![missing]));
        }
        let mut body = Markup::new();
        body.raw("<article class=letter>");
        head(&mut body, &letter);
        opening(&mut body, report, &letter);
        connections(&mut body, report);
        quality(&mut body, report);
        requests(&mut body, report);
        changes(&mut body, report);
        closing(&mut body, report, &letter);
        appendix(&mut body, report, &letter);
        body.raw("</article>");
        let heading = say!("Periodic report", "Báo cáo định kỳ");
        let name = clean(&report.period.name);
        let title = both(|lang| format!("{} · {name} · thuocdo", heading.get(lang)));
        Ok(document::around(&title, Bar::Plain, body, &setting.style))
    }
}

/// A field of the letter; its lines stay lines.
fn field(page: &mut Markup, letter: &BTreeMap<String, Text>, name: &str) {
    let Some(text) = letter.get(name) else { return };
    let lines = |lang: Lang| own(text, lang).lines().map(clean).collect::<Vec<_>>();
    let (vi, en) = (lines(Lang::Vi), lines(Lang::En));
    let write = |page: &mut Markup, lines: &[String]| {
        for (at, line) in lines.iter().enumerate() {
            page.raw(if at > 0 { "<br>" } else { "" }).text(line);
        }
    };
    if vi == en {
        return write(page, &vi);
    }
    page.raw("<i lang=vi>");
    write(page, &vi);
    page.raw("</i><i lang=en>");
    write(page, &en);
    page.raw("</i>");
}

fn is_given(letter: &BTreeMap<String, Text>, name: &str) -> bool {
    letter.get(name).is_some_and(|text| !text.vi.trim().is_empty())
}

/// A paragraph of a field, if it says anything.
fn paragraph(page: &mut Markup, letter: &BTreeMap<String, Text>, name: &str) {
    if is_given(letter, name) {
        page.raw("<p>");
        field(page, letter, name);
        page.raw("</p>");
    }
}

fn head(page: &mut Markup, letter: &BTreeMap<String, Text>) {
    page.raw("<div class=heads><div>");
    paragraph(page, letter, "co_quan_chu_quan");
    page.raw("<p class=ruled><b>");
    field(page, letter, "co_quan");
    page.raw("</b></p><p>");
    field(page, letter, "so_ky_hieu");
    page.raw("</p></div><div><p><b>");
    field(page, letter, "quoc_hieu");
    page.raw("</b></p><p class=ruled><b>");
    field(page, letter, "tieu_ngu");
    page.raw("</b></p><p><i>");
    field(page, letter, "dia_danh_ngay");
    page.raw("</i></p></div></div><h1>");
    field(page, letter, "ten_loai");
    page.raw("</h1><p class=\"mid ruled\"><b>");
    field(page, letter, "trich_yeu");
    page.raw("</b></p>");
    if is_given(letter, "kinh_gui") {
        page.raw("<p class=mid>").say(&say!("To:", "Kính gửi:")).raw(" ");
        field(page, letter, "kinh_gui");
        page.raw("</p>");
    }
}

fn opening(page: &mut Markup, report: &Periodic, letter: &BTreeMap<String, Text>) {
    page.raw("<p>");
    field(page, letter, "can_cu");
    page.raw(", ");
    field(page, letter, "ten_co_quan");
    let (title, days) = (report.period.title(), words::days(&report.as_of));
    let (en, vi) = (&title.en, &title.vi);
    page.raw(" ").say(&say!(
        "reports on connections, data quality and the sharing of data, {en} (figures of {days}) as follows:",
        "báo cáo kết quả kết nối, chất lượng dữ liệu và chia sẻ dữ liệu {vi} (số liệu chốt ngày {days}) như sau:"
    ));
    page.raw("</p>");
    if let Some(due) = words::due(report) {
        page.raw("<p class=hint>").say(&due).raw("</p>");
    }
}

fn heads(page: &mut Markup, titles: &[Text]) {
    page.raw("<div class=wide tabindex=0><table><thead><tr>");
    for title in titles {
        page.raw("<th scope=col>").say(title).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
}

/// A row for each agency, and one for all of them where they are several.
fn rows(page: &mut Markup, report: &Periodic, cells: &dyn Fn(&mut Markup, &Part)) {
    for (part, at) in report.agencies.iter().zip(1_u64..) {
        page.raw("<tr><td class=n>").count(at).raw("</td><th scope=row>");
        agency(page, part);
        page.raw("</th>");
        cells(page, part);
        page.raw("</tr>");
    }
    if report.agencies.len() != 1 {
        page.raw("<tr class=total><td></td><th scope=row>");
        agency(page, &report.overall);
        page.raw("</th>");
        cells(page, &report.overall);
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

fn agency(page: &mut Markup, part: &Part) {
    match (&part.title, &part.id) {
        (Some(title), _) => page.title(title),
        (None, Some(id)) => page.name(id),
        (None, None) => page.say(&say!("All", "Tổng hợp")),
    };
}

fn cell(page: &mut Markup, words: impl Fn(Lang) -> String) {
    page.raw("<td class=n>").each(words).raw("</td>");
}

fn caveat(page: &mut Markup, achieved: &Achieved) {
    if let Some(text) = words::caveat(achieved) {
        page.raw("<p class=hint>").say(&text).raw(".</p>");
    }
}

fn connections(page: &mut Markup, report: &Periodic) {
    page.raw("<h2>").say(&say!("I. Successful connections", "I. Số lượng kết nối thành công")).raw("</h2>");
    heads(
        page,
        &[
            say!("No.", "STT"),
            say!("Agency", "Cơ quan"),
            say!("Mandated connections that work", "Kết nối bắt buộc đã thông"),
            say!("Period before", "Kỳ trước"),
            say!("Successful attempts", "Lượt kết nối thành công"),
            say!("Period before", "Kỳ trước"),
        ],
    );
    rows(page, report, &|page, part| {
        for achieved in [&part.connections, &part.attempts] {
            cell(page, |lang| words::count(achieved, lang));
            cell(page, |lang| words::before(achieved, lang));
        }
    });
    caveat(page, &report.overall.connections);
    caveat(page, &report.overall.attempts);
    if let Some(covered) = words::covered(report) {
        page.raw("<p class=hint>").say(&covered).raw("</p>");
    }
}

fn quality(page: &mut Markup, report: &Periodic) {
    page.raw("<h2>")
        .say(&say!("II. Data quality", "II. Chất lượng dữ liệu (đúng - đủ - sạch - sống)"))
        .raw("</h2>");
    let dimensions = report.dimensions();
    let mut titles =
        vec![say!("No.", "STT"), say!("Agency", "Cơ quan"), say!("Databases measured", "CSDL đã đo")];
    titles.extend(dimensions.iter().map(|dimension| dimension.label()));
    titles.extend([
        say!("Points", "Điểm"),
        say!("Floor–ceiling", "Sàn–trần"),
        say!("Grade", "Hạng"),
        say!("Change", "Thay đổi"),
    ]);
    heads(page, &titles);
    rows(page, report, &|page, part| {
        let quality = &part.quality;
        cell(page, |lang| words::pair([quality.measured, quality.registered], lang));
        for dimension in dimensions {
            cell(page, |lang| words::dimension(part, *dimension, lang));
        }
        cell(page, |lang| words::points(&quality.score.official, lang));
        cell(page, |lang| words::range(&quality.score, lang));
        page.raw("<td class=n>").text(&words::graded(quality.grade, &quality.caps)).raw("</td>");
        cell(page, |lang| words::moved(&quality.since, lang));
    });
    page.raw("<p class=hint>").say(&say!(
        "Points from 0 to 100; what is unknown counts as wrong.",
        "Điểm từ 0 đến 100; phần chưa rõ tính là chưa đạt."
    ));
    if let Some(scope) = words::scope(report) {
        page.raw(" ").say(&scope);
    }
    let profile = report.profile.id();
    page.raw(" ").say(&say!("Methodology", "Phương pháp")).raw(" ").name(&report.methodology);
    page.raw(", ").say(&say!("criteria {profile}", "bộ tiêu chí {profile}")).raw(".</p>");
    page.raw("<p class=hint>").say(&words::grades(report)).raw("</p>");
    shortfalls(page, report);
    page.raw("<p>");
    page.say(&say!(
        "The points of each database are in the appendix.",
        "Điểm của từng cơ sở dữ liệu tại Phụ lục kèm theo."
    ));
    page.raw("</p>");
}

/// Which databases count 0, by agency.
fn shortfalls(page: &mut Markup, report: &Periodic) {
    let short: Vec<_> =
        parts(report).filter_map(|part| Some((part, words::shortfall(&part.quality)?))).collect();
    if short.is_empty() {
        return;
    }
    page.raw("<ul>");
    for (part, text) in short {
        page.raw("<li>");
        agency(page, part);
        page.raw(": ").told(&text).raw("</li>");
    }
    page.raw("</ul>");
}

/// The agencies, and all of them where they are several.
fn parts(report: &Periodic) -> impl Iterator<Item = &Part> {
    let all = (report.agencies.len() != 1).then_some(&report.overall);
    report.agencies.iter().chain(all)
}

fn requests(page: &mut Markup, report: &Periodic) {
    page.raw("<h2>")
        .say(&say!("III. Sharing requests that were met", "III. Tỷ lệ đáp ứng yêu cầu chia sẻ dữ liệu"))
        .raw("</h2>");
    heads(
        page,
        &[
            say!("No.", "STT"),
            say!("Agency", "Cơ quan"),
            say!("Met on time of those decided", "Đúng hạn / đã đến hạn"),
            say!("Share", "Tỷ lệ"),
            say!("Period before", "Kỳ trước"),
        ],
    );
    rows(page, report, &|page, part| {
        cell(page, |lang| words::count(&part.requests, lang));
        cell(page, |lang| words::share(&part.requests, lang));
        cell(page, |lang| words::before(&part.requests, lang));
    });
    caveat(page, &report.overall.requests);
}

fn changes(page: &mut Markup, report: &Periodic) {
    page.raw("<h2>")
        .say(&say!(
            "IV. Changes since the period before, and their reasons",
            "IV. Thay đổi so với kỳ trước và nguyên nhân"
        ))
        .raw("</h2>");
    if let Some(before) = &report.before_as_of {
        let days = words::days(before);
        let text = say!("Compared with figures of {days}.", "So với số liệu chốt ngày {days}.");
        page.raw("<p>").say(&text).raw("</p>");
    }
    for part in parts(report) {
        page.raw("<h3>");
        agency(page, part);
        page.raw("</h3><p>").say(&words::development(part)).raw(".</p>");
        match &part.quality.since {
            Since::Changed(change) if !change.reasons.is_empty() => {
                let (named, rest) = words::named(&change.reasons);
                page.raw("<ul>");
                for line in sums::texts(report, &change.reasons) {
                    page.raw("<li>").told(&line).raw("</li>");
                }
                for reason in named {
                    page.raw("<li><b>").each(|lang| words::signed(reason.nano, lang)).raw("</b>: ");
                    page.told(&words::reason(report, reason)).raw("</li>");
                }
                if let Some((count, nano)) = rest {
                    page.raw("<li><b>").each(|lang| words::signed(nano, lang)).raw("</b>: ");
                    page.each(|lang| words::others(count, lang)).raw("</li>");
                }
                page.raw("</ul>");
            }
            Since::NotComparable { because } => {
                page.raw("<ul>");
                for text in because {
                    page.raw("<li>").told(text).raw("</li>");
                }
                page.raw("</ul>");
            }
            _ => {}
        }
        for (title, achieved) in words::counted(part) {
            let moves = words::moves(achieved);
            if !moves.is_empty() {
                page.raw("<p>").say(&title).raw(":</p><ul>");
                moves.iter().for_each(|moved| {
                    page.raw("<li>").told(moved).raw("</li>");
                });
                page.raw("</ul>");
            }
        }
    }
}

fn closing(page: &mut Markup, report: &Periodic, letter: &BTreeMap<String, Text>) {
    if is_given(letter, "danh_gia") || is_given(letter, "kien_nghi") {
        page.raw("<h2>").say(&say!("V. Assessment and proposals", "V. Đánh giá, kiến nghị")).raw("</h2>");
        paragraph(page, letter, "danh_gia");
        paragraph(page, letter, "kien_nghi");
    }
    let title = report.period.title();
    let (en, vi) = (&title.en, &title.vi);
    page.raw("<p>")
        .say(&say!(
            "This is the report on connections, data quality and the sharing of data, {en}, of",
            "Trên đây là báo cáo kết quả kết nối, chất lượng dữ liệu và chia sẻ dữ liệu {vi} của"
        ))
        .raw(" ");
    field(page, letter, "ten_co_quan");
    page.raw("./.</p>");
    page.raw("<div class=signs><div><p><b><i>")
        .say(&say!("Recipients:", "Nơi nhận:"))
        .raw("</i></b></p><p class=small>");
    field(page, letter, "noi_nhan");
    page.raw("</p></div><div>");
    for name in ["quyen_han_ky", "chuc_vu_ky"] {
        if is_given(letter, name) {
            page.raw("<p><b>");
            field(page, letter, name);
            page.raw("</b></p>");
        }
    }
    page.raw("<p class=space></p><p><b>");
    field(page, letter, "nguoi_ky");
    page.raw("</b></p></div></div>");
}

fn appendix(page: &mut Markup, report: &Periodic, letter: &BTreeMap<String, Text>) {
    // The order and the letters of Nghị định 30/2020/NĐ-CP, Phụ lục I, IV.
    page.raw("<section class=appendix><h2 class=mid>").say(&say!("Appendix", "Phụ lục")).raw("</h2>");
    let period = report.period.title();
    let (en, vi) = (period.en.to_uppercase(), period.vi.to_uppercase());
    page.raw("<p class=mid><b>")
        .say(&say!("POINTS OF DATABASES, {en}", "ĐIỂM CÁC CƠ SỞ DỮ LIỆU {vi}"))
        .raw("</b></p><p class=mid><em>");
    field(page, letter, "kem_theo");
    page.raw("</em></p>");
    let dimensions: &[Dimension] = report.dimensions();
    let mut titles = vec![say!("No.", "STT"), say!("Database", "CSDL")];
    titles.extend(dimensions.iter().map(|dimension| dimension.label()));
    titles.extend([say!("Points", "Điểm"), say!("Grade", "Hạng"), say!("Change", "Thay đổi")]);
    heads(page, &titles);
    for (line, at) in report.databases.iter().zip(1_u64..) {
        page.raw("<tr><td class=n>").count(at).raw("</td><th scope=row>");
        match &line.title {
            Some(title) => page.title(title).raw(" <span class=where>").name(&line.id).raw("</span></th>"),
            None => page.name(&line.id).raw("</th>"),
        };
        for dimension in dimensions {
            let points = line.dimensions.get(dimension);
            cell(page, |lang| points.map_or_else(|| "—".to_owned(), |nano| words::nano(*nano, lang)));
        }
        cell(page, |lang| words::points(&line.score.official, lang));
        page.raw("<td class=n>").text(&words::graded(line.grade, &line.caps)).raw("</td>");
        cell(page, |lang| words::line_moved(line, lang));
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
    let apart: Vec<_> = report.apart.iter().chain(&report.apart_before).collect();
    if !apart.is_empty() {
        page.raw("<h3>").say(&say!("Not in this report", "Không đưa vào báo cáo")).raw(" (");
        page.each(|lang| number::count(apart.len() as u64, lang)).raw(")</h3><ul>");
        for it in apart {
            page.raw("<li>").told(&told(it)).raw("</li>");
        }
        page.raw("</ul>");
    }
    page.raw("</section>");
}
