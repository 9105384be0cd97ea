//! XML as a tree that can be cut and repeated, and comes out as it went in.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::base::Text;
use crate::say;

/// The namespaces of Word's elements, as Word writes them by default and in its strict form.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Deeper than any document, and not as deep as the stack.
const DEEPEST: usize = 128;

#[derive(Clone, Debug)]
pub enum Node {
    Element(Element),
    /// Text, without escapes.
    Text(String),
    /// Declarations, comments and the like, as they are.
    Raw(String),
}

#[derive(Clone, Debug, Default)]
pub struct Element {
    /// As `w:p`.
    pub name: String,
    /// Its attributes as they are, with the space before them.
    pub attributes: String,
    pub children: Vec<Node>,
}

/// # Errors
/// Why it is none.
pub fn parse(bytes: &[u8]) -> Result<Element, Text> {
    let wrong = || {
        say!(
            "its XML cannot be read; open the template in Word and save it again",
            "không đọc được XML; hãy mở mẫu bằng Word và lưu lại"
        )
    };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|_| wrong())?;
        let Some(last) = open.last_mut() else { return Err(wrong()) };
        match event {
            Event::Start(start) => {
                let element = element(&start).ok_or_else(wrong)?;
                if open.len() > DEEPEST {
                    return Err(wrong());
                }
                open.push(element);
            }
            Event::Empty(start) => last.children.push(Node::Element(element(&start).ok_or_else(wrong)?)),
            Event::End(_) => {
                // The reader has seen to it that tags match.
                let Some(done) = open.pop() else { return Err(wrong()) };
                open.last_mut().ok_or_else(wrong)?.children.push(Node::Element(done));
            }
            Event::Text(text) => push(last, std::str::from_utf8(&text).map_err(|_| wrong())?),
            Event::CData(data) => push(last, std::str::from_utf8(&data).map_err(|_| wrong())?),
            Event::GeneralRef(reference) => {
                let name = std::str::from_utf8(&reference).map_err(|_| wrong())?;
                push(last, &quick_xml::escape::unescape(&format!("&{name};")).map_err(|_| wrong())?);
            }
            Event::Comment(_) => {}
            Event::Decl(decl) => {
                let inner = std::str::from_utf8(&decl).map_err(|_| wrong())?;
                last.children.push(Node::Raw(format!("<?{inner}?>")));
            }
            Event::PI(pi) => {
                let inner = std::str::from_utf8(&pi).map_err(|_| wrong())?;
                last.children.push(Node::Raw(format!("<?{inner}?>")));
            }
            // Documents have none; those that do want something from their reader.
            Event::DocType(_) => return Err(wrong()),
            Event::Eof => break,
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err(wrong()),
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Option<Element> {
    let name = std::str::from_utf8(start.name().into_inner()).ok()?.to_owned();
    let attributes = std::str::from_utf8(start.attributes_raw()).ok()?.trim_end().to_owned();
    Some(Element { name, attributes, children: Vec::new() })
}

fn push(element: &mut Element, text: &str) {
    match element.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => element.children.push(Node::Text(text.to_owned())),
    }
}

/// The tree as text; of the root, which no file has, its children alone.
pub fn written(root: &Element) -> String {
    let mut out = String::new();
    root.children.iter().for_each(|child| write(child, &mut out));
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Raw(raw) => *out += raw,
        Node::Text(text) => escape(text, out),
        Node::Element(Element { name, attributes, children }) => {
            out.push('<');
            *out += name;
            *out += attributes;
            if children.is_empty() {
                *out += "/>";
                return;
            }
            out.push('>');
            children.iter().for_each(|child| write(child, out));
            *out += "</";
            *out += name;
            out.push('>');
        }
    }
}

/// For text; attributes of ours hold nothing that needs it.
pub fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => *out += "&amp;",
            '<' => *out += "&lt;",
            '>' => *out += "&gt;",
            _ => out.push(c),
        }
    }
}

impl Element {
    pub fn new(name: &str, attributes: &str, children: Vec<Node>) -> Self {
        Self { name: name.to_owned(), attributes: attributes.to_owned(), children }
    }

    /// All text in it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.collect(&mut text);
        text
    }

    /// Whether the elements of Word are those whose names begin with `w:`. Another prefix is good XML, and no program that
    /// people use writes it.
    pub fn has_usual_prefix(&self) -> bool {
        let usual = |namespace: &str| {
            let mut declarations = self.attributes.match_indices(namespace);
            declarations.all(|(at, _)| {
                let before = self.attributes[..at].trim_end_matches(['"', '\'']).trim_end();
                before.strip_suffix('=').is_some_and(|name| name.trim_end().ends_with("xmlns:w"))
            })
        };
        WORD.into_iter().all(usual)
            && self.children.iter().all(|node| match node {
                Node::Element(element) => element.has_usual_prefix(),
                _ => true,
            })
    }

    fn collect(&self, text: &mut String) {
        for child in &self.children {
            match child {
                Node::Element(element) => element.collect(text),
                // Between tags stands white space for the eye.
                Node::Text(own) if self.name == "w:t" => *text += own,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let text = "<?xml version=\"1.0\"?><w:p a=\"1 &amp; 2\"><w:r><w:t xml:space=\"preserve\"> a &lt;b&gt; &amp; ổ\u{1f600} </w:t></w:r><w:br/></w:p>";
        assert_eq!(written(&parse(text.as_bytes()).unwrap()), text);
        let root = parse(b"<w:p><w:t>a&#65;&quot;<![CDATA[<]]></w:t>\n</w:p>").unwrap();
        assert_eq!(root.text(), "aA\"<");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        for text in ["<a>", "<a></b>", "<!DOCTYPE a><a/>", "<a>&lol;</a>", &deep, "<a", "</a>"] {
            assert!(parse(text.as_bytes()).is_err(), "{}", &text[..text.len().min(20)]);
        }
        assert!(parse(b"<a>\xff</a>").is_err());
    }
}
