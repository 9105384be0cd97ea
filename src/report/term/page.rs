//! Lines of styled characters, and the page that they are laid out on. Whatever is added is cleaned here, and no line
//! leaves wider than the page.

use anstyle::{AnsiColor, Style as Ink};

use super::safe::{clean, columns, columns_of, ending};
use crate::report::Style;

pub const PLAIN: Ink = Ink::new();
pub const BOLD: Ink = Ink::new().bold();
pub const DIM: Ink = Ink::new().dimmed();
pub const GOOD: Ink = AnsiColor::Green.on_default();
pub const FAIR: Ink = AnsiColor::Cyan.on_default();
pub const WEAK: Ink = AnsiColor::Yellow.on_default();
pub const BAD: Ink = AnsiColor::Red.on_default();

/// Does not break, and is written as a space.
pub const GLUE: char = '\u{a0}';

/// Styled text on its way to one or more lines.
#[derive(Clone, Debug, Default)]
pub struct Line(Vec<(char, Ink)>);

impl Line {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn of(ink: Ink, text: &str) -> Self {
        Self::new().ink(ink, text)
    }

    #[must_use]
    pub fn ink(mut self, ink: Ink, text: &str) -> Self {
        self.0.extend(clean(text).chars().map(|c| (c, ink)));
        self
    }

    #[must_use]
    pub fn plain(self, text: &str) -> Self {
        self.ink(PLAIN, text)
    }

    #[must_use]
    pub fn dim(self, text: &str) -> Self {
        self.ink(DIM, text)
    }

    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Spaces up to that column.
    #[must_use]
    pub fn pad(mut self, to: usize) -> Self {
        let missing = to.saturating_sub(self.columns());
        self.0.extend(std::iter::repeat_n((' ', PLAIN), missing));
        self
    }

    /// Keeps the words of this line together where lines are broken.
    #[must_use]
    pub fn glued(mut self) -> Self {
        for (c, _) in &mut self.0 {
            if *c == ' ' {
                *c = GLUE;
            }
        }
        self
    }

    /// One after the other with dots between; parts without text are left out.
    pub fn dotted(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::new();
        for part in parts.into_iter().filter(|part| !part.0.is_empty()) {
            if !all.0.is_empty() {
                all = all.dim(" · ");
            }
            all = all.then(part);
        }
        all
    }

    /// A dot between parts is not needed where the line ends.
    fn without_dot(mut self) -> Self {
        if matches!(self.0.as_slice(), [.., (' ', _), ('·', ink)] if *ink == DIM) {
            self.0.truncate(self.0.len() - 2);
        }
        self
    }

    pub fn columns(&self) -> usize {
        self.0.iter().map(|(c, _)| columns_of(*c)).sum()
    }

    /// Cut at the end if wider than that.
    #[must_use]
    pub fn clipped(mut self, width: usize) -> Self {
        if self.columns() <= width {
            return self;
        }
        let mut used = 0;
        let room = width.saturating_sub(1);
        let fits = self.0.iter().take_while(|(c, _)| {
            used += columns_of(*c);
            used <= room
        });
        let kept = fits.count();
        self.0.truncate(kept);
        if width > 0 {
            let ink = self.0.last().map_or(PLAIN, |(_, ink)| *ink);
            self.0.push(('…', ink));
        }
        self
    }

    /// Broken at spaces into lines of that width, and within words that are longer; what does not fit into `most`
    /// lines is cut off.
    pub fn wrapped(self, width: usize, most: usize) -> Vec<Self> {
        let mut lines = Vec::new();
        let mut rest = self.0.as_slice();
        loop {
            rest = &rest[rest.iter().take_while(|(c, _)| *c == ' ').count()..];
            if rest.is_empty() || lines.len() == most {
                return lines;
            }
            let mut used = 0;
            let fits = rest.iter().take_while(|(c, _)| {
                used += columns_of(*c);
                used <= width
            });
            let fits = fits.count();
            if fits == rest.len() || lines.len() + 1 == most {
                lines.push(Self(rest.to_vec()).clipped(width));
                return lines;
            }
            let space = rest[..=fits].iter().rposition(|(c, _)| *c == ' ');
            // At least one character per line, or a narrow column would never end.
            let end = space.unwrap_or(fits).max(1);
            lines.push(Self(rest[..end].to_vec()).without_dot());
            rest = &rest[end..];
        }
    }
}

/// A line at the right end of so many columns.
pub fn right(line: Line, width: usize) -> Line {
    Line::new().pad(width.saturating_sub(line.columns())).then(line)
}

/// A page of text that is no wider than its style says.
pub struct Page {
    out: String,
    pub columns: usize,
    color: bool,
    unicode: bool,
}

impl Page {
    pub fn new(style: &Style) -> Self {
        Self { out: String::new(), columns: style.columns(), color: style.color, unicode: style.unicode }
    }

