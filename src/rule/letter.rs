//! What stands around a report: a file of fields, each a text or a list of lines.

use std::sync::Arc;

use super::node;
use super::reader::Reader;
use crate::base::Diagnostic;
use crate::base::diagnostic::SourceText;
use crate::say;

/// Texts by their fields, in the order of the file.
pub type Fields = Vec<(String, String)>;

/// Whether a field may have that name: what `{{…}}` can hold in a template.
pub fn is_field(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

/// Reads a file of fields: a map of names to texts, or to lists of texts, which become lines.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(file: &Arc<SourceText>) -> Result<Fields, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut reader = Reader::new(Arc::clone(file));
    let mut fields = Fields::new();
    for (name, node) in reader.entries(&tree).unwrap_or_default() {
        let field = &name.value;
        if !is_field(field) {
            reader.error(
                &name.span,
                say!(
                    "`{field}` cannot be a field: small letters, digits and `_`",
                    "`{field}` không thể là tên trường: chỉ gồm chữ thường không dấu, chữ số và `_`"
                ),
            );
            continue;
        }
        let lines: Vec<String> = reader.texts(node).into_iter().map(|line| line.value).collect();
        fields.push((field.clone(), lines.join("\n")));
    }
    if reader.diagnostics.is_empty() { Ok(fields) } else { Err(reader.diagnostics) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<Fields, Vec<String>> {
        let file = Arc::new(SourceText { name: "fields.yaml".to_owned(), text: text.to_owned() });
        read(&file).map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    #[test]
    fn fields_are_texts_or_lines() {
        let fields = said("co_quan: BỘ \"X\"\nnoi_nhan: [\"- Như trên;\", \"- Lưu: VT.\"]\n").unwrap();
        let of = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(fields, [of("co_quan", "BỘ \"X\""), of("noi_nhan", "- Như trên;\n- Lưu: VT.")]);
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let wrong = said("Cơ quan: x\nso: {a: b}\n").unwrap_err();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("`Cơ quan` cannot be a field"), "{wrong:?}");
        assert_eq!(said("- a\n").unwrap_err().len(), 1);
    }
}
