//! Databases that answer for their agency and have no score that can stand in the report: they count 0, so that whoever
//! delivers nothing, or nothing that can be measured, gains nothing.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::Text;
use crate::rule::Catalog;
use crate::say;
use crate::score::league::{Apart, Given, Joined, Request, join, latest};
use crate::score::scorecard::DatabaseCard;
use crate::score::{Scorecard, absent, registry};

/// A database that counts 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Absent {
    pub database: String,
    /// Its latest scorecard of the period; absent if there is none.
    pub card: Option<String>,
    /// Why it does not stand.
    pub because: Vec<Text>,
}

/// The databases of one period: those that stand, and those that count 0.
pub struct Stood {
    /// Those that stand, summed up with those that count 0; none if no database stands.
    pub card: Option<Scorecard>,
    pub moments: Option<[String; 2]>,
    pub apart: Vec<Apart>,
    pub absent: Vec<Absent>,
    /// The same, as roll-ups see them.
    pub places: Vec<registry::Absent>,
    /// What cards say of databases that do not stand. A card that is not believed says nothing.
    pub counted: Vec<DatabaseCard>,
}

/// A database as its latest card has it.
struct Known {
    card: String,
    believed: bool,
    database: DatabaseCard,
}

impl Stood {
    /// Joins the latest card of each database. `before` is the period before: what was known then and has no card now is
    /// absent.
    pub fn of(given: Vec<Given>, request: &Request, before: Option<&Self>) -> Self {
        let (given, passed_over) = latest(given);
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for Given { name, card, rejected } in &given {
            known.extend(card.databases.iter().map(|database| {
                let (card, believed) = (name.clone(), rejected.is_empty());
                (database.id.clone(), Known { card, believed, database: database.clone() })
            }));
        }
        let Joined { card, moments, apart, .. } = join(given, request);
        for database in card.iter().flat_map(|card| &card.databases) {
            known.remove(&database.id);
        }
        let stands: BTreeSet<&str> =
            card.iter().flat_map(|card| &card.databases).map(|it| it.id.as_str()).collect();
        let mut stood = Self {
            absent: Vec::new(),
            places: Vec::new(),
            counted: Vec::new(),
            moments,
            apart: passed_over,
            card: None,
        };
        for (id, Known { card, database, .. }) in &known {
            let of = |it: &&Apart| it.card == *card && it.database.as_ref().is_none_or(|other| other == id);
            let because = apart.iter().filter(of).flat_map(|it| it.because.clone()).collect();
            stood.counts_nothing(database, Some(card.clone()), because);
        }
        let speaks = |id: &str| stands.contains(id) || known.contains_key(id);
        for place in before.map(Self::all).unwrap_or_default() {
            if !speaks(&place.id) && !spoken_for(&place.id, &speaks) {
                let because = vec![say!("no scorecard in this period", "kỳ này không có bảng điểm")];
                stood.absent.push(Absent { database: place.id.clone(), card: None, because });
                stood.places.push(place);
            }
        }
        stood.apart.extend(apart);
        stood.counted = known.into_values().filter(|it| it.believed).map(|it| it.database).collect();
        stood.card = card.map(|card| absent::with(card, &stood.places));
        stood
    }

    fn counts_nothing(&mut self, database: &DatabaseCard, card: Option<String>, because: Vec<Text>) {
        let DatabaseCard { id, agency, weight, .. } = database;
        self.absent.push(Absent { database: id.clone(), card, because });
        self.places.push(registry::Absent { id: id.clone(), agency: agency.clone(), weight: *weight });
    }

    /// All that answered for something.
    fn all(&self) -> Vec<registry::Absent> {
        let stood = self.card.iter().flat_map(|card| &card.databases);
        let stood = stood.map(|DatabaseCard { id, agency, weight, .. }| registry::Absent {
            id: id.clone(),
            agency: agency.clone(),
            weight: *weight,
        });
        stood.chain(self.places.iter().cloned()).collect()
    }

    /// What is said of an absent database.
    pub fn why(&self, database: &str) -> Option<&Absent> {
        self.absent.iter().find(|absent| absent.database == database)
    }
}

/// Whether a priority database answers for an entry now, or its entries for a priority database.
fn spoken_for(id: &str, speaks: &dyn Fn(&str) -> bool) -> bool {
    let catalog = Catalog::shipped();
    let parts = catalog.parts_of(id);
    catalog.priority_of(id).is_some_and(|whole| speaks(&whole.id))
        || !parts.is_empty() && parts.iter().all(|part| speaks(part))
}
