//! What is worth telling somebody after a run: what became worse since the last one, what is missing, and what is over.

use std::collections::BTreeSet;

use super::Grade;
use super::comparable::{self, Basis, Comparison, Reason};
use super::scorecard::{AgencyCard, Cap, DatabaseCard, Incomplete, Scorecard};
use crate::base::Text;
use crate::rule::notify::Trigger;

/// Something that happened between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    pub about: Subject,
    pub what: Event,
}

/// To whom or what. Databases come first, each by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Database(String),
    Agency(String),
    /// All databases together.
    Overall,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The grade is worse than the last time.
    GradeFell { before: Grade, now: Grade },
    /// It would be worse, but the two scores cannot be compared.
    NotComparable { before: Grade, now: Grade, because: Vec<Text> },
    /// A hard cap was not there the last time, or left a better grade.
    CapAppeared(Cap),
    /// Something was not measured.
    Incomplete(Vec<Incomplete>),
    /// The last scorecard has the database, this one has not.
    Gone,
    /// Good news: the grade is better.
    GradeRose { before: Grade, now: Grade },
    /// Good news: the cap with this id does not apply any more.
    CapLifted(String),
    /// Good news: everything was measured again.
    CompleteAgain,
    /// Good news: the database was not there the last time.
    Arrived,
}

impl Event {
    /// What it is told for; what is over is told to whoever was told that it began.
    pub const fn trigger(&self) -> Trigger {
        match self {
            Self::GradeFell { .. } | Self::NotComparable { .. } | Self::GradeRose { .. } => {
                Trigger::GradeFell
            }
            Self::CapAppeared(_) | Self::CapLifted(_) => Trigger::CapAppeared,
            Self::Incomplete(_) | Self::Gone | Self::CompleteAgain | Self::Arrived => Trigger::Incomplete,
        }
    }

    /// Whether it is good news.
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::GradeRose { .. } | Self::CapLifted(_) | Self::CompleteAgain | Self::Arrived)
    }

    pub const fn id(&self) -> &'static str {
        match self {
            Self::GradeFell { .. } => "grade_fell",
            Self::NotComparable { .. } => "not_comparable",
            Self::CapAppeared(_) => "cap_appeared",
            Self::Incomplete(_) => "incomplete",
            Self::Gone => "database_gone",
            Self::GradeRose { .. } => "grade_rose",
            Self::CapLifted(_) => "cap_lifted",
            Self::CompleteAgain => "complete_again",
            Self::Arrived => "database_arrived",
        }
    }
}

/// What happened since the run before: databases, then agencies, then all together. Of a first run, the caps and what is
/// missing.
pub fn occasions(before: Option<&Scorecard>, now: &Scorecard) -> Vec<Occasion> {
    let mut found = Vec::new();
    let ids: BTreeSet<&str> = before
        .iter()
        .flat_map(|card| &card.databases)
        .chain(&now.databases)
        .map(|card| card.id.as_str())
        .collect();
    // What was not measured may be of a database that is on no card.
    let gaps = |card: &Scorecard, id: &str| -> Vec<Incomplete> {
        card.incomplete.iter().filter(|gap| gap.database == id).cloned().collect()
    };
    let strays = now.incomplete.iter().map(|gap| gap.database.as_str());
    let ids: BTreeSet<&str> = ids.into_iter().chain(strays).collect();
    for id in ids {
        let (was, is) = (before.and_then(|card| database(card, id)), database(now, id));
        let mut events = Vec::new();
        match (was, is) {
            (Some(_), None) => events.push(Event::Gone),
            (None, Some(_)) if before.is_some() => events.push(Event::Arrived),
            _ => {}
        }
        if let (Some(card), Some(was), Some(is)) = (before, was, is) {
            let because = || obstacles(&Basis::of(card, was), &Basis::of(now, is));
            events.extend(grades(was.grade, is.grade, because));
        }
        if let Some(is) = is {
            events.extend(caps(was.map_or(&[], |was| &was.caps), &is.caps));
        }
        let missing = gaps(now, id);
        if !missing.is_empty() {
            events.push(Event::Incomplete(missing));
        } else if is.is_some() && before.is_some_and(|card| !gaps(card, id).is_empty()) {
            events.push(Event::CompleteAgain);
        }
        let about = || Subject::Database(id.to_owned());
        found.extend(events.into_iter().map(|what| Occasion { about: about(), what }));
    }
    let agencies = now.agencies.iter().map(|agency| {
        let was = before.and_then(|card| card.agencies.iter().find(|other| other.id == agency.id));
        (Subject::Agency(agency.id.clone().unwrap_or_default()), was, agency)
    });
    let overall = (Subject::Overall, before.map(|card| &card.overall), &now.overall);
    for (about, was, is) in agencies.chain([overall]) {
        let mut events = Vec::new();
        if let (Some(card), Some(was)) = (before, was) {
            events.extend(grades(was.grade, is.grade, || shared_obstacles(card, was, now, is)));
        }
        events.extend(caps(was.map_or(&[], |was| &was.caps), &is.caps));
        found.extend(events.into_iter().map(|what| Occasion { about: about.clone(), what }));
    }
    found
}

