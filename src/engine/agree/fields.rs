//! What several tables say of the same subjects: columns brought together, where their values can be compared at all.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use crate::base::Text;
use crate::engine::mirror::{MirrorColumn, Parts, Said, Spot};
use crate::kernel::likeness::{self, Likeness};
use crate::rule::subject::{Codes, Other, Speaks};

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

/// Sets of codes that are looked at; what has more is no short list whose codes could be of another list.
const MOST_CODES: usize = 64;

impl Reading {
    /// What the source says of a subject.
    pub fn said(&self, parts: &Parts, spot: Spot, likeness: Likeness) -> Said {
        let said = self.at.iter().map(|column| parts.said(*column, spot));
        match all(said, likeness) {
            Said::Value(code) => Said::Value(self.words.get(&code).copied().unwrap_or(code)),
            other => other,
        }
    }
}

/// What several say together.
pub fn all(said: impl Iterator<Item = Said>, likeness: Likeness) -> Said {
    let (mut value, mut unreadable) = (None, false);
    for one in said {
        match (one, value) {
            (Said::Nothing, _) => {}
            (Said::Ambiguous, _) => return Said::Ambiguous,
            (Said::Unreadable, _) => unreadable = true,
            (Said::Value(new), None) => value = Some(new),
            (Said::Value(new), Some(known)) => match likeness.together(known, new) {
                Some(both) => value = Some(both),
                None => return Said::Ambiguous,
            },
        }
    }
    match value {
        Some(value) => Said::Value(value),
        None if unreadable => Said::Unreadable,
        None => Said::Nothing,
    }
}

/// Leaves of the columns that only names could match those that some name matches: the reference's with any other's.
pub fn keep_namesakes(speaks: &mut [&mut Speaks], reference: Option<usize>) {
    let names =
        |others: &[Other]| -> BTreeSet<String> { others.iter().flat_map(|it| it.names.clone()).collect() };
    let theirs = reference.map_or_else(BTreeSet::new, |at| names(&speaks[at].others));
    let rest = speaks.iter().enumerate().filter(|(at, _)| Some(*at) != reference);
    let ours: BTreeSet<String> = rest.flat_map(|(_, it)| names(&it.others)).collect();
    for (at, one) in speaks.iter_mut().enumerate() {
        let known = if Some(at) == reference { &ours } else { &theirs };
        one.others.retain(|other| other.names.iter().any(|name| known.contains(name)));
    }
}

