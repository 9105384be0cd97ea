//! Checks that other tools published together with their outcomes, said in this program's rule kinds and run.
//!
//! Every case is converted and ends as it did there, or `tests/peers.md` names it with the reason. That file also says
//! how many there are of each sort; both must be right.

mod dbt_utils;
mod great_expectations;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::writer::FileWriter;
use serde_json::{Value, json};
use tempfile::TempDir;
use thuocdo::base::Status;
use thuocdo::score::scorecard::{RuleCard, TableCard};

use crate::measure;
use crate::stage::root;

/// A case in our words.
struct Conversion {
    as_of: String,
    /// Name, extract, and body of the table without `files`. What is JSON is YAML.
    tables: Vec<(&'static str, RecordBatch, Value)>,
}

impl Conversion {
    /// A table `t` whose columns hold what they hold: no value is a placeholder. A declared type says how a column is
    /// to be read.
    fn new(extract: RecordBatch, types: &[(&str, &str)], rules: Vec<Value>) -> Self {
        let mut conversion = Self { as_of: "2026-11-21".to_owned(), tables: Vec::new() };
        conversion.table("t", extract, types, rules);
        conversion
    }

    fn table(&mut self, name: &'static str, extract: RecordBatch, types: &[(&str, &str)], rules: Vec<Value>) {
        let mut columns = serde_json::Map::new();
        for field in extract.schema().fields() {
            let mut column = json!({ "placeholders": "none" });
            if let Some((_, ty)) = types.iter().find(|(name, _)| name == field.name()) {
                column["type"] = json!(ty);
            }
            columns.insert(field.name().clone(), column);
        }
        self.tables.push((name, extract, json!({ "columns": columns, "rules": numbered(rules) })));
    }

    /// A table about whose columns nothing is said but by its rules.
    fn undeclared(extract: RecordBatch, rules: Vec<Value>) -> Self {
        let body = json!({ "rules": numbered(rules) });
        Self { as_of: "2026-11-21".to_owned(), tables: vec![("t", extract, body)] }
    }

    fn run(&self) -> Outcome {
        let folder = TempDir::new().expect("a folder");
        let mut tables = serde_json::Map::new();
        for (name, extract, body) in &self.tables {
            let file = fs::File::create(folder.path().join(format!("{name}.arrow"))).expect("a file");
            let mut writer = FileWriter::try_new(file, &extract.schema()).expect("a header");
            writer.write(extract).expect("a batch");
            writer.finish().expect("a footer");
            let mut body = body.clone();
            body["files"] = json!(format!("{name}.arrow"));
            body["allow_empty"] = json!(true);
            tables.insert((*name).to_owned(), body);
        }
        let rules = json!({ "thuocdo": 1, "database": "peer", "tables": tables }).to_string();
        let database = match measure::database(&rules, folder.path()) {
            Ok(database) => database,
            Err(said) => return Outcome::Refused(said),
        };
        let card = measure::score(&database, folder.path(), &self.as_of, 2);
        let tables = self.tables.iter().map(|(name, ..)| measure::table(&card, name));
        Outcome::of(tables)
    }
}

/// Rules with ids that tell them from those that follow from declarations.
fn numbered(rules: Vec<Value>) -> Vec<Value> {
    let number = |(at, mut rule): (usize, Value)| {
        rule["id"] = json!(format!("rule-{at}"));
        rule
    };
    rules.into_iter().enumerate().map(number).collect()
}

/// A column: its name, its type, and its values as text.
type Cells = (String, DataType, Vec<Option<String>>);

fn extract(columns: Vec<Cells>) -> RecordBatch {
    let rows = columns.first().map_or(0, |(.., values)| values.len());
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, ty, values) in columns {
        let text = StringArray::from(values);
        arrays.push(cast_with_options(&text, &ty, &strict).expect("values of their type"));
        fields.push(Field::new(name, ty, true));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).expect("columns alike")
}

/// What we say of a case.
enum Outcome {
    /// The rules are wrong, or could not be applied to these columns, or rows could not be judged.
    Refused(String),
    /// The cards of the rules, table by table.
    Judged(Vec<Vec<RuleCard>>),
}

impl Outcome {
    fn of<'c>(tables: impl Iterator<Item = &'c TableCard>) -> Self {
        let mut judged = Vec::new();
        for table in tables {
            let cards = table.rules.iter().filter(|rule| rule.id.starts_with("rule-"));
            let cards: Vec<RuleCard> = cards.cloned().collect();
            for card in &cards {
                if !matches!(card.status, Status::Measured | Status::Na) || card.unknown > 0 {
                    let note = card.note.as_ref().map_or("", |note| &note.en);
                    let (status, unknown) = (card.status, card.unknown);
                    return Self::Refused(format!("{}: {status:?}, unknown {unknown} {note}", card.id));
                }
            }
            judged.push(cards);
        }
        Self::Judged(judged)
    }
}

