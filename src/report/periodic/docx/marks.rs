//! Where blocks begin and end in the text of a template.

use super::xml::{Element, Node};

/// What stands between two pairs of braces.
pub enum Mark {
    Open(String),
    Close(String),
}

/// What stands between the braces of a text, in order.
fn inner(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find("}}") else { break };
        found.push(rest[..end].trim());
        rest = &rest[end + 2..];
    }
    found
}

/// The marks of blocks in a text, in order.
pub fn marks(text: &str) -> Vec<Mark> {
    let mark = |inner: &str| match (inner.strip_prefix('#'), inner.strip_prefix('/')) {
        (Some(name), _) => Some(Mark::Open(name.trim().to_owned())),
        (_, Some(name)) => Some(Mark::Close(name.trim().to_owned())),
        _ => None,
    };
    inner(text).into_iter().filter_map(mark).collect()
}

/// The names of all fields and blocks in a text.
pub fn names(text: &str) -> Vec<String> {
    inner(text).into_iter().map(|name| name.trim_start_matches(['#', '/']).trim().to_owned()).collect()
}

pub fn closes(marks: &[Mark], name: &str) -> bool {
    marks.iter().any(|mark| matches!(mark, Mark::Close(other) if other == name))
}

/// Whether the block opens and ends in this text.
pub fn balanced(text: &str, name: &str) -> bool {
    let marks = marks(text);
    marks.iter().any(|mark| matches!(mark, Mark::Open(other) if other == name)) && closes(&marks, name)
}

/// Takes the first mark of that sort out of the texts, however it is spaced or split.
pub fn remove(element: &mut Element, mark: &str) {
    let wanted: String = mark.chars().filter(|c| !c.is_whitespace()).collect();
    let closing = mark.starts_with("{{/");
    let mut texts = Vec::new();
    all_texts(element, &mut texts);
    let whole: String = texts.iter().map(|text| text.as_str()).collect();
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(at) = whole[from..].find("{{").map(|at| at + from) {
        let Some(end) = whole[at..].find("}}").map(|end| at + end + 2) else { break };
        let plain: String = whole[at..end].chars().filter(|c| !c.is_whitespace()).collect();
        if plain == wanted {
            spans.push((at, end));
        }
        from = end;
    }
    let span = if closing { spans.last() } else { spans.first() };
    let Some(&(start, end)) = span else { return };
    let mut at = 0;
    for text in texts {
        let length = text.len();
        let (low, high) = (start.clamp(at, at + length) - at, end.clamp(at, at + length) - at);
        text.replace_range(low..high, "");
        at += length;
    }
}

fn all_texts<'e>(element: &'e mut Element, texts: &mut Vec<&'e mut String>) {
    let is_text = element.name == "w:t";
    for child in &mut element.children {
        match child {
            Node::Element(inner) => all_texts(inner, texts),
            Node::Text(text) if is_text => texts.push(text),
            _ => {}
        }
    }
}
