//! The periodic report on data: connections that work, quality, sharing requests that were met; per agency, with the change
//! since the period before and what brought it about.
//!
//! The three blocks are those that the Prime Minister's letter of September 2025 on Regulation 05-QĐ/BCĐTW asks for: "số lượng
//! kết nối thành công, chất lượng dữ liệu (đúng - đủ - sạch - sống) và tỉ lệ đáp ứng yêu cầu chia sẻ". Plain data and pure
//! functions; the period is an argument.

mod absent;
pub mod achieved;
pub mod change;
pub mod period;
mod selected;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

pub use absent::Absent;
pub use achieved::{Achieved, Counted, RuleCount, State};
pub use change::Reason;
pub use period::{Due, Period};
pub use selected::{Selected, select};

use self::absent::Stood;
use self::change::{Side, Sort};
use super::comparable::{self, Basis, Comparison, RunBasis};
use super::league::{Apart, Request};
use super::methodology::Profile;
use super::registry::{self, RollUp, Slot};
use super::scorecard::{AgencyCard, Cap, DatabaseCard, Score};
use super::{Grade, Scorecard};
use crate::base::{Dimension, Text};
use crate::rule::Catalog;
use crate::say;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.periodic/1";

/// One database in two periods.
const ONE_DATABASE: Comparison = Comparison { same_database: true };

/// A report on a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Periodic {
    /// Always `thuocdo.periodic/1`.
    pub schema: String,
    /// The period that is reported on.
    pub period: Period,
    /// By when the report is due, if anybody says so.
    pub due: Option<Due>,
    /// Whether the latest scorecard speaks of a day after that.
    pub late: bool,
    /// The moments of the earliest and of the latest scorecard that counts.
    pub as_of: [String; 2],
    /// The same of the period before; absent without scorecards of it.
    pub before_as_of: Option<[String; 2]>,
    /// The scoring methodology; scorecards of both periods were scored again by it.
    pub methodology: String,
    /// Which dimensions count.
    pub profile: Profile,
    /// What agencies are summed up over.
    pub roll_up: RollUp,
    /// All agencies together.
    pub overall: Part,
    /// The agencies, by id.
    pub agencies: Vec<Part>,
    /// The databases, by id.
    pub databases: Vec<DatabaseLine>,
    /// Scorecards that are not in the report, and why.
    pub apart: Vec<Apart>,
    /// Scorecards of earlier days that nothing is compared with, and why.
    pub apart_before: Vec<Apart>,
}

/// The three blocks, of an agency or of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// The agency; absent if all are meant.
    pub id: Option<String>,
    /// Its name, if the catalogue knows it.
    pub title: Option<Text>,
    /// Mandated connections that work.
    pub connections: Achieved,
    /// Attempts to connect that succeeded.
    pub attempts: Achieved,
    /// Quality by dimension.
    pub quality: Quality,
    /// Sharing requests that were met on time.
    pub requests: Achieved,
}

/// The block of quality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Quality {
    pub grade: Grade,
    pub score: Score,
    /// The dimensions that count.
    pub dimensions: BTreeMap<Dimension, Score>,
    /// Databases that are registered.
    pub registered: u64,
    /// Databases of which something was measured.
    pub measured: u64,
    /// Registered databases without a scorecard that stands: they count 0.
    pub not_scored: Vec<String>,
    /// Of these, those that had a scorecard in the period before, or have one that cannot stand.
    pub absent: Vec<Absent>,
    /// The caps that lower the grade.
    pub caps: Vec<String>,
    /// What changed.
    pub since: Since,
}

/// What became of it since the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Since {
    /// Nothing is known of the period before.
    First,
    /// The two do not compare: every reason, and no number.
    NotComparable { because: Vec<Text> },
    /// They do.
    Changed(Change),
}

/// A change of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The grade in the period before.
    pub grade: Grade,
    /// Official points in the period before.
    pub score: Score,
    /// Official points now less those before, in billionths; the reasons sum to it.
    pub nano: i64,
    /// The same of the dimensions that count in both.
    pub dimensions: BTreeMap<Dimension, i64>,
    /// Databases that were registered and measured before.
    pub registered: u64,
    pub measured: u64,
    /// What moved the points, most first.
    pub reasons: Vec<Reason>,
}

/// A database in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DatabaseLine {
    pub id: String,
    pub title: Option<Text>,
    pub agency: Option<String>,
    pub grade: Grade,
    /// The caps that lower it.
    pub caps: Vec<String>,
    pub score: Score,
    /// Official points of the dimensions that count, in billionths.
    pub dimensions: BTreeMap<Dimension, i64>,
    /// Official points now less those before, in billionths.
    pub change_nano: Option<i64>,
    /// Why there is no such number, where there was a scorecard before.
    pub not_comparable_because: Vec<Text>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub period: Period,
    /// By when it is due, if not as the law says.
    pub due: Option<Due>,
    pub roll_up: RollUp,
}

