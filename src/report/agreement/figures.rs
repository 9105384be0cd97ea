//! The figures of an agreement as CSV: one line for each, so that any program can filter and pivot them.

use crate::report::rows::Cell;
use crate::report::rows::csv::{BOM, line};
use crate::score::agreement::{Agreement, EntityAgreement, TableId};

const HEADER: [&str; 8] =
    ["entity", "figure", "attribute", "database", "table", "other_database", "other_table", "count"];

/// What a figure is about.
#[derive(Clone, Copy, Default)]
struct About<'a> {
    attribute: &'a str,
    database: &'a str,
    table: &'a str,
    other: Option<&'a TableId>,
}

impl<'a> About<'a> {
    fn of(attribute: &'a str, table: &'a TableId, other: Option<&'a TableId>) -> Self {
        Self { attribute, database: &table.database, table: &table.table, other }
    }
}

pub fn csv(agreement: &Agreement) -> Vec<u8> {
    let mut out = BOM.to_vec();
    let header: Vec<Cell> = HEADER.iter().map(|name| Cell::Text((*name).to_owned())).collect();
    out.extend(line(&header).into_bytes());
    for entity in &agreement.entities {
        let mut add = |figure: &str, about: About<'_>, count: u64| {
            let (other_database, other_table) =
                about.other.map_or(("", ""), |other| (other.database.as_str(), other.table.as_str()));
            let names = [
                &entity.entity,
                figure,
                about.attribute,
                about.database,
                about.table,
                other_database,
                other_table,
            ];
            let mut cells: Vec<Cell> = names.iter().map(|name| Cell::Text((*name).to_owned())).collect();
            cells.push(Cell::Number(count.to_string()));
            out.extend(line(&cells).into_bytes());
        };
        of(entity, &mut add);
    }
    out
}

fn of(entity: &EntityAgreement, add: &mut dyn FnMut(&str, About<'_>, u64)) {
    for it in &entity.sources {
        let about = About::of("", &it.table, None);
        add("rows", about, it.rows);
        add("without_identifier", about, it.without_identifier);
        add("damaged", about, it.damaged);
        add("entities", about, it.entities);
        add("short_identifiers", about, it.short);
    }
    for it in &entity.overlap {
        add(&format!("in_{}_databases", it.databases), About::default(), it.entities);
    }
    let summary = &entity.summary;
    for (figure, count) in [
        ("shared", summary.shared),
        ("agreeing", summary.agreeing),
        ("conflicting", summary.conflicting),
        ("unknown", summary.unknown),
        ("nothing_compared", summary.nothing_compared),
    ] {
        add(figure, About::default(), count);
    }
    for it in &entity.attributes {
        let about = About { attribute: &it.attribute, ..About::default() };
        add("voted", about, it.voted);
        add("unanimous", about, it.unanimous);
        for (dissenters, count) in &it.dissenters {
            add(&format!("majority_against_{dissenters}"), about, *count);
        }
        add("undecided", about, it.undecided);
        for database in &it.databases {
            let about = About { database: &database.database, ..about };
            add("votes", about, database.votes);
            add("alone", about, database.alone);
            add("minority", about, database.minority);
            add("undecided", about, database.undecided);
            add("contradicts_itself", about, database.contradicts_itself);
        }
    }
    for it in &entity.matrix {
        let about = About::of("", &it.a, Some(&it.b));
        add("both", about, it.both);
        add("compared", about, it.compared);
        add("differ", about, it.differ);
    }
    for it in &entity.pairs {
        let about = About::of(&it.attribute, &it.a, Some(&it.b));
        add("both", about, it.both);
        add("agree", about, it.agree);
        add("disagree", about, it.disagree);
        add("lacking", about, it.lacking);
        add("unknown", about, it.unknown);
    }
    for it in &entity.collected_again {
        let columns = it.columns.join(" ");
        let about = About::of(&columns, &it.table, Some(&it.reference_table));
        add("again_compared", about, it.compared);
        add("again_agree", about, it.agree);
        add("again_values", about, it.values);
    }
}
