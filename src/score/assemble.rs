//! Measures in, scorecard out.

use std::collections::BTreeMap;

use super::agency::{self, Member};
use super::caps::Found;
use super::comparable::{self, Reason};
use super::evidence::Confidence;
use super::fix_first::{self, Judged, Pool, Reach};
use super::grade::{self, Grade};
use super::index::{Weights, index};
use super::methodology::{Methodology, Profile};
use super::registry::{self, Absent, RollUp, Slot};
use super::rollup::{Node, Rollup, Scored};
use super::rule_points::{Triple, official_defects, per_million};
use super::scorecard::{
    AgencyCard, Cap, CleanRecords, CodeListCard, DatabaseCard, DimensionCard, FileCard, Fraction, Gap,
    Incomplete, MassCard, PackCard, PeerGroup, Problem, ProblemLevel, Rate, RuleCard, RuleFileCard, SCHEMA,
    Score, Scorecard, TableCard, TablePresence,
};
use super::working::{Standing, Weighed, Working};
use crate::base::{Dimension, Nano, Ratio, Severity, Status, Text, Unit};
use crate::engine::measured::{
    MeasuredCodeList, MeasuredDatabase, MeasuredPack, MeasuredRule, MeasuredRuleFile, MeasuredTable, Presence,
};
use crate::engine::vacuity::Strength;
use crate::rule::{Catalog, contract};
use crate::say;
use crate::score::curve;
use crate::state::{Mass, Tally};

/// What the same measures are scored and labelled by.
#[derive(Clone, Debug, Default)]
pub struct ScoreOptions {
    pub profile: Profile,
    /// RFC 3339, as it is to be shown.
    pub as_of: String,
    /// Program and version.
    pub engine: String,
    /// Second methodologies that are computed beside ours.
    pub indices: Vec<Weights>,
    pub roll_up: RollUp,
    /// Databases that count 0.
    pub absent: Vec<Absent>,
    /// Without what cleaning would win and without the seal, which take most of the time: for many old runs.
    pub points_only: bool,
}

/// Scores databases under the published methodology.
pub fn assemble(databases: Vec<MeasuredDatabase>, opts: &ScoreOptions) -> Scorecard {
    let mut card = unsealed(databases, opts);
    if !opts.points_only {
        card.seal();
    }
    card
}

/// As [`assemble`], without digests.
pub fn unsealed(databases: Vec<MeasuredDatabase>, opts: &ScoreOptions) -> Scorecard {
    let methodology = Methodology::new(opts.profile);
    let mut databases = databases;
    databases.sort_by(|a, b| a.id.cmp(&b.id));
    let incomplete: Vec<Incomplete> = databases.iter().flat_map(gaps).collect();
    let scored = databases
        .into_iter()
        .map(|database| {
            // Beside ours, from the same measures; nothing of it enters our score.
            let indices = opts.indices.iter().map(|weights| index(&database, weights)).collect();
            let mut scored = score_database(database, &methodology, opts.points_only);
            scored.card.indices = indices;
            scored
        })
        .collect();
    summed_up(scored, incomplete, &methodology, opts)
}

/// Sums up databases that were scored before, by this methodology. Their points are taken as they are; what cleaning would
/// win is left as it was told.
pub fn together(mut databases: Vec<DatabaseCard>, opts: &ScoreOptions) -> Scorecard {
    databases.sort_by(|a, b| a.id.cmp(&b.id));
    let scored = databases.into_iter().map(ScoredDatabase::stated).collect();
    summed_up(scored, Vec::new(), &Methodology::new(opts.profile), opts)
}

/// The whole card, without its seal.
fn summed_up(
    mut scored: Vec<ScoredDatabase>,
    incomplete: Vec<Incomplete>,
    methodology: &Methodology,
    opts: &ScoreOptions,
) -> Scorecard {
    let unlisted = Catalog::default();
    let catalog = if opts.roll_up.is_run() { &unlisted } else { Catalog::shipped() };
    let registered: Vec<registry::Scored<'_>> = scored.iter().map(ScoredDatabase::registered).collect();
    let slots = registry::slots(opts.roll_up, catalog, &registered, &opts.absent);
    let mut groups: BTreeMap<&str, Vec<&Slot<'_>>> = BTreeMap::new();
    for slot in &slots {
        if let Some(agency) = slot.agency {
            groups.entry(agency).or_default().push(slot);
        }
    }
    let agencies =
        groups.iter().map(|(id, slots)| agency_card(Some(id), slots, &scored, methodology)).collect();
    let everything: Vec<&Slot<'_>> = slots.iter().collect();
    let officials: Vec<Nano> = scored.iter().map(|database| database.points.official).collect();
    let overall = agency_card(None, &everything, &scored, methodology);
    let reach = Reach::of(&groups, &everything, &officials);
    for (database, reach) in scored.iter_mut().zip(&reach) {
        database.card.fix_first.iter_mut().for_each(|fix| reach.tell(fix));
    }
    Scorecard {
        schema: SCHEMA.to_owned(),
        as_of: opts.as_of.clone(),
        engine: opts.engine.clone(),
        methodology: methodology.id(),
        profile: opts.profile,
        roll_up: opts.roll_up,
        catalog: (!opts.roll_up.is_run()).then(|| catalog.hash.clone()),
        complete: incomplete.is_empty(),
        incomplete,
        agencies,
        overall,
        databases: scored.into_iter().map(|database| database.card).collect(),
        provenance: None,
    }
}

