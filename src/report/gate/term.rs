//! A gate as a page for people: the verdict, what was found, what changed.

use std::cmp::Reverse;

use super::finding::{self, Finding};
use super::{GateRenderer, words};
use crate::base::{Lang, Text};
use crate::report::term::page::{BAD, BOLD, DIM, GOOD, Line, PLAIN, Page, WEAK};
use crate::report::term::safe::middle;
use crate::report::term::words::{own, pick};
use crate::report::{Style, number};
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::report::{BudgetCard, WaiverCard};
use crate::score::gate::{Changes, GateReport, Outcome, Verdict};

/// Lines of one finding at most; none that is not hostile needs as many.
const LINES: usize = 12;

/// Columns of the mark to the left of findings.
const MARGIN: usize = 4;

pub struct Term;

impl GateRenderer for Term {
    fn name(&self) -> &'static str {
        "term"
    }

    fn about(&self) -> Text {
        say!("a page to read in the terminal", "trang để đọc trên màn hình dòng lệnh")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let mut page = Page::new(style);
        let findings = finding::all(gate, card);
        head(&mut page, style.lang, gate, findings.len());
        for (database, findings) in by_database(&findings) {
            title(&mut page, style.lang, card, database);
            for finding in findings {
                write(&mut page, style.lang, finding);
            }
        }
        changes(&mut page, style.lang, &gate.changes);
        waivers(&mut page, style.lang, &gate.waivers);
        budgets(&mut page, style.lang, &gate.budgets);
        page.into_bytes()
    }
}

fn head(page: &mut Page, lang: Lang, gate: &GateReport, findings: usize) {
    let ink = if gate.verdict == Verdict::Passed { GOOD } else { BAD };
    let headline = words::headline(gate.verdict, gate.exit_code);
    let parts = [
        Line::of(ink.bold(), headline.get(lang)).glued(),
        Line::of(PLAIN, &words::findings(findings, lang)).glued(),
        Line::of(PLAIN, words::meaning(gate.verdict).get(lang)),
    ];
    page.paragraph(Line::new(), 0, Line::dotted(parts), 3);
    let as_of = middle(&gate.as_of, 40);
    let compared = gate.baseline.as_ref().map_or_else(Line::new, |baseline| {
        let (then, hash) = (middle(&baseline.as_of, 40), middle(&baseline.hash, 12));
        Line::new().dim(say!("baseline {hash} of {then}", "mốc {hash} ngày {then}").get(lang))
    });
    let strict =
        if gate.strict { pick(lang, "cảnh báo tính là không đạt", "warnings fail") } else { "" };
    let parts = [
        Line::new().dim(say!("as of {as_of}", "tính đến {as_of}").get(lang)),
        Line::new().dim(say!("profile {}", "bộ tiêu chí {}", gate.profile.id()).get(lang)),
        compared,
        Line::new().dim(strict),
    ];
    page.paragraph(Line::new(), 0, Line::dotted(parts.map(Line::glued)), 4);
}