/// Makes the report.
///
/// # Errors
/// No scorecard of the period can stand in a report: every reason.
pub fn periodic(selected: Selected, asked: &Asked) -> Result<Periodic, Vec<Text>> {
    let Selected { now, before, outside, outside_before } = selected;
    let request = Request { roll_up: asked.roll_up, ..Request::default() };
    let was = Stood::of(before, &request, None);
    let mut is = Stood::of(now, &request, Some(&was));
    let apart: Vec<Apart> = outside.into_iter().chain(std::mem::take(&mut is.apart)).collect();
    let (Some(card), Some(as_of)) = (&is.card, &is.moments) else {
        return Err(apart.iter().map(told).collect());
    };
    let due = asked.due.clone().or_else(|| asked.period.due());
    let last = period::day_of(&as_of[1]);
    let before = was.card.as_ref();
    let (slots, slots_before) = (
        registry::places(card, &is.places),
        before.map(|before| registry::places(before, &was.places)).unwrap_or_default(),
    );
    let sides = Sides { card, is: &is, slots: &slots, before, was: &was, slots_before: &slots_before };
    let agencies = card.agencies.iter().filter(|agency| agency.id.is_some());
    Ok(Periodic {
        schema: SCHEMA.to_owned(),
        late: due.as_ref().zip(last).is_some_and(|(due, last)| last > due.day),
        due,
        period: asked.period.clone(),
        methodology: card.methodology.clone(),
        profile: card.profile,
        roll_up: asked.roll_up,
        overall: sides.part(&card.overall),
        agencies: agencies.map(|agency| sides.part(agency)).collect(),
        databases: card.databases.iter().map(|database| sides.line(database)).collect(),
        as_of: as_of.clone(),
        before_as_of: was.moments.clone(),
        apart,
        apart_before: outside_before.into_iter().chain(was.apart.iter().cloned()).collect(),
    })
}

/// What is set apart, in one line.
pub fn told(apart: &Apart) -> Text {
    let what = apart.database.as_ref().unwrap_or(&apart.card);
    let because = |lang: fn(&Text) -> &str| apart.because.iter().map(lang).collect::<Vec<_>>().join("; ");
    let (en, vi) = (because(|text| &text.en), because(|text| &text.vi));
    say!("`{what}`: {en}", "`{what}`: {vi}")
}

/// Both periods, as they were summed up.
struct Sides<'a> {
    card: &'a Scorecard,
    is: &'a Stood,
    slots: &'a [Slot<'a>],
    before: Option<&'a Scorecard>,
    was: &'a Stood,
    slots_before: &'a [Slot<'a>],
}

/// The databases of an agency, or all: those that stand.
fn of<'a>(card: &'a Scorecard, agency: Option<&str>) -> Vec<&'a DatabaseCard> {
    card.databases.iter().filter(|database| is_of(database, agency)).collect()
}

fn is_of(database: &DatabaseCard, agency: Option<&str>) -> bool {
    agency.is_none() || database.agency.as_deref() == agency
}

/// The same with those that count 0: what their rules could count is counted.
fn counted<'a>(card: &'a Scorecard, stood: &'a Stood, agency: Option<&str>) -> Vec<&'a DatabaseCard> {
    let besides = stood.counted.iter().filter(|database| is_of(database, agency));
    of(card, agency).into_iter().chain(besides).collect()
}

fn places<'a>(slots: &[Slot<'a>], agency: Option<&str>) -> Vec<Slot<'a>> {
    slots.iter().filter(|slot| agency.is_none() || slot.agency == agency).copied().collect()
}

fn counting(card: &AgencyCard) -> BTreeMap<Dimension, Score> {
    let applicable = card.dimensions.iter().filter(|(_, card)| card.applicable);
    applicable.map(|(dimension, card)| (*dimension, card.score.clone())).collect()
}

/// The caps under which a grade is worse than its points earn.
fn biting(caps: &[Cap], by_points: Grade) -> Vec<String> {
    caps.iter().filter(|cap| cap.max_grade > by_points).map(|cap| cap.id.clone()).collect()
}

