//! Is a history what was written? Every link of the chain, every definition, every outcome against its own counts, and
//! what is drawn from the records against them.
//!
//! The chain shows that nothing *within* it was changed, taken out, put in or moved. It cannot show by itself that nothing
//! was cut off at its end, nor that it was not written anew from some record on: for that the last hash and the count must
//! be kept elsewhere.

use std::collections::BTreeMap;

use rusqlite::Row;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::{self, GENESIS};
use super::definition::Definition;
use super::record::{self, Outcome, Record, Standing};
use super::store::{Stored, salvaged};
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
    /// Records of another methodology, of another format, or with kinds of rules that this program does not know: it does
    /// not compute their outcome.
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

    /// What cannot be read is a finding; everything else is looked at nevertheless.
    fn or_told<T: Default>(&mut self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        match read {
            Err(StoreError::Damaged(text)) => self.add(Code::Pages, None, text),
            other => return other,
        }
        Ok(T::default())
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
    look(store, head, &mut verdict)?;
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
    let looked = pages(store, verdict);
    verdict.or_told(looked)?;
    if schema::layout(store.connection()).ok() != Some(schema::own_layout()?) {
        verdict.add(
            Code::Layout,
            None,
            say!(
                "the file has other tables, triggers or views than a history",
                "tệp có bảng, trigger hoặc view khác với một tệp lịch sử"
            ),
        );
    }
    let definitions = definitions(store, verdict);
    let definitions = verdict.or_told(definitions)?;
    let places = places(store);
    let places = verdict.or_told(places)?;
    let mut walk = Walk { definitions, places, methodologies: BTreeMap::new(), verdict, head };
    let walked = each(store, "SELECT * FROM record ORDER BY sequence", |row| {
        let (sequence, stored) = salvaged(row)?;
        walk.record(sequence, &stored);
        Ok(())
    });
    let left = std::mem::take(&mut walk.places);
    verdict.or_told(walked)?;
    for sequence in left.into_keys() {
        verdict.add(
            Code::Standing,
            u64::try_from(sequence).ok(),
            say!(
                "series know record {sequence}, and it is not there",
                "chuỗi số liệu có bản ghi {sequence} nhưng bản ghi này không còn"
            ),
        );
    }
    Ok(())
}

/// Hands over every row.
fn each(
    store: &Store,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), StoreError> {
    let mut statement = store.connection().prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// What a row holds, whatever somebody made of it: bytes that are no text never match what is expected.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let bytes = row.get_ref(column)?.as_bytes().unwrap_or_default();
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn pages(store: &Store, verdict: &mut HistoryVerification) -> Result<(), StoreError> {
    each(store, "PRAGMA quick_check(20)", |row| {
        let line = text(row, 0)?;
        if line != "ok" {
            verdict.add(Code::Pages, None, say!("damaged pages: {line}", "trang bị hỏng: {line}"));
        }
        Ok(())
    })
}

/// Those that are what their hashes say.
fn definitions(
    store: &Store,
    verdict: &mut HistoryVerification,
) -> Result<BTreeMap<String, Definition>, StoreError> {
    let mut sound = BTreeMap::new();
    each(store, "SELECT sha256, body FROM definition ORDER BY sha256", |row| {
        let (hash, body) = (text(row, 0)?, text(row, 1)?);
        if chain::digest(&body) == hash
            && let Ok(definition) = serde_json::from_str(&body)
        {
            sound.insert(hash, definition);
        } else {
            let text = say!("definition {hash} was changed", "định nghĩa {hash} đã bị sửa");
            verdict.add(Code::Definition, None, text);
        }
        Ok(())
    })?;
    Ok(sound)
}

/// A row that series are drawn from: its database and moment, and the digest of its body.
type Place = (String, i64, String);

/// All of them, by the record that they name.
fn places(store: &Store) -> Result<BTreeMap<i64, Vec<Place>>, StoreError> {
    let mut places: BTreeMap<i64, Vec<Place>> = BTreeMap::new();
    each(store, "SELECT sequence, database, moment, body FROM standing", |row| {
        let place = (text(row, 1)?, row.get(2)?, chain::digest(&text(row, 3)?));
        places.entry(row.get(0)?).or_default().push(place);
        Ok(())
    })?;
    Ok(places)
}

/// A record as far as any version of it says what it is.
#[derive(Deserialize)]
struct Format {
    schema: String,
}

struct Walk<'v> {
    definitions: BTreeMap<String, Definition>,
    /// Rows that no record has claimed yet.
    places: BTreeMap<i64, Vec<Place>>,
    /// This program's, by profile.
    methodologies: BTreeMap<&'static str, String>,
    verdict: &'v mut HistoryVerification,
    head: Option<&'v str>,
}

impl Walk<'_> {
    fn record(&mut self, number: i64, stored: &Stored) {
        let places = self.places.remove(&number).unwrap_or_default();
        if number < 1 {
            let text = say!("a record has the number {number}", "có bản ghi mang số {number}");
            return self.verdict.add(Code::Content, None, text);
        }
        self.link(stored);
        let sequence = Some(stored.sequence);
        let other = serde_json::from_str(&stored.body).is_ok_and(|it: Format| it.schema != record::SCHEMA);
        let record: Record = match serde_json::from_str(&stored.body) {
            Ok(record) => record,
            Err(_) if other => {
                // A later version wrote it. Whether its place in the series is right only that one can tell.
                let own = places.iter().filter(|(database, ..)| *database == stored.database).count();
                if (places.len(), own) != (1, 1) {
                    self.misplaced(sequence);
                }
                self.verdict.not_rescored += 1;
                return;
            }
            Err(_) => {
                let text = say!("cannot be read", "không đọc được");
                return self.verdict.add(Code::Content, sequence, text);
            }
        };
        if (&record.run, &record.database) != (&stored.run, &stored.database) {
            let text = say!(
                "run or database beside the record are not those in it",
                "mã lần chạy hoặc mã CSDL ghi bên cạnh không khớp với trong bản ghi"
            );
            self.verdict.add(Code::Content, sequence, text);
        }
        let standing = chain::digest(&chain::canonical(&Standing::of(&record)));
        let place = (record.database.clone(), moment(&record.as_of).unwrap_or_default(), standing);
        if places != [place] {
            self.misplaced(sequence);
        }
        if other {
            self.verdict.not_rescored += 1;
        } else {
            self.outcome(&record, stored.sequence);
        }
    }

    fn misplaced(&mut self, sequence: Option<u64>) {
        let text = say!(
            "what series are drawn from does not follow from it: a row was changed, taken out or put in",
            "số liệu dùng để vẽ chuỗi không khớp với bản ghi: có dòng bị sửa, bỏ hoặc chèn thêm"
        );
        self.verdict.add(Code::Standing, sequence, text);
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

    /// Under the same methodology the same counts give the same bytes.
    fn outcome(&mut self, record: &Record, sequence: u64) {
        let Some(definition) = self.definitions.get(&record.definition) else {
            let hash = &record.definition;
            let text = say!("its definition {hash} is not there", "không có định nghĩa {hash} của bản ghi");
            return self.verdict.add(Code::Definition, Some(sequence), text);
        };
        let profile = definition.profile;
        let own = self.methodologies.entry(profile.id()).or_insert_with(|| Methodology::new(profile).id());
        if definition.methodology != *own || !restate::known(definition) {
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
