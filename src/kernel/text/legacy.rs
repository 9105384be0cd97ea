//! Vietnamese in an encoding from before Unicode, shown as Latin letters: `NguyÔn V¨n` (TCVN3), `Nguyeãn Vaên` (VNI),
//! `Nguye^~n Va(n` (VIQR).
//!
//! Nothing in a value says how it was encoded, and its letters are those of French or of lawful Vietnamese. So a value
//! is decoded in every way, and the words decide: those that were no Vietnamese words and have become some, against
//! those that still are none or no longer are.

use std::sync::LazyLock;

use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization;

use super::clean::Defects;
use super::mojibake::as_windows;
use super::syllable::{VOWELS, in_case_of, is_vietnamese, is_word, lower, well_marked};

/// How one or two characters are to be read.
struct Encoding {
    defect: Defects,
    single: HashMap<char, char>,
    /// By a letter as read so far, and the mark behind it.
    double: HashMap<(char, char), char>,
    /// Letters outside ASCII that are where Latin-1 has them.
    kept: Vec<char>,
}

/// What there is to be read in each of them, most usual first.
static ENCODINGS: LazyLock<[Encoding; 6]> = LazyLock::new(|| {
    let table = |defect, text| Encoding::new(defect, &rows(text));
    let vni = table(Defects::VNI, include_str!("../../../rules/lists/legacy_vni.csv"));
    let mut viscii = table(Defects::VISCII, include_str!("../../../rules/lists/legacy_viscii.csv"));
    let mut vps = table(Defects::VPS, include_str!("../../../rules/lists/legacy_vps.csv"));
    for encoding in [&mut viscii, &mut vps] {
        let windows =
            encoding.single.iter().map(|(seen, meant)| (as_windows(*seen), *meant)).collect::<Vec<_>>();
        encoding.single.extend(windows);
    }
    [
        Encoding::tcvn3(),
        vni,
        Encoding::viqr(),
        viscii,
        vps,
        Encoding::new(Defects::CP1258, &CP1258.map(|(a, b)| (a.into(), b))),
    ]
});

/// What Windows-1258 has in other places than Windows-1252; its marks follow their vowels.
const CP1258: [(char, char); 13] = [
    ('Ã', 'Ă'),
    ('ã', 'ă'),
    ('Ð', 'Đ'),
    ('ð', 'đ'),
    ('Õ', 'Ơ'),
    ('õ', 'ơ'),
    ('Ý', 'Ư'),
    ('ý', 'ư'),
    ('Ì', '\u{300}'),
    ('ì', '\u{301}'),
    ('Ò', '\u{309}'),
    ('ò', '\u{323}'),
    ('Þ', '\u{303}'),
];

/// Lines of a table: characters as seen, and the one that is meant.
fn rows(table: &str) -> Vec<(String, char)> {
    let row = |line: &str| {
        let (seen, meant) = line.rsplit_once(',')?;
        let codes = seen.rsplit(',').next()?.split(' ');
        let seen = codes.map(|code| char::from_u32(u32::from_str_radix(code.strip_prefix("U+")?, 16).ok()?));
        Some((seen.collect::<Option<String>>()?, meant.chars().next()?))
    };
    table.lines().filter_map(row).collect()
}

impl Encoding {
    fn new(defect: Defects, rows: &[(String, char)]) -> Self {
        let mut encoding = Self { defect, single: HashMap::new(), double: HashMap::new(), kept: Vec::new() };
        let pairs = rows.iter().filter_map(|(seen, meant)| {
            let mut seen = seen.chars();
            let (first, second) = (seen.next()?, seen.next());
            if second.is_none() {
                encoding.single.insert(first, *meant);
            }
            Some((first, second?, *meant))
        });
        for (vowel, mark, meant) in pairs.collect::<Vec<_>>() {
            let vowel = encoding.single.get(&vowel).copied().unwrap_or(vowel);
            encoding.double.insert((vowel, mark), meant);
            // A capital's mark may be a small one.
            encoding.double.entry((vowel, lower(mark))).or_insert(meant);
        }
        let moved = |c: char| !is_vietnamese(c) || encoding.single.values().any(|meant| *meant == c);
        // VNI has a mark where others have a letter.
        let at_home = |c: &char| c.is_alphabetic() && (defect == Defects::VNI || !moved(*c));
        encoding.kept = ('\u{80}'..='\u{ff}').filter(at_home).collect();
        encoding
    }

    /// TCVN3 has capitals without tones only. With one, the small letter is written behind them: `A¸` is `Á`.
    fn tcvn3() -> Self {
        let mut tcvn3 =
            Self::new(Defects::TCVN3, &rows(include_str!("../../../rules/lists/legacy_tcvn3.csv")));
        for forms in VOWELS {
            let capital = in_case_of('A', forms[0]);
            let small = tcvn3.single.iter().filter(|(_, meant)| forms[1..].contains(meant));
            tcvn3.double.extend(small.map(|(seen, meant)| ((capital, *seen), in_case_of('A', *meant))));
        }
        // What is made of two of its bytes when text is taken out of PDF files.
        tcvn3.single.extend([('\u{2212}', 'ư'), ('\u{2219}', 'ã')]);
        tcvn3
    }

