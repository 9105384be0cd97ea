//! Reports against the schemas that their readers hold them to.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{find, sample};
use crate::base::Lang;
use crate::report::Style;
use crate::score::Scorecard;
use crate::score::gate::GateReport;

fn schema(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(name)
}

fn samples() -> [(GateReport, Scorecard); 3] {
    [sample::every_outcome(), sample::passed(), sample::hostile()]
}

fn rendered(format: &str, (gate, card): &(GateReport, Scorecard), lang: Lang) -> Vec<u8> {
    find(format).expect("a format").render(gate, card, &Style { lang, ..Style::default() })
}

/// What xmllint has to say of an XML document, and whether it accepts it.
fn xmllint(arguments: &[&str], xml: &[u8]) -> (bool, String) {
    let mut child = Command::new("xmllint")
        .args(["--noout", "--nonet"])
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint starts; scripts/setup installs it");
    child.stdin.take().expect("a pipe").write_all(xml).expect("xmllint reads");
    let output = child.wait_with_output().expect("xmllint ends");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn junit_is_what_jenkins_accepts() {
    let schema = schema("junit-10.xsd");
    let arguments = ["--schema", schema.to_str().unwrap()];
    for sample in samples() {
        for lang in [Lang::Vi, Lang::En] {
            let (valid, said) = xmllint(&arguments, &rendered("junit", &sample, lang));
            assert!(valid, "{said}");
        }
    }
    let (valid, _) = xmllint(&arguments, b"<testsuites skipped=\"1\"/>");
    assert!(!valid, "the schema refuses what it does not know");
}

#[test]
fn badges_are_well_formed() {
    for sample in samples() {
        for lang in [Lang::Vi, Lang::En] {
            let (valid, said) = xmllint(&[], &rendered("badge", &sample, lang));
            assert!(valid, "{said}");
        }
    }
}

#[test]
fn sarif_keeps_its_schema() {
    let text = std::fs::read_to_string(schema("sarif-schema-2.1.0.json")).expect("the schema");
    // Its one regular expression closes a bracket that it did not open. We do not write the field that it is for.
    let (wrong, meant) = ("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    assert!(text.contains(wrong), "the schema was mended: so must this be");
    let schema: Value = serde_json::from_str(&text.replace(wrong, meant)).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for sample in samples() {
        for lang in [Lang::Vi, Lang::En] {
            let mut log: Value = serde_json::from_slice(&rendered("sarif", &sample, lang)).expect("JSON");
            let errors = schema.iter_errors(&log);
            let wrong: Vec<String> =
                errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            log["runs"][0]["colour"] = "blue".into();
            assert!(!schema.is_valid(&log), "the schema refuses what it does not know");
        }
    }
}
