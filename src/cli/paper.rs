//! Reports that are papers or JSON: where they go.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::output::{self, Console, real};
use crate::base::Text;
use crate::report::Style;
use crate::report::paper::{Form, Paper, render};
use crate::say;

/// How the report is written, and where.
#[derive(Debug, Args)]
pub struct PaperArguments {
    /// The format of the report.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = names())]
    format: String,
    /// Write it into this file instead of printing it; what is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(["term", "json", "html", "xlsx", "md"])
}

impl PaperArguments {
    /// Bytes would garble a terminal. Asked before anything is computed.
    pub fn has_a_place(&self) -> Result<(), Failure> {
        let binary = Form::find(&self.format).is_some_and(Form::binary);
        if binary && self.out.is_none() && io::stdout().is_terminal() {
            let name = &self.format;
            return Err(Failure::usage(
                say!("`{name}` is no text for a terminal", "`{name}` không phải văn bản để in ra màn hình"),
                say!("write it to a file: `--out report.{name}`", "hãy ghi ra tệp: `--out report.{name}`"),
            ));
        }
        Ok(())
    }

    /// A report never replaces what it is of.
    pub fn spares<'p>(&self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
        let Some(out) = &self.out else { return Ok(()) };
        if inputs.into_iter().any(|input| real(input) == real(out)) {
            let path = out.display();
            return Err(Failure::usage(
                say!("`{path}` is what the report is made of", "`{path}` chính là đầu vào của báo cáo"),
                say!("write the report to another file", "ghi báo cáo vào tệp khác"),
            ));
        }
        Ok(())
    }

    pub fn write(
        &self,
        paper: &Paper,
        json: impl FnOnce() -> String,
        console: &Console,
    ) -> Result<(), Failure> {
        let style = match self.out {
            Some(_) => Style { lang: console.lang, ..Style::default() },
            None => console.style(),
        };
        let bytes = match Form::find(&self.format) {
            // The command line takes no other names.
            None => json().into_bytes(),
            Some(form) => {
                let scratch = tempfile::tempdir().map_err(|error| no_scratch(&error))?;
                render(paper, form, &style, scratch.path()).map_err(|error| no_scratch(&error))?
            }
        };
        match &self.out {
            None => console.print(&bytes),
            Some(path) => {
                output::write_whole(path, &bytes)?;
                let path = path.display();
                console.note(&say!("wrote {path}", "đã ghi {path}"));
                Ok(())
            }
        }
    }
}

/// Where a report is made before it is written cannot be written.
pub fn no_scratch(error: &io::Error) -> Failure {
    let Text { en, vi } = crate::extract::system(error);
    let folder = std::env::temp_dir();
    let folder = folder.display();
    Failure::Output(
        say!(
            "the report cannot be made in `{folder}`: {en}",
            "không lập được báo cáo trong `{folder}`: {vi}"
        ),
        Some(output::check_the_folder()),
    )
}
