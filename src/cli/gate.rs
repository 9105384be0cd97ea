//! `thuocdo gate`: the same run as a verdict for a pipeline.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use indexmap::IndexMap;

use super::baseline;
use super::failure::{self, Exit, Failure};
use super::output::{self, Console, real};
use super::recorded::HistoryArgument;
use super::run::{Measured, Run, RunArguments, rfc3339};
use super::secret::{self, Secret};
use crate::base::{Diagnostic, Dimension, Nano, Place, Text};
use crate::engine::{RowWaiver, TraceOptions, TracedTable};
use crate::kernel::date_format::{civil, date_bytes};
use crate::report::{Style, gate as formats};
use crate::rule::gate::{Policy, PolicyFile, parse_points};
use crate::rule::load;
use crate::rule::waiver::{self, Waiver};
use crate::say;
use crate::score::gate::{self, Check, Condition, GateInputs, GateReport, Given, Outcome, TableId, Verdict};

/// Decide whether the data may pass: limits, no regression against a baseline, no new violations.
///
/// Exits with 0 when it may; 1 when the quality is not good enough; 2 when a flag or a file is wrong; 3 when something
/// could not be measured; 4 when the baseline cannot be compared with; 5 when evidence is not what it claims to be. All
/// reasons are told, not the first.
#[derive(Debug, Args)]
pub struct Gate {
    #[command(flatten)]
    run: RunArguments,
    /// Compare with this baseline: the file that `--update-baseline` writes.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write this run as the next baseline, if it passed or there was none.
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
    /// With `--update-baseline`: write it even though the gate did not pass.
    #[arg(long, requires = "update_baseline")]
    accept: bool,
    /// The key of a baseline's digests [default: THUOCDO_KEY, or the baseline's name with `.key`, which is made with the
    /// first baseline]. Keep it secret: with it, short codes can be found out from their digests.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Official points that every database needs.
    #[arg(long, value_name = "POINTS", value_parser = points)]
    min_score: Option<Nano>,
    /// Points that a dimension needs, as `correctness=90`; may be repeated.
    #[arg(long, value_name = "DIMENSION=POINTS", value_parser = dimension_points)]
    min_dimension: Vec<(Dimension, Nano)>,
    /// Defects per million that a critical rule may have [default: 1000].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    critical_dpm: Option<u64>,
    /// Limits in a file. Those of a rule file's `gate:` go before, flags before both.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Violations that somebody has answered for. They change the verdict, never a score.
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Warnings fail the gate as well.
    #[arg(long)]
    strict: bool,
    /// This sync cannot wait: a spent error budget is told and does not block.
    #[arg(long)]
    emergency: bool,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = names())]
    format: String,
    /// Write the scorecard and the gate's report into this directory, as `scorecard.json` and `gate.json`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    history: HistoryArgument,
}

/// Reports that are written beside what is printed.
#[derive(Debug, Args)]
struct Files {
    /// Write the report as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write SARIF 2.1.0.
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Write a summary in Markdown.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write a Code Quality report for GitLab.
    #[arg(long, value_name = "FILE")]
    gitlab: Option<PathBuf>,
    /// Write a badge (SVG).
    #[arg(long, value_name = "FILE")]
    badge: Option<PathBuf>,
}

impl Files {
    /// Format and file, of those that are asked for.
    fn wanted(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let all = [
            ("json", &self.json),
            ("junit", &self.junit),
            ("sarif", &self.sarif),
            ("markdown", &self.markdown),
            ("gitlab", &self.gitlab),
            ("badge", &self.badge),
        ];
        all.into_iter().filter_map(|(format, path)| Some((format, path.as_deref()?)))
    }
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(formats::GATE_RENDERERS.iter().map(|renderer| renderer.name()))
}

fn points(text: &str) -> Result<Nano, String> {
    parse_points(text).ok_or_else(|| "a number of points is from 0 to 100, such as 83.5".to_owned())
}

fn dimension_points(text: &str) -> Result<(Dimension, Nano), String> {
    let (name, least) = text.split_once('=').ok_or("write it as correctness=90")?;
    let ids = Dimension::ALL.map(Dimension::id).join(", ");
    let known = Dimension::ALL.into_iter().find(|dimension| dimension.id() == name);
    let dimension = known.ok_or_else(|| format!("`{name}` is no dimension; there are {ids}"))?;
    Ok((dimension, points(least)?))
}

/// The gate's own inputs, read before anything is measured.
struct Terms {
    policies: BTreeMap<String, Policy>,
    waivers: Vec<Waiver>,
    secret: Option<Secret>,
    baseline: Given,
    today: i32,
    /// What policies name and nobody has.
    unknown: Vec<Text>,
}

