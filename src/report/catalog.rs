//! The catalogue as it is listed: what was asked for, agency by agency, with what is known of each database.
//!
//! Field descriptions become those of the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Text;
use crate::rule::catalog::{Archetype, Catalog, Entry, Group, Kind, Match, OtherSystem};
use crate::rule::shipped;
use crate::score::{Grade, Scorecard};

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.catalog/1";

/// What is asked for; everything by default.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Each must occur in id, slug, name or agency.
    pub phrases: Vec<String>,
    pub agency: Option<String>,
    pub group: Option<Group>,
    pub kind: Option<Kind>,
    pub archetype: Option<Archetype>,
    /// Only priority databases and the entries that they consist of.
    pub priority: bool,
    /// Only those with a rule pack, or only those without.
    pub pack: Option<bool>,
}

impl Filter {
    fn takes(&self, catalog: &Catalog, entry: &Entry) -> bool {
        self.agency.as_ref().is_none_or(|agency| *agency == entry.agency)
            && self.group.is_none_or(|group| entry.group == Some(group))
            && self.kind.is_none_or(|kind| entry.kind == kind)
            && self.archetype.is_none_or(|archetype| entry.archetype == archetype)
            && (!self.priority || entry.priority.is_some() || catalog.priority_of(&entry.id).is_some())
            && self.pack.is_none_or(|wanted| entry.pack.is_some() == wanted)
            && catalog.matches(entry, &self.phrases)
    }

    fn is_empty(&self) -> bool {
        self.phrases.is_empty()
            && self.agency.is_none()
            && self.group.is_none()
            && self.kind.is_none()
            && self.archetype.is_none()
            && !self.priority
            && self.pack.is_none()
    }
}

/// Databases of the catalogue, those that were asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Listing {
    /// Always `thuocdo.catalog/1`.
    pub schema: &'static str,
    /// First 12 hexadecimal digits of the SHA-256 of the catalogue's text.
    pub catalog: String,
    /// It is not the catalogue that ships with this program.
    pub edited: bool,
    /// The texts that the catalogue rests on, by id.
    pub sources: BTreeMap<String, String>,
    /// Databases of Appendix I, and those of them that are listed here.
    pub counts: Counts,
    /// Agencies of what is listed here, in the order of the catalogue.
    pub agencies: Vec<AgencyListing>,
    /// Priority databases of Appendix II.
    pub priority: Vec<EntryListing>,
    /// Databases and systems that the texts name besides; only where nothing in particular was asked for.
    pub other_systems: Vec<OtherListing>,
}

/// How many databases of Appendix I there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// In the catalogue.
    pub registered: u64,
    /// Listed here.
    pub shown: u64,
    /// Of those that are listed, by group.
    pub groups: BTreeMap<Group, u64>,
    /// Of those that are listed: a rule pack is about them.
    pub with_pack: u64,
    /// Of those that are listed: a scorecard was given.
    pub scored: u64,
}

/// An agency and its databases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgencyListing {
    /// Its id.
    pub id: String,
    /// Its name; the English one is customary.
    pub name: Text,
    /// Enterprises that work with it (Appendix III).
    pub partners: Vec<String>,
    /// Its databases in numbers.
    pub counts: Counts,
    /// Its databases that are listed here.
    pub databases: Vec<EntryListing>,
}

/// A database.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntryListing {
    /// Its id, as rule files name it.
    pub id: String,
    /// Its name without diacritics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Its name as printed.
    pub name: String,
    /// Its name as a title: obvious slips repaired, without the mark at its end.
    pub title: String,
    /// The agency's id.
    pub agency: String,
    /// The list of Appendix I that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// What it is, by its name.
    pub kind: Kind,
    /// What its main table holds: a reading, not a fact.
    pub archetype: Archetype,
    /// Weight in roll-ups: 3, 2 or 1.
    pub weight: u32,
    /// The rule pack that is about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackListing>,
    /// Another entry that seems to cover the same records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlaps: Option<String>,
    /// The priority database that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// What Appendix II says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityListing>,
    /// Its score, if a scorecard was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<ScoreListing>,
}

/// A rule pack.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PackListing {
    /// Its name.
    pub name: String,
    /// The database that it is written for.
    pub database: String,
    /// It comes with this program.
    pub ships: bool,
}

/// What Appendix II says of a priority database.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PriorityListing {
    /// Deadline as printed.
    pub deadline: String,
    /// How it maps to Appendix I.
    #[serde(rename = "match")]
    pub matched: Match,
    /// Entries that it consists of.
    pub entries: Vec<String>,
    /// Entries that have to do with it.
    pub related: Vec<String>,
    /// What is to be done, in short.
    pub task: String,
    /// What later texts say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<Text>,
}

/// A score from a scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScoreListing {
    /// The database that was scored: this one, or the priority database that it is a part of.
    pub database: String,
    /// The final grade.
    pub grade: Grade,
    /// Official points.
    pub official: String,
    /// The moment of the score.
    pub as_of: String,
    /// The methodology that it was scored by.
    pub methodology: String,
}

/// A database or system that the texts name besides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OtherListing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The agency's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The entry that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// When it is due, as the texts say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// The figure that the texts give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// The texts, by the ids of `sources`.
    pub named_in: Vec<String>,
}

