//! Rows that other databases contradict: marked while entities are put together, and read once more to be listed, as the
//! failing rows of rules are.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use arrow::buffer::BooleanBuffer;

use super::counts::{Mark, Standing};
use super::{Agreed, Source};
use crate::base::Text;
use crate::engine::mirror::{Parts, Spot};
use crate::engine::parts::Bits;
use crate::engine::plan::{RulePlan, Work};
use crate::engine::rows::{FailingRow, JudgedTable, Portion, RowSink, Wanted};
use crate::engine::second_look::{Brought, LookError, LookOptions};
use crate::engine::verdicts::{self, Verdicts};
use crate::kernel::RowVerdict;
use crate::kernel::key::KeyJudge;
use crate::rule::{At, Table};

/// Of each source, what is marked of its rows: bits, as the verdicts of rules are.
pub struct Marked {
    sources: Vec<MarkedSource>,
    /// Entities that were numbered, in any order.
    entities: AtomicU32,
    width: usize,
}

struct MarkedSource {
    /// Rows by page.
    pages: Vec<usize>,
    /// By page, the bits of each [`Flag`]; most pages have none of most.
    flags: Vec<Vec<OnceLock<Bits>>>,
    /// By page, the number of the entity of each row; 0 is none.
    entities: Vec<OnceLock<Vec<AtomicU32>>>,
}

/// What is marked of a row: how it stands in a field, or whom it contradicts there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    Stands(usize, Standing),
    From(usize, usize),
}

impl Flag {
    /// Its place, of fields with so many sources.
    fn place(self, sources: usize) -> usize {
        let of = |field: usize| field * (Standing::ALL.len() + sources);
        match self {
            Self::Stands(field, standing) => of(field) + standing as usize,
            Self::From(field, source) => of(field) + Standing::ALL.len() + source,
        }
    }

    fn of(place: usize, sources: usize) -> Self {
        let each = Standing::ALL.len() + sources;
        let (field, flag) = (place / each, place % each);
        match Standing::ALL.get(flag) {
            Some(standing) => Self::Stands(field, *standing),
            None => Self::From(field, flag - Standing::ALL.len()),
        }
    }
}

impl Marked {
    pub fn new(sources: &[Source<'_>], fields: usize) -> Self {
        let flags = fields * (Standing::ALL.len() + sources.len());
        let of = |source: &Source<'_>| {
            let pages: Vec<usize> = source.state.ledger.pages.iter().map(|page| page.rows).collect();
            let bits = || (0..flags).map(|_| OnceLock::new()).collect();
            MarkedSource {
                flags: pages.iter().map(|_| bits()).collect(),
                entities: pages.iter().map(|_| OnceLock::new()).collect(),
                pages,
            }
        };
        Self { sources: sources.iter().map(of).collect(), entities: AtomicU32::new(0), width: sources.len() }
    }

    /// The number of a further entity.
    pub fn next(&self) -> u32 {
        self.entities.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn mark(&self, source: usize, page: usize, row: usize, found: Option<Found<'_>>) {
        let Some(Found { entity, marks }) = found else { return };
        let of = &self.sources[source];
        let rows = of.pages[page];
        let set = |flag: Flag| {
            of.flags[page][flag.place(self.width)].get_or_init(|| Bits::new(rows)).set(row);
        };
        for mark in marks.iter().filter(|mark| mark.source == source) {
            set(Flag::Stands(mark.field, mark.standing));
            let from = (0..self.width).filter(|other| mark.from >> other & 1 == 1);
            from.for_each(|other| set(Flag::From(mark.field, other)));
        }
        let numbers = of.entities[page].get_or_init(|| (0..rows).map(|_| AtomicU32::new(0)).collect());
        numbers[row].store(entity, Ordering::Relaxed);
    }

    /// Numbers entities by the first of their rows, so that neither threads nor identifiers decide.
    fn settle(&self) {
        let mut named = vec![0_u32; self.entities.load(Ordering::Relaxed) as usize + 1];
        let mut next = 0;
        let pages = self.sources.iter().flat_map(|source| &source.entities);
        for number in pages.filter_map(OnceLock::get).flatten() {
            let provisional = number.load(Ordering::Relaxed) as usize;
            if provisional == 0 {
                continue;
            }
            if named[provisional] == 0 {
                next += 1;
                named[provisional] = next;
            }
            number.store(named[provisional], Ordering::Relaxed);
        }
    }
}

/// What is marked of the entities of a round.
pub struct RoundMarks {
    parts: Vec<Mutex<PartMarks>>,
}

/// Of one part.
pub struct PartMarks {
    /// For every source, by the places of its keys, which of `entities` it is, from 1 on.
    places: Vec<Vec<u32>>,
    /// Numbers, and where the marks of each begin.
    entities: Vec<(u32, u32)>,
    marks: Vec<Mark>,
}

/// What is marked of an entity.
pub struct Found<'f> {
    entity: u32,
    marks: &'f [Mark],
}

