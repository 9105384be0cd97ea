//! The numbers by which a database is proposed to be kept, cleaned, restructured or rebuilt: a file that comes with the
//! program, or a user's copy of it. They are policy; each says where it comes from.

use std::sync::{Arc, LazyLock};

use sha2::{Digest as _, Sha256};

use super::CriterionId;
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Level, Text};
use crate::rule::node::{self, Node};
use crate::rule::{Fields, Reader};
use crate::say;
use crate::score::Grade;

/// What the file says that it is.
const ID: &str = "rebuild-1";

const SHIPPED: &str = include_str!("../../../rules/methodologies/rebuild.yaml");

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criteria {
    pub months: u32,
    /// Per cent of rule weight.
    pub coverage: u32,
    pub schema_points_below: u32,
    pub keys_bad_above: u32,
    pub linked_below: u32,
    pub update_points_below: u32,
    pub update_cycles: u32,
    pub clean_below: u32,
    pub mendable_below: u32,
    pub working_at_most: u32,
    pub restructure_from: u32,
    pub rebuild_from: u32,
    pub rebuild_if_all: Vec<CriterionId>,
    pub keep_grade: Grade,
    /// Where the numbers of a section come from, by its name.
    sources: Vec<(&'static str, Text)>,
    hash: String,
}

/// The sections of the file, in its order.
const SECTIONS: [&str; 8] =
    ["reports", "schema", "keys", "links", "updates", "records", "connections", "proposals"];

impl Criteria {
    /// Those that come with the program.
    pub fn shipped() -> &'static Self {
        static CRITERIA: LazyLock<Criteria> = LazyLock::new(|| {
            let name = "rules/methodologies/rebuild.yaml".to_owned();
            // A test reads it, so there is always one.
            let file = Arc::new(SourceText { name, text: SHIPPED.to_owned() });
            Criteria::onto(Criteria::none(), &file).unwrap_or_else(|_| Criteria::none())
        });
        &CRITERIA
    }

    /// Reads a copy; what it leaves out is as in the file that comes with the program.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        Self::onto(Self::shipped().clone(), file)
    }

    fn none() -> Self {
        Self {
            months: 1,
            coverage: 100,
            schema_points_below: 0,
            keys_bad_above: 100,
            linked_below: 0,
            update_points_below: 0,
            update_cycles: 1,
            clean_below: 0,
            mendable_below: 0,
            working_at_most: 0,
            restructure_from: 1,
            rebuild_from: 1,
            rebuild_if_all: Vec::new(),
            keep_grade: Grade::A,
            sources: Vec::new(),
            hash: String::new(),
        }
    }

    fn onto(base: Self, file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
        let mut reader = Reader::new(Arc::clone(file));
        let mut criteria = base;
        if let Some(fields) = reader.fields(&tree) {
            criteria.read_sections(fields, &mut reader);
        }
        if criteria.rebuild_from < criteria.restructure_from {
            let (rebuild, restructure) = (criteria.rebuild_from, criteria.restructure_from);
            reader.error(
                &tree.span,
                say!(
                    "rebuilding from {rebuild} criteria on leaves none for restructuring from {restructure} on",
                    "làm lại từ {rebuild} tiêu chí thì không còn mức tái cấu trúc từ {restructure} tiêu chí"
                ),
            );
        }
        if reader.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            return Err(reader.diagnostics);
        }
        let digest = Sha256::digest(criteria.canonical().as_bytes());
        criteria.hash = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Ok(criteria)
    }

    fn read_sections(&mut self, mut fields: Fields<'_>, reader: &mut Reader) {
        if let Some(node) = fields.required("criteria", reader) {
            reader.choice(node, &say!("set of criteria", "bộ tiêu chí"), &[(ID, ())]);
        }
        for name in SECTIONS {
            let Some(mut fields) = fields.optional(name).and_then(|node| reader.fields(node)) else {
                continue;
            };
            if name == "proposals" {
                self.read_proposals(&mut fields, reader);
            }
            for (section, key, value, bounds) in self.numbers() {
                if section == name {
                    set(value, fields.optional(key), reader, bounds);
                }
            }
            if let Some(source) = fields.optional("source").and_then(|node| reader.bilingual(node)) {
                self.sources.retain(|(section, _)| *section != name);
                self.sources.push((name, source));
            }
            fields.finish(reader);
        }
        fields.finish(reader);
    }

    fn read_proposals(&mut self, fields: &mut Fields<'_>, reader: &mut Reader) {
        if let Some(node) = fields.optional("rebuild_if_all") {
            let words = CriterionId::ALL.map(|id| (id.name(), id));
            let items = reader.items(node).into_iter();
            let what = say!("criterion", "tiêu chí");
            self.rebuild_if_all = items.filter_map(|item| reader.choice(item, &what, &words)).collect();
        }
        if let Some(node) = fields.optional("keep_grade") {
            let words = [("A", Grade::A), ("B", Grade::B), ("C", Grade::C), ("D", Grade::D)];
            if let Some(grade) = reader.choice(node, &say!("grade", "hạng"), &words) {
                self.keep_grade = grade;
            }
        }
    }

    /// Every number, with its section, its key and its bounds.
    fn numbers(&mut self) -> [(&'static str, &'static str, &mut u32, [u32; 2]); 12] {
        const PERCENT: [u32; 2] = [0, 100];
        const SOME: [u32; 2] = [1, 6];
        [
            ("reports", "months", &mut self.months, [1, 36]),
            ("reports", "coverage", &mut self.coverage, PERCENT),
            ("schema", "points_below", &mut self.schema_points_below, PERCENT),
            ("keys", "bad_above", &mut self.keys_bad_above, PERCENT),
            ("links", "linked_below", &mut self.linked_below, PERCENT),
            ("updates", "points_below", &mut self.update_points_below, PERCENT),
            ("updates", "cycles", &mut self.update_cycles, [1, 1_000]),
            ("records", "clean_below", &mut self.clean_below, PERCENT),
            ("records", "mendable_below", &mut self.mendable_below, PERCENT),
            ("connections", "working_at_most", &mut self.working_at_most, [0, 1_000]),
            ("proposals", "restructure_from", &mut self.restructure_from, SOME),
            ("proposals", "rebuild_from", &mut self.rebuild_from, SOME),
        ]
    }

    /// Everything that decides, as one text.
    fn canonical(&self) -> String {
        let mut copy = self.clone();
        let numbers = copy.numbers().map(|(section, key, value, _)| format!("{section}.{key}={value}"));
        let all: Vec<&str> = self.rebuild_if_all.iter().map(|id| id.name()).collect();
        format!("{};all={};keep={}", numbers.join(";"), all.join("+"), self.keep_grade.id())
    }

    /// Name and hash of the numbers.
    pub fn id(&self) -> String {
        format!("{ID}+{}", self.hash)
    }

    pub fn is_shipped(&self) -> bool {
        self.hash == Self::shipped().hash
    }

    /// What each section demands, in words, and where its numbers come from.
    pub fn told(&self) -> Vec<(Option<CriterionId>, Text, Text)> {
        let source = |section: &str| {
            let of = self.sources.iter().find(|(name, _)| *name == section);
            of.map(|(_, source)| source.clone()).unwrap_or_default()
        };
        let of = |id: CriterionId, section| (Some(id), self.told_of(id), source(section));
        let Self { months, coverage, restructure_from, rebuild_from, .. } = self;
        let all: Vec<&str> = self.rebuild_if_all.iter().map(|id| id.name()).collect();
        let (all, grade) = (all.join(" ∧ "), self.keep_grade.id());
        vec![
            (
                None,
                say!(
                    "{months} consecutive monthly reports, each with at least {coverage} % of rule weight measured; a criterion counts if it is \
                     true in all of them",
                    "{months} báo cáo tháng liên tiếp, mỗi báo cáo đo được ít nhất {coverage} % trọng số quy tắc; tiêu chí chỉ tính khi đúng \
                     trong mọi báo cáo"
                ),
                source("reports"),
            ),
            of(CriterionId::R1, "schema"),
            of(CriterionId::R2, "keys"),
            of(CriterionId::R3, "links"),
            of(CriterionId::R4, "updates"),
            of(CriterionId::R5, "records"),
            of(CriterionId::R6, "connections"),
            (
                None,
                say!(
                    "none true and grade {grade} or better: keep; from {restructure_from}: restructure; from {rebuild_from}, or {all}: rebuild; \
                     else clean",
                    "không tiêu chí nào đúng và hạng {grade} trở lên: giữ; từ {restructure_from}: tái cấu trúc; từ {rebuild_from}, hoặc {all}: \
                     làm lại; còn lại: làm sạch"
                ),
                source("proposals"),
            ),
        ]
    }

    fn told_of(&self, id: CriterionId) -> Text {
        let Self { schema_points_below, keys_bad_above, linked_below, .. } = self;
        let Self { update_points_below, update_cycles, clean_below, mendable_below, working_at_most, .. } =
            self;
        match id {
            CriterionId::R1 => say!(
                "conformity to the agreed schema below {schema_points_below} points",
                "mức tuân thủ lược đồ đã cam kết dưới {schema_points_below} điểm"
            ),
            CriterionId::R2 => say!(
                "identity key absent or not unique in more than {keys_bad_above} % of the records of a main table",
                "khóa định danh thiếu hoặc trùng ở trên {keys_bad_above} % bản ghi của một bảng chính"
            ),
            CriterionId::R3 => say!(
                "fewer than {linked_below} % of keys linked to the master data",
                "dưới {linked_below} % khóa liên kết được với dữ liệu gốc, dữ liệu chủ"
            ),
            CriterionId::R4 => say!(
                "freshness below {update_points_below} points, and no update for {update_cycles} cycles or more",
                "chiều Sống dưới {update_points_below} điểm và không cập nhật từ {update_cycles} chu kỳ trở lên"
            ),
            CriterionId::R5 => say!(
                "fewer than {clean_below} % of records clean, and fewer than {mendable_below} % of failures that a program can mend",
                "dưới {clean_below} % bản ghi sạch và dưới {mendable_below} % lỗi sửa tự động được"
            ),
            CriterionId::R6 => say!(
                "at most {working_at_most} mandated connections working",
                "có nhiều nhất {working_at_most} kết nối bắt buộc hoạt động"
            ),
        }
    }
}

