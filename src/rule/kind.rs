//! What a rule kind is: its page in the reference, its spec as written, its check as bound to one table.

use std::any::Any;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::DataType;

use super::asked::{Asked, AskedSpec, Listing, OtherSide};
use super::code_list::CodeList;
use super::demand::Demand;
use super::look_up::LookUp;
use super::node::{At, Node};
use super::reader::{InputFile, Reader};
use super::reference::Reference;
use super::role::Role;
use super::since::SinceSpec;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::key::{Absent, KeySpec};
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::{Cell, Remember};
use crate::kernel::similarity::Linkage;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::say;
use crate::state::{Measure, State, Tally};

/// What the reference says of a kind, in both languages, and how it counts unless a rule says otherwise.
pub struct About {
    /// As written in rule files.
    pub name: &'static str,
    /// What its rules ask for, in a few words within a sentence: the name of rules that have none of their own.
    pub title: Words,
    pub dimension: Dimension,
    pub severity: Severity,
    pub unit: Unit,
    pub scale: Scale,
    /// What it checks, why it matters, what to do when it fails.
    pub what: Words,
    pub why: Words,
    pub fix: Words,
    /// A rule as a user would write it.
    pub example: &'static str,
}

/// A constant text in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub en: &'static str,
    pub vi: &'static str,
}

impl Words {
    pub fn text(self) -> Text {
        Text { en: self.en.to_owned(), vi: self.vi.to_owned() }
    }
}

/// One kind of rule. Its implementation is one file; `kind::KINDS` lists it.
pub trait Kind: Sync + Debug {
    fn about(&self) -> &'static About;

    /// Reads the arguments, reporting all that is wrong with them.
    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>>;

    /// JSON Schema of the arguments.
    fn schema(&self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema;
}

/// What a kind may ask while it reads its arguments.
pub struct ParseContext<'c> {
    pub reader: &'c mut Reader,
    pub code_lists: &'c CodeLists,
    /// The columns that the table declares.
    pub columns: &'c [DeclaredColumn],
    /// The cycle that the table declares, in seconds.
    pub update_cycle: Option<u64>,
    /// The folder of the rule file, from which the files that it names are found.
    pub folder: &'c Path,
}

pub type CodeLists = indexmap::IndexMap<String, Arc<CodeList>>;

/// A column as the rule file declares it, as far as kinds care.
#[derive(Clone, Debug)]
pub struct DeclaredColumn {
    pub name: At<String>,
    pub ty: Option<ColumnType>,
    pub role: Option<&'static Role>,
    /// Whether every row needs a value, or the column may be absent; a column of the key is required.
    pub required: Option<bool>,
    /// The name of its code list.
    pub code_list: Option<String>,
}

impl ParseContext<'_> {
    pub fn declared_type(&self, column: &str) -> Option<ColumnType> {
        self.columns.iter().find(|declared| declared.name.value == column)?.ty
    }

    /// The text of a file that is named relative to the folder of the rule file. Reports why it cannot be read.
    pub fn file(&mut self, name: &At<String>) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.join(&name.value));
        if let Ok(text) = &text {
            let blake3 = blake3::hash(text.as_bytes()).to_hex().to_string();
            self.reader.inputs.push(InputFile { name: name.value.clone(), blake3 });
        }
        text.map_err(|error| {
            let name_text = &name.value;
            self.reader.error(
                &name.span,
                say!("`{name_text}` cannot be read: {error}", "không đọc được `{name_text}`: {error}"),
            );
        })
        .ok()
    }
}

/// The arguments of a rule as they were written.
pub trait Spec: Debug + Send + Sync {
    /// Columns of the rule's table that it names.
    fn columns(&self) -> Vec<At<String>>;

    /// What makes two rules of one kind on the same columns different; part of the id of a rule without one.
    fn distinction(&self) -> String {
        String::new()
    }

    /// Overrides of what the kind says, where the arguments decide.
    fn dimension(&self) -> Option<Dimension> {
        None
    }

    /// What the rule refers to, for kinds that look at a second table.
    fn refers_to(&self) -> Option<&Reference> {
        None
    }

    /// What it looks up in the table that it refers to, for kinds that reconcile. Others only ask whether keys exist.
    fn looks_up(&self) -> Option<LookUp> {
        None
    }