/// Why the grades of a database at two moments cannot be compared; also what a notice says beside its points.
pub fn obstacles(was: &Basis<'_>, is: &Basis<'_>) -> Vec<Text> {
    let reasons = comparable::reasons(was, is, Comparison { same_database: true });
    // That little could be measured is no reason to keep quiet about a grade that fell for it.
    reasons.iter().filter(|reason| !matches!(reason, Reason::Own(..))).map(Reason::text).collect()
}

/// The databases that two sums have in common decide whether the sums can be compared.
fn shared_obstacles(before: &Scorecard, was: &AgencyCard, now: &Scorecard, is: &AgencyCard) -> Vec<Text> {
    let mut because: Vec<Text> = Vec::new();
    for id in is.databases.iter().filter(|id| was.databases.contains(id)) {
        let (Some(was), Some(is)) = (database(before, id), database(now, id)) else { continue };
        let found = obstacles(&Basis::of(before, was), &Basis::of(now, is));
        let new = found.into_iter().filter(|text| !because.contains(text)).collect::<Vec<_>>();
        because.extend(new);
    }
    because
}

fn grades(before: Grade, now: Grade, because: impl Fn() -> Vec<Text>) -> Option<Event> {
    if before == now {
        return None;
    }
    let because = because();
    match (because.is_empty(), now > before) {
        (true, true) => Some(Event::GradeFell { before, now }),
        (true, false) => Some(Event::GradeRose { before, now }),
        (false, true) => Some(Event::NotComparable { before, now, because }),
        (false, false) => None,
    }
}

fn caps(before: &[Cap], now: &[Cap]) -> Vec<Event> {
    let harder = |cap: &&Cap| !before.iter().any(|old| old.id == cap.id && old.max_grade >= cap.max_grade);
    let mut events: Vec<Event> = now.iter().filter(harder).cloned().map(Event::CapAppeared).collect();
    let lifted = before.iter().filter(|old| now.iter().all(|cap| cap.id != old.id));
    events.extend(lifted.map(|old| Event::CapLifted(old.id.clone())));
    events
}

