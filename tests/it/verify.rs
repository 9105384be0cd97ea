//! Scorecards that somebody changed, extracts that are others, signatures of strangers.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thuocdo::score::provenance::Provenance;
use thuocdo::score::verify::{Code, Verification, verify};

use crate::stage::{Run, Stage, command, root, thuocdo};

const RULES: &str = "thuocdo: 1\ndatabase: d\nagency: a\ncode_lists: { nam_nu: list.csv#ma }\ntables:\n  nguoi:\n    files: nguoi.csv\n    key: [so]\n    \
                     update_cycle: 1d\n    columns:\n      so: { role: person_id, required: true }\n      ten: { required: true }\n      \
                     gioi: { code_list: nam_nu }\n      luc: { type: timestamp }\n    rules:\n      - unique: [so]\n      \
                     - heartbeat: { column: luc, cycle: 30d }\n      - length: { column: ten, max: 3 }\n        weight: 2\n  \
                     xa:\n    files: xa.csv\n    tier: 1\n    rules:\n      - not_null: ma\n  thieu:\n    files: thieu.csv\n    \
                     tier: 2\n    rules:\n      - not_null: ma\n";

/// Two tables with defects and one that is missing.
fn stage() -> Stage {
    let stage = Stage::new(RULES)
        .file("nguoi.csv", "so,ten,gioi,luc\n001,An,nam,2026-10-01\n001,Ba,nữ,2026-10-02\n003,,x,2026-10-03\n004,Chin,nam,2026-10-10\n")
        .file("xa.csv", "ma\n1\n2\n\"\"\n");
    fs::write(stage.path().join("list.csv"), "ma\nnam\nnữ\n").expect("the list");
    stage
}

/// Scores into `out/scorecard.json`.
fn scored(stage: &Stage, more: &[&str]) -> PathBuf {
    let out = stage.path().join("out");
    let out_name = out.display().to_string();
    let mut arguments = vec!["--quiet", "--format", "json", "--out", &out_name];
    arguments.extend(more);
    let run = stage.run(&arguments);
    assert_eq!(run.code, Some(3), "a table is missing: {}", run.err);
    out.join("scorecard.json")
}

fn verified(card: &Path, more: &[&str]) -> Run {
    let card = card.display().to_string();
    let mut arguments = vec!["verify", &card, "--lang", "en"];
    arguments.extend(more);
    thuocdo(&arguments)
}

fn value(card: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(card).expect("the card")).expect("JSON")
}

/// The paths of all scalars, as JSON pointers, and as `verify` names them.
fn scalars(value: &Value, pointer: &str, name: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let inner = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                scalars(value, &format!("{pointer}/{field}"), &inner, found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                let id =
                    value.get("id").and_then(Value::as_str).map_or_else(|| at.to_string(), str::to_owned);
                scalars(value, &format!("{pointer}/{at}"), &format!("{name}[{id}]"), found);
            }
        }
        _ => found.push((pointer.to_owned(), name.to_owned())),
    }
}

fn mutated(value: &Value) -> Value {
    match value {
        Value::Bool(it) => json!(!it),
        Value::Number(it) => json!(it.as_i64().map_or(1, |it| it + 1)),
        Value::String(it) if it.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            json!(format!("{it}1"))
        }
        Value::String(it) => json!(match it.as_str() {
            "A" | "B" | "C" => "D".to_owned(),
            "D" | "—" => "A".to_owned(),
            "minor" => "major".to_owned(),
            "major" | "critical" => "minor".to_owned(),
            "correctness" => "completeness".to_owned(),
            "completeness" | "cleanliness" | "freshness" | "consistency" => "correctness".to_owned(),
            "measured" | "missing_table" => "error".to_owned(),
            "missing" | "present" => "absent".to_owned(),
            "row" | "cell" | "check" => "key".to_owned(),
            "defect" => "ratio".to_owned(),
            "ratio" => "defect".to_owned(),
            "rule" | "column" => "table".to_owned(),
            "table" => "rule".to_owned(),
            "low" | "medium" => "high".to_owned(),
            "small" => "large".to_owned(),
            "local" => "vn-4".to_owned(),
            "error" => "warning".to_owned(),
            "warning" => "error".to_owned(),
            "nothing_known" => "rule_error".to_owned(),
            other => format!("{other}x"),
        }),
        _ => json!("x"),
    }
}

/// The card with one scalar changed, and what is said of it: nothing if it is no card any more.
fn changed(card: &Value, pointer: &str, sealed: bool) -> Option<Verification> {
    let mut card = card.clone();
    let at = card.pointer_mut(pointer).expect("a scalar");
    *at = mutated(at);
    if sealed {
        let provenance = serde_json::to_value(Provenance::of(&card)).expect("JSON");
        card["provenance"] = provenance;
    }
    verify("card", &card.to_string()).ok().map(|(_, verdict)| verdict)
}