impl Sides<'_> {
    fn part(&self, agency: &AgencyCard) -> Part {
        let id = agency.id.as_deref();
        let databases = counted(self.card, self.is, id);
        let earlier = self.before.map(|before| counted(before, self.was, id));
        let gone: BTreeSet<&str> =
            self.is.absent.iter().filter(|it| it.card.is_none()).map(|it| it.database.as_str()).collect();
        let count = |counted| achieved::achieved(&databases, earlier.as_deref(), &gone, counted);
        let slots = places(self.slots, id);
        let unscored = || slots.iter().filter(|slot| slot.scored.is_none()).map(|slot| slot.id);
        Part {
            id: agency.id.clone(),
            title: id.and_then(|id| Catalog::shipped().agency(id)).map(|agency| agency.name.clone()),
            connections: count(Counted::Connections),
            attempts: count(Counted::Attempts),
            requests: count(Counted::Requests),
            quality: Quality {
                grade: agency.grade,
                score: agency.score.clone(),
                dimensions: counting(agency),
                registered: agency.registered,
                measured: agency.measured,
                not_scored: unscored().map(str::to_owned).collect(),
                absent: unscored().filter_map(|id| self.is.why(id)).cloned().collect(),
                caps: biting(&agency.caps, agency.grade_by_points),
                since: self.since(agency, &slots),
            },
        }
    }

    fn since(&self, agency: &AgencyCard, slots: &[Slot<'_>]) -> Since {
        let id = agency.id.as_deref();
        let Some(before) = self.before else { return Since::First };
        let was = match id {
            None => Some(&before.overall),
            Some(_) => before.agencies.iter().find(|other| other.id == agency.id),
        };
        let Some(was) = was else { return Since::First };
        // Points of two methodologies are never subtracted, whichever databases they are of.
        let runs = comparable::of_runs(RunBasis::of(before), RunBasis::of(self.card));
        let mut because: Vec<Text> = runs.iter().map(comparable::Reason::text).collect();
        if !because.is_empty() {
            return Since::NotComparable { because };
        }
        for database in of(self.card, id) {
            let id = &database.id;
            because.extend(
                self.not_comparable(database)
                    .into_iter()
                    .map(|Text { en, vi }| say!("`{id}`: {en}", "`{id}`: {vi}")),
            );
        }
        if !because.is_empty() {
            return Since::NotComparable { because };
        }
        let slots_before = places(self.slots_before, id);
        let (then, now) = (Side { card: before, slots: &slots_before }, Side { card: self.card, slots });
        let (dimensions, old) = (counting(agency), counting(was));
        let moved = |(dimension, score): (&Dimension, &Score)| {
            Some((*dimension, score.official_nano - old.get(dimension)?.official_nano))
        };
        Since::Changed(Change {
            grade: was.grade,
            score: was.score.clone(),
            nano: agency.score.official_nano - was.score.official_nano,
            dimensions: dimensions.iter().filter_map(moved).collect(),
            registered: was.registered,
            measured: was.measured,
            reasons: self.told_apart(change::reasons(then, now, self.card.profile)),
        })
    }

    /// A database whose card cannot stand is not one without a card.
    fn told_apart(&self, mut reasons: Vec<Reason>) -> Vec<Reason> {
        let has_card = |stood: &Stood, reason: &Reason| {
            let of = |id: &String| stood.why(id).is_some_and(|absent| absent.card.is_some());
            reason.databases.iter().any(of)
        };
        for reason in &mut reasons {
            reason.sort = match reason.sort {
                Sort::NoLongerScored if has_card(self.is, reason) => Sort::CannotStand,
                Sort::NewlyScored if has_card(self.was, reason) => Sort::StandsAgain,
                sort => sort,
            };
        }
        reasons
    }

    fn earlier(&self, database: &DatabaseCard) -> Option<(&Scorecard, &DatabaseCard)> {
        let before = self.before?;
        Some((before, before.databases.iter().find(|other| other.id == database.id)?))
    }

    /// Why a database does not compare with what it was.
    fn not_comparable(&self, database: &DatabaseCard) -> Vec<Text> {
        let Some((before, was)) = self.earlier(database) else { return Vec::new() };
        let found =
            comparable::reasons(&Basis::of(before, was), &Basis::of(self.card, database), ONE_DATABASE);
        found.iter().map(comparable::Reason::text).collect()
    }

    fn line(&self, database: &DatabaseCard) -> DatabaseLine {
        let because = self.not_comparable(database);
        let was = self.earlier(database).filter(|_| because.is_empty());
        let counts = database.dimensions.iter().filter(|(_, card)| card.applicable);
        DatabaseLine {
            id: database.id.clone(),
            title: database.title.clone(),
            agency: database.agency.clone(),
            grade: database.grade,
            caps: biting(&database.caps, database.grade_by_points),
            score: database.score.clone(),
            dimensions: counts.map(|(dimension, card)| (*dimension, card.score.official_nano)).collect(),
            change_nano: was.map(|(_, was)| database.score.official_nano - was.score.official_nano),
            not_comparable_because: because,
        }
    }
}

impl Periodic {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The dimensions that count anywhere, in order: đúng, đủ, sạch, sống first.
    pub fn dimensions(&self) -> &'static [Dimension] {
        self.profile.required().unwrap_or(&Dimension::ALL)
    }
}
