//! Columns that speak of one thing: a person, a place, an organisation. They are filled together, so that a number
//! agrees with a birth and a commune lies in its province.

use super::field::Field;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Person,
    Place,
    Organisation,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub thing: Thing,
    /// Whose: mother, seller …; empty for the record's subject.
    pub of: String,
    pub columns: Vec<usize>,
}

fn thing(role: &str) -> Option<Thing> {
    Some(match role {
        "person_id" | "person_name" | "birth_date" | "partial_birth_date" | "gender" => Thing::Person,
        "commune" | "province" | "address" | "place" => Thing::Place,
        "organisation_id" | "tax_code" | "organisation_name" => Thing::Organisation,
        _ => return None,
    })
}

/// The groups among some columns. A role that comes again begins a new thing, of which nobody has said whose it is.
pub fn groups(fields: &[Field]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let Some(thing) = thing(&field.role) else { continue };
        let known = groups.iter_mut().rev().find(|group| group.thing == thing && group.of == field.of);
        match known {
            Some(group) if field.role == "partial_birth_date" => group.columns.push(at),
            Some(group) if group.columns.iter().all(|&other| fields[other].role != field.role) => {
                group.columns.push(at);
            }
            _ => groups.push(Group { thing, of: field.of.clone(), columns: vec![at] }),
        }
    }
    groups
}

/// The gender that a word for a person says.
pub fn gender(of: &str) -> Option<bool> {
    match of {
        "me" | "vo" | "mother" | "wife" => Some(true),
        "cha" | "bo" | "chong" | "father" | "husband" => Some(false),
        _ => None,
    }
}
