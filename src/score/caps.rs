//! Hard caps ("điểm liệt"): what no average may hide. They lower the grade, never the points.
//!
//! All of them look at official values, where unknown counts as failed: not measuring can not lift a cap.

use super::evidence::{Evidence, EvidenceClass};
use super::grade::Grade;
use super::methodology::{CapPolicy, Limit, Methodology};
use crate::base::{Dimension, Nano, Ratio, Severity, Status, Text};
use crate::say;

/// A cap that applies: no better grade than this, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub id: &'static str,
    pub max_grade: Grade,
    /// What it was found at: rules as `table/rule`, dimensions, tables.
    pub subjects: Vec<String>,
    pub evidence: Text,
}

/// A rule as caps see it. Only rules that count.
#[derive(Clone, Debug)]
pub struct CapRule<'a> {
    pub table: &'a str,
    pub id: &'a str,
    pub kind: &'a str,
    pub tier: u32,
    pub severity: Severity,
    pub identity: bool,
    pub status: Status,
    pub official: Nano,
}

/// Clean records of the main tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanRate {
    pub clean: u64,
    pub rows: u64,
    /// Required main tables that are missing or empty: how many of their records are clean is unknown, and the
    /// guaranteed rate is 0.
    pub unknown_tables: Vec<String>,
}

impl CleanRate {
    /// The guaranteed rate; `None` if there is no main table.
    pub fn official(&self) -> Option<Ratio> {
        if self.unknown_tables.is_empty() {
            Ratio::new(u128::from(self.clean.min(self.rows)), u128::from(self.rows))
        } else {
            Some(Ratio::ZERO)
        }
    }
}

/// Everything that caps of a database are found by.
#[derive(Clone, Debug)]
pub struct CapInputs<'a> {
    pub rules: Vec<CapRule<'a>>,
    pub dimensions: Vec<(Dimension, Nano)>,
    pub coverage: Ratio,
    pub clean: CleanRate,
    pub missing_tables: Vec<&'a str>,
    pub evidence: Evidence,
}

/// All caps of a database, by id; one entry per id, with the worst grade.
pub fn database(policy: &CapPolicy, inputs: &CapInputs<'_>) -> Vec<Found> {
    let mut found = Findings::default();
    for rule in &inputs.rules {
        of_rule(policy, rule, &mut found);
    }
    beside_rules(policy, inputs, &mut found);
    found.finish()
}

/// The caps that a rule leads to by itself, whatever becomes of others.
pub fn by_rule(policy: &CapPolicy, rule: &CapRule<'_>) -> Vec<(&'static str, Grade)> {
    let mut found = Findings::default();
    of_rule(policy, rule, &mut found);
    found.0.into_iter().map(|(id, grade, ..)| (id, grade)).collect()
}

fn of_rule(policy: &CapPolicy, rule: &CapRule<'_>, found: &mut Findings) {
    let (table, id) = (rule.table, rule.id);
    let (en, vi) = (rule.official.decimal(2, '.'), rule.official.decimal(2, ','));
    let main = rule.tier >= Methodology::MAIN;
    let subject = || format!("{table}/{id}");
    let lost = limit(&policy.identity, |below| rule.official < Nano::points(below));
    if let Some(grade) = lost.filter(|_| rule.identity && main) {
        found.add(
            "K1",
            grade,
            subject(),
            say!(
                "identity key of main table `{table}`: rule `{id}` has {en} points",
                "khóa định danh của bảng chính `{table}`: quy tắc `{id}` được {vi} điểm"
            ),
        );
    }
    if rule.severity == Severity::Critical && rule.official < Nano::points(policy.critical.below) {
        let evidence = match rule.status {
            Status::Measured | Status::Na => say!(
                "critical rule `{id}` of `{table}` has {en} points",
                "quy tắc nghiêm trọng `{id}` của `{table}` được {vi} điểm"
            ),
            _ => say!(
                "critical rule `{id}` of `{table}` could not be evaluated",
                "không đánh giá được quy tắc nghiêm trọng `{id}` của `{table}`"
            ),
        };
        found.add("K2", policy.critical.grade, subject(), evidence);
    }
    // Worth nothing means at least three cycles without an update, or nothing known about the last one.
    if rule.kind == "heartbeat" && main && rule.official == Nano::ZERO {
        let evidence = if rule.status == Status::Measured {
            say!(
                "main table `{table}` was not updated for three cycles or more",
                "bảng chính `{table}` không được cập nhật từ ba nhịp trở lên"
            )
        } else {
            say!(
                "main table `{table}`: it is not known when it was last updated",
                "bảng chính `{table}`: không rõ lần cập nhật gần nhất"
            )
        };
        found.add("K5", policy.dead, subject(), evidence);
    }
}

