//! What `trend` shows: the runs of databases, where they changed for good, and why the last change came about.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::definition::Definition;
use super::record::Outcome;
use super::restate::{restated, rule_points};
use super::series::{self, Entry};
use super::why::{Told, Why, why};
use super::{Store, StoreError};
use crate::base::{Dimension, Nano, Text};
use crate::say;
use crate::score::change_points::{ChangePoint, Direction};
use crate::score::{Grade, Methodology, Profile};

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.trend/1";

/// What a series is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum Node {
    /// The score of the database.
    #[default]
    Database,
    /// A dimension of it.
    Dimension {
        /// Which.
        dimension: Dimension,
    },
    /// A rule. Its points are those of this program's scale, whatever it was recorded by.
    Rule {
        /// The table's id.
        table: String,
        /// The rule's id.
        rule: String,
    },
}

/// A run, as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Sequence(u64),
    /// The last run that speaks of this moment or one before.
    Moment(i64),
}

/// What is asked of a history.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub node: Node,
    /// Runs from this moment on, up to that one; at most so many, the last ones.
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub last: Option<usize>,
    /// Score the runs again, under this profile or the one of then.
    pub restate: Option<Option<Profile>>,
    /// The runs whose difference is explained; else the last two that are shown.
    pub from: Option<Named>,
    pub to: Option<Named>,
}

/// Runs of databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trend {
    /// Always `thuocdo.trend/1`.
    pub schema: String,
    /// Records in the history.
    pub records: u64,
    /// The hash of the last record.
    pub head: String,
    /// What the series are of.
    pub node: Node,
    /// The databases, by id.
    pub databases: Vec<DatabaseTrend>,
}

/// The runs of one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DatabaseTrend {
    /// Its id.
    pub database: String,
    /// All its runs, shown or not.
    pub runs_in_all: u64,
    /// Runs that a later one of the same moment stands for.
    pub superseded: u64,
    /// The runs that are shown, by the moment that they speak of.
    pub runs: Vec<RunCard>,
    /// What moved the score; absent unless the series is of the database and has two runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// What could not be scored again or explained, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Text>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunCard {
    /// Its record.
    pub sequence: u64,
    /// The moment that it speaks of.
    pub as_of: String,
    /// When it was written.
    pub recorded_at: String,
    /// The methodology of then.
    pub methodology: String,
    /// The profile of then.
    pub profile: Profile,
    /// The grade of the database.
    pub grade: Grade,
    /// The hard caps that applied to the database, by id.
    pub caps: Vec<String>,
    /// Whether everything was measured.
    pub complete: bool,
    /// What the series is of.
    #[serde(flatten)]
    pub value: Value,
    /// The same run scored again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restated: Option<Restated>,
}

/// A run scored again, by this program's methodology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Restated {
    /// The methodology of now.
    pub methodology: String,
    /// The profile.
    pub profile: Profile,
    /// The grade of the database.
    pub grade: Grade,
    /// What the series is of.
    #[serde(flatten)]
    pub value: Value,
}

/// A value of a series, beside the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Value {
    /// Official points, six decimals, cut off; null where nothing applies.
    pub official: Option<String>,
    /// Official points in billionths.
    pub official_nano: Option<i64>,
    /// Points of what could be measured, in billionths.
    pub measured_nano: Option<i64>,
    /// Points at best, in billionths.
    pub ceiling_nano: Option<i64>,
    /// Official points since the run before it that it may be compared with, in billionths.
    pub change_nano: Option<i64>,
    /// Why it may not be compared with the run before it: a new stretch begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub new_stretch: Vec<Text>,
    /// Here the series changed for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_point: Option<ChangeCard>,
}

/// A change for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangeCard {
    /// Which way.
    pub direction: Direction,
    /// The median of the runs before, in billionths.
    pub reference_nano: i64,
}

impl Value {
    fn of(entry: &Entry) -> Self {
        let points = entry.points;
        let change_card = |ChangePoint { direction, reference, .. }: ChangePoint| ChangeCard {
            direction,
            reference_nano: reference.get(),
        };
        Self {
            official: points.map(|points| Nano::new(points.0).six()),
            official_nano: points.map(|points| points.0),
            measured_nano: points.and_then(|points| points.1),
            ceiling_nano: points.map(|points| points.2),
            change_nano: entry.change,
            new_stretch: entry.breaks.clone(),
            change_point: entry.change_point.map(change_card),
        }
    }
}

/// Why a question has no answer.
#[derive(Debug)]
pub enum Unanswered {
    Store(StoreError),
    /// What is wrong with the question, and what to do.
    Question(Text, Text),
}

