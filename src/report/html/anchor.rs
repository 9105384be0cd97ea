//! What the parts of the page are called, for links from elsewhere: `#t-TABLE`, `#r-TABLE-RULE`; where there are several
//! databases `#d-DATABASE`, `#t-DATABASE-TABLE`, `#r-DATABASE-TABLE-RULE`.

use std::collections::BTreeSet;

use crate::score::Scorecard;
use crate::score::scorecard::{DatabaseCard, TableCard};

/// Characters of a name; ids of rules are rarely longer.
const LONGEST: usize = 120;

/// Of a database.
pub struct Anchors {
    pub database: String,
    pub tables: Vec<TableAnchors>,
}

pub struct TableAnchors {
    pub table: String,
    pub rules: Vec<String>,
}

impl Anchors {
    /// Of all databases of a card. Different parts never have the same name.
    pub fn of(card: &Scorecard) -> Vec<Self> {
        let mut taken = BTreeSet::new();
        let several = card.databases.len() > 1;
        let mut anchors = Vec::with_capacity(card.databases.len());
        for database in &card.databases {
            let scope = if several { slug(&database.id) + "-" } else { String::new() };
            anchors.push(Self::database(&scope, database, &mut taken));
        }
        anchors
    }

    fn database(scope: &str, database: &DatabaseCard, taken: &mut BTreeSet<String>) -> Self {
        let name = free(format!("d-{}", slug(&database.id)), taken);
        let table = |table: &TableCard| {
            let id = format!("{scope}{}", slug(&table.id));
            let name = free(format!("t-{id}"), taken);
            let rules = table.rules.iter().map(|rule| free(format!("r-{id}-{}", slug(&rule.id)), taken));
            TableAnchors { rules: rules.collect(), table: name }
        };
        Self { tables: database.tables.iter().map(table).collect(), database: name }
    }

    /// The table of that id, and a rule of it.
    pub fn find(&self, database: &DatabaseCard, table: &str, rule: Option<&str>) -> Option<&str> {
        let at = database.tables.iter().position(|it| it.id == table)?;
        let anchors = self.tables.get(at)?;
        let Some(rule) = rule else { return Some(&anchors.table) };
        let at = database.tables[at].rules.iter().position(|it| it.id == rule)?;
        anchors.rules.get(at).map(String::as_str)
    }
}

/// `#name`
pub fn link(anchor: &str) -> String {
    format!("#{anchor}")
}

/// `#t-TABLE` or `#r-TABLE-RULE`, on the page of one database. Of parts that are called the same the first is meant.
pub fn within(table: &str, rule: Option<&str>) -> String {
    let table = slug(table);
    rule.map_or_else(|| format!("#t-{table}"), |rule| format!("#r-{table}-{}", slug(rule)))
}

/// Letters, digits, `_`, `.` as they are, everything else as `-`.
pub fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
    text.chars().take(LONGEST).map(plain).collect()
}

/// The name, or where it is taken already with a number behind it.
pub fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut found = name.clone();
    let mut n = 1_u64;
    while !taken.insert(found.clone()) {
        n += 1;
        found = format!("{name}-{n}");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_never_the_same() {
        let mut taken = BTreeSet::new();
        assert_eq!(slug("đăng ký/“x”<y>"), "đăng-ký--x--y-");
        assert_eq!(free("t-a".to_owned(), &mut taken), "t-a");
        assert_eq!(free("t-a".to_owned(), &mut taken), "t-a-2");
        assert_eq!(free("t-a".to_owned(), &mut taken), "t-a-3");
    }
}
