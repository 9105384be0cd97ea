//! Figures of the last run as Prometheus' text format, for the textfile collector of node_exporter.
//!
//! Names follow OpenTelemetry's: what it is of, what it is, its unit. Every series carries the plan, so that the files of
//! two plans never hold the same series.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::base::{Nano, Status, Unit};
use crate::score::scorecard::{DatabaseCard, Fraction, Score};
use crate::score::{Grade, Scorecard};

/// What a scorecard does not know of the run that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFigures {
    /// The plan's name.
    pub plan: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: i64,
    pub ended_ms: i64,
    /// It came to its end and wrote its scorecard, complete or not.
    pub success: bool,
    /// Notices that could not be delivered.
    pub notices_failed: u64,
    pub databases: Vec<DatabaseFigures>,
}

/// What a database took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseFigures {
    pub id: String,
    pub duration_ms: u64,
    /// Of the files that were read in this run.
    pub bytes: u64,
    pub rows: u64,
    /// Files that were read, and those whose states were known from before.
    pub files_read: u64,
    pub files_reused: u64,
}

/// The metrics of a run. Without a scorecard, those of the run alone.
pub fn render(card: Option<&Scorecard>, run: &RunFigures) -> String {
    let mut page = Page { text: String::new(), plan: &run.plan, family: String::new() };
    of_run(&mut page, card, run);
    if let Some(card) = card {
        of_databases(&mut page, &card.databases);
        of_rules(&mut page, &card.databases);
    }
    page.text
}

fn of_run(page: &mut Page<'_>, card: Option<&Scorecard>, run: &RunFigures) {
    let flag = |flag: bool| u64::from(flag).to_string();
    page.family("run_start_time_seconds", "When the last run started, in seconds since 1970-01-01 UTC.");
    page.sample(&[], &seconds(run.started_ms.into()));
    page.family("run_end_time_seconds", "When the last run ended, in seconds since 1970-01-01 UTC.");
    page.sample(&[], &seconds(run.ended_ms.into()));
    page.family("run_success", "1 if the last run came to its end and wrote a scorecard.");
    page.sample(&[], &flag(run.success));
    page.family("run_complete", "1 if the last run measured everything that the rules ask for.");
    page.sample(&[], &flag(card.is_some_and(|card| card.complete)));
    page.family("run_notices_failed", "Notices of the last run that could not be delivered.");
    page.sample(&[], &run.notices_failed.to_string());
    type Figure = fn(&DatabaseFigures) -> String;
    let families: [(&str, &str, Figure); 5] = [
        ("run_database_duration_seconds", "Time that the last run took for a database.", |database| {
            seconds(database.duration_ms.into())
        }),
        ("run_database_read_bytes", "Bytes of files that the last run read.", |database| {
            database.bytes.to_string()
        }),
        ("run_database_read_rows", "Rows that the last run read.", |database| database.rows.to_string()),
        ("run_database_files_read", "Files that the last run read.", |database| {
            database.files_read.to_string()
        }),
        ("run_database_files_reused", "Files that the last run knew from before.", |database| {
            database.files_reused.to_string()
        }),
    ];
    let mut databases: Vec<&DatabaseFigures> = run.databases.iter().collect();
    databases.sort_by(|a, b| a.id.cmp(&b.id));
    for (name, help, figure) in families.into_iter().filter(|_| !databases.is_empty()) {
        page.family(name, help);
        for database in &databases {
            page.sample(&[("database", &database.id)], &figure(database));
        }
    }
}

fn of_databases(page: &mut Page<'_>, databases: &[DatabaseCard]) {
    if databases.is_empty() {
        return;
    }
    page.family("database_info", "Grade of a database and what it was graded by; always 1.");
    for database in databases {
        let agency = database.agency.as_deref().unwrap_or_default();
        let labels = [("database", database.id.as_str()), ("agency", agency), ("grade", database.grade.id())];
        page.sample(&labels, "1");
    }
    page.family("database_grade", "Grade of a database: 4 is A, 3 is B, 2 is C, 1 is D, 0 is none.");
    for database in databases {
        page.sample(&[("database", &database.id)], &rank(database.grade).to_string());
    }
    type Bound = fn(&Score) -> Option<i64>;
    let bounds: [(&str, Bound); 3] = [
        ("official", |score| Some(score.official_nano)),
        ("measured", |score| score.measured_nano),
        ("ceiling", |score| Some(score.ceiling_nano)),
    ];
    page.family("database_score_points", "Points of a database, 0 to 100, by bound; official is the score.");
    for database in databases {
        for (bound, points) in bounds {
            if let Some(points) = points(&database.score) {
                let points = Nano::new(points).decimal(9, '.');
                page.sample(&[("database", &database.id), ("bound", bound)], &points);
            }
        }
    }
    page.family("database_dimension_score_points", "Official points of a dimension of a database, 0 to 100.");
    for database in databases {
        for (dimension, card) in database.dimensions.iter().filter(|(_, card)| card.applicable) {
            let points = Nano::new(card.score.official_nano).decimal(9, '.');
            page.sample(&[("database", &database.id), ("dimension", dimension.id())], &points);
        }
    }
    page.family("database_records", "Records in main tables of a database.");
    for database in databases {
        page.sample(&[("database", &database.id)], &database.clean_records.rows.to_string());
    }
    page.family("database_clean_records", "Clean records in main tables of a database.");
    for database in databases {
        page.sample(&[("database", &database.id)], &database.clean_records.clean.to_string());
    }
    page.family(
        "database_unknown_tables",
        "Required main tables of a database without records: how many of theirs are clean is not known.",
    );
    for database in databases {
        let unknown = database.clean_records.unknown_tables.len();
        page.sample(&[("database", &database.id)], &unknown.to_string());
    }
    page.family("database_coverage_ratio", "Share of rules, by weight, whose value is known, 0 to 1.");
    for database in databases {
        page.sample(&[("database", &database.id)], &ratio(database.coverage));
    }
    page.family("database_caps", "Hard caps that hold down the grade of a database.");
    for database in databases {
        page.sample(&[("database", &database.id)], &database.caps.len().to_string());
    }
    if databases.iter().any(|database| !database.caps.is_empty()) {
        page.family("database_cap_info", "A hard cap that applies to a database; always 1.");
    }
    for database in databases {
        for cap in &database.caps {
            let labels =
                [("database", database.id.as_str()), ("cap", &cap.id), ("max_grade", cap.max_grade.id())];
            page.sample(&labels, "1");
        }
    }
}

