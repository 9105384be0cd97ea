use super::text_defects::{explanation, reasons};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::{Defects, defects};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, ParseContext, Spec, Words,
};

static ABOUT: About = About {
    name: "clean_text",
    title: Words { en: "cleanly written text", vi: "văn bản viết sạch" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value, as its raw bytes stand, is valid UTF-8 in Unicode NFC, without leading, trailing or double \
             spaces, control characters, invisible (zero-width, bidirectional) characters, private-use characters or \
             the replacement character. It is no text of a legacy encoding (TCVN3, VNI, VIQR, VISCII, VPS, \
             Windows-1258), no UTF-8 read as something else (`Nguyá»…n`), without HTML entities, letters that became \
             `?`, letters of other alphabets that look alike, and tone marks that are wrong in both styles (`hòang`; \
             `hòa` and `hoà` are both right). Foreign and ethnic-minority spelling is lawful. A value is accused only \
             if its words show it; very short ones may pass. Null is not applicable.",
        vi: "Mọi giá trị, xét nguyên các byte, là UTF-8 hợp lệ, Unicode dựng sẵn (NFC), không có khoảng trắng đầu, cuối \
             hoặc kép, ký tự điều khiển, ký tự ẩn (độ rộng 0, đổi chiều), ký tự vùng dùng riêng hay ký tự thay thế. \
             Không phải văn bản mã cũ (TCVN3, VNI, VIQR, VISCII, VPS, Windows-1258), không phải UTF-8 bị đọc sai \
             (`Nguyá»…n`), không còn thực thể HTML, chữ bị thay bằng `?`, chữ cái bảng khác trông giống, dấu thanh sai \
             theo cả hai kiểu (`hòang`; `hòa` và `hoà` đều đúng). Tên dân tộc thiểu số và tên nước ngoài là hợp lệ. \
             Chỉ kết luận khi các từ trong giá trị cho thấy rõ; giá trị quá ngắn có thể lọt. Null thì không áp dụng.",
    },
    why: Words {
        en: "Two spellings that look the same do not match: the person is not found, or is entered twice.",
        vi: "Hai cách ghi trông giống nhau mà không khớp: tìm không ra người, hoặc nhập trùng.",
    },
    fix: Words {
        en: "Normalise to NFC, trim and collapse spaces; convert legacy encodings; do it at entry. Examples show the \
             value put right where nothing of it is lost.",
        vi: "Chuẩn hóa NFC, cắt và gộp khoảng trắng; chuyển bảng mã cũ; làm ngay khi nhập. Ví dụ nêu giá trị đã sửa \
             khi không mất thông tin.",
    },
    example: "clean_text: { column: ho_ten }",
};

arguments! {
    pub struct CleanText {
        /// The column whose text is judged.
        column: Column,
    }
}

impl Arguments for CleanText {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for CleanText {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        vec![Demand::Clean]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Clean { column: binder.column(&self.column)? }))
    }
}

struct Clean {
    column: ColumnId,
}

impl Check for Clean {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        // Blank text and placeholders are judged too: this is about bytes, not about meaning.
        let applicable = match &batch.states(self.column).null {
            Some(null) => !null,
            None => batch.all(),
        };
        let pass = batch.clean(self.column, &applicable);
        let mut verdict = RowVerdict::passing(&applicable, &pass);
        if verdict.fail.count_set_bits() > 0 {
            let found = batch.text(self.column).mapped(defects);
            let names = Defects::ALL.into_iter().map(|(_, name)| name);
            verdict.reasons = reasons(names, &verdict.fail, |row| found(row).unwrap_or_default().bits());
        }
        Some(verdict)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        explanation(batch.text(self.column).get(row)?, &[])
    }
}
