use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, Asked, At, BindError, Binder, Bound, Fields, Listing, Node, ParseContext, Question, Reference,
    Scope, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "cardinality",
    title: Words {
        en: "as many rows of another table as allowed",
        vi: "số dòng của bảng khác đúng mức cho phép",
    },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "For the key of every row, another table (`of`, of this database or of another one of the run) has at least \
             `at_least` and at most `at_most` rows, or `exactly` so many: 1 on both sides is 1:1. `in_scope`, an SQL \
             condition on the other table's columns, says which of its rows count. Rows without a key are not \
             applicable. Rows of the other table that are damaged could have any key: where they could decide, our row \
             is unknown. Compared as `references` does.",
        vi: "Với khóa của mỗi dòng, một bảng khác (`of`, cùng cơ sở dữ liệu hoặc cơ sở dữ liệu khác của lần chấm) có ít \
             nhất `at_least`, nhiều nhất `at_most` dòng, hoặc đúng `exactly` dòng: cả hai bên đều 1 là quan hệ 1:1. \
             `in_scope` là điều kiện SQL trên cột của bảng kia, cho biết dòng nào được đếm. Dòng không có khóa thì không \
             áp dụng. Dòng hỏng của bảng kia có thể mang khóa bất kỳ: nếu có thể làm đổi kết luận thì dòng của ta là \
             không đánh giá được. So sánh như `references`.",
    },
    why: Words {
        en: "A household without members, or a certificate with two parcels where one is allowed, is wrong although every \
             row by itself is right.",
        vi: "Hộ không có nhân khẩu, giấy chứng nhận ghi hai thửa khi chỉ được một: từng dòng đều đúng mà dữ liệu vẫn sai.",
    },
    fix: Words {
        en: "Too few: load the missing rows, or delete what nothing belongs to. Too many: look for duplicates and for wrong \
             references.",
        vi: "Thiếu: bổ sung dòng còn thiếu, hoặc xóa bản ghi không có gì thuộc về. Thừa: tìm bản ghi trùng và tham chiếu sai.",
    },
    example: "cardinality: { key: ma_ho, of: xa.ma_ho, at_least: 1, at_most: 20 }",
};

arguments! {
    pub struct Cardinality {
        /// Our columns of the key.
        key: Columns,
        /// The other table and its columns of the key: `table.column`, `database.table.column`, or
        /// `{ database: …, table: …, columns: [ … ] }`.
        of: Reference,
        /// Fewest rows of it for one key.
        at_least: Option<u64>,
        /// Most rows of it.
        at_most: Option<u64>,
        /// So many rows of it.
        exactly: Option<u64>,
        /// Which of its rows count, as an SQL condition on its columns; all if left out.
        in_scope: Option<Scope>,
    }
}

impl Cardinality {
    fn bounds(&self) -> (u64, u64) {
        match self.exactly {
            Some(exactly) => (exactly, exactly),
            None => (self.at_least.unwrap_or(0), self.at_most.unwrap_or(u64::MAX)),
        }
    }

    fn asked(&self) -> Asked {
        let in_scope = self.in_scope.as_ref().map(|scope| scope.0.clone());
        let (at_least, at_most) = self.bounds();
        Asked {
            listing: Listing { in_scope, ..Listing::of(&self.of) },
            question: Question::Count { at_least, at_most },
        }
    }
}

impl Arguments for Cardinality {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = match (self.exactly, self.at_least, self.at_most) {
            (Some(_), None, None) => return self.of.pairs_with(&self.key, at, context),
            (Some(_), ..) => say!(
                "`exactly` and `at_least`/`at_most` exclude each other",
                "không dùng `exactly` cùng với `at_least`/`at_most`"
            ),
            (None, None | Some(0), None) => {
                say!("every number of rows is allowed", "số dòng nào cũng được phép")
            }
            (None, Some(low), Some(high)) if low > high => {
                say!("no number is between {low} and {high}", "không có số nào nằm giữa {low} và {high}")
            }
            _ => return self.of.pairs_with(&self.key, at, context),
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for Cardinality {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.of.table_name()
    }

    fn refers_to(&self) -> Option<&Reference> {
        Some(&self.of)
    }

    fn asks(&self) -> Option<Asked> {
        Some(self.asked())
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let key = self.key.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        Ok(Bound::asked(key, self.asked()))
    }
}
