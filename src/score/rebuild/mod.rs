//! Which databases to keep, to clean, to restructure or to rebuild: proposals with their evidence. The program never
//! decides; the numbers are the user's.

mod criteria;
mod finding;
mod mend;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::criteria::Criteria;
use self::finding::Seen;
use super::Grade;
use super::league::{Apart, passed_over};
use super::scorecard::{DatabaseCard, Fraction};
use crate::base::Text;
use crate::kernel::date_format::{civil, default_timestamps};
use crate::say;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.proposals/1";

const DAY_MICROS: i64 = 86_400_000_000;

/// What must be known by whoever reads a proposal.
pub fn disclaimer() -> Text {
    say!(
        "These are proposals. The thresholds are yours: policy that the competent authority sets, not findings of the program. Nothing follows \
         from them without a decision.",
        "Đây là đề xuất. Các ngưỡng là của người dùng: chính sách do cấp có thẩm quyền quyết định, không phải kết luận của chương trình. Chỉ thực \
         hiện khi có quyết định."
    )
}

/// A structural criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum CriterionId {
    /// Schema conformity.
    R1,
    /// Identity keys.
    R2,
    /// Links to master data.
    R3,
    /// Updates.
    R4,
    /// Clean records.
    R5,
    /// Connections.
    R6,
}

impl CriterionId {
    pub const ALL: [Self; 6] = [Self::R1, Self::R2, Self::R3, Self::R4, Self::R5, Self::R6];

    pub const fn name(self) -> &'static str {
        match self {
            Self::R1 => "R1",
            Self::R2 => "R2",
            Self::R3 => "R3",
            Self::R4 => "R4",
            Self::R5 => "R5",
            Self::R6 => "R6",
        }
    }
}

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    True,
    False,
    NotKnown,
}

impl Truth {
    const fn of(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }

    /// What is false makes both false, whatever the other is.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::NotKnown,
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::True => say!("true", "đúng"),
            Self::False => say!("false", "không"),
            Self::NotKnown => say!("not known", "chưa rõ"),
        }
    }
}

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proposed {
    /// There are too few reports, or too little was measured.
    Insufficient,
    Keep,
    Clean,
    Restructure,
    Rebuild,
}

impl Proposed {
    pub fn label(self) -> Text {
        match self {
            Self::Insufficient => say!("not enough to go by", "Chưa đủ căn cứ"),
            Self::Keep => say!("keep and maintain", "Giữ và duy trì"),
            Self::Clean => say!("clean by a deadline", "Làm sạch có thời hạn"),
            Self::Restructure => say!("consider restructuring", "Xem xét tái cấu trúc"),
            Self::Rebuild => say!("consider rebuilding", "Xem xét làm lại"),
        }
    }
}

/// Proposals for databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposals {
    /// Always `thuocdo.proposals/1`.
    pub schema: String,
    /// What a reader must know: these are proposals, and the thresholds are the user's.
    pub notice: Text,
    /// The thresholds.
    pub criteria: CriteriaCard,
    /// The databases, by id.
    pub databases: Vec<Proposal>,
    /// Reports that do not count, and why.
    pub apart: Vec<Apart>,
}

/// The thresholds that were gone by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriteriaCard {
    /// Their name, with a hash of all numbers.
    pub id: String,
    /// They are those that come with the program.
    pub shipped: bool,
    /// Each of them.
    pub thresholds: Vec<Threshold>,
}

/// A threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Threshold {
    /// The criterion; absent for what decides over all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<CriterionId>,
    /// What it demands.
    pub text: Text,
    /// Where the number comes from.
    pub source: Text,
}

/// What is proposed for a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// The database's id.
    pub database: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The agency that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The proposal.
    pub proposed: Proposed,
    /// Why.
    pub because: Text,
    /// The criteria that were true in all reports; null if there are not enough reports.
    pub held: Option<Vec<CriterionId>>,
    /// The reports that were gone by, the latest last.
    pub reports: Vec<MonthlyReport>,
}

