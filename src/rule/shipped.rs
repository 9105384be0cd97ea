//! The rule packs that ship: whole rule files, each for one database of the catalogue (`packs` in `rules/catalog.yaml`).

/// A pack by the name of its file in `rules/vn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pack {
    pub name: &'static str,
    pub text: &'static str,
}

macro_rules! packs {
    ($($name:literal)*) => {
        &[$(Pack { name: $name, text: include_str!(concat!("../../rules/vn/", $name, ".yaml")) }),*]
    };
}

/// All packs: population, the eleven priority databases in the order of the Resolution, and four more.
pub const PACKS: &[Pack] = packs!(
    "population" "land" "finance" "education" "civil_status" "health" "goods" "construction" "asset_income"
    "admin_violations" "agriculture" "social_security" "business_registration" "insurance" "civil_servants"
    "bank_credit"
);

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
