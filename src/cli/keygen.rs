//! `thuocdo keygen`: a pair of keys for signing scorecards.

use std::path::PathBuf;

use clap::Args;
use minisign::KeyPair;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::signature::{self, PASSWORD, key_id};
use crate::say;

/// Make a pair of keys for signing scorecards: NAME.key, which stays where it is, and NAME.pub, for whoever verifies.
///
/// Keys have the minisign format. The password comes from the environment, THUOCDO_KEY_PASSWORD, or is asked for at the
/// terminal.
#[derive(Debug, Args)]
pub struct Keygen {
    /// Where to: NAME.key and NAME.pub are written. What exists is never replaced.
    #[arg(long, value_name = "NAME")]
    out: PathBuf,
    /// Do not encrypt the secret key. Whoever reads the file can sign.
    #[arg(long)]
    no_password: bool,
}

impl Keygen {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let named = |extension: &str| {
            let mut name = self.out.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        let (secret, public) = (named(".key"), named(".pub"));
        for path in [&secret, &public] {
            if path.symlink_metadata().is_ok() {
                let path = path.display();
                return Err(Failure::usage(
                    say!("`{path}` exists", "`{path}` đã có"),
                    say!(
                        "choose another name; keys are never replaced",
                        "chọn tên khác; khóa không bao giờ bị ghi đè"
                    ),
                ));
            }
        }
        let failed = || Failure::Output(say!("no keys could be made", "không tạo được khóa"), None);
        let pair = if self.no_password {
            KeyPair::generate_unencrypted_keypair().map_err(|_| failed())?
        } else {
            let password = signature::password();
            if password.is_none() && !signature::someone_is_there() {
                return Err(Failure::usage(
                    say!("the secret key needs a password", "khóa bí mật cần có mật khẩu"),
                    say!(
                        "put it into the environment variable {PASSWORD}, run the command at a terminal, or use \
                         `--no-password`",
                        "đặt mật khẩu vào biến môi trường {PASSWORD}, chạy lệnh ở màn hình dòng lệnh, hoặc dùng \
                         `--no-password`"
                    ),
                ));
            }
            KeyPair::generate_encrypted_keypair(password).map_err(|_| failed())?
        };
        let id = key_id(pair.pk.keynum());
        let comment = format!("thuocdo secret key {id}");
        let secret_box = pair.sk.to_box(Some(&comment)).map_err(|_| failed())?;
        let public_box = pair.pk.to_box().map_err(|_| failed())?;
        output::write_secret(&secret, &secret_box.to_bytes())?;
        output::write_whole(&public, &public_box.to_bytes())?;
        let (secret, public) = (secret.display(), public.display());
        console.note(&say!(
            "key {id}: {secret} signs and stays secret, {public} verifies",
            "khóa {id}: {secret} để ký, phải giữ bí mật; {public} để kiểm tra"
        ));
        Ok(Exit::Passed)
    }
}
