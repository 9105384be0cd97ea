//! What could not be read, by file and piece: the first few of each file, and how many more.

use std::collections::BTreeMap;

use super::problems::Problems;
use super::source::TableSource;
use crate::extract::ExtractError;
use crate::say;

/// Failures of one file that are told; a file that is broken everywhere is broken in the same way.
const TOLD: usize = 3;

#[derive(Default)]
pub struct Failures {
    files: BTreeMap<u32, OfFile>,
}

#[derive(Default)]
struct OfFile {
    first: BTreeMap<u32, ExtractError>,
    count: u64,
}

impl Failures {
    /// `piece` is where the file's pieces had come to; threads do not decide which failure is told.
    pub fn add(&mut self, file: u32, piece: u32, error: ExtractError) {
        self.merge(Self { files: [(file, OfFile { first: [(piece, error)].into(), count: 1 })].into() });
    }

    pub fn merge(&mut self, other: Self) {
        for (file, theirs) in other.files {
            let ours = self.files.entry(file).or_default();
            ours.first.extend(theirs.first);
            while ours.first.len() > TOLD {
                ours.first.pop_last();
            }
            ours.count += theirs.count;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The first of a file.
    pub fn of(&self, file: u32) -> Option<&ExtractError> {
        self.files.get(&file)?.first.values().next()
    }

    pub fn report(&self, source: &TableSource, problems: &mut Problems) {
        for (file, failures) in &self.files {
            let name = &source.files[*file as usize].name;
            for error in failures.first.values() {
                problems.extract_error(name, error);
            }
            let more = failures.count - failures.first.len() as u64;
            if more > 0 {
                problems.error(
                    say!(
                        "`{name}`: further parts that could not be read: {more}",
                        "`{name}`: còn {more} phần khác không đọc được"
                    ),
                    None,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Text;

    #[test]
    fn threads_do_not_decide_what_is_told() {
        let error = |n: u32| ExtractError::new(Text::same(n.to_string()));
        let told = |order: &[u32]| {
            let mut halves = [Failures::default(), Failures::default()];
            for (at, &piece) in order.iter().enumerate() {
                halves[at % 2].add(7, piece, error(piece));
            }
            let [mut one, two] = halves;
            one.merge(two);
            let file = &one.files[&7];
            (file.first.keys().copied().collect::<Vec<_>>(), file.count, one.of(7).unwrap().what.en.clone())
        };
        assert_eq!(told(&[5, 1, 4, 2, 3]), (vec![1, 2, 3], 5, "1".to_owned()));
        assert_eq!(told(&[5, 1, 4, 2, 3]), told(&[3, 2, 5, 4, 1]));
    }
}
