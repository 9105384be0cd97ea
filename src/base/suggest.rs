//! "Did you mean …?"

/// The candidate that a typing error most likely meant, if any is close enough.
///
/// Close means: equal but for case, or at most one edit in three characters. Names that differ in digits only
/// (`line1`, `line2`) are different names, not typing errors.
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = name.to_lowercase();
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&lower, &other);
            let longest = lower.chars().count().max(other.chars().count());
            let only_digits = lower != other && letters(&lower) == letters(&other);
            (distance * 3 <= longest && !only_digits).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn typing_errors_are_recognised() {
        let names = ["not_null", "in_range", "in_set", "ho_ten", "ngay_sinh", "line1"];
        assert_eq!(closest("not_nul", names), Some("not_null"));
        assert_eq!(closest("NGAY_SINH", names), Some("ngay_sinh"));
        assert_eq!(closest("hoten", names), Some("ho_ten"));
        assert_eq!(closest("line2", names), None);
        assert_eq!(closest("quoc_tich", names), None);
    }
}
