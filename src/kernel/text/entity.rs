//! HTML entities that were left in text: `Nguy&#7877;n`, `A &amp; B`.

use super::syllable::in_case_of;

/// Names without their capital forms, which follow from these where the character is a letter.
const NAMED: [(&str, char); 47] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("igrave", 'ì'),
    ("iacute", 'í'),
    ("iuml", 'ï'),
    ("ntilde", 'ñ'),
    ("ograve", 'ò'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("uuml", 'ü'),
    ("yacute", 'ý'),
    ("abreve", 'ă'),
    ("dstrok", 'đ'),
    ("itilde", 'ĩ'),
    ("utilde", 'ũ'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("deg", '°'),
    ("copy", '©'),
    ("reg", '®'),
    ("laquo", '«'),
    ("raquo", '»'),
];

/// The text with its entities replaced, if it has any.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut decoded = decoded_once(text)?;
    // `&amp;#7877;` was escaped twice.
    if let Some(again) = decoded_once(&decoded) {
        decoded = again;
    }
    Some(decoded)
}

fn decoded_once(text: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        rest = match entity(after) {
            Some((c, after)) => {
                found = true;
                decoded.push(c);
                after
            }
            None => {
                decoded.push('&');
                after
            }
        };
    }
    decoded.push_str(rest);
    found.then_some(decoded)
}

/// What an entity behind its `&` stands for, and what follows it.
fn entity(text: &str) -> Option<(char, &str)> {
    let (name, after) = text.split_once(';')?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let (digits, radix) = match number.strip_prefix(['x', 'X']) {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            // The parser would let a sign pass.
            digits.starts_with(|c: char| c.is_digit(radix)).then_some(())?;
            match char::from_u32(u32::from_str_radix(digits, radix).ok()?)? {
                '\u{a0}' => ' ',
                c => c,
            }
        }
        None => {
            let (known, c) = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            match *known == name {
                true => *c,
                // `&Eacute;`, but not `&AMP;`.
                false => (c.is_alphabetic() && name[1..] == known[1..]).then(|| in_case_of('A', *c))?,
            }
        }
    };
    Some((c, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities() {
        for (seen, meant) in [
            ("Nguy&#7877;n", "Nguyễn"),
            ("Nguy&#x1EC5;n", "Nguyễn"),
            ("Tr&aacute;ng &Aacute;n", "Tráng Án"),
            ("A &amp; B", "A & B"),
            ("A&nbsp;B&#160;C", "A B C"),
            ("&amp;#7877;", "ễ"),
            ("&lt;b&gt;", "<b>"),
        ] {
            assert_eq!(decoded(seen).as_deref(), Some(meant), "{seen}");
        }
        for text in ["A & B", "R&D;", "&", "&;", "&#;", "&#xD800;", "a&b=c;", "&#+9;x", "&AMP;"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
