//! The template that ships: the layout of Nghị định 30/2020/NĐ-CP, Phụ lục I. A4, margins 20, 15, 20 and 30 mm, Times New Roman;
//! the agency at the top left, the national name at the top right, recipients at the bottom left, the signature at the
//! bottom right.

use std::fmt::Write as _;

use super::archive::Archive;
use super::xml::escape;
use crate::base::{Lang, Text};
use crate::say;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
                    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

const CONTENT_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
    <Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>\
    <Override PartName=\"/word/header1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml\"/>\
    </Types>";
const RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
    </Relationships>";
const DOCUMENT_RELATIONS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
    <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" Target=\"header1.xml\"/>\
    </Relationships>";

/// Twentieths of a point: the width of the text.
const WIDTH: u32 = 9_071;

/// The template as a file, with its own words in that language.
///
/// # Errors
/// It does not fit into a zip, which it does.
pub fn default_template(lang: Lang) -> Result<Vec<u8>, Text> {
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("word/document.xml", document(lang)),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/styles.xml", styles(lang)),
        ("word/header1.xml", header()),
    ];
    let part = |(name, xml): (&str, String)| (name.to_owned(), format!("{DECLARATION}{xml}").into_bytes());
    Archive::new(parts.into_iter().map(part).collect()).written()
}

/// What paragraphs look like: a name, its parent's changes, those of its letters.
fn styles(lang: Lang) -> String {
    let language = match lang {
        Lang::Vi => "vi-VN",
        Lang::En => "en-GB",
    };
    let mut xml = format!(
        "<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" \
         w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/><w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/><w:lang w:val=\"{language}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault/></w:docDefaults><w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    for (name, paragraph, letters) in [
        (
            "Than",
            "<w:spacing w:before=\"60\" w:after=\"60\"/><w:ind w:firstLine=\"567\"/><w:jc w:val=\"both\"/>",
            "",
        ),
        (
            "Muc",
            "<w:keepNext/><w:spacing w:before=\"160\" w:after=\"60\"/><w:ind w:firstLine=\"567\"/>",
            "<w:b/>",
        ),
        ("Giua", "<w:jc w:val=\"center\"/>", ""),
        ("Dam", "<w:jc w:val=\"center\"/>", "<w:b/>"),
        ("QuocHieu", "<w:jc w:val=\"center\"/>", "<w:b/><w:sz w:val=\"24\"/>"),
        ("TieuNgu", "<w:jc w:val=\"center\"/>", "<w:b/>"),
        ("Gach", "<w:spacing w:before=\"40\" w:after=\"40\"/><w:ind w:left=\"794\" w:hanging=\"227\"/>", ""),
        ("TenLoai", "<w:spacing w:before=\"360\"/><w:jc w:val=\"center\"/>", "<w:b/><w:sz w:val=\"28\"/>"),
        ("Nghieng", "<w:jc w:val=\"center\"/>", "<w:i/>"),
        ("O", "<w:spacing w:before=\"30\" w:after=\"30\"/>", "<w:sz w:val=\"22\"/>"),
        (
            "OSo",
            "<w:spacing w:before=\"30\" w:after=\"30\"/><w:jc w:val=\"center\"/>",
            "<w:sz w:val=\"20\"/>",
        ),
        (
            "ODau",
            "<w:keepNext/><w:spacing w:before=\"30\" w:after=\"30\"/><w:jc w:val=\"center\"/>",
            "<w:b/><w:sz w:val=\"20\"/>",
        ),
        ("GhiChu", "<w:spacing w:before=\"40\" w:after=\"40\"/>", "<w:i/><w:sz w:val=\"22\"/>"),
        ("NoiNhan", "", "<w:b/><w:i/><w:sz w:val=\"24\"/>"),
        ("DanhSachNhan", "", "<w:sz w:val=\"22\"/>"),
    ] {
        // Writing to a string cannot fail.
        let _ = write!(
            xml,
            "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"{name}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
        );
    }
    xml + "</w:styles>"
}

/// Pages are numbered at the top, from the second on.
fn header() -> String {
    let field = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let (begin, separate, end) = (field("begin"), field("separate"), field("end"));
    format!(
        "<w:hdr {WORD}><w:p><w:pPr><w:pStyle w:val=\"Giua\"/></w:pPr>{begin}<w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>\
         {separate}<w:r><w:t>2</w:t></w:r>{end}</w:p></w:hdr>"
    )
}

fn p(style: &str, text: &str) -> String {
    with(style, "", text)
}

fn with(style: &str, properties: &str, text: &str) -> String {
    let mut xml = format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>");
    if !text.is_empty() {
        xml += "<w:r><w:t xml:space=\"preserve\">";
        escape(text, &mut xml);
        xml += "</w:t></w:r>";
    }
    xml + "</w:p>"
}

