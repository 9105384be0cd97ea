use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::expression::Expression;
use crate::rule::{
    About, At, BindError, Binder, Bound, KeyWritten, Kind, LookUp, Node, OtherWritten, Paired, ParseContext,
    Reconciled, Reference, Sought, Spec, Words, expression,
};
use crate::say;

/// We have what the reference has.
#[derive(Debug)]
pub struct CoverageKind;

static ABOUT: About = About {
    name: "reconcile_coverage",
    title: Words {
        en: "records of the reference found here", vi: "có đủ bản ghi của dữ liệu tham chiếu"
    },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Key,
    scale: Scale::Defect,
    what: Words {
        en: "The keys of a table of reference exist in this table: what is counted are the reference's keys, each once, not \
             rows of ours. `in_scope`, an SQL condition on the reference's columns, says which of its rows must be ours; \
             the others are not applicable. Rows of the reference that are damaged are unknown, and where rows of ours \
             are damaged or lost, so is what was not found. `without_key` counts the reference's rows without a key, \
             `scope_unknown` those of which the condition says nothing.",
        vi: "Khóa của bảng tham chiếu tồn tại ở bảng này: đếm theo khóa của bảng tham chiếu, mỗi khóa một lần, không đếm dòng \
             của ta. `in_scope` là điều kiện SQL trên cột của bảng tham chiếu, cho biết dòng nào phải có ở ta; dòng khác \
             thì không áp dụng. Dòng hỏng của bảng tham chiếu là không đánh giá được; nếu bảng của ta có dòng hỏng, dòng \
             mất thì khóa không tìm thấy cũng vậy. `without_key` đếm dòng tham chiếu không có khóa, `scope_unknown` đếm \
             dòng mà điều kiện không kết luận được.",
    },
    why: Words {
        en: "Whoever is missing gets no service from this database, and no figure of it counts them.",
        vi: "Người, vật bị thiếu thì cơ sở dữ liệu này không phục vụ được, và số liệu nào cũng không tính đến họ.",
    },
    fix: Words {
        en: "Load what is missing; if the reference has too much (the dead, the moved, duplicates), report it to its owner.",
        vi: "Bổ sung bản ghi còn thiếu; nếu bảng tham chiếu thừa (người đã mất, đã chuyển đi, trùng) thì báo cơ quan chủ quản \
             của nó.",
    },
    example: "reconcile_coverage: { with: dan_cu.cong_dan, key: { so_dinh_danh: so }, in_scope: \"trang_thai = 'song'\" }",
};

#[derive(Debug)]
struct Coverage {
    paired: Paired,
    in_scope: Option<At<Expression>>,
}

/// As it is written.
#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReconcileCoverage")]
#[expect(dead_code, reason = "for the schema")]
struct Arguments {
    /// The table of reference: a table of this database, or `database.table`; or digests of it.
    with: OtherWritten,
    /// The columns by which a row of ours is a row of theirs; ours: theirs.
    key: KeyWritten,
    /// Which rows of the reference must be ours, as an SQL condition on its columns; all if left out.
    in_scope: Option<String>,
}

impl Kind for CoverageKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut fields = context.reader.fields(node)?;
        let paired = Paired::read(&mut fields, context);
        let in_scope = fields.optional("in_scope");
        fields.finish(context.reader);
        // Its columns are those of another table.
        if let Some(node) =
            in_scope.filter(|_| paired.as_ref().is_some_and(|paired| paired.agreement().is_some()))
        {
            let what = say!(
                "whoever makes the digests says which keys are in scope",
                "bên tạo tệp mã băm nêu những khóa nào phải có ở đây"
            );
            context.reader.error(&node.span, what).hint = Some(say!(
                "agree on it, and let them give it to `thuocdo digest --in-scope`",
                "hãy thống nhất với bên kia, và bên kia nêu ở `thuocdo digest --in-scope`"
            ));
            return None;
        }
        let in_scope = in_scope.map(|node| expression(context.reader, node, &[]));
        let in_scope = in_scope.map_or(Some(None), |scope| scope.map(Some));
        Some(Box::new(Coverage { paired: paired?, in_scope: in_scope? }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Arguments>()
    }
}

impl Spec for Coverage {
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
        Some(self.paired.look_up(Sought::Covered { in_scope: self.in_scope.clone() }))
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let key = super::key(&self.paired, binder)?;
        let look_up = self.paired.look_up(Sought::Covered { in_scope: self.in_scope.clone() });
        Ok(Bound::Reconciled(Reconciled { key, ours: None, look_up }))
    }
}
