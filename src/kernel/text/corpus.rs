//! What `clean` finds in text of which it is known what is wrong: lawful names, and the same names broken in every way
//! that it knows.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use hashbrown::HashMap;
use unicode_normalization::UnicodeNormalization;

use super::clean::{Defects, is_clean, look};
use super::mojibake::as_windows;
use super::syllable::{VOWELS, in_case_of, lower, well_marked};

const UNITS: &str = include_str!("../../../rules/lists/admin_units/admin_units.csv");
const OLD_UNITS: &str = include_str!("../../../rules/lists/admin_units/old_to_new_wards.csv");
const GROUPS: &str = include_str!("../../../rules/lists/ethnic_groups.csv");

const TABLES: [&str; 4] = [
    include_str!("../../../rules/lists/legacy_tcvn3.csv"),
    include_str!("../../../rules/lists/legacy_vni.csv"),
    include_str!("../../../rules/lists/legacy_viscii.csv"),
    include_str!("../../../rules/lists/legacy_vps.csv"),
];
/// Places in `TABLES`.
const TCVN3: usize = 0;
const VNI: usize = 1;
const VISCII: usize = 2;
const VPS: usize = 3;

/// Lawful, and easily accused: names of other alphabets, signs with a meaning of their own.
const HARD: &str = "
K'Brơi|Y Wăn|H'Hen Niê|Đinh Jrang|Y Moan Ênuôl|H'Ngăm Niê Kdăm|Siu Blêh|Rơ Chăm H'Phík|Ksor Hŏ|Nay Đer|A Sanh|Ama Kông
Y Ngông Niê Kdăm|Buôn Akŏ Dhông|Cư Êbur|Krông Pắc|Krông Pač|Ea H'leo|Čư̆ Kuin|Ƀuôn Hô|Bahnar|Jrai|Êđê Kpă|Kpă Klơng|Rơ Ô Bhung
Hồ Đức Vai|Alăng Bhuốch|Zơrâm Nhất|Bríu Liếc|Bh'riu Liếc|Pơloong Thị Ni|Coor Lốc|Ating Văn Ân|Arất Thị Hoa|Giàng A Pháo|Thào A Sùng
Vàng Seo Sình|Lý Láo Lở|Tẩn Lở Mẩy|Lò Văn Ọi|Cà Văn Ún|Quàng Văn Éng|Sùng A Dua|Mùa A Sử|Hờ A Dí|Vừ A Dính|Ma Seo Chứ|Phàn Lở Quẩy
Thạch Sa Rây|Danh Kim Sô Phia|Kim Sôm|Sơn Thị Sà Rết|Châu Đen|Lâm Thị Sóc Khonl|Bá Trung Phụ|Đàng Năng Thọ|Trượng Văn Món|Từ Công Phụng
John Smith|José Ángel García|María López|François Müller|Noël Lefèvre|Loïc Dubois|Zoë Brontë|René Descartes|Élise Cléret|Jürgen Weiß
Søren Kierkegaard|Guðmundur Friðriksson|Ðóra Björk|Işık Yıldız|Aydın Çelik|João Gonçalves|São Paulo|Antônio Conceição|Łukasz Żółty
Márton Őrsi|Dvořák|Ñuñoa|Åse Ødegård|Thaïs Aïda|Ángel Múgica|Sofía Río|León Raúl|Saúl País|Québec|Genève|Île-de-France|Côte d'Ivoire
Hélène Hô|Pháp Émile Hòa|Anaïs Nguyễn|Renée Lê|Michèle Trần|Lê Müller|Siobhán O'Brien|Beyoncé|Pelé|Café Trung Nguyên|Kaká|Noé Lía
Москва|Иван Петров|Αθήνα|東京|王小明|김민수|Ｔokyo東京ー|αβγ|Hα|μm|Ωm|5 µm ± 2 °C|m²|12 m³|½ kg|1.000.000 đ|50%|25°C|© 2020 ABC®
Công ty TNHH A&B|R&D;|AT&T|Q&A|P&G|Ai?|Thế nào?|Sao vậy? Tôi không biết.|Có không?Có|C++|A+, O+|nhóm máu O+|7 a.m. - 9 p.m.|i.e. e.g.
a@b.vn|nguyen.van.a@gmail.com|http://a.vn/?q=a&b=c|www.hoa.vn|U.B.N.D|TP.HCM|P.5, Q.1|44 × 17 × 10 cm|Ø 20, Ø 30|A · B · C|± 5 ± 6|72-½ in. ±184.2|Q.Ba Đình|(cũ)|Quảng Nam (cũ)|xã A(cũ)|Ấp 3(B)
“NHÀ Ở XÃ”|XÃ…|“XÃ”, “NHÔ|LÃ ANH|TÃ NGÃ|HÒA ÔN|ĐÔNG HÒA|LÊ THÊ|Đ. Nguyễn Huệ|QĐ-UBND|NĐ-CP|HĐND|CHXHCNVN|Đ/c Ân|Tổ 1a|Thôn 2B|Số 12/3A
Êa Tu|Ô Môn|Ô Loan|Á Đông|Ý Yên|Úc|Áo|Ái Nghĩa|Ấn Độ|Ả Rập Xê Út|Cô-oét|Xanh Pê-téc-bua|Oa-sinh-tơn|Pa-ri|Ác-hen-ti-na|Bồ Đào Nha
Bác Ái|xoong|cái soóc|rơ-moóc|quần soóc|boong|Nguyễn Uý|Nguyễn Úy|Thúy|Thuý|khuỷu|khuya|ngoằn ngoèo|loay hoay|quềnh quàng|giêng giếng
Hoà Loài khoá toàn|Toà án|Khoa Hoá|Xoá|toá hoả|loé|choé|suý|tuỳ|Tuy Hoà|Thuỵ Khuê|uỷ ban|uý|Quí|Lí Thái Tổ|Mĩ|kĩ sư|quý vị|gỉ sét|gì";

