//! Words that all formats of the report use.

use std::collections::BTreeSet;

use crate::base::{Dimension, Lang, Nano, Text};
use crate::report::term::words::own;
use crate::report::{naming, number};
use crate::rule::Catalog;
use crate::say;
use crate::score::periodic::change::Sort;
use crate::score::periodic::period::{day_of, written};
use crate::score::periodic::{
    Absent, Achieved, Change, DatabaseLine, Part, Periodic, Quality, Reason, RuleCount, Since, State,
};
use crate::score::scorecard::Score;
use crate::score::{Grade, RollUp};

/// The words for one language, of what is said in both.
pub fn each(words: impl Fn(Lang) -> String) -> Text {
    Text { vi: words(Lang::Vi), en: words(Lang::En) }
}

/// The name of an agency, or of all.
pub fn name(part: &Part, lang: Lang) -> String {
    match (&part.id, &part.title) {
        (_, Some(title)) => own(title, lang).to_owned(),
        (Some(id), None) => id.clone(),
        (None, None) => say!("All", "Tổng hợp").get(lang).to_owned(),
    }
}

/// `13/17`, or why there is no such count.
pub fn count(achieved: &Achieved, lang: Lang) -> String {
    let text = match achieved.state {
        State::NotAsked => say!("not measured", "chưa đo"),
        State::NotMeasured => say!("could not be measured", "không đo được"),
        State::NothingDue => none_due(),
        State::Measured => return pair([achieved.met, achieved.of], lang),
    };
    text.get(lang).to_owned()
}

pub fn pair([met, of]: [u64; 2], lang: Lang) -> String {
    format!("{}/{}", number::count(met, lang), number::count(of, lang))
}

/// The share that was achieved, if anything was to be.
pub fn share(achieved: &Achieved, lang: Lang) -> String {
    let measured = achieved.state == State::Measured;
    let share = measured.then(|| number::share(achieved.met, achieved.of, lang)).flatten();
    share.unwrap_or_else(|| "—".to_owned())
}

/// The count of the period before.
pub fn before(achieved: &Achieved, lang: Lang) -> String {
    achieved.before.map_or_else(|| "—".to_owned(), |before| of_due(before, lang))
}

/// `13/17`, or that nothing was due.
pub fn of_due([met, of]: [u64; 2], lang: Lang) -> String {
    if of == 0 { none_due().get(lang).to_owned() } else { pair([met, of], lang) }
}

fn none_due() -> Text {
    say!("none due", "không phát sinh")
}

/// What to know about a count: what is unknown in it, and what is not in it.
pub fn caveat(achieved: &Achieved) -> Option<Text> {
    let each = |lang: Lang| {
        let (unknown, rules) =
            (number::count(achieved.unknown, lang), number::count(achieved.unmeasured_rules, lang));
        let mut parts = Vec::new();
        if achieved.unknown > 0 {
            let text = say!(
                "{unknown} of them not known, counted as not met",
                "trong đó {unknown} chưa rõ, tính là chưa đạt"
            );
            parts.push(text.get(lang).to_owned());
        }
        if achieved.unmeasured_rules > 0 && achieved.state != State::NotMeasured {
            let text = say!(
                "without {rules} rules that could not be measured",
                "chưa gồm {rules} quy tắc không đo được"
            );
            parts.push(text.get(lang).to_owned());
        }
        parts.extend(chosen(achieved).map(|text| text.get(lang).to_owned()));
        parts.join("; ")
    };
    let text = Text { vi: each(Lang::Vi), en: each(Lang::En) };
    (!text.vi.is_empty()).then_some(text)
}

