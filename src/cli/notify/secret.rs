//! Secrets and authorities: what a plan names and does not hold.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::base::{Diagnostic, Text};
use crate::extract::system;
use crate::rule::notify::{Kept, NamedFile, Secret, Word};
use crate::say;

/// Longer ones are none, but a file that was named by mistake.
const LONGEST: usize = 64 << 10;

/// The secret itself, without a line end.
pub fn read(secret: &Secret, folder: &Path) -> Result<String, Diagnostic> {
    kept(&secret.kept, folder).map_err(|diagnostic| diagnostic.at(secret.place.clone()))
}

/// As [`read`], of whatever names it.
pub fn kept(kept: &Kept, folder: &Path) -> Result<String, Diagnostic> {
    let wrong = |what: Text, hint: Text| Diagnostic::error(what).hint(hint);
    let (text, origin) = match kept {
        Kept::Env(name) => {
            let text = std::env::var(name).map_err(|_| {
                wrong(
                    say!("the variable {name} is not set", "chưa đặt biến môi trường {name}"),
                    say!("set it where the run is started", "hãy đặt biến này ở nơi khởi chạy"),
                )
            })?;
            (text, name.clone())
        }
        Kept::File(path) => {
            let path = folder.join(path);
            let text = std::fs::read_to_string(&path).map_err(|error| {
                let (path, Text { en, vi }) = (path.display(), system(&error));
                wrong(
                    say!("`{path}` cannot be read: {en}", "không đọc được `{path}`: {vi}"),
                    say!("check the path and its permissions", "kiểm tra đường dẫn và quyền đọc"),
                )
            })?;
            (text, path.display().to_string())
        }
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(wrong(
            say!(
                "the secret in {origin} is not one line of text",
                "bí mật trong {origin} không phải một dòng văn bản"
            ),
            say!("keep nothing else there", "không để gì khác ở đó"),
        ));
    }
    Ok(text.to_owned())
}

pub fn word(word: &Word, folder: &Path) -> Result<String, Diagnostic> {
    match word {
        Word::Plain(text) => Ok(text.clone()),
        Word::Secret(secret) => read(secret, folder),
    }
}

/// The authorities in a file. At least one, and all of them are certificates.
pub fn authorities(file: &NamedFile, folder: &Path) -> Result<Vec<CertificateDer<'static>>, Diagnostic> {
    let path = folder.join(&file.path);
    let shown = path.display();
    let wrong = |what: Text| {
        Diagnostic::error(what).at(file.place.clone()).hint(say!(
            "it must hold certificates as PEM, each between BEGIN CERTIFICATE and END CERTIFICATE",
            "tệp phải chứa chứng chỉ dạng PEM, mỗi chứng chỉ nằm giữa BEGIN CERTIFICATE và END CERTIFICATE"
        ))
    };
    let bytes = std::fs::read(&path).map_err(|error| {
        let Text { en, vi } = system(&error);
        wrong(say!("`{shown}` cannot be read: {en}", "không đọc được `{shown}`: {vi}"))
    })?;
    let unsound =
        || wrong(say!("`{shown}` holds no sound certificate", "`{shown}` không có chứng chỉ hợp lệ"));
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.map_err(|_| unsound())?;
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store.add(certificate.clone()).map_err(|_| unsound())?;
    }
    if found.is_empty() { Err(unsound()) } else { Ok(found) }
}
