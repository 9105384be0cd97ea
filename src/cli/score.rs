//! `thuocdo score`: the main job.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::baseline;
use super::failure::{self, Exit, Failure};
use super::output::{self, Console};
use super::pages;
use super::recorded::HistoryArgument;
use super::run::{Measured, Run, RunArguments, rfc3339};
use super::signature::{self, SigningKey};
use crate::report::{self, html};
use crate::rule::load::{self, Loaded};
use crate::say;
use crate::score::Scorecard;
use crate::score::index::{self, Weights};

/// The scorecard within `--out`.
const CARD: &str = "scorecard.json";

/// Score databases by rule files: counts, points, grades.
///
/// Exits with 0 when everything was measured, whatever the score; with 3 when something could not be measured; with 2
/// when a rule file or a flag is wrong.
#[derive(Debug, Args)]
pub struct Score {
    #[command(flatten)]
    run: RunArguments,
    /// Compare with the rows of this baseline, for rules that ask what became of them; `thuocdo gate --update-baseline`
    /// writes it.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// The key of the baseline's digests [default: THUOCDO_KEY, or the baseline's name with `.key`].
    #[arg(long, value_name = "FILE", requires = "baseline")]
    key_file: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = formats())]
    format: String,
    /// Also write the scorecard as JSON into this directory, as `scorecard.json`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Sign the scorecard with this key (minisign format): writes `scorecard.json.minisig` beside it. The password of an
    /// encrypted key comes from the environment, THUOCDO_KEY_PASSWORD, or is asked for at the terminal.
    #[arg(long, value_name = "FILE", requires = "out")]
    sign_key: Option<PathBuf>,
    /// Compute this index as well, beside the score: `dqi-2439-reported`, known from a secondary source only.
    #[arg(long, value_name = "INDEX", value_parser = [index::ID])]
    index: Option<String>,
    /// The index's weights, instead of those that come with the program (`thuocdo explain dqi-2439-reported`).
    #[arg(long, value_name = "FILE", requires = "index")]
    index_weights: Option<PathBuf>,
    #[command(flatten)]
    history: HistoryArgument,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(report::RENDERERS.iter().map(|renderer| renderer.name()))
}

impl Score {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        // A key that cannot be used is told before the work, not after it.
        let key = self.sign_key.as_deref().map(SigningKey::open).transpose()?;
        let inputs = self
            .run
            .inputs()
            .chain([&self.baseline, &self.key_file].into_iter().flatten().map(PathBuf::as_path));
        self.history.check(inputs, self.run.data(), &self.outputs())?;
        let run = self.run.open(console)?;
        let indices = self.indices(&run.loaded, console)?;
        let measured = self.measure(&run, console)?;
        let card = run.assemble(measured.databases, indices);
        let written = self.write(&card, key.as_ref(), console);
        // Whatever became of the others: what was measured is not to be lost. A page that draws the history has this run.
        let recorded = self.history.record(&card, console);
        let printed = self.print(&card, recorded.is_ok(), console);
        failure::all([measured.rows, written, recorded, printed], console)?;
        Ok(if card.complete { Exit::Passed } else { Exit::Incomplete })
    }

    /// Measures, against the baseline if there is one.
    fn measure(&self, run: &Run<'_>, console: &Console) -> Result<Measured, Failure> {
        let Some(path) = &self.baseline else { return run.measure(None, None, console) };
        let (secret, given) = baseline::read(path, self.key_file.as_deref(), false)?;
        let as_of = rfc3339(run.as_of);
        let earlier = baseline::earlier(&given, secret.as_ref(), &as_of);
        run.measure(None, Some(&earlier), console)
    }

    /// The files that are written beside the history.
    fn outputs(&self) -> Vec<PathBuf> {
        let card = self.out.iter().map(|folder| folder.join(CARD));
        card.flat_map(|card| [signature::beside(&card), card]).collect()
    }

    /// The weights of the indices that are asked for.
    fn indices(&self, loaded: &Loaded, console: &Console) -> Result<Vec<Weights>, Failure> {
        let Some(path) = &self.index_weights else {
            return Ok(self.index.iter().map(|_| Weights::shipped()).collect());
        };
        let file = load::read(path).map_err(|diagnostic| Failure::Given(vec![diagnostic]))?;
        let weights = Weights::read(&file).map_err(Failure::Given)?;
        let mut declared: Vec<String> = Vec::new();
        for table in loaded.databases.iter().flat_map(|database| &database.tables) {
            let named = table.rules.iter().flat_map(|rule| rule.spec.columns());
            let columns =
                table.columns.iter().map(|column| column.name.clone()).chain(named).chain(table.key.clone());
            declared.extend(columns.map(|column| format!("{}.{}", table.id.value, column.value)));
        }
        let warnings = weights.unmatched(&declared);
        if !warnings.is_empty() && !console.quiet {
            console.diagnostics(&warnings);
        }
        Ok(vec![weights])
    }

    fn write(&self, card: &Scorecard, key: Option<&SigningKey>, console: &Console) -> Result<(), Failure> {
        if let Some(folder) = &self.out {
            let path = folder.join(CARD);
            let written = |path: &Path| {
                let path = path.display();
                console.note(&say!("wrote {path}", "đã ghi {path}"));
            };
            let json = card.to_json();
            let signature = key.map(|key| key.sign(card, json.as_bytes())).transpose()?;
            output::write_whole(&path, json.as_bytes())?;
            written(&path);
            if let Some(signature) = signature {
                let path = signature::beside(&path);
                output::write_whole(&path, signature.as_bytes())?;
                written(&path);
            }
        }
        Ok(())
    }

    fn print(&self, card: &Scorecard, recorded: bool, console: &Console) -> Result<(), Failure> {
        if let Some(history) = self.history.path().filter(|_| recorded && self.format == html::NAME) {
            return console.print(&pages::one(card, Some(history), &console.style())?);
        }
        match report::find(&self.format) {
            Some(renderer) => console.print(&renderer.render(card, &console.style())),
            // The command line takes no other names.
            None => Ok(()),
        }
    }
}
