//! What a database is scored by. It rarely changes, so it is kept once, under its own hash, which records name: the chain
//! covers it through them.

use serde::{Deserialize, Serialize};

use super::chain;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::score::Profile;
use crate::score::Scorecard;
use crate::score::scorecard::{DatabaseCard, PackCard, RuleCard, RuleFileCard, Strength, TableCard};

/// The methodology, the packs, and the rules of all tables with what decides their weight. No title, no argument of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub database: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    pub weight: u32,
    pub methodology: String,
    pub profile: Profile,
    pub packs: Vec<PackCard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    pub rule_files: Vec<RuleFileCard>,
    pub tables: Vec<TableDefinition>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDefinition {
    pub id: String,
    pub tier: u32,
    pub key: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_empty: bool,
    pub rules: Vec<RuleDefinition>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDefinition {
    pub id: String,
    pub kind: String,
    pub dimension: Dimension,
    pub severity: Severity,
    pub core: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_weight: Option<u32>,
    pub unit: Unit,
    pub scale: Scale,
    pub columns: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
}

impl Definition {
    pub fn of(card: &Scorecard, database: &DatabaseCard) -> Self {
        Self {
            database: database.id.clone(),
            agency: database.agency.clone(),
            weight: database.weight,
            methodology: card.methodology.clone(),
            profile: card.profile,
            packs: database.packs.clone(),
            contract: database.contract.clone(),
            rule_files: database.rule_files.clone(),
            tables: database.tables.iter().map(table).collect(),
        }
    }

    /// The text that is kept, and its hash.
    pub fn sealed(&self) -> (String, String) {
        let text = chain::canonical(self);
        let hash = chain::digest(&text);
        (text, hash)
    }

    /// Where a rule stands: its table, and its place among the rules of that.
    pub fn find(&self, table: &str, rule: &str) -> Option<(usize, usize)> {
        let at = self.tables.iter().position(|known| known.id == table)?;
        Some((at, self.tables[at].rules.iter().position(|known| known.id == rule)?))
    }
}

fn table(card: &TableCard) -> TableDefinition {
    TableDefinition {
        id: card.id.clone(),
        tier: card.tier,
        key: card.key.clone(),
        allow_empty: card.allow_empty,
        rules: card.rules.iter().map(rule).collect(),
    }
}

fn rule(card: &RuleCard) -> RuleDefinition {
    RuleDefinition {
        id: card.id.clone(),
        kind: card.kind.clone(),
        dimension: card.dimension,
        severity: card.severity,
        core: card.core,
        strength: card.strength,
        pack: card.pack.clone(),
        family: card.family.clone(),
        own_weight: card.own_weight,
        unit: card.unit,
        scale: card.scale,
        columns: card.columns.clone(),
        identity: card.identity,
    }
}
