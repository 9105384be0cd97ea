//! Addresses: a set of words and numbers. Words that say what kind of place a name names are left out, as every other
//! address does, and numbers keep the kind of what they number, if it is said.

use super::word::{Word, edits};
use super::{WHOLE, after_edits, fold, hundredths};

/// Parts of an address that are compared.
const MOST_PARTS: usize = 32;

/// Kinds of places in two or three words, without marks, and their short forms.
const KINDS_OF_SEVERAL: [(&[&str], &str); 7] = [
    (&["to", "dan", "pho"], "tdp"),
    (&["thanh", "pho"], "tp"),
    (&["khu", "pho"], "kp"),
    (&["thi", "tran"], "tt"),
    (&["thi", "xa"], "tx"),
    (&["khu", "vuc"], "kv"),
    (&["khu", "dan"], "kd"),
];

/// Kinds of places, and their short forms; `""` says nothing of what it numbers.
const KINDS: [(&str, &str); 37] = [
    ("phường", "p"),
    ("p", "p"),
    ("f", "p"),
    ("quận", "q"),
    ("q", "q"),
    ("huyện", "h"),
    ("h", "h"),
    ("tỉnh", "t"),
    ("t", "t"),
    ("tp", "tp"),
    ("tx", "tx"),
    ("tt", "tt"),
    ("xã", "x"),
    ("x", "x"),
    ("đường", ""),
    ("đ", ""),
    ("số", ""),
    ("s", ""),
    ("nhà", ""),
    ("sn", ""),
    ("kp", "kp"),
    ("k", "kp"),
    ("kv", "kv"),
    ("tổ", "to"),
    ("tdp", "to"),
    ("ấp", "ap"),
    ("thôn", "thon"),
    ("xóm", "xom"),
    ("khóm", "khom"),
    ("bản", "ban"),
    ("đội", "doi"),
    ("ngõ", "ngo"),
    ("ngách", "ngach"),
    ("hẻm", "hem"),
    ("kiệt", "kiet"),
    ("lô", "lo"),
    ("khu", "khu"),
];

/// Those whose letters without marks are a name as well: `Ngô`, `Lò`, `Tô`.
const NAMES_TOO: [&str; 8] = ["ngo", "lo", "to", "ban", "doi", "nha", "so", "ap"];

/// Names that are written as their initials.
const INITIALS: [(&str, &str); 4] =
    [("hcm", "ho chi minh"), ("tphcm", "ho chi minh"), ("tpho", "ho chi minh"), ("hn", "ha noi")];

#[derive(Debug)]
pub struct Address {
    /// Sorted by what they are without marks.
    parts: Vec<Word>,
}

impl Address {
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<Word> = fold::words(text, &['/']).into_iter().map(Word::of).collect();
        let mut parts = Vec::new();
        // The kind of place that was said last, if nothing has followed yet.
        let mut kind = "";
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let several = KINDS_OF_SEVERAL.iter().find(|(kind, _)| {
                words[at..].len() > kind.len()
                    && kind.iter().zip(&words[at..]).all(|(kind, word)| word.plain == *kind)
            });
            if let Some((of, short)) = several {
                kind = short;
                at += of.len();
                continue;
            }
            at += 1;
            if let Some(short) = words.get(at).and_then(|next| kind_of(word, next)) {
                kind = short;
            } else if let Some((_, name)) = INITIALS.iter().find(|(short, _)| word.plain == *short) {
                parts.extend(name.split(' ').map(|word| Word::of(word.to_owned())));
                kind = "";
            } else {
                parts.push(if word.has_digit() { numbered(kind, word) } else { word.clone() });
                kind = "";
            }
        }
        parts.truncate(MOST_PARTS);
        parts.sort_by(|a, b| (&a.plain, &a.marked).cmp(&(&b.plain, &b.marked)));
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// Half of it is what they share of both, half what they share of the shorter: one of them often stops earlier.
    pub fn like(&self, other: &Self) -> u32 {
        let mut shared = 0;
        let (mut own, mut others) = (Vec::new(), Vec::new());
        let (mut a, mut b) = (self.parts.iter().peekable(), other.parts.iter().peekable());
        while let (Some(one), Some(two)) = (a.peek(), b.peek()) {
            match one.plain.cmp(&two.plain) {
                std::cmp::Ordering::Less => own.extend(a.next()),
                std::cmp::Ordering::Greater => others.extend(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += weight(one) * u64::from(hundredths(one.like(two), 50) + WHOLE / 2);
                    a.next();
                    b.next();
                }
            }
        }
        own.extend(a);
        others.extend(b);
        shared += misspelt(&own, &others);
        let total = |parts: &[Word]| parts.iter().map(weight).sum::<u64>();
        let (own, others) = (total(&self.parts), total(&other.parts));
        let of_both = 2 * shared / (own + others);
        let of_shorter = shared / own.min(others);
        // What is misspelt may be a little more in one of them.
        ((of_both + of_shorter) / 2).min(u64::from(WHOLE)) as u32
    }
}