    /// What it asks of the rows of the table that it refers to, for kinds that count them, or go by their days.
    fn asks(&self) -> Option<Asked> {
        None
    }

    /// The rows of the table that it refers to that are listed for it.
    fn lists(&self) -> Option<Listing> {
        self.asks().map(|asked| asked.listing)
    }

    /// Whether it asks what became of the rows of an earlier run, so that its table must have a key.
    fn compares_runs(&self) -> bool {
        false
    }

    /// The column of whose times it says whether they moved by themselves.
    fn watches(&self) -> Option<&str> {
        None
    }

    /// The column whose times it takes for proof that somebody looked at the record.
    fn trusts(&self) -> Option<&str> {
        None
    }

    /// What it must see of all rows of the table that it refers to, for kinds that compare figures: see
    /// [`Check::measure_against`].
    fn other_side(&self) -> Option<OtherSide<'_>> {
        None
    }

    /// The code lists that it judges by.
    fn code_lists(&self) -> Vec<&CodeList> {
        Vec::new()
    }

    /// What it asks of values, for whoever makes rows that pass.
    fn demands(&self) -> Vec<Demand> {
        Vec::new()
    }

    /// What the rule file left unsaid and the kind has made of the table's columns: a name and its value, for people.
    fn unsaid(&self) -> Vec<(Text, String)> {
        Vec::new()
    }

    /// Whether the rule is about exactly these identity columns being present or unique.
    fn identifies(&self, _key: &[String]) -> bool {
        false
    }

    /// Binds the rule to the columns that were found.
    ///
    /// # Errors
    /// [`BindError`] when a column is absent or cannot be read in the way the rule needs.
    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError>;
}

/// The found table, as a kind sees it while binding.
pub trait Binder {
    /// A column in its declared type, or the type that was found.
    fn column(&mut self, name: &At<String>) -> Result<ColumnId, BindError>;

    /// A column read as `ty`, whatever is declared, with formats for dates (`None`: the declared or default ones).
    fn column_as(
        &mut self,
        name: &At<String>,
        ty: ColumnType,
        formats: Option<&[String]>,
    ) -> Result<ColumnId, BindError>;

    /// A column of codes, its digits filled up with zeros to `width`, as text whatever its type.
    fn column_padded(&mut self, name: &At<String>, width: u32) -> Result<ColumnId, BindError>;

    /// Every column of the table in file order (declared or not), except the named ones.
    fn all_columns(&mut self, except: &[At<String>]) -> Result<Vec<ColumnId>, BindError>;

    fn column_type(&self, column: ColumnId) -> ColumnType;

    /// The Arrow type that expressions see.
    fn array_type(&self, column: ColumnId) -> DataType;

    fn column_name(&self, column: ColumnId) -> &str;

    /// Whether a column holds data about persons.
    fn is_personal(&self, column: ColumnId) -> bool;

    /// Whether its values may say whose a row is: data about persons, and columns of the key unless they are declared to be
    /// public.
    fn tells_whose(&self, column: ColumnId) -> bool;

    /// The moment of the run, microseconds of local time, for whoever judges rows by it. What is kept of rows is of use at
    /// another moment only as far as [`Check::turns_at`] says.
    fn as_of(&mut self) -> i64;

    /// The same, for what is computed once all rows were seen.
    fn as_of_at_end(&self) -> i64;

    /// The columns that the rule file declares, with their presence in what was found.
    fn contract(&self) -> Vec<ContractColumn>;

    /// The names of all columns that were found in any file.
    fn found_columns(&self) -> Vec<String>;
}

/// One declared column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractColumn {
    pub name: String,
    pub ty: Option<ColumnType>,
    /// It may be absent.
    pub optional: bool,
}

