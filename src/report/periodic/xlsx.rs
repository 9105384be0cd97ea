//! The report as a workbook: the blocks, the databases, the reasons, the counts of each rule, and what stands apart.

use super::{PeriodicRenderer, Refused, Setting, words};
use crate::base::{Lang, Nano, Text};
use crate::report::collection::sheets::{Columns, Ink, Sheet, Value, sheet};
use crate::report::collection::workbook;
use crate::say;
use crate::score::league::Apart;
use crate::score::periodic::{
    Achieved, Counted, DatabaseLine, Part, Periodic, Reason, RuleCount, Since, State,
};

pub struct Xlsx;

impl PeriodicRenderer for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> Text {
        say!(
            "a workbook: blocks, databases, reasons, counts of rules",
            "bảng tính: các khối số liệu, CSDL, nguyên nhân, số đếm từng quy tắc"
        )
    }

    fn extension(&self) -> &'static str {
        "xlsx"
    }

    fn binary(&self) -> bool {
        true
    }

    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused> {
        let (report, lang) = (setting.report, setting.style.lang);
        let sheets = vec![
            blocks(report, lang),
            databases(report, lang),
            reasons(report, lang),
            counts(report, lang),
            apart(report, lang),
        ];
        workbook::book(sheets, report.as_of[1].parse().ok(), lang, setting.scratch).map_err(Refused::Scratch)
    }
}

/// Agencies, and all of them last.
fn parts(report: &Periodic) -> impl Iterator<Item = &Part> {
    report.agencies.iter().chain([&report.overall])
}

fn nano(nano: Option<i64>) -> Value {
    nano.map_or(Value::Nothing, |nano| Value::Decimal(Nano::new(nano).six()))
}

/// The name of a count, and where it stands.
type Block = (Text, fn(&Part) -> &Achieved);

fn blocks(report: &Periodic, lang: Lang) -> Sheet<'_> {
    let mut columns = Columns::<&Part>::new()
        .column(say!("Agency", "Cơ quan"), 34, |part, lang| Value::text(&words::name(part, lang)))
        .column(say!("Id", "Mã"), 12, |part, _| Value::text(part.id.as_deref().unwrap_or_default()))
        .column(say!("Period", "Kỳ"), 12, move |_, _| Value::text(&report.period.name));
    let counted: [Block; 3] = [
        (say!("Mandated connections", "Kết nối bắt buộc"), |part| &part.connections),
        (say!("Attempts to connect", "Lượt kết nối"), |part| &part.attempts),
        (say!("Sharing requests", "Yêu cầu chia sẻ"), |part| &part.requests),
    ];
    for (title, of) in counted {
        let Text { en, vi } = &title;
        let count = |value: fn(&Achieved) -> u64| {
            move |part: &&Part, _: Lang| match of(part).state {
                State::Measured | State::NothingDue => Value::Count(value(of(part))),
                _ => Value::Nothing,
            }
        };
        let was = |which: usize| {
            move |part: &&Part, _: Lang| {
                of(part).before.map_or(Value::Nothing, |before| Value::Count(before[which]))
            }
        };
        columns = columns
            .column(say!("{en}: standing", "{vi}: tình trạng"), 18, move |part, lang| {
                Value::said(&standing(of(part).state), lang)
            })
            .column(say!("{en}: achieved", "{vi}: đạt"), 12, count(|it| it.met))
            .column(say!("{en}: due", "{vi}: phải đạt"), 12, count(|it| it.of))
            .column(say!("{en}: not known", "{vi}: chưa rõ"), 12, count(|it| it.unknown))
            .column(
                say!("{en}: rules not measured", "{vi}: quy tắc không đo được"),
                12,
                move |part, _| Value::Count(of(part).unmeasured_rules),
            )
            .column(say!("{en}: achieved before", "{vi}: đạt kỳ trước"), 12, was(0))
            .column(say!("{en}: due before", "{vi}: phải đạt kỳ trước"), 12, was(1));
    }
    columns = columns
        .column(say!("Grade", "Hạng"), 8, |part, _| Value::text(part.quality.grade.id()))
        .ink(Ink::Grade)
        .column(say!("Points", "Điểm"), 12, |part, _| Value::decimal(Some(&part.quality.score.official)))
        .ink(Ink::Points)
        .column(say!("At best", "Cao nhất có thể"), 12, |part, _| {
            Value::decimal(Some(&part.quality.score.ceiling))
        })
        .column(say!("Databases measured", "CSDL đã đo"), 12, |part, _| {
            Value::Count(part.quality.measured)
        })
        .column(say!("Databases registered", "CSDL đăng ký"), 12, |part, _| {
            Value::Count(part.quality.registered)
        })
        .column(say!("Databases that count 0", "CSDL tính 0 điểm"), 40, |part, lang| {
            words::shortfall(&part.quality).map_or(Value::Nothing, |text| Value::said(&text, lang))
        })
        .column(say!("Points before", "Điểm kỳ trước"), 12, |part, _| match &part.quality.since {
            Since::Changed(change) => Value::decimal(Some(&change.score.official)),
            _ => Value::Nothing,
        })
        .column(say!("Change", "Thay đổi"), 12, |part, _| match &part.quality.since {
            Since::Changed(change) => nano(Some(change.nano)),
            _ => Value::Nothing,
        })
        .column(say!("Not comparable because", "Không so sánh được vì"), 50, |part, lang| {
            let Since::NotComparable { because } = &part.quality.since else { return Value::Nothing };
            let because: Vec<&str> = because.iter().map(|text| text.get(lang)).collect();
            Value::text(&because.join("; "))
        });
    for dimension in report.dimensions() {
        let of = |part: &&Part| part.quality.dimensions.get(dimension).map(|score| score.official.clone());
        columns = columns
            .column(dimension.label(), 12, move |part, _| Value::decimal(of(part).as_deref()))
            .ink(Ink::Points);
    }
    sheet(say!("Report", "Báo cáo"), columns, parts(report), lang)
}

