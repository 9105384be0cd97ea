//! Every number that is policy, in one place, with one name.
//!
//! The name carries a hash of the content: two scores are comparable only under the same name, and a number cannot be
//! changed quietly.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::composite::Lambda;
use super::curve::{KNOTS, Knot};
use super::grade::{BANDS, Band, Grade};
use crate::base::{Dimension, Nano, Severity, placeholders};
use crate::state::{day_histogram, latency_histogram};

/// What is scored, and whether it may be compared.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum Profile {
    /// The dimensions that the rule file's own rules cover; never compared or ranked.
    #[default]
    #[serde(rename = "local")]
    Local,
    /// Đúng, đủ, sạch, sống.
    #[serde(rename = "vn-4")]
    Vn4,
    /// All six dimensions.
    #[serde(rename = "vn-6")]
    Vn6,
}

impl Profile {
    pub const ALL: [Self; 3] = [Self::Local, Self::Vn4, Self::Vn6];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Vn4 => "vn-4",
            Self::Vn6 => "vn-6",
        }
    }

    /// The profile of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.id() == name)
    }

    /// The dimensions that count whether or not there is a rule; `None` under `local`.
    pub fn required(self) -> Option<&'static [Dimension]> {
        match self {
            Self::Local => None,
            Self::Vn4 => Some(&Dimension::ALL[..4]),
            Self::Vn6 => Some(&Dimension::ALL),
        }
    }
}

/// A limit in percent and the best grade beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// Points or percent: below this …
    pub below: u32,
    /// … the grade is at best this.
    pub grade: Grade,
}

/// The hard caps ("điểm liệt"): they lower the grade, never the points. Limits go from severe to mild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapPolicy {
    /// K1: points of a rule on the identity key of a main table.
    pub identity: Vec<Limit>,
    /// K2: points of a critical rule.
    pub critical: Limit,
    /// K3: points of a dimension.
    pub dimension: Vec<Limit>,
    /// K4: percent of clean records.
    pub clean_records: Vec<Limit>,
    /// K5: a main table's heartbeat older than the cycles after which it is worth nothing.
    pub dead: Grade,
    /// K6: percent of coverage.
    pub coverage: Vec<Limit>,
    /// K6: a database that was only reported by its owner.
    pub self_reported: Grade,
    /// K7: cycles after which an extract is no evidence any more.
    pub extract_cycles: u32,
    pub evidence: Grade,
    /// K8: a required table is missing.
    pub missing_table: Grade,
    /// K9: an agency with a priority database at D or —.
    pub agency_priority: Grade,
    /// K9: percent of an agency's databases at D or —, from which on …
    pub agency_failing_percent: u32,
    pub agency_failing: Grade,
}

/// Rank intervals by deterministic draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RankPolicy {
    pub seed: u64,
    pub draws: u32,
    /// A dimension's weight is multiplied by `noise_from + (0 … noise_steps − 1)`, in thousandths.
    pub noise_from: u64,
    pub noise_steps: u64,
    /// The shares of the weakest dimension that are drawn from.
    pub lambdas: Vec<Lambda>,
    /// The interval runs from this percent of the sorted ranks to 100 minus it.
    pub tail_percent: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placeholders {
    pub id: &'static str,
    pub strings: Vec<&'static str>,
    pub identifiers: Vec<&'static str>,
    pub repeated_digits: usize,
    pub dates: Vec<&'static str>,
}

/// All policy numbers of `thuocdo-score/1.0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Methodology {
    pub version: &'static str,
    pub profile: Profile,
    /// The defect scale.
    pub knots: Vec<Knot>,
    pub severities: BTreeMap<Severity, u32>,
    /// Main, secondary, code list or log.
    pub tiers: Vec<u32>,
    /// Priority, important, other databases.
    pub database_weights: Vec<u32>,
    /// Every dimension weighs the same: declared weights and actual effects rarely agree.
    pub dimension_weights: BTreeMap<Dimension, u32>,
    pub lambda: Lambda,
    pub bands: Vec<Band>,
    /// "Sát ngưỡng" within this many nano-points of a band's edge.
    pub near_edge: i64,
    pub caps: CapPolicy,
    /// Cycles after which an age is worth nothing.
    pub cycles_to_zero: u64,
    pub latency_edges: Vec<u64>,
    /// Critical rules with fewer units are flagged.
    pub small_n: u64,
    /// A rule whose `when` is unknown on more than this percent of rows is flagged.
    pub when_unknown_percent: u32,
    pub rank: RankPolicy,
    pub placeholders: Placeholders,
    /// Of the normal forms that values are compared in.
    pub unicode: String,
    /// The working-day calendar that deadlines were computed with.
    pub calendar: Option<String>,
    /// The core pack and its hash.
    pub pack: Option<String>,
}

impl Methodology {
    pub const VERSION: &str = "thuocdo-score/1.0.0";
    /// Tier of a main table, weight of a priority database.
    pub const MAIN: u32 = 3;

