//! Whether several sources write codes that say something of each other: `1` of one list says nothing of `Nam`, nor of
//! another list's `1`. What is found out does not depend on what databases and tables are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::mirror::Seen;
use crate::kernel::likeness;
use crate::rule::subject::Codes;

/// Different values of a column that are looked at; of more it is known whether they are digits, and nothing else.
pub const MOST_CODES: usize = 4_096;

/// How one source writes something.
pub struct Coding {
    seen: Seen,
    /// What it may write, by declaration.
    list: Option<BTreeSet<i128>>,
    labels: Vec<Label>,
    /// The place among `labels` of what is read instead of the codes.
    read_as: Option<usize>,
}

/// What a list calls its codes.
struct Label {
    name: String,
    words: BTreeMap<i128, i128>,
    /// The codes by their words, if it has a word of its own for each, and not a number.
    codes: Option<BTreeMap<i128, i128>>,
    set: BTreeSet<i128>,
}

impl Label {
    fn of(name: &str, codes: &[i128], labels: &[Option<i128>]) -> Self {
        let words: BTreeMap<i128, i128> =
            codes.iter().zip(labels).filter_map(|(code, word)| Some((*code, (*word)?))).collect();
        let by_word: BTreeMap<i128, i128> = words.iter().map(|(code, word)| (*word, *code)).collect();
        let names = by_word.len() == words.len() && !by_word.keys().any(|word| likeness::is_digits(*word));
        let set = by_word.keys().copied().collect();
        Self { name: name.to_owned(), words, codes: names.then_some(by_word), set }
    }

    /// A code of both is called otherwise, by what the other list calls another code. That a word differs is not enough:
    /// it may be spelt in another way.
    fn contradicts(&self, other: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (&self.codes, &other.codes) else { return false };
        self.words.iter().any(|(code, word)| {
            let called = other.words.get(code).filter(|called| *called != word);
            called.is_some_and(|called| theirs.contains_key(word) || ours.contains_key(called))
        })
    }

    /// Both are names, and some are the same.
    fn meets(&self, other: &Self) -> bool {
        self.codes.is_some() && other.codes.is_some() && !self.set.is_disjoint(&other.set)
    }
}

impl Coding {
    /// Of a column with these values, and the codes that its list has, if it declares one.
    pub fn of(seen: Seen, codes: Option<&Codes>) -> Self {
        let label = |codes: &Codes| -> Vec<Label> {
            codes.labels.iter().map(|(name, labels)| Label::of(name, &codes.codes, labels)).collect()
        };
        Self {
            seen,
            list: codes.map(|codes| codes.codes.iter().copied().collect()),
            labels: codes.map(label).unwrap_or_default(),
            read_as: None,
        }
    }

    /// The column of its list whose words are to be read instead of the codes, and those words by code.
    pub fn read_as(&self) -> Option<(&str, &BTreeMap<i128, i128>)> {
        let label = self.labels.get(self.read_as?)?;
        Some((&label.name, &label.words))
    }

    /// Nothing is written there, and nothing declared.
    pub fn is_unknown(&self) -> bool {
        self.list.is_none() && self.seen.is_of_digits().is_none()
    }

    fn is_of_digits(&self) -> Option<bool> {
        match self.read_as {
            // Words may be numbers, such as those of another list.
            Some(label) => {
                let set = &self.labels[label].set;
                let digits = set.iter().filter(|word| likeness::is_digits(**word)).count();
                Some(2 * digits > set.len())
            }
            None => self.seen.is_of_digits(),
        }
    }

    /// What it may write as it is read.
    fn list(&self) -> Option<&BTreeSet<i128>> {
        match self.read_as {
            Some(label) => Some(&self.labels[label].set),
            None => self.list.as_ref(),
        }
    }

    /// It writes some of these words, or may.
    fn writes(&self, words: &BTreeSet<i128>) -> bool {
        self.list().is_some_and(|list| !list.is_disjoint(words))
            || self.read_as.is_none() && self.seen.has_any(words)
    }

    /// Nothing that one says is what the other says: most is digits here and words there, or two lists have nothing in
    /// common. That values differ otherwise is what is to be found out.
    fn differs(&self, other: &Self) -> bool {
        let differ = |a: Option<bool>, b: Option<bool>| a.zip(b).is_some_and(|(a, b)| a != b);
        let lists = self.list().zip(other.list());
        differ(self.is_of_digits(), other.is_of_digits())
            || lists.is_some_and(|(ours, theirs)| ours.is_disjoint(theirs))
    }

    /// Their lists give the same codes to different things.
    fn contradicts(&self, other: &Self) -> bool {
        let both_codes = self.read_as.is_none() && other.read_as.is_none();
        both_codes
            && self.labels.iter().any(|ours| other.labels.iter().any(|theirs| ours.contradicts(theirs)))
    }

