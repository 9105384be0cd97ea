//! Rules: one row each, those that fail and those that do not.

use super::{Columns, Ink, Of, Sheet, Value, each_database, sheet};
use crate::base::Lang;
use crate::report::collection::Reported;
use crate::say;
use crate::score::scorecard::{RuleCard, TableCard};

type Row<'a> = (Of<'a>, &'a TableCard, &'a RuleCard);

pub fn rules(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Row<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |((_, database), ..), _| Value::text(&database.id))
        .column(say!("Table", "Bảng"), 20, |(_, table, _), _| Value::text(&table.id))
        .column(say!("Rule", "Quy tắc"), 34, |(.., rule), _| Value::text(&rule.id))
        .column(say!("What it asks", "Yêu cầu"), 40, |(.., rule), lang| {
            Value::own(rule.title.as_ref(), lang)
        })
        .column(say!("Kind", "Loại"), 14, |(.., rule), _| Value::text(&rule.kind))
        .column(say!("Dimension", "Chiều chất lượng"), 14, |(.., rule), lang| {
            Value::said(&rule.dimension.label(), lang)
        })
        .column(say!("Severity", "Mức độ"), 14, |(.., rule), lang| {
            Value::said(&rule.severity.label(), lang)
        })
        .column(say!("Columns", "Cột"), 20, |(.., rule), _| Value::text(&rule.columns.join(", ")))
        .column(say!("Status", "Trạng thái"), 14, |(.., rule), lang| {
            Value::said(&rule.status.label(), lang)
        })
        .column(say!("Passed", "Đạt"), 12, |(.., rule), _| Value::Count(rule.pass))
        .column(say!("Failed", "Lỗi"), 12, |(.., rule), _| Value::Count(rule.fail))
        .ink(Ink::Defects)
        .column(say!("Not applicable", "Không áp dụng"), 12, |(.., rule), _| Value::Count(rule.na))
        .column(say!("Unknown", "Chưa rõ"), 12, |(.., rule), _| Value::Count(rule.unknown))
        .ink(Ink::Defects)
        .column(say!("Points", "Điểm"), 12, |(.., rule), _| Value::decimal(rule.points.as_deref()))
        .ink(Ink::Points)
        .column(say!("Points, billionths", "Điểm (phần tỷ)"), 15, |(.., rule), _| {
            Value::nano(rule.points_nano)
        })
        .column(say!("Pass rate", "Tỷ lệ đạt"), 12, |(.., rule), _| {
            Value::decimal(rule.rate.as_ref().map(|rate| rate.value.as_str()))
        })
        .column(say!("Weight", "Trọng số"), 10, |(.., rule), _| Value::Count(u64::from(rule.weight)))
        .column(say!("Would win back", "Điểm tăng nếu sạch"), 14, |(.., rule), _| {
            Value::decimal(Some(&rule.gain))
        })
        .column(say!("Note", "Ghi chú"), 40, |(.., rule), lang| Value::own(rule.note.as_ref(), lang))
        .origin(|(of, ..)| of.0);
    let rules = each_database(cards).flat_map(|of| {
        of.1.tables.iter().flat_map(move |table| table.rules.iter().map(move |rule| (of, table, rule)))
    });
    sheet(say!("Rules", "Quy tắc"), columns, rules, lang)
}
