//! Messages about records against the definitions, written down anew: every pair of messages is looked at, whatever the
//! order of rows, files and threads.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::measure;

/// Record, event, version, day of the change, day of writing; 0 is an absent day, 9 one that cannot be read.
type Message = (u8, &'static str, &'static str, u8, u8);

const REASONS: [&str; 8] = [
    "unknown_event",
    "repeated",
    "out_of_order",
    "after_cancel",
    "before_new",
    "written_before",
    "future",
    "written_late",
];

const AS_OF_DAY: u8 = 7;

fn rules(begins: bool) -> String {
    format!(
        "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: 't_*.csv'\n    rules:\n      - envelope: {{ record: ma, event: sk, version: pb, \
         changed: doi, written: ghi, within: 2d, begins: {begins} }}\n"
    )
}

fn day(day: u8) -> String {
    match day {
        0 => String::new(),
        9 => "sai".to_owned(),
        day => format!("2026-11-{day:02}"),
    }
}

fn version(message: &Message) -> Option<i64> {
    message.2.parse().ok()
}

fn written(message: &Message) -> Option<u8> {
    (1..9).contains(&message.4).then_some(message.4)
}

/// What becomes of a message among all messages.
fn expected(all: &[Message], at: usize, begins: bool) -> &'static str {
    let this = &all[at];
    let (_, event, number, changed, wrote) = *this;
    let others: Vec<&Message> =
        all.iter().enumerate().filter(|(other, m)| *other != at && m.0 == this.0).map(|(_, m)| m).collect();
    let is = |message: &Message, word: &str| message.1.eq_ignore_ascii_case(word);
    let known =
        |message: &Message| ["NEW", "UPDATE", "CANCEL"].iter().any(|w| message.1.eq_ignore_ascii_case(w));
    let below = |m: &&&Message| version(m).zip(version(this)).is_some_and(|(other, own)| other < own);
    let above = |m: &&&Message| version(m).zip(version(this)).is_some_and(|(other, own)| other > own);
    let real = |day: u8| (1..9).contains(&day);
    // What fails for certain, the first reason that holds.
    if !event.is_empty() && !known(this) {
        return "unknown_event";
    }
    if version(this).is_some() {
        if others.iter().any(|m| version(m) == version(this)) {
            return "repeated";
        }
        let before = |m: &&&Message| written(m).zip(written(this)).is_some_and(|(other, own)| other < own);
        if others.iter().filter(above).any(|m| before(&m)) {
            return "out_of_order";
        }
        if others.iter().filter(below).any(|m| is(m, "CANCEL")) {
            return "after_cancel";
        }
    }
    let floating = |m: &&&Message| version(m).is_none() && (known(m) || !m.2.is_empty());
    let doubtful = others.iter().any(|m| floating(&m));
    let lacks_new = version(this).is_some()
        && known(this)
        && !is(this, "NEW")
        && !others.iter().filter(below).any(|m| is(m, "NEW"));
    let comes = others.iter().filter(above).any(|m| is(m, "NEW"));
    let late_clock = others.iter().filter(above).any(|m| m.4 == 9) && written(this).is_some();
    let before_new = lacks_new && (comes || begins);
    if before_new && !doubtful {
        return "before_new";
    }
    if real(changed) && real(wrote) && wrote < changed {
        return "written_before";
    }
    if [changed, wrote].iter().any(|&day| real(day) && day > AS_OF_DAY) {
        return "future";
    }
    if real(changed) && real(wrote) && wrote - changed > 2 {
        return "written_late";
    }
    let unreadable_version = !number.is_empty() && version(this).is_none();
    let judged_with_others = version(this).is_some() && (doubtful || late_clock);
    if unreadable_version || judged_with_others || changed == 9 || wrote == 9 {
        return "unknown";
    }
    let absent = event.is_empty() || number.is_empty() || changed == 0 || wrote == 0;
    if absent || lacks_new { "na" } else { "pass" }
}

