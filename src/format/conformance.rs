//! Every format against its own examples, the shared vectors, and random text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::vn::cccd::holder;
use super::{Format, Judge, Verdict, all, find};

/// `(kind, value, context, expected)` of `tests/identifier_vectors.csv`.
fn vectors() -> Vec<[String; 4]> {
    include_str!("../../tests/identifier_vectors.csv").lines().skip(1).map(fields).collect()
}

/// The first four fields of a line; the file quotes a field only where it holds a comma.
fn fields(line: &str) -> [String; 4] {
    let mut fields = [const { String::new() }; 4];
    let (mut at, mut quoted) = (0, false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => at += 1,
            _ if at < fields.len() => fields[at].push(c),
            _ => {}
        }
    }
    fields
}

#[test]
fn names_are_sorted_and_found() {
    let names: Vec<_> = all().map(|format| format.name()).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    assert!(names.iter().all(|name| find(name).is_some_and(|format| format.name() == *name)));
    assert!(find("vn.CCCD").is_none());
}

#[test]
fn examples_hold() {
    for format in all() {
        for (value, expected) in format.examples() {
            assert_eq!(format.judge(value).name(), *expected, "{} {value}", format.name());
        }
        let named = |wanted: &str| format.examples().iter().any(|(_, name)| *name == wanted);
        assert!(named("valid") && named("invalid"), "{}", format.name());
    }
}

#[test]
fn texts_exist_in_both_languages() {
    for format in all() {
        for text in [format.about(), format.details()] {
            assert!(!text.en.is_empty() && !text.vi.is_empty() && text.vi != text.en, "{}", format.name());
        }
    }
}

#[test]
fn arguments_are_whole() {
    for format in all() {
        let judges = choices(format);
        let whole = |text: super::Reason| !text.en.is_empty() && text.en != text.vi;
        let real = |argument: &super::Argument| whole(argument.about) && argument.words.len() > 1;
        assert!(format.arguments().iter().all(real), "{}", format.name());
        // What is chosen accepts some example, and never what the format itself refuses.
        for (word, judge) in judges {
            let accepted = |value: &str| judge.accepts(value);
            assert!(format.examples().iter().any(|(value, _)| accepted(value)), "{} {word}", format.name());
            let wider = format.examples().iter().find(|(value, _)| accepted(value) && !format.accepts(value));
            assert_eq!(wider, None, "{} {word}", format.name());
        }
    }
}

#[test]
fn shared_vectors() {
    let mut run = BTreeMap::<String, u32>::new();
    let mut without_format = BTreeMap::<String, u32>::new();
    for [kind, value, context, expected] in vectors() {
        let format = match kind.as_str() {
            "mst" => "vn.mst",
            "so_dinh_danh" => "vn.cccd",
            "dien_thoai" => "vn.phone",
            "ngay" => "iso_date",
            "bien_so" => "vn.plate",
            "cmnd" => "vn.cmnd",
            "gplx" => "vn.driving_licence",
            "ho_chieu" => "vn.passport",
            "icd10" => "vn.icd10",
            "loai_dat" => "vn.land_use",
            "ma_co_quan" => "vn.agency_code",
            "ma_cskcb" => "vn.health_facility",
            "ma_dinh_danh_thua_dat" => "vn.parcel_geohash",
            "ma_ho_so_tthc" => "vn.case_code",
            "ma_so_bhxh" => "vn.bhxh",
            "ma_tthc" => "vn.procedure_code",
            "so_phat_hanh_gcn" => "vn.land_certificate",
            "the_bhyt" => "vn.bhyt",
            _ => {
                *without_format.entry(kind).or_default() += 1;
                continue;
            }
        };
        let verdict = find(format).expect("a format of the list").judge(&value);
        let said = verdict.name();
        let agrees = match (kind.as_str(), expected.as_str()) {
            // Stricter than the vectors, which are about a column of free dates: only whole dates in exchange
            // form pass, so partial dates, zeros for unknown parts and day numbers of spreadsheets do not.
            ("ngay", "partial" | "placeholder" | "ambiguous" | "warning") => !verdict.accepted(),
            (_, "warning") => said == "unusual",
            // Nothing but the form can be checked.
            (_, "format_ok") => said == "valid",
            // Two parts of the same number contradict each other.
            ("the_bhyt", "mismatch") => said == "invalid",
            // The number itself is in order; it disagrees with other columns of the row.
            ("so_dinh_danh", "mismatch") => said == "valid" && !agrees_with(&value, &context),
            (_, expected) => {
                said == expected
                    && (context.is_empty() || expected != "valid" || agrees_with(&value, &context))
            }
        };
        assert!(agrees, "{kind} {value}: expected {expected}, judged {verdict:?}");
        *run.entry(kind).or_default() += 1;
    }
    assert_eq!(
        format!("{run:?}"),
        r#"{"bien_so": 8, "cmnd": 3, "dien_thoai": 12, "gplx": 3, "ho_chieu": 5, "icd10": 7, "loai_dat": 4, "ma_co_quan": 6, "ma_cskcb": 4, "ma_dinh_danh_thua_dat": 4, "ma_ho_so_tthc": 5, "ma_so_bhxh": 2, "ma_tthc": 4, "mst": 13, "ngay": 14, "so_dinh_danh": 15, "so_phat_hanh_gcn": 7, "the_bhyt": 8}"#
    );
    assert!(without_format.is_empty(), "a kind without a format: {without_format:?}");
}

