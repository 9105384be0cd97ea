//! What was found of a package, as plain data: `thuocdo.package/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checksum::Algorithm;
use super::names::is_invisible;
use crate::base::Text;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.package/1";

/// What follows from the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything was checked, and nothing is wrong.
    Sound,
    /// Nothing is known to be wrong, but something could not be checked.
    Incomplete,
    /// Something is wrong.
    Rejected,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The package is rejected.
    Wrong,
    /// Something could not be checked.
    Unknown,
    /// Worth knowing, and no fault.
    Note,
}

/// Kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The ZIP is none, contradicts itself, or cannot be unpacked.
    Damaged,
    /// Something cannot be read, or only by other programs.
    Unread,
    /// A file is encrypted.
    Encrypted,
    /// A link, which leads to something else.
    Link,
    /// Neither a file nor a folder.
    NotAFile,
    /// A name that leads out of the package, or means different things on different systems.
    UnsafeName,
    /// Names that are one and the same on some systems.
    NameClash,
    /// There is no list of files.
    NoManifest,
    /// A list of files cannot be understood.
    Manifest,
    /// A file is listed and not there.
    Missing,
    /// A file is there and not listed.
    Unlisted,
    /// A file has another size than its list says.
    Size,
    /// A file has other content than its list says.
    Checksum,
    /// Its list gives no checksum that can be checked.
    NoChecksum,
    /// The checksum shows accidents; somebody who wants to can make another file with it.
    WeakChecksum,
    /// A name is written in another Unicode form in the list than in the package, or in a ZIP that does not say how.
    NameForm,
    /// A file that was taken for messages is not well-formed JSON.
    NotJson,
    /// JSON that is no message.
    NotAMessage,
    /// An object has a name twice: readers differ in which value they take.
    RepeatedName,
    /// The structure is not that of the schema.
    Structure,
    /// A message is larger or nested deeper than this program looks into.
    TooLarge,
    /// A file of messages has none.
    NoMessages,
    /// A signature beside a list of files; it was not checked.
    Signature,
    /// Files whose content was not looked at.
    LeftToScore,
}

/// Something about the package or one of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub level: Level,
    pub code: Code,
    /// The file; empty if it is about the package as a whole.
    pub file: String,
    /// The line of the first occurrence, from 1.
    pub line: Option<u64>,
    /// JSON Pointer of the first occurrence. Names that no schema knows are `*`: they may be values.
    pub pointer: Option<String>,
    /// The rule of the schema that is broken: the schema's name and a JSON Pointer into it.
    pub rule: Option<String>,
    /// How often.
    pub count: u64,
    /// What is wrong, without any value of the data.
    pub text: Text,
}

impl Finding {
    pub fn new(level: Level, code: Code, file: &str, text: Text) -> Self {
        Self { level, code, file: file.to_owned(), line: None, pointer: None, rule: None, count: 1, text }
    }
}

/// How a list of files is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManifestForm {
    /// `PhanPhoi` of an exchange message.
    Message,
    /// Lines of a checksum and a name.
    Sums,
}

/// A list of files that was gone by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestCard {
    pub path: String,
    pub form: ManifestForm,
    /// Files that it lists.
    pub entries: u64,
}

/// A schema that messages were held to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaCard {
    pub name: String,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// A checksum that a list states of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChecksumCard {
    pub algorithm: Algorithm,
    /// Whether the content has it.
    pub matches: bool,
}

/// Messages of a file, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessageCounts {
    /// Messages that were met.
    pub messages: u64,
    /// Of these, with something wrong.
    pub wrong: u64,
    /// Of these, not wrong as far as could be checked.
    pub unchecked: u64,
}

impl MessageCounts {
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.wrong += other.wrong;
        self.unchecked += other.unchecked;
    }
}

/// A file of the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileCard {
    pub path: String,
    /// As unpacked; absent if it could not be read.
    pub bytes: Option<u64>,
    /// SHA-256 of its content; absent if it could not be read.
    pub sha256: Option<String>,
    /// Whether a list of files names it.
    pub listed: bool,
    pub checksums: Vec<ChecksumCard>,
    /// If it was taken for messages.
    pub messages: Option<MessageCounts>,
}

/// Sums over the package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Files in the package.
    pub files: u64,
    /// Bytes of those that could be read.
    pub bytes: u64,
    /// Files that some list names, there or not.
    pub listed: u64,
    /// Findings of the level `wrong`.
    pub wrong: u64,
    /// Findings of the level `unknown`.
    pub unknown: u64,
    /// Findings of the level `note`.
    pub notes: u64,
    pub messages: MessageCounts,
}

/// Whether a package was handed over as a folder or as a ZIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackageForm {
    Folder,
    Zip,
}

/// What was found of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageReport {
    /// Always `thuocdo.package/1`.
    pub schema: String,
    pub engine: String,
    /// As the user named it.
    pub package: String,
    pub form: PackageForm,
    pub verdict: Verdict,
    pub counts: Counts,
    pub manifests: Vec<ManifestCard>,
    pub schemas: Vec<SchemaCard>,
    /// Sorted by the bytes of their paths.
    pub files: Vec<FileCard>,
    /// Of the package first, then by file.
    pub findings: Vec<Finding>,
}

impl PackageReport {
    pub fn to_json(&self) -> String {
        // Only texts, integers and lists of them: nothing that serialisation can refuse.
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut shown = String::with_capacity(json.len() + 1);
        for c in json.chars() {
            // Names of files may have characters that turn what follows them around on a screen.
            if is_invisible(c) {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
            } else {
                shown.push(c);
            }
        }
        shown.push('\n');
        shown
    }

    /// Sorts the findings, counts them, and draws the verdict.
    pub(super) fn concluded(mut self) -> Self {
        self.findings.sort_by(|one, other| one.file.cmp(&other.file).then(one.level.cmp(&other.level)));
        let of = |level| self.findings.iter().filter(|finding| finding.level == level).count() as u64;
        (self.counts.wrong, self.counts.unknown, self.counts.notes) =
            (of(Level::Wrong), of(Level::Unknown), of(Level::Note));
        self.verdict = match (self.counts.wrong, self.counts.unknown) {
            (0, 0) => Verdict::Sound,
            (0, _) => Verdict::Incomplete,
            _ => Verdict::Rejected,
        };
        self
    }
}