fn message() -> impl Strategy<Value = Message> {
    let event = prop::sample::select(vec!["NEW", "new", "UPDATE", "UPdate", "UPDATE", "CANCEL", "MOVE", ""]);
    let version = prop::sample::select(vec!["1", "2", "3", "4", "5", "6", "7", "8", "", "hai"]);
    let day = || prop::sample::select(vec![1_u8, 2, 3, 4, 5, 6, 7, 8, 0, 9]);
    (1..4_u8, event, version, day(), day())
}

fn write(folder: &Path, parts: &[&[Message]]) {
    for (number, part) in parts.iter().enumerate() {
        let mut text = "ma,sk,pb,doi,ghi\n".to_owned();
        for (record, event, version, changed, written) in *part {
            let _ = writeln!(text, "{record},{event},{version},{},{}", day(*changed), day(*written));
        }
        fs::write(folder.join(format!("t_{number}.csv")), text).expect("a file");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn messages_are_judged_as_the_definitions_say(
        messages in prop::collection::vec(message(), 1..24),
        cut in any::<prop::sample::Index>(),
        begins in any::<bool>(),
    ) {
        let database = measure::database(&rules(begins), Path::new(".")).expect("rules");
        let mut counts = std::collections::BTreeMap::<&str, u64>::new();
        for at in 0..messages.len() {
            *counts.entry(expected(&messages, at, begins)).or_default() += 1;
        }
        let mut turned = messages.clone();
        turned.reverse();
        for (rows, threads) in [(&messages, 1), (&messages, 2), (&turned, 2)] {
            let folder = TempDir::new().expect("a folder");
            let (first, second) = rows.split_at(cut.index(rows.len() + 1));
            write(folder.path(), &[first, second]);
            let card = measure::score(&database, folder.path(), "2026-11-07", threads);
            let rule = &card.tables[0].rules[0];
            let mut found = std::collections::BTreeMap::<&str, u64>::new();
            for (name, count) in [("pass", rule.pass), ("na", rule.na), ("unknown", rule.unknown)] {
                if count > 0 {
                    found.insert(name, count);
                }
            }
            // Reasons stand among the figures.
            for figure in rule.figures.iter().filter(|figure| REASONS.contains(&figure.name.as_str())) {
                found.insert(&figure.name, figure.value.parse().expect("a count"));
            }
            prop_assert_eq!(&found, &counts, "{:?}", rows);
        }
    }
}

/// The core pack for tables of messages, beside that of the records.
const LOG: &str = "thuocdo: 1
database: thong_diep
packs: [core/transaction, core/messages]
tables:
  nhat_ky:
    files: nhat_ky.csv
    tier: 3
    key: [IdBanGhi, PhienBan]
    update_cycle: 1d
    columns:
      IdBanGhi: { type: text, role: envelope_id, required: true }
      SuKien: { type: text, role: envelope_event, required: true }
      PhienBan: { type: integer, role: envelope_version, required: true }
      ThoiGianCapNhat: { type: timestamp, role: source_time, required: true }
      NgayCapNhat: { type: timestamp, role: written_time, required: true }
      ma: { type: text, role: record_id, required: true }
      ky: { type: text, role: period, required: true }
";

#[test]
fn tables_of_messages_get_the_rule_from_their_roles() {
    let rows = "IdBanGhi,SuKien,PhienBan,ThoiGianCapNhat,NgayCapNhat,ma,ky\n\
                a,UPdate,4,2026-11-06T08:00:00,2026-11-06T08:00:01,a,202611\n\
                b,CANCEL,2,2026-11-06T08:00:00,2026-11-06T08:00:01,b,202611\n\
                b,UPDATE,3,2026-11-06T08:00:00,2026-11-06T08:00:01,b,202611\n";
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("nhat_ky.csv"), rows).expect("a file");
    let database = measure::database(LOG, Path::new(".")).expect("rules");
    let card = measure::score(&database, folder.path(), "2026-11-07", 1);
    let rule = card.tables[0].rules.iter().find(|rule| rule.kind == "envelope").expect("from the pack");
    assert!(rule.core);
    assert_eq!(rule.pack.as_deref(), Some("core/messages"));
    assert_eq!((rule.pass, rule.fail, rule.na), (0, 1, 2));
}
