//! `thuocdo generate --nation`: seven databases that agree with each other, and defects that are known.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{said, write_new};
use crate::base::{Text, suggest};
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::Console;
use crate::generate::Form;
use crate::generate::nation::{self, AS_OF, FEWEST, Wanted};
use crate::say;

#[derive(Debug, Args)]
pub struct NationArguments {
    /// Make a small nation in this directory: seven databases that agree with each other, their rule files, and the list
    /// of the defects planted in them.
    #[arg(long, value_name = "DIR")]
    pub nation: Option<PathBuf>,
    /// People of the nation, 1,000 to 1,000,000.
    #[arg(long, value_name = "N", default_value_t = 5_000, requires = "nation", conflicts_with = "rules", value_parser = clap::value_parser!(u32).range(i64::from(FEWEST)..=1_000_000))]
    people: u32,
    /// Defects of each class of a nation, 1 to 1,000, as far as there are records for them.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "nation", conflicts_with = "rules", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    each: u32,
}

/// Makes a nation and says how to score it.
pub fn make(
    folder: &Path,
    arguments: &NationArguments,
    defects: Option<&str>,
    seed: u64,
    form: Form,
    console: &Console,
) -> Result<Exit, Failure> {
    let (people, each) = (arguments.people as usize, arguments.each as usize);
    let wanted = Wanted { people, seed, form, classes: classes(defects.unwrap_or("all"))?, each };
    let Some(made) = nation::nation(&wanted) else {
        return Err(Failure::usage(
            say!("the tables cannot be written in this format", "không ghi được các bảng ở định dạng này"),
            say!("try `--format csv`", "thử `--format csv`"),
        ));
    };
    write_new(folder, &made.files, "--nation")?;
    let [people_en, people_vi] = said(people, ["person", "people", "người"]);
    let [tables_en, tables_vi] = said(made.tables, ["table", "tables", "bảng"]);
    let [databases_en, databases_vi] = said(made.databases, ["database", "databases", "cơ sở dữ liệu"]);
    let [rows_en, rows_vi] = said(made.rows, ["row", "rows", "dòng"]);
    let [defects_en, defects_vi] = said(made.defects, ["defect", "defects", "lỗi"]);
    let folder = folder.display();
    console.note(&Text {
        en: format!("wrote {people_en} in {tables_en} of {databases_en}, {rows_en}, with {defects_en}, to {folder}; to score them:"),
        vi: format!("đã ghi {people_vi} trong {tables_vi} của {databases_vi}, {rows_vi}, có {defects_vi}, vào {folder}; để chấm điểm:"),
    });
    let command =
        format!("thuocdo score {folder}/rules/*.yaml --data {folder}/data --profile vn-6 --as-of {AS_OF}\n");
    console.print(command.as_bytes())?;
    Ok(Exit::Passed)
}

fn classes(defects: &str) -> Result<Vec<&'static str>, Failure> {
    match defects {
        "all" => Ok(nation::classes().collect()),
        "none" => Ok(Vec::new()),
        words => words.split(',').map(|word| class(word.trim())).collect(),
    }
}

fn class(word: &str) -> Result<&'static str, Failure> {
    if matches!(word, "all" | "none") {
        return Err(Failure::usage(
            say!("`{word}` stands alone in `--defects`", "`{word}` trong `--defects` phải đứng một mình"),
            say!("leave out the other words", "bỏ các từ còn lại"),
        ));
    }
    if word.is_empty() {
        return Err(Failure::usage(
            say!("`--defects` lacks a class of defects", "`--defects` thiếu tên loại lỗi"),
            say!(
                "write `all`, `none`, or classes with commas between",
                "viết `all`, `none`, hoặc các loại cách nhau bằng dấu phẩy"
            ),
        ));
    }
    nation::classes().find(|name| *name == word).ok_or_else(|| {
        let names: Vec<&str> = nation::classes().collect();
        let near = suggest::closest(word, names.iter().copied()).map_or_else(
            || {
                let names = names.join(", ");
                say!("`all`, `none`, or some of {names}", "`all`, `none`, hoặc một số trong {names}")
            },
            |near| say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
        );
        Failure::usage(say!("there is no class of defects `{word}`", "không có loại lỗi `{word}`"), near)
    })
}
