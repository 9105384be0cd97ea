//! Which databases a roll-up is about: those of the run, or also those that the catalogue lists and nobody scored.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Scorecard;
use super::scorecard::DatabaseCard;
use crate::rule::Catalog;

/// What agencies are summed up over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RollUp {
    /// The databases that were scored.
    #[default]
    Run,
    /// All databases of the catalogue that belong to an agency of the run; those that were not scored count 0.
    Agencies,
    /// All databases of the catalogue; those that were not scored count 0.
    Nation,
}

impl RollUp {
    pub const ALL: [Self; 3] = [Self::Run, Self::Agencies, Self::Nation];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Agencies => "agencies",
            Self::Nation => "nation",
        }
    }

    /// As far as serialisation leaves it out.
    pub fn is_run(&self) -> bool {
        *self == Self::Run
    }
}

/// A scored database as the registry sees it.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a> {
    pub id: &'a str,
    pub agency: Option<&'a str>,
    pub weight: u32,
}

/// A database that answers for its weight without a score that could stand: it counts 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    pub id: String,
    pub agency: Option<String>,
    pub weight: u32,
}

/// A place in the roll-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    pub id: &'a str,
    pub agency: Option<&'a str>,
    pub weight: u32,
    /// Which of the scored databases gives it its points; none: it was not scored.
    pub scored: Option<usize>,
}

/// The places of a roll-up, by id. Those that are absent have a place in a run; of the catalogue they have it anyway, and
/// their agencies are asked as if they were scored.
///
/// Beyond the run, a priority database stands for the entries that it consists of: each has its points, unless it was
/// scored itself. So an agency's weights do not depend on how its databases were put into rule files. Databases that the
/// catalogue does not know have no place there: nobody raises an agency by databases of his own.
pub fn slots<'a>(
    scope: RollUp,
    catalog: &'a Catalog,
    scored: &[Scored<'a>],
    absent: &'a [Absent],
) -> Vec<Slot<'a>> {
    let mut slots: Vec<Slot<'a>> = Vec::new();
    for (at, database) in scored.iter().enumerate() {
        let Scored { id, agency, weight } = *database;
        if !scope.is_run() && catalog.find(id).is_none() {
            continue;
        }
        let parts = if scope.is_run() { &[] } else { catalog.parts_of(id) };
        if parts.is_empty() {
            slots.push(Slot { id, agency, weight, scored: Some(at) });
        }
        for part in parts.iter().filter(|part| scored.iter().all(|other| other.id != part.as_str())) {
            slots.push(Slot { id: part, agency, weight, scored: Some(at) });
        }
    }
    if scope.is_run() {
        slots.extend(absent.iter().map(|Absent { id, agency, weight }| Slot {
            id,
            agency: agency.as_deref(),
            weight: *weight,
            scored: None,
        }));
    } else {
        let known = slots.len();
        let asked = |agency: Option<&str>| {
            scored.iter().any(|database| database.agency == agency)
                || absent.iter().any(|database| database.agency.as_deref() == agency)
        };
        for entry in catalog.databases() {
            let (id, agency) = (entry.id.as_str(), Some(entry.agency.as_str()));
            let asked = scope == RollUp::Nation || asked(agency);
            if asked && slots[..known].iter().all(|slot| slot.id != id) {
                slots.push(Slot { id, agency, weight: entry.weight, scored: None });
            }
        }
    }
    slots.sort_by_key(|slot| slot.id);
    slots
}

