//! What stands on the sheets of a comparison's workbook.

use super::words;
use crate::base::{Dimension, Lang, Nano};
use crate::report::collection::sheets::{Columns, Ink, Sheet, Value, sheet};
use crate::say;
use crate::score::Grade;
use crate::score::league::{Apart, DimensionPart, Entry, League, Silent, Table};

/// All sheets, in the order of the workbook. Those are there as well that have no rows.
pub fn all(league: &League, lang: Lang) -> Vec<Sheet<'_>> {
    vec![
        agencies(league, lang),
        databases(league, lang),
        pairs(league, lang),
        apart(league, lang),
        silent(league, lang),
        difference(league, lang),
    ]
}

fn agencies(league: &League, lang: Lang) -> Sheet<'_> {
    let columns = standing(say!("Agency", "Cơ quan"))
        .column(say!("Registered", "Đăng ký"), 10, |it, _| {
            it.measured.map_or(Value::Nothing, |[all, _]| Value::Count(all))
        })
        .column(say!("Measured", "Đã đo"), 10, |it, _| {
            it.measured.map_or(Value::Nothing, |[_, measured]| Value::Count(measured))
        })
        .column(say!("Lowest", "Thấp nhất"), 12, |it, _| Value::decimal(it.minimum.as_deref()))
        .ink(Ink::Points)
        .column(say!("Median", "Trung vị"), 12, |it, _| Value::decimal(it.median.as_deref()))
        .ink(Ink::Points)
        .column(say!("Databases graded D", "Số CSDL hạng D"), 12, |it, _| grades(it, Grade::D))
        .ink(Ink::Defects)
        .column(say!("Databases graded —", "Số CSDL hạng —"), 12, |it, _| grades(it, Grade::Ungraded))
        .ink(Ink::Defects)
        .column(say!("Size", "Quy mô"), 20, |it, lang| {
            it.peer_group.map_or(Value::Nothing, |group| Value::said(&words::peer_group(group), lang))
        })
        .column(say!("Best rank without one", "Thứ hạng cao nhất khi bỏ một CSDL"), 14, |it, _| {
            Value::Count(it.without_one[0].into())
        })
        .column(
            say!("Worst rank without one", "Thứ hạng thấp nhất khi bỏ một CSDL"),
            14,
            |it, _| Value::Count(it.without_one[1].into()),
        );
    sheet(say!("Agencies", "Cơ quan"), columns, league.agencies.entries.iter(), lang)
}

fn databases(league: &League, lang: Lang) -> Sheet<'_> {
    let columns = standing(say!("Database", "CSDL"))
        .column(say!("Agency", "Cơ quan"), 12, |it, _| Value::text(it.agency.as_deref().unwrap_or_default()))
        .column(say!("Measured share of weight", "Tỷ lệ trọng số đo được"), 14, |it, _| {
            Value::share(it.coverage)
        })
        .column(say!("Card", "Bảng điểm"), 40, |it, _| {
            Value::text(it.card.as_deref().unwrap_or_default())
        });
    sheet(say!("Databases", "CSDL"), columns, league.databases.entries.iter(), lang)
}

/// What agencies and databases have in common.
fn standing<'r>(first: crate::base::Text) -> Columns<'r, &'r Entry> {
    let mut columns = Columns::<&Entry>::new()
        .column(first, 18, |it, _| Value::text(&it.id))
        .column(say!("Name", "Tên"), 36, |it, lang| Value::own(it.title.as_ref(), lang))
        .column(say!("Rank", "Thứ hạng"), 8, |it, _| Value::Count(it.rank.into()))
        .column(say!("Interval, best", "Khoảng thứ hạng, cao nhất"), 10, |it, _| {
            Value::Count(it.interval[0].into())
        })
        .column(say!("Interval, worst", "Khoảng thứ hạng, thấp nhất"), 10, |it, _| {
            Value::Count(it.interval[1].into())
        })
        .column(say!("Grade", "Hạng"), 8, |it, _| Value::text(it.grade.id()))
        .ink(Ink::Grade)
        .column(say!("Points", "Điểm"), 12, |it, _| Value::decimal(Some(&it.score.official)))
        .ink(Ink::Points)
        .column(say!("Points, billionths", "Điểm (phần tỷ)"), 15, |it, _| {
            Value::nano(Some(it.score.official_nano))
        })
        .column(say!("Of what was measured", "Phần đo được"), 14, |it, _| {
            Value::decimal(it.score.measured.as_deref())
        })
        .ink(Ink::Points)
        .column(say!("At best", "Cao nhất có thể"), 14, |it, _| Value::decimal(Some(&it.score.ceiling)))
        .ink(Ink::Points)
        .column(say!("Confidence", "Độ tin cậy"), 12, |it, lang| {
            it.confidence.map_or(Value::Nothing, |confidence| Value::said(&confidence.label(), lang))
        })
        .column(say!("Caps", "Điểm liệt"), 12, |it, _| {
            let caps: Vec<&str> = it.caps.iter().map(|cap| cap.id.as_str()).collect();
            Value::text(&caps.join(" "))
        });
    for dimension in Dimension::ALL {
        columns = columns
            .column(dimension.label(), 14, move |it: &&Entry, _| {
                let card = it.dimensions.get(&dimension).filter(|card| card.applicable);
                Value::decimal(card.map(|card| card.score.official.as_str()))
            })
            .ink(Ink::Points);
    }
    columns
}

