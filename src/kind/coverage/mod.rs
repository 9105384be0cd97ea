//! Whether each expected value appears: of a list, of the windows of a period, of another table.

mod expected;
mod period;
mod seen;

use self::expected::Expected;
use self::period::Windows;
use self::seen::{Appearing, Slots};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::code_list::CodeList;
use crate::rule::{
    About, Asked, At, BindError, Binder, Bound, Fields, Listing, Node, ParseContext, Question, Reference,
    Scope, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "coverage",
    title: Words { en: "every expected value is there", vi: "đủ mọi giá trị phải có" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::ExpectedValue,
    scale: Scale::Defect,
    what: Words {
        en: "Each expected value appears in the column: the codes of a list (`of`: a code list of the file, `{ builtin: … }` \
             or values) that are in force at the moment of the run; every `day`, `week`, `month`, `quarter`, `year` or \
             `working_day` (by a `calendar` file) of a period, as far as it is over at the moment of the run; or the values \
             of another table's column (`table.column`, `database.table.column`; `in_scope` says of which rows). With \
             `within` each group of rows must have them all. Expected values are counted, each once; values that nobody \
             expects are the matter of `in_set` and `references`. Where rows are damaged or values cannot be read, what \
             was not found is unknown.",
        vi: "Mỗi giá trị phải có đều xuất hiện trong cột: các mã đang có hiệu lực của một danh mục (`of`: danh mục của tệp, \
             `{ builtin: … }` hoặc các giá trị); mọi ngày `day`, tuần `week`, tháng `month`, quý `quarter`, năm `year` hoặc \
             ngày làm việc `working_day` (theo tệp lịch `calendar`) của một thời kỳ, trong phần đã kết thúc khi đánh giá; \
             hoặc các giá trị ở cột của một bảng khác (`bảng.cột`, `csdl.bảng.cột`; `in_scope` chọn dòng). Với `within`, \
             mỗi nhóm dòng phải có đủ. Đếm theo giá trị phải có, mỗi giá trị một lần; giá trị không mong đợi thuộc về \
             `in_set` và `references`. Khi có dòng hỏng hay giá trị không đọc được, giá trị không tìm thấy là không đánh \
             giá được.",
    },
    why: Words {
        en: "A commune that never reports, or a day that was not delivered, has no row that could fail.",
        vi: "Xã không báo cáo, ngày không gửi dữ liệu thì không có dòng nào để bị bắt lỗi.",
    },
    fix: Words {
        en: "Ask those who are responsible for what is missing, and load it.",
        vi: "Yêu cầu đơn vị phụ trách gửi phần còn thiếu và nạp bổ sung.",
    },
    example: "coverage: { column: ma_tinh, of: tinh }",
};

arguments! {
    pub struct Coverage {
        /// The column in which the values appear; several where those of another table are expected together.
        column: Columns,
        /// What is expected.
        of: Expected,
        /// Which rows of the other table are expected, as an SQL condition on its columns; all if left out.
        in_scope: Option<Scope>,
        /// The columns that form the groups of which each must have all values.
        within: Option<Columns>,
    }
}

impl Arguments for Coverage {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = match (&self.of, &self.in_scope, &self.within) {
            (Expected::Table(_), _, Some(_)) => say!(
                "`within` does not go with another table; name the group's columns on both sides: `column: [ … ], of: {{ table: …, columns: [ … ] }}`",
                "`within` không dùng với bảng khác; hãy nêu cả cột nhóm ở hai bên: `column: [ … ], of: {{ table: …, columns: [ … ] }}`"
            ),
            (Expected::Table(to), ..) => return to.pairs_with(&self.column, at, context),
            (_, Some(_), _) => {
                say!("`in_scope` belongs to another table", "`in_scope` chỉ dùng với bảng khác")
            }
            _ if self.column.len() > 1 => {
                say!("one column is looked into", "chỉ xét được một cột")
            }
            _ => return true,
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Coverage {
    fn asked(&self, of: &Reference) -> Asked {
        let in_scope = self.in_scope.as_ref().map(|scope| scope.0.clone());
        Asked { listing: Listing { in_scope, ..Listing::of(of) }, question: Question::Covered }
    }
}

impl Spec for Coverage {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.of.named()
    }

    fn refers_to(&self) -> Option<&Reference> {
        self.of.table()
    }

    fn asks(&self) -> Option<Asked> {
        self.of.table().map(|of| self.asked(of))
    }

    fn code_lists(&self) -> Vec<&CodeList> {
        match &self.of {
            Expected::Listed { list, .. } => vec![list],
            _ => Vec::new(),
        }
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = |names: &[At<String>], binder: &mut dyn Binder| {
            names.iter().map(|name| binder.column(name)).collect::<Result<Vec<_>, _>>()
        };
        let as_of = binder.as_of_at_end();
        let (column, slots, expected) = match &self.of {
            Expected::Table(of) => return Ok(Bound::asked(columns(&self.column, binder)?, self.asked(of))),
            Expected::Listed { list, .. } => {
                let expected = expected::in_force(list, as_of);
                (binder.column(&self.column[0])?, Slots::Codes(std::sync::Arc::clone(list)), expected)
            }
            Expected::Period(period) => {
                let column = binder.column_as(&self.column[0], ColumnType::Timestamp, None)?;
                let Windows { windows, expected } = period.windows(as_of).map_err(BindError::Unreadable)?;
                (column, Slots::Windows { windows, not_before: period.not_before() }, expected)
            }
        };
        let within = match &self.within {
            Some(names) => columns(names, binder)?,
            None => Vec::new(),
        };
        let types = within.iter().map(|&column| binder.column_type(column)).collect();
        let named = !binder.is_personal(column);
        Ok(Bound::scan(Appearing { column, slots, expected, within, types, named }))
    }
}
