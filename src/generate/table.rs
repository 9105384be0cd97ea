//! All rows of a table: proposed, mended until no rule finds fault with any, and no two share what they must not.

use std::collections::{BTreeMap, BTreeSet};

use super::field::{self, DAY, Field};
use super::group::{self, Group, Thing};
use super::mend::Mending;
use super::person::Person;
use super::place::Places;
use super::random::Random;
use super::row::{Link, Rows, gender_text};
use super::{Problem, Request, names_a_parent};
use crate::engine::rehearsal::{Rehearsal, Row, Together};
use crate::rule::{Demand, Reference, Table};
use crate::say;

/// A table with rows that satisfy its rules.
pub struct Made {
    pub id: String,
    pub fields: Vec<Field>,
    pub groups: Vec<Group>,
    pub links: Vec<Link>,
    pub rows: Vec<Row>,
    pub rehearsal: Rehearsal,
}

impl Made {
    pub fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The person that a row of this table describes, whose number stands in a column.
    pub fn person(&self, column: usize, id: &str) -> Option<Person> {
        let row = self.rows.iter().find(|row| row[column].as_deref() == Some(id))?;
        let group = self
            .groups
            .iter()
            .find(|group| group.thing == Thing::Person && group.columns.contains(&column))?;
        let cell = |role: &str| {
            let at = group.columns.iter().copied().find(|&at| self.fields[at].role == role)?;
            Some((&self.fields[at], row[at].as_deref()?))
        };
        let (field, text) = cell("birth_date")?;
        let birth = i32::try_from(field.units(text)?.div_euclid(DAY)).ok()?;
        let holder = crate::format::vn::cccd::holder(id);
        let female = match (cell("gender"), holder) {
            (Some((field, text)), _) => gender_text(field, true) == text,
            (None, holder) => holder?.female,
        };
        let name = cell("person_name").map_or_else(String::new, |(_, name)| name.to_owned());
        (!name.is_empty()).then(|| Person { id: id.to_owned(), name, female, birth })
    }
}

/// Rounds of mending before a row is begun anew, and before the table is given up.
const ANEW: usize = 40;
const ROUNDS: usize = 300;
/// Rows of a table are made in memory.
const MOST_ROWS: u64 = 10_000_000;
/// Times that all rows are compared with each other.
const SWEEPS: usize = 60;

/// Makes a table. `made` are the tables that it may refer to.
pub fn make(table: &Table, made: &[Made], places: &Places, request: &Request) -> Result<Made, Problem> {
    let fields = field::fields(table, request.as_of);
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let rehearsal = Rehearsal::new(table, &names, request.as_of);
    for (at, rule) in table.rules.iter().enumerate() {
        if let Some(why) = rehearsal.refusal(at) {
            return Err(Problem::of_rule(rule, why.clone()));
        }
    }
    let groups = group::groups(&fields);
    let mendings: Vec<Mending> = table
        .rules
        .iter()
        .enumerate()
        .map(|(at, rule)| Mending::of(rule, rehearsal.together(at), &names))
        .collect();
    let links = links(table, made, &names, &mendings);
    let fixed = (0..fields.len()).map(|at| links.iter().any(|link| link.columns.contains(&at))).collect();
    let fresh = fields.iter().filter_map(|field| field.fresh).chain(table.update_cycle).min();
    let fresh = fresh.unwrap_or(20 * 86_400);
    let rows = Rows {
        fields: &fields,
        groups: &groups,
        links: &links,
        made,
        places,
        fixed,
        as_of: request.as_of,
        fresh,
    };
    let work = Work { table, rows, rehearsal: &rehearsal, mendings };
    let rows = work.rows_of(count(table, request.rows)?, request.seed)?;
    Ok(Made { id: table.id.value.clone(), fields, groups, links, rows, rehearsal })
}

/// As many rows as wanted, within what rules ask of the table.
fn count(table: &Table, wanted: usize) -> Result<usize, Problem> {
    let mut rows = wanted as u64;
    for rule in table.rules.iter().filter(|rule| rule.when.is_none()) {
        for demand in rule.spec.demands() {
            let Demand::Rows { low, high } = demand else { continue };
            rows = rows.clamp(low, high.max(low));
            if rows > MOST_ROWS {
                return Err(Problem::of_rule(
                    rule,
                    say!(
                        "this rule asks for {rows} rows; at most {MOST_ROWS} are made",
                        "quy tắc này đòi {rows} dòng; chỉ tạo tối đa {MOST_ROWS} dòng"
                    ),
                ));
            }
        }
    }
    Ok(rows as usize)
}

