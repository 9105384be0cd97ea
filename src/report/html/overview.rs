//! Above several databases: agencies, and each database with its grade, interval and dimensions.

use std::collections::BTreeSet;

use super::chart::{self, grade_class};
use super::footnotes::{Note, mark};
use super::heat;
use super::markup::Markup;
use super::shown::is_decimal;
use crate::base::{Dimension, Lang, Nano, Text};
use crate::report::number;
use crate::report::term::words::gain;
use crate::say;
use crate::score::scorecard::{AgencyCard, DatabaseCard, Score, Scorecard};
use crate::score::{Grade, Profile, RollUp};

/// Databases to fix first.
const FIXES: usize = 10;

pub fn write(page: &mut Markup, card: &Scorecard, href: &dyn Fn(&DatabaseCard) -> String) {
    page.raw("<section class=o id=overview><h1>").say(&say!("Data quality", "Chất lượng dữ liệu"));
    page.raw("</h1><p class=dim>");
    page.each(|lang| {
        let databases = number::counted(card.databases.len() as u64, ["database", "databases", "CSDL"], lang);
        let scored = say!("{databases} scored", "chấm {databases}");
        scored.get(lang).to_owned()
    });
    page.raw(" · ").say(&say!("as of", "tính đến")).raw(" ").moment(&card.as_of).raw("</p>");
    if card.profile == Profile::Local {
        page.raw("<p class=notice>").say(&local()).raw("</p>");
    }
    grade_line(page, &card.overall);
    databases(page, &[card], href);
    agencies(page, card);
    first(page, card, href);
    page.raw("</section>");
}

/// Databases of several cards, which are not summed up.
pub fn several(page: &mut Markup, cards: &[&Scorecard], href: &dyn Fn(&DatabaseCard) -> String) {
    page.raw("<section class=o id=overview><h1>").say(&say!("Data quality", "Chất lượng dữ liệu"));
    page.raw("</h1><p class=dim>").each(|lang| {
        let databases = cards.iter().map(|card| card.databases.len() as u64).sum();
        let databases = number::counted(databases, ["database", "databases", "CSDL"], lang);
        let cards = number::counted(cards.len() as u64, ["card", "cards", "bảng điểm"], lang);
        say!("{databases} on {cards}", "{databases} trên {cards}").get(lang).to_owned()
    });
    page.raw("</p>");
    let ways: BTreeSet<_> = cards.iter().map(|card| (&card.methodology, card.profile)).collect();
    if ways.len() > 1 {
        page.raw("<p class=notice>").say(&say!(
            "The cards were scored in different ways (methodology, profile): their points are not to be compared.",
            "Các bảng điểm được chấm theo những cách khác nhau (phương pháp, bộ tiêu chí): không so sánh điểm với nhau."
        ));
        page.raw("</p>");
    }
    databases(page, cards, href);
    page.raw("</section>");
}

pub fn local() -> Text {
    say!(
        "Local rules: these scores are for improvement at home and are not compared.",
        "Quy tắc nội bộ: điểm này để tự cải thiện, không dùng để so sánh."
    )
}

/// All databases together.
fn grade_line(page: &mut Markup, all: &AgencyCard) {
    page.raw("<div class=verdict>");
    tile(page, all.grade);
    page.raw("<div><p class=points><b>").points(&all.score.official).raw("</b> ");
    page.say(&say!("points, all databases together", "điểm, chung mọi CSDL"));
    mark(page, Note::Agency);
    page.raw("</p>");
    chart::interval(page, all.score.official_nano, all.score.ceiling_nano);
    page.raw("<p class=dim>");
    range(page, &all.score);
    mark(page, Note::Interval);
    page.raw("</p><ul class=grades>");
    for (grade, n) in &all.grades {
        page.raw("<li>");
        badge(page, *grade);
        page.raw(" ").count(*n).raw("</li>");
    }
    page.raw("</ul></div></div>");
    caps(page, all);
}

fn caps(page: &mut Markup, agency: &AgencyCard) {
    for cap in &agency.caps {
        page.raw("<div class=notice><b>").name(&cap.id).raw("</b> ").evidence(&cap.evidence).raw("</div>");
    }
}

/// A grade as a large letter.
pub fn tile(page: &mut Markup, grade: Grade) {
    page.raw("<p class=\"tile ").raw(grade_class(grade)).raw("\"><b>").text(grade.id()).raw("</b><span>");
    let label = grade.label();
    page.say(&label).raw("</span></p>");
}

/// A grade as a small letter.
pub fn badge(page: &mut Markup, grade: Grade) {
    page.raw("<b class=\"badge ").raw(grade_class(grade)).raw("\">").text(grade.id()).raw("</b>");
}

/// What is guaranteed, possible and known.
pub fn range(page: &mut Markup, score: &Score) {
    page.say(&say!("floor", "sàn")).raw(" ").points(&score.official).raw(" – ");
    page.say(&say!("ceiling", "trần")).raw(" ").points(&score.ceiling).raw("; ");
    match &score.measured {
        Some(measured) => page.say(&say!("where measured", "phần đo được")).raw(" ").points(measured),
        None => page.say(&say!("nothing measured", "chưa đo được gì")),
    };
}

