//! The same counts, scored again: by this program's methodology, under the profile of then or another. Nothing in the
//! history changes by it.

use super::definition::{Definition, RuleDefinition, TableDefinition};
use super::record::{Points, Record, TableTallies};
use super::{Store, StoreError};
use crate::base::{Nano, Status, Text};
use crate::engine::measured::{
    MeasuredDatabase, MeasuredPack, MeasuredRule, MeasuredRuleFile, MeasuredTable, Presence,
};
use crate::score::curve::Knot;
use crate::score::rule_points::{self, Triple};
use crate::score::scorecard::{DatabaseCard, MassCard, PackCard, RuleFileCard, Scorecard, TablePresence};
use crate::score::{Profile, ScoreOptions, assemble};
use crate::state::{Mass, Measure, Tally};
use crate::{kind, say};

/// The scorecard of a record under `profile`.
///
/// # Errors
/// Why it cannot be scored: a kind of rule that this program does not know, counts that do not fit the definition.
pub fn restated(record: &Record, definition: &Definition, profile: Profile) -> Result<DatabaseCard, Text> {
    let options = ScoreOptions {
        profile,
        as_of: record.as_of.clone(),
        engine: record.engine.clone(),
        points_only: true,
        ..ScoreOptions::default()
    };
    let Scorecard { mut databases, .. } = assemble(vec![measured(record, definition)?], &options);
    // One database in, one out.
    databases.pop().ok_or_else(misfit)
}

/// A record that was scored again, with its number; or why it cannot be.
pub type Restated = Result<(u64, Scorecard), Text>;