/// Why a rule could not be bound.
#[derive(Clone, Debug)]
pub enum BindError {
    /// The extract has no such column.
    MissingColumn(At<String>),
    /// No column of the table carries this role.
    MissingRole(&'static str),
    /// It is there, but not in a form that this rule can read; or the arguments do not fit the data's types.
    Unreadable(Text),
}

/// A rule bound to one table.
pub enum Bound {
    /// Judges batch by batch.
    Scan(Box<dyn AnyCheck>),
    /// Judges keys, once all of them were seen.
    Keys(KeySpec),
    /// Judges rows together with others, once all of them were seen.
    Groups(GroupSpec),
    /// Judges keys against a table of reference, once all of both were seen.
    Reconciled(Reconciled),
    /// Looks for records that may be one and the same, once all of them were seen.
    Linked(Linkage),
    /// Asks something of the rows of another table, once all of both were seen.
    Asked(AskedSpec),
    /// Asks what became of the rows of an earlier run, once all were seen.
    Since(SinceSpec),
}

/// What a rule needs that compares keys, and what is said of them, with a table of reference.
pub struct Reconciled {
    /// Our columns, in the order of theirs.
    pub key: Vec<ColumnId>,
    /// The column that is compared, and how.
    pub ours: Option<(ColumnId, Likeness)>,
    pub look_up: LookUp,
}

/// What a rule needs that judges rows together: how they form groups, and what to remember of each.
pub struct GroupSpec {
    /// Rows with equal values in these columns form a group, and rows without a value in one of them form none; no
    /// column: the whole table is one group.
    pub key: Vec<ColumnId>,
    pub remember: Vec<Remember>,
    pub judge: Box<dyn GroupJudge>,
}

/// Judges the rows of one group at a time.
pub trait GroupJudge: Send + Sync {
    /// Sets the mark of every row; they stand at `na`. Rows come in the order of files and of rows in them.
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]);

    /// The names of the reasons that [`Mark::Fail`] counts by.
    fn reasons(&self) -> &[&'static str] {
        &[]
    }

    /// The names of the figures that [`Group::count`] adds to, beside the reasons.
    fn figures(&self) -> &[&'static str] {
        &[]
    }
}

/// The rows of one group.
pub trait Group {
    fn rows(&self) -> usize;

    /// What is remembered of a row, in the order of [`GroupSpec::remember`].
    fn cell(&self, row: usize, which: usize) -> Cell;

    /// Whether the table was read whole, so that a row which is not in the group is in none.
    fn is_whole(&self) -> bool;

    /// Adds to the figure at this place among the judge's.
    fn count(&self, figure: usize, more: u64);
}

/// What a judge says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Na,
    Pass,
    /// For the reason at this place among the judge's; 0 where it has none.
    Fail(u8),
    Unknown,
}

/// Why an example fails, and what was meant.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub reason: Text,
    /// What the value must be, where that is certain.
    pub repaired: Option<String>,
}

impl Bound {
    pub fn scan(check: impl Check) -> Self {
        Self::Scan(Box::new(check))
    }

    /// Asks of each of our rows that has the whole key, or of their keys.
    pub fn asked(key: Vec<ColumnId>, asked: Asked) -> Self {
        Self::Asked(AskedSpec { key, absent: Absent::Skip, at: None, asked })
    }
}

/// One file of the table, as found.
pub struct FoundFile<'f> {
    /// Without its folders.
    pub name: &'f str,
    pub bytes: u64,
    /// When it was last written, in seconds since 1970-01-01 UTC; `None` where the file system does not say.
    pub modified: Option<i64>,
    /// SHA-256 of its bytes as hexadecimal digits, for whoever asks; `None` if it cannot be read.
    pub sha256: &'f dyn Fn() -> Option<String>,
    pub columns: Vec<(String, DataType)>,
    /// Whether the format of the file has types; text files do not.
    pub typed: bool,
}

/// A rule that judges batch by batch. It never sees a thread.
pub trait Check: Send + Sync + 'static {
    /// What it must remember beside the tally of its row verdicts; `()` for most.
    type State: State;

    /// Whether it judges rows. A check that does not must see all of them: the engine gives it no outcome where rows
    /// were lost, or a file lacks a column that the rule reads.
    const JUDGES_ROWS: bool = true;

    /// Looks at a batch. A verdict is tallied by the engine; kinds without row verdicts keep all in their state. Rows
    /// outside of `population`, and damaged ones, are taken out of verdicts by the engine, but not out of states.
    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Self::State)
    -> Option<RowVerdict>;

    /// Takes note of one file, before its rows.
    fn observe(&self, _found: &FoundFile<'_>, _state: &mut Self::State) {}

    /// Why a row fails, for the few that are shown.
    fn explain(&self, _batch: &Batch<'_>, _row: usize) -> Option<Explanation> {
        None
    }

    /// The first later moment of the run, in microseconds of local time, at which it may judge one of the rows seen
    /// otherwise; `None`: it never does. Asked of checks that were bound with [`Binder::as_of`].
    fn turns_at(&self, _state: &Self::State) -> Option<i64> {
        Some(i64::MIN)
    }

    /// The outcome, once everything was seen. `tally` holds the row verdicts.
    fn measure(&self, tally: Tally, _state: &Self::State) -> Measure {
        Measure::of(tally)
    }

    /// The outcome against the state of the other table, for a rule that has an [`Spec::other_side`].
    fn measure_against(&self, tally: Tally, state: &Self::State, _theirs: &Self::State) -> Measure {
        self.measure(tally, state)
    }
}

