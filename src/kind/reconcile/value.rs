use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::likeness::Likeness;
use crate::rule::{
    About, Agreement, At, BindError, Binder, Bound, Compare, KeyWritten, Kind, LookUp, Node, OtherWritten,
    Paired, ParseContext, Reconciled, Reference, Sought, Spec, Words, likeness, settled,
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
    /// Theirs, with the column that is compared, if theirs is a table.
    to: Option<Reference>,
}

/// As it is written.
#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReconcileValue")]
#[expect(dead_code, reason = "for the schema")]
struct Arguments {
    /// The table of reference: a table of this database, or `database.table`; or digests of it.
    with: OtherWritten,
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
        let agreement = paired.as_ref().and_then(Paired::agreement);
        let likeness = match agreement {
            None => likeness(compare, width, context.reader),
            Some(agreement) => {
                for node in [compare, width].into_iter().flatten() {
                    settled(&node.span, context.reader);
                }
                let theirs = to.as_ref().map_or(column.as_ref(), Option::as_ref);
                theirs.and_then(|theirs| agreed(theirs, agreement, context))
            }
        };
        let (paired, column, likeness) = (paired?, column?, likeness?);
        let theirs = to.unwrap_or_else(|| Some(column.clone()))?;
        let mut to = paired.reference().cloned();
        if let Some(to) = &mut to {
            to.columns.push(theirs.clone());
        }
        Some(Box::new(Value { column, theirs: theirs.value, likeness, paired, to }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

/// How an attribute is compared by the agreement.
fn agreed(name: &At<String>, agreement: &Agreement, context: &mut ParseContext<'_>) -> Option<Likeness> {
    let mut attributes = agreement.attributes.iter();
    let found = attributes.find(|attribute| attribute.name == name.value);
    if found.is_none() {
        let known: Vec<&str> = agreement.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        let name_text = &name.value;
        let what = say!(
            "the agreement has no attribute `{name_text}`",
            "thỏa thuận không có thuộc tính `{name_text}`"
        );
        context.reader.unknown(name, what, known);
    }
    found.map(|attribute| attribute.likeness)
}

impl Spec for Value {
    fn columns(&self) -> Vec<At<String>> {
        let mut columns = self.paired.ours.clone();
        columns.push(self.column.clone());
        columns
    }

    fn distinction(&self) -> String {
        self.paired.name()
    }

    fn refers_to(&self) -> Option<&Reference> {
        self.to.as_ref()
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
