//! Rows whose time has moved although nothing else has.

use rayon::prelude::*;

use super::super::reconcile::Judged;
use super::{Before, Look, Marks, Met};
use crate::state::Kept;

/// The places of what is remembered.
const TIME: usize = 0;
const REST: usize = 1;

pub fn judge(look: Look<'_>, before: Before<'_>) -> Judged {
    let marks = Marks::new(look.now.ledger, &["touched"]);
    let met = look.met(before.rows);
    let judged = look.now.rows.par_iter().zip(met).filter(|(row, _)| look.is_judged(row));
    judged.for_each(|(row, met)| match met {
        Met::Keyless | Met::New => {}
        Met::Shared => marks.unknown(row),
        Met::One(was) => {
            let then = |which: usize| before.kept.cells.get(which).and_then(|cells| cells.get(was)).copied();
            let time = look.digest(row, TIME);
            if then(REST) != Some(look.digest(row, REST)) {
                marks.pass(row);
            } else if time == Kept::UNREADABLE {
                // Two times that cannot be read may be two.
                marks.unknown(row);
            } else if time == Kept::ABSENT || then(TIME) == Some(time) {
                marks.pass(row);
            } else {
                marks.fail(row, 0);
            }
        }
    });
    look.verdicts(marks, Vec::new())
}
