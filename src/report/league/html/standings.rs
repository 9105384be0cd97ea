//! The rankings: each rank with the interval that it can be told from, points from floor to ceiling, dimensions, and what
//! the rank rests on.

use super::Context;
use crate::base::{Dimension, Text};
use crate::report::html::footnotes::{Note, mark};
use crate::report::html::markup::Markup;
use crate::report::html::overview::badge;
use crate::report::html::{anchor, chart, heat};
use crate::report::league::words;
use crate::report::term::words::fraction;
use crate::say;
use crate::score::league::{Entry, Table};
use crate::score::{Grade, evidence::Confidence};

pub fn agencies(page: &mut Markup, context: &Context<'_>) {
    let table = &context.league.agencies;
    if table.entries.is_empty() {
        return;
    }
    page.raw("<section class=league id=agencies><h2>").say(&say!("Agencies", "Cơ quan"));
    mark(page, Note::Rank);
    page.raw("</h2><p class=dim>").say(&say!(
        "Small agencies come to both ends of a ranking by chance alone: compare within groups of like size.",
        "Cơ quan ít CSDL dễ đứng đầu hoặc cuối bảng chỉ do ngẫu nhiên: hãy so trong nhóm cùng quy mô."
    ));
    page.raw("</p>");
    let more = [
        say!("Measured", "Đã đo"),
        say!("Confidence", "Độ tin cậy"),
        say!("Size", "Quy mô"),
        say!("Without one", "Bỏ một CSDL"),
    ];
    // Their dimensions are a map of their own, below.
    rows(page, table, &[], &say!("Agency", "Cơ quan"), &more, |page, _, entry| {
        name(page, entry, None);
        Box::new(move |page: &mut Markup| {
            let [all, measured] = entry.measured.unwrap_or_default();
            page.open("td", &[("class", "n"), ("data-v", &measured.to_string())]);
            page.count(measured).text(" / ").count(all).raw("</td>");
            confidence(page, entry);
            let group = entry.peer_group.map_or(0, |group| group as u32);
            page.open("td", &[("data-v", &group.to_string())]);
            if let Some(group) = entry.peer_group {
                page.say(&words::peer_group(group));
            }
            page.raw("</td>").open("td", &[("class", "n"), ("data-v", &entry.without_one[1].to_string())]);
            page.text(&words::ranks(entry.without_one)).raw("</td>");
        })
    });
    page.raw("</section>");
}

pub fn databases(page: &mut Markup, context: &Context<'_>) {
    let table = &context.league.databases;
    if table.entries.is_empty() {
        return;
    }
    page.raw("<section class=league id=databases><h2>").say(&say!("Databases", "Cơ sở dữ liệu"));
    mark(page, Note::Rank);
    page.raw("</h2>");
    let more = [
        say!("Agency", "Cơ quan"),
        say!("Coverage", "Độ phủ"),
        say!("Confidence", "Độ tin cậy"),
        say!("Not told from", "Chưa phân biệt với"),
        say!("Clearly above", "Hơn rõ"),
        say!("Clearly below", "Kém rõ"),
    ];
    let all = table.entries.len();
    let dimensions = dimensions(table);
    rows(page, table, &dimensions, &say!("Database", "CSDL"), &more, |page, at, entry| {
        let href = context.anchors.get(at).map(|name| anchor::link(name));
        name(page, entry, href.as_deref());
        Box::new(move |page: &mut Markup| {
            page.raw("<td>").name(entry.agency.as_deref().unwrap_or("—")).raw("</td>");
            let share = entry.coverage.map_or(0, |it| {
                (u128::from(it.num) * 1_000_000).checked_div(it.den.into()).unwrap_or_default()
            });
            page.open("td", &[("class", "n"), ("data-v", &share.to_string())]);
            page.each(|lang| entry.coverage.map_or_else(|| "—".to_owned(), |it| fraction(it, lang)));
            page.raw("</td>");
            confidence(page, entry);
            for n in [entry.not_told_from.len(), entry.clearly_above.len(), entry.clearly_below(all)] {
                page.open("td", &[("class", "n"), ("data-v", &n.to_string())]).count(n as u64).raw("</td>");
            }
        })
    });
    page.raw("</section>");
}

