//! Is a scorecard what it claims to be? Its digests against its content, and its points against its own counts.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::provenance::{self, Change, Digests, Provenance, SCHEME};
use super::rescore::{self, Difference};
use super::scorecard::{CardError, Scorecard, without_mark};
use super::stated::{self, DATABASES, Part};
use crate::base::Text;
use crate::say;

/// Kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The card has no digests, or such as this program does not know.
    NoProvenance,
    /// A part of the card is not what its digest says.
    Digest,
    /// A value does not follow from the card's own counts.
    Arithmetic,
    /// Whether the values follow from the counts cannot be said.
    NotComputed,
    /// An extract is absent.
    FileMissing,
    /// An extract has other content or another size.
    FileChanged,
    /// An extract that cannot be read, or may not: its path leads out of the data folder.
    FileUnread,
    /// A key was given and there is no signature.
    NoSignature,
    /// The signature is damaged.
    SignatureDamaged,
    /// The signature is by a key that is not among the trusted ones.
    SignatureUnknown,
    /// The signature is not of this card.
    SignatureWrong,
}

/// A reason to reject the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What kind of finding this is.
    pub code: Code,
    /// The part of the card, as `databases[x].tables[y].rules[z].points`; the path of an extract; or nothing.
    pub part: String,
    /// What is wrong.
    pub text: Text,
}

/// Who signed the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Signed {
    /// The id of the key, 16 hexadecimal digits.
    pub key: String,
    /// Whether the signature was checked with a trusted key, and holds.
    pub trusted: bool,
    /// What the signer says; absent unless it is trusted.
    pub comment: Option<String>,
}

/// Extracts that were compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilesChecked {
    /// Files that the card names.
    pub named: u64,
    /// Those whose content is the same.
    pub same: u64,
    /// Files in the data folder that the card does not name. The card does not say which files belong to a table, so
    /// they are no reason to reject it.
    pub others: Vec<String>,
}

/// The verdict about one card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// The file.
    pub card: String,
    /// Nothing was found against it.
    pub accepted: bool,
    /// The root of its digests, as computed from the card.
    pub root: String,
    /// The moment that it speaks of.
    pub as_of: String,
    /// Its databases.
    pub databases: Vec<String>,
    /// Who signed it.
    pub signature: Option<Signed>,
    /// What was found of its extracts, if they were looked at.
    pub files: Option<FilesChecked>,
    /// Everything that speaks against it.
    pub findings: Vec<Finding>,
}

impl Verification {
    pub fn add(&mut self, code: Code, part: &str, text: Text) {
        self.accepted = false;
        self.findings.push(Finding { code, part: part.to_owned(), text });
    }
}

/// Checks the text of a scorecard by itself. `name` is for the report.
///
/// # Errors
/// The text is no scorecard that this program reads.
pub fn verify(name: &str, text: &str) -> Result<(Scorecard, Verification), CardError> {
    let card = Scorecard::from_json(text)?;
    let mut verdict = Verification {
        card: name.to_owned(),
        accepted: true,
        root: String::new(),
        as_of: card.as_of.clone(),
        databases: card.databases.iter().map(|database| database.id.clone()).collect(),
        signature: None,
        files: None,
        findings: Vec::new(),
    };
    let (found, computed) = beside(&card, without_mark(text))?;
    verdict.root = found.root.clone();
    digests(&card, &found, &mut verdict);
    arithmetic(computed, &mut verdict);
    Ok((card, verdict))
}

/// The digests of a card, and where its points do not follow from its counts, or why that cannot be said.
type Beside = (Provenance, Result<Vec<Difference>, Text>);