const PEOPLE: [&str; 3] = [
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Trương Lương Đinh Mai Tô",
    "Văn Thị Đức Hữu Quốc Ngọc Thúy Minh Xuân Thanh Kim Hồng Quang Công Đình Bảo Gia Khánh Tuấn Như Diệu Thuỳ Hoài",
    "An Anh Bình Châu Dũng Đạt Giang Hà Hải Hạnh Hiếu Hòa Hoà Huệ Hùng Hương Khoa Lan Linh Long Mỹ Nga Oanh Phúc Phượng \
     Quân Quyên Quý Sơn Tâm Thảo Thủy Thuý Tiến Toàn Trang Tuyết Uyên Vinh Yến Khuê Nguyệt Đượm",
];

fn column(table: &str, at: usize) -> impl Iterator<Item = &str> {
    table.lines().skip(1).filter_map(move |line| line.split(',').nth(at)).filter(|name| !name.is_empty())
}

/// The word in the other style of tone marks, if there is one: `hòa` and `hoà`.
fn other_style(word: &str) -> Option<String> {
    let letters: Vec<(char, usize)> = word.chars().map(taken_apart).collect();
    let [.., (first, one), (second, two)] = letters[..] else { return None };
    let pair: String = [lower(first), lower(second)].iter().collect();
    let before = word.chars().rev().nth(2).map(lower);
    if !["oa", "oe", "uy"].contains(&&*pair) || before == Some('q') || (one == 0) == (two == 0) {
        return None;
    }
    let head: String = word.chars().take(letters.len() - 2).collect();
    Some(format!("{head}{}{}", put_together(first, two), put_together(second, one)))
}

/// A letter without its tone, in its case, and the tone.
fn taken_apart(c: char) -> (char, usize) {
    for forms in VOWELS {
        if let Some(tone) = forms.iter().position(|form| *form == lower(c)) {
            return (in_case_of(c, forms[0]), tone);
        }
    }
    (c, 0)
}

fn put_together(base: char, tone: usize) -> char {
    let forms = VOWELS.iter().find(|forms| forms[0] == lower(base));
    forms.map_or(base, |forms| in_case_of(base, forms[tone]))
}

