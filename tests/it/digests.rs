//! Two agencies that compare without showing each other their data: digests made by one and reconciled with by the other,
//! and whatever is not what it must be.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use tempfile::TempDir;
use thuocdo::base::diagnostic::SourceText;
use thuocdo::engine::{self, Budget, DigestRequest, Elsewhere, Known, MeasuredDatabase, RunOptions};
use thuocdo::kernel::expression::Expression;
use thuocdo::rule::notify::Kept;
use thuocdo::rule::{Agreement, At, Database};

use crate::measure::{self, Unnamed};
use crate::stage::{Folder, Run, command};

const KEY: &str = "5c0f3b7e91d2a4486e0b8f17c3d95a20b6e4f1880d3c7a925f41e6bb09d87c33";
const OTHER_KEY: &str = "6c0f3b7e91d2a4486e0b8f17c3d95a20";

const AGREEMENT: &str = "thuocdo-agreement: 1
exchange: dan-cu.bao-hiem
salt: 3f9a2c7d15e80b64a1c2d3e4f5061728
key: { so: { pad: 12 } }
attributes:
  ten: { compare: name }
  sinh: { compare: partial_date }
  xa: { compare: code, pad: 5 }
  gioi:
";

const PERSONS: &str = "thuocdo: 1
database: dan_cu
tables:
  cong_dan:
    files: cong_dan*.csv
    columns: { so_dinh_danh: integer, ho_ten: { type: text, pii: basic } }
    rules:
      - unique: [so_dinh_danh]
      - { id: dc, reconcile: { with: OTHER, key: { so_dinh_danh: KEY }, attributes: { ATTRIBUTES } } }
";

const INSURANCE: &str = "thuocdo: 1
database: bao_hiem
tables:
  the:
    files: the.csv
    columns: { cccd: { type: text, pii: basic }, ten: { type: text, pii: basic } }
    rules:
      - { id: dc, reconcile: { with: OTHER, key: { cccd: KEY }, attributes: { ATTRIBUTES }SCOPE } }
";

/// The names of the insurance's columns, and what stands for them in the agreement or at the register.
const SEALED: &str = "ten: ten, ngay_sinh: sinh, ma_xa: xa, gioi: gioi";
const OPEN: &str = "ten: { column: ho_ten, compare: name }, ngay_sinh: { column: sinh, compare: partial_date }, ma_xa: { column: xa, compare: code, pad: 5 }, gioi: gioi_tinh";
const SEALED_BACK: &str = "ho_ten: ten, sinh: sinh, xa: xa, gioi_tinh: gioi";
const OPEN_BACK: &str = "ho_ten: { column: ten, compare: name }, sinh: { column: ngay_sinh, compare: partial_date }, xa: { column: ma_xa, compare: code, pad: 5 }, gioi_tinh: gioi";
const DIGESTS: &str = "{ digests: kia.digests, agreement: thoa_thuan.yaml, secret: { env: SHARED } }";

struct Agencies {
    folder: Folder,
}

impl Agencies {
    fn new() -> Self {
        let agencies = Self { folder: Folder::new() };
        agencies.folder.write("agreement.yaml", AGREEMENT);
        agencies.folder.write(
            "data/dan_cu/cong_dan_1.csv",
            "so_dinh_danh,ho_ten,sinh,xa,gioi_tinh,trang_thai\n1099000001,Nguyễn Thuý Hoà,1980-05-12,4,Nữ,song\n1099000002,Hoàng Yến,1981-01-02,00005,Nữ,song\n1099000005,Bùi Lan,1990,7,Nữ,song\n",
        );
        agencies.folder.write(
            "data/dan_cu/cong_dan_2.csv",
            "so_dinh_danh,ho_ten,sinh,xa,gioi_tinh,trang_thai\n1099000003,Phạm Hà,1975,6,Nam,mất\n1099000004,Vũ Giang,1960-02-03,6,Nam,song\n1099000005,Bùi Lân,1990-04,7,Nữ,\n,Không Khóa,1990,7,Nữ,song\n",
        );
        agencies.folder.write(
            "data/bao_hiem/the.csv",
            "cccd,ten,ngay_sinh,ma_xa,gioi\n001099000001,NGUYỄN  THÚY HÒA,1980,00004,Nữ\n001099000002,Lê Thị Bình,02/03/1981,5,Nam\n001099000005,Bùi Lan,05/1990,007,Nữ\n001099000009,Trần Chi,năm Canh Thân,,Nữ\n,Đỗ Dung,1999,1,Nữ\n",
        );
        for (database, text) in [("dan_cu", PERSONS), ("bao_hiem", INSURANCE)] {
            agencies.folder.write(&format!("open/{database}.yaml"), open(text));
            agencies.folder.write(&format!("{database}/rules.yaml"), sealed(text));
            agencies.folder.write(&format!("{database}/thoa_thuan.yaml"), AGREEMENT);
        }
        agencies
    }