    fn is_apart(&self, other: &Self) -> bool {
        self.differs(other) || self.contradicts(other)
    }

    /// Which of its labels another could be compared with that its codes cannot.
    fn label_for(&self, others: &[&Self]) -> Option<usize> {
        let apart: Vec<&Self> = others.iter().copied().filter(|other| self.is_apart(other)).collect();
        self.labels.iter().position(|label| {
            apart.iter().any(|other| {
                other.writes(&label.set)
                    || other.read_as.is_none() && other.labels.iter().any(|theirs| label.meets(theirs))
            })
        })
    }
}

/// Sources by set of codes, by their places; `None` has nothing of the kind. Where a list says what its codes are called, and
/// others say that, its words are to be read.
pub fn coded(all: &mut [Option<Coding>]) -> Vec<Vec<usize>> {
    loop {
        // All at once, so that it does not matter who is first.
        let label = |at: usize| {
            let own = all[at].as_ref().filter(|own| own.read_as.is_none())?;
            let others = all.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<&Coding> = others.filter_map(|(_, other)| other.as_ref()).collect();
            Some((at, own.label_for(&others)?))
        };
        let chosen: Vec<(usize, usize)> = (0..all.len()).filter_map(label).collect();
        if chosen.is_empty() {
            break;
        }
        for (at, label) in chosen {
            if let Some(own) = &mut all[at] {
                own.read_as = Some(label);
            }
        }
    }
    adopt(all);
    let present: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_some()).collect();
    sets(&present, |a, b| match (&all[a], &all[b]) {
        (Some(a), Some(b)) => !a.is_apart(b),
        _ => true,
    })
}

/// A column that declares no list is taken for one of those that have most of its values.
fn adopt(all: &mut [Option<Coding>]) {
    let adopted = |own: &Coding| -> Option<BTreeSet<i128>> {
        if own.list().is_some() {
            return None;
        }
        let lists = all.iter().flatten().filter_map(Coding::list);
        lists.filter(|list| own.seen.is_mostly(list)).cloned().reduce(|one, other| &one | &other)
    };
    let lists: Vec<Option<BTreeSet<i128>>> = all.iter().map(|own| own.as_ref().and_then(&adopted)).collect();
    for (own, list) in all.iter_mut().zip(lists) {
        if let (Some(own), Some(list)) = (own, list) {
            own.list = Some(list);
        }
    }
}

