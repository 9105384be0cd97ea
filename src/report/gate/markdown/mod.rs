//! A gate as a comment on a pull request: the verdict, scores, findings, what changed, what to fix first.
//!
//! Nothing in a text becomes markup, a link, or the mention of a person: see [`sheet::escape`]. Whatever there is to say, the
//! comment stays within what GitHub (65,536 characters) and the others accept.

pub(in crate::report) mod sheet;

use std::cmp::Reverse;

use self::sheet::{ID, Sheet, code, escape};
use super::finding::{self, Finding, name, prose};
use super::{GateRenderer, words};
use crate::base::{Dimension, Lang, Text};
use crate::report::term::rule::status;
use crate::report::term::safe::middle;
use crate::report::term::words::{clean_share, fraction, gain, own, pick, points};
use crate::report::{Style, number};
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::report::WaiverCard;
use crate::score::gate::{Changes, GateReport, Outcome, Verdict};
use crate::score::scorecard::{DatabaseCard, RuleCard};

/// By this a pipeline finds its own comment and replaces it.
const MARKER: &str = "<!-- thuocdo:gate -->";

/// Bytes of the rows of each section, so that none crowds out another. Headings and what closes sections come on top.
const SCORES: usize = 12_000;
const FINDINGS: usize = 24_000;

/// Findings that are seen at once; more are folded away.
const OPEN: usize = 10;

/// Rules under "what to fix first".
const FIRST: usize = 5;

/// Columns of a sentence.
const SENTENCE: usize = 300;

pub struct Markdown;

impl GateRenderer for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> Text {
        say!("a comment for a pull request", "bình luận cho yêu cầu hợp nhất (pull request)")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let lang = style.lang;
        let mut sheet = Sheet::default();
        let findings = finding::all(gate, card);
        head(&mut sheet, gate, findings.len(), style);
        scores(&mut sheet, card, lang);
        list(&mut sheet, &findings, lang);
        first(&mut sheet, card, lang);
        changes(&mut sheet, &gate.changes, lang);
        waivers(&mut sheet, &gate.waivers, lang);
        budgets(&mut sheet, gate, lang);
        sheet.out.into_bytes()
    }
}

fn head(sheet: &mut Sheet, gate: &GateReport, findings: usize, style: &Style) {
    let lang = style.lang;
    let mark = match gate.verdict {
        _ if !style.unicode => "",
        Verdict::Passed => "✅ ",
        Verdict::Failed => "❌ ",
        Verdict::Incomplete | Verdict::NotComparable | Verdict::Rejected => "⛔ ",
    };
    sheet.fixed(MARKER);
    sheet.fixed(&format!("## {mark}thuocdo: {}\n", words::headline(gate.verdict, gate.exit_code).get(lang)));
    let count = words::findings(findings, lang);
    let as_of = escape(&gate.as_of, 40);
    let mut parts = vec![
        words::meaning(gate.verdict).get(lang).to_owned(),
        count,
        say!("as of {as_of}", "tính đến {as_of}").get(lang).to_owned(),
    ];
    if let Some(baseline) = &gate.baseline {
        let (hash, then) = (code(&baseline.hash), escape(&baseline.as_of, 40));
        parts.push(say!("baseline {hash} of {then}", "mốc {hash} ngày {then}").get(lang).to_owned());
    }
    parts.push(code(&gate.methodology));
    sheet.fixed(&parts.join(" · "));
}

