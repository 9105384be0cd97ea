//! Texts that a pattern matches: for named formats, by changing letters and digits of a published example; for regular
//! expressions, by walking through their automaton.

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::start;

use super::random::Random;
use crate::format::{self, Judge, Verdict};

/// Enough for any check digit, or two of them.
const TRIES: usize = 2_000;

/// A value that a format calls valid.
pub fn of_format(name: &str, judge: &dyn Judge, random: &mut Random) -> Option<String> {
    let format = format::find(name)?;
    let valid = |value: &str| judge.judge(value) == Verdict::Valid;
    let examples: Vec<&str> =
        format.examples().iter().map(|(value, _)| *value).filter(|value| valid(value)).collect();
    let example = *random.pick(&examples)?;
    for _ in 0..TRIES {
        let value = like(example, random);
        if valid(&value) {
            return Some(value);
        }
    }
    Some(example.to_owned())
}

/// A text of the same look: digits for digits, letters for letters. A few of them stay what they are, since codes often
/// begin with something that means something.
fn like(example: &str, random: &mut Random) -> String {
    let kept = random.place(4);
    let change = |(at, c): (usize, char)| match c {
        _ if at < kept => c,
        '0'..='9' => char::from(b'0' + random.place(10) as u8),
        'A'..='Z' if random.chance(300_000) => char::from(b'A' + random.place(26) as u8),
        'a'..='z' if random.chance(300_000) => char::from(b'a' + random.place(26) as u8),
        c => c,
    };
    example.chars().enumerate().map(change).collect()
}

/// A regular expression of which the whole value must be a match.
pub struct Walk(dense::DFA<Vec<u32>>);

/// Longer walks are given up.
const LONGEST: usize = 2_000;

impl Walk {
    /// `None` where no text that matches can be found.
    pub fn new(pattern: &str) -> Option<Self> {
        let config = dense::Config::new().start_kind(StartKind::Anchored).dfa_size_limit(Some(64 << 20));
        let dfa = dense::Builder::new().configure(config).build(&format!("(?:{pattern})$")).ok()?;
        let walk = Self(dfa);
        walk.text(&mut Random::of(0, pattern, 0)).map(|_| walk)
    }

    /// Some text that matches.
    pub fn text(&self, random: &mut Random) -> Option<String> {
        (0..200).find_map(|try_| self.walk(try_ % 4 == 3, random))
    }

    /// Goes forward as long as there is a way, and stops at a place where the expression is satisfied.
    fn walk(&self, wide: bool, random: &mut Random) -> Option<String> {
        const PLAIN: &[u8] = b"0123456789ABCDEFGHKLMNPRSTUVXY0123456789abcdeghiklmnoprstuvxy -./";
        let dfa = &self.0;
        let mut state = dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let mut bytes = Vec::new();
        while bytes.len() < LONGEST {
            let done = dfa.is_match_state(dfa.next_eoi_state(state));
            if done && !bytes.is_empty() && random.chance(400_000) {
                break;
            }
            let open = |byte: u8| {
                let next = dfa.next_state(state, byte);
                !dfa.is_dead_state(next) && !dfa.is_quit_state(next)
            };
            let range = if wide { 0..=255 } else { 0..=0 };
            let ways: Vec<u8> =
                PLAIN.iter().copied().chain(range.filter(|&byte| byte > b' ')).filter(|&b| open(b)).collect();
            let ways = if ways.is_empty() { (b' '..=255).filter(|&byte| open(byte)).collect() } else { ways };
            match random.pick(&ways) {
                Some(&byte) => {
                    state = dfa.next_state(state, byte);
                    bytes.push(byte);
                }
                None => break,
            }
        }
        let done = dfa.is_match_state(dfa.next_eoi_state(state));
        String::from_utf8(bytes).ok().filter(|text| done && !text.is_empty() && text.trim() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::Pattern;

    #[test]
    fn every_format_has_values() {
        let mut random = Random::of(5, "formats", 0);
        for format in format::all() {
            let values: std::collections::BTreeSet<String> =
                (0..20).filter_map(|_| of_format(format.name(), format, &mut random)).collect();
            assert!(values.iter().all(|value| format.judge(value) == Verdict::Valid), "{}", format.name());
            let few = ["json", "vn.ethnic_group", "percentage"];
            assert!(values.len() > 1 || few.contains(&format.name()), "{}: {values:?}", format.name());
        }
    }

    #[test]
    fn what_matches_nothing_has_no_walk() {
        assert!(Walk::new("[^\\s\\S]").is_none());
        assert!(Walk::new("[a-z]{9000}").is_none());
    }

    #[test]
    fn walks_match() {
        let mut random = Random::of(6, "walks", 0);
        for regex in [
            "[0-9]{5,6}",
            "HS-\\d{4}(-[A-Z]+)?",
            "a|bc|def",
            "[a-z0-9&][a-z0-9&'./ -]*",
            "[A-ZĐ].*",
            "Đ[0-9]",
            "[a-z]{500}",
        ] {
            let (walk, pattern) =
                (Walk::new(regex).expect("a walk"), Pattern::new(regex).expect("a pattern"));
            for _ in 0..50 {
                let text = walk.text(&mut random).unwrap_or_else(|| panic!("{regex}"));
                assert!(pattern.is_match(&text), "{regex}: {text}");
            }
        }
    }
}
