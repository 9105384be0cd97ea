//! The files of one table: found, opened, and brought to one set of columns.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;
use indexmap::IndexMap;

use super::naming::{Naming, naming};
use super::problems::Problems;
use super::stamp::Stamp;
use crate::base::{Text, suggest};
use crate::extract::{self, Renamed, Source};
use crate::kernel::text::mask;
use crate::rule::{FoundFile, Table};
use crate::say;

/// Columns that a message lists.
const LISTED: usize = 10;

/// One file of a table.
pub struct TableFile {
    /// Relative to the data directory, with `/`.
    pub name: String,
    pub path: PathBuf,
    pub bytes: u64,
    /// Seconds since 1970-01-01 UTC.
    pub modified: Option<i64>,
    /// How the file system had it before it was opened.
    pub stamp: Option<Stamp>,
    /// `None` when it could not be opened.
    pub source: Option<Box<dyn Source>>,
    pub problem: Option<Text>,
}

/// All files of a table.
pub struct TableSource {
    pub files: Vec<TableFile>,
    /// Every column of any file, in order of first appearance, with the type it was first found in. A name that a file
    /// gives to several columns is here, and no column of that file.
    pub columns: IndexMap<String, DataType>,
    /// Names that the rule file knows. Others are shown masked: where a file lacks its header, they are values.
    named: HashSet<String>,
    reveal: bool,
    /// There may be files that were not found.
    unfound: bool,
}

impl TableSource {
    /// Finds and opens. What cannot be opened is reported and stays in the list, without a source; so are columns that one
    /// file has and another lacks. `referred` are columns that rules of other tables name.
    pub fn open(
        table: &Table,
        root: &Path,
        referred: &[Vec<String>],
        reveal: bool,
        problems: &mut Problems,
    ) -> Self {
        let source = Self::open_as_they_are(table, root, referred, reveal, problems);
        source.report_differences(table, problems);
        source
    }

    /// As [`TableSource::open`], for whoever asks how files differ.
    pub fn open_as_they_are(
        table: &Table,
        root: &Path,
        referred: &[Vec<String>],
        reveal: bool,
        problems: &mut Problems,
    ) -> Self {
        let mut source = Self {
            files: Vec::new(),
            columns: IndexMap::new(),
            named: named(table, referred),
            reveal,
            unfound: false,
        };
        match extract::discover(root, &table.files.value) {
            Ok(discovered) => {
                source.unfound = discovered.is_incomplete();
                for finding in &discovered.findings {
                    problems.loose_finding(finding);
                }
                source.files = discovered.files.iter().map(|found| open(found, table, problems)).collect();
            }
            Err(error) => {
                source.unfound = true;
                problems.extract_error(&table.files.value.join(", "), &error);
            }
        }
        for file in &source.files {
            let Some(opened) = &file.source else { continue };
            for finding in opened.findings() {
                problems.finding(&file.name, &finding);
            }
            for field in opened.schema().fields() {
                source.columns.entry(field.name().clone()).or_insert_with(|| field.data_type().clone());
            }
        }
        let repeated = source.files.iter().filter_map(|file| file.source.as_ref()).flat_map(|s| s.repeated());
        for name in repeated {
            source.columns.entry(name.clone()).or_insert(DataType::Utf8View);
        }
        source
    }

    /// Columns of text that are in no file.
    pub fn of_columns(names: &[String]) -> Self {
        Self {
            files: Vec::new(),
            columns: names.iter().map(|name| (name.clone(), DataType::Utf8View)).collect(),
            named: names.iter().cloned().collect(),
            reveal: false,
            unfound: false,
        }
    }

    /// Whether files may lack a column. A name that stands twice is not absent: nobody knows which column it is.
    pub fn may_lack(&self, table: &Table, name: &str) -> bool {
        table.column(name).is_some_and(|column| column.required == Some(false)) && !self.is_repeated(name)
    }

    /// Whether every file with rows has the columns, but for those that files may lack. `rows` are those of each file.
    pub fn has_everywhere(&self, table: &Table, columns: &[String], rows: impl Fn(u32) -> u64) -> bool {
        columns.iter().all(|name| self.without(table, name, &rows).is_empty())
    }

    /// The names of files with rows that do not have a column, unless files may lack it. `rows` are those of each file.
    pub fn without(&self, table: &Table, column: &str, rows: impl Fn(u32) -> u64) -> Vec<&str> {
        if self.may_lack(table, column) {
            return Vec::new();
        }
        let lacks = |(at, file): &(usize, &TableFile)| {
            let lacks = |source: &dyn Source| source.schema().index_of(column).is_err();
            rows(*at as u32) > 0 && file.source.as_deref().is_some_and(lacks)
        };
        self.files.iter().enumerate().filter(lacks).map(|(_, file)| file.name.as_str()).collect()
    }