impl RoundMarks {
    pub fn new(parts: &[Arc<Parts>]) -> Self {
        let sizes: Vec<Vec<usize>> = parts.iter().map(|parts| parts.sizes()).collect();
        let count = sizes.iter().map(Vec::len).max().unwrap_or_default();
        let part = |part: usize| PartMarks {
            places: sizes.iter().map(|sizes| vec![0; sizes[part]]).collect(),
            entities: Vec::new(),
            marks: Vec::new(),
        };
        Self { parts: (0..count).map(|at| Mutex::new(part(at))).collect() }
    }

    pub fn part(&self, part: usize) -> MutexGuard<'_, PartMarks> {
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parts as they are once all are there: nobody waits for another to look at them.
    pub fn settled(self) -> SettledMarks {
        let parts =
            self.parts.into_iter().map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner));
        SettledMarks { parts: parts.collect() }
    }
}

pub struct SettledMarks {
    parts: Vec<PartMarks>,
}

impl SettledMarks {
    /// What is marked of the entity that a source has there, if anything is.
    pub fn of(&self, source: usize, (part, at): Spot) -> Option<Found<'_>> {
        let PartMarks { places, entities, marks } = &self.parts[part];
        let place = places[source][at] as usize;
        let (entity, from) = *entities.get(place.checked_sub(1)?)?;
        let upto = entities.get(place).map_or(marks.len(), |(_, next)| *next as usize);
        let marks = &marks[from as usize..upto];
        marks.iter().any(|mark| mark.source == source).then_some(Found { entity, marks })
    }
}

impl PartMarks {
    /// Adds an entity by its places in the sources that have it.
    pub fn add(&mut self, number: u32, places: impl Iterator<Item = (usize, usize)>, marks: &[Mark]) {
        self.entities.push((number, self.marks.len() as u32));
        self.marks.extend_from_slice(marks);
        for (source, at) in places {
            self.places[source][at] = self.entities.len() as u32;
        }
    }
}

/// A row that others contradict, or that is of those by which its table contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRow {
    /// Place in [`ListedTable::files`].
    pub file: usize,
    /// One-based within the file.
    pub row: u64,
    /// Rows of one number are of one entity, in all tables of the subject.
    pub entity: u32,
    /// The identifier; masked unless values may be seen.
    pub identifier: Option<String>,
    pub differing: Vec<Differing>,
}

/// What is contradicted of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Place among the fields.
    pub field: usize,
    pub standing: Standing,
    /// Sources that say otherwise.
    pub from: Vec<usize>,
    /// What the row's columns say, if values may be seen.
    pub values: Vec<Option<String>>,
}

/// A table whose contradicted rows can be listed.
pub struct Listed<'d> {
    pub database: &'d str,
    pub table: Table,
    source: Source<'d>,
    marked: MarkedSource,
    sources: usize,
    /// By field, where its columns are among those of the key.
    columns: Vec<Vec<usize>>,
}

impl<'d> Agreed<'d> {
    /// The tables in their order, if rows were marked. With `reveal` rows will be shown with what is compared of them.
    pub fn into_listed(self, reveal: bool) -> Vec<Listed<'d>> {
        let Some(marked) = self.marked else { return Vec::new() };
        marked.settle();
        let count = self.sources.len();
        let listed = |(at, (source, marked)): (usize, (Source<'d>, MarkedSource))| {
            let mut key = vec![source.speaks.identifier.clone()];
            let mut columns = Vec::new();
            for field in &self.fields.all {
                let reading = field.readings[at].as_ref().filter(|_| reveal);
                let names = reading.map_or(&[][..], |reading| &reading.columns);
                columns.push((key.len()..key.len() + names.len()).collect());
                key.extend_from_slice(names);
            }
            let table = identified_by(source.table, key);
            Listed { database: source.database, table, source, marked, sources: count, columns }
        };
        self.sources.into_iter().zip(marked.sources).enumerate().map(listed).collect()
    }
}

/// The table with another key, and without its rules.
fn identified_by(table: &Table, key: Vec<String>) -> Table {
    Table {
        id: table.id.clone(),
        title: table.title.clone(),
        files: table.files.clone(),
        text_options: table.text_options.clone(),
        tier: table.tier,
        key: key.into_iter().map(|value| At { value, span: 0..0 }).collect(),
        required: table.required,
        allow_empty: table.allow_empty,
        update_cycle: table.update_cycle,
        packs: Vec::new(),
        any_naming: table.any_naming,
        columns: table.columns.clone(),
        rules: Vec::new(),
    }
}

