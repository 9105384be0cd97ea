use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::regex::Regex;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::Pattern;
use crate::kernel::typed::LOCAL_OFFSET_SECONDS;
use crate::kernel::{Batch, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Seconds};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Fields, FoundFile, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "file",
    title: Words { en: "files as agreed", vi: "tệp đúng thỏa thuận" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The files of the table are as agreed: their size as stored (`min_bytes`, `max_bytes`), their name without \
             folders (`name`, a regular expression for the whole of it), the hash of their bytes (`sha256`, for a table \
             of one file), and that they were last written no longer ago than `modified_within`. Each file is one check; \
             so is each file too few (`min_files`), and each too many (`max_files`) fails. When a file was written is \
             asked of the file system: it is an input of the run like `as_of`, and copying files may change it. A file \
             written after the moment of the run is unknown to `modified_within`.",
        vi: "Các tệp của bảng đúng như thỏa thuận: kích thước lưu trữ (`min_bytes`, `max_bytes`), tên không kể thư mục \
             (`name`, biểu thức chính quy cho cả tên), mã băm nội dung (`sha256`, cho bảng chỉ có một tệp), và được ghi \
             lần cuối không quá `modified_within`. Mỗi tệp là một phép thử; mỗi tệp còn thiếu (`min_files`) cũng vậy, mỗi \
             tệp thừa (`max_files`) là lỗi. Thời điểm ghi lấy từ hệ thống tệp: đó là đầu vào của lần chạy như `as_of`, \
             sao chép tệp có thể làm thay đổi. Tệp ghi sau thời điểm đánh giá là không đo được với `modified_within`.",
    },
    why: Words {
        en: "A file that was cut off, or is last month's, can be full of perfect rows.",
        vi: "Tệp bị cắt, hoặc là tệp tháng trước, vẫn có thể đầy dòng hoàn hảo.",
    },
    fix: Words {
        en: "Have the file sent again, with its hash beside it.",
        vi: "Yêu cầu gửi lại tệp, kèm mã băm.",
    },
    example: "file: { min_bytes: 1000, modified_within: 1d, name: 'dan_cu_[0-9]{8}\\.csv' }",
};

arguments! {
    pub struct TableFiles {
        /// Fewest bytes of each file, as stored.
        min_bytes: Option<u64>,
        /// Most bytes of each file.
        max_bytes: Option<u64>,
        /// Fewest files of the table.
        min_files: Option<u64>,
        /// Most files of the table.
        max_files: Option<u64>,
        /// How long ago each file may have been written, such as `1d`.
        modified_within: Option<Seconds>,
        /// The hash of the file's bytes, 64 hexadecimal digits.
        sha256: Option<At<String>>,
        /// What the name of each file looks like, without folders: a regular expression.
        name: Option<Regex>,
    }
}

impl Arguments for TableFiles {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let mut wrong = |span, what| {
            context.reader.error(span, what);
            false
        };
        if let Some(hash) = &self.sha256
            && (hash.value.len() != 64 || !hash.value.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return wrong(
                &hash.span,
                say!("a SHA-256 hash has 64 hexadecimal digits", "mã băm SHA-256 có 64 chữ số thập lục phân"),
            );
        }
        for (low, high) in [(self.min_bytes, self.max_bytes), (self.min_files, self.max_files)] {
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                return wrong(
                    &at.span,
                    say!("no number is between {low} and {high}", "không có số nào nằm giữa {low} và {high}"),
                );
            }
        }
        let numbers = [self.min_bytes, self.max_bytes, self.min_files, self.max_files];
        if numbers == [None; 4]
            && self.modified_within.is_none()
            && self.sha256.is_none()
            && self.name.is_none()
        {
            return wrong(
                &at.span,
                say!(
                    "nothing is asked of the files: add `min_bytes`, `modified_within` …",
                    "chưa yêu cầu gì với tệp: thêm `min_bytes`, `modified_within` …"
                ),
            );
        }
        true
    }
}

impl Spec for TableFiles {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Delivered {
            bytes: (self.min_bytes.unwrap_or(0), self.max_bytes.unwrap_or(u64::MAX)),
            files: (self.min_files.unwrap_or(0), self.max_files.unwrap_or(u64::MAX)),
            modified_within: self.modified_within.map(|Seconds(seconds)| seconds),
            sha256: self.sha256.as_ref().map(|hash| hash.value.to_ascii_lowercase()),
            name: self.name.as_ref().map(|name| Arc::clone(&name.0)),
            as_of: binder.as_of_at_end().div_euclid(1_000_000),
        }))
    }
}

struct Delivered {
    bytes: (u64, u64),
    files: (u64, u64),
    /// Seconds.
    modified_within: Option<u64>,
    sha256: Option<String>,
    name: Option<Arc<Pattern>>,
    /// Seconds of local time.
    as_of: i64,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Files {
    tally: Tally,
    bytes: u64,
    reasons: BTreeMap<Cow<'static, str>, u64>,
}

impl State for Files {
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.bytes += other.bytes;
        for (reason, files) in other.reasons {
            *self.reasons.entry(reason).or_default() += files;
        }
    }
}

