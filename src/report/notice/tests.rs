use std::collections::BTreeSet;

use super::*;
use crate::report::sample;
use crate::rule::notify::Trigger;
use crate::say;
use crate::score::Profile;
use crate::score::occasion::occasions;

const RUN: Run<'_> =
    Run { plan: "dem", id: "dem-20261121T000000", scorecard: Some("/var/lib/thuocdo/out/scorecard.json") };

fn spec(lang: Option<Lang>) -> NotifySpec {
    NotifySpec { on: BTreeSet::from(Trigger::ALL), lang, webhooks: Vec::new(), mails: Vec::new() }
}

/// Before all was better; now a grade fell, a cap is new, a table is missing.
fn worse() -> (Scorecard, Scorecard) {
    let now = sample::card(Profile::Vn4);
    let mut before = now.clone();
    before.incomplete.clear();
    before.databases[0].grade = Grade::B;
    before.databases[0].score.official = "83.123456".to_owned();
    before.databases[0].caps.truncate(1);
    (before, now)
}

fn notice(before: &Scorecard, now: &Scorecard, lang: Option<Lang>) -> Notice {
    Notice::of(&occasions(Some(before), now), &spec(lang), RUN, Some(before), now).unwrap()
}

#[test]
fn a_letter_says_what_happened_and_what_to_do() {
    let (before, now) = worse();
    let letter = Letter::of(&notice(&before, &now, Some(Lang::Vi)), Some(Lang::Vi));
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text), @r"
    [thuocdo] dem: bca_a13 B → D, điểm liệt K6, điểm liệt K8, chưa đo đủ

    dem: bca_a13 B → D, điểm liệt K6, điểm liệt K8, chưa đo đủ

    bca_a13 — CSDL quốc gia về dân cư
      Hạng (điểm): B (83,12) → D (40,91)
      ✗ hạng giảm từ B xuống D
      ✗ điểm liệt mới K6, hạng cao nhất còn B: chỉ đo được 66,66% trọng số các quy tắc
      ✗ điểm liệt mới K8, hạng cao nhất còn C: thiếu bảng bắt buộc `tam_tru`
      ✗ chưa đo đủ: 2 mục không đo được
        - không chạy được quy tắc `expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026`: cột `ngay_cap` là văn bản, không phải ngày
        - thiếu bảng bắt buộc `tam_tru`
      Sửa gì trước:
        +7,50  tam_tru / not_null-ma_xa (chưa đo được)
        +6,25  cong_dan / expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026 (chưa đo được)
        +1,12  cong_dan / not_null-ho_ten (1.000 lỗi)

    Phiếu điểm: /var/lib/thuocdo/out/scorecard.json
    Tính đến: 2026-11-21T00:00:00+07:00
    Lần chạy: dem-20261121T000000
    ");
    let letter = Letter::of(&notice(&now, &before, Some(Lang::En)), Some(Lang::En));
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.text), @r"
    [thuocdo] dem: bca_a13 D → B, cap K6 is over, cap K8 is over, complete again

    dem: bca_a13 D → B, cap K6 is over, cap K8 is over, complete again
    Only good news this time.

    bca_a13 — National population database
      Grade (points): D (40.91) → B (83.12)
      ✓ the grade rose from D to B
      ✓ cap K6 is over
      ✓ cap K8 is over
      ✓ complete again

    Scorecard: /var/lib/thuocdo/out/scorecard.json
    As of: 2026-11-21T00:00:00+07:00
    Run: dem-20261121T000000
    ");
}

#[test]
fn without_a_language_both_are_written() {
    let (before, now) = worse();
    let both = notice(&before, &now, None);
    let letter = Letter::of(&both, None);
    assert!(
        letter.subject.contains("chưa đo đủ") && letter.subject.contains("incomplete"),
        "{}",
        letter.subject
    );
    for text in [&letter.text, &both.text] {
        assert!(text.contains("hạng giảm từ B") && text.contains("fell from B"), "{text}");
    }
    assert_eq!(both.text.find("chưa đo đủ").map(|at| at < 200), Some(true), "Vietnamese comes first");
}

