//! Core packs: what they make of a rule file, what they demand, and that nobody gains by going around them.

use serde_json::Value;

use crate::stage::{Run, Stage, root, thuocdo};

/// A register of persons under its core pack. `{rules}` and other words in braces are filled by tests.
const REGISTER: &str = r#"thuocdo: 1
database: so_nguoi
packs: [core/person-register]
code_lists:
  gioi_tinh: [Nam, Nữ]
tables:
  nguoi:
    files: "nguoi.csv"
    tier: 3
    key: [so_dinh_danh]
    update_cycle: 7d
    columns:
      so_dinh_danh: { role: person_id, required: true }
      ho_ten: { role: person_name }
      ngay_sinh: { role: birth_date }
      gioi_tinh: { role: gender, code_list: gioi_tinh }
      dia_chi: { role: address }
      ghi_chu: {}
      cap_nhat: { role: updated_at }
"#;

const PEOPLE: &str = "so_dinh_danh,ho_ten,ngay_sinh,gioi_tinh,dia_chi,ghi_chu,cap_nhat
001090012345,Nguyễn Văn An,1990-03-02,Nam,12 Hàng Bài,a,2026-11-20T08:00:00
001190012346,Trần Thị Bình,1990-07-30,Nữ,3 Tràng Tiền,b,2026-11-20T08:00:00
079201000127,Lê Hoàng Cường,2001-01-15,Nam,5 Lê Lợi,c,2026-11-20T08:00:00
079301000128,Phạm Thu Dung,2001-12-01,Nữ,7 Lê Lợi,d,2026-11-20T08:00:00
";

fn card(rules: &str, people: &str) -> Value {
    run(rules, people).card()["databases"][0].clone()
}

fn run(rules: &str, people: &str) -> Run {
    Stage::new(rules).file("nguoi.csv", people).json()
}

fn official(card: &Value) -> i64 {
    card["score"]["official_nano"].as_i64().expect("points")
}

fn rule<'c>(card: &'c Value, id: &str) -> &'c Value {
    let rules = card["tables"][0]["rules"].as_array().expect("rules");
    rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| {
        let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap_or_default()).collect();
        panic!("no rule {id} among {ids:#?}")
    })
}

#[track_caller]
fn refused(rules: &str, parts: &[&str]) {
    let run = run(rules, PEOPLE);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    for part in parts {
        assert!(run.err.contains(part), "`{part}` is not in\n{}", run.err);
    }
}