impl Delivered {
    /// What is asked of a file, and whether it is so; `None`: nobody can say.
    fn answers(&self, file: &FoundFile<'_>) -> [(&'static str, Option<bool>); 5] {
        let recent = self.modified_within.map_or(Some(true), |within| {
            let age = self.as_of - (file.modified? + LOCAL_OFFSET_SECONDS);
            u64::try_from(age).ok().map(|age| age <= within)
        });
        let hash = self.sha256.as_ref().map_or(Some(true), |hash| Some((file.sha256)()? == *hash));
        [
            ("too_small", Some(file.bytes >= self.bytes.0)),
            ("too_large", Some(file.bytes <= self.bytes.1)),
            ("misnamed", Some(self.name.as_ref().is_none_or(|name| name.is_match(file.name)))),
            ("too_old", recent),
            ("other_content", hash),
        ]
    }
}

impl Check for Delivered {
    type State = Files;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, _: &Batch<'_>, _: &Population, _: &mut Files) -> Option<RowVerdict> {
        None
    }

    fn observe(&self, found: &FoundFile<'_>, state: &mut Files) {
        state.bytes += found.bytes;
        let answers = self.answers(found);
        for (reason, _) in answers.iter().filter(|(_, fine)| *fine == Some(false)) {
            *state.reasons.entry((*reason).into()).or_default() += 1;
        }
        if answers.iter().any(|(_, fine)| *fine == Some(false)) {
            state.tally.fail += 1;
        } else if answers.iter().any(|(_, fine)| fine.is_none()) {
            state.tally.unknown += 1;
        } else {
            state.tally.pass += 1;
        }
    }

    fn measure(&self, _: Tally, state: &Files) -> Measure {
        let files = state.tally.applicable();
        let mut tally = state.tally;
        let (fewest, most) = self.files;
        tally.fail += fewest.saturating_sub(files);
        // Which of them are too many nobody can say: those that are fine otherwise, as far as there are any.
        let extra = files.saturating_sub(most);
        let fine = extra.min(tally.pass);
        let unsure = (extra - fine).min(tally.unknown);
        tally.pass -= fine;
        tally.unknown -= unsure;
        tally.fail += fine + unsure;
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new("files", files));
        measure.figures.push(Figure::new("bytes", state.bytes));
        let counts = [("missing_files", fewest.saturating_sub(files)), ("extra_files", extra)];
        let reasons = state.reasons.iter().map(|(name, count)| (name.as_ref(), *count));
        for (name, count) in counts.into_iter().chain(reasons).filter(|(_, count)| *count > 0) {
            measure.figures.push(Figure::new(name, count));
        }
        measure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check() -> Delivered {
        Delivered {
            bytes: (10, 20),
            files: (0, u64::MAX),
            modified_within: Some(86_400),
            sha256: Some("ab".repeat(32)),
            name: Pattern::new("a_[0-9]+\\.csv").ok().map(Arc::new),
            // 2026-11-21 00:00:00 local.
            as_of: 1_795_219_200,
        }
    }

    fn file<'f>(sha256: &'f dyn Fn() -> Option<String>) -> FoundFile<'f> {
        let modified = Some(1_795_219_200 - LOCAL_OFFSET_SECONDS - 86_400);
        FoundFile { name: "a_1.csv", bytes: 10, modified, sha256, columns: Vec::new(), typed: false }
    }

    fn outcome(check: &Delivered, files: &[FoundFile<'_>]) -> Measure {
        let mut state = Files::default();
        files.iter().for_each(|file| check.observe(file, &mut state));
        check.measure(Tally::default(), &state)
    }

    #[test]
    fn each_thing_that_is_asked_can_fail_by_itself() {
        let good = || Some("ab".repeat(32));
        let bad = || Some("cd".repeat(32));
        let none = || None;
        let one = |file: FoundFile<'_>| {
            let measure = outcome(&check(), &[file]);
            (measure.tally, measure.figures.last().map(|figure| figure.name.clone()).unwrap_or_default())
        };
        let failed = Tally::new(0, 1, 0, 0);
        let unknown = Tally::new(0, 0, 0, 1);
        let fine = file(&good);
        let modified = fine.modified.unwrap();
        assert_eq!(one(fine).0, Tally::new(1, 0, 0, 0), "a day is within a day");
        assert_eq!(one(FoundFile { bytes: 9, ..file(&good) }), (failed, "too_small".to_owned()));
        assert_eq!(one(FoundFile { bytes: 21, ..file(&good) }), (failed, "too_large".to_owned()));
        assert_eq!(one(FoundFile { name: "xa_1.csv", ..file(&good) }), (failed, "misnamed".to_owned()));
        let older = FoundFile { modified: Some(modified - 1), ..file(&good) };
        assert_eq!(one(older), (failed, "too_old".to_owned()));
        let later = FoundFile { modified: Some(modified + 86_401), ..file(&good) };
        assert_eq!(one(later).0, unknown, "it was written after the moment of the run");
        assert_eq!(one(FoundFile { modified: None, ..file(&good) }).0, unknown);
        assert_eq!(one(file(&bad)), (failed, "other_content".to_owned()));
        assert_eq!(one(file(&none)).0, unknown);
    }

    #[test]
    fn files_too_few_and_too_many() {
        let good = || Some("ab".repeat(32));
        let two = [file(&good), FoundFile { bytes: 9, ..file(&good) }];
        let few = outcome(&Delivered { files: (5, 9), ..check() }, &two);
        assert_eq!(few.tally, Tally::new(1, 4, 0, 0));
        let many = outcome(&Delivered { files: (0, 1), ..check() }, &two);
        assert_eq!(many.tally, Tally::new(0, 2, 0, 0));
    }
}