/// What caps are found by dimensions, clean records, evidence and missing tables.
fn beside_rules(policy: &CapPolicy, inputs: &CapInputs<'_>, found: &mut Findings) {
    for &(dimension, official) in &inputs.dimensions {
        if let Some(grade) = limit(&policy.dimension, |below| official < Nano::points(below)) {
            let Text { en: name_en, vi: name_vi } = dimension.label();
            let (en, vi) = (official.decimal(2, '.'), official.decimal(2, ','));
            found.add(
                "K3",
                grade,
                dimension.id().to_owned(),
                say!("dimension “{name_en}” has {en} points", "chiều “{name_vi}” được {vi} điểm"),
            );
        }
    }
    clean_records(policy, &inputs.clean, found);
    evidence(policy, inputs, found);
    for &table in &inputs.missing_tables {
        found.add(
            "K8",
            policy.missing_table,
            table.to_owned(),
            say!("required table `{table}` is missing", "thiếu bảng bắt buộc `{table}`"),
        );
    }
}

fn clean_records(policy: &CapPolicy, rate: &CleanRate, found: &mut Findings) {
    let Some(official) = rate.official() else { return };
    let Some(grade) = limit(&policy.clean_records, |below| official < Ratio::percent(below)) else { return };
    if rate.unknown_tables.is_empty() {
        let (clean, rows) = (rate.clean, rate.rows);
        let (en, vi) = (official.percent_text('.'), official.percent_text(','));
        found.add(
            "K4",
            grade,
            String::new(),
            say!(
                "{en} of the records of the main tables are clean ({clean} of {rows})",
                "{vi} hồ sơ của các bảng chính là hồ sơ sạch ({clean} trên {rows})"
            ),
        );
    }
    for table in &rate.unknown_tables {
        found.add(
            "K4",
            grade,
            table.clone(),
            say!(
                "main table `{table}` has no records, so no share of clean records is guaranteed",
                "bảng chính `{table}` không có bản ghi nào nên không bảo đảm được tỷ lệ hồ sơ sạch"
            ),
        );
    }
}

fn evidence(policy: &CapPolicy, inputs: &CapInputs<'_>, found: &mut Findings) {
    if let Some(grade) = limit(&policy.coverage, |below| inputs.coverage < Ratio::percent(below)) {
        let (en, vi) = (inputs.coverage.percent_text('.'), inputs.coverage.percent_text(','));
        found.add(
            "K6",
            grade,
            String::new(),
            say!(
                "only {en} of the rules, by weight, could be measured",
                "chỉ đo được {vi} trọng số các quy tắc"
            ),
        );
    }
    if inputs.evidence.class == EvidenceClass::SelfReported {
        let what = say!("the numbers are the owner's own report", "số liệu do chủ quản tự báo cáo");
        found.add("K6", policy.self_reported, String::new(), what);
    }
    if inputs.evidence.manifest_matches == Some(false) {
        let what = say!("the files are not those of the manifest", "tệp không khớp với bản kê");
        found.add("K7", policy.evidence, String::new(), what);
    }
    let limit = u128::from(policy.extract_cycles);
    if let Some(age) = inputs.evidence.age_cycles.filter(|&age| Some(age) > Ratio::new(limit, 1)) {
        let cycles = age.floor_times(1);
        let what =
            say!("the extract is more than {cycles} cycles old", "bản trích xuất đã cũ hơn {cycles} nhịp");
        found.add("K7", policy.evidence, String::new(), what);
    }
}