impl From<StoreError> for Unanswered {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Trend {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// The trend of these databases.
///
/// # Errors
/// [`Unanswered`].
pub fn trend(store: &Store, databases: &[String], question: &Question) -> Result<Trend, Unanswered> {
    let (records, head) = store.head()?;
    let look = Look { store, definitions: store.definitions()?, question };
    Ok(Trend {
        schema: SCHEMA.to_owned(),
        records,
        head,
        node: question.node.clone(),
        databases: databases.iter().map(|id| look.database(id)).collect::<Result<_, _>>()?,
    })
}

struct Look<'q> {
    store: &'q Store,
    definitions: BTreeMap<String, Definition>,
    question: &'q Question,
}

impl Look<'_> {
    fn database(&self, id: &str) -> Result<DatabaseTrend, Unanswered> {
        let (mut entries, superseded) = series::entries(self.store.standings(id)?);
        self.fill(id, &mut entries)?;
        let rule = matches!(self.question.node, Node::Rule { .. });
        let scale = Methodology::new(Profile::Local).id();
        // The points of a rule are of one scale all along.
        series::connect(&mut entries, &self.definitions, rule.then_some((&scale, Profile::Local)));
        let runs_in_all = entries.len() as u64 + superseded;
        let shown = self.shown(&entries);
        let mut notes = Vec::new();
        let restated = self.restated(shown, &mut notes)?;
        let why = self.why(&entries, shown, &mut notes)?;
        let runs = shown.iter().zip(restated).filter_map(|(entry, restated)| self.card(entry, restated));
        Ok(DatabaseTrend {
            database: id.to_owned(),
            runs_in_all,
            superseded,
            runs: runs.collect(),
            why,
            notes,
        })
    }

    /// Puts into the entries what the series is of.
    fn fill(&self, database: &str, entries: &mut [Entry]) -> Result<(), Unanswered> {
        match &self.question.node {
            Node::Database => {}
            Node::Dimension { dimension } => {
                for entry in entries {
                    entry.points = entry.standing.dimensions.get(dimension).copied();
                }
            }
            Node::Rule { table, rule } => {
                let tallies = self.store.tallies(database)?;
                let knots = Methodology::new(Profile::Local).knots;
                let mut known = false;
                for entry in entries {
                    entry.points = None;
                    let Some(definition) = self.definitions.get(&entry.standing.definition) else { continue };
                    let Some((t, r)) = definition.find(table, rule) else { continue };
                    known = true;
                    let Some(counts) = tallies.get(&entry.sequence).and_then(|tables| tables.get(t)) else {
                        continue;
                    };
                    let rule = &definition.tables[t].rules[r];
                    entry.points = rule_points(rule, counts, r, &knots)
                        .map_err(|why| Unanswered::Store(StoreError::content(why)))?;
                }
                if !known {
                    return Err(self.no_rule(database, table, rule));
                }
            }
        }
        Ok(())
    }

    fn no_rule(&self, database: &str, table: &str, rule: &str) -> Unanswered {
        let wanted = format!("{table}/{rule}");
        let definitions = self.definitions.values().filter(|definition| definition.database == database);
        let all: std::collections::BTreeSet<String> = definitions
            .flat_map(|definition| &definition.tables)
            .flat_map(|table| table.rules.iter().map(|rule| format!("{}/{}", table.id, rule.id)))
            .collect();
        let hint = match crate::base::suggest::closest(&wanted, all.iter().map(String::as_str)) {
            Some(close) => say!("did you mean `{close}`?", "có phải `{close}`?"),
            None => say!(
                "a rule is named TABLE/RULE, as `explain` and scorecards name it",
                "quy tắc được nêu dạng BẢNG/QUY_TẮC, như trong bảng điểm"
            ),
        };
        Unanswered::Question(
            say!(
                "the history of `{database}` has no rule `{wanted}`",
                "lịch sử của `{database}` không có quy tắc `{wanted}`"
            ),
            hint,
        )
    }

