//! A user's regular expression over whole values.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, meta};

/// Above this many bytes of automaton the lazy engine is used instead.
const DFA_LIMIT: usize = 4 << 20;
/// Above this many bytes of scratch memory building the automaton is given up.
const BUILD_LIMIT: usize = 16 << 20;
/// Above this many bytes a pattern is rejected.
const NFA_LIMIT: usize = 10 << 20;

/// A regular expression that must match the whole value. Immutable; share it between threads.
#[derive(Debug)]
pub struct Pattern {
    fast: Option<Fast>,
    /// For what the automaton cannot decide: it was too large, or a Unicode word boundary met a letter outside
    /// ASCII. `None` where the automaton decides everything.
    general: Option<meta::Regex>,
}

/// A dense automaton that keeps every match, so that only the state after the last byte counts.
#[derive(Debug)]
struct Fast {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// Why a pattern is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("{message}")]
    Syntax {
        /// In the words of the parser, without the pattern itself.
        message: String,
        /// Byte offset into the pattern at which the error begins, where the parser tells.
        offset: Option<usize>,
    },
    #[error("the pattern needs more than {} MiB", NFA_LIMIT >> 20)]
    TooLarge,
}

impl Pattern {
    /// Compiles a pattern in the syntax of the `regex` crate (Unicode on). Takes bounded time and memory for any
    /// pattern.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        if let Err(error) = syntax::parse(pattern) {
            return Err(syntax_error(pattern, &error.to_string()));
        }
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .nfa_size_limit(Some(NFA_LIMIT))
                    .which_captures(thompson::WhichCaptures::None),
            )
            .build(pattern)
            .map_err(|_| PatternError::TooLarge)?;
        let fast = Fast::new(&nfa);
        let complete = fast.as_ref().is_some_and(|fast| !fast.quits());
        let general = if complete { None } else { Some(general(pattern)?) };
        Ok(Self { fast, general })
    }

    /// Whether the whole of the value matches.
    #[inline]
    pub fn is_match(&self, value: &str) -> bool {
        match (&self.fast, &self.general) {
            (Some(fast), None) => fast.run(value.as_bytes()),
            (Some(fast), Some(general)) => {
                fast.run_or_quit(value.as_bytes()).unwrap_or_else(|| general.is_match(anchored(value)))
            }
            (None, Some(general)) => general.is_match(anchored(value)),
            // `new` never leaves both out.
            (None, None) => false,
        }
    }
}

fn anchored(value: &str) -> Input<'_> {
    Input::new(value).anchored(Anchored::Yes)
}

impl Fast {
    fn new(nfa: &thompson::NFA) -> Option<Self> {
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Anchored)
                    .match_kind(MatchKind::All)
                    .accelerate(false)
                    .unicode_word_boundary(true)
                    .dfa_size_limit(Some(DFA_LIMIT))
                    .determinize_size_limit(Some(BUILD_LIMIT)),
            )
            .build_from_nfa(nfa)
            .ok()?;
        let start = dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        Some(Self { dfa, start })
    }

    /// Whether the value matches, for an automaton without quit states.
    #[inline]
    fn run(&self, value: &[u8]) -> bool {
        let mut state = self.start;
        let (blocks, rest) = value.as_chunks::<16>();
        for block in blocks {
            for &byte in block {
                state = self.dfa.next_state(state, byte);
            }
            // Dead is for good; asking once a block keeps the loop tight.
            if self.dfa.is_dead_state(state) {
                return false;
            }
        }
        for &byte in rest {
            state = self.dfa.next_state(state, byte);
        }
        self.dfa.is_match_state(self.dfa.next_eoi_state(state))
    }

    /// Whether the value matches; `None` where the automaton gives up.
    fn run_or_quit(&self, value: &[u8]) -> Option<bool> {
        let mut state = self.start;
        for &byte in value {
            state = self.dfa.next_state(state, byte);
            if self.dfa.is_quit_state(state) {
                return None;
            }
        }
        let end = self.dfa.next_eoi_state(state);
        (!self.dfa.is_quit_state(end)).then(|| self.dfa.is_match_state(end))
    }

    /// Whether some byte makes the automaton give up.
    fn quits(&self) -> bool {
        // A Unicode word boundary is the only reason here, and it gives up on every byte outside ASCII.
        self.dfa.is_quit_state(self.dfa.next_state(self.start, 0xFF))
    }
}

fn general(pattern: &str) -> Result<meta::Regex, PatternError> {
    let build = |whole: &str| {
        meta::Builder::new().configure(meta::Config::new().nfa_size_limit(Some(NFA_LIMIT))).build(whole)
    };
    // A verbose pattern may end in a comment, which would swallow the closing parenthesis.
    let built = build(&format!(r"\A(?:{pattern})\z")).or_else(|error| {
        if error.syntax_error().is_some() { build(&format!("\\A(?:{pattern}\n)\\z")) } else { Err(error) }
    });
    built.map_err(|error| match error.syntax_error() {
        Some(error) => PatternError::Syntax { message: last_line(&error.to_string()), offset: None },
        None => PatternError::TooLarge,
    })
}

