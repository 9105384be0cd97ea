//! Agencies by dimensions: where it burns, and how far apart an agency's databases are.

use super::Context;
use super::standings::{dimensions, name};
use crate::report::html::heat;
use crate::report::html::markup::Markup;
use crate::report::html::shown::is_decimal;
use crate::say;
use crate::score::Grade;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let table = &context.league.agencies;
    if table.entries.is_empty() {
        return;
    }
    let dimensions = dimensions(table);
    page.raw("<section id=heat><h2>").say(&say!("Agencies by dimension", "Cơ quan theo chiều"));
    page.raw("</h2><p class=dim>").say(&say!(
        "Means of their databases. Lowest and median are of single databases, those included that sent nothing.",
        "Trung bình của các CSDL. Thấp nhất và trung vị là của từng CSDL, kể cả CSDL không gửi gì."
    ));
    page.raw("</p><div class=wide tabindex=0><table class=\"heat sort\"><thead><tr><th scope=col>");
    page.say(&say!("Agency", "Cơ quan")).raw("</th>");
    for dimension in &dimensions {
        page.raw("<th scope=col>").say(&dimension.label()).raw("</th>");
    }
    for head in [say!("Lowest", "Thấp nhất"), say!("Median", "Trung vị")] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    for grade in Grade::ALL {
        page.raw("<th scope=col>").text(grade.id()).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for entry in &table.entries {
        page.raw("<tr>");
        name(page, entry, None);
        for dimension in &dimensions {
            heat::cell(page, entry.dimensions.get(dimension));
        }
        for points in [&entry.minimum, &entry.median] {
            let order = points.as_deref().filter(|it| is_decimal(it)).unwrap_or("-1");
            page.open("td", &[("class", "n"), ("data-v", order)]);
            page.points(points.as_deref().unwrap_or("—")).raw("</td>");
        }
        for grade in Grade::ALL {
            let n = entry.grades.get(&grade).copied().unwrap_or_default();
            page.open("td", &[("class", "n"), ("data-v", &n.to_string())]).count(n).raw("</td>");
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}
