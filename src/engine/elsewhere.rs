//! What other tables have: keys that rules refer to in other databases, and mirrors of tables of reference, read before any
//! database is judged.

use std::path::Path;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::digests::{self, Keyring};
use super::keys::Parents;
use super::ledger::Outlet;
use super::listed::Listed;
use super::measured::MeasuredFile;
use super::mirror::{Mirror, Wanted};
use super::missing::Origin;
use super::plan::{self, Looked, LookedFor};
use super::problems::Problems;
use super::run::{RunOptions, data_root};
use super::scan;
use super::source::TableSource;
use crate::base::{Text, suggest};
use crate::kernel::key::TableKey;
use crate::kernel::seal::Seal;
use crate::rule::{Counterpart, Database, KeyPart, Listing, OtherSide, Side, Table};
use crate::say;

/// A database that others may refer to, and the directory that holds its extracts.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    pub database: &'k Database,
    pub data: &'k Path,
}

/// Keys of tables of other databases, and mirrors of tables of any.
#[derive(Default)]
pub struct Elsewhere {
    keys: IndexMap<TableKey, Result<Arc<Parents>, Text>>,
    /// Under counterparts that name their database.
    mirrors: IndexMap<Counterpart, Result<Arc<Mirror>, Text>>,
    /// They name their database.
    listings: Vec<(Listing, Result<Arc<Listed>, Text>)>,
    /// States of checks over other tables, by the rules that they are held against.
    sides: IndexMap<RuleName, Result<Vec<u8>, Text>>,
}

/// A rule by its database, table and id.
type RuleName = [String; 3];

/// What is looked for in one table.
#[derive(Default)]
pub struct Look<'d> {
    keys: Vec<Vec<String>>,
    mirrors: Vec<(Vec<KeyPart>, Wanted)>,
    listings: Vec<Listing>,
    sides: Vec<(RuleName, OtherSide<'d>)>,
}

impl Look<'_> {
    pub fn add_mirror(&mut self, key: Vec<KeyPart>) -> &mut Wanted {
        let at = self.mirrors.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            self.mirrors.push((key, Wanted::default()));
            self.mirrors.len() - 1
        });
        &mut self.mirrors[at].1
    }

    /// Every column that is named.
    fn columns(&self) -> Vec<Vec<String>> {
        let of_mirrors = self.mirrors.iter().map(|(key, wanted)| {
            let key = key.iter().map(|part| part.column.clone());
            let compared = wanted.columns.iter().map(|compared| compared.column.clone());
            let conditions = wanted.scopes.iter().flat_map(|scope| scope.value.columns().iter().cloned());
            key.chain(compared).chain(conditions).collect()
        });
        let of_listings = self.listings.iter().map(|listing| {
            let conditions = listing.in_scope.iter().flat_map(|scope| scope.value.columns().iter());
            listing.columns.iter().chain(listing.days.iter().flatten()).chain(conditions).cloned().collect()
        });
        let of_sides = self.sides.iter().map(|(_, side)| {
            let conditions = side.in_scope.iter().flat_map(|scope| scope.value.columns().iter().cloned());
            side.spec.columns().into_iter().map(|column| column.value).chain(conditions).collect()
        });
        self.keys.iter().cloned().chain(of_mirrors).chain(of_listings).chain(of_sides).collect()
    }
}