/// K9: what databases an agency has. `failing` counts grades D and —.
pub fn agency(policy: &CapPolicy, priority_failing: &[&str], failing: u64, databases: u64) -> Vec<Found> {
    let mut found = Findings::default();
    for &id in priority_failing {
        found.add(
            "K9",
            policy.agency_priority,
            id.to_owned(),
            say!("priority database `{id}` is graded D or —", "CSDL ưu tiên `{id}` xếp hạng D hoặc —"),
        );
    }
    let share = u128::from(failing) * 100;
    if failing > 0 && share >= u128::from(policy.agency_failing_percent) * u128::from(databases) {
        found.add(
            "K9",
            policy.agency_failing,
            String::new(),
            say!(
                "{failing} of {databases} databases are graded D or —",
                "{failing} trên {databases} CSDL xếp hạng D hoặc —"
            ),
        );
    }
    found.finish()
}

/// The worst grade of the limits that are undercut.
fn limit(limits: &[Limit], undercut: impl Fn(u32) -> bool) -> Option<Grade> {
    limits.iter().filter(|limit| undercut(limit.below)).map(|limit| limit.grade).max()
}

/// Findings of one id are shown as one, with this many spelled out.
const SPELLED_OUT: usize = 3;

#[derive(Default)]
struct Findings(Vec<(&'static str, Grade, String, Text)>);

impl Findings {
    fn add(&mut self, id: &'static str, grade: Grade, subject: String, evidence: Text) {
        self.0.push((id, grade, subject, evidence));
    }

    fn finish(mut self) -> Vec<Found> {
        // The worst first within an id; otherwise in the order of the file.
        self.0.sort_by(|a, b| a.0.cmp(b.0).then(b.1.cmp(&a.1)));
        self.0
            .chunk_by(|a, b| a.0 == b.0)
            .map(|group| {
                let spelled: Vec<&Text> = group.iter().take(SPELLED_OUT).map(|found| &found.3).collect();
                let join = |pick: fn(&Text) -> &str| {
                    spelled.iter().map(|text| pick(text)).collect::<Vec<_>>().join("; ")
                };
                let (en, vi) = (join(|text| &text.en), join(|text| &text.vi));
                let evidence = match group.len().saturating_sub(SPELLED_OUT) {
                    0 => Text { vi, en },
                    more => say!("{en}; and {more} more", "{vi}; và {more} mục khác"),
                };
                Found {
                    id: group[0].0,
                    max_grade: group[0].1,
                    subjects: group.iter().map(|found| found.2.clone()).filter(|s| !s.is_empty()).collect(),
                    evidence,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::methodology::Profile;

    fn inputs() -> CapInputs<'static> {
        CapInputs {
            rules: Vec::new(),
            dimensions: Vec::new(),
            coverage: Ratio::ONE,
            clean: CleanRate { clean: 98, rows: 100, unknown_tables: Vec::new() },
            missing_tables: Vec::new(),
            evidence: Evidence::default(),
        }
    }

    fn rule(kind: &'static str, official: Nano) -> CapRule<'static> {
        CapRule {
            table: "t",
            id: "r",
            kind,
            tier: 3,
            severity: Severity::Minor,
            identity: false,
            status: Status::Measured,
            official,
        }
    }

    fn caps(inputs: &CapInputs<'_>) -> Vec<(&'static str, Grade)> {
        let policy = Methodology::new(Profile::Vn4).caps;
        database(&policy, inputs).into_iter().map(|found| (found.id, found.max_grade)).collect()
    }

    #[test]
    fn nothing_wrong_nothing_capped() {
        assert_eq!(caps(&inputs()), []);
    }

    #[test]
    fn identity_and_critical_rules() {
        let just_below = |points: u32| Nano::new(Nano::points(points).get() - 1);
        let identity = |official| {
            let mut inputs = inputs();
            inputs.rules = vec![CapRule { identity: true, ..rule("unique", official) }];
            caps(&inputs)
        };
        assert_eq!(identity(Nano::points(50)), []);
        assert_eq!(identity(just_below(50)), [("K1", Grade::C)]);
        assert_eq!(identity(just_below(25)), [("K1", Grade::D)]);
        let mut second = inputs();
        second.rules = vec![CapRule { identity: true, tier: 2, ..rule("unique", Nano::ZERO) }];
        assert_eq!(caps(&second), [], "K1 is about main tables");
        let critical = |official, status| {
            let mut inputs = inputs();
            inputs.rules = vec![CapRule { severity: Severity::Critical, status, ..rule("regex", official) }];
            database(&Methodology::new(Profile::Vn4).caps, &inputs)
        };
        assert!(critical(Nano::points(25), Status::Measured).is_empty());
        assert!(critical(just_below(25), Status::Measured)[0].evidence.vi.contains("24,99"));
        let error = critical(Nano::ZERO, Status::Error);
        assert_eq!((error[0].id, error[0].max_grade), ("K2", Grade::C));
        assert!(error[0].evidence.en.contains("could not"));
    }

    #[test]
    fn dimensions_clean_records_heartbeat_coverage() {
        let mut it = inputs();
        it.dimensions =
            vec![(Dimension::Correctness, Nano::points(49)), (Dimension::Freshness, Nano::points(24))];
        assert_eq!(caps(&it), [("K3", Grade::D)]);
        for (clean, want) in [(98, None), (97, Some(Grade::B)), (79, Some(Grade::C)), (49, Some(Grade::D))] {
            let mut it = inputs();
            it.clean.clean = clean;
            assert_eq!(caps(&it).first().map(|cap| cap.1), want, "{clean} %");
        }
        let mut it = inputs();
        it.rules = vec![rule("heartbeat", Nano::new(1))];
        assert_eq!(caps(&it), []);
        it.rules = vec![rule("heartbeat", Nano::ZERO)];
        assert_eq!(caps(&it), [("K5", Grade::D)]);
        it.rules[0].tier = 1;
        assert_eq!(caps(&it), []);
        for (percent, want) in
            [(90, None), (89, Some(Grade::B)), (60, Some(Grade::B)), (59, Some(Grade::Ungraded))]
        {
            let mut it = inputs();
            it.coverage = Ratio::percent(percent);
            assert_eq!(caps(&it).first().map(|cap| cap.1), want, "{percent} %");
        }
    }

    #[test]
    fn missing_tables_and_evidence() {
        let mut it = inputs();
        it.missing_tables = vec!["a", "b", "c", "d", "e"];
        let found = &database(&Methodology::new(Profile::Vn4).caps, &it)[0];
        assert_eq!((found.id, found.max_grade, found.subjects.len()), ("K8", Grade::C, 5));
        assert!(found.evidence.en.ends_with("and 2 more"));
        let mut it = inputs();
        it.evidence.manifest_matches = Some(false);
        assert_eq!(caps(&it), [("K7", Grade::Ungraded)]);
        it.evidence = Evidence { age_cycles: Ratio::new(2, 1), ..Evidence::default() };
        assert_eq!(caps(&it), []);
        it.evidence.age_cycles = Ratio::new(201, 100);
        assert_eq!(caps(&it), [("K7", Grade::Ungraded)]);
        it.evidence = Evidence { class: EvidenceClass::SelfReported, ..Evidence::default() };
        assert_eq!(caps(&it), [("K6", Grade::B)]);
        it = inputs();
        it.clean = CleanRate { clean: 100, rows: 100, unknown_tables: vec!["gone".to_owned()] };
        assert_eq!(caps(&it), [("K4", Grade::D)], "dropping a dirty main table does not lift K4");
    }

    #[test]
    fn agencies() {
        let policy = Methodology::new(Profile::Vn4).caps;
        let grade = |priority: &[&str], failing, databases| {
            agency(&policy, priority, failing, databases).first().map(|found| found.max_grade)
        };
        assert_eq!(grade(&[], 0, 4), None);
        assert_eq!(grade(&[], 1, 5), None);
        assert_eq!(grade(&[], 1, 4), Some(Grade::C));
        assert_eq!(grade(&["a"], 1, 5), Some(Grade::B));
        assert_eq!(grade(&["a"], 1, 4), Some(Grade::C));
    }
}