/// A card with the exact numbers behind it.
struct ScoredDatabase {
    card: DatabaseCard,
    points: Triple,
    dimensions: Vec<(Dimension, Node)>,
    /// What its official points would gain without any defect.
    clean_gain: i64,
}

impl ScoredDatabase {
    /// As its card says.
    fn stated(card: DatabaseCard) -> Self {
        let triple = |score: &Score| Triple {
            official: Nano::new(score.official_nano),
            measured: score.measured_nano.map(Nano::new),
            ceiling: Nano::new(score.ceiling_nano),
        };
        let ratio = |fraction: Fraction| Ratio::new(fraction.num.into(), fraction.den.into());
        let node = |card: &DimensionCard| Node {
            points: triple(&card.score),
            coverage: card.coverage.and_then(ratio).unwrap_or(Ratio::ZERO),
        };
        let counting = card.dimensions.iter().filter(|(_, card)| card.applicable);
        Self {
            points: triple(&card.score),
            dimensions: counting.map(|(dimension, card)| (*dimension, node(card))).collect(),
            // Of what it would gain the card has parts, and not the whole.
            clean_gain: 0,
            card,
        }
    }

    fn registered(&self) -> registry::Scored<'_> {
        let DatabaseCard { id, agency, weight, .. } = &self.card;
        registry::Scored { id, agency: agency.as_deref(), weight: *weight }
    }
}

fn score_database(
    database: MeasuredDatabase,
    methodology: &Methodology,
    points_only: bool,
) -> ScoredDatabase {
    let internal = database.is_core().then(|| {
        Weighed::of(&database.tables, false, methodology, None).rollup.database(methodology.lambda).points
    });
    let working = Working::of(&database.tables, database.is_core(), methodology);
    let Working { weighed: Weighed { standings, scored: counted, rollup }, node, dimensions, inputs, .. } =
        &working;
    let (node, found) = (*node, &working.caps);
    let judged = Judged {
        tables: &database.tables,
        scored: counted,
        rollup,
        lambda: methodology.lambda,
        policy: &methodology.caps,
        inputs,
        caps: found,
    };
    let (fix_first, clean_gain) =
        if points_only { Default::default() } else { fix_first::of_database(&judged) };
    let official = node.points.official;
    let standing = database.contract.as_ref().map(|hash| contract::Standing::of(hash, &database.id));
    let reasons = comparable::own(methodology.profile, database.is_core(), node.coverage, standing);
    let small_n = database.tables.iter().zip(standings).any(|(table, standings)| {
        table.rules.iter().zip(standings).any(|(rule, standing)| {
            let units = rule.measure.tally.applicable();
            // One check of a whole table is no sample of anything.
            let sampled = rule.unit != Unit::Check && units > 0;
            rule.severity == Severity::Critical
                && standing.weight > 0
                && sampled
                && units < methodology.small_n
        })
    });
    let shown = match methodology.profile.required() {
        Some(required) => required.to_vec(),
        None => Dimension::ALL.to_vec(),
    };
    let card = DatabaseCard {
        grade: working.grade(),
        grade_by_points: working.grade_by_points,
        near_edge: grade::near_edge(&methodology.bands, methodology.near_edge, official),
        caps: found.iter().cloned().map(cap_card).collect(),
        score: score_card(&node.points),
        clean_records: CleanRecords {
            clean: inputs.clean.clean,
            rows: inputs.clean.rows,
            official: inputs.clean.official().map(Ratio::six),
            unknown_tables: inputs.clean.unknown_tables.clone(),
        },
        coverage: fraction(node.coverage),
        column_coverage: column_coverage(&database.tables, standings),
        dimensions: shown
            .into_iter()
            .map(|dimension| {
                let of = dimensions.iter().find(|(id, _)| *id == dimension).map(|(_, node)| node);
                (dimension, dimension_card(of))
            })
            .collect(),
        confidence: Confidence::of(&inputs.evidence, node.coverage),
        small_n,
        comparable: reasons.is_empty(),
        not_comparable_because: reasons.iter().map(Reason::text).collect(),
        fix_first,
        tables: Vec::new(),
        indices: Vec::new(),
        problems: database.problems,
        id: database.id,
        agency: database.agency,
        title: database.title,
        weight: database.weight,
        rule_files: database.rule_files.into_iter().map(rule_file_card).collect(),
        packs: database.packs.into_iter().map(pack_card).collect(),
        contract: database.contract,
        internal: internal.as_ref().map(score_card),
        code_lists: database.code_lists.into_iter().map(code_list_card).collect(),
    };
    let Working { weighed: Weighed { standings, scored, rollup }, dimensions, .. } = working;
    let cleaning = rollup.cleaning(methodology.lambda);
    let tables = (database.tables.into_iter().zip(standings).zip(&scored).enumerate())
        .map(|(at, ((table, standings), scored))| {
            let gain = |scored: &Option<Scored>| scored.as_ref().map_or(0, |it| cleaning.cleaned([it]).gain);
            let gains: Vec<i64> = scored.iter().map(gain).collect();
            table_card(at, table, &standings, &gains, &rollup, methodology)
        })
        .collect();
    ScoredDatabase { card: DatabaseCard { tables, ..card }, points: node.points, dimensions, clean_gain }
}

