//! Whether scorecards are what they claim to be, as a page.

use super::page::{BAD, BOLD, DIM, GOOD, Line, PLAIN, Page, WEAK};
use super::safe::middle;
use super::words::{FILES, counted, own, pick};
use crate::base::Lang;
use crate::report::{Style, number};
use crate::say;
use crate::score::verify::{FilesChecked, Verification};

/// Findings and files that are spelled out.
const FINDINGS: usize = 20;
const OTHERS: usize = 5;

pub fn write(verdicts: &[Verification], style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    for verdict in verdicts {
        one(&mut page, lang, verdict);
    }
    if verdicts.len() > 1 {
        let accepted = verdicts.iter().filter(|verdict| verdict.accepted).count() as u64;
        let (accepted, all) = (number::count(accepted, lang), number::count(verdicts.len() as u64, lang));
        let text = say!("{accepted} of {all} cards accepted", "chấp nhận {accepted} trên {all} bảng điểm");
        page.line(Line::of(BOLD, text.get(lang)));
    }
    page.into_bytes()
}

fn one(page: &mut Page, lang: Lang, verdict: &Verification) {
    let (ink, word) = match verdict.accepted {
        true => (GOOD, pick(lang, "chấp nhận", "accepted")),
        false => (BAD, pick(lang, "bác bỏ", "rejected")),
    };
    page.sides(Line::of(BOLD, &middle(&verdict.card, page.columns * 2 / 3)), Line::of(ink.bold(), word));
    let as_of = middle(&verdict.as_of, 40);
    let databases = middle(&verdict.databases.join(", "), 40);
    let parts = [
        Line::of(PLAIN, &databases).glued(),
        Line::of(PLAIN, say!("as of {as_of}", "tính đến {as_of}").get(lang)).glued(),
    ];
    page.paragraph(Line::new(), 2, Line::dotted(parts), 2);
    page.line(Line::new().pad(2).dim(pick(lang, "gốc ", "root ")).dim(&verdict.root));
    if let Some(signed) = &verdict.signature {
        let key = &signed.key;
        let text = match (&signed.comment, signed.trusted) {
            (Some(_), true) => Line::of(GOOD, say!("signed by {key}", "do {key} ký").get(lang)),
            _ if verdict.accepted => Line::of(
                WEAK,
                say!(
                    "says it is signed by {key}; not checked without `--public-key`",
                    "tự ghi là do {key} ký; chưa kiểm tra vì không có `--public-key`"
                )
                .get(lang),
            ),
            _ => Line::new(),
        };
        page.paragraph(Line::new(), 2, text, 2);
        if let Some(comment) = &signed.comment {
            page.paragraph(Line::new(), 4, Line::new().dim(comment), 4);
        }
    }
    if let Some(checked) = &verdict.files {
        files(page, lang, checked);
    }
    for finding in verdict.findings.iter().take(FINDINGS) {
        let part =
            if finding.part.is_empty() { Line::new() } else { Line::of(DIM, &finding.part).plain(" ") };
        page.paragraph(Line::of(BAD, "  !"), 4, part.plain(own(&finding.text, lang)), 4);
    }
    if let Some(more) = verdict.findings.len().checked_sub(FINDINGS).filter(|&more| more > 0) {
        let more = number::count(more as u64, lang);
        page.line(Line::new().dim(say!("    … and {more} more", "    … và {more} mục khác").get(lang)));
    }
    page.blank();
}

fn files(page: &mut Page, lang: Lang, checked: &FilesChecked) {
    let (same, named) = (number::count(checked.same, lang), counted(checked.named, FILES, lang));
    let text = say!("{same} of {named} as scored", "{same} trên {named} đúng như khi chấm");
    let ink = if checked.same == checked.named { PLAIN } else { BAD };
    page.line(Line::new().pad(2).ink(ink, text.get(lang)));
    if !checked.others.is_empty() {
        let count = counted(checked.others.len() as u64, FILES, lang);
        let start = say!("{count} that the card does not name: ", "{count} không có trên bảng điểm: ");
        let shown: Vec<String> = checked.others.iter().take(OTHERS).map(|path| middle(path, 40)).collect();
        page.paragraph(Line::new(), 2, Line::of(WEAK, start.get(lang)).plain(&shown.join(", ")), 3);
    }
}
