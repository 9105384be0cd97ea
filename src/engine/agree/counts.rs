//! What was counted of the entities, and one more of them.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::fields::{Basis, Field};
use super::votes::{Outcome, judge};
use crate::engine::mirror::Said;
use crate::kernel::key;

/// Different values that are counted; more are said to be at least as many.
pub const MOST_VALUES: usize = 1_000;

/// How an entity stands over all databases that know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standings {
    /// In two databases or more.
    pub shared: u64,
    /// Everything that two databases or more say is the same.
    pub agreeing: u64,
    /// Databases contradict each other.
    pub conflicting: u64,
    /// They do not, but one contradicts itself, or a value cannot be read.
    pub unknown: u64,
    /// No two databases say anything of the same kind.
    pub nothing: u64,
}

/// What two tables say of an attribute of entities that both have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    pub agree: u64,
    pub disagree: u64,
    /// One of them, or both, have no value.
    pub lacking: u64,
    /// One contradicts itself, or cannot be read.
    pub unknown: u64,
}

/// Two tables over all attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    pub both: u64,
    /// Of these, entities of which both say something of the same kind.
    pub compared: u64,
    /// Of these, entities of which they contradict each other in something.
    pub differ: u64,
}

/// What the databases say of an attribute.
#[derive(Clone, Debug, Default)]
pub struct FieldCounts {
    pub unanimous: u64,
    /// By how many databases dissent.
    pub majority: BTreeMap<usize, u64>,
    /// No more than half agree.
    pub undecided: u64,
    pub databases: Vec<DatabaseCounts>,
    pub pairs: Vec<Pair>,
    /// By source that is not of the reference, different values on which it agrees with it, up to [`MOST_VALUES`].
    pub values: Vec<HashSet<i128>>,
}

/// How often a database says what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DatabaseCounts {
    /// Entities of which it and another say something.
    pub votes: u64,
    /// It alone contradicts a majority.
    pub alone: u64,
    /// It contradicts a majority together with others.
    pub minority: u64,
    /// There is no majority.
    pub undecided: u64,
    pub contradicts_itself: u64,
}

/// Sums over entities; those of two halves may be added.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By how many databases know them, from one on.
    pub overlap: Vec<u64>,
    pub standings: Standings,
    /// By source.
    pub entities: Vec<u64>,
    /// Of these, those whose identifier has lost digits.
    pub short: Vec<u64>,
    pub meetings: Vec<Meeting>,
    pub fields: Vec<FieldCounts>,
}

/// Where a table stands that contradicts others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// More than half of the databases agree with it. They need not be right.
    Majority,
    Minority,
    /// There is no majority.
    Undecided,
    ContradictsItself,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Majority, Self::Minority, Self::Undecided, Self::ContradictsItself];
}

/// What one source says of an entity that others contradict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub source: usize,
    pub field: usize,
    pub standing: Standing,
    /// Sources that it contradicts, a bit each.
    pub from: u64,
}

/// What does not change from entity to entity.
pub struct Shape<'s> {
    pub fields: &'s [Field],
    /// By source.
    pub databases: &'s [usize],
    /// Digits of a whole identifier.
    pub width: Option<u32>,
    /// The database of reference.
    pub reference: Option<usize>,
}

impl Shape<'_> {
    fn sources(&self) -> usize {
        self.databases.len()
    }

    pub fn databases(&self) -> usize {
        self.databases.iter().max().map_or(0, |last| last + 1)
    }

    /// Where a pair of sources stands among all, the lower first.
    pub fn pair(&self, a: usize, b: usize) -> usize {
        pair(self.sources(), a, b)
    }
}

/// Where a pair of `sources` stands among all, `a` being below `b`.
pub const fn pair(sources: usize, a: usize, b: usize) -> usize {
    a * sources - a * (a + 1) / 2 + b - a - 1
}

impl Counts {
    pub fn new(shape: &Shape<'_>) -> Self {
        let (sources, databases) = (shape.sources(), shape.databases());
        let pairs = sources * sources.saturating_sub(1) / 2;
        let field = FieldCounts {
            databases: vec![DatabaseCounts::default(); databases],
            pairs: vec![Pair::default(); pairs],
            values: vec![HashSet::new(); sources],
            ..FieldCounts::default()
        };
        Self {
            overlap: vec![0; databases],
            standings: Standings::default(),
            entities: vec![0; sources],
            short: vec![0; sources],
            meetings: vec![Meeting::default(); pairs],
            fields: vec![field; shape.fields.len()],
        }
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let sums = |ours: &mut [u64], theirs: &[u64]| {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        };
        sums(&mut self.overlap, &other.overlap);
        sums(&mut self.entities, &other.entities);
        sums(&mut self.short, &other.short);
        let (ours, theirs) = (&mut self.standings, other.standings);
        ours.shared += theirs.shared;
        ours.agreeing += theirs.agreeing;
        ours.conflicting += theirs.conflicting;
        ours.unknown += theirs.unknown;
        ours.nothing += theirs.nothing;
        for (ours, theirs) in self.meetings.iter_mut().zip(&other.meetings) {
            ours.both += theirs.both;
            ours.compared += theirs.compared;
            ours.differ += theirs.differ;
        }
        for (ours, theirs) in self.fields.iter_mut().zip(other.fields) {
            ours.merge(theirs);
        }
        self
    }

