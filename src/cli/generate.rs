//! `thuocdo generate`: data to try rules on, before there is any.

mod nation;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Console;
use super::run::{interruptible, moment, rules};
use super::together::write_together;
use crate::base::{Diagnostic, Lang, Text, suggest};
use crate::generate::{self, Defect, DefectKind, Form, Rates, Request};
use crate::kernel::number::{self, Parsed};
use crate::report::number::counted;
use crate::say;

/// Make synthetic extracts that satisfy rule files, with defects on demand.
///
/// Every person, organisation and number in them is invented. The same rules, rows, seed, rates and moment give the
/// same files. Defects are listed in `defects.csv`.
///
/// With `--nation DIR` no rule files are needed: seven databases of a small nation are made together, with their rule files
/// in `DIR/rules`, extracts in `DIR/data` that agree with each other, and `DIR/truth.csv`, which lists each defect with
/// the rules that find it.
#[derive(Debug, Args)]
pub struct Generate {
    /// Rule files, or directories of them.
    #[arg(required_unless_present = "nation", conflicts_with = "nation", value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The directory to write to: a folder for each database, and `defects.csv`.
    #[arg(long, required_unless_present = "nation", conflicts_with = "nation", value_name = "DIR")]
    out: Option<PathBuf>,
    /// Rows of each table, unless its rules ask for another number or allow fewer keys.
    #[arg(long, value_name = "N", default_value_t = 1000, conflicts_with = "nation", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    rows: u32,
    /// Another seed gives other data.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Part of the rows, 0 to 1, that get a defect of each kind in each column; at most one a row, half of the rows
    /// [default: 0]. Of a nation: `all` classes, `none`, or some by name, with commas between [default: all].
    #[arg(long, value_name = "RATE|CLASSES")]
    defects: Option<String>,
    /// The rate of one kind: blank, placeholder, format, code, range, text, type, duplicate, orphan, order, stale.
    #[arg(long, value_name = "KIND=RATE", conflicts_with = "nation")]
    defect: Vec<String>,
    /// The moment that the extracts are of (RFC 3339 or a date; without an offset, Vietnamese time) [default: now]. A
    /// nation is always of 2026-11-21.
    #[arg(long, value_name = "TIME", conflicts_with = "nation")]
    as_of: Option<String>,
    /// What to write.
    #[arg(long, value_name = "FORMAT", default_value = "csv", value_parser = ["csv", "parquet"])]
    format: String,
    #[command(flatten)]
    nation: nation::NationArguments,
}

impl Generate {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let form = if self.format == "parquet" { Form::Parquet } else { Form::Csv };
        match (&self.nation.nation, &self.out) {
            (Some(folder), _) => {
                nation::make(folder, &self.nation, self.defects.as_deref(), self.seed, form, console)
            }
            (None, Some(out)) => self.follow_rules(out, form, console),
            (None, None) => Err(Failure::usage(
                say!("`--out` is missing", "thiếu `--out`"),
                say!("name the directory to write to", "nêu thư mục để ghi"),
            )),
        }
    }

    fn follow_rules(&self, out: &Path, form: Form, console: &Console) -> Result<Exit, Failure> {
        let request = Request {
            rows: self.rows as usize,
            seed: self.seed,
            as_of: moment(self.as_of.as_deref())?,
            rates: self.rates()?,
            form,
        };
        let loaded = rules(&self.rules, console)?;
        let mut defects: Vec<(String, Defect)> = Vec::new();
        // Everything is made before anything is written: what cannot be made leaves nothing half.
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
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
                files.push((format!("{id}/{path}"), bytes));
            }
            defects.extend(extract.defects.into_iter().map(|defect| (id.clone(), defect)));
        }
        let count = defects.len();
        files.push(("defects.csv".to_owned(), generate::list(&defects)));
        write_new(out, &files, "--out")?;
        let [files_en, files_vi] = said(files.len() - 1, ["file", "files", "tệp"]);
        let [defects_en, defects_vi] = said(count, ["defect", "defects", "lỗi"]);
        let out = out.display();
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
        Ok(Rates { usual: rate(self.defects.as_deref().unwrap_or("0"))?, of })
    }
}

/// A number of things, in both languages.
fn said(count: usize, nouns: [&str; 3]) -> [String; 2] {
    [Lang::En, Lang::Vi].map(|lang| counted(count as u64, nouns, lang))
}

/// Writes files where there are none; `option` is the one that named their folder.
fn write_new(folder: &Path, files: &[(String, Vec<u8>)], option: &str) -> Result<(), Failure> {
    if let Some(path) = files.iter().map(|(path, _)| folder.join(path)).find(|path| path.exists()) {
        let path = path.display();
        return Err(Failure::usage(
            say!("`{path}` is there already", "`{path}` đã có sẵn"),
            say!(
                "nothing was written; name a new directory with `{option}`: invented data must not replace real data",
                "chưa ghi gì; hãy chọn thư mục mới cho `{option}`: dữ liệu giả không được ghi đè dữ liệu thật"
            ),
        ));
    }
    // Until here Ctrl-C simply ends the program.
    write_together(folder, files, &interruptible())
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
