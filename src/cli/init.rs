//! `thuocdo init`: a rule file to start from.

use std::path::PathBuf;

use clap::Args;

use super::catalog::{word, words};
use super::failure::{Exit, Failure};
use super::output::{self, Console};
use crate::rule::catalog::{Archetype, Catalog};
use crate::rule::{file, start};
use crate::say;

/// Write the rule file that a database starts from: its rule pack, or a template with columns to be renamed.
#[derive(Debug, Args)]
pub struct Init {
    /// The database: an id of the catalogue (`thuocdo catalog`), or one of your own together with `--archetype`.
    #[arg(long, value_name = "ID")]
    database: String,
    /// What its main table holds: takes that template instead of what the catalogue says.
    #[arg(long, value_name = "ARCHETYPE", value_parser = words(Archetype::ALL, Archetype::id))]
    archetype: Option<String>,
    /// Where to write it; a file that is there is never overwritten [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Init {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let text = self.text()?;
        let Some(out) = &self.out else {
            console.print(text.as_bytes())?;
            return Ok(Exit::Passed);
        };
        let path = out.display();
        // A link to nothing is something too.
        if out.symlink_metadata().is_ok() {
            return Err(Failure::usage(
                say!("`{path}` is there already", "`{path}` đã tồn tại"),
                say!(
                    "nothing was written; name another file, or remove this one",
                    "chưa ghi gì cả; hãy chọn tên khác hoặc xóa tệp này"
                ),
            ));
        }
        output::write_whole(out, text.as_bytes())?;
        console.note(&say!(
            "wrote {path}; `thuocdo lint {path}` checks it",
            "đã ghi {path}; kiểm tra bằng `thuocdo lint {path}`"
        ));
        Ok(Exit::Passed)
    }

    fn text(&self) -> Result<String, Failure> {
        let catalog = Catalog::shipped();
        let id = &self.database;
        let entry = catalog.find(id);
        let archetype = self.archetype.as_ref().and_then(|name| word(name, Archetype::ALL, Archetype::id));
        match (entry, archetype) {
            (Some(entry), None) => Ok(start::of_entry(catalog, entry)),
            (Some(_), Some(archetype)) => Ok(start::of_template(entry, id, archetype)),
            (None, Some(archetype)) if file::is_id(id) => Ok(start::of_template(None, id, archetype)),
            (None, Some(_)) => Err(Failure::usage(
                say!("`{id}` cannot be an id", "`{id}` không thể làm mã"),
                say!(
                    "use letters, digits, `_`, `-` and `.`; start with a letter or digit",
                    "dùng chữ, số, `_`, `-` và `.`; bắt đầu bằng chữ hoặc số"
                ),
            )),
            (None, None) => {
                let own = say!(
                    "a database of your own needs an archetype: `--archetype person-register --database {id}`",
                    "CSDL riêng cần chọn kiểu: `--archetype person-register --database {id}`"
                );
                let hint = match catalog.closest(id) {
                    Some(near) => {
                        let (en, vi) = (own.en, own.vi);
                        say!("did you mean `{near}`? {en}", "có phải ý bạn là `{near}`? {vi}")
                    }
                    None => own,
                };
                Err(Failure::usage(
                    say!("no database `{id}` in the catalogue", "danh mục không có CSDL `{id}`"),
                    hint,
                ))
            }
        }
    }
}