/// The failing rows of a table, counted from 0.
fn failing_rows(cards: &[RuleCard]) -> BTreeSet<u64> {
    let mut rows = BTreeSet::new();
    for card in cards {
        assert_eq!(card.examples.len() as u64, card.fail, "all failing rows of {} are shown", card.id);
        rows.extend(card.examples.iter().map(|example| example.row - 1));
    }
    rows
}

/// A case as its tool says it.
trait Case {
    fn id(&self) -> &str;

    /// `None`: our kinds do not say it.
    fn convert(&self) -> Option<Conversion>;

    /// How our outcome differs from the recorded one.
    fn differences(&self, outcome: &Outcome) -> Vec<String>;
}

/// The cases of a tool that `tests/peers.md` names, by why they are there.
#[derive(Default)]
struct Listed {
    not_converted: BTreeSet<String>,
    differing: BTreeSet<String>,
    /// The sentence with the counts.
    counts: String,
}

/// Reads the section of a tool: a line with counts, `### Not converted` and `### Different`, and below them reasons,
/// each with its cases as `- ` and an id in backquotes.
fn listed(tool: &str) -> Listed {
    let text = fs::read_to_string(root().join("tests/peers.md")).expect("tests/peers.md");
    let mut listed = Listed::default();
    let lines = text.lines().skip_while(|line| *line != format!("## {tool}")).skip(1);
    let mut cases: Option<&mut BTreeSet<String>> = None;
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        match (line, &mut cases) {
            ("### Not converted", _) => cases = Some(&mut listed.not_converted),
            ("### Different", _) => cases = Some(&mut listed.differing),
            (line, Some(cases)) => {
                if let Some(id) = line.strip_prefix("- `").and_then(|rest| rest.split('`').next()) {
                    assert!(cases.insert(id.to_owned()), "{id} is named twice");
                }
            }
            ("", None) => {}
            (line, None) => line.clone_into(&mut listed.counts),
        }
    }
    listed
}

/// Runs all cases of a tool.
fn check<C: Case>(tool: &str, cases: &[C]) {
    let listed = listed(tool);
    let mut wrong = Vec::new();
    let mut agree = 0;
    let mut known = BTreeSet::new();
    for case in cases {
        let id = case.id();
        known.insert(id);
        let (unsaid, differing) = (listed.not_converted.contains(id), listed.differing.contains(id));
        let Some(conversion) = case.convert() else {
            if !unsaid {
                wrong.push(format!("{id}: neither converted nor listed"));
            }
            continue;
        };
        let differences = case.differences(&conversion.run());
        match (unsaid, differing, differences.is_empty()) {
            (true, ..) => wrong.push(format!("{id}: is converted, but listed as not converted")),
            (_, true, true) => wrong.push(format!("{id}: agrees, but is listed as different")),
            (_, true, false) => {}
            (_, false, true) => agree += 1,
            (_, false, false) => wrong.push(format!("{id}: {}", differences.join("; "))),
        }
    }
    for id in listed.not_converted.iter().chain(&listed.differing) {
        if !known.contains(id.as_str()) {
            wrong.push(format!("{id}: is listed, but there is no such case"));
        }
    }
    let (all, different, unsaid) = (cases.len(), listed.differing.len(), listed.not_converted.len());
    let counts = format!("{all} cases: {agree} agree, {different} differ, {unsaid} are not converted.");
    if listed.counts != counts {
        wrong.push(format!("tests/peers.md should say \"{counts}\""));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn folder(tool: &str) -> PathBuf {
    root().join("fixtures/peers").join(tool)
}

/// The objects of a file with one on each line.
fn objects(path: PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// The tables of a tool by what the cases call them.
fn tables(tool: &str) -> Arc<BTreeMap<String, Value>> {
    let named = |table: Value| (text(&table["table"]), table);
    Arc::new(objects(folder(tool).join("tables.jsonl")).into_iter().map(named).collect())
}

/// A scalar as it is written, without quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The arguments of a rule with those of a case that are there.
fn with(mut rule: Value, kwargs: &Value, names: &[(&str, &str)]) -> Value {
    for (theirs, ours) in names {
        if !kwargs[theirs].is_null() {
            rule[ours] = kwargs[theirs].clone();
        }
    }
    rule
}
