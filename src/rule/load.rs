//! From the paths on a command line to databases: files, directories of files, several files for one database.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::asked::Question;
use super::file::{self, Database};
use super::look_up::{LookUp, Sought};
use super::node::At;
use super::pack::two_packs;
use super::reader::Reader;
use super::reference::Reference;
use super::table::{Kinds, Table};
use super::table_rule::Rule;
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Place, Text, suggest};
use crate::extract::system;
use crate::say;

/// Larger than any rule file; what is larger is something else.
const MAX_BYTES: u64 = 64 << 20;

/// Databases in the order of their ids, and everything that is wrong in any file.
#[derive(Debug, Default)]
pub struct Loaded {
    pub databases: Vec<Database>,
    pub files: Vec<Arc<SourceText>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads rule files and directories of them (`*.yaml`, `*.yml`, recursively, in the order of their paths).
pub fn load(paths: &[PathBuf], kinds: Kinds) -> Loaded {
    let mut loaded = Loaded::default();
    let mut files = Vec::new();
    for path in paths {
        match rule_files(path) {
            Ok(found) if found.is_empty() => {
                let name = path.display();
                loaded.diagnostics.push(
                    Diagnostic::error(say!(
                        "`{name}` holds no rule file",
                        "`{name}` không có tệp quy tắc nào"
                    ))
                    .hint(say!("rule files end in .yaml or .yml", "tệp quy tắc có đuôi .yaml hoặc .yml")),
                );
            }
            Ok(found) => files.extend(found),
            Err(diagnostic) => loaded.diagnostics.push(diagnostic),
        }
    }
    files.dedup();
    for path in files {
        match read(&path) {
            Ok(source) => {
                let folder = path.parent().unwrap_or(Path::new("."));
                let (database, diagnostics) = file::parse(&source, folder, kinds);
                loaded.diagnostics.extend(diagnostics);
                if let Some(database) = database {
                    merge(&mut loaded, database);
                }
                loaded.files.push(source);
            }
            Err(diagnostic) => loaded.diagnostics.push(diagnostic),
        }
    }
    loaded.databases.sort_by(|a, b| a.id.value.cmp(&b.id.value));
    check_references(&mut loaded);
    super::catalog::adopt(&mut loaded);
    loaded
}

/// Whether a file is named like a rule file.
pub fn is_rule_file(path: &Path) -> bool {
    matches!(path.extension().and_then(|extension| extension.to_str()), Some("yaml" | "yml"))
}

/// The rule files in a folder, in the order of their paths; a file is itself.
///
/// # Errors
/// The file or the folder cannot be read.
pub fn rule_files(path: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let failed = |path: &Path, error: &std::io::Error| {
        let (name, Text { en, vi }) = (path.display(), system(error));
        Diagnostic::error(say!("`{name}` cannot be read: {en}", "không đọc được `{name}`: {vi}"))
            .hint(say!("check the path and its permissions", "kiểm tra đường dẫn và quyền đọc"))
    };
    let metadata = std::fs::metadata(path).map_err(|error| failed(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let entries = std::fs::read_dir(path).map_err(|error| failed(path, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed(path, &error))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| failed(&path, &error))?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() && !hidden {
            found.extend(rule_files(&path)?);
        } else if !hidden && is_rule_file(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a rule file, or another file that belongs to the rules.
///
/// # Errors
/// The file cannot be read, is too large, or is no UTF-8 text.
pub fn read(path: &Path) -> Result<Arc<SourceText>, Diagnostic> {
    let name = path.display().to_string();
    let failed = |reason: Text| {
        let (en, vi) = (reason.en, reason.vi);
        Diagnostic::error(say!("`{name}` cannot be read: {en}", "không đọc được `{name}`: {vi}"))
    };
    // A device may have no size and no end.
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| failed(system(&error)))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(system(&error)))?;
    if bytes.len() as u64 > MAX_BYTES {
        let limit = MAX_BYTES >> 20;
        return Err(failed(say!("it is longer than {limit} MiB", "tệp dài hơn {limit} MiB"))
            .hint(say!("split it into several files", "hãy tách thành nhiều tệp")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let sound = String::from_utf8_lossy(sound);
        let line = sound.matches('\n').count() + 1;
        let column = sound.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        failed(say!(
            "it is not UTF-8 text (line {line}, column {column})",
            "không phải văn bản UTF-8 (dòng {line}, cột {column})"
        ))
        .hint(say!("save the file as UTF-8", "lưu tệp với bảng mã UTF-8"))
    })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Arc::new(SourceText { name, text }))
}

/// Adds a database, or the tables of a further file to a database that is there already.
fn merge(loaded: &mut Loaded, mut database: Database) {
    let Some(known) = loaded.databases.iter_mut().find(|known| known.id.value == database.id.value) else {
        loaded.databases.push(database);
        return;
    };
    for table in database.tables.drain(..) {
        if known.tables.iter().any(|twin| twin.id.value == table.id.value) {
            let (id, other) = (&table.id.value, &known.file.name);
            let place = Place { file: Arc::clone(&database.file), span: table.id.span.clone() };
            loaded.diagnostics.push(
                Diagnostic::error(say!(
                    "table `{id}` is declared in `{other}` already",
                    "bảng `{id}` đã được khai báo trong `{other}`"
                ))
                .at(place)
                .hint(say!(
                    "files of one database may add tables to it, not declare one twice",
                    "các tệp của cùng một CSDL có thể thêm bảng, không khai báo lại một bảng"
                )),
            );
        } else {
            known.tables.push(table);
        }
    }
    known.files.append(&mut database.files);
    known.inputs.append(&mut database.inputs);
    known.title = known.title.take().or(database.title);
    known.agency = known.agency.take().or(database.agency);
    known.weight = known.weight.max(database.weight);
    known.contract.merge(&mut database.contract);
    for pack in database.packs.drain(..) {
        match known.packs.iter().find(|own| own.id == pack.id) {
            Some(own) if own.hash != pack.hash => {
                let place = Place { file: Arc::clone(&database.file), span: database.id.span.clone() };
                loaded.diagnostics.push(Diagnostic::error(two_packs(&pack.id)).at(place));
            }
            Some(_) => {}
            None => known.packs.push(pack),
        }
    }
    known.gate = known.gate.over(&database.gate);
    known.code_lists.append(&mut database.code_lists);
}

/// Reports references to tables that the database does not have, and to columns that a table's declaration does not
/// name. A database that is not loaded may be known to another run.
fn check_references(loaded: &mut Loaded) {
    let mut found = Vec::new();
    for database in &loaded.databases {
        let rules =
            database.tables.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule)));
        for (own, rule) in rules {
            let Some(to) = rule.spec.refers_to() else { continue };
            let mut reader = Reader::new(Arc::clone(&rule.place.file));
            let home = match &to.database {
                None => Some(database),
                Some(named) if named.value == database.id.value => {
                    reader
                        .error(
                            &named.span,
                            say!("this is the rule's own database", "đây là chính CSDL của quy tắc"),
                        )
                        .hint = Some(say!("leave the database out", "bỏ tên CSDL đi"));
                    None
                }
                Some(named) => loaded.databases.iter().find(|known| known.id.value == named.value),
            };
            if let Some(home) = home {
                check_reference(home, own, rule, to, &mut reader);
            }
            // Rules that one item stands for refer to the same.
            for diagnostic in reader.diagnostics {
                if !found.iter().any(|known: &Diagnostic| diagnostic.repeats(known)) {
                    found.push(diagnostic);
                }
            }
        }
    }
    loaded.diagnostics.append(&mut found);
}

