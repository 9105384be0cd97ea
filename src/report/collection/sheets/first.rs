//! What to fix first, most first.

use super::{Columns, Of, Sheet, Value, each_database, sheet};
use crate::base::Lang;
use crate::report::collection::Reported;
use crate::say;
use crate::score::fix_first::FixCard;

type Row<'a> = (Of<'a>, &'a FixCard);

pub fn fix_first(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Row<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |((_, database), _), _| Value::text(&database.id))
        .column(say!("What is cleaned", "Làm sạch"), 14, |(_, fix), lang| {
            Value::said(&fix.level.label(), lang)
        })
        .column(say!("Table", "Bảng"), 20, |(_, fix), _| Value::text(&fix.table))
        .column(say!("Rule or column", "Quy tắc hoặc cột"), 34, |(_, fix), _| {
            Value::text(fix.rule.as_deref().or(fix.column.as_deref()).unwrap_or_default())
        })
        .column(say!("Points won back", "Điểm tăng thêm"), 14, |(_, fix), _| {
            Value::decimal(Some(&fix.gain))
        })
        .column(
            say!("Points won back, billionths", "Điểm tăng thêm (phần tỷ)"),
            15,
            |(_, fix), _| Value::nano(Some(fix.gain_nano)),
        )
        .column(say!("Rules", "Số quy tắc"), 10, |(_, fix), _| Value::Count(fix.rules))
        .column(say!("Defects", "Số lỗi"), 12, |(_, fix), _| Value::Count(fix.defects))
        .column(say!("Unknown", "Chưa rõ"), 12, |(_, fix), _| Value::Count(fix.unknown))
        .column(say!("Caps lifted", "Gỡ điểm liệt"), 14, |(_, fix), _| {
            Value::text(&fix.lifts.join(" "))
        })
        .origin(|(of, _)| of.0);
    let fixes = each_database(cards).flat_map(|of| of.1.fix_first.iter().map(move |fix| (of, fix)));
    sheet(say!("Fix first", "Sửa trước"), columns, fixes, lang)
}
