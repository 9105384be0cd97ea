//! What became of the rows of an earlier run: paired by the digest of their key, they are judged by rules that compare runs.
//!
//! Of the earlier run only keyed digests are known. Rows without a key are in no pair; of those that share one nobody can say
//! which is which.

mod filled;
mod gone;
mod padded;
pub mod table;
mod touched;

use std::cmp::Ordering;

use arrow::buffer::BooleanBuffer;
use hashbrown::HashSet;
use indexmap::IndexMap;
use rayon::prelude::*;

use self::table::SinceRule;
use super::budget::Budget;
use super::changes::Row;
use super::keys::KeyVerdicts;
use super::ledger::{Ledger, Page};
use super::listed::Listed;
use super::parts::{Bits, Gathered, Round};
use super::reconcile::{self, Judged};
use super::trace;
use crate::base::Text;
use crate::kernel::key::spread_out;
use crate::kernel::memory::Cell;
use crate::kernel::verdict::minus;
use crate::kernel::{ColumnType, RowVerdict};
use crate::rule::Since;
use crate::say;
use crate::state::{Kept, Snapshot, Tally};

/// What is known of an earlier run, and what a later one is to know of this.
#[derive(Clone)]
pub struct Earlier<'e> {
    /// The key of all digests. Without one nothing is compared, and nothing remembered.
    pub secret: Option<[u8; 32]>,
    /// The rows of tables as they were, by database and table, or why nobody knows them.
    pub rows: Result<IndexMap<(&'e str, &'e str), &'e Snapshot>, Text>,
    /// Whether tables whose rules compare runs are to leave a [`Snapshot`].
    pub remember: bool,
}

impl<'e> Earlier<'e> {
    /// The rows of a table as they were.
    ///
    /// # Errors
    /// Why they are not known.
    pub fn table(&self, database: &str, table: &str) -> Result<&'e Snapshot, Text> {
        let rows = self.rows.as_ref().map_err(Clone::clone)?;
        rows.get(&(database, table)).copied().ok_or_else(|| {
            say!(
                "the earlier run knows no rows of this table",
                "lần chạy trước không lưu dòng nào của bảng này"
            )
        })
    }
}

/// Why a rule that compares runs has nothing to compare with where nobody has said anything.
pub fn nothing_given() -> Text {
    say!(
        "there is no earlier run to compare with; `thuocdo gate … --baseline FILE --update-baseline --accept` makes the first baseline, and \
         `--baseline FILE` compares with it",
        "chưa có lần chạy trước để so sánh; `thuocdo gate … --baseline TỆP --update-baseline --accept` tạo mốc so sánh đầu tiên, sau đó dùng \
         `--baseline TỆP`"
    )
}

/// A rule that compares runs, bound to one table.
pub struct SincePlan {
    /// The table's key, as position among its keys, and the types of its columns.
    pub key: usize,
    pub types: Vec<ColumnType>,
    /// Positions in the table's memories.
    pub memories: Vec<usize>,
    pub since: Since,
    /// Whether a condition says which rows it is about.
    pub filtered: bool,
    /// What it compares, in words: rules that say something else here cannot be compared.
    pub compares: String,
}

impl SincePlan {
    /// See [`Kept::asks`].
    fn asks(&self, secret: &[u8; 32]) -> u64 {
        trace::of_names(secret, std::iter::once(self.compares.as_str()))
    }
}

/// The rows of a table in the order of their keys, and the digests' key.
#[derive(Clone, Copy)]
pub struct Now<'n> {
    pub ledger: &'n Ledger,
    pub rows: &'n [Row],
    pub secret: &'n [u8; 32],
    /// Not all rows of the table were read.
    pub in_part: bool,
    pub budget: &'n Budget<'n>,
}

/// One rule's look at the rows: where its population stands in pages, and what it remembers.
#[derive(Clone, Copy)]
struct Look<'l> {
    now: Now<'l>,
    plan: &'l SincePlan,
    order: usize,
    asks: u64,
}

/// The rows as they were, and what the rule has kept of them.
#[derive(Clone, Copy)]
struct Before<'b> {
    rows: &'b Snapshot,
    kept: &'b Kept,
}

/// What a rule's row of this run meets in the earlier one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    /// It has no key.
    Keyless,
    /// Nobody had its key.
    New,
    /// The row at that place had its key, and it alone then and now.
    One(usize),
    /// Several rows have or had its key.
    Shared,
}

