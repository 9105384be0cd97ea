//! The rule packs that ship: whole rule files, each for one database of the catalogue (`packs` in `rules/catalog.yaml`).

/// A pack by the name of its file in `rules/vn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    pub name: &'static str,
    pub text: &'static str,
}

/// One line a pack: `pack!("population"),`.
#[allow(unused_macros, reason = "until the first pack is listed")]
macro_rules! pack {
    ($name:literal) => {
        Pack { name: $name, text: include_str!(concat!("../../rules/vn/", $name, ".yaml")) }
    };
}

/// All packs, in the order of the catalogue.
pub const PACKS: &[Pack] = &[];

/// The pack of that name.
pub fn find(name: &str) -> Option<&'static Pack> {
    PACKS.iter().find(|pack| pack.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Catalog;

    #[test]
    fn every_pack_that_ships_is_in_the_catalogue() {
        let catalog = Catalog::shipped();
        for pack in PACKS {
            let main =
                catalog.main_of(pack.name).unwrap_or_else(|| panic!("{} is in no catalogue", pack.name));
            assert!(
                pack.text.lines().any(|line| line.trim_end() == format!("database: {main}")),
                "{}",
                pack.name
            );
        }
    }
}