fn set(value: &mut u32, node: Option<&Node>, reader: &mut Reader, [least, greatest]: [u32; 2]) {
    let Some(node) = node else { return };
    let Some(number) = reader.integer::<u32>(node) else { return };
    if (least..=greatest).contains(&number) {
        *value = number;
        return;
    }
    reader.error(
        &node.span,
        say!(
            "{number} is not between {least} and {greatest}",
            "{number} không nằm trong khoảng {least} đến {greatest}"
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Criteria, Vec<String>> {
        let file = Arc::new(SourceText { name: "c.yaml".to_owned(), text: text.to_owned() });
        Criteria::read(&file).map_err(|found| found.into_iter().map(|it| it.what.en).collect())
    }

    #[test]
    fn the_shipped_file_says_what_the_method_says() {
        let shipped = Criteria::shipped();
        assert_eq!(
            shipped.canonical(),
            "reports.months=3;reports.coverage=90;schema.points_below=50;keys.bad_above=5;links.linked_below=50;\
             updates.points_below=10;updates.cycles=4;records.clean_below=50;records.mendable_below=30;\
             connections.working_at_most=0;proposals.restructure_from=2;proposals.rebuild_from=4;all=R1+R2+R3;keep=B"
        );
        assert!(
            shipped.told().iter().all(|(_, text, source)| text.en != text.vi
                && !source.vi.is_empty()
                && !source.en.is_empty())
        );
    }

    #[test]
    fn a_copy_changes_what_it_names() {
        let copy = read("criteria: rebuild-1\nkeys: { bad_above: 1, source: QĐ 1 }\n").unwrap();
        assert_eq!((copy.keys_bad_above, copy.months, copy.is_shipped()), (1, 3, false));
        assert!(
            copy.told().iter().any(|(id, _, source)| *id == Some(CriterionId::R2) && source.vi == "QĐ 1")
        );
        assert!(read("criteria: rebuild-1\n").unwrap().is_shipped());
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = read(
            "criteria: rebuild-1\nkeys: { bad_above: 101 }\nreports: { month: 3 }\nproposals: { rebuild_from: 1, rebuild_if_all: [R9], keep_grade: E }\n",
        )
        .unwrap_err();
        assert_eq!(wrong.len(), 5, "{wrong:?}");
        assert_eq!(read("keys: { bad_above: 1 }\n").unwrap_err(), ["`criteria` is missing"]);
    }
}
