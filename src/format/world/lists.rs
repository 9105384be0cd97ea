//! Tables of codes, made from the CSV lists of `rules/lists/world` while compiling.

/// Cells of two-letter codes.
pub(super) const TWO: usize = 26 * 26;
/// Cells of three-letter codes.
pub(super) const THREE: usize = 26 * 26 * 26;

/// The first letter of a code's status, by the code's [`place`]; 0 where there is none. `code` and `status` are
/// columns of the list; codes of another length than `length` are left out, and of equal codes the first counts.
pub(super) const fn statuses<const N: usize>(
    csv: &[u8],
    length: usize,
    code: usize,
    status: usize,
) -> [u8; N] {
    let mut table = [0; N];
    let mut line = after(csv, 0, b'\n');
    while line < csv.len() {
        let start = column(csv, line, code);
        if after(csv, start, b',') - 1 - start == length {
            let at = place_of(csv, start, length);
            if table[at] == 0 {
                table[at] = csv[column(csv, line, status)];
            }
        }
        line = after(csv, line, b'\n');
    }
    table
}

/// The number in the second column by the two letters in the first; 0 where there is none.
pub(super) const fn numbers(csv: &[u8]) -> [u8; TWO] {
    let mut table = [0; TWO];
    let mut line = after(csv, 0, b'\n');
    while line < csv.len() {
        let mut at = column(csv, line, 1);
        let mut number = 0;
        while at < csv.len() && csv[at].is_ascii_digit() {
            number = number * 10 + (csv[at] - b'0');
            at += 1;
        }
        table[place_of(csv, line, 2)] = number;
        line = after(csv, line, b'\n');
    }
    table
}

/// Where a code of letters or digits stands in its table.
#[inline]
pub(super) const fn place(code: &[u8]) -> usize {
    place_of(code, 0, code.len())
}

#[inline]
const fn place_of(bytes: &[u8], start: usize, length: usize) -> usize {
    let (mut place, mut at) = (0, start);
    while at < start + length {
        let byte = bytes[at];
        place = if byte.is_ascii_digit() {
            place * 10 + (byte - b'0') as usize
        } else {
            place * 26 + (byte & 31) as usize - 1
        };
        at += 1;
    }
    place
}

/// The place after the next such byte.
const fn after(csv: &[u8], mut at: usize, byte: u8) -> usize {
    while at < csv.len() && csv[at] != byte {
        at += 1;
    }
    at + 1
}

const fn column(csv: &[u8], mut at: usize, number: usize) -> usize {
    let mut left = number;
    while left > 0 {
        at = after(csv, at, b',');
        left -= 1;
    }
    at
}

/// What stands in the column `wanted` of the first line with this `value` in the column `known`. Reads the whole
/// list: for repairs, not for a scan.
pub(super) fn look_up(csv: &'static str, known: usize, value: &str, wanted: usize) -> Option<&'static str> {
    csv.lines().skip(1).find_map(|line| {
        let mut cells = line.split(',');
        let matches = cells.nth(known)? == value;
        matches.then(|| line.split(',').nth(wanted)).flatten().filter(|cell| !cell.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        const CSV: &str = "a,b,c\nAB,ABC,new\nAC,,old\nAB,XYZ,old\n";
        let two = statuses::<TWO>(CSV.as_bytes(), 2, 0, 2);
        assert_eq!((two[place(b"AB")], two[place(b"AC")], two[place(b"AD")]), (b'n', b'o', 0));
        assert_eq!(place(b"ZZ"), TWO - 1);
        assert_eq!(place(b"042"), 42);
        assert_eq!(
            statuses::<THREE>(CSV.as_bytes(), 3, 1, 2).iter().filter(|&&status| status != 0).count(),
            2
        );
        assert_eq!(numbers(b"a,b\nVN,34\n")[place(b"VN")], 34);
        assert_eq!(look_up(CSV, 1, "ABC", 0), Some("AB"));
        assert_eq!(look_up(CSV, 0, "AC", 1), None);
    }
}
