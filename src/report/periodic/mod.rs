//! The periodic report, for screens, for programs, and as a letter to print and sign: one file or folder per format.

mod docx;
mod html;
mod json;
pub mod letter;
mod sums;
mod term;
mod words;
mod xlsx;

use std::io;
use std::path::Path;

pub use self::docx::default_template;
use self::letter::Letter;
use super::Style;
use crate::base::Text;
use crate::score::periodic::Periodic;

/// What a report is made of.
pub struct Setting<'a> {
    pub report: &'a Periodic,
    /// What stands around it, from the user.
    pub letter: &'a Letter,
    pub style: Style,
    /// The user's own template of a letter, if there is one.
    pub template: Option<&'a [u8]>,
    /// A folder for what does not fit into memory.
    pub scratch: &'a Path,
}

/// Why there is no report.
#[derive(Debug)]
pub enum Refused {
    /// The scratch folder cannot be written.
    Scratch(io::Error),
    /// The template or the fields, with everything that is wrong.
    Letter(Vec<Text>),
}

/// An output format of periodic reports.
pub trait PeriodicRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// Extension of files that hold it, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether it is no text, which a terminal would garble.
    fn binary(&self) -> bool {
        false
    }

    /// Fields that the user gave and that stand nowhere in it. The day on which it is due is no text of the letter.
    fn unplaced(&self, setting: &Setting<'_>) -> Vec<String> {
        setting.letter.given().filter(|field| *field != letter::DUE).map(str::to_owned).collect()
    }

    /// The same setting gives the same bytes.
    ///
    /// # Errors
    /// [`Refused`]; then nothing is to be written.
    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused>;
}

/// All formats, in the order in which help lists them.
pub const PERIODIC_RENDERERS: &[&dyn PeriodicRenderer] =
    &[&term::Term, &json::Json, &html::Html, &xlsx::Xlsx, &docx::Docx];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn PeriodicRenderer> {
    PERIODIC_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
