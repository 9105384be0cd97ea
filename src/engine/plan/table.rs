//! What is to be done with the rows of a table.

use std::sync::Arc;

use crate::base::{Status, Text};
use crate::engine::ledger::Leaving;
use crate::engine::reconcile;
use crate::engine::since::SincePlan;
use crate::engine::trace::TracePlan;
use crate::kernel::key::{self, Absent, KeyJudge, Keys};
use crate::kernel::memory::Remember;
use crate::kernel::seal::Seal;
use crate::kernel::similarity::Linkage;
use crate::kernel::{Batch, ColumnId, ColumnPlan, ColumnType};
use crate::rule::{AnyCheck, Asked, Condition, GroupJudge, LookUp};

/// Everything a scan needs to know about a table.
pub struct TablePlan {
    pub columns: Vec<ColumnPlan>,
    /// Names of the extract's columns that are read; [`ColumnPlan::source`] points in here.
    pub sources: Vec<String>,
    /// Whether each of them may be absent.
    pub optional: Vec<bool>,
    pub filters: Vec<Filter>,
    pub keys: Vec<KeyColumns>,
    /// What rules over groups, and those that compare with other tables, remember of each row.
    pub memories: Vec<Remember>,
    /// For every key, the memories that are compared where the key is found in another table.
    pub carried: Vec<Vec<usize>>,
    /// What is compared of records that may be one and the same.
    pub links: Vec<Linkage>,
    pub rules: Vec<RulePlan>,
    /// The identity key, as position in `keys`; `None` if the table declares none or its columns are absent.
    pub identity: Identity,
    /// What is remembered of rows, if it was asked for.
    pub trace: Option<TracePlan>,
}

/// Which of the columns that something reads a file does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    Nothing,
    /// Only columns that may be absent.
    Optional,
    Required,
}

impl TablePlan {
    /// What is lacking of `sources` in a file without the `absent` ones.
    pub fn lack(&self, sources: &[usize], absent: &[usize]) -> Lack {
        let one = |source: &usize| if self.optional[*source] { Lack::Optional } else { Lack::Required };
        sources.iter().filter(|source| absent.contains(source)).map(one).max().unwrap_or(Lack::Nothing)
    }

    /// Keys, and the cells that go with them, of which whatever judges them can do without their being in memory. Rules over
    /// groups and the comparison with another run cannot: they look at rows in the order of their keys.
    pub fn leaving(&self) -> Leaving {
        let mut keys = vec![true; self.keys.len()];
        let mut stays = vec![false; self.memories.len()];
        for rule in &self.rules {
            if let Work::Groups { key, memories, .. } = &rule.work {
                if let Some(key) = key {
                    keys[*key] = false;
                }
                memories.iter().for_each(|&memory| stays[memory] = true);
            }
            if let Work::Since(plan) = &rule.work {
                keys[plan.key] = false;
                plan.memories.iter().for_each(|&memory| stays[memory] = true);
            }
        }
        if let (Some(_), Identity::Key(key)) = (&self.trace, self.identity) {
            keys[key] = false;
        }
        let mut goes = vec![false; self.memories.len()];
        for (leaves, carried) in keys.iter().zip(&self.carried) {
            let which = if *leaves { &mut goes } else { &mut stays };
            carried.iter().for_each(|&memory| which[memory] = true);
        }
        let memories = (0..goes.len()).filter(|&memory| goes[memory] && !stays[memory]).collect();
        Leaving { keys, carried: self.carried.clone(), memories }
    }

    /// Whether rows must be remembered until all of them were seen.
    pub fn keeps_pages(&self) -> bool {
        !self.keys.is_empty()
            || self.identity != Identity::Undeclared
            || self.trace.is_some()
            || self.rules.iter().any(|rule| rule.work.is_later())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    Undeclared,
    /// Declared, but a column of it is absent: no row has an identity.
    Absent,
    Key(usize),
}

/// A bound `when`.
pub struct Filter {
    pub(super) text: String,
    pub condition: Condition,
    pub sources: Vec<usize>,
    /// Whether it looks at the moment of the run.
    pub timed: bool,
}

/// Columns whose values form a key.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyColumns {
    pub columns: Vec<ColumnId>,
    pub types: Vec<ColumnType>,
    pub absent: Absent,
    pub sources: Vec<usize>,
    /// Its values are sealed, as those of the other side are.
    pub seal: Option<Arc<Seal>>,
}

impl KeyColumns {
    /// The keys of a batch.
    pub fn of(&self, batch: &Batch<'_>) -> Keys {
        let keys = key::keys(batch, &self.columns, &self.types, self.absent);
        match &self.seal {
            Some(seal) => seal.keys(keys),
            None => keys,
        }
    }
}

/// One rule, ready to run, or the reason why it cannot.
pub struct RulePlan {
    pub work: Work,
    /// Position in the table's filters.
    pub filter: Option<usize>,
    /// Positions in the table's sources that the rule reads, its filter included.
    pub sources: Vec<usize>,
    /// Whether it judges rows by the moment of the run.
    pub timed: bool,
    /// Whether a row on which it fails or is unknown is not clean.
    pub soils: bool,
    /// Whether it reads a column with data about persons.
    pub personal: bool,
    /// The single column whose value is shown in examples.
    pub shown: Option<ColumnId>,
}

pub enum Work {
    Scan(Box<dyn AnyCheck>),
    Keys {
        key: usize,
        judge: KeyJudge,
    },
    Groups {
        /// Position in the table's keys; `None` is one group for the whole table.
        key: Option<usize>,
        /// Positions in the table's memories.
        memories: Vec<usize>,
        judge: Box<dyn GroupJudge>,
    },
    Reconciled {
        key: usize,
        /// What is compared, for a rule that does.
        column: Option<OurColumn>,
        look_up: LookUp,
    },
    Linked {
        /// Position in the table's links.
        link: usize,
    },
    Asked {
        key: usize,
        /// The day on which a row of theirs must hold, for a rule that goes by it.
        at: Option<DayColumn>,
        asked: Asked,
    },
    Since(SincePlan),
    /// It does not run; `fails` counts every row as failed (a required column is absent).
    Not {
        status: Status,
        note: Text,
    },
}

/// A column of ours that is compared with one of theirs.
#[derive(Clone, Copy)]
pub struct OurColumn {
    /// Position among the cells that go with the key.
    pub cell: usize,
    pub ty: ColumnType,
}

/// A column that says a day.
#[derive(Clone, Copy)]
pub struct DayColumn {
    /// Position in the table's memories.
    pub memory: usize,
    pub ty: ColumnType,
}

impl Work {
    /// Whether it judges once all rows were seen.
    pub const fn is_later(&self) -> bool {
        matches!(
            self,
            Self::Keys { .. }
                | Self::Groups { .. }
                | Self::Reconciled { .. }
                | Self::Linked { .. }
                | Self::Asked { .. }
                | Self::Since(_)
        )
    }

    /// Whether it judges rows of the table.
    pub fn judges_rows(&self) -> bool {
        match self {
            Self::Scan(check) => check.judges_rows(),
            Self::Keys { .. } | Self::Groups { .. } | Self::Linked { .. } => true,
            Self::Reconciled { look_up, .. } => !reconcile::is_of_theirs(look_up),
            Self::Asked { asked, .. } => asked.question.is_of_ours(),
            Self::Since(plan) => plan.since.is_of_ours(),
            Self::Not { .. } => false,
        }
    }
}