#[test]
fn roles_become_rules() {
    let card = card(REGISTER, PEOPLE);
    let ids: Vec<&str> = card["tables"][0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(ids.join("\n"), @r"
    core.nguoi.not_null.so_dinh_danh
    core.nguoi.not_null.ho_ten
    core.nguoi.not_null.ngay_sinh
    core.nguoi.not_null.gioi_tinh
    core.nguoi.not_null.cap_nhat
    core.nguoi.unique.so_dinh_danh
    core.nguoi.matches.so_dinh_danh
    core.nguoi.id_agrees.so_dinh_danh+ngay_sinh
    core.nguoi.id_agrees.so_dinh_danh+gioi_tinh
    core.nguoi.in_range.ngay_sinh
    core.nguoi.in_range.cap_nhat
    core.nguoi.person_name.ho_ten
    core.nguoi.clean_text.ho_ten
    core.nguoi.clean_text.dia_chi
    core.nguoi.heartbeat.cap_nhat
    core.nguoi.type.ngay_sinh
    core.nguoi.in_set.gioi_tinh
    core.nguoi.type.cap_nhat
    ");
    assert_eq!(card["score"]["official"], "100.000000");
    assert_eq!(card["packs"][0]["id"], "core/person-register");
    assert_eq!(card["clean_records"]["clean"], 4);
    assert_eq!(rule(&card, "core.nguoi.unique.so_dinh_danh")["severity"], "critical");
    assert_eq!(rule(&card, "core.nguoi.unique.so_dinh_danh")["family"], "P1");
}

#[test]
fn local_rules_move_the_internal_score_alone() {
    let dirty = PEOPLE.replace("Trần Thị Bình", "").replace("1990-03-02", "2990-03-02");
    let plain = card(REGISTER, &dirty);
    let lax = format!(
        "{REGISTER}    rules:\n      - expect: \"true\"\n      - not_null: so_dinh_danh\n        severity: critical\n"
    );
    let strict = format!(
        "{REGISTER}    rules:\n      - matches: {{ column: ghi_chu, regex: z }}\n        severity: critical\n      - expect: \"false\"\n      - not_null: ho_ten\n"
    );
    let internal = |card: &Value| card["internal"]["official_nano"].as_i64().unwrap();
    for (with, card) in [("lax", card(&lax, &dirty)), ("strict", card(&strict, &dirty))] {
        assert_eq!(card["score"], plain["score"], "{with}");
        assert_eq!(card["grade"], plain["grade"], "{with}");
        assert_eq!(card["caps"], plain["caps"], "{with}");
        assert_eq!(card["clean_records"], plain["clean_records"], "{with}");
        assert_eq!(card["coverage"], plain["coverage"], "{with}");
        assert_ne!(internal(&card), internal(&plain), "{with}");
        for rule in plain["tables"][0]["rules"].as_array().unwrap() {
            assert_eq!(self::rule(&card, rule["id"].as_str().unwrap())["points"], rule["points"]);
        }
    }
}

/// Whatever an agency leaves out, it does not gain by it.
#[test]
fn leaving_out_never_pays() {
    let dirty = PEOPLE
        .replace("001190012346", "001190012345")
        .replace("Lê Hoàng Cường,2001-01-15", "Lê  Hoàng C?ờng,2001-13-45")
        .replace("Phạm Thu Dung,2001-12-01,Nữ", ",2001-12-01,X");
    let whole = official(&card(REGISTER, &dirty));
    let without = |part: &str| {
        let rules: String =
            REGISTER.lines().filter(|line| !line.contains(part)).map(|l| format!("{l}\n")).collect();
        assert_ne!(rules, REGISTER);
        rules
    };
    for role in ["role: person_name", "role: birth_date", "role: gender", "role: updated_at"] {
        let left_out = without(role);
        assert!(official(&card(&left_out, &dirty)) <= whole, "role {role}");
    }
    for column in 0..7 {
        let rows: String = dirty
            .lines()
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let kept: Vec<&str> =
                    cells.iter().enumerate().filter(|(at, _)| *at != column).map(|(_, cell)| *cell).collect();
                kept.join(",") + "\n"
            })
            .collect();
        assert!(official(&card(REGISTER, &rows)) <= whole, "column {column}");
    }
    assert_eq!(official(&card(&REGISTER.replace("nguoi.csv", "khong_co.csv"), &dirty)), 0);
}

#[test]
fn blanking_wrong_values_moves_them_and_cleans_nothing() {
    let wrong = PEOPLE.replace("1990-03-02", "2990-03-02");
    let blank = PEOPLE.replace("1990-03-02", "");
    let (wrong, blank) = (card(REGISTER, &wrong), card(REGISTER, &blank));
    assert_eq!(wrong["clean_records"], blank["clean_records"]);
    assert_eq!(rule(&blank, "core.nguoi.not_null.ngay_sinh")["fail"], 1);
    assert_eq!(rule(&wrong, "core.nguoi.in_range.ngay_sinh")["fail"], 1);
}

#[test]
fn a_control_total_holds_on_both_sides() {
    let rules = REGISTER.replace("    tier: 3\n", "    tier: 3\n    control_total: 4\n");
    let whole = official(&card(&rules, PEOPLE));
    let fewer: String = PEOPLE.lines().take(3).map(|line| format!("{line}\n")).collect();
    let more = format!("{PEOPLE}079301000129,Vũ Thị Em,2001-12-02,Nữ,9 Lê Lợi,e,2026-11-20T08:00:00\n");
    for rows in [fewer, more] {
        let card = card(&rules, &rows);
        assert!(official(&card) < whole);
        assert_eq!(rule(&card, "core.nguoi.row_count")["family"], "P6");
    }
}

