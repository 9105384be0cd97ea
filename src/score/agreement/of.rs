//! The document of what was counted.

use super::again::collected_again;
use super::{
    Agreement, AttributeCard, CodeSetsCard, DatabaseCounts, EntityAgreement, LeftOut, LeftOutColumn, Meeting,
    NotRead, Overlap, PairCard, SCHEMA, SourceAttribute, SourceCard, Summary, TableId, notice,
};
use crate::base::Text;
use crate::engine::agree::counts::{FieldCounts, Standings, pair};
use crate::engine::agree::fields::{Basis, Field};
use crate::engine::agree::{Agreed, Source, TableName};
use crate::say;

/// What a document says of its run.
pub struct Run {
    pub as_of: String,
    pub engine: String,
}

/// The document of all that was compared.
pub fn agreement(run: Run, entities: Vec<EntityAgreement>) -> Agreement {
    Agreement {
        schema: SCHEMA.to_owned(),
        as_of: run.as_of,
        engine: run.engine,
        notice: notice(),
        complete: !entities.is_empty() && entities.iter().all(|it| it.complete),
        entities,
    }
}

pub fn table_id(source: &Source<'_>) -> TableId {
    TableId { database: source.database.to_owned(), table: source.table.id.value.clone() }
}

fn of(name: &TableName) -> TableId {
    TableId { database: name.database.clone(), table: name.table.clone() }
}

impl EntityAgreement {
    pub fn of(agreed: &Agreed<'_>) -> Self {
        let not_compared = agreed.failed.clone().or_else(|| why_nothing(agreed));
        let sources: Vec<SourceCard> = (0..agreed.sources.len()).map(|at| source(agreed, at)).collect();
        let sound = sources.iter().all(|source| source.damaged == 0 && source.not_read.is_empty());
        let counted = &agreed.counts;
        let standings = counted.standings;
        let overlap =
            (1..).zip(&counted.overlap).map(|(databases, &entities)| Overlap { databases, entities });
        let by_role =
            || agreed.fields.all.iter().zip(&counted.fields).filter(|(field, _)| field.basis == Basis::Role);
        Self {
            entity: agreed.subject.id.to_owned(),
            name: agreed.subject.name.text(),
            complete: not_compared.is_none()
                && agreed.unread.is_empty()
                && agreed.fields.code_sets.is_empty()
                && sound,
            not_compared,
            sources,
            not_read: agreed
                .unread
                .iter()
                .map(|(name, why)| NotRead { table: of(name), why: why.clone() })
                .collect(),
            absent: agreed.absent.iter().map(of).collect(),
            left_out: agreed
                .left_out
                .iter()
                .map(|(name, it)| LeftOutColumn {
                    table: of(name),
                    column: it.column.clone(),
                    why: it.why.clone(),
                })
                .collect(),
            code_sets: code_sets(agreed),
            found: counted.overlap.iter().sum(),
            overlap: overlap.collect(),
            summary: Summary {
                shared: standings.shared,
                agreeing: standings.agreeing,
                conflicting: standings.conflicting,
                unknown: standings.unknown,
                nothing_compared: standings.nothing,
            },
            attributes: by_role().map(|(field, counts)| attribute(agreed, field, counts)).collect(),
            matrix: if agreed.failed.is_some() { Vec::new() } else { matrix(agreed) },
            pairs: by_role().flat_map(|(field, counts)| pairs(agreed, field, counts)).collect(),
            reference: agreed.references.first().map(|at| table_id(&agreed.sources[*at])),
            collected_again: collected_again(agreed),
        }
    }
}

/// Why there is nothing to hold against each other.
fn why_nothing(agreed: &Agreed<'_>) -> Option<Text> {
    let databases = agreed.databases().len();
    if databases < 2 {
        return Some(say!(
            "databases of this run that identify them and could be read: {databases}; it takes two to compare",
            "số CSDL trong lần chạy này có cột định danh và đọc được: {databases}; cần ít nhất hai CSDL để so"
        ));
    }
    if !agreed.fields.all.iter().any(|field| field.basis == Basis::Role && is_of_several(agreed, field)) {
        if !agreed.fields.code_sets.is_empty() {
            return Some(say!(
                "what two databases say of them is written in different code sets",
                "nội dung mà hai CSDL cùng có được ghi theo các bộ mã khác nhau"
            ));
        }
        return Some(say!(
            "no two databases have columns of one role that could be compared; give columns their roles (`thuocdo explain roles`)",
            "không có hai CSDL nào có cột cùng vai trò để so; hãy khai báo vai trò cho cột (`thuocdo explain roles`)"
        ));
    }
    let Standings { shared, agreeing, conflicting, unknown, .. } = agreed.counts.standings;
    if shared == 0 {
        return Some(say!(
            "none of them is in two databases; look whether the databases write identifiers in the same way",
            "không có đối tượng nào ở từ hai CSDL trở lên; hãy xem các CSDL có ghi mã định danh theo cùng một cách không"
        ));
    }
    (agreeing + conflicting == 0).then(|| {
        say!(
            "of the {shared} in two databases or more, no two databases say anything that could be held against each other; values are \
             lacking, or not known: {unknown}",
            "trong {shared} đối tượng có ở từ hai CSDL trở lên, không có nội dung nào của hai CSDL so được với nhau; thiếu giá trị, \
             hoặc chưa rõ: {unknown}"
        )
    })
}