impl Elsewhere {
    /// Reads what rules of `judged` look for in `known` databases, and in files of digests by the keys of `keys`. `None` when
    /// it was interrupted.
    pub fn read<'d>(
        judged: impl IntoIterator<Item = &'d Database>,
        known: &[Known<'_>],
        keys: Keyring<'_>,
        options: &RunOptions<'_>,
    ) -> Option<Self> {
        let mut wanted: IndexMap<(String, String), Look<'d>> = IndexMap::new();
        let mut received: IndexSet<Counterpart> = IndexSet::new();
        for of in judged {
            let rules = of.tables.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule)));
            for (table, rule) in rules {
                if let Some(look_up) = rule.spec.looks_up() {
                    let with = look_up.with.within(&of.id.value);
                    match &with.side {
                        Side::Digests(_) => drop(received.insert(with)),
                        Side::Table(table) => {
                            let of = (with.database.unwrap_or_default(), table.clone());
                            wanted.entry(of).or_default().add_mirror(with.key).add(look_up.sought);
                        }
                    }
                } else if let Some(listing) = rule.spec.lists() {
                    let listing = listing.within(&of.id.value);
                    let database = listing.database.clone().unwrap_or_default();
                    let look = wanted.entry((database, listing.table.clone())).or_default();
                    if !look.listings.contains(&listing) {
                        look.listings.push(listing);
                    }
                } else if let Some(side) = rule.spec.other_side() {
                    let TableKey { database, table: other, .. } = side.table.key();
                    let database = database.unwrap_or_else(|| of.id.value.clone());
                    let name = [&of.id.value, &table.id.value, &rule.id].map(Clone::clone);
                    wanted.entry((database, other)).or_default().sides.push((name, side));
                } else if let Some(to) = rule.spec.refers_to() {
                    let TableKey { database: Some(database), table, columns } = to.key() else { continue };
                    let look = wanted.entry((database, table)).or_default();
                    if !look.keys.contains(&columns) {
                        look.keys.push(columns);
                    }
                }
            }
        }
        let mut all = Self::default();
        for ((database, table), look) in wanted {
            let found = match table_of(known, &database, &table) {
                // What is wrong with its files is told where it is judged itself; here it only keeps its keys from being known.
                Ok((of, table)) => read(*of, table, &look, options, &mut Problems::default())?,
                Err(why) => Found::none(&look, &why),
            };
            let named = Some(database);
            for (columns, found) in look.keys.into_iter().zip(found.keys) {
                all.keys.insert(TableKey { database: named.clone(), table: table.clone(), columns }, found);
            }
            for ((key, _), found) in look.mirrors.into_iter().zip(found.mirrors) {
                let side = Side::Table(table.clone());
                all.mirrors.insert(Counterpart { database: named.clone(), side, key }, found);
            }
            all.listings.extend(look.listings.into_iter().zip(found.listings));
            all.sides.extend(look.sides.into_iter().map(|(name, _)| name).zip(found.sides));
        }
        for with in received {
            let found = received_from(&with, known, keys, options)?;
            all.mirrors.insert(with, found.map(Arc::new));
        }
        options.budget.keep();
        Some(all)
    }

    /// With what the other side has sealed its keys, if it is a file of digests that could be read. `database` is that of the
    /// rule.
    pub fn seal(&self, database: &str, with: &Counterpart) -> Option<Arc<Seal>> {
        let found = self.mirrors.get(&with.within(database))?.as_ref().ok()?;
        found.seal().map(Arc::clone)
    }

    /// The file of digests behind a counterpart, if it is one that could be read. `database` is that of the rule.
    pub fn digest_file(&self, database: &str, with: &Counterpart) -> Option<MeasuredFile> {
        let Side::Digests(digests) = &with.side else { return None };
        let (bytes, blake3) = self.mirror(database, with).ok()?.file()?;
        Some(MeasuredFile { path: digests.file.clone(), bytes, blake3, rows: 0, problem: None })
    }

    /// `database` is that of the rule.
    ///
    /// # Errors
    /// Why nothing is known of the table.
    pub fn mirror(&self, database: &str, with: &Counterpart) -> Result<Arc<Mirror>, Text> {
        self.mirrors.get(&with.within(database)).cloned().unwrap_or_else(|| Err(not_whole()))
    }

    /// `database` is that of the rule.
    ///
    /// # Errors
    /// Why nothing is known of the table.
    pub fn listed(&self, database: &str, listing: &Listing) -> Result<Arc<Listed>, Text> {
        let listing = listing.within(database);
        let found = self.listings.iter().find(|(known, _)| *known == listing);
        found.map_or_else(|| Err(not_whole()), |(_, found)| found.clone())
    }

    /// The state of a check over the other table of a rule.
    ///
    /// # Errors
    /// Why it is not known.
    pub fn side(&self, database: &str, table: &str, rule: &str) -> Result<&[u8], Text> {
        let found = self.sides.get(&[database, table, rule].map(str::to_owned));
        found.map_or_else(|| Err(not_whole()), |found| found.as_deref().map_err(Clone::clone))
    }

    /// # Errors
    /// Why the keys are not known.
    pub fn find(&self, key: &TableKey) -> Result<Arc<Parents>, Text> {
        self.keys.get(key).cloned().unwrap_or_else(|| Err(not_whole()))
    }
}

/// What a file of digests says, among the extracts of the database that is named. `None` when it was interrupted.
fn received_from(
    with: &Counterpart,
    known: &[Known<'_>],
    keys: Keyring<'_>,
    options: &RunOptions<'_>,
) -> Option<Result<Mirror, Text>> {
    let id = with.database.as_deref().unwrap_or_default();
    let of = known.iter().find(|known| known.database.id.value == id);
    match (&with.side, of) {
        (Side::Digests(digests), Some(of)) => {
            digests::received(digests, id, &data_root(of.data, id), keys, options)
        }
        _ => Some(Err(not_whole())),
    }
}

pub fn not_whole() -> Text {
    say!(
        "the table that is referred to could not be read whole",
        "không đọc được trọn vẹn bảng được tham chiếu"
    )
}

pub fn table_of<'k>(
    known: &'k [Known<'k>],
    database: &str,
    table: &str,
) -> Result<(&'k Known<'k>, &'k Table), Text> {
    let Some(of) = known.iter().find(|known| known.database.id.value == database) else {
        return Err(say!(
            "no rule file of this run declares database `{database}`",
            "không có tệp quy tắc nào của lần chấm này khai báo CSDL `{database}`"
        ));
    };
    let tables = &of.database.tables;
    tables.iter().find(|known| known.id.value == table).map(|table| (of, table)).ok_or_else(|| {
        let ids = tables.iter().map(|table| table.id.value.as_str());
        match suggest::closest(table, ids) {
            Some(near) => say!(
                "database `{database}` has no table `{table}`; did you mean `{near}`?",
                "CSDL `{database}` không có bảng `{table}`; có phải ý bạn là `{near}`?"
            ),
            None => say!(
                "database `{database}` has no table `{table}`",
                "CSDL `{database}` không có bảng `{table}`"
            ),
        }
    })
}

