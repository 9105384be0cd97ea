//! Dictionaries come as tables (CSV and all that extracts come in) or as YAML and JSON.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::cell::{self, Codes, Size, Written};
use super::{Attribute, Dictionary, Entry};
use crate::base::diagnostic::SourceText;
use crate::base::naming::in_any_style;
use crate::base::{Diagnostic, Place, Text};
use crate::extract::ExtractError;
use crate::rule::code_list::CodeList;
use crate::rule::load;
use crate::rule::node::{At, Node, Value, parse};
use crate::rule::reader::{InputFile, Reader};
use crate::rule::sheet::{Sheet, elsewhere};
use crate::say;

/// Where something stands in the file.
#[derive(Clone, Debug)]
enum Spot {
    /// The file as a whole.
    File,
    /// A row from 1, and the header of the column.
    Row(usize, Option<String>),
    /// A range of YAML or JSON.
    Span(Range<usize>),
}

/// Rows that a message names.
const ROWS: usize = 20;

/// An entry as it is written: the attributes that are understood, and where they stand.
struct Raw {
    spot: Spot,
    cells: Vec<(Attribute, Spot, Cell)>,
}

/// What stands in a cell.
enum Cell {
    Text(String),
    /// Codes as a list of YAML or JSON.
    Codes(Vec<String>),
}

/// All entries of a file as they are written.
#[derive(Default)]
struct Raws {
    entries: Vec<Raw>,
    /// How the file calls its attributes.
    headers: Vec<String>,
    kept: Vec<String>,
}