#[test]
fn any_change_is_found_and_its_part_is_named() {
    let card = value(&scored(&stage(), &[]));
    let mut all = Vec::new();
    scalars(&card, "", "", &mut all);
    assert!(all.len() > 400, "{}", all.len());
    let mut read = 0;
    for (pointer, name) in &all {
        let Some(verdict) = changed(&card, pointer, false) else { continue };
        read += 1;
        assert!(!verdict.accepted, "{name} was changed and nobody noticed");
        if pointer.starts_with("/provenance") {
            continue;
        }
        let parts: Vec<&str> =
            verdict.findings.iter().filter(|f| f.code == Code::Digest).map(|f| f.part.as_str()).collect();
        let named = |part: &&str| {
            let within = part.trim_end_matches(".result").trim_end_matches(".inputs");
            name.starts_with(within)
                // Whoever changes an id changes the name of the part.
                || name.ends_with(".id")
        };
        assert!(parts.iter().any(named), "{name}: {parts:?}");
        // Nothing beside it is suspected, and the smallest part is named.
        assert!(name.ends_with(".id") || parts.len() == 1, "{name}: {parts:?}");
        if name.contains(".rules[") && !name.ends_with(".id") {
            assert!(parts[0].contains(".rules["), "{name}: {parts:?}");
        }
    }
    assert!(read * 10 > all.len() * 9, "{read} of {} changes leave a readable card", all.len());
}

/// What a card may claim without contradicting itself: what was counted and declared, and words. `docs/provenance.md` lists it.
const CLAIMS: [&str; 37] = [
    "pass",
    "severity",
    "id",
    "core",
    "na",
    "when_unknown",
    "units",
    "per_unit",
    "column_coverage",
    "tags",
    "owner",
    "problems",
    "as_of",
    "engine",
    "agency",
    "weight",
    "name",
    "path",
    "blake3",
    "values",
    "bytes",
    "rows",
    "clean",
    "tier",
    "presence",
    "key",
    "columns",
    "en",
    "vi",
    "place",
    "figures",
    "examples",
    "row",
    "family",
    "killed",
    "applicable",
    "allow_empty",
];

#[test]
fn points_follow_from_counts_even_under_fresh_digests() {
    let card = value(&scored(&stage(), &[]));
    let mut all = Vec::new();
    scalars(&card, "", "", &mut all);
    let mut unnoticed = Vec::new();
    for (pointer, name) in all.iter().filter(|(pointer, _)| !pointer.starts_with("/provenance")) {
        let Some(verdict) = changed(&card, pointer, true) else { continue };
        assert!(
            verdict.findings.iter().all(|finding| finding.code != Code::Digest),
            "{name}: the digests are fresh"
        );
        if verdict.accepted {
            unnoticed.push(name.as_str());
        }
    }
    let claimed = |name: &str| CLAIMS.iter().any(|claim| name.split(['.', '[']).any(|part| part == *claim));
    let wrong: Vec<&&str> = unnoticed.iter().filter(|name| !claimed(name)).collect();
    assert!(wrong.is_empty(), "changed and accepted: {wrong:#?}");
    for found in ["databases[d].score.official", "databases[d].grade", "agencies[a].score.official_nano"] {
        let (pointer, _) = all.iter().find(|(_, name)| name == found).unwrap_or_else(|| panic!("no {found}"));
        let verdict = changed(&card, pointer, true).expect("a card");
        let finding = verdict.findings.iter().find(|finding| finding.part == found).expect(found);
        assert_eq!(finding.code, Code::Arithmetic);
    }
}

