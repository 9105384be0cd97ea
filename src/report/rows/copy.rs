//! Copies of a file's records, the clean ones apart from the others: as they were written where they are text, else as
//! Parquet of the same types.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;

use super::parquet::failed;
use crate::engine::{Form, Records, Written};

/// Encoded bytes after which a row group is closed: they are kept in memory until then.
const GROUP: usize = 32 << 20;

/// Two files under way.
pub struct Split<W: Write + Send> {
    clean: Copy<W>,
    dirty: Copy<W>,
}

enum Copy<W: Write + Send> {
    Text { out: W, ended: bool },
    Columns(Box<ArrowWriter<W>>, SchemaRef),
}

impl<W: Write + Send> Split<W> {
    /// # Errors
    /// The files cannot be written, or Parquet has no such types.
    pub fn new(form: &Form, clean: W, dirty: W) -> io::Result<Self> {
        Ok(Self { clean: Copy::new(form, clean)?, dirty: Copy::new(form, dirty)? })
    }

    /// # Errors
    /// The files cannot be written.
    pub fn take(&mut self, records: &Records) -> io::Result<()> {
        match &records.written {
            Written::Text(written) => {
                let values = written.as_string_view();
                for row in 0..values.len() {
                    let copy = if records.dirty.value(row) { &mut self.dirty } else { &mut self.clean };
                    copy.record(values.value(row))?;
                }
                Ok(())
            }
            Written::Columns(batch) => {
                self.dirty.columns(batch, &BooleanArray::new(records.dirty.clone(), None))?;
                self.clean.columns(batch, &BooleanArray::new(!&records.dirty, None))
            }
        }
    }

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.clean.finish()?;
        self.dirty.finish()
    }
}

impl<W: Write + Send> Copy<W> {
    fn new(form: &Form, mut out: W) -> io::Result<Self> {
        Ok(match form {
            Form::Text { header } => {
                let header = header.as_deref().unwrap_or_default();
                out.write_all(header)?;
                Self::Text {
                    out,
                    ended: header.is_empty() || header.ends_with(b"\n") || header.ends_with(b"\r"),
                }
            }
            Form::Columns(schema) => {
                let writer = ArrowWriter::try_new(out, Arc::clone(schema), None).map_err(failed)?;
                Self::Columns(Box::new(writer), Arc::clone(schema))
            }
        })
    }

    fn record(&mut self, record: &str) -> io::Result<()> {
        let Self::Text { out, ended } = self else { return Ok(()) };
        // The last record of the file, or its header, may lack the end of its line.
        if !*ended {
            out.write_all(b"\n")?;
        }
        *ended = record.ends_with(['\n', '\r']);
        out.write_all(record.as_bytes())
    }

    fn columns(&mut self, batch: &RecordBatch, rows: &BooleanArray) -> io::Result<()> {
        let Self::Columns(writer, schema) = self else { return Ok(()) };
        let other = |error: arrow::error::ArrowError| io::Error::other(error.to_string());
        let chosen = filter_record_batch(batch, rows).map_err(other)?;
        if chosen.num_rows() == 0 {
            return Ok(());
        }
        let columns = chosen.columns().iter().zip(schema.fields());
        let columns = columns.map(|(column, field)| match column.data_type() == field.data_type() {
            true => Ok(Arc::clone(column)),
            // Text is read in whichever type is fastest.
            false => cast(column, field.data_type()),
        });
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(other)?;
        let chosen = RecordBatch::try_new(Arc::clone(schema), columns).map_err(other)?;
        writer.write(&chosen).map_err(failed)?;
        if writer.in_progress_size() > GROUP { writer.flush().map_err(failed) } else { Ok(()) }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Text { mut out, ended } => {
                if !ended {
                    out.write_all(b"\n")?;
                }
                out.flush()
            }
            Self::Columns(writer, _) => writer.into_inner().map_err(failed)?.flush(),
        }
    }
}

/// The name of a copy: that of the file, without the ending of a compression, and as Parquet where it is that.
pub fn name(file: &str, form: &Form) -> String {
    let ends = |endings: &[&str]| {
        let lower = file.to_lowercase();
        endings.iter().find(|ending| lower.ends_with(*ending)).map(|ending| file.len() - ending.len())
    };
    match form {
        Form::Text { .. } => {
            ends(&[".gz", ".zst", ".zstd"]).and_then(|end| file.get(..end)).unwrap_or(file).to_owned()
        }
        Form::Columns(_) if ends(&[".parquet", ".parq", ".pq"]).is_some() => file.to_owned(),
        Form::Columns(_) => format!("{file}.parquet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringViewArray;
    use arrow::datatypes::Schema;

    #[test]
    fn records_are_copied_as_they_are() {
        let form = Form::Text { header: Some(b"a;b\r\n".to_vec()) };
        let (mut clean, mut dirty) = (Vec::new(), Vec::new());
        let mut split = Split::new(&form, &mut clean, &mut dirty).unwrap();
        let written = StringViewArray::from(vec!["1;\"x;\"\"\r\ny\"\r\n", "2;\r\n", "=3;4;5"]);
        let dirty_rows = [false, true, false].into_iter().collect();
        split
            .take(&Records { file: 0, written: Written::Text(Arc::new(written)), dirty: dirty_rows })
            .unwrap();
        split.finish().unwrap();
        assert_eq!(String::from_utf8(clean).unwrap(), "a;b\r\n1;\"x;\"\"\r\ny\"\r\n=3;4;5\n");
        assert_eq!(String::from_utf8(dirty).unwrap(), "a;b\r\n2;\r\n");
    }

    #[test]
    fn copies_are_named_after_their_files() {
        let text = Form::Text { header: None };
        let columns = Form::Columns(Arc::new(Schema::empty()));
        assert_eq!(name("nam=2026/a.csv.GZ", &text), "nam=2026/a.csv");
        assert_eq!(name("a.txt", &text), "a.txt");
        assert_eq!(name("a.pq", &columns), "a.pq");
        assert_eq!(name("a.arrow", &columns), "a.arrow.parquet");
    }
}
