//! Rows whose time has moved although nothing else has.

use rayon::prelude::*;

use super::super::changes::Row;
use super::super::reconcile::Judged;
use super::{Before, Look, Marks, Met};
use crate::state::Kept;

/// The places of what is remembered.
const TIME: usize = 0;
const REST: usize = 1;

pub struct Touched {
    pub judged: Judged,
    /// See [`Kept::moved`].
    pub moved: Vec<u128>,
    /// Rows that the rule is about and that could be paired, and those of them whose time moved now or before.
    pub rows: u64,
    pub doubted: u64,
}

pub fn judge(look: Look<'_>, before: Before<'_>) -> Touched {
    let marks = Marks::new(look.now.ledger, &["touched"]);
    let met = look.met(before.rows);
    let of_row = |(row, met): (&Row, &Met)| {
        let was_moved = || before.kept.moved.binary_search(&row.key).is_ok();
        let judged = look.is_judged(row);
        match met {
            Met::Keyless | Met::New => Doubt { moved: false, paired: false },
            Met::Shared => {
                if judged {
                    marks.unknown(row);
                }
                // Which of them changed nobody can say.
                Doubt { moved: was_moved(), paired: false }
            }
            Met::One(was) => {
                let became = Became::of(look, before, row, *was);
                if judged {
                    became.mark(&marks, row);
                }
                let moved = became != Became::Changed && (was_moved() || judged && became.has_moved());
                Doubt { moved, paired: judged }
            }
        }
    };
    let doubts: Vec<Doubt> = look.now.rows.par_iter().zip(&met).map(of_row).collect();
    let count = |which: fn(&Doubt) -> bool| doubts.iter().filter(|doubt| which(doubt)).count() as u64;
    let (rows, doubted) = (count(|doubt| doubt.paired), count(|doubt| doubt.paired && doubt.moved));
    let all = look.now.rows.iter().zip(&doubts);
    let mut moved: Vec<u128> = all.filter(|(_, doubt)| doubt.moved).map(|(row, _)| row.key).collect();
    moved.dedup();
    Touched { judged: look.verdicts(marks, Vec::new()), moved, rows, doubted }
}

struct Doubt {
    moved: bool,
    /// The rule is about the row, and it was there.
    paired: bool,
}

/// What became of a row and its time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    /// The rest of it is another.
    Changed,
    /// All of it stayed, or its time was taken away.
    Same,
    Touched,
    /// Its time can be read no more.
    Unreadable,
    /// Its time could not be read then.
    PutRight,
}

impl Became {
    fn of(look: Look<'_>, before: Before<'_>, row: &Row, was: usize) -> Self {
        let then = |which: usize| before.kept.cells.get(which).and_then(|cells| cells.get(was)).copied();
        if then(REST) != Some(look.digest(row, REST)) {
            return Self::Changed;
        }
        match (then(TIME), look.digest(row, TIME)) {
            (_, Kept::ABSENT) => Self::Same,
            (Some(Kept::UNREADABLE), _) => Self::PutRight,
            (_, Kept::UNREADABLE) => Self::Unreadable,
            (then, now) if then == Some(now) => Self::Same,
            _ => Self::Touched,
        }
    }

    fn mark(self, marks: &Marks, row: &Row) {
        match self {
            Self::Changed | Self::Same => marks.pass(row),
            Self::Touched => marks.fail(row, 0),
            // Two times that cannot be read may be two, and one that was put right is not known to have moved.
            Self::Unreadable | Self::PutRight => marks.unknown(row),
        }
    }

    /// A time that can be read no more has moved as well: whoever spoils it first could otherwise set it as he likes.
    const fn has_moved(self) -> bool {
        matches!(self, Self::Touched | Self::Unreadable)
    }
}
