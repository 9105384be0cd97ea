//! All formats, on cards that are friendly and on such as want to break the page.

use super::*;
use crate::base::Lang;
use crate::report::sample;
use crate::score::Profile;

/// Cards by two profiles, and one without databases.
pub(super) fn reported() -> Vec<Reported> {
    let empty = Scorecard { databases: Vec::new(), ..sample::card(Profile::Local) };
    [sample::card(Profile::Local), sample::card(Profile::Vn4), empty]
        .into_iter()
        .enumerate()
        .map(|(at, card)| Reported {
            name: format!("{at}.json"),
            root: card.provenance.as_ref().map(|it| it.root.clone()).unwrap_or_default(),
            card,
            proof: Proof::Full,
        })
        .collect()
}

fn hostile() -> Vec<Reported> {
    let card = sample::hostile();
    vec![Reported { name: "\u{1b}[2J|=1+1".to_owned(), card, root: String::new(), proof: Proof::No }]
}

#[test]
fn every_format_has_a_name_of_its_own_and_takes_any_card() {
    let scratch = tempfile::tempdir().unwrap();
    for (at, format) in FORMATS.iter().enumerate() {
        assert_eq!(FORMATS.iter().position(|other| other.name() == format.name()), Some(at));
        assert!(crate::report::find(format.name()).is_none(), "one name, one format");
        assert_ne!(format.about().vi, format.about().en);
        for cards in [reported(), hostile(), Vec::new()] {
            for lang in [Lang::Vi, Lang::En] {
                let style = Style { lang, ..Style::default() };
                let bytes = format.render(&cards, &style, scratch.path()).unwrap();
                assert_eq!(
                    bytes,
                    format.render(&cards, &style, scratch.path()).unwrap(),
                    "{}",
                    format.name()
                );
                assert!(format.binary() || String::from_utf8(bytes).is_ok());
            }
        }
    }
    assert!(find("papyrus").is_none());
}

#[test]
fn nothing_in_a_text_becomes_markup() {
    let scratch = tempfile::tempdir().unwrap();
    let bytes = find("md").unwrap().render(&hostile(), &Style::default(), scratch.path()).unwrap();
    let page = String::from_utf8(bytes).unwrap();
    let unwanted = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!page.contains(unwanted));
    assert!(page.lines().all(|line| line.len() < 20_000), "long texts are cut");
    assert!(page.contains("CHƯA KIỂM CHỨNG") || page.contains("NOT VERIFIED"));
}

/// An example is a value of the data, masked or not: reports have no place for one.
#[test]
fn no_format_holds_examples() {
    let scratch = tempfile::tempdir().unwrap();
    for format in FORMATS.iter().filter(|format| !format.binary()) {
        let bytes = format.render(&reported(), &Style::default(), scratch.path()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("Ngu****"), "{}", format.name());
    }
    assert!(reported()[0].card.to_json().contains("Ngu****"), "the card has one");
}
