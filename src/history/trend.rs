//! What `trend` is asked and what it finds: the runs of databases, where they changed for good, and why the last change
//! came about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::card::{DatabaseTrend, Node, Restated, RunCard, SCHEMA, Trend, Value};
use super::definition::Definition;
use super::record::{Outcome, TableTallies};
use super::restate::{restated, rule_points};
use super::series::{self, Entry};
use super::why::{Told, Why, why};
use super::{Store, StoreError};
use crate::base::{Text, suggest};
use crate::say;
use crate::score::{Grade, Methodology, Profile};

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
        let runs_in_all = entries.len() as u64 + superseded;
        let mut notes = Vec::new();
        let lost = self.lost(id, &mut entries, &mut notes)?;
        self.fill(id, &mut entries)?;
        let rule = matches!(self.question.node, Node::Rule { .. });
        let scale = Methodology::new(Profile::Local).id();
        // The points of a rule are of one scale all along.
        series::connect(&mut entries, &self.definitions, rule.then_some((&scale, Profile::Local)));
        let place = self.place(&entries);
        let mut restated = self.restated(&entries, place.end, &mut notes)?;
        let restated = restated.drain(place.clone());
        let shown = &entries[place];
        if shown.is_empty() && !entries.is_empty() {
            notes.push(say!("no run lies in that time", "không có lần chạy nào trong khoảng thời gian đó"));
        }
        let why = self.why(&entries, shown, &mut notes)?;
        let runs = shown.iter().zip(restated);
        let runs = runs.filter_map(|(entry, restated)| run_card(entry, &self.definitions, restated));
        let runs = runs.collect();
        Ok(DatabaseTrend { database: id.to_owned(), runs_in_all, superseded, runs, why, notes, lost })
    }

    /// Takes out runs that cannot be shown, and tells which.
    fn lost(
        &self,
        database: &str,
        entries: &mut Vec<Entry>,
        notes: &mut Vec<Text>,
    ) -> Result<Vec<u64>, Unanswered> {
        let mut lost: BTreeSet<u64> = self.store.adrift(database)?.into_iter().collect();
        let known = |entry: &Entry| self.definitions.contains_key(&entry.standing.definition);
        lost.extend(entries.iter().filter(|entry| !known(entry)).map(|entry| entry.sequence));
        entries.retain(|entry| !lost.contains(&entry.sequence));
        let lost: Vec<u64> = lost.into_iter().collect();
        if !lost.is_empty() {
            let (number, which) = (lost.len(), ranges(&lost));
            notes.push(say!(
                "the history is damaged, {number} of its runs cannot be shown: records {which}; `thuocdo history verify` says more",
                "lịch sử bị hỏng, {number} lần chạy không hiển thị được: bản ghi {which}; xem `thuocdo history verify`"
            ));
        }
        Ok(lost)
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
                if !of_rule(entries, &self.definitions, &tallies, table, rule)? {
                    return Err(self.no_rule(database, table, rule));
                }
            }
        }
        Ok(())
    }

    fn no_rule(&self, database: &str, table: &str, rule: &str) -> Unanswered {
        let wanted = format!("{table}/{rule}");
        let definitions = self.definitions.values().filter(|definition| definition.database == database);
        let all: BTreeSet<String> = definitions
            .flat_map(|definition| &definition.tables)
            .flat_map(|table| table.rules.iter().map(|rule| format!("{}/{}", table.id, rule.id)))
            .collect();
        let hint = match suggest::closest(&wanted, all.iter().map(String::as_str)) {
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

    /// Where the runs stand that are within the time that is asked for, the last ones.
    fn place(&self, entries: &[Entry]) -> Range<usize> {
        let Question { since, until, last, .. } = self.question;
        let from = since.map_or(0, |since| entries.partition_point(|entry| entry.moment < since));
        let to = until.map_or(entries.len(), |until| entries.partition_point(|entry| entry.moment <= until));
        from.min(to).max(to.saturating_sub(last.unwrap_or(usize::MAX)))..to
    }

    /// All runs scored again, with stretches and changes of their own, whichever are shown: up to `end`.
    fn restated(
        &self,
        entries: &[Entry],
        end: usize,
        notes: &mut Vec<Text>,
    ) -> Result<Vec<Option<Restated>>, Unanswered> {
        let last = end.checked_sub(1).and_then(|last| entries.get(last));
        let (Some(profile), Some(last)) = (self.question.restate, last) else {
            return Ok(vec![None; entries.len()]);
        };
        let mut refused: BTreeMap<String, (Text, Vec<u64>)> = BTreeMap::new();
        let of_last = self.definitions.get(&last.standing.definition).map(|definition| definition.profile);
        let profile = profile.or(of_last).unwrap_or_default();
        let methodology = Methodology::new(profile).id();
        let mut again = entries.to_vec();
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
                Err(why) => {
                    refused.entry(why.en.clone()).or_insert_with(|| (why, Vec::new())).1.push(entry.sequence);
                    entry.points = None;
                    entry.standing.grade = Grade::Ungraded;
                }
            }
        }
        notes.extend(refused.into_values().map(|(Text { en, vi }, mut which)| {
            // Runs come by the moment that they speak of.
            which.sort_unstable();
            let (number, which) = (which.len(), ranges(&which));
            say!(
                "{number} of the runs cannot be scored again: {en} (records {which})",
                "{number} lần chạy không tính lại được điểm: {vi} (bản ghi {which})"
            )
        }));
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
}

/// Puts the points of a rule into the entries, by the scale of this program. `false` if no run knows the rule.
pub(super) fn of_rule(
    entries: &mut [Entry],
    definitions: &BTreeMap<String, Definition>,
    tallies: &BTreeMap<u64, Vec<TableTallies>>,
    table: &str,
    rule: &str,
) -> Result<bool, StoreError> {
    let knots = Methodology::new(Profile::Local).knots;
    let mut known = false;
    for entry in entries {
        entry.points = None;
        let Some(definition) = definitions.get(&entry.standing.definition) else { continue };
        let Some((t, r)) = definition.find(table, rule) else { continue };
        known = true;
        let Some(counts) = tallies.get(&entry.sequence).and_then(|tables| tables.get(t)) else {
            continue;
        };
        let rule = &definition.tables[t].rules[r];
        entry.points = rule_points(rule, counts, r, &knots).map_err(StoreError::content)?;
    }
    Ok(known)
}

/// A run as it is shown; `None` if what it was scored by is not there.
pub(super) fn run_card(
    entry: &Entry,
    definitions: &BTreeMap<String, Definition>,
    restated: Option<Restated>,
) -> Option<RunCard> {
    let standing = &entry.standing;
    let definition = definitions.get(&standing.definition)?;
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

/// Ascending numbers as people write them, `1–3, 7`; the first of many.
fn ranges(numbers: &[u64]) -> String {
    const NAMED: usize = 8;
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some(last) if last.1 + 1 == number => last.1 = number,
            _ => ranges.push((number, number)),
        }
    }
    let shown = ranges.iter().take(NAMED).map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}–{to}"),
    });
    let more = if ranges.len() > NAMED { ", …" } else { "" };
    shown.collect::<Vec<_>>().join(", ") + more
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
        let hint = match named {
            Named::Sequence(19_000_101..=29_991_231) => say!(
                "digits are the number of a record; a day is written 2026-11-21",
                "chuỗi chữ số là số bản ghi; ngày viết dạng 2026-11-21"
            ),
            _ => say!(
                "`thuocdo trend --format json` lists all runs",
                "`thuocdo trend --format json` liệt kê mọi lần chạy"
            ),
        };
        Unanswered::Question(what, hint)
    })
}