/// What is wrong with the file.
struct Problem {
    spot: Spot,
    what: Text,
    hint: Option<Text>,
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, spot: &Spot, what: Text) -> &mut Problem {
        self.0.push(Problem { spot: spot.clone(), what, hint: None });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

impl Dictionary {
    /// Reads the file, relative to the folder of the rule file. Reports everything that is wrong with it at once.
    pub fn read(file: &At<String>, folder: &Path, reader: &mut Reader) -> Option<Self> {
        let path = folder.join(&file.value);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let tree = matches!(extension.to_lowercase().as_str(), "yaml" | "yml" | "json");
        let (mut problems, before) = (Problems::default(), reader.diagnostics.len());
        let (raws, source) = match tree {
            true => of_tree(file, &path, reader, &mut problems)?,
            false => (of_sheet(file, &path, reader, &mut problems)?, None),
        };
        let lists = path.parent().unwrap_or(folder);
        let dictionary = raws.understood(lists, &mut problems);
        for problem in problems.0 {
            let told = problem.told(file, source.as_ref(), reader);
            reader.diagnostics.push(told);
        }
        (reader.diagnostics.len() == before).then_some(dictionary)
    }
}

impl Problem {
    fn told(self, file: &At<String>, source: Option<&Arc<SourceText>>, reader: &Reader) -> Diagnostic {
        let (name, Text { en, vi }) = (&file.value, self.what);
        let (what, place) = match (self.spot, source) {
            (Spot::Span(span), Some(source)) => (Text { en, vi }, Place { file: Arc::clone(source), span }),
            (Spot::Row(row, Some(column)), _) => (
                say!("`{name}`, row {row}, `{column}`: {en}", "`{name}`, dòng {row}, `{column}`: {vi}"),
                reader.place(&file.span),
            ),
            (Spot::Row(row, None), _) => {
                (say!("`{name}`, row {row}: {en}", "`{name}`, dòng {row}: {vi}"), reader.place(&file.span))
            }
            _ => (say!("`{name}`: {en}", "`{name}`: {vi}"), reader.place(&file.span)),
        };
        let mut told = Diagnostic::error(what).at(place);
        told.hint = self.hint;
        told
    }
}

/// Says that no column, or no key, gives names.
fn nameless(problems: &mut Problems, spot: &Spot) {
    problems.add(spot, say!("nothing says the name of the column", "không có tên trường")).hint = Some(say!(
        "head one column `name` or `tên trường`",
        "đặt tiêu đề một cột là `tên trường` hoặc `name`"
    ));
}

/// Says that two headers mean one attribute.
fn twice(problems: &mut Problems, spot: &Spot, one: &str, two: &str) {
    problems.add(spot, say!("`{one}` and `{two}` mean the same", "`{one}` và `{two}` cùng một nghĩa")).hint =
        Some(say!("keep one of the two", "chỉ giữ lại một trong hai"));
}

fn of_sheet(file: &At<String>, path: &Path, reader: &mut Reader, problems: &mut Problems) -> Option<Raws> {
    let opened = Sheet::open(path.to_owned());
    let read = opened.and_then(|sheet| {
        let all: Vec<usize> = (0..sheet.names.len()).collect();
        Ok((sheet.rows(&all)?, sheet))
    });
    let (rows, sheet) = match read {
        Ok(read) => read,
        Err(ExtractError { what: Text { en, vi }, hint }) => {
            let name = &file.value;
            let what =
                say!("dictionary `{name}` cannot be read: {en}", "không đọc được từ điển `{name}`: {vi}");
            reader.error(&file.span, what).hint = hint;
            return None;
        }
    };
    reader.inputs.push(InputFile { name: file.value.clone(), blake3: sheet.blake3.clone() });
    let known: Vec<Option<Attribute>> = sheet.names.iter().map(|name| Attribute::of(name)).collect();
    for (at, attribute) in known.iter().enumerate().filter(|(_, attribute)| attribute.is_some()) {
        if let Some(before) = known[..at].iter().position(|other| other == attribute) {
            twice(problems, &Spot::File, &sheet.names[before], &sheet.names[at]);
        }
    }
    if !known.contains(&Some(Attribute::Name)) {
        nameless(problems, &Spot::File);
        return Some(Raws::default());
    }
    let entry = |row: &crate::rule::sheet::Row| {
        let cells = known.iter().zip(&row.cells).enumerate().filter(|(_, (_, cell))| !cell.is_empty());
        let cells = cells.filter_map(|(at, (attribute, cell))| {
            let spot = Spot::Row(row.number, Some(sheet.names[at].clone()));
            Some(((*attribute)?, spot, Cell::Text(cell.clone())))
        });
        Raw { spot: Spot::Row(row.number, None), cells: cells.collect() }
    };
    let kept = sheet.names.iter().zip(&known).filter(|(_, attribute)| attribute.is_none());
    Some(Raws {
        entries: rows.iter().map(entry).collect(),
        kept: kept.map(|(name, _)| name.clone()).collect(),
        headers: sheet.names.clone(),
    })
}

/// A list of maps, or a map with such a list under `entries`.
fn of_tree(
    file: &At<String>,
    path: &Path,
    reader: &mut Reader,
    problems: &mut Problems,
) -> Option<(Raws, Option<Arc<SourceText>>)> {
    let failed = |diagnostic: Diagnostic, reader: &mut Reader| {
        let place = diagnostic.place.clone().unwrap_or_else(|| reader.place(&file.span));
        let hint = diagnostic.hint.clone().or_else(|| (!path.exists()).then(elsewhere));
        reader.diagnostics.push(Diagnostic { place: Some(place), hint, ..diagnostic });
    };
    let source = load::read(path).map_err(|diagnostic| failed(diagnostic, reader)).ok()?;
    let blake3 = blake3::hash(source.text.as_bytes()).to_hex().to_string();
    reader.inputs.push(InputFile { name: file.value.clone(), blake3 });
    let tree = parse(&source).map_err(|diagnostic| failed(diagnostic, reader)).ok()?;
    let mut inner = Reader::new(Arc::clone(&source));
    let items = match &tree.value {
        Value::Seq(items) => items.iter().collect(),
        _ => inner.fields(&tree).map_or_else(Vec::new, |mut fields| {
            // For readers of the file.
            for said in ["title", "source", "status", "version", "note"] {
                fields.optional(said);
            }
            let entries = fields.required("entries", &mut inner);
            fields.finish(&mut inner);
            entries.map_or_else(Vec::new, |node| inner.items(node))
        }),
    };
    let mut raws = Raws::default();
    for item in items {
        raws.entry(item, &mut inner, problems);
    }
    if raws.entries.is_empty() && inner.diagnostics.is_empty() {
        problems.add(&Spot::File, say!("it has no entry", "không có mục nào"));
    }
    reader.diagnostics.append(&mut inner.diagnostics);
    Some((raws, Some(source)))
}

impl Raws {
    fn entry(&mut self, item: &Node, inner: &mut Reader, problems: &mut Problems) {
        let Some(keys) = inner.entries(item) else { return };
        let mut raw = Raw { spot: Spot::Span(item.span.clone()), cells: Vec::new() };
        let mut written: Vec<(Attribute, &str)> = Vec::new();
        for (key, node) in keys {
            if !self.headers.contains(&key.value) {
                self.headers.push(key.value.clone());
            }
            let Some(attribute) = Attribute::of(&key.value) else {
                if !self.kept.contains(&key.value) {
                    self.kept.push(key.value.clone());
                }
                continue;
            };
            if let Some((_, before)) = written.iter().find(|(known, _)| *known == attribute) {
                twice(problems, &Spot::Span(key.span.clone()), before, &key.value);
            }
            written.push((attribute, &key.value));
            let spot = Spot::Span(node.span.clone());
            let cell = match &node.value {
                Value::Null => None,
                Value::Seq(codes) if attribute == Attribute::CodeList => {
                    if codes.is_empty() {
                        problems.add(&spot, say!("this list has no code", "danh sách này không có mã nào"));
                    }
                    Some(Cell::Codes(inner.texts(node).into_iter().map(|text| text.value).collect()))
                }
                _ => {
                    let text = inner.text(node).map(|text| text.value.trim().to_owned());
                    text.filter(|text| !text.is_empty()).map(Cell::Text)
                }
            };
            raw.cells.extend(cell.map(|cell| (attribute, spot, cell)));
        }
        self.entries.push(raw);
    }

    fn understood(self, lists: &Path, problems: &mut Problems) -> Dictionary {
        let mut entries: Vec<(Spot, Arc<Entry>)> = Vec::new();
        for raw in &self.entries {
            let Some(entry) = raw.understood(lists, problems) else { continue };
            let is_it = |other: &Entry| {
                other.entity == entry.entity && in_any_style(&other.name) == in_any_style(&entry.name)
            };
            if let Some((before, _)) = entries.iter().find(|(_, other)| is_it(other)) {
                let name = &entry.name;
                let mut what = say!(
                    "`{name}` is described twice in one entity",
                    "`{name}` được mô tả hai lần trong một thực thể"
                );
                if let Spot::Row(row, _) = before {
                    let Text { en, vi } = what;
                    what = say!("{en}; before in row {row}", "{vi}; lần trước ở dòng {row}");
                }
                problems.add(&raw.spot, what);
            }
            entries.push((raw.spot.clone(), Arc::new(entry)));
        }
        homeless(&entries, problems);
        Dictionary {
            entries: entries.into_iter().map(|(_, entry)| entry).collect(),
            attributes: self.headers.len(),
            kept: self.kept,
        }
    }
}

/// Says which entries name no entity though others do. No table would be held against them; and of merged cells, only the
/// first row keeps what stood there.
fn homeless(entries: &[(Spot, Arc<Entry>)], problems: &mut Problems) {
    let (with, without): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, entry)| entry.entity.is_some());
    let Some((first, _)) = without.first().filter(|_| !with.is_empty()) else { return };
    let rows: Vec<String> = without
        .iter()
        .filter_map(|(spot, _)| match spot {
            Spot::Row(row, _) => Some(row.to_string()),
            Spot::File | Spot::Span(_) => None,
        })
        .collect();
    let (spot, what) = match rows.is_empty() {
        true => {
            let count = without.len();
            let what = say!(
                "this entry names no entity, as others do ({count} such entries)",
                "mục này không nêu thực thể, trong khi mục khác có nêu (số mục như vậy: {count})"
            );
            (first, what)
        }
        false => {
            let more = rows.len().saturating_sub(ROWS);
            let mut rows = rows.into_iter().take(ROWS).collect::<Vec<_>>().join(", ");
            if more > 0 {
                rows = format!("{rows} (+{more})");
            }
            let what = say!(
                "rows {rows} name no entity, as others do",
                "các dòng {rows} không nêu thực thể, trong khi dòng khác có nêu"
            );
            (&Spot::File, what)
        }
    };
    problems.add(spot, what).hint = Some(say!(
        "write the entity on every row; of merged cells only the first row keeps it",
        "ghi thực thể ở mọi dòng; với ô gộp, chỉ dòng đầu còn giữ nội dung"
    ));
}