/// Writes what stands at the end of a row.
type End<'e> = Box<dyn Fn(&mut Markup) + 'e>;

/// A table with a row for each entry: `begin` writes its heading and gives back what is to stand at its end.
fn rows<'e>(
    page: &mut Markup,
    table: &'e Table,
    dimensions: &[Dimension],
    first: &Text,
    more: &[Text],
    begin: impl Fn(&mut Markup, usize, &'e Entry) -> End<'e>,
) {
    let last = table.entries.iter().map(|entry| entry.interval[1].max(entry.rank)).max().unwrap_or(1);
    page.raw("<div class=wide tabindex=0><table class=sort><thead><tr>");
    let heads = [
        first.clone(),
        say!("Rank", "Thứ hạng"),
        say!("Interval of ranks", "Khoảng thứ hạng"),
        say!("Grade", "Hạng"),
        say!("Points", "Điểm"),
        say!("Floor to ceiling", "Sàn đến trần"),
    ];
    let labels = dimensions.iter().map(|dimension| dimension.label());
    for head in heads.into_iter().chain(labels).chain(more.iter().cloned()) {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (at, entry) in table.entries.iter().enumerate() {
        page.raw("<tr>");
        let end = begin(page, at, entry);
        rank(page, entry, last);
        page.open("td", &[("data-v", &(Grade::ALL.len() - entry.grade as usize).to_string())]);
        badge(page, entry.grade);
        page.raw("</td>").open("td", &[("class", "n"), ("data-v", &entry.score.official_nano.to_string())]);
        page.points(&entry.score.official).raw("</td>");
        page.open("td", &[("class", "chart"), ("data-v", &entry.score.ceiling_nano.to_string())]);
        chart::interval(page, entry.score.official_nano, entry.score.ceiling_nano);
        page.points(&entry.score.official).raw(" – ").points(&entry.score.ceiling).raw("</td>");
        for dimension in dimensions {
            heat::cell(page, entry.dimensions.get(dimension));
        }
        end(page);
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

/// A rank is never shown without its interval.
fn rank(page: &mut Markup, entry: &Entry, last: u32) {
    page.open("td", &[("class", "n"), ("data-v", &entry.rank.to_string())]).text(&entry.rank.to_string());
    page.raw("</td>").open("td", &[("class", "chart"), ("data-v", &entry.interval[0].to_string())]);
    chart::ranks(page, entry.rank, entry.interval, last);
    page.text(&words::ranks(entry.interval)).raw("</td>");
}

/// The heading of a row: the name, and the id beside it.
pub fn name(page: &mut Markup, entry: &Entry, href: Option<&str>) {
    page.raw("<th scope=row>");
    if let Some(href) = href {
        page.open("a", &[("href", href)]);
    }
    titled(page, entry);
    if href.is_some() {
        page.raw("</a>");
    }
    if entry.title.is_some() {
        page.raw(" <span class=where>").name(&entry.id).raw("</span>");
    }
    page.raw("</th>");
}

/// The name, or the id if there is none.
pub fn titled(page: &mut Markup, entry: &Entry) {
    match &entry.title {
        Some(title) => page.title(title),
        None => page.name(&entry.id),
    };
}

fn confidence(page: &mut Markup, entry: &Entry) {
    let order = entry.confidence.map_or(9, |it| it as u32);
    page.open("td", &[("data-v", &order.to_string())]);
    match entry.confidence.map(Confidence::label) {
        Some(label) => page.say(&label),
        None => page.raw("—"),
    };
    page.raw("</td>");
}

/// The dimensions that some entry has.
pub fn dimensions(table: &Table) -> Vec<Dimension> {
    let has = |dimension: &Dimension| table.entries.iter().any(|it| it.dimensions.contains_key(dimension));
    Dimension::ALL.into_iter().filter(has).collect()
}