/// Which rules stand for others on their log.
fn chosen(achieved: &Achieved) -> Option<Text> {
    let of = achieved.rules.iter().filter(|rule| !rule.instead_of.is_empty());
    let all: Vec<String> = of
        .map(|RuleCount { database, table, rule, instead_of, .. }| {
            let others = instead_of.join(", ");
            format!("{database}/{table}: {rule} ({others})")
        })
        .collect();
    let mut named = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if all.len() > NAMED {
        named += &format!("; … (+{})", all.len() - NAMED);
    }
    (!all.is_empty()).then(|| {
        say!(
            "of several rules on one log the one that covers most counts, the others (in brackets) do not: {named}",
            "nhiều quy tắc trên cùng nhật ký chỉ tính quy tắc bao quát nhất, không tính các quy tắc trong ngoặc: {named}"
        )
    })
}

/// Counts of rules that moved and are named; the others are counted.
const MOVES: usize = 5;

/// What moved a count since the period before, rule by rule.
pub fn moves(achieved: &Achieved) -> Vec<Text> {
    let moves = achieved.moves();
    let told = moves.iter().take(MOVES).map(|rule| {
        let RuleCount { database, table, rule: id, now, before, .. } = rule;
        let place = format!("{database}/{table}, {id}");
        each(|lang| {
            let text = match (before.map(|it| of_due(it, lang)), now.map(|it| of_due(it, lang))) {
                (Some(was), Some(is)) => say!("{place}: {was} → {is}", "{place}: {was} → {is}"),
                (None, Some(is)) => {
                    say!("{place}: {is}, not counted before", "{place}: {is}, kỳ trước chưa tính")
                }
                (Some(was), None) => say!(
                    "{place}: {was} before, not counted now",
                    "{place}: kỳ trước {was}, kỳ này không có số liệu"
                ),
                (None, None) => Text::same(place.clone()),
            };
            text.get(lang).to_owned()
        })
    });
    let more = moves.len().saturating_sub(MOVES);
    let rest = (more > 0).then(|| say!("and {more} other rules", "và {more} quy tắc khác"));
    told.chain(rest).collect()
}

/// `1/2 CSDL đã đo`, and the databases that count 0 with the reason of each; nothing if all stand.
pub fn shortfall(quality: &Quality) -> Option<Text> {
    (!quality.absent.is_empty()).then(|| {
        each(|lang| {
            let measured = pair([quality.measured, quality.registered], lang);
            let shown = quality.absent.iter().take(NAMED).map(|Absent { database, because, .. }| {
                let because: Vec<&str> = because.iter().map(|text| own(text, lang)).collect();
                format!("{database} ({})", because.join("; "))
            });
            let mut names = shown.collect::<Vec<_>>().join(", ");
            if quality.absent.len() > NAMED {
                names += &format!(", … (+{})", quality.absent.len() - NAMED);
            }
            let text = say!(
                "{measured} databases measured; these count 0: {names}",
                "đã đo {measured} CSDL; tính 0 điểm: {names}"
            );
            text.get(lang).to_owned()
        })
    })
}

/// Points with two decimals, cut off.
pub fn points(text: &str, lang: Lang) -> String {
    number::decimal(text, 2, lang)
}

/// Billionths as points.
pub fn nano(nano: i64, lang: Lang) -> String {
    points(&Nano::new(nano).six(), lang)
}

/// A change in points, with its sign; what is too small for two decimals is not shown as nothing.
pub fn signed(change: i64, lang: Lang) -> String {
    let sign = match change {
        0 => return nano(0, lang),
        _ if change < 0 => '−',
        _ => '+',
    };
    let size = i64::try_from(change.unsigned_abs()).unwrap_or(i64::MAX);
    if size < Nano::POINT / 100 {
        let least = nano(Nano::POINT / 100, lang);
        return format!("{sign}<{least}");
    }
    format!("{sign}{}", nano(size, lang))
}

/// The counts of an agency, by name.
pub fn counted(part: &Part) -> [(Text, &Achieved); 3] {
    [
        (say!("Mandated connections", "Kết nối bắt buộc"), &part.connections),
        (say!("Attempts to connect", "Lượt kết nối"), &part.attempts),
        (say!("Sharing requests", "Yêu cầu chia sẻ"), &part.requests),
    ]
}

