use super::rest;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Listing, Node, ParseContext, Reference, Since, SinceSpec,
    Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "padding",
    title: Words { en: "no new rows that only fill up", vi: "không thêm dòng cho đủ số" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "A row whose key the earlier run did not have fails if `alike` new rows or more (10 unless said otherwise, it \
             among them) are the same in everything but the table's `key`, its columns of type timestamp, and the columns \
             in `except`. With `inserts`, columns of another table that logs what was added, a new key that is not there \
             fails as well. Values are compared in canonical form. Rows that were there, and rows without a key, are not \
             applicable. `new` says how many are new. Without an earlier run the rule is an error.",
        vi: "Dòng có khóa mà lần chạy trước chưa có là lỗi nếu có từ `alike` dòng mới trở lên (mặc định 10, kể cả chính \
             nó) giống nhau ở mọi thứ trừ `key` của bảng, các cột kiểu thời điểm và các cột trong `except`. Có `inserts`, \
             tức các cột của một bảng khác ghi nhật ký thêm mới, thì khóa mới không có trong đó cũng là lỗi. So sánh trên \
             dạng chuẩn. Dòng đã có từ trước và dòng không có khóa thì không áp dụng. `new` là số dòng mới. Không có lần \
             chạy trước thì quy tắc báo lỗi.",
    },
    why: Words {
        en: "Many empty shells of records make the share of bad ones small.",
        vi: "Thêm nhiều hồ sơ rỗng làm tỷ lệ hồ sơ xấu nhỏ đi.",
    },
    fix: Words {
        en: "Find out who added the rows and from what; delete what stands for nobody, with a tombstone.",
        vi: "Tìm xem ai đã thêm và thêm từ đâu; xóa dòng không ứng với đối tượng thật và ghi nhận việc xóa.",
    },
    example: "padding: { alike: 10, inserts: nhat_ky.so_dinh_danh }",
};

/// So many rows are alike by chance nowhere that people have names.
const ALIKE: u64 = 10;

arguments! {
    pub struct Padding {
        /// So many new rows that are the same are too many; 10 unless said otherwise.
        alike: Option<u64>,
        /// Columns that do not make rows different.
        except: Option<Columns>,
        /// The table that logs what was added, and its columns of the key.
        inserts: Option<Reference>,
    }
}

impl Arguments for Padding {
    const ABOUT: &'static About = &ABOUT;
    const ALONE: bool = true;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        if self.alike.is_some_and(|alike| alike < 2) {
            let what = say!("one row is always like itself", "một dòng luôn giống chính nó");
            context.reader.error(&at.span, what).hint =
                Some(say!("`alike` is 2 or more", "`alike` phải từ 2 trở lên"));
            return false;
        }
        true
    }
}

impl Spec for Padding {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn refers_to(&self) -> Option<&Reference> {
        self.inserts.as_ref()
    }

    fn lists(&self) -> Option<Listing> {
        self.inserts.as_ref().map(Listing::of)
    }

    fn compares_runs(&self) -> bool {
        true
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let says = |binder: &dyn Binder, column| binder.column_type(column) != ColumnType::Timestamp;
        let rest = rest::remembered(&self.named_columns(), says, binder)?;
        let since = Since::Padded { alike: self.alike.unwrap_or(ALIKE), inserts: self.lists() };
        Ok(Bound::Since(SinceSpec { remember: vec![rest], since }))
    }
}
