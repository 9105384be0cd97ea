//! What differs between two sets of columns.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::engine::shape::{CodesShape, ColumnShape};
use crate::kernel::form::Form;
use crate::say;

/// How many codes and columns a change names.
const NAMED: usize = 20;

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    TableAdded,
    TableRemoved,
    ColumnAdded,
    ColumnRemoved,
    /// A column of the same form stands where one has gone.
    LooksRenamed,
    Reordered,
    /// Not all files have it, or more or fewer than before do.
    FilesLackColumn,
    /// It is stored in another type.
    TypeChanged,
    /// Values look otherwise: another form of date, texts among numbers.
    FormChanged,
    /// The longest value is longer than any before.
    LengthGrew,
    /// Of parts: codes are longer or shorter than elsewhere.
    LengthDiffers,
    AbsentAppeared,
    AbsentVanished,
    CodesAppeared,
    CodesVanished,
    /// Codes on no list that cannot be told by name: how many there are.
    UnnamedCodes,
    /// The declared code list has other codes.
    CodeListChanged,
    /// Of parts: values that are not Unicode in its usual form.
    Encoding,
}

impl ChangeKind {
    /// Whether programs that read the table will notice: all but longer and absent values, and codes that come and go.
    const fn structural(self) -> bool {
        !matches!(
            self,
            Self::LengthGrew
                | Self::AbsentAppeared
                | Self::AbsentVanished
                | Self::CodesAppeared
                | Self::CodesVanished
                | Self::UnnamedCodes
        )
    }

