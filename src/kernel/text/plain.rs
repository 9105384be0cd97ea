//! Plain text, recognised eight bytes at a time: visible ASCII, single spaces inside, and the letters of
//! U+00C0–U+02FF and U+1E00–U+1EFF, which hold the Vietnamese alphabet. Plain text is clean and in form C.

/// One byte in each lane of a word.
const fn lanes(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const HIGH: u64 = lanes(0x80);
const LOW: u64 = lanes(0x7f);

/// High bit set in exactly the lanes that are zero.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word) & HIGH
}

/// High bit set in the lanes below `limit`, for limits up to 0x80.
#[inline(always)]
const fn below(word: u64, limit: u8) -> u64 {
    !(((word & LOW) + lanes(0x80 - limit)) | word) & HIGH
}

/// High bit set at each control character and at the second of two spaces; then the lanes that are spaces.
#[inline(always)]
const fn ascii_trouble(word: u64, space_before: u64) -> (u64, u64) {
    let space = zeros(word ^ lanes(b' '));
    (below(word, 0x20) | zeros(word ^ lanes(0x7f)) | (space & (space << 8 | space_before)), space)
}

/// High bit set wherever UTF-8 is not a letter of the two ranges: at its lead, or at the byte after E1; then the
/// lanes that are E1.
#[inline(always)]
const fn letter_trouble(word: u64, e1_before: u64) -> (u64, u64) {
    let lead = word & (word << 1) & HIGH;
    let e1 = zeros(word ^ lanes(0xE1));
    // Leads from C3 to CB begin U+00C0–U+02FF. Lanes are taken modulo 0x40, so that no sum overflows.
    let low = word & lanes(0x3f);
    let from_c3 = (low + lanes(0x80 - 0x03)) & HIGH;
    let from_cc = (low + lanes(0x80 - 0x0c)) & HIGH;
    // E1 must be followed by B8..BB: U+1E00–U+1EFF.
    let continued = zeros((word & lanes(0xFC)) ^ lanes(0xB8));
    ((lead & !(from_c3 & !from_cc) & !e1) | ((e1 << 8 | e1_before) & !continued), e1)
}

/// Whether eight bytes of a value hold something that is not plain. An E1 in the last lane is not looked into.
/// Without a branch: among the first bytes of names, letters outside ASCII come and go as they please.
#[inline(always)]
pub(super) const fn is_troubled(word: u64) -> bool {
    ascii_trouble(word, 0).0 | letter_trouble(word, 0).0 != 0
}

/// Whether a value (UTF-8) is plain text without a space at its ends. The empty value is.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return true };
    let mut bad = u64::from(first == b' ') | u64::from(last == b' ');
    let (chunks, rest) = bytes.as_chunks::<8>();
    // The last eight bytes overlap the chunk before, and hold every pair that crosses into the rest.
    let tail = match bytes.last_chunk::<8>() {
        Some(tail) => u64::from_le_bytes(*tail),
        None => rest.iter().rev().fold(lanes(b'x'), |word, &byte| word << 8 | u64::from(byte)),
    };
    // Two loops: a branch for each word would be mispredicted in mixed text, one for each value is not.
    let (mut high, mut space) = (tail, 0);
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        let found;
        (found, space) = ascii_trouble(word, space >> 56);
        bad |= found;
        high |= word;
    }
    bad |= ascii_trouble(tail, 0).0;
    if high & HIGH != 0 {
        let mut e1 = 0;
        for chunk in chunks {
            let found;
            (found, e1) = letter_trouble(u64::from_le_bytes(*chunk), e1 >> 56);
            bad |= found;
        }
        bad |= letter_trouble(tail, 0).0;
    }
    bad == 0
}

/// A view of at most this many bytes holds them itself (Arrow columnar format, "Variable-size Binary View Layout").
pub(super) const INLINE: u32 = 12;

/// [`is_plain`] of a value that lies in its view, without a look at memory.
#[inline]
pub(super) const fn is_plain_inline(view: u128) -> bool {
    let len = view as u32;
    // Harmless lanes behind the value's end.
    let text = view >> 32 | (u128::from_le_bytes([b'x'; 16]) << (8 * len));
    let last = (view >> 32 << 8 >> (8 * len)) as u8;
    let (front, back) = (text as u64, (text >> 64) as u64);
    let (trouble, space) = ascii_trouble(front, 0);
    let mut bad = trouble | ascii_trouble(back, space >> 56).0;
    bad |= (text as u8 == b' ' || (len > 0 && last == b' ')) as u64;
    if (front | back) & HIGH != 0 {
        let (trouble, e1) = letter_trouble(front, 0);
        bad |= trouble | letter_trouble(back, e1 >> 56).0;
    }
    bad == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_plain() {
        for value in
            ["Nguyễn Thị Đượm", "ấp 3, xã Mỹ Yên", "Ỹ", "", "a", "ơ", "Đặng Ẩn Ức Ổi", "0123456789ab"]
        {
            assert!(is_plain(value.as_bytes()), "{value}");
        }
        for value in [
            " a",
            "a ",
            "a  b",
            "1234567  9",
            "a\tb",
            "\u{7f}",
            "東",
            "\u{300}",
            "\u{a0}",
            "\u{1cff}",
            "\u{1f00}",
        ] {
            assert!(!is_plain(value.as_bytes()), "{value:?}");
        }
    }

    /// Every character at every place within a word is judged alike.
    #[test]
    fn every_character_everywhere() {
        for c in ('\0'..'\u{3100}').chain('\u{fe00}'..'\u{10300}') {
            let plain = matches!(c, '!'..='~' | '\u{c0}'..='\u{2ff}' | '\u{1e00}'..='\u{1eff}');
            for before in 0..9 {
                for after in [0, 1, 7, 8] {
                    let value = format!("{}{c}{}", &"xxxxxxxxx"[..before], &"yyyyyyyy"[..after]);
                    let inner_space = c == ' ' && before > 0 && after > 0;
                    assert_eq!(is_plain(value.as_bytes()), plain || inner_space, "{before} {after} {c:?}");
                    if value.len() <= INLINE as usize {
                        let view = arrow::array::StringViewArray::from(vec![value.as_str()]).views()[0];
                        assert_eq!(is_plain_inline(view), plain || inner_space, "{before} {after} {c:?}");
                    }
                }
            }
        }
    }
}
