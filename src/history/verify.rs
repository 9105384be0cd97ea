//! Is a history what was written? Every link of the chain, every definition, every outcome against its own counts, and
//! what is drawn from the records against them.
//!
//! The chain shows that nothing *within* it was changed, taken out, put in or moved. It cannot show by itself that nothing
//! was cut off at its end, nor that it was not written anew from some record on: for that the last hash and the count must
//! be kept elsewhere.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::chain::{self, GENESIS};
use super::definition::Definition;
use super::record::{Outcome, Record, Standing};
use super::store::{Stored, count};
use super::{Store, StoreError, moment, restate, schema};
use crate::base::Text;
use crate::say;
use crate::score::Methodology;

/// The version of this format.
pub const SCHEMA: &str = "thuocdo.history-verification/1";
/// Findings that are kept; the others are counted.
const KEPT: usize = 100;

/// Kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Pages of the file are damaged.
    Pages,
    /// The file has other tables than a history.
    Layout,
    /// Records are missing between two others, or before the first.
    Missing,
    /// A record is not what was written.
    Changed,
    /// A record does not follow the one before it.
    Link,
    /// A record cannot be read, or its columns say something else than its body.
    Content,
    /// A definition is missing, or not what its hash says.
    Definition,
    /// An outcome does not follow from the record's own counts.
    Outcome,
    /// What series are drawn from does not follow from the records.
    Standing,
    /// The hash that was kept is not in the chain.
    Head,
}

/// A reason to reject the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// What kind of finding this is.
    pub code: Code,
    /// The record that it is about.
    pub sequence: Option<u64>,
    /// What is wrong.
    pub text: Text,
}

/// The verdict about a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HistoryVerification {
    /// Always `thuocdo.history-verification/1`.
    pub schema: String,
    /// Nothing was found against it.
    pub accepted: bool,
    /// Records in it.
    pub records: u64,
    /// The hash of the last record: to be kept elsewhere, with the count.
    pub head: String,
    /// The record that has the hash that was asked for.
    pub known_head_at: Option<u64>,
    /// Records whose outcome was computed again and is the same.
    pub rescored: u64,
    /// Records of another methodology, whose outcome this program does not compute.
    pub not_rescored: u64,
    /// Everything that speaks against it, at most 100.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: u64,
}

impl HistoryVerification {
    fn add(&mut self, code: Code, sequence: Option<u64>, text: Text) {
        self.accepted = false;
        if self.findings.len() < KEPT {
            self.findings.push(Finding { code, sequence, text });
        } else {
            self.more += 1;
        }
    }
}

/// Walks through all of it. `head` is a hash that was kept elsewhere.
///
/// # Errors
/// The file cannot be read at all; damage is a finding.
pub fn verify(store: &Store, head: Option<&str>) -> Result<HistoryVerification, StoreError> {
    let mut verdict = HistoryVerification {
        schema: SCHEMA.to_owned(),
        accepted: true,
        records: 0,
        head: GENESIS.to_owned(),
        known_head_at: None,
        rescored: 0,
        not_rescored: 0,
        findings: Vec::new(),
        more: 0,
    };
    match look(store, head, &mut verdict) {
        Ok(()) => {}
        Err(StoreError::Damaged(text)) => verdict.add(Code::Pages, None, text),
        Err(other) => return Err(other),
    }
    let known = head.is_none_or(|head| head == GENESIS || verdict.known_head_at.is_some());
    if let Some(head) = head.filter(|_| !known) {
        verdict.add(
            Code::Head,
            None,
            say!(
                "no record has the hash {head}: records were cut off at the end, or written anew",
                "không bản ghi nào có dấu băm {head}: phần cuối đã bị cắt bỏ hoặc bị ghi lại"
            ),
        );
    }
    Ok(verdict)
}

fn look(store: &Store, head: Option<&str>, verdict: &mut HistoryVerification) -> Result<(), StoreError> {
    pages(store, verdict)?;
    if schema::layout(store.connection())? != schema::own_layout()? {
        verdict.add(
            Code::Layout,
            None,
            say!(
                "the file has other tables, triggers or views than a history",
                "tệp có bảng, trigger hoặc view khác với một tệp lịch sử"
            ),
        );
    }
    let mut walk =
        Walk { definitions: definitions(store, verdict)?, methodologies: BTreeMap::new(), verdict, head };
    store.walk(|stored| walk.record(store, &stored))?;
    let orphans = "SELECT sequence FROM standing WHERE sequence NOT IN (SELECT sequence FROM record)";
    let mut statement = store.connection().prepare(orphans)?;
    for sequence in statement.query_map([], |row| count(row, 0))? {
        let sequence = sequence?;
        verdict.add(
            Code::Standing,
            Some(sequence),
            say!(
                "series know record {sequence}, and it is not there",
                "chuỗi số liệu có bản ghi {sequence} nhưng bản ghi này không còn"
            ),
        );
    }
    Ok(())
}

fn pages(store: &Store, verdict: &mut HistoryVerification) -> Result<(), StoreError> {
    let mut statement = store.connection().prepare("PRAGMA quick_check(20)")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            verdict.add(Code::Pages, None, say!("damaged pages: {line}", "trang bị hỏng: {line}"));
        }
    }
    Ok(())
}

