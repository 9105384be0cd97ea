//! Whether several databases say the same of the same person, organisation, parcel: over all tables of a run that identify
//! one.
//!
//! Each table is read once; what is to be compared of its rows goes with their keys, in memory or on disk. Then entities are
//! put together in rounds over their identifiers' hashes, as many as it takes for one to fit into memory.

mod coding;
pub mod counts;
pub mod fields;
pub mod list;
mod source;
mod votes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use self::counts::{Counts, Mark, Shape};
use self::fields::{Basis, Fields, keep_namesakes};
use self::list::{Marked, RoundMarks, SettledMarks};
pub use self::source::Source;
use self::source::{Read, read};
use super::elsewhere::Known;
use super::mirror::{Parts, Said};
use super::parts::Round;
use super::run::RunOptions;
use crate::base::Text;
use crate::rule::Table;
use crate::rule::subject::{LeftOut, Speaks, Subject};
use crate::say;

/// What is to be found out.
pub struct Asked<'a> {
    pub subject: &'static Subject,
    /// Databases that are references, the first that speaks of the subject first.
    pub references: &'a [String],
    /// Fill identifiers up with zeros to the digits that they should have.
    pub pad: bool,
    /// Rows that are contradicted are to be listed.
    pub listed: bool,
}

/// A table by its database and its own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableName {
    pub database: String,
    pub table: String,
}

/// What was found out.
pub struct Agreed<'d> {
    pub subject: &'static Subject,
    pub sources: Vec<Source<'d>>,
    /// By source, the place of its database.
    pub databases: Vec<usize>,
    /// The sources of the database of reference, its main table first.
    pub references: Vec<usize>,
    pub fields: Fields,
    pub counts: Counts,
    /// Why nothing could be counted.
    pub failed: Option<Text>,
    pub unread: Vec<(TableName, Text)>,
    /// Tables that may be absent, and are.
    pub absent: Vec<TableName>,
    pub left_out: Vec<(TableName, LeftOut)>,
    pub padded: bool,
    marked: Option<Marked>,
}

/// Tables that are held against each other at most: a mark has a bit for each.
pub const MOST_SOURCES: usize = 64;

/// The tier of main tables.
const MAIN: u32 = 3;

/// A table that speaks of the subject.
struct Candidate<'d> {
    known: Known<'d>,
    table: &'d Table,
    speaks: Speaks,
}

impl Candidate<'_> {
    fn name(&self) -> TableName {
        name_of(&self.known, self.table)
    }
}

fn name_of(known: &Known<'_>, table: &Table) -> TableName {
    TableName { database: known.database.id.value.clone(), table: table.id.value.clone() }
}

/// Reads all tables that speak of a subject, and compares what they say. `None` when it was interrupted.
pub fn agree<'d>(asked: &Asked<'_>, known: &[Known<'d>], options: &RunOptions<'_>) -> Option<Agreed<'d>> {
    options.budget.start();
    let (mut candidates, mut left_out) = (Vec::new(), Vec::new());
    for &database in known {
        for table in &database.database.tables {
            let found = asked.subject.of(table);
            let name = || name_of(&database, table);
            left_out.extend(found.left_out.into_iter().map(|column| (name(), column)));
            candidates.extend(found.speaks.map(|speaks| Candidate { known: database, table, speaks }));
        }
    }
    let too_many = candidates.len() > MOST_SOURCES;
    let reference = reference(&candidates, asked.references);
    let is_reference = |it: &Candidate<'_>| reference == Some(&it.known.database.id.value);
    let mut speaks: Vec<(bool, &mut Speaks)> =
        candidates.iter_mut().map(|it| (is_reference(it), &mut it.speaks)).collect();
    keep_namesakes(&mut speaks);
    let mut agreed = Agreed {
        subject: asked.subject,
        sources: Vec::new(),
        databases: Vec::new(),
        references: Vec::new(),
        fields: Fields::default(),
        counts: Counts::default(),
        failed: None,
        unread: Vec::new(),
        absent: Vec::new(),
        left_out,
        padded: asked.pad && asked.subject.width.is_some(),
        marked: None,
    };
    if too_many {
        agreed.failed = Some(too_many_tables(candidates.len()));
        return Some(agreed);
    }
    let tables = candidates.len();
    for (at, candidate) in candidates.into_iter().enumerate() {
        let name = candidate.name();
        let Candidate { known, table, speaks } = candidate;
        match read(known, table, speaks, asked, at + 1 == tables, options)? {
            Read::Source(source) => agreed.sources.push(*source),
            Read::Absent => agreed.absent.push(name),
            Read::Unread(why) => agreed.unread.push((name, why)),
        }
    }
    agreed.number(reference);
    if let Err(why) = agreed.count(asked.listed, options) {
        agreed.failed = Some(why);
    }
    (!options.interrupted.load(Ordering::Relaxed)).then_some(agreed)
}

fn too_many_tables(tables: usize) -> Text {
    say!(
        "{tables} tables identify them, and no more than {MOST_SOURCES} can be held against each other; name fewer rule files",
        "có {tables} bảng định danh đối tượng này, chỉ so được tối đa {MOST_SOURCES} bảng một lần; hãy nêu ít tệp quy tắc hơn"
    )
}

