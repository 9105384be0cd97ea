//! The examples for nightly runs in `examples/nightly`: they parse, they name the same things, and secrets are where the
//! plan looks for them.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use serde_json::Value;
use thuocdo::base::diagnostic::SourceText;
use thuocdo::rule::notify::{self, Kept, NotifySpec, Word};
use thuocdo::rule::{Reader, node};

use crate::stage::{root, thuocdo};

const PLAN: &str = "nightly.yaml";
const COMMAND: &str = "thuocdo run /etc/thuocdo/nightly.yaml --quiet";

fn text(name: &str) -> String {
    fs::read_to_string(root().join("examples/nightly").join(name)).expect("an example")
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What follows `key=` in a unit, line by line.
fn settings(unit: &str, key: &str) -> Vec<String> {
    let lines = unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.map(str::to_owned).collect()
}

fn words(unit: &str, key: &str) -> BTreeSet<String> {
    settings(unit, key).iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect()
}

/// What the plan says of notices, as the program reads it.
fn spec() -> NotifySpec {
    let file = Arc::new(SourceText { name: PLAN.to_owned(), text: text(PLAN) });
    let tree = node::parse(&file).expect("YAML");
    let node::Value::Map(entries) = &tree.value else { panic!("no map") };
    let (_, node) = entries.iter().find(|(key, _)| key.value == "notify").expect("notify");
    let mut reader = Reader::new(Arc::clone(&file));
    let spec = notify::read(node, &mut reader);
    assert!(reader.diagnostics.is_empty(), "{:?}", reader.diagnostics);
    spec.expect("a spec")
}

/// The files of the plan's secrets.
fn secrets() -> BTreeSet<String> {
    let spec = spec();
    let urls = spec.webhooks.iter().filter_map(|webhook| match &webhook.url {
        Word::Secret(secret) => Some(&secret.kept),
        Word::Plain(_) => None,
    });
    let passwords = spec.mails.iter().filter_map(|mail| mail.login.as_ref().map(|(_, secret)| &secret.kept));
    let files = urls.chain(passwords).map(|kept| match kept {
        Kept::File(path) => path.clone(),
        Kept::Env(name) => panic!("{name} is no file"),
    });
    let files: BTreeSet<String> = files.collect();
    assert_eq!(files.len(), 2);
    files
}

/// Folders that the plan writes in.
fn written() -> BTreeSet<String> {
    let plan = yaml(PLAN);
    let paths =
        ["state", "out", "history", "metrics"].map(|key| plan[key].as_str().expect("a path").to_owned());
    paths.into_iter().map(|path| path.rsplit_once('/').expect("a folder").0.to_owned()).collect()
}

/// Folders that the plan reads extracts from.
fn read() -> BTreeSet<String> {
    let plan = yaml(PLAN);
    let databases = plan["databases"].as_array().expect("databases");
    let own = databases.iter().filter_map(|database| database["data"].as_str());
    own.chain(plan["data"].as_str()).map(str::to_owned).collect()
}

#[test]
fn the_unit_sees_what_the_plan_names_and_nothing_else() {
    let unit = text("thuocdo.service");
    assert_eq!(settings(&unit, "ExecStart"), [format!("/usr/local/bin/{COMMAND}")]);
    assert_eq!(words(&unit, "ReadWritePaths"), written());
    assert!(words(&unit, "ReadOnlyPaths").is_superset(&read()));
    assert_eq!(words(&unit, "RequiresMountsFor"), read());
    let shown = settings(&unit, "LoadCredential");
    let shown = shown.iter().map(|line| line.split_once(':').expect("a name and a file").0);
    let shown: BTreeSet<String> =
        shown.map(|name| format!("/run/credentials/thuocdo.service/{name}")).collect();
    assert_eq!(shown, secrets());
    for hardening in
        ["ProtectSystem=strict", "NoNewPrivileges=yes", "MemoryMax=5G", "Nice=10", "User=thuocdo"]
    {
        assert!(unit.lines().any(|line| line == hardening), "{hardening}");
    }
}

#[test]
fn timer_cron_and_kubernetes_run_the_same_at_the_same_time() {
    let timer = text("thuocdo.timer");
    assert_eq!(settings(&timer, "OnCalendar"), ["*-*-* 01:30:00 Asia/Ho_Chi_Minh"]);
    assert_eq!(settings(&timer, "Unit"), ["thuocdo.service"]);
    let table = text("crontab");
    let line = table.lines().find(|line| line.starts_with(|c: char| c.is_ascii_digit())).expect("a line");
    let fields: Vec<&str> = line.splitn(7, ' ').collect();
    assert_eq!(&fields[..6], ["30", "1", "*", "*", "*", "thuocdo"]);
    assert!(fields[6].ends_with(COMMAND), "{line}");
    assert_eq!(settings(&table, "CRON_TZ"), ["Asia/Ho_Chi_Minh"]);
    let job = yaml("cronjob.yaml");
    assert_eq!(job["spec"]["schedule"], "30 1 * * *");
    assert_eq!(job["spec"]["timeZone"], "Asia/Ho_Chi_Minh");
    assert_eq!(job["spec"]["concurrencyPolicy"], "Forbid");
    let container = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    let args = container["args"].as_array().expect("arguments").iter().filter_map(Value::as_str);
    assert_eq!(format!("thuocdo {}", args.collect::<Vec<_>>().join(" ")), COMMAND);
}

#[test]
fn the_job_mounts_what_the_plan_names() {
    let job = yaml("cronjob.yaml");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let mounts = pod["containers"][0]["volumeMounts"].as_array().expect("mounts");
    let volumes = pod["volumes"].as_array().expect("volumes");
    let paths = |read_only: bool| -> BTreeSet<String> {
        let fitting =
            mounts.iter().filter(|mount| mount["readOnly"].as_bool().unwrap_or_default() == read_only);
        fitting.map(|mount| mount["mountPath"].as_str().expect("a path").to_owned()).collect()
    };
    let mut expected = written();
    expected.insert("/tmp".to_owned());
    assert_eq!(paths(false), expected);
    assert!(paths(true).is_superset(&read()), "{:?}", paths(true));
    for mount in mounts {
        assert!(volumes.iter().any(|volume| volume["name"] == mount["name"]), "{mount}");
    }
    let secret = volumes.iter().find(|volume| volume["name"] == "secrets").expect("secrets");
    let items = secret["secret"]["items"].as_array().expect("items").iter();
    let items = items.map(|item| item["path"].as_str().expect("a path"));
    let place = mounts.iter().find(|mount| mount["name"] == "secrets").expect("a mount");
    let place = place["mountPath"].as_str().expect("a path");
    assert_eq!(items.map(|item| format!("{place}/{item}")).collect::<BTreeSet<_>>(), secrets());
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
}

#[test]
fn the_plan_tells_of_everything_and_holds_no_secret() {
    let spec = spec();
    assert_eq!(spec.on.len(), notify::Trigger::ALL.len());
    assert_eq!((spec.webhooks.len(), spec.mails.len()), (1, 1));
    assert!(!text(PLAN).contains("://"), "addresses of chat rooms are secrets");
}

#[test]
fn the_plan_is_one_that_the_program_runs() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let place = folder.path().display().to_string();
    fs::create_dir(folder.path().join("rules")).expect("a folder");
    for (name, shipped) in [("bca_a13", "population"), ("bhxh", "insurance")] {
        let shipped = root().join(format!("rules/vn/{shipped}.yaml"));
        fs::copy(shipped, folder.path().join(format!("rules/{name}.yaml"))).expect("a rule file");
    }
    let plan = folder.path().join("nightly.yaml");
    fs::write(
        &plan,
        text(PLAN).replace(" /srv/", &format!(" {place}/srv/")).replace(" /var/", &format!(" {place}/var/")),
    )
    .expect("the plan");
    let run = thuocdo(&["run", &plan.display().to_string(), "--check", "--lang", "en"]);
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 2), "{}{}", run.out, run.err);
}

#[test]
fn the_plan_to_try_is_one_that_the_program_runs() {
    let plan = root().join("examples/nightly/try.yaml").display().to_string();
    let run = thuocdo(&["run", &plan, "--check", "--lang", "en"]);
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 5), "{}{}", run.out, run.err);
}

#[test]
fn every_file_is_explained() {
    let readme = text("README.md");
    for entry in fs::read_dir(root().join("examples/nightly")).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(name == "README.md" || readme.contains(&format!("`{name}`")), "{name}");
    }
    assert!(root().join("docs/notices.md").exists());
}

#[test]
fn the_schema_of_notices_is_printed() {
    let run = thuocdo(&["schema", "notice"]);
    assert_eq!(run.code, Some(0));
    let schema: Value = serde_json::from_str(&run.out).expect("a JSON Schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let docs = fs::read_to_string(root().join("docs/notices.md")).expect("the documentation");
    let (_, example) = docs.split_once("```json\n").expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let mut example: Value = serde_json::from_str(example).expect("JSON");
    let wrong: Vec<String> = schema.iter_errors(&example).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    example["subjects"] = 1.into();
    assert!(!schema.is_valid(&example));
}
