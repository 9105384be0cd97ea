//! Rows that are new, and like too many other new ones or unknown to the log of inserts.

use hashbrown::HashMap;

use super::super::changes::Row;
use super::super::reconcile::Judged;
use super::{Before, Digests, Look, Marks, Met};
use crate::kernel::memory::Cell;

const REST: usize = 0;

pub fn judge(look: Look<'_>, before: Before<'_>, alike: u64, logged: Option<&Digests>) -> Judged {
    let marks = Marks::new(look.now.ledger, &["alike", "not_logged"]);
    let met = look.met(before.rows);
    let judged = look.now.rows.iter().zip(met).filter(|(row, _)| look.is_judged(row));
    let new: Vec<(&Row, Cell)> =
        judged.filter(|(_, met)| *met == Met::New).map(|(row, _)| (row, look.cell(row, REST))).collect();
    let mut counts: HashMap<i128, u64> = HashMap::new();
    for (_, rest) in &new {
        *counts.entry(rest.stored()).or_default() += 1;
    }
    for (row, rest) in &new {
        let alike = counts.get(&rest.stored()).is_some_and(|count| *count >= alike);
        let unlogged = logged.filter(|known| !known.keys.contains(&row.key));
        if alike {
            marks.fail(row, 0);
        }
        match unlogged {
            // It may be in an entry that nobody could read.
            Some(known) if known.unknown > 0 && !alike => marks.unknown(row),
            Some(known) if known.unknown == 0 => marks.fail(row, 1),
            _ => marks.pass(row),
        }
    }
    let mut figures = vec![("new", new.len() as u64)];
    figures.extend(logged.into_iter().flat_map(|known| known.figures.iter().copied()));
    look.verdicts(marks, figures)
}
