//! One row: filled by proposals, then mended where rules find fault with it.

use super::field::{DAY, Field, Units};
use super::group::{self, Group, Thing};
use super::organisation::Organisation;
use super::person::Person;
use super::place::{Place, Places};
use super::random::Random;
use super::solve::{Move, Solver};
use super::table::Made;
use super::value::{self, Times};
use crate::engine::rehearsal::Row;
use crate::kernel::expression::Shape;
use crate::kernel::text::canonical;

/// Columns that hold a key of another table, or of the same one.
#[derive(Clone, Debug)]
pub struct Link {
    pub columns: Vec<usize>,
    /// Among the tables that are made; `None` is the table itself.
    pub parent: Option<usize>,
    /// The columns over there, in the same order.
    pub to: Vec<usize>,
    /// Every parent is taken in turn, because the key must be unique here too.
    pub in_turn: bool,
}

/// What rows of one table are made by.
pub struct Rows<'r> {
    pub fields: &'r [Field],
    pub groups: &'r [Group],
    pub links: &'r [Link],
    pub made: &'r [Made],
    pub places: &'r Places,
    /// Columns of links, which only links fill.
    pub fixed: Vec<bool>,
    pub as_of: i64,
    /// The greatest age in seconds of an update.
    pub fresh: u64,
}

/// Cells of optional columns that stay empty, in millionths.
const EMPTY: u64 = 100_000;

