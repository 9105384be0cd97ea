//! Groups of databases that somebody names: provinces, sectors, whatever is to be compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::is_id;
use super::node;
use super::reader::Reader;
use crate::base::Diagnostic;
use crate::base::diagnostic::SourceText;
use crate::say;

/// Databases by group.
pub type Groups = BTreeMap<String, Vec<String>>;

/// Reads a file of groups: a map of each group's id to a list of databases. No database is in two.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(file: &Arc<SourceText>) -> Result<Groups, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut reader = Reader::new(Arc::clone(file));
    let mut groups = Groups::new();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (name, node) in reader.entries(&tree).unwrap_or_default() {
        let id = &name.value;
        if !is_id(id) {
            reader.error(&name.span, say!("`{id}` cannot be an id", "`{id}` không thể làm mã"));
        }
        for database in reader.texts(node) {
            let other = known.insert(database.value.clone(), id.clone());
            if let Some(other) = other {
                let name = &database.value;
                let what = say!(
                    "`{name}` is in the groups `{other}` and `{id}`",
                    "`{name}` có trong cả hai nhóm `{other}` và `{id}`"
                );
                reader.error(&database.span, what);
            }
            groups.entry(id.clone()).or_default().push(database.value);
        }
    }
    if reader.diagnostics.is_empty() { Ok(groups) } else { Err(reader.diagnostics) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<Groups, Vec<String>> {
        let file = Arc::new(SourceText { name: "groups.yaml".to_owned(), text: text.to_owned() });
        read(&file).map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    #[test]
    fn groups_are_lists_of_databases_and_share_none() {
        let groups = said("ha_noi: [a, b]\nhue: c\n").unwrap();
        assert_eq!(groups["ha_noi"], ["a", "b"]);
        assert_eq!(groups["hue"], ["c"]);
        let wrong = said("ha_noi: [a, b]\nhue: [b, b]\n\"x y\": [d]\n").unwrap_err();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert_eq!(said("- a\n").unwrap_err().len(), 1);
    }
}
