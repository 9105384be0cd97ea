//! Values of one database over its runs: which follow each other, by how much they moved, and where they changed for good.

use std::collections::BTreeMap;

use super::definition::Definition;
use super::record::{Points, Standing};
use super::store::Standings;
use crate::base::{Nano, Text};
use crate::score::Profile;
use crate::score::change_points::{ChangePoint, change_points};
use crate::score::comparable::{self, Basis, Comparison, Reason, RunBasis};

/// Runs of one database at two moments.
const ONE_DATABASE: Comparison = Comparison { same_database: true };

/// A run in a series.
#[derive(Clone, Debug)]
pub struct Entry {
    pub moment: i64,
    pub sequence: u64,
    pub standing: Standing,
    /// What the series is of; `None` where that does not apply.
    pub points: Option<Points>,
    /// Why it is part of no stretch: too little could be measured.
    pub aside: Option<Text>,
    /// Why it does not follow the run before it: here a new stretch begins.
    pub breaks: Vec<Text>,
    /// Official points since the run before it in the same stretch.
    pub change: Option<i64>,
    pub change_point: Option<ChangePoint>,
}

/// Runs by the moment that they speak of; of several that speak of one moment the last stands. The number of those that
/// were set aside comes beside.
pub fn entries(standings: Vec<Standings>) -> (Vec<Entry>, u64) {
    let mut entries: Vec<Entry> = Vec::with_capacity(standings.len());
    let mut superseded = 0;
    for Standings { moment, sequence, standing } in standings {
        let points = Some(standing.score);
        let (aside, breaks, change, change_point) = (None, Vec::new(), None, None);
        let entry = Entry { moment, sequence, standing, points, aside, breaks, change, change_point };
        match entries.last_mut() {
            Some(last) if last.moment == moment => {
                *last = entry;
                superseded += 1;
            }
            _ => entries.push(entry),
        }
    }
    (entries, superseded)
}

/// Splits the runs into stretches of comparable ones, and finds changes within each. A run of which too little could be
/// measured stands aside: those before and after it follow each other, so that it hides no lasting change. `under`: all
/// were scored by one methodology and profile, whatever they were recorded by.
pub fn connect(
    entries: &mut [Entry],
    definitions: &BTreeMap<String, Definition>,
    under: Option<(&str, Profile)>,
) {
    let mut stretches: Vec<Vec<usize>> = Vec::new();
    for at in 0..entries.len() {
        let before = stretches.last().and_then(|stretch| stretch.last().copied());
        let aside = comparable::too_little(entries[at].standing.coverage).map(|reason| reason.text());
        let breaks = match before.filter(|_| aside.is_none()) {
            Some(before) => breaks(&entries[before].standing, &entries[at].standing, definitions, under),
            None => Vec::new(),
        };
        match stretches.last_mut() {
            _ if aside.is_some() => {}
            Some(stretch) if breaks.is_empty() => stretch.push(at),
            _ => stretches.push(vec![at]),
        }
        let entry = &mut entries[at];
        (entry.aside, entry.breaks, entry.change, entry.change_point) = (aside, breaks, None, None);
    }
    for stretch in stretches {
        let known: Vec<(usize, Nano)> =
            stretch.into_iter().filter_map(|at| Some((at, Nano::new(entries[at].points?.0)))).collect();
        for pair in known.windows(2) {
            entries[pair[1].0].change = Some(pair[1].1.get() - pair[0].1.get());
        }
        let values: Vec<Nano> = known.iter().map(|(_, value)| *value).collect();
        for found in change_points(&values) {
            entries[known[found.at].0].change_point = Some(found);
        }
    }
}

fn breaks(
    before: &Standing,
    after: &Standing,
    definitions: &BTreeMap<String, Definition>,
    under: Option<(&str, Profile)>,
) -> Vec<Text> {
    let (Some(old), Some(new)) = (definitions.get(&before.definition), definitions.get(&after.definition))
    else {
        return Vec::new();
    };
    let (old, new) = (basis(before, old, under), basis(after, new, under));
    comparable::reasons(&old, &new, ONE_DATABASE).iter().map(Reason::text).collect()
}

fn basis<'a>(
    standing: &'a Standing,
    definition: &'a Definition,
    under: Option<(&'a str, Profile)>,
) -> Basis<'a> {
    let (methodology, profile) = under.unwrap_or((&definition.methodology, definition.profile));
    Basis {
        run: RunBasis { methodology, profile, as_of: &standing.as_of },
        database: &definition.database,
        packs: definition.packs.iter().collect(),
        contract: definition.contract.as_deref(),
        coverage: standing.coverage,
        own: &[],
    }
}
