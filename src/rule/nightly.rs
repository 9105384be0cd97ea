//! The plan of a nightly run: which databases, by which rules, from where, with what limits, and where everything goes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::is_id;
use super::node::{self, At, Node, Value};
use super::notify::{self, NotifySpec};
use super::reader::{Fields, Reader};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Level, Place, bytes};
use crate::say;

/// The version of the plan language that this engine speaks.
const VERSION: u32 = 1;

/// A plan, with all paths as they are to be opened.
#[derive(Debug)]
pub struct NightPlan {
    /// In logs, notices and metrics.
    pub name: String,
    pub as_of: Moment,
    pub profile: Option<String>,
    pub roll_up: Option<String>,
    pub databases: Vec<Planned>,
    /// All that the run writes to, as far as the plan names it: by which key, where, and at which place of the plan.
    pub outputs: Vec<(&'static str, PathBuf, Place)>,
    /// What is kept from run to run.
    pub state: PathBuf,
    pub out: PathBuf,
    /// Names of formats that the scorecard is written in beside JSON.
    pub formats: Vec<(String, Place)>,
    pub history: Option<PathBuf>,
    pub metrics: Option<PathBuf>,
    pub log: PathBuf,
    pub limits: Limits,
    /// Who is told.
    pub notify: Option<NotifySpec>,
    /// Failing rows to list for each rule.
    pub examples: Option<usize>,
}

impl NightPlan {
    /// The run may take so much memory whatever the plan says, and no database more than that.
    pub fn allow(&mut self, memory: u64) {
        self.limits.memory = Some(memory);
        for planned in &mut self.databases {
            planned.limits.memory = planned.limits.memory.map(|own| own.min(memory));
        }
    }
}

/// The moment to which ages are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The midnight with which the day of the run begins.
    Today,
    Now,
    /// As written.
    At(String),
}

/// Rule files of one or several databases, and where their extracts are.
#[derive(Debug)]
pub struct Planned {
    pub rules: Vec<PathBuf>,
    pub data: PathBuf,
    pub limits: Limits,
    pub place: Place,
}

/// What is not said is up to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Databases at a time; of the whole run only.
    pub parallel: Option<u16>,
    /// Of all databases together, or of one.
    pub threads: Option<u16>,
    /// Bytes, of all databases together, or of one.
    pub memory: Option<u64>,
    /// Seconds for one database.
    pub time: Option<u64>,
}

impl Limits {
    /// These limits, and those of `base` where these say nothing.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            parallel: self.parallel.or(base.parallel),
            threads: self.threads.or(base.threads),
            memory: self.memory.or(base.memory),
            time: self.time.or(base.time),
        }
    }
}

/// Reads a plan. Paths in it are relative to `folder`, where it lies.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(file: &Arc<SourceText>, folder: &Path) -> Result<NightPlan, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut reader = Reader::new(Arc::clone(file));
    let plan = PlanReader { reader: &mut reader, folder, outputs: Vec::new() }.plan(&tree);
    if reader.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(reader.diagnostics);
    }
    // Without an error nothing is missing.
    plan.ok_or(reader.diagnostics)
}

struct PlanReader<'r> {
    reader: &'r mut Reader,
    folder: &'r Path,
    /// What the run writes to.
    outputs: Vec<(&'static str, PathBuf, Place)>,
}

