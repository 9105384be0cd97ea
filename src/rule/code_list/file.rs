//! Lists that are kept in files.

use std::path::Path;

use hashbrown::HashSet;

use super::{BETWEEN, CodeList, Entry, ListFile};
use crate::base::Text;
use crate::extract::ExtractError;
use crate::kernel::date_format::DateFormat;
use crate::rule::node::{At, Node};
use crate::rule::reader::Reader;
use crate::rule::sheet::{Row, Sheet};
use crate::say;

/// Which columns of which file.
pub(super) struct Columns {
    pub file: At<String>,
    /// None: the first one of the file.
    pub code: Vec<At<String>>,
    pub from: Option<At<String>>,
    pub to: Option<At<String>>,
}

/// `path.csv#column`: the values of one column, however often each occurs.
pub(super) fn values(
    name: &At<String>,
    reference: &str,
    node: &Node,
    folder: &Path,
    reader: &mut Reader,
) -> Option<CodeList> {
    let at = |text: &str| At { value: text.to_owned(), span: node.span.clone() };
    let (file, column) = match reference.rsplit_once('#') {
        Some((file, column)) => (at(file), Some(at(column))),
        None => (at(reference), None),
    };
    let opened = Opened::open(&file, folder, reader)?;
    let column = opened.column(column.as_ref(), reader)?.unwrap_or(0);
    let rows = opened.read(&[column], reader)?;
    let codes: HashSet<&str> = rows.iter().map(|row| row.cells[0].as_str()).collect();
    Some(opened.list(CodeList::of(&name.value, codes)))
}

/// A file whose every row describes a code: its days, and in all further columns its attributes.
pub(super) fn entries(
    name: &At<String>,
    columns: &Columns,
    folder: &Path,
    reader: &mut Reader,
) -> Option<CodeList> {
    let opened = Opened::open(&columns.file, folder, reader)?;
    let code = columns.code.iter().map(|name| opened.column(Some(name), reader));
    let code: Option<Vec<usize>> = code.map(Option::flatten).collect();
    let [from, to] = [&columns.from, &columns.to].map(|at| opened.column(at.as_ref(), reader));
    let (mut code, from, to) = (code?, from?, to?);
    if code.is_empty() {
        code.push(0);
    }
    let all: Vec<usize> = (0..opened.sheet.names.len()).collect();
    let special = |at: usize| code.contains(&at) || [from, to].contains(&Some(at));
    let attributes: Vec<usize> = all.iter().copied().filter(|at| !special(*at)).collect();
    let rows = opened.read(&all, reader)?;
    let code_of = |row: &Row| {
        let parts: Vec<&str> = code.iter().map(|&at| row.cells[at].as_str()).collect();
        parts.join(&BETWEEN.to_string())
    };

    let formats = ["%Y-%m-%d", "%d/%m/%Y"].map(|format| DateFormat::new(format).ok());
    let day = |row: &Row, at: Option<usize>, open: i32| match at.map(|at| row.cells[at].as_str()) {
        None | Some("") => Some(open),
        Some(text) => formats.iter().flatten().find_map(|format| format.parse_date(text)),
    };
    let mut list = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| code.iter().all(|&at| !row.cells[at].is_empty())) {
        let number = row.number;
        let [first, last] =
            [day(row, from, i32::MIN).ok_or(&columns.from), day(row, to, i32::MAX).ok_or(&columns.to)].map(
                |day| match day {
                    Ok(day) => Some(day),
                    Err(column) => {
                        let span = column.as_ref().map_or(&columns.file.span, |at| &at.span);
                        let column = column.as_ref().map_or("", |at| at.value.as_str());
                        let what = say!(
                            "row {number}: `{column}` is not a date",
                            "dòng {number}: `{column}` không phải ngày"
                        );
                        reader.error(span, opened.failed(&what)).hint = Some(say!(
                            "write YYYY-MM-DD or dd/mm/yyyy, or leave it empty",
                            "viết YYYY-MM-DD hoặc dd/mm/yyyy, hoặc để trống"
                        ));
                        None
                    }
                },
            );
        let (first, last) = (first?, last?);
        if last < first {
            let span = columns.to.as_ref().map_or(&columns.file.span, |at| &at.span);
            let what = say!(
                "row {number}: the last day is before the first",
                "dòng {number}: ngày hết hiệu lực trước ngày có hiệu lực"
            );
            reader.error(span, opened.failed(&what));
            return None;
        }
        let attributes = attributes.iter().map(|&at| row.cells[at].clone()).collect();
        list.push((Entry { code: code_of(row), from: first, to: last, attributes }, number));
    }
    opened.without_overlaps(&mut list, columns, reader)?;
    let names = attributes.iter().map(|&at| opened.sheet.names[at].clone()).collect();
    let entries = list.into_iter().map(|(entry, _)| entry).collect();
    let mut list = CodeList::new(&name.value, names, entries);
    list.dated = from.is_some() || to.is_some();
    Some(opened.list(list))
}

