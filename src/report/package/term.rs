//! What was found of a package, as a page: findings file by file, the gravest first within each.

use super::{by_file, level, place};
use crate::base::Lang;
use crate::engine::package::report::{Finding, Level, MessageCounts, PackageReport, Verdict};
use crate::report::term::page::{BAD, BOLD, DIM, GOOD, Line, PLAIN, Page, WEAK};
use crate::report::term::safe::middle;
use crate::report::term::words::{FILES, counted, pick};
use crate::report::{Style, number};
use crate::say;

/// Findings that are spelled out.
const FINDINGS: usize = 20;

const LISTS: [&str; 3] = ["list of files", "lists of files", "danh sách tệp"];
const MESSAGES: [&str; 3] = ["message", "messages", "thông điệp"];

pub fn term(report: &PackageReport, style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    let (ink, word) = match report.verdict {
        Verdict::Sound => (GOOD, pick(lang, "đạt", "sound")),
        Verdict::Incomplete => (WEAK, pick(lang, "chưa kiểm tra hết", "not all checked")),
        Verdict::Rejected => (BAD, pick(lang, "bác bỏ", "rejected")),
    };
    page.sides(Line::of(BOLD, &middle(&report.package, page.columns * 2 / 3)), Line::of(ink.bold(), word));
    page.paragraph(Line::new(), 2, contents(report, lang), 3);
    page.paragraph(Line::new(), 2, lists(report, lang), 3);
    let mut left = FINDINGS;
    for (file, findings) in by_file(&report.findings) {
        if left == 0 {
            break;
        }
        page.blank();
        let name = if file.is_empty() { pick(lang, "cả gói", "the package") } else { file };
        page.line(Line::of(BOLD, &middle(name, page.columns)));
        for finding in findings.iter().take(left) {
            one(&mut page, lang, finding);
        }
        left -= findings.len().min(left);
    }
    if let Some(more) = report.findings.len().checked_sub(FINDINGS).filter(|&more| more > 0) {
        let more = number::count(more as u64, lang);
        let text = say!(
            "… and {more} more; `--format json` has them all",
            "… và {more} mục khác; `--format json` có đủ tất cả"
        );
        page.line(Line::of(DIM, text.get(lang)));
    }
    page.blank();
    page.line(Line::of(ink, &summed(report, lang)));
    page.into_bytes()
}

fn contents(report: &PackageReport, lang: Lang) -> Line {
    let counts = &report.counts;
    let bytes = number::count(counts.bytes, lang);
    let mut parts = vec![
        Line::of(PLAIN, &counted(counts.files, FILES, lang)).glued(),
        Line::of(PLAIN, say!("{bytes} bytes", "{bytes} byte").get(lang)).glued(),
    ];
    let MessageCounts { messages, wrong, unchecked } = counts.messages;
    if messages > 0 {
        parts.push(Line::of(PLAIN, &counted(messages, MESSAGES, lang)).glued());
    }
    for (n, ink, [en, vi]) in
        [(wrong, BAD, ["wrong", "sai"]), (unchecked, WEAK, ["not checked", "chưa kiểm tra được"])]
    {
        if n > 0 {
            let n = number::count(n, lang);
            parts.push(Line::of(ink, say!("{n} {en}", "{n} {vi}").get(lang)).glued());
        }
    }
    Line::dotted(parts)
}

fn lists(report: &PackageReport, lang: Lang) -> Line {
    let lists = report.manifests.iter().map(|manifest| {
        let files = counted(manifest.entries, FILES, lang);
        Line::of(PLAIN, &middle(&manifest.path, 40)).dim(&format!(" ({files})"))
    });
    let lists = Line::dotted(lists);
    let label = counted(report.manifests.len() as u64, LISTS, lang);
    Line::of(DIM, &format!("{label}: ")).then(lists)
}

fn one(page: &mut Page, lang: Lang, finding: &Finding) {
    let (mark, ink) = match finding.level {
        Level::Wrong => ("  !", BAD),
        Level::Unknown => ("  ?", WEAK),
        Level::Note => ("  ·", DIM),
    };
    let place = place(finding, lang);
    let place = if place.is_empty() { Line::new() } else { Line::of(DIM, &format!("{place}: ")) };
    page.paragraph(Line::of(ink, mark), 4, place.plain(finding.text.get(lang)), 4);
    if let Some(rule) = &finding.rule {
        page.paragraph(Line::new(), 4, Line::of(DIM, rule), 2);
    }
}

fn summed(report: &PackageReport, lang: Lang) -> String {
    let counts = &report.counts;
    let parts = [(counts.wrong, Level::Wrong), (counts.unknown, Level::Unknown), (counts.notes, Level::Note)];
    let parts = parts.map(|(n, of)| format!("{} {}", number::count(n, lang), level(of).get(lang)));
    parts.join(" · ")
}
