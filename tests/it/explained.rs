//! `explain CARD`: every equation that is printed is computed again here, from its own integers and by a calculator of
//! this file, and the last line of every rule, dimension and database is the value on the card.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use num::Fraction;
use serde_json::Value;
use thuocdo::score::Scorecard;
use thuocdo::score::explanation::{self, Wanted};

use crate::stage::{Run, Stage, root, thuocdo};

/// Fractions of integers, as the equations are written in.
mod num {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Fraction(pub i128, pub i128);

    fn gcd(a: i128, b: i128) -> i128 {
        if b == 0 { a.abs() } else { gcd(b, a % b) }
    }

    impl Fraction {
        pub fn new(a: i128, b: i128) -> Self {
            let common = gcd(a, b).max(1);
            Self(a / common, b / common)
        }
        pub fn floor(self) -> Self {
            Self(self.0.div_euclid(self.1), 1)
        }
        pub fn ceiling(self) -> Self {
            Self(-(-self.0).div_euclid(self.1), 1)
        }
    }
}

/// Reads and computes: `+ − × / mod`, brackets, `⌊ ⌋`, `⌈ ⌉`, `min( , )`.
struct Calculator {
    tokens: Vec<String>,
    at: usize,
}

impl Calculator {
    fn of(text: &str) -> Fraction {
        let mut spaced = text.replace("min(", "min (");
        for mark in ["(", ")", "⌊", "⌋", "⌈", "⌉", ",", "/"] {
            spaced = spaced.replace(mark, &format!(" {mark} "));
        }
        let mut calculator = Self { tokens: spaced.split_whitespace().map(str::to_owned).collect(), at: 0 };
        let value = calculator.sum();
        assert_eq!(calculator.at, calculator.tokens.len(), "all of `{text}` is read");
        value
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn takes(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|it| it == token);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> Fraction {
        let mut left = self.product();
        loop {
            let sign = if self.takes("+") {
                1
            } else if self.takes("−") {
                -1
            } else {
                return left;
            };
            let right = self.product();
            left = Fraction::new(left.0 * right.1 + sign * right.0 * left.1, left.1 * right.1);
        }
    }

    fn product(&mut self) -> Fraction {
        let mut left = self.single();
        loop {
            if self.takes("×") {
                let right = self.single();
                left = Fraction::new(left.0 * right.0, left.1 * right.1);
            } else if self.takes("/") {
                let right = self.single();
                left = Fraction::new(left.0 * right.1, left.1 * right.0);
            } else if self.takes("mod") {
                let right = self.single();
                assert_eq!((left.1, right.1), (1, 1), "rests are of integers");
                left = Fraction(left.0.rem_euclid(right.0), 1);
            } else {
                return left;
            }
        }
    }

    fn single(&mut self) -> Fraction {
        match self.next().as_str() {
            "(" => self.closed(")"),
            "⌊" => self.closed("⌋").floor(),
            "⌈" => self.closed("⌉").ceiling(),
            "min" => {
                assert!(self.takes("("));
                let mut least = self.sum();
                while self.takes(",") {
                    let next = self.sum();
                    if next.0 * least.1 < least.0 * next.1 {
                        least = next;
                    }
                }
                assert!(self.takes(")"));
                least
            }
            number => Fraction(number.parse().unwrap_or_else(|_| panic!("`{number}` is no integer")), 1),
        }
    }

    fn closed(&mut self, end: &str) -> Fraction {
        let value = self.sum();
        assert!(self.takes(end), "{end} is missing in {:?}", self.tokens);
        value
    }
}

const RULES: &str = "thuocdo: 1\ndatabase: dan_cu\nagency: bca\ntables:\n  nguoi:\n    files: nguoi.csv\n    tier: 3\n    key: [so]\n    \
                     update_cycle: 1d\n    columns:\n      so: { required: true }\n      ten: { required: true }\n      tuoi: { type: integer }\n      luc: { type: timestamp }\n    rules:\n      \
                     - unique: [so]\n      - heartbeat: { column: luc, cycle: 30d }\n      - length: { column: ten, max: 3 }\n        weight: 2\n      \
                     - in_range: { column: tuoi, min: 0 }\n      - length: { column: ten, min: 1 }\n        when: tuoi > 1000\n      \
                     - length: { column: ten, max: 90 }\n        severity: info\n  \
                     xa:\n    files: xa.csv\n    tier: 1\n    rules:\n      - not_null: ma\n      - length: { column: gone, max: 2 }\n  \
                     thieu:\n    files: thieu.csv\n    tier: 2\n    rules:\n      - not_null: ma\n";

/// Rules that fail, pass, do not apply, do not count, are unknown; a table that is missing.
fn stage() -> Stage {
    let mut people = "so,ten,tuoi,luc\n".to_owned();
    for at in 0..997 {
        let (name, age) = (if at % 37 == 0 { "Chin" } else { "An" }, if at == 5 { "x" } else { "7" });
        people += &format!("{:03},{name},{age},2026-09-0{}\n", at.min(990), at % 9 + 1);
    }
    Stage::new(RULES).file("nguoi.csv", people).file("xa.csv", "ma\n1\n2\n\"\"\n")
}

fn scored(stage: &Stage, more: &[&str]) -> PathBuf {
    let out = stage.path().join("out");
    let run = stage.run(&[&["--quiet", "--out", &out.display().to_string()], more].concat());
    assert!(matches!(run.code, Some(0 | 3)), "{}", run.err);
    out.join("scorecard.json")
}

/// A card by core packs, of a shipped rule file and extracts with defects.
fn national(folder: &Path, profile: &str) -> PathBuf {
    let rules = root().join("rules/vn/goods.yaml").display().to_string();
    let (data, out) = (folder.join("data").display().to_string(), folder.join(profile));
    let made = [
        "generate",
        &rules,
        "--out",
        &data,
        "--rows",
        "60",
        "--defects",
        "0.02",
        "--as-of",
        "2026-11-21",
        "-q",
    ];
    assert_eq!(thuocdo(&made).code, Some(0));
    let out_name = out.display().to_string();
    let inner = fs::read_dir(&data).expect("data").flatten().map(|it| it.path()).find(|it| it.is_dir());
    let inner = inner.expect("a folder of the database").display().to_string();
    let run = thuocdo(&[
        "score",
        &rules,
        "--data",
        &inner,
        "--as-of",
        "2026-11-21",
        "--profile",
        profile,
        "--out",
        &out_name,
        "-q",
    ]);
    assert!(matches!(run.code, Some(0 | 3)), "{}", run.err);
    out.join("scorecard.json")
}

fn explain(card: &Path, more: &[&str]) -> Run {
    let card = card.display().to_string();
    thuocdo(&[&["explain", &card, "--lang", "en"], more].concat())
}

fn json(card: &Path, more: &[&str]) -> Value {
    let run = explain(card, &[more, &["--format", "json"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    serde_json::from_str(&run.out).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// Computes all equations of a part; returns how many there are.
fn computed(part: &Value) -> usize {
    let mut count = 0;
    for step in part["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|it| it["steps"].as_array().expect("steps"))
    {
        if let (Some(expression), Some(value)) = (step["expression"].as_str(), step["value"].as_str()) {
            assert_eq!(Calculator::of(expression), Calculator::of(value), "{expression} = {value}");
            count += 1;
        }
    }
    count
}

/// The value of the last equation of the group with that title.
fn ends(part: &Value, title: &str) -> Option<i64> {
    let group = part["groups"].as_array()?.iter().rfind(|group| group["title"]["en"] == title)?;
    group["steps"].as_array()?.iter().rev().find_map(|step| step["value"].as_str())?.parse().ok()
}

fn same(part: &Value, score: &Value) {
    for name in ["official_nano", "measured_nano", "ceiling_nano"] {
        assert_eq!(part[name], score[name], "{name} of {}", part["subject"]);
    }
}

fn nothing_is_left_unexplained(path: &Path) {
    let card: Value = serde_json::from_str(&fs::read_to_string(path).expect("the card")).expect("JSON");
    let database = &card["databases"][0];
    let all = json(path, &[]);
    let parts = all["parts"].as_array().expect("parts");
    assert!(computed(&parts[0]) > 4);
    same(&parts[0], &database["score"]);
    assert_eq!(ends(&parts[0], "Official points"), database["score"]["official_nano"].as_i64());
    let mut dimensions = 0;
    for part in &parts[1..] {
        computed(part);
        let name = part["subject"]["dimension"].as_str().expect("a dimension");
        same(part, &database["dimensions"][name]);
        if let Some(group) = list(&part["groups"]).iter().find(|it| it["title"]["en"] == "The dimension") {
            let mut steps = list(&group["steps"]).iter();
            let official = steps.find(|it| it["what"]["en"] == "official: points of the dimension");
            let official = official.and_then(|it| it["value"].as_str()?.parse().ok());
            assert_eq!(official.unwrap_or(0), part["official_nano"].as_i64().expect("points"));
        }
        dimensions += 1;
    }
    let counts = database["dimensions"]
        .as_object()
        .expect("dimensions")
        .values()
        .filter(|it| it["applicable"] == true);
    assert_eq!(dimensions, counts.count());
    // A process for each rule would take minutes.
    let whole = Scorecard::from_json(&card.to_string()).expect("a card");
    for table in database["tables"].as_array().expect("tables") {
        for rule in table["rules"].as_array().expect("rules") {
            let name =
                format!("{}/{}", table["id"].as_str().expect("an id"), rule["id"].as_str().expect("an id"));
            let wanted = Wanted { rule: Some(name.clone()), ..Wanted::default() };
            let found = explanation::explain(&whole, &wanted).expect("the rule");
            let part = &serde_json::to_value(&found).expect("JSON")["parts"][0];
            computed(part);
            assert_eq!(part["official_nano"], rule["points_nano"], "{name}");
            assert_eq!(Some(ends(part, "To win back").unwrap_or(0)), rule["gain_nano"].as_i64(), "{name}");
            let counted = rule["pass"].as_u64() != Some(0) || rule["fail"].as_u64() != Some(0);
            if rule["status"] == "measured" && counted && !(rule["vacuous"] == true && rule["core"] == true) {
                assert_eq!(ends(part, "Official points"), rule["points_nano"].as_i64(), "{name}");
            }
        }
    }
}

#[test]
fn every_equation_holds_and_ends_at_the_card() {
    let stage = stage();
    nothing_is_left_unexplained(&scored(&stage, &[]));
    for profile in ["vn-4", "vn-6"] {
        nothing_is_left_unexplained(&scored(&stage, &["--profile", profile]));
    }
    let folder = tempfile::tempdir().expect("a folder");
    nothing_is_left_unexplained(&national(folder.path(), "vn-4"));
}

#[test]
fn the_page_reads_from_top_to_bottom() {
    let stage = stage();
    let card = scored(&stage, &[]);
    let rule = explain(&card, &["nguoi/nguoi.unique.so"]).out;
    assert_eq!(rule, explain(&card, &["--rule", "nguoi.unique.so"]).out);
    let last = rule.lines().last().expect("a page");
    assert!(last.trim_start().starts_with("official") && last.contains(" = "), "{rule}");
    let name = card.display().to_string();
    let database = thuocdo(&["explain", &name, "--database", "dan_cu", "--lang", "vi"]);
    assert!(database.out.contains("Điểm chính thức  [m-database]"), "{}", database.out);
    assert!(database.out.contains("thấp nhất trong số đó là hạng: "), "{}", database.out);
    let one = explain(&card, &["--dimension", "freshness"]);
    assert!(one.out.contains("dan_cu · Live (freshness)") && !one.out.contains("cleanliness"), "{}", one.out);
}

#[test]
fn what_is_not_there_is_told() {
    let stage = stage();
    let card = scored(&stage, &[]);
    let told = |more: &[&str], words: &str| {
        let run = explain(&card, more);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{more:?}");
        assert!(run.err.contains(words), "{more:?}: {}", run.err);
    };
    told(&["--database", "dan_cư"], "did you mean `dan_cu`?");
    told(&["--rule", "xa/xa.not_nul.ma"], "did you mean `xa/xa.not_null.ma`?");
    told(&["--rule", "unique"], "nguoi/nguoi.unique.so");
    told(&["--dimension", "sharing"], "counts in no database");
    told(&["--format", "html"], "as `term` or `json`");
    let kind = thuocdo(&["explain", "unique", "--dimension", "freshness", "--lang", "en"]);
    assert!(kind.code == Some(2) && kind.err.contains("is about a scorecard"), "{}", kind.err);

    let text = fs::read_to_string(&card).expect("the card");
    let torn = stage.path().join("torn.json");
    fs::write(&torn, &text[..text.len() / 2]).expect("half a card");
    assert_eq!(explain(&torn, &[]).code, Some(2));
    let edited = stage.path().join("edited.json");
    fs::write(&edited, text.replacen("\"fail\": 27", "\"fail\": 2", 1)).expect("an edited card");
    assert_ne!(fs::read_to_string(&edited).expect("it"), text);
    let run = explain(&edited, &[]);
    assert_eq!((run.code, run.out.as_str()), (Some(5), ""), "{}", run.err);
    assert!(run.err.contains("is not what it claims to be"), "{}", run.err);
}

#[test]
fn the_methodology_is_one_page_in_three_formats() {
    let page = |format: &str| thuocdo(&["explain", "methodology", "--format", format, "--lang", "en"]).out;
    let (term, md, html) = (page("term"), page("md"), page("html"));
    let ids: BTreeSet<&str> =
        html.split("<section id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(ids.len() > 15, "{ids:?}");
    for id in &ids {
        assert!(term.contains(&format!("[{id}]")) && md.contains(&format!("<a id=\"{id}\"></a>")), "{id}");
    }
    for text in [&term, &md, &html] {
        assert!(text.contains("thuocdo-score/1.0.0+") && text.contains("10,000"), "{text}");
    }
    assert!(!html.contains("<script") && html.contains("script-src &#39;none&#39;"));
    // Every section that an explanation names is there.
    let stage = stage();
    let all = json(&scored(&stage, &[]), &[]);
    for group in list(&all["parts"]).iter().flat_map(|part| list(&part["groups"])) {
        let section = group["section"].as_str().expect("a section");
        assert!(ids.contains(section), "{section}");
    }
}
