//! Scorecards for tests: a small realistic one, and one in which every text is hostile.

use crate::base::{Diagnostic, Dimension, Scale, Severity, Status, Text, Unit};
use crate::engine::measured::{MeasuredDatabase, MeasuredFile, MeasuredRule, MeasuredTable, Presence};
use crate::say;
use crate::score::index::Weights;
use crate::score::scorecard::PackCard;
use crate::score::{Profile, ScoreOptions, Scorecard, assemble};
use crate::state::{Example, Figure, Measure, Tally};

/// A register with defects, a code list without any, a missing table; and a second database of another agency.
pub fn card(profile: Profile) -> Scorecard {
    assemble(vec![population(), hospitals()], &options(profile))
}

/// As [`card`], with a second methodology beside ours.
pub fn with_index(profile: Profile) -> Scorecard {
    let options = ScoreOptions { indices: vec![Weights::shipped()], ..options(profile) };
    let mut people = population();
    let table = &mut people.tables[0];
    table.roles = vec![("so_dinh_danh".to_owned(), "person_id".to_owned())];
    for (rule, column) in table.rules.iter_mut().zip([
        "ho_ten",
        "so_dinh_danh",
        "ho_ten",
        "ngay_cap",
        "so_dinh_danh",
        "gioi_tinh",
        "email",
    ]) {
        rule.columns = vec![column.to_owned()];
    }
    people.tables[2].key = vec!["ma".to_owned()];
    assemble(vec![people, hospitals()], &options)
}

fn options(profile: Profile) -> ScoreOptions {
    ScoreOptions {
        profile,
        as_of: "2026-11-21T00:00:00+07:00".to_owned(),
        engine: "thuocdo 0.1.0".to_owned(),
        ..ScoreOptions::default()
    }
}

/// As [`card`], but whoever wrote the texts wants to break the page.
pub fn hostile() -> Scorecard {
    let evil = |text: &str| {
        format!("\u{1b}[2J\u{202e}{text}\r\n\u{200b}\u{7}{}{}", "ệ".repeat(10_000), "漢\u{301}".repeat(50))
    };
    let mut card = with_index(Profile::Vn4);
    for text in [&mut card.as_of, &mut card.engine, &mut card.methodology] {
        *text = evil(text);
    }
    for gap in &mut card.incomplete {
        gap.database = evil(&gap.database);
        gap.text = Text::same(evil("gap"));
    }
    for agency in &mut card.agencies {
        agency.id = Some(evil("agency"));
        agency.minimum = Some(evil("minimum"));
    }
    for database in &mut card.databases {
        database.id = evil(&database.id);
        database.agency = Some(evil("agency"));
        database.title = Some(Text::same(evil("title")));
        database.packs =
            vec![PackCard { id: evil("pack"), version: "1".to_owned(), hash: "0".repeat(12), core: true }];
        database.score.official = evil("points");
        database.clean_records.unknown_tables = vec![evil("table")];
        database.not_comparable_because = vec![Text::same(evil("because"))];
        for index in &mut database.indices {
            index.methodology = evil("index");
            index.source = Text::same(evil("source"));
            index.value = Some(evil("value"));
            for field in &mut index.alert_fields {
                (field.table, field.column) = (evil(&field.table), evil(&field.column));
                field.value = field.value.as_ref().map(|_| evil("value"));
            }
            for field in &mut index.fields {
                (field.table, field.value) = (evil(&field.table), evil("value"));
                field.column = field.column.as_deref().map(evil);
            }
            for group in &mut index.errors {
                (group.name, group.defects) = (Text::same(evil("group")), u64::MAX);
            }
        }
        for cap in &mut database.caps {
            cap.id = evil(&cap.id);
            cap.evidence = Text::same(evil("evidence"));
        }
        for table in &mut database.tables {
            table.id = evil(&table.id);
            table.title = Some(Text::same(evil("title")));
            table.key = vec![evil("key")];
            table.rows = u64::MAX;
            for file in &mut table.files {
                file.path = evil(&file.path);
                file.problem = Some(Text::same(evil("problem")));
            }
            for problem in &mut table.problems {
                problem.text = Text::same(evil("problem"));
                problem.place = Some(evil("rules.yaml"));
                problem.hint = Some(Text::same(evil("hint")));
            }
            for rule in &mut table.rules {
                rule.id = evil(&rule.id);
                rule.title = Some(Text::same(evil("title")));
                rule.note = Some(Text::same(evil("note")));
                rule.points = Some(evil("points"));
                rule.gain = evil("gain");
                (rule.pass, rule.fail, rule.unknown) = (u64::MAX, u64::MAX, u64::MAX);
                rule.one_in = Some(u64::MAX);
                rule.figures = vec![Figure::new(&evil("name"), evil("value")); 50];
                rule.examples = vec![
                    Example {
                        file: evil("file"),
                        row: u64::MAX,
                        value: Some(evil("value")),
                        reason: Some(Text::same(evil("reason"))),
                        repaired: Some(evil("repaired"))
                    };
                    20
                ];
            }
        }
    }
    card
}