fn grades(entry: &Entry, grade: Grade) -> Value {
    entry.grades.get(&grade).map_or(Value::Nothing, |n| Value::Count(*n))
}

/// Two entries, the one of the better rank first.
struct Pair<'a> {
    agencies: bool,
    first: &'a Entry,
    second: &'a Entry,
}

fn pairs(league: &League, lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Pair<'_>>::new()
        .column(say!("Of", "Loại"), 12, |pair, lang| {
            Value::said(
                &if pair.agencies { say!("agencies", "cơ quan") } else { say!("databases", "CSDL") },
                lang,
            )
        })
        .column(say!("First", "Thứ nhất"), 18, |pair, _| Value::text(&pair.first.id))
        .column(say!("Second", "Thứ hai"), 18, |pair, _| Value::text(&pair.second.id))
        .column(say!("The first is", "Thứ nhất so với thứ hai"), 22, |pair, lang| {
            let Pair { first, second, .. } = pair;
            Value::said(
                &if first.clearly_above.contains(&second.id) {
                    say!("clearly above", "hơn rõ")
                } else if first.not_told_from.contains(&second.id) {
                    say!("not told apart", "chưa phân biệt được")
                } else {
                    say!("clearly below", "kém rõ")
                },
                lang,
            )
        })
        .column(say!("Difference, billionths", "Chênh lệch (phần tỷ)"), 18, |pair, _| {
            Value::nano(Some(pair.first.score.official_nano - pair.second.score.official_nano))
        });
    let rows = every_two(&league.agencies, true).chain(every_two(&league.databases, false));
    sheet(say!("Pairs", "Từng cặp"), columns, rows, lang)
}

fn every_two(table: &Table, agencies: bool) -> impl Iterator<Item = Pair<'_>> {
    table.entries.iter().enumerate().flat_map(move |(at, first)| {
        table.entries[at + 1..].iter().map(move |second| Pair { agencies, first, second })
    })
}

fn apart(league: &League, lang: Lang) -> Sheet<'_> {
    let columns = Columns::<&Apart>::new()
        .column(say!("Database", "CSDL"), 18, |it, _| Value::text(it.database.as_deref().unwrap_or_default()))
        .column(say!("Card", "Bảng điểm"), 40, |it, _| Value::text(&it.card))
        .column(say!("Because", "Lý do"), 80, |it, lang| {
            let because: Vec<&str> =
                it.because.iter().map(|text| crate::report::term::words::own(text, lang)).collect();
            Value::text(&because.join("; "))
        });
    sheet(say!("Not ranked", "Không xếp hạng"), columns, league.apart.iter(), lang)
}

fn silent(league: &League, lang: Lang) -> Sheet<'_> {
    let columns = Columns::<&Silent>::new()
        .column(say!("Database", "CSDL"), 18, |it, _| Value::text(&it.id))
        .column(say!("Agency", "Cơ quan"), 12, |it, _| Value::text(it.agency.as_deref().unwrap_or_default()))
        .column(say!("Weight", "Trọng số"), 10, |it, _| Value::Count(it.weight.into()));
    sheet(say!("Sent nothing", "Không gửi gì"), columns, league.silent.iter(), lang)
}

fn difference(league: &League, lang: Lang) -> Sheet<'_> {
    let six = |nano: i64| Value::Decimal(signed(nano));
    let columns = Columns::<(&[String; 2], &DimensionPart)>::new()
        .column(say!("First", "Thứ nhất"), 18, |(between, _), _| Value::text(&between[0]))
        .column(say!("Second", "Thứ hai"), 18, |(between, _), _| Value::text(&between[1]))
        .column(say!("Dimension", "Chiều chất lượng"), 18, |(_, part), lang| {
            Value::said(&part.dimension.label(), lang)
        })
        .column(say!("Brings the first", "Góp cho thứ nhất"), 14, move |(_, part), _| {
            six(part.brings_nano[0])
        })
        .column(say!("Brings the second", "Góp cho thứ hai"), 14, move |(_, part), _| {
            six(part.brings_nano[1])
        })
        .column(say!("Difference", "Chênh lệch"), 14, move |(_, part), _| six(part.difference_nano))
        .column(say!("Difference, billionths", "Chênh lệch (phần tỷ)"), 18, |(_, part), _| {
            Value::nano(Some(part.difference_nano))
        });
    let parts =
        league.difference.iter().flat_map(|of| of.dimensions.iter().map(move |part| (&of.between, part)));
    sheet(say!("Difference", "Chênh lệch"), columns, parts, lang)
}

/// Six decimals, with its sign.
fn signed(nano: i64) -> String {
    let sign = if nano < 0 { "-" } else { "" };
    format!("{sign}{}", Nano::new(nano.abs()).six())
}