/// The databases by their worst finding, the run itself among them; within each the worst first.
fn by_database<'a>(findings: &'a [Finding<'a>]) -> Vec<(Option<&'a str>, Vec<&'a Finding<'a>>)> {
    let mut groups: Vec<(Option<&str>, Vec<&Finding<'_>>)> = Vec::new();
    for finding in findings {
        let database = finding.check.database.as_deref();
        match groups.iter_mut().find(|(id, _)| *id == database) {
            Some((_, group)) => group.push(finding),
            None => groups.push((database, vec![finding])),
        }
    }
    groups
}

fn title(page: &mut Page, lang: Lang, card: &Scorecard, database: Option<&str>) {
    page.blank();
    let Some(id) = database else { return page.heading('═', pick(lang, "Toàn bộ", "The whole run")) };
    let known = card.databases.iter().find(|known| known.id == id);
    let title = known.and_then(|known| known.title.as_ref());
    let id = middle(id, page.columns / 2);
    match title {
        Some(title) => page.heading('═', &format!("{id} · {}", own(title, lang))),
        None => page.heading('═', &id),
    }
}

/// `!  failed  cong_dan/not_null-ho_ten · rules.yaml:12`, and beneath it what was found.
fn write(page: &mut Page, lang: Lang, finding: &Finding<'_>) {
    let check = finding.check;
    let ink = match check.outcome {
        _ if finding.blocks => BAD,
        Outcome::Waived => DIM,
        _ => WEAK,
    };
    let on = [&check.table, &check.rule].into_iter().flatten().map(|id| middle(id, page.columns / 2));
    let on: Vec<String> =
        on.chain(check.dimension.map(|dimension| dimension.label().get(lang).to_owned())).collect();
    let condition = words::condition(check.condition);
    let parts = [
        Line::of(ink.bold(), words::outcome(check.outcome).get(lang)).glued(),
        Line::of(BOLD, &on.join("/")),
        Line::new().dim(condition.get(lang)).glued(),
        finding.place.as_ref().filter(|place| place.exact).map_or_else(Line::new, |place| {
            Line::new().dim(&format!("{}:{}", middle(&place.path, page.columns / 2), place.line)).glued()
        }),
    ];
    page.paragraph(Line::of(ink, "  !"), MARGIN, Line::dotted(parts), 4);
    let mut text = Line::of(PLAIN, &finding::prose(&check.text, lang));
    if let Some(hint) = &check.hint {
        text = text.dim(" → ").plain(&finding::prose(hint, lang));
    }
    page.paragraph(Line::new(), MARGIN, text, LINES);
}

/// A head and rows; the first column takes what the others leave.
fn table<const N: usize>(
    page: &mut Page,
    heading: &str,
    head: [&str; N],
    widths: [usize; N],
    rows: Vec<(Line, [Line; N])>,
) {
    if rows.is_empty() {
        return;
    }
    page.blank();
    page.heading('─', heading);
    let room = page.columns.saturating_sub(widths.iter().sum());
    let head = (Line::new(), head.map(|word| Line::new().dim(word)));
    for (name, cells) in std::iter::once(head).chain(rows) {
        let mut line = Line::new().pad(2).then(name).clipped(room.saturating_sub(1)).pad(room);
        for (cell, width) in cells.into_iter().zip(widths) {
            let cell = cell.clipped(width.saturating_sub(1));
            line = line.then(Line::new().pad(width.saturating_sub(cell.columns()))).then(cell);
        }
        page.line(line);
    }
}

fn changes(page: &mut Page, lang: Lang, changes: &[Changes]) {
    let count = |n: u64| Line::of(PLAIN, &number::count(n, lang));
    let rows = changes.iter().map(|table| {
        let name = format!("{}/{}", middle(&table.database, 24), middle(&table.table, 24));
        let cells = [table.added, table.changed, table.removed, table.unchanged, table.unpaired].map(count);
        (Line::of(PLAIN, &name), cells)
    });
    table(
        page,
        pick(lang, "Thay đổi so với mốc đối chiếu (bản ghi)", "Changes since the baseline (rows)"),
        pick(
            lang,
            ["thêm", "sửa", "xóa", "giữ nguyên", "không khóa"],
            ["added", "changed", "removed", "same", "no key"],
        ),
        [10, 10, 10, 13, 11],
        rows.collect(),
    );
    let moved = changes.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule)));
    let mut moved: Vec<_> = moved.collect();
    moved.sort_by_key(|(_, rule)| Reverse((rule.new_violations, rule.newly_failing)));
    let rows = moved.into_iter().map(|(table, rule)| {
        let name = format!("{}/{}", middle(&table.table, 20), rule.rule);
        let cells = [rule.newly_failing, rule.newly_passing, rule.new_violations, rule.waived].map(count);
        (Line::of(PLAIN, &name), cells)
    });
    table(
        page,
        pick(lang, "Quy tắc có số lỗi thay đổi", "Rules whose failures moved"),
        pick(
            lang,
            ["lỗi mới", "hết lỗi", "vi phạm mới", "miễn trừ"],
            ["newly bad", "newly good", "new viol.", "waived"],
        ),
        [11, 11, 12, 10],
        rows.collect(),
    );
}

fn waivers(page: &mut Page, lang: Lang, waivers: &[WaiverCard]) {
    if waivers.is_empty() {
        return;
    }
    page.blank();
    page.heading('─', pick(lang, "Miễn trừ", "Waivers"));
    for waiver in waivers {
        let void: Vec<&str> = waiver.void_because.iter().map(|why| own(why, lang)).collect();
        let state = match void.as_slice() {
            [] => Line::of(GOOD, pick(lang, "có hiệu lực", "valid")),
            why => Line::of(BAD, &format!("{}: {}", pick(lang, "vô hiệu", "void"), why.join("; "))),
        };
        let (covers, most) = (number::count(waiver.covers, lang), number::count(waiver.max_fail, lang));
        let until = middle(&waiver.expires, 20);
        let parts = [
            Line::of(BOLD, &middle(&waiver.id, 30)),
            state,
            Line::of(PLAIN, &[&waiver.table, &waiver.rule].map(|id| middle(id, 36)).join("/")),
            Line::of(PLAIN, say!("{covers} of at most {most}", "{covers} trên tối đa {most}").get(lang))
                .glued(),
            Line::of(PLAIN, say!("until {until}", "đến hết {until}").get(lang)).glued(),
            Line::new().dim(&waiver.reason),
        ];
        page.paragraph(Line::new(), 2, Line::dotted(parts), LINES);
    }
}

