//! `thuocdo verify`: whether scorecards are what they claim to be.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::output::Console;
use super::{cards, evidence, signature};
use crate::report::term;
use crate::say;
use crate::score::verify::{Verification, verify};

/// Check scorecards: that nothing was changed, that points follow from counts, who signed, and the extracts.
///
/// Exits with 0 when nothing was found, with 5 when a card is rejected, with 2 when a file is no scorecard.
#[derive(Debug, Args)]
pub struct Verify {
    /// Scorecards, as `score --out` writes them.
    #[arg(required = true, value_name = "CARD")]
    cards: Vec<PathBuf>,
    /// Compare the extracts in this directory with those that were scored.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A key that is trusted: a file, or the key itself. Any of several is enough.
    #[arg(long, value_name = "FILE|KEY")]
    public_key: Vec<String>,
    /// The signature, where it is not CARD.minisig.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "term")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A page to read.
    Term,
    /// For programs.
    Json,
}

impl Verify {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let keys = signature::trusted(&self.public_key)?;
        if self.signature.is_some() && self.cards.len() > 1 {
            return Err(Failure::usage(
                say!("`--signature` is of one card", "`--signature` là của một bảng điểm"),
                say!("verify the cards one by one", "kiểm tra từng bảng điểm một"),
            ));
        }
        if let Some(data) = self.data.as_ref().filter(|data| !data.is_dir()) {
            let data = data.display();
            return Err(Failure::usage(
                say!("`{data}` is not a directory", "`{data}` không phải là thư mục"),
                say!(
                    "`--data` names the directory that holds the extracts",
                    "`--data` là thư mục chứa dữ liệu kết xuất"
                ),
            ));
        }
        // All are read before anything is said of one.
        let mut read = Vec::new();
        for path in &self.cards {
            let text = cards::text(path)?;
            let (card, verdict) =
                verify(&path.display().to_string(), &text).map_err(|error| cards::foreign(path, &error))?;
            read.push((text, card, verdict));
        }
        if let Some(data) = &self.data {
            let known = evidence::named(read.iter().map(|(_, card, _)| card), data);
            for (_, card, verdict) in &mut read {
                evidence::compare(card, data, &known, verdict);
            }
        }
        let mut verdicts: Vec<Verification> = Vec::new();
        for ((text, _, mut verdict), path) in read.into_iter().zip(&self.cards) {
            let file = self.signature.clone().unwrap_or_else(|| signature::beside(path));
            signature::check(&mut verdict, text.as_bytes(), &file, &keys);
            verdicts.push(verdict);
        }
        let accepted = verdicts.iter().all(|verdict| verdict.accepted);
        match self.format {
            Format::Term => console.print(&term::verdict::write(&verdicts, &console.style()))?,
            Format::Json => {
                let json = serde_json::json!({
                    "schema": "thuocdo.verification/1", "accepted": accepted, "cards": verdicts
                });
                console.print(format!("{json:#}\n").as_bytes())?;
            }
        }
        Ok(if accepted { Exit::Passed } else { Exit::Rejected })
    }
}
