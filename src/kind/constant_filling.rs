use crate::arguments;
use crate::base::{Dimension, Ratio, Scale, Severity, Unit};
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Remember;
use crate::rule::arguments::{Arguments, Column, Share};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Node, ParseContext, Since, SinceSpec, Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "constant_filling",
    title: Words { en: "no gaps filled with one value", vi: "không điền hàng loạt một giá trị" },
    dimension: Dimension::Correctness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Looks at rows that had no value in the earlier run and have one now. They fail if their value makes up more than \
             `at_most` (50%) of all that were filled in, and by more than `rise` (20 percentage points) more than its share \
             among the values of the earlier run. Rows are paired by the table's `key`; values are compared in canonical \
             form. Fewer than `at_least` (20) cells that were filled in are not judged, and rows that had a value, have none \
             or are new are not applicable; those that share their key, then or now, are unknown. `filled` says how many \
             were filled in, `most_alike` how many with the most common value. Without an earlier run the rule is an error.",
        vi: "Xét các dòng lần chạy trước chưa có giá trị mà nay đã có. Dòng là lỗi nếu giá trị của nó chiếm hơn `at_most` (50%) \
             số ô mới được điền, và cao hơn quá `rise` (20 điểm phần trăm) so với tỷ lệ của giá trị đó ở lần chạy trước. Dòng \
             được ghép theo `key` của bảng; so sánh trên dạng chuẩn. Có ít hơn `at_least` (20) ô mới điền thì không xét; dòng \
             đã có giá trị, vẫn thiếu hoặc là dòng mới thì không áp dụng; dòng trùng khóa ở lần này hoặc lần trước là không \
             đo được. `filled` là số ô mới điền, `most_alike` là số ô mang giá trị phổ biến nhất. Không có lần chạy trước thì \
             quy tắc báo lỗi.",
    },
    why: Words {
        en: "Gaps that are filled with one plausible value look complete and are wrong.",
        vi: "Điền một giá trị nghe có lý vào chỗ trống thì dữ liệu trông đầy đủ nhưng sai.",
    },
    fix: Words {
        en: "Take the values from their source; empty again what nobody can prove.",
        vi: "Lấy giá trị từ nguồn gốc; xóa trắng lại những gì không ai chứng minh được.",
    },
    example: "constant_filling: { column: dan_toc, at_most: 50%, rise: 20% }",
};

/// Fewer rows say nothing about a share.
const FEW: u64 = 20;

arguments! {
    pub struct ConstantFilling {
        /// The column whose gaps were filled.
        column: Column,
        /// The share of one value among the cells that were filled in, up to which nothing is odd; 50% unless said
        /// otherwise, and not less than 10%.
        at_most: Option<Share>,
        /// By how much more it may be than the value's share in the earlier run; 20% unless said otherwise.
        rise: Option<Share>,
        /// Fewer cells that were filled in are not judged; 20 unless said otherwise.
        at_least: Option<u64>,
    }
}

impl ConstantFilling {
    fn at_most(&self) -> Ratio {
        self.at_most.map_or(Ratio::percent(50), |share| share.0)
    }

    fn rise(&self) -> Ratio {
        self.rise.map_or(Ratio::percent(20), |share| share.0)
    }
}

impl Arguments for ConstantFilling {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = if self.at_most() >= Ratio::ONE || self.rise() >= Ratio::ONE {
            say!(
                "no share is more than 100 %: the rule cannot fail",
                "không tỷ lệ nào vượt 100 %: quy tắc không thể không đạt"
            )
        } else if self.at_most() < Ratio::percent(10) {
            say!("`at_most` is 10 % or more", "`at_most` phải từ 10 % trở lên")
        } else {
            return true;
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for ConstantFilling {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn compares_runs(&self) -> bool {
        true
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let value = Remember::Compared(binder.column(&self.column)?, Likeness::Exact);
        let since = Since::Filled {
            at_most: self.at_most(),
            rise: self.rise(),
            at_least: self.at_least.unwrap_or(FEW),
        };
        Ok(Bound::Since(SinceSpec { remember: vec![value], since }))
    }
}
