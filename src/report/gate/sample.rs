//! Gates for tests: one with a check of every outcome, one in which all is well, one in which every text is hostile.

use crate::base::{Dimension, Text};
use crate::report::sample;
use crate::say;
use crate::score::gate::report::{BaselineCard, BudgetCard, RuleChange, SCHEMA, WaiverCard};
use crate::score::gate::{Changes, Check, Condition, GateReport, Outcome, Verdict};
use crate::score::{Profile, Scorecard};

/// Breaks out of whatever it is put into, if it can.
pub const EVIL: &str = "]]><script>alert(1)</script>%0A::error::x\r\n::error file=a::b\n##vso[task.complete \
    result=Succeeded;]x \u{1b}[2J\u{202e}\u{0}\u{ffff}| `@everyone` #1 [x](javascript:1) ![y](http://e.vn) \
    </details> www.e.vn --> <!-- \"'&amp; $x$ ";

/// A check of every outcome: the verdict is the worst of them.
pub fn every_outcome() -> (GateReport, Scorecard) {
    let card = card();
    let mut checks = vec![
        Check {
            text: say!("the evidence is signed", "bằng chứng có chữ ký"),
            database: None,
            ..check(Condition::Evidence, Outcome::Passed)
        },
        Check {
            text: say!("the manifest names another file", "bản kê ghi một tệp khác"),
            database: None,
            ..check(Condition::Evidence, Outcome::Rejected)
        },
        Check {
            text: say!(
                "the baseline was made by another methodology",
                "mốc đối chiếu được lập theo phương pháp khác"
            ),
            hint: Some(say!("make it anew with `--update-baseline`", "hãy lập lại bằng `--update-baseline`")),
            ..check(Condition::Comparable, Outcome::NotComparable)
        },
        Check {
            text: say!("83.12 points, 90 are asked for", "83,12 điểm, yêu cầu 90"),
            ..check(Condition::MinScore, Outcome::Failed)
        },
        Check {
            dimension: Some(Dimension::Correctness),
            text: say!("95.00 points, 90 are asked for", "95,00 điểm, yêu cầu 90"),
            ..check(Condition::MinDimension, Outcome::Passed)
        },
        Check {
            text: say!("cap K1 is new", "điểm liệt K1 là mới"),
            ..check(Condition::NewCap, Outcome::Failed)
        },
        Check {
            text: say!("cap K3 is new", "điểm liệt K3 là mới"),
            ..check(Condition::NewCap, Outcome::Failed)
        },
        Check {
            table: Some("tam_tru".to_owned()),
            text: say!("table `tam_tru` is missing", "thiếu bảng `tam_tru`"),
            hint: Some(say!("deliver its file", "hãy nộp tệp của bảng")),
            ..check(Condition::Measured, Outcome::Incomplete)
        },
    ];
    let rule = |rule: &str, condition, outcome, text| Check {
        table: Some("cong_dan".to_owned()),
        rule: Some(rule.to_owned()),
        text,
        ..check(condition, outcome)
    };
    let nulls = "not_null-ho_ten";
    checks.extend([
        rule(
            nulls,
            Condition::CriticalDefects,
            Outcome::Failed,
            say!("1,000 defects per million, 100 are allowed", "1.000 lỗi trên một triệu, cho phép 100"),
        ),
        rule(
            nulls,
            Condition::Regression,
            Outcome::Failed,
            say!("812 rows fail anew", "812 bản ghi mới bị lỗi"),
        ),
        rule(
            "unique-so_dinh_danh",
            Condition::NewViolations,
            Outcome::Passed,
            say!("no new violation", "không phát sinh vi phạm"),
        ),
        rule(
            "clean_text-ho_ten",
            Condition::NewViolations,
            Outcome::Warning,
            say!("5 new violations of a minor rule", "5 vi phạm mới của quy tắc nhẹ"),
        ),
        rule(
            "expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026",
            Condition::Measured,
            Outcome::Incomplete,
            say!("the rule could not run", "quy tắc không chạy được"),
        ),
        rule(
            "matches-so_dinh_danh",
            Condition::NewViolations,
            Outcome::Waived,
            say!("567 violations, covered by W-2026-017", "567 vi phạm, theo miễn trừ W-2026-017"),
        ),
        rule(
            "gone-with-the-baseline",
            Condition::StillMeasured,
            Outcome::Failed,
            say!("the rule is gone", "quy tắc không còn"),
        ),
    ]);
    let change = RuleChange {
        rule: nulls.to_owned(),
        newly_failing: 812,
        newly_passing: 12,
        touched: 5_000,
        new_violations: 800,
        waived: 0,
    };
    let gate = GateReport {
        checks,
        changes: vec![Changes {
            database: "bca_a13".to_owned(),
            table: "cong_dan".to_owned(),
            added: 4_000,
            changed: 1_000,
            removed: 17,
            unchanged: 1_229_567,
            unpaired: 3,
            rules: vec![change],
        }],
        waivers: vec![
            waiver("W-2026-017", Vec::new()),
            waiver("W-2026-018", vec![say!("expired on 2026-11-01", "hết hạn ngày 2026-11-01")]),
        ],
        budgets: vec![BudgetCard {
            database: "bca_a13".to_owned(),
            table: "cong_dan".to_owned(),
            rule: nulls.to_owned(),
            month: "2026-11".to_owned(),
            target: "0.999000".to_owned(),
            rows: 12_500_000,
            allowed: 12_500,
            spent: 13_120,
        }],
        baseline: Some(BaselineCard {
            as_of: "2026-11-20T00:00:00+07:00".to_owned(),
            hash: "0123456789ab".to_owned(),
        }),
        ..report(Verdict::Rejected)
    };
    (gate, card)
}

