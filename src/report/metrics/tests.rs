use std::collections::BTreeSet;

use super::*;
use crate::report::sample;
use crate::score::Profile;

fn run() -> RunFigures {
    let database = |id: &str, duration_ms| DatabaseFigures {
        id: id.to_owned(),
        duration_ms,
        bytes: 80_000_000,
        rows: 1_000_000,
        files_read: 1,
        files_reused: 2,
    };
    RunFigures {
        plan: "dem".to_owned(),
        started_ms: 1_795_280_400_007,
        ended_ms: 1_795_280_461_250,
        success: true,
        notices_failed: 0,
        databases: vec![database("byt_a02", 9), database("bca_a13", 61_234)],
    }
}

/// A sample: name, labels as they were meant, value as text.
type Sample = (String, Vec<(String, String)>, String);

/// Reads the text format as its specification says, and refuses everything else: a family has its help and type once and
/// before its samples, samples of a family stand together, no series is there twice, names are names, escapes are
/// escapes, values are decimal numbers.
fn parse(text: &str) -> Vec<Sample> {
    let name = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
    };
    assert!(text.ends_with('\n') && !text.contains("\n\n"));
    let (mut samples, mut families, mut series) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let help = line.strip_prefix("# HELP ").unwrap_or_else(|| panic!("no help: {line}"));
        let (family, help) = help.split_once(' ').expect("a help");
        assert!(name(family) && family.starts_with("thuocdo_") && !help.is_empty(), "{line}");
        assert!(families.insert(family.to_owned()), "{family} is there twice");
        assert_eq!(lines.next(), Some(format!("# TYPE {family} gauge").as_str()));
        let mut count = 0;
        while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
            let sample = one(line, &name);
            assert_eq!(sample.0, family);
            assert!(series.insert((sample.0.clone(), sample.1.clone())), "{line} is there twice");
            samples.push(sample);
            count += 1;
        }
        assert!(count > 0, "{family} has no sample");
    }
    samples
}

fn one(line: &str, name: &dyn Fn(&str) -> bool) -> Sample {
    let (metric, mut rest) = line.split_once('{').expect("labels");
    let mut labels: Vec<(String, String)> = Vec::new();
    loop {
        let (label, value) = rest.split_once("=\"").expect("a label");
        assert!(name(label) && labels.iter().all(|(other, _)| other != label), "{line}");
        let (mut text, mut chars) = (String::new(), value.char_indices());
        let end = loop {
            match chars.next().expect("an end of the label") {
                (at, '"') => break at,
                (_, '\\') => text.push(match chars.next().expect("an escape").1 {
                    'n' => '\n',
                    c @ ('\\' | '"') => c,
                    c => panic!("\\{c} is no escape"),
                }),
                (_, c) => text.push(c),
            }
        };
        labels.push((label.to_owned(), text));
        rest = &value[end + 1..];
        if let Some(value) = rest.strip_prefix("} ") {
            let digits = value.strip_prefix('-').unwrap_or(value).replacen('.', "", 1);
            assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
            return (metric.to_owned(), labels, value.to_owned());
        }
        rest = rest.strip_prefix(',').expect("a comma or the end");
    }
}

