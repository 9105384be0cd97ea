//! Tables by dimensions: where it burns. Every cell has its letter, so that it does not take colours to read it.

use super::Context;
use super::anchor;
use super::chart::{grade_class, points_grade};
use super::footnotes::{Note, mark};
use super::markup::Markup;
use crate::base::Dimension;
use crate::say;
use crate::score::scorecard::DimensionCard;

pub(super) fn write(page: &mut Markup, context: &Context<'_>) {
    let tables = &context.database.tables;
    let counts = |dimension: &Dimension| {
        tables.iter().any(|table| table.dimensions.get(dimension).is_some_and(|card| card.applicable))
    };
    let dimensions: Vec<Dimension> = Dimension::ALL.into_iter().filter(counts).collect();
    if dimensions.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("Tables by dimension", "Bảng theo chiều"));
    mark(page, Note::Dimension);
    page.raw("</h3><div class=wide tabindex=0><table class=\"heat sort\"><thead><tr><th scope=col>");
    page.say(&say!("Table", "Bảng")).raw("</th>");
    for dimension in &dimensions {
        page.raw("<th scope=col>").say(&dimension.label()).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (table, anchors) in tables.iter().zip(&context.anchors.tables) {
        page.raw("<tr><th scope=row>").open("a", &[("href", &anchor::link(&anchors.table))]);
        page.name(&table.id).raw("</a></th>");
        for dimension in &dimensions {
            cell(page, table.dimensions.get(dimension));
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

/// Points of a dimension with the letter that they alone would earn.
pub fn cell(page: &mut Markup, card: Option<&DimensionCard>) {
    let Some(card) = card.filter(|card| card.applicable) else {
        page.raw("<td class=\"h none\" data-v=-1>·</td>");
        return;
    };
    let nano = card.score.official_nano;
    let grade = points_grade(nano);
    let open = if card.score.ceiling_nano > nano { "h open " } else { "h " };
    let class = format!("{open}{}", grade_class(grade));
    page.open("td", &[("class", &class), ("data-v", &nano.to_string())]);
    page.points(&card.score.official).raw(" <b>").text(grade.id()).raw("</b></td>");
}