impl Rows<'_> {
    pub fn today(&self) -> i32 {
        i32::try_from(i128::from(self.as_of).div_euclid(DAY)).unwrap_or(0)
    }

    pub fn times(&self, random: &mut Random) -> Times {
        Times::new(self.as_of.into(), self.fresh, random)
    }

    /// A row with a proposal in every cell. `number` is its place in the table, `earlier` are the rows before it.
    pub fn propose(&self, number: usize, earlier: &[Row], random: &mut Random) -> Row {
        let times = self.times(random);
        let mut row: Row = vec![None; self.fields.len()];
        for link in self.links {
            self.follow(link, number, earlier, &mut row, random);
        }
        for group in self.groups {
            self.fill_group(group, &times, &mut row, random);
        }
        for at in 0..self.fields.len() {
            if !self.fixed[at] && !self.groups.iter().any(|group| group.columns.contains(&at)) {
                self.fill(at, false, &times, &mut row, random);
            }
        }
        row
    }

    /// Takes the key of some parent.
    pub fn follow(&self, link: &Link, number: usize, earlier: &[Row], row: &mut Row, random: &mut Random) {
        let optional = link.columns.iter().all(|&column| !self.fields[column].required);
        let parents = link.parent.map_or(earlier, |at| self.made[at].rows.as_slice());
        if optional && !link.in_turn && random.chance(EMPTY) || parents.is_empty() {
            link.columns.iter().for_each(|&column| row[column] = None);
            return;
        }
        let at = if link.in_turn { number } else { random.place(parents.len()) };
        let parent = &parents[at % parents.len()];
        for (&column, &to) in link.columns.iter().zip(&link.to) {
            row[column].clone_from(&parent[to]);
        }
    }

    /// Fills the cells of a group anew.
    pub fn fill_group(&self, group: &Group, times: &Times, row: &mut Row, random: &mut Random) {
        match group.thing {
            Thing::Person => {
                let person = self.person(group, row, random);
                self.write_person(group, &person, times, row, random);
            }
            Thing::Place => {
                let place = self.places.any(random);
                self.write_group(group, times, row, random, |role, random| place_text(role, place, random));
            }
            Thing::Organisation => {
                let organisation = Organisation::new(random);
                self.write_group(group, times, row, random, |role, _| match role {
                    "organisation_name" => organisation.name.clone(),
                    _ => organisation.tax_code.clone(),
                });
            }
        }
    }

    /// The person of a group: the one whose number is there already by a link, or somebody new.
    fn person(&self, group: &Group, row: &Row, random: &mut Random) -> Person {
        let female = group::gender(&group.of);
        let linked = group.columns.iter().find(|&&at| self.fields[at].role == "person_id" && self.fixed[at]);
        let known = linked.and_then(|&at| {
            let id = row[at].as_deref()?;
            let link = self.links.iter().find(|link| link.columns.contains(&at))?;
            let place = link.columns.iter().position(|&column| column == at)?;
            let parent = link.parent.map(|parent| &self.made[parent])?;
            parent.person(link.to[place], id).or_else(|| Person::with_number(id, self.today(), random))
        });
        known.unwrap_or_else(|| Person::new(female, self.today(), random))
    }

    fn write_person(
        &self,
        group: &Group,
        person: &Person,
        times: &Times,
        row: &mut Row,
        random: &mut Random,
    ) {
        let fields = self.fields;
        for &at in &group.columns {
            let field = &fields[at];
            let text = match field.role.as_str() {
                "person_id" => person.id.clone(),
                "person_name" => person.name.clone(),
                "birth_date" if field.is_time() => field.text(Units::from(person.birth) * DAY),
                "birth_date" => crate::kernel::date_format::format_date(person.birth),
                "partial_birth_date" => crate::kernel::date_format::civil(person.birth).0.to_string(),
                _ => gender_text(field, person.female),
            };
            self.put(at, text, times, row, random);
        }
    }

    fn write_group(
        &self,
        group: &Group,
        times: &Times,
        row: &mut Row,
        random: &mut Random,
        text: impl Fn(&str, &mut Random) -> String,
    ) {
        for &at in &group.columns {
            let text = text(&self.fields[at].role, random);
            self.put(at, text, times, row, random);
        }
    }

    /// Writes a cell of a group, unless a link has; something else, where rules want that.
    fn put(&self, at: usize, text: String, times: &Times, row: &mut Row, random: &mut Random) {
        let field = &self.fields[at];
        if self.fixed[at] {
            return;
        }
        if !field.required && random.chance(EMPTY) {
            row[at] = None;
        } else if value::fits(field, &text) {
            row[at] = Some(text);
        } else {
            row[at] = value::value(field, times, random);
        }
        self.repeat(at, row);
    }

    /// Fills one cell by itself.
    pub fn fill(&self, at: usize, force: bool, times: &Times, row: &mut Row, random: &mut Random) {
        let field = &self.fields[at];
        row[at] = if !force && !field.required && random.chance(EMPTY) {
            None
        } else {
            value::value(field, times, random)
        };
        self.repeat(at, row);
    }

    /// Writes what a list says of a code where it is repeated.
    fn repeat(&self, at: usize, row: &mut Row) {
        let field = &self.fields[at];
        let (Some(list), Some(code)) = (&field.list, row[at].clone()) else { return };
        let Some(slot) = list.find(&canonical(&code)) else { return };
        let entries = &list.entries()[slot.positions()];
        let today = self.today();
        let Some(entry) = entries.iter().find(|entry| entry.in_force(today)).or(entries.last()) else {
            return;
        };
        for &(column, attribute) in &field.repeats {
            if let Some(text) = entry.attributes.get(attribute).filter(|text| !text.is_empty()) {
                row[column] = Some(text.clone());
            }
        }
    }

    /// Fills a cell, and with it all cells of its group.
    pub fn refill(&self, at: usize, row: &mut Row, random: &mut Random) {
        let times = self.times(random);
        match self.groups.iter().find(|group| group.columns.contains(&at)) {
            Some(group) => {
                self.fill_group(group, &times, row, random);
                if row[at].is_none() && !self.fixed[at] {
                    self.fill_group(group, &times, row, random);
                }
            }
            None if !self.fixed[at] => self.fill(at, true, &times, row, random),
            None => {}
        }
    }

    /// Does something by which a shape may become true. `false` if its shape does not tell what.
    pub fn satisfy(&self, shape: &Shape, row: &mut Row, random: &mut Random) -> bool {
        let solver = Solver { fields: self.fields, fixed: &self.fixed, as_of: self.as_of };
        match solver.solve(shape, row, random) {
            Some(Move::Write(at, text)) => {
                row[at] = Some(text);
                self.repeat(at, row);
                self.settle(at, row, random);
            }
            Some(Move::Empty(at)) => row[at] = None,
            Some(Move::Fill(at)) => self.refill(at, row, random),
            None => return false,
        }
        true
    }

    /// A new birth date or gender makes a new personal number.
    fn settle(&self, at: usize, row: &mut Row, random: &mut Random) {
        let Some(group) = self.groups.iter().find(|group| group.columns.contains(&at)) else { return };
        let find =
            |role: &str| group.columns.iter().copied().find(|&column| self.fields[column].role == role);
        let Some(id) = find("person_id").filter(|&id| !self.fixed[id] && id != at) else { return };
        let birth = find("birth_date").and_then(|birth| {
            let units = self.fields[birth].units(row[birth].as_deref()?)?;
            i32::try_from(units.div_euclid(DAY)).ok()
        });
        let female = find("gender").and_then(|gender| {
            let text = row[gender].as_deref()?;
            [true, false].into_iter().find(|&female| gender_text(&self.fields[gender], female) == text)
        });
        if row[id].is_none() || birth.is_none() && female.is_none() {
            return;
        }
        let mut person = Person::new(female, self.today(), random);
        if let Some(birth) = birth {
            person = Person::born(person.female, birth, random);
        }
        row[id] = Some(person.id);
    }
}

fn place_text(role: &str, place: Place, random: &mut Random) -> String {
    match role {
        "commune" => place.commune.to_owned(),
        "province" => place.province.to_owned(),
        _ => Places::address(place, random),
    }
}

/// How a column writes a gender: as the rule about personal numbers says, or as its list has it.
pub fn gender_text(field: &Field, female: bool) -> String {
    let fold = |text: &str| text.to_lowercase();
    let usual: &[&str] =
        if female { &["nữ", "nu", "female", "f", "2"] } else { &["nam", "male", "m", "1"] };
    let said = field.genders.as_ref().map(|(women, men)| if female { women } else { men });
    let said: Vec<String> = match said {
        Some(words) => words.iter().map(|word| fold(word)).collect(),
        None => usual.iter().map(|&word| word.to_owned()).collect(),
    };
    let codes = field.list.iter().flat_map(|list| list.entries()).map(|entry| entry.code.as_str());
    let listed = codes.into_iter().find(|code| said.contains(&fold(code)));
    match (listed, &field.genders) {
        (Some(code), _) => code.to_owned(),
        (None, Some((women, men))) => (if female { women } else { men }).first().cloned().unwrap_or_default(),
        (None, None) => (if female { "Nữ" } else { "Nam" }).to_owned(),
    }
}