/// A line as wide as a part of its cell.
fn rule(width: u32, part: u32) -> String {
    let side = (width - part) / 2;
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Giua\"/><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr>\
         <w:spacing w:before=\"20\" w:line=\"120\" w:lineRule=\"exact\"/><w:ind w:left=\"{side}\" w:right=\"{side}\"/></w:pPr></w:p>"
    )
}

fn cell(width: u32, inner: &str) -> String {
    format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{inner}</w:tc>")
}

fn row(properties: &str, cells: &[String]) -> String {
    format!("<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>", cells.concat())
}

fn table(borders: bool, widths: &[u32], rows: &[String]) -> String {
    let line = if borders { "single" } else { "none" };
    let mut xml = "<w:tbl><w:tblPr>".to_owned();
    let _ = write!(xml, "<w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblBorders>", widths.iter().sum::<u32>());
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        let _ = write!(xml, "<w:{side} w:val=\"{line}\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    }
    xml += "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"57\" w:type=\"dxa\"/><w:right w:w=\"57\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>";
    for width in widths {
        let _ = write!(xml, "<w:gridCol w:w=\"{width}\"/>");
    }
    xml + "</w:tblGrid>" + &rows.concat() + "</w:tbl>"
}

/// A column of a table: how wide it is, its title, and the field in it.
type Column = (u32, Text, &'static str);

/// A grade and the caps that lower it.
const GRADE: &str = "{{hang_va_diem_liet}}";

/// A table with a row for each agency, and one for all of them.
fn agencies(columns: &[Column], lang: Lang) -> String {
    let head = head(columns, lang);
    let items = |block: &str, style: &str| {
        let last = columns.len() - 1;
        let cells: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, (width, _, field))| {
                let open = if at == 0 { format!("{{{{#{block}}}}}") } else { String::new() };
                let close = if at == last { format!("{{{{/{block}}}}}") } else { String::new() };
                let style = if *field == "{{ten}}" { "O" } else { style };
                cell(*width, &p(style, &format!("{open}{field}{close}")))
            })
            .collect();
        row("<w:cantSplit/>", &cells)
    };
    let widths: Vec<u32> = columns.iter().map(|(width, ..)| *width).collect();
    table(true, &widths, &[head, items("agencies", "OSo"), items("total", "ODau")])
}

fn head(columns: &[Column], lang: Lang) -> String {
    let cells: Vec<String> =
        columns.iter().map(|(width, title, _)| cell(*width, &p("ODau", title.get(lang)))).collect();
    row("<w:cantSplit/><w:tblHeader/>", &cells)
}

fn letterhead() -> String {
    let (left, right) = (3_471, WIDTH - 3_471);
    let agency = p("Giua", "{{#co_quan_chu_quan}}{{co_quan_chu_quan}}{{/co_quan_chu_quan}}")
        + &p("Dam", "{{co_quan}}")
        + &rule(left, 1_100);
    let nation = p("QuocHieu", "{{quoc_hieu}}") + &p("TieuNgu", "{{tieu_ngu}}") + &rule(right, 3_100);
    let first = row("", &[cell(left, &agency), cell(right, &nation)]);
    let second =
        row("", &[cell(left, &p("Giua", "{{so_ky_hieu}}")), cell(right, &p("Nghieng", "{{dia_danh_ngay}}"))]);
    table(false, &[left, right], &[first, second])
}

fn signature(lang: Lang) -> String {
    let (left, right) = (4_271, WIDTH - 4_271);
    let recipients =
        p("NoiNhan", say!("Recipients:", "Nơi nhận:").get(lang)) + &p("DanhSachNhan", "{{noi_nhan}}");
    let signs = p("Dam", "{{#quyen_han_ky}}{{quyen_han_ky}}{{/quyen_han_ky}}")
        + &p("Dam", "{{chuc_vu_ky}}")
        + &p("Giua", "").repeat(4)
        + &p("Dam", "{{nguoi_ky}}");
    table(false, &[left, right], &[row("<w:cantSplit/>", &[cell(left, &recipients), cell(right, &signs)])])
}

