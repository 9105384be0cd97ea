//! What several tables say of the same subjects: columns brought together, where their values can be compared at all.

use std::collections::{BTreeMap, BTreeSet};

use super::coding::{self, Coding, MOST_CODES};
use super::source::Source;
use crate::base::Text;
use crate::engine::mirror::{MirrorColumn, Parts, Said, Spot};
use crate::kernel::likeness::Likeness;
use crate::rule::subject::{Attribute, Codes, Other, Speaks};

/// Why columns are taken for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    Role,
    Name,
}

/// Something that two tables or more say of their subjects.
pub struct Field {
    /// What the role says; by name, the column of the reference.
    pub id: String,
    pub basis: Basis,
    pub likeness: Likeness,
    /// By source; `None` where it says nothing of the kind.
    pub readings: Vec<Option<Reading>>,
}

/// Where one source says it.
pub struct Reading {
    pub columns: Vec<String>,
    at: Vec<MirrorColumn>,
    /// The column of its code list whose words are compared instead of the codes.
    pub label: Option<String>,
    words: BTreeMap<i128, i128>,
}

/// A column that should be compared and cannot be read.
pub struct UnreadColumn {
    pub source: usize,
    pub column: String,
    pub why: Text,
}

/// Sources that write something in different codes, so that their values say nothing about each other.
pub struct CodeSets {
    pub field: String,
    /// Sources by set.
    pub sets: Vec<Vec<usize>>,
}

#[derive(Default)]
pub struct Fields {
    pub all: Vec<Field>,
    pub unread: Vec<UnreadColumn>,
    pub code_sets: Vec<CodeSets>,
}

impl Reading {
    /// What the source says of a subject.
    pub fn said(&self, parts: &Parts, spot: Spot, likeness: Likeness) -> Said {
        let said = self.at.iter().map(|column| parts.said(*column, spot));
        match Said::together(said, likeness) {
            Said::Value(code) => Said::Value(self.words.get(&code).copied().unwrap_or(code)),
            other => other,
        }
    }
}

/// Leaves of the columns that only names could match those that some name matches: the reference's with any other's. Each
/// table comes with whether it is one of the reference.
pub fn keep_namesakes(speaks: &mut [(bool, &mut Speaks)]) {
    let names = |of: bool| -> BTreeSet<String> {
        let own = speaks.iter().filter(|(reference, _)| *reference == of);
        own.flat_map(|(_, it)| &it.others).flat_map(|other| other.names.clone()).collect()
    };
    let (theirs, ours) = (names(true), names(false));
    for (reference, one) in speaks {
        let known = if *reference { &ours } else { &theirs };
        one.others.retain(|other| other.names.iter().any(|name| known.contains(name)));
    }
}

