//! All together: grade, points and what is known of them; what is compared, and what intervals mean.

use super::Context;
use crate::report::html::chart;
use crate::report::html::footnotes::{Note, mark};
use crate::report::html::markup::{Markup, both};
use crate::report::html::overview::{badge, range, tile};
use crate::report::league::words;
use crate::say;
use crate::score::league::League;
use crate::score::scorecard::AgencyCard;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let league = context.league;
    page.raw("<section id=whole><h1>").say(&say!("Data quality compared", "So sánh chất lượng dữ liệu"));
    page.raw("</h1><p class=dim>");
    if let Some([first, last]) = &league.as_of {
        page.say(&say!("as of", "tính đến")).raw(" ").moment(first);
        if first != last {
            page.raw(" – ").moment(last);
        }
        page.raw(" · ");
    }
    page.name(&league.methodology).raw(" · ").name(league.profile.id()).raw("</p>");
    match &league.overall {
        Some(overall) => verdict(page, league, overall),
        None => {
            page.raw("<p class=notice>").say(&say!(
                "Nothing can be ranked; why, is below.",
                "Không có gì xếp hạng được; lý do ở bên dưới."
            ));
            page.raw("</p>");
        }
    }
    page.raw("<p>").say(&words::scope(league.roll_up)).raw("</p><p class=dim>");
    page.say(&both(|lang| words::what_intervals_hold(league.draws, lang).get(lang).to_owned()));
    if !league.databases.entries.is_empty() {
        mark(page, Note::Rank);
    }
    page.raw("</p>");
    contents(page, league);
    page.raw("</section>");
}

fn verdict(page: &mut Markup, league: &League, overall: &AgencyCard) {
    page.raw("<div class=verdict>");
    tile(page, overall.grade);
    page.raw("<div><p class=points><b>").points(&overall.score.official).raw("</b> ");
    page.say(&say!("points, all databases together", "điểm, chung mọi CSDL")).raw("</p>");
    chart::interval(page, overall.score.official_nano, overall.score.ceiling_nano);
    page.raw("<p class=scale aria-hidden=true><span>D</span><span>C · 50</span><span>B · 70</span><span>A · 90</span></p>");
    page.raw("<p>");
    range(page, &overall.score);
    page.raw("</p><p class=dim>");
    for (at, text) in words::measured(league, overall).iter().enumerate() {
        page.raw(if at > 0 { " · " } else { "" }).say(text);
    }
    for (label, points) in
        [(say!("lowest", "thấp nhất"), &overall.minimum), (say!("median", "trung vị"), &overall.median)]
    {
        if let Some(points) = points {
            page.raw(" · ").say(&label).raw(" ").points(points);
        }
    }
    page.raw("</p><ul class=grades>");
    for (grade, n) in &overall.grades {
        page.raw("<li>");
        badge(page, *grade);
        page.raw(" ").count(*n).raw("</li>");
    }
    page.raw("</ul></div></div>");
    for cap in &overall.caps {
        page.raw("<div class=notice><b>").name(&cap.id).raw("</b> ").evidence(&cap.evidence).raw("</div>");
    }
}

/// Links to the parts that there are.
fn contents(page: &mut Markup, league: &League) {
    let agencies = !league.agencies.entries.is_empty();
    let parts = [
        ("#agencies", agencies, say!("Agencies", "Cơ quan")),
        ("#heat", agencies, say!("Agencies by dimension", "Cơ quan theo chiều")),
        (
            "#pairs",
            league.agencies.entries.len() > 1,
            say!("Who is clearly above whom", "Các cặp phân biệt được"),
        ),
        ("#difference", league.difference.is_some(), say!("Difference", "Chênh lệch")),
        ("#databases", !league.databases.entries.is_empty(), say!("Databases", "Cơ sở dữ liệu")),
        ("#silent", !league.silent.is_empty(), say!("Sent nothing", "Không gửi gì")),
        ("#apart", !league.apart.is_empty(), say!("Not ranked", "Không xếp hạng")),
        ("#one", !league.databases.entries.is_empty(), say!("One by one", "Từng CSDL")),
    ];
    page.raw("<nav aria-label=\"Mục lục / Contents\"><ul class=nav>");
    for (href, _, words) in parts.iter().filter(|(_, there, _)| *there) {
        page.raw("<li>").open("a", &[("href", href)]).say(words).raw("</a></li>");
    }
    page.raw("</ul></nav>");
}
