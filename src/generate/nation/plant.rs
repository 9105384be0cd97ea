//! Chooses records for defects, so that no two defects meet in a record, a person or a group.

use std::collections::{BTreeMap, BTreeSet};

use crate::generate::random::Random;

use super::sheet::Sheet;

/// A table: its database, and its name there.
pub type At = (&'static str, &'static str);

/// A kind of defect, and how one is planted. `None` where no record is left for it.
pub struct Class {
    pub name: &'static str,
    pub plant: fn(&mut Planter) -> Option<Planted>,
}

/// A rule that must find a defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub table: At,
    pub rule: String,
    /// What it adds to the rule's failing count.
    pub fails: usize,
}

/// A defect: where it was put, and what must find it.
#[derive(Clone, Debug)]
pub struct Planted {
    pub class: &'static str,
    pub table: At,
    /// Its place among all rows that were ever there; `None` where it is that something is not there.
    pub row: Option<usize>,
    pub columns: &'static [&'static str],
    pub found: Vec<Finding>,
}

impl Planted {
    pub const fn new(table: At, row: Option<usize>, columns: &'static [&'static str]) -> Self {
        Self { class: "", table, row, columns, found: Vec::new() }
    }

    /// A rule of the spoilt table finds it, as one failing unit.
    pub fn by(self, rule: &str) -> Self {
        self.times(rule, 1)
    }

    pub fn times(self, rule: &str, fails: usize) -> Self {
        let table = self.table;
        self.elsewhere(table, rule, fails)
    }

    pub fn elsewhere(mut self, table: At, rule: &str, fails: usize) -> Self {
        self.found.push(Finding { table, rule: rule.to_owned(), fails });
        self
    }
}

/// Columns whose values mean the same person or thing in every table.
const SHARED: [&str; 4] = ["so_dinh_danh", "ma_so", "ma_don_vi", "so_gcn"];

pub struct Planter {
    sheets: Vec<Sheet>,
    /// Residents who are there twice, the first and the second time.
    doubles: Vec<(usize, usize)>,
    taken: BTreeSet<String>,
    /// Rows chosen in each table.
    chosen: BTreeMap<At, usize>,
    planted: Vec<Planted>,
    seed: u64,
    pub random: Random,
}

impl Planter {
    pub fn new(sheets: Vec<Sheet>, doubles: Vec<(usize, usize)>, seed: u64) -> Self {
        let random = Random::of(seed, "defects", 0);
        Self {
            sheets,
            doubles,
            taken: BTreeSet::new(),
            chosen: BTreeMap::new(),
            planted: Vec::new(),
            seed,
            random,
        }
    }

    /// Every class has a stream of choices of its own, so that a new one leaves the others where they were.
    pub fn plant(&mut self, class: &Class, number: usize) {
        self.random = Random::of(self.seed, class.name, number as u64);
        if let Some(planted) = (class.plant)(self) {
            self.planted.push(Planted { class: class.name, ..planted });
        }
    }

    pub fn done(self) -> (Vec<Sheet>, Vec<Planted>) {
        (self.sheets, self.planted)
    }

    pub fn sheet(&self, table: At) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| (sheet.database, sheet.table) == table)
    }

    pub fn get(&self, table: At, row: usize, column: &str) -> String {
        self.sheet(table).map_or_else(String::new, |sheet| sheet.get(row, column).to_owned())
    }

    /// A new number is taken as the one before it was: nothing else may happen to the record.
    pub fn set(&mut self, table: At, row: usize, column: &str, value: Option<String>) {
        if SHARED.contains(&column) {
            self.taken.extend(value.clone());
        }
        if let Some(sheet) = self.of(table) {
            sheet.set(row, column, value);
        }
    }

    pub fn remove(&mut self, table: At, row: usize) {
        if let Some(sheet) = self.of(table) {
            sheet.remove(row);
        }
    }

    pub fn remove_all(&mut self, table: At, fits: impl Fn(&Sheet, usize) -> bool) {
        if let Some(sheet) = self.of(table) {
            let gone: Vec<usize> = (0..sheet.length()).filter(|&row| fits(sheet, row)).collect();
            gone.into_iter().for_each(|row| sheet.remove(row));
        }
    }

    pub fn repeat(&mut self, table: At, row: usize) -> Option<usize> {
        self.of(table).map(|sheet| sheet.repeat(row))
    }

    pub fn find(&self, table: At, column: &str, value: &str) -> Option<usize> {
        self.sheet(table)?.find(column, value)
    }

    /// Some row whose `subject` no defect has touched, and that fits. Whatever the subject is, it is taken then. Half of a
    /// table's rows are left alone, so that none is emptied.
    pub fn pick(&mut self, table: At, subject: &str, fits: impl Fn(&Sheet, usize) -> bool) -> Option<usize> {
        let length = self.sheet(table)?.length();
        let chosen = self.chosen.get(&table).copied().unwrap_or(0);
        if chosen * 2 >= length {
            return None;
        }
        let start = self.random.place(length);
        let sheet = self.sheet(table)?;
        let rows = (start..sheet.length()).chain(0..start);
        let row = rows.into_iter().find(|&row| {
            sheet.is_there(row)
                && !self.taken.contains(&name(table, subject, sheet.get(row, subject)))
                && fits(sheet, row)
        })?;
        let taken = name(table, subject, sheet.get(row, subject));
        self.taken.insert(taken);
        self.chosen.insert(table, chosen + 1);
        Some(row)
    }

    /// A resident who is there a second time, both of whom are taken then.
    pub fn double(&mut self, table: At) -> Option<usize> {
        let (first, second) = self.doubles.pop()?;
        for row in [first, second] {
            let number = self.get(table, row, "so_dinh_danh");
            self.taken.insert(name(table, "so_dinh_danh", &number));
        }
        Some(second)
    }

    /// Some row, whether taken or not.
    pub fn any(&mut self, table: At, fits: impl Fn(&Sheet, usize) -> bool) -> Option<usize> {
        let start = self.random.place(self.sheet(table)?.length());
        let sheet = self.sheet(table)?;
        (start..sheet.length()).chain(0..start).find(|&row| sheet.is_there(row) && fits(sheet, row))
    }

    fn of(&mut self, table: At) -> Option<&mut Sheet> {
        self.sheets.iter_mut().find(|sheet| (sheet.database, sheet.table) == table)
    }
}

fn name(table: At, subject: &str, value: &str) -> String {
    if SHARED.contains(&subject) { value.to_owned() } else { format!("{}.{}.{value}", table.0, table.1) }
}