fn lawful() -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (table, at) in [(UNITS, 1), (UNITS, 2), (UNITS, 6), (OLD_UNITS, 1), (OLD_UNITS, 3), (OLD_UNITS, 5)] {
        names.extend(column(table, at).map(str::to_owned));
    }
    let restyled: Vec<String> = names.iter().map(|name| by_word(name, other_style)).collect();
    names.extend(restyled);
    names.extend(
        column(GROUPS, 1).chain(column(GROUPS, 2).flat_map(|names| names.split(';'))).map(str::to_owned),
    );
    names.extend(HARD.split(['|', '\n']).filter(|name| !name.is_empty()).map(str::to_owned));
    let units: Vec<String> = names.iter().cloned().collect();
    let mut dice = 1u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % sides
    };
    let people: Vec<Vec<&str>> = PEOPLE.iter().map(|part| part.split_whitespace().collect()).collect();
    for number in 0..4_000 {
        let person: Vec<&str> = people.iter().map(|part| part[roll(part.len())]).collect();
        let person = person.join(" ");
        let (one, two) = (&units[roll(units.len())], &units[roll(units.len())]);
        names.insert(format!("Số {}, đường {person}, {one}, {two}", number % 300));
        names.insert(person.to_uppercase());
        names.insert(person);
    }
    names.into_iter().filter(|name| name.nfc().eq(name.chars())).collect()
}

fn by_word(text: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let words: Vec<String> =
        text.split(' ').map(|word| change(word).unwrap_or_else(|| word.to_owned())).collect();
    words.join(" ")
}

/// A text broken in one way, and how many letters that touched.
type Break = fn(&str) -> (String, usize);

fn by_letter(text: &str, change: impl Fn(char) -> Option<String>) -> (String, usize) {
    let (mut broken, mut touched) = (String::new(), 0);
    for c in text.chars() {
        match change(c) {
            Some(changed) => {
                touched += 1;
                broken.push_str(&changed);
            }
            None => broken.push(c),
        }
    }
    (broken, touched)
}

/// How an encoding shows a letter, if not as itself.
fn seen_in(table: usize, c: char) -> Option<String> {
    static LETTERS: LazyLock<[HashMap<char, String>; 4]> = LazyLock::new(|| {
        let row = |line: &str| {
            let (codes, meant) = line.rsplit_once(',')?;
            let codes = codes.rsplit(',').next()?.split(' ');
            let seen =
                codes.map(|code| char::from_u32(u32::from_str_radix(code.strip_prefix("U+")?, 16).ok()?));
            Some((meant.chars().next()?, seen.collect::<Option<String>>()?))
        };
        TABLES.map(|table| table.lines().filter_map(row).collect())
    });
    LETTERS[table].get(&c).cloned()
}

fn tcvn3(text: &str) -> (String, usize) {
    by_letter(text, |c| {
        seen_in(TCVN3, c).or_else(|| {
            let (base, tone) = taken_apart(c);
            (tone > 0 && c.is_uppercase()).then(|| {
                seen_in(TCVN3, base).unwrap_or(base.to_string())
                    + &seen_in(TCVN3, lower(c)).expect("a letter")
            })
        })
    })
}

fn viqr(text: &str) -> (String, usize) {
    by_letter(text, |c| match c {
        'đ' => Some("dd".to_owned()),
        'Đ' => Some("DD".to_owned()),
        _ if c.is_ascii() => None,
        _ => {
            let sign = |part| match part {
                '\u{302}' => '^',
                '\u{306}' => '(',
                '\u{31b}' => '+',
                '\u{300}' => '`',
                '\u{309}' => '?',
                '\u{303}' => '~',
                '\u{301}' => '\'',
                '\u{323}' => '.',
                part => part,
            };
            // The hat before the tone.
            let (base, tone) = taken_apart(c);
            let tone = put_together('a', tone).to_string().nfd().nth(1);
            Some(base.to_string().nfd().chain(tone).map(sign).collect())
        }
    })
}

fn cp1258(text: &str) -> (String, usize) {
    by_letter(text, |c| {
        let (base, tone) = taken_apart(c);
        let base = match base {
            'Ă' => 'Ã',
            'ă' => 'ã',
            'Đ' => 'Ð',
            'đ' => 'ð',
            'Ơ' => 'Õ',
            'ơ' => 'õ',
            'Ư' => 'Ý',
            'ư' => 'ý',
            base => base,
        };
        let mark = ["", "Ì", "Ò", "Þ", "ì", "ò"][tone];
        let seen = if matches!(c, 'à' | 'á' | 'è' | 'é' | 'í' | 'ó' | 'ù' | 'ú') {
            c.to_string()
        } else {
            format!("{base}{mark}")
        };
        (seen != c.to_string()).then_some(seen)
    })
}