impl PlanReader<'_> {
    fn plan(mut self, tree: &Node) -> Option<NightPlan> {
        let mut fields = self.reader.fields(tree)?;
        self.version(&mut fields);
        let name = fields.required("name", self.reader).and_then(|node| self.name(node));
        let as_of = fields.optional("as_of").and_then(|node| self.reader.text(node));
        let profile = self.word(&mut fields, "profile", &["local", "vn-4", "vn-6"]);
        let roll_up = self.word(&mut fields, "roll_up", &["run", "agencies", "nation"]);
        let data = fields.optional("data").and_then(|node| self.path(node)).map(|(path, _)| path);
        let state = fields.required("state", self.reader).and_then(|node| self.output("state", node));
        let out = fields.required("out", self.reader).and_then(|node| self.output("out", node));
        let formats = fields.optional("formats").map(|node| self.reader.texts(node)).unwrap_or_default();
        let history = fields.optional("history").and_then(|node| self.output("history", node));
        let metrics = fields.optional("metrics").and_then(|node| self.output("metrics", node));
        let log = fields.optional("log").and_then(|node| self.output("log", node));
        let limits = fields.optional("limits").map(|node| self.limits(node, true)).unwrap_or_default();
        let notify = fields.optional("notify").and_then(|node| notify::read(node, self.reader));
        let examples = fields.optional("examples").and_then(|node| self.reader.integer(node));
        let databases = fields.required("databases", self.reader);
        let databases: Vec<Planned> = databases
            .map(|node| self.reader.items(node))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|node| self.database(node, data.as_deref()))
            .collect();
        fields.finish(self.reader);
        if databases.is_empty() && self.reader.diagnostics.is_empty() {
            self.reader.error(&tree.span, say!("the plan names no database", "kế hoạch không nêu CSDL nào"));
        }
        for planned in &databases {
            if let (Some(own), Some(all)) = (planned.limits.memory, limits.memory)
                && own > all
            {
                let what = say!(
                    "its memory limit is beyond that of the whole run",
                    "giới hạn bộ nhớ của nó lớn hơn giới hạn của cả lần chạy"
                );
                self.reader.error(&planned.place.span, what);
            }
        }
        let state = state?;
        Some(NightPlan {
            name: name?,
            as_of: match as_of.as_ref().map(|at| at.value.as_str()) {
                None | Some("today") => Moment::Today,
                Some("now") => Moment::Now,
                Some(text) => Moment::At(text.to_owned()),
            },
            profile,
            roll_up,
            databases,
            outputs: self.outputs,
            log: log.unwrap_or_else(|| state.join("run.jsonl")),
            state,
            out: out?,
            formats: formats.into_iter().map(|at| (at.value, self.reader.place(&at.span))).collect(),
            history,
            metrics,
            limits,
            notify,
            examples,
        })
    }

    fn version(&mut self, fields: &mut Fields<'_>) {
        let Some(node) = fields.required("thuocdo-plan", self.reader) else { return };
        if let Some(version) = self.reader.integer::<u32>(node).filter(|&version| version != VERSION) {
            let what = say!(
                "version {version} of plans is not known to this engine",
                "công cụ này không biết phiên bản kế hoạch {version}"
            );
            self.reader.error(&node.span, what).hint = Some(say!(
                "write `thuocdo-plan: {VERSION}`, or update thuocdo",
                "viết `thuocdo-plan: {VERSION}`, hoặc cập nhật thuocdo"
            ));
        }
    }

    fn name(&mut self, node: &Node) -> Option<String> {
        let name = self.reader.text(node)?;
        if !is_id(&name.value) {
            let value = &name.value;
            let what = say!("`{value}` cannot be a name", "`{value}` không thể làm tên");
            self.reader.error(&name.span, what).hint = Some(say!(
                "use letters, digits, `_`, `-` and `.`; start with a letter or digit",
                "dùng chữ, số, `_`, `-` và `.`; bắt đầu bằng chữ hoặc số"
            ));
            return None;
        }
        Some(name.value)
    }

    fn word(&mut self, fields: &mut Fields<'_>, key: &'static str, known: &[&'static str]) -> Option<String> {
        let node = fields.optional(key)?;
        let words: Vec<(&'static str, &'static str)> = known.iter().map(|word| (*word, *word)).collect();
        let what = if key == "profile" {
            say!("profile", "bộ tiêu chí")
        } else {
            say!("scope of a roll-up", "phạm vi tổng hợp")
        };
        self.reader.choice(node, &what, &words).map(str::to_owned)
    }

    /// A path as it is to be opened.
    fn path(&mut self, node: &Node) -> Option<(PathBuf, std::ops::Range<usize>)> {
        let text = self.reader.text(node)?;
        if text.value.trim().is_empty() {
            self.reader.error(&text.span, say!("a path must not be empty", "đường dẫn không được để trống"));
            return None;
        }
        Some((self.folder.join(&text.value), text.span))
    }

    fn output(&mut self, key: &'static str, node: &Node) -> Option<PathBuf> {
        let (path, span) = self.path(node)?;
        self.outputs.push((key, path.clone(), self.reader.place(&span)));
        Some(path)
    }

    fn database(&mut self, node: &Node, data: Option<&Path>) -> Option<Planned> {
        let place = self.reader.place(&node.span);
        if let Value::Scalar { .. } = &node.value {
            // A rule file by itself.
            let (rules, span) = self.path(node)?;
            let data = self.data(data, &span)?;
            return Some(Planned { rules: vec![rules], data, limits: Limits::default(), place });
        }
        let mut fields = self.reader.fields(node)?;
        let rules = fields.required("rules", self.reader).map(|node| self.reader.items(node));
        let rules: Vec<PathBuf> =
            rules.unwrap_or_default().into_iter().filter_map(|node| Some(self.path(node)?.0)).collect();
        let own = fields.optional("data").map(|node| self.path(node));
        let limits = fields.optional("limits").map(|node| self.limits(node, false)).unwrap_or_default();
        fields.finish(self.reader);
        let data = match own {
            Some(own) => own?.0,
            None => self.data(data, &node.span)?,
        };
        (!rules.is_empty()).then_some(Planned { rules, data, limits, place })
    }

    fn data(&mut self, data: Option<&Path>, span: &std::ops::Range<usize>) -> Option<PathBuf> {
        if data.is_none() {
            let what = say!("where are its extracts?", "dữ liệu kết xuất của nó ở đâu?");
            self.reader.error(span, what).hint = Some(say!(
                "write `data: FOLDER` here, or once for all databases at the top",
                "ghi `data: THƯ_MỤC` ở đây, hoặc một lần cho mọi CSDL ở đầu tệp"
            ));
        }
        data.map(Path::to_owned)
    }

    fn limits(&mut self, node: &Node, whole: bool) -> Limits {
        let Some(mut fields) = self.reader.fields(node) else { return Limits::default() };
        let parallel = if whole { fields.optional("parallel") } else { None };
        let limits = Limits {
            parallel: parallel.and_then(|node| self.count(node)),
            threads: fields.optional("threads").and_then(|node| self.count(node)),
            memory: fields.optional("memory").and_then(|node| self.memory(node)),
            time: fields.optional("time").and_then(|node| self.reader.duration(node)),
        };
        fields.finish(self.reader);
        limits
    }

    fn count(&mut self, node: &Node) -> Option<u16> {
        let count = self.reader.integer::<u16>(node)?;
        if !(1..=1024).contains(&count) {
            self.reader.error(&node.span, say!("it is from 1 to 1024", "phải từ 1 đến 1024"));
            return None;
        }
        Some(count)
    }

    fn memory(&mut self, node: &Node) -> Option<u64> {
        let text = self.reader.text(node)?;
        let amount = bytes::bytes(&text.value).filter(|&bytes| bytes >= 64 << 20);
        if amount.is_none() {
            let At { value, span } = &text;
            let what = say!(
                "`{value}` is not an amount of memory of 64 MiB or more",
                "`{value}` không phải lượng bộ nhớ từ 64 MiB trở lên"
            );
            self.reader.error(span, what).hint =
                Some(say!("write it as 512MiB or 2GiB", "viết dạng 512MiB hoặc 2GiB"));
        }
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<NightPlan, Vec<String>> {
        let file = Arc::new(SourceText { name: "nightly.yaml".to_owned(), text: text.to_owned() });
        read(&file, Path::new("/srv"))
            .map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    const PLAN: &str = "thuocdo-plan: 1\nname: dem\ndata: extracts\nstate: state\nout: out\ndatabases:\n  - rules/a.yaml\n  \
                        - { rules: [b.yaml, c.yaml], data: /other, limits: { time: 30m, memory: 2GiB } }\n";

    #[test]
    fn paths_are_those_of_the_plan_and_limits_are_read() {
        let plan = plan(PLAN).unwrap();
        assert_eq!(plan.databases[0].rules, [Path::new("/srv/rules/a.yaml")]);
        assert_eq!(plan.databases[0].data, Path::new("/srv/extracts"));
        assert_eq!(plan.databases[1].data, Path::new("/other"));
        let limits = Limits { time: Some(1_800), memory: Some(2 << 30), ..Limits::default() };
        assert_eq!(plan.databases[1].limits, limits);
        let mut less = self::plan(PLAN).unwrap();
        less.allow(1 << 30);
        assert_eq!((less.limits.memory, less.databases[1].limits.memory), (Some(1 << 30), Some(1 << 30)));
        assert_eq!(less.databases[0].limits.memory, None, "an even share");
        assert_eq!((plan.as_of, plan.log), (Moment::Today, PathBuf::from("/srv/state/run.jsonl")));
    }

    #[test]
    fn every_error_is_told_at_once() {
        let bad = PLAN.replace("name: dem", "name: đêm nay").replace("30m", "1 year").replace("2GiB", "2G")
            + "profil: vn-4\nlimits: { parallel: 0 }\n";
        assert_eq!(plan(&bad).unwrap_err().len(), 5);
        assert!(plan("thuocdo-plan: 2\n").unwrap_err()[0].contains("version 2"));
    }

    #[test]
    fn a_database_needs_data_and_no_more_memory_than_there_is() {
        let said = plan(&PLAN.replace("data: extracts\n", "")).unwrap_err();
        assert_eq!(said, ["where are its extracts?"]);
        let said = plan(&format!("{PLAN}limits: {{ memory: 1GiB }}\n")).unwrap_err();
        assert_eq!(said, ["its memory limit is beyond that of the whole run"]);
        assert_eq!(plan("thuocdo-plan: 1\nname: a\nstate: s\nout: o\ndatabases: []\n").unwrap_err().len(), 1);
    }
}