    /// Counts one entity: what each source that has it says, the sources in order. Gives what is contradicted.
    pub fn add(
        &mut self,
        shape: &Shape<'_>,
        identifier: u128,
        sources: &[usize],
        said: &dyn Fn(usize, usize) -> Option<Said>,
        marks: &mut Vec<Mark>,
    ) {
        let mut known: Vec<usize> = sources.iter().map(|source| shape.databases[*source]).collect();
        known.sort_unstable();
        known.dedup();
        self.overlap[known.len() - 1] += 1;
        let length = u64::try_from(identifier).map(key::length).ok();
        let short = shape.width.zip(length).is_some_and(|(width, length)| length < width as usize);
        for &source in sources {
            self.entities[source] += 1;
            self.short[source] += u64::from(short);
        }
        let mut met = Met { compared: vec![0; shape.sources()], differ: vec![0; shape.sources()] };
        let (mut any, mut conflict, mut unknown) = (false, false, false);
        for (at, field) in shape.fields.iter().enumerate() {
            let of: Vec<(usize, Said)> =
                sources.iter().filter_map(|source| Some((*source, said(at, *source)?))).collect();
            if of.is_empty() {
                continue;
            }
            let counts = &mut self.fields[at];
            let from = counts.compare(shape, field, &of, &mut met);
            if field.basis == Basis::Name {
                continue;
            }
            let vote = counts.vote(shape, field, &of, &known);
            match vote.outcome {
                Outcome::Single => {}
                Outcome::Unanimous => any = true,
                Outcome::Majority(_) | Outcome::Undecided => conflict = true,
            }
            unknown |= vote.unknown;
            let contradicted =
                of.iter().zip(from).filter(|((_, said), from)| *from > 0 || *said == Said::Ambiguous);
            marks.extend(contradicted.map(|((source, said), from)| Mark {
                source: *source,
                field: at,
                standing: vote.standing(shape.databases[*source], *said),
                from,
            }));
        }
        self.meet(shape, sources, &met);
        if known.len() > 1 {
            let standings = &mut self.standings;
            standings.shared += 1;
            let class = match (conflict, unknown, any) {
                (true, ..) => &mut standings.conflicting,
                (_, true, _) => &mut standings.unknown,
                (.., true) => &mut standings.agreeing,
                _ => &mut standings.nothing,
            };
            *class += 1;
        }
    }

    fn meet(&mut self, shape: &Shape<'_>, sources: &[usize], met: &Met) {
        for (at, &a) in sources.iter().enumerate() {
            for &b in &sources[at + 1..] {
                let meeting = &mut self.meetings[shape.pair(a, b)];
                meeting.both += 1;
                meeting.compared += met.compared[a] >> b & 1;
                meeting.differ += met.differ[a] >> b & 1;
            }
        }
    }
}

/// Which sources have met over an entity: for each, a bit for each later one.
struct Met {
    compared: Vec<u64>,
    differ: Vec<u64>,
}

/// What the databases say of an attribute of an entity.
struct Vote {
    outcome: Outcome,
    /// Databases that have a vote.
    voters: Vec<usize>,
    /// One contradicts itself or cannot be read, where others could be compared with it.
    unknown: bool,
    contradictory: Vec<usize>,
}

impl Vote {
    fn standing(&self, database: usize, said: Said) -> Standing {
        if said == Said::Ambiguous || self.contradictory.contains(&database) {
            return Standing::ContradictsItself;
        }
        let place = self.voters.iter().position(|voter| *voter == database);
        match (&self.outcome, place) {
            (Outcome::Majority(with), Some(place)) if with[place] => Standing::Majority,
            (Outcome::Majority(_), Some(_)) => Standing::Minority,
            _ => Standing::Undecided,
        }
    }
}

