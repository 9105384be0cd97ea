//! Markup as it is written, piece by piece.
//!
//! What is markup and what is text is told apart by the types: tags and names of attributes are literals of the program
//! (`&'static str`), and everything that is made at run time is escaped on its way out. There are two contexts only, text
//! and attributes in double quotes; one escaping serves both. No value of a card is ever put into a style, a script or an
//! address: addresses are `#anchors` of the page itself.
//!
//! A template library was weighed (askama). Its escaping would be the same; but nearly every text here stands twice, in
//! two languages, numbers included, and texts of strangers need more than escaping (see `shown`). That is said once,
//! here, as methods, and would be said at each place of a template.

use super::shown::{self, Spoken};
use crate::base::{Lang, Text};
use crate::report::number;

/// Characters of a name that are shown; of longer ones the middle is left out.
const NAME: usize = 96;

/// Characters of a text before the rest is folded away, and of all that is kept of it.
const FOLDED: usize = 360;
const KEPT: usize = 4_000;

#[derive(Default)]
pub struct Markup {
    out: String,
}

/// The same said in both languages.
pub fn both(words: impl Fn(Lang) -> String) -> Text {
    Text { vi: words(Lang::Vi), en: words(Lang::En) }
}

impl Markup {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn into_string(self) -> String {
        self.out
    }

    /// Markup of the program's own.
    pub fn raw(&mut self, literal: &'static str) -> &mut Self {
        self.out += literal;
        self
    }

    /// A tag with attributes.
    pub fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Self {
        self.tag(tag, attributes);
        self.out.push('>');
        self
    }

    /// An element of a drawing, which has nothing in it.
    pub fn shape(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Self {
        self.tag(tag, attributes);
        self.out += "/>";
        self
    }

    fn tag(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.out.push('<');
        self.out += tag;
        for (name, value) in attributes {
            self.out.push(' ');
            self.out += name;
            self.out += "=\"";
            shown::escape(value, &mut self.out);
            self.out.push('"');
        }
    }

    /// Text of the program's own, the same in both languages.
    pub fn text(&mut self, text: &str) -> &mut Self {
        shown::escape(text, &mut self.out);
        self
    }

    /// Words of the program in both languages; once if they are the same. The element is a short one, for there are
    /// thousands.
    pub fn say(&mut self, text: &Text) -> &mut Self {
        if text.vi == text.en {
            return self.text(&text.vi);
        }
        self.raw("<i lang=vi>").text(&text.vi).raw("</i><i lang=en>").text(&text.en).raw("</i>")
    }

    /// As [`Markup::say`], made for each language: numbers.
    pub fn each(&mut self, words: impl Fn(Lang) -> String) -> &mut Self {
        self.say(&both(words))
    }

    pub fn count(&mut self, n: u64) -> &mut Self {
        self.each(|lang| number::count(n, lang))
    }

    /// Points, two decimals, cut off.
    pub fn points(&mut self, points: &str) -> &mut Self {
        // A card that somebody wrote by hand may hold anything here.
        match shown::is_decimal(points) {
            true => self.each(|lang| number::decimal(points, 2, lang)),
            false => self.name(points),
        }
    }

    /// A name, path, id or number that a stranger wrote, on one line.
    pub fn name(&mut self, name: &str) -> &mut Self {
        if name.bytes().all(|byte| byte.is_ascii_graphic()) {
            // Nothing that could change the direction of what stands beside it.
            shown::middle(name, NAME, &mut self.out);
            return self;
        }
        self.raw("<bdi>");
        shown::middle(name, NAME, &mut self.out);
        self.raw("</bdi>")
    }

    /// A value of the data, as the card has it (masked): with its white space.
    pub fn value(&mut self, value: &str) -> &mut Self {
        self.raw("<bdi class=v>").folded(value, NAME).raw("</bdi>")
    }

    /// A name that may be in both languages, or in one.
    pub fn title(&mut self, title: &Text) -> &mut Self {
        match shown::spoken(title) {
            Spoken::Once(one) => self.name(one),
            Spoken::Both { vi, en } => {
                self.raw("<i lang=vi>").name(vi).raw("</i><i lang=en>");
                self.name(en).raw("</i>")
            }
        }
    }

    /// A text with what strangers wrote within: findings, evidence, reasons. Names between backticks are set as code. May
    /// be folded, so it must not stand within a paragraph or a heading.
    pub fn told(&mut self, text: &Text) -> &mut Self {
        match shown::spoken(text) {
            Spoken::Once(one) => self.raw("<bdi>").folded(one, FOLDED).raw("</bdi>"),
            Spoken::Both { vi, en } => {
                self.raw("<i lang=vi>").folded(vi, FOLDED);
                self.raw("</i><i lang=en>").folded(en, FOLDED).raw("</i>")
            }
        }
    }

    /// The beginning of a long text, and the rest of it behind a disclosure.
    fn folded(&mut self, text: &str, limit: usize) -> &mut Self {
        let Some((head, rest)) = shown::split(text, limit) else {
            shown::prose(text, &mut self.out);
            return self;
        };
        self.raw("<details class=long><summary>");
        shown::prose(head, &mut self.out);
        self.raw("…</summary>");
        match shown::split(rest, KEPT) {
            None => shown::prose(rest, &mut self.out),
            Some((kept, more)) => {
                shown::prose(kept, &mut self.out);
                self.text("… (+").count(more.chars().count() as u64).text(")");
            }
        }
        self.raw("</details>")
    }
}