/// What a rule says of the rows, and what follows from that beside.
pub struct Said {
    pub judged: Result<Judged, Text>,
    /// What the next run is to know beside the rows.
    pub after: After,
    /// Why times that the rule watches are no proof that anybody looked at the records.
    pub doubt: Option<Text>,
    /// The earlier run knows what this one cannot compare with: that must not be lost in the next.
    pub stays: bool,
}

/// See [`Kept::owed`] and [`Kept::moved`].
#[derive(Default)]
pub struct After {
    pub owed: Vec<u128>,
    pub moved: Vec<u128>,
}

impl Said {
    fn new(judged: Result<Judged, Text>) -> Self {
        Self { judged, after: After::default(), doubt: None, stays: false }
    }
}

/// Why there is nothing to compare with.
enum NotKept {
    /// Nobody knew the rule.
    New(Text),
    /// It, or another in its place, was known and asked something else.
    Other(Text),
}

/// Judges the rows of this run against those of `before`. `listed` is the other table that the rule looks into.
pub fn judge(
    now: Now<'_>,
    of: SinceRule<'_>,
    before: Result<&Snapshot, Text>,
    listed: Option<Result<&Listed, Text>>,
) -> Said {
    let SinceRule { plan, order, .. } = of;
    let look = Look { now, plan, order, asks: plan.asks(now.secret) };
    let before = match before.map(|rows| look.kept(rows, of).map(|kept| Before { rows, kept })) {
        Ok(Ok(before)) => before,
        Ok(Err(NotKept::Other(why))) => {
            let doubt = Some(not_watched(&why));
            return Said { doubt, stays: true, ..Said::new(Err(why)) };
        }
        Ok(Err(NotKept::New(why))) | Err(why) => return Said::new(Err(why)),
    };
    let listed = listed.map(|listed| look.digests(listed?)).transpose();
    match &plan.since {
        Since::Gone { .. } => {
            let (judged, owed) = gone::judge(look, before, listed);
            Said { after: After { owed, ..After::default() }, ..Said::new(judged) }
        }
        Since::Touched { column } => {
            let touched::Touched { judged, moved, doubted, rows } = touched::judge(look, before);
            let (num, den) = Since::MOST_TOUCHED;
            let many = u128::from(doubted) * u128::from(den) > u128::from(rows) * u128::from(num);
            let doubt = many.then(|| not_trusted(column, doubted, rows));
            Said { after: After { moved, ..After::default() }, doubt, ..Said::new(Ok(judged)) }
        }
        Since::Filled { at_most, rise, at_least } => {
            let limits = filled::Limits { at_most: *at_most, rise: *rise, at_least: *at_least };
            Said::new(Ok(filled::judge(look, before, limits)))
        }
        Since::Padded { alike, .. } => {
            Said::new(listed.map(|logged| padded::judge(look, before, *alike, logged.as_ref())))
        }
    }
}

/// What the next run is to know of these rows, and of what comes `after` them.
pub fn kept(now: Now<'_>, of: SinceRule<'_>, after: After) -> Kept {
    let SinceRule { plan, order, .. } = of;
    let look = Look { now, plan, order, asks: plan.asks(now.secret) };
    let all = |place: usize, cell: &(dyn Fn(&Row) -> Cell + Sync)| {
        let digest = |row: &Row| trace::of_cell(now.secret, look.asks, row.key, place, cell(row));
        now.rows.par_iter().map(digest).collect()
    };
    let cells = match plan.since {
        // A row outside of the rule's condition may go.
        Since::Gone { .. } if plan.filtered => {
            vec![all(0, &|row| if look.must_stay(row) { Cell::Value(1) } else { Cell::Absent })]
        }
        Since::Gone { .. } | Since::Padded { .. } => Vec::new(),
        Since::Touched { .. } | Since::Filled { .. } => {
            (0..plan.memories.len()).map(|which| all(which, &|row| look.cell(row, which))).collect()
        }
    };
    let After { owed, moved } = after;
    Kept { rule: of.rule().to_owned(), asks: look.asks, cells, owed, moved }
}