/// Of each database its last run among those that `wanted` takes by their moment, as a scorecard of its own.
///
/// # Errors
/// The history cannot be read.
pub fn cards(store: &Store, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Restated>, StoreError> {
    let definitions = store.definitions()?;
    let mut cards = Vec::new();
    for database in store.databases()? {
        let standings = store.standings(&database)?;
        let Some(last) = standings.iter().rev().find(|it| wanted(&it.standing.as_of)) else { continue };
        let record = store.record(last.sequence)?;
        let Some(definition) = definitions.get(&record.definition) else {
            cards.push(Err(misfit()));
            continue;
        };
        let options = ScoreOptions {
            profile: definition.profile,
            as_of: record.as_of.clone(),
            engine: record.engine.clone(),
            ..ScoreOptions::default()
        };
        let card = measured(&record, definition).map(|measured| {
            // Whether it compares with later scores hangs on what its rule file declared.
            let measured = MeasuredDatabase { contract: definition.contract.clone(), ..measured };
            (last.sequence, assemble(vec![measured], &options))
        });
        cards.push(card);
    }
    Ok(cards)
}

/// Whether this program knows all kinds of rules that it names.
pub fn known(definition: &Definition) -> bool {
    let mut rules = definition.tables.iter().flat_map(|table| &table.rules);
    rules.all(|rule| kind::find(&rule.kind).is_some())
}

fn misfit() -> Text {
    say!(
        "its counts do not fit the rules that it names",
        "số đếm trong bản ghi không khớp với các quy tắc mà nó nêu"
    )
}

fn measured(record: &Record, definition: &Definition) -> Result<MeasuredDatabase, Text> {
    // What nobody can have counted cannot be added.
    let mut counts =
        record.tables.iter().flat_map(|table| table.tallies.iter().flatten().chain([&table.rows]));
    let countable = counts.try_fold(0_u64, |sum, count| sum.checked_add(*count)).is_some();
    if record.tables.len() != definition.tables.len() || !countable {
        return Err(misfit());
    }
    let packs = |PackCard { id, version, hash, core }: PackCard| MeasuredPack { id, version, hash, core };
    let files = |RuleFileCard { name, blake3 }| MeasuredRuleFile { name, blake3 };
    let tables = definition.tables.iter().zip(&record.tables);
    Ok(MeasuredDatabase {
        id: definition.database.clone(),
        agency: definition.agency.clone(),
        rule_files: definition.rule_files.iter().cloned().map(files).collect(),
        title: None,
        weight: definition.weight,
        packs: definition.packs.iter().cloned().map(packs).collect(),
        // Says only whether databases may be compared with others.
        contract: None,
        code_lists: Vec::new(),
        tables: tables.map(|(definition, tallies)| table(definition, tallies)).collect::<Result<_, _>>()?,
        problems: Vec::new(),
    })
}

fn table(definition: &TableDefinition, tallies: &TableTallies) -> Result<MeasuredTable, Text> {
    if definition.rules.len() != tallies.tallies.len()
        || tallies.clean.is_some_and(|clean| clean > tallies.rows)
    {
        return Err(misfit());
    }
    let rules = 0..definition.rules.len();
    Ok(MeasuredTable {
        traced: None,
        id: definition.id.clone(),
        title: None,
        tier: definition.tier,
        presence: match tallies.presence {
            TablePresence::Present => Presence::Present,
            TablePresence::Missing => Presence::Missing,
            TablePresence::Absent => Presence::Absent,
        },
        allow_empty: definition.allow_empty,
        rows: tallies.rows,
        files: Vec::new(),
        key: definition.key.clone(),
        columns: Vec::new(),
        roles: Vec::new(),
        clean: tallies.clean,
        rules: rules.map(|at| rule(&definition.rules[at], tallies, at)).collect::<Result<_, _>>()?,
        problems: Vec::new(),
    })
}

fn rule(definition: &RuleDefinition, tallies: &TableTallies, at: usize) -> Result<MeasuredRule, Text> {
    let id = &definition.id;
    let Some(about) = kind::find(&definition.kind).map(|kind| kind.about()) else {
        let kind = &definition.kind;
        return Err(say!(
            "rule `{id}` is of the kind `{kind}`, which this program does not know",
            "quy tắc `{id}` thuộc loại `{kind}` mà chương trình này không biết"
        ));
    };
    Ok(MeasuredRule {
        id: id.clone(),
        kind: about.name.to_owned(),
        dimension: definition.dimension,
        severity: definition.severity,
        core: definition.core,
        strength: definition.strength,
        pack: definition.pack.clone(),
        family: definition.family.clone(),
        weight: definition.own_weight,
        unit: definition.unit,
        scale: definition.scale,
        columns: definition.columns.clone(),
        title: None,
        why: None,
        tags: Vec::new(),
        owner: None,
        place: None,
        identity: definition.identity,
        measure: measure(id, tallies, at)?,
    })
}

/// What was counted of one rule.
pub fn measure(id: &str, tallies: &TableTallies, at: usize) -> Result<Measure, Text> {
    let [pass, fail, na, unknown] = *tallies.tallies.get(at).ok_or_else(misfit)?;
    if pass.checked_add(fail).and_then(|sum| sum.checked_add(unknown)).is_none() {
        return Err(misfit());
    }
    let mass = match tallies.mass.get(id) {
        None => None,
        Some(MassCard { bad, units, per_unit }) => {
            Some(Mass { bad: bad.parse().map_err(|_| misfit())?, units: *units, per_unit: *per_unit })
        }
    };
    let status = tallies.status.get(id).copied().unwrap_or(Status::Measured);
    Ok(Measure { status, mass, ..Measure::of(Tally::new(pass, fail, na, unknown)) })
}

/// The points of one rule by this program's scale, as they stand on a scorecard; `None` where it leaves all weights.
pub fn rule_points(
    definition: &RuleDefinition,
    tallies: &TableTallies,
    at: usize,
    knots: &[Knot],
) -> Result<Option<Points>, Text> {
    let Measure { status, tally, mass, .. } = measure(&definition.id, tallies, at)?;
    let points = rule_points::rule_points(status, &tally, mass.as_ref(), definition.scale, knots);
    let says_nothing = definition.strength.is_some_and(|it| it.killed == 0 && it.applicable > 0);
    let points = points.map(|points| if says_nothing && definition.core { Triple::UNKNOWN } else { points });
    Ok(points.map(|it| Points(it.official.get(), it.measured.map(Nano::get), it.ceiling.get())))
}
