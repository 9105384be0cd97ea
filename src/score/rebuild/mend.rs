//! How many of a rule's failures a program can mend: those for which this one names the value that was meant.
//!
//! Said once for every kind. A kind that is not here mends nothing: what it finds takes somebody who knows, or a source.

use crate::score::scorecard::RuleCard;

/// How many failures can be mended: at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mendable {
    pub least: u64,
    pub most: u64,
}

/// What decides about the failures of a kind.
enum Mends {
    /// All but values of which something is lost: letters that became `?`, characters of no meaning. The card counts each
    /// defect, and a value may have several.
    UnlessLost,
    /// Those that the format can put right: the card counts them.
    Repairable,
    /// Some, and the card does not say how many: where a change of case would be a guess, or a name has other faults too.
    Some,
}

const KINDS: [(&str, Mends); 4] = [
    ("clean_text", Mends::UnlessLost),
    ("matches", Mends::Repairable),
    ("letter_case", Mends::Some),
    ("person_name", Mends::Some),
];

/// Defects of which something is lost.
const LOST: [&str; 3] = ["private_use", "replacement", "lost_letter"];
/// May be lost, where it is no white space.
const PERHAPS: &str = "control";

/// `figures`: the card has the rule's figures, which a history does not keep.
pub fn mendable(rule: &RuleCard, figures: bool) -> Mendable {
    let fail = rule.fail;
    let count = |name: &str| -> u64 {
        let of = rule.figures.iter().find(|figure| figure.name == name);
        of.and_then(|figure| figure.value.parse().ok()).unwrap_or_default()
    };
    match KINDS.iter().find(|(kind, _)| *kind == rule.kind).map(|(_, mends)| mends) {
        None => Mendable::default(),
        Some(Mends::UnlessLost) if figures => {
            let lost = LOST.map(count);
            let all = lost.iter().fold(count(PERHAPS), |sum, n| sum.saturating_add(*n));
            let least = fail.saturating_sub(all);
            let most = fail.saturating_sub(lost.into_iter().max().unwrap_or_default());
            Mendable { least, most }
        }
        Some(Mends::Repairable) if figures => {
            let repairable = count("repairable").min(fail);
            Mendable { least: repairable, most: repairable }
        }
        Some(_) => Mendable { least: 0, most: fail },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind;

    #[test]
    fn every_kind_that_mends_is_one() {
        assert!(KINDS.iter().all(|(name, _)| kind::find(name).is_some()));
    }
}