    /// The runs within the time that is asked for, the last ones.
    fn shown<'e>(&self, entries: &'e [Entry]) -> &'e [Entry] {
        let Question { since, until, last, .. } = self.question;
        let from = since.map_or(0, |since| entries.partition_point(|entry| entry.moment < since));
        let to = until.map_or(entries.len(), |until| entries.partition_point(|entry| entry.moment <= until));
        let within = &entries[from.min(to)..to];
        &within[within.len().saturating_sub(last.unwrap_or(usize::MAX))..]
    }

    /// The runs scored again, with stretches and changes of their own.
    fn restated(&self, shown: &[Entry], notes: &mut Vec<Text>) -> Result<Vec<Option<Restated>>, Unanswered> {
        let (Some(profile), Some(last)) = (self.question.restate, shown.last()) else {
            return Ok(vec![None; shown.len()]);
        };
        let of_last = self.definitions.get(&last.standing.definition).map(|definition| definition.profile);
        let profile = profile.or(of_last).unwrap_or_default();
        let methodology = Methodology::new(profile).id();
        let mut again = shown.to_vec();
        for entry in &mut again {
            let record = self.store.record(entry.sequence)?;
            let outcome = match self.definitions.get(&entry.standing.definition) {
                Some(definition) => {
                    restated(&record, definition, profile).map(|card| (Outcome::of(&card), entry.points))
                }
                None => Err(say!("its definition is not there", "không có định nghĩa của bản ghi")),
            };
            match outcome {
                Ok((Outcome { grade, score, dimensions, coverage, .. }, points)) => {
                    entry.points = match &self.question.node {
                        Node::Database => Some(score),
                        Node::Dimension { dimension } => dimensions.get(dimension).copied(),
                        Node::Rule { .. } => points,
                    };
                    (entry.standing.grade, entry.standing.coverage) = (grade, coverage);
                }
                Err(Text { en, vi }) => {
                    let sequence = entry.sequence;
                    notes.push(say!(
                        "record {sequence} cannot be scored again: {en}",
                        "không tính lại được điểm của bản ghi {sequence}: {vi}"
                    ));
                    entry.points = None;
                    entry.standing.grade = Grade::Ungraded;
                }
            }
        }
        series::connect(&mut again, &self.definitions, Some((&methodology, profile)));
        let card = |entry: &Entry| Restated {
            methodology: methodology.clone(),
            profile,
            grade: entry.standing.grade,
            value: Value::of(entry),
        };
        Ok(again.iter().map(|entry| Some(card(entry))).collect())
    }

    fn why(
        &self,
        entries: &[Entry],
        shown: &[Entry],
        notes: &mut Vec<Text>,
    ) -> Result<Option<Why>, Unanswered> {
        let Question { node, from, to, restate, .. } = self.question;
        let asked = from.is_some() || to.is_some();
        if *node != Node::Database || entries.is_empty() {
            return Ok(None);
        }
        let to = match to {
            Some(named) => Some(find(entries, *named)?),
            None => shown.last(),
        };
        let before = |to: &Entry| entries.partition_point(|entry| entry.moment < to.moment).checked_sub(1);
        let from = match from {
            Some(named) => Some(find(entries, *named)?),
            None => to.and_then(before).and_then(|at| entries.get(at)),
        };
        let (Some(from), Some(to)) = (from, to) else {
            if asked {
                notes.push(say!("there is no run before that one", "không có lần chạy nào trước đó"));
            }
            return Ok(None);
        };
        let records = [self.store.record(from.sequence)?, self.store.record(to.sequence)?];
        let told = |entry: &Entry, at: usize| {
            let definition = self.definitions.get(&entry.standing.definition)?;
            Some(Told { sequence: entry.sequence, record: &records[at], definition })
        };
        let (Some(first), Some(second)) = (told(from, 0), told(to, 1)) else { return Ok(None) };
        Ok(match why(first, second, restate.flatten()) {
            Ok(why) => Some(why),
            Err(Text { en, vi }) => {
                notes.push(say!(
                    "the change cannot be explained: {en}",
                    "không giải thích được thay đổi: {vi}"
                ));
                None
            }
        })
    }

    fn card(&self, entry: &Entry, restated: Option<Restated>) -> Option<RunCard> {
        let standing = &entry.standing;
        let definition = self.definitions.get(&standing.definition)?;
        Some(RunCard {
            sequence: entry.sequence,
            as_of: standing.as_of.clone(),
            recorded_at: standing.recorded_at.clone(),
            methodology: definition.methodology.clone(),
            profile: definition.profile,
            grade: standing.grade,
            caps: standing.caps.clone(),
            complete: standing.complete,
            value: Value::of(entry),
            restated,
        })
    }
}

fn find(entries: &[Entry], named: Named) -> Result<&Entry, Unanswered> {
    let found = match named {
        Named::Sequence(sequence) => entries.iter().find(|entry| entry.sequence == sequence),
        Named::Moment(moment) => entries.iter().rev().find(|entry| entry.moment <= moment),
    };
    found.ok_or_else(|| {
        let what = match named {
            Named::Sequence(sequence) => {
                say!("record {sequence} is no run of this series", "bản ghi {sequence} không thuộc chuỗi này")
            }
            Named::Moment(_) => {
                say!("no run is that old", "không có lần chạy nào vào thời điểm đó hoặc trước đó")
            }
        };
        let hint = say!(
            "`thuocdo trend --format json` lists all runs",
            "`thuocdo trend --format json` liệt kê mọi lần chạy"
        );
        Unanswered::Question(what, hint)
    })
}