    pub fn label(self) -> Text {
        match self {
            Self::TableAdded => say!("table added", "thêm bảng"),
            Self::TableRemoved => say!("table gone", "mất bảng"),
            Self::ColumnAdded => say!("column added", "thêm cột"),
            Self::ColumnRemoved => say!("column gone", "mất cột"),
            Self::LooksRenamed => say!("looks renamed", "có vẻ đổi tên"),
            Self::Reordered => say!("other order", "đổi thứ tự"),
            Self::FilesLackColumn => say!("files without the column", "tệp thiếu cột"),
            Self::TypeChanged => say!("other type", "đổi kiểu"),
            Self::FormChanged => say!("values of another form", "giá trị khác dạng"),
            Self::LengthGrew => say!("longer values", "giá trị dài hơn"),
            Self::LengthDiffers => say!("codes of another length", "mã khác độ dài"),
            Self::AbsentAppeared => say!("absent values appeared", "xuất hiện giá trị thiếu"),
            Self::AbsentVanished => say!("no absent value any more", "không còn giá trị thiếu"),
            Self::CodesAppeared => say!("codes appeared", "xuất hiện mã"),
            Self::CodesVanished => say!("codes vanished", "mất mã"),
            Self::UnnamedCodes => say!("codes on no list", "mã ngoài danh mục"),
            Self::CodeListChanged => say!("other code list", "danh mục thay đổi"),
            Self::Encoding => say!("other encoding", "bảng mã khác"),
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    pub kind: ChangeKind,
    /// Programs that read the table notice it, whatever its values are.
    pub structural: bool,
    /// The column, or code list, that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was then, or is with most parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What is now, or here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

impl Change {
    pub(super) fn of(
        kind: ChangeKind,
        column: Option<&str>,
        was: Option<String>,
        now: Option<String>,
    ) -> Self {
        Self { kind, structural: kind.structural(), column: column.map(str::to_owned), was, now }
    }
}

/// Columns that came, went, were renamed, moved, or are stored otherwise. Their values do not matter.
pub(super) fn structure(then: &[ColumnShape], now: &[ColumnShape]) -> Vec<Change> {
    let mut gone: Vec<usize> = (0..then.len()).filter(|at| find(now, &then[*at].name).is_none()).collect();
    let mut come: Vec<usize> = (0..now.len()).filter(|at| find(then, &now[*at].name).is_none()).collect();
    let mut changes = Vec::new();
    come.retain(|&at| {
        let (new, before) = (&now[at], at.checked_sub(1).map(|at| &now[at].name));
        let stood_there = |&old: &usize| {
            let same_before = old.checked_sub(1).map(|old| &then[old].name) == before;
            (old == at || same_before) && then[old].stored == new.stored && has_form_of(&then[old], new)
        };
        let Some(place) = gone.iter().position(stood_there) else { return true };
        let old = &then[gone.remove(place)].name;
        changes.push(Change::of(
            ChangeKind::LooksRenamed,
            Some(&new.name),
            Some(old.clone()),
            Some(new.name.clone()),
        ));
        false
    });
    let one = |kind, column: &ColumnShape| Change::of(kind, Some(&column.name), None, None);
    changes.extend(gone.iter().map(|&at| one(ChangeKind::ColumnRemoved, &then[at])));
    changes.extend(come.iter().map(|&at| one(ChangeKind::ColumnAdded, &now[at])));
    let moved = moved(then, now);
    if !moved.is_empty() {
        changes.push(Change::of(ChangeKind::Reordered, None, None, Some(some_of(moved.into_iter()))));
    }
    for new in now {
        let old = find(then, &new.name);
        if old.map_or(0, |old| old.lacking) != new.lacking {
            changes.push(files_lack(old, new));
        }
    }
    for (old, new) in common(then, now).filter(|(old, new)| old.stored != new.stored) {
        let types = |column: &ColumnShape| Some(some_of(column.stored.iter().map(String::as_str)));
        changes.push(Change::of(ChangeKind::TypeChanged, Some(&new.name), types(old), types(new)));
    }
    changes
}

/// How many files lack a column.
pub(super) fn files_lack(old: Option<&ColumnShape>, new: &ColumnShape) -> Change {
    let share = |column: &ColumnShape| format!("{}/{}", column.lacking, column.files + column.lacking);
    Change::of(ChangeKind::FilesLackColumn, Some(&new.name), old.map(share), Some(share(new)))
}

/// What differs between the values of columns that both have.
pub(super) fn values(then: &[ColumnShape], now: &[ColumnShape]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (old, new) in common(then, now) {
        let name = Some(new.name.as_str());
        let mut add =
            |kind, was: String, now: String| changes.push(Change::of(kind, name, Some(was), Some(now)));
        if let Some((was, now)) = forms(old, new) {
            add(ChangeKind::FormChanged, was, now);
        }
        if old.values > 0 && new.longest > old.longest {
            add(ChangeKind::LengthGrew, old.longest.to_string(), new.longest.to_string());
        }
        let share = |column: &ColumnShape| format!("{}/{}", column.absent, column.values + column.absent);
        match (old.absent, new.absent) {
            (0, 1..) if old.values > 0 => add(ChangeKind::AbsentAppeared, share(old), share(new)),
            (1.., 0) if new.values > 0 => add(ChangeKind::AbsentVanished, share(old), share(new)),
            _ => {}
        }
        if let (Some(old), Some(codes)) = (&old.codes, &new.codes) {
            changes.extend(codes_changed(name, old, codes));
        }
    }
    changes
}

/// Whether values look alike. Codes that happen not to begin with a zero look like numbers, and are none.
fn has_form_of(old: &ColumnShape, new: &ColumnShape) -> bool {
    let digits = |column: &ColumnShape| column.forms.contains(&Form::Digits);
    old.form() == new.form() || digits(old) && digits(new)
}

/// The forms of values that both have, where they differ.
pub(super) fn forms(old: &ColumnShape, new: &ColumnShape) -> Option<(String, String)> {
    if old.values == 0 || new.values == 0 || has_form_of(old, new) {
        return None;
    }
    Some((form(old.form()), form(new.form())))
}

/// A form as it is written in JSON.
fn form(form: Option<Form>) -> String {
    let written = form.and_then(|form| serde_json::to_value(form).ok());
    written.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_else(|| "text".to_owned())
}

/// Codes that only one of the two has. Codes on no list can be told to be new only where none was left unnamed; of those
/// that cannot be told by name the number is compared. Codes may be named then and not now, and the other way round: that
/// fewer rows have them is no drift.
fn codes_changed(column: Option<&str>, old: &CodesShape, new: &CodesShape) -> Vec<Change> {
    if old.too_many || new.too_many {
        return Vec::new();
    }
    let lacking = |of: &CodesShape, in_: &CodesShape| -> Vec<String> {
        let others = of.others.keys().filter(|_| in_.unnamed == 0);
        of.listed.keys().chain(others).filter(|code| !in_.names(code)).cloned().collect()
    };
    let (vanished, appeared) = (lacking(old, new), lacking(new, old));
    let mut changes = Vec::new();
    if !appeared.is_empty() {
        let named = some_of(appeared.iter().map(String::as_str));
        changes.push(Change::of(ChangeKind::CodesAppeared, column, None, Some(named)));
    }
    if !vanished.is_empty() {
        let named = some_of(vanished.iter().map(String::as_str));
        changes.push(Change::of(ChangeKind::CodesVanished, column, Some(named), None));
    }
    let rest = |of: &CodesShape, in_: &CodesShape| -> u64 {
        let untold = of.others.keys().filter(|code| in_.unnamed > 0 && !in_.names(code));
        of.unnamed + untold.count() as u64
    };
    let (was, now) = (rest(old, new), rest(new, old));
    if was != now {
        let (was, now) = (was.to_string(), now.to_string());
        changes.push(Change::of(ChangeKind::UnnamedCodes, column, Some(was), Some(now)));
    }
    changes
}

/// Code lists that have other codes.
pub(super) fn lists(
    then: &BTreeMap<String, BTreeSet<String>>,
    now: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Change> {
    let both = now.iter().filter_map(|(name, codes)| Some((name, then.get(name)?, codes)));
    let changed = both.filter(|(_, old, new)| old != new).map(|(name, old, new)| {
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            let codes = some_of(one.difference(other).map(String::as_str));
            (!codes.is_empty()).then_some(codes)
        };
        Change::of(ChangeKind::CodeListChanged, Some(name), only(old, new), only(new, old))
    });
    changed.collect()
}

fn find<'c>(columns: &'c [ColumnShape], name: &str) -> Option<&'c ColumnShape> {
    columns.iter().find(|column| column.name == name)
}

fn common<'c>(
    then: &'c [ColumnShape],
    now: &'c [ColumnShape],
) -> impl Iterator<Item = (&'c ColumnShape, &'c ColumnShape)> {
    now.iter().filter_map(|new| Some((find(then, &new.name)?, new)))
}

/// The fewest columns whose moving explains the other order.
fn moved<'c>(then: &[ColumnShape], now: &'c [ColumnShape]) -> Vec<&'c str> {
    let place = |new: &ColumnShape| then.iter().position(|old| old.name == new.name);
    let stay: Vec<(usize, &str)> =
        now.iter().filter_map(|new| Some((place(new)?, new.name.as_str()))).collect();
    // The longest run of columns whose order is kept, by its last column.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(stay.len());
    for (at, (place, _)) in stay.iter().enumerate() {
        let before = (0..at).filter(|&other| stay[other].0 < *place);
        let before = before.max_by_key(|&other| (best[other].0, std::cmp::Reverse(other)));
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut kept = BTreeSet::new();
    let mut last = (0..stay.len()).max_by_key(|&at| (best[at].0, std::cmp::Reverse(at)));
    while let Some(at) = last {
        kept.insert(at);
        last = best[at].1;
    }
    stay.iter().enumerate().filter(|(at, _)| !kept.contains(at)).map(|(_, (_, name))| *name).collect()
}

/// The first of them, and how many there are besides.
pub(super) fn some_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let all: Vec<&str> = names.collect();
    let first = all.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} (+{more})"),
    }
}
