//! Floor 10: the commands, one file each. The only place that prints, colours, or reads the clock and the environment.

mod against;
mod agree;
mod arguments;
mod arithmetic;
mod baseline;
mod cards;
mod catalog;
mod compare;
mod completions;
mod diagnostics;
mod digest;
mod drift;
mod evidence;
mod expanded;
mod explain;
mod failure;
mod gate;
mod generate;
mod history;
mod init;
mod keygen;
mod keyring;
mod leftover;
mod lint;
mod man;
mod memory;
mod nightly;
mod notify;
mod output;
mod package;
mod pages;
mod paper;
mod periodic;
mod place;
mod progress;
mod propose;
mod recorded;
mod refused;
mod report;
mod rows;
mod run;
mod schema;
mod score;
mod secret;
mod signature;
mod together;
mod trend;
mod verify;

use clap::{Parser, Subcommand};

use crate::base::Lang;
use arguments::Global;
pub use failure::Exit;

use crate::report::rows::is_guarded;

/// Data-quality scoring: declarative rules over database extracts, exact scorecards out.
#[derive(Debug, Parser)]
#[command(name = "thuocdo", version, about, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Score(Box<score::Score>),
    Gate(Box<gate::Gate>),
    #[command(name = "run")]
    Nightly(nightly::Nightly),
    Compare(compare::Compare),
    Agree(agree::Agree),
    #[command(name = "periodic")]
    Periodic(Box<periodic::PeriodicReport>),
    #[command(hide = true)]
    Worker(nightly::Worker),
    Lint(lint::Lint),
    Explain(explain::Explain),
    Catalog(catalog::CatalogCommand),
    Progress(against::Against),
    Propose(propose::Propose),
    Drift(Box<drift::DriftCommand>),
    Init(init::Init),
    Generate(generate::Generate),
    Digest(digest::Digest),
    Trend(Box<trend::TrendCommand>),
    History(history::History),
    Report(report::Report),
    Verify(verify::Verify),
    Keygen(keygen::Keygen),
    Package(package::PackageCommand),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Parses the command line, runs one command, and says how the process ends. A defect of the program itself ends in
/// [`Exit::Internal`].
pub fn main() -> Exit {
    // A panic's own message may quote a value of the data; its place in the code never does.
    std::panic::set_hook(Box::new(|panic| {
        if is_guarded() {
            return;
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        output::complain(&format!("thuocdo: internal error at {place}\n"));
    }));
    std::panic::catch_unwind(command).unwrap_or(Exit::Internal)
}

fn command() -> Exit {
    // A closed pipe ends the output, not with a panic in the middle of a report.
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let help = !error.use_stderr();
            let vietnamese =
                refused::language(std::env::args_os()).unwrap_or_else(arguments::of_environment) == Lang::Vi;
            match refused::in_vietnamese(&error).filter(|_| vietnamese && !help) {
                Some(text) => output::complain(&text),
                // Nothing is left to do if even the message cannot be printed.
                None => drop(error.print()),
            }
            return if help { Exit::Passed } else { Exit::Usage };
        }
    };
    let console = output::Console::new(&cli.global);
    let outcome = match cli.command {
        Command::Score(command) => command.run(&console),
        Command::Gate(command) => command.run(&console),
        Command::Nightly(command) => command.run(&console),
        Command::Compare(command) => command.run(&console),
        Command::Agree(command) => command.run(&console),
        Command::Periodic(command) => command.run(&console),
        Command::Worker(command) => command.run(),
        Command::Lint(command) => command.run(&console),
        Command::Explain(command) => command.run(&console),
        Command::Catalog(command) => command.run(&console),
        Command::Progress(command) => command.run(&console),
        Command::Propose(command) => command.run(&console),
        Command::Drift(command) => command.run(&console),
        Command::Init(command) => command.run(&console),
        Command::Generate(command) => command.run(&console),
        Command::Digest(command) => command.run(&console),
        Command::Trend(command) => command.run(&console),
        Command::History(command) => command.run(&console),
        Command::Report(command) => command.run(&console),
        Command::Verify(command) => command.run(&console),
        Command::Keygen(command) => command.run(&console),
        Command::Package(command) => command.run(&console),
        Command::Schema(command) => command.run(&console),
        Command::Completions(command) => command.run(&console),
        Command::Man(command) => command.run(&console),
    };
    outcome.unwrap_or_else(|failure| failure.report(&console))
}
