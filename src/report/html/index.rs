//! The value of another methodology, beside the score and never mixed with it.

use super::markup::Markup;
use crate::say;
use crate::score::index::IndexCard;

/// Fields that raise the alert and are named.
const NAMED: usize = 20;

pub fn write(page: &mut Markup, card: &IndexCard) {
    page.raw("<h3>").say(&say!("By another methodology", "Theo phương pháp khác")).raw(" <code>");
    page.name(&card.methodology).raw("</code></h3>");
    if card.reported {
        page.raw("<div class=notice>").say(&say!(
            "Known from a secondary source; its original was not seen.",
            "Biết qua nguồn thứ cấp, chưa thấy bản gốc."
        ));
        page.raw(" ").told(&card.source).raw("</div>");
    }
    page.raw("<p><b>").points(card.value.as_deref().unwrap_or("—")).raw("</b>");
    if let Some(colour) = card.colour {
        page.raw(" · ").say(&colour.label());
    }
    page.raw(" · ").say(&match card.connection_ready {
        true => {
            say!("meets the reported condition for connecting", "đạt điều kiện kết nối theo nguồn thứ cấp")
        }
        false => say!(
            "does not meet the reported condition for connecting",
            "chưa đạt điều kiện kết nối theo nguồn thứ cấp"
        ),
    });
    page.raw("</p>");
    if card.alert {
        page.raw("<div class=notice>")
            .say(&say!("Alert: identifier fields with defects:", "Cảnh báo: trường định danh có lỗi:"));
        for field in card.alert_fields.iter().take(NAMED) {
            page.raw(" <code>").name(&field.table).raw(".").name(&field.column).raw("</code>");
        }
        page.raw("</div>");
    }
}