/// A file of its own may not lower what a pack asks of its columns.
#[test]
fn declarations_cannot_weaken_a_pack() {
    let dirty = PEOPLE.replace("Nguyễn Văn An", "không rõ");
    let plain = official(&card(REGISTER, &dirty));
    refused(
        &REGISTER.replace("{ role: person_name }", "{ role: person_name, placeholders: none }"),
        &["placeholders are those of the methodology"],
    );
    let rule = format!(
        "{REGISTER}    rules:\n      - not_null: ho_ten\n        when: \"false\"\n        severity: info\n"
    );
    assert_eq!(official(&card(&rule, &dirty)), plain);
    refused(
        &format!("{REGISTER}    rules:\n      - id: core.nguoi.mine\n        not_null: ho_ten\n"),
        &["ids that begin with `core.`"],
    );
    refused(
        &format!("{REGISTER}  khac:\n    packs: []\n    files: khac.csv\n    required: false\n"),
        &["table `khac` goes by no core pack"],
    );
    refused(&REGISTER.replace("tier: 3", "tier: 2"), &["has no main table"]);
    refused(&REGISTER.replace("    key: [so_dinh_danh]\n", ""), &["has no `key`"]);
    refused(
        &REGISTER.replace("    update_cycle: 7d\n", ""),
        &["has no `update_cycle`", "such as `update_cycle: 1d`"],
    );
}

/// A rule over two roles may lack both.
#[test]
fn two_lacking_roles_are_two_warnings() {
    let lines =
        REGISTER.lines().filter(|line| !line.contains("role: gender") && !line.contains("role: birth_date"));
    let rules: String = lines.map(|line| format!("{line}\n")).collect();
    let run = run(&rules.replace("role: person_id", "role: person_code"), PEOPLE);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(!run.err.contains("error: pack"), "{}", run.err);
    assert_eq!(run.rule("nguoi", "core.nguoi.id_agrees.person_id+gender")["status"], "missing_input");
}

#[test]
fn a_role_that_no_column_carries_counts_nothing_and_is_said() {
    let rules: String = REGISTER
        .lines()
        .filter(|line| !line.contains("role: gender"))
        .map(|line| format!("{line}\n"))
        .collect();
    let run = run(&rules, PEOPLE);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(run.err.contains("no column carries the role `gender`"), "{}", run.err);
    let rule = run.rule("nguoi", "core.nguoi.not_null.gender");
    assert_eq!((&rule["status"], &rule["points"]), (&"missing_input".into(), &"0.000000".into()));
}

/// A rule that nothing can break is worth nothing, not even at home.
#[test]
fn vacuous_rules_count_nowhere_and_are_reported() {
    let plain = card(REGISTER, PEOPLE);
    let rules = format!(
        "{REGISTER}    rules:\n      - id: rong\n        matches: {{ column: ghi_chu, regex: '(?s).*' }}\n        severity: critical\n"
    );
    let run = run(&rules, PEOPLE);
    let card = run.card()["databases"][0].clone();
    let rong = rule(&card, "rong");
    assert_eq!((&rong["vacuous"], &rong["weight"]), (&true.into(), &0.into()));
    assert_eq!(rong["strength"]["killed"], 0);
    for what in ["score", "internal", "coverage", "column_coverage"] {
        assert_eq!(card[what], plain[what], "{what}");
    }
    let said = card["tables"][0]["problems"].to_string();
    assert!(said.contains("rule `rong` cannot fail"), "{said}");
    let lint = Stage::new(rules).lint();
    assert!(lint.code == Some(0) && lint.err.contains("rule `rong` cannot fail"), "{}", lint.err);
    assert_eq!(rule(&plain, "core.nguoi.matches.so_dinh_danh")["vacuous"], Value::Null);
}

#[test]
fn wrong_names_are_told() {
    refused(
        &REGISTER.replace("role: gender", "role: gendre"),
        &["unknown role `gendre`", "did you mean `gender`?", "rules.yaml:16"],
    );
    refused(
        &REGISTER.replace("core/person-register", "core/persons-register"),
        &["no pack `core/persons-register`", "did you mean `core/person-register`?"],
    );
    refused(&REGISTER.replace("core/person-register", "core/common"), &["`core/common` is no archetype"]);
    refused(
        &REGISTER.replace("{ role: birth_date }", "{ role: birth_date, type: integer }"),
        &["a column of role `birth_date` is not `integer`", "fitting types: date, timestamp"],
    );
    refused(
        &REGISTER.replace("core/person-register", "core/person-register@1.0.0+000000000000"),
        &["is not `1.0.0+000000000000`", "write `core/person-register@1.0.0+"],
    );
    refused(
        &REGISTER.replace("core/person-register", "khong_co.yaml"),
        &["pack `khong_co.yaml` cannot be read"],
    );
}

