//! `thuocdo lint`: rule files without data.

use std::path::PathBuf;

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Console;
use crate::base::{Lang, Level, Text};
use crate::engine::vacuity;
use crate::kind;
use crate::report::number;
use crate::rule::{Catalog, load};
use crate::say;

/// Whether a rule can fail does not hang on the day: 2026-01-01, in microseconds.
const SOME_DAY: i64 = 1_767_225_600_000_000;

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
        let tables = loaded.databases.iter().flat_map(|database| &database.tables);
        console.diagnostics(&tables.flat_map(|table| vacuity::findings(table, SOME_DAY)).collect::<Vec<_>>());
        let errors = loaded.diagnostics.iter().filter(|d| d.level == Level::Error).count();
        let counted = |n: usize, nouns| {
            let [en, vi] = [Lang::En, Lang::Vi].map(|lang| number::counted(n as u64, nouns, lang));
            Text { en, vi }
        };
        let files = counted(loaded.files.len(), ["file", "files", "tệp"]);
        if errors > 0 {
            let errors = counted(errors, ["error", "errors", "lỗi"]);
            console.note(&if loaded.files.is_empty() {
                errors
            } else {
                Text {
                    en: format!("{} in {}", errors.en, files.en),
                    vi: format!("{} trong {}", errors.vi, files.vi),
                }
            });
            return Ok(Exit::Usage);
        }
        for database in &loaded.databases {
            let id = &database.id.value;
            if Catalog::shipped().find(id).is_none() {
                console.note(&say!(
                    "note: `{id}` is not in the catalogue: title, agency and weight are those of the file",
                    "lưu ý: `{id}` không có trong danh mục CSDL: tên, cơ quan và trọng số lấy theo tệp"
                ));
            }
        }
        let tables = || loaded.databases.iter().flat_map(|database| &database.tables);
        let rules: usize = tables().map(|table| table.rules.len()).sum();
        let databases = counted(loaded.databases.len(), ["database", "databases", "CSDL"]);
        let tables = counted(tables().count(), ["table", "tables", "bảng"]);
        let rules = counted(rules, ["rule", "rules", "quy tắc"]);
        let sound = if loaded.files.len() == 1 { "is sound" } else { "are sound" };
        console.note(&Text {
            en: format!("{} {sound}: {}, {}, {}", files.en, databases.en, tables.en, rules.en),
            vi: format!("{} hợp lệ: {}, {}, {}", files.vi, databases.vi, tables.vi, rules.vi),
        });
        Ok(Exit::Passed)
    }
}
