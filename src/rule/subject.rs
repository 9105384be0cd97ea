//! Whom or what the records of a table speak of, by the roles of its columns: by which column, and what they say of them.
//!
//! Nothing is guessed: where roles leave it open which column is meant, none is, and the reason is told.

use super::code_list::CodeList;
use super::kind::Words;
use super::table::{Column, Table};
use crate::base::Text;
use crate::base::naming::in_any_style;
use crate::kernel::ColumnType;
use crate::kernel::likeness::Likeness;
use crate::say;

/// A sort of entity that several databases may speak of.
#[derive(Debug)]
pub struct Subject {
    /// As on the command line.
    pub id: &'static str,
    /// Several of them, within a sentence.
    pub name: Words,
    /// Roles of the columns that identify one, the best first.
    pub identifiers: &'static [&'static str],
    /// Fewer digits are those of an identifier that has lost zeros before it.
    pub width: Option<u32>,
    /// The rule pack of the catalogue whose database is the reference.
    pub reference: &'static str,
    /// The roles of what is compared.
    roles: &'static [&'static str],
}

/// Of places and ways to reach somebody.
macro_rules! person_and_organisation {
    ($($role:literal),*) => { &[$($role,)* "phone", "email", "commune", "province"] };
}

pub static SUBJECTS: &[Subject] = &[
    Subject {
        id: "person",
        name: Words { en: "persons", vi: "người" },
        identifiers: &["person_id"],
        width: Some(12),
        reference: "population",
        roles: person_and_organisation![
            "person_name",
            "birth_date",
            "partial_birth_date",
            "death_date",
            "gender",
            "ethnic_group",
            "religion",
            "nationality",
            "old_person_id",
            "passport",
            "social_insurance_id",
            "health_card",
            "driving_licence",
            "tax_code",
            "country"
        ],
    },
    Subject {
        id: "organisation",
        name: Words { en: "organisations", vi: "tổ chức" },
        identifiers: &["organisation_id", "tax_code"],
        width: Some(10),
        reference: "business_registration",
        roles: person_and_organisation!["organisation_name", "agency_id", "vsic"],
    },
    Subject {
        id: "parcel",
        name: Words { en: "land parcels", vi: "thửa đất" },
        identifiers: &["parcel_id"],
        width: None,
        reference: "land",
        roles: &["area", "land_use", "commune", "province"],
    },
    Subject {
        id: "land_certificate",
        name: Words { en: "land certificates", vi: "giấy chứng nhận quyền sử dụng đất" },
        identifiers: &["land_certificate"],
        width: None,
        reference: "land",
        roles: &["document_number", "issue_date"],
    },
    Subject {
        id: "vehicle",
        name: Words { en: "vehicles", vi: "phương tiện" },
        identifiers: &["plate"],
        width: None,
        // No database of the catalogue has a pack of its own for them.
        reference: "",
        roles: &["vin"],
    },
];

/// What a table says of its subjects.
#[derive(Clone, Debug)]
pub struct Speaks {
    /// The column that identifies them.
    pub identifier: String,
    /// Whose it is, where the subject is not that of the record.
    pub of: Option<String>,
    /// What the roles of columns say, in the order of the subject's roles.
    pub attributes: Vec<Attribute>,
    /// Columns that only their names can tell to be the same as others.
    pub others: Vec<Other>,
}

/// What a table says of its subjects by the role of a column.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub id: &'static str,
    pub likeness: Likeness,
    /// Its values are codes of a list, which others may number otherwise.
    pub listed: bool,
    /// More than one where a table keeps a date and parts of it.
    pub columns: Vec<String>,
    /// Codes that the column may have, and what its list says of each.
    pub codes: Option<Codes>,
}

/// Codes of a list as cells have them.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    pub codes: Vec<i128>,
    /// What the list says of the codes, in their order: by the name of its column.
    pub labels: Vec<(String, Vec<Option<i128>>)>,
}

/// A column without a role by which it could be compared.
#[derive(Clone, Debug)]
pub struct Other {
    pub column: String,
    /// Its names, each without regard to the style of writing.
    pub names: Vec<String>,
    pub likeness: Likeness,
    pub ty: Option<ColumnType>,
}

/// A column that is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub column: String,
    pub why: Text,
}