/// Holds the card as it was written, with fields that this program does not know, beside what follows from its counts.
/// Databases one by one, and each is dropped when it was compared: cards may be large.
fn beside(card: &Scorecard, text: &str) -> Result<Beside, CardError> {
    let mut computed = rescore::rescored(card);
    let databases = computed.as_mut().map(|card| std::mem::take(&mut card.databases)).unwrap_or_default();
    let mut databases = databases.into_iter();
    let mut rest: Map<String, Value> = match &computed {
        Ok(card) => as_json(card).as_object_mut().map(std::mem::take).unwrap_or_default(),
        Err(_) => Map::new(),
    };
    rest.remove(DATABASES);
    let mut digests = Digests::default();
    let mut differences = Vec::new();
    let known = computed.is_ok();
    let mut compare = |path: &str, stated: Option<&Value>, computed: Option<&Value>| {
        if known {
            differences.extend(rescore::differences(path, stated, computed));
        }
    };
    let mut at = 0_usize;
    stated::parts(text, &mut |part| match part {
        Part::Field(field, value) => {
            digests.field(&field, &value);
            if field != provenance::FIELD {
                compare(&field, Some(&value), rest.shift_remove(&field).as_ref());
            }
        }
        Part::Database(value) => {
            digests.database(&value);
            let computed = databases.next().map(|database| as_json(&database));
            let path = match value.get("id").and_then(Value::as_str) {
                Some(id) => format!("{DATABASES}[{id}]"),
                None => format!("{DATABASES}[{at}]"),
            };
            compare(&path, Some(&value), computed.as_ref());
            at += 1;
        }
    })?;
    for (field, value) in &rest {
        compare(field, None, Some(value));
    }
    Ok((digests.finish(), computed.map(|_| differences)))
}

/// Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
fn as_json(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

fn digests(card: &Scorecard, found: &Provenance, verdict: &mut Verification) {
    let Some(stated) = &card.provenance else {
        let text = say!(
            "the card has no digests: it was written by an older version, or they were taken out",
            "bảng điểm không có dấu băm: do phiên bản cũ ghi ra, hoặc đã bị xóa"
        );
        return verdict.add(Code::NoProvenance, provenance::FIELD, text);
    };
    if stated.scheme != SCHEME {
        let scheme = &stated.scheme;
        let text = say!(
            "its digests are of the scheme `{scheme}`; this program knows `{SCHEME}`",
            "dấu băm theo lược đồ `{scheme}`; chương trình này biết `{SCHEME}`"
        );
        return verdict.add(Code::NoProvenance, provenance::FIELD, text);
    }
    for (part, change) in provenance::changes(stated, found) {
        let text = match change {
            Change::Changed => {
                say!("was changed after the card was written", "đã bị sửa sau khi bảng điểm được ghi")
            }
            Change::Added => {
                say!("was added after the card was written", "đã bị thêm vào sau khi bảng điểm được ghi")
            }
            Change::Removed => {
                say!("was taken out after the card was written", "đã bị bỏ đi sau khi bảng điểm được ghi")
            }
            Change::Digests => {
                say!("the digests do not fit each other", "các dấu băm không khớp nhau")
            }
        };
        verdict.add(Code::Digest, &part, text);
    }
}

fn arithmetic(computed: Result<Vec<Difference>, Text>, verdict: &mut Verification) {
    let differences = match computed {
        Ok(differences) => differences,
        Err(Text { en, vi }) => {
            let text = say!("points cannot be computed again: {en}", "không tính lại được điểm: {vi}");
            return verdict.add(Code::NotComputed, "", text);
        }
    };
    for Difference { path, stated, computed } in differences {
        let (stated, computed) = (shown(stated), shown(computed));
        let text = say!(
            "is {stated}; from the card's own counts follows {computed}",
            "ghi {stated}; tính từ chính số đếm trên bảng điểm thì được {computed}"
        );
        verdict.add(Code::Arithmetic, &path, text);
    }
}

/// Numbers and grades are shown. Longer texts, which somebody may have put there, are not.
fn shown(value: Option<Value>) -> String {
    match value {
        None => "∅".to_owned(),
        Some(Value::String(text)) if text.chars().count() <= 24 => text,
        Some(Value::Array(_) | Value::Object(_) | Value::String(_)) => "…".to_owned(),
        Some(scalar) => scalar.to_string(),
    }
}
