//! Fields and blocks of a template, filled.
//!
//! Word splits text into runs as it likes, `{{so_` in one and `ky_hieu}}` in the next; so a field is looked for in the text
//! of its whole paragraph, and its value stands in the run in which the field begins. A block is repeated for each item of
//! its list: the rows or paragraphs from the one in which it opens to the one in which it closes. One that holds nothing
//! but the mark of a block is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::{Mark, balanced, closes, marks, remove};
use super::xml::{Element, Node};
use crate::base::{Text, suggest};
use crate::report::term::safe::clean;
use crate::rule::letter::is_field;
use crate::say;

/// What fields and blocks stand for.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    List(Vec<Scope>),
}

/// By name.
pub type Scope = BTreeMap<String, Value>;

/// Fills one part of a template.
pub struct Fill<'a> {
    part: &'a str,
    /// From the outermost to the innermost.
    scopes: Vec<&'a Scope>,
    /// The names of blocks that end somewhere in the part.
    ends: BTreeSet<String>,
    /// Everything that is wrong.
    pub wrong: Vec<Text>,
    /// The names that occurred.
    pub used: BTreeSet<String>,
}

impl<'a> Fill<'a> {
    pub fn new(part: &'a str, scope: &'a Scope) -> Self {
        Self { part, scopes: vec![scope], ends: BTreeSet::new(), wrong: Vec::new(), used: BTreeSet::new() }
    }

    pub fn document(&mut self, root: &mut Element) {
        let ends = marks(&root.text()).into_iter().filter_map(|mark| match mark {
            Mark::Close(name) => Some(name),
            Mark::Open(_) => None,
        });
        self.ends = ends.collect();
        self.children(&mut root.children);
    }