fn mojibake(text: &str) -> (String, usize) {
    by_letter(text, |c| {
        let bytes = c.to_string().into_bytes();
        (bytes.len() > 1).then(|| bytes.iter().map(|byte| as_windows(char::from(*byte))).collect())
    })
}

/// Every tone mark of a syllable with several vowels on a wrong one.
fn misplaced(text: &str) -> (String, usize) {
    let touched = std::cell::Cell::new(0);
    let broken = by_word(text, |word| {
        let letters: Vec<(char, usize)> = word.chars().map(taken_apart).collect();
        let tone = letters.iter().map(|(_, tone)| *tone).max().filter(|tone| *tone > 0)?;
        let wrong = (0..letters.len()).find_map(|place| {
            let moved: String = letters
                .iter()
                .enumerate()
                .map(|(at, (base, _))| put_together(*base, if at == place { tone } else { 0 }))
                .collect();
            well_marked(&moved).is_some_and(|right| right == *word).then_some(moved)
        });
        touched.set(touched.get() + 2 * usize::from(wrong.is_some()));
        wrong
    });
    (broken, touched.get())
}

fn look_alike(text: &str) -> (String, usize) {
    by_letter(text, |c| {
        let alike = match c {
            'Đ' => 'Ð',
            'đ' => 'ð',
            'a' => 'а',
            'o' => 'ο',
            'H' => 'Н',
            'T' => 'Ｔ',
            _ => return None,
        };
        Some(alike.to_string())
    })
}

fn entities(text: &str) -> (String, usize) {
    by_letter(text, |c| (!c.is_ascii()).then(|| format!("&#{};", c as u32)))
}

fn question_marks(text: &str) -> (String, usize) {
    by_letter(text, |c| (c > '\u{ff}').then(|| "?".to_owned()))
}

/// How text is broken, what must be found, and per 1,000: values that are found, that are rightly called so, that are put
/// right. A lost letter cannot be put right.
const BREAKS: [(&str, Break, Defects, [usize; 3]); 12] = [
    ("TCVN3", tcvn3, Defects::TCVN3, [950, 950, 900]),
    ("VNI", |text| by_letter(text, |c| seen_in(VNI, c)), Defects::VNI, [950, 950, 900]),
    ("VIQR", viqr, Defects::VIQR, [950, 950, 900]),
    ("VISCII", |text| by_letter(text, |c| seen_in(VISCII, c)), Defects::VISCII, [950, 950, 900]),
    ("VPS", |text| by_letter(text, |c| seen_in(VPS, c)), Defects::VPS, [940, 950, 900]),
    ("Windows-1258", cp1258, Defects::CP1258, [950, 950, 900]),
    ("mojibake", mojibake, Defects::MOJIBAKE, [950, 950, 900]),
    ("tone mark", misplaced, Defects::TONE_MARK, [950, 950, 900]),
    ("look-alike", look_alike, Defects::LOOK_ALIKE, [950, 950, 900]),
    ("entity", entities, Defects::HTML_ENTITY, [950, 950, 900]),
    ("question mark", question_marks, Defects::LOST_LETTER, [950, 950, 0]),
    ("decomposed", |text| (text.nfd().collect(), 9), Defects::NOT_NFC, [1_000, 990, 990]),
];

#[test]
fn lawful_text_is_not_accused() {
    let lawful = lawful();
    assert!(lawful.len() > 20_000, "{}", lawful.len());
    let accused: Vec<(&String, Defects)> =
        lawful.iter().filter(|name| !is_clean(name)).map(|name| (name, look(name).defects)).collect();
    assert!(accused.len() * 10_000 < lawful.len(), "{} of {}: {accused:?}", accused.len(), lawful.len());
}

