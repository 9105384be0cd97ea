use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::ColumnType;
use crate::kernel::likeness::Likeness;
use crate::rule::arguments::Choice;
use crate::rule::{
    About, At, BindError, Binder, Bound, KeyWritten, Kind, LookUp, Node, Paired, ParseContext, Reconciled,
    Reference, Sought, Spec, WithWritten, Words, pad,
};
use crate::say;

/// The reference says the same of a column.
#[derive(Debug)]
pub struct ValueKind;

static ABOUT: About = About {
    name: "reconcile_value",
    title: Words { en: "values agree with the reference", vi: "giá trị khớp dữ liệu tham chiếu" },
    dimension: Dimension::Correctness,
    severity: Severity::Critical,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Where a key is found in the table of reference, both say the same of a column (`column`; `to` if theirs has \
             another name). Where the key is not found (`not_found`), or one side has no value, the row is not \
             applicable. `compare`: `exact`, canonical values, numbers and dates however written; `name`, without regard \
             to case, spaces and the place of tone marks; `partial_date`, as far as both know the date; `code`, without \
             regard to case and leading zeros, or filled up to `pad`. A reference that contradicts itself (`ambiguous`) \
             or cannot be read leaves the row unknown. Of a disagreement nobody knows yet which side is wrong: findings \
             go to both.",
        vi: "Khi khóa tìm thấy ở bảng tham chiếu thì hai bên ghi giống nhau ở một cột (`column`; `to` nếu cột của họ tên \
             khác). Không tìm thấy khóa (`not_found`) hoặc một bên thiếu giá trị thì không áp dụng. `compare`: `exact` so \
             giá trị chuẩn, số và ngày viết cách nào cũng được; `name` không phân biệt hoa thường, khoảng trắng, vị trí \
             dấu thanh; `partial_date` so phần ngày mà cả hai bên biết; `code` không phân biệt hoa thường, bỏ số 0 ở đầu \
             hoặc thêm cho đủ `pad` chữ số. Dữ liệu tham chiếu tự mâu thuẫn (`ambiguous`) hoặc không đọc được thì không \
             đánh giá được. Khi hai bên lệch nhau thì chưa biết bên nào sai: kết quả gửi cho cả hai bên.",
    },
    why: Words {
        en: "Two databases that say different things of one person or thing cannot both be right, and whoever is asked \
             answers differently.",
        vi: "Hai cơ sở dữ liệu ghi khác nhau về cùng một người, một vật thì không thể cùng đúng; hỏi mỗi nơi trả lời một \
             kiểu.",
    },
    fix: Words {
        en: "Check against the paper record. Correct it here if the reference is right; if the reference is wrong, report \
             it to its owner.",
        vi: "Tra hồ sơ gốc. Dữ liệu tham chiếu đúng thì sửa tại đây; dữ liệu tham chiếu sai thì báo cơ quan chủ quản của nó.",
    },
    example: "reconcile_value: { with: dan_cu.cong_dan, key: { so_dinh_danh: so }, column: ma_xa, to: xa, compare: code, pad: 5 }",
};

#[derive(Debug)]
struct Value {
    column: At<String>,
    theirs: String,
    likeness: Likeness,
    paired: Paired,
    /// Theirs, with the column that is compared.
    to: Reference,
}

/// As it is written.
#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReconcileValue")]
#[expect(dead_code, reason = "for the schema")]
struct Arguments {
    /// The table of reference: a table of this database, or `database.table`.
    with: WithWritten,
    /// The columns by which a row of ours is a row of theirs; ours: theirs.
    key: KeyWritten,
    /// Our column.
    column: String,
    /// Theirs, if it has another name.
    to: Option<String>,
    /// `exact` (default), `name`, `partial_date`, `code`.
    compare: Option<Compare>,
    /// For codes: digits are filled up with zeros to so many.
    pad: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Compare {
    Exact,
    Name,
    PartialDate,
    Code,
}

impl Choice for Compare {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("exact", Self::Exact),
        ("name", Self::Name),
        ("partial_date", Self::PartialDate),
        ("code", Self::Code),
    ];

    fn what() -> Text {
        say!("way to compare", "cách so sánh")
    }
}

impl Kind for ValueKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let paired = Paired::read(&mut fields, context);
        let column = fields.required("column", context.reader);
        let to = fields.optional("to");
        let compare = fields.optional("compare");
        let width = fields.optional("pad");
        fields.finish(context.reader);
        let column = column.and_then(|node| context.reader.text(node));
        let to = to.map(|node| context.reader.text(node));
        let compare = compare
            .map(|node| context.reader.choice(node, &Compare::what(), Compare::WORDS))
            .map_or(Some(Compare::Exact), |word| word);
        let pad_at = width.map(|node| node.span.clone());
        let width = width.map(|node| pad(node, context)).map_or(Some(None), |width| width.map(Some));
        let (compare, width) = (compare?, width?);
        if let (Some(at), false) = (&pad_at, compare == Compare::Code) {
            context.reader.error(at, say!("only codes are filled up", "chỉ mã mới thêm số 0")).hint =
                Some(say!("write `compare: code`", "viết `compare: code`"));
            return None;
        }
        let (paired, column) = (paired?, column?);
        let theirs = to.unwrap_or_else(|| Some(column.clone()))?;
        let mut to = paired.to.clone();
        to.columns.push(theirs.clone());
        let likeness = match compare {
            Compare::Exact => Likeness::Exact,
            Compare::Name => Likeness::Name,
            Compare::PartialDate => Likeness::PartialDate,
            Compare::Code => Likeness::Code { pad: width },
        };
        Some(Box::new(Value { column, theirs: theirs.value, likeness, paired, to }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for Value {
    fn columns(&self) -> Vec<At<String>> {
        let mut columns = self.paired.ours.clone();
        columns.push(self.column.clone());
        columns
    }

    fn distinction(&self) -> String {
        self.to.table_name()
    }

    fn refers_to(&self) -> Option<&Reference> {
        Some(&self.to)
    }

    fn looks_up(&self) -> Option<LookUp> {
        let sought = Sought::Values { column: self.theirs.clone(), likeness: self.likeness };
        Some(self.paired.look_up(sought))
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let key = super::key(&self.paired, binder)?;
        let column = match self.likeness {
            Likeness::PartialDate => binder.column_as(&self.column, ColumnType::Date, None)?,
            _ => binder.column(&self.column)?,
        };
        let sought = Sought::Values { column: self.theirs.clone(), likeness: self.likeness };
        Ok(Bound::Reconciled(Reconciled {
            key,
            ours: Some((column, self.likeness)),
            look_up: self.paired.look_up(sought),
        }))
    }
}
