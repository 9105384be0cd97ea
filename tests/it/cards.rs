//! Scorecards as others hand them over: with counts that nobody can have counted, with a mark before the text, with main
//! tables of which nothing is known.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::report::{changed, report, scored, stage, value};
use crate::stage::{Stage, thuocdo};

#[test]
fn counts_that_cannot_be_added_are_no_card() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let most = u64::MAX;
    let changes: [fn(&mut Value); 4] = [
        |card| card["databases"][0]["tables"][0]["rules"][0]["pass"] = u64::MAX.into(),
        |card| card["databases"][0]["tables"][0]["rows"] = u64::MAX.into(),
        |card| card["databases"][0]["tables"][0]["files"][0]["bytes"] = u64::MAX.into(),
        |card| {
            for table in 0..2 {
                card["databases"][0]["tables"][table]["rows"] = (u64::MAX / 2).into();
                card["databases"][0]["tables"][table]["rules"][0]["unknown"] = (u64::MAX / 2).into();
            }
        },
    ];
    let hostile = stage.path().join("hostile.json");
    let name = hostile.display().to_string();
    let (good, out) = (card.display().to_string(), stage.path().join("out").display().to_string());
    for (at, change) in changes.into_iter().enumerate() {
        changed(&card, &hostile, true, change);
        let commands: [&[&str]; 9] = [
            &["verify", &name],
            &["compare", &good, &name],
            &["explain", &name],
            &["progress", &name],
            &["propose", &name],
            &["catalog", "--cards", &name],
            &["periodic", &name, "--period", "2026-11"],
            &["report", &name, "--format", "md", "--accept-unverified", "--out", &out],
            &["report", &name, "--format", "public", "--accept-unverified", "--out", &out],
        ];
        for command in commands {
            let run = thuocdo(command);
            assert_eq!(run.code, Some(2), "{at} {command:?}: {}{}", run.out, run.err);
            assert!(!run.err.contains("internal") && !Path::new(&out).exists(), "{command:?}: {}", run.err);
        }
        let said = thuocdo(&["verify", &name, "--lang", "en"]).err;
        assert!(said.contains("add up to more than 64 bits hold") && said.contains("`so_ho_tich`"), "{said}");
        let said = thuocdo(&["verify", &name, "--lang", "vi"]).err;
        assert!(said.contains("vượt quá 64 bit"), "{said}");
    }
    // As many as fit are no matter.
    changed(&card, &hostile, true, |card| {
        card["databases"][0]["tables"][0]["files"][0]["bytes"] = (most / 2).into();
    });
    let run = thuocdo(&["verify", &name]);
    assert_eq!(run.code, Some(0), "{}", run.out);
}

#[test]
fn a_mark_before_the_text_is_no_part_of_the_card() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let marked = stage.path().join("cards/marked.json");
    fs::create_dir(stage.path().join("cards")).expect("a folder");
    let text = fs::read_to_string(&card).expect("the card");
    fs::write(&marked, format!("\u{feff}{text}")).expect("the card");
    let name = marked.display().to_string();
    let run = thuocdo(&["verify", &name]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let page = |card: &Path| {
        let run = report(&[card], &["--format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out
    };
    assert_eq!(page(&marked), page(&card));
    assert_eq!(page(marked.parent().expect("a folder")), page(&card), "found in a folder as well");
    let run = thuocdo(&["explain", &name, "--database", "so_ho_tich"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
}

/// One of two main tables is there, and all of its records are clean.
fn half() -> (Stage, std::path::PathBuf) {
    let table = |id: &str| {
        format!(
            "  {id}:\n    files: {id}.csv\n    tier: 3\n    key: [k]\n    columns: {{ k: {{ type: text, required: true }} }}\n    \
             rules: [{{ unique: [k] }}]\n"
        )
    };
    let rules = format!("thuocdo: 1\ndatabase: d\ntables:\n{}{}", table("a"), table("b"));
    let stage = Stage::new(rules).file("a.csv", "k\n1\n2\n");
    let card = scored(&stage, "a", &[]);
    let database = &value(&card)["databases"][0];
    assert_eq!(database["clean_records"]["clean"], 2);
    assert_eq!(database["clean_records"]["unknown_tables"], serde_json::json!(["b"]));
    (stage, card)
}

#[test]
fn no_format_says_clean_without_saying_what_is_unknown() {
    let (stage, card) = half();
    let of = |format: &str, lang: &str| report(&[&card], &["--format", format, "--lang", lang]).out;
    assert!(
        of("md", "en").contains("clean records not guaranteed: no rows in <code>b</code>"),
        "{}",
        of("md", "en")
    );
    assert!(of("md", "vi").contains("<code>b</code> không có bản ghi"), "{}", of("md", "vi"));
    let other = stage.path().join("other.json");
    changed(&card, &other, true, |card| card["as_of"] = "2026-11-20T00:00:00+07:00".into());
    let both = report(&[&card, &other], &["--format", "md"]).out;
    assert_eq!(both.matches("| 0% (unknown in 1 main table) |").count(), 2, "{both}");
    let csv = of("csv", "en");
    let rows = crate::stage::records(csv.trim_start_matches('\u{feff}'));
    let cell = |name: &str| {
        let at = rows[0].iter().position(|head| head == name).expect("the column");
        rows[1][at].clone()
    };
    assert_eq!((cell("clean_share"), cell("unknown_tables")), ("0.000000".to_owned(), "1".to_owned()));
    let policy = stage.path().join("gate.yaml");
    fs::write(&policy, "thuocdo: 1\ngate: { min_clean_records: 50% }\n").expect("the policy");
    let [rules, data, policy] = [stage.rules(), stage.data(), policy].map(|path| path.display().to_string());
    let gate = thuocdo(&[
        "gate",
        &rules,
        "--data",
        &data,
        "--policy",
        &policy,
        "--as-of",
        "2026-11-21",
        "--format",
        "markdown",
        "--lang",
        "en",
    ]);
    assert!(gate.out.contains("| 0% (unknown in 1 main table) |"), "{}{}", gate.out, gate.err);
    let dqv: Value = serde_json::from_str(&of("dqv", "en")).expect("JSON");
    let measured = |name: &str| {
        let nodes = dqv["@graph"].as_array().expect("nodes").iter();
        let mut of =
            nodes.filter(|node| node["dqv:isMeasurementOf"]["@id"] == format!("urn:thuocdo:metric:{name}"));
        of.next().map(|node| node["dqv:value"]["@value"].clone())
    };
    assert_eq!(measured("clean-records"), Some("0.000000".into()));
    assert_eq!(measured("unknown-tables"), Some("1".into()));
}

#[test]
fn what_is_to_be_fixed_says_what_it_is() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let page = report(&[&card], &["--format", "md"]).out;
    let (_, list) = page.split_once("### What to fix first").expect("the list");
    assert!(list.contains("their points do not add up"), "{list}");
    let levels: Vec<&str> = list
        .lines()
        .skip_while(|line| !line.starts_with("| ---"))
        .skip(1)
        .map_while(|line| line.split(" | ").next()?.strip_prefix("| "))
        .collect();
    assert!(
        !levels.is_empty() && levels.iter().all(|level| ["rule", "column", "table"].contains(level)),
        "{levels:?}"
    );
    assert!(levels.contains(&"rule") && levels.contains(&"table"), "{levels:?}");
}