/// What was found of one table, in the order in which it was looked for.
pub struct Found {
    keys: Vec<Result<Arc<Parents>, Text>>,
    pub mirrors: Vec<Result<Arc<Mirror>, Text>>,
    listings: Vec<Result<Arc<Listed>, Text>>,
    sides: Vec<Result<Vec<u8>, Text>>,
}

impl Found {
    /// Nothing is known of the table.
    fn none(look: &Look<'_>, why: &Text) -> Self {
        Self {
            keys: look.keys.iter().map(|_| Err(why.clone())).collect(),
            mirrors: look.mirrors.iter().map(|_| Err(why.clone())).collect(),
            listings: look.listings.iter().map(|_| Err(why.clone())).collect(),
            sides: look.sides.iter().map(|_| Err(why.clone())).collect(),
        }
    }
}

/// Reads a table once for all that is looked for. `None` when it was interrupted.
pub fn read(
    Known { database, data }: Known<'_>,
    table: &Table,
    look: &Look<'_>,
    options: &RunOptions<'_>,
    problems: &mut Problems,
) -> Option<Found> {
    let name = format!("{}.{}", database.id.value, table.id.value);
    let root = data_root(data, &database.id.value);
    let source = TableSource::open(table, &root, &look.columns(), options.reveal, problems);
    if source.is_absent() {
        let why = say!("there is no file of table `{name}`", "không có tệp nào của bảng `{name}`");
        return Some(Found::none(look, &why));
    }
    let sides: Vec<OtherSide<'_>> = look.sides.iter().map(|(_, side)| *side).collect();
    let sought =
        LookedFor { keys: &look.keys, mirrors: &look.mirrors, listings: &look.listings, sides: &sides };
    let (plan, Looked { keys, mirrors, listings, sides }) =
        plan::look_into(&name, table, &source, options.as_of, &sought);
    let outlet = Outlet::new(options.budget, plan.leaving());
    let mut state = scan::of_table((&database.id.value, &table.id.value), &plan, &source, &outlet, options)?;
    state.ledger.settle();
    state.report(&source, problems);
    if !state.is_whole(&source) {
        let why = say!("table `{name}` could not be read whole", "không đọc được trọn vẹn bảng `{name}`");
        return Some(Found::none(look, &why));
    }
    let empty = || say!("table `{name}` is empty", "bảng `{name}` trống");
    let keys = look.keys.iter().zip(keys).map(|(columns, key)| match key {
        None => {
            let columns = columns.join(", ");
            Err(say!(
                "table `{name}` has no columns `{columns}`",
                "bảng `{name}` không có các cột `{columns}`"
            ))
        }
        Some(_) if state.rows == 0 => Err(empty()),
        Some(key) => {
            let found = source.has_everywhere(table, columns, |file| state.rows_of(file));
            let types = &plan.keys[key].types;
            Ok(Arc::new(Parents::of(&state.ledger, key, types, found, options.budget)))
        }
    });
    let mirrors = mirrors.into_iter().map(|mirror| match mirror? {
        _ if state.rows == 0 => Err(empty()),
        mirror => {
            let origin = options.reconciled.then(|| Arc::new(Origin::of(&state.ledger, &state)));
            let undecided = |population: usize| state.rules[population].when_unknown;
            let carried = &plan.carried[mirror.key];
            match Mirror::of(&mirror, carried, &state.ledger, undecided, origin, options.budget)? {
                mirror if mirror.is_empty() => Err(say!(
                    "no row of table `{name}` has a key",
                    "không dòng nào của bảng `{name}` có khóa"
                )),
                mirror => Ok(Arc::new(mirror)),
            }
        }
    });
    let listings = listings.into_iter().map(|listing| match listing? {
        // Of a table that may be empty, nothing is what is there.
        _ if state.rows == 0 && !table.allow_empty => Err(empty()),
        listing => Listed::of(&listing, &state.ledger, &state).map(Arc::new),
    });
    let sides = sides.into_iter().map(|side| match &state.rules[side?] {
        _ if state.rows == 0 && !table.allow_empty => Err(empty()),
        rule if rule.broken => Err(scan::breakage()),
        rule if rule.unseen > 0 => {
            let why = say!("a file of table `{name}` lacks a column", "có tệp của bảng `{name}` thiếu cột");
            Err(why)
        }
        rule => rule.own.as_ref().map(|own| own.to_bytes()).ok_or_else(not_whole),
    });
    let found = Found {
        keys: keys.collect(),
        mirrors: mirrors.collect(),
        listings: listings.collect(),
        sides: sides.collect(),
    };
    let is_free = found.keys.iter().flatten().all(|keys| keys.is_set())
        && found.mirrors.iter().flatten().all(|mirror| mirror.is_whole())
        && found.listings.is_empty();
    if is_free {
        state.ledger.forget(options.budget);
    }
    Some(found)
}
