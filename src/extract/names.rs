//! Names of columns: each stands for one column, or for none.

use std::collections::{HashMap, HashSet};

use super::Finding;
use crate::base::Level;
use crate::say;

/// Positions named in a message.
const LISTED: usize = 10;

/// A file's columns by names that differ.
pub struct Names {
    pub names: Vec<String>,
    /// Names that several columns have. None of them is called so: nobody can tell which is meant.
    pub repeated: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Names {
    /// Numbers columns of one name, calls those without a name by their position, and says where.
    pub fn of(fields: &[String]) -> Self {
        let nameless = |field: &String| field.trim().is_empty();
        // Also the names by position, so that no number makes another name one of them.
        let positions = fields.iter().enumerate().filter(|(_, field)| nameless(field));
        let mut taken: HashSet<String> =
            positions.map(|(index, _)| format!("column_{}", index + 1)).collect();
        taken.extend(fields.iter().cloned());
        let mut times: HashMap<&str, usize> = HashMap::new();
        for field in fields {
            *times.entry(field).or_default() += 1;
        }
        let (mut repeats, mut empty, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
        // The next number to try for a name: a header of one name repeated must not take quadratic time.
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut fresh = |wanted: &str| loop {
            let number = numbers.entry(wanted.to_owned()).or_default();
            *number += 1;
            let name = format!("{wanted}_{number}");
            if taken.insert(name.clone()) {
                return name;
            }
        };
        let mut met = HashSet::new();
        let names = fields.iter().enumerate().map(|(index, field)| {
            let position = index + 1;
            if nameless(field) {
                empty.push(position);
                let name = format!("column_{position}");
                if times.contains_key(name.as_str()) { fresh(&name) } else { name }
            } else if times.get(field.as_str()) > Some(&1) {
                repeats.push(position);
                if met.insert(field) {
                    repeated.push(field.clone());
                }
                fresh(field)
            } else {
                field.clone()
            }
        });
        let names = names.collect();
        let mut findings = Vec::new();
        if !repeats.is_empty() {
            let at = listed(&repeats);
            findings.push(Finding::of_file(
                Level::Error,
                "names.repeated",
                say!(
                    "several columns have one name (columns {at}); nobody can tell which is meant, so what rules say of \
                     that name is unknown",
                    "nhiều cột trùng tên (cột {at}); không rõ tên đó chỉ cột nào nên quy tắc dùng tên đó không đo được"
                ),
            ));
        }
        if !empty.is_empty() {
            let (count, at) = (empty.len(), listed(&empty));
            findings.push(Finding {
                count: count as u64,
                ..Finding::of_file(
                    Level::Error,
                    "names.empty",
                    say!(
                        "the header has no name for column {at}; it is called by its position",
                        "tiêu đề không có tên cho cột {at}; cột được gọi theo vị trí"
                    ),
                )
            });
        }
        Self { names, repeated, findings }
    }
}

/// The first positions of a list.
fn listed(positions: &[usize]) -> String {
    let shown = positions.iter().take(LISTED).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if positions.len() > LISTED { shown + ", …" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[&str]) -> Names {
        Names::of(&fields.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn names_become_unique_and_a_repeated_one_is_nobodys() {
        let plain = of(&["a", "b"]);
        assert_eq!((plain.names, plain.findings.len()), (vec!["a".into(), "b".into()], 0));
        let mixed = of(&["a", "", "a", "a_2", "a", " ", "column_2"]);
        assert_eq!(mixed.names, ["a_1", "column_2_1", "a_3", "a_2", "a_4", "column_6", "column_2"]);
        assert_eq!(mixed.repeated, ["a"]);
        let found: Vec<_> = mixed.findings.iter().map(|f| (f.code, f.count)).collect();
        assert_eq!(found, [("names.repeated", 1), ("names.empty", 2)]);
        assert!(mixed.findings[0].what.en.contains("(columns 1, 3, 5)"));
        assert_eq!(of(&["column", "", "column"]).names, ["column_1", "column_2", "column_3"]);
        assert_eq!(of(&["", "column_1"]).names, ["column_1_1", "column_1"]);
        let many: Vec<String> = vec!["x".into(); 16_000];
        assert_eq!(Names::of(&many).names.last().map(String::as_str), Some("x_16000"));
    }
}
