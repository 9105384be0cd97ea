//! What was not measured: without it the other sheets would look more certain than they are.

use super::{Columns, Sheet, Value, sheet};
use crate::base::Lang;
use crate::report::collection::Reported;
use crate::report::export::word;
use crate::say;
use crate::score::scorecard::Incomplete;

type Row<'a> = (&'a Reported, &'a Incomplete);

pub fn not_measured(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Row<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |(_, gap), _| Value::text(&gap.database))
        .column(say!("Table", "Bảng"), 20, |(_, gap), _| {
            Value::text(gap.table.as_deref().unwrap_or_default())
        })
        .column(say!("Rule", "Quy tắc"), 34, |(_, gap), _| {
            Value::text(gap.rule.as_deref().unwrap_or_default())
        })
        .column(say!("Code", "Mã"), 18, |(_, gap), _| Value::text(&word(&gap.code).unwrap_or_default()))
        .column(say!("Why", "Lý do"), 70, |(_, gap), lang| Value::own(Some(&gap.text), lang))
        .origin(|(card, _)| *card);
    let gaps = cards.iter().flat_map(|card| card.card.incomplete.iter().map(move |gap| (card, gap)));
    sheet(say!("Not measured", "Chưa đo được"), columns, gaps, lang)
}
