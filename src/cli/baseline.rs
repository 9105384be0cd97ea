//! The baseline that a gate compares with, as far as there is one that can be used.

use std::path::Path;

use super::failure::Failure;
use super::secret::{self, Secret};
use crate::base::Text;
use crate::engine::{self, Earlier};
use crate::say;
use crate::score::gate::baseline::Unusable;
use crate::score::gate::{Baseline, Given, Outcome};

/// The baseline, and the key of its digests. `first`: it may not be there yet.
pub fn read(path: &Path, key_file: Option<&Path>, first: bool) -> Result<(Option<Secret>, Given), Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if first {
                let secret = secret::find_or_make(key_file, path)?;
                return Ok((Some(secret), Given::First));
            }
            let path = path.display();
            return Err(Failure::usage(
                say!("there is no baseline `{path}`", "không có mốc so sánh `{path}`"),
                say!(
                    "`--update-baseline` writes the first one; check the path otherwise",
                    "thêm `--update-baseline` để ghi mốc đầu tiên; nếu không, kiểm tra đường dẫn"
                ),
            ));
        }
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => String::new(),
        Err(error) => return Err(super::cards::unreadable(path, &error)),
    };
    let secret = secret::find(key_file, path)?;
    let shown = path.display();
    let read = match &secret {
        Some(secret) => Baseline::from_json(&text, &secret.digests(), &secret.check()),
        None => Baseline::from_json(&text, &[0; 32], ""),
    };
    Ok(match read {
        Ok(baseline) => match secret {
            Some(secret) => (Some(secret), Given::Sound(Box::new(baseline))),
            None => (
                None,
                Given::Unusable {
                    outcome: Outcome::NotComparable,
                    text: say!(
                        "the key of the baseline's digests is not here",
                        "không có khóa của các mã băm trong mốc so sánh"
                    ),
                    hint: Some(secret::where_from(path)),
                },
            ),
        },
        Err(Unusable::Foreign(_)) => {
            return Err(Failure::usage(
                say!("`{shown}` is not a baseline", "`{shown}` không phải mốc so sánh"),
                say!(
                    "`thuocdo gate … --baseline FILE --update-baseline` writes baselines",
                    "`thuocdo gate … --baseline TỆP --update-baseline` ghi ra mốc so sánh"
                ),
            ));
        }
        Err(Unusable::Cut) => {
            (secret, rejected(say!("the baseline ends in the middle", "mốc so sánh bị cụt")))
        }
        Err(Unusable::Edited) => (
            secret,
            rejected(say!(
                "the baseline is not as it was written: its hash does not fit its content",
                "mốc so sánh không còn như lúc ghi: mã băm không khớp nội dung"
            )),
        ),
        Err(Unusable::Older(version)) => (
            secret,
            Given::Unusable {
                outcome: Outcome::NotComparable,
                text: say!(
                    "the baseline has the format `{version}` of an earlier version, which held less of the rows",
                    "mốc so sánh có định dạng `{version}` của phiên bản cũ, lưu ít thông tin về các dòng hơn"
                ),
                hint: Some(say!(
                    "`--update-baseline --accept` makes this run the new one",
                    "dùng `--update-baseline --accept` để lấy lần chạy này làm mốc mới"
                )),
            },
        ),
        Err(Unusable::Newer(version)) => (
            secret,
            Given::Unusable {
                outcome: Outcome::NotComparable,
                text: say!(
                    "the baseline has the format `{version}` of a newer version",
                    "mốc so sánh có định dạng `{version}` của phiên bản mới hơn"
                ),
                hint: Some(say!("update thuocdo", "hãy cập nhật thuocdo")),
            },
        ),
    })
}

/// The rows of the baseline, for rules that ask what became of them; `as_of` is the moment of this run.
pub fn earlier<'g>(given: &'g Given, secret: Option<&Secret>, as_of: &str) -> Earlier<'g> {
    let rows = match given {
        Given::Not => Err(engine::nothing_given()),
        Given::First => Err(say!(
            "this is the first run: there is no baseline yet; `--update-baseline --accept` makes it the first one",
            "đây là lần chạy đầu tiên, chưa có mốc so sánh; thêm `--update-baseline --accept` để lấy lần này làm mốc đầu tiên"
        )),
        Given::Unusable { text, .. } => Err(text.clone()),
        Given::Sound(baseline) if secret.map(Secret::check).as_ref() != Some(&baseline.key) => Err(say!(
            "the baseline's digests were made with another key",
            "mã băm trong mốc so sánh được tạo bằng khóa khác"
        )),
        Given::Sound(baseline) if baseline.as_of.as_str() > as_of => {
            let then = &baseline.as_of;
            Err(say!(
                "the baseline is of {then}, after this run's {as_of}",
                "mốc so sánh tính đến {then}, sau thời điểm {as_of} của lần chạy này"
            ))
        }
        Given::Sound(baseline) => Ok(baseline.rows()),
    };
    Earlier { secret: secret.map(Secret::digests), rows, remember: false }
}

fn rejected(text: Text) -> Given {
    let hint = say!(
        "take it from where it is kept again; `--update-baseline --accept` makes this run the new one",
        "lấy lại tệp gốc từ nơi lưu; hoặc `--update-baseline --accept` để lấy lần chạy này làm mốc mới"
    );
    Given::Unusable { outcome: Outcome::Rejected, text, hint: Some(hint) }
}
