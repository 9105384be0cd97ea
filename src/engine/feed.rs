//! Hands out the work on a table's files in order, whoever comes for it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::source::{TableFile, TableSource};
use crate::extract::{ExtractError, Piece, Pieces};
use crate::say;

/// What a thread does next.
pub enum Task {
    Hash { file: u32 },
    Read { file: u32, piece: u32, reader: Box<dyn Piece> },
    Failed { file: u32, piece: u32, error: ExtractError },
}

/// Opens the pieces of the file at a place; `None` where the file could not be opened.
pub type Open<'s> = dyn Fn(usize) -> Option<Pieces> + Send + 's;

/// Hands out hashing jobs, then the pieces of all files in order.
pub struct Feed<'s> {
    open: Box<Open<'s>>,
    /// Places of files that are still to be hashed.
    hash: Range<usize>,
    /// Those whose pieces are handed out; the first of them now.
    files: Range<usize>,
    pieces: Option<(u32, Pieces)>,
}

impl<'s> Feed<'s> {
    /// Of all files.
    pub fn new(source: &'s TableSource, open: Box<Open<'s>>) -> Self {
        let files = 0..source.files.len();
        Self { open, hash: files.clone(), files, pieces: None }
    }

    /// Without the hashing jobs, of the files at these places.
    #[must_use]
    pub fn of_pieces(self, files: Range<usize>) -> Self {
        Self { hash: 0..0, files, ..self }
    }

    pub fn next(&mut self) -> Option<Task> {
        if let Some(file) = self.hash.next() {
            return Some(Task::Hash { file: file as u32 });
        }
        loop {
            let file = self.files.start as u32;
            if let Some((count, pieces)) = &mut self.pieces {
                let pulled = catch_unwind(AssertUnwindSafe(|| pieces.next()));
                match pulled {
                    Ok(Some(Ok(reader))) => {
                        *count += 1;
                        return Some(Task::Read { file, piece: *count - 1, reader });
                    }
                    Ok(Some(Err(error))) => {
                        *count += 1;
                        return Some(Task::Failed { file, piece: *count - 1, error });
                    }
                    Err(_) => {
                        let piece = *count;
                        self.pieces = None;
                        self.files.start += 1;
                        return Some(Task::Failed { file, piece, error: reader_panicked() });
                    }
                    Ok(None) => {
                        self.pieces = None;
                        self.files.start += 1;
                    }
                }
            } else if self.files.is_empty() {
                return None;
            } else {
                match catch_unwind(AssertUnwindSafe(|| (self.open)(self.files.start))) {
                    Ok(Some(pieces)) => self.pieces = Some((0, pieces)),
                    Ok(None) => self.files.start += 1,
                    Err(_) => {
                        self.files.start += 1;
                        return Some(Task::Failed { file, piece: 0, error: reader_panicked() });
                    }
                }
            }
        }
    }
}

pub fn reader_panicked() -> ExtractError {
    ExtractError {
        what: say!("the reader failed on this file's content", "bộ đọc gặp lỗi với nội dung tệp này"),
        hint: Some(say!(
            "export the file again; if it is sound, please report it",
            "kết xuất lại tệp; nếu tệp không hỏng, xin báo lỗi cho chúng tôi"
        )),
    }
}

/// Which of a file's columns are read (ascending), and where the plan's sources and further columns are among them.
pub struct Projection {
    pub wanted: Vec<usize>,
    /// For each of the plan's sources.
    pub places: Vec<Option<usize>>,
    /// For each of the further columns.
    pub more: Vec<Option<usize>>,
}

impl Projection {
    /// `sources` are those of a plan, `more` names of columns beside them; `upto` is how many of the file's first columns are
    /// read whatever they are.
    pub fn of(sources: &[String], file: &TableFile, more: &[String], upto: usize) -> Self {
        let Some(source) = &file.source else {
            return Self {
                wanted: Vec::new(),
                places: vec![None; sources.len()],
                more: vec![None; more.len()],
            };
        };
        let schema = source.schema();
        let found = |name: &String| schema.index_of(name).ok();
        let places: Vec<Option<usize>> = sources.iter().map(found).collect();
        let more: Vec<Option<usize>> = more.iter().map(found).collect();
        let mut wanted: Vec<usize> = places.iter().chain(&more).flatten().copied().chain(0..upto).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let among = |at: Option<usize>| at.and_then(|at| wanted.binary_search(&at).ok());
        let (places, more) = (places.into_iter().map(among).collect(), more.into_iter().map(among).collect());
        Self { wanted, places, more }
    }
}
