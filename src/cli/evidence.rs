//! The extracts that a scorecard names, against those that are there.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::base::Text;
use crate::engine;
use crate::extract;
use crate::say;
use crate::score::Scorecard;
use crate::score::scorecard::FileCard;
use crate::score::verify::{Code, FilesChecked, Verification};

/// Where the files of a card are.
fn files<'c>(card: &'c Scorecard, data: &Path) -> Vec<(PathBuf, &'c FileCard)> {
    let of_database = card.databases.iter().map(|database| (engine::data_root(data, &database.id), database));
    of_database
        .flat_map(|(root, database)| {
            let files = database.tables.iter().flat_map(|table| &table.files);
            files.map(move |file| (root.clone(), file)).collect::<Vec<_>>()
        })
        .collect()
}

/// The paths that these cards name.
pub fn named<'c>(cards: impl IntoIterator<Item = &'c Scorecard>, data: &Path) -> BTreeSet<PathBuf> {
    let all = cards.into_iter().flat_map(|card| files(card, data));
    all.map(|(root, file)| root.join(&file.path)).collect()
}

/// Compares content and size of every file that the card names. `known` are the paths that any of the cards names.
pub fn compare(card: &Scorecard, data: &Path, known: &BTreeSet<PathBuf>, verdict: &mut Verification) {
    let mut checked = FilesChecked::default();
    for (root, file) in files(card, data) {
        checked.named += 1;
        match differs(&root, file) {
            None => checked.same += 1,
            Some((code, text)) => verdict.add(code, &file.path, text),
        }
    }
    let roots: BTreeSet<PathBuf> =
        card.databases.iter().map(|database| engine::data_root(data, &database.id)).collect();
    let mut others = BTreeSet::new();
    for root in &roots {
        collect(root, &mut others);
    }
    let others = others.difference(known).map(|path| path.strip_prefix(data).unwrap_or(path));
    checked.others = others.map(|path| path.to_string_lossy().replace('\\', "/")).collect();
    verdict.files = Some(checked);
}

fn differs(root: &Path, file: &FileCard) -> Option<(Code, Text)> {
    let relative = Path::new(&file.path);
    // A card may come from anybody; it does not get other files read.
    if !relative.components().all(|component| matches!(component, Component::Normal(_))) {
        let text = say!(
            "the path leads out of the data folder and is not followed",
            "đường dẫn ra ngoài thư mục dữ liệu nên không được đọc"
        );
        return Some((Code::FileUnread, text));
    }
    let path = root.join(relative);
    if !path.exists() {
        return Some((Code::FileMissing, say!("the file is missing", "thiếu tệp")));
    }
    let print = match extract::fingerprint(&path) {
        Ok(print) => print,
        Err(error) => {
            let Text { en, vi } = error.what;
            return Some((Code::FileUnread, say!("cannot be read: {en}", "không đọc được: {vi}")));
        }
    };
    let (stated, found) = (file.bytes, print.bytes);
    if stated != found {
        let text = say!("has {found} bytes; scored were {stated}", "dài {found} byte; khi chấm là {stated}");
        return Some((Code::FileChanged, text));
    }
    // Of a file that could not be read when it was scored there is no hash, and no row.
    if !file.blake3.is_empty() && file.blake3 != print.blake3 {
        return Some((Code::FileChanged, say!("has other content", "nội dung đã khác")));
    }
    None
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    // What cannot be listed was not scored from either.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), found),
            Ok(_) => {
                found.insert(entry.path());
            }
            Err(_) => {}
        }
    }
}