fn standing(state: State) -> Text {
    match state {
        State::NotAsked => say!("not measured", "chưa đo"),
        State::NotMeasured => say!("could not be measured", "không đo được"),
        State::NothingDue => say!("none due", "không phát sinh"),
        State::Measured => say!("measured", "đã đo"),
    }
}

fn databases(report: &Periodic, lang: Lang) -> Sheet<'_> {
    let mut columns = Columns::<&DatabaseLine>::new()
        .column(say!("Database", "CSDL"), 18, |line, _| Value::text(&line.id))
        .column(say!("Name", "Tên"), 40, |line, lang| Value::own(line.title.as_ref(), lang))
        .column(say!("Agency", "Cơ quan"), 12, |line, _| {
            Value::text(line.agency.as_deref().unwrap_or_default())
        })
        .column(say!("Grade", "Hạng"), 8, |line, _| Value::text(line.grade.id()))
        .ink(Ink::Grade)
        .column(say!("Points", "Điểm"), 12, |line, _| Value::decimal(Some(&line.score.official)))
        .ink(Ink::Points)
        .column(say!("At best", "Cao nhất có thể"), 12, |line, _| {
            Value::decimal(Some(&line.score.ceiling))
        })
        .column(say!("Change", "Thay đổi"), 12, |line, _| nano(line.change_nano))
        .column(say!("Not comparable because", "Không so sánh được vì"), 50, |line, lang| {
            let because: Vec<&str> = line.not_comparable_because.iter().map(|text| text.get(lang)).collect();
            Value::text(&because.join("; "))
        });
    for dimension in report.dimensions() {
        columns = columns
            .column(dimension.label(), 12, move |line, _| nano(line.dimensions.get(dimension).copied()))
            .ink(Ink::Points);
    }
    sheet(say!("Databases", "CSDL"), columns, report.databases.iter(), lang)
}

