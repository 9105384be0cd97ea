//! Which codes may be named: those of lists.

use std::collections::{BTreeMap, BTreeSet};

use super::CodesShape;
use crate::kernel::text::chars_len;
use crate::rule::code_list::CodeList;
use crate::rule::{Column, Table};

/// More different values than code lists have; the national list of communes, of all times, is shorter.
pub(super) const MOST: usize = 20_000;
/// A code that is on no list is named if so many rows of the table have it and it is no longer than that: it is no slip,
/// and nobody's name.
const ROWS: u64 = 10;
const LONGEST: usize = 16;

/// A role of columns that hold codes: its name, the built-in list of the nation, and well-known ways to write such codes,
/// each with the codes that go together.
type CodeRole = (&'static str, Option<&'static str>, &'static [&'static [&'static str]]);

const COUNTRIES: &[&[&str]] = &[&["VN"], &["VNM"], &["Việt Nam"], &["704"]];

const ROLES: [CodeRole; 19] = [
    (
        "gender",
        None,
        &[
            &["Nam", "Nữ", "Khác"],
            &["nam", "nữ"],
            &["NAM", "NỮ"],
            &["0", "1", "2", "3", "9"],
            &["M", "F"],
            &["Male", "Female"],
        ],
    ),
    ("ethnic_group", Some("vn.ethnic_group"), &[&["Kinh"]]),
    ("religion", None, &[]),
    ("nationality", None, COUNTRIES),
    ("country", None, COUNTRIES),
    ("province", Some("vn.province"), &[]),
    ("commune", Some("vn.commune"), &[]),
    ("old_commune", None, &[]),
    ("land_use", Some("vn.land_use"), &[]),
    ("bank_bin", Some("vn.bank_bin"), &[]),
    ("code", None, &[]),
    (
        "flag",
        None,
        &[&["0", "1"], &["true", "false"], &["có", "không"], &["Có", "Không"], &["Y", "N"], &["x"]],
    ),
    ("currency", None, &[&["VND", "USD", "EUR"], &["VNĐ"]]),
    ("vsic", None, &[]),
    ("procedure_code", None, &[]),
    ("envelope_event", None, &[&["NEW", "UPDATE", "CANCEL"]]),
    ("result", None, &[]),
    ("icd10", None, &[]),
    ("year", None, &[]),
];

/// The ways in which codes of a role are usually written, each with the codes that go together.
pub fn usual(role: &str) -> &'static [&'static [&'static str]] {
    ROLES.iter().find(|(name, ..)| *name == role).map_or(&[], |(.., usual)| *usual)
}

/// The nation's own list for a role.
pub fn national(role: &str) -> Option<CodeList> {
    let (_, builtin, _) = ROLES.iter().find(|(name, ..)| *name == role)?;
    CodeList::builtin((*builtin)?)
}

/// Whether a column holds codes, so far as the rule file says.
pub(super) fn holds_codes(column: &Column) -> bool {
    let role = column.role.map(|role| role.name);
    column.code_list.is_some() || role.is_some_and(|role| ROLES.iter().any(|(name, ..)| *name == role))
}

/// Whether parts of a table may be made by the values of a column. Those of free text are shown to nobody, unless he asks
/// for it.
pub(super) fn makes_parts(column: &Column, reveal: bool) -> bool {
    !column.personal && (reveal || holds_codes(column))
}

/// The list that a column declares.
fn declared_list<'t>(column: &Column, table: &'t Table) -> Option<&'t CodeList> {
    let name = &column.code_list.as_ref()?.value;
    let mut lists = table.rules.iter().flat_map(|rule| rule.spec.code_lists());
    lists.find(|list| list.name == *name)
}

/// The lists that columns of a table declare, with their codes in force.
pub(super) fn declared_lists(table: &Table, day: i32) -> BTreeMap<String, BTreeSet<String>> {
    let lists = table.columns.iter().filter_map(|column| declared_list(column, table));
    let in_force = |list: &CodeList| {
        list.entries().iter().filter(|entry| entry.in_force(day)).map(|entry| entry.code.clone()).collect()
    };
    lists.map(|list| (list.name.clone(), in_force(list))).collect()
}

/// Codes that are nobody's: those of the declared list, of the nation's, and other well-known ones.
fn known_codes(column: &Column, table: &Table) -> BTreeSet<String> {
    let role = column.role.map_or("", |role| role.name);
    let national = national(role);
    let lists = declared_list(column, table).into_iter().chain(&national);
    let mut known: BTreeSet<String> =
        lists.flat_map(|list| list.entries()).map(|entry| entry.code.clone()).collect();
    known.extend(usual(role).iter().copied().flatten().map(|code| (*code).to_owned()));
    known
}

/// Which codes of a column may be named. It is decided for the table as a whole: the same rows name the same codes,
/// however they are split into files and parts.
pub(super) struct Nameable {
    known: BTreeSet<String>,
    /// On no list, and named all the same.
    frequent: BTreeSet<String>,
    reveal: bool,
}

impl Nameable {
    /// For a column whose codes were counted in all rows of the table.
    pub fn of(column: &Column, table: &Table, counted: &BTreeMap<String, u64>, reveal: bool) -> Self {
        let is_frequent =
            |code: &str, count: u64| !column.personal && count >= ROWS && chars_len(code) <= LONGEST;
        let frequent = counted.iter().filter(|(code, count)| is_frequent(code, **count));
        let frequent = frequent.map(|(code, _)| code.clone()).collect();
        Self { known: known_codes(column, table), frequent, reveal }
    }

    pub fn names(&self, code: &str) -> bool {
        self.reveal || self.known.contains(code) || self.frequent.contains(code)
    }

    /// The codes that were counted, as far as they may be named.
    pub fn codes(&self, counted: &BTreeMap<String, u64>, too_many: bool) -> CodesShape {
        let mut shape = CodesShape { too_many, ..CodesShape::default() };
        for (code, &count) in counted.iter().filter(|_| !too_many) {
            *shape.widths.entry(chars_len(code) as u64).or_default() += 1;
            if self.known.contains(code) {
                shape.listed.insert(code.clone(), count);
            } else if self.names(code) {
                shape.others.insert(code.clone(), count);
            } else {
                shape.unnamed += 1;
                shape.unnamed_values += count;
            }
        }
        shape
    }
}