fn links(table: &Table, made: &[Made], names: &[String], mendings: &[Mending]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for rule in &table.rules {
        let named = |to: &&Reference| to.database.is_none() && names_a_parent(rule);
        let Some(to) = rule.spec.refers_to().filter(named) else { continue };
        let (parent, to) = (&to.table, &to.columns);
        let columns: Vec<usize> = rule
            .spec
            .columns()
            .iter()
            .filter_map(|column| names.iter().position(|name| *name == column.value))
            .collect();
        let (at, to): (Option<usize>, Vec<usize>) = if parent.value == table.id.value {
            (None, to.iter().filter_map(|name| names.iter().position(|known| *known == name.value)).collect())
        } else {
            let Some(at) = made.iter().position(|made| made.id == parent.value) else { continue };
            (Some(at), to.iter().filter_map(|name| made[at].place(&name.value)).collect())
        };
        let taken = |column: &usize| links.iter().any(|link| link.columns.contains(column));
        if columns.len() == to.len() && !columns.is_empty() && !columns.iter().any(taken) {
            let alone = |mending: &Mending| match &mending.together {
                Some(Together::Unique(key) | Together::Group(key)) => {
                    mending.determined.is_none()
                        && !key.is_empty()
                        && key.iter().all(|at| columns.contains(at))
                }
                None => false,
            };
            let in_turn = mendings.iter().any(alone);
            links.push(Link { columns, parent: at, to, in_turn });
        }
    }
    links
}

struct Work<'w> {
    table: &'w Table,
    rows: Rows<'w>,
    rehearsal: &'w Rehearsal,
    mendings: Vec<Mending>,
}

/// A row on its way.
struct Draft {
    number: usize,
    random: Random,
    rounds: usize,
}

