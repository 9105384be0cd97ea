//! What a run needs of the catalogue, without reading it whole: that takes longer than scoring a small table.

/// A line for each database of `rules/catalog.yaml`: id, agency, weight, title. A test says what it must be.
const INDEX: &str = include_str!("../../../rules/catalog.tsv");

/// A database as the catalogue has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: &'static str,
    pub agency: &'static str,
    pub weight: u32,
    pub title: &'static str,
}

/// The database of that id.
pub fn listed(id: &str) -> Option<Listed> {
    INDEX.lines().filter_map(read).find(|listed| listed.id == id)
}

fn read(line: &'static str) -> Option<Listed> {
    let mut cells = line.splitn(4, '\t');
    let (id, agency, weight, title) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    Some(Listed { id, agency, weight: weight.parse().ok()?, title })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Catalog;
    use std::fmt::Write as _;

    #[test]
    fn the_index_says_what_the_catalogue_says() {
        let mut right = String::new();
        for entry in Catalog::shipped().entries() {
            writeln!(right, "{}\t{}\t{}\t{}", entry.id, entry.agency, entry.weight, entry.title()).unwrap();
        }
        if right != INDEX {
            let path = std::env::temp_dir().join("catalog.tsv");
            std::fs::write(&path, right).unwrap();
            panic!("rules/catalog.yaml has changed: copy {} to rules/catalog.tsv", path.display());
        }
        assert_eq!(INDEX.lines().count(), INDEX.lines().filter_map(read).count());
    }
}
