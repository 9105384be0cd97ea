//! How far the catalogue of databases has been scored: by agency, list, kind of content and group, the priority databases
//! with their deadlines, and which places have no records.
//!
//! It counts scorecards and never sums up scores: that is what a comparison is for.

pub mod deadline;
pub mod place;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::deadline::{Deadline, deadlines};
use self::place::{PlaceCoverage, Units, coverage};
use super::Grade;
use super::league::{Apart, Given, Precedence};
use super::scorecard::{DatabaseCard, Scorecard};
use crate::base::Text;
use crate::kernel::date_format::{default_timestamps, format_timestamp};
use crate::rule::Catalog;
use crate::rule::catalog::{Archetype, Entry, Group, Match};
use crate::rule::groups::Groups;
use crate::say;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.progress/1";

const DAY_MICROS: i64 = 86_400_000_000;

/// Progress against the catalogue at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// Always `thuocdo.progress/1`.
    pub schema: String,
    /// The moment that it speaks of: later scorecards are set apart, and deadlines are counted to it.
    pub as_of: String,
    /// The catalogue: first 12 hexadecimal digits of its SHA-256.
    pub catalog: String,
    /// The texts that the catalogue rests on, by id.
    pub sources: BTreeMap<String, String>,
    /// All databases of Appendix I.
    pub all: Part,
    /// By agency, in the order of the catalogue.
    pub agencies: Vec<Part>,
    /// The priority databases, then the lists of Appendix I.
    pub lists: Vec<Part>,
    /// By what the main table holds.
    pub archetypes: Vec<Part>,
    /// By groups that the user named, as provinces.
    pub groups: Vec<Part>,
    /// The priority databases, by name.
    pub priority: Vec<PriorityProgress>,
    /// Which places have records.
    pub places: Vec<PlaceCoverage>,
    /// Databases that were scored and are not in the catalogue.
    pub beside: Vec<Standing>,
    /// Scorecards that are not counted, and why.
    pub apart: Vec<Apart>,
}

/// Some databases of the catalogue, and how many of them were scored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Databases that it has.
    pub listed: u64,
    /// Databases with a scorecard.
    pub scored: u64,
    /// Databases with a scorecard by which something was measured.
    pub measured: u64,
    /// Databases by final grade.
    pub grades: BTreeMap<Grade, u64>,
    /// The ids of those without a scorecard.
    pub missing: Vec<String>,
}

/// What the latest scorecard says of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The database that was scored: an entry, or the priority database that it is a part of.
    pub database: String,
    /// The final grade.
    pub grade: Grade,
    /// Official points.
    pub official: String,
    /// `official` in billionths of a point.
    pub official_nano: i64,
    /// Something was measured.
    pub measured: bool,
    /// The moment of the scorecard.
    pub as_of: String,
}

/// A priority database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PriorityProgress {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// The agency's id.
    pub agency: String,
    /// When it is due, as each text says; the Appendix first.
    pub deadlines: Vec<Deadline>,
    /// What later texts say, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Text>,
    /// How it maps to Appendix I.
    #[serde(rename = "match")]
    pub matched: Match,
    /// Its own scorecard; of one that consists of a single entry, that of the entry.
    pub score: Option<Standing>,
    /// The entries that it consists of.
    pub parts: Vec<PriorityPart>,
    /// Those of them with a scorecard; all of them if the database has one itself.
    pub parts_scored: u64,
}

/// An entry of Appendix I that a priority database consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PriorityPart {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its scorecard, or that of the whole.
    pub score: Option<Standing>,
}

impl PriorityProgress {
    /// Scored as a whole, or in all of its parts.
    pub fn is_scored(&self) -> bool {
        self.score.is_some() || !self.parts.is_empty() && self.parts_scored == self.parts.len() as u64
    }
}

