//! `thuocdo schema`: JSON Schemas, for editors and for programs that read scorecards.

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::output::Console;
use crate::engine::package::report::PackageReport;
use crate::engine::package::structure::ENVELOPE;
use crate::history::card::Trend;
use crate::report::catalog::Listing;
use crate::report::notice::Notice;
use crate::score::Scorecard;
use crate::score::agreement::Agreement;
use crate::score::drift::Drift;
use crate::score::gate::GateReport;
use crate::score::league::League;
use crate::score::periodic::Periodic;
use crate::score::progress::Progress;
use crate::score::rebuild::Proposals;
use crate::{kind, rule};

/// Print a JSON Schema.
#[derive(Debug, Args)]
pub struct Schema {
    /// Of what.
    #[arg(value_enum, value_name = "OF")]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// Rule files.
    Rules,
    /// The scorecard as JSON.
    Scorecard,
    /// What a gate says as JSON.
    Gate,
    /// What is sent after a run when something happened.
    Notice,
    /// The catalogue of databases as JSON.
    Catalog,
    /// A trend as JSON.
    Trend,
    /// Whether databases agree on the same entities, as JSON.
    Agreement,
    /// A comparison as JSON.
    League,
    /// Progress against the catalogue as JSON.
    Progress,
    /// Proposals to keep, clean, restructure or rebuild as JSON.
    Proposals,
    /// A periodic report as JSON.
    Periodic,
    /// What was found of an exchange package as JSON.
    Package,
    /// The schema of exchange messages that packages are held to.
    Envelope,
    /// Drift of structure as JSON.
    Drift,
}

impl Schema {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let schema = match self.of {
            Of::Rules => rule::schema::rule_file(kind::KINDS),
            Of::Scorecard => schemars::schema_for!(Scorecard).to_value(),
            Of::Gate => schemars::schema_for!(GateReport).to_value(),
            Of::Notice => schemars::schema_for!(Notice).to_value(),
            Of::Catalog => schemars::schema_for!(Listing).to_value(),
            Of::Agreement => schemars::schema_for!(Agreement).to_value(),
            Of::League => schemars::schema_for!(League).to_value(),
            Of::Progress => schemars::schema_for!(Progress).to_value(),
            Of::Proposals => schemars::schema_for!(Proposals).to_value(),
            Of::Periodic => schemars::schema_for!(Periodic).to_value(),
            Of::Package => schemars::schema_for!(PackageReport).to_value(),
            // As it is written, for whoever edits it.
            Of::Envelope => {
                console.print(ENVELOPE.as_bytes())?;
                return Ok(Exit::Passed);
            }
            Of::Drift => schemars::schema_for!(Drift).to_value(),
            Of::Trend => schemars::schema_for!(Trend).to_value(),
        };
        console.print(format!("{schema:#}\n").as_bytes())?;
        Ok(Exit::Passed)
    }
}