impl Fields {
    /// # Errors
    /// Keys on disk cannot be read again.
    pub fn of(sources: &[Source<'_>], reference: Option<usize>) -> Result<Self, Text> {
        let mut fields = Self::default();
        let mut ids: Vec<(&'static str, Likeness)> = Vec::new();
        for attribute in sources.iter().flat_map(|source| &source.speaks.attributes) {
            if !ids.iter().any(|(id, _)| *id == attribute.id) {
                ids.push((attribute.id, attribute.likeness));
            }
        }
        for (id, likeness) in ids {
            let (mut readings, mut codes) = (Vec::new(), Vec::new());
            for (at, source) in sources.iter().enumerate() {
                let attribute = source.speaks.attributes.iter().find(|it| it.id == id);
                readings.push(attribute.and_then(|it| fields.reading(sources, at, &it.columns, likeness)));
                codes.push(attribute.and_then(|it| it.codes.as_ref()));
            }
            fields.add(id, likeness, readings, &codes, sources)?;
        }
        if let Some(reference) = reference {
            for other in &sources[reference].speaks.others {
                fields.namesakes(sources, reference, other);
            }
        }
        Ok(fields)
    }

    /// What of some columns can be read; one that cannot is told, unless it may be absent.
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
                }
                Err(_) if source.is_optional(column) => {}
                Err(why) => self.unread.push(UnreadColumn { source: at, column: column.clone(), why }),
            }
        }
        (!reading.at.is_empty()).then_some(reading)
    }

    /// Adds a field for each set of sources whose values can be compared.
    fn add(
        &mut self,
        id: &str,
        likeness: Likeness,
        mut readings: Vec<Option<Reading>>,
        codes: &[Option<&Codes>],
        sources: &[Source<'_>],
    ) -> Result<(), Text> {
        let sets = match likeness {
            Likeness::Code { .. } => coded(&mut readings, codes, sources)?,
            _ => typed(&readings, sources, likeness),
        };
        if sets.len() > 1 {
            self.code_sets.push(CodeSets { field: id.to_owned(), sets: sets.clone() });
        }
        for set in sets.into_iter().filter(|set| set.len() > 1) {
            let of =
                |(at, reading): (usize, &mut Option<Reading>)| reading.take().filter(|_| set.contains(&at));
            let mut taken: Vec<Option<Reading>> = (0..readings.len()).map(|_| None).collect();
            for at in &set {
                taken[*at] = of((*at, &mut readings[*at]));
            }
            self.all.push(Field { id: id.to_owned(), basis: Basis::Role, likeness, readings: taken });
        }
        Ok(())
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
        let mut readings: Vec<Option<Reading>> = Vec::new();
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

/// Sources by the way in which their types are spelt, where that matters.
fn typed(readings: &[Option<Reading>], sources: &[Source<'_>], likeness: Likeness) -> Vec<Vec<usize>> {
    let ty = |at: usize| readings[at].as_ref().and_then(|it| sources[at].table.column(&it.columns[0])?.ty);
    together(readings, |a, b| match (ty(a), ty(b)) {
        (Some(a), Some(b)) => likeness.compares(a, b),
        _ => true,
    })
}

/// Sources by set of codes. Where a code list says what its codes are called, and others write that, its words are
/// compared.
fn coded(
    readings: &mut [Option<Reading>],
    codes: &[Option<&Codes>],
    sources: &[Source<'_>],
) -> Result<Vec<Vec<usize>>, Text> {
    let mut known: Vec<Known> = Vec::new();
    for ((reading, codes), source) in readings.iter().zip(codes).zip(sources) {
        let seen = match reading {
            Some(reading) => source.mirror.values(&reading.at, MOST_CODES)?.into_iter().next().flatten(),
            None => None,
        };
        let declared = codes.map(|codes| codes.codes.iter().copied().collect::<BTreeSet<i128>>());
        known.push(Known::of(seen, declared));
    }
    for at in 0..readings.len() {
        let (Some(reading), Some(codes)) = (&mut readings[at], codes[at]) else { continue };
        let others = |known: &[Known]| -> Vec<usize> {
            (0..known.len()).filter(|other| *other != at && known[at].differs(&known[*other])).collect()
        };
        let apart = others(&known);
        let fits = |words: &BTreeSet<i128>| apart.iter().any(|other| known[*other].shares(words));
        let label = codes.labels.iter().find_map(|(name, labels)| {
            let words: BTreeMap<i128, i128> =
                codes.codes.iter().zip(labels).filter_map(|(code, word)| Some((*code, (*word)?))).collect();
            let set: BTreeSet<i128> = words.values().copied().collect();
            fits(&set).then(|| (name.clone(), words, set))
        });
        if let Some((name, words, set)) = label {
            reading.label = Some(name);
            reading.words = words;
            known[at] = Known::of(None, Some(set));
        }
    }
    Ok(together(readings, |a, b| !known[a].differs(&known[b])))
}

/// The codes of one source, as far as they are known.
struct Known {
    codes: Option<BTreeSet<i128>>,
    declared: bool,
}

impl Known {
    fn of(seen: Option<BTreeSet<i128>>, declared: Option<BTreeSet<i128>>) -> Self {
        let declared = declared.filter(|codes| !codes.is_empty());
        let is_declared = declared.is_some();
        Self { codes: declared.or(seen).filter(|codes| !codes.is_empty()), declared: is_declared }
    }

    fn shares(&self, words: &BTreeSet<i128>) -> bool {
        self.codes.as_ref().is_some_and(|codes| !codes.is_disjoint(words))
    }

    /// Nothing in common, by declaration or by the way in which they are written: `1` and `Nam`. That few values differ
    /// otherwise is what is to be found out.
    fn differs(&self, other: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (&self.codes, &other.codes) else { return false };
        let written = |codes: &BTreeSet<i128>, digits: bool| {
            codes.iter().all(|code| likeness::is_digits(*code) == Some(digits))
        };
        let apart = |a, b| written(a, true) && written(b, false);
        ours.is_disjoint(theirs)
            && (self.declared && other.declared || apart(ours, theirs) || apart(theirs, ours))
    }
}

/// Sources that have a reading, in sets within which any two can be compared.
fn together(readings: &[Option<Reading>], comparable: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for (at, _) in readings.iter().enumerate().filter(|(_, reading)| reading.is_some()) {
        match sets.iter_mut().find(|set| set.iter().all(|other| comparable(at, *other))) {
            Some(set) => set.push(at),
            None => sets.push(vec![at]),
        }
    }
    sets
}
