//! The catalogue of databases: listing, searching, starting files, and what rule files and roll-ups take from it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use thuocdo::rule::catalog::Archetype;
use thuocdo::rule::{Catalog, shipped, start};
use unicode_width::UnicodeWidthStr;

use crate::measure;
use crate::stage::{Run, Stage, root, thuocdo};

fn catalog(arguments: &[&str]) -> Run {
    let mut all = vec!["catalog", "--color", "never"];
    if !arguments.contains(&"--lang") {
        all.extend(["--lang", "en"]);
    }
    all.extend(arguments);
    thuocdo(&all)
}

fn json(arguments: &[&str]) -> Value {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    let run = catalog(&all);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
    serde_json::from_str(&run.out).expect("JSON")
}

fn ids(listing: &Value) -> Vec<String> {
    let databases = listing["agencies"].as_array().expect("agencies").iter();
    let databases = databases.flat_map(|agency| agency["databases"].as_array().expect("databases"));
    databases.map(|entry| entry["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn the_whole_list_fits_the_terminal() {
    for lang in ["vi", "en"] {
        let run = catalog(&["--lang", lang]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        for line in run.out.lines() {
            assert!(line.width() <= 80, "{lang}: {} columns\n{line}", line.width());
        }
        for entry in Catalog::shipped().entries() {
            assert!(run.out.contains(&entry.id), "{lang}: {}", entry.id);
        }
        assert!(run.out.contains(if lang == "vi" {
            "330 CSDL · 16 cơ quan"
        } else {
            "330 databases · 16 agencies"
        }));
        assert!(!run.out.contains("edited") && !run.out.contains("đã sửa"));
    }
}

#[test]
fn filters_narrow_the_list() {
    let count = |arguments: &[&str]| json(arguments)["counts"]["shown"].as_u64().expect("a count");
    assert_eq!(count(&[]), 330);
    assert_eq!(count(&["--agency", "btc"]), 42);
    let groups = ["nq71", "bo_sung_82_dvc", "ra_soat"].map(|group| count(&["--group", group]));
    assert_eq!(groups, [116, 7, 207]);
    assert_eq!(count(&["--kind", "integration_bus"]), 1);
    assert_eq!(count(&["--priority"]), 18);
    assert_eq!(count(&["--with-pack"]) + count(&["--without-pack"]), 330);
    let archetypes = Archetype::ALL.iter().map(|archetype| count(&["--archetype", archetype.id()]));
    assert_eq!(archetypes.sum::<u64>(), 330, "every entry has one archetype");
    let priority = json(&["--priority", "--agency", "bgddt"]);
    assert_eq!(ids(&priority).len(), 5);
    assert_eq!(priority["priority"][0]["id"], "p03_giao_duc");
    assert_eq!(priority["agencies"][0]["counts"]["groups"]["nq71"], 5);
    assert_eq!(priority["other_systems"], serde_json::json!([]));
}

#[test]
fn searching_minds_neither_marks_nor_capitals() {
    assert_eq!(ids(&json(&["đất đai"])), ["bnnmt_a05"]);
    assert_eq!(ids(&json(&["DAT", "dai", "--group", "nq71"])), ["bnnmt_a05"]);
    let nothing = catalog(&["no such thing"]);
    assert_eq!(nothing.code, Some(0));
    assert!(nothing.out.contains("nothing found"), "{}", nothing.out);
    assert!(catalog(&["no such thing", "--lang", "vi"]).out.contains("không tìm thấy"));
}

#[test]
fn wrong_arguments_say_what_was_meant() {
    let run = catalog(&["--agency", "bgdt"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("did you mean `bgddt`?"), "{}", run.err);
    for wrong in
        [&["--group", "nq72"][..], &["--with-pack", "--without-pack"], &["--cards", "no-such-card.json"]]
    {
        let run = catalog(wrong);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{wrong:?}");
    }
}

#[test]
fn an_id_shows_that_database_whole() {
    let page = catalog(&["bca_b01"]).out;
    let (head, facts) = page.split_once("\n\n").expect("a head");
    assert!(head.starts_with("Catalogue of databases · Nghị quyết 214/NQ-CP ngày 23/07/2025"), "{head}");
    let expected = "\
══ CSDL Quản lý thông tin người chấp hành án hình sự tại cộng đồng ═════════════
  id            bca_b01
  as printed    CSDL Quản lý thông tin người chấp hành án hình tự tại cộng đồng
  agency        Ministry of Public Security · bca
  list          bo_sung_82_dvc · for 82 public services
  kind          database
  archetype     person-register (people) · by its name, to be confirmed
  weight        2
  to start      thuocdo init --database bca_b01
";
    assert_eq!(facts, expected);
    let priority = catalog(&["P08_tai_san_thu_nhap", "--lang", "vi"]).out;
    for part in ["Thanh tra Chính phủ · ttcp", "không có trong Phụ lục I", "2025-12-31", "43/TB-VPCP"]
    {
        assert!(priority.contains(part), "{part}\n{priority}");
    }
    assert!(priority.lines().all(|line| line.width() <= 80));
}

#[test]
fn the_json_keeps_its_schema() {
    let schema = thuocdo(&["schema", "catalog"]);
    assert_eq!(schema.code, Some(0));
    let schema: Value = serde_json::from_str(&schema.out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    for listing in [json(&[]), json(&["p05_y_te"]), json(&["nothing like it"])] {
        let wrong: Vec<String> = schema.iter_errors(&listing).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(listing["edited"], false);
    }
    assert!(!schema.is_valid(&serde_json::json!({ "schema": "thuocdo.catalog/1" })));
}

#[test]
fn another_catalogue_is_said_to_be_another() {
    let shipped = fs::read_to_string(root().join("rules/catalog.yaml")).expect("the catalogue");
    let stage = Stage::new("")
        .file("renamed.yaml", shipped.replace("\"CSDL Ô tô\"", "\"CSDL Xe hơi\""))
        .file("broken.yaml", shipped.replace("kind: dataset", "kind: datset"));
    let renamed = stage.data().join("renamed.yaml").display().to_string();
    let run = catalog(&["--catalog", &renamed, "xe hoi"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(
        run.out.contains("bct_c02") && run.out.contains("edited: not the catalogue that ships"),
        "{}",
        run.out
    );
    assert_eq!(json(&["--catalog", &renamed])["edited"], true);
    let broken = stage.data().join("broken.yaml").display().to_string();
    let run = catalog(&["--catalog", &broken]);
    assert_eq!(run.code, Some(2));
    let errors = shipped.matches("kind: dataset").count();
    assert_eq!(run.err.matches("`datset` is not a kind").count(), errors, "{}", run.err);
    assert!(run.err.contains("did you mean `dataset`?") && run.err.contains("broken.yaml:"), "{}", run.err);
    assert_eq!(catalog(&["--catalog", "no-such-file.yaml"]).code, Some(2));
}

/// A database of a bank of the catalogue, with one defect in ten rows.
fn bank(more: &str) -> Stage {
    let rules = format!(
        "thuocdo: 1\ndatabase: nhnn_a02\n{more}tables:\n  t:\n    files: t.csv\n    tier: 3\n    key: [ma]\n    columns: {{ ma: text }}\n    rules:\n      - length: {{ column: ma, max: 2 }}\n"
    );
    Stage::new(rules).file("t.csv", "ma\nb1\nb2\nb3\nb4\nb5\nb6\nb7\nb8\nb9\nb10\n")
}

#[test]
fn rule_files_take_title_agency_and_weight_from_the_catalogue() {
    let run = bank("").json();
    let card = &run.card()["databases"][0];
    assert_eq!(run.err, "");
    assert_eq!(card["title"]["vi"], "CSDL Mã ngân hàng");
    assert_eq!((&card["agency"], &card["weight"]), (&Value::from("nhnn"), &Value::from(2)));

    let own = bank("title: Của tôi\nagency: toi\nweight: 3\n").json();
    let card = &own.card()["databases"][0];
    assert_eq!((&card["title"]["vi"], &card["agency"]), (&Value::from("Của tôi"), &Value::from("nhnn")));
    assert_eq!(card["weight"], 2, "the registry decides");
    assert!(own.err.contains("the catalogue gives `nhnn_a02` the weight 2; 3 is ignored"), "{}", own.err);
    assert!(own.err.contains("rules.yaml:5:9"), "{}", own.err);
    assert_eq!(bank("weight: 2\n").json().err, "");

    let free = Stage::new("thuocdo: 1\ndatabase: mine\nweight: 3\ntables:\n  t:\n    files: t.csv\n");
    assert!(free.lint().err.contains("note: `mine` is not in the catalogue"), "{}", free.lint().err);
    assert!(!bank("").lint().err.contains("note:"));
    let run = free.file("t.csv", "a\n1\n").json();
    assert_eq!((run.err.as_str(), &run.card()["databases"][0]["weight"]), ("", &Value::from(3)));
}

#[test]
fn roll_ups_count_what_is_registered() {
    let stage = bank("");
    let run = stage.json().card();
    assert_eq!((&run["agencies"][0]["registered"], &run["roll_up"]), (&Value::from(1), &Value::Null));
    let nano = run["overall"]["score"]["official_nano"].as_i64().expect("points");
    assert!(nano > 0);
    let card = stage.run(&["--format", "json", "--roll-up", "agencies"]).card();
    let agency = &card["agencies"][0];
    assert_eq!((&agency["registered"], &agency["measured"]), (&Value::from(4), &Value::from(1)));
    assert_eq!(
        agency["score"]["official_nano"].as_i64(),
        Some(nano / 4),
        "four databases of the same weight"
    );
    assert_eq!(agency["score"]["measured"], run["overall"]["score"]["measured"]);
    let nation = stage.run(&["--format", "json", "--roll-up", "nation"]);
    assert_eq!(nation.code, Some(0), "what nobody asked to score is no gap");
    assert_eq!(nation.card()["overall"]["registered"], 330);
    assert_eq!(nation.card()["agencies"].as_array().map(Vec::len), Some(16));
    let page = stage.run(&["--roll-up", "nation", "--color", "never"]);
    assert!(page.out.contains("330 databases") && page.out.contains("not scored counts 0"), "{}", page.out);
    assert!(page.out.lines().all(|line| line.width() <= 80));
}

#[test]
fn scores_are_shown_where_cards_are_given() {
    let stage = bank("");
    let cards = stage.path().join("cards").display().to_string();
    let scored = stage.run(&["--out", &cards, "--format", "json"]);
    fs::write(Path::new(&cards).join("other.json"), "{}").expect("another file");
    let listing = json(&["--cards", &cards, "--agency", "nhnn"]);
    assert_eq!(
        (&listing["counts"]["scored"], &listing["counts"]["shown"]),
        (&Value::from(1), &Value::from(4))
    );
    let score = &listing["agencies"][0]["databases"][1]["score"];
    let database = &scored.card()["databases"][0];
    assert_eq!((&score["official"], &score["grade"]), (&database["score"]["official"], &database["grade"]));
    let page = catalog(&["nhnn_a02", "--cards", &cards]).out;
    assert!(page.contains("as of 2026-11-21T00:00:00+07:00"), "{page}");
}

/// Required roles of the core packs, beside the time of the last change.
fn required(archetype: Archetype) -> &'static [&'static str] {
    match archetype {
        Archetype::PersonRegister => &["person_id", "person_name", "birth_date", "gender"],
        Archetype::OrganisationRegister => &["organisation_id", "organisation_name"],
        Archetype::AssetRegister => &["record_id", "name"],
        Archetype::Transaction | Archetype::CaseFile => &["record_id", "event_date"],
        Archetype::CodeList => &["code", "name"],
        Archetype::Document => &["document_number", "issue_date"],
        Archetype::Sensor => &["record_id", "event_time", "measure"],
        Archetype::Portal => &["record_id", "event_time", "result"],
    }
}

#[test]
fn every_database_of_the_catalogue_has_a_file_to_start_from() {
    let catalog = Catalog::shipped();
    for entry in catalog.entries() {
        let text = start::of_entry(catalog, entry);
        let id = &entry.id;
        assert_eq!(text.matches(&format!("\ndatabase: {id}\n")).count(), 1, "{id}:\n{text}");
        if entry.pack.as_deref().and_then(shipped::find).is_some() {
            continue;
        }
        let core = format!("\npacks: [core/{}]\n", entry.archetype.id());
        assert!(text.contains(&core) && text.contains("\nnaming: any\n"), "{id}:\n{text}");
        let database =
            measure::database(&text, Path::new(".")).unwrap_or_else(|said| panic!("{id}:\n{said}"));
        assert!(database.tables.iter().flat_map(|table| &table.rules).all(|rule| rule.lacking.is_none()));
        assert_eq!(database.title.map(|title| title.vi).as_deref(), Some(entry.title()), "{id}");
        assert_eq!(database.agency.as_ref(), Some(&entry.agency), "{id}");
        let table = &database.tables[0];
        assert_eq!((table.tier, table.update_cycle.is_some()), (3, true), "{id}");
        for role in required(entry.archetype).iter().chain(&["updated_at"]) {
            let column = table.columns.iter().find(|column| column.role.is_some_and(|own| own.name == *role));
            assert_eq!(column.and_then(|column| column.required), Some(true), "{id}: {role}");
        }
        assert!(
            table.key.iter().all(|key| table.columns.iter().any(|column| column.name.value == key.value))
        );
    }
}

#[test]
fn init_writes_a_file_once() {
    let stage = Stage::new("");
    let out = stage.path().join("new/bao_chi.yaml").display().to_string();
    let init = |arguments: &[&str]| thuocdo(&[&["init", "--lang", "en"], arguments].concat());
    let run = init(&["--database", "bvhttdl_a01", "--out", &out]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    let written = fs::read_to_string(&out).expect("the file");
    assert!(written.contains("title: \"CSDL Cơ quan báo chí\"\nagency: bvhttdl\n"), "{written}");
    assert_eq!(init(&["--database", "bvhttdl_a01"]).out, written, "the same on standard output");
    let again = init(&["--database", "bvhttdl_a02", "--out", &out]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("is there already"), "{}", again.err);
    assert_eq!(fs::read_to_string(&out).expect("the file"), written);
}

#[test]
fn init_knows_typing_errors_and_databases_of_ones_own() {
    let init = |arguments: &[&str]| thuocdo(&[&["init", "--lang", "en"], arguments].concat());
    let near = init(&["--database", "bca_a3"]);
    assert_eq!(near.code, Some(2));
    assert!(near.err.contains("did you mean `bca_a03`?"), "{}", near.err);
    let far = init(&["--database", "my_people"]);
    assert_eq!(far.code, Some(2));
    assert!(far.err.contains("--archetype person-register --database my_people"), "{}", far.err);
    let own = init(&["--database", "my_people", "--archetype", "person-register"]);
    assert_eq!(own.code, Some(0), "{}", own.err);
    assert!(own.out.contains("\ndatabase: my_people\n") && !own.out.contains("\nagency:"), "{}", own.out);
    assert_eq!(init(&["--database", "../my", "--archetype", "sensor"]).code, Some(2));
    // Another archetype than the catalogue's reading.
    let other = init(&["--database", "bca_a07", "--archetype", "code-list"]).out;
    assert!(other.contains("core/code-list") && other.contains("\nagency: bca\n"), "{other}");
}