/// The same dates in a column that may hold partial ones.
#[test]
fn vectors_of_partial_dates() {
    let format = find("vn.partial_date").expect("a format of the list");
    let dates = vectors().into_iter().filter(|[kind, ..]| kind == "ngay");
    let mut run = BTreeMap::<String, u32>::new();
    for [_, value, _, expected] in dates {
        let verdict = format.judge(&value);
        let agrees = match expected.as_str() {
            // Zeros for unknown parts are lawful on paper and better not stored.
            "partial" => verdict.accepted(),
            // 3 April: what was meant is certain enough to be a date.
            "ambiguous" => verdict == Verdict::Valid,
            "warning" => verdict.name() == "unusual",
            "placeholder" => verdict.name() == "invalid",
            expected => verdict.name() == expected,
        };
        assert!(agrees, "{value}: expected {expected}, judged {verdict:?}");
        *run.entry(expected).or_default() += 1;
    }
    assert_eq!(
        format!("{run:?}"),
        r#"{"ambiguous": 1, "invalid": 3, "partial": 5, "placeholder": 2, "repairable": 1, "warning": 2}"#
    );
}

/// Whether a personal number agrees with `gioi_tinh=Nam;ngay_sinh=1999-05-06`.
fn agrees_with(value: &str, context: &str) -> bool {
    let Some(holder) = holder(value) else { return true };
    context.split(';').all(|fact| match fact.split_once('=') {
        Some(("gioi_tinh", gender)) => (gender == "Nữ") == holder.female,
        Some(("ngay_sinh", date)) => date[..4] == holder.birth_year.to_string(),
        _ => true,
    })
}

/// Verdicts of python-stdnum (tax codes: valid after its removal of spaces, dots and hyphens) and libphonenumber
/// (telephone numbers) on published examples, and ours.
#[test]
fn other_libraries() {
    let cases = [
        ("vn.mst", "0100233488", true, "valid"),
        ("vn.mst", "0314409058-002", true, "valid"),
        ("vn.mst", "01.00.112.437", true, "repairable"),
        ("vn.mst", "0312 68 78 78 - 001", true, "repairable"),
        ("vn.mst", "0100112467", false, "invalid"),
        ("vn.mst", "0304463870", false, "invalid"),
        ("vn.mst", "3300272343005", false, "invalid"),
        ("vn.mst", "MST0100233488", false, "invalid"),
        ("vn.phone", "02101234567", true, "valid"),
        ("vn.phone", "+84912345678", true, "valid"),
        ("vn.phone", "842101234567", true, "repairable"),
        ("vn.phone", "0912-345-678", true, "repairable"),
        ("vn.phone", "1800123456", true, "unusual"),
        ("vn.phone", "0521234567", false, "valid"),
        ("vn.phone", "0101234567", false, "invalid"),
        ("vn.phone", "02011234567", false, "invalid"),
        ("vn.phone", "01201234567", false, "repairable"),
    ];
    // Of prefix 052 libphonenumber knows narrower ranges; we judge by prefix alone.
    let differing = ["0521234567"];
    for (format, value, theirs, ours) in cases {
        let verdict = find(format).expect("a format of the list").judge(value);
        assert_eq!(verdict.name(), ours, "{format} {value}");
        let lenient = verdict.accepted() || (theirs && matches!(verdict, Verdict::Repairable { .. }));
        assert_eq!(lenient == theirs, !differing.contains(&value), "{format} {value}");
    }
}

/// What a column of this format would hold in the end.
fn meant(format: &dyn Format, value: &str) -> Option<String> {
    match format.judge(value) {
        Verdict::Valid | Verdict::Unusual(_) => Some(value.to_owned()),
        Verdict::Repairable { repaired, .. } => Some(repaired),
        Verdict::Invalid(_) => None,
    }
}

/// `tests/vn_mst_stdnum.csv`: codes of organisations from public examples, and the same with one digit changed or two
/// exchanged; what python-stdnum makes of them (spaces, dots and hyphens removed; nothing where it refuses them).
#[test]
fn tax_codes_agree_with_stdnum() {
    let format = find("vn.mst").expect("a format of the list");
    let mut differing = Vec::new();
    for line in include_str!("../../tests/vn_mst_stdnum.csv").lines().skip(1) {
        let (value, theirs) = line.split_once(',').expect("two fields");
        let ours = meant(format, value).map(|code| code.replace('-', "")).unwrap_or_default();
        if ours != theirs {
            differing.push(value);
        }
    }
    assert_eq!(differing, [""; 0]);
}