impl FieldCounts {
    fn merge(&mut self, other: Self) {
        self.unanimous += other.unanimous;
        self.undecided += other.undecided;
        for (dissenters, entities) in other.majority {
            *self.majority.entry(dissenters).or_default() += entities;
        }
        for (ours, theirs) in self.databases.iter_mut().zip(other.databases) {
            ours.votes += theirs.votes;
            ours.alone += theirs.alone;
            ours.minority += theirs.minority;
            ours.undecided += theirs.undecided;
            ours.contradicts_itself += theirs.contradicts_itself;
        }
        for (ours, theirs) in self.pairs.iter_mut().zip(other.pairs) {
            ours.agree += theirs.agree;
            ours.disagree += theirs.disagree;
            ours.lacking += theirs.lacking;
            ours.unknown += theirs.unknown;
        }
        for (ours, theirs) in self.values.iter_mut().zip(other.values) {
            // That there are too many is so whichever of them are kept.
            if ours.len() < MOST_VALUES {
                ours.extend(theirs);
            }
        }
    }

    /// Remembers the value of a source that agrees with another one.
    fn see(&mut self, shape: &Shape<'_>, (source, said): (usize, Said), with: usize) {
        let is_reference = |source: usize| Some(shape.databases[source]) == shape.reference;
        let seen = &mut self.values[source];
        if let Said::Value(value) = said
            && seen.len() < MOST_VALUES
            && is_reference(with)
            && !is_reference(source)
        {
            seen.insert(value);
        }
    }

    /// Holds any two sources against each other; gives, for each, those that it contradicts.
    fn compare(&mut self, shape: &Shape<'_>, field: &Field, of: &[(usize, Said)], met: &mut Met) -> Vec<u64> {
        let mut from = vec![0_u64; of.len()];
        for (one, &(a, ours)) in of.iter().enumerate() {
            for (other, &(b, theirs)) in of.iter().enumerate().skip(one + 1) {
                let pair = &mut self.pairs[shape.pair(a, b)];
                let agree = match (ours, theirs) {
                    (Said::Nothing, _) | (_, Said::Nothing) => {
                        pair.lacking += 1;
                        continue;
                    }
                    (Said::Value(ours), Said::Value(theirs)) => {
                        field.likeness.together(ours, theirs).is_some()
                    }
                    _ => {
                        pair.unknown += 1;
                        continue;
                    }
                };
                if agree {
                    pair.agree += 1;
                    self.see(shape, (a, ours), b);
                    self.see(shape, (b, theirs), a);
                } else {
                    pair.disagree += 1;
                    from[one] |= 1 << b;
                    from[other] |= 1 << a;
                }
                if field.basis == Basis::Role {
                    met.compared[a] |= 1 << b;
                    met.differ[a] |= u64::from(!agree) << b;
                }
            }
        }
        from
    }

    /// Lets each database say one thing, if it says one thing.
    fn vote(&mut self, shape: &Shape<'_>, field: &Field, of: &[(usize, Said)], known: &[usize]) -> Vote {
        let (mut voters, mut votes) = (Vec::new(), Vec::new());
        let mut vote =
            Vote { outcome: Outcome::Single, voters: Vec::new(), unknown: false, contradictory: Vec::new() };
        let mut speaking = 0;
        for &database in known {
            let own = of.iter().filter(|(source, _)| shape.databases[*source] == database);
            match Said::together(own.map(|(_, said)| *said), field.likeness) {
                Said::Value(value) => {
                    voters.push(database);
                    votes.push(value);
                }
                Said::Ambiguous => {
                    self.databases[database].contradicts_itself += 1;
                    vote.contradictory.push(database);
                    vote.unknown = true;
                }
                Said::Unreadable => vote.unknown = true,
                Said::Nothing => continue,
            }
            speaking += 1;
        }
        vote.unknown &= speaking > 1;
        vote.outcome = judge(field.likeness, &votes);
        match &vote.outcome {
            Outcome::Single => return vote,
            Outcome::Unanimous => self.unanimous += 1,
            Outcome::Undecided => self.undecided += 1,
            Outcome::Majority(with) => {
                let dissenters = with.iter().filter(|with| !**with).count();
                *self.majority.entry(dissenters).or_default() += 1;
                let against = voters.iter().zip(with).filter(|(_, with)| !**with);
                against.for_each(|(database, _)| {
                    let counts = &mut self.databases[*database];
                    *(if dissenters == 1 { &mut counts.alone } else { &mut counts.minority }) += 1;
                });
            }
        }
        let undecided = u64::from(vote.outcome == Outcome::Undecided);
        for &database in &voters {
            self.databases[database].votes += 1;
            self.databases[database].undecided += undecided;
        }
        vote.voters = voters;
        vote
    }
}
