//! Keys that are gone, and those who account for it.

use super::super::ledger::Page;
use super::super::reconcile::Judged;
use super::{Before, Digests, Look, each_key, is_at};
use crate::base::Text;
use crate::state::{Kept, Tally};

/// Each key of the earlier run that the rule was about, and each that it was owed, passes if it is there or a tombstone
/// has it. Beside: the keys that nobody accounts for, whether or not tombstones are known.
pub fn judge(
    look: Look<'_>,
    before: Before<'_>,
    tombstones: Result<Option<Digests>, Text>,
) -> (Result<Judged, Text>, Vec<u128>) {
    let (all, missing) = missing(look, before);
    let (tombstones, why) = match tombstones {
        Ok(tombstones) => (tombstones, None),
        Err(why) => (None, Some(why)),
    };
    let gone = missing.len() as u64;
    let owed: Vec<u128> = match &tombstones {
        Some(known) => missing.into_iter().filter(|key| !known.keys.contains(key)).collect(),
        None => missing,
    };
    if let Some(why) = why {
        return (Err(why), owed);
    }
    let unexplained = owed.len() as u64;
    // Who is missing may be in a row that nobody could read, and who is accounted for in a tombstone.
    let page_in_doubt = |page: &Page| page.populations[look.order].unknown.is_some();
    let in_doubt = look.now.in_part
        || look.now.ledger.pages.iter().any(page_in_doubt)
        || tombstones.as_ref().is_some_and(|known| known.unknown > 0);
    let (fail, unknown) = if in_doubt { (0, unexplained) } else { (unexplained, 0) };
    let mut figures = vec![("gone", gone), ("explained", gone - unexplained)];
    figures.extend(tombstones.into_iter().flat_map(|known| known.figures));
    (Ok(look.of_theirs(Tally::new(all - unexplained, fail, 0, unknown), figures)), owed)
}

/// How many keys there must be, and those that are not there, in ascending order.
fn missing(look: Look<'_>, before: Before<'_>) -> (u64, Vec<u128>) {
    let rows = look.now.rows;
    let (mut all, mut missing) = (0, Vec::new());
    let mut owed = before.kept.owed.iter().copied().peekable();
    let mut at = 0;
    // A key that was owed and is in the earlier run had come back, and is one of its keys.
    let mut take_owed = |until: Option<u128>, all: &mut u64, missing: &mut Vec<u128>| {
        while let Some(key) = owed.next_if(|key| until.is_none_or(|until| *key < until)) {
            at += rows[at..].iter().take_while(|row| row.key < key).count();
            *all += 1;
            if !is_at(rows, at, key) {
                missing.push(key);
            }
        }
        owed.next_if(|key| until == Some(*key));
    };
    each_key(rows, before.rows, |key, places, is_there| {
        take_owed(Some(key), &mut all, &mut missing);
        if !must_stay(before.kept, places) {
            return;
        }
        all += 1;
        if !is_there {
            missing.push(key);
        }
    });
    take_owed(None, &mut all, &mut missing);
    (all, missing)
}

/// Whether the rule was about one of these rows.
fn must_stay(kept: &Kept, mut places: std::ops::Range<usize>) -> bool {
    kept.cells.first().is_none_or(|cells| places.any(|place| cells[place] != Kept::ABSENT))
}