/// A change of a database's points in a cell.
pub fn line_moved(line: &DatabaseLine, lang: Lang) -> String {
    match line.change_nano {
        Some(nano) => signed(nano, lang),
        None if line.not_comparable_because.is_empty() => "—".to_owned(),
        None => not_comparable().get(lang).to_owned(),
    }
}

fn not_comparable() -> Text {
    say!("not comparable", "không so sánh được")
}

/// A change of points in a cell.
pub fn moved(since: &Since, lang: Lang) -> String {
    let text = match since {
        Since::Changed(Change { nano, .. }) => return signed(*nano, lang),
        Since::First => say!("—", "—"),
        Since::NotComparable { .. } => not_comparable(),
    };
    text.get(lang).to_owned()
}

/// `80,12–95,00`: what is guaranteed and what is possible.
pub fn range(score: &Score, lang: Lang) -> String {
    format!("{}–{}", points(&score.official, lang), points(&score.ceiling, lang))
}

/// A grade, with the caps that lower it: `C (K2)`.
pub fn graded(grade: Grade, caps: &[String]) -> String {
    let grade = grade.id();
    if caps.is_empty() { grade.to_owned() } else { format!("{grade} ({})", caps.join(", ")) }
}

/// How grades come about, for readers who see a high number beside a low letter.
pub fn grades(report: &Periodic) -> Text {
    let agencies = report.agencies.iter().chain([&report.overall]).flat_map(|part| &part.quality.caps);
    let caps: BTreeSet<&String> =
        agencies.chain(report.databases.iter().flat_map(|line| &line.caps)).collect();
    let start = say!(
        "The grade of an agency goes by its points, that of a database (appendix) by its own. Points are cut off after \
         two decimals; differences are those of the points in full.",
        "Hạng của cơ quan xếp theo điểm của cơ quan, hạng của từng CSDL (Phụ lục) xếp theo điểm của CSDL đó. Điểm lấy hai chữ số \
         thập phân, bỏ phần sau; chênh lệch tính trên điểm đầy đủ."
    );
    if caps.is_empty() {
        return start;
    }
    each(|lang| {
        let meanings: Vec<String> =
            caps.iter().map(|id| format!("{id}: {}", naming::cap(id).get(lang))).collect();
        let (start, meanings) = (start.get(lang), meanings.join("; "));
        say!(
            "{start} In brackets: the caps that lower a grade, whatever the points ({meanings}).",
            "{start} Trong ngoặc là điểm liệt làm hạ hạng, dù điểm cao ({meanings})."
        )
        .get(lang)
        .to_owned()
    })
}

/// Which days the counts cover, where the period is longer than its scorecards are likely to be.
pub fn covered(report: &Periodic) -> Option<Text> {
    let (from, to) = (report.period.from, report.period.to);
    ((from.year(), from.month()) != (to.year(), to.month())).then(|| {
        let days = days(&report.as_of);
        say!(
            "Counts are those of the latest scorecard of each database in the period ({days}); scorecards are not summed up.",
            "Số đếm lấy theo bảng điểm mới nhất của từng CSDL trong kỳ (chốt ngày {days}), không cộng dồn các bảng điểm."
        )
    })
}

/// Points of a dimension, or that it does not count.
pub fn dimension(part: &Part, dimension: Dimension, lang: Lang) -> String {
    part.quality
        .dimensions
        .get(&dimension)
        .map_or_else(|| "—".to_owned(), |score| points(&score.official, lang))
}

/// `Điểm 80,12 → 85,00 (+4,88), hạng C → B`, or why there is nothing to compare with.
pub fn development(part: &Part) -> Text {
    let quality = &part.quality;
    match &quality.since {
        Since::First => {
            say!("no scorecard of the period before to compare with", "không có số liệu kỳ trước để so sánh")
        }
        Since::NotComparable { .. } => {
            say!("not comparable with the period before", "không so sánh được với kỳ trước")
        }
        Since::Changed(change) => each(|lang| {
            let (was, is) = (points(&change.score.official, lang), points(&quality.score.official, lang));
            let (moved, old, new) = (signed(change.nano, lang), change.grade.id(), quality.grade.id());
            let text = if change.nano == 0 && change.grade == quality.grade {
                say!("{is} points, grade {new}: no change", "{is} điểm, hạng {new}: không thay đổi")
            } else {
                say!(
                    "{was} → {is} points ({moved}), grade {old} → {new}",
                    "{was} → {is} điểm ({moved}), hạng {old} → {new}"
                )
            };
            text.get(lang).to_owned()
        }),
    }
}

