//! Whether a history is what was written, as a page.

use crate::history::verify::HistoryVerification;
use crate::report::term::page::{BAD, BOLD, GOOD, Line, PLAIN, Page, WEAK};
use crate::report::term::safe::middle;
use crate::report::term::words::{own, pick};
use crate::report::{Style, number};
use crate::say;

const RECORDS: [&str; 3] = ["record", "records", "bản ghi"];
/// Findings that are spelled out.
const FINDINGS: usize = 20;

/// `asked`: a hash was given that was kept elsewhere.
pub fn write(file: &str, verdict: &HistoryVerification, asked: bool, style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    let (ink, word) = match verdict.accepted {
        true => (GOOD, pick(lang, "chấp nhận", "accepted")),
        false => (BAD, pick(lang, "bác bỏ", "rejected")),
    };
    let name = Line::of(BOLD, &middle(file, page.columns * 2 / 3));
    page.sides(name, Line::of(ink.bold(), word));
    let (rescored, other) =
        (number::count(verdict.rescored, lang), number::count(verdict.not_rescored, lang));
    let parts = [
        Line::of(PLAIN, &number::counted(verdict.records, RECORDS, lang)),
        Line::of(
            PLAIN,
            say!(
                "{rescored} scored again with the same result",
                "{rescored} bản ghi chấm lại cho cùng kết quả"
            )
            .get(lang),
        ),
        match verdict.not_rescored {
            0 => Line::new(),
            _ => Line::of(
                WEAK,
                say!(
                    "{other} by another methodology, format or kind of rules, not scored again",
                    "{other} khác phương pháp, định dạng hoặc loại quy tắc nên không chấm lại"
                )
                .get(lang),
            ),
        },
    ];
    page.paragraph(Line::new(), 2, Line::dotted(parts.map(Line::glued)), 3);
    page.line(Line::new().pad(2).dim(pick(lang, "dấu băm cuối ", "head ")).dim(&verdict.head));
    for finding in verdict.findings.iter().take(FINDINGS) {
        let at = finding.sequence.map_or_else(Line::new, |sequence| {
            Line::of(BOLD, say!("record {sequence}: ", "bản ghi {sequence}: ").get(lang))
        });
        page.paragraph(Line::of(BAD, "  !"), 4, at.plain(own(&finding.text, lang)), 4);
    }
    let more = verdict.findings.len().saturating_sub(FINDINGS) as u64 + verdict.more;
    if more > 0 {
        let more = number::count(more, lang);
        page.line(Line::new().dim(say!("    … and {more} more", "    … và {more} mục khác").get(lang)));
    }
    let text = match (verdict.accepted, asked, verdict.known_head_at) {
        (false, ..) => return page.into_bytes(),
        (true, true, Some(at)) if at == verdict.records => say!(
            "It ends with the record whose hash was kept: nothing was changed, and nothing is missing.",
            "Tệp kết thúc đúng ở bản ghi có dấu băm đã lưu: không có gì bị sửa, không thiếu gì."
        ),
        (true, true, at) => {
            let at = number::count(at.unwrap_or(0), lang);
            say!(
                "Up to record {at}, whose hash was kept, nothing was changed; later records were added.",
                "Đến bản ghi {at} (có dấu băm đã lưu) không có gì bị sửa; các bản ghi sau được thêm vào."
            )
        }
        (true, false, _) => say!(
            "Nothing within the chain was changed. That nothing was cut off at its end, or written anew, can only be shown with a hash that was kept elsewhere: keep the head and the number of records, and give it as `--head`.",
            "Không có gì bên trong chuỗi bị sửa. Muốn biết phần cuối có bị cắt bỏ hay chuỗi có bị ghi lại không thì cần dấu băm lưu ở nơi khác: hãy lưu dấu băm cuối cùng số bản ghi, rồi đưa vào qua `--head`."
        ),
    };
    page.paragraph(Line::new(), 2, Line::new().dim(text.get(lang)), 6);
    page.into_bytes()
}
