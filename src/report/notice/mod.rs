//! What is sent after a run when something happened: plain data, versioned, public. It knows its own JSON, and is laid
//! out as a mail.
//!
//! Field descriptions become those of the JSON Schema.

mod mail;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::{Lang, Text};
use crate::report::term::safe::{ending, middle};
use crate::report::term::words::own;
use crate::rule::notify::NotifySpec;
use crate::score::comparable::Basis;
use crate::score::fix_first::FixLevel;
use crate::score::occasion::{Event, Occasion, Subject, obstacles};
use crate::score::scorecard::{Cap, DatabaseCard, Gap, Incomplete};
use crate::score::{Grade, Scorecard};

pub use mail::Letter;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.notice/1";

/// Rules that are named as the first to fix, and gaps that are listed of a database.
const FIXES: usize = 3;
const GAPS: usize = 20;
/// Columns that an id and a sentence keep at most. Whoever wrote them may have written ten thousand letters.
const NAME: usize = 200;
const PROSE: usize = 1_000;

/// What happened since the run before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// Always `thuocdo.notice/1`.
    pub schema: String,
    /// All of it in short, for people, in the language that was asked for or in both. Chat rooms show this field.
    pub text: String,
    /// The plan's name.
    pub plan: String,
    /// The run's id.
    pub run: String,
    /// The moment that ages are counted to, RFC 3339.
    pub as_of: String,
    /// Program and version.
    pub engine: String,
    /// Name of the scoring methodology, with a hash of all its numbers.
    pub methodology: String,
    /// There is only good news: something became better or is over.
    pub good: bool,
    /// Whether everything that the rules ask for was measured.
    pub complete: bool,
    /// Where the scorecard lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scorecard: Option<String>,
    /// What it is about: databases by id, then agencies, then all databases together.
    pub subjects: Vec<SubjectCard>,
}

/// A database, an agency or all databases together, to which something happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectCard {
    /// Which of the three.
    pub level: Level,
    /// The id of the database or agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The database's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// As of the last run; absent if it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Standing>,
    /// As of this run; absent if it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Standing>,
    /// Why the two cannot be compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_comparable_because: Vec<Text>,
    /// What happened.
    pub events: Vec<EventCard>,
    /// What to fix first: rules of the database by the points that each would win back, three at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_first: Vec<Fix>,
}

/// What a notice can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One database.
    Database,
    /// The databases of one agency.
    Agency,
    /// All databases together.
    Overall,
}

/// Grade and points at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The final grade.
    pub grade: Grade,
    /// Official points, six decimals, cut off.
    pub official: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventCard {
    /// `grade_fell`, `not_comparable`, `cap_appeared`, `incomplete`, `database_gone`; and as good news `grade_rose`,
    /// `cap_lifted`, `complete_again`, `database_arrived`.
    pub event: String,
    /// Whether it is good news.
    pub good: bool,
    /// In one sentence.
    pub text: Text,
    /// The cap that appeared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Cap>,
    /// What was not measured, 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// How much more was not measured.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing_more: u64,
}

/// Something that was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// What kind of gap this is.
    pub code: Gap,
    /// What is missing and why.
    pub text: Text,
}

/// A rule that would win points if it were without defects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// The table's id.
    pub table: String,
    /// The rule's id.
    pub rule: String,
    /// Points that the official score would gain. Six decimals, cut off.
    pub gain: String,
    /// `gain` in billionths of a point.
    pub gain_nano: i64,
    /// Failing units that would vanish; 0 if the rule could not be measured.
    pub defects: u64,
}

/// What the scorecards do not know of a run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub plan: &'a str,
    pub id: &'a str,
    /// Where its scorecard lies.
    pub scorecard: Option<&'a str>,
}