/// What a reason is, without its points.
pub fn reason(report: &Periodic, reason: &Reason) -> Text {
    each(|lang| {
        let databases = listed(report, &reason.databases, lang);
        let text = match reason.sort {
            Sort::Rule => return rule(reason, &databases, lang),
            Sort::RulesAdded => {
                say!("{databases}: rules and tables that are new", "{databases}: quy tắc, bảng mới được thêm")
            }
            Sort::RulesRemoved => say!(
                "{databases}: rules and tables that are gone or weigh otherwise",
                "{databases}: quy tắc, bảng bị bỏ hoặc đổi trọng số"
            ),
            Sort::NewlyScored => {
                say!("{databases}: scored for the first time", "{databases}: kỳ này mới được chấm điểm")
            }
            Sort::NoLongerScored => say!(
                "{databases}: no scorecard any more, counts 0",
                "{databases}: kỳ này không có bảng điểm, tính 0 điểm"
            ),
            Sort::StandsAgain => say!(
                "{databases}: its scorecard of the period before could not be used",
                "{databases}: kỳ trước bảng điểm không dùng được"
            ),
            Sort::CannotStand => say!(
                "{databases}: its scorecard cannot be used in this report, counts 0",
                "{databases}: bảng điểm kỳ này không dùng được cho báo cáo, tính 0 điểm"
            ),
            Sort::OtherDatabase => {
                let [was, is] = [reason.databases.first(), reason.databases.last()]
                    .map(|id| id.map_or("", String::as_str));
                say!(
                    "points of `{is}`, before of `{was}`: other databases, whose rules are not compared",
                    "lấy điểm của `{is}`, kỳ trước của `{was}`: hai CSDL khác nhau, không so từng quy tắc"
                )
            }
            Sort::DatabasesCame => {
                say!("databases that were added: {databases}", "CSDL được thêm vào: {databases}")
            }
            Sort::DatabasesWent => say!(
                "databases that left or weigh otherwise: {databases}",
                "CSDL không còn tính hoặc đổi trọng số: {databases}"
            ),
        };
        text.get(lang).to_owned()
    })
}

/// Names of databases that a line shows.
const NAMED: usize = 6;

fn listed(report: &Periodic, databases: &[String], lang: Lang) -> String {
    let mut shown =
        databases.iter().take(NAMED).map(|id| database(report, id, lang)).collect::<Vec<_>>().join("; ");
    if databases.len() > NAMED {
        shown += &format!("; … (+{})", databases.len() - NAMED);
    }
    shown
}

/// The name of a database, as its scorecard or the catalogue has it.
pub fn database(report: &Periodic, id: &str, lang: Lang) -> String {
    let scored = report.databases.iter().find(|line| line.id == id).and_then(|line| line.title.as_ref());
    let title = scored.map(|title| own(title, lang)).filter(|title| !title.trim().is_empty());
    let listed = || Catalog::shipped().find(id).map(|entry| entry.title().trim());
    title.or_else(listed).unwrap_or(id).to_owned()
}

