//! The examples for pipelines in `examples/ci`: they parse, keep the schemas of their systems, and what they run runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use serde_json::Value;

use crate::stage::{Stage, root};

const WORKFLOW: &str = "github-workflow.yml";
const GITLAB: &str = "gitlab-ci.yml";
const AZURE: &str = "azure-pipelines.yml";
const PRE_COMMIT: &str = "pre-commit-config.yaml";
const JENKINS: &str = "Jenkinsfile";

fn text(name: &str) -> String {
    fs::read_to_string(root().join("examples/ci").join(name)).expect("an example")
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn words(steps: &Value, key: &str) -> Vec<String> {
    list(steps).iter().filter_map(|step| step[key].as_str()).map(str::to_owned).collect()
}

/// What each example runs in a shell, step by step.
fn scripts(name: &str) -> Vec<String> {
    let scripts = match name {
        WORKFLOW => words(&yaml(name)["jobs"]["gate"]["steps"], "run"),
        AZURE => words(&yaml(name)["steps"], "script"),
        GITLAB => {
            let job = &yaml(name)["data-quality"];
            let steps = list(&job["before_script"]).iter().chain(list(&job["script"]));
            steps.map(|step| step.as_str().expect("a command").to_owned()).collect()
        }
        PRE_COMMIT => {
            let hooks = words(&yaml(name)["repos"][0]["hooks"], "entry");
            // This one gets the names of the files that changed.
            hooks
                .into_iter()
                .map(|hook| hook.replace("thuocdo lint", "thuocdo lint rules/table.yaml"))
                .collect()
        }
        JENKINS => {
            let quoted = Regex::new("(?s)'''(.*?)'''").expect("a pattern");
            let text = text(name);
            quoted.captures_iter(&text).map(|found| found[1].to_owned()).collect()
        }
        _ => panic!("{name} is not known"),
    };
    assert!(scripts.len() > 1, "{name}: {scripts:?}");
    scripts
}

const ALL: [&str; 5] = [WORKFLOW, GITLAB, AZURE, PRE_COMMIT, JENKINS];

/// A repository as the examples expect it: a rule file, an extract, no source of the program.
fn repository() -> Stage {
    let stage = Stage::new("");
    let copy = |from: &str, to: &str| {
        let to = stage.path().join(to);
        fs::create_dir_all(to.parent().expect("a folder")).expect("the folder is made");
        fs::copy(root().join(from), to).expect("the file is copied");
    };
    copy("rules/examples/small_table.yaml", "rules/table.yaml");
    copy("fixtures/small_table/small_table.csv", "extracts/small_table.csv");
    stage
}

/// Runs a step as the systems do: with bash, which stops at the first failure, and `thuocdo` on the PATH.
fn run(script: &str, folder: &Path) -> (Option<i32>, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_thuocdo")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a PATH"));
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", path)
        .env("THUOCDO_KEY", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
        .env("CI_PROJECT_DIR", folder)
        .env("GITHUB_STEP_SUMMARY", folder.join("summary.md"))
        .output()
        .expect("bash starts");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), said.join("\n"))
}

fn is_gate(script: &str) -> bool {
    script.contains("thuocdo gate")
}

#[test]
fn examples_keep_the_schemas_of_their_systems() {
    for (name, schema) in [(WORKFLOW, "github-workflows.json"), (GITLAB, "gitlab-ci.json")] {
        let schema = fs::read_to_string(root().join("tests/schemas").join(schema)).expect("a schema");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let mut example = yaml(name);
        let errors = schema.iter_errors(&example);
        let wrong: Vec<String> = errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
        example["jobs"] = 1.into();
        example["stages"] = 1.into();
        assert!(!schema.is_valid(&example), "{name}: the schema refuses nonsense");
    }
}

#[test]
fn no_example_needs_what_does_not_exist() {
    let addresses = Regex::new("https?://[^ )]+").expect("a pattern");
    for name in ALL {
        let text = text(name);
        for address in addresses.find_iter(&text) {
            assert_eq!(address.as_str(), "https://pre-commit.com", "{name}");
        }
        assert!(!text.contains("curl") && !text.contains("docker"), "{name}");
    }
}

#[test]
fn every_example_lints_and_gates_and_reads_the_key_from_the_environment() {
    for name in ALL {
        let scripts = scripts(name);
        assert!(scripts.iter().any(|script| script.contains("thuocdo lint")), "{name}");
        assert!(scripts.iter().any(|script| is_gate(script)), "{name}");
        assert!(name == PRE_COMMIT || text(name).contains("THUOCDO_KEY"), "{name}");
        assert!(!scripts.iter().any(|script| script.contains("--key")), "{name}");
    }
}

#[test]
fn what_the_examples_run_before_the_gate_runs() {
    let stage = repository();
    for name in ALL {
        // With the program on the PATH nothing is installed; GitHub's cache says so by other means.
        let installs = |script: &&String| script.starts_with("cargo install");
        for script in scripts(name).iter().filter(|script| !is_gate(script) && !installs(script)) {
            let (code, said) = run(script, stage.path());
            assert_eq!(code, Some(0), "{name}: {script}\n{said}");
        }
    }
}

#[test]
fn the_gates_of_the_examples_pass_with_their_baseline_and_fail_on_worse_data() {
    let stage = repository();
    let readme = text("README.md");
    let baseline = readme
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("thuocdo gate"))
        .expect("how a baseline is made");
    // The table has a hard cap, which fails as long as no baseline knows it.
    let (code, said) = run(baseline, stage.path());
    assert_eq!(code, Some(1), "{baseline}\n{said}");
    assert!(stage.path().join("quality/baseline.json").exists(), "{said}");
    let gates: Vec<(&str, String)> = ALL
        .into_iter()
        .flat_map(|name| scripts(name).into_iter().map(move |script| (name, script)))
        .filter(|(_, script)| is_gate(script))
        .collect();
    let written = Regex::new(r"out/[a-z-]+\.[a-z]+").expect("a pattern");
    for (name, gate) in &gates {
        let _ = fs::remove_dir_all(stage.path().join("out"));
        let (code, said) = run(gate, stage.path());
        assert_eq!(code, Some(0), "{name}: {gate}\n{said}");
        for report in written.find_iter(gate) {
            assert!(stage.path().join(report.as_str()).exists(), "{name}: {}", report.as_str());
        }
    }
    let extract = stage.path().join("extracts/small_table.csv");
    let sound = fs::read_to_string(&extract).expect("the extract");
    let spoilt = |spoil: fn(&[&str]) -> String| {
        let (head, rows) = sound.split_once('\n').expect("a header");
        let rows = rows.lines().map(|row| spoil(&row.split(',').collect::<Vec<_>>()));
        format!("{head}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
    };
    let worse = spoilt(|row| [row[0], row[1], row[2], "wrong", "", row[5], row[6], "none"].join(","));
    let blank = spoilt(|row| ",".repeat(row.len() - 1));
    for (data, expected) in [(worse, 1), (blank, 3)] {
        fs::write(&extract, data).expect("the extract is written");
        for (name, gate) in &gates {
            let (code, said) = run(gate, stage.path());
            assert_eq!(code, Some(expected), "{name}: {gate}\n{said}");
        }
    }
}