impl Gate {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        self.spare_inputs()?;
        let run = self.run.open(console)?;
        let terms = self.terms(&run, console)?;
        let (measured, traced) = self.measure(&run, &terms, console)?;
        let card = run.assemble(measured.databases, Vec::new());
        let inputs = GateInputs {
            card: &card,
            traced: &traced,
            policies: &terms.policies,
            waivers: &terms.waivers,
            baseline: &terms.baseline,
            today: terms.today,
            month: month(terms.today),
            key: terms.secret.as_ref().map(Secret::check).unwrap_or_default(),
            emergency: self.emergency,
            unknown: &terms.unknown,
        };
        let mut report = gate::gate(&inputs);
        if let Err(Failure::Output(text, hint)) = &measured.rows {
            let mut check = Check::new(Condition::Measured, Outcome::Incomplete, text.clone());
            check.hint.clone_from(hint);
            report.add(check);
        }
        let report = report;
        let style = console.style();
        let file_style = Style { lang: console.lang, ..Style::default() };
        let render = |format: &str, style: &Style| {
            // The command line takes no other names.
            formats::find(format).map_or_else(Vec::new, |renderer| renderer.render(&report, &card, style))
        };
        let write = || -> Result<(), Failure> {
            if let Some(folder) = &self.out {
                output::write_whole(&folder.join("scorecard.json"), card.to_json().as_bytes())?;
                output::write_whole(&folder.join("gate.json"), report.to_json().as_bytes())?;
            }
            for (format, path) in self.files.wanted() {
                output::write_whole(path, &render(format, &file_style))?;
            }
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
                output::append(Path::new(&path), &render("markdown", &file_style))?;
            }
            Ok(())
        };
        // The verdict is told even if a report cannot be written.
        let written = write();
        let recorded = self.history.record(&card, console);
        let printed = console.print(&render(&self.format, &style));
        if let Some(annotations) = annotations().filter(|name| *name != self.format) {
            output::complain(&String::from_utf8_lossy(&render(annotations, &file_style)));
        }
        match measured.rows {
            // It is in the report.
            Ok(()) | Err(Failure::Output(..)) => {}
            Err(failure) => return Err(failure),
        }
        failure::all([printed, written, recorded], console)?;
        // At last: what could not be told must not be taken for known.
        self.update(&terms, &inputs, &report, console)?;
        Ok(match report.verdict {
            Verdict::Passed => Exit::Passed,
            Verdict::Failed => Exit::Failed,
            Verdict::Incomplete => Exit::Incomplete,
            Verdict::NotComparable => Exit::NotComparable,
            Verdict::Rejected => Exit::Rejected,
        })
    }

    /// No report may take the place of what is read, or of another report.
    fn spare_inputs(&self) -> Result<(), Failure> {
        let single = [&self.baseline, &self.key_file, &self.policy, &self.waivers];
        let mut taken: Vec<PathBuf> =
            single.into_iter().flatten().map(|path| real(path)).chain(self.run.inputs().map(real)).collect();
        let data = real(self.run.data());
        self.history.check(taken.iter().map(PathBuf::as_path), &data, &[])?;
        taken.extend(self.history.path().map(real));
        for (_, path) in self.files.wanted() {
            let wanted = real(path);
            if taken.contains(&wanted) || wanted.starts_with(&data) {
                let path = path.display();
                return Err(Failure::usage(
                    say!(
                        "`{path}` is read by this run, lies among the data, or is written twice",
                        "`{path}` là tệp đầu vào, nằm trong thư mục dữ liệu, hoặc được ghi hai lần"
                    ),
                    say!("write the report to another file", "ghi kết quả vào tệp khác"),
                ));
            }
            taken.push(wanted);
        }
        Ok(())
    }

    fn terms(&self, run: &Run<'_>, console: &Console) -> Result<Terms, Failure> {
        let today = i32::try_from(run.as_of.div_euclid(86_400_000_000)).unwrap_or_default();
        let mut found = Vec::new();
        let file = self.policy.as_deref().and_then(|path| read(path, PolicyFile::read, &mut found));
        let waivers = self.waivers.as_deref().and_then(|path| read(path, waiver::read, &mut found));
        if !found.is_empty() {
            return Err(Failure::Given(found));
        }
        let file = file.unwrap_or_default();
        let unknown = unknown_names(run, &file);
        if !unknown.is_empty() && !console.quiet {
            console.diagnostics(&unknown);
        }
        let flags = Policy {
            min_score: self.min_score,
            dimensions: self.min_dimension.iter().copied().collect(),
            critical_dpm: self.critical_dpm,
            strict: self.strict.then_some(true),
            ..Policy::default()
        };
        let policies = run.loaded.databases.iter().map(|database| {
            let id = &database.id.value;
            (id.clone(), flags.over(&database.gate.over(&file.of(id))))
        });
        let (secret, baseline) = match &self.baseline {
            None => (None, Given::Not),
            Some(path) => baseline::read(path, self.key_file.as_deref(), self.update_baseline)?,
        };
        let unknown = unknown.into_iter().map(|diagnostic| diagnostic.what).collect();
        let (policies, waivers) = (policies.collect(), waivers.unwrap_or_default());
        Ok(Terms { policies, waivers, secret, baseline, today, unknown })
    }

    fn measure(
        &self,
        run: &Run<'_>,
        terms: &Terms,
        console: &Console,
    ) -> Result<(Measured, IndexMap<TableId, TracedTable>), Failure> {
        let waivers: Vec<RowWaiver> = terms
            .waivers
            .iter()
            .enumerate()
            .filter(|(_, waiver)| waiver.is_in_force(terms.today))
            .map(|(at, waiver)| RowWaiver {
                at,
                database: waiver.database.clone(),
                table: waiver.table.clone(),
                rule: waiver.rule.clone(),
                filter: waiver.filter.clone(),
            })
            .collect();
        let before = match &terms.baseline {
            Given::Sound(baseline) => baseline.rows(),
            _ => IndexMap::new(),
        };
        let trace =
            TraceOptions { secret: terms.secret.as_ref().map(Secret::digests), before, waivers: &waivers };
        let wanted = self.baseline.is_some() || !waivers.is_empty();
        let as_of = rfc3339(run.as_of);
        let earlier = baseline::earlier(&terms.baseline, terms.secret.as_ref(), &as_of);
        let mut measured = run.measure(wanted.then_some(trace), Some(&earlier), console)?;
        let mut traced = IndexMap::new();
        for database in &mut measured.databases {
            for table in &mut database.tables {
                if let Some(rows) = table.traced.take() {
                    traced.insert((database.id.clone(), table.id.clone()), rows);
                }
            }
        }
        Ok((measured, traced))
    }

    /// Writes the next baseline, unless it would hide that this run did not pass.
    fn update(
        &self,
        terms: &Terms,
        inputs: &GateInputs<'_>,
        report: &GateReport,
        console: &Console,
    ) -> Result<(), Failure> {
        let Some(path) = self.baseline.as_deref().filter(|_| self.update_baseline) else { return Ok(()) };
        let first = matches!(terms.baseline, Given::First);
        let may = match report.verdict {
            Verdict::Passed => true,
            Verdict::Failed => first || self.accept,
            Verdict::Incomplete | Verdict::NotComparable | Verdict::Rejected => self.accept,
        };
        let shown = path.display();
        if !may {
            console.note(&say!(
                "`{shown}` was left as it is, as the gate did not pass; `--accept` writes it all the same",
                "giữ nguyên `{shown}` vì chưa qua cổng; thêm `--accept` nếu vẫn muốn ghi"
            ));
            return Ok(());
        }
        let secret = match &terms.secret {
            Some(secret) => secret,
            // Digests made without a key would be of no use.
            None => {
                return Err(Failure::usage(
                    say!(
                        "`{shown}` was not written: the key of its digests is not here",
                        "chưa ghi `{shown}`: không có khóa của các mã băm"
                    ),
                    secret::where_from(path),
                ));
            }
        };
        secret.keep(path, console)?;
        let next = gate::next_baseline(inputs, report, self.accept);
        output::write_whole(path, next.to_json(&secret.digests()).as_bytes())?;
        console.note(&say!("wrote {shown}", "đã ghi {shown}"));
        Ok(())
    }
}

