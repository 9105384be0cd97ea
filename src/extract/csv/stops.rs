//! Finds the bytes that end fields, 64 at a time.

/// Yields the positions of delimiters, line feeds and carriage returns, ascending.
pub struct Stops<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// Start of the present 64 bytes.
    base: usize,
    /// Stops of the present 64 bytes that were not yielded yet.
    mask: u64,
}

const WIDTH: usize = 64;

impl<'a> Stops<'a> {
    pub fn new(bytes: &'a [u8], delimiter: u8) -> Self {
        let mut stops = Self { bytes, delimiter, base: 0, mask: 0 };
        stops.mask = stops.load();
        stops
    }

    /// The next stop, or the length of the bytes.
    #[inline]
    pub fn next(&mut self) -> usize {
        while self.mask == 0 {
            self.base += WIDTH;
            if self.base >= self.bytes.len() {
                self.base = self.bytes.len();
                return self.bytes.len();
            }
            self.mask = self.load();
        }
        let at = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        at
    }

    /// Leaves out the stops before `at`; those that were yielded do not come back.
    #[inline]
    pub fn seek(&mut self, at: usize) {
        let base = at - at % WIDTH;
        if base != self.base {
            self.base = base;
            self.mask = if base < self.bytes.len() { self.load() } else { 0 };
        }
        self.mask &= u64::MAX << (at % WIDTH);
    }

    #[inline]
    fn load(&self) -> u64 {
        match self.bytes[self.base..].first_chunk::<WIDTH>() {
            Some(chunk) => stops(chunk, self.delimiter),
            None => {
                let rest = &self.bytes[self.base..];
                let mut chunk = [0; WIDTH];
                chunk[..rest.len()].copy_from_slice(rest);
                stops(&chunk, self.delimiter)
            }
        }
    }
}

/// One bit for each byte that is a stop. Written as two plain loops because the compiler makes vector
/// instructions of the first and eight multiplications of the second; the delimiter is never NUL.
#[inline]
fn stops(chunk: &[u8; WIDTH], delimiter: u8) -> u64 {
    let mut flags = [0u8; WIDTH];
    for (flag, &byte) in flags.iter_mut().zip(chunk) {
        *flag = u8::from((byte == delimiter) | (byte == b'\n') | (byte == b'\r'));
    }
    let mut mask = 0;
    for (index, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Moves bit 0 of byte k to bit 56 + k.
        let packed = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= packed << (8 * index);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yields_what_a_plain_loop_finds() {
        let text: Vec<u8> = (0..1000u32).map(|n| b"abc;\n\rd\0\xff,"[(n * n % 97 % 10) as usize]).collect();
        for end in [0, 1, 63, 64, 65, 128, 1000] {
            let text = &text[..end];
            let plain: Vec<usize> = (0..end).filter(|&at| b";\n\r".contains(&text[at])).collect();
            let mut stops = Stops::new(text, b';');
            let found: Vec<usize> =
                std::iter::from_fn(|| Some(stops.next()).filter(|&at| at < text.len())).collect();
            assert_eq!(found, plain);
            assert_eq!(stops.next(), end);
            for from in 0..=end {
                let mut stops = Stops::new(text, b';');
                stops.seek(from);
                assert_eq!(stops.next(), plain.iter().copied().find(|&at| at >= from).unwrap_or(end));
            }
        }
    }
}