impl Progress {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only texts, integers and maps with text keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// A database of a card that counts.
#[derive(Clone, Copy)]
struct Counted<'g> {
    precedence: Precedence<'g>,
    name: &'g str,
    card: &'g Scorecard,
    database: &'g DatabaseCard,
}

impl Counted<'_> {
    fn standing(&self) -> Standing {
        let score = &self.database.score;
        Standing {
            database: self.database.id.clone(),
            grade: self.database.grade,
            official: score.official.clone(),
            official_nano: score.official_nano,
            measured: score.measured.is_some(),
            as_of: self.card.as_of.clone(),
        }
    }
}

/// The latest scorecard of each database, by id.
type Latest<'g> = BTreeMap<&'g str, Counted<'g>>;

/// Progress by these scorecards at a moment (microseconds since 1970, local time).
pub fn progress(given: &[Given], catalog: &Catalog, groups: &Groups, as_of: i64) -> Progress {
    let (latest, apart) = latest(given, as_of);
    let today = i32::try_from(as_of.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX);
    let part = |id: &str, name: Text, of: &mut dyn Iterator<Item = &Entry>| {
        Part::of(id, name, of.map(|entry| (entry.id.as_str(), standing(catalog, entry, &latest))))
    };
    let all = say!("all of Appendix I", "toàn bộ Phụ lục I");
    let priority: Vec<PriorityProgress> =
        catalog.priority.iter().map(|entry| priority(catalog, entry, &latest, today)).collect();
    let lists = std::iter::once(of_priority(&priority)).chain(Group::ALL.iter().map(|group| {
        part(group.id(), group.label(), &mut catalog.databases().filter(|entry| entry.group == Some(*group)))
    }));
    let archetypes = Archetype::ALL.iter().map(|archetype| {
        let mut of = catalog.databases().filter(|entry| entry.archetype == *archetype);
        part(archetype.id(), archetype.label(), &mut of)
    });
    let agencies = catalog.agencies.iter().filter(|agency| !agency.databases.is_empty());
    let groups = groups.iter().map(|(id, members)| {
        let of = |id: &String| match catalog.find(id) {
            Some(entry) => standing(catalog, entry, &latest),
            None => latest.get(id.as_str()).map(Counted::standing),
        };
        Part::of(id, Text::same(id), members.iter().map(|id| (id.as_str(), of(id))))
    });
    let units = Units::on(today);
    Progress {
        schema: SCHEMA.to_owned(),
        as_of: format_timestamp(as_of),
        catalog: catalog.hash.clone(),
        sources: catalog.sources.iter().cloned().collect(),
        all: part("all", all, &mut catalog.databases()),
        agencies: agencies
            .map(|agency| part(&agency.id, agency.name.clone(), &mut agency.databases.iter()))
            .collect(),
        lists: lists.collect(),
        archetypes: archetypes.collect(),
        groups: groups.collect(),
        places: latest.values().flat_map(|counted| places(counted, &units)).collect(),
        beside: latest
            .iter()
            .filter(|(id, _)| catalog.find(id).is_none())
            .map(|(_, counted)| counted.standing())
            .collect(),
        priority,
        apart,
    }
}

fn latest(given: &[Given], as_of: i64) -> (Latest<'_>, Vec<Apart>) {
    let mut latest = Latest::new();
    let mut apart = Vec::new();
    for it in given {
        let Given { name, card, rejected } = it;
        let moment = default_timestamps().iter().find_map(|format| format.parse_timestamp(&card.as_of));
        let mut because = rejected.clone();
        match moment {
            _ if !because.is_empty() => {}
            None => because.push(say!("its moment cannot be read", "không đọc được thời điểm của bảng điểm")),
            Some(moment) if moment > as_of => {
                because.push(say!("it is of a later moment", "bảng điểm thuộc thời điểm sau đó"));
            }
            Some(_) => {
                for database in &card.databases {
                    let precedence = Precedence::of(it, &database.id);
                    let counted = Counted { precedence, name, card, database };
                    let Some(known) = latest.insert(&database.id, counted) else { continue };
                    let (stands, other) =
                        if precedence > known.precedence { (counted, known) } else { (known, counted) };
                    latest.insert(&database.id, stands);
                    // Earlier ones are expected; two that speak of one moment are not.
                    if other.precedence.is_of_the_moment_of(&stands.precedence) {
                        apart.push(Apart {
                            card: other.name.to_owned(),
                            database: Some(database.id.clone()),
                            because: vec![other.precedence.passed_over(&stands.precedence)],
                        });
                    }
                }
            }
        }
        if !because.is_empty() {
            apart.push(Apart { card: name.clone(), database: None, because });
        }
    }
    (latest, apart)
}

