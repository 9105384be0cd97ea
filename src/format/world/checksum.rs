//! Check digits that more than one format uses. All take bytes that were checked to be digits or letters.

/// The Luhn sum of ISO/IEC 7812-1 annex B, check digit included, is a multiple of 10.
#[inline]
pub(super) fn luhn(digits: &[u8]) -> bool {
    /// Twice a digit, and the digits of that added up.
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut pairs = digits.rchunks_exact(2);
    let mut sum: u32 = pairs
        .by_ref()
        .map(|pair| DOUBLED[usize::from(pair[0] - b'0') % 10] + u32::from(pair[1] - b'0'))
        .sum();
    sum += pairs.remainder().first().map_or(0, |first| u32::from(first - b'0'));
    sum.is_multiple_of(10)
}

/// The sum of the GS1 General Specifications section 7.9, check digit included, is a multiple of 10: weights 1 and 3
/// in turn, from the right.
#[inline]
pub(super) fn gs1(digits: &[u8]) -> bool {
    let mut pairs = digits.rchunks_exact(2);
    let mut sum: u32 =
        pairs.by_ref().map(|pair| 3 * u32::from(pair[0] - b'0') + u32::from(pair[1] - b'0')).sum();
    sum += pairs.remainder().first().map_or(0, |first| u32::from(first - b'0'));
    sum.is_multiple_of(10)
}

/// The remainder modulo 97 of the number that digits and letters write, A for 10 to Z for 35 (ISO/IEC 7064).
#[inline]
pub(super) fn modulo_97(before: u32, characters: &[u8]) -> u32 {
    characters.iter().fold(before, |remainder, &byte| {
        if byte.is_ascii_digit() {
            (remainder * 10 + u32::from(byte - b'0')) % 97
        } else {
            (remainder * 100 + u32::from(byte & 31) + 9) % 97
        }
    })
}

/// The sum of ISBN-10 and ISSN, in which the last character has weight 1 and may be `X` for 10, is a multiple of 11.
#[inline]
pub(super) fn modulo_11(characters: impl DoubleEndedIterator<Item = u8>) -> bool {
    let value = |byte: u8| if byte == b'X' { 10 } else { u32::from(byte - b'0') };
    characters.rev().zip(1..).map(|(byte, weight)| value(byte) * weight).sum::<u32>().is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_standards() {
        assert!(luhn(b"79927398713") && !luhn(b"79927398710"));
        assert!(gs1(b"6291041500213") && !gs1(b"6291041500214"));
        assert_eq!(modulo_97(0, b"3214282912345698765432161182"), 1);
        assert_eq!(modulo_97(0, b"794"), 794 % 97);
        assert_eq!(modulo_97(0, b"A"), 10);
        assert!(modulo_11(b"080442957X".iter().copied()) && modulo_11(b"03785955".iter().copied()));
    }
}
