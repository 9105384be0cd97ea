//! `thuocdo package`: whether an exchange package is whole, and its messages have their structure.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::failure::{Exit, Failure};
use super::output::Console;
use super::{cards, output};
use crate::base::bytes::bytes;
use crate::base::{Diagnostic, Text};
use crate::engine::package::report::{PackageReport, Verdict};
use crate::engine::package::structure::{ENVELOPE, SHIPPED, Structure};
use crate::engine::package::{Asked, Named, check};
use crate::extract::package::{Kind, Package};
use crate::report;
use crate::report::Style;
use crate::rule::json_schema::SchemaError;
use crate::say;

/// What `--envelope` takes instead of a file.
const NO_ENVELOPE: &str = "none";

/// Check an exchange package, a folder or a ZIP: its list of files, their sizes and checksums, and the structure of its
/// messages.
///
/// Nothing is unpacked to disk, and nothing is fetched. Values in the package are never printed: places are lines and JSON
/// Pointers. Exits with 0 when everything was checked and right, with 5 when something is wrong, with 3 when something
/// could not be checked.
#[derive(Debug, Args)]
pub struct PackageCommand {
    /// The package: a folder, or a ZIP.
    #[arg(value_name = "PATH")]
    package: PathBuf,
    /// Its list of files, in the package or beside it: JSON with `PhanPhoi`, or lines of a checksum and a name [default:
    /// every such list at the top of the package].
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// A JSON Schema (draft 2020-12) that every message must keep, besides that of the envelope.
    #[arg(long, value_name = "FILE")]
    schema: Vec<PathBuf>,
    /// A JSON Schema of the envelope instead of the one that ships (`thuocdo schema envelope`), or `none`.
    #[arg(long, value_name = "FILE|none")]
    envelope: Option<PathBuf>,
    /// Files of messages, by pattern [default: `*.json`, `*.ndjson` and `*.jsonl` in any folder].
    #[arg(long, value_name = "GLOB")]
    messages: Vec<String>,
    /// What a ZIP may unpack to, as `4GiB` [default: 1GiB, or 200 times its size].
    #[arg(long, value_name = "SIZE")]
    max_unpacked: Option<String>,
    /// What to print.
    #[arg(long, value_enum, default_value = "term")]
    format: Format,
    /// Write it into this file instead of printing it; what is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A page to read.
    Term,
    /// For programs.
    Json,
    /// For pipelines: a test case per file.
    Junit,
}

impl PackageCommand {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let inputs = [Some(&self.package), self.manifest.as_ref(), self.envelope.as_ref()];
        let inputs = inputs.into_iter().flatten().chain(&self.schema).map(PathBuf::as_path);
        output::spares(self.out.as_deref(), inputs)?;
        let most = self.max_unpacked.as_deref().map(amount).transpose()?;
        let structure = self.structure()?;
        let messages = self.messages()?;
        let mut package =
            Package::open(&self.package, most).map_err(|error| cards::refused(&self.package, error))?;
        let manifest = self.manifest.as_deref().map(|path| self.manifest(path, &package)).transpose()?;
        let name = self.package.display().to_string();
        let asked = Asked {
            package: &name,
            engine: concat!("thuocdo ", env!("CARGO_PKG_VERSION")),
            manifest,
            structure: &structure,
            messages,
        };
        let report = check(&mut package, &asked);
        self.write(&report, console)?;
        Ok(match report.verdict {
            Verdict::Sound => Exit::Passed,
            Verdict::Incomplete => Exit::Incomplete,
            Verdict::Rejected => Exit::Rejected,
        })
    }

    fn structure(&self) -> Result<Structure, Failure> {
        let mut structure = Structure::default();
        let mut wrong = Vec::new();
        let mut refused = |path: &Path, outcome: Result<(), SchemaError>| {
            if let Err(SchemaError { what: Text { en, vi }, hint }) = outcome {
                let path = path.display();
                let what = say!("`{path}`: {en}", "`{path}`: {vi}");
                wrong.push(Diagnostic { hint, ..Diagnostic::error(what) });
            }
        };
        match self.envelope.as_deref() {
            None => refused(Path::new(SHIPPED), structure.envelope(SHIPPED, ENVELOPE)),
            Some(path) if path == Path::new(NO_ENVELOPE) => {}
            Some(path) => refused(path, structure.envelope(&called(path), &cards::regular_text(path)?)),
        }
        for path in &self.schema {
            refused(path, structure.message(&called(path), &cards::regular_text(path)?));
        }
        if wrong.is_empty() { Ok(structure) } else { Err(Failure::Given(wrong)) }
    }

    fn messages(&self) -> Result<Option<GlobSet>, Failure> {
        if self.messages.is_empty() {
            return Ok(None);
        }
        let mut set = GlobSetBuilder::new();
        for pattern in &self.messages {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            set.add(glob.map_err(|_| no_pattern(pattern))?);
        }
        set.build().map(Some).map_err(|_| no_pattern(&self.messages.join(" ")))
    }

    /// A file on disk that is in the folder is one of the package; a name that is not on disk may be one in the ZIP.
    fn manifest(&self, path: &Path, package: &Package) -> Result<Named, Failure> {
        let inside = |name: String| {
            let is = package.members().iter().any(|member| member.path == name && member.kind == Kind::File);
            is.then_some(Named::Inside(name))
        };
        let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
        if path.exists() {
            let real = output::real(path);
            let member =
                real.strip_prefix(output::real(&self.package)).ok().and_then(|path| inside(slashed(path)));
            return match member {
                Some(member) => Ok(member),
                None => {
                    Ok(Named::Beside { name: path.display().to_string(), text: cards::regular_text(path)? })
                }
            };
        }
        inside(slashed(path)).ok_or_else(|| {
            let path = path.display();
            Failure::usage(
                say!(
                    "there is no list of files `{path}`, neither on disk nor in the package",
                    "không có danh sách tệp `{path}`, cả trên đĩa lẫn trong gói"
                ),
                say!("check the path of `--manifest`", "kiểm tra đường dẫn của `--manifest`"),
            )
        })
    }

    fn write(&self, report: &PackageReport, console: &Console) -> Result<(), Failure> {
        let style = match self.out {
            Some(_) => Style { lang: console.lang, ..Style::default() },
            None => console.style(),
        };
        let bytes = match self.format {
            Format::Term => report::package::term(report, &style),
            Format::Json => report.to_json().into_bytes(),
            Format::Junit => report::package::junit(report, style.lang),
        };
        let Some(path) = &self.out else { return console.print(&bytes) };
        output::write_whole(path, &bytes)?;
        let path = path.display();
        console.note(&say!("wrote {path}", "đã ghi {path}"));
        Ok(())
    }
}

fn amount(text: &str) -> Result<u64, Failure> {
    bytes(text).ok_or_else(|| {
        Failure::usage(
            say!("`{text}` is not an amount of bytes", "`{text}` không phải lượng byte"),
            say!("write `--max-unpacked` as 512MiB or 4GiB", "viết `--max-unpacked` dạng 512MiB hoặc 4GiB"),
        )
    })
}

/// A schema by the name of its file.
fn called(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn no_pattern(pattern: &str) -> Failure {
    Failure::usage(
        say!("`{pattern}` is not a pattern", "`{pattern}` không phải mẫu tên hợp lệ"),
        say!(
            "`*` stands for any part of a name, `**` for any folders",
            "`*` thay cho một phần tên, `**` thay cho các thư mục bất kỳ"
        ),
    )
}