/// Whether two databases have columns for it.
fn is_of_several(agreed: &Agreed<'_>, field: &Field) -> bool {
    let read = agreed.databases.iter().zip(&field.readings).filter(|(_, reading)| reading.is_some());
    let mut databases = read.map(|(database, _)| database);
    databases.next().is_some_and(|first| databases.any(|other| other != first))
}

fn source(agreed: &Agreed<'_>, at: usize) -> SourceCard {
    let source = &agreed.sources[at];
    let attributes =
        agreed.fields.all.iter().filter(|field| field.basis == Basis::Role).filter_map(|field| {
            let reading = field.readings[at].as_ref()?;
            let (attribute, columns) = (field.id.clone(), reading.columns.clone());
            Some(SourceAttribute { attribute, columns, read_as: reading.label.clone() })
        });
    let unread = agreed.fields.unread.iter().filter(|it| it.source == at);
    let count = |counts: &[u64]| counts.get(at).copied().unwrap_or_default();
    SourceCard {
        table: table_id(source),
        identifier: source.speaks.identifier.clone(),
        of: source.speaks.of.clone(),
        rows: source.mirror.rows(),
        without_identifier: source.mirror.without_key,
        damaged: source.mirror.unknown,
        entities: count(&agreed.counts.entities),
        short: count(&agreed.counts.short),
        padded: agreed.padded,
        attributes: attributes.collect(),
        not_read: unread.map(|it| LeftOut { column: it.column.clone(), why: it.why.clone() }).collect(),
    }
}

fn code_sets(agreed: &Agreed<'_>) -> Vec<CodeSetsCard> {
    let sets = agreed.fields.code_sets.iter().map(|it| CodeSetsCard {
        attribute: it.field.clone(),
        sets: it
            .sets
            .iter()
            .map(|set| set.iter().map(|at| table_id(&agreed.sources[*at])).collect())
            .collect(),
    });
    sets.collect()
}

fn attribute(agreed: &Agreed<'_>, field: &Field, counts: &FieldCounts) -> AttributeCard {
    let majority = counts.majority.values().sum();
    let speaks = |number: usize| {
        let mut own = agreed.databases.iter().zip(&field.readings);
        own.any(|(database, reading)| *database == number && reading.is_some())
    };
    let databases = agreed.databases().into_iter().enumerate().zip(&counts.databases);
    let databases =
        databases.filter(|((number, _), _)| speaks(*number)).map(|((_, database), it)| DatabaseCounts {
            database: database.to_owned(),
            votes: it.votes,
            alone: it.alone,
            minority: it.minority,
            undecided: it.undecided,
            contradicts_itself: it.contradicts_itself,
        });
    AttributeCard {
        attribute: field.id.clone(),
        voted: counts.unanimous + majority + counts.undecided,
        unanimous: counts.unanimous,
        majority,
        dissenters: counts
            .majority
            .iter()
            .map(|(dissenters, entities)| (*dissenters as u64, *entities))
            .collect(),
        undecided: counts.undecided,
        databases: databases.collect(),
    }
}

/// Any two sources, the first before the second.
fn twos(sources: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..sources).flat_map(move |a| (a + 1..sources).map(move |b| (a, b)))
}

fn matrix(agreed: &Agreed<'_>) -> Vec<Meeting> {
    let sources = agreed.sources.len();
    let meeting = |(a, b): (usize, usize)| {
        let counts = agreed.counts.meetings[pair(sources, a, b)];
        Meeting {
            a: table_id(&agreed.sources[a]),
            b: table_id(&agreed.sources[b]),
            both: counts.both,
            compared: counts.compared,
            differ: counts.differ,
        }
    };
    twos(sources).map(meeting).collect()
}

fn pairs(agreed: &Agreed<'_>, field: &Field, counts: &FieldCounts) -> Vec<PairCard> {
    let sources = agreed.sources.len();
    let both = twos(sources).filter(|(a, b)| field.readings[*a].is_some() && field.readings[*b].is_some());
    let card = |(a, b): (usize, usize)| {
        let counts = counts.pairs[pair(sources, a, b)];
        PairCard {
            attribute: field.id.clone(),
            a: table_id(&agreed.sources[a]),
            b: table_id(&agreed.sources[b]),
            both: counts.agree + counts.disagree + counts.lacking + counts.unknown,
            agree: counts.agree,
            disagree: counts.disagree,
            lacking: counts.lacking,
            unknown: counts.unknown,
        }
    };
    both.map(card).collect()
}