/// Digests of the keys of another table's rows.
struct Digests {
    keys: HashSet<u128>,
    /// Rows of it of which nobody knows the key.
    unknown: u64,
    figures: Vec<(&'static str, u64)>,
}

impl Look<'_> {
    /// What the earlier run has kept for the rule. A rule that has another id than then is known by what it compares: who
    /// renames it must not thereby wipe what it is owed.
    fn kept<'b>(&self, before: &'b Snapshot, of: SinceRule<'_>) -> Result<&'b Kept, NotKept> {
        if let Some(kept) = before.kept(of.rule()) {
            return (kept.asks == self.asks).then_some(kept).ok_or_else(|| {
                NotKept::Other(say!(
                    "the rule compared other columns in the earlier run, or the table had others; {ACCEPT_EN}",
                    "ở lần chạy trước quy tắc so sánh các cột khác, hoặc bảng có các cột khác; {ACCEPT_VI}"
                ))
            });
        }
        let gone: Vec<&Kept> = of.gone(before).collect();
        let same: Vec<&Kept> = gone.iter().copied().filter(|kept| kept.asks == self.asks).collect();
        match (gone.as_slice(), same.as_slice()) {
            ([], _) => Err(NotKept::New(say!(
                "the earlier run knows nothing of this rule; the next baseline will",
                "lần chạy trước chưa có quy tắc này; mốc so sánh sau sẽ có"
            ))),
            (_, [one]) => Ok(one),
            _ => {
                let names = gone.iter().map(|kept| format!("`{}`", kept.rule)).collect::<Vec<_>>().join(", ");
                Err(NotKept::Other(say!(
                    "the earlier run knows nothing of this rule, and of {names}, which the table has no more; {ACCEPT_EN}",
                    "lần chạy trước chưa có quy tắc này, nhưng có {names} mà nay bảng không còn; {ACCEPT_VI}"
                )))
            }
        }
    }

