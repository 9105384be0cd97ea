//! Which bytes a scorecard was computed from.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::ExtractError;
use super::open::not_regular;

const BUFFER: usize = 1 << 20;

/// A file's content, for evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// BLAKE3 of the bytes as stored (compressed if they are), 64 hexadecimal digits.
    pub blake3: String,
    pub bytes: u64,
}

/// Reads a whole file.
///
/// # Errors
/// The file cannot be opened or read.
pub fn fingerprint(path: &Path) -> Result<Fingerprint, ExtractError> {
    let mut hasher = blake3::Hasher::new();
    each_block(path, |block| {
        hasher.update(block);
    })?;
    Ok(Fingerprint { blake3: hasher.finalize().to_hex().to_string(), bytes: hasher.count() })
}

/// SHA-256 of a file's bytes, 64 hexadecimal digits: the sum that senders write beside their files.
///
/// # Errors
/// The file cannot be opened or read.
pub fn sha256(path: &Path) -> Result<String, ExtractError> {
    let mut hasher = Sha256::new();
    each_block(path, |block| hasher.update(block))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn each_block(path: &Path, mut take: impl FnMut(&[u8])) -> Result<(), ExtractError> {
    // Opening a pipe would wait for whoever writes into it.
    if !fs::metadata(path).map_err(|error| ExtractError::io(&error))?.is_file() {
        return Err(not_regular());
    }
    let mut file = File::open(path).map_err(|error| ExtractError::io(&error))?;
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(ExtractError::io(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hash_of_all_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "").unwrap();
        // The test vector of the BLAKE3 paper for the empty input.
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(fingerprint(&path).unwrap(), Fingerprint { blake3: empty.into(), bytes: 0 });
        // FIPS 180-4's example of an empty message.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(&path).unwrap(), empty);
        let content = vec![7; BUFFER + 3];
        fs::write(&path, &content).unwrap();
        let print = fingerprint(&path).unwrap();
        assert_eq!(
            (print.bytes, print.blake3),
            (BUFFER as u64 + 3, blake3::hash(&content).to_hex().to_string())
        );
        assert!(fingerprint(&dir.path().join("b")).is_err());
    }
}
