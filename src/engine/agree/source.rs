//! One table that speaks of the subjects that are compared, read once.

use super::Asked;
use crate::base::Text;
use crate::engine::ledger::Outlet;
use crate::engine::mirror::{Mirror, MirrorColumn, Wanted};
use crate::engine::plan::{self, Looked, LookedFor, TablePlan};
use crate::engine::problems::Problems;
use crate::engine::run::{RunOptions, data_root};
use crate::engine::scan::{self, TableState};
use crate::engine::source::TableSource;
use crate::engine::{Known, elsewhere};
use crate::kernel::likeness::Likeness;
use crate::rule::subject::Speaks;
use crate::rule::{KeyPart, Sought, Table};
use crate::say;

/// Files that a message lists.
const LISTED: usize = 5;

/// A table that was read whole.
pub struct Source<'d> {
    pub database: &'d str,
    pub table: &'d Table,
    pub speaks: Speaks,
    pub mirror: Mirror,
    pub plan: TablePlan,
    pub files: TableSource,
    pub state: TableState,
}

/// What became of a table that should be read.
pub enum Read<'d> {
    Source(Box<Source<'d>>),
    /// It may be absent, and is.
    Absent,
    Unread(Text),
}

/// Columns that may be compared, and how.
pub fn compared(speaks: &Speaks) -> impl Iterator<Item = (&String, Likeness)> {
    let by_role = speaks.attributes.iter();
    let by_role = by_role.flat_map(|it| it.columns.iter().map(|column| (column, it.likeness)));
    by_role.chain(speaks.others.iter().map(|other| (&other.column, other.likeness)))
}

/// Reads a table for what it says of its subjects. `last`: no other will need room after it. `None` when it was
/// interrupted.
pub fn read<'d>(
    known: Known<'d>,
    table: &'d Table,
    speaks: Speaks,
    asked: &Asked<'_>,
    last: bool,
    options: &RunOptions<'_>,
) -> Option<Read<'d>> {
    let database = &known.database.id.value;
    let name = format!("{database}.{}", table.id.value);
    let mut wanted = Wanted::default();
    for (column, likeness) in compared(&speaks) {
        wanted.add(Sought::Values { column: column.clone(), likeness });
    }
    let columns = std::iter::once(&speaks.identifier).chain(compared(&speaks).map(|(column, _)| column));
    let files = TableSource::open(
        table,
        &data_root(known.data, database),
        &[columns.cloned().collect()],
        options.reveal,
        &mut Problems::default(),
    );
    if files.is_absent() {
        let why = say!("there is no file of table `{name}`", "không có tệp nào của bảng `{name}`");
        return Some(if table.required { Read::Unread(why) } else { Read::Absent });
    }
    let pad = asked.subject.width.filter(|_| asked.pad);
    let key = vec![KeyPart { column: speaks.identifier.clone(), pad }];
    let sought = LookedFor { mirrors: &[(key, wanted)], ..LookedFor::default() };
    let (plan, Looked { mirrors, .. }) = plan::look_into(&name, table, &files, options.as_of, &sought);
    let mirror = match mirrors.into_iter().next() {
        Some(Ok(mirror)) => mirror,
        Some(Err(why)) => return Some(Read::Unread(why)),
        None => return Some(Read::Unread(elsewhere::not_whole())),
    };
    let outlet = Outlet::new(options.budget, plan.leaving());
    let mut state = scan::of_table((database, &table.id.value), &plan, &files, &outlet, options)?;
    if !state.is_whole(&files) {
        let why = say!("table `{name}` could not be read whole", "không đọc được trọn vẹn bảng `{name}`");
        return Some(Read::Unread(why));
    }
    if state.rows == 0 && !table.allow_empty {
        return Some(Read::Unread(say!("table `{name}` is empty", "bảng `{name}` trống")));
    }
    if !last {
        state.ledger.make_room(&outlet);
    }
    state.ledger.settle();
    let found = {
        let undecided = |population: usize| state.rules[population].when_unknown;
        Mirror::in_rows(&mirror, &plan.carried[mirror.key], &state.ledger, undecided, None)
    };
    drop(outlet);
    Some(match found {
        Ok(mirror) => Read::Source(Box::new(Source { database, table, speaks, mirror, plan, files, state })),
        Err(why) => Read::Unread(why),
    })
}

impl Source<'_> {
    /// Where a column is that may be compared.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn column(&self, name: &str, likeness: Likeness) -> Result<MirrorColumn, Text> {
        self.mirror.column(name, likeness)
    }

    /// Whether a column may be absent from an extract.
    pub fn is_optional(&self, name: &str) -> bool {
        self.table.column(name).is_some_and(|column| column.required == Some(false))
            && !self.files.is_repeated(name)
            && !self.files.columns.contains_key(name)
    }

    /// Why a column is not known of all rows: some files with rows do not have it, and should.
    pub fn lacking(&self, name: &str) -> Option<Text> {
        let without = self.files.without(self.table, name, |file| self.state.rows_of(file));
        let (listed, more) = without.split_at(without.len().min(LISTED));
        let mut files = listed.join(", ");
        if !more.is_empty() {
            files += &format!(", … (+{})", more.len());
        }
        let (some, all) = (without.len(), self.files.files.len());
        (some > 0).then(|| {
            say!(
                "{some} of {all} files lack it, so that it is not known of their rows: {files}",
                "{some} trên {all} tệp thiếu cột này nên không rõ giá trị ở các dòng của tệp: {files}"
            )
        })
    }

    /// `database.table`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.database, self.table.id.value)
    }
}
