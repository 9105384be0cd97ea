//! The key of a baseline's digests: from a file, from the environment, or made for the first baseline.
//!
//! Citizens' numbers are few enough to be tried one by one. So the digests in a baseline, which lies among the rule files
//! for everybody to read, are made with a key that does not.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::{self, Console};
use crate::base::Text;
use crate::say;

/// The environment variable that may hold it.
const VARIABLE: &str = "THUOCDO_KEY";
/// Fewer characters can be guessed.
const SHORTEST: usize = 16;

pub struct Secret {
    text: String,
    /// Where it is to be kept, if it was made just now.
    made: Option<PathBuf>,
}

impl Secret {
    /// What digests are made with.
    pub fn digests(&self) -> [u8; 32] {
        blake3::derive_key("thuocdo 2026 digests of rows in baselines", self.text.as_bytes())
    }

    /// Tells keys apart without telling them.
    pub fn check(&self) -> String {
        let check = blake3::derive_key("thuocdo 2026 check of the key of baselines", self.text.as_bytes());
        check[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes a key that was made just now beside the baseline, for nobody else to read.
    pub fn keep(&self, baseline: &Path, console: &Console) -> Result<(), Failure> {
        let Some(path) = &self.made else { return Ok(()) };
        output::write_secret(path, format!("{}\n", self.text).as_bytes())?;
        let (key, baseline) = (path.display(), baseline.display());
        console.note(&say!(
            "made the key {key}: keep it secret and out of version control; where `{baseline}` is compared with, it must \
             lie beside it or be in {VARIABLE}",
            "đã tạo khóa {key}: hãy giữ bí mật, không đưa vào kho mã nguồn; nơi nào so sánh với `{baseline}` thì phải có \
             khóa này bên cạnh hoặc trong biến {VARIABLE}"
        ));
        Ok(())
    }
}

/// The key, if there is one.
pub fn find(file: Option<&Path>, baseline: &Path) -> Result<Option<Secret>, Failure> {
    if let Some(path) = file {
        return read(path).map(Some);
    }
    if let Some(text) = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
        return checked(text, VARIABLE).map(Some);
    }
    let beside = beside(baseline);
    if beside.exists() { read(&beside).map(Some) } else { Ok(None) }
}

/// The key for the first baseline.
pub fn find_or_make(file: Option<&Path>, baseline: &Path) -> Result<Secret, Failure> {
    if let Some(path) = file.filter(|path| !path.exists()) {
        return make(path.to_owned());
    }
    match find(file, baseline)? {
        Some(secret) => Ok(secret),
        None => make(beside(baseline)),
    }
}

/// Where the key of a baseline may come from.
pub fn where_from(baseline: &Path) -> Text {
    let beside = beside(baseline);
    let beside = beside.display();
    say!(
        "give it in {VARIABLE}, with `--key-file`, or as `{beside}`",
        "đặt khóa trong biến {VARIABLE}, bằng `--key-file`, hoặc ở `{beside}`"
    )
}

fn beside(baseline: &Path) -> PathBuf {
    let mut name = baseline.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

fn read(path: &Path) -> Result<Secret, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| super::cards::unreadable(path, &error))?;
    checked(text, &path.display().to_string())
}

fn checked(text: String, origin: &str) -> Result<Secret, Failure> {
    let text = text.trim().to_owned();
    if text.chars().count() < SHORTEST {
        return Err(Failure::usage(
            say!(
                "the key in {origin} is shorter than {SHORTEST} characters",
                "khóa trong {origin} ngắn hơn {SHORTEST} ký tự"
            ),
            say!(
                "take a long random one, such as 64 hexadecimal digits",
                "dùng chuỗi ngẫu nhiên dài, chẳng hạn 64 chữ số thập lục phân"
            ),
        ));
    }
    Ok(Secret { text, made: None })
}

/// A key that nobody can foresee.
pub fn random() -> Result<[u8; 32], Text> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        let error = error.to_string();
        say!("no random key could be made: {error}", "không tạo được khóa ngẫu nhiên: {error}")
    })?;
    Ok(bytes)
}

fn make(path: PathBuf) -> Result<Secret, Failure> {
    let hint = || say!("give one in {VARIABLE}", "đặt khóa trong biến {VARIABLE}");
    let bytes = random().map_err(|why| Failure::usage(why, hint()))?;
    Ok(Secret { text: bytes.iter().map(|byte| format!("{byte:02x}")).collect(), made: Some(path) })
}