    fn find(&self, name: &str) -> Option<&'a Value> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn children(&mut self, children: &mut Vec<Node>) {
        let mut filled = Vec::with_capacity(children.len());
        let mut rest = std::mem::take(children).into_iter();
        while let Some(node) = rest.next() {
            let Node::Element(mut element) = node else {
                filled.push(node);
                continue;
            };
            let Some((name, closed)) = self.opens(&element) else {
                self.element(&mut element);
                filled.push(Node::Element(element));
                continue;
            };
            let mut block = vec![Node::Element(element)];
            if !closed {
                let mut found = false;
                for next in rest.by_ref() {
                    found = matches!(&next, Node::Element(next) if closes(&marks(&next.text()), &name));
                    block.push(next);
                    if found {
                        break;
                    }
                }
                if !found {
                    self.unclosed(&name);
                    continue;
                }
            }
            self.repeat(&name, block, &mut filled);
        }
        *children = filled;
    }

    /// Whether a block begins in this row or paragraph, or in what it holds so that it ends elsewhere; and whether it ends in
    /// it.
    fn opens(&mut self, element: &Element) -> Option<(String, bool)> {
        let marks = marks(&element.text());
        let Some(Mark::Open(name)) = marks.first() else { return None };
        let closed = closes(&marks, name);
        match element.name.as_str() {
            "w:p" => Some((name.clone(), closed)),
            // Where it opens and ends in one cell, the paragraphs in this cell are meant.
            "w:tr" if closed => {
                let within = |node: &Node| match node {
                    Node::Element(cell) => balanced(&cell.text(), name),
                    _ => false,
                };
                let cells = element
                    .children
                    .iter()
                    .filter(|node| matches!(node, Node::Element(it) if it.name == "w:tc"))
                    .count();
                (cells == 1 || !element.children.iter().any(within)).then(|| (name.clone(), true))
            }
            "w:tr" => Some((name.clone(), false)),
            _ if closed => None,
            _ => Some((name.clone(), false)),
        }
    }

    fn repeat(&mut self, name: &str, mut block: Vec<Node>, filled: &mut Vec<Node>) {
        self.used.insert(name.to_owned());
        let last = block.len().saturating_sub(1);
        // From the end, so that places stay.
        for (at, mark) in [(last, format!("{{{{/{name}}}}}")), (0, format!("{{{{#{name}}}}}"))] {
            let Some(Node::Element(element)) = block.get_mut(at) else { continue };
            remove(element, &mark);
            if element.text().trim().is_empty()
                && matches!(element.name.as_str(), "w:p" | "w:tr")
                && block.len() > 1
            {
                block.remove(at);
            }
        }
        let once = Scope::new();
        let items: Vec<&Scope> = match self.find(name) {
            Some(Value::List(items)) => items.iter().collect(),
            Some(Value::Text(text)) if text.trim().is_empty() => Vec::new(),
            // A text that is there: shown once.
            Some(Value::Text(_)) => {
                let mut copy = block.clone();
                self.children(&mut copy);
                filled.append(&mut copy);
                return;
            }
            None => {
                self.unknown(name);
                return;
            }
        };
        if items.is_empty() {
            // The fields within have no values this time; that they are used is noted.
            let mut probe = Fill::new(self.part, &once);
            probe.children(&mut block);
            self.used.append(&mut probe.used);
            return;
        }
        for item in items {
            let mut copy = block.clone();
            self.scopes.push(item);
            self.children(&mut copy);
            self.scopes.pop();
            filled.append(&mut copy);
        }
    }

    fn element(&mut self, element: &mut Element) {
        if element.name == "w:p" {
            self.paragraph(element);
        }
        self.children(&mut element.children);
        let has = |name: &str, within: &Element| {
            within.children.iter().any(|node| matches!(node, Node::Element(it) if it.name == name))
        };
        // Word takes no cell without a paragraph, and no table without a row.
        if element.name == "w:tc" && !has("w:p", element) {
            element.children.push(Node::Element(Element::new("w:p", "", Vec::new())));
        }
        element
            .children
            .retain(|node| !matches!(node, Node::Element(it) if it.name == "w:tbl" && !has("w:tr", it)));
    }

    /// Puts values into the texts of a paragraph. Text boxes within it have paragraphs of their own.
    fn paragraph(&mut self, paragraph: &mut Element) {
        let mut texts = Vec::new();
        own_texts(paragraph, &mut texts);
        let whole: String = texts.iter().map(|text| text.as_str()).collect();
        if !whole.contains("{{") && !whole.contains("}}") {
            return;
        }
        let mut pieces: Vec<String> = vec![String::new(); texts.len()];
        let lengths: Vec<usize> = texts.iter().map(|text| text.len()).collect();
        let run = |at: usize| {
            let mut end = 0;
            lengths.iter().position(|length| {
                end += length;
                at < end
            })
        };
        let mut at = 0;
        while at < whole.len() {
            let rest = &whole[at..];
            let field = rest.strip_prefix("{{").and_then(|inner| Some((inner, inner.find("}}")?)));
            let piece = run(at).and_then(|run| pieces.get_mut(run));
            match field {
                Some((inner, end)) => {
                    let name = inner[..end].trim();
                    let value = self.value(name);
                    if let Some(piece) = piece {
                        *piece += &value;
                    }
                    at += end + 4;
                }
                None => {
                    if rest.starts_with("{{") || rest.starts_with("}}") {
                        self.unfinished(rest);
                        return;
                    }
                    let Some(c) = rest.chars().next() else { break };
                    if let Some(piece) = piece {
                        piece.push(c);
                    }
                    at += c.len_utf8();
                }
            }
        }
        for (text, piece) in texts.into_iter().zip(pieces) {
            *text = piece;
        }
        break_lines(paragraph);
    }

    fn value(&mut self, name: &str) -> String {
        if let Some(block) = name.strip_prefix(['#', '/']) {
            self.wrong.push(if name.starts_with('#') {
                let part = self.part;
                say!(
                    "template, part `{part}`: the block `{{{{#{block}}}}}` does not end where it can be repeated: in this paragraph, this row, or one after it",
                    "mẫu, phần `{part}`: khối `{{{{#{block}}}}}` không đóng ở chỗ lặp được: cùng đoạn, cùng hàng, hoặc một đoạn, hàng phía sau"
                )
            } else {
                let part = self.part;
                say!(
                    "template, part `{part}`: `{{{{/{block}}}}}` ends a block that was not begun",
                    "mẫu, phần `{part}`: `{{{{/{block}}}}}` đóng một khối chưa mở"
                )
            });
            return String::new();
        }
        self.used.insert(name.to_owned());
        match self.find(name) {
            Some(Value::Text(text)) => {
                // Lines stay lines; nothing else that shows nothing gets into the document.
                text.lines().map(clean).collect::<Vec<_>>().join("\n")
            }
            Some(Value::List(_)) => {
                let part = self.part;
                self.wrong.push(say!(
                    "template, part `{part}`: `{name}` is a list: write {{{{#{name}}}}} … {{{{/{name}}}}}",
                    "mẫu, phần `{part}`: `{name}` là danh sách: hãy viết {{{{#{name}}}}} … {{{{/{name}}}}}"
                ));
                String::new()
            }
            None => {
                self.unknown(name);
                String::new()
            }
        }
    }

    fn unknown(&mut self, name: &str) {
        let (part, shown) = (self.part, clean(name));
        let known = self.scopes.iter().flat_map(|scope| scope.keys().map(String::as_str));
        let close = is_field(name).then(|| suggest::closest(name, known)).flatten();
        let (en, vi) = match close {
            Some(close) => (format!("did you mean `{close}`?"), format!("có phải `{close}`?")),
            None => {
                ("give its value with `--fields`".to_owned(), "hãy cho giá trị bằng `--fields`".to_owned())
            }
        };
        let text = say!(
            "template, part `{part}`: no field is called `{shown}`; {en}",
            "mẫu, phần `{part}`: không có trường `{shown}`; {vi}"
        );
        if !self.wrong.contains(&text) {
            self.wrong.push(text);
        }
    }

    fn unclosed(&mut self, name: &str) {
        let crossed = self.ends.contains(name);
        let (part, name) = (self.part, clean(name));
        if crossed {
            self.wrong.push(say!(
                "template, part `{part}`: `{{{{/{name}}}}}` does not stand where `{{{{#{name}}}}}` does: blocks may stand in each other, each under a name of its own, but not cross each other, table rows or cells",
                "mẫu, phần `{part}`: `{{{{/{name}}}}}` không nằm cùng chỗ với `{{{{#{name}}}}}`: các khối được lồng nhau, mỗi khối một tên, nhưng không được cắt chéo nhau, cắt qua hàng hay ô"
            ));
            return;
        }
        self.wrong.push(say!(
            "template, part `{part}`: the block `{{{{#{name}}}}}` is not closed; `{{{{/{name}}}}}` is missing",
            "mẫu, phần `{part}`: khối `{{{{#{name}}}}}` chưa đóng; thiếu `{{{{/{name}}}}}`"
        ));
    }

    fn unfinished(&mut self, rest: &str) {
        let (part, shown) = (self.part, clean(&rest.chars().take(24).collect::<String>()));
        self.wrong.push(say!(
            "template, part `{part}`: braces without their partner at `{shown}`; a field is written as {{{{name}}}}",
            "mẫu, phần `{part}`: ngoặc nhọn thiếu cặp tại `{shown}`; trường viết dạng {{{{ten_truong}}}}"
        ));
    }
}

/// The texts of an element's runs, without those of paragraphs within.
fn own_texts<'e>(element: &'e mut Element, texts: &mut Vec<&'e mut String>) {
    let is_text = element.name == "w:t";
    for child in &mut element.children {
        match child {
            Node::Element(inner) if inner.name != "w:p" => own_texts(inner, texts),
            Node::Text(text) if is_text => texts.push(text),
            _ => {}
        }
    }
}

/// Spaces at the ends of a text would be lost without this.
const KEEP: &str = " xml:space=\"preserve\"";

/// Turns lines within a text into lines of the document.
fn break_lines(element: &mut Element) {
    let mut children = Vec::with_capacity(element.children.len());
    for mut child in std::mem::take(&mut element.children) {
        if let Node::Element(inner) = &mut child {
            if inner.name == "w:t" {
                for (at, line) in inner.text().split('\n').enumerate() {
                    if at > 0 {
                        children.push(Node::Element(Element::new("w:br", "", Vec::new())));
                    }
                    let line = vec![Node::Text(line.to_owned())];
                    children.push(Node::Element(Element::new("w:t", KEEP, line)));
                }
                continue;
            }
            if inner.name != "w:p" {
                break_lines(inner);
            }
        }
        children.push(child);
    }
    element.children = children;
}