impl Notice {
    /// The notice of what happened, as far as somebody asked to be told; `None` if nothing of that happened.
    pub fn of(
        occasions: &[Occasion],
        spec: &NotifySpec,
        run: Run<'_>,
        before: Option<&Scorecard>,
        now: &Scorecard,
    ) -> Option<Self> {
        let mut subjects: Vec<(&Subject, Vec<&Event>)> = Vec::new();
        for occasion in occasions.iter().filter(|occasion| spec.on.contains(&occasion.what.trigger())) {
            match subjects.last_mut() {
                Some((subject, events)) if *subject == &occasion.about => events.push(&occasion.what),
                _ => subjects.push((&occasion.about, vec![&occasion.what])),
            }
        }
        if subjects.is_empty() {
            return None;
        }
        let subjects: Vec<SubjectCard> =
            subjects.into_iter().map(|(about, events)| subject(about, &events, before, now)).collect();
        let mut notice = Self {
            schema: SCHEMA.to_owned(),
            text: String::new(),
            plan: name(run.plan),
            run: name(run.id),
            as_of: name(&now.as_of),
            engine: name(&now.engine),
            methodology: name(&now.methodology),
            good: subjects.iter().flat_map(|subject| &subject.events).all(|event| event.good),
            complete: now.complete,
            scorecard: run.scorecard.map(|path| middle(path, 4 * NAME)),
            subjects,
        };
        notice.text = words::short(&notice, spec.lang);
        Some(notice)
    }

    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

fn subject(about: &Subject, events: &[&Event], before: Option<&Scorecard>, now: &Scorecard) -> SubjectCard {
    let mut card = SubjectCard {
        level: Level::Overall,
        id: None,
        title: None,
        before: None,
        now: None,
        not_comparable_because: Vec::new(),
        events: events.iter().copied().map(event).collect(),
        fix_first: Vec::new(),
    };
    match about {
        Subject::Database(id) => {
            let find = |card: &'_ Scorecard| card.databases.iter().position(|database| database.id == *id);
            let was = before.and_then(|card| Some((card, &card.databases[find(card)?])));
            let is = find(now).map(|at| (now, &now.databases[at]));
            let either = is.or(was).map(|(_, database)| database);
            card.level = Level::Database;
            card.id = Some(name(id));
            card.title = either.and_then(|database| database.title.as_ref()).map(prose);
            let standing = |database: &DatabaseCard| standing(database.grade, &database.score.official);
            card.before = was.map(|(_, was)| standing(was));
            card.now = is.map(|(_, is)| standing(is));
            if let (Some((before, was)), Some((now, is))) = (was, is) {
                card.not_comparable_because =
                    obstacles(&Basis::of(before, was), &Basis::of(now, is)).iter().map(prose).collect();
            }
            if card.events.iter().any(|event| !event.good) {
                card.fix_first = is.map(|(_, is)| fixes(is)).unwrap_or_default();
            }
        }
        Subject::Agency(id) => {
            let find = |card: &'_ Scorecard| {
                let agency = card.agencies.iter().find(|agency| agency.id.as_ref() == Some(id))?;
                Some(standing(agency.grade, &agency.score.official))
            };
            card.level = Level::Agency;
            card.id = Some(name(id));
            (card.before, card.now) = (before.and_then(find), find(now));
        }
        Subject::Overall => {
            let find = |card: &'_ Scorecard| standing(card.overall.grade, &card.overall.score.official);
            (card.before, card.now) = (before.map(find), Some(find(now)));
        }
    }
    if card.not_comparable_because.is_empty() {
        card.not_comparable_because = events.iter().flat_map(|event| because(event)).map(prose).collect();
    }
    card
}

/// Why a grade that is worse did not fall.
fn because(event: &Event) -> &[Text] {
    match event {
        Event::NotComparable { because, .. } => because,
        _ => &[],
    }
}

fn standing(grade: Grade, official: &str) -> Standing {
    Standing { grade, official: name(official) }
}

fn event(what: &Event) -> EventCard {
    let mut card = EventCard {
        event: what.id().to_owned(),
        good: what.is_good(),
        text: prose(&words::event(what)),
        cap: None,
        missing: Vec::new(),
        missing_more: 0,
    };
    match what {
        Event::CapAppeared(cap) => {
            let subjects = cap.subjects.iter().take(GAPS).map(|subject| name(subject)).collect();
            let (id, evidence) = (name(&cap.id), prose(&cap.evidence));
            card.cap = Some(Cap { id, max_grade: cap.max_grade, evidence, subjects });
        }
        Event::Incomplete(gaps) => {
            let missing = |gap: &Incomplete| Missing { code: gap.code, text: prose(&gap.text) };
            card.missing = gaps.iter().take(GAPS).map(missing).collect();
            card.missing_more = gaps.len().saturating_sub(GAPS) as u64;
        }
        _ => {}
    }
    card
}

fn fixes(database: &DatabaseCard) -> Vec<Fix> {
    let rules = database.fix_first.iter().filter(|fix| fix.level == FixLevel::Rule);
    let fix = |fix: &crate::score::fix_first::FixCard| Fix {
        table: name(&fix.table),
        rule: name(fix.rule.as_deref().unwrap_or_default()),
        gain: name(&fix.gain),
        gain_nano: fix.gain_nano,
        defects: fix.defects,
    };
    rules.take(FIXES).map(fix).collect()
}

/// An id, harmless and not too long.
fn name(text: &str) -> String {
    middle(text, NAME)
}

/// A sentence, harmless and not too long, in both languages even where its author wrote one.
fn prose(text: &Text) -> Text {
    let of = |lang| ending(own(text, lang), PROSE);
    Text { vi: of(Lang::Vi), en: of(Lang::En) }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[cfg(test)]
mod tests;