    fn run(&self, arguments: &[&str], key: Option<&str>) -> Run {
        let mut command = command();
        command.current_dir(self.folder.root()).args(arguments).args([
            "--lang",
            "en",
            "--as-of",
            "2026-11-21",
        ]);
        match key {
            Some(key) => command.env("SHARED", key),
            None => command.env_remove("SHARED"),
        };
        let output = command.output().expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let run = Run { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        if let Some(key) = key.filter(|key| key.len() >= 32) {
            assert!(!run.said().contains(key), "the key is told: {}", run.said());
        }
        run
    }

    /// What the register gives to the insurance.
    fn digest_persons(&self, more: &[&str]) -> Run {
        let mut arguments =
            vec!["digest", "agreement.yaml", "--rules", "dan_cu/rules.yaml", "--data", "data"];
        arguments.extend(["--table", "dan_cu.cong_dan", "--map", "so=so_dinh_danh", "--map", "ten=ho_ten"]);
        arguments.extend(["--map", "gioi=gioi_tinh", "--in-scope", "trang_thai = 'song'"]);
        arguments.extend(["--key-env", "SHARED", "--out", "data/bao_hiem/kia.digests"]);
        self.run(&[&arguments, more].concat(), Some(KEY))
    }

    /// What the insurance gives to the register.
    fn digest_insurance(&self) -> Run {
        let mut arguments =
            vec!["digest", "agreement.yaml", "--rules", "bao_hiem/rules.yaml", "--data", "data"];
        arguments.extend(["--table", "bao_hiem.the", "--map", "so=cccd", "--map", "sinh=ngay_sinh"]);
        arguments.extend(["--map", "xa=ma_xa", "--key-file", "khoa", "--out", "data/dan_cu/kia.digests"]);
        self.folder.write("khoa", format!("{KEY}\n"));
        self.run(&arguments, None)
    }

    fn score(&self, rules: &str, key: Option<&str>) -> Run {
        self.run(&["score", rules, "--data", "data", "--format", "json"], key)
    }

    /// The insurance against the register's digests.
    fn sealed(&self) -> Run {
        self.score("bao_hiem/rules.yaml", Some(KEY))
    }
}

fn open(text: &str) -> String {
    let (other, attributes) =
        if text == PERSONS { ("bao_hiem.the", OPEN_BACK) } else { ("dan_cu.cong_dan", OPEN) };
    let key = if text == PERSONS { "{ column: cccd, pad: 12 }" } else { "{ column: so_dinh_danh, pad: 12 }" };
    let scope = ", in_scope: \"trang_thai = 'song'\"";
    text.replace("OTHER", other).replace("KEY", key).replace("ATTRIBUTES", attributes).replace("SCOPE", scope)
}

fn sealed(text: &str) -> String {
    let attributes = if text == PERSONS { SEALED_BACK } else { SEALED };
    text.replace("OTHER", DIGESTS).replace("KEY", "so").replace("ATTRIBUTES", attributes).replace("SCOPE", "")
}

/// Counts and figures of the rules that reconcile, of one database.
fn reconciled(run: &Run, database: &str) -> Vec<(String, [u64; 4], Value)> {
    let card = run.card();
    let databases = card["databases"].as_array().expect("databases");
    let found = databases.iter().find(|found| found["id"] == database).expect("the database");
    let rules = found["tables"][0]["rules"].as_array().expect("rules").iter();
    let reconcile =
        rules.filter(|rule| rule["kind"].as_str().is_some_and(|kind| kind.starts_with("reconcile")));
    let told = reconcile.map(|rule| {
        let counts = ["pass", "fail", "na", "unknown"].map(|name| rule[name].as_u64().expect("a count"));
        (rule["id"].as_str().expect("an id").to_owned(), counts, rule["figures"].clone())
    });
    told.collect()
}

#[test]
fn digests_say_what_the_table_itself_says_to_both_sides() {
    let agencies = Agencies::new();
    let made = agencies.digest_persons(&[]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(
        made.err.contains("wrote data/bao_hiem/kia.digests: 5 keys of 6 rows; without a key: 1, damaged: 0"),
        "{}",
        made.err
    );
    let made = agencies.digest_insurance();
    assert_eq!(made.code, Some(0), "{}", made.err);
    let open = agencies.score("open", None);
    assert_eq!(open.code, Some(0), "{}", open.err);
    for (database, link, coverage) in
        [("bao_hiem", [3, 1, 1, 0], [3, 1, 1, 0]), ("dan_cu", [4, 2, 1, 0], [3, 1, 0, 0])]
    {
        let open = reconciled(&open, database);
        let sealed = agencies.score(&format!("{database}/rules.yaml"), Some(KEY));
        assert_eq!(sealed.code, Some(0), "{}", sealed.err);
        assert_eq!(reconciled(&sealed, database), open, "{database}");
        let counts = |part: &str| open.iter().find(|(id, ..)| id == part).expect("the rule").1;
        assert_eq!((open.len(), counts("dc-link"), counts("dc-coverage")), (6, link, coverage), "{database}");
    }
}

#[test]
fn a_digest_file_holds_no_value_and_is_the_same_each_time() {
    let agencies = Agencies::new();
    let file = agencies.folder.path("data/bao_hiem/kia.digests");
    let written = |threads: &str| {
        let made = agencies.digest_persons(&["--threads", threads]);
        assert_eq!(made.code, Some(0), "{}", made.err);
        fs::read(&file).expect("the digests")
    };
    let bytes = written("1");
    assert_eq!(written("4"), bytes);
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let text = String::from_utf8_lossy(&bytes);
    for value in ["1099000001", "Hoàng", "1980", "song", KEY, "so_dinh_danh", "ho_ten"] {
        assert!(!text.contains(value), "{value}");
    }
    let header: Value = serde_json::from_str(text.lines().nth(1).expect("a header")).expect("JSON");
    assert_eq!(
        (&header["rows"], &header["keys"], &header["scope_unknown"]),
        (&6.into(), &5.into(), &1.into())
    );
    // The file is among what the card was computed from.
    let run = agencies.sealed();
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let card = run.card();
    let insurance = &card["databases"][0];
    let files = insurance["tables"][0]["files"].as_array().expect("files");
    let digests = files.iter().find(|file| file["path"] == "kia.digests").expect("the digests");
    assert_eq!((&digests["blake3"], &digests["bytes"]), (&hash.into(), &bytes.len().into()));
    let rules = insurance["rule_files"].as_array().expect("rule files");
    assert!(rules.iter().any(|file| file["name"] == "thoa_thuan.yaml"));
    // Equal names of different people are different digests, in the file and whatever the exchange.
    let records = &bytes[bytes.len() - 32 - 5 * 81..bytes.len() - 32];
    let cells: Vec<&[u8]> = records.chunks_exact(81).map(|record| &record[64..80]).collect();
    let mut different = cells.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), cells.len(), "everybody's sex by itself");
    agencies.folder.write("agreement.yaml", AGREEMENT.replace("3f9a", "4f9a"));
    let other = written("1");
    let key = |bytes: &[u8]| bytes[bytes.len() - 32 - 5 * 81..][..16].to_vec();
    assert_ne!(key(&other), key(&bytes));
}