/// What a reader looks for first: where it is.
fn rule(reason: &Reason, databases: &str, lang: Lang) -> String {
    let id = reason.table.as_deref().unwrap_or_default();
    let table = reason.table_title.as_ref().map(|title| own(title, lang)).filter(|title| !title.is_empty());
    let table = table.unwrap_or(id);
    let kind = reason.kind.as_deref().unwrap_or_default();
    let rule = naming::rule(reason.title.as_ref(), kind, &reason.columns, lang);
    let text = say!("{databases}, table {table}: {rule}", "{databases}, bảng {table}: {rule}");
    let mut text = text.get(lang).to_owned();
    if let Some(dimension) = reason.dimension {
        text += &format!(" ({})", dimension.label().get(lang));
    }
    if let Some([[was, of_was], [is, of_is]]) = reason.defects {
        // A rule that had nothing to judge has no share of defects.
        let share = |bad, all| if all == 0 { "—".to_owned() } else { pair([bad, all], lang) };
        let (was, is) = (share(was, of_was), share(is, of_is));
        text += say!(", defects {was} → {is}", ", lỗi {was} → {is}").get(lang);
    }
    if reason.newly_measured_nano != 0 {
        let part = signed(reason.newly_measured_nano, lang);
        let note = if reason.newly_measured_nano > 0 {
            say!(
                "; of that {part} by measuring more, which is no improvement",
                "; trong đó {part} do đo được thêm, không phải cải thiện"
            )
        } else {
            say!("; of that {part} because less could be measured", "; trong đó {part} do đo được ít hơn")
        };
        text += note.get(lang);
    }
    text
}

/// The days of the scorecards: `15/10/2026`, or `01/10/2026–15/10/2026`.
pub fn days([first, last]: &[String; 2]) -> String {
    let day = |moment: &String| day_of(moment).map_or_else(|| moment.clone(), written);
    let (first, last) = (day(first), day(last));
    if first == last { first } else { format!("{first}–{last}") }
}

/// By when the report is due, and whether its figures are later than that.
pub fn due(report: &Periodic) -> Option<Text> {
    let due = report.due.as_ref()?;
    let (day, Text { en, vi }) = (written(due.day), &due.because);
    Some(if report.late {
        let last = days(&[report.as_of[1].clone(), report.as_of[1].clone()]);
        say!(
            "Due on {day} ({en}); its figures are of {last}, LATER than that.",
            "Hạn báo cáo {day} ({vi}); số liệu chốt ngày {last}, MUỘN hơn hạn."
        )
    } else {
        say!("Due on {day} ({en}).", "Hạn báo cáo {day} ({vi}).")
    })
}

/// What agencies are summed up over, where it is more than what was scored.
pub fn scope(report: &Periodic) -> Option<Text> {
    (!report.roll_up.is_run()).then(|| {
        let text = say!(
            "Over all registered databases; one without a scorecard counts 0.",
            "Tính trên mọi CSDL đã đăng ký; CSDL chưa có bảng điểm tính 0."
        );
        match beside(report) {
            Some(Text { en, vi }) => {
                Text { en: format!("{} {en}", text.en), vi: format!("{} {vi}", text.vi) }
            }
            None => text,
        }
    })
}

/// Of what all databases are made up, where there are more than the catalogue lists.
fn beside(report: &Periodic) -> Option<Text> {
    let listed = Catalog::shipped().databases().count() as u64;
    let others = report.overall.quality.registered.checked_sub(listed).filter(|others| *others > 0)?;
    (report.roll_up == RollUp::Nation).then(|| {
        say!(
            "These are {listed} databases of the catalogue's list and {others} priority databases without an entry of their own in it.",
            "Gồm {listed} CSDL của danh mục và {others} CSDL ưu tiên không có mục riêng trong danh mục."
        )
    })
}

/// Reasons that a letter names for each agency; the others are summed up.
pub const REASONS: usize = 5;

/// The reasons that are named, and how many others there are with what they come to.
pub fn named(reasons: &[Reason]) -> (&[Reason], Option<(usize, i64)>) {
    let (named, rest) = reasons.split_at(reasons.len().min(REASONS));
    (named, (!rest.is_empty()).then(|| (rest.len(), rest.iter().map(|reason| reason.nano).sum())))
}

pub fn others(count: usize, lang: Lang) -> String {
    let count = number::count(count as u64, lang);
    say!("{count} other reasons together", "{count} nguyên nhân khác cộng lại").get(lang).to_owned()
}