impl Raw {
    fn cell(&self, wanted: Attribute) -> Option<(&Spot, &Cell)> {
        let (_, spot, cell) = self.cells.iter().find(|(attribute, ..)| *attribute == wanted)?;
        Some((spot, cell))
    }

    fn text(&self, wanted: Attribute) -> Option<(&Spot, &str)> {
        match self.cell(wanted)? {
            (spot, Cell::Text(text)) => Some((spot, text)),
            (_, Cell::Codes(_)) => None,
        }
    }

    /// What a cell means; what is wrong with it is said.
    fn read<T>(
        &self,
        wanted: Attribute,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Result<T, Text>,
    ) -> Option<T> {
        let (spot, text) = self.text(wanted)?;
        read(text).map_err(|what| problems.add(spot, what).hint = Some(hint(wanted))).ok()
    }

    fn understood(&self, lists: &Path, problems: &mut Problems) -> Option<Entry> {
        let Some((_, name)) = self.text(Attribute::Name) else {
            nameless(problems, &self.spot);
            return None;
        };
        let ty = self.read(Attribute::Type, problems, cell::ty);
        let size = self.read(Attribute::Length, problems, Size::parse).flatten();
        let within = ty.and_then(|(_, size)| size);
        if let (Some(said), Some(within), Some((spot, _))) = (size, within, self.cell(Attribute::Length))
            && said != within
        {
            problems.add(
                spot,
                say!(
                    "the length is {said}, the type says {within}",
                    "độ dài là {said}, kiểu lại ghi {within}"
                ),
            );
        }
        if let (Some(said), Some((ty, None)), Some((spot, _))) = (size, ty, self.cell(Attribute::Length))
            && let Err(what) = said.suits(ty)
        {
            problems.add(spot, what).hint = Some(hint(Attribute::Length));
        }
        let required = self.read(Attribute::Required, problems, cell::yes_or_no);
        let key = self.read(Attribute::Key, problems, cell::yes_or_no);
        Some(Entry {
            name: name.to_owned(),
            entity: self.text(Attribute::Entity).map(|(_, text)| text.to_owned()),
            ty: ty.map(|(ty, _)| ty),
            size: size.or(within),
            format: self.read(Attribute::Format, problems, Written::parse),
            required: if key == Some(true) { Some(true) } else { required },
            codes: self.codes(lists, problems),
        })
    }

