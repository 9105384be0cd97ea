//! What of a scorecard may be told to the public: nothing from which a small count of records could be had.
//!
//! First every count becomes what may be told of it ([`protect`]); then everything else, points, shares and grades, is
//! computed from that alone, once for the best that may stand behind it and once for the worst. Where the two agree the
//! value is told, else both. So two scorecards of which the same is told make the same page, and nothing on the page can
//! tell small counts apart: no points, no sum and no difference. No example, no value, no path, no note, no evidence and no digest is taken from
//! the card at all.

mod extremes;
pub mod protect;

use self::extremes::extremes;
pub use self::protect::{Outcome, Shown, Smallest, Told};
use crate::base::{Dimension, Severity, Status, Text, Unit};
use crate::say;
use crate::score::scorecard::{DatabaseCard, Fraction, RuleCard, Score, TableCard, TablePresence};
use crate::score::{Grade, Scorecard};
use crate::state::Tally;

/// A scorecard as the public may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCard {
    pub as_of: String,
    pub engine: String,
    pub methodology: String,
    pub profile: &'static str,
    pub databases: Vec<PublicDatabase>,
}

/// The worst and the best that may be.
pub type Between<T> = [T; 2];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicDatabase {
    pub id: String,
    pub title: Option<Text>,
    pub agency: Option<String>,
    /// `None`: it has too few records to tell anything.
    pub figures: Option<PublicFigures>,
    pub tables: Vec<PublicTable>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicFigures {
    pub grade: Between<Grade>,
    pub points: Between<i64>,
    /// `None` on a side on which the dimension does not count.
    pub dimensions: Vec<(Dimension, Between<Option<i64>>)>,
    pub coverage: Between<Fraction>,
    /// What holds the grade below what the points earn.
    pub limits: Vec<Limit>,
}

/// A cap that lowers the grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub cap: String,
    pub max_grade: Grade,
    /// Whether it does so at best as well.
    pub certain: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicTable {
    pub id: String,
    pub title: Option<Text>,
    pub presence: TablePresence,
    pub rows: Shown,
    pub rules: Vec<PublicRule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicRule {
    pub kind: String,
    pub title: Option<Text>,
    pub columns: Vec<String>,
    pub dimension: Dimension,
    pub severity: Severity,
    /// Whether it ran, and why not; of one that ran always `measured`.
    pub status: Status,
    pub told: PublicCounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicCounts {
    /// Of records or their values.
    Records(Told),
    /// Of columns, files, windows of time: checks of a whole table, which are no groups of records.
    Checks { pass: u64, fail: u64, unknown: u64 },
}

/// Whether what a rule counts are records, or what belongs to single ones.
const fn counts_records(unit: Unit) -> bool {
    !matches!(unit, Unit::Check | Unit::ContractItem)
}

/// What the counts of a rule become. In a table with few records nothing is told of any rule.
fn told(rule: &RuleCard, few: bool, k: Smallest) -> PublicCounts {
    match few {
        true => PublicCounts::Records(Told::Withheld),
        false if counts_records(rule.unit) => {
            PublicCounts::Records(Told::of(&Tally::new(rule.pass, rule.fail, rule.na, rule.unknown), k))
        }
        false => PublicCounts::Checks { pass: rule.pass, fail: rule.fail, unknown: rule.unknown },
    }
}

/// Whether a table has records, and fewer than may be told of.
fn few(table: &TableCard, k: Smallest) -> bool {
    k.shown(table.rows) == Shown::Under
}

/// What the public may know of a scorecard.
///
/// # Errors
/// Why it cannot be computed: another methodology, or a kind of rule that this program does not know.
pub fn public(card: &Scorecard, k: Smallest) -> Result<PublicCard, Text> {
    let [best, worst] = extremes(card, k)?;
    let find = |of: &[DatabaseCard], id: &str| of.iter().find(|it| it.id == id).cloned();
    let databases = card.databases.iter().filter_map(|database| {
        let (best, worst) = (find(&best, &database.id)?, find(&worst, &database.id)?);
        Some(public_database(database, &best, &worst, k))
    });
    Ok(PublicCard {
        as_of: card.as_of.clone(),
        engine: card.engine.clone(),
        methodology: card.methodology.clone(),
        profile: card.profile.id(),
        databases: databases.collect(),
    })
}

fn public_database(
    card: &DatabaseCard,
    best: &DatabaseCard,
    worst: &DatabaseCard,
    k: Smallest,
) -> PublicDatabase {
    let rows = card.tables.iter().fold(0_u64, |sum, table| sum.saturating_add(table.rows));
    let dimension = |dimension: Dimension| {
        let nano = |of: &DatabaseCard| {
            of.dimensions.get(&dimension).filter(|it| it.applicable).map(|it| it.score.official_nano)
        };
        let between = [nano(worst), nano(best)];
        between.iter().any(Option::is_some).then_some((dimension, between))
    };
    let nano = |score: &Score| score.official_nano;
    let figures = PublicFigures {
        grade: [worst.grade, best.grade],
        points: [nano(&worst.score), nano(&best.score)],
        dimensions: Dimension::ALL.into_iter().filter_map(dimension).collect(),
        coverage: [worst.coverage, best.coverage],
        limits: limits(best, worst),
    };
    PublicDatabase {
        id: card.id.clone(),
        title: card.title.clone(),
        agency: card.agency.clone(),
        figures: (k.shown(rows) != Shown::Under).then_some(figures),
        tables: card.tables.iter().map(|table| public_table(table, k)).collect(),
    }
}

/// The caps that lower the grade at best, and those that may. They follow from the two extremes alone, as grades do.
fn limits(best: &DatabaseCard, worst: &DatabaseCard) -> Vec<Limit> {
    let biting = |of: &DatabaseCard, certain: bool| -> Vec<Limit> {
        let caps = of.caps.iter().filter(|cap| cap.max_grade > of.grade_by_points);
        caps.map(|cap| Limit { cap: cap.id.clone(), max_grade: cap.max_grade, certain }).collect()
    };
    let mut limits = biting(best, true);
    for limit in biting(worst, false) {
        let known = |it: &Limit| it.cap == limit.cap && it.max_grade >= limit.max_grade;
        if !limits.iter().any(known) {
            limits.push(limit);
        }
    }
    limits
}

fn public_table(table: &TableCard, k: Smallest) -> PublicTable {
    let few = few(table, k);
    let rule = |rule: &RuleCard| PublicRule {
        kind: rule.kind.clone(),
        title: rule.title.clone(),
        columns: rule.columns.clone(),
        dimension: rule.dimension,
        severity: rule.severity,
        status: ran(rule.status),
        told: told(rule, few, k),
    };
    PublicTable {
        id: table.id.clone(),
        title: table.title.clone(),
        presence: table.presence,
        rows: k.shown(table.rows),
        rules: table.rules.iter().map(rule).collect(),
    }
}

/// Whether a rule had anything to judge follows from its counts, and is told with them.
const fn ran(status: Status) -> Status {
    match status {
        Status::Measured | Status::Na | Status::Empty => Status::Measured,
        other => other,
    }
}

impl Shown {
    /// `about 1,230`, `under 10`, `0`.
    pub fn text(self, k: Smallest) -> Text {
        use crate::base::Lang;
        use crate::report::number::count;
        match self {
            Self::Zero => Text::same("0"),
            Self::Under => {
                let k = k.get();
                say!("under {k}", "dưới {k}")
            }
            Self::About(n) => {
                let (en, vi) = (count(n, Lang::En), count(n, Lang::Vi));
                say!("about {en}", "khoảng {vi}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
