//! A small nation: seven databases of invented people that agree with each other in every record, and defects that break
//! that agreement on purpose, each with the rules that must find it.
//!
//! `people` says who lives where and with whom, `work` where they work, what they own and who founded what. `registers` write
//! that down as each database would, one file for each. `defects` spoil single cells and rows afterwards (`plant` chooses
//! them, so that no two defects meet), and `truth` lists what was done. The rule files are those of `rules/nation`.

mod defects;
mod people;
mod plant;
mod registers;
mod sheet;
mod truth;
mod work;

use super::place::Places;
use super::write::{self, Form};
use people::People;
use plant::Planter;
use sheet::Sheet;
use work::Work;

/// Fewer people cannot fill 34 provinces with enterprises, agencies, births and deaths.
pub const FEWEST: u32 = 1_000;
/// The day of which the extracts are, as it is written and as days since 1970-01-01. What people do lies before it.
pub const AS_OF: &str = "2026-11-21";
const TODAY: i32 = 20_778;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub people: usize,
    pub seed: u64,
    pub form: Form,
    /// Names of classes of defects, as [`classes`] has them.
    pub classes: Vec<&'static str>,
    /// Defects of each class, as far as there are records for them.
    pub each: usize,
}

/// The files of a nation.
#[derive(Debug)]
pub struct Nation {
    /// Paths below the nation's folder, and contents: rule files, what they read, extracts, the list of defects.
    pub files: Vec<(String, Vec<u8>)>,
    pub databases: usize,
    pub tables: usize,
    pub rows: usize,
    pub defects: usize,
}

macro_rules! rule_files {
    ($($name:literal),*) => {
        [$((concat!("rules/", $name, ".yaml"), include_str!(concat!("../../../rules/nation/", $name, ".yaml")))),*]
    };
}

const RULES: [(&str, &str); 7] =
    rule_files!["business", "civil_servants", "civil_status", "exchange", "insurance", "land", "population"];
/// What the rule files read, where they look for it.
const READ_BY_RULES: (&str, &str) =
    ("calendars/vn-2026.yaml", include_str!("../../../rules/calendars/vn-2026.yaml"));

/// The names of all classes of defects.
pub fn classes() -> impl Iterator<Item = &'static str> {
    defects::classes().map(|class| class.name)
}

/// Makes a nation. `None` if a table cannot be written in the form that is wanted.
pub fn nation(wanted: &Wanted) -> Option<Nation> {
    let places = Places::on(TODAY).in_turns();
    let doubles = if wanted.classes.contains(&defects::DOUBLE) { wanted.each } else { 0 };
    let people = People::settle(&places, wanted.people, doubles, wanted.seed);
    let work = Work::found(&people, wanted.seed);
    let sheets = registers::all(&places, &people, &work, wanted.seed);
    let doubles = people.doubles.iter().enumerate().map(|(at, &first)| (first, wanted.people + at)).collect();
    let mut planter = Planter::new(sheets, doubles, wanted.seed);
    for class in defects::classes().filter(|class| wanted.classes.contains(&class.name)) {
        for number in 0..wanted.each {
            planter.plant(class, number);
        }
    }
    let (sheets, planted) = planter.done();
    let mut files: Vec<(String, Vec<u8>)> = RULES
        .iter()
        .chain([&READ_BY_RULES])
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let truth = truth::list(&planted, &sheets);
    let mut rows = 0;
    let tables = sheets.len();
    for sheet in sheets {
        let Sheet { database, table, .. } = sheet;
        let path = format!("data/{database}/{table}.{}", wanted.form.extension());
        let (columns, left) = sheet.left();
        rows += left.len();
        files.push((path, write::plain(columns, &left, wanted.form)?));
    }
    files.push(("truth.csv".to_owned(), truth));
    Some(Nation { files, databases: RULES.len(), tables, rows, defects: planted.len() })
}