#[test]
fn a_pin_holds_a_pack_to_its_text() {
    let hash = card(REGISTER, PEOPLE)["packs"][0]["hash"].as_str().unwrap().to_owned();
    let pinned = REGISTER.replace("core/person-register", &format!("core/person-register@1.0.0+{hash}"));
    assert_eq!(card(&pinned, PEOPLE)["score"]["official"], "100.000000");
}

/// A pack of one's own, its rules local; what is wrong with it is told at its place.
#[test]
fn packs_of_ones_own() {
    const OWN: &str = "thuocdo: 1
pack: ours
version: '2'
includes: [{includes}]
code_lists: { phuong: phuong.csv }
rules:
  - { family: P4, in_set: { column: $address, code_list: phuong } }
  - { family: P5, length: { column: $person_name, max: 8 } }
";
    let stage = |own: &str| {
        let rules = REGISTER.replace("[core/person-register]", "[core/person-register, ours.yaml]");
        let stage = Stage::new(rules).file("nguoi.csv", PEOPLE);
        std::fs::write(stage.path().join("ours.yaml"), own).unwrap();
        std::fs::write(stage.path().join("phuong.csv"), "ten\n12 Hàng Bài\n3 Tràng Tiền\n").unwrap();
        stage
    };
    let scored = |stage: &Stage| stage.json().card()["databases"][0].clone();
    let sound = stage(&OWN.replace("{includes}", ""));
    let card = scored(&sound);
    assert_eq!(card["score"]["official"], "100.000000");
    assert_ne!(card["internal"]["official"], "100.000000");
    let length = rule(&card, "nguoi.length.ho_ten");
    assert_eq!(
        (&length["pack"], &length["fail"], &length["core"]),
        (&"ours".into(), &4.into(), &false.into())
    );
    let pack = |card: &Value| card["packs"][1]["hash"].clone();
    std::fs::write(sound.path().join("phuong.csv"), "ten\n12 Hàng Bài\n").unwrap();
    assert_ne!(pack(&scored(&sound)), pack(&card), "a list that it reads is part of it");

    let told = |own: &str, parts: &[&str]| {
        let run = stage(own).json();
        assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
        for part in parts {
            assert!(run.err.contains(part), "`{part}` is not in\n{}", run.err);
        }
    };
    told(&OWN.replace("{includes}", "ours.yaml"), &["packs include one another: ours.yaml → ours.yaml"]);
    told(
        &OWN.replace("{includes}", "").replace("$address", "$adress"),
        &["unknown role `adress`", "`address`?"],
    );
    told(
        &OWN.replace("{includes}", "").replace("$address", "khong_co"),
        &["names the column `khong_co`", "packs are written in roles"],
    );
    told(
        &OWN.replace("{includes}", "").replace("pack: ours", "pack: core/ours"),
        &["does not begin with `core/`"],
    );
    let wanting = OWN.replace("{includes}", "").replace("rules:", "requires: { vin: major }\nrules:");
    let lint = stage(&wanting).lint();
    assert!(lint.code == Some(0) && lint.err.contains("no column carries the role `vin`"), "{}", lint.err);
    told(&OWN.replace("{includes}", "").replace("P4", "P44"), &["P44", "ours.yaml:7"]);
}

/// The packs that come with the program say what they mean, and give what they promise to every database.
#[test]
fn shipped_packs_are_sound() {
    let mut packs = 0;
    for entry in std::fs::read_dir(root().join("rules/vn")).unwrap() {
        let path = entry.unwrap().path();
        let run = thuocdo(&["lint", path.to_str().unwrap(), "--lang", "en"]);
        assert_eq!(run.code, Some(0), "{}: {}", path.display(), run.err);
        // No table lacks a role that its pack requires.
        assert!(!run.err.contains("warning"), "{}: {}", path.display(), run.err);
        packs += 1;
    }
    assert_eq!(packs, 16);
}

