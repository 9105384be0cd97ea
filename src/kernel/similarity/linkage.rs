//! Which records may be one and the same, and how two are compared.

use super::super::batch::ColumnId;
use super::{Measure, Part, Value, WHOLE};

/// What a rule asks of records once all were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linkage {
    pub compared: Vec<Compared>,
    /// Two records are compared if they agree in all parts of one of these.
    pub passes: Vec<Vec<(ColumnId, Part)>>,
    /// From which similarity on they count as one, in 10⁻¹⁸.
    pub threshold: i128,
    /// Different records of which a block may have no more to be compared with each other.
    pub most_in_block: u64,
}

/// What is compared: a column, or several whose values are parts of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub columns: Vec<ColumnId>,
    pub measure: Measure,
    pub weight: u32,
}

impl Linkage {
    fn weight(&self) -> u64 {
        self.compared.iter().map(|compared| u64::from(compared.weight)).sum()
    }

    /// Whether values of so much weight are enough to judge by: half of all at least.
    pub(super) fn suffices(&self, weight: u64) -> bool {
        weight > 0 && 2 * weight >= self.weight()
    }

    /// A record as it is remembered, ready to be compared.
    pub fn read(&self, bytes: &[u8]) -> Record {
        let mut rest = bytes;
        let keys = self.passes.iter().map(|_| key(&mut rest)).collect();
        let value = |compared: &Compared| compared.measure.read(&text(&mut rest)?);
        Record { keys, values: self.compared.iter().map(value).collect() }
    }

    /// The keys of a record in every pass.
    pub fn keys<'r>(&self, mut bytes: &'r [u8]) -> impl Iterator<Item = Option<u128>> + use<'r> {
        (0..self.passes.len()).map(move |_| key(&mut bytes))
    }

    /// Whether two records are similar enough, by what both have.
    pub fn alike(&self, a: &Record, b: &Record) -> bool {
        let both = |at: usize| Some((a.values[at].as_ref()?, b.values[at].as_ref()?));
        let present: u64 = (0..self.compared.len())
            .filter(|&at| both(at).is_some())
            .map(|at| u64::from(self.compared[at].weight))
            .sum();
        if !self.suffices(present) {
            return false;
        }
        // Weight that may be lost, in 10⁻²⁴: what is lost is compared with it after every column.
        let most = i128::from(present) * i128::from(WHOLE) * (ONE - self.threshold);
        let mut lost = 0;
        for (at, compared) in self.compared.iter().enumerate() {
            if let Some((a, b)) = both(at) {
                lost += i128::from(compared.weight) * i128::from(WHOLE - a.like(b));
                if lost * ONE > most {
                    return false;
                }
            }
        }
        true
    }
}

/// 1 in 10⁻¹⁸.
const ONE: i128 = 1_000_000_000_000_000_000;

/// One record, ready to be compared with others.
#[derive(Debug)]
pub struct Record {
    pub keys: Vec<Option<u128>>,
    values: Vec<Option<Value>>,
}

fn take<'r>(rest: &mut &'r [u8], count: usize) -> Option<&'r [u8]> {
    let (first, others) = rest.split_at_checked(count)?;
    *rest = others;
    Some(first)
}

fn key(rest: &mut &[u8]) -> Option<u128> {
    match take(rest, 1)? {
        [1] => Some(u128::from_le_bytes(take(rest, 16)?.try_into().ok()?)),
        _ => None,
    }
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = u16::from_le_bytes(take(rest, 2)?.try_into().ok()?);
    if length == u16::MAX {
        return None;
    }
    Some(String::from_utf8_lossy(take(rest, length.into())?).into_owned())
}