/// Nothing to complain about.
pub fn passed() -> (GateReport, Scorecard) {
    let check = Check {
        text: say!("83.12 points, 80 are asked for", "83,12 điểm, yêu cầu 80"),
        ..check(Condition::MinScore, Outcome::Passed)
    };
    (GateReport { checks: vec![check], ..report(Verdict::Passed) }, card())
}

/// As [`every_outcome`], but every text wants to break out, and there are seven times as many.
pub fn hostile() -> (GateReport, Scorecard) {
    let evil = |text: &str| format!("{EVIL}{text}{}", "ệ".repeat(3_500));
    let (mut gate, mut card) = every_outcome();
    for text in [&mut gate.as_of, &mut gate.engine, &mut gate.methodology] {
        *text = evil(text);
    }
    for check in &mut gate.checks {
        for id in [&mut check.database, &mut check.table, &mut check.rule] {
            *id = id.as_deref().map(evil);
        }
        check.text = Text::same(evil("text"));
        check.hint = Some(Text::same(evil("hint")));
    }
    let checks = gate.checks.clone();
    for _ in 0..6 {
        gate.checks.extend(checks.clone());
    }
    for changes in &mut gate.changes {
        (changes.database, changes.table) = (evil(&changes.database), evil(&changes.table));
        changes.rules[0].rule = evil("rule");
        changes.rules = vec![changes.rules[0].clone(); 20];
    }
    for waiver in &mut gate.waivers {
        for text in [&mut waiver.id, &mut waiver.database, &mut waiver.table, &mut waiver.rule] {
            *text = evil(text);
        }
        for text in [&mut waiver.reason, &mut waiver.owner, &mut waiver.approver, &mut waiver.expires] {
            *text = evil(text);
        }
        waiver.void_because = waiver.void_because.iter().map(|_| Text::same(evil("void"))).collect();
    }
    for budget in &mut gate.budgets {
        for text in [&mut budget.database, &mut budget.table, &mut budget.rule, &mut budget.target] {
            *text = evil(text);
        }
    }
    for database in &mut card.databases {
        database.id = evil(&database.id);
        database.title = Some(Text::same(evil("title")));
        database.score.official = evil("points");
        for table in &mut database.tables {
            table.id = evil(&table.id);
            for rule in &mut table.rules {
                rule.id = evil(&rule.id);
                rule.title = Some(Text::same(evil("title")));
                rule.why = Some(Text::same(evil("why")));
                rule.note = Some(Text::same(evil("note")));
                rule.columns = vec![evil("column")];
                rule.place = Some(format!("{EVIL}.yaml:7"));
                rule.points = rule.points.as_deref().map(evil);
                for example in &mut rule.examples {
                    (example.file, example.value) = (evil("file"), Some(evil("value")));
                }
            }
        }
    }
    (gate, card)
}

/// The scorecard of the other samples; its rules stand in a file whose name needs encoding.
fn card() -> Scorecard {
    let mut card = sample::card(Profile::Vn4);
    let rules =
        card.databases.iter_mut().flat_map(|database| &mut database.tables).flat_map(|t| &mut t.rules);
    for (at, rule) in rules.enumerate() {
        rule.place = Some(format!("rules/dân cư, 100%.yaml:{}", 10 + at));
    }
    card
}

fn report(verdict: Verdict) -> GateReport {
    GateReport {
        schema: SCHEMA.to_owned(),
        as_of: "2026-11-21T00:00:00+07:00".to_owned(),
        engine: "thuocdo 0.1.0".to_owned(),
        methodology: "thuocdo-score/1.0.0+0123456789ab".to_owned(),
        profile: Profile::Vn4,
        verdict,
        exit_code: verdict.exit_code(),
        strict: false,
        checks: Vec::new(),
        changes: Vec::new(),
        waivers: Vec::new(),
        budgets: Vec::new(),
        baseline: None,
    }
}

fn check(condition: Condition, outcome: Outcome) -> Check {
    Check {
        condition,
        outcome,
        database: Some("bca_a13".to_owned()),
        dimension: None,
        table: None,
        rule: None,
        text: Text::default(),
        hint: None,
    }
}

fn waiver(id: &str, void_because: Vec<Text>) -> WaiverCard {
    WaiverCard {
        id: id.to_owned(),
        database: "bca_a13".to_owned(),
        table: "cong_dan".to_owned(),
        rule: "matches-so_dinh_danh".to_owned(),
        filtered: true,
        reason: "hồ sơ giấy chưa số hóa".to_owned(),
        owner: "a@bca.gov.vn".to_owned(),
        approver: "b@bca.gov.vn".to_owned(),
        expires: "2027-01-30".to_owned(),
        max_fail: 12_000,
        covers: 567,
        void_because,
    }
}
