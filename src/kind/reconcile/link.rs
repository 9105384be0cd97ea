use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::rule::{
    About, At, BindError, Binder, Bound, KeyWritten, Kind, LookUp, Node, OtherWritten, Paired, ParseContext,
    Reconciled, Reference, Sought, Spec, Words,
};

/// Our keys exist in the reference.
#[derive(Debug)]
pub struct LinkKind;

static ABOUT: About = About {
    name: "reconcile_link",
    title: Words { en: "keys that the reference knows", vi: "khóa có trong dữ liệu tham chiếu" },
    dimension: Dimension::Consistency,
    severity: Severity::Critical,
    unit: Unit::Key,
    scale: Scale::Defect,
    what: Words {
        en: "The keys of this table exist in a table of reference (`with`), of another database of the run or of this one. \
             A row without a key is not applicable. `key` pairs our columns with theirs; `pad` fills digits up with \
             zeros on both sides, so that a number and a text with leading zeros can meet. Where rows of the reference \
             are damaged, what was not found is unknown.",
        vi: "Khóa của bảng này tồn tại ở bảng tham chiếu (`with`), thuộc cơ sở dữ liệu khác của lần chấm hoặc chính cơ sở \
             dữ liệu này. Dòng không có khóa thì không áp dụng. `key` ghép cột của ta với cột của họ; `pad` thêm số 0 ở \
             đầu cho đủ chữ số ở cả hai bên, để số và chuỗi có số 0 ở đầu so được với nhau. Nếu bảng tham chiếu có dòng \
             hỏng thì khóa không tìm thấy là không đánh giá được.",
    },
    why: Words {
        en: "A record that the reference does not know cannot be shared or joined: its key is wrong, or the reference \
             lacks it.",
        vi: "Bản ghi mà dữ liệu gốc không biết thì không chia sẻ, không kết nối được: hoặc khóa sai, hoặc dữ liệu gốc còn \
             thiếu.",
    },
    fix: Words {
        en: "Look the record up: correct the key here, or have the owner of the reference add what it lacks.",
        vi: "Tra lại hồ sơ: sửa khóa tại đây, hoặc đề nghị cơ quan chủ quản dữ liệu gốc bổ sung.",
    },
    example: "reconcile_link: { with: dan_cu.cong_dan, key: { so_dinh_danh: { column: so, pad: 12 } } }",
};

#[derive(Debug)]
struct Link {
    paired: Paired,
}

/// As it is written.
#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReconcileLink")]
#[expect(dead_code, reason = "for the schema")]
struct Arguments {
    /// The table of reference: a table of this database, or `database.table`; or digests of it.
    with: OtherWritten,
    /// The columns by which a row of ours is a row of theirs; ours: theirs.
    key: KeyWritten,
}

impl Kind for LinkKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let paired = Paired::read(&mut fields, context);
        fields.finish(context.reader);
        Some(Box::new(Link { paired: paired? }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for Link {
    fn columns(&self) -> Vec<At<String>> {
        self.paired.ours.clone()
    }

    fn distinction(&self) -> String {
        self.paired.name()
    }

    fn refers_to(&self) -> Option<&Reference> {
        self.paired.reference()
    }

    fn looks_up(&self) -> Option<LookUp> {
        Some(self.paired.look_up(Sought::Keys))
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let key = super::key(&self.paired, binder)?;
        Ok(Bound::Reconciled(Reconciled { key, ours: None, look_up: self.paired.look_up(Sought::Keys) }))
    }
}
