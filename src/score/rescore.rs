//! A scorecard from its own counts: what it claims is computed again by the code that computed it, and compared.
//!
//! Taken as the card says are what was counted (tallies, masses, statuses, rows, clean rows, files), what was declared
//! (tables, tiers, keys, severities, own weights, packs), and what cannot be had without the rule files (coverage of
//! columns, indices of other methodologies). All points, grades, caps, rates, gains, gaps and
//! roll-ups must follow; so must what the program and its catalogue know of kinds and databases.

use serde_json::Value;

use super::assemble::{ScoreOptions, unsealed};
use super::methodology::Methodology;
use super::scorecard::{
    CodeListCard, DatabaseCard, FileCard, MassCard, PackCard, RuleCard, RuleFileCard, Scorecard, TableCard,
    TablePresence,
};
use crate::base::{Text, Unit};
use crate::engine::measured::{
    MeasuredCodeList, MeasuredDatabase, MeasuredFile, MeasuredPack, MeasuredRule, MeasuredRuleFile,
    MeasuredTable, Presence,
};
use crate::kind;
use crate::rule::catalog::listed;
use crate::say;
use crate::state::{Mass, Measure, Tally};

/// The card as its counts have it, without digests.
///
/// # Errors
/// Why this program cannot say: another methodology, a kind of rule that it does not know.
pub fn rescored(card: &Scorecard) -> Result<Scorecard, Text> {
    let known = Methodology::new(card.profile).id();
    if card.methodology != known {
        let stated = &card.methodology;
        return Err(say!(
            "scored by `{stated}`; this program scores by `{known}`",
            "được chấm theo `{stated}`; chương trình này chấm theo `{known}`"
        ));
    }
    let measured = card.databases.iter().map(measured).collect::<Result<Vec<_>, _>>()?;
    let options = ScoreOptions {
        profile: card.profile,
        as_of: card.as_of.clone(),
        engine: card.engine.clone(),
        indices: Vec::new(),
        roll_up: card.roll_up,
        absent: Vec::new(),
        points_only: false,
    };
    let mut computed = unsealed(measured, &options);
    for computed in &mut computed.databases {
        let Some(stated) = card.databases.iter().find(|stated| stated.id == computed.id) else { continue };
        computed.column_coverage = stated.column_coverage;
        computed.indices = stated.indices.clone();
    }
    Ok(computed)
}

/// What a database of a card was scored from.
///
/// # Errors
/// A kind of rule that this program does not know, or counts that contradict themselves.
pub fn measured(card: &DatabaseCard) -> Result<MeasuredDatabase, Text> {
    if let Some(table) = twice(card.tables.iter().map(|table| table.id.as_str())) {
        let id = &card.id;
        return Err(say!(
            "database `{id}` has table `{table}` twice",
            "CSDL `{id}` có bảng `{table}` hai lần"
        ));
    }
    // The registry decides who answers for what, and what counts how much.
    let entry = listed(&card.id);
    let packs = |PackCard { id, version, hash, core }: PackCard| MeasuredPack { id, version, hash, core };
    let lists = |CodeListCard { name, path, blake3, values }| MeasuredCodeList { name, path, blake3, values };
    let files = |RuleFileCard { name, blake3 }| MeasuredRuleFile { name, blake3 };
    Ok(MeasuredDatabase {
        id: card.id.clone(),
        agency: entry.map_or_else(|| card.agency.clone(), |entry| Some(entry.agency.to_owned())),
        rule_files: card.rule_files.iter().cloned().map(files).collect(),
        title: card.title.clone(),
        weight: entry.map_or(card.weight, |entry| entry.weight),
        packs: card.packs.iter().cloned().map(packs).collect(),
        contract: card.contract.clone(),
        code_lists: card.code_lists.iter().cloned().map(lists).collect(),
        tables: card.tables.iter().map(table).collect::<Result<_, _>>()?,
        problems: card.problems.clone(),
    })
}

/// The first name that stands twice.
fn twice<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = std::collections::BTreeSet::new();
    names.find(|name| !seen.insert(*name))
}