/// What was found out of a table.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub speaks: Option<Speaks>,
    pub left_out: Vec<LeftOut>,
}

/// Roles whose values are codes of a list. Numbers of papers are compared as codes, too, but digits in one database and
/// letters in another are different papers.
const LISTED: [&str; 9] = [
    "gender",
    "ethnic_group",
    "religion",
    "nationality",
    "country",
    "commune",
    "province",
    "vsic",
    "land_use",
];

/// Roles that say when a record was made or sent, or which record it is: they differ between databases, and should.
const OF_THE_RECORD: [&str; 15] = [
    "record_id",
    "reference",
    "envelope_id",
    "envelope_event",
    "envelope_version",
    "source_time",
    "written_time",
    "recorded_at",
    "updated_at",
    "asked_at",
    "answer_due",
    "answered_at",
    "due_date",
    "period",
    "result",
];

impl Subject {
    pub fn find(id: &str) -> Option<&'static Self> {
        SUBJECTS.iter().find(|subject| subject.id == id)
    }

    /// What a table says of such subjects; nothing if none of its columns identifies one.
    pub fn of(&self, table: &Table) -> Found {
        let mut found = Found::default();
        let Some(identifier) = self.identifier(table, &mut found.left_out) else { return found };
        let owned = table.columns.iter().filter(|column| column.of == identifier.of);
        let owned: Vec<&Column> = owned.filter(|column| column.name.value != identifier.name.value).collect();
        let mut speaks = Speaks {
            identifier: identifier.name.value.clone(),
            of: identifier.of.clone(),
            attributes: Vec::new(),
            others: Vec::new(),
        };
        let mut taken: Vec<&str> = Vec::new();
        for role in self.roles {
            let (id, likeness) = compared(role);
            let columns: Vec<&Column> = owned.iter().copied().filter(|it| is(it, role)).collect();
            match (columns.as_slice(), speaks.attributes.iter_mut().find(|known| known.id == id)) {
                ([], _) => {}
                (parts, Some(known)) => {
                    known.columns.extend(parts.iter().map(|part| part.name.value.clone()))
                }
                (several, _) if several.len() > 1 && likeness != Likeness::PartialDate => {
                    found.left_out.extend(several.iter().map(|column| not_told_apart(column, role)));
                    continue;
                }
                (several, None) => speaks.attributes.push(Attribute {
                    id,
                    likeness,
                    listed: LISTED.contains(role),
                    columns: several.iter().map(|column| column.name.value.clone()).collect(),
                    codes: several
                        .first()
                        .filter(|_| LISTED.contains(role))
                        .and_then(|column| Codes::of(column, table, likeness)),
                }),
            }
            taken.extend(columns.iter().map(|column| column.name.value.as_str()));
        }
        let free = owned.iter().filter(|column| !taken.contains(&column.name.value.as_str()));
        speaks.others =
            free.filter(|column| !self.is_of_the_record(column)).map(|it| Other::of(it)).collect();
        found.speaks = Some(speaks);
        found
    }

    /// The column by which a record speaks of a subject: the one in the table's key, else the record's own, else the
    /// only one.
    fn identifier<'t>(&self, table: &'t Table, left_out: &mut Vec<LeftOut>) -> Option<&'t Column> {
        let all: Vec<&Column> = self
            .identifiers
            .iter()
            .flat_map(|role| table.columns.iter().filter(move |column| is(column, role)))
            .collect();
        let in_key = |column: &&&Column| table.key.iter().any(|key| key.value == column.name.value);
        let own: Vec<&Column> = all.iter().copied().filter(|column| column.of.is_none()).collect();
        let keyed: Vec<&Column> = all.iter().filter(in_key).copied().collect();
        // Of the record's own the best role counts: the number of an enterprise before the tax code beside it.
        let best = own.first().and_then(|first| first.role);
        let best: Vec<&Column> = own
            .into_iter()
            .filter(|column| column.role.map(|it| it.name) == best.map(|it| it.name))
            .collect();
        let chosen = [keyed, best, all.clone()].into_iter().find_map(|columns| match columns.as_slice() {
            [only] => Some(*only),
            _ => None,
        });
        let others = all.iter().filter(|column| chosen.is_none_or(|it| it.name.value != column.name.value));
        left_out.extend(others.map(|column| {
            let why = match (chosen, &column.of) {
                (None, _) => say!(
                    "several columns identify somebody, and neither the table's `key` nor `of` tells whom the record is about",
                    "có nhiều cột định danh, mà `key` của bảng và `of` đều không cho biết bản ghi nói về đối tượng nào"
                ),
                (Some(_), Some(of)) => {
                    say!("it is about somebody else (`of: {of}`)", "cột nói về đối tượng khác (`of: {of}`)")
                }
                (Some(chosen), None) => {
                    let chosen = &chosen.name.value;
                    say!("the records are told apart by `{chosen}`", "bản ghi được phân biệt theo `{chosen}`")
                }
            };
            LeftOut { column: column.name.value.clone(), why }
        }));
        chosen
    }

    fn is_of_the_record(&self, column: &Column) -> bool {
        column.role.is_some_and(|role| {
            OF_THE_RECORD.contains(&role.name) || role.name == "text" || self.identifiers.contains(&role.name)
        })
    }
}