impl Listing {
    /// Lists what the filter takes, with the scores of these cards. Of two scores of one database the later counts.
    pub fn new(catalog: &Catalog, filter: &Filter, cards: &[Scorecard]) -> Self {
        let scores = scores(cards);
        let taken = |entries: &[Entry]| -> Vec<EntryListing> {
            let entries = entries.iter().filter(|entry| filter.takes(catalog, entry));
            entries.map(|entry| listed(catalog, entry, &scores)).collect()
        };
        Self::of(catalog, taken, filter.is_empty())
    }

    /// Lists one database.
    pub fn one(catalog: &Catalog, id: &str, cards: &[Scorecard]) -> Self {
        let scores = scores(cards);
        let taken = |entries: &[Entry]| -> Vec<EntryListing> {
            let entries = entries.iter().filter(|entry| entry.id == id);
            entries.map(|entry| listed(catalog, entry, &scores)).collect()
        };
        Self::of(catalog, taken, false)
    }

    fn of(catalog: &Catalog, taken: impl Fn(&[Entry]) -> Vec<EntryListing>, all: bool) -> Self {
        let mut agencies = Vec::new();
        let mut counts = Counts::default();
        let priority = taken(&catalog.priority);
        for agency in &catalog.agencies {
            let databases = taken(&agency.databases);
            let own = Counts::of(agency.databases.len() as u64, &databases);
            counts.add(&own);
            if !databases.is_empty() || priority.iter().any(|entry| entry.agency == agency.id) {
                let named = |id: &String| {
                    let found = catalog.enterprises.iter().find(|(known, _)| known == id);
                    found.map_or_else(|| id.clone(), |(_, name)| name.clone())
                };
                agencies.push(AgencyListing {
                    id: agency.id.clone(),
                    name: agency.name.clone(),
                    partners: agency.partners.iter().map(named).collect(),
                    counts: own,
                    databases,
                });
            }
        }
        let others: &[OtherSystem] = if all { &catalog.other_systems } else { &[] };
        Self {
            schema: SCHEMA,
            catalog: catalog.hash.clone(),
            edited: catalog.is_edited(),
            sources: catalog.sources.iter().cloned().collect(),
            counts,
            agencies,
            priority,
            other_systems: others.iter().map(other).collect(),
        }
    }

    /// Every database that is listed, of both Appendices.
    pub fn entries(&self) -> impl Iterator<Item = &EntryListing> {
        self.agencies.iter().flat_map(|agency| &agency.databases).chain(&self.priority)
    }

    /// As JSON: two spaces, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only texts, integers and maps with text keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

impl Counts {
    fn of(registered: u64, shown: &[EntryListing]) -> Self {
        let count =
            |of: &dyn Fn(&EntryListing) -> bool| shown.iter().filter(|entry| of(entry)).count() as u64;
        let group = |group: Group| (group, count(&|entry| entry.group == Some(group)));
        Self {
            registered,
            shown: shown.len() as u64,
            groups: Group::ALL.iter().copied().map(group).collect(),
            with_pack: count(&|entry| entry.pack.is_some()),
            scored: count(&|entry| entry.score.is_some()),
        }
    }

    fn add(&mut self, other: &Self) {
        self.registered += other.registered;
        self.shown += other.shown;
        self.with_pack += other.with_pack;
        self.scored += other.scored;
        for (group, n) in &other.groups {
            *self.groups.entry(*group).or_default() += n;
        }
    }
}

type Scores = BTreeMap<String, ScoreListing>;

fn scores(cards: &[Scorecard]) -> Scores {
    let mut scores = Scores::new();
    for card in cards {
        for database in &card.databases {
            let score = ScoreListing {
                database: database.id.clone(),
                grade: database.grade,
                official: database.score.official.clone(),
                as_of: card.as_of.clone(),
                methodology: card.methodology.clone(),
            };
            let known = scores.entry(database.id.clone()).or_insert_with(|| score.clone());
            // Moments are all written with the same offset, so their texts are in their order.
            if known.as_of < score.as_of {
                *known = score;
            }
        }
    }
    scores
}

fn listed(catalog: &Catalog, entry: &Entry, scores: &Scores) -> EntryListing {
    let part_of = catalog.priority_of(&entry.id).map(|whole| whole.id.clone());
    let pack = entry.pack.as_ref().map(|name| PackListing {
        name: name.clone(),
        database: catalog.main_of(name).unwrap_or_default().to_owned(),
        ships: shipped::find(name).is_some(),
    });
    let score = scores.get(&entry.id).or_else(|| scores.get(part_of.as_deref()?));
    let priority = entry.priority.as_ref().map(|priority| PriorityListing {
        deadline: priority.deadline.clone(),
        matched: priority.matched,
        entries: priority.entries.clone(),
        related: priority.related.clone(),
        task: priority.task.clone(),
        later: priority.later.clone(),
    });
    EntryListing {
        id: entry.id.clone(),
        slug: entry.slug.clone(),
        name: entry.name.clone(),
        title: entry.title().to_owned(),
        agency: entry.agency.clone(),
        group: entry.group,
        kind: entry.kind,
        archetype: entry.archetype,
        weight: entry.weight,
        pack,
        overlaps: entry.overlaps.clone(),
        part_of,
        priority,
        score: score.cloned(),
    }
}

fn other(system: &OtherSystem) -> OtherListing {
    OtherListing {
        id: system.id.clone(),
        name: system.name.clone(),
        agency: system.agency.clone(),
        entry: system.entry.clone(),
        deadline: system.deadline.clone(),
        figure: system.figure.clone(),
        named_in: system.named_in.clone(),
    }
}
