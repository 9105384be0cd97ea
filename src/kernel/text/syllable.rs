//! Vietnamese syllables: which ones can be, and where their tone mark stands.
//!
//! A syllable is an onset, a rhyme and a tone. Knowing them tells text that was decoded wrongly from text that was
//! not, and a tone mark on the wrong vowel from one on the right.

use std::sync::LazyLock;

/// The vowels, each without a mark and with the marks huyền, hỏi, ngã, sắc, nặng.
pub(super) const VOWELS: [[char; 6]; 12] = [
    ['a', 'à', 'ả', 'ã', 'á', 'ạ'],
    ['ă', 'ằ', 'ẳ', 'ẵ', 'ắ', 'ặ'],
    ['â', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ'],
    ['e', 'è', 'ẻ', 'ẽ', 'é', 'ẹ'],
    ['ê', 'ề', 'ể', 'ễ', 'ế', 'ệ'],
    ['i', 'ì', 'ỉ', 'ĩ', 'í', 'ị'],
    ['o', 'ò', 'ỏ', 'õ', 'ó', 'ọ'],
    ['ô', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ'],
    ['ơ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ'],
    ['u', 'ù', 'ủ', 'ũ', 'ú', 'ụ'],
    ['ư', 'ừ', 'ử', 'ữ', 'ứ', 'ự'],
    ['y', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ'],
];

/// The first tone of [`VOWELS`] that a syllable ending in c, ch, p, t may have; the other is the one after it.
const ACUTE: usize = 4;

const ONSETS: [&str; 29] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x", "q", "",
];

/// What may follow an onset. Those in k are of the Central Highlands (`Đắk`, `Đăk`).
const RHYMES: &str = "
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âk âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êk êm ên ênh êp êt êu
    i ia ich ik im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oi ok om on ong ooc oong
    op ot oc ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơk ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh uêu ui uk um un ung uơ uôc uôi uôm uôn uông uôt up ut
    uy uya uych uyên uyêt uyn uynh uyp uyt uyu
    ư ưa ưc ưi ưk ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y ych yêm yên yêng yêt yêu yn ynh yt";

/// Longest syllable: `nghiêng`.
const LONGEST: usize = 7;

static RHYME_SET: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut rhymes: Vec<Vec<u8>> =
        RHYMES.split_whitespace().map(|rhyme| rhyme.chars().filter_map(code).collect()).collect();
    rhymes.sort_unstable();
    rhymes
});

static ONSET_LIST: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| ONSETS.iter().map(|onset| onset.chars().filter_map(code).collect()).collect());

/// Lower-case letters outside ASCII with their place in [`VOWELS`], sorted.
static MARKED: LazyLock<Vec<(char, (usize, usize))>> = LazyLock::new(|| {
    let mut marked = Vec::new();
    for (row, forms) in VOWELS.iter().enumerate() {
        marked.extend(forms.iter().enumerate().map(|(tone, &c)| (c, (row, tone))));
    }
    marked.sort_unstable();
    marked
});

/// The vowel that a lower-case letter is, as row and column of [`VOWELS`].
fn vowel(lower: char) -> Option<(usize, usize)> {
    let at = MARKED.binary_search_by_key(&lower, |(c, _)| *c).ok()?;
    Some(MARKED[at].1)
}

/// Simple lower case: one letter for one.
pub(super) fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// `like`'s case on a lower-case letter.
pub(super) fn in_case_of(like: char, c: char) -> char {
    if like.is_uppercase() { c.to_uppercase().next().unwrap_or(c) } else { c }
}

/// Whether the Vietnamese alphabet has this letter.
pub(super) fn is_vietnamese(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'đ' | 'Đ') || vowel(lower(c)).is_some()
}

/// A byte for each letter without its tone: ASCII stands for itself, the rest for digits.
fn code(lower: char) -> Option<u8> {
    Some(match lower {
        'a'..='z' => lower as u8,
        'ă' => b'0',
        'â' => b'1',
        'ê' => b'2',
        'ô' => b'3',
        'ơ' => b'4',
        'ư' => b'5',
        'đ' => b'6',
        _ => return None,
    })
}

const fn is_vowel(code: u8) -> bool {
    matches!(code, b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'0'..=b'5')
}

/// A syllable by its letters; its tone mark may stand anywhere.
struct Syllable {
    letters: [u8; LONGEST],
    len: usize,
    /// Letters of the onset.
    onset: usize,
    /// The tone as in [`VOWELS`], and the letter that carries its mark.
    tone: usize,
    at: usize,
}

impl Syllable {
    fn parse(word: &str) -> Option<Self> {
        let mut syllable = Self { letters: [0; LONGEST], len: 0, onset: 0, tone: 0, at: 0 };
        for c in word.chars() {
            let c = lower(c);
            let (base, tone) = vowel(c).map_or((c, 0), |(row, tone)| (VOWELS[row][0], tone));
            if syllable.len == LONGEST || (tone > 0 && syllable.tone > 0) {
                return None;
            }
            if tone > 0 {
                (syllable.tone, syllable.at) = (tone, syllable.len);
            }
            syllable.letters[syllable.len] = code(base)?;
            syllable.len += 1;
        }
        syllable.onset = onset(&syllable.letters[..syllable.len])?;
        let tone_fits = match syllable.letters[..syllable.len] {
            [.., b'c' | b'p' | b't'] | [.., b'c', b'h'] => syllable.tone >= ACUTE,
            [.., b'k'] => syllable.tone == 0 || syllable.tone >= ACUTE,
            _ => true,
        };
        tone_fits.then_some(syllable)
    }