fn is(column: &Column, role: &str) -> bool {
    column.role.is_some_and(|own| own.name == role)
}

fn not_told_apart(column: &Column, role: &str) -> LeftOut {
    let why = say!(
        "several columns have the role `{role}`; say with `of` which of them are about something else",
        "có nhiều cột mang vai trò `{role}`; hãy dùng `of` cho biết cột nào nói về việc khác"
    );
    LeftOut { column: column.name.value.clone(), why }
}

/// What a role says, and how its values are compared.
fn compared(role: &'static str) -> (&'static str, Likeness) {
    let code = |pad: u32| Likeness::Code { pad: (pad > 0).then_some(pad) };
    match role {
        "person_name" | "organisation_name" | "email" => (role, Likeness::Name),
        "birth_date" | "partial_birth_date" => ("birth_date", Likeness::PartialDate),
        "death_date" | "issue_date" => (role, Likeness::PartialDate),
        "phone" => (role, Likeness::Phone),
        "commune" => (role, code(5)),
        "province" | "ethnic_group" => (role, code(2)),
        "social_insurance_id" => (role, code(10)),
        "old_person_id" => (role, code(9)),
        "area" => (role, Likeness::Exact),
        _ => (role, code(0)),
    }
}

impl Codes {
    /// Of the list that a column declares; some rule goes by it.
    fn of(column: &Column, table: &Table, likeness: Likeness) -> Option<Self> {
        let name = &column.code_list.as_ref()?.value;
        let lists = table.rules.iter().flat_map(|rule| rule.spec.code_lists());
        let list: &CodeList = lists.into_iter().find(|list| list.name == *name)?;
        let codes = list.entries().iter().filter_map(|entry| likeness.code(&entry.code)).collect::<Vec<_>>();
        let label = |at: usize| {
            let of =
                list.entries().iter().map(|entry| entry.attributes.get(at).filter(|label| !label.is_empty()));
            of.map(|label| likeness.code(label?)).collect()
        };
        let labels = list.attributes.iter().enumerate().map(|(at, name)| (name.clone(), label(at))).collect();
        (!codes.is_empty()).then_some(Self { codes, labels })
    }
}

impl Other {
    fn of(column: &Column) -> Self {
        let names = std::iter::once(&column.name.value).chain(&column.aliases);
        let likeness = match column.ty {
            None | Some(ColumnType::Text) => Likeness::Name,
            Some(_) => Likeness::Exact,
        };
        Self {
            column: column.name.value.clone(),
            names: names.map(|name| in_any_style(name)).collect(),
            likeness,
            ty: column.ty,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::role::Role;

    #[test]
    fn subjects_are_made_of_roles() {
        for subject in SUBJECTS {
            assert!(
                subject.identifiers.iter().chain(subject.roles).all(|role| Role::find(role).is_some()),
                "{}",
                subject.id
            );
            assert_eq!(Subject::find(subject.id).map(|found| found.id), Some(subject.id));
            assert!(
                subject.reference.is_empty()
                    || crate::rule::Catalog::shipped().main_of(subject.reference).is_some()
            );
        }
        assert!(OF_THE_RECORD.iter().chain(&LISTED).all(|role| Role::find(role).is_some()));
        assert!(LISTED.iter().all(|role| matches!(compared(role).1, Likeness::Code { .. })));
    }
}