fn scores(sheet: &mut Sheet, card: &Scorecard, lang: Lang) {
    let shown: Vec<Dimension> = Dimension::ALL
        .into_iter()
        .filter(|dimension| card.databases.iter().any(|db| dimension_of(db, *dimension).is_some()))
        .collect();
    let mut head = vec![
        pick(lang, "CSDL", "Database").to_owned(),
        pick(lang, "Hạng", "Grade").to_owned(),
        pick(lang, "Điểm", "Points").to_owned(),
    ];
    head.extend(shown.iter().map(|dimension| dimension.label().get(lang).to_owned()));
    head.extend([
        pick(lang, "Hồ sơ sạch", "Clean records").to_owned(),
        pick(lang, "Độ phủ", "Coverage").to_owned(),
    ]);
    sheet.fixed(&format!("\n| {} |\n| --- | :-: |{}", head.join(" | "), " --: |".repeat(head.len() - 2)));
    let rows: Vec<String> = card
        .databases
        .iter()
        .map(|database| {
            let mut cells = vec![
                title(database, lang),
                database.grade.id().to_owned(),
                format!("**{}**", escape(&points(&database.score.official, lang), 16)),
            ];
            cells.extend(shown.iter().map(|dimension| {
                let score = dimension_of(database, *dimension);
                score.map_or_else(|| "—".to_owned(), |text| escape(&points(text, lang), 16))
            }));
            cells.push(clean_share(&database.clean_records, lang));
            cells.push(fraction(database.coverage, lang));
            format!("| {} |", cells.join(" | "))
        })
        .collect();
    sheet.room = SCORES;
    sheet.rows(&rows, lang);
}

fn dimension_of(database: &DatabaseCard, dimension: Dimension) -> Option<&str> {
    let card = database.dimensions.get(&dimension).filter(|card| card.applicable)?;
    Some(&card.score.official)
}

fn title(database: &DatabaseCard, lang: Lang) -> String {
    let id = code(&database.id);
    match &database.title {
        Some(title) => format!("{id} {}", escape(own(title, lang), ID)),
        None => id,
    }
}