#[test]
fn what_was_just_scored_is_accepted() {
    for name in ["febrl", "flights", "game_revenue", "hospital", "small_table"] {
        let out = tempfile::tempdir().expect("a folder");
        let (rules, data) =
            (root().join(format!("rules/examples/{name}.yaml")), root().join("fixtures").join(name));
        let [rules, data, folder] =
            [&rules, &data, &out.path().to_owned()].map(|path| path.display().to_string());
        for profile in ["local", "vn-6"] {
            let run = thuocdo(&[
                "score",
                &rules,
                "--data",
                &data,
                "--as-of",
                "2026-11-21",
                "--quiet",
                "--profile",
                profile,
                "--out",
                &folder,
            ]);
            assert_eq!(run.code, Some(0), "{name}: {}", run.err);
            let run = verified(&out.path().join("scorecard.json"), &["--data", &data]);
            assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{name} {profile}: {}", run.out);
        }
    }
    let stage = stage();
    let card = scored(&stage, &[]);
    let run = verified(&card, &["--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    let verdict: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!((&verdict["accepted"], &verdict["cards"][0]["databases"]), (&true.into(), &json!(["d"])));
    assert_eq!(verdict["cards"][0]["root"], value(&card)["provenance"]["root"]);
    // Layout is not content.
    let compact = card.with_file_name("compact.json");
    fs::write(&compact, value(&card).to_string()).expect("the card");
    assert_eq!(verified(&compact, &[]).code, Some(0));
}

#[test]
fn a_rejected_card_on_the_page() {
    let stage = stage();
    let card = scored(&stage, &[]);
    let text = fs::read_to_string(&card).expect("the card");
    let edited = text.replacen("\"fail\": 1,", "\"fail\": 0,", 1);
    assert_ne!(text, edited);
    fs::write(&card, edited).expect("the card");
    for lang in ["en", "vi"] {
        let run = thuocdo(&["verify", &card.display().to_string(), "--lang", lang, "--color", "never"]);
        assert_eq!(run.code, Some(5), "{}", run.said());
        assert!(run.out.contains(if lang == "en" { "rejected" } else { "bác bỏ" }), "{}", run.out);
        assert!(run.out.contains("databases[d].tables[nguoi].rules["), "{}", run.out);
        assert!(run.out.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{}", run.out);
    }
}

#[test]
fn older_and_newer_cards() {
    let stage = stage();
    let card = scored(&stage, &[]);
    let mut older = value(&card);
    older.as_object_mut().expect("a card").remove("provenance");
    fs::write(&card, older.to_string()).expect("the card");
    let run = verified(&card, &[]);
    assert!(run.code == Some(5) && run.out.contains("has no digests"), "{}", run.said());
    older["schema"] = json!("thuocdo.scorecard/2");
    fs::write(&card, older.to_string()).expect("the card");
    let run = verified(&card, &[]);
    assert!(run.code == Some(2) && run.err.contains("`thuocdo.scorecard/2`"), "{}", run.said());
    fs::write(&card, "{").expect("the card");
    assert_eq!(verified(&card, &[]).code, Some(2));
    assert_eq!(verified(Path::new("no/such.json"), &[]).code, Some(2));
}

#[test]
fn extracts_are_those_that_were_scored() {
    let stage = stage();
    let card = scored(&stage, &[]);
    let data = stage.data().display().to_string();
    let run = verified(&card, &["--data", &data]);
    assert!(run.code == Some(0) && run.out.contains("2 of 2 files as scored"), "{}", run.said());

    fs::write(stage.data().join("more.csv"), "x\n").expect("a file");
    let run = verified(&card, &["--data", &data]);
    assert!(run.code == Some(0) && run.out.contains("does not name: more.csv"), "{}", run.said());

    fs::write(stage.data().join("xa.csv"), "ma\n1\n3\n\"\"\n").expect("a file");
    let run = verified(&card, &["--data", &data]);
    assert!(run.code == Some(5) && run.out.contains("xa.csv has other content"), "{}", run.said());

    fs::write(stage.data().join("xa.csv"), "ma\n").expect("a file");
    fs::remove_file(stage.data().join("nguoi.csv")).expect("a file");
    let run = verified(&card, &["--data", &data]);
    assert!(run.out.contains("xa.csv has 3 bytes; scored were 10"), "{}", run.said());
    assert!(run.code == Some(5) && run.out.contains("nguoi.csv the file is missing"), "{}", run.said());

    let text = fs::read_to_string(&card).expect("the card").replace("\"xa.csv\"", "\"../rules.yaml\"");
    fs::write(&card, text).expect("the card");
    let run = verified(&card, &["--data", &data]);
    assert!(run.code == Some(5) && run.out.contains("leads out of the data folder"), "{}", run.said());
    assert_eq!(verified(&card, &["--data", "no/such"]).code, Some(2));
}

fn keys(stage: &Stage, name: &str) -> (String, String) {
    let out = stage.path().join(name).display().to_string();
    let run = thuocdo(&["keygen", "--out", &out, "--no-password", "--lang", "en"]);
    assert_eq!(run.code, Some(0), "{}", run.said());
    (format!("{out}.key"), format!("{out}.pub"))
}

#[test]
fn signatures_say_who_and_of_what() {
    let stage = stage();
    let (key, public) = keys(&stage, "agency");
    let (_, stranger) = keys(&stage, "stranger");
    let card = scored(&stage, &["--sign-key", &key]);
    let signature = card.with_file_name("scorecard.json.minisig");
    let line =
        |path: &str| fs::read_to_string(path).expect("a key").lines().nth(1).expect("a key").to_owned();
    for trusted in [public.clone(), line(&public)] {
        let run = verified(&card, &["--public-key", &stranger, "--public-key", &trusted]);
        assert!(run.code == Some(0) && run.out.contains("signed by "), "{}", run.said());
        let root = value(&card)["provenance"]["root"].as_str().expect("a root").to_owned();
        assert!(run.out.replace("\n    ", "").contains(&root), "{}", run.out);
    }
    let run = verified(&card, &[]);
    assert!(run.code == Some(0) && run.out.contains("not checked without"), "{}", run.said());
    let run = verified(&card, &["--public-key", &stranger]);
    assert!(run.code == Some(5) && run.out.contains("which is not trusted"), "{}", run.said());
    let run = verified(&card, &["--public-key", "RWQnonsense"]);
    assert!(run.code == Some(2) && !run.said().contains("RWQnonsense"), "{}", run.said());
    let run = verified(&card, &["--public-key", &key]);
    let secret = line(&key);
    assert!(run.code == Some(2) && !run.said().contains(&secret), "{}", run.said());

    // Layout is no content, but it is what was signed.
    let pretty = fs::read_to_string(&card).expect("the card");
    fs::write(&card, value(&card).to_string()).expect("the card");
    let run = verified(&card, &["--public-key", &public]);
    assert!(run.code == Some(5) && run.out.contains("is not of this card"), "{}", run.said());
    fs::write(&card, pretty).expect("the card");

    let sound = fs::read_to_string(&signature).expect("the signature");
    let lines: Vec<&str> = sound.lines().collect();
    let short = format!("{}\n{}\n{}\nAAAA\n", lines[0], lines[1], lines[2]);
    for (damaged, told) in [
        (String::new(), "is damaged"),
        (short, "is damaged"),
        (sound.replacen("untrusted", "trusted", 1), "is damaged"),
        (sound.replacen("databases d", "databases e", 1), "is not of this card"),
    ] {
        fs::write(&signature, damaged).expect("the signature");
        let run = verified(&card, &["--public-key", &public]);
        assert!(run.code == Some(5) && run.out.contains(told), "{told}: {}", run.said());
    }
    let elsewhere = stage.path().join("elsewhere.minisig").display().to_string();
    fs::write(&elsewhere, sound).expect("the signature");
    assert_eq!(verified(&card, &["--public-key", &public, "--signature", &elsewhere]).code, Some(0));
    fs::remove_file(&signature).expect("the signature");
    let run = verified(&card, &["--public-key", &public]);
    assert!(run.code == Some(5) && run.out.contains("there is no signature"), "{}", run.said());
}

#[test]
fn keys_are_guarded() {
    let stage = stage();
    let (key, _) = keys(&stage, "plain");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&key).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = fs::read(&key).expect("a key");
    let name = stage.path().join("plain").display().to_string();
    let run = thuocdo(&["keygen", "--out", &name, "--no-password", "--lang", "en"]);
    assert!(run.code == Some(2) && run.err.contains("never replaced"), "{}", run.said());
    assert_eq!(fs::read(&key).expect("a key"), before);

    let name = stage.path().join("locked").display().to_string();
    let none = thuocdo(&["keygen", "--out", &name, "--lang", "en"]);
    assert!(none.code == Some(2) && none.err.contains("THUOCDO_KEY_PASSWORD"), "{}", none.said());
    let run = |arguments: &[&str], password: &str| {
        let output =
            command().args(arguments).env("THUOCDO_KEY_PASSWORD", password).output().expect("it starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["keygen", "--out", &name, "--lang", "en"], "bí mật").0, Some(0));
    let locked = format!("{name}.key");
    let (rules, data) = (stage.rules().display().to_string(), stage.data().display().to_string());
    let out = stage.path().join("signed").display().to_string();
    let score =
        ["score", &rules, "--data", &data, "--out", &out, "--sign-key", &locked, "--lang", "en", "--quiet"];
    let (code, said) = run(&score, "bí mât");
    assert!(code == Some(2) && said.contains("is wrong") && !said.contains("mât"), "{said}");
    assert!(!Path::new(&out).exists(), "nothing is written without its signature");
    assert_eq!(run(&score, "bí mật").0, Some(3), "a table is missing");
    let card = Path::new(&out).join("scorecard.json");
    assert_eq!(verified(&card, &["--public-key", &format!("{name}.pub")]).code, Some(0));
    let unasked = thuocdo(&score);
    assert!(unasked.code == Some(2) && unasked.err.contains("THUOCDO_KEY_PASSWORD"), "{}", unasked.said());
    let alone = thuocdo(&["score", &rules, "--data", &data, "--sign-key", &locked]);
    assert_eq!(alone.code, Some(2), "a signature needs a card beside it");
}