/// Reads the parser's message: the pattern, a line of carets under the culprit, and `error: …`.
fn syntax_error(pattern: &str, text: &str) -> PatternError {
    let offset = (!pattern.contains('\n')).then(|| caret_offset(pattern, text)).flatten();
    PatternError::Syntax { message: last_line(text), offset }
}

fn last_line(text: &str) -> String {
    let last = text.lines().last().unwrap_or(text);
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

fn caret_offset(pattern: &str, text: &str) -> Option<usize> {
    /// What the parser puts before the pattern.
    const INDENT: usize = 4;
    let carets =
        text.lines().rev().find(|line| line.contains('^') && line.chars().all(|c| matches!(c, ' ' | '^')))?;
    let column = carets.find('^')?.checked_sub(INDENT)?;
    Some(pattern.char_indices().nth(column).map_or(pattern.len(), |(at, _)| at))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Pattern::new(pattern).expect("a good pattern").is_match(value)
    }

    #[test]
    fn the_whole_value() {
        assert!(matches(r"\d{3}", "123") && !matches(r"\d{3}", "1234") && !matches(r"\d{3}", "a123"));
        assert!(matches("a|ab", "ab") && matches("ab|a", "a") && !matches("a|ab", "abb"));
        assert!(matches("a*?", "aaa") && matches("", "") && !matches("", "a"));
        assert!(matches("^a$", "a") && !matches("^a$", "a\n") && matches("(?m)a$\nb", "a\nb"));
        assert!(matches("(?x) a # comment", "a") && matches("(?i)đẮk", "ĐắK") && matches(".", "ễ"));
        assert!(!matches("[a&&b]", "a"));
    }

    #[test]
    fn word_boundaries_in_vietnamese() {
        let pattern = Pattern::new(r"(?x) \b\w+\b \s \b\w+\b # two words").expect("a good pattern");
        assert!(pattern.general.is_some());
        assert!(pattern.is_match("Le Loi") && pattern.is_match("Lê Lợi") && !pattern.is_match("Lê"));
        assert!(!matches(r"\bê\b.+", "êa") && matches(r"(?-u:\b)a.*", "aê"));
    }

    #[test]
    fn errors_say_where() {
        let error = |pattern| match Pattern::new(pattern) {
            Err(PatternError::Syntax { message, offset }) => (message, offset),
            other => panic!("{other:?}"),
        };
        assert_eq!(error("ab(c"), ("unclosed group".to_owned(), Some(2)));
        assert_eq!(error("ễ[z-a]").1, Some("ễ[".len()));
        assert_eq!(error("^*)^").1, Some(2));
        assert_eq!(error("a\n(").1, None);
        assert_eq!(error("(?<n>a)(?<n>b)").0, "duplicate capture group name");
    }

    #[test]
    fn pathological_patterns_are_bounded() {
        let started = Instant::now();
        for pattern in [
            "(a{0,1000}){0,1000}",
            "((a{0,100}){0,100}){0,100}",
            r"\w{1000}",
            r"(?:\pL{1,200}){1,200}",
            "(?:a|b)*a(?:a|b){20}",
            "(?:){4294967295}",
            "(?:(?:){1000}){4294967295}",
        ] {
            if let Ok(pattern) = Pattern::new(pattern) {
                pattern.is_match(&"ab".repeat(40));
            }
        }
        assert!(matches!(Pattern::new("(a{0,1000}){0,1000}"), Err(PatternError::TooLarge)));
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    }

    #[test]
    fn a_large_pattern_falls_back() {
        let pattern = Pattern::new("(?:a|b)*a(?:a|b){18}").expect("a good pattern");
        assert!(pattern.fast.is_none());
        assert!(pattern.is_match(&"a".repeat(19)) && !pattern.is_match(&"b".repeat(19)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn as_the_regex_crate_anchored(
            pattern in "([abê]|[.]|\\[a-z\\]|\\\\d|\\\\w|\\\\b|\\^|\\$|\\||\\(a\\|ab\\)|\\(b\\)|[abê][*+?]|a\\{1,3\\}|\\(\\?:ab\\)\\*|\\\\B){0,6}",
            values in prop::collection::vec("[abê1 ]{0,6}|\\PC{0,5}|a{0,20}b?", 12),
        ) {
            let oracle = regex::Regex::new(&format!(r"\A(?:{pattern})\z"));
            let ours = Pattern::new(&pattern);
            prop_assert_eq!(ours.is_ok(), oracle.is_ok());
            if let (Ok(ours), Ok(oracle)) = (ours, oracle) {
                for value in values {
                    prop_assert_eq!(ours.is_match(&value), oracle.is_match(&value), "{} {:?}", pattern, value);
                }
            }
        }
    }
}