/// `home` has the table that is referred to.
fn check_reference(home: &Database, own: &Table, rule: &Rule, to: &Reference, reader: &mut Reader) {
    let Reference { database, table, columns } = to;
    let names =
        |columns: &[At<String>]| -> Vec<String> { columns.iter().map(|at| at.value.clone()).collect() };
    let counts = rule.spec.asks().is_some_and(|asked| matches!(asked.question, Question::Count { .. }));
    if database.is_none()
        && !counts
        && own.id.value == table.value
        && names(columns) == names(&rule.spec.columns())
    {
        reader
            .error(
                &table.span,
                say!(
                    "these columns refer to themselves: every value is found",
                    "các cột này tham chiếu tới chính nó: giá trị nào cũng tìm thấy"
                ),
            )
            .hint = Some(say!("name the table that holds the keys", "nêu bảng chứa khóa"));
    }
    let Some(parent) = home.tables.iter().find(|known| known.id.value == table.value) else {
        let (name, id) = (&table.value, &home.id.value);
        reader.unknown(
            table,
            say!("database `{id}` has no table `{name}`", "CSDL `{id}` không có bảng `{name}`"),
            home.tables.iter().map(|table| table.id.value.as_str()).collect::<Vec<_>>(),
        );
        return;
    };
    let known: Vec<&str> = parent.columns.iter().map(|column| column.name.value.as_str()).collect();
    // A column that is merely not declared is looked up in the data.
    let misspelt =
        |name: &str| !known.contains(&name) && suggest::closest(name, known.iter().copied()).is_some();
    let in_scope = match rule.spec.looks_up() {
        Some(LookUp { sought: Sought::Covered { in_scope }, .. }) => in_scope,
        _ => rule.spec.lists().and_then(|listing| listing.in_scope),
    };
    let in_scope: Vec<At<String>> = in_scope.map_or_else(Vec::new, |scope| {
        let at = |name: &String| At { value: name.clone(), span: scope.span.clone() };
        scope.value.columns().iter().map(at).collect()
    });
    for column in columns.iter().chain(&in_scope).filter(|column| misspelt(&column.value)) {
        let (name, id) = (&column.value, &parent.id.value);
        reader.unknown(
            column,
            say!("table `{id}` declares no column `{name}`", "bảng `{id}` không khai báo cột `{name}`"),
            known.clone(),
        );
    }
}
