//! The rows of a table that was judged: which of them fail, and why; which are clean. They are too many to be kept, so
//! whoever wants them has the table read once more ([`JudgedTable::second_look`]).

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::SchemaRef;

use super::missing::Missing;
use super::plan::{TablePlan, Work};
use super::reconcile;
use super::scan::TableState;
use super::source::TableSource;
use super::verdicts::Verdicts;
use crate::base::Text;
use crate::extract::ExtractError;
use crate::kernel::RowVerdict;
use crate::rule::Table;

/// A table after its rules were judged, and what is needed to tell which rows they are about.
pub struct JudgedTable<'d> {
    /// The id of its database.
    pub database: &'d str,
    pub table: &'d Table,
    pub(super) plan: TablePlan,
    pub(super) source: TableSource,
    pub(super) verdicts: Verdicts,
    /// Rows per piece, to number rows within files.
    pub(super) pieces: BTreeMap<(u32, u32), u64>,
    /// Rows that could be read of pieces that could not be read whole.
    pub(super) torn: BTreeMap<(u32, u32), u64>,
    pub(super) hashes: BTreeMap<u32, Result<String, ExtractError>>,
}

/// One file of the table.
pub struct RowFile<'f> {
    /// Relative to the data directory, with `/`.
    pub name: &'f str,
    /// `None` where it could not be opened.
    pub form: Option<Form>,
}

/// What a copy of a file is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Records as they are written, after a line of names if there is one.
    Text { header: Option<Vec<u8>> },
    /// Typed columns.
    Columns(SchemaRef),
}

/// What a second look is to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Rows that some rule fails.
    pub failing: bool,
    /// All records, and which of them are clean.
    pub records: bool,
    /// What became of rows against tables of reference.
    pub reconciled: bool,
}

/// Some rows, in the order of files and of rows in them.
#[derive(Debug)]
pub enum Portion {
    Failing(Vec<FailingRow>),
    Records(Records),
    Reconciled(Vec<ReconciledRow>),
}

/// What became of a row against tables of reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciledRow {
    /// Place in [`JudgedTable::files`].
    pub file: usize,
    /// One-based within the file.
    pub row: u64,
    /// As of [`FailingRow::key`].
    pub key: Vec<Option<String>>,
    /// By each rule of [`JudgedTable::reconciling`]; `None` where it does not apply. At least one applies.
    pub said: Vec<Option<Outcome>>,
}

/// What a rule says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail,
    Unknown,
}

impl Outcome {
    /// `None` where the rule does not apply.
    pub(super) fn of(verdict: &RowVerdict, row: usize) -> Option<Self> {
        let unknown = verdict.unknown.as_ref().is_some_and(|rows| rows.value(row));
        match (unknown, verdict.fail.value(row), verdict.applicable.value(row)) {
            (true, ..) => Some(Self::Unknown),
            (_, true, _) => Some(Self::Fail),
            (.., applies) => applies.then_some(Self::Pass),
        }
    }
}

/// A row that some rule fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingRow {
    /// Place in [`JudgedTable::files`].
    pub file: usize,
    /// One-based within the file.
    pub row: u64,
    /// The values of the table's key; masked where they are personal and nobody may see them.
    pub key: Vec<Option<String>>,
    /// In the order of the rules; at least one.
    pub broken: Vec<Broken>,
}

/// A rule that a row fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Place in the table's rules.
    pub rule: usize,
    /// What the rule judged, if it judged a single value; masked unless values may be seen.
    pub value: Option<String>,
    /// In the language of the run.
    pub why: Option<String>,
    /// The kind's own names of what is wrong.
    pub reasons: Vec<&'static str>,
    /// What the value must be, where that is certain; masked as `value` is.
    pub repaired: Option<String>,
    /// Which rows may be one and the same with it: those with this number, from 1 on.
    pub cluster: Option<u32>,
}

/// Records of one file as it has them.
#[derive(Debug)]
pub struct Records {
    /// Place in [`JudgedTable::files`].
    pub file: usize,
    pub written: Written,
    /// Records that are not clean: a rule of severity major or above fails or is unknown, or the key is absent or
    /// shared.
    pub dirty: BooleanBuffer,
}

#[derive(Debug)]
pub enum Written {
    /// Each record with its line end (that of a file's last may be lacking).
    Text(ArrayRef),
    /// Columns of the file's [`Form`]; text may come in another type of text.
    Columns(RecordBatch),
}

/// Takes rows, in order.
pub trait RowSink: Send {
    /// # Errors
    /// They cannot be kept; says why. Nothing more is brought then.
    fn take(&mut self, portion: &Portion) -> Result<(), Text>;
}

impl<'d> JudgedTable<'d> {
    pub(super) fn new(
        database: &'d str,
        table: &'d Table,
        plan: TablePlan,
        source: TableSource,
        state: TableState,
        verdicts: Verdicts,
    ) -> Self {
        let TableState { pieces, torn, hashes, .. } = state;
        Self { database, table, plan, source, verdicts, pieces, torn, hashes }
    }

    /// The rules that look for rows which may be one and the same, by place in the table's rules.
    pub fn linking(&self) -> Vec<usize> {
        let rules = self.plan.rules.iter().enumerate();
        rules.filter(|(_, rule)| matches!(rule.work, Work::Linked { .. })).map(|(at, _)| at).collect()
    }

    /// The rules that hold rows against tables of reference, by place in the table's rules.
    pub fn reconciling(&self) -> Vec<usize> {
        let of_rows = |work: &Work| matches!(work, Work::Reconciled { look_up, .. } if !reconcile::is_of_theirs(look_up));
        let rules = self.plan.rules.iter().enumerate();
        rules.filter(|(_, rule)| of_rows(&rule.work)).map(|(at, _)| at).collect()
    }

    /// The keys of tables of reference that the table lacks; empty unless the run was to keep them.
    pub fn missing(&self) -> &[Missing] {
        &self.verdicts.missing
    }

    /// The files of the table, in order.
    pub fn files(&self) -> Vec<RowFile<'_>> {
        let file = |at: usize| RowFile { name: &self.source.files[at].name, form: self.form(at) };
        (0..self.source.files.len()).map(file).collect()
    }

    pub(super) fn form(&self, file: usize) -> Option<Form> {
        let source = self.source.files[file].source.as_ref()?;
        match source.stored() {
            Some(schema) => Some(Form::Columns(schema)),
            None => source.verbatim(&[]).map(|text| Form::Text { header: text.header }),
        }
    }
}

impl Portion {
    /// Roughly how many bytes it takes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Failing(rows) => rows.iter().map(FailingRow::bytes).sum(),
            Self::Reconciled(rows) => rows.iter().map(ReconciledRow::bytes).sum(),
            Self::Records(Records { written: Written::Text(records), .. }) => records.get_array_memory_size(),
            Self::Records(Records { written: Written::Columns(batch), .. }) => batch.get_array_memory_size(),
        }
    }
}

impl ReconciledRow {
    fn bytes(&self) -> usize {
        let key = self.key.iter().map(|value| size_of_val(value) + value.as_ref().map_or(0, String::len));
        size_of::<Self>() + key.sum::<usize>() + size_of_val(self.said.as_slice())
    }
}

impl FailingRow {
    fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let broken = |broken: &Broken| {
            size_of::<Broken>()
                + [&broken.value, &broken.why, &broken.repaired].map(text).iter().sum::<usize>()
                + size_of_val(broken.reasons.as_slice())
        };
        let key = self.key.iter().map(|value| size_of_val(value) + text(value));
        size_of::<Self>() + key.sum::<usize>() + self.broken.iter().map(broken).sum::<usize>()
    }
}