/// `tests/vn_phone_libphonenumber.csv`: numbers of every prefix, with libphonenumber's type and its international form
/// (nothing where the number is not valid to it).
#[test]
fn telephone_numbers_agree_with_libphonenumber() {
    let format = find("vn.phone").expect("a format of the list");
    let kinds = [("MOBILE", "mobile"), ("FIXED_LINE", "landline")];
    let judges = kinds.map(|(theirs, ours)| (theirs, format.choose(&[Some(ours)]).expect("a judge")));
    let (mut only_theirs, mut only_ours) = (Vec::new(), Vec::new());
    for line in include_str!("../../tests/vn_phone_libphonenumber.csv").lines().skip(1) {
        let [value, theirs, e164] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        if theirs.is_empty() {
            if format.judge(value) == Verdict::Valid {
                only_ours.push(value);
            }
            continue;
        }
        let Some(ours) = meant(format, value) else {
            only_theirs.push(value);
            continue;
        };
        let kind = judges.iter().find(|(_, judge)| judge.accepts(&ours)).map(|(kind, _)| *kind);
        assert_eq!(kind, Some(theirs), "{value}");
        let international = ours.strip_prefix('0').map(|digits| format!("+84{digits}"));
        assert_eq!(international.unwrap_or(ours), e164, "{value}");
    }
    // 012 is a range for machines; a letter O is taken for the zero key.
    assert_eq!(only_theirs, ["0121234567", "O912345678"]);
    // We judge by prefix alone, and they know narrower ranges.
    assert_eq!(
        only_ours,
        ["0521234567", "02401234567", "02411234567", "02491234567", "02801234567", "0553803765"]
    );
}

/// The judges that a format gives for each word of each of its arguments.
fn choices(format: &dyn Format) -> Vec<(&'static str, Box<dyn Judge>)> {
    let arguments = format.arguments();
    let mut choices = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        for &word in argument.words {
            let mut chosen = vec![None; arguments.len()];
            chosen[at] = Some(word);
            choices.push((word, format.choose(&chosen).expect("a judge for every word")));
        }
    }
    choices
}

fn checks(format: &dyn Format, value: &str) -> Result<(), TestCaseError> {
    check_judge(format.name(), "", format, value)?;
    for (word, judge) in choices(format) {
        check_judge(format.name(), word, judge.as_ref(), value)?;
    }
    Ok(())
}

fn check_judge<J: Judge + ?Sized>(
    name: &str,
    word: &str,
    judge: &J,
    value: &str,
) -> Result<(), TestCaseError> {
    let verdict = judge.judge(value);
    let accepted = judge.accepts(value);
    prop_assert_eq!(accepted, verdict.accepted(), "{} {} {:?}: {:?}", name, word, value, verdict);
    if let Verdict::Repairable { repaired, .. } = &verdict {
        prop_assert!(judge.accepts(repaired), "{name} {word} {value:?} repaired to {repaired:?}");
        prop_assert!(repaired != value, "{name} {word} {value:?}: nothing is repaired");
    }
    Ok(())
}

/// Every example, with one character taken out, put in or replaced somewhere.
fn mutated() -> impl Strategy<Value = String> {
    let examples: Vec<_> = all()
        .flat_map(|format| format.examples())
        .map(|(value, _)| (*value).to_owned())
        .chain(vectors().into_iter().map(|[_, value, ..]| value))
        .collect();
    let edit = (0..3u8, any::<prop::sample::Index>(), "[0-9a-fA-Z@.:;/+( )%ếĐ\u{a0}-]");
    (prop::sample::select(examples), prop::collection::vec(edit, 0..4)).prop_map(|(mut value, edits)| {
        for (what, place, with) in edits {
            let starts: Vec<_> = value.char_indices().map(|(at, _)| at).collect();
            let Some(&at) = starts.get(place.index(starts.len() + 1)) else {
                value.push_str(&with);
                continue;
            };
            match what {
                0 => value.insert_str(at, &with),
                1 => drop(value.remove(at)),
                _ => {
                    value.remove(at);
                    value.insert_str(at, &with);
                }
            }
        }
        value
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn accepts_is_judge_on_mutated_values(value in mutated()) {
        for format in all() {
            checks(format, &value)?;
        }
    }

    #[test]
    fn accepts_is_judge_on_digits(value in "[+]?(84|0|1[89]00)?[0-9]{0,14}(-[0-9]{3})?(\\.0)?") {
        for format in all() {
            checks(format, &value)?;
        }
    }

    #[test]
    fn accepts_is_judge_on_any_text(value in "\\PC{0,24}|[a-f0-9-]{30,40}|[a-z]{1,6}:?//?[a-z0-9.:@/%\\[\\]-]{0,20}|[a-z.@\" ]{0,16}") {
        for format in all() {
            checks(format, &value)?;
        }
    }
}