fn database<'a>(card: &'a Scorecard, id: &str) -> Option<&'a DatabaseCard> {
    card.databases.iter().find(|database| database.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dimension;
    use crate::score::scorecard::Gap;
    use crate::score::{Profile, laws};

    fn card() -> Scorecard {
        let rules = || vec![laws::clean_rule("r", Dimension::Correctness)];
        let databases = ["a", "b"].map(|id| laws::database(id, vec![laws::table("t", 3, rules())]));
        laws::score(databases.into(), Profile::Local)
    }

    /// What is told after the card was changed.
    fn after(change: impl Fn(&mut Scorecard)) -> Vec<(Subject, &'static str)> {
        let before = card();
        let mut now = before.clone();
        change(&mut now);
        told(Some(&before), &now)
    }

    fn told(before: Option<&Scorecard>, now: &Scorecard) -> Vec<(Subject, &'static str)> {
        occasions(before, now).into_iter().map(|occasion| (occasion.about, occasion.what.id())).collect()
    }

    fn of(id: &str, what: &'static str) -> (Subject, &'static str) {
        (Subject::Database(id.to_owned()), what)
    }

    fn cap(id: &str, max_grade: Grade) -> Cap {
        Cap { id: id.to_owned(), max_grade, evidence: Text::same("evidence"), subjects: Vec::new() }
    }

    fn gap(database: &str) -> Incomplete {
        let (table, rule) = (Some("t".to_owned()), None);
        let text = Text::same("missing");
        Incomplete { code: Gap::MissingTable, database: database.to_owned(), table, rule, text }
    }

    #[test]
    fn of_two_runs_that_are_alike_there_is_nothing_to_tell() {
        assert_eq!(after(|_| {}), []);
        assert_eq!(after(|card| card.databases[0].score.official_nano -= 1), []);
        assert_eq!(told(None, &card()), []);
    }

    #[test]
    fn grades_fall_and_rise() {
        assert_eq!(after(|card| card.databases[0].grade = Grade::B), [of("a", "grade_fell")]);
        assert_eq!(after(|card| card.databases[1].grade = Grade::Ungraded), [of("b", "grade_fell")]);
        let agency = |card: &mut Scorecard| card.agencies[0].grade = Grade::C;
        assert_eq!(after(agency), [(Subject::Agency("agency".to_owned()), "grade_fell")]);
        assert_eq!(after(|card| card.overall.grade = Grade::C), [(Subject::Overall, "grade_fell")]);
        let (mut before, now) = (card(), card());
        before.databases[0].grade = Grade::D;
        let found = occasions(Some(&before), &now);
        assert_eq!(found[0].what, Event::GradeRose { before: Grade::D, now: now.databases[0].grade });
        assert!(found[0].what.is_good());
    }

    #[test]
    fn what_cannot_be_compared_did_not_fall() {
        let other = |card: &mut Scorecard| {
            card.methodology = "other".to_owned();
            card.databases[0].grade = Grade::C;
            card.overall.grade = Grade::C;
        };
        assert_eq!(after(other), [of("a", "not_comparable"), (Subject::Overall, "not_comparable")]);
        assert_eq!(after(|card| card.methodology = "other".to_owned()), []);
        let low = |card: &mut Scorecard| {
            card.databases[0].coverage = crate::score::scorecard::Fraction { num: 1, den: 10 };
            card.databases[0].grade = Grade::Ungraded;
        };
        assert_eq!(after(low), [of("a", "grade_fell")]);
    }

    #[test]
    fn caps_appear_harden_and_are_lifted() {
        assert_eq!(after(|card| card.databases[0].caps.push(cap("K2", Grade::C))), [of("a", "cap_appeared")]);
        let mut before = card();
        before.databases[0].caps = vec![cap("K1", Grade::C), cap("K2", Grade::D)];
        assert_eq!(told(None, &before), [of("a", "cap_appeared"), of("a", "cap_appeared")]);
        assert_eq!(told(Some(&before), &before), []);
        let mut now = before.clone();
        now.databases[0].caps = vec![cap("K1", Grade::D)];
        assert_eq!(told(Some(&before), &now), [of("a", "cap_appeared"), of("a", "cap_lifted")]);
        now.databases[0].caps = vec![cap("K1", Grade::C), cap("K2", Grade::C)];
        assert_eq!(told(Some(&before), &now), [], "a softer cap is no news");
    }

    #[test]
    fn what_is_missing_is_told_every_night_and_once_when_it_is_over() {
        let mut now = card();
        now.incomplete = vec![gap("b"), gap("b"), gap("nowhere")];
        let missing = [of("b", "incomplete"), of("nowhere", "incomplete")];
        assert_eq!(told(None, &now), missing);
        assert_eq!(told(Some(&now), &now), missing);
        assert_eq!(told(Some(&now), &card()), [of("b", "complete_again")]);
        let Event::Incomplete(gaps) = &occasions(None, &now)[0].what else { panic!() };
        assert_eq!(gaps.len(), 2);
    }

    #[test]
    fn databases_go_and_come() {
        assert_eq!(after(|card| drop(card.databases.remove(0))), [of("a", "database_gone")]);
        let (mut before, now) = (card(), card());
        before.databases.remove(1);
        assert_eq!(told(Some(&before), &now), [of("b", "database_arrived")]);
    }
}
