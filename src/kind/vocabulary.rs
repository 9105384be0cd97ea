//! What other data-quality tools check, and how the same is said here: every check type of a survey of twenty of them
//! (Great Expectations, Soda, Deequ, Pointblank, dbt, ODCS, DQX, dataframely, cuallee, pandera, frictionless, Griffin,
//! whylogs, OpenMetadata, DQOps, term-guard, dataprof, qsv, floe, rocky; state of 2026), or the reason why not.

use crate::rule::Words;

/// A check type by a neutral name, and the answer to it.
pub struct Entry {
    pub group: Group,
    pub check: Words,
    pub answer: Answer,
}

pub enum Answer {
    /// A rule that says it, as `kind` or `kind: argument, argument`.
    Rule(&'static str),
    /// Every rule has it, or the rule file says it elsewhere.
    Everywhere(Words),
    /// It is not said here, and why.
    Not(Words),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Shape,
    Completeness,
    Uniqueness,
    Validity,
    Row,
    Statistics,
    Time,
}

impl Group {
    pub const fn title(self) -> Words {
        match self {
            Self::Shape => Words { en: "Shape, schema and file", vi: "Hình dạng, cấu trúc và tệp" },
            Self::Completeness => Words { en: "Completeness", vi: "Đầy đủ" },
            Self::Uniqueness => Words { en: "Uniqueness", vi: "Duy nhất" },
            Self::Validity => Words { en: "Validity of a value", vi: "Giá trị hợp lệ" },
            Self::Row => {
                Words { en: "Across the columns of a row", vi: "Giữa các cột của một dòng" }
            }
            Self::Statistics => Words { en: "Distribution and statistics", vi: "Phân bố và thống kê" },
            Self::Time => Words { en: "Freshness and time", vi: "Tính sống và thời gian" },
        }
    }
}

const fn rule(group: Group, en: &'static str, vi: &'static str, rule: &'static str) -> Entry {
    Entry { group, check: Words { en, vi }, answer: Answer::Rule(rule) }
}

const fn everywhere(
    group: Group,
    check: (&'static str, &'static str),
    how: (&'static str, &'static str),
) -> Entry {
    let check = Words { en: check.0, vi: check.1 };
    Entry { group, check, answer: Answer::Everywhere(Words { en: how.0, vi: how.1 }) }
}

const fn not(group: Group, check: (&'static str, &'static str), why: (&'static str, &'static str)) -> Entry {
    let check = Words { en: check.0, vi: check.1 };
    Entry { group, check, answer: Answer::Not(Words { en: why.0, vi: why.1 }) }
}

const HISTORY: (&str, &str) = (
    "needs earlier runs, which `trend` and `compare` show; no rule judges them",
    "cần các lần chạy trước: xem bằng `trend` và `compare`; không có quy tắc nào đánh giá",
);

pub const VOCABULARY: &[Entry] = {
    use Group::{Completeness, Row, Shape, Statistics, Time, Uniqueness, Validity};
    &[
        rule(Shape, "number of rows, range", "số dòng, khoảng", "row_count: min, max"),
        rule(
            Shape,
            "number of rows against a control total",
            "số dòng so với số đối soát",
            "row_count: expected",
        ),
        rule(
            Shape,
            "number of rows against another table",
            "số dòng so với bảng khác",
            "aggregate_match: with, measure, by, tolerance",
        ),
        rule(
            Shape,
            "rows that arrived in a window",
            "số dòng đến trong một khoảng thời gian",
            "rows_per: time, every, min, max",
        ),
        rule(Shape, "number of columns", "số cột", "schema: columns"),
        rule(Shape, "a column exists", "có một cột", "schema: contain"),
        rule(
            Shape,
            "columns match a set, in order, contain, do not contain",
            "cột khớp tập, đúng thứ tự, có, không có",
            "schema: exact, ordered, contain, forbid",
        ),
        rule(Shape, "column names match a pattern", "tên cột khớp mẫu", "schema: names"),
        rule(Shape, "schema against the declared one", "cấu trúc so với khai báo", "schema"),
        rule(
            Shape,
            "schema against a data dictionary shared by several databases",
            "cấu trúc so với từ điển dữ liệu dùng chung",
            "dictionary: file, entity, map, closed",
        ),
        rule(
            Shape,
            "type of a column; share of values that comply",
            "kiểu của cột; tỷ lệ giá trị đúng kiểu",
            "type: column, type",
        ),
        rule(
            Shape,
            "type found in a text column, and its drift",
            "kiểu phát hiện trong cột văn bản và sự trôi kiểu",
            "detected_type: column, is",
        ),
        everywhere(
            Shape,
            ("schema drift since the last run", "cấu trúc trôi so với lần trước"),
            (
                "`thuocdo drift --against` compares with other data or with a snapshot of an earlier run",
                "`thuocdo drift --against` so với dữ liệu khác hoặc bản chụp của lần chạy trước",
            ),
        ),
        rule(
            Shape,
            "the file is there, its size and number",
            "có tệp, dung lượng và số tệp",
            "file: min_bytes, max_bytes, min_files, max_files",
        ),
        everywhere(
            Shape,
            (
                "structure of the file: ragged rows, header, duplicate names, encoding",
                "cấu trúc tệp: dòng lệch cột, tiêu đề, tên trùng, bảng mã",
            ),
            (
                "every reader reports it; damaged rows are unknown to every rule",
                "mọi bộ đọc đều báo; dòng hỏng là không đo được với mọi quy tắc",
            ),
        ),
        rule(Shape, "hash of the file", "mã băm của tệp", "file: sha256"),
        rule(Completeness, "not null", "không thiếu", "not_null"),
        everywhere(
            Completeness,
            ("share of complete values", "tỷ lệ giá trị đầy đủ"),
            (
                "every rule gives its exact counts and rate; a gate is a matter of the run",
                "mọi quy tắc cho số đếm và tỷ lệ chính xác; ngưỡng đặt ở lần chạy",
            ),
        ),
        rule(
            Completeness,
            "any, all, at least n of some columns",
            "một, mọi, ít nhất n trong các cột",
            "filled: columns, min, max",
        ),
        rule(Completeness, "the whole row is complete", "cả dòng đầy đủ", "filled: columns, min"),
        rule(
            Completeness,
            "not empty, not only white space",
            "không rỗng, không chỉ có khoảng trắng",
            "not_null",
        ),
        everywhere(
            Completeness,
            ("placeholders count as missing", "giá trị giữ chỗ tính là thiếu"),
            (
                "everywhere, with a published list; `placeholders` of a column",
                "ở mọi quy tắc, theo danh sách công bố; `placeholders` của cột",
            ),
        ),
        rule(
            Completeness,
            "structured missingness: only declared reasons, together in a row",
            "thiếu có cấu trúc: chỉ lý do đã khai, cùng thiếu trong dòng",
            "missingness: columns, together, reasons",
        ),
        rule(
            Completeness,
            "a column is not entirely empty",
            "cột không rỗng hoàn toàn",
            "aggregate: function, min",
        ),
        everywhere(
            Completeness,
            ("conditional completeness", "đầy đủ có điều kiện"),
            ("`when` of any rule", "`when` của mọi quy tắc"),
        ),
        rule(
            Completeness,
            "rows deleted since the last run, against a list of deletions",
            "dòng bị xóa so với lần trước, đối chiếu danh sách đã xóa",
            "no_unexplained_deletion: tombstone, in_scope",
        ),
        rule(
            Completeness,
            "new rows since the last run that are alike or not logged",
            "dòng mới so với lần trước giống nhau hoặc không có trong nhật ký",
            "padding: alike, except, inserts",
        ),
        rule(
            Completeness,
            "gaps that were filled with one value since the last run",
            "chỗ trống được điền cùng một giá trị so với lần trước",
            "constant_filling: column, at_most, rise, at_least",
        ),
        rule(
            Completeness,
            "every entity of another table has a record",
            "mọi đối tượng của bảng khác có bản ghi",
            "reconcile_coverage: with, key, in_scope",
        ),
        rule(
            Completeness,
            "every code, day or value that is expected appears",
            "mọi mã, ngày hay giá trị phải có đều xuất hiện",
            "coverage: column, of, within",
        ),
        rule(
            Completeness,
            "1:1 and 1:n relations between tables",
            "quan hệ 1:1, 1:n giữa các bảng",
            "cardinality: key, of, at_least, at_most, exactly",
        ),
        rule(
            Uniqueness,
            "unique column, composite key, conditional",
            "cột duy nhất, khóa ghép, có điều kiện",
            "unique",
        ),
        rule(
            Uniqueness,
            "uniqueness and distinctness as a ratio",
            "tỷ lệ duy nhất, tỷ lệ phân biệt",
            "aggregate: function",
        ),
        rule(
            Uniqueness,
            "number of distinct values",
            "số giá trị khác nhau",
            "aggregate: function, min, max",
        ),
        rule(
            Uniqueness,
            "distinct values as many as in another table",
            "số giá trị khác nhau bằng bảng khác",
            "aggregate_match: with, measure, theirs",
        ),
        rule(Uniqueness, "duplicate rows", "dòng trùng", "duplicate_rows"),
        rule(
            Uniqueness,
            "values of one row differ",
            "các giá trị trong dòng khác nhau",
            "distinct_within: columns",
        ),
        rule(Uniqueness, "sequence without gaps", "dãy không đứt quãng", "gapless: column, step"),
        rule(
            Uniqueness,
            "increasing, decreasing",
            "tăng dần, giảm dần",
            "increasing: column, strict, decreasing",
        ),
        rule(
            Uniqueness,
            "near-duplicates of persons and things",
            "gần trùng người và vật",
            "duplicate_fuzzy: columns, blocks, similarity",
        ),
        rule(Validity, "in a set, not in a set", "thuộc tập, không thuộc tập", "in_set: values, forbidden"),
        rule(Validity, "code list, dated", "danh mục, theo thời điểm", "in_set: code_list, valid_at"),
        rule(
            Validity,
            "distinct values: subset, equal, contain, all in use, most common",
            "tập giá trị: con, bằng, chứa, dùng hết, phổ biến nhất",
            "value_set: relation, values",
        ),
        rule(
            Validity,
            "between, greater, less, positive, not negative",
            "trong khoảng, lớn hơn, nhỏ hơn, dương, không âm",
            "in_range: min, max",
        ),
        rule(Validity, "number of zeros and negatives", "số giá trị 0 và âm", "aggregate: function"),
        rule(Validity, "length, number of words, bytes", "độ dài, số từ, số byte", "length: min, max, unit"),
        rule(Validity, "letter case", "chữ hoa, chữ thường", "letter_case: case"),
        rule(
            Validity,
            "one letter case, one style, one form in a column",
            "một kiểu hoa thường, một cách viết trong cột",
            "consistent: by",
        ),
        rule(Validity, "surrounded by white space", "có khoảng trắng hai đầu", "clean_text"),
        rule(Validity, "ASCII only, allowed characters", "chỉ ASCII, ký tự cho phép", "charset: allow"),
        rule(Validity, "truncated at a field's length", "bị cắt ở độ dài trường", "length: max"),
        rule(
            Validity,
            "regular expression, none of, any of",
            "biểu thức chính quy, không khớp, khớp một",
            "matches: regex, not_regex",
        ),
        rule(Validity, "LIKE, NOT LIKE", "LIKE, NOT LIKE", "matches: like, not_like"),
        rule(
            Validity,
            "named format: email, URL, IBAN, card, ISBN …",
            "định dạng có tên: email, URL, IBAN, thẻ, ISBN …",
            "matches: format",
        ),
        rule(
            Validity,
            "country, currency, language codes",
            "mã quốc gia, tiền tệ, ngôn ngữ",
            "matches: format",
        ),
        rule(
            Validity,
            "national identifiers, with check digits",
            "mã định danh quốc gia, có số kiểm tra",
            "matches: format",
        ),
        rule(
            Validity,
            "can be read as a type or date format",
            "đọc được theo kiểu hoặc định dạng ngày",
            "type: type, formats",
        ),
        rule(Validity, "not in the future", "không ở tương lai", "in_range: max"),
        rule(
            Validity,
            "decimals and precision",
            "số thập phân và độ chính xác",
            "precision: digits, decimals",
        ),
        rule(Validity, "JSON, its keys, JSON Schema", "JSON, các khóa, JSON Schema", "json: keys, schema"),
        not(
            Validity,
            ("geometries", "hình học"),
            (
                "no geometry type is read; latitude, longitude and geohash are formats",
                "chưa đọc kiểu hình học; vĩ độ, kinh độ, geohash là định dạng",
            ),
        ),
        not(
            Validity,
            ("lookup in a list on the network", "tra danh sách trên mạng"),
            (
                "rules never use the network; keep the list as a file",
                "quy tắc không dùng mạng; lưu danh sách thành tệp",
            ),
        ),
        rule(
            Row,
            "one column against another, with tolerance",
            "so hai cột, có dung sai",
            "compare: left, op, right, tolerance",
        ),
        rule(Row, "sums across columns", "tổng các cột", "compare: left, right"),
        rule(Row, "pairs of values in a set", "cặp giá trị thuộc tập", "expect"),
        rule(Row, "any condition; conjunctions and alternatives", "điều kiện bất kỳ; và, hoặc", "expect"),
        rule(Row, "at least n days before or after", "trước hoặc sau ít nhất n ngày", "compare: op, plus"),
        rule(
            Row,
            "date ranges of one key exclude each other",
            "khoảng ngày của một khóa không chồng nhau",
            "no_overlap: from, to, per",
        ),
        rule(Row, "order of events per key", "thứ tự sự kiện theo khóa", "event_order: event, order, per"),
        rule(
            Row,
            "versions and events of exchanged records",
            "phiên bản và sự kiện của bản ghi trao đổi",
            "envelope: record, event, version",
        ),
        rule(Row, "functional dependency", "phụ thuộc hàm", "determines: from, to"),
        rule(
            Statistics,
            "minimum, maximum, mean, median, sum, deviation, variance, quantile, range",
            "nhỏ nhất, lớn nhất, trung bình, trung vị, tổng, độ lệch, phương sai, phân vị, khoảng",
            "aggregate: function, q",
        ),
        rule(Statistics, "entropy, correlation", "entropy, tương quan", "aggregate: function, with"),
        not(
            Statistics,
            ("skewness, kurtosis, mutual information", "độ lệch, độ nhọn, thông tin tương hỗ"),
            (
                "nobody gates on them; `distribution` compares the whole shape",
                "không ai đặt ngưỡng theo chúng; `distribution` so cả hình dạng",
            ),
        ),
        rule(
            Statistics,
            "distribution against a baseline: PSI, KS, chi-square",
            "phân bố so với mốc: PSI, KS, khi bình phương",
            "distribution: baseline, test",
        ),
        rule(
            Statistics,
            "outliers: IQR, z-score, MAD",
            "ngoại lai: IQR, z-score, MAD",
            "outliers: method, threshold, per",
        ),
        rule(Statistics, "first-digit law, heaping of digits", "luật chữ số đầu, dồn chữ số", "digits: test"),
        rule(Statistics, "constant column", "cột hằng", "aggregate: function, min"),
        not(
            Statistics,
            ("hypothesis tests (t-test)", "kiểm định giả thuyết (t-test)"),
            (
                "all rows are counted, nothing is a sample; compare with bounds or a baseline",
                "đếm mọi dòng, không có mẫu; hãy so với cận hoặc mốc",
            ),
        ),
        rule(
            Time,
            "update times that moved since the last run without a change of content",
            "thời điểm cập nhật bị đổi so với lần trước mà nội dung giữ nguyên",
            "touched_without_change: column, except",
        ),
        not(
            Statistics,
            (
                "moving deviations, change since n days, forecasts",
                "độ lệch trượt, thay đổi sau n ngày, dự báo",
            ),
            HISTORY,
        ),
        not(
            Statistics,
            ("machine-learned row anomalies", "dị thường theo học máy"),
            ("a score must be explainable and repeatable", "điểm số phải giải thích được và tính lại được"),
        ),
        rule(Time, "age of the newest value", "tuổi của giá trị mới nhất", "heartbeat: column, cycle"),
        rule(
            Time,
            "advancement since the last run",
            "tiến lên so với lần chạy trước",
            "advanced: column, since",
        ),
        rule(
            Time,
            "age of every record; retention",
            "tuổi của từng hồ sơ; thời hạn lưu",
            "record_age: column, cycle",
        ),
        rule(
            Time,
            "rows per window, gaps in a series",
            "số dòng mỗi khoảng, đứt quãng trong chuỗi",
            "rows_per: time, every, per",
        ),
        rule(Time, "freshness per group", "tính sống theo nhóm", "heartbeat: per"),
        rule(
            Time,
            "delay from event to record",
            "độ trễ từ sự kiện đến ghi nhận",
            "latency: event, recorded",
        ),
        rule(Time, "age of the extract file itself", "tuổi của chính tệp dữ liệu", "file: modified_within"),
        rule(Time, "weekdays, working days", "ngày trong tuần, ngày làm việc", "expect"),
        rule(
            Time,
            "deadlines by a calendar of holidays",
            "hạn theo lịch nghỉ lễ",
            "share_request: received, answered, within, calendar",
        ),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// What the table promises exists: the kind, and each argument in its JSON Schema.
    #[test]
    fn every_answer_can_be_written() {
        let mut missing = Vec::new();
        for entry in VOCABULARY {
            let Answer::Rule(rule) = &entry.answer else { continue };
            let (name, arguments) = rule.split_once(": ").unwrap_or((rule, ""));
            let Some(kind) = super::super::find(name) else {
                missing.push(name.to_owned());
                continue;
            };
            let mut generator = schemars::SchemaGenerator::default();
            let schema = kind.schema(&mut generator);
            let text =
                format!("{} {}", serde_json::json!(schema), serde_json::json!(generator.definitions()));
            let arguments = arguments.split(", ").filter(|argument| !argument.is_empty());
            missing.extend(
                arguments
                    .filter(|argument| !text.contains(&format!("\"{argument}\"")))
                    .map(|argument| format!("{name}: {argument}")),
            );
        }
        assert!(missing.is_empty(), "{missing:?}");
    }
}
