//! `thuocdo completions`: for the user's shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::failure::{Exit, Failure};
use super::output::Console;

/// Print completions for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), "thuocdo", &mut bytes);
        console.print(&bytes)?;
        Ok(Exit::Passed)
    }
}