fn budgets(page: &mut Page, lang: Lang, budgets: &[BudgetCard]) {
    let rows = budgets.iter().map(|budget| {
        let name = format!("{}/{}", middle(&budget.table, 20), budget.rule);
        let ink = if budget.spent > budget.allowed { BAD } else { PLAIN };
        let cells = [
            Line::of(PLAIN, &middle(&budget.month, 8)),
            Line::of(PLAIN, &words::target(&budget.target, lang)),
            Line::of(PLAIN, &number::count(budget.allowed, lang)),
            Line::of(ink, &number::count(budget.spent, lang)),
        ];
        (Line::of(PLAIN, &name), cells)
    });
    table(
        page,
        pick(lang, "Ngân sách lỗi trong tháng", "Error budgets of the month"),
        pick(lang, ["tháng", "mục tiêu", "cho phép", "đã dùng"], ["month", "target", "allowed", "spent"]),
        [9, 10, 12, 12],
        rows.collect(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;
    use unicode_width::UnicodeWidthStr;

    fn page((gate, card): &(GateReport, Scorecard), style: Style) -> String {
        String::from_utf8(Term.render(gate, card, &style)).unwrap()
    }

    #[test]
    fn in_english() {
        insta::assert_snapshot!(page(&sample::every_outcome(), Style::default()), @r"
        REJECTED (exit 5) · 12 findings · The evidence is not what it claims to be.
        as of 2026-11-21T00:00:00+07:00 · profile vn-4
        baseline 0123456789ab of 2026-11-20T00:00:00+07:00

        ══ The whole run ═══════════════════════════════════════════════════════════════
          ! rejected · evidence
            the manifest names another file

        ══ bca_a13 · National population database ══════════════════════════════════════
          ! not comparable · comparable baseline
            the baseline was made by another methodology → make it anew with
            `--update-baseline`
          ! not measured · tam_tru · measured
            table `tam_tru` is missing → deliver its file
          ! not measured · cong_dan/expect-ngay_cap-on-o…-viet-nam-only-2026 · measured
            · rules/dân cư, 100%.yaml:13
            the rule could not run
          ! failed · least points
            83.12 points, 90 are asked for
          ! failed · no new cap
            cap K1 is new
          ! failed · no new cap
            cap K3 is new
          ! failed · cong_dan/not_null-ho_ten · defects of a critical rule
            rules/dân cư, 100%.yaml:10
            1,000 defects per million, 100 are allowed
          ! failed · cong_dan/not_null-ho_ten · no regression
            rules/dân cư, 100%.yaml:10
            812 rows fail anew
          ! failed · cong_dan/gone-with-the-baseline · still measured
            the rule is gone
          ! waived · cong_dan/matches-so_dinh_danh · no new violations
            rules/dân cư, 100%.yaml:14
            567 violations, covered by W-2026-017
          ! warning · cong_dan/clean_text-ho_ten · no new violations
            rules/dân cư, 100%.yaml:12
            5 new violations of a minor rule

        ── Changes since the baseline (rows) ───────────────────────────────────────────
                                       added   changed   removed         same     no key
          bca_a13/cong_dan             4,000     1,000        17    1,229,567          3

        ── Rules whose failures moved ──────────────────────────────────────────────────
                                              newly bad newly good   new viol.    waived
          cong_dan/not_null-ho_ten                  812         12         800         0

        ── Waivers ─────────────────────────────────────────────────────────────────────
          W-2026-017 · valid · cong_dan/matches-so_dinh_danh · 567 of at most 12,000
          until 2027-01-30 · hồ sơ giấy chưa số hóa
          W-2026-018 · void: expired on 2026-11-01 · cong_dan/matches-so_dinh_danh
          567 of at most 12,000 · until 2027-01-30 · hồ sơ giấy chưa số hóa

        ── Error budgets of the month ──────────────────────────────────────────────────
                                                 month    target     allowed       spent
          cong_dan/not_null-ho_ten             2026-11  99.9000%      12,500      13,120
        ");
    }

    #[test]
    fn in_vietnamese() {
        let style = Style { lang: Lang::Vi, ..Style::default() };
        insta::assert_snapshot!(page(&sample::every_outcome(), style), @r"
        BỊ BÁC BỎ (mã thoát 5) · 12 phát hiện · Bằng chứng không đúng như khai báo.
        tính đến 2026-11-21T00:00:00+07:00 · bộ tiêu chí vn-4
        mốc 0123456789ab ngày 2026-11-20T00:00:00+07:00

        ══ Toàn bộ ═════════════════════════════════════════════════════════════════════
          ! bị bác bỏ · bằng chứng
            bản kê ghi một tệp khác

        ══ bca_a13 · CSDL quốc gia về dân cư ═══════════════════════════════════════════
          ! không so sánh được · mốc so sánh được
            mốc đối chiếu được lập theo phương pháp khác → hãy lập lại bằng
            `--update-baseline`
          ! chưa đo được · tam_tru · đã đo
            thiếu bảng `tam_tru` → hãy nộp tệp của bảng
          ! chưa đo được · cong_dan/expect-ngay_cap-on-o…-viet-nam-only-2026 · đã đo
            rules/dân cư, 100%.yaml:13
            quy tắc không chạy được
          ! không đạt · điểm tối thiểu
            83,12 điểm, yêu cầu 90
          ! không đạt · không thêm điểm liệt
            điểm liệt K1 là mới
          ! không đạt · không thêm điểm liệt
            điểm liệt K3 là mới
          ! không đạt · cong_dan/not_null-ho_ten · lỗi của quy tắc nghiêm trọng
            rules/dân cư, 100%.yaml:10
            1.000 lỗi trên một triệu, cho phép 100
          ! không đạt · cong_dan/not_null-ho_ten · không kém đi
            rules/dân cư, 100%.yaml:10
            812 bản ghi mới bị lỗi
          ! không đạt · cong_dan/gone-with-the-baseline · vẫn đo được
            quy tắc không còn
          ! được miễn trừ · cong_dan/matches-so_dinh_danh · không phát sinh vi phạm
            rules/dân cư, 100%.yaml:14
            567 vi phạm, theo miễn trừ W-2026-017
          ! cảnh báo · cong_dan/clean_text-ho_ten · không phát sinh vi phạm
            rules/dân cư, 100%.yaml:12
            5 vi phạm mới của quy tắc nhẹ

        ── Thay đổi so với mốc đối chiếu (bản ghi) ─────────────────────────────────────
                                        thêm       sửa       xóa   giữ nguyên không khóa
          bca_a13/cong_dan             4.000     1.000        17    1.229.567          3

        ── Quy tắc có số lỗi thay đổi ──────────────────────────────────────────────────
                                                lỗi mới    hết lỗi vi phạm mới  miễn trừ
          cong_dan/not_null-ho_ten                  812         12         800         0

        ── Miễn trừ ────────────────────────────────────────────────────────────────────
          W-2026-017 · có hiệu lực · cong_dan/matches-so_dinh_danh
          567 trên tối đa 12.000 · đến hết 2027-01-30 · hồ sơ giấy chưa số hóa
          W-2026-018 · vô hiệu: hết hạn ngày 2026-11-01 · cong_dan/matches-so_dinh_danh
          · 567 trên tối đa 12.000 · đến hết 2027-01-30 · hồ sơ giấy chưa số hóa

        ── Ngân sách lỗi trong tháng ───────────────────────────────────────────────────
                                                 tháng  mục tiêu    cho phép     đã dùng
          cong_dan/not_null-ho_ten             2026-11  99,9000%      12.500      13.120
        ");
    }

    #[test]
    fn a_gate_that_passed_is_short() {
        insta::assert_snapshot!(page(&sample::passed(), Style::default()), @r"
        PASSED (exit 0) · 0 findings · All conditions hold.
        as of 2026-11-21T00:00:00+07:00 · profile vn-4
        ");
    }

    #[test]
    fn every_finding_is_on_the_page() {
        let (mut gate, card) = sample::every_outcome();
        let checks = gate.checks.clone();
        for round in 0..30 {
            gate.checks.extend(checks.iter().map(|check| finding_of(check, round)));
        }
        let page = page(&(gate.clone(), card), Style::default());
        for round in 0..30 {
            assert!(page.contains(&format!("found in round {round}.")), "{round}");
        }
        assert!(page.starts_with(&format!("REJECTED (exit 5) · {} findings", gate.findings().len())));
    }

    fn finding_of(check: &crate::score::gate::Check, round: u32) -> crate::score::gate::Check {
        crate::score::gate::Check { text: Text::same(format!("found in round {round}.")), ..check.clone() }
    }

    #[test]
    fn no_line_is_wider_than_the_page_and_pipes_get_no_colour() {
        for sample in [sample::every_outcome(), sample::passed(), sample::hostile()] {
            for width in [0, 60, 80, 300] {
                for lang in [Lang::En, Lang::Vi] {
                    let style = Style { lang, width, ..Style::default() };
                    let page = page(&sample, style);
                    assert!(!page.chars().any(|c| c.is_control() && c != '\n'));
                    assert!(!page.contains('\u{202e}'));
                    for line in page.lines() {
                        assert!(line.width() <= style.columns(), "{} {line}", line.width());
                    }
                }
            }
        }
        let coloured = page(&sample::passed(), Style { color: true, ..Style::default() });
        assert!(coloured.contains("\u{1b}["));
    }
}