    /// The methodology as published, without a calendar or a core pack.
    pub fn new(profile: Profile) -> Self {
        let (major, minor, patch) = unicode_normalization::UNICODE_VERSION;
        let limit = |below, grade| Limit { below, grade };
        Self {
            version: Self::VERSION,
            profile,
            knots: KNOTS.to_vec(),
            severities: Severity::ALL.into_iter().zip([0, 1, 3, 9]).collect(),
            tiers: vec![3, 2, 1],
            database_weights: vec![3, 2, 1],
            dimension_weights: Dimension::ALL.into_iter().map(|dimension| (dimension, 1)).collect(),
            lambda: Lambda::QUARTER,
            bands: BANDS.to_vec(),
            near_edge: Nano::POINT / 2,
            caps: CapPolicy {
                identity: vec![limit(25, Grade::D), limit(50, Grade::C)],
                critical: limit(25, Grade::C),
                dimension: vec![limit(25, Grade::D), limit(50, Grade::C)],
                clean_records: vec![limit(50, Grade::D), limit(80, Grade::C), limit(98, Grade::B)],
                dead: Grade::D,
                coverage: vec![limit(60, Grade::Ungraded), limit(90, Grade::B)],
                self_reported: Grade::B,
                extract_cycles: 2,
                evidence: Grade::Ungraded,
                missing_table: Grade::C,
                agency_priority: Grade::B,
                agency_failing_percent: 25,
                agency_failing: Grade::C,
            },
            cycles_to_zero: day_histogram::CYCLES_TO_ZERO,
            latency_edges: latency_histogram::EDGES.to_vec(),
            small_n: 100,
            when_unknown_percent: 5,
            rank: RankPolicy {
                seed: 20_260_101,
                draws: 1_000,
                noise_from: 750,
                noise_steps: 501,
                lambdas: vec![Lambda { num: 0, den: 1 }, Lambda::QUARTER, Lambda { num: 1, den: 2 }],
                tail_percent: 5,
            },
            placeholders: Placeholders {
                id: placeholders::ID,
                strings: placeholders::STRINGS.to_vec(),
                identifiers: placeholders::IDENTIFIERS.to_vec(),
                repeated_digits: placeholders::REPEATED_DIGITS,
                dates: placeholders::DATES.to_vec(),
            },
            unicode: format!("{major}.{minor}.{patch}"),
            calendar: None,
            pack: None,
        }
    }

    /// The weight of a rule. `info` is never scored; a rule's own weight counts only where nothing is compared.
    pub fn weight(&self, severity: Severity, own: Option<u32>) -> u32 {
        match own {
            Some(own) if self.profile == Profile::Local && severity != Severity::Info => own,
            _ => self.severities.get(&severity).copied().unwrap_or(0),
        }
    }

    /// `thuocdo-score/1.0.0+` and the first twelve hexadecimal digits of the SHA-256 of the canonical JSON (keys
    /// sorted, no spaces) of everything above.
    pub fn id(&self) -> String {
        name(self.version, self)
    }
}

/// A name, and `+` and the first twelve hexadecimal digits of the SHA-256 of the canonical JSON of what it names.
pub(super) fn name(name: &str, content: &impl Serialize) -> String {
    let value = serde_json::to_value(content).unwrap_or_default();
    let mut canonical = String::new();
    write_canonical(&value, &mut canonical);
    let digest = Sha256::digest(canonical.as_bytes());
    let mut id = format!("{name}+");
    for byte in &digest[..6] {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// Keys sorted by their bytes, no spaces.
pub fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_the_name() {
        let standard = Methodology::new(Profile::Vn4);
        let id = standard.id();
        assert_eq!(id, Methodology::new(Profile::Vn4).id());
        let hash = id.strip_prefix("thuocdo-score/1.0.0+").unwrap();
        assert!(hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let mut others = vec![Methodology::new(Profile::Vn6), Methodology::new(Profile::Local)];
        others.resize(8, standard.clone());
        others[2].knots[3].points = 91;
        others[3].caps.coverage[0].below = 59;
        others[4].placeholders.strings.pop();
        others[5].pack = Some("core/1".to_owned());
        others[6].calendar = Some("vn-2026".to_owned());
        others[7].lambda.den = 5;
        for other in &others {
            assert_ne!(other.id(), id);
        }
    }

    #[test]
    fn canonical_json_does_not_depend_on_field_order() {
        let of = |text: &str| {
            let mut out = String::new();
            write_canonical(&serde_json::from_str(text).unwrap(), &mut out);
            out
        };
        assert_eq!(
            of(r#"{"b": [1, {"d": null, "c": "é\""}], "a": true}"#),
            r#"{"a":true,"b":[1,{"c":"é\"","d":null}]}"#
        );
    }

    #[test]
    fn own_weights_count_only_locally() {
        let local = Methodology::new(Profile::Local);
        assert_eq!(local.weight(Severity::Major, Some(7)), 7);
        assert_eq!(local.weight(Severity::Info, Some(7)), 0);
        assert_eq!(local.weight(Severity::Critical, None), 9);
        assert_eq!(Methodology::new(Profile::Vn4).weight(Severity::Major, Some(7)), 3);
        for profile in Profile::ALL {
            assert_eq!(Profile::parse(profile.id()), Some(profile));
        }
        assert_eq!(Profile::parse("vn4"), None);
    }
}
