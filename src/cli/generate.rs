//! `thuocdo generate`: data to try rules on, before there is any.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::run::{moment, rules};
use crate::base::{Diagnostic, Lang, Text, suggest};
use crate::generate::{self, Defect, DefectKind, Form, Rates, Request};
use crate::kernel::number::{self, Parsed};
use crate::report::number::counted;
use crate::say;

/// Make synthetic extracts that satisfy rule files, with defects on demand.
///
/// Every person, organisation and number in them is invented. The same rules, rows, seed, rates and moment give the
/// same files. Defects are listed in `defects.csv`.
#[derive(Debug, Args)]
pub struct Generate {
    /// Rule files, or directories of them.
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The directory to write to: a folder for each database, and `defects.csv`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Rows of each table, unless its rules ask for another number or allow fewer keys.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    rows: u32,
    /// Another seed gives other data.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Part of the rows, 0 to 1, that get a defect of each kind in each column; at most one a row, half of the rows.
    #[arg(long, value_name = "RATE", default_value = "0")]
    defects: String,
    /// The rate of one kind: blank, placeholder, format, code, range, text, type, duplicate, orphan, order, stale.
    #[arg(long, value_name = "KIND=RATE")]
    defect: Vec<String>,
    /// The moment that the extracts are of (RFC 3339 or a date; without an offset, Vietnamese time) [default: now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// What to write.
    #[arg(long, value_name = "FORMAT", default_value = "csv", value_parser = ["csv", "parquet"])]
    format: String,
}

impl Generate {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let request = Request {
            rows: self.rows as usize,
            seed: self.seed,
            as_of: moment(self.as_of.as_deref())?,
            rates: self.rates()?,
            form: if self.format == "parquet" { Form::Parquet } else { Form::Csv },
        };
        let loaded = rules(&self.rules, console)?;
        let mut defects: Vec<(String, Defect)> = Vec::new();
        // Everything is made before anything is written: what cannot be made leaves nothing half.
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        for database in &loaded.databases {
            let id = &database.id.value;
            let extract = generate::generate(database, &request).map_err(|problem| {
                let diagnostic = Diagnostic { place: problem.place, ..Diagnostic::error(problem.what) };
                Failure::Given(vec![diagnostic])
            })?;
            for (path, bytes) in extract.files {
                if !Path::new(&path).components().all(|part| matches!(part, Component::Normal(_))) {
                    return Err(Failure::usage(
                        say!(
                            "`{path}` of `{id}` leads out of `--out`",
                            "`{path}` của `{id}` dẫn ra ngoài `--out`"
                        ),
                        say!(
                            "write `files` relative to the data directory, without `..`",
                            "ghi `files` tương đối với thư mục dữ liệu, không có `..`"
                        ),
                    ));
                }
                files.push((self.out.join(id).join(path), bytes));
            }
            defects.extend(extract.defects.into_iter().map(|defect| (id.clone(), defect)));
        }
        let count = defects.len();
        files.push((self.out.join("defects.csv"), generate::list(&defects)));
        if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
            let path = path.display();
            return Err(Failure::usage(
                say!("`{path}` is there already", "`{path}` đã có sẵn"),
                say!(
                    "nothing was written; name a new directory with `--out`: invented data must not replace real data",
                    "chưa ghi gì; hãy chọn thư mục mới cho `--out`: dữ liệu giả không được ghi đè dữ liệu thật"
                ),
            ));
        }
        for (path, bytes) in &files {
            output::write_whole(path, bytes)?;
        }
        let files = files.len() - 1;
        let said = |n: usize, nouns| [Lang::En, Lang::Vi].map(|lang| counted(n as u64, nouns, lang));
        let [files_en, files_vi] = said(files, ["file", "files", "tệp"]);
        let [defects_en, defects_vi] = said(count, ["defect", "defects", "lỗi"]);
        let out = self.out.display();
        console.note(&Text {
            en: format!("wrote {files_en} with {defects_en} to {out}"),
            vi: format!("đã ghi {files_vi} với {defects_vi} vào {out}"),
        });
        Ok(Exit::Passed)
    }

    fn rates(&self) -> Result<Rates, Failure> {
        let mut of = BTreeMap::new();
        for written in &self.defect {
            let (word, value) = written.split_once('=').unwrap_or((written, ""));
            let Some(kind) = DefectKind::ALL.into_iter().find(|kind| kind.id() == word) else {
                let words = DefectKind::ALL.map(DefectKind::id);
                let near = suggest::closest(word, words).unwrap_or(words[0]);
                return Err(Failure::usage(
                    say!("there is no kind of defect `{word}`", "không có loại lỗi `{word}`"),
                    say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
                ));
            };
            of.insert(kind, rate(value)?);
        }
        Ok(Rates { usual: rate(&self.defects)?, of })
    }
}

/// Millionths.
fn rate(text: &str) -> Result<u32, Failure> {
    match number::decimal(text) {
        Parsed::Value(value) if (0..=number::WHOLE).contains(&value) => {
            Ok(u32::try_from(value / (number::WHOLE / 1_000_000)).unwrap_or(1_000_000))
        }
        _ => Err(Failure::usage(
            say!("`{text}` is not a rate", "`{text}` không phải là một tỷ lệ"),
            say!("write a number from 0 to 1, such as 0.01", "viết một số từ 0 đến 1, ví dụ 0.01"),
        )),
    }
}