impl Work<'_> {
    fn rows_of(&self, count: usize, seed: u64) -> Result<Vec<Row>, Problem> {
        let mut drafts = Vec::with_capacity(count);
        let mut rows: Vec<Row> = Vec::with_capacity(count);
        for number in 0..count {
            let mut random = Random::of(seed, &self.table.id.value, number as u64);
            let row = self.rows.propose(number, &rows, &mut random);
            rows.push(row);
            drafts.push(Draft { number, random, rounds: 0 });
        }
        let mut open: Vec<usize> = (0..count).collect();
        for sweep in 0..SWEEPS {
            self.mend(&mut rows, &mut drafts, open)?;
            open = self.sweep(&mut rows, &mut drafts);
            if open.is_empty() {
                return Ok(rows);
            }
            // Where there are fewer keys than rows, there are fewer rows.
            if sweep + 1 == SWEEPS || sweep > SWEEPS / 2 && sweep % 5 == 0 {
                let spare = self.alike(&rows);
                let mut keep = (0..rows.len()).map(|at| !spare.contains(&at));
                rows.retain(|_| keep.next().unwrap_or(true));
                let mut keep = (0..drafts.len()).map(|at| !spare.contains(&at));
                drafts.retain(|_| keep.next().unwrap_or(true));
                open = (0..rows.len()).collect();
            }
        }
        self.mend(&mut rows, &mut drafts, open)?;
        let left = self.sweep(&mut rows, &mut drafts);
        if left.is_empty() { Ok(rows) } else { Err(self.keys_unsolved()) }
    }

    /// Mends the open rows until no rule that judges rows finds fault with them.
    fn mend(&self, rows: &mut [Row], drafts: &mut [Draft], mut open: Vec<usize>) -> Result<(), Problem> {
        open.iter().for_each(|&at| drafts[at].rounds = 0);
        for round in 0..ROUNDS {
            let judged: Vec<&Row> = open.iter().map(|&at| &rows[at]).collect();
            let faults = self.rehearsal.faults(&judged);
            let failing = |place: usize| -> Vec<usize> {
                let fails = |rule: &usize| faults[*rule].as_ref().is_some_and(|rows| rows.value(place));
                (0..faults.len()).filter(fails).collect()
            };
            let mut left = Vec::new();
            for (place, &at) in open.iter().enumerate() {
                let failing = failing(place);
                let Some(&rule) = drafts[at].random.pick(&failing) else { continue };
                if round + 1 == ROUNDS {
                    return Err(self.unsolved(rule));
                }
                let draft = &mut drafts[at];
                draft.rounds += 1;
                let (before, rest) = rows.split_at_mut(at);
                let Some(row) = rest.first_mut() else { continue };
                if draft.rounds.is_multiple_of(ANEW) {
                    *row = self.rows.propose(draft.number, before, &mut draft.random);
                } else {
                    self.mend_rule(rule, draft.number, before, row, &mut draft.random);
                }
                left.push(at);
            }
            if left.is_empty() {
                return Ok(());
            }
            open = left;
        }
        Ok(())
    }

    /// Does something about a rule that finds fault with a row.
    fn mend_rule(&self, rule: usize, number: usize, before: &[Row], row: &mut Row, random: &mut Random) {
        let mending = &self.mendings[rule];
        if let Some(when) = &mending.when
            && random.chance(200_000)
            && self.rows.satisfy(&when.negated(), row, random)
        {
            return;
        }
        if let (Some(seconds), [first, second, ..]) = (mending.soon, mending.columns.as_slice()) {
            let fields = self.rows.fields;
            if let Some(units) = row[*first].as_deref().and_then(|text| fields[*first].units(text)) {
                let later = units + random.between(0, i128::from(seconds)) * field::ONE;
                row[*second] = Some(fields[*second].text(later));
                return;
            }
        }
        if random.chance(850_000) && mending.by_kind(&self.rows, row, random).is_some() {
            return;
        }
        if let Some(shape) = random.pick(&mending.shapes)
            && random.chance(850_000)
            && self.rows.satisfy(shape, row, random)
        {
            return;
        }
        let Some(&column) = random.pick(&mending.columns) else { return };
        self.change(column, number, before, row, random);
    }

    /// Gives a cell another value, by its link or its group if it has one.
    fn change(&self, column: usize, number: usize, before: &[Row], row: &mut Row, random: &mut Random) {
        match self.rows.links.iter().find(|link| link.columns.contains(&column)) {
            Some(link) => {
                // Its turn has not helped.
                let link = Link { in_turn: false, ..link.clone() };
                self.rows.follow(&link, number, before, row, random);
                let times = self.rows.times(random);
                for group in self
                    .rows
                    .groups
                    .iter()
                    .filter(|group| group.columns.iter().any(|at| link.columns.contains(at)))
                {
                    self.rows.fill_group(group, &times, row, random);
                }
            }
            None => self.rows.refill(column, row, random),
        }
    }

    /// Compares all rows with each other and with the tables they refer to, changes those that are wrong, and says
    /// which these are.
    fn sweep(&self, rows: &mut [Row], drafts: &mut [Draft]) -> Vec<usize> {
        let mut changed = BTreeSet::new();
        for mending in &self.mendings {
            let Some((from, to)) = &mending.determined else { continue };
            let mut said: BTreeMap<Vec<String>, Vec<Option<String>>> = BTreeMap::new();
            for (at, row) in rows.iter_mut().enumerate() {
                let Some(key) = key(row, from) else { continue };
                let now: Vec<Option<String>> = to.iter().map(|&column| row[column].clone()).collect();
                let first = said.entry(key).or_insert_with(|| now.clone());
                if *first != now {
                    to.iter().zip(first.iter()).for_each(|(&column, text)| row[column].clone_from(text));
                    changed.insert(at);
                }
            }
        }
        for at in self.dangling(rows) {
            changed.insert(at);
            let (before, rest) = rows.split_at_mut(at);
            let Some(row) = rest.first_mut() else { continue };
            let draft = &mut drafts[at];
            for link in self.rows.links.iter().filter(|link| link.parent.is_none()) {
                self.rows.follow(link, draft.number, before, row, &mut draft.random);
            }
        }
        for (at, columns) in self.shared(rows) {
            changed.insert(at);
            let (before, rest) = rows.split_at_mut(at);
            let Some(row) = rest.first_mut() else { continue };
            let draft = &mut drafts[at];
            if let Some(&column) = draft.random.pick(&columns) {
                self.change(column, draft.number, before, row, &mut draft.random);
            }
        }
        changed.into_iter().collect()
    }

    /// Rows that refer to no row of their own table.
    fn dangling(&self, rows: &[Row]) -> Vec<usize> {
        let mut found = Vec::new();
        for link in self.rows.links.iter().filter(|link| link.parent.is_none()) {
            let known: BTreeSet<Vec<String>> = rows.iter().filter_map(|row| key(row, &link.to)).collect();
            let lost = |row: &Row| key(row, &link.columns).is_some_and(|key| !known.contains(&key));
            found.extend(rows.iter().enumerate().filter(|(_, row)| lost(row)).map(|(at, _)| at));
        }
        found
    }

    /// Rows whose key some row before them has, with the columns of the key.
    fn shared(&self, rows: &[Row]) -> Vec<(usize, Vec<usize>)> {
        let mut found = Vec::new();
        for mending in self.mendings.iter().filter(|mending| mending.determined.is_none()) {
            let Some(Together::Unique(columns) | Together::Group(columns)) = &mending.together else {
                continue;
            };
            let mut seen = BTreeSet::new();
            for (at, row) in rows.iter().enumerate().filter(|_| !columns.is_empty()) {
                if key(row, columns).is_some_and(|key| !seen.insert(key)) {
                    found.push((at, columns.clone()));
                }
            }
        }
        found
    }

    fn alike(&self, rows: &[Row]) -> BTreeSet<usize> {
        self.shared(rows).into_iter().map(|(at, _)| at).collect()
    }

    fn unsolved(&self, rule: usize) -> Problem {
        let rule = &self.table.rules[rule];
        let table = &self.table.id.value;
        Problem::of_rule(
            rule,
            say!(
                "no rows of table `{table}` were found that satisfy this rule and all others",
                "không tạo được dòng nào của bảng `{table}` thỏa quy tắc này cùng mọi quy tắc khác"
            ),
        )
    }

    fn keys_unsolved(&self) -> Problem {
        let table = &self.table.id.value;
        Problem {
            place: None,
            what: say!(
                "no rows of table `{table}` were found whose keys are distinct and whose references exist",
                "không tạo được các dòng của bảng `{table}` có khóa khác nhau và tham chiếu đúng"
            ),
        }
    }
}

/// The values of some columns; `None` if one is absent.
pub fn key(row: &Row, columns: &[usize]) -> Option<Vec<String>> {
    columns.iter().map(|&column| row[column].clone()).collect()
}