/// The rules know nothing, and say why.
fn not_known(run: &Run, why: &str) {
    assert_eq!(run.code, Some(3), "{}", run.said());
    let card = run.card();
    for rule in card["databases"][0]["tables"][0]["rules"].as_array().expect("rules") {
        if !rule["kind"].as_str().is_some_and(|kind| kind.starts_with("reconcile")) {
            continue;
        }
        let note = rule["note"]["en"].as_str().unwrap_or_default();
        assert!(rule["status"] == "error" && note.contains(why), "{why}: {rule}");
        assert_eq!((&rule["pass"], &rule["fail"]), (&0.into(), &0.into()), "{why}");
        assert!(rule["note"]["vi"].as_str().is_some_and(|vi| vi != note));
    }
}

#[test]
fn what_is_not_the_file_of_this_exchange_says_nothing() {
    let agencies = Agencies::new();
    not_known(&agencies.sealed(), "`kia.digests`: the file does not exist");
    assert_eq!(agencies.digest_persons(&[]).code, Some(0));
    let file = agencies.folder.path("data/bao_hiem/kia.digests");
    let whole = fs::read(&file).expect("the digests");
    let with = |bytes: &[u8]| {
        fs::write(&file, bytes).expect("the digests");
        agencies.sealed()
    };
    not_known(&with(&whole[..whole.len() - 1]), "cut off or changed on its way; have it sent again");
    not_known(&with(&whole[..100]), "cut off or changed");
    let mut changed = whole.clone();
    let at = changed.len() - 100;
    changed[at] ^= 1;
    not_known(&with(&changed), "cut off or changed");
    not_known(&with(b"so,ten\n1,An\n"), "this is no digest file");
    let text = whole.iter().map(|&byte| char::from(byte)).collect::<String>();
    let later: Vec<u8> = text.replacen("digests 1", "digests 2", 1).chars().map(|c| c as u8).collect();
    not_known(&with(&later), "of another version than 1");
    fs::write(&file, &whole).expect("the digests");

    not_known(
        &agencies.score("bao_hiem/rules.yaml", Some(OTHER_KEY)),
        "made with another key than the one in SHARED",
    );
    not_known(&agencies.score("bao_hiem/rules.yaml", None), "the variable SHARED is not set");
    for short in ["", "1234", "mật khẩu của hai bên", "00000000000000000000000000000000"] {
        let run = agencies.score("bao_hiem/rules.yaml", Some(short));
        not_known(&run, if short.is_empty() { "is not one line" } else { "is not a random number" });
    }
    for (from, to) in [("3f9a", "4f9a"), ("pad: 12", "pad: 13"), ("compare: name", "compare: exact")] {
        agencies.folder.write("bao_hiem/thoa_thuan.yaml", AGREEMENT.replace(from, to));
        not_known(&agencies.sealed(), "under another agreement than `dan-cu.bao-hiem`");
    }
    // What is only written otherwise is the same agreement.
    agencies.folder.write("bao_hiem/thoa_thuan.yaml", format!("# Hai bên cùng giữ\n{AGREEMENT}"));
    assert_eq!(agencies.sealed().code, Some(0));
}

