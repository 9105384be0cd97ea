//! `thuocdo lint`: rule files without data.

use std::path::PathBuf;

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Console;
use crate::base::Level;
use crate::rule::load;
use crate::{kind, say};

/// Check rule files without data: every error at its place.
#[derive(Debug, Args)]
pub struct Lint {
    /// Rule files, or directories of them.
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
}

impl Lint {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let loaded = load::load(&self.rules, kind::KINDS);
        console.diagnostics(&loaded.diagnostics);
        let errors = loaded.diagnostics.iter().filter(|d| d.level == Level::Error).count();
        let files = loaded.files.len();
        if errors > 0 {
            console.note(&say!("{errors} errors in {files} files", "{errors} lỗi trong {files} tệp"));
            return Ok(Exit::Usage);
        }
        let tables: usize = loaded.databases.iter().map(|database| database.tables.len()).sum();
        let rules: usize = loaded
            .databases
            .iter()
            .flat_map(|database| &database.tables)
            .map(|table| table.rules.len())
            .sum();
        let databases = loaded.databases.len();
        console.note(&say!(
            "{files} files are sound: {databases} databases, {tables} tables, {rules} rules",
            "{files} tệp hợp lệ: {databases} CSDL, {tables} bảng, {rules} quy tắc"
        ));
        Ok(Exit::Passed)
    }
}
