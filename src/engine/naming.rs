//! What an extract calls a column that the rule file declares.

use indexmap::IndexMap;

use crate::base::naming::in_any_style;
use crate::rule::Table;

/// Columns of a file by the name that the rule file has for them, where the two differ, and declared columns that more
/// than one column of the file could be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// From the file's name to the declared one.
    pub renamed: IndexMap<String, String>,
    /// A declared column, and the one-based places of the columns that it could be.
    pub ambiguous: Vec<(String, Vec<usize>)>,
}

/// Finds the declared columns of `table` among the names of a file: first by the name itself, then by its aliases, and
/// in any style of writing where the rule file says so.
pub fn naming(table: &Table, found: &[String]) -> Naming {
    let mut naming = Naming::default();
    let declared = |name: &str| table.column(name).is_some();
    for column in &table.columns {
        let name = &column.name.value;
        if found.contains(name) {
            continue;
        }
        let known = || std::iter::once(name).chain(&column.aliases);
        let is_it = |found: &String| {
            column.aliases.contains(found)
                || table.any_naming && known().any(|name| in_any_style(name) == in_any_style(found))
        };
        let places: Vec<usize> = found
            .iter()
            .enumerate()
            .filter(|(_, name)| !declared(name) && is_it(name))
            .map(|(at, _)| at)
            .collect();
        match places.as_slice() {
            [] => {}
            [only] => {
                naming.renamed.insert(found[*only].clone(), name.clone());
            }
            several => {
                naming.ambiguous.push((name.clone(), several.iter().map(|at| at + 1).collect()));
            }
        }
    }
    naming
}
