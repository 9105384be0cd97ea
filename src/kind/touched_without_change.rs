use super::rest;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::memory::Remember;
use crate::rule::arguments::{Arguments, Column, Columns};
use crate::rule::{About, At, BindError, Binder, Bound, Fields, ParseContext, Since, SinceSpec, Spec, Words};

static ABOUT: About = About {
    name: "touched_without_change",
    title: Words {
        en: "no new time without new content",
        vi: "không đổi ngày cập nhật khi nội dung giữ nguyên",
    },
    dimension: Dimension::Freshness,
    severity: Severity::Minor,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "In no row that was there in the earlier run has the time of its last update moved while everything else \
             stayed as it was. Rows are paired by the table's `key`; the other columns are compared in canonical form, but \
             for those in `except`. New rows and such without a key are not applicable; a row that shares its key, then or \
             now, and one whose time cannot be read, then or now, is unknown. Where more than 20 % of the rows were touched \
             so, now or before, and did not change since, every `record_age` that goes by the column is an error. Without \
             an earlier run the rule is an error.",
        vi: "Không dòng nào có ở lần chạy trước bị đổi thời điểm cập nhật trong khi mọi nội dung khác giữ nguyên. Dòng được \
             ghép theo `key` của bảng; các cột khác so sánh trên dạng chuẩn, trừ cột trong `except`. Dòng mới và dòng \
             không có khóa thì không áp dụng; dòng trùng khóa hoặc có thời điểm không đọc được, ở lần này hay lần \
             trước, là không đo được. Nếu hơn 20 % số dòng bị đổi như vậy, ở lần này hay trước đó, và chưa thay đổi nội dung \
             từ đó đến nay, thì mọi quy tắc `record_age` dựa vào cột này báo lỗi. Không có lần chạy trước thì quy tắc báo \
             lỗi.",
    },
    why: Words {
        en: "A job that sets the date of all records makes an old register look young, and nobody has looked at anything.",
        vi: "Một lệnh đặt lại ngày cho mọi hồ sơ khiến dữ liệu cũ trông như mới, dù chẳng ai rà soát gì.",
    },
    fix: Words {
        en: "Set the time only where a record changes; keep the day of a verification in a column of its own.",
        vi: "Chỉ đổi thời điểm cập nhật khi hồ sơ thay đổi; ghi ngày xác minh vào một cột riêng.",
    },
    example: "touched_without_change: { column: ngay_cap_nhat, except: [ma_lo_dong_bo] }",
};

arguments! {
    pub struct TouchedWithoutChange {
        /// The column that says when a record was last updated.
        column: Column,
        /// Columns whose changes mean nothing, such as the number of a batch.
        except: Option<Columns>,
    }
}

impl Arguments for TouchedWithoutChange {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for TouchedWithoutChange {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn compares_runs(&self) -> bool {
        true
    }

    fn watches(&self) -> Option<&str> {
        Some(&self.column.value)
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let declared = binder.column(&self.column)?;
        // A date, or a moment of whatever time of day; texts may be either.
        let time = match binder.column_type(declared) {
            ColumnType::Date => declared,
            _ => binder.column_as(&self.column, ColumnType::Timestamp, None)?,
        };
        let rest = rest::remembered(&self.named_columns(), |_, _| true, binder)?;
        let since = Since::Touched { column: self.column.value.clone() };
        Ok(Bound::Since(SinceSpec { remember: vec![Remember::Ticks(time), rest], since }))
    }
}
