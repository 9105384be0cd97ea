//! A ranking: entries with their ranks, the intervals of these, and whom each cannot be told from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::{Dimension, Nano, Text};
use crate::rule::Catalog;
use crate::score::evidence::Confidence;
use crate::score::fix_first::FixCard;
use crate::score::methodology::Methodology;
use crate::score::rank::{Contender, RankTable, RankedDatabase, rank};
use crate::score::registry::{self, Absent, Slot};
use crate::score::scorecard::{Cap, DatabaseCard, DimensionCard, Fraction, PeerGroup, Score};
use crate::score::{Grade, Scorecard};

/// Entries by rank, then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    pub entries: Vec<Entry>,
}

/// A database, an agency or a group in a ranking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// Of a database: who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// 1 for the best; equal scores share a rank (1, 2, 2, 4). A difference of less than 0.01 points is none.
    pub rank: u32,
    /// Where 90 % of the draws put it, in which weights and ways of summing up are varied.
    pub interval: [u32; 2],
    /// Best and worst rank when one of its databases is left out.
    pub without_one: [u32; 2],
    /// Whom it cannot be told from: neither stands above the other in 95 % of the draws.
    pub not_told_from: Vec<String>,
    /// Whom it is above in 95 % of the draws. It is below all that are in neither list.
    pub clearly_above: Vec<String>,
    pub grade: Grade,
    pub score: Score,
    /// The dimensions that count, in order.
    pub dimensions: BTreeMap<Dimension, DimensionCard>,
    /// Of a database: the share of rules, by weight, whose value is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Fraction>,
    /// How far the score can be relied on; of an agency, that of the least reliable of its measured databases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Of a database: the file of the scorecard that it came on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// Hard caps that apply ("điểm liệt").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
    /// Of a database: the rules that would win back most points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_first: Vec<FixCard>,
    /// Of an agency: official points of the lowest and of the middle of its databases, those included that sent nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<String>,
    /// Of an agency: how many of its databases have each grade. What sent nothing has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub grades: BTreeMap<Grade, u64>,
    /// Of an agency: databases that are registered, and those that were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<[u64; 2]>,
    /// Agencies are compared within groups of like size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_group: Option<PeerGroup>,
}

impl Entry {
    /// How many of so many entries are clearly above it.
    pub fn clearly_below(&self, of: usize) -> usize {
        of.saturating_sub(1 + self.not_told_from.len() + self.clearly_above.len())
    }
}

/// A database's place in an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub weight: u32,
    /// Position among the scored databases.
    pub scored: Option<usize>,
}

/// By agency.
pub type Members = BTreeMap<String, Vec<Member>>;

/// Which databases each agency answers for, as its points were summed up.
pub fn members(card: &Scorecard, absent: &[Absent]) -> Members {
    let mut members = Members::new();
    for Slot { id, agency, weight, scored } in registry::places(card, absent) {
        if let Some(agency) = agency {
            let member = Member { id: id.to_owned(), weight, scored };
            members.entry(agency.to_owned()).or_default().push(member);
        }
    }
    members
}

/// A database for the draws; `None` is one that nobody has measured.
fn ranked(database: Option<&DatabaseCard>, weight: u32, methodology: &Methodology) -> RankedDatabase {
    let official = |dimension: &Dimension| {
        let card = database.and_then(|database| database.dimensions.get(dimension));
        card.map_or(Nano::ZERO, |card| Nano::new(card.score.official_nano))
    };
    RankedDatabase {
        weight,
        rows: database.map_or(0, |database| database.tables.iter().map(|table| table.rows).sum()),
        dimensions: dimensions(methodology).iter().map(official).collect(),
    }
}

/// The dimensions of the profile. Only profiles that have them are compared.
pub fn dimensions(methodology: &Methodology) -> &'static [Dimension] {
    methodology.profile.required().unwrap_or(&Dimension::ALL)
}

fn draw(contenders: &[Contender], methodology: &Methodology) -> RankTable {
    // Dimensions weigh the same.
    let weights = vec![1; dimensions(methodology).len()];
    rank(contenders, &weights, &methodology.rank, methodology.lambda)
}

pub fn databases(card: &Scorecard, files: &BTreeMap<String, String>, methodology: &Methodology) -> Table {
    let contenders: Vec<Contender> = card
        .databases
        .iter()
        .map(|database| Contender {
            id: database.id.clone(),
            databases: vec![ranked(Some(database), database.weight, methodology)],
        })
        .collect();
    let drawn = draw(&contenders, methodology);
    let entry = |at: usize| {
        let database = card.databases.iter().find(|database| database.id == drawn.entries[at].id)?;
        Some(Entry {
            title: database.title.clone(),
            agency: database.agency.clone(),
            coverage: Some(database.coverage),
            confidence: Some(database.confidence),
            card: files.get(&database.id).cloned(),
            caps: database.caps.clone(),
            fix_first: database.fix_first.clone(),
            ..bare(&drawn, at, database.grade, &database.score, &database.dimensions)
        })
    };
    sorted((0..drawn.entries.len()).filter_map(entry).collect())
}

pub fn agencies(card: &Scorecard, members: &Members, methodology: &Methodology) -> Table {
    let contenders: Vec<Contender> = members
        .iter()
        .map(|(id, members)| Contender {
            id: id.clone(),
            databases: members
                .iter()
                .map(|member| ranked(member.scored.map(|at| &card.databases[at]), member.weight, methodology))
                .collect(),
        })
        .collect();
    let drawn = draw(&contenders, methodology);
    let entry = |at: usize| {
        let id = drawn.entries[at].id.as_str();
        let agency = card.agencies.iter().find(|agency| agency.id.as_deref() == Some(id))?;
        Some(Entry {
            title: Catalog::shipped().agency(id).map(|agency| agency.name.clone()),
            confidence: members
                .get(id)
                .and_then(|of| of.iter().filter_map(|it| Some(card.databases[it.scored?].confidence)).max()),
            caps: agency.caps.clone(),
            minimum: agency.minimum.clone(),
            median: agency.median.clone(),
            grades: agency.grades.clone(),
            measured: Some([agency.registered, agency.measured]),
            peer_group: Some(agency.peer_group),
            ..bare(&drawn, at, agency.grade, &agency.score, &agency.dimensions)
        })
    };
    sorted((0..drawn.entries.len()).filter_map(entry).collect())
}

fn bare(
    drawn: &RankTable,
    at: usize,
    grade: Grade,
    score: &Score,
    dimensions: &BTreeMap<Dimension, DimensionCard>,
) -> Entry {
    let ranked = &drawn.entries[at];
    let others = || (0..drawn.entries.len()).filter(|&other| other != at);
    let ids = |of: &dyn Fn(usize) -> bool| -> Vec<String> {
        others().filter(|&other| of(other)).map(|other| drawn.entries[other].id.clone()).collect()
    };
    Entry {
        id: ranked.id.clone(),
        title: None,
        agency: None,
        rank: ranked.rank,
        interval: [ranked.low, ranked.high],
        without_one: [ranked.without_one.0, ranked.without_one.1],
        not_told_from: ids(&|other| !drawn.distinguishable(at, other)),
        clearly_above: ids(&|other| drawn.above(at, other)),
        grade,
        score: score.clone(),
        dimensions: dimensions.clone(),
        coverage: None,
        confidence: None,
        card: None,
        caps: Vec::new(),
        fix_first: Vec::new(),
        minimum: None,
        median: None,
        grades: BTreeMap::new(),
        measured: None,
        peer_group: None,
    }
}

fn sorted(mut entries: Vec<Entry>) -> Table {
    entries.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    Table { entries }
}