/// Declared columns that some rule with weight looks at.
fn column_coverage(tables: &[MeasuredTable], standings: &[Vec<Standing>]) -> Option<Fraction> {
    let (mut covered, mut all) = (0_u64, 0_u64);
    for (table, standings) in tables.iter().zip(standings) {
        let ruled = |column: &String| {
            table.rules.iter().zip(standings).any(|(rule, s)| s.weight > 0 && rule.columns.contains(column))
        };
        all += table.columns.len() as u64;
        covered += table.columns.iter().filter(|column| ruled(column)).count() as u64;
    }
    Some(fraction(Ratio::new(covered.into(), all.into())?))
}

fn rule_file_card(file: MeasuredRuleFile) -> RuleFileCard {
    let MeasuredRuleFile { name, blake3 } = file;
    RuleFileCard { name, blake3 }
}

fn pack_card(pack: MeasuredPack) -> PackCard {
    let MeasuredPack { id, version, hash, core } = pack;
    PackCard { id, version, hash, core }
}

fn table_card(
    at: usize,
    table: MeasuredTable,
    standings: &[Standing],
    gains: &[i64],
    rollup: &Rollup,
    methodology: &Methodology,
) -> TableCard {
    let dimensions = rollup
        .dimensions()
        .iter()
        .filter_map(|&dimension| Some((dimension, dimension_card(Some(&rollup.table(dimension, at)?)))))
        .collect();
    let rows = table.rows;
    let rules = table
        .rules
        .into_iter()
        .zip(standings.iter().zip(gains))
        .map(|(rule, (standing, gain))| rule_card(rule, standing, *gain, rows, methodology))
        .collect();
    TableCard {
        id: table.id,
        title: table.title,
        tier: table.tier,
        presence: match table.presence {
            Presence::Present => TablePresence::Present,
            Presence::Missing => TablePresence::Missing,
            Presence::Absent => TablePresence::Absent,
        },
        allow_empty: table.allow_empty,
        rows,
        key: table.key,
        files: table
            .files
            .into_iter()
            .map(|file| FileCard {
                path: file.path,
                bytes: file.bytes,
                blake3: file.blake3,
                rows: file.rows,
                problem: file.problem,
            })
            .collect(),
        clean: table.clean,
        dimensions,
        problems: table.problems,
        rules,
    }
}

fn code_list_card(list: MeasuredCodeList) -> CodeListCard {
    let MeasuredCodeList { name, path, blake3, values } = list;
    CodeListCard { name, path, blake3, values }
}