/// The first database of some that speaks of the subject.
fn reference<'a>(candidates: &[Candidate<'_>], databases: &'a [String]) -> Option<&'a String> {
    databases.iter().find(|id| candidates.iter().any(|it| it.known.database.id.value == **id))
}

impl<'d> Agreed<'d> {
    /// Gives databases their numbers, in the order of their first tables, and finds the tables of the reference.
    fn number(&mut self, reference: Option<&String>) {
        let mut known: Vec<&str> = Vec::new();
        for source in &self.sources {
            let place = known.iter().position(|database| *database == source.database);
            self.databases.push(place.unwrap_or_else(|| {
                known.push(source.database);
                known.len() - 1
            }));
        }
        let own = |at: &usize| reference.is_some_and(|id| self.sources[*at].database == id);
        self.references = (0..self.sources.len()).filter(own).collect();
        self.references.sort_by_key(|at| self.sources[*at].table.tier != MAIN);
    }

    /// The databases, in the order of their numbers.
    pub fn databases(&self) -> Vec<&'d str> {
        let mut all: BTreeMap<usize, &'d str> = BTreeMap::new();
        for (source, number) in self.sources.iter().zip(&self.databases) {
            all.insert(*number, source.database);
        }
        all.into_values().collect()
    }

    fn count(&mut self, listed: bool, options: &RunOptions<'_>) -> Result<(), Text> {
        self.fields = Fields::of(&self.sources, &self.references)?;
        let shape = Shape {
            fields: &self.fields.all,
            databases: &self.databases,
            width: self.subject.width,
            reference: self.references.first().map(|at| self.databases[*at]),
        };
        let mut counts = Counts::new(&shape);
        let marked = listed.then(|| Marked::new(&self.sources, shape.fields.len()));
        for round in Round::all(self.bytes(listed), options.budget.for_judging()) {
            if options.interrupted.load(Ordering::Relaxed) {
                return Ok(());
            }
            let parts = self.sources.iter().map(|source| source.mirror.parts(round));
            let parts = parts.collect::<Result<Vec<Arc<Parts>>, Text>>()?;
            let whole = Whole { shape: &shape, parts: &parts };
            let (more, marks) = whole.count(round.parts().len(), marked.as_ref());
            counts = counts.merge(more);
            if let (Some(marked), Some(marks)) = (&marked, marks) {
                for (at, source) in self.sources.iter().enumerate() {
                    source.mirror.each_row(round, &parts[at], |spot, page, row| {
                        marked.mark(at, page, row, marks.of(at, spot));
                    })?;
                }
            }
        }
        self.counts = counts;
        self.marked = marked;
        Ok(())
    }

    /// About what putting everything together takes.
    fn bytes(&self, listed: bool) -> u64 {
        let fields = self.fields.all.iter().filter(|field| field.basis == Basis::Role).count() as u64;
        // A key with its source and place, sorted; and where rows are listed, what is said of each.
        let more = 64 + if listed { 4 + size_of::<Mark>() as u64 * fields } else { 0 };
        self.sources.iter().map(|source| source.mirror.bytes() + more * source.mirror.rows()).sum()
    }
}

/// A round of all sources.
struct Whole<'w> {
    shape: &'w Shape<'w>,
    parts: &'w [Arc<Parts>],
}

impl Whole<'_> {
    /// Counts the entities of all parts. Sums do not depend on their order.
    fn count(&self, parts: usize, marked: Option<&Marked>) -> (Counts, Option<SettledMarks>) {
        let marks = marked.map(|_| RoundMarks::new(self.parts));
        let none = || Counts::new(self.shape);
        let counts = (0..parts)
            .into_par_iter()
            .fold(none, |mut counts, part| {
                self.part(part, &mut counts, marked.zip(marks.as_ref()));
                counts
            })
            .reduce(none, Counts::merge);
        (counts, marks.map(RoundMarks::settled))
    }

    fn part(&self, part: usize, counts: &mut Counts, marks: Option<(&Marked, &RoundMarks)>) {
        let mut keys: Vec<(u128, u32, u32)> = Vec::new();
        for (source, parts) in self.parts.iter().enumerate() {
            parts.each_key(part, |key, at| keys.push((key, source as u32, at as u32)));
        }
        keys.sort_unstable();
        let (mut sources, mut found) = (Vec::new(), Vec::new());
        let mut all = marks.map(|(_, marks)| marks.part(part));
        for entity in keys.chunk_by(|a, b| a.0 == b.0) {
            sources.clear();
            sources.extend(entity.iter().map(|(_, source, _)| *source as usize));
            let said = |field: usize, source: usize| -> Option<Said> {
                let field = &self.shape.fields[field];
                let (_, _, at) = entity.iter().find(|(_, own, _)| *own as usize == source)?;
                let reading = field.readings[source].as_ref()?;
                Some(reading.said(&self.parts[source], (part, *at as usize), field.likeness))
            };
            found.clear();
            counts.add(self.shape, entity[0].0, &sources, &said, &mut found);
            if let (Some(all), Some((marked, _)), false) = (&mut all, marks, found.is_empty()) {
                all.add(
                    marked.next(),
                    entity.iter().map(|(_, source, at)| (*source as usize, *at as usize)),
                    &found,
                );
            }
        }
    }
}
