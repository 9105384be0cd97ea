//! As Markdown, to be put into documents: what a reader of a report asks, database by database.
//!
//! Nothing in a text becomes markup, a link or a cell's end: see [`escape`].

use std::cmp::Reverse;
use std::io;
use std::path::Path;

use super::{CollectionRenderer, Proof, Reported};
use crate::base::{Lang, Status, Text};
use crate::report::gate::markdown::sheet::{code, escape};
use crate::report::term::words::{clean_share, counted, fraction, gain, own, pick, points, tier, unit};
use crate::report::{Style, number};
use crate::say;
use crate::score::fix_first::FixCard;
use crate::score::scorecard::{CleanRecords, DatabaseCard, RuleCard, TableCard, TablePresence};

/// Lines of a database's lists; the tables of `xlsx` and `csv` have all of them.
const FIRST: usize = 10;
const WORST: usize = 20;
const GAPS: usize = 50;

/// Columns of a sentence, and of a name.
const SENTENCE: usize = 400;
const NAME: usize = 120;

pub struct Markdown;

impl CollectionRenderer for Markdown {
    fn name(&self) -> &'static str {
        "md"
    }

    fn about(&self) -> Text {
        say!("Markdown, for documents", "Markdown, để đưa vào văn bản")
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn render(&self, cards: &[Reported], style: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let lang = style.lang;
        let mut out = Document { text: String::new(), lang };
        out.line(&format!("# {}", pick(lang, "Báo cáo chất lượng dữ liệu", "Data quality report")));
        for card in cards {
            out.provenance(card);
        }
        if cards.iter().map(|card| card.card.databases.len()).sum::<usize>() != 1 {
            out.overview(cards);
        }
        for card in cards {
            for database in &card.card.databases {
                out.database(card, database);
            }
            out.gaps(card);
        }
        Ok(out.text.into_bytes())
    }
}

struct Document {
    text: String,
    lang: Lang,
}

/// A table whose last columns are numbers.
struct Grid<const N: usize> {
    head: [Text; N],
    numbers: usize,
}

impl Document {
    fn line(&mut self, line: &str) {
        self.text += line;
        self.text.push('\n');
    }

    fn paragraph(&mut self, line: &str) {
        self.text.push('\n');
        self.line(line);
    }

    fn say(&self, text: &Text) -> String {
        text.get(self.lang).to_owned()
    }

    /// A text of the card's author.
    fn own(&self, text: &Text) -> String {
        escape(own(text, self.lang).trim(), SENTENCE)
    }

    fn count(&self, count: u64) -> String {
        number::count(count, self.lang)
    }

    fn points(&self, text: Option<&str>) -> String {
        text.map_or_else(|| "—".to_owned(), |text| escape(&points(text, self.lang), 16))
    }

    fn grid<const N: usize>(&mut self, grid: &Grid<N>, rows: impl Iterator<Item = [String; N]>) {
        let head: Vec<&str> = grid.head.iter().map(|text| text.get(self.lang)).collect();
        let rule: Vec<&str> = (0..N).map(|at| if at + grid.numbers >= N { "--:" } else { "---" }).collect();
        let (head, rule) = (head.join(" | "), rule.join(" | "));
        self.paragraph(&format!("| {head} |"));
        self.line(&format!("| {rule} |"));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }

