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

/// Characters of an id, a path or a number that are shown; of longer ones the middle is left out.
const NAME: usize = 96;

/// The same of official names, which are told in full: no public register has longer ones.
const TITLE: usize = 400;

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

    /// A name, path, id or number that a stranger wrote.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.named(name, NAME)
    }

    fn named(&mut self, name: &str, limit: usize) -> &mut Self {
        if name.bytes().all(|byte| byte.is_ascii_graphic()) {
            // Nothing that could change the direction of what stands beside it.
            shown::middle(name, limit, &mut self.out);
            return self;
        }
        self.raw("<bdi>");
        shown::middle(name, limit, &mut self.out);
        self.raw("</bdi>")
    }

    /// A value of the data, as the card has it (masked): with its white space.
    pub fn value(&mut self, value: &str) -> &mut Self {
        self.raw("<bdi class=v>").folded(value, NAME).raw("</bdi>")
    }

    /// An official name, which may be in both languages, or in one. Where it is cut, the heading that it leads to has the
    /// whole.
    pub fn title(&mut self, title: &Text) -> &mut Self {
        self.spoken(title, |page, words| {
            page.named(words, TITLE);
        })
    }

    /// An official name as a heading: of a longer one the rest is folded away.
    pub fn heading(&mut self, title: &Text) -> &mut Self {
        self.spoken(title, |page, words| {
            page.raw("<bdi>").folded(words, TITLE).raw("</bdi>");
        })
    }

    fn spoken(&mut self, text: &Text, write: impl Fn(&mut Self, &str)) -> &mut Self {
        match shown::spoken(text) {
            Spoken::Once(one) => write(self, one),
            Spoken::Both { vi, en } => {
                write(self.raw("<i lang=vi>"), vi);
                write(self.raw("</i><i lang=en>"), en);
                self.raw("</i>");
            }
        }
        self
    }

    /// Whether [`Markup::title`] leaves something out.
    pub fn is_cut(title: &Text) -> bool {
        title.vi.chars().count().max(title.en.chars().count()) > TITLE
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

    /// The evidence of a cap: told, with its counts as the language writes them.
    pub fn evidence(&mut self, text: &Text) -> &mut Self {
        self.told(&Text { vi: number::grouped(&text.vi, Lang::Vi), en: number::grouped(&text.en, Lang::En) })
    }

    /// The beginning of a long text, and the rest of it behind a disclosure.
    fn folded(&mut self, text: &str, limit: usize) -> &mut Self {
        let Some((head, rest)) = shown::split(text, limit) else {
            shown::prose(text, &mut self.out);
            return self;
        };
        self.raw("<details class=long><summary>");
        shown::prose(head, &mut self.out);
        self.raw("<span class=e>…</span></summary>");
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
