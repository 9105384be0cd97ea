//! Plain text in lines.

/// Breaks a text into lines of at most `width` characters.
pub fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        let used = unicode_width::UnicodeWidthStr::width(line.as_str());
        let wide = unicode_width::UnicodeWidthStr::width(word);
        if used > indent.len() && used + 1 + wide > width {
            lines.push(format!("{indent}{word}"));
        } else {
            if used > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}
