//! From points to a grade, and how far it may be trusted and compared.

use super::{Block, Section, row, same, section};
use crate::base::{Nano, Text};
use crate::say;
use crate::score::comparable::COVERAGE;
use crate::score::evidence::Confidence;
use crate::score::methodology::Limit;
use crate::score::{Grade, Methodology};

pub fn sections(methodology: &Methodology) -> Vec<Section> {
    vec![grade(methodology), clean(), caps(methodology), confidence(), comparable()]
}

fn grade(methodology: &Methodology) -> Section {
    let rows = methodology
        .bands
        .iter()
        .map(|band| row([same(band.grade.id()), band.grade.label(), same(band.points)]));
    let near = Nano::new(methodology.near_edge);
    let (en, vi) = (near.decimal(1, '.'), near.decimal(1, ','));
    section(
        "m-grade",
        say!("Grades", "Xếp hạng"),
        vec![
            Block::Table {
                heads: vec![
                    say!("Grade", "Hạng"),
                    say!("Meaning", "Ý nghĩa"),
                    say!("Official points, from", "Điểm chính thức, từ"),
                ],
                rows: rows.collect(),
            },
            Block::Formula(say!(
                "grade = the worst of the grade by points and of all caps",
                "hạng = thấp nhất trong hạng theo điểm và mọi mức khống chế"
            )),
            Block::Said(say!(
                "The cut points are those of Decree 335/2025/NĐ-CP for civil servants. A score less than {en} points from an edge is flagged. Not enough evidence is a grade of its own (—), the last.",
                "Các ngưỡng lấy theo Nghị định 335/2025/NĐ-CP về xếp loại công chức. Điểm cách ngưỡng chưa đến {vi} điểm được ghi “sát ngưỡng”. Chưa đủ căn cứ là một hạng riêng (—), thấp nhất."
            )),
        ],
    )
}

fn clean() -> Section {
    section(
        "m-clean",
        say!("Clean records", "Bản ghi sạch"),
        vec![
            Block::Said(say!(
                "A record of a main table is clean if no rule of severity major or above fails or is unknown on it, and its identity key is present and unique. It is counted row by row, not from the rules' counts. A required main table that is missing or empty makes the guaranteed share 0.",
                "Một bản ghi của bảng chính là sạch nếu không quy tắc nào mức nặng trở lên bị lỗi hay chưa rõ ở bản ghi đó, và khóa định danh có mặt, không trùng. Đếm theo từng bản ghi, không suy từ số đếm của quy tắc. Bảng chính bắt buộc mà thiếu hoặc trống thì tỷ lệ bảo đảm bằng 0."
            )),
            Block::Formula(say!(
                "clean records = Σ clean / Σ rows, over main tables",
                "bản ghi sạch = Σ sạch / Σ bản ghi, trên các bảng chính"
            )),
        ],
    )
}

/// `below 25: D; below 50: C`
fn below(limits: &[Limit], unit: &str) -> Text {
    let said = |below: &str| {
        let each = limits
            .iter()
            .map(|Limit { below: limit, grade }| format!("{below} {limit}{unit}: {}", grade.id()));
        each.collect::<Vec<_>>().join("; ")
    };
    Text { en: said("below"), vi: said("dưới") }
}

