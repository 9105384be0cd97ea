//! One database: its grade, what holds it down, its dimensions, where to begin, and then its tables.

use super::chart;
use super::footnotes::{Note, mark};
use super::markup::{Markup, both};
use super::overview::{local, range, tile};
use super::{Context, fix_first, freshness, heat, index, notes, table, trend};
use crate::base::{Dimension, Text};
use crate::report::number;
use crate::report::term::words::{ROWS, counted, fraction};
use crate::say;
use crate::score::scorecard::{Cap, DatabaseCard};
use crate::score::{Grade, Profile, Scorecard};

/// The base dimensions are shown even where a local rule file has no rule for them.
const BASE: usize = 4;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let Context { card, database, anchors, .. } = context;
    page.open("section", &[("class", "database"), ("id", &anchors.database)]).raw("<div class=o>");
    head(page, card, database);
    verdict(page, database);
    caps(page, database);
    dimensions(page, database);
    notes::problems(page, &database.problems);
    fix_first::write(page, context);
    heat::write(page, context);
    freshness::write(page, context);
    trend::write(page, context);
    for card in &database.indices {
        index::write(page, card);
    }
    page.raw("</div>");
    for (at, table) in database.tables.iter().enumerate() {
        table::write(page, context, at, table);
    }
    if database.tables.is_empty() {
        page.raw("<p class=notice>")
            .say(&say!("No table is declared.", "Chưa khai báo bảng nào."))
            .raw("</p>");
    }
    page.raw("</section>");
}

fn head(page: &mut Markup, card: &Scorecard, database: &DatabaseCard) {
    // Below an index the page has its heading already.
    if card.databases.len() < 2 && card.roll_up.is_run() {
        page.raw("<h1 class=over>")
            .say(&say!("Data quality scorecard", "Bảng điểm chất lượng dữ liệu"))
            .raw("</h1>");
    }
    page.raw("<h2 class=name>");
    match &database.title {
        Some(title) => page.heading(title),
        None => page.name(&database.id),
    };
    page.raw("</h2>").raw("<p class=dim><span class=where>").name(&database.id).raw("</span>");
    if let Some(agency) = &database.agency {
        page.raw(" · ").say(&say!("agency", "cơ quan")).raw(" ").name(agency);
    }
    page.raw(" · ").say(&say!("as of", "tính đến")).raw(" ").moment(&card.as_of).raw("</p>");
    if card.profile == Profile::Local {
        page.raw("<p class=notice>").say(&local()).raw("</p>");
    } else if !database.comparable {
        page.raw("<div class=notice><b>").say(&say!("Not comparable", "Không so sánh được")).raw("</b><ul>");
        for because in &database.not_comparable_because {
            page.raw("<li>").told(because).raw("</li>");
        }
        page.raw("</ul></div>");
    }
}

fn verdict(page: &mut Markup, database: &DatabaseCard) {
    let score = &database.score;
    page.raw("<div class=verdict>");
    tile(page, database.grade);
    page.raw("<div><p class=points><b>").points(&score.official).raw("</b> ");
    page.say(&say!("points, official score", "điểm chính thức"));
    mark(page, Note::Official);
    if database.near_edge {
        page.raw(" <span class=flag>")
            .say(&say!("close to the edge of a grade", "sát ngưỡng xếp hạng"))
            .raw("</span>");
    }
    page.raw("</p>");
    chart::interval(page, score.official_nano, score.ceiling_nano);
    page.raw("<p class=scale aria-hidden=true><span>D</span><span>C · 50</span><span>B · 70</span><span>A · 90</span></p>");
    page.raw("<p>");
    range(page, score);
    mark(page, Note::Interval);
    page.raw(" · ").say(&say!("grade", "hạng"));
    mark(page, Note::Grade);
    page.raw("</p><ul class=trust>");
    let mut item = |text: &Text, note: Option<Note>| {
        page.raw("<li>").say(text);
        if let Some(note) = note {
            mark(page, note);
        }
        page.raw("</li>");
    };
    clean(database, &mut |text| item(text, Some(Note::Clean)));
    let coverage = both(|lang| {
        let coverage = fraction(database.coverage, lang);
        say!("{coverage} of rule weight measured", "đo được {coverage} trọng số quy tắc").get(lang).to_owned()
    });
    item(&coverage, Some(Note::Coverage));
    if let Some(columns) = database.column_coverage {
        let columns = both(|lang| {
            let columns = fraction(columns, lang);
            say!("rules for {columns} of columns", "{columns} số cột có quy tắc").get(lang).to_owned()
        });
        item(&columns, None);
    }
    let confidence = database.confidence.label();
    let Text { en, vi } = confidence;
    item(&say!("confidence {en}", "độ tin cậy {vi}"), Some(Note::Confidence));
    if database.small_n {
        item(&say!("small n: fewer than 100 units", "n nhỏ: chưa đến 100 đơn vị"), None);
    }
    page.raw("</ul>");
    if let Some(internal) = &database.internal {
        page.raw("<p>")
            .say(&say!("Internal score, local rules included:", "Điểm nội bộ, kể cả quy tắc riêng:"));
        page.raw(" ").points(&internal.official).raw("</p>");
    }
    page.raw("</div></div>");
}

