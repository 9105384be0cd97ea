//! Bitmaps of what a rule found, one bit a row.

use arrow::buffer::BooleanBuffer;

use crate::state::Tally;

/// What a rule says of each row of a batch.
#[derive(Clone, Debug)]
pub struct RowVerdict {
    /// Rows that have something to judge. The rest is `na`.
    pub applicable: BooleanBuffer,
    /// Failing rows; a subset of `applicable`.
    pub fail: BooleanBuffer,
    /// Rows that could not be judged; a subset of `applicable`, disjoint from `fail`.
    pub unknown: Option<BooleanBuffer>,
    /// Why rows failed, by name, where a kind tells reasons apart; reasons may overlap.
    pub reasons: Vec<(&'static str, BooleanBuffer)>,
}

impl RowVerdict {
    pub fn new(applicable: BooleanBuffer, fail: BooleanBuffer) -> Self {
        Self { applicable, fail, unknown: None, reasons: Vec::new() }
    }

    /// Of the applicable rows, those pass that `pass` says.
    pub fn passing(applicable: &BooleanBuffer, pass: &BooleanBuffer) -> Self {
        Self::new(applicable.clone(), minus(applicable, pass))
    }

    #[must_use]
    pub fn with_unknown(mut self, unknown: Option<BooleanBuffer>) -> Self {
        self.unknown = unknown;
        self
    }

    /// Judges only the rows of the population; damaged rows are unknown whatever else they are.
    #[must_use]
    pub fn within(mut self, population: &Population) -> Self {
        if let Some(rows) = &population.rows {
            self.applicable = &self.applicable & rows;
            self.fail = &self.fail & rows;
            self.unknown = self.unknown.map(|unknown| &unknown & rows);
        }
        if let Some(damaged) = &population.damaged {
            self.applicable = &self.applicable | damaged;
            self.fail = minus(&self.fail, damaged);
            self.unknown = Some(match self.unknown {
                Some(unknown) => &unknown | damaged,
                None => damaged.clone(),
            });
        }
        self
    }

    /// Whether failing and unknown rows are applicable ones, and no row is both.
    pub fn is_consistent(&self) -> bool {
        let outside = |rows: &BooleanBuffer| minus(rows, &self.applicable).count_set_bits() > 0;
        let unknown_too = |rows: &BooleanBuffer| outside(rows) || (rows & &self.fail).count_set_bits() > 0;
        !outside(&self.fail) && !self.unknown.as_ref().is_some_and(unknown_too)
    }

    pub fn tally(&self) -> Tally {
        let rows = self.applicable.len() as u64;
        let applicable = self.applicable.count_set_bits() as u64;
        let fail = self.fail.count_set_bits() as u64;
        let unknown = self.unknown.as_ref().map_or(0, |bits| bits.count_set_bits() as u64);
        Tally { pass: applicable - fail - unknown, fail, na: rows - applicable, unknown }
    }

    /// Rows that are not known to be in order: failing or unknown.
    pub fn dirty(&self) -> BooleanBuffer {
        match &self.unknown {
            Some(unknown) => &self.fail | unknown,
            None => self.fail.clone(),
        }
    }
}

/// The rows of a batch that a rule is about.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// Rows where `when` is true; `None` is all of them.
    pub rows: Option<BooleanBuffer>,
    /// Rows whose cells cannot be trusted, or for which `when` cannot be evaluated.
    pub damaged: Option<BooleanBuffer>,
}

impl Population {
    /// The given rows that are in the population and not damaged.
    pub fn sound(&self, rows: &BooleanBuffer) -> BooleanBuffer {
        let mut sound = match &self.rows {
            Some(population) => rows & population,
            None => rows.clone(),
        };
        if let Some(damaged) = &self.damaged {
            sound = minus(&sound, damaged);
        }
        sound
    }
}

/// Bits set in `left` and not in `right`.
pub fn minus(left: &BooleanBuffer, right: &BooleanBuffer) -> BooleanBuffer {
    left & &!right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> BooleanBuffer {
        text.chars().map(|c| c == '1').collect()
    }

    #[test]
    fn damaged_rows_are_unknown_even_outside_the_population() {
        let verdict = RowVerdict::new(bits("11110"), bits("01010"));
        let population = Population { rows: Some(bits("11001")), damaged: Some(bits("00011")) };
        let verdict = verdict.within(&population);
        assert_eq!(verdict.tally(), Tally { pass: 1, fail: 1, na: 1, unknown: 2 });
        assert_eq!(verdict.dirty(), bits("01011"));
    }
}