fn rule(
    id: &str,
    kind: &'static str,
    dimension: Dimension,
    severity: Severity,
    unit: Unit,
    measure: Measure,
) -> MeasuredRule {
    MeasuredRule {
        id: id.to_owned(),
        kind: kind.to_owned(),
        dimension,
        severity,
        core: true,
        strength: None,
        pack: None,
        family: None,
        weight: None,
        unit,
        scale: Scale::Defect,
        columns: Vec::new(),
        title: None,
        why: None,
        tags: Vec::new(),
        owner: None,
        place: None,
        identity: false,
        measure,
    }
}

fn counted(pass: u64, fail: u64) -> Measure {
    Measure::of(Tally::new(pass, fail, 0, 0))
}

fn table(id: &str, tier: u32, rows: u64, clean: u64, rules: Vec<MeasuredRule>) -> MeasuredTable {
    MeasuredTable {
        traced: None,
        id: id.to_owned(),
        title: None,
        tier,
        presence: Presence::Present,
        allow_empty: false,
        rows,
        files: vec![MeasuredFile {
            path: format!("{id}.csv"),
            bytes: rows * 80,
            blake3: "c0ffee".to_owned(),
            rows,
            problem: None,
        }],
        key: Vec::new(),
        columns: Vec::new(),
        roles: Vec::new(),
        clean: Some(clean),
        rules,
        problems: Vec::new(),
    }
}