fn rule_card(
    rule: MeasuredRule,
    standing: &Standing,
    gain: i64,
    rows: u64,
    methodology: &Methodology,
) -> RuleCard {
    let measure = rule.measure;
    let counted = (standing.status == Status::Measured)
        .then(|| official_defects(&measure.tally, measure.mass.as_ref()))
        .flatten();
    let points = standing.points;
    RuleCard {
        id: rule.id,
        kind: rule.kind,
        dimension: rule.dimension,
        severity: rule.severity,
        core: rule.core,
        strength: rule.strength,
        vacuous: rule.strength.is_some_and(Strength::is_vacuous),
        pack: rule.pack,
        family: rule.family,
        identity: rule.identity,
        own_weight: rule.weight,
        columns: rule.columns,
        status: standing.status,
        pass: measure.tally.pass,
        fail: measure.tally.fail,
        na: measure.tally.na,
        unknown: measure.tally.unknown,
        mass: measure.mass.map(|Mass { bad, units, per_unit }| MassCard {
            bad: bad.to_string(),
            units,
            per_unit,
        }),
        when_unknown: measure.when_unknown,
        when_unreliable: u128::from(measure.when_unknown) * 100
            > u128::from(methodology.when_unknown_percent) * u128::from(rows),
        unit: rule.unit,
        scale: rule.scale,
        points: points.map(|points| points.official.six()),
        points_measured: points.and_then(|points| points.measured).map(Nano::six),
        points_ceiling: points.map(|points| points.ceiling.six()),
        points_nano: points.map(|points| points.official.get()),
        rate: counted.and_then(|(bad, of)| {
            let rate = Ratio::new(of - bad, of)?;
            let (num, den) = rate.to_u64();
            Some(Rate { num, den, value: rate.six() })
        }),
        defects_per_million: counted.and_then(|(bad, of)| Some(per_million(bad, of)?.to_string())),
        one_in: counted.and_then(|(bad, of)| u64::try_from(of.checked_div(bad)?).ok()),
        nines: counted.map(|(bad, of)| curve::nines(bad, of)),
        weight: standing.weight,
        gain: Nano::new(gain).six(),
        gain_nano: gain,
        figures: measure.figures,
        examples: measure.examples,
        note: measure.note,
        title: rule.title,
        why: rule.why,
        tags: rule.tags,
        owner: rule.owner,
        place: rule.place,
    }
}