fn databases(page: &mut Markup, cards: &[&Scorecard], href: &dyn Fn(&DatabaseCard) -> String) {
    page.raw("<h2>").say(&say!("Databases", "Cơ sở dữ liệu"));
    mark(page, Note::Official);
    page.raw("</h2><div class=wide tabindex=0><table class=\"sort listed\"><thead><tr>");
    for head in [
        say!("Database", "CSDL"),
        say!("Agency", "Cơ quan"),
        say!("Grade", "Hạng"),
        say!("Points", "Điểm"),
        say!("Floor to ceiling", "Sàn đến trần"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    let dimensions = shown_dimensions(cards);
    for dimension in &dimensions {
        page.raw("<th scope=col>").say(&dimension.label()).raw("</th>");
    }
    if cards.len() > 1 {
        page.raw("<th scope=col>").say(&say!("As of", "Tính đến")).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (card, database) in cards.iter().flat_map(|card| card.databases.iter().map(move |it| (card, it))) {
        page.raw("<tr><th scope=row>").open("a", &[("href", &href(database))]);
        match &database.title {
            Some(title) => page.title(title).raw("</a> <span class=where>").name(&database.id).raw("</span>"),
            None => page.name(&database.id).raw("</a>"),
        };
        page.raw("</th><td>").name(database.agency.as_deref().unwrap_or("—")).raw("</td>");
        page.open("td", &[("data-v", &(Grade::ALL.len() - database.grade as usize).to_string())]);
        badge(page, database.grade);
        page.raw("</td>")
            .open("td", &[("class", "n"), ("data-v", &database.score.official_nano.to_string())]);
        page.points(&database.score.official).raw("</td>");
        page.open("td", &[("class", "chart"), ("data-v", &database.score.ceiling_nano.to_string())]);
        chart::interval(page, database.score.official_nano, database.score.ceiling_nano);
        page.points(&database.score.official).raw(" – ").points(&database.score.ceiling).raw("</td>");
        for dimension in &dimensions {
            heat::cell(page, database.dimensions.get(dimension));
        }
        if cards.len() > 1 {
            page.raw("<td>").moment(&card.as_of).raw("</td>");
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

/// The dimensions that count somewhere.
fn shown_dimensions(cards: &[&Scorecard]) -> Vec<Dimension> {
    let counts = |dimension: &Dimension| {
        let of = |database: &DatabaseCard| database.dimensions.get(dimension).is_some_and(|it| it.applicable);
        cards.iter().flat_map(|card| &card.databases).any(of)
    };
    Dimension::ALL.into_iter().filter(counts).collect()
}

fn agencies(page: &mut Markup, card: &Scorecard) {
    if card.agencies.is_empty() {
        return;
    }
    page.raw("<h2>").say(&say!("Agencies", "Cơ quan"));
    mark(page, Note::Agency);
    page.raw("</h2><div class=wide tabindex=0><table class=sort><thead><tr>");
    for head in [
        say!("Agency", "Cơ quan"),
        say!("Grade", "Hạng"),
        say!("Points", "Điểm"),
        say!("Measured", "Đo được"),
        say!("Registered", "Đăng ký"),
        say!("Lowest", "Thấp nhất"),
        say!("Median", "Trung vị"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for agency in &card.agencies {
        page.raw("<tr><th scope=row>").name(agency.id.as_deref().unwrap_or("—")).raw("</th>");
        page.open("td", &[("data-v", &(Grade::ALL.len() - agency.grade as usize).to_string())]);
        badge(page, agency.grade);
        page.raw("</td>").open("td", &[("class", "n"), ("data-v", &agency.score.official_nano.to_string())]);
        page.points(&agency.score.official).raw("</td>");
        for n in [agency.measured, agency.registered] {
            page.open("td", &[("class", "n"), ("data-v", &n.to_string())]).count(n).raw("</td>");
        }
        for points in [&agency.minimum, &agency.median] {
            page.open(
                "td",
                &[("class", "n"), ("data-v", points.as_deref().filter(|it| is_decimal(it)).unwrap_or("-1"))],
            );
            page.points(points.as_deref().unwrap_or("—")).raw("</td>");
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
    if !card.roll_up.is_run() {
        page.raw("<p class=dim>").say(&match card.roll_up {
            RollUp::Nation => say!(
                "Over all databases of the catalogue; what was not scored counts 0.",
                "Tính trên mọi CSDL trong danh mục; CSDL chưa chấm tính 0."
            ),
            _ => say!(
                "Over all databases that the catalogue lists for these agencies; what was not scored counts 0.",
                "Tính trên mọi CSDL của các cơ quan này trong danh mục; CSDL chưa chấm tính 0."
            ),
        });
        page.raw("</p>");
    }
}

fn first(page: &mut Markup, card: &Scorecard, href: &dyn Fn(&DatabaseCard) -> String) {
    let scored: Vec<_> = card.overall.fix_first.iter().filter(|fix| fix.scored).take(FIXES).collect();
    if scored.is_empty() {
        return;
    }
    page.raw("<h2>").say(&say!("Which database to fix first", "Sửa CSDL nào trước"));
    mark(page, Note::Gain);
    page.raw("</h2><ol class=first>");
    for fix in scored {
        page.raw("<li><b class=gain>")
            .each(|lang: Lang| gain(&Nano::new(fix.gain_nano).six(), fix.gain_nano, lang))
            .raw("</b> ");
        match card.databases.iter().find(|database| database.id == fix.database) {
            Some(database) => {
                page.open("a", &[("href", &href(database))]).name(&fix.database).raw("</a></li>")
            }
            None => page.name(&fix.database).raw("</li>"),
        };
    }
    page.raw("</ol>");
}
