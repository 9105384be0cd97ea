//! Tables as files: the name that fits the table's `files`, and the bytes.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field as Arrow, Schema};
use globset::GlobBuilder;
use parquet::arrow::ArrowWriter;

use super::defect::Defect;
use super::table::Made;
use crate::engine::rehearsal::Row;
use crate::rule::Table;

/// How tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180, with a header unless the table says otherwise.
    Csv,
    /// All columns as text, so that a defect may be anything.
    Parquet,
}

impl Form {
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// The path of a table's file below the database's folder; `None` if no file of this form fits `files`.
pub fn path(table: &Table, form: Form) -> Option<String> {
    let id = &table.id.value;
    table.files.value.iter().find_map(|pattern| {
        let fits = |path: &String| {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            path.ends_with(&format!(".{}", form.extension()))
                && glob.is_ok_and(|glob| glob.compile_matcher().is_match(path))
        };
        let whole = pattern.trim_end_matches('/');
        if !whole.contains(['*', '?', '[', '{']) && !whole.rsplit('/').next().unwrap_or(whole).contains('.') {
            return Some(format!("{whole}/{id}.{}", form.extension()));
        }
        let ends = pattern.strip_suffix(".*").map(|stem| format!("{stem}.{}", form.extension()));
        let path = ends.unwrap_or_else(|| pattern.clone());
        let ended = format!("1.{}", form.extension());
        [
            path.replace("**/", "").replace('*', &ended),
            path.replace("**/", "").replace('*', "1"),
            path.replace("**/", "").replace('*', id),
        ]
        .into_iter()
        .chain([format!("{id}.{}", form.extension())])
        .find(fits)
    })
}

/// A table as a file's bytes. `None` if the library refuses.
pub fn bytes(table: &Table, made: &Made, form: Form) -> Option<Vec<u8>> {
    let names: Vec<&str> = made.fields.iter().map(|field| field.name.as_str()).collect();
    let options = &table.text_options;
    match form {
        Form::Csv => {
            let delimiter = char::from(options.delimiter.unwrap_or(b','));
            let header = options.header.then_some(names.as_slice());
            Some(csv(header, &made.rows, delimiter, &options.null_values))
        }
        Form::Parquet => parquet(&names, &made.rows),
    }
}

/// Rows under their names as a file's bytes, without any options. `None` if the library refuses.
pub fn plain(names: &[&str], rows: &[Row], form: Form) -> Option<Vec<u8>> {
    match form {
        Form::Csv => Some(csv(Some(names), rows, ',', &[])),
        Form::Parquet => parquet(names, rows),
    }
}

fn csv(header: Option<&[&str]>, rows: &[Row], delimiter: char, nulls: &[String]) -> Vec<u8> {
    let mut text = String::new();
    if let Some(names) = header {
        let names: Vec<Option<&str>> = names.iter().copied().map(Some).collect();
        line(&mut text, &names, delimiter, &[]);
    }
    for row in rows {
        let cells: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
        line(&mut text, &cells, delimiter, nulls);
    }
    text.into_bytes()
}

/// The list of defects.
pub fn list(defects: &[(String, Defect)]) -> Vec<u8> {
    let mut text = String::from("database,table,row,column,defect\r\n");
    for (database, defect) in defects {
        let (row, columns) = (defect.row.to_string(), defect.columns.join("+"));
        let cells = [database, &defect.table, &row, &columns, defect.kind.id()].map(Some);
        line(&mut text, &cells, ',', &[]);
    }
    text.into_bytes()
}

/// Lines of cells that all have values.
pub fn lines<const N: usize>(lines: &[[String; N]]) -> Vec<u8> {
    let mut text = String::new();
    for cells in lines {
        line(&mut text, &cells.each_ref().map(|cell| Some(cell.as_str())), ',', &[]);
    }
    text.into_bytes()
}

fn line(text: &mut String, cells: &[Option<&str>], delimiter: char, nulls: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(delimiter);
        }
        match cell {
            // A line without a sign on it would be no row.
            None if cells.len() == 1 => text.push_str("\"\""),
            None => {}
            Some(value) if needs_quotes(value, delimiter, nulls) => {
                text.push('"');
                text.push_str(&value.replace('"', "\"\""));
                text.push('"');
            }
            Some(value) => text.push_str(value),
        }
    }
    text.push_str("\r\n");
}

fn needs_quotes(value: &str, delimiter: char, nulls: &[String]) -> bool {
    value.is_empty()
        || value.contains([delimiter, '"', '\r', '\n'])
        || value.trim() != value
        || nulls.iter().any(|null| null == value)
}

fn parquet(names: &[&str], rows: &[Row]) -> Option<Vec<u8>> {
    let columns = names.iter().enumerate().map(|(at, name)| {
        let array: StringArray = rows.iter().map(|row| row[at].as_deref()).collect();
        (Arrow::new(*name, DataType::Utf8, true), Arc::new(array) as ArrayRef)
    });
    let (fields, arrays): (Vec<Arrow>, Vec<ArrayRef>) = columns.unzip();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).ok()?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).ok()?;
    writer.write(&batch).ok()?;
    writer.close().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut text = String::new();
        let cells = [Some("a"), None, Some(""), Some("b,c"), Some("say \"x\""), Some(" d"), Some("NULL")];
        line(&mut text, &cells, ',', &["NULL".to_owned()]);
        assert_eq!(text, "a,,\"\",\"b,c\",\"say \"\"x\"\"\",\" d\",\"NULL\"\r\n");
    }
}
