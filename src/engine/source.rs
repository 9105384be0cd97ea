//! The files of one table: found, opened, and brought to one set of columns.

use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;
use indexmap::IndexMap;

use super::problems::Problems;
use crate::base::Text;
use crate::extract::{self, Source};
use crate::rule::{FoundFile, Table};
use crate::say;

/// One file of a table.
pub struct TableFile {
    /// Relative to the data directory, with `/`.
    pub name: String,
    pub path: PathBuf,
    pub bytes: u64,
    /// Seconds since 1970-01-01 UTC.
    pub modified: Option<i64>,
    /// `None` when it could not be opened.
    pub source: Option<Box<dyn Source>>,
    pub problem: Option<Text>,
}

/// All files of a table.
pub struct TableSource {
    pub files: Vec<TableFile>,
    /// Every column of any file, in order of first appearance, with the type it was first found in.
    pub columns: IndexMap<String, DataType>,
}

impl TableSource {
    /// Finds and opens. What cannot be opened is reported and stays in the list, without a source.
    pub fn open(table: &Table, root: &Path, problems: &mut Problems) -> Self {
        let mut files = Vec::new();
        match extract::discover(root, &table.files.value) {
            Ok(discovered) => {
                for finding in discovered.findings {
                    problems.finding(None, &finding);
                }
                files.extend(discovered.files.into_iter().map(|found| {
                    let metadata = std::fs::metadata(&found.path).ok();
                    let bytes = metadata.as_ref().map_or(0, std::fs::Metadata::len);
                    let modified = metadata.as_ref().and_then(modified);
                    let (source, problem) = match extract::open_file(&found, &table.text_options) {
                        Ok(source) => (Some(source), None),
                        Err(error) => {
                            problems.extract_error(&found.relative, &error);
                            (None, Some(error.what))
                        }
                    };
                    TableFile { name: found.relative, path: found.path, bytes, modified, source, problem }
                }));
            }
            Err(error) => problems.extract_error(&table.files.value.join(", "), &error),
        }
        let mut columns = IndexMap::new();
        for file in &files {
            let Some(source) = &file.source else { continue };
            for finding in source.findings() {
                problems.finding(Some(&file.name), &finding);
            }
            for field in source.schema().fields() {
                columns.entry(field.name().clone()).or_insert_with(|| field.data_type().clone());
            }
        }
        let source = Self { files, columns };
        source.report_differences(table, problems);
        source
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Whether no file matched at all.
    pub fn is_absent(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether some file is there but could not be opened.
    pub fn is_incomplete(&self) -> bool {
        self.files.iter().any(|file| file.source.is_none())
    }

    /// Columns that one file has and another lacks: rows without them are unknown to every rule that reads them.
    fn report_differences(&self, table: &Table, problems: &mut Problems) {
        for file in &self.files {
            let Some(source) = &file.source else { continue };
            let schema = source.schema();
            let lacking: Vec<&str> = self
                .columns
                .keys()
                .map(String::as_str)
                .filter(|name| schema.field_with_name(name).is_err())
                .filter(|name| table.column(name).is_none_or(|column| column.required != Some(false)))
                .collect();
            if !lacking.is_empty() {
                let (name, lacking) = (&file.name, lacking.join(", "));
                problems.error(
                    say!(
                        "`{name}` lacks columns that other files of the table have: {lacking}",
                        "`{name}` thiếu các cột mà tệp khác của bảng có: {lacking}"
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
