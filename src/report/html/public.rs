//! The page for the public: grades, points, dimensions, tables and rules in words, and no small count.

use super::chart::{self, grade_class, points_grade};
use super::document::{self, Bar};
use super::kinds;
use super::markup::Markup;
use super::overview::{badge, tile};
use crate::base::{Dimension, Lang, Nano, Status, Text};
use crate::report::public::{
    Between, Outcome, PublicCard, PublicCounts, PublicDatabase, PublicFigures, PublicRule, PublicTable,
    Shown, Smallest, Told,
};
use crate::report::term::words::{RULES, counted, fraction, pick};
use crate::report::{Style, naming, number};
use crate::say;
use crate::score::Grade;
use crate::score::scorecard::{Fraction, TablePresence};

pub fn public(cards: &[PublicCard], k: Smallest, style: &Style) -> Vec<u8> {
    let mut page = Markup::new();
    page.raw("<section class=o id=overview><h1>")
        .say(&say!("Data quality", "Chất lượng dữ liệu"))
        .raw("</h1>");
    page.raw("<div class=notice>").told(&rules_of_disclosure(k)).raw("</div>");
    overview(&mut page, cards);
    page.raw("</section>");
    for (at, (card, database)) in all(cards).enumerate() {
        of(&mut page, card, database, &anchor(at), k);
    }
    let names =
        cards.iter().flat_map(|card| &card.databases).flat_map(|it| &it.tables).flat_map(|it| &it.rules);
    kinds::of(&mut page, &names.map(|rule| rule.kind.as_str()).collect());
    let title = say!("Data quality · thuocdo", "Chất lượng dữ liệu · thuocdo");
    document::around(&title, Bar::Tables, page, style)
}

fn all(cards: &[PublicCard]) -> impl Iterator<Item = (&PublicCard, &PublicDatabase)> {
    cards.iter().flat_map(|card| card.databases.iter().map(move |database| (card, database)))
}

/// Where a database stands on the page; ids of strangers are no anchors.
fn anchor(at: usize) -> String {
    format!("d-{}", at + 1)
}

fn rules_of_disclosure(k: Smallest) -> Text {
    let k = k.get();
    say!(
        "Counts of records from 1 on that are below {k} are shown as “under {k}”, others are cut off to a multiple of {k}. Grades, points and shares \
         are computed from what is shown; where it leaves room, both ends are given. No value of the data is on this page.",
        "Số bản ghi từ 1 đến dưới {k} ghi là “dưới {k}”, các số khác làm tròn xuống bội của {k}. Hạng, điểm và tỷ lệ được tính từ chính các số đã \
         công bố; khi chưa xác định được một giá trị thì nêu cả hai đầu. Trang này không chứa giá trị nào của dữ liệu."
    )
}