    /// Codes that are spelt out, a built-in list, a file beside the dictionary (`xa.csv#ma`), or a name.
    fn codes(&self, lists: &Path, problems: &mut Problems) -> Option<Codes> {
        let list = |codes: &[&str]| Codes::List(Arc::new(CodeList::of("", codes.iter().copied())));
        let (spot, text) = match self.cell(Attribute::CodeList)? {
            (_, Cell::Codes(codes)) => {
                return Some(list(&codes.iter().map(String::as_str).collect::<Vec<_>>()));
            }
            (spot, Cell::Text(text)) => (spot, text.as_str()),
        };
        if let Some(builtin) = CodeList::builtin(text) {
            return Some(Codes::List(Arc::new(builtin)));
        }
        if let Some(codes) = Codes::spelt_out(text) {
            return Some(list(&codes));
        }
        let file = text.split('#').next().unwrap_or_default();
        if !Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return Some(Codes::Named(text.to_owned()));
        }
        let named = At { value: text.to_owned(), span: 0..0 };
        let node = At { value: Value::Scalar { text: text.to_owned(), quoted: false }, span: 0..0 };
        let mut aside = Reader::new(Arc::new(SourceText { name: String::new(), text: String::new() }));
        let found = CodeList::parse(&named, &node, lists, &mut aside);
        for Diagnostic { what, .. } in aside.diagnostics {
            problems.add(spot, what).hint = Some(say!(
                "its path is relative to the folder of the dictionary",
                "đường dẫn tính từ thư mục chứa từ điển"
            ));
        }
        Some(Codes::List(Arc::new(found?)))
    }
}

/// How a cell is written.
fn hint(wanted: Attribute) -> Text {
    match wanted {
        Attribute::Type => say!(
            "write text, integer, decimal, boolean, date or timestamp, as VARCHAR(150), số nguyên, ngày …",
            "viết text, integer, decimal, boolean, date hoặc timestamp, như VARCHAR(150), số nguyên, ngày …"
        ),
        Attribute::Length => {
            say!(
                "write 150, or 18,2 for digits and decimals",
                "viết 150, hoặc 18,2 cho số chữ số và phần thập phân"
            )
        }
        Attribute::Format => say!(
            "write dd/MM/yyyy, the name of a format (`thuocdo explain`), or ^a regular expression$",
            "viết dd/MM/yyyy, tên một định dạng (`thuocdo explain`), hoặc ^biểu thức chính quy$"
        ),
        _ => say!("write yes or no, or leave it empty", "viết có hoặc không, hoặc để trống"),
    }
}
