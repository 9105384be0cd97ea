//! Lengths of time as rule files write them: `15m`, `24h`, `30d`, `1w`.

/// Seconds in a duration such as `90s`, `15m`, `24h`, `30d`, `2w`; `None` if it is not one, is zero, or overflows.
///
/// Months and years have no fixed length and are therefore refused: write `30d` or `365d`.
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    count.checked_mul(unit).filter(|&seconds| seconds > 0 && seconds <= 100 * 366 * 86_400)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn units() {
        assert_eq!(seconds("15m"), Some(900));
        assert_eq!(seconds("24h"), Some(86_400));
        assert_eq!(seconds("30d"), Some(2_592_000));
        assert_eq!(seconds("1w"), Some(604_800));
        for wrong in ["", "d", "1", "0d", "1y", "-1d", "99999999999999999999d", "1 month", "365000d"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
