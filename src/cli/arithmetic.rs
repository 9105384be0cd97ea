//! `thuocdo explain CARD` and `thuocdo explain methodology`: how numbers came about.

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::output::Console;
use super::{cards, report};
use crate::base::{Dimension, Text};
use crate::report::{explanation, methodology};
use crate::say;
use crate::score::explanation::{Unexplained, Wanted, explain};
use crate::score::verify::{Code, verify};
use crate::score::{Methodology, Profile};

/// The subject of the page about the methodology.
pub const METHODOLOGY: &str = "methodology";

/// What is explained of a scorecard, and how.
#[derive(Debug, Args)]
pub struct Arithmetic {
    /// Of a card: this database.
    #[arg(long, value_name = "ID")]
    database: Option<String>,
    /// Of a card: this dimension.
    #[arg(long, value_name = "DIMENSION", value_parser = dimensions(), conflicts_with = "of_rule")]
    dimension: Option<String>,
    /// Of a card: this rule; its id is enough where no other rule has it.
    #[arg(id = "of_rule", long = "rule", value_name = "TABLE/ID", conflicts_with = "rule")]
    rule: Option<String>,
    /// How to print it: a card's arithmetic as `term` or `json`, the methodology as `term`, `md` or `html` [default: term].
    #[arg(long, value_name = "FORMAT", value_parser = ["term", "json", "md", "html"])]
    format: Option<String>,
}

fn dimensions() -> PossibleValuesParser {
    PossibleValuesParser::new(Dimension::ALL.map(Dimension::id))
}

impl Arithmetic {
    /// `None` if the subject is neither a scorecard nor the methodology.
    pub fn page(
        &self,
        subject: &str,
        rule: Option<&str>,
        console: &Console,
    ) -> Result<Option<String>, Failure> {
        let path = Path::new(subject);
        if subject == METHODOLOGY && !path.exists() {
            return self.methodology(rule, console).map(Some);
        }
        let text = if path.is_file() { cards::text(path).ok() } else { None };
        match text.filter(|text| cards::is_meant_to_be_one(text)) {
            Some(text) => self.card(path, &text, rule, console).map(Some),
            None => Ok(None),
        }
    }

    /// Of rule files and kinds there is nothing to compute.
    pub fn is_of_a_card(&self) -> Result<(), Failure> {
        let flags = [
            ("--database", self.database.is_some()),
            ("--dimension", self.dimension.is_some()),
            ("--rule", self.rule.is_some()),
            ("--format", self.format.is_some()),
        ];
        let Some((flag, _)) = flags.into_iter().find(|(_, given)| *given) else { return Ok(()) };
        Err(Failure::usage(
            say!("`{flag}` is about a scorecard", "`{flag}` dùng cho bảng điểm"),
            say!(
                "give a scorecard that `thuocdo score --out DIR` wrote",
                "hãy nêu bảng điểm do `thuocdo score --out DIR` ghi ra"
            ),
        ))
    }

    fn methodology(&self, rule: Option<&str>, console: &Console) -> Result<String, Failure> {
        if rule.is_none() && self.database.is_none() && self.dimension.is_none() && self.rule.is_none() {
            let wanted = self.format.as_deref().unwrap_or("term");
            if let Some((_, write)) = methodology::FORMATS.into_iter().find(|(name, _)| *name == wanted) {
                return Ok(write(&Methodology::new(Profile::Vn4), &console.style()));
            }
        }
        Err(Failure::usage(
            say!(
                "the methodology is one page, as `term`, `md` or `html`",
                "phương pháp là một trang, dạng `term`, `md` hoặc `html`"
            ),
            say!(
                "`thuocdo explain methodology --format html`",
                "`thuocdo explain methodology --format html`"
            ),
        ))
    }

    fn card(
        &self,
        path: &Path,
        text: &str,
        rule: Option<&str>,
        console: &Console,
    ) -> Result<String, Failure> {
        let json = match self.format.as_deref() {
            None | Some("term") => false,
            Some("json") => true,
            Some(other) => {
                return Err(Failure::usage(
                    say!(
                        "a card is explained as `term` or `json`, not as `{other}`",
                        "bảng điểm được giải thích dạng `term` hoặc `json`, không phải `{other}`"
                    ),
                    say!(
                        "`thuocdo report CARD --format html` makes a page",
                        "`thuocdo report CARD --format html` lập thành trang"
                    ),
                ));
            }
        };
        let (card, verdict) =
            verify(&path.display().to_string(), text).map_err(|error| cards::foreign(path, &error))?;
        // What this program cannot compute again it cannot explain either, and says so below.
        if verdict.findings.iter().any(|finding| finding.code != Code::NotComputed) {
            let hint = say!("`thuocdo verify` lists everything", "`thuocdo verify` liệt kê đầy đủ");
            return Err(report::rejected(path, &verdict, hint));
        }
        let wanted = Wanted {
            database: self.database.clone(),
            dimension: Dimension::ALL.into_iter().find(|it| Some(it.id()) == self.dimension.as_deref()),
            rule: self.rule.as_deref().or(rule).map(str::to_owned),
        };
        let found = explain(&card, &wanted).map_err(|Unexplained { what, hint }| {
            let (path, Text { en, vi }) = (path.display(), what);
            Failure::usage(say!("`{path}`: {en}", "`{path}`: {vi}"), hint)
        })?;
        Ok(if json { found.to_json() } else { explanation::page(&found, &console.style()) })
    }
}