/// Those that are what their hashes say.
fn definitions(
    store: &Store,
    verdict: &mut HistoryVerification,
) -> Result<BTreeMap<String, Definition>, StoreError> {
    let mut sound = BTreeMap::new();
    for (hash, body) in store.definition_texts()? {
        if chain::digest(&body) == hash
            && let Ok(definition) = serde_json::from_str(&body)
        {
            sound.insert(hash, definition);
        } else {
            let text = say!("definition {hash} was changed", "định nghĩa {hash} đã bị sửa");
            verdict.add(Code::Definition, None, text);
        }
    }
    Ok(sound)
}

struct Walk<'v> {
    definitions: BTreeMap<String, Definition>,
    /// This program's, by profile.
    methodologies: BTreeMap<&'static str, String>,
    verdict: &'v mut HistoryVerification,
    head: Option<&'v str>,
}

impl Walk<'_> {
    fn record(&mut self, store: &Store, stored: &Stored) -> Result<(), StoreError> {
        self.link(stored);
        let sequence = Some(stored.sequence);
        let record: Record = match serde_json::from_str(&stored.body) {
            Ok(record) => record,
            Err(_) => {
                let text = say!("cannot be read", "không đọc được");
                self.verdict.add(Code::Content, sequence, text);
                return Ok(());
            }
        };
        if (&record.run, &record.database) != (&stored.run, &stored.database) {
            let text = say!(
                "run or database beside the record are not those in it",
                "mã lần chạy hoặc mã CSDL ghi bên cạnh không khớp với trong bản ghi"
            );
            self.verdict.add(Code::Content, sequence, text);
        }
        self.standing(store, &record, stored.sequence)?;
        self.outcome(&record, stored.sequence);
        Ok(())
    }

    fn link(&mut self, stored: &Stored) {
        let Stored { sequence, prev_sha256, body, sha256, .. } = stored;
        let verdict = &mut *self.verdict;
        let (last, before) = (verdict.records, std::mem::replace(&mut verdict.head, sha256.clone()));
        let expected = last + 1;
        let at = Some(*sequence);
        if *sequence > expected {
            let until = sequence - 1;
            let text = if expected == until {
                say!("record {until} is missing before it", "thiếu bản ghi {until} ngay trước đó")
            } else {
                say!(
                    "records {expected} to {until} are missing before it",
                    "thiếu các bản ghi từ {expected} đến {until} trước đó"
                )
            };
            verdict.add(Code::Missing, at, text);
        } else if *prev_sha256 != before {
            let text = say!(
                "does not follow record {last}: that one was rewritten, or records were put in, taken out or moved",
                "không nối tiếp bản ghi {last}: bản ghi đó bị ghi lại, hoặc có bản ghi bị chèn, bỏ hay đổi chỗ"
            );
            verdict.add(Code::Link, at, text);
        }
        if chain::link(prev_sha256, body) != *sha256 {
            verdict.add(
                Code::Changed,
                at,
                say!("was changed after it was written", "đã bị sửa sau khi được ghi"),
            );
        } else if self.head == Some(sha256.as_str()) {
            verdict.known_head_at = at;
        }
        verdict.records = *sequence;
    }

    fn standing(&mut self, store: &Store, record: &Record, sequence: u64) -> Result<(), StoreError> {
        let sql = "SELECT body FROM standing WHERE database = ? AND moment = ? AND sequence = ?";
        let at = moment(&record.as_of).unwrap_or_default();
        let of = params![record.database, at, i64::try_from(sequence).unwrap_or(i64::MAX)];
        let body: Option<String> = store.connection().query_row(sql, of, |row| row.get(0)).optional()?;
        if body.as_deref() != Some(chain::canonical(&Standing::of(record)).as_str()) {
            let text = say!(
                "what series are drawn from does not follow from it",
                "số liệu dùng để vẽ chuỗi không khớp với bản ghi"
            );
            self.verdict.add(Code::Standing, Some(sequence), text);
        }
        Ok(())
    }

    /// Under the same methodology the same counts give the same bytes.
    fn outcome(&mut self, record: &Record, sequence: u64) {
        let Some(definition) = self.definitions.get(&record.definition) else {
            let hash = &record.definition;
            let text = say!("its definition {hash} is not there", "không có định nghĩa {hash} của bản ghi");
            return self.verdict.add(Code::Definition, Some(sequence), text);
        };
        let profile = definition.profile;
        let own = self.methodologies.entry(profile.id()).or_insert_with(|| Methodology::new(profile).id());
        if definition.methodology != *own {
            self.verdict.not_rescored += 1;
            return;
        }
        let text = match restate::restated(record, definition, profile) {
            Ok(card) if chain::canonical(&Outcome::of(&card)) == chain::canonical(&record.outcome) => {
                self.verdict.rescored += 1;
                return;
            }
            Ok(_) => say!(
                "its points, grade or caps do not follow from its own counts",
                "điểm, hạng hoặc điểm liệt không suy ra được từ chính số đếm của bản ghi"
            ),
            Err(Text { en, vi }) => {
                say!("points cannot be computed again: {en}", "không tính lại được điểm: {vi}")
            }
        };
        self.verdict.add(Code::Outcome, Some(sequence), text);
    }
}