fn agency_card(
    id: Option<&str>,
    slots: &[&Slot<'_>],
    scored: &[ScoredDatabase],
    methodology: &Methodology,
) -> AgencyCard {
    let of = |slot: &Slot<'_>| slot.scored.and_then(|at| scored.get(at));
    let databases = || slots.iter().filter_map(|slot| of(slot));
    // A database that was not scored has all dimensions that count, and nothing in them.
    let counts = |dimension: &Dimension| match methodology.profile.required() {
        Some(required) => required.contains(dimension),
        None => databases().any(|database| database.dimensions.iter().any(|(id, _)| id == dimension)),
    };
    let nothing: Vec<(Dimension, Node)> =
        Dimension::ALL.into_iter().filter(counts).map(|dimension| (dimension, Node::UNKNOWN)).collect();
    let members: Vec<Member<'_>> = slots
        .iter()
        .map(|slot| Member {
            id: slot.id,
            weight: slot.weight,
            points: of(slot).map_or(Triple::UNKNOWN, |database| database.points),
            dimensions: of(slot).map_or_else(|| nothing.clone(), |database| database.dimensions.clone()),
            grade: of(slot).map_or(Grade::Ungraded, |database| database.card.grade),
        })
        .collect();
    let summary = agency::summarize(&members, methodology);
    let mut grades: BTreeMap<Grade, u64> = Grade::ALL.into_iter().map(|grade| (grade, 0)).collect();
    for member in &members {
        *grades.entry(member.grade).or_default() += 1;
    }
    AgencyCard {
        id: id.map(str::to_owned),
        grade: summary.grade,
        grade_by_points: summary.grade_by_points,
        near_edge: grade::near_edge(&methodology.bands, methodology.near_edge, summary.points.official),
        caps: summary.caps.into_iter().map(cap_card).collect(),
        score: score_card(&summary.points),
        dimensions: summary
            .dimensions
            .iter()
            .map(|(dimension, points)| {
                let card = DimensionCard { applicable: true, score: score_card(points), coverage: None };
                (*dimension, card)
            })
            .collect(),
        registered: members.len() as u64,
        measured: summary.measured,
        minimum: summary.minimum.map(Nano::six),
        median: summary.median.map(Nano::six),
        grades,
        peer_group: match members.len() {
            0..5 => PeerGroup::Small,
            5..15 => PeerGroup::Medium,
            _ => PeerGroup::Large,
        },
        comparable: databases().next().is_some() && databases().all(|database| database.card.comparable),
        databases: slots.iter().map(|slot| slot.id.to_owned()).collect(),
        fix_first: fix_first::of_agency(
            slots,
            &Pool::new(slots, |at| scored.get(at).map(|database| database.points.official)),
            |at| scored.get(at).map(|database| (database.card.id.clone(), database.clean_gain)),
        ),
    }
}

fn score_card(points: &Triple) -> Score {
    Score {
        official: points.official.six(),
        measured: points.measured.map(Nano::six),
        ceiling: points.ceiling.six(),
        official_nano: points.official.get(),
        measured_nano: points.measured.map(Nano::get),
        ceiling_nano: points.ceiling.get(),
    }
}

fn dimension_card(node: Option<&Node>) -> DimensionCard {
    let shown = node.unwrap_or(&Node::UNKNOWN);
    DimensionCard {
        applicable: node.is_some(),
        score: score_card(&shown.points),
        coverage: Some(fraction(shown.coverage)),
    }
}

fn fraction(ratio: Ratio) -> Fraction {
    let (num, den) = ratio.to_u64();
    Fraction { num, den }
}

fn cap_card(found: Found) -> Cap {
    Cap {
        id: found.id.to_owned(),
        max_grade: found.max_grade,
        evidence: found.evidence,
        subjects: found.subjects,
    }
}

/// Whether a rule ran and found out nothing.
fn nothing_known(tally: Tally) -> bool {
    tally.pass == 0 && tally.fail == 0 && tally.unknown > 0
}

/// Whether nothing at all was found out about a table, not even that it is empty.
fn unread(table: &MeasuredTable) -> bool {
    !table.rules.is_empty() && table.rules.iter().all(|rule| rule.measure.status == Status::Error)
}

/// What was asked for and not measured.
fn gaps(database: &MeasuredDatabase) -> Vec<Incomplete> {
    let mut gaps = Vec::new();
    let mut add = |code, table: Option<&MeasuredTable>, rule: Option<&MeasuredRule>, text| {
        gaps.push(Incomplete {
            code,
            database: database.id.clone(),
            table: table.map(|table| table.id.clone()),
            rule: rule.map(|rule| rule.id.clone()),
            text,
        });
    };
    let failed = |problem: &&Problem| problem.level == ProblemLevel::Error;
    for problem in database.problems.iter().filter(failed) {
        add(Gap::UnreadData, None, None, problem.text.clone());
    }
    for table in &database.tables {
        let id = &table.id;
        for problem in table.problems.iter().filter(failed) {
            add(Gap::UnreadData, Some(table), None, problem.text.clone());
        }
        let told = |path: &str, problem: &Text| {
            table.problems.iter().any(|p| p.text.en.contains(path) && p.text.en.ends_with(&problem.en))
        };
        for file in &table.files {
            if let Some(problem) = file.problem.as_ref().filter(|problem| !told(&file.path, problem)) {
                let (path, Text { en, vi }) = (&file.path, problem);
                add(Gap::UnreadData, Some(table), None, say!("{path}: {en}", "{path}: {vi}"));
            }
        }
        match table.presence {
            Presence::Absent => continue,
            Presence::Missing => {
                let text = say!("required table `{id}` is missing", "thiếu bảng bắt buộc `{id}`");
                add(Gap::MissingTable, Some(table), None, text);
                continue;
            }
            Presence::Present if table.rows == 0 && !table.allow_empty && !unread(table) => {
                let text = say!("table `{id}` has no rows", "bảng `{id}` không có bản ghi nào");
                add(Gap::EmptyTable, Some(table), None, text);
            }
            Presence::Present => {}
        }
        for rule in &table.rules {
            let name = &rule.id;
            let (code, text) = match rule.measure.status {
                Status::Error => {
                    (Gap::RuleError, say!("rule `{name}` could not run", "không chạy được quy tắc `{name}`"))
                }
                Status::Skipped => {
                    (Gap::RuleSkipped, say!("rule `{name}` is switched off", "quy tắc `{name}` đã bị tắt"))
                }
                Status::MissingInput => (
                    Gap::MissingInput,
                    say!(
                        "rule `{name}`: a required column is missing",
                        "quy tắc `{name}`: thiếu cột bắt buộc"
                    ),
                ),
                Status::Measured if nothing_known(rule.measure.tally) => (
                    Gap::NothingKnown,
                    say!(
                        "rule `{name}` could not judge a single row",
                        "quy tắc `{name}` không đánh giá được bản ghi nào"
                    ),
                ),
                _ => continue,
            };
            let text = match &rule.measure.note {
                Some(Text { en, vi }) => {
                    Text { en: format!("{}: {en}", text.en), vi: format!("{}: {vi}", text.vi) }
                }
                None => text,
            };
            add(code, Some(table), Some(rule), text);
        }
    }
    gaps
}