fn caps(methodology: &Methodology) -> Section {
    let caps = &methodology.caps;
    let at_most = |grade: Grade| same(grade.id());
    let (cycles, zero) = (caps.extract_cycles, methodology.cycles_to_zero);
    let percent = caps.agency_failing_percent;
    let rows = vec![
        row([
            same("K1"),
            say!(
                "points of a rule on the identity key of a main table",
                "điểm của quy tắc về khóa định danh của bảng chính"
            ),
            below(&caps.identity, ""),
        ]),
        row([
            same("K2"),
            say!("points of a critical rule", "điểm của quy tắc nghiêm trọng"),
            below(&[caps.critical], ""),
        ]),
        row([same("K3"), say!("points of a dimension", "điểm của một chiều"), below(&caps.dimension, "")]),
        row([same("K4"), say!("clean records", "bản ghi sạch"), below(&caps.clean_records, "%")]),
        row([
            same("K5"),
            say!(
                "a main table was not updated for {zero} cycles, or it is not known when",
                "bảng chính không cập nhật trong {zero} nhịp, hoặc không rõ cập nhật lúc nào"
            ),
            at_most(caps.dead),
        ]),
        row([same("K6"), say!("coverage", "độ phủ"), below(&caps.coverage, "%")]),
        row([
            same("K6"),
            say!("only reported by its owner", "chỉ do chủ quản tự báo cáo"),
            at_most(caps.self_reported),
        ]),
        row([
            same("K7"),
            say!(
                "the extract is older than {cycles} cycles, or its files are not those of the manifest",
                "bản trích xuất cũ hơn {cycles} nhịp, hoặc tệp không khớp bản kê"
            ),
            at_most(caps.evidence),
        ]),
        row([
            same("K8"),
            say!("a required table is missing", "thiếu bảng bắt buộc"),
            at_most(caps.missing_table),
        ]),
        row([
            same("K9"),
            say!(
                "of an agency: a priority database is graded D or —",
                "của cơ quan: có CSDL ưu tiên xếp D hoặc —"
            ),
            at_most(caps.agency_priority),
        ]),
        row([
            same("K9"),
            say!(
                "of an agency: {percent}% of its databases or more are graded D or —",
                "của cơ quan: từ {percent}% CSDL trở lên xếp D hoặc —"
            ),
            at_most(caps.agency_failing),
        ]),
    ];
    section(
        "m-caps",
        say!("Caps", "Điểm liệt"),
        vec![
            Block::Said(say!(
                "What no average may hide. A cap lowers the grade, never the points. Caps look at official values, so not measuring does not lift one.",
                "Những gì không được phép che bằng điểm trung bình. Điểm liệt hạ hạng, không bao giờ hạ điểm. Xét theo giá trị chính thức nên không đo thì không thoát."
            )),
            Block::Formula(say!(
                "a limit is undercut: the grade is at best that of the limit; of several the worst",
                "dưới ngưỡng nào thì hạng không quá hạng của ngưỡng đó; nhiều ngưỡng thì lấy thấp nhất"
            )),
            Block::Table {
                heads: vec![same("K"), say!("What", "Xét gì"), say!("Grade at best", "Hạng cao nhất")],
                rows,
            },
        ],
    )
}

fn confidence() -> Section {
    let (high, medium, cycles) = (Confidence::HIGH, Confidence::MEDIUM, Confidence::RECENT);
    section(
        "m-confidence",
        say!("Confidence", "Độ tin cậy"),
        vec![Block::Formula(say!(
            "high: full scan, extract known to be at most {cycles} cycle old, coverage from {high}%; medium: not self-reported, coverage from {medium}%; else low",
            "cao: quét toàn bộ, biết bản trích xuất không quá {cycles} nhịp, độ phủ từ {high}%; trung bình: không phải tự báo cáo, độ phủ từ {medium}%; còn lại là thấp"
        ))],
    )
}

fn comparable() -> Section {
    section(
        "m-comparable",
        say!("What may be compared", "Khi nào được so sánh"),
        vec![Block::Said(say!(
            "A score stands beside others only under the same methodology, a profile for comparison, the same core packs, the contract that is shipped for the database where there is one, a coverage of at least {COVERAGE}%, and moments that are not too far apart. Everything else is listed apart, with its reasons, and has no rank.",
            "Điểm chỉ được đặt cạnh nhau khi cùng phương pháp, cùng bộ tiêu chí dùng để so sánh, cùng gói lõi, đúng cam kết dữ liệu đi kèm của CSDL (nếu có), độ phủ từ {COVERAGE}% trở lên, và thời điểm không quá xa nhau. Ngoài ra được liệt kê riêng kèm lý do và không xếp thứ hạng."
        ))],
    )
}