fn clean(database: &DatabaseCard, item: &mut impl FnMut(&Text)) {
    let records = &database.clean_records;
    if !records.unknown_tables.is_empty() {
        item(&say!(
            "clean records not guaranteed: a main table has no rows",
            "không bảo đảm được tỷ lệ bản ghi sạch: có bảng chính không có bản ghi"
        ));
    } else if records.rows > 0 {
        item(&both(|lang| {
            let share = number::share(records.clean, records.rows, lang).unwrap_or_default();
            let (clean, rows) = (number::count(records.clean, lang), counted(records.rows, ROWS, lang));
            say!("{share} clean records: {clean} of {rows}", "{share} bản ghi sạch: {clean} trên {rows}")
                .get(lang)
                .to_owned()
        }));
    }
}

/// Caps with their evidence; those that lower the grade first.
fn caps(page: &mut Markup, database: &DatabaseCard) {
    if database.caps.is_empty() {
        return;
    }
    let biting = |cap: &&Cap| cap.max_grade > database.grade_by_points;
    page.raw("<h3>").say(&say!("Caps on the grade", "Điểm liệt"));
    mark(page, Note::Caps);
    page.raw("</h3><ul class=caps>");
    let idle = database.caps.iter().filter(|cap| !biting(cap));
    for cap in database.caps.iter().filter(biting).chain(idle) {
        page.raw(if biting(&cap) { "<li class=bites>" } else { "<li>" });
        page.raw("<b>").name(&cap.id).raw("</b> <span class=limit>");
        let grade = cap.max_grade.id();
        page.say(&match cap.max_grade {
            Grade::Ungraded => say!("no grade", "không xếp hạng"),
            _ if biting(&cap) => say!("no better than {grade}", "không quá {grade}"),
            _ => {
                say!("no better than {grade}, changes nothing here", "không quá {grade}, không làm đổi hạng")
            }
        });
        page.raw("</span> ").evidence(&cap.evidence).raw("</li>");
    }
    page.raw("</ul>");
}

fn dimensions(page: &mut Markup, database: &DatabaseCard) {
    page.raw("<h3>").say(&say!("Dimensions", "Các chiều chất lượng"));
    mark(page, Note::Dimension);
    page.raw("</h3><table class=dimensions><thead class=sr><tr>");
    for head in [
        say!("Dimension", "Chiều"),
        say!("Floor to ceiling", "Sàn đến trần"),
        say!("Points", "Điểm"),
        say!("Measured", "Đo được"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (at, dimension) in Dimension::ALL.into_iter().enumerate() {
        let has_rules =
            database.tables.iter().flat_map(|table| &table.rules).any(|rule| rule.dimension == dimension);
        let card = database.dimensions.get(&dimension).filter(|card| card.applicable);
        if card.is_none() && at >= BASE && !has_rules {
            continue;
        }
        page.raw("<tr><th scope=row>").say(&dimension.label()).raw("</th>");
        let Some(card) = card else {
            let why = match has_rules {
                true => say!("nothing to judge", "không có gì để đánh giá"),
                false => say!("no rule", "chưa có quy tắc"),
            };
            page.raw("<td colspan=3 class=dim>").say(&why).raw("</td></tr>");
            continue;
        };
        page.raw("<td class=chart>");
        chart::interval(page, card.score.official_nano, card.score.ceiling_nano);
        page.raw("</td><td class=n><b>").points(&card.score.official).raw("</b>");
        if card.score.ceiling_nano > card.score.official_nano {
            page.raw(" – ").points(&card.score.ceiling);
        }
        page.raw("</td><td class=dim>");
        match card.coverage {
            Some(part) if part.num != part.den => {
                page.each(|lang| {
                    let part = fraction(part, lang);
                    say!("{part} measured", "đo được {part}").get(lang).to_owned()
                });
            }
            _ if !has_rules => {
                page.say(&say!("no rule", "chưa có quy tắc"));
            }
            _ => {}
        }
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table><p class=legend><span class=\"key unknown\"></span> ");
    page.say(&say!("not known, counts as failed", "chưa rõ, tính là không đạt")).raw("</p>");
}