fn document(lang: Lang) -> String {
    let say = |text: Text| text.get(lang).to_owned();
    let number = || (620, say!("No.", "STT"), "{{stt}}");
    let agency = |width| (width, say!("Agency", "Cơ quan"), "{{ten}}");
    let connections = [
        number(),
        agency(2_051),
        (1_600, say!("Mandated connections that work", "Kết nối bắt buộc đã thông"), "{{ket_noi}}"),
        (1_600, say!("Period before", "Kỳ trước"), "{{ket_noi_ky_truoc}}"),
        (1_600, say!("Successful attempts", "Lượt kết nối thành công"), "{{luot_ket_noi}}"),
        (1_600, say!("Period before", "Kỳ trước"), "{{luot_ket_noi_ky_truoc}}"),
    ];
    let quality = [
        (500, say!("No.", "STT"), "{{stt}}"),
        agency(1_721),
        (1_050, say!("Databases measured", "CSDL đã đo"), "{{csdl_da_do}}"),
        (840, say!("Correct", "Đúng"), "{{dung}}"),
        (960, say!("Complete", "Đủ"), "{{du}}"),
        (730, say!("Clean", "Sạch"), "{{sach}}"),
        (730, say!("Live", "Sống"), "{{song}}"),
        (780, say!("Points", "Điểm"), "{{diem}}"),
        (730, say!("Grade", "Hạng"), GRADE),
        (1_030, say!("Change", "Thay đổi"), "{{thay_doi}}"),
    ];
    let requests = [
        number(),
        agency(3_251),
        (2_000, say!("Met on time of those decided", "Đúng hạn / đã đến hạn"), "{{dap_ung}}"),
        (1_500, say!("Share", "Tỷ lệ"), "{{dap_ung_ty_le}}"),
        (1_700, say!("Period before", "Kỳ trước"), "{{dap_ung_ky_truoc}}"),
    ];
    let body = [
        letterhead(),
        p("TenLoai", "{{ten_loai}}"),
        p("Dam", "{{trich_yeu}}"),
        rule(WIDTH, 1_900),
        p(
            "Giua",
            &format!("{{{{#kinh_gui}}}}{}{{{{kinh_gui}}}}{{{{/kinh_gui}}}}", say(say!("To: ", "Kính gửi: "))),
        ),
        with(
            "Than",
            "<w:spacing w:before=\"160\" w:after=\"60\"/>",
            &say(say!(
                "{{{{can_cu}}}}, {{{{ten_co_quan}}}} reports on connections, data quality and the sharing of data, {{{{ky_bao_cao}}}} (figures of {{{{so_lieu}}}}) as follows:",
                "{{{{can_cu}}}}, {{{{ten_co_quan}}}} báo cáo kết quả kết nối, chất lượng dữ liệu và chia sẻ dữ liệu {{{{ky_bao_cao}}}} (số liệu chốt ngày {{{{so_lieu}}}}) như sau:"
            )),
        ),
        p("GhiChu", "{{#han}}{{han}}{{/han}}"),
        p("Muc", &say(say!("I. SUCCESSFUL CONNECTIONS", "I. SỐ LƯỢNG KẾT NỐI THÀNH CÔNG"))),
        agencies(&connections, lang),
        p("GhiChu", "{{#overall}}{{#ket_noi_ghi_chu}}{{ket_noi_ghi_chu}}.{{/ket_noi_ghi_chu}}{{/overall}}"),
        p(
            "GhiChu",
            "{{#overall}}{{#luot_ket_noi_ghi_chu}}{{luot_ket_noi_ghi_chu}}.{{/luot_ket_noi_ghi_chu}}{{/overall}}",
        ),
        p("GhiChu", "{{#dem_theo}}{{dem_theo}}{{/dem_theo}}"),
        p("Muc", &say(say!("II. DATA QUALITY", "II. CHẤT LƯỢNG DỮ LIỆU (ĐÚNG - ĐỦ - SẠCH - SỐNG)"))),
        agencies(&quality, lang),
        p(
            "GhiChu",
            &say(say!(
                "Points from 0 to 100; what is unknown counts as wrong. Methodology {{{{phuong_phap}}}}, criteria {{{{bo_tieu_chi}}}}. {{{{pham_vi}}}}",
                "Điểm từ 0 đến 100; phần chưa rõ tính là chưa đạt. Phương pháp {{{{phuong_phap}}}}, bộ tiêu chí {{{{bo_tieu_chi}}}}. {{{{pham_vi}}}}"
            )),
        ),
        p("GhiChu", "{{giai_thich_hang}}"),
        p("GhiChu", "{{#agencies}}{{#csdl_thieu}}{{ten}}: {{csdl_thieu}}.{{/csdl_thieu}}{{/agencies}}"),
        p(
            "Than",
            &say(say!(
                "The points of each database are in the appendix.",
                "Điểm của từng cơ sở dữ liệu tại Phụ lục kèm theo."
            )),
        ),
        p(
            "Muc",
            &say(say!("III. SHARING REQUESTS THAT WERE MET", "III. TỶ LỆ ĐÁP ỨNG YÊU CẦU CHIA SẺ DỮ LIỆU")),
        ),
        agencies(&requests, lang),
        p("GhiChu", "{{#overall}}{{#dap_ung_ghi_chu}}{{dap_ung_ghi_chu}}.{{/dap_ung_ghi_chu}}{{/overall}}"),
        p(
            "Muc",
            &say(say!(
                "IV. CHANGES SINCE THE PERIOD BEFORE, AND THEIR REASONS",
                "IV. THAY ĐỔI SO VỚI KỲ TRƯỚC VÀ NGUYÊN NHÂN"
            )),
        ),
        p(
            "Than",
            &say(say!(
                "{{{{#so_lieu_ky_truoc}}}}Compared with figures of {{{{so_lieu_ky_truoc}}}}.{{{{/so_lieu_ky_truoc}}}}",
                "{{{{#so_lieu_ky_truoc}}}}So với số liệu chốt ngày {{{{so_lieu_ky_truoc}}}}.{{{{/so_lieu_ky_truoc}}}}"
            )),
        ),
        p("Than", "{{#agencies}}"),
        with("Than", "<w:keepNext/>", "{{stt}}. {{ten}}: {{dien_bien}}."),
        p("Gach", "{{#reasons}}- {{noi_dung}}.{{/reasons}}"),
        p("Gach", "{{#count_reasons}}- {{noi_dung}}.{{/count_reasons}}"),
        p("Than", "{{/agencies}}"),
        p("Than", "{{#total}}"),
        with("Than", "<w:keepNext/>", "{{ten}}: {{dien_bien}}."),
        p("Gach", "{{#reasons}}- {{noi_dung}}.{{/reasons}}"),
        p("Gach", "{{#count_reasons}}- {{noi_dung}}.{{/count_reasons}}"),
        p("Than", "{{/total}}"),
        p("Muc", &say(say!("V. ASSESSMENT AND PROPOSALS", "V. ĐÁNH GIÁ, KIẾN NGHỊ"))),
        p("Than", "{{#danh_gia}}{{danh_gia}}{{/danh_gia}}"),
        p("Than", "{{#kien_nghi}}{{kien_nghi}}{{/kien_nghi}}"),
        // No signature stands on a page of its own.
        with(
            "Than",
            "<w:keepNext/>",
            &say(say!(
                "This is the report on connections, data quality and the sharing of data, {{{{ky_bao_cao}}}}, of {{{{ten_co_quan}}}}./.",
                "Trên đây là báo cáo kết quả kết nối, chất lượng dữ liệu và chia sẻ dữ liệu {{{{ky_bao_cao}}}} của {{{{ten_co_quan}}}}./."
            )),
        ),
        with("Than", "<w:keepNext/>", ""),
        signature(lang),
        appendix(lang),
    ];
    let page = "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
                <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/><w:titlePg/></w:sectPr>";
    format!("<w:document {WORD}><w:body>{}{page}</w:body></w:document>", body.concat())
}