fn population() -> MeasuredDatabase {
    use Dimension::{Cleanliness, Completeness, Correctness};
    let names = Measure {
        figures: vec![Figure::new("null", 812), Figure::new("blank", 188), Figure::new("placeholder", 0)],
        examples: vec![
            Example {
                file: "cong_dan.csv".to_owned(),
                row: 17,
                value: Some("****".to_owned()),
                reason: None,
                repaired: None,
            },
            Example {
                file: "cong_dan.csv".to_owned(),
                row: 90_412,
                value: None,
                reason: None,
                repaired: None,
            },
        ],
        ..counted(999_000, 1_000)
    };
    let dirty = Measure {
        figures: vec![Figure::new("double_space", 5)],
        examples: vec![Example {
            file: "cong_dan.csv".to_owned(),
            row: 4,
            value: Some("Ngu****".to_owned()),
            reason: Some(say!("two spaces in a row", "hai khoảng trắng liền nhau")),
            repaired: None,
        }],
        ..Measure::of(Tally::new(1_234_557, 5, 0, 5))
    };
    let broken = Measure::not_run(
        Status::Error,
        say!("column `ngay_cap` is text, not a date", "cột `ngay_cap` là văn bản, không phải ngày"),
    );
    let people = MeasuredTable {
        title: Some(say!("Citizens", "Công dân")),
        key: vec!["so_dinh_danh".to_owned()],
        columns: Vec::new(),
        problems: vec![
            (&Diagnostic::warning(say!(
                "column `ghi_chu` is not in the rule file",
                "cột `ghi_chu` không có trong tệp quy tắc"
            ))
            .hint(say!("describe it under `columns`", "hãy mô tả cột này ở mục `columns`")))
                .into(),
        ],
        ..table(
            "cong_dan",
            3,
            1_234_567,
            1_215_000,
            vec![
                rule("not_null-ho_ten", "not_null", Completeness, Severity::Critical, Unit::Cell, names),
                MeasuredRule {
                    identity: true,
                    ..rule(
                        "unique-so_dinh_danh",
                        "unique",
                        Cleanliness,
                        Severity::Critical,
                        Unit::Row,
                        counted(1_234_567, 0),
                    )
                },
                rule("clean_text-ho_ten", "clean_text", Cleanliness, Severity::Minor, Unit::Cell, dirty),
                MeasuredRule {
                    title: Some(say!("Issued after birth", "Ngày cấp sau ngày sinh")),
                    ..rule(
                        "expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026",
                        "expect",
                        Correctness,
                        Severity::Major,
                        Unit::Row,
                        broken,
                    )
                },
                rule(
                    "matches-so_dinh_danh",
                    "matches",
                    Correctness,
                    Severity::Major,
                    Unit::Cell,
                    counted(1_234_000, 567),
                ),
                rule(
                    "in_set-gioi_tinh",
                    "in_set",
                    Correctness,
                    Severity::Major,
                    Unit::Cell,
                    counted(1_234_567, 0),
                ),
                rule(
                    "matches-email",
                    "matches",
                    Correctness,
                    Severity::Minor,
                    Unit::Cell,
                    Measure::of(Tally::new(0, 0, 1_234_567, 0)),
                ),
            ],
        )
    };
    let missing = MeasuredTable {
        presence: Presence::Missing,
        files: Vec::new(),
        clean: None,
        ..table(
            "tam_tru",
            2,
            0,
            0,
            vec![rule(
                "not_null-ma_xa",
                "not_null",
                Completeness,
                Severity::Major,
                Unit::Cell,
                Measure::of(Tally::default()),
            )],
        )
    };
    let lists = table(
        "dm_xa",
        1,
        3_321,
        3_321,
        vec![rule("unique-ma", "unique", Cleanliness, Severity::Major, Unit::Row, counted(3_321, 0))],
    );
    MeasuredDatabase {
        id: "bca_a13".to_owned(),
        agency: Some("bca".to_owned()),
        rule_files: Vec::new(),
        title: Some(say!("National population database", "CSDL quốc gia về dân cư")),
        weight: 3,
        packs: vec![crate::engine::MeasuredPack {
            id: "core/person-register".to_owned(),
            version: "1.0.0".to_owned(),
            hash: "0123456789ab".to_owned(),
            core: true,
        }],
        contract: None,
        code_lists: vec![crate::engine::MeasuredCodeList {
            name: "xa".to_owned(),
            path: "../lists/xa.csv".to_owned(),
            blake3: "0".repeat(64),
            values: 3_321,
        }],
        tables: vec![people, missing, lists],
        problems: Vec::new(),
    }
}

fn hospitals() -> MeasuredDatabase {
    let rules = vec![
        rule(
            "not_null-ten",
            "not_null",
            Dimension::Completeness,
            Severity::Major,
            Unit::Cell,
            counted(1_400, 0),
        ),
        rule("matches-ma", "matches", Dimension::Correctness, Severity::Major, Unit::Cell, counted(1_399, 1)),
    ];
    MeasuredDatabase {
        id: "byt_a02".to_owned(),
        agency: Some("byt".to_owned()),
        rule_files: Vec::new(),
        title: None,
        weight: 1,
        packs: Vec::new(),
        contract: None,
        code_lists: Vec::new(),
        tables: vec![table("hospital", 3, 1_400, 1_399, rules)],
        problems: Vec::new(),
    }
}
