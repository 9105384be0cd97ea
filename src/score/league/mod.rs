//! Databases and agencies side by side: what may be ranked is, with the interval that its rank can be told from; what may
//! not stands apart, with every reason.

mod difference;
mod given;
mod join;
mod latest;
mod period;
pub mod table;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use difference::{Difference, DimensionPart, difference};
pub use given::Given;
pub use join::{Joined, join};
pub use latest::{Precedence, digest, latest, passed_over};
pub use table::{Entry, Table};

use super::Scorecard;
use super::absent;
use super::methodology::{Methodology, Profile};
use super::registry::{Absent, RollUp};
use super::scorecard::AgencyCard;
use crate::base::Text;
use crate::rule::catalog::listed;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.league/1";

/// A comparison of scorecards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct League {
    /// Always `thuocdo.league/1`.
    pub schema: String,
    /// Name of the scoring methodology that all that is ranked was scored by.
    pub methodology: String,
    /// Their profile.
    pub profile: Profile,
    /// The moments of the earliest and of the latest scorecard that is ranked.
    pub as_of: Option<[String; 2]>,
    /// What agencies are summed up over.
    pub roll_up: RollUp,
    /// Ranks are drawn that often, with weights varied.
    pub draws: u32,
    /// Databases that may be compared.
    pub databases: Table,
    /// Agencies, or groups that somebody named, by their databases that may be compared.
    pub agencies: Table,
    /// All of them together.
    pub overall: Option<AgencyCard>,
    /// Registered databases that sent nothing: they count 0 officially.
    pub silent: Vec<Silent>,
    /// What cannot be compared, and why.
    pub apart: Vec<Apart>,
    /// What makes up the difference between two agencies, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// A registered database without a scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Silent {
    pub id: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Weight in its agency.
    pub weight: u32,
}

/// A database that is not ranked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// The scorecard's file.
    pub card: String,
    /// The database; absent if the whole card is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Every reason.
    pub because: Vec<Text>,
}

/// What is asked of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub roll_up: RollUp,
    /// Databases by group, instead of by agency.
    pub groups: Option<BTreeMap<String, Vec<String>>>,
    /// Two agencies whose difference is to be explained.
    pub between: Option<[String; 2]>,
}

/// Compares scorecards.
///
/// # Errors
/// An agency that is to be explained is not among those compared.
pub fn league(given: Vec<Given>, request: &Request) -> Result<League, Text> {
    let known = agencies(&given, request);
    let Joined { card, files, moments, apart } = join(given, request);
    let Some(card) = card else {
        // There is nothing to explain; but a name that is none is told.
        if let Some(unknown) = request.between.iter().flatten().find(|id| !known.contains(*id)) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(difference::unknown(unknown, &known));
        }
        return Ok(empty(request, apart));
    };
    let unmeasured = unmeasured(&card, request);
    let card = absent::with(card, &unmeasured);
    let methodology = Methodology::new(card.profile);
    let members = table::members(&card, &unmeasured);
    let difference = match &request.between {
        Some([a, b]) => Some(difference(&card, &members, a, b, &methodology)?),
        None => None,
    };
    Ok(League {
        schema: SCHEMA.to_owned(),
        methodology: card.methodology.clone(),
        profile: card.profile,
        as_of: moments,
        roll_up: request.roll_up,
        draws: methodology.rank.draws,
        databases: table::databases(&card, &files, &methodology),
        agencies: table::agencies(&card, &members, &methodology),
        silent: silent(&card, &members),
        overall: Some(AgencyCard { fix_first: Vec::new(), ..card.overall }),
        apart,
        difference,
    })
}

/// Whom the databases that were handed in belong to.
fn agencies(given: &[Given], request: &Request) -> BTreeSet<String> {
    match &request.groups {
        Some(groups) => groups.keys().cloned().collect(),
        None => {
            let databases = given.iter().flat_map(|given| &given.card.databases);
            databases.filter_map(|database| database.agency.clone()).collect()
        }
    }
}

/// Members of groups of which no card stands: they count 0 in their group, whether or not anybody sent one.
fn unmeasured(card: &Scorecard, request: &Request) -> Vec<Absent> {
    let stands: BTreeSet<&str> = card.databases.iter().map(|database| database.id.as_str()).collect();
    let groups = request.groups.iter().flatten();
    let members = groups.flat_map(|(group, members)| members.iter().map(move |id| (group, id)));
    let absent = members.filter(|(_, id)| !stands.contains(id.as_str())).map(|(group, id)| Absent {
        id: id.clone(),
        agency: Some(group.clone()),
        weight: listed(id).map_or(1, |entry| entry.weight),
    });
    absent.collect()
}

fn empty(request: &Request, apart: Vec<Apart>) -> League {
    let methodology = Methodology::new(Profile::default());
    League {
        schema: SCHEMA.to_owned(),
        methodology: methodology.id(),
        profile: Profile::default(),
        as_of: None,
        roll_up: request.roll_up,
        draws: methodology.rank.draws,
        databases: Table::default(),
        agencies: Table::default(),
        overall: None,
        silent: Vec::new(),
        apart,
        difference: None,
    }
}

fn silent(card: &Scorecard, members: &table::Members) -> Vec<Silent> {
    let mut silent: Vec<Silent> = Vec::new();
    let all = card
        .agencies
        .iter()
        .filter_map(|agency| Some((agency.id.as_deref()?, members.get(agency.id.as_deref()?)?)));
    for (agency, members) in all {
        let unscored = members.iter().filter(|member| member.scored.is_none());
        silent.extend(unscored.map(|member| Silent {
            id: member.id.clone(),
            agency: Some(agency.to_owned()),
            weight: member.weight,
        }));
    }
    silent.sort_by(|a, b| a.id.cmp(&b.id));
    silent
}

impl League {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

#[cfg(test)]
mod tests;
