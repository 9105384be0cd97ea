//! Pieces of equations.

use std::fmt::Display;

/// `a + b + c`; of nothing, `0`.
pub fn sum(terms: impl IntoIterator<Item = impl Display>) -> String {
    let terms: Vec<String> = terms.into_iter().map(|term| term.to_string()).collect();
    if terms.is_empty() { "0".to_owned() } else { terms.join(" + ") }
}

/// `⌊a / b⌋`, with brackets around what is no single number.
pub fn floor(a: impl Display, b: impl Display) -> String {
    format!("⌊{} / {}⌋", bracketed(&a.to_string()), bracketed(&b.to_string()))
}

pub fn ceiling(a: impl Display, b: impl Display) -> String {
    format!("⌈{} / {}⌉", bracketed(&a.to_string()), bracketed(&b.to_string()))
}

fn bracketed(text: &str) -> String {
    if text.contains(' ') { format!("({text})") } else { text.to_owned() }
}
