use schemars::{Schema, SchemaGenerator, json_schema};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::expression::Expression;
use crate::kernel::{Batch, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Condition, Demand, Kind, Node, ParseContext, Spec, Words,
    expression,
};

/// A condition over the columns of one row holds.
#[derive(Debug)]
pub struct ExpectKind;

static ABOUT: About = About {
    name: "expect",
    title: Words { en: "condition on rows", vi: "điều kiện của từng dòng" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "An SQL condition over one row is true. Logic is three-valued: a row on which the condition is neither \
             true nor false, because a value is absent, is not applicable; a row on which it cannot be evaluated \
             (division by zero, a failing CAST) is unknown.",
        vi: "Một điều kiện SQL trên từng dòng là đúng. Logic ba giá trị: dòng mà điều kiện không đúng cũng không sai vì \
             thiếu giá trị thì không áp dụng; dòng không tính được (chia cho 0, CAST lỗi) thì không đo được.",
    },
    why: Words {
        en: "Facts that contradict each other cannot both be right, even if each looks right by itself.",
        vi: "Hai dữ kiện mâu thuẫn không thể cùng đúng, dù từng cái trông hợp lệ.",
    },
    fix: Words {
        en: "Find out which side of the condition is wrong; correct that one at its source.",
        vi: "Xác định vế nào sai và sửa tại nguồn.",
    },
    example: "expect: \"ngay_cap >= ngay_sinh\"",
};

#[derive(Debug)]
struct Expect {
    expression: At<Expression>,
}

impl Kind for ExpectKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        Some(Box::new(Expect { expression: expression(context.reader, node, context.columns)? }))
    }

    fn schema(&self, _: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "An SQL condition over the columns of one row." })
    }
}

impl Spec for Expect {
    fn columns(&self) -> Vec<At<String>> {
        let at = |column: &String| At { value: column.clone(), span: self.expression.span.clone() };
        self.expression.value.columns().iter().map(at).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Holds(self.expression.value.shape(), self.expression.value.literals())]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Holds(Condition::bind(&self.expression, binder)?)))
    }
}

struct Holds(Condition);

impl Check for Holds {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let truth = self.0.evaluate(batch);
        let mut applicable = &truth.is_true | &truth.is_false;
        if let Some(failed) = &truth.failed {
            applicable = &applicable | failed;
        }
        Some(RowVerdict::new(applicable, truth.is_false).with_unknown(truth.failed))
    }
}
