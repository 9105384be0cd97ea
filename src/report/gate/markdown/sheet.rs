//! What Markdown is written onto: sections that end before they are too long, and texts that stay texts.

use crate::base::Lang;
use crate::report::number;
use crate::report::term::safe::{ending, middle};
use crate::say;

/// Bytes of the rows of a section, unless it says otherwise.
const ROOM: usize = 5_000;

/// Columns of an id.
pub const ID: usize = 80;

/// A comment that ends before it is too long.
#[derive(Default)]
pub struct Sheet {
    pub out: String,
    /// Bytes that are left to the rows of this section.
    pub room: usize,
}

impl Sheet {
    /// Always written: its length is ours to know.
    pub fn fixed(&mut self, text: &str) {
        self.out += text;
        self.out.push('\n');
    }

    /// As many rows as there is room for, and how many there are besides.
    pub fn rows(&mut self, rows: &[String], lang: Lang) {
        for (at, row) in rows.iter().enumerate() {
            let Some(left) = self.room.checked_sub(row.len() + 1) else {
                let more = number::count((rows.len() - at) as u64, lang);
                self.fixed(say!("\n… and {more} more", "\n… và {more} mục khác").get(lang));
                return;
            };
            self.room = left;
            self.fixed(row);
        }
    }

    pub fn table<const N: usize>(
        &mut self,
        title: &str,
        head: [&str; N],
        numbers: usize,
        rows: &[[String; N]],
        lang: Lang,
    ) {
        if rows.is_empty() {
            return;
        }
        self.room = ROOM;
        self.fixed(&format!("\n### {title}"));
        let rule: Vec<&str> = (0..N).map(|at| if at + numbers >= N { "--:" } else { "---" }).collect();
        self.fixed(&format!("\n| {} |\n| {} |", head.join(" | "), rule.join(" | ")));
        let rows: Vec<String> = rows.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
        self.rows(&rows, lang);
    }
}

/// A text that stays a text: no markup, no HTML, no cell's end, no link, nobody mentioned.
pub fn escape(text: &str, width: usize) -> String {
    let mut escaped = String::new();
    for c in ending(text, width).chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            // What follows these would be a mention or a reference even where the character is written as an entity;
            // a space without width between them ends that.
            '@' | '#' => escaped += &format!("\\{c}&#8203;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped.replace("://", ":&#8203;//").replace("www.", "www&#8203;.")
}

/// An id, in the letters of code.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(&middle(text, ID), ID))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        for (text, expected) in [
            ("a|b\nc", "a\\|b c"),
            ("<script>&", "&lt;script&gt;&amp;"),
            ("@everyone #12", "\\@&#8203;everyone \\#&#8203;12"),
            ("[x](http://e.vn) `y`", "\\[x\\](http:&#8203;//e.vn) \\`y\\`"),
            ("www.e.vn **b** $x$", "www&#8203;.e.vn \\*\\*b\\*\\* \\$x\\$"),
        ] {
            assert_eq!(escape(text, 80), expected);
        }
    }
}