fn list(sheet: &mut Sheet, findings: &[Finding<'_>], lang: Lang) {
    if findings.is_empty() {
        return;
    }
    sheet.room = FINDINGS;
    sheet.fixed(&format!("\n### {}\n", pick(lang, "Phát hiện", "Findings")));
    let rows: Vec<String> = findings.iter().map(|finding| item(finding, lang)).collect();
    let (open, folded) = rows.split_at(rows.len().min(OPEN));
    sheet.rows(open, lang);
    if !folded.is_empty() {
        sheet.fixed(&format!("\n<details><summary>{}</summary>\n", words::more(folded.len(), lang)));
        sheet.rows(folded, lang);
        sheet.fixed("\n</details>");
    }
}

fn item(finding: &Finding<'_>, lang: Lang) -> String {
    let outcome = words::outcome(finding.check.outcome);
    let mark = match finding.check.outcome {
        Outcome::Waived | Outcome::Warning if !finding.blocks => outcome.get(lang).to_owned(),
        _ => format!("**{}**", outcome.get(lang)),
    };
    let mut item = format!(
        "- {mark} {}: {}",
        code(&finding.subject()),
        escape(&prose(&finding.check.text, lang), SENTENCE)
    );
    if let Some(hint) = &finding.check.hint {
        item += &format!(" → {}", escape(&prose(hint, lang), SENTENCE));
    }
    if let Some(place) = finding.place.as_ref().filter(|place| place.exact) {
        item += &format!(" ({})", code(&format!("{}:{}", place.path, place.line)));
    }
    item
}

/// The rules by whose repair the scores gain most.
fn first(sheet: &mut Sheet, card: &Scorecard, lang: Lang) {
    let mut rules: Vec<(&DatabaseCard, &str, &RuleCard)> = Vec::new();
    for database in &card.databases {
        for table in &database.tables {
            rules.extend(table.rules.iter().map(|rule| (database, table.id.as_str(), rule)));
        }
    }
    rules.retain(|(_, _, rule)| rule.gain_nano > 0);
    rules.sort_by_key(|(_, _, rule)| Reverse(rule.gain_nano));
    rules.truncate(FIRST);
    let rows = rules.into_iter().map(|(database, table, rule)| {
        let id = [&database.id, table, &rule.id].map(name).join("/");
        let title = rule.title.as_ref().map(|title| format!(" {}", escape(own(title, lang), ID)));
        [
            code(&id) + &title.unwrap_or_default(),
            // What did not run has nothing to count.
            status(rule.status)
                .map_or_else(|| number::count(rule.fail, lang), |(_, why)| why.get(lang).to_owned()),
            escape(&gain(&middle(&rule.gain, 16), rule.gain_nano, lang), 16),
        ]
    });
    sheet.table(
        pick(lang, "Nên sửa trước", "What to fix first"),
        pick(lang, ["Quy tắc", "Lỗi", "Điểm tăng thêm"], ["Rule", "Failing", "Points to gain"]),
        2,
        &rows.collect::<Vec<_>>(),
        lang,
    );
}

fn changes(sheet: &mut Sheet, changes: &[Changes], lang: Lang) {
    let count = |n: u64| number::count(n, lang);
    let rows: Vec<[String; 6]> = changes
        .iter()
        .map(|table| {
            let [added, changed, removed, same] =
                [table.added, table.changed, table.removed, table.unchanged].map(count);
            let new = table.rules.iter().fold(0u64, |sum, rule| sum.saturating_add(rule.new_violations));
            let id = format!("{}/{}", name(&table.database), name(&table.table));
            [code(&id), added, changed, removed, same, count(new)]
        })
        .collect();
    sheet.table(
        pick(lang, "Thay đổi so với mốc đối chiếu", "Changes since the baseline"),
        pick(
            lang,
            ["Bảng", "Thêm", "Sửa", "Xóa", "Giữ nguyên", "Vi phạm mới"],
            ["Table", "Added", "Changed", "Removed", "Same", "New violations"],
        ),
        5,
        &rows,
        lang,
    );
}

fn waivers(sheet: &mut Sheet, waivers: &[WaiverCard], lang: Lang) {
    let rows: Vec<[String; 5]> = waivers
        .iter()
        .map(|waiver| {
            let void: Vec<&str> = waiver.void_because.iter().map(|why| own(why, lang)).collect();
            let state = match void.as_slice() {
                [] => pick(lang, "có hiệu lực", "valid").to_owned(),
                why => {
                    format!("**{}**: {}", pick(lang, "vô hiệu", "void"), escape(&why.join("; "), SENTENCE))
                }
            };
            let id = [&waiver.database, &waiver.table, &waiver.rule].map(|id| name(id)).join("/");
            let covers =
                format!("{} / {}", number::count(waiver.covers, lang), number::count(waiver.max_fail, lang));
            let about = format!("{} {}", code(&id), escape(&waiver.reason, SENTENCE));
            [code(&waiver.id), about, state, escape(&waiver.expires, 20), covers]
        })
        .collect();
    sheet.table(
        pick(lang, "Miễn trừ", "Waivers"),
        pick(
            lang,
            ["Mã", "Nội dung", "Tình trạng", "Hết hạn", "Vi phạm / tối đa"],
            ["Id", "About", "State", "Expires", "Covers / at most"],
        ),
        2,
        &rows,
        lang,
    );
}

fn budgets(sheet: &mut Sheet, gate: &GateReport, lang: Lang) {
    let rows: Vec<[String; 5]> = gate
        .budgets
        .iter()
        .map(|budget| {
            let id = [&budget.database, &budget.table, &budget.rule].map(|id| name(id)).join("/");
            [
                code(&id),
                escape(&budget.month, 10),
                escape(&words::target(&budget.target, lang), 12),
                number::count(budget.allowed, lang),
                number::count(budget.spent, lang),
            ]
        })
        .collect();
    sheet.table(
        pick(lang, "Ngân sách lỗi trong tháng", "Error budgets of the month"),
        pick(
            lang,
            ["Quy tắc", "Tháng", "Mục tiêu", "Cho phép", "Đã dùng"],
            ["Rule", "Month", "Target", "Allowed", "Spent"],
        ),
        3,
        &rows,
        lang,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;
    use regex::Regex;

    fn text((gate, card): &(GateReport, Scorecard), lang: Lang) -> String {
        String::from_utf8(Markdown.render(gate, card, &Style { lang, ..Style::default() })).unwrap()
    }

    #[test]
    fn in_english() {
        insta::assert_snapshot!(text(&sample::every_outcome(), Lang::En), @r"
        <!-- thuocdo:gate -->
        ## ⛔ thuocdo: REJECTED (exit 5)

        The evidence is not what it claims to be. · 12 findings · as of 2026-11-21T00:00:00+07:00 · baseline <code>0123456789ab</code> of 2026-11-20T00:00:00+07:00 · <code>thuocdo-score/1.0.0+0123456789ab</code>

        | Database | Grade | Points | Correct | Complete | Clean | Live | Clean records | Coverage |
        | --- | :-: | --: | --: | --: | --: | --: | --: | --: |
        | <code>bca\_a13</code> National population database | D | **40.91** | 64.33 | 54.00 | 99.87 | 0.00 | 98.41% | 66.66% |
        | <code>byt\_a02</code> | — | **35.92** | 91.58 | 100.00 | 0.00 | 0.00 | 99.92% | 50% |

        ### Findings

        - **rejected** <code>evidence</code>: the manifest names another file
        - **not comparable** <code>bca\_a13/comparable</code>: the baseline was made by another methodology → make it anew with \`--update-baseline\`
        - **not measured** <code>bca\_a13/tam\_tru/measured</code>: table \`tam\_tru\` is missing → deliver its file
        - **not measured** <code>bca\_a13/cong\_dan/expect-ngay\_cap-on-or-a…sinh-for-citizens-of-viet-nam-only-2026</code>: the rule could not run (<code>rules/dân cư, 100%.yaml:13</code>)
        - **failed** <code>bca\_a13/min\_score</code>: 83.12 points, 90 are asked for
        - **failed** <code>bca\_a13/new\_cap</code>: cap K1 is new
        - **failed** <code>bca\_a13/new\_cap</code>: cap K3 is new
        - **failed** <code>bca\_a13/cong\_dan/not\_null-ho\_ten</code>: 1,000 defects per million, 100 are allowed (<code>rules/dân cư, 100%.yaml:10</code>)
        - **failed** <code>bca\_a13/cong\_dan/not\_null-ho\_ten</code>: 812 rows fail anew (<code>rules/dân cư, 100%.yaml:10</code>)
        - **failed** <code>bca\_a13/cong\_dan/gone-with-the-baseline</code>: the rule is gone

        <details><summary>2 more findings</summary>

        - waived <code>bca\_a13/cong\_dan/matches-so\_dinh\_danh</code>: 567 violations, covered by W-2026-017 (<code>rules/dân cư, 100%.yaml:14</code>)
        - warning <code>bca\_a13/cong\_dan/clean\_text-ho\_ten</code>: 5 new violations of a minor rule (<code>rules/dân cư, 100%.yaml:12</code>)

        </details>

        ### What to fix first

        | Rule | Failing | Points to gain |
        | --- | --: | --: |
        | <code>bca\_a13/tam\_tru/not\_null-ma\_xa</code> | table missing | +7.50 |
        | <code>bca\_a13/cong\_dan/expect-ngay\_cap-on-or-a…sinh-for-citizens-of-viet-nam-only-2026</code> Issued after birth | could not run | +6.25 |
        | <code>byt\_a02/hospital/matches-ma</code> | 1 | +1.57 |
        | <code>bca\_a13/cong\_dan/not\_null-ho\_ten</code> | 1,000 | +1.12 |
        | <code>bca\_a13/cong\_dan/matches-so\_dinh\_danh</code> | 567 | +0.43 |

        ### Changes since the baseline

        | Table | Added | Changed | Removed | Same | New violations |
        | --- | --: | --: | --: | --: | --: |
        | <code>bca\_a13/cong\_dan</code> | 4,000 | 1,000 | 17 | 1,229,567 | 800 |

        ### Waivers

        | Id | About | State | Expires | Covers / at most |
        | --- | --- | --- | --: | --: |
        | <code>W-2026-017</code> | <code>bca\_a13/cong\_dan/matches-so\_dinh\_danh</code> hồ sơ giấy chưa số hóa | valid | 2027-01-30 | 567 / 12,000 |
        | <code>W-2026-018</code> | <code>bca\_a13/cong\_dan/matches-so\_dinh\_danh</code> hồ sơ giấy chưa số hóa | **void**: expired on 2026-11-01 | 2027-01-30 | 567 / 12,000 |

        ### Error budgets of the month

        | Rule | Month | Target | Allowed | Spent |
        | --- | --- | --: | --: | --: |
        | <code>bca\_a13/cong\_dan/not\_null-ho\_ten</code> | 2026-11 | 99.9000% | 12,500 | 13,120 |
        ");
    }

    #[test]
    fn a_gate_that_passed_in_vietnamese() {
        insta::assert_snapshot!(text(&sample::passed(), Lang::Vi), @r"
        <!-- thuocdo:gate -->
        ## ✅ thuocdo: ĐẠT (mã thoát 0)

        Mọi điều kiện đều đạt. · 0 phát hiện · tính đến 2026-11-21T00:00:00+07:00 · <code>thuocdo-score/1.0.0+0123456789ab</code>

        | CSDL | Hạng | Điểm | Đúng | Đủ | Sạch | Sống | Hồ sơ sạch | Độ phủ |
        | --- | :-: | --: | --: | --: | --: | --: | --: | --: |
        | <code>bca\_a13</code> CSDL quốc gia về dân cư | D | **40,91** | 64,33 | 54,00 | 99,87 | 0,00 | 98,41% | 66,66% |
        | <code>byt\_a02</code> | — | **35,92** | 91,58 | 100,00 | 0,00 | 0,00 | 99,92% | 50% |

        ### Nên sửa trước

        | Quy tắc | Lỗi | Điểm tăng thêm |
        | --- | --: | --: |
        | <code>bca\_a13/tam\_tru/not\_null-ma\_xa</code> | thiếu bảng | +7,50 |
        | <code>bca\_a13/cong\_dan/expect-ngay\_cap-on-or-a…sinh-for-citizens-of-viet-nam-only-2026</code> Ngày cấp sau ngày sinh | không chạy được | +6,25 |
        | <code>byt\_a02/hospital/matches-ma</code> | 1 | +1,57 |
        | <code>bca\_a13/cong\_dan/not\_null-ho\_ten</code> | 1.000 | +1,12 |
        | <code>bca\_a13/cong\_dan/matches-so\_dinh\_danh</code> | 567 | +0,43 |
        ");
    }

    #[test]
    fn it_stays_below_60_kb_and_its_tables_stay_tables() {
        let ours = Regex::new("</?(code|details|summary)>|<!-- thuocdo:gate -->").unwrap();
        let alive = Regex::new("@[a-z]|#[0-9]|://|www\\.").unwrap();
        for lang in [Lang::Vi, Lang::En] {
            let (mut gate, mut card) = sample::hostile();
            card.databases = vec![card.databases[0].clone(); 60];
            gate.changes = vec![gate.changes[0].clone(); 60];
            gate.waivers = vec![gate.waivers[1].clone(); 60];
            gate.budgets = vec![gate.budgets[0].clone(); 60];
            let text = text(&(gate, card), lang);
            assert!(text.len() < 60_000, "{}", text.len());
            let rest = ours.replace_all(&text, "");
            assert!(!rest.contains(['<', '>']), "no markup but ours");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
            assert_eq!(text.matches("<code>").count(), text.matches("</code>").count());
            assert!(!alive.is_match(&rest.replace("&#8203;", "\u{200b}")));
            assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'));
            let mut columns = 0;
            for line in text.lines() {
                let cells = line.replace("\\|", "").matches('|').count();
                if columns > 0 && line.starts_with('|') {
                    assert_eq!(cells, columns, "{line}");
                }
                columns = if line.starts_with('|') { cells } else { 0 };
            }
        }
    }

    #[test]
    fn more_than_ten_findings_are_folded() {
        let (gate, card) = sample::every_outcome();
        let text = text(&(gate, card), Lang::En);
        let (open, folded) = text.split_once("<details>").expect("a fold");
        assert_eq!(open.matches("\n- ").count(), OPEN);
        assert!(folded.contains("\n- "));
    }
}