#[test]
fn keys_and_values_of_other_types_are_told_apart() {
    let agencies = Agencies::new();
    let agreement = AGREEMENT.replace(" { pad: 12 }", "");
    agencies.folder.write("agreement.yaml", &agreement);
    agencies.folder.write("bao_hiem/thoa_thuan.yaml", &agreement);
    assert_eq!(agencies.digest_persons(&[]).code, Some(0));
    not_known(&agencies.sealed(), "the keys are `text` here and `integer` in `kia.digests.so`");
}

#[test]
fn damage_on_either_side_is_unknown_as_it_is_in_the_open() {
    let agencies = Agencies::new();
    let persons = fs::read_to_string(agencies.folder.path("data/dan_cu/cong_dan_1.csv")).expect("persons");
    agencies.folder.write("data/dan_cu/cong_dan_1.csv", format!("{persons}1099000009,\"Trần"));
    let the = fs::read_to_string(agencies.folder.path("data/bao_hiem/the.csv")).expect("insurance");
    agencies.folder.write("data/bao_hiem/the.csv", format!("{the}001099000004,\"Vũ"));
    let made = agencies.digest_persons(&[]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(made.err.contains("damaged: 1") && made.err.contains("cong_dan_1.csv"), "{}", made.err);
    assert_eq!(agencies.digest_insurance().code, Some(0));
    let open = agencies.score("open", None);
    for database in ["dan_cu", "bao_hiem"] {
        let sealed = agencies.score(&format!("{database}/rules.yaml"), Some(KEY));
        let found = reconciled(&sealed, database);
        assert_eq!(found, reconciled(&open, database), "{database}");
        assert!(found.iter().any(|(_, counts, _)| counts[3] > 0));
    }
    // Of a table that was not read whole nothing is made.
    fs::remove_file(agencies.folder.path("data/dan_cu/cong_dan_2.csv")).expect("removed");
    std::os::unix::fs::symlink("nowhere", agencies.folder.path("data/dan_cu/cong_dan_2.csv"))
        .expect("a link");
    let before = fs::read(agencies.folder.path("data/bao_hiem/kia.digests")).expect("the digests");
    let made = agencies.digest_persons(&[]);
    assert_eq!(made.code, Some(3), "{}", made.err);
    for said in ["`dan_cu.cong_dan` could not be read whole", "cong_dan_2.csv", "no digest file was written"]
    {
        assert!(made.err.contains(said), "{said}: {}", made.err);
    }
    assert_eq!(fs::read(agencies.folder.path("data/bao_hiem/kia.digests")).expect("the digests"), before);
}

#[test]
fn a_night_reconciles_with_digests_as_a_score_does() {
    let agencies = Agencies::new();
    assert_eq!(agencies.digest_persons(&[]).code, Some(0));
    agencies.folder.write(
        "nightly.yaml",
        "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\ndatabases: [bao_hiem/rules.yaml]\n",
    );
    let night = || {
        let run = agencies.run(&["run", "nightly.yaml"], Some(KEY));
        assert_eq!(run.code, Some(0), "{}", run.err);
        fs::read_to_string(agencies.folder.path("out/scorecard.json")).expect("a card")
    };
    let rules = agencies.folder.path("bao_hiem/rules.yaml").display().to_string();
    let scored = || agencies.score(&rules, Some(KEY));
    assert_eq!(night(), scored().out);
    assert_eq!(night(), scored().out, "of what is kept");
    // Another salt is another seal: what is kept of ours is of no use.
    let agreement = AGREEMENT.replace("3f9a", "4f9a");
    agencies.folder.write("agreement.yaml", &agreement);
    agencies.folder.write("bao_hiem/thoa_thuan.yaml", &agreement);
    assert_eq!(agencies.digest_persons(&[]).code, Some(0));
    let fresh = scored();
    assert_eq!(fresh.code, Some(0), "{}", fresh.err);
    assert_eq!(night(), fresh.out);
}

#[test]
fn what_is_written_wrongly_is_told_at_its_place() {
    let agencies = Agencies::new();
    let lint = |from: &str, to: &str| {
        let text = sealed(INSURANCE);
        assert!(text.contains(from), "{from}");
        agencies.folder.write("bao_hiem/rules.yaml", text.replacen(from, to, 1));
        let mut command = command();
        command.current_dir(agencies.folder.root()).args(["lint", "bao_hiem/rules.yaml", "--lang", "en"]);
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{to}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (from, to, message) in [
        ("kia.digests", "../kia.digests", "this leads out of the data directory"),
        (", agreement: thoa_thuan.yaml", "", "`agreement` is missing"),
        (", secret: { env: SHARED }", "", "`secret` is missing"),
        ("{ env: SHARED }", "5c0f3b7e91d2a448", "a secret stands here in plain text"),
        ("thoa_thuan.yaml", "khong_co.yaml", "`khong_co.yaml` cannot be read"),
        ("cccd: so", "cccd: soo", "the agreement has no key `soo`"),
        ("cccd: so", "cccd: { column: so, pad: 12 }", "the agreement says how this is compared"),
        ("cccd: so", "cccd: so, ten: so", "the agreement's key `so` is one column of ours"),
        ("ten: ten", "ten: tenn", "the agreement has no attribute `tenn`"),
        ("ten: ten", "ten: { column: ten, compare: name }", "the agreement says how this is compared"),
        ("} } }", "}, in_scope: \"a = 1\" } }", "whoever makes the digests says which keys are in scope"),
    ] {
        let said = lint(from, to);
        assert!(said.contains(message), "{to}: {said}");
        assert!(!said.contains("5c0f3b7e91d2a448"), "{said}");
    }
    for (from, to, message) in [
        ("thuocdo-agreement: 1", "thuocdo-agreement: 2", "version 2 of agreements is not known"),
        ("exchange: dan-cu.bao-hiem", "exchange: dân cư", "cannot be a name"),
        ("3f9a2c7d15e80b64a1c2d3e4f5061728", "muoi", "a salt is 32 hexadecimal digits or more"),
        ("pad: 12", "pad: 0", "codes are filled up to 1 to 64 digits"),
        ("key: { so: { pad: 12 } }", "key: []", "a key has at least one column"),
        ("key: { so: { pad: 12 } }", "key: [so, so]", "`so` is there twice"),
        ("compare: name", "compare: names", "`names` is not a way to compare"),
        ("compare: name", "pad: 5", "only codes are filled up"),
        ("attributes:", "atributes:", "did you mean `attributes`?"),
    ] {
        agencies.folder.write("agreement.yaml", AGREEMENT.replacen(from, to, 1));
        let run = agencies.digest_persons(&[]);
        assert!(run.code == Some(2) && run.err.contains(message), "{to}: {}", run.err);
        assert!(run.err.contains("agreement.yaml:"), "{}", run.err);
    }
}

#[test]
fn the_command_refuses_what_it_cannot_do() {
    let agencies = Agencies::new();
    let base = |changes: &[(&str, &str)], key: Option<&str>| {
        let mut arguments =
            vec!["digest", "agreement.yaml", "--rules", "dan_cu/rules.yaml", "--data", "data"];
        arguments.extend(["--table", "dan_cu.cong_dan", "--map", "so=so_dinh_danh", "--map", "ten=ho_ten"]);
        arguments.extend(["--map", "gioi=gioi_tinh", "--key-env", "SHARED", "--out", "kia.digests"]);
        for (from, to) in changes {
            let at = arguments.iter().position(|argument| argument == from).expect("an argument");
            arguments[at] = to;
        }
        agencies.run(&arguments, key)
    };
    for (changes, key, code, message) in [
        (vec![("dan_cu.cong_dan", "dan_cu.cong_dann")], Some(KEY), 2, "did you mean `dan_cu.cong_dan`?"),
        (vec![("ten=ho_ten", "tenn=ho_ten")], Some(KEY), 2, "the agreement has no `tenn`"),
        (vec![("ten=ho_ten", "ten")], Some(KEY), 2, "`--map ten` maps nothing"),
        (vec![("ten=ho_ten", "so=ho_ten")], Some(KEY), 2, "`--map` names `so` twice"),
        (vec![("data", "nowhere")], Some(KEY), 2, "`nowhere` is not a directory"),
        (vec![("kia.digests", "agreement.yaml")], Some(KEY), 2, "`agreement.yaml` is what this is made of"),
        // Files of folders that are named are no place either.
        (
            vec![("kia.digests", "data/dan_cu/cong_dan_1.csv")],
            Some(KEY),
            2,
            "`data/dan_cu/cong_dan_1.csv` is what this is made of",
        ),
        (
            vec![("dan_cu/rules.yaml", "open"), ("kia.digests", "open/dan_cu.yaml")],
            Some(KEY),
            2,
            "`open/dan_cu.yaml` is what this is made of",
        ),
        (vec![], None, 2, "the variable SHARED is not set"),
        (vec![], Some("1234"), 2, "openssl rand -hex 32"),
        (vec![("ten=ho_ten", "ten=hoten")], Some(KEY), 3, "table `dan_cu.cong_dan` has no column `hoten`"),
        (
            vec![("so=so_dinh_danh", "so=so_dd")],
            Some(KEY),
            3,
            "table `dan_cu.cong_dan` has no column `so_dd`",
        ),
    ] {
        let run = base(&changes, key);
        assert!(run.code == Some(code) && run.err.contains(message), "{changes:?}: {}", run.err);
        assert!(!agencies.folder.path("kia.digests").exists());
    }
    let kept = agencies.folder.path("data/dan_cu/cong_dan_1.csv");
    assert!(fs::read_to_string(kept).expect("the extract").starts_with("so_dinh_danh,"));
    let none = agencies.run(&["digest", "agreement.yaml", "--rules", "dan_cu"], None);
    assert_eq!(none.code, Some(2), "{}", none.err);
    let scope = agencies.digest_persons(&["--table", "dan_cu.cong_dan"]);
    assert_eq!(scope.code, Some(2), "a flag twice");
}

/// A row of either table: key, name, date of birth, commune, sex, whether it is alive; `None` is a row that is torn.
type Row = Option<[&'static str; 6]>;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        select(vec!["1", "01", "0001", "2", "3", "00004", "x7", "", "N/A"]),
        select(vec!["Hoà An", "HÒA  AN", "Bình", "", "không rõ"]),
        select(vec!["1980", "1980-05", "05/1980", "1980-05-12", "12/05/1980", "1981", "năm Tý", ""]),
        select(vec!["4", "004", "0004", "A1", "a1", ""]),
        select(vec!["Nam", "Nữ", ""]),
        select(vec!["co", "khong", ""]),
    );
    let row = row.prop_map(|(a, b, c, d, e, f)| Some([a, b, c, d, e, f]));
    prop::collection::vec(prop_oneof![20 => row, 1 => Just(None)], 0..14)
}

const COMPARED: &str = "thuocdo: 1
database: doi_chieu
tables:
  t:
    files: t_*.csv
    allow_empty: true
    rules:
      - { id: mo, reconcile: { with: goc, key: { so: { column: so, pad: 4 } }, attributes: { ten: { compare: name }, sinh: { compare: partial_date }, xa: { compare: code, pad: 3 }, gioi: }, in_scope: \"song = 'co'\" } }
      - { id: kin, reconcile: { with: { digests: goc.digests, agreement: a.yaml, secret: { env: KHOA } }, key: { so: ma }, attributes: { ten: ho, sinh: sinh, xa: noi, gioi: gioi } } }
  goc: { files: goc_*.csv, allow_empty: true }
";

const COMPARED_BY: &str = "thuocdo-agreement: 1
exchange: thu
salt: 00112233445566778899aabbccddeeff
key: { ma: { pad: 4 } }
attributes: { gioi: , noi: { compare: code, pad: 3 }, sinh: { compare: partial_date }, ho: { compare: name } }
";

fn write(path: &Path, rows: &[Row]) {
    let mut text = "so,ten,sinh,xa,gioi,song\n".to_owned();
    for row in rows {
        match row {
            Some(cells) => writeln!(text, "{}", cells.join(",")).expect("text"),
            None => text.push_str("1,An,1980,4,Nam,co,thừa\n"),
        }
    }
    fs::write(path, text).expect("a file");
}

/// Makes digests of `goc` and measures both tables.
fn compared(data: &Path, threads: usize, budget: &Budget<'_>) -> (Database, MeasuredDatabase) {
    fs::write(data.join("a.yaml"), COMPARED_BY).expect("the agreement");
    let database = measure::database(COMPARED, data).unwrap_or_else(|said| panic!("{said}"));
    let source = SourceText { name: "a.yaml".to_owned(), text: COMPARED_BY.to_owned() };
    let agreement = Agreement::read(&Arc::new(source)).expect("an agreement");
    let options = measure::options(data, budget);
    let known = Known { database: &database, data };
    let scope = Expression::parse("song = 'co'").expect("a condition");
    let request = DigestRequest {
        agreement: &agreement,
        key: &measure::key(&Kept::Env(String::new())).expect("a key"),
        column: &|name| match name {
            "ma" => "so".to_owned(),
            "ho" => "ten".to_owned(),
            "noi" => "xa".to_owned(),
            same => same.to_owned(),
        },
        in_scope: Some(At { value: scope, span: 0..0 }),
        as_of: "2026-11-21T00:00:00+07:00".to_owned(),
    };
    let measured = measure::pool(threads).install(|| {
        let outcome = engine::digest(known, &database.tables[1], &request, &options)?;
        // A table of which nothing is known gives no file, and the open rules know nothing either.
        if let Ok(digested) = outcome.digested {
            let file = File::create(data.join("goc.digests")).expect("a file");
            digested.write(file, options.budget).expect("written");
        }
        options.budget.start();
        let elsewhere = Elsewhere::read([&database], &[known], &measure::key, &options)?;
        engine::run(&database, &RunOptions { elsewhere: &elsewhere, ..options.clone() })
    });
    let measured = measured.expect("nobody interrupts");
    (database, measured)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn digests_are_judged_as_the_table_that_they_are_of(
        ours in rows(),
        theirs in rows(),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..3,
        little in any::<bool>(),
    ) {
        // In turns, either side is the one that gives digests.
        for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
            let folder = TempDir::new().expect("a folder");
            for (name, rows) in [("t", ours), ("goc", theirs)] {
                let (first, second) = rows.split_at(cut.index(rows.len() + 1));
                write(&folder.path().join(format!("{name}_1.csv")), first);
                write(&folder.path().join(format!("{name}_2.csv")), second);
            }
            let scratch = Unnamed::default();
            let budget = Budget::new(if little { 64 } else { u64::MAX }, &scratch);
            let (_, measured) = compared(folder.path(), threads, &budget);
            let rules = &measured.tables[0].rules;
            let told = |id: String| {
                let rule = rules.iter().find(|rule| rule.id == id).expect("the rule");
                (rule.measure.tally, rule.measure.status, rule.measure.figures.clone())
            };
            for part in ["link", "ten", "sinh", "xa", "gioi", "coverage"] {
                prop_assert_eq!(told(format!("kin-{part}")), told(format!("mo-{part}")), "{}", part);
            }
        }
    }
}
