//! Signatures in the minisign format: of scorecards, with keys that the minisign tool makes and reads as well.
//!
//! No part of a secret key and no password is ever shown, and nothing that the library says of them is passed on.

use std::io::{Cursor, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use super::cards;
use super::failure::Failure;
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;
use crate::score::verify::{Code, Signed, Verification};

/// Where the password of an encrypted key is looked for.
pub const PASSWORD: &str = "THUOCDO_KEY_PASSWORD";

/// Databases that the trusted comment names; readers of signatures limit its length.
const NAMED: usize = 20;

/// What marks an encrypted key in a key file: `Sc`, after two bytes for the kind of signature.
const ENCRYPTED: &[u8] = b"Sc";

/// Bytes of the sum at the end of a secret key.
const CHECKSUM: usize = 32;

/// Bytes of an Ed25519 signature.
const SIGNATURE: usize = 64;

/// The file beside a card that holds its signature.
pub fn beside(card: &Path) -> PathBuf {
    let mut name = card.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// The password from the environment.
pub fn password() -> Option<String> {
    std::env::var(PASSWORD).ok()
}

/// Whether somebody can be asked. What is asked goes to standard output, so that must not lead elsewhere.
pub fn someone_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

pub struct SigningKey(SecretKey);

impl SigningKey {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let text = cards::text(path)?;
        let name = path.display();
        let damaged = || {
            Failure::usage(
                say!("`{name}` is no secret key", "`{name}` không phải là khóa bí mật"),
                say!("`thuocdo keygen --out NAME` makes one", "`thuocdo keygen --out NAME` tạo khóa"),
            )
        };
        let bytes =
            text.lines().nth(1).and_then(|line| STANDARD.decode(line.trim()).ok()).ok_or_else(damaged)?;
        let key = SecretKeyBox::from_string(&text).map_err(|_| damaged())?;
        if bytes.get(2..4) != Some(ENCRYPTED) {
            // The minisign tool (0.11) writes zeros where others write the sum over a key without a password.
            let unsummed = bytes.iter().rev().take(CHECKSUM).all(|byte| *byte == 0);
            let key =
                if unsummed { SecretKey::from_bytes(&bytes) } else { key.into_unencrypted_secret_key() };
            return key.map(Self).map_err(|_| damaged());
        }
        let password = password();
        if password.is_none() && !someone_is_there() {
            return Err(Failure::usage(
                say!("the key `{name}` has a password", "khóa `{name}` có mật khẩu"),
                say!(
                    "put it into the environment variable {PASSWORD}, or run the command at a terminal",
                    "đặt mật khẩu vào biến môi trường {PASSWORD}, hoặc chạy lệnh ở màn hình dòng lệnh"
                ),
            ));
        }
        key.into_secret_key(password).map(Self).map_err(|_| {
            Failure::usage(
                say!("the password of the key `{name}` is wrong", "sai mật khẩu của khóa `{name}`"),
                say!("check {PASSWORD}", "kiểm tra {PASSWORD}"),
            )
        })
    }

    /// The signature of a card's bytes, as the file that goes beside it.
    pub fn sign(&self, card: &Scorecard, bytes: &[u8]) -> Result<String, Failure> {
        let root = card.provenance.as_ref().map_or("", |provenance| &provenance.root);
        let mut named: Vec<&str> = card.databases.iter().map(|database| database.id.as_str()).collect();
        let more = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let comment = format!(
            "thuocdo scorecard, root {root}, as of {}, databases {}{more}",
            card.as_of,
            named.join(" ")
        );
        let id = key_id(self.0.keynum());
        let untrusted = format!("signed by {id}");
        // With the public half, so that a damaged key does not sign.
        PublicKey::from_secret_key(&self.0)
            .and_then(|public| {
                minisign::sign(Some(&public), &self.0, Cursor::new(bytes), Some(&comment), Some(&untrusted))
            })
            .map(SignatureBox::into_string)
            .map_err(|_| {
                let hint = say!("the key may be damaged", "có thể khóa đã bị hỏng");
                Failure::Output(say!("the card cannot be signed", "không ký được bảng điểm"), Some(hint))
            })
    }
}

/// As minisign shows it: the number read with its last byte first.
pub fn key_id(number: &[u8]) -> String {
    number.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// Public keys, each as a file or as its line of base64.
pub fn trusted(named: &[String]) -> Result<Vec<PublicKey>, Failure> {
    named.iter().map(|name| public_key(name)).collect()
}

fn public_key(named: &str) -> Result<PublicKey, Failure> {
    let path = Path::new(named);
    let key = if path.exists() {
        let text = cards::text(path)?;
        PublicKeyBox::from_string(&text).and_then(PublicKeyBox::into_public_key).ok()
    } else {
        PublicKey::from_base64(named.trim()).ok()
    };
    key.ok_or_else(|| {
        // It may be the wrong one of a pair, so it is not repeated unless it is a file.
        let what = if path.exists() {
            let name = path.display();
            say!("`{name}` is no public key", "`{name}` không phải là khóa công khai")
        } else {
            say!(
                "what `--public-key` names is neither a file nor a public key",
                "giá trị của `--public-key` không phải là tệp, cũng không phải là khóa công khai"
            )
        };
        let hint = say!(
            "give the file NAME.pub, or its second line",
            "nêu tệp NAME.pub, hoặc dòng thứ hai của tệp đó"
        );
        Failure::usage(what, hint)
    })
}

/// Checks the signature beside a card, or in `file`. Without keys it is only said who claims to have signed.
pub fn check(verdict: &mut Verification, bytes: &[u8], file: &Path, keys: &[PublicKey]) {
    let name = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if !keys.is_empty() {
                let what = say!("there is no signature `{name}`", "không có chữ ký `{name}`");
                verdict.add(Code::NoSignature, "", what);
            }
            return;
        }
        Err(_) => return verdict.add(Code::SignatureDamaged, "", damaged(file)),
    };
    let Some(signature) = parse(&text) else {
        return verdict.add(Code::SignatureDamaged, "", damaged(file));
    };
    let id = key_id(signature.keynum());
    let trusted = keys.iter().filter(|key| key.keynum() == signature.keynum());
    let holds =
        |key: &PublicKey| minisign::verify(key, &signature, Cursor::new(bytes), true, false, false).is_ok();
    let mut known = trusted.peekable();
    let mut comment = None;
    if keys.is_empty() {
        // Nothing to check it with.
    } else if known.peek().is_none() {
        let ids: Vec<String> = keys.iter().map(|key| key_id(key.keynum())).collect();
        let ids = ids.join(", ");
        let what = say!(
            "signed by the key {id}, which is not trusted; trusted are {ids}",
            "do khóa {id} ký, không thuộc các khóa được tin cậy: {ids}"
        );
        verdict.add(Code::SignatureUnknown, "", what);
    } else if known.any(holds) {
        comment = signature.trusted_comment().ok();
    } else {
        let what = say!(
            "the signature by {id} is not of this card: the card or the signature was changed, or it was made without hashing \
             (`minisign -l`)",
            "chữ ký của {id} không phải của bảng điểm này: bảng điểm hoặc chữ ký đã bị sửa, hoặc được ký kiểu không băm \
             (`minisign -l`)"
        );
        verdict.add(Code::SignatureWrong, "", what);
    }
    verdict.signature = Some(Signed { key: id, trusted: comment.is_some(), comment });
}

fn damaged(file: &Path) -> Text {
    let name = file.display();
    say!("the signature `{name}` is damaged", "chữ ký `{name}` bị hỏng")
}

fn parse(text: &str) -> Option<SignatureBox> {
    // The library takes the second signature, which is over the comment, at its word about its length.
    let second = STANDARD.decode(text.lines().nth(3)?.trim()).ok()?;
    (second.len() == SIGNATURE).then(|| SignatureBox::from_string(text).ok()).flatten()
}
