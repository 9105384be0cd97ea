//! What databases say of one attribute of one entity, and whether more than half of them say the same.

use crate::kernel::likeness::Likeness;

/// What the votes of several databases come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Fewer than two of them say anything.
    Single,
    Unanimous,
    /// More than half of them agree; for each vote, whether it is among these.
    Majority(Vec<bool>),
    /// No more than half agree.
    Undecided,
}

/// Judges votes, in whatever order they come. Dates that are known in part side with each date that they may be.
pub fn judge(likeness: Likeness, votes: &[i128]) -> Outcome {
    if votes.len() < 2 {
        return Outcome::Single;
    }
    let agree = |a: i128, b: i128| likeness.together(a, b).is_some();
    let with = |vote: i128| votes.iter().filter(|other| agree(vote, **other)).count();
    // What is known in part has, with two that refine it in two ways, friends who are not friends. Only the most exact
    // votes can lead.
    let leads = |vote: i128| {
        votes.iter().all(|other| likeness.together(vote, *other).is_none_or(|both| both == vote))
    };
    let mut leaders: Vec<i128> = votes.iter().copied().filter(|vote| leads(*vote)).collect();
    leaders.sort_unstable();
    leaders.dedup();
    if let [only] = leaders.as_slice()
        && with(*only) == votes.len()
    {
        return Outcome::Unanimous;
    }
    let most = leaders.iter().map(|leader| with(*leader)).max().unwrap_or_default();
    let mut best = leaders.iter().filter(|leader| with(**leader) == most);
    match (best.next(), best.next()) {
        (Some(best), None) if 2 * most > votes.len() => {
            Outcome::Majority(votes.iter().map(|vote| agree(*best, *vote)).collect())
        }
        _ => Outcome::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::likeness::date_cell;

    #[test]
    fn more_than_half_is_a_majority() {
        let judge = |votes: &[i128]| judge(Likeness::Exact, votes);
        assert_eq!((judge(&[]), judge(&[7])), (Outcome::Single, Outcome::Single));
        assert_eq!(judge(&[7, 7, 7]), Outcome::Unanimous);
        assert_eq!(judge(&[7, 8]), Outcome::Undecided);
        assert_eq!(judge(&[7, 8, 7]), Outcome::Majority(vec![true, false, true]));
        assert_eq!(judge(&[7, 8, 7, 9]), Outcome::Undecided, "half is not more than half");
        assert_eq!(judge(&[7, 8, 7, 9, 7]), Outcome::Majority(vec![true, false, true, false, true]));
    }

    #[test]
    fn a_year_sides_with_every_day_of_it() {
        let judge = |votes: &[i128]| judge(Likeness::PartialDate, votes);
        let [y1980, y1981] = [1980, 1981].map(|year| date_cell(year, 0, 0));
        let [may, june, day] = [(5, 0), (6, 0), (5, 12)].map(|(month, day)| date_cell(1980, month, day));
        assert_eq!(judge(&[y1980, day, may]), Outcome::Unanimous);
        assert_eq!(judge(&[y1980, day, y1981]), Outcome::Majority(vec![true, true, false]));
        assert_eq!(judge(&[y1980, may, june]), Outcome::Undecided, "it may be either");
        assert_eq!(judge(&[may, june]), Outcome::Undecided);
    }

    proptest! {
        /// Against counting; and the order of votes changes nothing but the order of the answer.
        #[test]
        fn exact_votes_are_counted(votes in prop::collection::vec(0_i128..4, 0..9), turn in 0_usize..9) {
            let count = |vote: i128| votes.iter().filter(|other| **other == vote).count();
            let best = votes.iter().copied().max_by_key(|vote| count(*vote));
            let expected = match best {
                None => Outcome::Single,
                Some(_) if votes.len() == 1 => Outcome::Single,
                Some(best) if count(best) == votes.len() => Outcome::Unanimous,
                Some(best) if 2 * count(best) > votes.len() => {
                    Outcome::Majority(votes.iter().map(|vote| *vote == best).collect())
                }
                Some(_) => Outcome::Undecided,
            };
            prop_assert_eq!(judge(Likeness::Exact, &votes), expected);
            let mut turned = votes.clone();
            turned.rotate_left(turn.min(votes.len()));
            let mut outcome = judge(Likeness::Exact, &turned);
            if let Outcome::Majority(with) = &mut outcome {
                with.rotate_right(turn.min(votes.len()));
            }
            prop_assert_eq!(outcome, judge(Likeness::Exact, &votes));
        }

        /// A majority is one: all of it agree with each other.
        #[test]
        fn whoever_is_of_the_majority_agrees(votes in prop::collection::vec((0..2_i32, 0..3_u32, 0..3_u32), 0..7)) {
            let date = |(year, month, day)| date_cell(1980 + year, month, if month > 0 { day } else { 0 });
            let votes: Vec<i128> = votes.into_iter().map(date).collect();
            let likeness = Likeness::PartialDate;
            let all_agree = |votes: &[i128]| {
                votes.iter().all(|a| votes.iter().all(|b| likeness.together(*a, *b).is_some()))
            };
            match judge(likeness, &votes) {
                Outcome::Unanimous => prop_assert!(all_agree(&votes)),
                Outcome::Majority(with) => {
                    let inside: Vec<i128> =
                        votes.iter().zip(&with).filter(|(_, with)| **with).map(|(vote, _)| *vote).collect();
                    prop_assert!(all_agree(&inside) && 2 * inside.len() > votes.len() && inside.len() < votes.len());
                }
                Outcome::Undecided => prop_assert!(!all_agree(&votes)),
                Outcome::Single => prop_assert!(votes.len() < 2),
            }
        }
    }
}