    /// The letters that may carry the tone mark: the first in the old style, the second in the new.
    fn places(&self) -> [usize; 2] {
        let rhyme = &self.letters[self.onset..self.len];
        let vowels = rhyme.iter().take_while(|letter| is_vowel(**letter)).count();
        let open = vowels == rhyme.len();
        // A vowel with a hat, a breve or a horn attracts the mark; of `ươ` the second.
        let place = match rhyme[..vowels].iter().rposition(u8::is_ascii_digit) {
            Some(place) => [place; 2],
            None => match &rhyme[..vowels] {
                b"oa" | b"oe" | b"uy" if open => [0, 1],
                [_] => [0; 2],
                [_, _] if open => [0; 2],
                _ => [1; 2],
            },
        };
        place.map(|place| self.onset + place)
    }

    fn is_marked_well(&self) -> bool {
        self.tone == 0 || self.places().contains(&self.at)
    }
}

/// How many letters the onset has, if the rest is a rhyme that may follow it.
fn onset(letters: &[u8]) -> Option<usize> {
    let rhymes = &*RHYME_SET;
    let is_rhyme = |rest: &[u8]| rhymes.binary_search_by(|rhyme| rhyme.as_slice().cmp(rest)).is_ok();
    ONSET_LIST.iter().find_map(|onset| {
        let rest = letters.strip_prefix(onset.as_slice())?;
        let first = *rest.first()?;
        let front = matches!(first, b'e' | b'2' | b'i' | b'y');
        let fits = match onset.as_slice() {
            b"gi" => is_vowel(first) && is_rhyme(rest),
            // `quốc` is q and `uôc`, but its u is no place for a mark.
            b"qu" => is_rhyme(rest) || is_rhyme(&letters[1..]),
            b"q" => false,
            b"gh" | b"ngh" => front && is_rhyme(rest),
            b"c" | b"ng" => !front && is_rhyme(rest),
            b"g" => (!front || first == b'i') && is_rhyme(rest),
            _ => is_rhyme(rest),
        };
        fits.then_some(onset.len())
    })
}

/// Whether a word can be a Vietnamese syllable, its mark in the old style's place or the new style's. Any case.
pub(super) fn is_syllable(word: &str) -> bool {
    Syllable::parse(word).is_some_and(|syllable| syllable.is_marked_well())
}

/// Whether a word is a syllable written in small letters, with a capital, or in capitals.
pub(super) fn is_word(word: &str) -> bool {
    let mut rest = word.chars();
    let first = rest.next().is_some_and(char::is_uppercase);
    let rest: Vec<bool> = rest.map(char::is_uppercase).collect();
    let even = rest.iter().all(|upper| !upper) || (first && rest.iter().all(|upper| *upper));
    even && is_syllable(word)
}

/// The word with its tone mark in its place, if it is a syllable whose mark is where neither style has it.
pub(super) fn well_marked(word: &str) -> Option<String> {
    let syllable = Syllable::parse(word)?;
    if syllable.is_marked_well() {
        return None;
    }
    let [place, _] = syllable.places();
    let marked = word.chars().enumerate().map(|(at, c)| {
        let Some((row, _)) = vowel(lower(c)) else { return c };
        in_case_of(c, VOWELS[row][if at == place { syllable.tone } else { 0 }])
    });
    Some(marked.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables() {
        for word in [
            "a", "Ý", "nghiêng", "Nguyễn", "hòa", "hoà", "quý", "quốc", "gì", "giếng", "già", "gìn", "khuỷu",
            "ĐƯỢC", "Đắk", "Đăk", "thuở", "yếu", "xoong", "Kạn", "khuya", "oẳn", "quỳnh", "quýt",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "",
            "q",
            "hòang",
            "tàc",
            "ngiêng",
            "cế",
            "Smith",
            "maria",
            "ế́",
            "áà",
            "nghiêngs",
            "K'Brơi",
            "bb",
            "qúy",
            "Zôn",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
        assert!(is_word("Hà") && is_word("HÀ") && is_word("hà") && !is_word("hÀ"));
    }

    #[test]
    fn marks_go_to_their_place() {
        for (wrong, right) in [
            ("hòang", "hoàng"),
            ("HÒANG", "HOÀNG"),
            ("Qúy", "Quý"),
            ("gìa", "già"),
            ("tóan", "toán"),
            ("tíên", "tiến"),
            ("thủơ", "thuở"),
            ("đựơc", "được"),
            ("Nguỹên", "Nguyễn"),
            ("maí", "mái"),
            ("gíêng", "giếng"),
            ("qủa", "quả"),
            ("Hùynh", "Huỳnh"),
            ("ngòai", "ngoài"),
            ("qúôc", "quốc"),
        ] {
            assert_eq!(well_marked(wrong).as_deref(), Some(right), "{wrong}");
            assert_eq!(well_marked(right), None, "{right}");
        }
        for lawful in [
            "hòa", "hoà", "thúy", "thuý", "khỏe", "khoẻ", "mía", "mùa", "río", "León", "Sofía", "Noé",
            "Kroóng",
        ] {
            assert_eq!(well_marked(lawful), None, "{lawful}");
        }
    }
}