/// What a file may declare and what not, where wrong values would become no values.
#[test]
fn nothing_declares_its_defects_away() {
    let rules = |text: &str| REGISTER.replace("    tier: 3\n", &format!("    tier: 3\n{text}"));
    refused(
        &rules("    text: { null_values: [\"1990-03-02\"] }\n"),
        &["`1990-03-02` cannot be a null value"],
    );
    assert_eq!(run(&rules("    text: { null_values: [\"\\\\N\"] }\n"), PEOPLE).code, Some(0));
    refused(&rules("    allow_empty: true\n"), &["may not be absent or empty"]);
    refused(&rules("    required: false\n"), &["may not be absent or empty"]);
    refused(
        &REGISTER.replace("{ role: address }", "{ role: reference, references: nguoi.dia_chi }"),
        &["these columns refer to themselves"],
    );
    refused(
        &REGISTER.replace("{ role: address }", "{ role: address, placeholders: [x] }"),
        &["only a column with a `code_list`"],
    );
    // A code list of which everything stands for nothing leaves its rule without anything to judge: not known, not gone.
    let every =
        REGISTER.replace("code_list: gioi_tinh }", "code_list: gioi_tinh, placeholders: [Nam, Nữ, X, 0] }");
    let wrong = PEOPLE.replace("2001-12-01,Nữ", "2001-12-01,X");
    assert!(official(&card(&every, &wrong)) <= official(&card(REGISTER, &wrong)));
}

/// A name that two columns bear is nobody's, whether the column may be absent or not.
#[test]
fn a_name_that_stands_twice_is_unknown() {
    let rules = REGISTER.replace("{ role: address }", "{ role: address, required: false }");
    let twice: String = PEOPLE
        .lines()
        .map(|line| format!("{line},{}\n", if line.starts_with("so") { "dia_chi" } else { "x" }))
        .collect();
    let run = run(&rules, &twice);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert_eq!(run.counts("nguoi", "core.nguoi.clean_text.dia_chi"), [0, 0, 0, 4]);
    assert!(official(&run.card()["databases"][0]) < official(&card(&rules, PEOPLE)));
}

/// The catalogue decides who answers for a database; what a file declares is compared with what is shipped.
#[test]
fn a_registered_database_is_what_the_registry_says() {
    let rules = REGISTER.replace("database: so_nguoi", "database: bca_a13\nagency: tandtc");
    let run = run(&rules, PEOPLE);
    assert!(run.err.contains("the catalogue gives `bca_a13` to the agency `bca`"), "{}", run.err);
    let card = run.card();
    let database = &card["databases"][0];
    assert_eq!((&database["agency"], &database["comparable"]), (&"bca".into(), &false.into()));
    let because = database["not_comparable_because"].to_string();
    assert!(
        because.contains("declares something else than the one that is shipped for it (`population`)"),
        "{because}"
    );

    let own = self::card(REGISTER, PEOPLE);
    assert_eq!(own["comparable"], true);
    let contract = |rules: &str| self::card(rules, PEOPLE)["contract"].as_str().unwrap().to_owned();
    let local = format!("{REGISTER}    rules:\n      - not_null: ghi_chu\n");
    assert_eq!(contract(&local), contract(REGISTER), "local rules are no part of it");
    assert_ne!(contract(&REGISTER.replace("update_cycle: 7d", "update_cycle: 700d")), contract(REGISTER));
}

/// Databases of one's own do not raise an agency beyond the run.
#[test]
fn only_registered_databases_enter_the_roll_up_of_an_agency() {
    let stage = Stage::new(REGISTER.replace("database: so_nguoi", "database: so_nguoi\nagency: bca"))
        .file("nguoi.csv", PEOPLE);
    let registered = |scope: &str| {
        let card = stage.run(&["--format", "json", "--roll-up", scope]).card();
        (card["overall"]["registered"].clone(), card["overall"]["measured"].clone())
    };
    assert_eq!(registered("run"), (1.into(), 1.into()));
    assert_eq!(registered("nation"), (330.into(), 0.into()));
}

/// The shipped rule files keep their contract, whoever reads them.
#[test]
fn shipped_files_are_their_own_contract() {
    let text = std::fs::read_to_string(root().join("rules/vn/population.yaml")).unwrap();
    let card = |text: &str| Stage::new(text).json().card()["databases"][0].clone();
    let because = |card: &Value| card["not_comparable_because"].to_string();
    assert!(!because(&card(&text)).contains("shipped"), "{}", because(&card(&text)));
    let changed = text.replace("role: email, ", "role: text, ");
    assert!(changed != text);
    assert!(because(&card(&changed)).contains("shipped"), "{}", because(&card(&changed)));
}
