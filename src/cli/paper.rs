//! Reports that are papers or JSON: where they go.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::output::{self, Console};
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
    /// Asked before anything is computed. `inputs` are never replaced.
    pub fn has_a_place<'p>(&self, inputs: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
        let name = &self.format;
        let binary = Form::find(name).is_some_and(Form::binary);
        output::has_a_place(name, name, binary, self.out())?;
        output::spares(self.out(), inputs)
    }

    pub fn out(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    pub fn write(
        &self,
        paper: &Paper,
        json: impl FnOnce() -> String,
        console: &Console,
    ) -> Result<(), Failure> {
        let bytes = match Form::find(&self.format) {
            // The command line takes no other names.
            None => json().into_bytes(),
            Some(form) => rendered(paper, form, self.out(), console)?,
        };
        deliver(&bytes, self.out(), console)
    }
}

/// A paper as it looks where it goes.
pub fn rendered(
    paper: &Paper,
    form: Form,
    out: Option<&Path>,
    console: &Console,
) -> Result<Vec<u8>, Failure> {
    let style = match out {
        Some(_) => Style { lang: console.lang, ..Style::default() },
        None => console.style(),
    };
    let scratch = tempfile::tempdir().map_err(|error| output::no_scratch(&error))?;
    render(paper, form, &style, scratch.path()).map_err(|error| output::no_scratch(&error))
}

/// Prints a report, or writes it into a file.
pub fn deliver(bytes: &[u8], out: Option<&Path>, console: &Console) -> Result<(), Failure> {
    let Some(path) = out else { return console.print(bytes) };
    output::write_whole(path, bytes)?;
    let path = path.display();
    console.note(&say!("wrote {path}", "đã ghi {path}"));
    Ok(())
}