    /// How many were left out.
    fn more(&mut self, all: usize, shown: usize) {
        if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
            let more = self.count(more as u64);
            let text = say!("… and {more} more", "… và {more} mục khác");
            self.paragraph(text.get(self.lang));
        }
    }

    fn provenance(&mut self, reported: &Reported) {
        let card = &reported.card;
        let (as_of, engine) = (escape(&card.as_of, 40), escape(&card.engine, 40));
        let mut parts = vec![
            code(&reported.name),
            self.say(&say!("as of {as_of}", "tính đến {as_of}")),
            code(&card.methodology),
            format!("{} {}", pick(self.lang, "bộ tiêu chí", "profile"), code(card.profile.id())),
            engine,
            format!("{} {}", pick(self.lang, "gốc dấu băm", "root of digests"), code(&reported.root)),
        ];
        if reported.proof == Proof::Digests {
            parts.push(self.say(&reported.proof.label()));
        }
        self.paragraph(&parts.join(" · "));
        if reported.proof == Proof::No {
            let text = say!(
                "**NOT VERIFIED.** This card is not what its digests or its own counts say: nothing below is proven.",
                "**CHƯA KIỂM CHỨNG.** Bảng điểm này không khớp dấu băm hoặc số đếm của chính nó: mọi số liệu dưới đây \
                 đều không được bảo đảm."
            );
            self.paragraph(&format!("> {}", text.get(self.lang)));
        }
    }

    fn overview(&mut self, cards: &[Reported]) {
        let title = pick(self.lang, "Tổng hợp", "Summary");
        self.paragraph(&format!("## {title}"));
        let grid = Grid {
            head: [
                say!("Database", "CSDL"),
                say!("As of", "Tính đến"),
                say!("Profile", "Bộ tiêu chí"),
                say!("Verified", "Kiểm chứng"),
                say!("Grade", "Hạng"),
                say!("Points", "Điểm"),
                say!("Clean records", "Bản ghi sạch"),
                say!("Measured", "Đo được"),
            ],
            numbers: 3,
        };
        let rows: Vec<[String; 8]> = cards
            .iter()
            .flat_map(|card| card.card.databases.iter().map(move |database| (card, database)))
            .map(|(card, database)| {
                [
                    self.title(database),
                    escape(&card.card.as_of, 40),
                    code(card.card.profile.id()),
                    self.say(&card.proof.label()),
                    database.grade.id().to_owned(),
                    format!("**{}**", self.points(Some(&database.score.official))),
                    clean_share(&database.clean_records, self.lang),
                    fraction(database.coverage, self.lang),
                ]
            })
            .collect();
        self.grid(&grid, rows.into_iter());
    }

    fn title(&self, database: &DatabaseCard) -> String {
        let id = code(&database.id);
        match &database.title {
            Some(title) if !own(title, self.lang).trim().is_empty() => format!("{} ({id})", self.own(title)),
            _ => id,
        }
    }

    fn clean(&self, records: &CleanRecords) -> String {
        if records.unknown_tables.is_empty() {
            let share = clean_share(records, self.lang);
            return format!("{share} {}", pick(self.lang, "bản ghi sạch", "clean records"));
        }
        let tables: Vec<String> = records.unknown_tables.iter().map(|table| code(table)).collect();
        let tables = tables.join(", ");
        self.say(&say!(
            "clean records not guaranteed: no rows in {tables}",
            "không bảo đảm được tỷ lệ bản ghi sạch: {tables} không có bản ghi"
        ))
    }

    fn database(&mut self, card: &Reported, database: &DatabaseCard) {
        let lang = self.lang;
        let title = self.title(database);
        self.paragraph(&format!("## {title}"));
        if card.proof == Proof::No {
            let word = card.proof.label();
            self.paragraph(&format!("**{}**", word.get(lang)));
        }
        let label = database.grade.label();
        let mut parts = vec![
            format!("**{} · {}**", database.grade.id(), label.get(lang)),
            format!("**{}** {}", self.points(Some(&database.score.official)), pick(lang, "điểm", "points")),
            self.clean(&database.clean_records),
            format!(
                "{} {}",
                fraction(database.coverage, lang),
                pick(lang, "trọng số quy tắc đo được", "of rule weight measured")
            ),
            format!("{} {}", pick(lang, "độ tin cậy", "confidence"), database.confidence.label().get(lang)),
        ];
        if let Some(agency) = &database.agency {
            parts.push(format!("{} {}", pick(lang, "cơ quan", "agency"), code(agency)));
        }
        self.paragraph(&parts.join(" · "));
        let reasons: Vec<String> = database.not_comparable_because.iter().map(|why| self.own(why)).collect();
        if !database.comparable {
            let text = pick(lang, "Không so sánh với CSDL khác", "Not comparable with other databases");
            self.paragraph(&format!("{text}: {}", reasons.join("; ")));
        }
        if database.tables.is_empty() {
            let text = pick(lang, "CSDL này không có bảng nào được chấm.", "No table of it was scored.");
            self.paragraph(text);
        }
        self.caps(database);
        self.dimensions(database);
        self.fix_first(database);
        self.tables(database);
        self.rules(database);
    }

    fn heading(&mut self, text: &Text) {
        let text = text.get(self.lang);
        self.paragraph(&format!("### {text}"));
    }

    fn caps(&mut self, database: &DatabaseCard) {
        if database.caps.is_empty() {
            return;
        }
        self.heading(&say!("Caps", "Điểm liệt"));
        self.text.push('\n');
        for cap in &database.caps {
            let (id, grade) = (escape(&cap.id, 8), cap.max_grade.id());
            let why = number::grouped(own(&cap.evidence, self.lang).trim(), self.lang);
            let why = escape(&why, SENTENCE);
            let text =
                say!("**{id}** no better than {grade}: {why}", "**{id}** không quá hạng {grade}: {why}");
            self.line(&format!("- {}", text.get(self.lang)));
        }
    }

    fn dimensions(&mut self, database: &DatabaseCard) {
        let counting: Vec<_> = database.dimensions.iter().filter(|(_, card)| card.applicable).collect();
        if counting.is_empty() {
            return;
        }
        self.heading(&say!("Dimensions", "Chiều chất lượng"));
        let grid = Grid {
            head: [
                say!("Dimension", "Chiều"),
                say!("Points", "Điểm"),
                say!("Of what was measured", "Phần đo được"),
                say!("At best", "Cao nhất có thể"),
            ],
            numbers: 3,
        };
        let rows: Vec<[String; 4]> = counting
            .into_iter()
            .map(|(dimension, card)| {
                [
                    self.say(&dimension.label()),
                    self.points(Some(&card.score.official)),
                    self.points(card.score.measured.as_deref()),
                    self.points(Some(&card.score.ceiling)),
                ]
            })
            .collect();
        self.grid(&grid, rows.into_iter());
    }

    fn fix_first(&mut self, database: &DatabaseCard) {
        if database.fix_first.is_empty() {
            return;
        }
        self.heading(&say!("What to fix first", "Sửa gì trước"));
        self.paragraph(pick(
            self.lang,
            "Mỗi dòng là một quy tắc, mọi quy tắc của một cột, hoặc mọi quy tắc của một bảng. Các dòng chồng lên nhau: \
             không cộng điểm của chúng.",
            "A line is one rule, all rules of a column, or all rules of a table. They overlap: their points do not add up.",
        ));
        let grid = Grid {
            head: [
                say!("What is cleaned", "Làm sạch"),
                say!("Where", "Ở đâu"),
                say!("Caps lifted", "Gỡ điểm liệt"),
                say!("Defects", "Số lỗi"),
                say!("Points won back", "Điểm tăng thêm"),
            ],
            numbers: 2,
        };
        let where_ = |fix: &FixCard| match fix.rule.as_deref().or(fix.column.as_deref()) {
            Some(name) => format!("{} / {}", code(&fix.table), code(name)),
            None => code(&fix.table),
        };
        let rows: Vec<[String; 5]> = database
            .fix_first
            .iter()
            .take(FIRST)
            .map(|fix| {
                [
                    self.say(&fix.level.label()),
                    where_(fix),
                    escape(&fix.lifts.join(" "), NAME),
                    self.count(fix.defects),
                    escape(&gain(&fix.gain, fix.gain_nano, self.lang), 16),
                ]
            })
            .collect();
        self.grid(&grid, rows.into_iter());
        self.more(database.fix_first.len(), FIRST);
    }

    fn tables(&mut self, database: &DatabaseCard) {
        if database.tables.is_empty() {
            return;
        }
        self.heading(&say!("Tables", "Bảng"));
        let grid = Grid {
            head: [
                say!("Table", "Bảng"),
                say!("Tier", "Bậc"),
                say!("Rows", "Bản ghi"),
                say!("Clean", "Sạch"),
                say!("Rules with defects", "Quy tắc có lỗi"),
            ],
            numbers: 3,
        };
        let rows: Vec<[String; 5]> = database.tables.iter().map(|table| self.table(table)).collect();
        self.grid(&grid, rows.into_iter());
    }

    fn table(&self, table: &TableCard) -> [String; 5] {
        let lang = self.lang;
        let name = match &table.title {
            Some(title) if !own(title, lang).trim().is_empty() => {
                format!("{} ({})", self.own(title), code(&table.id))
            }
            _ => code(&table.id),
        };
        let rows = match table.presence {
            TablePresence::Present => self.count(table.rows),
            TablePresence::Missing => pick(lang, "**THIẾU**", "**MISSING**").to_owned(),
            TablePresence::Absent => pick(lang, "không có", "absent").to_owned(),
        };
        let clean = table.clean.and_then(|clean| number::share(clean, table.rows, lang));
        let failing = table.rules.iter().filter(|rule| rule.fail > 0).count() as u64;
        let all = table.rules.len() as u64;
        [
            name,
            self.say(&tier(table.tier)),
            rows,
            clean.unwrap_or_else(|| "—".to_owned()),
            format!("{} / {}", self.count(failing), self.count(all)),
        ]
    }

    fn rules(&mut self, database: &DatabaseCard) {
        let mut worst: Vec<(&TableCard, &RuleCard)> = database
            .tables
            .iter()
            .flat_map(|table| table.rules.iter().map(move |rule| (table, rule)))
            .filter(|(_, rule)| rule.fail > 0 || rule.unknown > 0 || !judged(rule))
            .collect();
        if worst.is_empty() {
            return;
        }
        worst.sort_by_key(|(_, rule)| (rule.points_nano, Reverse(rule.severity)));
        self.heading(&say!("Rules that do worst", "Quy tắc kém nhất"));
        let grid = Grid {
            head: [
                say!("Rule", "Quy tắc"),
                say!("Dimension", "Chiều"),
                say!("Severity", "Mức độ"),
                say!("Failed", "Lỗi"),
                say!("Points", "Điểm"),
            ],
            numbers: 2,
        };
        let rows: Vec<[String; 5]> =
            worst.iter().take(WORST).map(|(table, rule)| self.rule(table, rule)).collect();
        self.grid(&grid, rows.into_iter());
        self.more(worst.len(), WORST);
    }

    fn rule(&self, table: &TableCard, rule: &RuleCard) -> [String; 5] {
        let mut name = format!("{} / {}", code(&table.id), code(&rule.id));
        if let Some(title) = rule.title.as_ref().filter(|title| !own(title, self.lang).trim().is_empty()) {
            name = format!("{}<br>{name}", self.own(title));
        }
        let known = rule.pass.saturating_add(rule.fail).saturating_add(rule.unknown);
        let mut failed = match judged(rule) {
            true => {
                let all = counted(known, unit(rule.unit), self.lang);
                let fail = self.count(rule.fail);
                self.say(&say!("{fail} of {all}", "{fail} / {all}"))
            }
            false => self.say(&rule.status.label()),
        };
        if rule.unknown > 0 {
            let unknown = self.count(rule.unknown);
            failed += &self.say(&say!(", {unknown} unknown", ", {unknown} chưa rõ"));
        }
        [
            name,
            self.say(&rule.dimension.label()),
            self.say(&rule.severity.label()),
            failed,
            self.points(rule.points.as_deref()),
        ]
    }

    fn gaps(&mut self, card: &Reported) {
        let gaps = &card.card.incomplete;
        if gaps.is_empty() {
            return;
        }
        let title = pick(self.lang, "Chưa đo được", "Not measured");
        self.paragraph(&format!("## {title}\n"));
        for gap in gaps.iter().take(GAPS) {
            let place: Vec<String> = [Some(&gap.database), gap.table.as_ref(), gap.rule.as_ref()]
                .into_iter()
                .flatten()
                .map(|id| code(id))
                .collect();
            let why = self.own(&gap.text);
            self.line(&format!("- {}: {why}", place.join(" / ")));
        }
        self.more(gaps.len(), GAPS);
    }
}

fn judged(rule: &RuleCard) -> bool {
    matches!(rule.status, Status::Measured | Status::Na)
}
