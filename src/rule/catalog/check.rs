//! What must agree within a catalogue: ids are unique, whatever is named is there, and counts are those that are declared.

use super::Catalog;
use super::read::Declared;
use super::words::Group;
use crate::rule::node::At;
use crate::rule::reader::Reader;
use crate::say;

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Entry,
    Agency,
    Pack,
    Enterprise,
    Source,
    OtherSystem,
}

/// What the file defines, names and declares, with the places.
#[derive(Default)]
pub(super) struct Mentions {
    defined: Vec<(Named, At<String>)>,
    named: Vec<(Named, At<String>)>,
    /// Databases of each group in the whole list.
    pub totals: Declared,
    /// The same of each agency, by its id.
    pub declared: Vec<(String, Declared)>,
}

impl Mentions {
    pub fn add(&mut self, what: Named, id: &At<String>) {
        self.named.push((what, id.clone()));
    }

    pub fn define(&mut self, what: Named, id: &At<String>, reader: &mut Reader) {
        let twin = self.defined.iter().find(|(known, first)| *known == what && first.value == id.value);
        if let Some((_, first)) = twin {
            let (name, (line, _)) = (&id.value, reader.place(&first.span).line_column());
            reader.error(
                &id.span,
                say!("id `{name}` is on line {line} already", "mã `{name}` đã có ở dòng {line}"),
            );
        } else {
            self.defined.push((what, id.clone()));
        }
    }

    pub fn check(&self, catalog: &Catalog, reader: &mut Reader) {
        for (what, id) in &self.named {
            self.known(*what, id, catalog, reader);
        }
        // A count is off as well when an entry could not be read; that is said at the entry.
        if reader.diagnostics.is_empty() {
            self.counts(catalog, reader);
        }
    }

    fn known(&self, what: Named, id: &At<String>, catalog: &Catalog, reader: &mut Reader) {
        let keys = |names: &[(String, String)]| names.iter().map(|(key, _)| key.clone()).collect();
        let known: Vec<String> = match what {
            Named::Pack => keys(&catalog.packs),
            Named::Enterprise => keys(&catalog.enterprises),
            Named::Source => keys(&catalog.sources),
            Named::Entry | Named::Agency | Named::OtherSystem => {
                let of = self.defined.iter().filter(|(defined, _)| *defined == what);
                of.map(|(_, id)| id.value.clone()).collect()
            }
        };
        if known.contains(&id.value) {
            return;
        }
        let name = &id.value;
        let text = match what {
            Named::Entry => say!("no entry `{name}`", "không có mục `{name}`"),
            Named::Agency => say!("no agency `{name}`", "không có cơ quan `{name}`"),
            Named::Pack => say!("no pack `{name}` under `packs`", "không có gói `{name}` trong `packs`"),
            Named::Enterprise => say!("no enterprise `{name}`", "không có doanh nghiệp `{name}`"),
            Named::Source => say!("no source `{name}`", "không có nguồn `{name}`"),
            Named::OtherSystem => say!("no system `{name}`", "không có hệ thống `{name}`"),
        };
        reader.unknown(id, text, known.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn counts(&self, catalog: &Catalog, reader: &mut Reader) {
        let hint = say!("correct the number, or the list", "sửa lại con số hoặc danh sách");
        for (id, declared) in &self.declared {
            let Some(agency) = catalog.agency(id) else { continue };
            for group in Group::ALL.iter().copied() {
                let counted = agency.databases.iter().filter(|entry| entry.group == Some(group)).count();
                let said = declared.iter().find(|(of, _)| *of == group);
                // What is not declared is none.
                let (number, span) = said.map_or((0, None), |(_, at)| (at.value, Some(&at.span)));
                if number as usize != counted {
                    let place = span.or_else(|| declared.first().map(|(_, at)| &at.span));
                    let group = group.id();
                    let what = say!(
                        "`{id}` declares {number} databases in `{group}`, and lists {counted}",
                        "`{id}` khai {number} CSDL nhóm `{group}` nhưng liệt kê {counted}"
                    );
                    reader.error(place.unwrap_or(&(0..0)), what).hint = Some(hint.clone());
                }
            }
        }
        for (group, total) in &self.totals {
            let counted = catalog.databases().filter(|entry| entry.group == Some(*group)).count();
            let (number, group) = (total.value, group.id());
            if number as usize != counted {
                let what = say!(
                    "group `{group}` declares {number} databases, and {counted} are listed",
                    "nhóm `{group}` khai {number} CSDL nhưng có {counted}"
                );
                reader.error(&total.span, what).hint = Some(hint.clone());
            }
        }
    }
}