impl Listed<'_> {
    /// The name of a file, relative to the data directory.
    pub fn files(&self) -> Vec<String> {
        self.source.files.files.iter().map(|file| file.name.clone()).collect()
    }

    /// Reads the files once more and brings the marked rows in order.
    ///
    /// # Errors
    /// As those of a second look at failing rows.
    pub fn bring(
        self,
        take: &mut (dyn FnMut(&ListedRow) -> Result<(), Text> + Send),
        options: &LookOptions<'_>,
    ) -> Result<Brought, LookError> {
        let Self { database, table, source, marked, sources, columns } = self;
        let Source { mut plan, files, mut state, .. } = source;
        let first = plan.rules.len();
        let flags = marked.flags.first().map_or(0, Vec::len);
        // One rule for each flag, and before them one that every listed row fails.
        let unjudged = || RulePlan::of_nobody(Work::Keys { key: 0, judge: KeyJudge::Unique });
        plan.rules.extend((0..=flags).map(|_| unjudged()));
        let broken = vec![false; plan.rules.len()];
        let (verdicts, clusters) = marked.verdicts(first);
        let pages = verdicts::pages(std::mem::take(&mut state.ledger), verdicts, &[]);
        let clusters = vec![(first, clusters)];
        let verdicts = Verdicts { pages, clusters, broken, none_clean: false, missing: Vec::new() };
        let judged = JudgedTable::new(database, &table, plan, files, state, verdicts);
        let mut rows = Rows { first, sources, columns, take };
        judged.second_look(&mut rows, options)
    }
}

/// Looks for failing rows alone.
pub const WANTED: Wanted = Wanted { failing: true, records: false, reconciled: false };

/// By rule, what it says of each page.
type RuleVerdicts = Vec<(usize, Vec<RowVerdict>)>;

impl MarkedSource {
    /// What rows fail, by rules from `first` on, and the entities of each page.
    fn verdicts(self, first: usize) -> (RuleVerdicts, Vec<Vec<u32>>) {
        let Self { pages, flags, entities } = self;
        let entities: Vec<Vec<u32>> = entities
            .into_iter()
            .map(|numbers| numbers.into_inner().into_iter().flatten().map(AtomicU32::into_inner).collect())
            .collect();
        let none = BooleanBuffer::new_unset(pages.iter().copied().max().unwrap_or_default());
        let verdict = |fail: BooleanBuffer| RowVerdict::new(fail.clone(), fail);
        let listed = pages.iter().zip(&entities).map(|(&rows, numbers)| {
            let is = |row: usize| numbers.get(row).is_some_and(|number| *number > 0);
            verdict(BooleanBuffer::collect_bool(rows, is))
        });
        let mut verdicts = vec![(first, listed.collect())];
        let mut flags: Vec<Vec<Option<Bits>>> =
            flags.into_iter().map(|page| page.into_iter().map(OnceLock::into_inner).collect()).collect();
        for flag in 0..flags.first().map_or(0, Vec::len) {
            let of = flags.iter_mut().zip(&pages).map(|(page, &rows)| {
                verdict(page[flag].take().map_or_else(|| none.slice(0, rows), |bits| bits.into_buffer(rows)))
            });
            verdicts.push((first + 1 + flag, of.collect()));
        }
        (verdicts, entities)
    }
}

/// Makes listed rows of failing ones.
struct Rows<'r> {
    first: usize,
    sources: usize,
    columns: Vec<Vec<usize>>,
    take: &'r mut (dyn FnMut(&ListedRow) -> Result<(), Text> + Send),
}

impl RowSink for Rows<'_> {
    fn take(&mut self, portion: &Portion) -> Result<(), Text> {
        let Portion::Failing(rows) = portion else { return Ok(()) };
        rows.iter().try_for_each(|row| {
            let listed = self.listed(row);
            (self.take)(&listed)
        })
    }
}

impl Rows<'_> {
    fn listed(&self, row: &FailingRow) -> ListedRow {
        let mut differing: Vec<Differing> = Vec::new();
        for flag in row.broken.iter().filter_map(|broken| broken.rule.checked_sub(self.first + 1)) {
            match Flag::of(flag, self.sources) {
                // How a row stands comes before whom it contradicts.
                Flag::Stands(field, standing) => differing.push(Differing {
                    field,
                    standing,
                    from: Vec::new(),
                    values: self.columns[field].iter().map(|at| row.key[*at].clone()).collect(),
                }),
                Flag::From(_, source) => {
                    differing.iter_mut().last().into_iter().for_each(|it| it.from.push(source))
                }
            }
        }
        let listed = row.broken.iter().find(|broken| broken.rule == self.first);
        ListedRow {
            file: row.file,
            row: row.row,
            entity: listed.and_then(|broken| broken.cluster).unwrap_or_default(),
            identifier: row.key.first().cloned().flatten(),
            differing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_its_place() {
        for (place, flag) in (0..40).map(|place| (place, Flag::of(place, 4))) {
            assert_eq!(flag.place(4), place, "{flag:?}");
        }
        assert_eq!(Flag::of(0, 4), Flag::Stands(0, Standing::Majority));
        assert_eq!((Flag::of(7, 4), Flag::of(8, 4)), (Flag::From(0, 3), Flag::Stands(1, Standing::Majority)));
    }
}