/// The last report of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MonthlyReport {
    /// The month, YYYY-MM.
    pub month: String,
    /// The moment of the report.
    pub as_of: String,
    /// Where it was read: the scorecard's file, or the history.
    pub from: String,
    /// The methodology.
    pub methodology: String,
    /// The final grade.
    pub grade: Grade,
    /// Official points.
    pub official: String,
    /// `official` in billionths of a point.
    pub official_nano: i64,
    /// The share of rules, by weight, whose value is known.
    pub coverage: Fraction,
    /// The criteria, R1 to R6.
    pub criteria: Vec<CriterionCard>,
}

/// A criterion in one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionCard {
    /// Which one.
    pub id: CriterionId,
    /// Whether it was true.
    pub truth: Truth,
    /// By which numbers.
    pub evidence: Text,
    /// Rules that say so, as `table/rule`; the first of them.
    pub rules: Vec<String>,
}

/// A report on one database that was handed in.
pub struct Report {
    /// Where it was read.
    pub from: String,
    pub as_of: String,
    pub methodology: String,
    pub card: DatabaseCard,
    /// It has the figures of its rules, which a history does not keep.
    pub figures: bool,
    /// What it says of the database, as a digest; nothing if there is none.
    pub digest: String,
}

impl Proposals {
    /// As JSON: two spaces, fields in the order of this file, a newline at the end.
    pub fn to_json(&self) -> String {
        // Only texts, integers and arrays: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// The moment of a report: month (years × 12 + months) and microseconds; whether it has figures; then, so that no order of
/// files decides, its digest and the name of its file.
type At<'r> = (i64, i64, bool, &'r str, Reverse<&'r str>);

/// Proposals by these reports, of which each month's last counts.
pub fn propose(reports: &[Report], criteria: &Criteria, mut apart: Vec<Apart>) -> Proposals {
    let mut databases: BTreeMap<&str, BTreeMap<i64, (At<'_>, &Report)>> = BTreeMap::new();
    for report in reports {
        let Some(at) = at(report) else {
            let because = vec![say!("its moment cannot be read", "không đọc được thời điểm của báo cáo")];
            let database = Some(report.card.id.clone());
            apart.push(Apart { card: report.from.clone(), database, because });
            continue;
        };
        let months = databases.entry(&report.card.id).or_default();
        let known = months.entry(at.0).or_insert((at, report));
        if known.0 < at {
            *known = (at, report);
        }
    }
    apart.extend(reports.iter().filter_map(|report| {
        let at = at(report)?;
        let (stands, other) = databases.get(report.card.id.as_str())?.get(&at.0)?;
        // A record of a history and the card of the same run are one report; earlier ones of a month are expected.
        let tied = at.1 == stands.1 && at.2 && !std::ptr::eq(report, *other);
        let database = Some(report.card.id.clone());
        let because = vec![passed_over(false, report.digest == other.digest, &other.from)];
        tied.then(|| Apart { card: report.from.clone(), database, because })
    }));
    let thresholds = criteria.told().into_iter();
    Proposals {
        schema: SCHEMA.to_owned(),
        notice: disclaimer(),
        criteria: CriteriaCard {
            id: criteria.id(),
            shipped: criteria.is_shipped(),
            thresholds: thresholds
                .map(|(criterion, text, source)| Threshold { criterion, text, source })
                .collect(),
        },
        databases: databases.values().filter_map(|months| proposal(months, criteria)).collect(),
        apart,
    }
}

fn at(report: &Report) -> Option<At<'_>> {
    let micros = default_timestamps().iter().find_map(|format| format.parse_timestamp(&report.as_of))?;
    let (year, month, _) = civil(i32::try_from(micros.div_euclid(DAY_MICROS)).ok()?);
    let month = i64::from(year) * 12 + i64::from(month) - 1;
    Some((month, micros, report.figures, &report.digest, Reverse(&report.from)))
}

fn written(month: i64) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

fn proposal(months: &BTreeMap<i64, (At<'_>, &Report)>, criteria: &Criteria) -> Option<Proposal> {
    let (&last, &(_, latest)) = months.last_key_value()?;
    let wanted = (last - i64::from(criteria.months) + 1)..=last;
    let reports: Vec<MonthlyReport> = months
        .range(wanted.clone())
        .map(|(month, (_, report))| MonthlyReport {
            month: written(*month),
            as_of: report.as_of.clone(),
            from: report.from.clone(),
            methodology: report.methodology.clone(),
            grade: report.card.grade,
            official: report.card.score.official.clone(),
            official_nano: report.card.score.official_nano,
            coverage: report.card.coverage,
            criteria: finding::all(Seen { card: &report.card, figures: report.figures, criteria }),
        })
        .collect();
    let lacking = lacking(&reports, wanted, criteria);
    let held = lacking.is_none().then(|| held(&reports));
    let (proposed, because) = match (&lacking, &held) {
        (None, Some(held)) => decided(held, latest.card.grade, criteria),
        _ => (Proposed::Insufficient, lacking.unwrap_or_default()),
    };
    // A history keeps no names.
    let title = months.values().rev().find_map(|(_, report)| report.card.title.clone());
    Some(Proposal {
        database: latest.card.id.clone(),
        title,
        agency: latest.card.agency.clone(),
        proposed,
        because,
        held,
        reports,
    })
}

/// Why there is not enough to go by.
fn lacking(
    reports: &[MonthlyReport],
    wanted: std::ops::RangeInclusive<i64>,
    criteria: &Criteria,
) -> Option<Text> {
    let mut why: Vec<Text> = Vec::new();
    let there = |month: &String| reports.iter().any(|report| report.month == *month);
    let missing: Vec<String> = wanted.map(written).filter(|month| !there(month)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        why.push(say!("no report of {missing}", "không có báo cáo tháng {missing}"));
    }
    for report in reports {
        let Fraction { num, den } = report.coverage;
        if u128::from(num) * 100 < u128::from(den) * u128::from(criteria.coverage) || den == 0 {
            let (month, least) = (&report.month, criteria.coverage);
            why.push(say!(
                "less than {least} % of rule weight measured in {month}",
                "tháng {month} đo được dưới {least} % trọng số quy tắc"
            ));
        }
    }
    if reports.windows(2).any(|pair| pair[0].methodology != pair[1].methodology) {
        why.push(say!(
            "the reports are by different methodologies",
            "các báo cáo theo phương pháp khác nhau"
        ));
    }
    let join = |of: fn(&Text) -> &str| why.iter().map(of).collect::<Vec<_>>().join("; ");
    (!why.is_empty()).then(|| Text { vi: join(|it| &it.vi), en: join(|it| &it.en) })
}

/// The criteria that were true in every report.
fn held(reports: &[MonthlyReport]) -> Vec<CriterionId> {
    let is_true = |report: &MonthlyReport, id| {
        report.criteria.iter().any(|criterion| criterion.id == id && criterion.truth == Truth::True)
    };
    let all = |id: &CriterionId| !reports.is_empty() && reports.iter().all(|report| is_true(report, *id));
    CriterionId::ALL.into_iter().filter(all).collect()
}

fn decided(held: &[CriterionId], grade: Grade, criteria: &Criteria) -> (Proposed, Text) {
    let s = u32::try_from(held.len()).unwrap_or(u32::MAX);
    let together = !criteria.rebuild_if_all.is_empty()
        && criteria.rebuild_if_all.iter().all(|criterion| held.contains(criterion));
    let names: Vec<&str> = held.iter().map(|id| id.name()).collect();
    let (names, grade_id, months) = (names.join(", "), grade.id(), criteria.months);
    let because = match s {
        0 => say!(
            "no criterion was true in all {months} reports; grade {grade_id}",
            "không tiêu chí nào đúng trong cả {months} báo cáo; hạng {grade_id}"
        ),
        _ => say!(
            "true in all {months} reports: {names}; grade {grade_id}",
            "đúng trong cả {months} báo cáo: {names}; hạng {grade_id}"
        ),
    };
    let proposed = match s {
        _ if s >= criteria.rebuild_from || together => Proposed::Rebuild,
        _ if s >= criteria.restructure_from => Proposed::Restructure,
        0 if grade <= criteria.keep_grade => Proposed::Keep,
        _ => Proposed::Clean,
    };
    (proposed, because)
}
