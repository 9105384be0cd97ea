//! From a plan to databases: rule files are read, and what is wrong with one costs no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::{Diagnostic, Level, Text};
use crate::cli::failure::Failure;
use crate::report;
use crate::rule::nightly::{Limits, NightPlan};
use crate::rule::{Database, file, load};
use crate::{kind, say};

/// A database to measure.
pub struct Scheduled {
    pub database: Database,
    pub data: PathBuf,
    pub limits: Limits,
}

/// All databases of a plan.
pub struct Plan {
    pub databases: Vec<Scheduled>,
    /// Databases whose rule files cannot be used, by the id that these claim, else by the name of the file; and why.
    pub broken: Vec<(String, Text)>,
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
    let mut all = Plan { databases: Vec::new(), broken: Vec::new(), problems: Vec::new() };
    let mut twice = Vec::new();
    for planned in &plan.databases {
        let loaded = load::load(&planned.rules, kind::KINDS);
        let errors: Vec<&Diagnostic> =
            loaded.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).collect();
        let first = |name: &str| {
            let of = |error: &&&Diagnostic| error.place.as_ref().is_some_and(|place| place.file.name == name);
            errors.iter().find(of).map(|error| error.what.clone())
        };
        for file in &loaded.files {
            if let Some(Text { en, vi }) = first(&file.name) {
                let name = &file.name;
                let why = say!("rule file `{name}`: {en}", "tệp quy tắc `{name}`: {vi}");
                let id = file::claimed_id(file).unwrap_or_else(|| stem(Path::new(name)));
                all.broken.push((id, why));
            }
        }
        let placeless = errors.iter().filter(|error| error.place.is_none());
        let entry = planned.rules.first().map(|path| stem(path)).unwrap_or_default();
        all.broken.extend(placeless.map(|error| (entry.clone(), error.what.clone())));
        for database in loaded.databases {
            if database.files.iter().any(|file| first(&file.name).is_some()) {
                continue;
            }
            let id = &database.id.value;
            if all.databases.iter().any(|other| other.database.id.value == *id) {
                let what =
                    say!("database `{id}` is in the plan twice", "CSDL `{id}` có hai lần trong kế hoạch");
                twice.push(Diagnostic::error(what).at(planned.place.clone()));
                continue;
            }
            let (data, limits) = (planned.data.clone(), planned.limits);
            all.databases.push(Scheduled { database, data, limits });
        }
        all.problems.extend(loaded.diagnostics);
    }
    if !twice.is_empty() {
        return Err(Failure::Given(twice));
    }
    // A database some of whose files are broken stands with these alone.
    all.databases.retain(|scheduled| all.broken.iter().all(|(id, _)| *id != scheduled.database.id.value));
    let mut known = BTreeSet::new();
    all.broken.retain(|(id, _)| known.insert(id.clone()));
    Ok(all)
}

/// The name of a file as an id.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if file::is_id(&stem) { stem } else { "rules".to_owned() }
}