fn overview(page: &mut Markup, cards: &[PublicCard]) {
    let counts = |dimension: &Dimension| {
        let figures = || all(cards).filter_map(|(_, it)| it.figures.as_ref());
        figures().any(|it| it.dimensions.iter().any(|(of, _)| of == dimension))
    };
    let dimensions: Vec<Dimension> = Dimension::ALL.into_iter().filter(counts).collect();
    page.raw("<h2>").say(&say!("Databases", "Cơ sở dữ liệu"));
    page.raw("</h2><div class=wide tabindex=0><table><thead><tr>");
    for head in
        [say!("Database", "CSDL"), say!("Agency", "Cơ quan"), say!("Grade", "Hạng"), say!("Points", "Điểm")]
    {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    for dimension in &dimensions {
        page.raw("<th scope=col>").say(&dimension.label()).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (at, (_, database)) in all(cards).enumerate() {
        page.raw("<tr><th scope=row>").open("a", &[("href", &format!("#{}", anchor(at)))]);
        name(page, database.title.as_ref(), &database.id);
        page.raw("</a></th><td>").name(database.agency.as_deref().unwrap_or("—")).raw("</td>");
        let Some(figures) = &database.figures else {
            page.open("td", &[("colspan", &(2 + dimensions.len()).to_string()), ("class", "dim")]);
            page.say(&too_few()).raw("</td></tr>");
            continue;
        };
        page.raw("<td>");
        grades(page, figures.grade);
        page.raw("</td><td class=n>");
        points(page, figures.points.map(Some));
        page.raw("</td>");
        for dimension in &dimensions {
            let between = figures.dimensions.iter().find(|(of, _)| of == dimension).map(|(_, it)| *it);
            cell(page, between.unwrap_or([None, None]));
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

fn too_few() -> Text {
    say!("too few records to tell anything", "quá ít bản ghi, không công bố số liệu")
}

fn name(page: &mut Markup, title: Option<&Text>, id: &str) {
    match title {
        Some(title) => page.title(title).raw(" <span class=where>").name(id).raw("</span>"),
        None => page.name(id),
    };
}

fn grades(page: &mut Markup, [worst, best]: Between<Grade>) {
    badge(page, best);
    if worst != best {
        page.raw(" ").say(&say!("to", "đến")).raw(" ");
        badge(page, worst);
    }
}

/// Two decimals; from below and from above, each towards its side.
fn two([worst, best]: Between<Option<i64>>, lang: Lang) -> String {
    let say = |nano: i64| number::decimal(&Nano::new(nano).six(), 2, lang);
    // Cut off, the best would look less than it may be.
    let up = |nano: i64| say(nano.saturating_add(Nano::POINT / 100 - 1).min(Nano::FULL.get()));
    match (worst, best) {
        (None, None) => "—".to_owned(),
        (Some(one), Some(other)) if say(one) == say(other) => say(one),
        (worst, best) => {
            let worst = worst.map_or_else(|| "—".to_owned(), say);
            let best = best.map_or_else(|| "—".to_owned(), up);
            format!("{worst} – {best}")
        }
    }
}

fn points(page: &mut Markup, between: Between<Option<i64>>) {
    page.each(|lang| two(between, lang));
}

fn cell(page: &mut Markup, between: Between<Option<i64>>) {
    match between {
        [Some(worst), Some(best)] if points_grade(worst) == points_grade(best) => {
            let grade = points_grade(worst);
            page.open("td", &[("class", &format!("h {}", grade_class(grade)))]);
            points(page, between);
            page.raw(" <b>").text(grade.id()).raw("</b></td>");
        }
        [None, None] => {
            page.raw("<td class=\"h none\">·</td>");
        }
        _ => {
            page.raw("<td class=\"h none\">");
            points(page, between);
            page.raw("</td>");
        }
    }
}

fn of(page: &mut Markup, card: &PublicCard, database: &PublicDatabase, anchor: &str, k: Smallest) {
    page.open("section", &[("class", "database"), ("id", anchor)]).raw("<h2 class=name>");
    name(page, database.title.as_ref(), &database.id);
    page.raw("</h2><p class=dim>").say(&say!("as of", "tính đến")).raw(" ").moment(&card.as_of).raw(" · ");
    page.name(&card.methodology).raw(" · ").name(card.profile).raw(" · ").name(&card.engine).raw("</p>");
    match &database.figures {
        Some(figures) => verdict(page, figures),
        None => {
            page.raw("<p class=notice>").say(&too_few()).raw("</p>");
        }
    }
    for table in &database.tables {
        of_table(page, table, database.figures.is_some(), k);
    }
    page.raw("</section>");
}

fn verdict(page: &mut Markup, figures: &PublicFigures) {
    let [worst, best] = figures.grade;
    page.raw("<div class=verdict>");
    if worst == best {
        tile(page, best);
    } else {
        page.raw("<p>");
        grades(page, figures.grade);
        page.raw("</p>");
    }
    page.raw("<div><p class=points><b>");
    points(page, figures.points.map(Some));
    page.raw("</b> ").say(&say!("points", "điểm")).raw("</p>");
    let [floor, ceiling] = figures.points;
    chart::interval(page, floor, ceiling);
    page.raw("<p>").each(|lang| {
        let shares = figures.coverage.map(|it: Fraction| fraction(it, lang));
        let measured = if shares[0] == shares[1] { shares[0].clone() } else { shares.join(" – ") };
        say!("{measured} of rule weight measured", "đo được {measured} trọng số quy tắc").get(lang).to_owned()
    });
    page.raw("</p>");
    dimensions(page, figures);
    limits(page, figures);
    page.raw("</div></div>");
}

fn dimensions(page: &mut Markup, figures: &PublicFigures) {
    page.raw("<ul class=grades>");
    for (dimension, between) in &figures.dimensions {
        page.raw("<li>").say(&dimension.label()).raw(" <b>");
        points(page, *between);
        page.raw("</b></li>");
    }
    page.raw("</ul>");
}

/// Why the grade is not the one that the points earn.
fn limits(page: &mut Markup, figures: &PublicFigures) {
    let open = figures.dimensions.iter().filter(|(_, [worst, best])| worst.is_some() != best.is_some());
    let open: Vec<Dimension> = open.map(|(dimension, _)| *dimension).collect();
    if open.is_empty() && figures.limits.is_empty() {
        return;
    }
    page.raw("<ul class=hint>");
    for limit in &figures.limits {
        let (grade, Text { en, vi }) = (limit.max_grade.id(), naming::cap(&limit.cap));
        page.raw("<li>").name(&limit.cap).raw(": ").say(&match (limit.certain, limit.max_grade) {
            (true, Grade::Ungraded) => say!("not graded: {en}", "không xếp hạng: {vi}"),
            (true, _) => {
                say!("the grade is no better than {grade}: {en}", "hạng không quá {grade}, xét theo: {vi}")
            }
            (false, Grade::Ungraded) => {
                say!("may come to no grade: {en}", "có thể không được xếp hạng, xét theo: {vi}")
            }
            (false, _) => say!(
                "the grade may be as low as {grade}, which the counts shown leave open: {en}",
                "hạng có thể chỉ là {grade} (số liệu công bố chưa đủ để xác định), xét theo: {vi}"
            ),
        });
        page.raw("</li>");
    }
    for dimension in open {
        let Text { en, vi } = dimension.label();
        page.raw("<li>").say(&say!(
            "{en}: whether it counts is not known from the counts shown",
            "{vi}: số liệu công bố chưa đủ để biết chiều này có được tính hay không"
        ));
        page.raw("</li>");
    }
    page.raw("</ul>");
}

fn of_table(page: &mut Markup, table: &PublicTable, figures: bool, k: Smallest) {
    if table.rows == Shown::Under || !figures || table.rules.is_empty() {
        page.raw("<section class=table><h3>");
        name(page, table.title.as_ref(), &table.id);
        page.raw("</h3><p class=dim>");
        records(page, table, k);
        page.raw("</p><p class=dim>");
        page.say(&if table.rules.is_empty() {
            say!("No rules.", "Không có quy tắc.")
        } else {
            too_few()
        });
        page.raw("</p></section>");
        return;
    }
    // Thousands of rules: what came of them is on one line, they themselves where somebody asks.
    let bad = table.rules.iter().filter(|rule| !passes(rule)).count();
    page.raw(if bad > 0 { "<details class=folded>" } else { "<details class=\"folded whole\">" });
    page.raw("<summary><b>");
    name(page, table.title.as_ref(), &table.id);
    page.raw("</b> <span class=dim>");
    records(page, table, k);
    page.raw(" · ").each(|lang| {
        let (all, bad) = (counted(table.rules.len() as u64, RULES, lang), number::count(bad as u64, lang));
        say!("{all}, {bad} not met in full", "{all}, trong đó {bad} quy tắc chưa đạt hoàn toàn")
            .get(lang)
            .to_owned()
    });
    page.raw("</span></summary>");
    page.raw("<div class=wide tabindex=0><table><thead><tr>");
    for head in
        [say!("Rule", "Quy tắc"), say!("Dimension, severity", "Chiều, mức độ"), say!("Result", "Kết quả")]
    {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for rule in &table.rules {
        of_rule(page, rule, k);
    }
    page.raw("</tbody></table></div></details>");
}

/// Whether all that it judged passed, or it had nothing to judge. Of what is withheld nobody knows.
fn passes(rule: &PublicRule) -> bool {
    rule.status == Status::Measured
        && match rule.told {
            PublicCounts::Checks { fail, unknown, .. } => fail == 0 && unknown == 0,
            PublicCounts::Records(Told::Nothing) => true,
            PublicCounts::Records(Told::All { of, .. }) => matches!(of, Outcome::Pass | Outcome::Na),
            PublicCounts::Records(Told::Counts { fail, unknown, .. }) => {
                fail == Shown::Zero && unknown == Shown::Zero
            }
            PublicCounts::Records(Told::Withheld) => false,
        }
}

fn records(page: &mut Markup, table: &PublicTable, k: Smallest) {
    match (table.presence, table.rows) {
        (TablePresence::Missing, _) => page.say(&say!("missing", "thiếu bảng")),
        (TablePresence::Absent, _) => {
            page.say(&say!("absent, and may be", "không có, và được phép không có"))
        }
        (TablePresence::Present, rows) => {
            let Text { en, vi } = rows.text(k);
            page.say(&say!("{en} records", "{vi} bản ghi"))
        }
    };
}

fn of_rule(page: &mut Markup, rule: &PublicRule, k: Smallest) {
    // On paper only those are printed that have something to say.
    page.raw(if passes(rule) { "<tr class=ok><th scope=row>" } else { "<tr><th scope=row>" });
    page.rule(rule.title.as_ref(), &rule.kind, &rule.columns).raw("</th><td>");
    page.each(|lang| {
        format!("{}, {}", rule.dimension.label().get(lang), rule.severity.label().get(lang).to_lowercase())
    });
    page.raw("</td><td>");
    match rule.status {
        Status::Measured => page.each(|lang| result(rule.told, k, lang)),
        status => page.say(&status.label()),
    };
    page.raw("</td></tr>");
}

fn result(told: PublicCounts, k: Smallest, lang: Lang) -> String {
    let count = |n| number::count(n, lang);
    let text = match told {
        PublicCounts::Checks { pass, fail, unknown } => {
            let (fail, all) = (count(fail), count(pass.saturating_add(fail).saturating_add(unknown)));
            say!("{fail} of {all} checks fail", "{fail}/{all} phép kiểm tra không đạt")
        }
        PublicCounts::Records(Told::Nothing) => say!("nothing to judge", "không có gì để đánh giá"),
        PublicCounts::Records(Told::Withheld) => {
            say!("withheld: too few on one side", "không công bố: có nhóm quá nhỏ")
        }
        PublicCounts::Records(Told::All { of, units }) => {
            let units = count(units);
            match of {
                Outcome::Pass => say!("all of about {units} pass", "tất cả khoảng {units} đều đạt"),
                Outcome::Fail => say!("all of about {units} fail", "tất cả khoảng {units} đều lỗi"),
                Outcome::Na => {
                    say!("applies to none of about {units}", "không áp dụng cho mục nào trong khoảng {units}")
                }
                Outcome::Unknown => say!(
                    "none of about {units} could be judged",
                    "không đánh giá được mục nào trong khoảng {units}"
                ),
            }
        }
        PublicCounts::Records(Told::Counts { units, fail, unknown, na }) => {
            let units = count(units);
            let of = |shown: Shown| shown.text(k).get(lang).to_owned();
            let mut text = match fail {
                Shown::Zero => say!("none of about {units} fails", "không có lỗi trong khoảng {units}"),
                fail => {
                    let fail = of(fail);
                    say!("{fail} of about {units} fail", "{fail} lỗi trong khoảng {units}")
                }
            };
            for (shown, [en, vi]) in
                [(unknown, ["unknown", "chưa rõ"]), (na, ["not applicable", "không áp dụng"])]
            {
                if shown != Shown::Zero {
                    let (n, what) = (of(shown), pick(lang, vi, en));
                    let more = say!(" · {n} {what}", " · {n} {what}");
                    text = Text { vi: text.vi + &more.vi, en: text.en + &more.en };
                }
            }
            text
        }
    };
    text.get(lang).to_owned()
}