    /// Whether some file gives this name to several of its columns.
    pub fn is_repeated(&self, name: &str) -> bool {
        let mut opened = self.files.iter().filter_map(|file| file.source.as_ref());
        opened.any(|source| source.repeated().iter().any(|repeated| repeated == name))
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Whether no file matched at all, and none can have been overlooked.
    pub fn is_absent(&self) -> bool {
        self.files.is_empty() && !self.unfound
    }

    /// Whether some file is there but could not be opened, or could not even be found.
    pub fn is_incomplete(&self) -> bool {
        self.unfound || self.files.iter().any(|file| file.source.is_none())
    }

    /// A column's name as it may be printed: one that the rule file does not know is masked, and told by its place.
    pub fn shown(&self, name: &str) -> String {
        match self.columns.get_index_of(name) {
            Some(at) if !self.reveal && !self.named.contains(name) => format!("{}#{}", mask(name), at + 1),
            _ => name.to_owned(),
        }
    }

    /// The one-based place of a column whose name is close to that one.
    pub fn like(&self, name: &str) -> Option<usize> {
        let near = suggest::closest(name, self.columns.keys().map(String::as_str))?;
        self.columns.get_index_of(near).map(|at| at + 1)
    }

    /// Columns that one file has and another lacks: rows without them are unknown to every rule that reads them.
    fn report_differences(&self, table: &Table, problems: &mut Problems) {
        for file in &self.files {
            let Some(source) = &file.source else { continue };
            let name = &file.name;
            let header = source.header().filter(|_| !self.named.is_empty());
            if header.is_some_and(|names| !names.iter().any(|name| self.named.contains(name))) {
                problems.error(
                    say!(
                        "`{name}`: none of the columns that the rule file names is in the first line; this looks like a \
                         file without a header line",
                        "`{name}`: dòng đầu không có cột nào mà tệp quy tắc nêu tên; có vẻ tệp thiếu dòng tiêu đề"
                    ),
                    Some(say!(
                        "export it with its header line, or write `text: {{ header: false }}` and call the columns \
                         `column_1`, `column_2` …; if there is a header, check its delimiter and the spelling of its names",
                        "kết xuất kèm dòng tiêu đề, hoặc ghi `text: {{ header: false }}` và gọi các cột là `column_1`, \
                         `column_2` …; nếu có tiêu đề, kiểm tra dấu phân cách và cách viết tên cột"
                    )),
                );
                continue;
            }
            let schema = source.schema();
            let lacking: Vec<String> = self
                .columns
                .keys()
                .filter(|name| schema.field_with_name(name).is_err() && !source.repeated().contains(name))
                .filter(|name| table.column(name).is_none_or(|column| column.required != Some(false)))
                .map(|name| self.shown(name))
                .collect();
            if !lacking.is_empty() {
                let more = lacking.len().saturating_sub(LISTED);
                let mut listed = lacking[..lacking.len() - more].join(", ");
                if more > 0 {
                    listed += &format!(", … (+{more})");
                }
                problems.error(
                    say!(
                        "`{name}` lacks columns that other files of the table have: {listed}",
                        "`{name}` thiếu các cột mà tệp khác của bảng có: {listed}"
                    ),
                    Some(say!(
                        "its rows are unknown to every rule that reads them; export all files with the same columns",
                        "các dòng của tệp là không đo được với quy tắc dùng các cột này; hãy kết xuất mọi tệp cùng bộ cột"
                    )),
                );
            }
        }
    }
}

fn named(table: &Table, referred: &[Vec<String>]) -> HashSet<String> {
    let declared = table.columns.iter().map(|column| column.name.value.clone());
    let ruled = table.rules.iter().flat_map(|rule| rule.spec.columns()).map(|column| column.value);
    declared.chain(ruled).chain(table.key_names()).chain(referred.iter().flatten().cloned()).collect()
}

fn open(found: &extract::DataFile, table: &Table, problems: &mut Problems) -> TableFile {
    let metadata = std::fs::metadata(&found.path).ok();
    let bytes = metadata.as_ref().map_or(0, std::fs::Metadata::len);
    let modified = metadata.as_ref().and_then(modified);
    let stamp = metadata.as_ref().map(Stamp::of);
    let (source, problem) = match extract::open_file(found, &table.text_options) {
        Ok(source) => (Some(known(source, table, &found.relative, problems)), None),
        Err(error) => {
            problems.extract_error(&found.relative, &error);
            (None, Some(error.what))
        }
    };
    let (name, path) = (found.relative.clone(), found.path.clone());
    TableFile { name, path, bytes, modified, stamp, source, problem }
}

/// The source with the names that the rule file has for its columns.
fn known(source: Box<dyn Source>, table: &Table, file: &str, problems: &mut Problems) -> Box<dyn Source> {
    let found: Vec<String> = source.schema().fields().iter().map(|field| field.name().clone()).collect();
    let Naming { renamed, ambiguous } = naming(table, &found);
    for (name, places) in ambiguous {
        let places = places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        problems.error(
            say!(
                "`{file}`: columns {places} could each be `{name}`",
                "`{file}`: các cột thứ {places} đều có thể là `{name}`"
            ),
            Some(say!(
                "call the right one `{name}` in the extract, or take the wrong names out of its `aliases`",
                "đặt tên cột đúng là `{name}` trong dữ liệu, hoặc bỏ tên sai khỏi `aliases`"
            )),
        );
    }
    if renamed.is_empty() {
        source
    } else {
        Box::new(Renamed::new(source, |name| renamed.get(name).cloned()))
    }
}

impl TableFile {
    /// Lets somebody look at the file; nobody looks at one that could not be opened.
    pub fn show(&self, look: impl FnOnce(&FoundFile<'_>)) {
        let Some(source) = &self.source else { return };
        let schema = source.schema();
        let columns = schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone()));
        look(&FoundFile {
            name: self.name.rsplit('/').next().unwrap_or(&self.name),
            bytes: self.bytes,
            modified: self.modified,
            sha256: &|| extract::sha256(&self.path).ok(),
            columns: columns.collect(),
            typed: source.typed(),
        });
    }
}

fn modified(metadata: &std::fs::Metadata) -> Option<i64> {
    // Before 1970 there were no files; a clock that says so is not believed.
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}