#[test]
fn only_what_was_asked_for_is_told() {
    let (before, now) = worse();
    let found = occasions(Some(&before), &now);
    let told = |on: &[Trigger]| {
        let spec = NotifySpec { on: on.iter().copied().collect(), ..spec(None) };
        let notice = Notice::of(&found, &spec, RUN, Some(&before), &now)?;
        let events = notice.subjects.into_iter().flat_map(|subject| subject.events);
        Some(events.map(|event| event.event).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>())
    };
    assert_eq!(told(&[Trigger::GradeFell]).unwrap(), ["grade_fell"]);
    assert_eq!(told(&[Trigger::CapAppeared]).unwrap(), ["cap_appeared"]);
    assert_eq!(told(&[Trigger::Incomplete]).unwrap(), ["incomplete"]);
    assert_eq!(told(&[]), None);
    let quiet = occasions(Some(&before), &before);
    assert_eq!(Notice::of(&quiet, &spec(None), RUN, Some(&before), &before), None);
}

#[test]
fn points_that_cannot_be_compared_say_so() {
    let (mut before, now) = worse();
    before.methodology = "other".to_owned();
    before.overall.grade = Grade::A;
    let notice = notice(&before, &now, Some(Lang::En));
    let database = &notice.subjects[0];
    assert!(database.not_comparable_because[0].en.contains("scored by `other`"), "{database:?}");
    assert!(database.events.iter().all(|event| event.event != "grade_fell"));
    let overall = notice.subjects.last().unwrap();
    assert!(
        overall.level == Level::Overall && overall.not_comparable_because == database.not_comparable_because
    );
    assert!(notice.text.contains("B (83.12), now D (40.91)"), "{}", notice.text);
    assert!(notice.text.contains("cannot be compared"), "{}", notice.text);
}

#[test]
fn json_keeps_its_schema_and_has_a_text_at_the_top() {
    let (before, now) = worse();
    let notice = notice(&before, &now, None);
    let json: serde_json::Value = serde_json::from_str(&notice.to_json()).unwrap();
    assert_eq!(json["schema"], SCHEMA);
    assert!(json["text"].as_str().unwrap().starts_with("dem: "));
    assert_eq!(json["subjects"][0]["before"]["grade"], "B");
    let schema = schemars::schema_for!(Notice).to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&json));
    let mut broken = json.clone();
    broken["subjects"][0]["level"] = "planet".into();
    assert!(!validator.is_valid(&broken));
    assert_eq!(serde_json::from_value::<Notice>(json).unwrap(), notice);
}

#[test]
fn hostile_texts_are_cut_and_harmless() {
    let now = sample::hostile();
    let notice = Notice::of(&occasions(None, &now), &spec(None), RUN, None, &now).unwrap();
    let letter = Letter::of(&notice, None);
    assert!(!letter.subject.chars().any(char::is_control), "{}", letter.subject);
    assert!(letter.subject.chars().count() < 400 && notice.text.chars().count() < 2 * 3_100);
    for text in [&letter.text, &notice.text, &notice.to_json()] {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'));
    }
}

#[test]
fn long_lists_of_gaps_are_counted() {
    let (before, mut now) = worse();
    let gap = Incomplete { text: say!("gap", "thiếu"), ..now.incomplete[0].clone() };
    now.incomplete = vec![gap; 33];
    let notice = notice(&before, &now, Some(Lang::En));
    let events: Vec<&EventCard> = notice.subjects.iter().flat_map(|subject| &subject.events).collect();
    let event = events.iter().find(|event| event.event == "incomplete").unwrap();
    assert_eq!((event.missing.len(), event.missing_more), (20, 13));
    assert!(Letter::of(&notice, Some(Lang::En)).text.contains("and 13 more"));
}