/// A priority database that was scored as a whole stands for its parts.
fn standing(catalog: &Catalog, entry: &Entry, latest: &Latest<'_>) -> Option<Standing> {
    let whole = || latest.get(catalog.priority_of(&entry.id)?.id.as_str());
    latest.get(entry.id.as_str()).or_else(whole).map(Counted::standing)
}

fn priority(catalog: &Catalog, entry: &Entry, latest: &Latest<'_>, today: i32) -> PriorityProgress {
    let part = |id: &String| {
        let part = catalog.find(id);
        PriorityPart {
            id: id.clone(),
            title: part.map_or(id.as_str(), Entry::title).to_owned(),
            score: part.and_then(|part| standing(catalog, part, latest)),
        }
    };
    let parts: Vec<PriorityPart> = catalog.parts_of(&entry.id).iter().map(part).collect();
    // What consists of one entry is that entry.
    let whole = latest.get(entry.id.as_str()).map(Counted::standing).or_else(|| match parts.as_slice() {
        [only] => only.score.clone(),
        _ => None,
    });
    PriorityProgress {
        id: entry.id.clone(),
        title: entry.title().to_owned(),
        agency: entry.agency.clone(),
        deadlines: deadlines(catalog, entry, today),
        later: entry.priority.as_ref().and_then(|priority| priority.later.clone()),
        matched: entry.priority.as_ref().map_or(Match::NotListed, |priority| priority.matched),
        score: whole,
        parts_scored: parts.iter().filter(|part| part.score.is_some()).count() as u64,
        parts,
    }
}

/// The priority databases count as scored if they are as a whole, or in all parts; grades are of whole ones.
fn of_priority(priority: &[PriorityProgress]) -> Part {
    let name = say!("priority databases (Appendix II)", "CSDL ưu tiên (Phụ lục II)");
    let mut part = Part::of("priority", name, priority.iter().map(|it| (it.id.as_str(), it.score.clone())));
    for it in priority.iter().filter(|it| it.score.is_none() && it.is_scored()) {
        part.scored += 1;
        part.measured +=
            u64::from(it.parts.iter().all(|part| part.score.as_ref().is_some_and(|it| it.measured)));
        part.missing.retain(|id| *id != it.id);
    }
    part
}

fn places(counted: &Counted<'_>, units: &Units) -> Vec<PlaceCoverage> {
    let Counted { card, database, .. } = counted;
    let of = |table: &str, rule| coverage((&database.id, table, &card.as_of), rule, units);
    let tables = database.tables.iter();
    tables.flat_map(|table| table.rules.iter().filter_map(|rule| of(&table.id, rule))).collect()
}

impl Part {
    fn of<'i>(id: &str, name: Text, entries: impl Iterator<Item = (&'i str, Option<Standing>)>) -> Self {
        let mut part = Self { id: id.to_owned(), name, ..Self::default() };
        for (id, standing) in entries {
            part.listed += 1;
            let Some(standing) = standing else {
                part.missing.push(id.to_owned());
                continue;
            };
            part.scored += 1;
            part.measured += u64::from(standing.measured);
            *part.grades.entry(standing.grade).or_default() += 1;
        }
        part
    }
}