fn reasons(report: &Periodic, lang: Lang) -> Sheet<'_> {
    let columns = Columns::<(&Part, &Reason)>::new()
        .column(say!("Agency", "Cơ quan"), 34, |(part, _), lang| Value::text(&words::name(part, lang)))
        .column(say!("Points", "Điểm"), 12, |(_, reason), _| nano(Some(reason.nano)))
        .column(say!("Points, billionths", "Điểm (phần tỷ)"), 15, |(_, reason), _| {
            Value::nano(Some(reason.nano))
        })
        .column(
            say!("Of that measured more or less", "Trong đó do đo thêm, bớt"),
            14,
            |(_, reason), _| nano(Some(reason.newly_measured_nano)),
        )
        .column(say!("Dimension", "Chiều"), 12, |(_, reason), lang| {
            reason.dimension.map_or(Value::Nothing, |dimension| Value::said(&dimension.label(), lang))
        })
        .column(say!("Databases", "CSDL"), 18, |(_, reason), _| Value::text(&reason.databases.join(" ")))
        .column(say!("Table", "Bảng"), 20, |(_, reason), _| {
            Value::text(reason.table.as_deref().unwrap_or_default())
        })
        .column(say!("Rule", "Quy tắc"), 34, |(_, reason), _| {
            Value::text(reason.rule.as_deref().unwrap_or_default())
        })
        .column(say!("Columns", "Cột"), 24, |(_, reason), _| Value::text(&reason.columns.join(" ")))
        .column(say!("Reason", "Nguyên nhân"), 80, move |(_, reason), lang| {
            Value::said(&words::reason(report, reason), lang)
        });
    let all = parts(report).flat_map(|part| {
        let reasons = match &part.quality.since {
            Since::Changed(change) => change.reasons.as_slice(),
            _ => &[],
        };
        reasons.iter().map(move |reason| (part, reason))
    });
    sheet(say!("Reasons", "Nguyên nhân"), columns, all, lang)
}

type Counts<'a> = (Counted, &'a RuleCount);

fn counts(report: &Periodic, lang: Lang) -> Sheet<'_> {
    let value = |count: Option<[u64; 2]>, which: usize| {
        count.map_or(Value::Nothing, |count| Value::Count(count[which]))
    };
    let columns = Columns::<Counts<'_>>::new()
        .column(say!("Block", "Khối"), 24, |(counted, _), lang| {
            Value::said(
                &match counted {
                    Counted::Connections => say!("mandated connections", "kết nối bắt buộc"),
                    Counted::Attempts => say!("attempts to connect", "lượt kết nối"),
                    Counted::Requests => say!("sharing requests", "yêu cầu chia sẻ"),
                },
                lang,
            )
        })
        .column(say!("Database", "CSDL"), 18, |(_, count), _| Value::text(&count.database))
        .column(say!("Table", "Bảng"), 20, |(_, count), _| Value::text(&count.table))
        .column(say!("Rule", "Quy tắc"), 30, |(_, count), _| Value::text(&count.rule))
        .column(say!("Achieved", "Đạt"), 12, move |(_, count), _| value(count.now, 0))
        .column(say!("Due", "Phải đạt"), 12, move |(_, count), _| value(count.now, 1))
        .column(say!("Achieved before", "Đạt kỳ trước"), 12, move |(_, count), _| {
            value(count.before, 0)
        })
        .column(say!("Due before", "Phải đạt kỳ trước"), 12, move |(_, count), _| {
            value(count.before, 1)
        })
        .column(say!("Counts instead of", "Tính thay cho"), 30, |(_, count), _| {
            Value::text(&count.instead_of.join(" "))
        });
    let all = &report.overall;
    let of = [
        (Counted::Connections, &all.connections),
        (Counted::Attempts, &all.attempts),
        (Counted::Requests, &all.requests),
    ];
    let rows =
        of.into_iter().flat_map(|(counted, achieved)| achieved.rules.iter().map(move |rule| (counted, rule)));
    sheet(say!("Counts", "Số đếm"), columns, rows, lang)
}

fn apart(report: &Periodic, lang: Lang) -> Sheet<'_> {
    let columns = Columns::<&Apart>::new()
        .column(say!("Card", "Bảng điểm"), 34, |apart, _| Value::text(&apart.card))
        .column(say!("Database", "CSDL"), 18, |apart, _| {
            Value::text(apart.database.as_deref().unwrap_or_default())
        })
        .column(say!("Because", "Lý do"), 80, |apart, lang| {
            let because: Vec<&str> = apart.because.iter().map(|text| text.get(lang)).collect();
            Value::text(&because.join("; "))
        });
    let all = report.apart.iter().chain(&report.apart_before);
    sheet(say!("Not in this report", "Không đưa vào báo cáo"), columns, all, lang)
}