impl Fields {
    /// `references` are the sources of the database of reference.
    ///
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn of(sources: &[Source<'_>], references: &[usize]) -> Result<Self, Text> {
        let mut fields = Self::default();
        let mut kinds: Vec<&Attribute> = Vec::new();
        for attribute in sources.iter().flat_map(|source| &source.speaks.attributes) {
            if !kinds.iter().any(|kind| kind.id == attribute.id) {
                kinds.push(attribute);
            }
        }
        for kind in kinds {
            let (id, likeness) = (kind.id, kind.likeness);
            let (mut readings, mut codes) = (Vec::new(), Vec::new());
            for (at, source) in sources.iter().enumerate() {
                let attribute = source.speaks.attributes.iter().find(|it| it.id == id);
                readings.push(attribute.and_then(|it| fields.reading(sources, at, &it.columns, likeness)));
                codes.push(attribute.and_then(|it| it.codes.as_ref()));
            }
            let sets =
                if kind.listed { coded(&mut readings, &codes, sources)? } else { typed(&readings, likeness) };
            fields.add(id, likeness, readings, sets);
        }
        for &reference in references {
            for other in &sources[reference].speaks.others {
                fields.namesakes(sources, reference, other);
            }
        }
        Ok(fields)
    }

    /// What of some columns can be read; one that cannot, or not in every file, is told, unless it may be absent.
    fn reading(
        &mut self,
        sources: &[Source<'_>],
        at: usize,
        columns: &[String],
        likeness: Likeness,
    ) -> Option<Reading> {
        let source = &sources[at];
        let mut reading =
            Reading { columns: Vec::new(), at: Vec::new(), label: None, words: BTreeMap::new() };
        for column in columns {
            match source.column(column, likeness) {
                Ok(found) => {
                    reading.columns.push(column.clone());
                    reading.at.push(found);
                    self.tell(at, column, source.lacking(column));
                }
                Err(_) if source.is_optional(column) => {}
                Err(why) => self.tell(at, column, Some(why)),
            }
        }
        (!reading.at.is_empty()).then_some(reading)
    }

    /// Notes why a column is not read, once.
    fn tell(&mut self, source: usize, column: &str, why: Option<Text>) {
        let known = self.unread.iter().any(|it| it.source == source && it.column == column);
        if let Some(why) = why.filter(|_| !known) {
            self.unread.push(UnreadColumn { source, column: column.to_owned(), why });
        }
    }

    /// Adds a field for each set of sources whose values can be compared.
    fn add(&mut self, id: &str, likeness: Likeness, mut readings: Readings, sets: Vec<Vec<usize>>) {
        if sets.len() > 1 {
            self.code_sets.push(CodeSets { field: id.to_owned(), sets: sets.clone() });
        }
        for set in sets.into_iter().filter(|set| set.len() > 1) {
            let mut taken: Readings = (0..readings.len()).map(|_| None).collect();
            for at in set {
                taken[at] = readings[at].take();
            }
            self.all.push(Field { id: id.to_owned(), basis: Basis::Role, likeness, readings: taken });
        }
    }

    /// A column of the reference, and those of the same name elsewhere.
    fn namesakes(&mut self, sources: &[Source<'_>], reference: usize, column: &Other) {
        let same = |other: &Other| {
            other.likeness == column.likeness
                && other.names.iter().any(|name| column.names.contains(name))
                && match (other.ty, column.ty) {
                    (Some(a), Some(b)) => column.likeness.compares(a, b),
                    _ => true,
                }
        };
        let mut readings: Readings = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            let own =
                |other: &&Other| if at == reference { other.column == column.column } else { same(other) };
            // In the database of the reference itself nothing is collected twice.
            let beside = at != reference && source.database == sources[reference].database;
            let found = source.speaks.others.iter().find(own).filter(|_| !beside);
            readings.push(
                found.and_then(|it| self.reading(sources, at, std::slice::from_ref(&it.column), it.likeness)),
            );
        }
        if readings[reference].is_some() && readings.iter().flatten().count() > 1 {
            let (id, likeness) = (column.column.clone(), column.likeness);
            self.all.push(Field { id, basis: Basis::Name, likeness, readings });
        }
    }
}

/// What there is of some columns, by source.
type Readings = Vec<Option<Reading>>;

/// The sources that have a reading.
fn present(readings: &[Option<Reading>]) -> Vec<usize> {
    (0..readings.len()).filter(|at| readings[*at].is_some()).collect()
}

/// Sources by the way in which their types are spelt, where that matters.
fn typed(readings: &[Option<Reading>], likeness: Likeness) -> Vec<Vec<usize>> {
    let ty = |at: usize| readings[at].as_ref().map(|it| it.at[0].ty);
    coding::sets(&present(readings), |a, b| ty(a).zip(ty(b)).is_none_or(|(a, b)| likeness.compares(a, b)))
}

/// Sources by set of codes, those that are to be read by the words of their lists being so from now on.
fn coded(
    readings: &mut [Option<Reading>],
    codes: &[Option<&Codes>],
    sources: &[Source<'_>],
) -> Result<Vec<Vec<usize>>, Text> {
    let mut all = Vec::new();
    for ((reading, codes), source) in readings.iter().zip(codes).zip(sources) {
        let coding = |reading: &Reading| {
            source.mirror.seen(reading.at[0], MOST_CODES).map(|seen| Coding::of(seen, *codes))
        };
        all.push(reading.as_ref().map(coding).transpose()?);
    }
    let mut sets = coding::coded(&mut all);
    for (reading, coding) in readings.iter_mut().zip(&all) {
        if let (Some(reading), Some((name, words))) = (reading, coding.as_ref().and_then(Coding::read_as)) {
            reading.label = Some(name.to_owned());
            reading.words.clone_from(words);
        }
    }
    // Beside others, columns without values are of no set of their own.
    if sets.len() > 1 {
        let is_known = |at: &usize| all[*at].as_ref().is_some_and(|coding| !coding.is_unknown());
        sets.retain(|set| set.iter().any(is_known));
    }
    Ok(sets)
}