/// A [`Check`] whose state type is hidden, so that different kinds stand in one list.
pub trait AnyCheck: Send + Sync {
    fn state(&self) -> Box<dyn AnyState>;
    fn judges_rows(&self) -> bool;
    fn scan(
        &self,
        batch: &Batch<'_>,
        population: &Population,
        state: &mut dyn AnyState,
    ) -> Option<RowVerdict>;
    fn observe(&self, found: &FoundFile<'_>, state: &mut dyn AnyState);
    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation>;
    fn turns_at(&self, state: &dyn AnyState) -> Option<i64>;
    fn measure(&self, tally: Tally, state: &dyn AnyState) -> Measure;
    /// Against the other table's state, as bytes; `None` if it is of another check.
    fn measure_against(&self, tally: Tally, state: &dyn AnyState, theirs: &[u8]) -> Option<Measure>;
    /// A state from [`AnyState::to_bytes`]; `None` if it is of another check.
    fn state_of(&self, bytes: &[u8]) -> Option<Box<dyn AnyState>>;
}

/// A [`State`] whose type is hidden.
pub trait AnyState: Any + Send {
    /// Merges a state of the same check.
    fn merge_any(&mut self, other: Box<dyn AnyState>);
    fn to_bytes(&self) -> Vec<u8>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<S: State> AnyState for S {
    fn merge_any(&mut self, other: Box<dyn AnyState>) {
        let other = other.into_any().downcast::<S>().expect("states of one check have one type");
        self.merge(*other);
    }

    fn to_bytes(&self) -> Vec<u8> {
        // Plain data has nothing that serialisation could refuse.
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl<C: Check> AnyCheck for C {
    fn state(&self) -> Box<dyn AnyState> {
        Box::new(C::State::default())
    }

    fn judges_rows(&self) -> bool {
        C::JUDGES_ROWS
    }

    fn scan(
        &self,
        batch: &Batch<'_>,
        population: &Population,
        state: &mut dyn AnyState,
    ) -> Option<RowVerdict> {
        let state = state.as_any_mut().downcast_mut().expect("the state was made by this check");
        Check::scan(self, batch, population, state)
    }

    fn observe(&self, found: &FoundFile<'_>, state: &mut dyn AnyState) {
        let state = state.as_any_mut().downcast_mut().expect("the state was made by this check");
        Check::observe(self, found, state);
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        Check::explain(self, batch, row)
    }

    fn turns_at(&self, state: &dyn AnyState) -> Option<i64> {
        let state = state.as_any().downcast_ref().expect("the state was made by this check");
        Check::turns_at(self, state)
    }

    fn state_of(&self, bytes: &[u8]) -> Option<Box<dyn AnyState>> {
        let (state, rest) = postcard::take_from_bytes::<C::State>(bytes).ok()?;
        rest.is_empty().then(|| Box::new(state) as Box<dyn AnyState>)
    }

    fn measure(&self, tally: Tally, state: &dyn AnyState) -> Measure {
        let state = state.as_any().downcast_ref().expect("the state was made by this check");
        Check::measure(self, tally, state)
    }

    fn measure_against(&self, tally: Tally, state: &dyn AnyState, theirs: &[u8]) -> Option<Measure> {
        let theirs = self.state_of(theirs)?;
        let [ours, theirs] = [state.as_any(), theirs.as_any()].map(<dyn Any>::downcast_ref);
        Some(Check::measure_against(self, tally, ours?, theirs?))
    }
}
