use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::rule::arguments::Arguments;
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Listing, Node, ParseContext, Reference, Scope, Since,
    SinceSpec, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "no_unexplained_deletion",
    title: Words { en: "no record deleted without a reason", vi: "không xóa hồ sơ không rõ lý do" },
    dimension: Dimension::Completeness,
    severity: Severity::Critical,
    unit: Unit::Key,
    scale: Scale::Defect,
    what: Words {
        en: "Every key of the earlier run is still there, or `tombstone`, columns of another table that lists deletions, \
             has it. Rows are told apart by the table's `key`. With `when`, rows on which it was true in the earlier run \
             must stay; others may go. A key that is gone without a reason is expected again in every later run, until it \
             is back, a tombstone explains it, or somebody accepts a new baseline. `gone` says how many keys are gone, \
             `explained` how many of these have a tombstone. Without an earlier run the rule is an error.",
        vi: "Mọi khóa của lần chạy trước vẫn còn, hoặc có trong `tombstone`, tức các cột của một bảng khác ghi nhận việc \
             xóa. Dòng được phân biệt bằng `key` của bảng. Có `when` thì dòng nào thỏa điều kiện ở lần chạy trước là phải \
             còn, dòng khác được phép mất. Khóa mất không rõ lý do sẽ tiếp tục bị đòi ở mọi lần chạy sau, cho đến khi có \
             lại, được bảng ghi nhận xóa giải thích, hoặc có người chấp nhận mốc so sánh mới. `gone` là số khóa đã mất, \
             `explained` là số khóa trong đó có ghi nhận xóa. Không có lần chạy trước thì quy tắc báo lỗi.",
    },
    why: Words {
        en: "The easiest way to raise the quality of a register is to delete its bad records.",
        vi: "Cách dễ nhất để nâng chất lượng một cơ sở dữ liệu là xóa các hồ sơ xấu.",
    },
    fix: Words {
        en: "Restore the records, or record each deletion with its key, its reason and its day.",
        vi: "Khôi phục hồ sơ, hoặc ghi nhận từng việc xóa kèm khóa, lý do và ngày xóa.",
    },
    example: "no_unexplained_deletion: { tombstone: da_xoa.so_dinh_danh }",
};

arguments! {
    pub struct NoUnexplainedDeletion {
        /// The table that lists deletions, and its columns of the key: `table.column`, `database.table.column`, or
        /// `{ database: …, table: …, columns: [ … ] }`. Without it every deletion is unexplained.
        tombstone: Option<Reference>,
        /// Which of its rows count, as an SQL condition on its columns; all if left out.
        in_scope: Option<Scope>,
    }
}

impl Arguments for NoUnexplainedDeletion {
    const ABOUT: &'static About = &ABOUT;
    const ALONE: bool = true;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        if self.in_scope.is_some() && self.tombstone.is_none() {
            let what = say!(
                "`in_scope` says which tombstones count, and there is no `tombstone`",
                "`in_scope` chọn dòng của bảng ghi nhận xóa, nhưng thiếu `tombstone`"
            );
            context.reader.error(&at.span, what);
            return false;
        }
        true
    }
}

impl Spec for NoUnexplainedDeletion {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn refers_to(&self) -> Option<&Reference> {
        self.tombstone.as_ref()
    }

    fn lists(&self) -> Option<Listing> {
        let in_scope = self.in_scope.as_ref().map(|scope| scope.0.clone());
        self.tombstone.as_ref().map(|of| Listing { in_scope, ..Listing::of(of) })
    }

    fn compares_runs(&self) -> bool {
        true
    }

    fn bind(&self, _: &mut dyn Binder) -> Result<Bound, BindError> {
        let since = Since::Gone { tombstones: self.lists() };
        Ok(Bound::Since(SinceSpec { remember: Vec::new(), since }))
    }
}
