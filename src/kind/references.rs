use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::ColumnId;
use crate::kernel::key::{Absent, KeyJudge, KeySpec};
use crate::rule::arguments::{Arguments, Choice, Column, Columns, Field};
use crate::rule::{
    About, Asked, AskedSpec, At, BindError, Binder, Bound, Fields, Listing, Node, ParseContext, Question,
    Reference, Spec, Words, day_column,
};
use crate::say;

static ABOUT: About = About {
    name: "references",
    title: Words { en: "references that exist", vi: "tham chiếu tồn tại" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "The values of these columns exist in columns of another table, of the same database or of another one of the \
             run (then it is a matter of consistency). Values are compared in canonical form. `absent` says what becomes of \
             rows in which one of them is absent: `skip` (not applicable, SQL's MATCH SIMPLE), `fail` (a defect, unless all \
             are absent; MATCH FULL), `equal` (absent equals absent). With `valid_at` the other row must be in force on the \
             row's date, from `valid_from` to `valid_to` of the other table, both days included; an absent end is open, and \
             a row that ends before it begins is never in force. Rows without a date are not applicable; where a date \
             cannot be read, the row is unknown.",
        vi: "Giá trị của các cột này tồn tại ở các cột của một bảng khác, trong cùng cơ sở dữ liệu hoặc ở cơ sở dữ liệu \
             khác của lần chấm (khi đó thuộc chiều thống nhất). So sánh trên dạng chuẩn. `absent` cho biết xử lý dòng thiếu \
             một trong các giá trị: `skip` (không áp dụng, như MATCH SIMPLE của SQL), `fail` (là lỗi, trừ khi thiếu tất cả; \
             MATCH FULL), `equal` (thiếu bằng thiếu). Với `valid_at`, dòng kia phải có hiệu lực vào ngày của dòng này, từ \
             `valid_from` đến `valid_to` của bảng kia, kể cả hai ngày; bỏ trống đầu nào thì đầu ấy không giới hạn, dòng có \
             ngày hết hiệu lực trước ngày bắt đầu thì không bao giờ có hiệu lực. Dòng không có ngày thì không áp dụng; ngày \
             không đọc được thì dòng là không đánh giá được.",
    },
    why: Words {
        en: "A reference to nothing (an orphan) cannot be followed, joined or shared.",
        vi: "Tham chiếu đến thứ không tồn tại (bản ghi mồ côi) thì không tra cứu, không kết nối được.",
    },
    fix: Words {
        en: "Load the missing parents, or correct the referring codes.",
        vi: "Bổ sung bản ghi gốc còn thiếu, hoặc sửa mã tham chiếu.",
    },
    example: "references: { columns: [ma_xa], to: xa.ma }",
};

arguments! {
    pub struct References {
        #[schemars(flatten)]
        columns: Referring,
        /// `table.column`, `database.table.column`, or `{ database: …, table: …, columns: [ … ] }`.
        to: Reference,
        /// What becomes of rows in which a referring column is absent (default `skip`).
        absent: Option<WhereAbsent>,
        /// The column with the date on which the other row must be in force.
        valid_at: Option<Column>,
        /// The other table's column with the first day on which a row is in force.
        valid_from: Option<At<String>>,
        /// The other table's column with the last.
        valid_to: Option<At<String>>,
    }
}

/// Under `columns`, or one under `column`.
#[derive(Debug)]
struct Referring(Columns);

impl Field for Referring {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        Columns::of(node, context).map(Self)
    }

    fn read(key: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let one = fields.optional("column");
        let node = if one.is_some() { one } else { fields.required(key, context.reader) };
        Self::of(node?, context)
    }

    fn columns(&self, all: &mut Vec<At<String>>) {
        self.0.columns(all);
    }
}

/// The keys of [`Referring`], for the JSON Schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `Referring` holds what was read")]
struct ReferringKeys {
    /// The referring columns.
    columns: Option<Columns>,
    /// The referring column, if there is one.
    column: Option<Columns>,
}

impl JsonSchema for Referring {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Referring".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ReferringKeys::json_schema(generator)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum WhereAbsent {
    Skip,
    Equal,
    Fail,
}

impl Choice for WhereAbsent {
    const WORDS: &'static [(&'static str, Self)] =
        &[("skip", Self::Skip), ("equal", Self::Equal), ("fail", Self::Fail)];

    fn what() -> Text {
        say!("way with absent values", "cách xử lý giá trị thiếu")
    }
}

impl Arguments for References {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let dated = self.valid_from.is_some() || self.valid_to.is_some();
        let what = match (self.absent, &self.valid_at) {
            (Some(WhereAbsent::Fail), _) if self.columns.0.len() == 1 => say!(
                "one column cannot be absent in part; `not_null` asks for its values",
                "một cột không thể thiếu một phần; dùng `not_null` để đòi có giá trị"
            ),
            (_, Some(_)) if !dated => say!(
                "`valid_at` needs `valid_from` or `valid_to`, columns of the other table",
                "`valid_at` cần `valid_from` hoặc `valid_to` là cột của bảng kia"
            ),
            (_, None) if dated => say!("`valid_at` is missing", "thiếu `valid_at`"),
            _ => return self.to.pairs_with(&self.columns.0, at, context),
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl References {
    /// Whether it asks for more than that a whole key is among others.
    fn asks_more(&self) -> bool {
        self.valid_at.is_some() || self.absent.is_some_and(|absent| absent != WhereAbsent::Skip)
    }

    fn asked(&self) -> Asked {
        let absent = match self.absent {
            Some(WhereAbsent::Equal) => Absent::Equal,
            _ => Absent::Skip,
        };
        let days =
            [&self.valid_from, &self.valid_to].map(|name| name.as_ref().map(|name| name.value.clone()));
        let question = if self.valid_at.is_some() { Question::Holds } else { Question::Exists };
        Asked { listing: Listing { absent, days, ..Listing::of(&self.to) }, question }
    }
}

impl Spec for References {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    /// One database cannot be clean of another's orphans: what is not there is not shared.
    fn dimension(&self) -> Option<Dimension> {
        self.to.database.is_some().then_some(Dimension::Consistency)
    }

    fn refers_to(&self) -> Option<&Reference> {
        Some(&self.to)
    }

    fn asks(&self) -> Option<Asked> {
        self.asks_more().then(|| self.asked())
    }

    fn distinction(&self) -> String {
        self.to.table_name()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let key: Vec<ColumnId> =
            self.columns.0.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        if !self.asks_more() {
            let judge = KeyJudge::In(self.to.key());
            return Ok(Bound::Keys(KeySpec { columns: key, absent: Absent::Skip, judge }));
        }
        let at = self.valid_at.as_ref().map(|name| day_column(name, binder)).transpose()?;
        let absent = match self.absent {
            None | Some(WhereAbsent::Skip) => Absent::Skip,
            Some(WhereAbsent::Equal) => Absent::Equal,
            Some(WhereAbsent::Fail) => Absent::Full,
        };
        Ok(Bound::Asked(AskedSpec { key, absent, at, asked: self.asked() }))
    }
}