    /// A vowel, its hat, breve or horn, its tone: `a^'`, or `a'^`.
    fn viqr() -> Self {
        const MARKS: [(char, char); 8] = [
            ('^', '\u{302}'),
            ('(', '\u{306}'),
            ('+', '\u{31b}'),
            ('`', '\u{300}'),
            ('?', '\u{309}'),
            ('~', '\u{303}'),
            ('\'', '\u{301}'),
            ('.', '\u{323}'),
        ];
        let mut double = HashMap::from([(('d', 'd'), 'đ'), (('D', 'd'), 'Đ'), (('D', 'D'), 'Đ')]);
        let mut vowels: Vec<char> = "aeiouyAEIOUY".chars().collect();
        for _ in 0..2 {
            let mut marked = Vec::new();
            for &vowel in &vowels {
                for (written, mark) in MARKS {
                    let mut before: Vec<char> = vowel.to_string().nfd().collect();
                    before.insert(1, mark);
                    for parts in [vec![vowel, mark], before] {
                        let mut joined = parts.into_iter().nfc();
                        if let (Some(c), None) = (joined.next(), joined.next())
                            && is_vietnamese(c)
                        {
                            double.insert((vowel, written), c);
                            marked.push(c);
                        }
                    }
                }
            }
            vowels = marked;
        }
        Self { defect: Defects::VIQR, single: HashMap::new(), double, kept: Vec::new() }
    }

    /// Whether text in this encoding may show the character.
    fn has(&self, c: char) -> bool {
        match c {
            _ if c.is_ascii() || self.single.contains_key(&c) => true,
            '\u{80}'..='\u{ff}' if !c.is_alphabetic() => true,
            '\u{80}'..='\u{ff}' => self.kept.contains(&c),
            _ => matches!(c, '\u{2000}'..='\u{206f}' | '€' | '™'),
        }
    }

    /// Whether a character can be part of a word.
    fn belongs(&self, before: Option<char>, c: char) -> bool {
        c.is_alphanumeric()
            || self.single.contains_key(&c)
            || (self.defect == Defects::VIQR
                && "^+`?~'.(".contains(c)
                && before.is_some_and(|before| {
                    // Only behind a vowel or another mark; a bracket only where it can be a breve.
                    if c == '(' {
                        matches!(before, 'a' | 'A')
                    } else {
                        "aeiouyAEIOUY^+`?~'.(".contains(before)
                    }
                }))
    }

    /// The word as it was meant, and how many of its characters say so.
    fn decode(&self, word: &str) -> (String, usize) {
        let mut decoded: Vec<char> = Vec::with_capacity(word.len());
        let mut hits = 0;
        for c in word.chars() {
            if let Some(&last) = decoded.last()
                && let Some(&meant) = self.double.get(&(last, c))
            {
                hits += 1;
                decoded.pop();
                decoded.push(meant);
                continue;
            }
            let single = self.single.get(&c);
            hits += usize::from(single.is_some());
            decoded.push(single.copied().unwrap_or(c));
        }
        // Only Windows-1258 has marks that combine.
        let combining = decoded.iter().any(|c| matches!(c, '\u{300}'..='\u{323}'));
        let decoded = decoded.into_iter();
        (if combining { decoded.nfc().collect() } else { decoded.collect() }, hits)
    }

    /// The text as it was meant, with what speaks for it.
    fn read(&self, text: &str) -> (String, Evidence) {
        let mut evidence = Evidence::default();
        let mut decoded = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars().map(Some).chain([None]) {
            if let Some(c) = c.filter(|c| self.belongs(word.chars().next_back(), *c)) {
                word.push(c);
                continue;
            }
            if !word.is_empty() {
                decoded.push_str(&self.judge(&word, &mut evidence));
                // A sign behind letters that is none itself.
                evidence.odd += usize::from(c.is_some_and(|c| matches!(c, '\u{80}'..='\u{9f}' | '¡'..='¿')));
                word.clear();
            }
            decoded.extend(c);
        }
        (decoded, evidence)
    }

    fn judge(&self, word: &str, evidence: &mut Evidence) -> String {
        let (mut meant, hits) = self.decode(word);
        // A character by itself shows nothing: `·`, `×`, `Ø`.
        if hits == 0 || word.chars().nth(1).is_none() {
            return meant;
        }
        let sign = |c: char| !c.is_alphanumeric() || c == 'µ';
        if self.defect == Defects::TCVN3 {
            meant = capitals(word, meant);
        }
        let mut good = is_word(&meant);
        if !good && self.defect == Defects::VIQR && word.ends_with(['.', '?', '\'']) {
            // The end of a sentence rather than a tone.
            let (head, end) = word.split_at(word.len() - 1);
            let head = self.decode(head).0;
            if is_word(&head) {
                meant = head + end;
                good = true;
            }
        }
        // A unit of measure, not a word.
        good &= !word.starts_with('µ');
        let before = is_word(word);
        match (before, good) {
            (false, true) => {
                evidence.gained += 1;
                // A mark on the wrong vowel would explain it as well.
                evidence.unexplained |= well_marked(word).is_none();
            }
            (true, true) => evidence.kept += 1,
            (true, false) => evidence.broken += 1,
            (false, false) => evidence.odd += 1,
        }
        evidence.hits += hits;
        if self.defect == Defects::VIQR {
            evidence.clear |= good && meant.chars().count() > 1 && word.contains(['^', '(', '+', '`', '~']);
        } else {
            // A sign between letters.
            let inside = word.trim_matches(sign);
            evidence.clear |= good && inside.contains(sign);
        }
        meant
    }
}

