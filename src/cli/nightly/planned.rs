//! From a plan to databases: rule files are read, and what is wrong with one costs no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::base::{Diagnostic, Level, Place, Text};
use crate::cli::failure::Failure;
use crate::cli::output::real;
use crate::engine::{self, MeasuredDatabase};
use crate::report;
use crate::rule::nightly::{Limits, NightPlan, Planned};
use crate::rule::{file, load};
use crate::{kind, say};

/// A database to measure.
pub struct Scheduled {
    pub id: String,
    /// The rule files that declare it.
    pub rules: Vec<PathBuf>,
    /// What these say of it beside its tables: a night of hundreds of databases cannot hold all their rules.
    pub described: MeasuredDatabase,
    pub data: PathBuf,
    pub limits: Limits,
    /// The databases that its rules refer to.
    pub refers_to: BTreeSet<String>,
}

impl Scheduled {
    /// The database as one that was not measured. Its rules are read again for that.
    pub fn not_measured(&self, why: &Text) -> MeasuredDatabase {
        let loaded = load::load(&self.rules, kind::KINDS);
        let database = loaded.databases.iter().find(|database| database.id.value == self.id);
        database.map_or_else(|| engine::not_described(&self.id, why), |it| engine::not_measured(it, why))
    }
}

/// All databases of a plan.
#[derive(Default)]
pub struct Plan {
    pub databases: Vec<Scheduled>,
    /// Databases whose rule files cannot be used, by the id that these claim, else by the name of the file; and why.
    pub broken: Vec<(String, Text)>,
    /// Some rule files do not say what they are about, so there may be databases that nobody knows of.
    pub unclaimed: bool,
    pub problems: Vec<Diagnostic>,
}

/// Formats that nobody knows.
pub fn check_formats(plan: &NightPlan) -> Result<(), Failure> {
    let unknown = plan.formats.iter().filter(|(format, _)| report::find(format).is_none());
    let said: Vec<Diagnostic> = unknown
        .map(|(format, place)| {
            let known: Vec<&str> = report::RENDERERS.iter().map(|renderer| renderer.name()).collect();
            let known = known.join(", ");
            Diagnostic::error(say!("`{format}` is not a format", "`{format}` không phải định dạng báo cáo"))
                .at(place.clone())
                .hint(say!("known: {known}", "có sẵn: {known}"))
        })
        .collect();
    if said.is_empty() { Ok(()) } else { Err(Failure::Given(said)) }
}

/// Reads the rule files of a plan. A database that stands there twice is an error of the plan.
pub fn schedule(plan: &NightPlan) -> Result<Plan, Failure> {
    let mut all = Plan::default();
    let mut twice = Vec::new();
    for planned in &plan.databases {
        for (id, rules) in claims(planned, &mut all) {
            let loaded = load::load(&rules, kind::KINDS);
            let error = loaded.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error);
            let why = error.map(|error| why(&rules, error));
            all.problems.extend(loaded.diagnostics);
            let found = loaded.databases.iter().find(|database| database.id.value == id);
            match (found, why) {
                (Some(database), None) => {
                    if all.databases.iter().any(|other| other.id == id) {
                        let what = say!(
                            "database `{id}` is in the plan twice",
                            "CSDL `{id}` có hai lần trong kế hoạch"
                        );
                        twice.push(Diagnostic::error(what).at(planned.place.clone()));
                        continue;
                    }
                    let described = engine::described(database, Vec::new());
                    let (data, limits) = (planned.data.clone(), planned.limits);
                    let refers_to = database.refers_to().into_iter().map(str::to_owned).collect();
                    all.databases.push(Scheduled { id, rules, described, data, limits, refers_to });
                }
                (_, why) => all.broken.push((id, why.unwrap_or_default())),
            }
        }
    }
    if !twice.is_empty() {
        return Err(Failure::Given(twice));
    }
    // A database some of whose files are broken stands with these alone.
    all.databases.retain(|scheduled| all.broken.iter().all(|(id, _)| *id != scheduled.id));
    let mut known = BTreeSet::new();
    all.broken.retain(|(id, _)| known.insert(id.clone()));
    Ok(all)
}

/// The rule files of an entry by the databases that they claim. Several may declare one.
fn claims(planned: &Planned, all: &mut Plan) -> IndexMap<String, Vec<PathBuf>> {
    let mut claims: IndexMap<String, Vec<PathBuf>> = IndexMap::new();
    for path in &planned.rules {
        let files = match load::rule_files(path) {
            Ok(files) => files,
            Err(diagnostic) => {
                all.unclaimed = true;
                all.broken.push((stem(path), diagnostic.what.clone()));
                all.problems.push(diagnostic);
                continue;
            }
        };
        if files.is_empty() {
            all.unclaimed = true;
            let name = path.display();
            let what = say!("`{name}` holds no rule file", "`{name}` không có tệp quy tắc nào");
            all.broken.push((stem(path), what.clone()));
            all.problems.push(Diagnostic::error(what));
        }
        for file in files {
            let claimed = load::read(&file).ok().and_then(|source| file::claimed_id(&source));
            all.unclaimed |= claimed.is_none();
            claims.entry(claimed.unwrap_or_else(|| stem(&file))).or_default().push(file);
        }
    }
    claims
}

/// What is wrong, with the file.
fn why(rules: &[PathBuf], error: &Diagnostic) -> Text {
    let file = error.place.as_ref().map(|place| place.file.name.clone());
    let file = file.or_else(|| rules.first().map(|path| path.display().to_string())).unwrap_or_default();
    let Text { en, vi } = &error.what;
    say!("rule file `{file}`: {en}", "tệp quy tắc `{file}`: {vi}")
}

/// No output takes the place of anything that is read, kept or written otherwise: by their real places, as links may lead
/// anywhere.
pub fn check_outputs(plan: &NightPlan, file: &Path) -> Result<(), Failure> {
    let outputs: Vec<(&str, PathBuf, &Place)> =
        plan.outputs.iter().map(|(key, path, place)| (*key, real(path), place)).collect();
    let mut said = Vec::new();
    let mut wrong = |place: &Place, what: Text| {
        let hint = say!("give each output a place of its own", "cho mỗi đầu ra một chỗ riêng");
        said.push(Diagnostic::error(what).at(place.clone()).hint(hint));
    };
    let data = plan.databases.iter().map(|planned| real(&planned.data));
    let rules = plan.databases.iter().flat_map(|planned| &planned.rules).map(|path| real(path));
    let read: Vec<PathBuf> = data.chain(rules).chain([real(file)]).collect();
    for (at, (key, path, place)) in outputs.iter().enumerate() {
        if read.iter().any(|read| path.starts_with(read)) {
            wrong(
                place,
                say!(
                    "`{key}` would be written among what is read",
                    "`{key}` sẽ ghi vào nơi chứa dữ liệu đầu vào"
                ),
            );
        }
        for (other, taken, _) in outputs.iter().take(at) {
            // What lies in the folder of another output might be one of its files.
            if path.starts_with(taken) || taken.starts_with(path) {
                wrong(
                    place,
                    say!(
                        "`{key}` and `{other}` go to one place",
                        "`{key}` và `{other}` ghi vào cùng một chỗ"
                    ),
                );
            }
        }
    }
    if said.is_empty() { Ok(()) } else { Err(Failure::Given(said)) }
}

/// The name of a file as an id.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if file::is_id(&stem) { stem } else { "rules".to_owned() }
}
