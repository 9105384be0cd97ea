//! Floor 9: synthetic extracts that satisfy all rules of their rule files, and defects that break them on purpose.
//!
//! Values are proposed column by column (`value`) and thing by thing (`person`, `place`, `organisation`); the rules
//! themselves then say which rows are wrong (`engine::rehearsal`), and these are changed until none is. So a kind of
//! rule that says nothing of what it demands is satisfied too, if only by trying.

mod defect;
mod field;
mod group;
mod inject;
mod mend;
mod names;
pub mod nation;
mod organisation;
mod pattern;
mod person;
mod place;
mod random;
mod row;
mod solve;
mod spoil;
mod table;
mod value;
mod write;

pub use defect::{Defect, Kind as DefectKind, Rates};
pub use write::{Form, list};

use crate::base::{Place, Text};
use crate::rule::{Database, Rule, Table};
use crate::say;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Request {
    /// Rows of each table, unless its rules ask for other numbers or there are fewer keys.
    pub rows: usize,
    pub seed: u64,
    /// Microseconds of local time; the extract is as of then.
    pub as_of: i64,
    pub rates: Rates,
    pub form: Form,
}

/// The files of one database, and what is wrong in them on purpose.
#[derive(Clone, Debug, Default)]
pub struct Extract {
    /// Paths below the database's folder, and contents; in the order of the rule file.
    pub files: Vec<(String, Vec<u8>)>,
    /// By table and row.
    pub defects: Vec<Defect>,
}

/// Why no extract can be made.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The rule that stands in the way.
    pub place: Option<Place>,
    pub what: Text,
}

impl Problem {
    fn of_rule(rule: &Rule, what: Text) -> Self {
        Self { place: Some(rule.place.clone()), what }
    }
}

/// Makes the extract of a database.
///
/// # Errors
/// [`Problem`] when no rows were found that satisfy a rule, or a table cannot be written as wanted.
pub fn generate(database: &Database, request: &Request) -> Result<Extract, Problem> {
    let today = i32::try_from(request.as_of.div_euclid(86_400_000_000)).unwrap_or(0);
    let places = place::Places::on(today);
    let order = in_order(&database.tables);
    let mut made = Vec::new();
    for table in &order {
        made.push(table::make(table, &made, &places, request)?);
    }
    let mut extract = Extract::default();
    for table in &database.tables {
        let Some(at) = order.iter().position(|other| other.id.value == table.id.value) else { continue };
        let found = inject::inject(table, &mut made, at, &request.rates, request.seed, request.as_of);
        extract.defects.extend(found);
    }
    for table in &database.tables {
        let id = &table.id.value;
        let Some(made) = made.iter().find(|made| made.id == *id) else { continue };
        let problem = |what| Problem {
            place: Some(Place {
                file: std::sync::Arc::clone(&database.file),
                span: table.files.span.clone(),
            }),
            what,
        };
        let extension = request.form.extension();
        let path = write::path(table, request.form).ok_or_else(|| {
            problem(say!(
                "no file name ending in .{extension} fits the `files` of table `{id}`",
                "không có tên tệp đuôi .{extension} nào khớp `files` của bảng `{id}`"
            ))
        })?;
        let bytes = write::bytes(table, made, request.form)
            .ok_or_else(|| problem(say!("table `{id}` cannot be written", "không ghi được bảng `{id}`")))?;
        extract.files.push((path, bytes));
    }
    Ok(extract)
}

/// Whether values come from the table that a rule refers to. Rules that count rows of it, or expect its values, do not say so.
fn names_a_parent(rule: &Rule) -> bool {
    let asked = rule.spec.asks();
    rule.spec.other_side().is_none()
        && (rule.spec.lists().is_none() || asked.is_some_and(|asked| asked.question.names_a_parent()))
}

/// Tables after those that they refer to. Where they refer to each other in a ring, the ring is cut.
fn in_order(tables: &[Table]) -> Vec<&Table> {
    fn visit<'t>(table: &'t Table, tables: &'t [Table], seen: &mut Vec<&'t str>, order: &mut Vec<&'t Table>) {
        if seen.contains(&table.id.value.as_str()) {
            return;
        }
        seen.push(&table.id.value);
        for rule in &table.rules {
            let parent = rule
                .spec
                .refers_to()
                .filter(|to| to.database.is_none() && names_a_parent(rule))
                .and_then(|to| tables.iter().find(|table| table.id.value == to.table.value));
            if let Some(parent) = parent {
                visit(parent, tables, seen, order);
            }
        }
        order.push(table);
    }
    let (mut seen, mut order) = (Vec::new(), Vec::new());
    tables.iter().for_each(|table| visit(table, tables, &mut seen, &mut order));
    order
}