#[test]
fn broken_text_is_found_and_put_right() {
    let lawful = lawful();
    let mut report = String::new();
    let mut short = Vec::new();
    // Per way: how many values, found, put right; and how many of all ways were called by its name.
    let mut counts = [[0; 4]; BREAKS.len()];
    for (at, (name, break_text, defect, _)) in BREAKS.into_iter().enumerate() {
        let mut missed = 0;
        for meant in lawful.iter().step_by(16) {
            let (broken, touched) = break_text(meant);
            if touched < 2 || broken == *meant {
                continue;
            }
            let seen = look(&broken);
            assert_eq!(seen.defects.is_empty(), is_clean(&broken), "{broken}");
            let hit = seen.defects.contains(defect);
            let right = hit && seen.repaired.as_ref() == Some(meant);
            counts[at][0] += 1;
            counts[at][1] += usize::from(hit);
            counts[at][2] += usize::from(right);
            for (other, (.., named, _)) in BREAKS.iter().enumerate() {
                counts[other][3] += usize::from(seen.defects.contains(*named));
            }
            if !right && missed < 8 {
                missed += 1;
                let _ = writeln!(report, "{name}: {meant:?} {broken:?} {seen:?}");
            }
        }
    }
    for ((name, .., bounds), [all, found, right, named]) in BREAKS.into_iter().zip(counts) {
        let reached = [found * 1_000 / all, found * 1_000 / named.max(1), right * 1_000 / found.max(1)];
        let _ = writeln!(report, "{name}: {all} values, recall, precision, put right {reached:?}");
        if reached.iter().zip(bounds).any(|(reached, bound)| *reached < bound) {
            short.push((name, reached));
        }
    }
    assert!(short.is_empty(), "{short:?}\n{report}");
    println!("{report}");
}

/// Text as other programs write it; `fixtures/README.md` says where it is from.
#[test]
fn text_of_other_programs() {
    const TEXT: &str = include_str!("../../../tests/legacy_text.jsonl");
    /// A field, what is wrong with it, and in how many of 1,000 values that is found, and put right of those found.
    const FIELDS: [(&str, Defects, [usize; 2]); 8] = [
        ("nfd", Defects::NOT_NFC, [1_000, 1_000]),
        ("npm_tcvn3", Defects::TCVN3, [950, 950]),
        ("tcvn_as_latin1", Defects::TCVN3, [950, 900]),
        ("npm_vni", Defects::VNI, [950, 950]),
        ("npm_viqr", Defects::VIQR, [950, 950]),
        ("utf8_as_cp1252", Defects::MOJIBAKE, [950, 900]),
        ("viscii_hex", Defects::VISCII, [900, 950]),
        ("cp1258_hex", Defects::CP1258, [900, 950]),
    ];
    let lines: Vec<serde_json::Value> =
        TEXT.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let mut report = String::new();
    let mut short = Vec::new();
    for (field, defect, bounds) in FIELDS {
        let (mut all, mut found, mut right) = (0, 0, 0);
        for line in &lines {
            let (meant, written) = (line["nfc"].as_str().expect("text"), line[field].as_str().expect("text"));
            assert!(is_clean(meant), "{meant}");
            let seen = if field.ends_with("_hex") { from_hex(written) } else { written.to_owned() };
            if meant.chars().filter(|c| !c.is_ascii() && !seen.contains(*c)).count() < 2 {
                continue;
            }
            let look = look(&seen);
            let hit = look.defects.contains(defect);
            let good = hit && look.repaired.as_deref() == Some(meant);
            all += 1;
            found += usize::from(hit);
            right += usize::from(good);
            if !good {
                let _ = writeln!(report, "{field}: {meant:?} {seen:?} {look:?}");
            }
        }
        let reached = [found * 1_000 / all, right * 1_000 / found];
        let _ = writeln!(report, "{field}: {all} values, found and put right {reached:?}");
        if reached.iter().zip(bounds).any(|(reached, bound)| *reached < bound) {
            short.push((field, reached));
        }
    }
    assert!(short.is_empty(), "{short:?}\n{report}");
    println!("{report}");
}

/// Bytes, read as Windows-1252.
fn from_hex(hex: &str) -> String {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits");
    (0..hex.len()).step_by(2).map(|at| as_windows(char::from(byte(at)))).collect()
}