    pub const fn unicode(&self) -> bool {
        self.unicode
    }

    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// One line, cut if it must be.
    pub fn line(&mut self, line: Line) {
        let Line(mut chars) = line.clipped(self.columns);
        while chars.last().is_some_and(|(c, _)| *c == ' ') {
            chars.pop();
        }
        for run in chars.chunk_by(|a, b| a.1 == b.1) {
            let ink = if self.color { run[0].1 } else { PLAIN };
            self.out += &ink.render().to_string();
            for (c, _) in run {
                self.out.push(if self.unicode { if *c == GLUE { ' ' } else { *c } } else { ascii(*c) });
            }
            self.out += &ink.render_reset().to_string();
        }
        self.out.push('\n');
    }

    /// Left, and right at the page's edge. The right keeps up to half of the page, the left what remains.
    pub fn sides(&mut self, left: Line, right: Line) {
        let right = right.clipped(self.columns / 2);
        if right.columns() == 0 {
            return self.line(left);
        }
        let room = self.columns - right.columns();
        self.line(left.clipped(room.saturating_sub(2)).pad(room).then(right));
    }

    /// Text beside a margin of that width; the margin's lines stand beside the first lines of the text.
    pub fn beside(&mut self, margin: Vec<Line>, width: usize, text: Vec<Line>) {
        let mut text = text.into_iter();
        let mut margin = margin.into_iter();
        loop {
            let (left, right) = (margin.next(), text.next());
            if left.is_none() && right.is_none() {
                return;
            }
            self.line(left.unwrap_or_default().clipped(width).pad(width).then(right.unwrap_or_default()));
        }
    }

    /// A paragraph of at most that many lines, beside a margin.
    pub fn paragraph(&mut self, margin: Line, width: usize, text: Line, most: usize) {
        let text = text.wrapped(self.columns.saturating_sub(width), most);
        self.beside(vec![margin], width, text);
    }

    /// A heading with a line drawn behind it.
    pub fn heading(&mut self, stroke: char, title: &str) {
        let title = ending(title, self.columns.saturating_sub(6));
        let left = Line::of(DIM, &format!("{stroke}{stroke} ")).ink(BOLD, &title).plain(" ");
        let drawn = self.columns.saturating_sub(columns(&title) + 4);
        self.line(left.dim(&String::from(stroke).repeat(drawn)));
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}

/// What a terminal without Unicode gets for an ornament, one for one. Letters are left as they are.
const fn ascii(c: char) -> char {
    match c {
        GLUE => ' ',
        '…' => '~',
        '·' | '│' => '|',
        '—' | '–' | '─' => '-',
        '═' => '=',
        '╭' | '╮' | '╰' | '╯' => '+',
        '“' | '”' => '"',
        '→' => '>',
        '×' => 'x',
        '\u{fffd}' => '?',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(line: &Line) -> String {
        line.0.iter().map(|(c, _)| *c).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_within() {
        let wrap = |words: &str, width, most| -> Vec<String> {
            Line::of(PLAIN, words).wrapped(width, most).iter().map(text).collect()
        };
        assert_eq!(wrap("một hai ba bốn", 7, 9), ["một hai", "ba bốn"]);
        assert_eq!(wrap("abcdefghij kl", 4, 9), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("một hai ba bốn", 7, 1), ["một ha…"]);
        assert_eq!(wrap("", 7, 3), Vec::<String>::new());
    }

    #[test]
    fn only_colour_pages_hold_escapes() {
        let page = |color| {
            let mut page = Page::new(&Style { color, ..Style::default() });
            page.line(Line::of(BAD, "\u{1b}[2Jhỏng").plain(" rồi"));
            String::from_utf8(page.into_bytes()).unwrap()
        };
        assert_eq!(page(false), "\u{fffd}[2Jhỏng rồi\n");
        assert_eq!(page(true), "\u{1b}[31m\u{fffd}[2Jhỏng\u{1b}[0m rồi\n");
    }

    #[test]
    fn ornaments_have_an_ascii_form() {
        let mut page = Page::new(&Style { unicode: false, ..Style::default() });
        page.line(Line::dotted([Line::of(PLAIN, "a"), Line::new(), Line::of(PLAIN, "b —")]));
        page.heading('─', "x");
        assert_eq!(
            String::from_utf8(page.into_bytes()).unwrap(),
            format!("a | b -\n-- x {}\n", "-".repeat(75))
        );
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing_but_spaces(words in "[a-zệ ]{0,60}", width in 1usize..20) {
            let lines = Line::of(PLAIN, &words).wrapped(width, usize::MAX);
            prop_assert!(lines.iter().all(|line| line.columns() <= width && line.columns() > 0));
            let joined: String = lines.iter().map(text).collect();
            prop_assert_eq!(joined.replace(' ', ""), words.replace(' ', ""));
        }
    }
}
