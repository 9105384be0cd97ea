//! How a command ends: the exit code, and what to tell the user when it could not do its work.

use std::process::{ExitCode, Termination};

use super::output::Console;
use crate::base::{Diagnostic, Text};
use crate::say;

/// Exit codes, as programs that call this one rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Passed = 0,
    /// The quality is not good enough for a gate.
    Failed = 1,
    /// A wrong flag, or something wrong in a rule file.
    Usage = 2,
    /// A rule could not run, or data was missing or unreadable.
    Incomplete = 3,
    /// The baseline was made by another methodology, pack, profile, contract or key.
    NotComparable = 4,
    /// A scorecard, a baseline or a history is not what it claims to be, or not from whom it must be.
    Rejected = 5,
    Internal = 70,
    /// Interrupted, as shells expect it after Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// Ends the process from wherever it is. What was not yet in its place is lost.
    pub fn at_once(self) -> ! {
        std::process::exit(self as i32)
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// Something is wrong with what the user gave: every place of it.
    Given(Vec<Diagnostic>),
    /// The output could not be written.
    Output(Text, Option<Text>),
    /// Something that was written before is not what it must be.
    Rejected(Text, Option<Text>),
    Interrupted,
    /// Whoever read our output has gone; that is no failure of ours.
    PipeClosed,
}

/// What became of several outputs: every failure is told, and the last decides how the command ends.
pub fn all<const N: usize>(outcomes: [Result<(), Failure>; N], console: &Console) -> Result<(), Failure> {
    let mut failures = outcomes.into_iter().filter_map(Result::err);
    let Some(mut last) = failures.next() else { return Ok(()) };
    for next in failures {
        last.report(console);
        last = next;
    }
    Err(last)
}

impl Failure {
    pub fn usage(what: Text, hint: Text) -> Self {
        Self::Given(vec![Diagnostic::error(what).hint(hint)])
    }

    /// Tells the user, and gives the exit code.
    pub fn report(self, console: &Console) -> Exit {
        match self {
            Self::Given(diagnostics) => {
                console.diagnostics(&diagnostics);
                Exit::Usage
            }
            Self::Output(what, hint) => {
                let diagnostic = Diagnostic { hint, ..Diagnostic::error(what) };
                console.diagnostics(&[diagnostic]);
                Exit::Incomplete
            }
            Self::Rejected(what, hint) => {
                console.diagnostics(&[Diagnostic { hint, ..Diagnostic::error(what) }]);
                Exit::Rejected
            }
            Self::Interrupted => {
                console
                    .note(&say!("interrupted; nothing was written", "đã dừng giữa chừng; không ghi gì cả"));
                Exit::Interrupted
            }
            Self::PipeClosed => Exit::Passed,
        }
    }
}