/// Names in policies that nothing in this run has: limits that hold for nobody.
fn unknown_names(run: &Run<'_>, file: &PolicyFile) -> Vec<Diagnostic> {
    let databases = &run.loaded.databases;
    let mut found = Vec::new();
    let mut warn = |what: Text, place: &Place| found.push(Diagnostic::warning(what).at(place.clone()));
    for (name, place, _) in &file.databases {
        if databases.iter().all(|database| database.id.value != name.value) {
            let name = &name.value;
            warn(
                say!("database `{name}` is not in this run", "CSDL `{name}` không có trong lần chạy này"),
                place,
            );
        }
    }
    for database in databases {
        let policy = database.gate.over(&file.of(&database.id.value));
        for budget in &policy.budgets {
            let known = budget.rule.value.split_once('/').is_some_and(|(table, rule)| {
                let table = database.tables.iter().find(|known| known.id.value == table);
                table.is_some_and(|table| table.rules.iter().any(|known| known.id == rule))
            });
            if !known {
                let (rule, database) = (&budget.rule.value, &database.id.value);
                warn(
                    say!("`{database}` has no rule `{rule}`", "`{database}` không có quy tắc `{rule}`"),
                    &budget.place,
                );
            }
        }
    }
    found
}

/// Reads a file of the user's; what is wrong with it is added to `found`.
pub fn read<T>(
    path: &Path,
    parse: impl FnOnce(&std::sync::Arc<crate::base::diagnostic::SourceText>) -> Result<T, Vec<Diagnostic>>,
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    let parsed = load::read(path).map_err(|diagnostic| vec![diagnostic]).and_then(|file| parse(&file));
    parsed.map_err(|mut diagnostics| found.append(&mut diagnostics)).ok()
}

/// `2026-11`.
fn month(day: i32) -> String {
    let written = date_bytes(day).map(|bytes| String::from_utf8_lossy(&bytes[..7]).into_owned());
    written.unwrap_or_else(|| {
        let (year, month, _) = civil(day);
        format!("{year}-{month:02}")
    })
}

/// The format of the annotations that the surrounding pipeline understands.
fn annotations() -> Option<&'static str> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if is_set("GITHUB_ACTIONS") {
        Some("github")
    } else if is_set("TF_BUILD") {
        Some("azure")
    } else {
        None
    }
}
