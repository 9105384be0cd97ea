//! What must not stand in a plan: it names where it is kept.

use std::ops::Range;
use std::sync::Arc;

use super::super::node::{At, Node, Value};
use super::super::reader::Reader;
use crate::base::diagnostic::SourceText;
use crate::base::{Place, Text};
use crate::say;

/// Something that is written in the file or kept outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Plain(String),
    Secret(Secret),
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub kept: Kept,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// In this environment variable.
    Env(String),
    /// In this file, as the plan names it.
    File(String),
}

/// A file that is named in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    pub path: String,
    pub place: Place,
}

/// `{ env: NAME }` or `{ file: PATH }`.
pub(in crate::rule) fn secret(node: &Node, reader: &mut Reader) -> Option<Secret> {
    if matches!(node.value, Value::Scalar { .. }) {
        let text = reader.text(node)?;
        plain_secret(&text, reader);
        return None;
    }
    let mut fields = reader.fields(node)?;
    let env = fields.optional("env").map(|node| filled(node, reader));
    let file = fields.optional("file").map(|node| filled(node, reader));
    let kept = match (env, file) {
        (Some(name), None) => name.and_then(|name| variable(name, reader)).map(Kept::Env),
        (None, Some(path)) => path.map(|path| Kept::File(path.value)),
        (both, _) => {
            if both.is_some() || fields.remaining().next().is_none() {
                reader
                    .error(
                        &fields.span,
                        say!("a secret is kept in one place", "bí mật được giữ ở đúng một nơi"),
                    )
                    .hint = Some(where_secrets_are());
            }
            None
        }
    };
    let place = reader.place(&fields.span);
    fields.finish(reader);
    Some(Secret { kept: kept?, place })
}

fn variable(name: At<String>, reader: &mut Reader) -> Option<String> {
    let fine = name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !fine {
        // It may well be the secret itself.
        reader
            .error(
                &name.span,
                say!("this is no name of an environment variable", "đây không phải tên biến môi trường"),
            )
            .hint = Some(where_secrets_are());
    }
    fine.then_some(name.value)
}

/// Reports a secret in the file, and blanks it.
pub(super) fn plain_secret(text: &At<String>, reader: &mut Reader) {
    let what = say!(
        "a secret stands here in plain text, for everybody who reads the file",
        "bí mật đang được viết thẳng ở đây, ai đọc tệp cũng thấy"
    );
    reader.error(&text.span, what).hint = Some(where_secrets_are());
    blank(&text.span, reader);
}

/// Blanks a secret in what is shown of the file beside all errors, those before and those to come.
pub(super) fn blank(span: &Range<usize>, reader: &mut Reader) {
    let stars = |(at, byte)| if span.contains(&at) && byte != b'\n' { b'*' } else { byte };
    let blanked: Vec<u8> = reader.file.text.bytes().enumerate().map(stars).collect();
    // Spans lie between characters, so nothing is cut in two.
    let blanked = String::from_utf8(blanked).unwrap_or_default();
    let blanked = Arc::new(SourceText { name: reader.file.name.clone(), text: blanked });
    for place in reader.diagnostics.iter_mut().filter_map(|diagnostic| diagnostic.place.as_mut()) {
        if Arc::ptr_eq(&place.file, &reader.file) {
            place.file = Arc::clone(&blanked);
        }
    }
    reader.file = blanked;
}

fn where_secrets_are() -> Text {
    say!(
        "keep it in the environment, `{{ env: NAME }}`, or in a file of its own, `{{ file: PATH }}`",
        "hãy để trong biến môi trường, `{{ env: TÊN }}`, hoặc trong tệp riêng, `{{ file: ĐƯỜNG_DẪN }}`"
    )
}

pub(in crate::rule) fn filled(node: &Node, reader: &mut Reader) -> Option<At<String>> {
    let text = reader.text(node)?;
    if text.value.trim().is_empty() {
        reader.error(&text.span, say!("this must not be empty", "không được để trống"));
        return None;
    }
    Some(text)
}
