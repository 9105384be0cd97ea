//! The rule file that a database starts from: its pack, or a template of its archetype.

use std::fmt::Write as _;

use super::catalog::{Archetype, Catalog, Entry};
use super::shipped::{self, Pack};
use crate::base::Text;
use crate::say;

/// A template of `rules/core/templates`.
macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../rules/core/templates/", $name, ".yaml"))
    };
}

/// A small rule file for databases of one archetype, with columns to be renamed.
pub const fn template(archetype: Archetype) -> &'static str {
    match archetype {
        Archetype::PersonRegister => template!("person-register"),
        Archetype::OrganisationRegister => template!("organisation-register"),
        Archetype::AssetRegister => template!("asset-register"),
        Archetype::Transaction => template!("transaction"),
        Archetype::CaseFile => template!("case-file"),
        Archetype::CodeList => template!("code-list"),
        Archetype::Document => template!("document"),
        Archetype::Sensor => template!("sensor"),
        Archetype::Portal => template!("portal"),
    }
}

/// What the first lines of the file say.
struct Head<'h> {
    comment: Text,
    database: &'h str,
    /// Title and agency, of a database that the catalogue knows.
    entry: Option<&'h Entry>,
}

/// The starting file of a database of the catalogue: its pack, if that ships, else the template of its archetype.
pub fn of_entry(catalog: &Catalog, entry: &Entry) -> String {
    match entry.pack.as_deref().and_then(shipped::find) {
        Some(pack) => of_pack(catalog, entry, pack),
        None => of_template(Some(entry), &entry.id, entry.archetype),
    }
}

/// A pack as it is, or made out to another database that it is partly about.
fn of_pack(catalog: &Catalog, entry: &Entry, pack: &Pack) -> String {
    let main = catalog.main_of(pack.name).unwrap_or_default();
    if main == entry.id {
        return pack.text.to_owned();
    }
    let name = pack.name;
    // A priority database of one entry is that entry under another id.
    let comment = if catalog.parts_of(&entry.id) == [main] {
        say!("From the pack `{name}` of {main}.", "Lấy từ gói `{name}` của {main}.")
    } else {
        say!(
            "From the pack `{name}` of {main}: keep the tables that this database has, drop the others.",
            "Lấy từ gói `{name}` của {main}: giữ các bảng mà CSDL này có, bỏ các bảng khác."
        )
    };
    headed(pack.text, &Head { comment, database: &entry.id, entry: Some(entry) })
}

/// The template of an archetype, made out to a database.
pub fn of_template(entry: Option<&Entry>, database: &str, archetype: Archetype) -> String {
    let (id, label) = (archetype.id(), archetype.label());
    let comment = Text {
        vi: format!(
            "Mẫu của kiểu `{id}` ({}). Tên bảng, tên cột là ví dụ: sửa theo CSDL của mình.",
            label.vi
        ),
        en: format!(
            "A template for `{id}` ({}). Tables and columns are examples: put in your own.",
            label.en
        ),
    };
    headed(template(archetype), &Head { comment, database, entry })
}

/// A rule file with another head: comments before it stay, `database`, `title` and `agency` are replaced.
fn headed(text: &str, head: &Head<'_>) -> String {
    let mut out = format!("# {}\n# {}\n", head.comment.vi, head.comment.en);
    let mut dropping = false;
    for line in text.lines() {
        let indented = line.starts_with([' ', '\t']);
        dropping &= indented;
        if dropping {
            continue;
        }
        match line.split_once(':').map(|(key, _)| key) {
            Some("database") => {
                dropping = true;
                let _ = writeln!(out, "database: {}", head.database);
                if let Some(entry) = head.entry {
                    let _ = writeln!(out, "title: {}", quoted(entry.title()));
                    let _ = writeln!(out, "agency: {}", entry.agency);
                }
            }
            Some("title" | "agency") => dropping = true,
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

/// A name as a YAML text.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: Pack = Pack {
        name: "agriculture",
        text: "# Nông nghiệp\nthuocdo: 1\ndatabase: p10_nong_nghiep\ntitle:\n  vi: Nông nghiệp\n  en: Agriculture\nagency: bnnmt\ntables:\n  rung:\n    title: { vi: Rừng }\n    files: rung.csv\n",
    };

    #[test]
    fn the_main_database_has_the_pack_as_it_is() {
        let catalog = Catalog::shipped();
        let main = catalog.find("p10_nong_nghiep").expect("agriculture");
        assert_eq!(of_pack(catalog, main, &PACK), PACK.text);
    }

    #[test]
    fn a_related_database_has_the_pack_under_its_own_name() {
        let catalog = Catalog::shipped();
        let forest = catalog.find("bnnmt_c14").expect("forests");
        let text = of_pack(catalog, forest, &PACK);
        let (comments, rest) = text.split_at(text.find("# Nông nghiệp").expect("its own comment"));
        assert!(comments.contains("the pack `agriculture` of p10_nong_nghiep"), "{comments}");
        assert_eq!(
            rest,
            "# Nông nghiệp\nthuocdo: 1\ndatabase: bnnmt_c14\ntitle: \"Cơ sở dữ liệu rừng\"\nagency: bnnmt\ntables:\n  rung:\n    title: { vi: Rừng }\n    files: rung.csv\n"
        );
    }

    #[test]
    fn a_database_of_ones_own_has_neither_title_nor_agency() {
        let text = of_template(None, "my_people", Archetype::PersonRegister);
        assert!(text.contains("\ndatabase: my_people\n"), "{text}");
        assert!(
            !text.lines().any(|line| line.starts_with("agency:") || line.starts_with("title:")),
            "{text}"
        );
    }
}