/// The places of a scorecard, as its agencies were summed up: `scored` is the position among its databases.
pub fn places<'a>(card: &'a Scorecard, absent: &'a [Absent]) -> Vec<Slot<'a>> {
    let databases = card.databases.iter();
    let scored: Vec<Scored<'_>> = databases
        .map(|DatabaseCard { id, agency, weight, .. }| Scored {
            id,
            agency: agency.as_deref(),
            weight: *weight,
        })
        .collect();
    // What is summed up over the run alone goes by no catalogue.
    static UNLISTED: LazyLock<Catalog> = LazyLock::new(Catalog::default);
    let catalog = if card.roll_up.is_run() { &UNLISTED } else { Catalog::shipped() };
    slots(card.roll_up, catalog, &scored, absent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Nano, Text};
    use crate::rule::catalog::{Agency, Archetype, Entry, Kind};
    use crate::score::agency::{Member, summarize};
    use crate::score::rule_points::Triple;
    use crate::score::{Grade, Methodology, Profile};

    fn scored<'a>(id: &'a str, agency: &'a str, weight: u32) -> Scored<'a> {
        Scored { id, agency: Some(agency), weight }
    }

    #[test]
    fn of_a_run_just_what_was_scored() {
        let run = [scored("p03_giao_duc", "bgddt", 3), scored("x", "bgddt", 1)];
        let slots = slots(RollUp::Run, Catalog::shipped(), &run, &[]);
        assert_eq!(
            slots.iter().map(|slot| (slot.id, slot.scored)).collect::<Vec<_>>(),
            [("p03_giao_duc", Some(0)), ("x", Some(1))]
        );
    }

    #[test]
    fn agencies_of_the_run_answer_for_all_their_databases() {
        let run = [scored("nhnn_a03", "nhnn", 2), scored("own", "nhnn", 1)];
        let slots = slots(RollUp::Agencies, Catalog::shipped(), &run, &[]);
        assert_eq!(
            slots.iter().map(|slot| (slot.id, slot.weight, slot.scored)).collect::<Vec<_>>(),
            [("nhnn_a01", 2, None), ("nhnn_a02", 2, None), ("nhnn_a03", 2, Some(0)), ("nhnn_a04", 2, None),]
        );
    }

    #[test]
    fn a_priority_database_stands_for_its_entries() {
        let run = [scored("bgddt_a02", "bgddt", 3), scored("p03_giao_duc", "bgddt", 3)];
        let slots = slots(RollUp::Agencies, Catalog::shipped(), &run, &[]);
        assert_eq!(
            slots.iter().map(|slot| (slot.id, slot.scored)).collect::<Vec<_>>(),
            [
                ("bgddt_a01", Some(1)),
                ("bgddt_a02", Some(0)),
                ("bgddt_a03", Some(1)),
                ("bgddt_a04", Some(1)),
                ("bgddt_a05", Some(1)),
            ]
        );
    }

    #[test]
    fn the_nation_has_330_and_what_is_not_listed() {
        let nation = |run: &[Scored<'_>]| slots(RollUp::Nation, Catalog::shipped(), run, &[]).len();
        assert_eq!(nation(&[]), 330);
        assert_eq!(nation(&[scored("bca_a13", "bca", 2), scored("p10_nong_nghiep", "bnnmt", 3)]), 330);
        assert_eq!(nation(&[scored("p08_tai_san_thu_nhap", "ttcp", 3)]), 331);
    }

    #[test]
    fn what_is_absent_has_a_place_and_its_agency_is_asked() {
        let run = [scored("x", "nhnn", 2)];
        let absent = [Absent { id: "nhnn_a01".to_owned(), agency: Some("nhnn".to_owned()), weight: 2 }];
        let of = |scope| -> Vec<(&str, Option<usize>)> {
            let slots = slots(scope, Catalog::shipped(), &run[..usize::from(scope.is_run())], &absent);
            slots.iter().map(|slot| (slot.id, slot.scored)).collect()
        };
        assert_eq!(of(RollUp::Run), [("nhnn_a01", None), ("x", Some(0))]);
        assert_eq!(of(RollUp::Agencies).len(), 4);
    }

    /// E22 of the scoring vectors: 87.5 (weight 3) and 91.2 (weight 2) were scored, a third (weight 1) is registered.
    #[test]
    fn an_agency_with_one_database_that_nobody_scored() {
        let entry = |id: &str, weight| Entry {
            id: id.to_owned(),
            slug: None,
            name: id.to_owned(),
            name_fixed: None,
            agency: "a".to_owned(),
            group: None,
            kind: Kind::Database,
            archetype: Archetype::Document,
            pack: None,
            overlaps: None,
            priority: None,
            weight,
        };
        let agency = Agency {
            id: "a".to_owned(),
            name: Text::same("a"),
            partners: Vec::new(),
            databases: vec![entry("first", 3), entry("second", 2), entry("third", 1)],
        };
        let catalog = Catalog { agencies: vec![agency], ..Catalog::default() };
        let points = [Nano::new(87_500_000_000), Nano::new(91_200_000_000)];
        let run = [scored("first", "a", 3), scored("second", "a", 2)];
        let slots = slots(RollUp::Agencies, &catalog, &run, &[]);
        let members: Vec<Member<'_>> = slots
            .iter()
            .map(|slot| Member {
                id: slot.id,
                weight: slot.weight,
                points: slot.scored.map_or(Triple::UNKNOWN, |at| Triple::exactly(points[at])),
                dimensions: Vec::new(),
                grade: slot.scored.map_or(Grade::Ungraded, |_| Grade::B),
            })
            .collect();
        let summary = summarize(&members, &Methodology::new(Profile::Vn4));
        assert_eq!(summary.points.official.six(), "74.150000");
        assert_eq!(summary.points.measured.unwrap().six(), "88.980000");
        assert_eq!(summary.points.ceiling.six(), "90.816666");
        assert_eq!((members.len(), summary.measured), (3, 2));
    }
}
