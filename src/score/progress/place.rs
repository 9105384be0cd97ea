//! Coverage by place: of the communes or provinces that a database must have records of, which have none.
//!
//! It is what rules of the kind `value_set` with `relation: in_use` count, one check for each unit of the list. The card
//! keeps how many are missing and names the first of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Status;
use crate::format::vn::units::{Tier, Unit, units};
use crate::kind::named_missing;
use crate::score::scorecard::RuleCard;

/// A rule with this tag is about places, whatever its list.
pub const TAG: &str = "place";

/// What kind of unit a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Province,
    Commune,
    /// A list of the user's own.
    Other,
}

/// How many of the units of a list a table has records of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceCoverage {
    /// The database's id.
    pub database: String,
    /// The table's id.
    pub table: String,
    /// The rule that counted.
    pub rule: String,
    /// The columns that name the place.
    pub columns: Vec<String>,
    /// The moment of the scorecard.
    pub as_of: String,
    /// What the list holds.
    pub level: Level,
    /// Units of the list.
    pub expected: u64,
    /// Units that have records.
    pub covered: u64,
    /// Units without any.
    pub missing: u64,
    /// Units that damaged rows leave open.
    pub unknown: u64,
    /// Missing units that the card names; the others are counted only.
    pub named: Vec<MissingUnit>,
}

/// A unit without records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingUnit {
    /// Its code, as the list has it.
    pub code: String,
    /// Its name, if it is a unit that the program knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name of its province, of a commune.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
}

/// The administrative units on one day.
pub struct Units {
    provinces: BTreeMap<&'static str, Unit>,
    communes: BTreeMap<&'static str, Unit>,
}

impl Units {
    pub fn on(day: i32) -> Self {
        let of = |tier| {
            let in_force =
                |unit: &Unit| unit.from.is_none_or(|from| from <= day) && unit.to.is_none_or(|to| day <= to);
            units(tier).into_iter().filter(in_force).map(|unit| (unit.code, unit)).collect()
        };
        Self { provinces: of(Tier::Province), communes: of(Tier::Commune) }
    }

    fn of(&self, level: Level) -> Option<&BTreeMap<&'static str, Unit>> {
        match level {
            Level::Province => Some(&self.provinces),
            Level::Commune => Some(&self.communes),
            Level::Other => None,
        }
    }

    /// What the list of a rule holds, if it has as many entries as there are units: `missing` are codes of them, or the rule
    /// says that it is about places. Where no code is named a list of as many other things looks the same.
    fn level(&self, expected: u64, missing: &[&str], tagged: bool) -> Option<Level> {
        let fits = |level: &Level| {
            let units = self.of(*level);
            units.is_some_and(|units| {
                units.len() as u64 == expected && missing.iter().all(|code| units.contains_key(code))
            })
        };
        match [Level::Commune, Level::Province].into_iter().find(fits) {
            Some(level) if tagged || !missing.is_empty() => Some(level),
            Some(_) => Some(Level::Other),
            None => tagged.then_some(Level::Other),
        }
    }

    fn named(&self, level: Level, code: &str) -> MissingUnit {
        let unit = self.of(level).and_then(|units| units.get(code));
        let province = unit.and_then(|unit| self.provinces.get(unit.parent));
        MissingUnit {
            code: code.to_owned(),
            name: unit.map(|unit| unit.name.to_owned()),
            province: province.map(|province| province.name.to_owned()),
        }
    }
}

/// The coverage that a rule counted; `None` if it counts no places.
pub fn coverage(
    (database, table, as_of): (&str, &str, &str),
    rule: &RuleCard,
    units: &Units,
) -> Option<PlaceCoverage> {
    let counts = rule.kind == "value_set" && rule.status == Status::Measured;
    // Other relations than `in_use` make one check of the whole list.
    let expected = rule.pass.checked_add(rule.fail)?.checked_add(rule.unknown).filter(|all| *all > 1)?;
    if !counts {
        return None;
    }
    let named = rule.note.as_ref().map(named_missing).unwrap_or_default();
    let level = units.level(expected, &named, rule.tags.iter().any(|tag| tag == TAG))?;
    Some(PlaceCoverage {
        database: database.to_owned(),
        table: table.to_owned(),
        rule: rule.id.clone(),
        columns: rule.columns.clone(),
        as_of: as_of.to_owned(),
        level,
        expected,
        covered: rule.pass,
        missing: rule.fail,
        unknown: rule.unknown,
        named: named.into_iter().map(|code| units.named(level, code)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::date_format::default_date;

    fn today() -> Units {
        Units::on(default_date().parse_date("2026-11-21").unwrap())
    }

    #[test]
    fn there_are_34_provinces_and_3321_communes() {
        let units = today();
        assert_eq!((units.provinces.len(), units.communes.len()), (34, 3_321));
    }

    #[test]
    fn a_list_is_of_communes_if_it_has_their_number_and_their_codes() {
        let units = today();
        let code = *units.communes.keys().next().unwrap();
        assert_eq!(units.level(3_321, &[code], false), Some(Level::Commune));
        assert_eq!(units.level(3_321, &["not a code"], false), None);
        assert_eq!(units.level(34, &["01"], false), Some(Level::Province));
        assert_eq!(units.level(35, &["01"], false), None);
        assert_eq!(units.level(35, &["01"], true), Some(Level::Other));
        // All used, of a list of 34 things: provinces only if somebody says so.
        assert_eq!(units.level(34, &[], false), Some(Level::Other));
        assert_eq!(units.level(34, &[], true), Some(Level::Province));
        let unit = units.named(Level::Commune, code);
        assert!(unit.name.is_some() && unit.province.is_some(), "{unit:?}");
    }
}