#[test]
fn a_run_as_prometheus_reads_it() {
    let card = sample::card(Profile::Vn4);
    insta::assert_snapshot!(render(Some(&card), &run()), @r#"
    # HELP thuocdo_run_start_time_seconds When the last run started, in seconds since 1970-01-01 UTC.
    # TYPE thuocdo_run_start_time_seconds gauge
    thuocdo_run_start_time_seconds{plan="dem"} 1795280400.007
    # HELP thuocdo_run_end_time_seconds When the last run ended, in seconds since 1970-01-01 UTC.
    # TYPE thuocdo_run_end_time_seconds gauge
    thuocdo_run_end_time_seconds{plan="dem"} 1795280461.250
    # HELP thuocdo_run_success 1 if the last run came to its end and wrote a scorecard.
    # TYPE thuocdo_run_success gauge
    thuocdo_run_success{plan="dem"} 1
    # HELP thuocdo_run_complete 1 if the last run measured everything that the rules ask for.
    # TYPE thuocdo_run_complete gauge
    thuocdo_run_complete{plan="dem"} 0
    # HELP thuocdo_run_notices_failed Notices of the last run that could not be delivered.
    # TYPE thuocdo_run_notices_failed gauge
    thuocdo_run_notices_failed{plan="dem"} 0
    # HELP thuocdo_run_database_duration_seconds Time that the last run took for a database.
    # TYPE thuocdo_run_database_duration_seconds gauge
    thuocdo_run_database_duration_seconds{plan="dem",database="bca_a13"} 61.234
    thuocdo_run_database_duration_seconds{plan="dem",database="byt_a02"} 0.009
    # HELP thuocdo_run_database_read_bytes Bytes of files that the last run read.
    # TYPE thuocdo_run_database_read_bytes gauge
    thuocdo_run_database_read_bytes{plan="dem",database="bca_a13"} 80000000
    thuocdo_run_database_read_bytes{plan="dem",database="byt_a02"} 80000000
    # HELP thuocdo_run_database_read_rows Rows that the last run read.
    # TYPE thuocdo_run_database_read_rows gauge
    thuocdo_run_database_read_rows{plan="dem",database="bca_a13"} 1000000
    thuocdo_run_database_read_rows{plan="dem",database="byt_a02"} 1000000
    # HELP thuocdo_run_database_files_read Files that the last run read.
    # TYPE thuocdo_run_database_files_read gauge
    thuocdo_run_database_files_read{plan="dem",database="bca_a13"} 1
    thuocdo_run_database_files_read{plan="dem",database="byt_a02"} 1
    # HELP thuocdo_run_database_files_reused Files that the last run knew from before.
    # TYPE thuocdo_run_database_files_reused gauge
    thuocdo_run_database_files_reused{plan="dem",database="bca_a13"} 2
    thuocdo_run_database_files_reused{plan="dem",database="byt_a02"} 2
    # HELP thuocdo_database_info Grade of a database and what it was graded by; always 1.
    # TYPE thuocdo_database_info gauge
    thuocdo_database_info{plan="dem",database="bca_a13",agency="bca",grade="D"} 1
    thuocdo_database_info{plan="dem",database="byt_a02",agency="byt",grade="—"} 1
    # HELP thuocdo_database_grade Grade of a database: 4 is A, 3 is B, 2 is C, 1 is D, 0 is none.
    # TYPE thuocdo_database_grade gauge
    thuocdo_database_grade{plan="dem",database="bca_a13"} 1
    thuocdo_database_grade{plan="dem",database="byt_a02"} 0
    # HELP thuocdo_database_score_points Points of a database, 0 to 100, by bound; official is the score.
    # TYPE thuocdo_database_score_points gauge
    thuocdo_database_score_points{plan="dem",database="bca_a13",bound="official"} 40.914972088
    thuocdo_database_score_points{plan="dem",database="bca_a13",bound="measured"} 76.110319138
    thuocdo_database_score_points{plan="dem",database="bca_a13",bound="ceiling"} 79.426362722
    thuocdo_database_score_points{plan="dem",database="byt_a02",bound="official"} 35.922619047
    thuocdo_database_score_points{plan="dem",database="byt_a02",bound="measured"} 94.742063491
    thuocdo_database_score_points{plan="dem",database="byt_a02",bound="ceiling"} 96.319444444
    # HELP thuocdo_database_dimension_score_points Official points of a dimension of a database, 0 to 100.
    # TYPE thuocdo_database_dimension_score_points gauge
    thuocdo_database_dimension_score_points{plan="dem",database="bca_a13",dimension="correctness"} 64.334684564
    thuocdo_database_dimension_score_points{plan="dem",database="bca_a13",dimension="completeness"} 54.000000000
    thuocdo_database_dimension_score_points{plan="dem",database="bca_a13",dimension="cleanliness"} 99.878499910
    thuocdo_database_dimension_score_points{plan="dem",database="bca_a13",dimension="freshness"} 0.000000000
    thuocdo_database_dimension_score_points{plan="dem",database="byt_a02",dimension="correctness"} 91.587301587
    thuocdo_database_dimension_score_points{plan="dem",database="byt_a02",dimension="completeness"} 100.000000000
    thuocdo_database_dimension_score_points{plan="dem",database="byt_a02",dimension="cleanliness"} 0.000000000
    thuocdo_database_dimension_score_points{plan="dem",database="byt_a02",dimension="freshness"} 0.000000000
    # HELP thuocdo_database_records Records in main tables of a database.
    # TYPE thuocdo_database_records gauge
    thuocdo_database_records{plan="dem",database="bca_a13"} 1234567
    thuocdo_database_records{plan="dem",database="byt_a02"} 1400
    # HELP thuocdo_database_clean_records Clean records in main tables of a database.
    # TYPE thuocdo_database_clean_records gauge
    thuocdo_database_clean_records{plan="dem",database="bca_a13"} 1215000
    thuocdo_database_clean_records{plan="dem",database="byt_a02"} 1399
    # HELP thuocdo_database_unknown_tables Required main tables of a database without records: how many of theirs are clean is not known.
    # TYPE thuocdo_database_unknown_tables gauge
    thuocdo_database_unknown_tables{plan="dem",database="bca_a13"} 0
    thuocdo_database_unknown_tables{plan="dem",database="byt_a02"} 0
    # HELP thuocdo_database_coverage_ratio Share of rules, by weight, whose value is known, 0 to 1.
    # TYPE thuocdo_database_coverage_ratio gauge
    thuocdo_database_coverage_ratio{plan="dem",database="bca_a13"} 0.666666666
    thuocdo_database_coverage_ratio{plan="dem",database="byt_a02"} 0.500000000
    # HELP thuocdo_database_caps Hard caps that hold down the grade of a database.
    # TYPE thuocdo_database_caps gauge
    thuocdo_database_caps{plan="dem",database="bca_a13"} 3
    thuocdo_database_caps{plan="dem",database="byt_a02"} 2
    # HELP thuocdo_database_cap_info A hard cap that applies to a database; always 1.
    # TYPE thuocdo_database_cap_info gauge
    thuocdo_database_cap_info{plan="dem",database="bca_a13",cap="K3",max_grade="D"} 1
    thuocdo_database_cap_info{plan="dem",database="bca_a13",cap="K6",max_grade="B"} 1
    thuocdo_database_cap_info{plan="dem",database="bca_a13",cap="K8",max_grade="C"} 1
    thuocdo_database_cap_info{plan="dem",database="byt_a02",cap="K3",max_grade="D"} 1
    thuocdo_database_cap_info{plan="dem",database="byt_a02",cap="K6",max_grade="—"} 1
    # HELP thuocdo_database_rules Rules of a database by what became of them.
    # TYPE thuocdo_database_rules gauge
    thuocdo_database_rules{plan="dem",database="bca_a13",status="measured"} 6
    thuocdo_database_rules{plan="dem",database="bca_a13",status="na"} 1
    thuocdo_database_rules{plan="dem",database="bca_a13",status="empty"} 0
    thuocdo_database_rules{plan="dem",database="bca_a13",status="error"} 1
    thuocdo_database_rules{plan="dem",database="bca_a13",status="skipped"} 0
    thuocdo_database_rules{plan="dem",database="bca_a13",status="missing_input"} 0
    thuocdo_database_rules{plan="dem",database="bca_a13",status="missing_table"} 1
    thuocdo_database_rules{plan="dem",database="byt_a02",status="measured"} 2
    thuocdo_database_rules{plan="dem",database="byt_a02",status="na"} 0
    thuocdo_database_rules{plan="dem",database="byt_a02",status="empty"} 0
    thuocdo_database_rules{plan="dem",database="byt_a02",status="error"} 0
    thuocdo_database_rules{plan="dem",database="byt_a02",status="skipped"} 0
    thuocdo_database_rules{plan="dem",database="byt_a02",status="missing_input"} 0
    thuocdo_database_rules{plan="dem",database="byt_a02",status="missing_table"} 0
    # HELP thuocdo_database_failing_units Units that rules failed, by what the rules ask about and count.
    # TYPE thuocdo_database_failing_units gauge
    thuocdo_database_failing_units{plan="dem",database="bca_a13",dimension="cleanliness",unit="cell"} 5
    thuocdo_database_failing_units{plan="dem",database="bca_a13",dimension="cleanliness",unit="row"} 0
    thuocdo_database_failing_units{plan="dem",database="bca_a13",dimension="completeness",unit="cell"} 1000
    thuocdo_database_failing_units{plan="dem",database="bca_a13",dimension="correctness",unit="cell"} 567
    thuocdo_database_failing_units{plan="dem",database="bca_a13",dimension="correctness",unit="row"} 0
    thuocdo_database_failing_units{plan="dem",database="byt_a02",dimension="completeness",unit="cell"} 0
    thuocdo_database_failing_units{plan="dem",database="byt_a02",dimension="correctness",unit="cell"} 1
    "#);
}

#[test]
fn the_text_keeps_its_form_whatever_the_names_are() {
    let mut run = run();
    for (at, card) in
        [sample::card(Profile::Vn4), sample::with_index(Profile::Vn6), sample::hostile()].iter().enumerate()
    {
        run.plan = format!("a\"b\\c\nd}} {at}");
        let text = render(Some(card), &run);
        let samples = parse(&text);
        let known: BTreeSet<&str> = card.databases.iter().map(|card| card.id.as_str()).collect();
        let named = samples.iter().filter(|(name, ..)| name == "thuocdo_database_grade");
        let named: BTreeSet<&str> = named.map(|(_, labels, _)| labels[1].1.as_str()).collect();
        assert_eq!(named, known, "ids read back as they are");
        assert!(samples.iter().all(|(_, labels, _)| labels[0] == ("plan".to_owned(), run.plan.clone())));
        assert_eq!(text, render(Some(card), &run));
    }
}

#[test]
fn numbers_are_those_of_the_card() {
    let card = sample::card(Profile::Vn4);
    let samples = parse(&render(Some(&card), &run()));
    let of = |name: &str, labels: &[&str]| -> String {
        let fits = |(metric, found, _): &&Sample| {
            metric == name && labels.iter().all(|label| found.iter().any(|(_, value)| value == label))
        };
        samples.iter().find(fits).unwrap_or_else(|| panic!("no {name} {labels:?}")).2.clone()
    };
    let database = &card.databases[0];
    let id = database.id.as_str();
    let official = of("thuocdo_database_score_points", &[id, "official"]);
    assert_eq!(official.replace('.', "").parse(), Ok(database.score.official_nano));
    let fail: u64 = database.tables.iter().flat_map(|table| &table.rules).map(|rule| rule.fail).sum();
    let told: u64 = samples
        .iter()
        .filter(|(name, labels, _)| name == "thuocdo_database_failing_units" && labels[1].1 == id)
        .map(|(.., value)| value.parse::<u64>().unwrap())
        .sum();
    assert_eq!(told, fail);
    assert_eq!(of("thuocdo_run_database_duration_seconds", &["bca_a13"]), "61.234");
    assert_eq!(of("thuocdo_run_start_time_seconds", &[]), "1795280400.007");
}

#[test]
fn words_are_those_of_the_scorecard() {
    for status in STATUSES {
        assert_eq!(serde_json::to_value(status).unwrap(), super::status(status));
    }
    let units = [
        Unit::Row,
        Unit::Cell,
        Unit::Key,
        Unit::ExpectedRecord,
        Unit::ExpectedValue,
        Unit::Group,
        Unit::Event,
        Unit::ContractItem,
        Unit::Check,
        Unit::Attempt,
        Unit::Connection,
        Unit::Request,
    ];
    for one in units {
        assert_eq!(serde_json::to_value(one).unwrap(), unit(one));
    }
}

#[test]
fn a_run_without_a_scorecard_is_told_as_well() {
    let run = RunFigures { success: false, databases: Vec::new(), started_ms: -1, ..run() };
    let samples = parse(&render(None, &run));
    let value = |name: &str| samples.iter().find(|(metric, ..)| metric == name).unwrap().2.clone();
    assert_eq!(
        (value("thuocdo_run_success"), value("thuocdo_run_complete")),
        ("0".to_owned(), "0".to_owned())
    );
    assert_eq!(value("thuocdo_run_start_time_seconds"), "-0.001");
}

#[test]
fn ratios_are_cut_off() {
    assert_eq!(ratio(Fraction { num: 2, den: 3 }), "0.666666666");
    assert_eq!(ratio(Fraction { num: u64::MAX, den: u64::MAX }), "1.000000000");
}
