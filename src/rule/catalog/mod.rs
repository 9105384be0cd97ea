//! The catalogue of databases (`rules/catalog.yaml`): which databases the agencies answer for, and what each weighs.

mod adopt;
mod check;
mod index;
pub use index::listed;
mod read;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use sha2::{Digest as _, Sha256};

pub use self::adopt::adopt;
pub use self::words::{Archetype, Group, Kind, Match};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Text, suggest};
use crate::extract::system;
use crate::kernel::text::bare;
use crate::say;

/// Larger than any catalogue.
const MAX_BYTES: u64 = 16 << 20;

/// Weight of a priority database and of the entries that it consists of.
pub const PRIORITY_WEIGHT: u32 = 3;

const SHIPPED: &str = include_str!("../../../rules/catalog.yaml");

/// Names by their ids, in the order of the file.
pub type Names = Vec<(String, String)>;

#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// First 12 hexadecimal digits of the SHA-256 of its text.
    pub hash: String,
    /// The texts that it rests on.
    pub sources: Names,
    pub groups: Vec<(Group, String)>,
    /// All agencies that are named, also those without a database in the list.
    pub agencies: Vec<Agency>,
    /// The priority databases of Appendix II.
    pub priority: Vec<Entry>,
    /// Rule packs, each with the id of the database that it is written for.
    pub packs: Names,
    pub enterprises: Names,
    pub other_systems: Vec<OtherSystem>,
}

#[derive(Clone, Debug)]
pub struct Agency {
    pub id: String,
    pub name: Text,
    /// Ids of enterprises.
    pub partners: Vec<String>,
    pub databases: Vec<Entry>,
}

/// A database of the catalogue: one of Appendix I, or a priority database.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    pub slug: Option<String>,
    /// As printed.
    pub name: String,
    /// With an obvious slip repaired.
    pub name_fixed: Option<String>,
    pub agency: String,
    /// The list that it stands in; priority databases stand in none.
    pub group: Option<Group>,
    pub kind: Kind,
    pub archetype: Archetype,
    /// The rule pack that is about it, wholly or in part.
    pub pack: Option<String>,
    /// Another entry that seems to cover the same records.
    pub overlaps: Option<String>,
    pub priority: Option<Priority>,
    /// In roll-ups: 3, 2 or 1.
    pub weight: u32,
}

/// What Appendix II says of a database.
#[derive(Clone, Debug)]
pub struct Priority {
    pub deadline: String,
    pub matched: Match,
    /// Ids of the entries that it consists of.
    pub entries: Vec<String>,
    pub related: Vec<String>,
    pub task: String,
    /// What later texts say.
    pub later: Option<Text>,
}

/// A database or system that the texts name besides.
#[derive(Clone, Debug)]
pub struct OtherSystem {
    pub id: String,
    pub name: String,
    pub agency: Option<String>,
    /// The entry that is meant.
    pub entry: Option<String>,
    pub deadline: Option<String>,
    pub figure: Option<String>,
    /// Ids of sources.
    pub named_in: Vec<String>,
}

impl Entry {
    /// The name as a title: repaired, and without the mark that closes it in the list.
    pub fn title(&self) -> &str {
        self.name_fixed.as_ref().unwrap_or(&self.name).trim_end_matches(['.', ';', ' '])
    }
}

impl Catalog {
    /// The catalogue that comes with the program. It decides titles, agencies and weights.
    pub fn shipped() -> &'static Self {
        static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
            let file = SourceText { name: "rules/catalog.yaml".to_owned(), text: SHIPPED.to_owned() };
            // A test reads it, so there is always one.
            read::parse(&Arc::new(file)).unwrap_or_default()
        });
        &CATALOG
    }

    /// Reads another catalogue.
    ///
    /// # Errors
    /// Everything that is wrong with it, each at its place.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let name = path.display().to_string();
        let failed = |reason: Text| {
            let (en, vi) = (reason.en, reason.vi);
            vec![Diagnostic::error(say!(
                "catalogue `{name}` cannot be read: {en}",
                "không đọc được danh mục CSDL `{name}`: {vi}"
            ))]
        };
        let size = std::fs::metadata(path).map_err(|error| failed(system(&error)))?.len();
        if size > MAX_BYTES {
            return Err(failed(say!("it is larger than any catalogue", "tệp lớn hơn mọi danh mục")));
        }
        let bytes = std::fs::read(path).map_err(|error| failed(system(&error)))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| failed(say!("it is not UTF-8 text", "không phải văn bản UTF-8")))?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        read::parse(&Arc::new(SourceText { name, text }))
    }

    fn hash_of(text: &str) -> String {
        Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether this is not the catalogue that ships.
    pub fn is_edited(&self) -> bool {
        self.hash != Self::shipped().hash
    }

    /// The databases of Appendix I, agency by agency.
    pub fn databases(&self) -> impl Iterator<Item = &Entry> {
        self.agencies.iter().flat_map(|agency| &agency.databases)
    }

    /// The databases of Appendix I and the priority databases.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.databases().chain(&self.priority)
    }

    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries().find(|entry| entry.id == id)
    }

    pub fn agency(&self, id: &str) -> Option<&Agency> {
        self.agencies.iter().find(|agency| agency.id == id)
    }

    /// The id that a typing error most likely meant.
    pub fn closest(&self, id: &str) -> Option<&str> {
        let ids = || self.entries().map(|entry| entry.id.as_str());
        // A lost zero, which to other names would be another number.
        let digits = id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let padded = format!("{}{:0>2}", id[..digits].to_lowercase(), &id[digits..]);
        ids().find(|known| *known == padded).or_else(|| suggest::closest(id, ids()))
    }

    /// The id of the database that a pack is written for.
    pub fn main_of(&self, pack: &str) -> Option<&str> {
        self.packs.iter().find(|(name, _)| name == pack).map(|(_, id)| id.as_str())
    }

    /// The priority database that an entry is a part of.
    pub fn priority_of(&self, id: &str) -> Option<&Entry> {
        self.priority
            .iter()
            .find(|entry| entry.priority.as_ref().is_some_and(|p| p.entries.iter().any(|part| part == id)))
    }

    /// The entries that a priority database consists of; of others, nothing.
    pub fn parts_of(&self, id: &str) -> &[String] {
        let found = self.priority.iter().find(|entry| entry.id == id);
        found.and_then(|entry| entry.priority.as_ref()).map_or(&[], |priority| &priority.entries)
    }

    /// Whether each phrase occurs in the entry's id, slug or names, or in its agency's. Capitals and diacritics do not
    /// matter.
    pub fn matches(&self, entry: &Entry, phrases: &[String]) -> bool {
        let mut words = vec![entry.id.as_str(), entry.name.as_str(), entry.agency.as_str()];
        words.extend(entry.slug.as_deref());
        words.extend(entry.name_fixed.as_deref());
        if let Some(agency) = self.agency(&entry.agency) {
            words.extend([agency.name.vi.as_str(), agency.name.en.as_str()]);
        }
        let text = bare(&words.join(" | "));
        phrases.iter().all(|phrase| text.contains(&bare(phrase)))
    }
}
