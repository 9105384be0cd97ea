//! What makes up the difference between two agencies: exact parts that sum to it, by dimension and by database.
//!
//! An agency's points are the weighted mean of those of its databases, and a database's points are linear in its
//! dimensions once it is known which of them is the weakest. So every point of an agency belongs to one dimension of one
//! database, and the difference of two agencies is that of their sums.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::table::{Member, Members, dimensions};
use crate::base::{Dimension, Ratio, Text};
use crate::say;
use crate::score::Scorecard;
use crate::score::contribution::{Part, allocate};
use crate::score::methodology::Methodology;
use crate::score::scorecard::DatabaseCard;

/// Why one agency stands where it does beside another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The two agencies.
    pub between: [String; 2],
    /// Official points of each, in billionths.
    pub score_nano: [i64; 2],
    /// The first less the second.
    pub difference_nano: i64,
    /// By dimension, in order; they sum to the difference.
    pub dimensions: Vec<DimensionPart>,
}

/// What a dimension brings each of the two, in billionths of their points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DimensionPart {
    pub dimension: Dimension,
    pub brings_nano: [i64; 2],
    /// The first less the second.
    pub difference_nano: i64,
}

/// # Errors
/// One of the two is not among the agencies.
pub fn difference(
    card: &Scorecard,
    members: &Members,
    a: &str,
    b: &str,
    methodology: &Methodology,
) -> Result<Difference, Text> {
    let mut sides = Vec::new();
    for id in [a, b] {
        let of = members.get(id).zip(card.agencies.iter().find(|agency| agency.id.as_deref() == Some(id)));
        let Some((members, agency)) = of else {
            let known: Vec<&str> = members.keys().map(String::as_str).collect();
            return Err(unknown(id, &known));
        };
        sides.push((
            agency.score.official_nano,
            parts(card, members, agency.score.official_nano, methodology),
        ));
    }
    let (of_a, of_b) = (&sides[0], &sides[1]);
    let part = |dimension: &Dimension| {
        let brings = [&of_a.1, &of_b.1].map(|parts| parts.get(dimension).copied().unwrap_or_default());
        DimensionPart { dimension: *dimension, brings_nano: brings, difference_nano: brings[0] - brings[1] }
    };
    Ok(Difference {
        between: [a.to_owned(), b.to_owned()],
        score_nano: [of_a.0, of_b.0],
        difference_nano: of_a.0 - of_b.0,
        dimensions: dimensions(methodology).iter().map(part).collect(),
    })
}

/// What is said of an agency that is not among the known.
pub(super) fn unknown(id: &str, known: &[&str]) -> Text {
    let known = if known.is_empty() { "—".to_owned() } else { known.join(", ") };
    say!(
        "`{id}` is not among the agencies that are compared: {known}",
        "`{id}` không có trong các cơ quan được so sánh: {known}"
    )
}

/// What each dimension brings an agency; together its official points.
fn parts(
    card: &Scorecard,
    members: &[Member],
    official: i64,
    methodology: &Methodology,
) -> BTreeMap<Dimension, i64> {
    let shown = dimensions(methodology);
    let all: u128 = members.iter().map(|member| u128::from(member.weight)).sum();
    let (lambda, whole) = (u128::from(methodology.lambda.num), u128::from(methodology.lambda.den));
    let value = |database: &DatabaseCard, dimension: &Dimension| {
        database.dimensions.get(dimension).map_or(0, |card| card.score.official_nano)
    };
    let mut named = Vec::new();
    for member in members {
        let Some(database) = member.scored.map(|at| &card.databases[at]) else { continue };
        let values: Vec<i64> = shown.iter().map(|dimension| value(database, dimension)).collect();
        let least = values.iter().min().copied().unwrap_or_default();
        let weakest = values.iter().filter(|&&value| value == least).count() as u128;
        for (dimension, value) in shown.iter().zip(values) {
            // (1 − λ)/n of the mean, and of the weakest λ, which equals share.
            let n = shown.len() as u128;
            let mean = Ratio::new((whole - lambda) * u128::from(member.weight), whole * n * all);
            let minimum = if value == least {
                Ratio::new(lambda * u128::from(member.weight), whole * weakest * all)
            } else {
                None
            };
            let share = Ratio::sum(&[mean.unwrap_or(Ratio::ZERO), minimum.unwrap_or(Ratio::ZERO)]);
            named.push((format!("{} {}", dimension.id(), member.id), *dimension, value, share));
        }
    }
    let items: Vec<Part<'_>> =
        named.iter().map(|(id, _, delta, share)| Part { id, delta: *delta, share: *share }).collect();
    // Without any points there is nothing to divide.
    let split = allocate(official, &items).unwrap_or_else(|| vec![0; items.len()]);
    let mut sums = BTreeMap::new();
    for ((_, dimension, ..), nano) in named.iter().zip(split) {
        *sums.entry(*dimension).or_insert(0) += nano;
    }
    sums
}
