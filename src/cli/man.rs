//! `thuocdo man`: the manual page.

use clap::{Args, CommandFactory};

use super::failure::{Exit, Failure};
use super::output::Console;
use crate::say;

/// Print the manual page.
#[derive(Debug, Args)]
pub struct Man {
    /// The command whose page to print; the program's own when left out.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl Man {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let mut program = super::Cli::command();
        program.build();
        let command = match &self.command {
            None => program,
            Some(name) => program.find_subcommand(name).cloned().ok_or_else(|| {
                Failure::usage(
                    say!("there is no command `{name}`", "không có lệnh `{name}`"),
                    say!("`thuocdo --help` lists them", "xem danh sách bằng `thuocdo --help`"),
                )
            })?,
        };
        let mut bytes = Vec::new();
        clap_mangen::Man::new(command).render(&mut bytes).map_err(|error| {
            let error = error.to_string();
            Failure::Output(say!("the page cannot be made: {error}", "không tạo được trang: {error}"), None)
        })?;
        console.print(&bytes)?;
        Ok(Exit::Passed)
    }
}