fn of_rules(page: &mut Page<'_>, databases: &[DatabaseCard]) {
    let rules = |database: &'_ DatabaseCard| database.tables.iter().flat_map(|table| &table.rules).count();
    if databases.iter().all(|database| rules(database) == 0) {
        return;
    }
    page.family("database_rules", "Rules of a database by what became of them.");
    for database in databases {
        for status in STATUSES {
            let all = database.tables.iter().flat_map(|table| &table.rules);
            let count = all.filter(|rule| rule.status == status).count();
            page.sample(&[("database", &database.id), ("status", self::status(status))], &count.to_string());
        }
    }
    page.family("database_failing_units", "Units that rules failed, by what the rules ask about and count.");
    for database in databases {
        let mut failing: BTreeMap<(&str, &str), u128> = BTreeMap::new();
        for rule in database.tables.iter().flat_map(|table| &table.rules) {
            // Units of two kinds are never added up.
            *failing.entry((rule.dimension.id(), unit(rule.unit))).or_default() += u128::from(rule.fail);
        }
        for ((dimension, unit), count) in failing {
            let labels = [("database", database.id.as_str()), ("dimension", dimension), ("unit", unit)];
            page.sample(&labels, &count.to_string());
        }
    }
}

/// A page of metrics: families, each with its help and all of its samples.
struct Page<'a> {
    text: String,
    plan: &'a str,
    /// The family that was begun last.
    family: String,
}

impl Page<'_> {
    /// Begins a family. All are gauges: figures of the last run, not counts since some start.
    fn family(&mut self, name: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP thuocdo_{name} {help}\n# TYPE thuocdo_{name} gauge");
        name.clone_into(&mut self.family);
    }

    /// A sample of the family that was begun last.
    fn sample(&mut self, labels: &[(&str, &str)], value: &str) {
        let _ = write!(self.text, "thuocdo_{}{{plan=\"{}\"", self.family, escaped(self.plan));
        for (label, text) in labels {
            let _ = write!(self.text, ",{label}=\"{}\"", escaped(text));
        }
        let _ = writeln!(self.text, "}} {value}");
    }
}

/// As label values are written.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Milliseconds as seconds with three decimals.
fn seconds(milliseconds: i128) -> String {
    let (sign, positive) = (if milliseconds < 0 { "-" } else { "" }, milliseconds.unsigned_abs());
    format!("{sign}{}.{:03}", positive / 1_000, positive % 1_000)
}

/// Nine decimals, cut off.
fn ratio(fraction: Fraction) -> String {
    const UNIT: u128 = 1_000_000_000;
    let share = (u128::from(fraction.num) * UNIT).checked_div(u128::from(fraction.den)).unwrap_or_default();
    format!("{}.{:09}", share / UNIT, share % UNIT)
}

const fn rank(grade: Grade) -> u8 {
    match grade {
        Grade::A => 4,
        Grade::B => 3,
        Grade::C => 2,
        Grade::D => 1,
        Grade::Ungraded => 0,
    }
}

const STATUSES: [Status; 7] = [
    Status::Measured,
    Status::Na,
    Status::Empty,
    Status::Error,
    Status::Skipped,
    Status::MissingInput,
    Status::MissingTable,
];

/// As in the scorecard.
const fn status(status: Status) -> &'static str {
    match status {
        Status::Measured => "measured",
        Status::Na => "na",
        Status::Empty => "empty",
        Status::Error => "error",
        Status::Skipped => "skipped",
        Status::MissingInput => "missing_input",
        Status::MissingTable => "missing_table",
    }
}

/// As in the scorecard.
const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Row => "row",
        Unit::Cell => "cell",
        Unit::Key => "key",
        Unit::ExpectedRecord => "expected_record",
        Unit::ExpectedValue => "expected_value",
        Unit::Group => "group",
        Unit::Event => "event",
        Unit::ContractItem => "contract_item",
        Unit::Check => "check",
        Unit::Attempt => "attempt",
        Unit::Connection => "connection",
        Unit::Request => "request",
    }
}

#[cfg(test)]
mod tests;