fn table(card: &TableCard) -> Result<MeasuredTable, Text> {
    let id = &card.id;
    if let Some(rule) = twice(card.rules.iter().map(|rule| rule.id.as_str())) {
        return Err(say!("table `{id}` has rule `{rule}` twice", "bảng `{id}` có quy tắc `{rule}` hai lần"));
    }
    if let Some(clean) = card.clean.filter(|clean| *clean > card.rows) {
        let rows = card.rows;
        return Err(say!(
            "table `{id}` has {clean} clean records of {rows}",
            "bảng `{id}` có {clean} bản ghi sạch trên {rows}"
        ));
    }
    let file =
        |FileCard { path, bytes, blake3, rows, problem }| MeasuredFile { path, bytes, blake3, rows, problem };
    Ok(MeasuredTable {
        traced: None,
        id: card.id.clone(),
        title: card.title.clone(),
        tier: card.tier,
        presence: match card.presence {
            TablePresence::Present => Presence::Present,
            TablePresence::Missing => Presence::Missing,
            TablePresence::Absent => Presence::Absent,
        },
        allow_empty: card.allow_empty,
        rows: card.rows,
        files: card.files.iter().cloned().map(file).collect(),
        key: card.key.clone(),
        columns: Vec::new(),
        roles: Vec::new(),
        clean: card.clean,
        rules: card.rules.iter().map(|rule| measured_rule(card, rule)).collect::<Result<_, _>>()?,
        problems: card.problems.clone(),
    })
}

fn measured_rule(table: &TableCard, card: &RuleCard) -> Result<MeasuredRule, Text> {
    let id = &card.id;
    let Some(about) = kind::find(&card.kind).map(|kind| kind.about()) else {
        let kind = &card.kind;
        return Err(say!(
            "rule `{id}` is of the kind `{kind}`, which this program does not know",
            "quy tắc `{id}` thuộc loại `{kind}` mà chương trình này không biết"
        ));
    };
    let mass = match &card.mass {
        None => None,
        Some(MassCard { bad, units, per_unit }) => {
            let bad = bad.parse().map_err(|_| {
                say!(
                    "rule `{id}`: `mass.bad` is no integer",
                    "quy tắc `{id}`: `mass.bad` không phải số nguyên"
                )
            })?;
            Some(Mass { bad, units: *units, per_unit: *per_unit })
        }
    };
    // As where rules are measured: a count against bounds is one check.
    let check = about.unit == Unit::ExpectedRecord && card.unit == Unit::Check;
    Ok(MeasuredRule {
        id: card.id.clone(),
        kind: about.name.to_owned(),
        dimension: card.dimension,
        severity: card.severity,
        core: card.core,
        strength: card.strength,
        pack: card.pack.clone(),
        family: card.family.clone(),
        weight: card.own_weight,
        unit: if check { Unit::Check } else { about.unit },
        scale: about.scale,
        columns: card.columns.clone(),
        title: card.title.clone(),
        why: card.why.clone(),
        tags: card.tags.clone(),
        owner: card.owner.clone(),
        place: card.place.clone(),
        identity: card.identity || identifies(&table.key, card),
        measure: Measure {
            status: card.status,
            tally: Tally::new(card.pass, card.fail, card.na, card.unknown),
            mass,
            figures: card.figures.clone(),
            examples: card.examples.clone(),
            when_unknown: card.when_unknown,
            note: card.note.clone(),
        },
    })
}

/// What rules on the identity key say of themselves; nobody is to leave it out.
fn identifies(key: &[String], card: &RuleCard) -> bool {
    let named = |column: &String| card.columns.contains(column);
    match card.kind.as_str() {
        "not_null" => key.iter().any(named),
        "unique" => !key.is_empty() && card.columns.len() == key.len() && key.iter().all(named),
        _ => false,
    }
}

/// A place where a card is not what its counts make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As `databases[x].tables[y].rules[z].points`.
    pub path: String,
    /// What the card says; `None` if it says nothing.
    pub stated: Option<Value>,
    /// What follows; `None` if nothing does.
    pub computed: Option<Value>,
}

/// Where two parts of cards as JSON differ, in the order of their fields. `path` is where they stand.
pub fn differences(path: &str, stated: Option<&Value>, computed: Option<&Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(path, stated, computed, &mut found);
    found
}

fn walk(path: &str, stated: Option<&Value>, computed: Option<&Value>, found: &mut Vec<Difference>) {
    if stated == computed {
        return;
    }
    match (stated, computed) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let fields = b.keys().chain(a.keys().filter(|key| !b.contains_key(*key)));
            for field in fields {
                walk(&format!("{path}.{field}"), a.get(field), b.get(field), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for at in 0..a.len().max(b.len()) {
                let (a, b) = (a.get(at), b.get(at));
                let id = a.or(b).and_then(|item| item.get("id")).and_then(Value::as_str);
                let inner = id.map_or_else(|| format!("{path}[{at}]"), |id| format!("{path}[{id}]"));
                walk(&inner, a, b, found);
            }
        }
        _ => found.push(Difference {
            path: path.to_owned(),
            stated: stated.cloned(),
            computed: computed.cloned(),
        }),
    }
}