/// A list file about to be read.
struct Opened<'c> {
    sheet: Sheet,
    file: &'c At<String>,
}

impl<'c> Opened<'c> {
    fn open(file: &'c At<String>, folder: &Path, reader: &mut Reader) -> Option<Self> {
        match Sheet::open(folder.join(&file.value)) {
            Ok(sheet) => Some(Self { sheet, file }),
            Err(ExtractError { what, hint }) => {
                reader.error(&file.span, unreadable(file, &what)).hint = hint;
                None
            }
        }
    }

    fn failed(&self, what: &Text) -> Text {
        unreadable(self.file, what)
    }

    /// The position of a column; reports one that is not there.
    #[expect(clippy::option_option, reason = "outside: whether to go on; inside: whether a column is named")]
    fn column(&self, name: Option<&At<String>>, reader: &mut Reader) -> Option<Option<usize>> {
        let Some(name) = name else { return Some(None) };
        let found = self.sheet.names.iter().position(|known| *known == name.value);
        if found.is_none() {
            // Where the header is missing, its names are codes, or worse.
            let (file, column, count) = (&self.file.value, &name.value, self.sheet.names.len());
            reader
                .error(
                    &name.span,
                    say!("`{file}` has no column `{column}`", "`{file}` không có cột `{column}`"),
                )
                .hint = Some(say!(
                "name one of its {count} columns, as its first line spells it",
                "hãy nêu một trong {count} cột của tệp, đúng như dòng đầu của tệp"
            ));
        }
        found.map(Some)
    }

    /// The rows that hold anything.
    fn read(&self, columns: &[usize], reader: &mut Reader) -> Option<Vec<Row>> {
        self.sheet
            .rows(columns)
            .map_err(|ExtractError { what, hint }| {
                reader.error(&self.file.span, self.failed(&what)).hint = hint;
            })
            .ok()
    }

    /// Sorts the entries, and reports a code that means two things on one day.
    fn without_overlaps(
        &self,
        list: &mut [(Entry, usize)],
        columns: &Columns,
        reader: &mut Reader,
    ) -> Option<()> {
        if list.is_empty() {
            let what = say!("it holds no code", "tệp không có mã nào");
            reader.error(&self.file.span, self.failed(&what));
            return None;
        }
        list.sort_by(|(a, _), (b, _)| (&a.code, a.from).cmp(&(&b.code, b.from)));
        let twins =
            list.windows(2).find(|pair| pair[0].0.code == pair[1].0.code && pair[0].0.to >= pair[1].0.from);
        let Some([(_, one), (_, two)]) = twins else { return Some(()) };
        let (one, two) = (one.min(two), one.max(two));
        let what = if columns.from.is_some() || columns.to.is_some() {
            say!(
                "rows {one} and {two}: one code is in force twice on the same day",
                "dòng {one} và {two}: một mã có hai dòng cùng hiệu lực trong một ngày"
            )
        } else {
            say!("rows {one} and {two} have the same code", "dòng {one} và {two} có cùng một mã")
        };
        reader.error(&self.file.span, self.failed(&what));
        None
    }

    fn list(self, list: CodeList) -> CodeList {
        let Sheet { path, blake3, .. } = self.sheet;
        CodeList { file: Some(ListFile { name: self.file.value.clone(), path, blake3 }), ..list }
    }
}

fn unreadable(file: &At<String>, what: &Text) -> Text {
    let file = &file.value;
    Text {
        en: format!("code list file `{file}` cannot be read: {}", what.en),
        vi: format!("không đọc được tệp danh mục `{file}`: {}", what.vi),
    }
}