/// Each database, and the scorecards that are not in the report.
fn appendix(lang: Lang) -> String {
    let columns: [Column; 9] = [
        (500, say!("No.", "STT"), "{{stt}}"),
        (2_571, say!("Database", "Cơ sở dữ liệu"), "{{ten}}"),
        (840, say!("Correct", "Đúng"), "{{dung}}"),
        (960, say!("Complete", "Đủ"), "{{du}}"),
        (730, say!("Clean", "Sạch"), "{{sach}}"),
        (730, say!("Live", "Sống"), "{{song}}"),
        (780, say!("Points", "Điểm"), "{{diem}}"),
        (930, say!("Grade", "Hạng"), GRADE),
        (1_030, say!("Change", "Thay đổi"), "{{thay_doi}}"),
    ];
    let last = columns.len() - 1;
    let cells: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, (width, _, field))| {
            let open = if at == 0 { "{{#databases}}" } else { "" };
            let close = if at == last { "{{/databases}}" } else { "" };
            let style = if at == 1 { "O" } else { "OSo" };
            cell(*width, &p(style, &format!("{open}{field}{close}")))
        })
        .collect();
    let widths: Vec<u32> = columns.iter().map(|(width, ..)| *width).collect();
    [
        // "Phụ lục" in small letters, its name in capitals, and the letter that it belongs to: the order of the decree.
        with("Dam", "<w:pageBreakBefore/>", say!("Appendix", "Phụ lục").get(lang)),
        p(
            "Dam",
            say!("POINTS OF DATABASES, {{{{KY_BAO_CAO}}}}", "ĐIỂM CÁC CƠ SỞ DỮ LIỆU {{{{KY_BAO_CAO}}}}")
                .get(lang),
        ),
        p("Nghieng", "{{kem_theo}}"),
        p("Giua", ""),
        table(true, &widths, &[head(&columns, lang), row("<w:cantSplit/>", &cells)]),
        p(
            "GhiChu",
            &format!(
                "{{{{#apart}}}}- {}: {{{{noi_dung}}}}{{{{/apart}}}}",
                say!("Not in this report", "Không đưa vào báo cáo").get(lang)
            ),
        ),
        // A document does not end in a table.
        p("GhiChu", ""),
    ]
    .concat()
}
