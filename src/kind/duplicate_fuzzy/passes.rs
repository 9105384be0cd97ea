//! What follows from the roles of columns: what is compared of a person, and which rows are worth comparing.

use super::written::MOST_PASSES;
use super::{ComparedColumn, Pass};
use crate::kernel::similarity::{Measure, Part};
use crate::rule::At;
use crate::rule::DeclaredColumn;
use crate::rule::role::Role;

/// How columns of a role are compared.
pub fn measure_of(role: &Role) -> Option<Measure> {
    Some(match role.name {
        "person_name" => Measure::Name,
        "birth_date" | "partial_birth_date" => Measure::Date,
        "address" => Measure::Address,
        _ => return None,
    })
}

pub fn weight_of(measure: Measure) -> u32 {
    match measure {
        Measure::Name => 3,
        Measure::Date => 2,
        _ => 1,
    }
}

/// The first column of each of these roles. Numbers of persons and of telephones are not compared: whoever stands there twice
/// has two, or one that is missing. They bring rows together instead.
pub fn compared(columns: &[DeclaredColumn]) -> Vec<ComparedColumn> {
    let of = |measure| {
        let column = columns.iter().find(|column| column.role.and_then(measure_of) == Some(measure))?;
        Some((column.name.clone(), measure, weight_of(measure)))
    };
    let Some(name) = of(Measure::Name) else { return Vec::new() };
    [Some(name), of(Measure::Date), of(Measure::Address)].into_iter().flatten().collect()
}

/// Which rows are compared: the names sound alike in one year of birth, or on one day of any; the same date of birth with the
/// same first letters; the same telephone or number. Each brings together what another misses: a wrong day, a wrong year, a
/// misspelt word, everything but the number. Where there is no date of birth the names alone have to do.
pub fn passes(compared: &[ComparedColumn], columns: &[DeclaredColumn]) -> Vec<Pass> {
    let first = |measure| compared.iter().find(|(_, own, _)| *own == measure).map(|(name, ..)| name.clone());
    let mut passes: Vec<Pass> = Vec::new();
    let (name, date) = (first(Measure::Name), first(Measure::Date));
    let pair = |a: (&At<String>, Part), b: (&At<String>, Part)| vec![(a.0.clone(), a.1), (b.0.clone(), b.1)];
    match (&name, &date) {
        (Some(name), Some(date)) => {
            passes.push(pair((name, Part::Sound), (date, Part::Year)));
            passes.push(pair((date, Part::Whole), (name, Part::Ends)));
            passes.push(pair((name, Part::Sound), (date, Part::MonthDay)));
        }
        (Some(name), None) => passes.push(vec![(name.clone(), Part::Sound)]),
        (None, Some(date)) => passes.push(vec![(date.clone(), Part::Whole)]),
        (None, None) => {}
    }
    for column in columns {
        let part = match column.role.map(|role| role.name) {
            Some("phone") => Part::Digits,
            Some("person_id" | "old_person_id" | "social_insurance_id" | "health_card" | "passport") => {
                Part::Whole
            }
            _ => continue,
        };
        passes.push(vec![(column.name.clone(), part)]);
    }
    passes.truncate(MOST_PASSES);
    passes
}
