//! What moved the points, summed up: by dimension and by database, for readers who cannot go through each rule.

use std::collections::BTreeMap;

use super::words::{REASONS, database, each, signed};
use crate::base::{Dimension, Lang, Text};
use crate::report::number;
use crate::report::term::words::own;
use crate::say;
use crate::score::periodic::{Periodic, Reason};

/// Databases that are named; the others are summed up.
const DATABASES: usize = 5;

/// The sums in both languages. Where the single reasons are few they say it themselves.
pub fn texts(report: &Periodic, reasons: &[Reason]) -> Vec<Text> {
    if reasons.len() <= REASONS {
        return Vec::new();
    }
    let by_dimension = by_dimension(reasons);
    let by_database = by_database(reasons);
    let mut texts = Vec::new();
    texts.push(each(|lang| {
        let name = |dimension: Option<Dimension>| match dimension {
            Some(dimension) => dimension.label().get(lang).to_owned(),
            None => say!(
                "rules, tables or databases that came or went",
                "quy tắc, bảng, CSDL thêm vào hoặc bớt đi"
            )
            .get(lang)
            .to_owned(),
        };
        let parts = by_dimension
            .iter()
            .map(|(dimension, nano)| format!("{} {}", name(*dimension), signed(*nano, lang)));
        let parts = parts.collect::<Vec<_>>().join("; ");
        say!("By dimension, in points: {parts}", "Theo chiều chất lượng (điểm): {parts}").get(lang).to_owned()
    }));
    if by_database.len() > 1 {
        texts.push(each(|lang| {
            let name = |id: Option<&str>| match id {
                Some(id) => database(report, id, lang),
                None => say!("several together", "chung nhiều CSDL").get(lang).to_owned(),
            };
            let (named, rest) = by_database.split_at(by_database.len().min(DATABASES));
            let mut parts: Vec<String> =
                named.iter().map(|(id, nano)| format!("{} {}", name(*id), signed(*nano, lang))).collect();
            if !rest.is_empty() {
                let count = number::count(rest.len() as u64, lang);
                let nano = signed(rest.iter().map(|(_, nano)| nano).sum(), lang);
                parts.push(say!("{count} others {nano}", "{count} CSDL khác {nano}").get(lang).to_owned());
            }
            let parts = parts.join("; ");
            say!("By database, in points: {parts}", "Theo CSDL (điểm): {parts}").get(lang).to_owned()
        }));
    }
    texts
}

pub fn lines(report: &Periodic, reasons: &[Reason], lang: Lang) -> Vec<String> {
    texts(report, reasons).iter().map(|text| own(text, lang).to_owned()).collect()
}

/// Dimensions in their order, then what belongs to none.
fn by_dimension(reasons: &[Reason]) -> Vec<(Option<Dimension>, i64)> {
    let mut sums: BTreeMap<(bool, Option<Dimension>), i64> = BTreeMap::new();
    for reason in reasons {
        *sums.entry((reason.dimension.is_none(), reason.dimension)).or_default() += reason.nano;
    }
    sums.into_iter().map(|((_, dimension), nano)| (dimension, nano)).collect()
}

/// What moved most first; what is about several databases by itself.
fn by_database(reasons: &[Reason]) -> Vec<(Option<&str>, i64)> {
    let mut sums: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    for reason in reasons {
        let only = match reason.databases.as_slice() {
            [only] => Some(only.as_str()),
            _ => None,
        };
        *sums.entry(only).or_default() += reason.nano;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(id, nano)| (std::cmp::Reverse(nano.unsigned_abs()), *id));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::periodic::change::Sort;

    fn reason(nano: i64, databases: &[&str], dimension: Option<Dimension>) -> Reason {
        let sort = if dimension.is_some() { Sort::Rule } else { Sort::NewlyScored };
        let databases = databases.iter().map(|id| (*id).to_owned()).collect();
        Reason { dimension, ..Reason::of(sort, databases, nano) }
    }

    #[test]
    fn sums_are_by_dimension_and_by_database_and_lose_nothing() {
        use Dimension::{Completeness, Correctness};
        let reasons = [
            reason(30, &["a"], Some(Completeness)),
            reason(-50, &["b"], Some(Correctness)),
            reason(-10, &["a"], Some(Correctness)),
            reason(7, &["c"], None),
            reason(3, &["c", "d"], None),
        ];
        let by = by_dimension(&reasons);
        assert_eq!(by, [(Some(Correctness), -60), (Some(Completeness), 30), (None, 10)]);
        assert_eq!(by.iter().map(|(_, nano)| nano).sum::<i64>(), -20);
        assert_eq!(by_database(&reasons), [(Some("b"), -50), (Some("a"), 20), (Some("c"), 7), (None, 3)]);
    }
}