    /// The rows of this run, each with what it meets.
    fn met<'m>(&'m self, before: &'m Snapshot) -> Vec<Met> {
        let mut met = Vec::with_capacity(self.now.rows.len());
        let mut then = 0;
        for group in self.now.rows.chunk_by(|a, b| a.key == b.key) {
            let key = group[0].key;
            then += before.keys[then..].iter().take_while(|known| **known < key).count();
            let had = before.keys[then..].iter().take_while(|known| **known == key).count();
            let one = match (key, group.len(), had) {
                (Snapshot::NO_KEY, ..) => Met::Keyless,
                (.., 0) => Met::New,
                (_, 1, 1) => Met::One(then),
                _ => Met::Shared,
            };
            met.extend(std::iter::repeat_n(one, group.len()));
            then += had;
        }
        met
    }

    fn page(&self, row: &Row) -> &Page {
        &self.now.ledger.pages[row.page as usize]
    }

    fn cell(&self, row: &Row, which: usize) -> Cell {
        self.page(row).memories[self.plan.memories[which]].get(row.at as usize)
    }

    /// The digest of a cell of a row, or of one with its key.
    fn digest(&self, row: &Row, which: usize) -> u64 {
        trace::of_cell(self.now.secret, self.asks, row.key, which, self.cell(row, which))
    }

    /// Whether the rule is about the row, and it can be judged.
    fn is_judged(&self, row: &Row) -> bool {
        let population = &self.page(row).populations[self.order];
        let at = row.at as usize;
        population.rows.as_ref().is_none_or(|rows| rows.value(at)) && !self.is_in_doubt(row)
    }

    fn is_in_doubt(&self, row: &Row) -> bool {
        let unknown = &self.page(row).populations[self.order].unknown;
        unknown.as_ref().is_some_and(|rows| rows.value(row.at as usize))
    }

    /// Whether the row may not go until the next run: the rule is about it, or nobody knows.
    fn must_stay(&self, row: &Row) -> bool {
        self.is_judged(row) || self.is_in_doubt(row)
    }

    /// The keys of another table as they are compared.
    fn digests(&self, listed: &Listed) -> Result<Digests, Text> {
        let mut keys = HashSet::new();
        let bytes = listed.rows.most() * 4 * 16;
        for round in Round::all(bytes, self.now.budget.for_judging()) {
            for key in listed.rows.gather::<u128>(round)?.into_iter().flat_map(Gathered::into_set) {
                keys.insert(trace::of_key(self.now.secret, spread_out(key)));
            }
        }
        Ok(Digests { keys, unknown: listed.unknown, figures: listed.figures() })
    }

    /// A verdict for every page of what was marked.
    fn verdicts(&self, marks: Marks, figures: Vec<(&'static str, u64)>) -> Judged {
        let Marks { applicable, unknown, fails } = marks;
        let mut fails: Vec<(&'static str, std::vec::IntoIter<Bits>)> =
            fails.into_iter().map(|(reason, bits)| (reason, bits.into_iter())).collect();
        let pages = self.now.ledger.pages.iter().zip(applicable).zip(unknown);
        let pages = pages.map(|((page, applicable), unknown)| {
            let none = || BooleanBuffer::new_unset(page.rows);
            let damaged = page.populations[self.order].unknown.clone().unwrap_or_else(none);
            let applicable = &applicable.into_buffer(page.rows) | &damaged;
            let unknown = &unknown.into_buffer(page.rows) | &damaged;
            let mut fail = none();
            let reasons = fails.iter_mut().map(|(reason, bits)| {
                let rows =
                    bits.next().map_or_else(none, |bits| minus(&bits.into_buffer(page.rows), &unknown));
                fail = &fail | &rows;
                (*reason, rows)
            });
            let reasons = reasons.collect();
            let mut verdict = RowVerdict::new(applicable, fail).with_unknown(Some(unknown));
            verdict.reasons = reasons;
            verdict
        });
        Judged::of_rows(KeyVerdicts { pages: pages.collect(), figures })
    }

    /// What a rule says that judges no row of this run.
    fn of_theirs(&self, tally: Tally, figures: Vec<(&'static str, u64)>) -> Judged {
        let pages = reconcile::no_rows(self.now.ledger);
        Judged { verdicts: KeyVerdicts { pages, figures }, tally: Some(tally), missing: None }
    }
}

/// What is said of rows, by page, from any thread.
struct Marks {
    applicable: Vec<Bits>,
    unknown: Vec<Bits>,
    fails: Vec<(&'static str, Vec<Bits>)>,
}

impl Marks {
    fn new(ledger: &Ledger, reasons: &[&'static str]) -> Self {
        let bits = || ledger.pages.iter().map(|page| Bits::new(page.rows)).collect();
        Self {
            applicable: bits(),
            unknown: bits(),
            fails: reasons.iter().map(|reason| (*reason, bits())).collect(),
        }
    }

    fn pass(&self, row: &Row) {
        self.applicable[row.page as usize].set(row.at as usize);
    }

    fn unknown(&self, row: &Row) {
        self.pass(row);
        self.unknown[row.page as usize].set(row.at as usize);
    }

    /// For the reason at this place.
    fn fail(&self, row: &Row, reason: usize) {
        self.pass(row);
        self.fails[reason].1[row.page as usize].set(row.at as usize);
    }
}

/// Calls `each` for every different key of the earlier run, in ascending order, with the places of its rows and whether it
/// is still there.
fn each_key(now: &[Row], before: &Snapshot, mut each: impl FnMut(u128, std::ops::Range<usize>, bool)) {
    let (mut at, mut then) = (0, 0);
    while then < before.len() {
        let key = before.keys[then];
        let until = then + before.keys[then..].iter().take_while(|known| **known == key).count();
        at += now[at..].iter().take_while(|row| row.key < key).count();
        if key != Snapshot::NO_KEY {
            each(key, then..until, is_at(now, at, key));
        }
        then = until;
    }
}

fn is_at(rows: &[Row], at: usize, key: u128) -> bool {
    rows.get(at).is_some_and(|row| row.key.cmp(&key) == Ordering::Equal)
}

/// What a failing row is told of.
pub fn explained(since: &Since) -> Option<Text> {
    match since {
        Since::Gone { .. } => None,
        Since::Touched { .. } => Some(say!(
            "its time moved although nothing else changed",
            "thời điểm cập nhật thay đổi nhưng nội dung giữ nguyên"
        )),
        Since::Filled { .. } => Some(say!(
            "it was filled in with a value that too many others were given as well",
            "được điền một giá trị mà quá nhiều dòng khác cũng được điền"
        )),
        Since::Padded { .. } => Some(say!(
            "it is new, and like too many other new rows or not in the log of inserts",
            "là dòng mới, giống quá nhiều dòng mới khác hoặc không có trong nhật ký thêm mới"
        )),
    }
}

/// How this run becomes what later ones are compared with, whatever was found.
pub const ACCEPT_EN: &str =
    "`gate --update-baseline --accept` or `run --accept DATABASE` makes this run the new baseline";
pub const ACCEPT_VI: &str =
    "dùng `gate --update-baseline --accept` hoặc `run --accept CSDL` để lấy lần chạy này làm mốc so sánh mới";

/// Why ages that go by such a time are not known.
fn not_trusted(column: &str, moved: u64, rows: u64) -> Text {
    say!(
        "`{column}` moved, in this run or before, in {moved} of {rows} rows in which nothing else changed: it is no proof that anybody \
         looked at the records",
        "`{column}` thay đổi, ở lần này hoặc trước đó, tại {moved} trên {rows} dòng mà nội dung giữ nguyên: không chứng tỏ hồ sơ đã được \
         rà soát"
    )
}

/// The same where nobody could look.
pub fn not_watched(why: &Text) -> Text {
    let Text { en, vi } = why;
    say!(
        "whether times moved by themselves is not known: {en}",
        "không biết ngày cập nhật có tự thay đổi hay không: {vi}"
    )
}
