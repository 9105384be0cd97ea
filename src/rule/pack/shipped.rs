//! The packs that come with the program, from `rules/core`.

macro_rules! core {
    ($($name:literal)*) => {
        &[$((concat!("core/", $name), include_str!(concat!("../../../rules/core/", $name, ".yaml")))),*]
    };
}

/// Core packs by id, `core/common` being what all others include.
pub const CORE: &[(&str, &str)] = core!(
    "common" "person-register" "organisation-register" "asset-register" "transaction" "case-file" "code-list" "document"
    "sensor" "portal" "messages"
);

/// The text of a core pack.
pub fn find(id: &str) -> Option<&'static str> {
    CORE.iter().find(|(name, _)| *name == id).map(|(_, text)| *text)
}
