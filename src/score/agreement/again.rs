//! Columns that a database of reference already has: candidates for not being collected any more.

use super::of::table_id;
use super::{Again, Because};
use crate::base::Text;
use crate::engine::agree::Agreed;
use crate::engine::agree::counts::{MOST_VALUES, Pair, pair};
use crate::engine::agree::fields::{Basis, Field};
use crate::say;
use crate::score::scorecard::Fraction;

/// Of entities that both have a value of, those that must have the same, in percent, for two columns of one name to be taken
/// for one.
const ALIKE: u64 = 95;
/// Fewer entities and fewer different values could be alike by chance.
const LEAST: u64 = 20;

/// The law that asks for it.
fn law() -> Text {
    say!(
        "Law on Data 60/2024/QH15, article 11: what state bodies have already is not collected again",
        "Luật Dữ liệu số 60/2024/QH15, Điều 11: không thu thập lại dữ liệu mà cơ quan nhà nước đã có"
    )
}

/// What other databases have of what the reference has, in the order of attributes and tables.
pub fn collected_again(agreed: &Agreed<'_>) -> Vec<Again> {
    let Some(&main) = agreed.references.first() else { return Vec::new() };
    let mut all: Vec<Again> = Vec::new();
    for (at, field) in agreed.fields.all.iter().enumerate() {
        let others =
            (0..agreed.sources.len()).filter(|other| agreed.databases[*other] != agreed.databases[main]);
        for other in others {
            let mut references = agreed.references.iter();
            let found = references.find_map(|reference| candidate(agreed, at, field, *reference, other));
            // Two tables of the reference may have columns of one name.
            let known = |new: &Again| all.iter().any(|it| it.table == new.table && it.columns == new.columns);
            all.extend(found.filter(|new| !known(new)));
        }
    }
    all
}

fn candidate(agreed: &Agreed<'_>, at: usize, field: &Field, reference: usize, other: usize) -> Option<Again> {
    let (theirs, ours) = (field.readings[reference].as_ref()?, field.readings[other].as_ref()?);
    let counts = &agreed.counts.fields[at];
    let place = pair(agreed.sources.len(), reference.min(other), reference.max(other));
    let Pair { agree, disagree, lacking, unknown } = counts.pairs[place];
    let compared = agree + disagree;
    let values = counts.values[other].len().min(MOST_VALUES) as u64;
    let because = match field.basis {
        Basis::Role if compared > 0 => Because::Role,
        Basis::Name if compared >= LEAST && values >= LEAST && is_alike(agree, compared) => {
            Because::NameAndValues
        }
        _ => return None,
    };
    let reference_table = table_id(&agreed.sources[reference]);
    let named = reference_table.name();
    let (column, law) = (theirs.columns.join(", "), law());
    let (en, vi) = (law.en, law.vi);
    Some(Again {
        table: table_id(&agreed.sources[other]),
        columns: ours.columns.clone(),
        reference_table,
        reference: theirs.columns.clone(),
        because,
        both: compared + lacking + unknown,
        compared,
        agree,
        share: Some(Fraction { num: agree, den: compared }),
        values,
        more_values: values == MOST_VALUES as u64,
        suggestion: say!(
            "fetch `{column}` from `{named}` instead of collecting it ({en}); where the two differ, settle first which is right",
            "lấy `{column}` từ `{named}` thay vì thu thập lại ({vi}); chỗ nào hai bên khác nhau thì xác minh trước"
        ),
    })
}

/// Whether at least so many percent agree; exact.
const fn is_alike(agree: u64, compared: u64) -> bool {
    agree as u128 * 100 >= compared as u128 * ALIKE as u128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ninety_five_percent_is_exact() {
        assert!(is_alike(19, 20) && !is_alike(18, 20));
        assert!(is_alike(950, 1_000) && !is_alike(949, 1_000));
        assert!(is_alike(u64::MAX, u64::MAX));
    }
}
