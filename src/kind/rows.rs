//! The rows of a group, for tests.

use std::cell::RefCell;

use crate::kernel::memory::Cell;
use crate::rule::{Group, GroupJudge, Mark};

struct Rows<'r> {
    cells: &'r [Vec<Cell>],
    figures: RefCell<Vec<u64>>,
}

impl Group for Rows<'_> {
    fn rows(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, row: usize, which: usize) -> Cell {
        self.cells[row][which]
    }

    fn is_whole(&self) -> bool {
        true
    }

    fn count(&self, figure: usize, more: u64) {
        self.figures.borrow_mut()[figure] += more;
    }
}

/// What a judge says of some rows and counts beside.
pub fn judged(judge: &dyn GroupJudge, cells: &[Vec<Cell>]) -> (Vec<Mark>, Vec<u64>) {
    let group = Rows { cells, figures: RefCell::new(vec![0; judge.figures().len()]) };
    let mut marks = vec![Mark::Na; cells.len()];
    judge.judge(&group, &mut marks);
    (marks, group.figures.into_inner())
}
