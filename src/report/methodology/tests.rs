use std::collections::BTreeSet;

use serde_json::Value;

use super::{FORMATS, formula, md, sections};
use crate::base::Lang;
use crate::report::Style;
use crate::score::{Methodology, Profile};

fn numbers(value: &Value, path: &str, found: &mut Vec<(String, u64)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| numbers(value, &format!("{path}.{key}"), found));
        }
        Value::Array(items) => items.iter().for_each(|item| numbers(item, path, found)),
        Value::Number(number) => found.extend(number.as_u64().map(|n| (path.to_owned(), n))),
        _ => {}
    }
}

/// The integers of a page, whatever stands between groups of digits.
fn shown(page: &str) -> BTreeSet<u64> {
    let joined = page.replace(',', "");
    joined.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[test]
fn every_number_of_the_methodology_is_on_the_page() {
    let methodology = Methodology::new(Profile::Vn4);
    let page = md::page(&methodology, &Style::default()).replace(", ", " ");
    let shown = shown(&page);
    let mut all = Vec::new();
    numbers(&serde_json::to_value(&methodology).unwrap(), "", &mut all);
    assert!(all.len() > 60);
    for (path, number) in all {
        match path.as_str() {
            ".near_edge" => assert!(page.contains("less than 0.5 points")),
            ".rank.noise_steps" => assert!(shown.contains(&(750 + number - 1))),
            _ => assert!(shown.contains(&number), "{path}: {number}"),
        }
    }
    assert!(page.contains(&methodology.id()));
}

#[test]
fn a_changed_constant_changes_every_format() {
    let methodology = Methodology::new(Profile::Vn4);
    let change: [fn(&mut Methodology); 6] = [
        |it| it.knots[3].points = 91,
        |it| it.caps.critical.below = 26,
        |it| it.lambda.den = 5,
        |it| it.rank.seed += 1,
        |it| it.cycles_to_zero = 4,
        |it| it.near_edge *= 2,
    ];
    for change in change {
        let mut other = methodology.clone();
        change(&mut other);
        for (name, write) in FORMATS {
            for lang in [Lang::Vi, Lang::En] {
                let style = Style { lang, ..Style::default() };
                assert_ne!(write(&methodology, &style), write(&other, &style), "{name}");
            }
        }
    }
}

#[test]
fn ids_are_unique_and_both_languages_are_there() {
    let all = sections(&Methodology::new(Profile::Vn6));
    let ids: BTreeSet<&str> = all.iter().map(|section| section.id).collect();
    assert_eq!(ids.len(), all.len());
    for section in &all {
        assert!(section.id.starts_with("m-") && section.title.vi != section.title.en, "{}", section.id);
        assert!(formula(section).is_none_or(|text| text.vi != text.en), "{}", section.id);
    }
}