/// TCVN3 writes capitals with a tone as small letters where the font makes capitals of them: `NGUYÔN`.
fn capitals(seen: &str, meant: String) -> String {
    let ascii = || seen.chars().filter(char::is_ascii_alphabetic);
    if ascii().count() > 1 && ascii().all(|c| c.is_ascii_uppercase()) {
        meant.chars().map(|c| in_case_of('A', c)).collect()
    } else {
        meant
    }
}

/// What the words of a text say of an encoding.
#[derive(Clone, Copy, Default, Debug)]
struct Evidence {
    /// Characters that were read otherwise.
    hits: usize,
    /// Words that became Vietnamese, that were and are, that were and are not, that neither were nor are.
    gained: usize,
    kept: usize,
    broken: usize,
    odd: usize,
    /// Nothing simpler explains one of the words gained.
    unexplained: bool,
    /// A sign where no other text has one.
    clear: bool,
}

impl Evidence {
    fn convinces(&self, viqr: bool) -> bool {
        let enough = if viqr { self.hits >= 2 && self.clear } else { self.hits >= 2 || self.clear };
        let more = self.gained > self.odd || (self.clear && self.gained == self.odd);
        enough && more && self.unexplained && self.gained > 4 * self.broken
    }

    fn weight(&self) -> isize {
        (self.gained + self.kept) as isize - (2 * self.broken + self.odd) as isize
    }
}

/// The encoding that a text was in, with the text as it was meant; nothing if it is not clear that it was in any.
pub(super) fn decoded(text: &str) -> Option<(Defects, String)> {
    let mut best: Option<(isize, Defects, String)> = None;
    for encoding in ENCODINGS.iter() {
        let viqr = encoding.defect == Defects::VIQR;
        // Text in one byte a character has no other letters.
        let foreign = |c: char| match viqr {
            true => !c.is_ascii(),
            false => !encoding.has(c),
        };
        if text.chars().any(foreign) {
            continue;
        }
        let (meant, evidence) = encoding.read(text);
        let better = best.as_ref().is_none_or(|(weight, ..)| evidence.weight() > *weight);
        if better && evidence.convinces(viqr) {
            best = Some((evidence.weight(), encoding.defect, meant));
        }
    }
    best.map(|(_, defect, meant)| (defect, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_whole() {
        let sizes = ENCODINGS.each_ref().map(|encoding| (encoding.single.len(), encoding.double.len()));
        assert_eq!(sizes[0].0, 76);
        assert!(
            sizes[1].1 > 120 && sizes[2].1 >= 12 * 5 + 3 && sizes[3].0 > 103 && sizes[4].0 > 112,
            "{sizes:?}"
        );
    }

    #[test]
    fn each_encoding() {
        for (seen, defect, meant) in [
            ("NguyÔn V¨n", Defects::TCVN3, "Nguyễn Văn"),
            ("Céng hßa x· héi", Defects::TCVN3, "Cộng hòa xã hội"),
            ("Ph\u{2212}êng Hµ", Defects::TCVN3, "Phường Hà"),
            ("L¸ng", Defects::TCVN3, "Láng"),
            ("Nguyeãn Vaên", Defects::VNI, "Nguyễn Văn"),
            ("Phöôøng Ngoïc Haø", Defects::VNI, "Phường Ngọc Hà"),
            ("Nguye^~n Va(n", Defects::VIQR, "Nguyễn Văn"),
            ("Nguye~^n", Defects::VIQR, "Nguyễn"),
            ("DDo^.", Defects::VIQR, "Độ"),
            ("Co^.ng ho`a.", Defects::VIQR, "Cộng hòa."),
            ("DDa` Na(~ng", Defects::VIQR, "Đà Nẵng"),
            ("Phýõìng Ngoòc", Defects::CP1258, "Phướng Ngọc"),
        ] {
            assert_eq!(decoded(seen), Some((defect, meant.to_owned())), "{seen}");
        }
        for text in [
            "Hà Nam",
            "Krông Nô",
            "Hoà Krông",
            "François Müller",
            "Loïc",
            "José Ángel",
            "O'Brien (USA)",
            "7 a.m. - 9 a.m.",
            "nhóm máu O+, A+",
            "le.hoa@a.vn",
            "5 µm ± 2 °C",
            "Công ty ABC®",
            "C++ 10~20",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
