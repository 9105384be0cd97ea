//! The fields of a letter: what a Vietnamese administrative document has around its text (Nghị định 30/2020/NĐ-CP, Phụ lục I).
//! What the user does not give is left open, as in a draft that is yet to be numbered and dated.

use std::collections::BTreeMap;

use crate::base::{Lang, Text};
use crate::report::term::words::own;
use crate::rule::Catalog;
use crate::rule::letter::Fields;
use crate::say;
use crate::score::periodic::Periodic;

/// The field that says by when the report is due, as `2026-10-31`, if not as the law says.
pub const DUE: &str = "han_bao_cao";

/// The fields that a report always has, in the order of the document.
pub const KNOWN: &[&str] = &[
    "co_quan_chu_quan",
    "co_quan",
    "ten_co_quan",
    "quoc_hieu",
    "tieu_ngu",
    "so_ky_hieu",
    "dia_danh_ngay",
    "ten_loai",
    "trich_yeu",
    "kinh_gui",
    "can_cu",
    "danh_gia",
    "kien_nghi",
    "noi_nhan",
    "quyen_han_ky",
    "chuc_vu_ky",
    "nguoi_ky",
    "kem_theo",
    DUE,
];

/// Fields that say what the report found: nobody else says it.
pub const COMPUTED: &[&str] = &[
    "ky_bao_cao",
    "tu_ngay",
    "den_ngay",
    "so_lieu",
    "so_lieu_ky_truoc",
    "han",
    "pham_vi",
    "phuong_phap",
    "bo_tieu_chi",
    "agencies",
    "total",
    "overall",
    "databases",
    "apart",
];

/// What the user gave.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    given: BTreeMap<String, String>,
}

impl Letter {
    pub fn new(fields: Fields) -> Self {
        Self { given: fields.into_iter().collect() }
    }

    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }

    pub fn of(&self, field: &str) -> Option<&str> {
        self.given.get(field).map(String::as_str)
    }

    /// All fields with their texts: those that were given, and what stands where nothing was.
    pub fn fields(&self, report: &Periodic) -> BTreeMap<String, Text> {
        let mut fields: BTreeMap<String, Text> =
            KNOWN.iter().map(|name| ((*name).to_owned(), left_open(name, report))).collect();
        let given = self.given.iter().map(|(name, text)| (name.clone(), Text::same(text.clone())));
        fields.extend(given);
        // These follow from the others, unless somebody gives them.
        if !self.given.contains_key("ten_co_quan") {
            fields.insert("ten_co_quan".to_owned(), within_sentence(report, &fields));
        }
        if !self.given.contains_key("kem_theo") {
            fields.insert("kem_theo".to_owned(), attached(&fields));
        }
        fields
    }
}

/// The agency that reports as it is written within a sentence, where the head of the letter has it in capitals.
fn within_sentence(report: &Periodic, fields: &BTreeMap<String, Text>) -> Text {
    let Some(head) = fields.get("co_quan") else { return Text::default() };
    let known = |title: &&Text| title.vi.to_uppercase() == head.vi.trim().to_uppercase();
    let reporting = report.agencies.iter().filter_map(|agency| agency.title.as_ref());
    let listed = Catalog::shipped().agencies.iter().map(|agency| &agency.name);
    reporting.chain(listed).find(known).unwrap_or(head).clone()
}

/// What stands under the name of the appendix: the letter that it belongs to.
fn attached(fields: &BTreeMap<String, Text>) -> Text {
    let of = |name: &str, lang: Lang| fields.get(name).map_or("", |text| own(text, lang)).to_owned();
    let number = |lang: Lang| {
        let number = of("so_ky_hieu", lang);
        let number = number.trim();
        let bare = ["Số:", "Số", "No.:", "No."].into_iter().find_map(|start| number.strip_prefix(start));
        bare.unwrap_or(number).trim().to_owned()
    };
    // What stands before the day is the place.
    let day = |lang: Lang| {
        let day = of("dia_danh_ngay", lang);
        day.split_once(", ").map_or(day.clone(), |(_, day)| day.to_owned())
    };
    let ((en_number, vi_number), (en_day, vi_day)) =
        ((number(Lang::En), number(Lang::Vi)), (day(Lang::En), day(Lang::Vi)));
    let (en, vi) = (of("ten_co_quan", Lang::En), of("ten_co_quan", Lang::Vi));
    say!(
        "(Attached to Report No. {en_number}, {en_day}, of {en})",
        "(Kèm theo Báo cáo số {vi_number} {vi_day} của {vi})"
    )
}

/// What no letter goes without.
pub fn missing(fields: &BTreeMap<String, Text>) -> Option<Text> {
    fields.get("co_quan").is_none_or(|text| text.vi.trim().is_empty()).then(|| {
        say!(
            "the field `co_quan` has no value: who reports? Give it with `--fields`",
            "trường `co_quan` chưa có giá trị: cơ quan nào báo cáo? Hãy cho giá trị bằng `--fields`"
        )
    })
}

/// What is said of fields that the report fills itself.
pub fn computed(letter: &Letter) -> Option<Text> {
    let given: Vec<String> =
        letter.given().filter(|field| COMPUTED.contains(field)).map(|field| format!("`{field}`")).collect();
    let names = given.join(", ");
    (!given.is_empty()).then(|| {
        say!(
            "the report itself fills {names}; take these out of `--fields`, or give texts of your own other names",
            "báo cáo tự điền {names}; hãy bỏ khỏi `--fields`, hoặc đặt tên khác cho nội dung riêng"
        )
    })
}

/// What stands in a field that nobody gave.
fn left_open(field: &str, report: &Periodic) -> Text {
    let year = report.period.to.year();
    match field {
        "co_quan" => match report.agencies.as_slice() {
            [only] => only.title.as_ref().map_or_else(Text::default, |title| Text {
                en: title.en.to_uppercase(),
                vi: title.vi.to_uppercase(),
            }),
            _ => Text::default(),
        },
        "quoc_hieu" => say!("SOCIALIST REPUBLIC OF VIET NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        "tieu_ngu" => say!("Independence - Freedom - Happiness", "Độc lập - Tự do - Hạnh phúc"),
        "so_ky_hieu" => say!("No.:        /BC-……", "Số:        /BC-……"),
        "dia_danh_ngay" => say!("……, … … {year}", "……, ngày … tháng … năm {year}"),
        "ten_loai" => say!("REPORT", "BÁO CÁO"),
        "trich_yeu" => {
            let Text { en, vi } = report.period.title();
            say!(
                "On connections, data quality and data sharing, {en}",
                "Về kết nối, chất lượng dữ liệu và chia sẻ dữ liệu {vi}"
            )
        }
        "can_cu" => say!(
            "Under Resolution 214/NQ-CP of 23 July 2025 of the Government",
            "Thực hiện Nghị quyết số 214/NQ-CP ngày 23/7/2025 của Chính phủ"
        ),
        "noi_nhan" => say!("- As above;\n- Archives.", "- Như trên;\n- Lưu: VT."),
        "chuc_vu_ky" => say!("HEAD OF THE AGENCY", "THỦ TRƯỞNG CƠ QUAN"),
        _ => Text::default(),
    }
}
