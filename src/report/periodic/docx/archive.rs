//! The zip around a document. Strangers make them: what unpacks without end, or is none, is refused.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::base::Text;
use crate::say;

/// What all parts together may unpack to, and how many there may be.
const UNPACKED: u64 = 64 << 20;
const PARTS: usize = 2_000;

/// The part that every document has.
const DOCUMENT: &str = "word/document.xml";

/// The parts of a document, in their order.
pub struct Archive {
    parts: Vec<(String, Vec<u8>)>,
}

impl Archive {
    pub fn new(parts: Vec<(String, Vec<u8>)>) -> Self {
        Self { parts }
    }

    /// # Errors
    /// Why this is no document that can be filled.
    pub fn read(bytes: &[u8]) -> Result<Self, Text> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_document())?;
        if zip.len() > PARTS {
            return Err(too_large());
        }
        let (mut parts, mut names, mut left) = (Vec::new(), BTreeSet::new(), UNPACKED);
        for at in 0..zip.len() {
            let part = zip.by_index(at).map_err(|_| damaged())?;
            if part.is_dir() {
                continue;
            }
            let name = part.name().map_err(|_| damaged())?.into_owned();
            let mut bytes = Vec::new();
            // What a part says of its size is not believed.
            part.take(left + 1).read_to_end(&mut bytes).map_err(|_| damaged())?;
            left = left.checked_sub(bytes.len() as u64).ok_or_else(too_large)?;
            if !names.insert(name.clone()) {
                return Err(damaged());
            }
            parts.push((name, bytes));
        }
        if names.contains(DOCUMENT) { Ok(Self { parts }) } else { Err(no_document()) }
    }

    /// The parts with the document's text, its headers, footers and notes.
    pub fn texts(&mut self) -> impl Iterator<Item = (&str, &mut Vec<u8>)> {
        self.parts.iter_mut().filter_map(|(name, bytes)| {
            let inner = name.strip_prefix("word/")?.strip_suffix(".xml")?;
            let text = ["document", "header", "footer", "footnotes", "endnotes"];
            text.iter().any(|start| inner.starts_with(start)).then_some((name.as_str(), bytes))
        })
    }

    /// The same parts give the same bytes: no moment is written down.
    ///
    /// # Errors
    /// It does not fit into a zip.
    pub fn written(&self) -> Result<Vec<u8>, Text> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        for (name, bytes) in &self.parts {
            zip.start_file(name.as_str(), options).map_err(|_| too_large())?;
            zip.write_all(bytes).map_err(|_| too_large())?;
        }
        zip.finish().map(Cursor::into_inner).map_err(|_| too_large())
    }
}

fn no_document() -> Text {
    say!(
        "the template is no Word document (.docx); `--write-template FILE.docx` gives one to start from",
        "mẫu không phải văn bản Word (.docx); `--write-template TỆP.docx` ghi ra một mẫu để bắt đầu"
    )
}

fn damaged() -> Text {
    say!(
        "the template is damaged: a part of it cannot be unpacked; open it in Word and save it again",
        "mẫu bị hỏng: có phần không giải nén được; hãy mở bằng Word và lưu lại"
    )
}

fn too_large() -> Text {
    say!(
        "the template unpacks to more than a document holds (64 MB); save it without large pictures",
        "mẫu giải nén ra lớn hơn mức một văn bản cần (64 MB); hãy lưu lại, bỏ ảnh lớn"
    )
}