/// Sources in sets within which any two can be compared, and each with the same others. Where one could go with two that
/// cannot be compared with each other, it goes with neither: nothing else would be the same whatever they are called.
pub fn sets(sources: &[usize], comparable: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let near = |at: usize| -> Vec<usize> {
        sources.iter().copied().filter(|other| *other == at || comparable(at, *other)).collect()
    };
    let mut sets: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for &at in sources {
        let near = near(at);
        match sets.iter_mut().find(|(known, _)| *known == near) {
            Some((_, set)) => set.push(at),
            None => sets.push((near, vec![at])),
        }
    }
    sets.into_iter().map(|(_, set)| set).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::likeness::Likeness;

    fn cell(text: &str) -> i128 {
        Likeness::Code { pad: None }.code(text).unwrap()
    }

    /// A column with these values, and a list of codes and what they are called.
    fn coding(values: &[&str], list: &[(&str, &str)]) -> Coding {
        let mut seen = Seen::at_most(MOST_CODES);
        values.iter().for_each(|value| seen.add(cell(value)));
        let words = list.iter().map(|(_, word)| (!word.is_empty()).then(|| cell(word))).collect();
        let codes = Codes {
            codes: list.iter().map(|(code, _)| cell(code)).collect(),
            labels: vec![("ten".to_owned(), words)],
        };
        Coding::of(seen, (!list.is_empty()).then_some(&codes))
    }

    /// The sets, and which are read by their words.
    fn of(all: Vec<Coding>) -> (Vec<Vec<usize>>, Vec<bool>) {
        let mut all: Vec<Option<Coding>> = all.into_iter().map(Some).collect();
        let sets = coded(&mut all);
        (sets, all.iter().flatten().map(|own| own.read_as().is_some()).collect())
    }

    #[test]
    fn digits_are_not_compared_with_words() {
        let digits = || coding(&["1", "2", "3"], &[]);
        let long = || coding(&["Kinh", "Tày", "Bru - Vân Kiều"], &[]);
        assert_eq!(of(vec![digits(), long()]).0, [vec![0], vec![1]]);
        let dirty = || coding(&["Nam", "Nữ", "Nam", "2"], &[]);
        assert_eq!(of(vec![digits(), dirty(), long()]).0, [vec![0], vec![1, 2]]);
        let many: Vec<String> = (0..=MOST_CODES).map(|at| format!("tên {at}")).collect();
        let many = coding(&many.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        assert_eq!(of(vec![many, digits()]).0, [vec![0], vec![1]]);
        assert_eq!(of(vec![digits(), coding(&[], &[])]).0, [vec![0, 1]], "nothing says that they differ");
    }

    #[test]
    fn lists_that_call_a_code_otherwise_are_compared_by_words() {
        let one = || coding(&["1", "2"], &[("1", "Nam"), ("2", "Nữ")]);
        let other = || coding(&["0", "1"], &[("0", "Nam"), ("1", "Nữ")]);
        assert_eq!(of(vec![one(), other()]), (vec![vec![0, 1]], vec![true, true]));
        assert_eq!(of(vec![one(), one()]), (vec![vec![0, 1]], vec![false, false]));
        // A list that neither contradicts follows the two, so that it is compared with both.
        let some = || coding(&["2"], &[("2", "Nữ"), ("3", "Khác")]);
        assert_eq!(of(vec![some(), one(), other()]), (vec![vec![0, 1, 2]], vec![true, true, true]));
        let english = || coding(&["1", "2"], &[("1", "Male"), ("2", "Female")]);
        assert_eq!(
            of(vec![one(), english()]),
            (vec![vec![0, 1]], vec![false, false]),
            "other words, no other codes"
        );
        let disjoint = || coding(&["3", "4"], &[("3", "Nam"), ("4", "Nữ")]);
        assert_eq!(of(vec![one(), disjoint()]), (vec![vec![0, 1]], vec![true, true]));
        let turned = || coding(&["1", "2"], &[("1", "1"), ("2", "2")]);
        let order = || coding(&["1", "2"], &[("1", "2"), ("2", "1")]);
        assert_eq!(of(vec![turned(), order()]).1, [false, false], "numbers are no names");
    }

    #[test]
    fn a_column_goes_with_the_list_that_has_most_of_its_values() {
        let one = || coding(&["1", "2"], &[("1", ""), ("2", "")]);
        let other = || coding(&["3", "4"], &[("3", ""), ("4", "")]);
        let middle = |values: &[&str]| coding(values, &[]);
        assert_eq!(of(vec![one(), middle(&["2", "3", "3", "3"]), other()]).0, [vec![0], vec![1, 2]]);
        assert_eq!(of(vec![one(), middle(&["2", "2", "3"]), other()]).0, [vec![0, 1], vec![2]]);
        assert_eq!(of(vec![one(), middle(&["2", "3"]), other()]).0, [vec![0], vec![1], vec![2]]);
        let first = || middle(&["1"]);
        assert_eq!(of(vec![first(), middle(&["2"]), other(), one()]).0, [vec![0, 1, 3], vec![2]]);
    }

    /// A source as the next test makes it: values, and whether it declares a list, with words and from which on.
    fn sources() -> impl Strategy<Value = Vec<(Vec<u8>, u8, bool, u8)>> {
        let source = (prop::collection::vec(0_u8..6, 0..5), 0_u8..3, any::<bool>(), 0_u8..4);
        prop::collection::vec(source, 1..6)
    }

    proptest! {
        /// Whoever comes first: the same are together, and read in the same way; and any two of a set can be compared.
        #[test]
        fn names_decide_nothing(sources in sources(), turn in 0_usize..6) {
            const WORDS: [&str; 6] = ["Kinh", "Tày", "Thái", "Mường", "Hoa", "Nùng"];
            let make = |(values, declared, named, from): &(Vec<u8>, u8, bool, u8)| {
                let text = |value: u8| if *declared == 2 { WORDS[usize::from(value)].to_owned() } else { value.to_string() };
                let values: Vec<String> = values.iter().map(|value| text(*value)).collect();
                let words: Vec<String> = (0..6).map(|code: u8| text(code)).collect();
                let list: Vec<(&str, &str)> = (*from..6_u8.min(from + 3))
                    .map(|code| {
                        let called = WORDS[usize::from((code + from) % 6)];
                        (words[usize::from(code)].as_str(), if *named { called } else { "" })
                    })
                    .collect();
                coding(
                    &values.iter().map(String::as_str).collect::<Vec<_>>(),
                    if *declared == 1 { &list } else { &[] },
                )
            };
            let (mut found, read) = of(sources.iter().map(make).collect());
            let turn = turn % sources.len();
            let mut turned = sources.clone();
            turned.rotate_left(turn);
            let (again, mut read_again) = of(turned.iter().map(make).collect());
            let mut again: Vec<Vec<usize>> = again
                .into_iter()
                .map(|set| {
                    let mut set: Vec<usize> = set.into_iter().map(|at| (at + turn) % sources.len()).collect();
                    set.sort_unstable();
                    set
                })
                .collect();
            found.sort();
            again.sort();
            read_again.rotate_right(turn);
            prop_assert_eq!((found, read), (again, read_again));
        }
    }
}