/// The short form of a word that says the kind of what follows. Without marks it may be a name, unless a number follows.
fn kind_of(word: &Word, next: &Word) -> Option<&'static str> {
    let unmarked =
        word.marked == word.plain && (next.has_digit() || !NAMES_TOO.contains(&word.plain.as_str()));
    let is = |written: &str| word.marked == written || unmarked && word.plain == fold::plain(written);
    KINDS.iter().find(|(written, _)| is(written)).map(|(_, short)| *short)
}

/// A number with the kind of what it numbers before it: `P. 5` and `P5` as `p5`, but `Số 5` as `5`.
fn numbered(kind: &str, number: &Word) -> Word {
    let said = number.plain.chars().next().is_some_and(char::is_alphabetic);
    if said || kind.is_empty() { number.clone() } else { Word::of(format!("{kind}{}", number.plain)) }
}

/// Numbers tell more than words.
fn weight(part: &Word) -> u64 {
    if part.has_digit() { 2 } else { 1 }
}

/// What words of which neither is in the other address have in common, the most alike first.
fn misspelt(own: &[&Word], others: &[&Word]) -> u64 {
    let mut pairs = Vec::new();
    for (row, a) in own.iter().enumerate() {
        for (column, b) in others.iter().enumerate() {
            let letters = a.plain.len().max(b.plain.len());
            let like = if a.has_digit() || b.has_digit() || letters < 3 {
                0
            } else {
                edits(&a.plain, &b.plain, 1 + letters / 6).map_or(0, |edits| after_edits(edits, letters))
            };
            if like > 0 {
                let (first, second) = (a.plain.as_str().min(&b.plain), a.plain.as_str().max(&b.plain));
                pairs.push((std::cmp::Reverse(like), first, second, row, column));
            }
        }
    }
    pairs.sort_unstable();
    let (mut taken_rows, mut taken_columns) = (0_u64, 0_u64);
    let mut sum = 0;
    for (like, _, _, row, column) in pairs {
        if taken_rows >> row & 1 == 0 && taken_columns >> column & 1 == 0 {
            taken_rows |= 1 << row;
            taken_columns |= 1 << column;
            sum += u64::from(like.0);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::Measure;
    use super::super::tests::like;

    #[test]
    fn addresses() {
        for (a, b, expected) in [
            (
                "12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM",
                "Số 12 đường Lê Lợi, phường Bến Nghé, quận 1, thành phố Hồ Chí Minh",
                99,
            ),
            ("KP3, P.5, Gò Vấp", "khu phố 3, phường 5, Gò Vấp", 100),
            ("12 Lê Lợi, Huế", "12 Le Loi, Hue", 98),
            ("12 Lê Lợi, Huế", "12 Lê Lợi", 94),
            ("12 Lê Lợi, Huế", "14 Lê Lợi, Huế", 60),
            ("Tổ 5, thôn Đông, xã Yên Mỹ", "thôn Đông, xã Yên Mỹ", 87),
            ("12 Lê Lợi", "7 Trần Phú", 0),
            ("Ngô Quyền", "Ngõ 5 Quyền", 45),
            ("to 5 thon Dong", "tổ 5, thôn Đông", 99),
            ("Hoàng Diệu", "Hoàng Diêuj", 90),
            ("wylly place, pine ret vill", "wylly place, pine vill", 94),
        ] {
            assert_eq!(like(Measure::Address, a, b), expected, "{a} – {b}");
        }
        assert!(Measure::Address.read(", .").is_none());
        assert_eq!(like(Measure::Address, "phường", "phường"), 100);
    }
}
