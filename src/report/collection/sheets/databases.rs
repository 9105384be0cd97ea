//! Databases: one row each; one for each of their dimensions; one for each of their tables.

use super::{Columns, Ink, Of, Sheet, Value, each_database, sheet};
use crate::base::{Dimension, Lang, Status};
use crate::report::collection::Reported;
use crate::report::term::words::tier;
use crate::say;
use crate::score::scorecard::{DimensionCard, Fraction, TableCard, TablePresence};

pub fn summary(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Of<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |(_, database), _| Value::text(&database.id))
        .column(say!("Name", "Tên"), 36, |(_, database), lang| Value::own(database.title.as_ref(), lang))
        .column(say!("Agency", "Cơ quan"), 12, |(_, database), _| {
            Value::text(database.agency.as_deref().unwrap_or_default())
        })
        .column(say!("Grade", "Hạng"), 8, |(_, database), _| Value::text(database.grade.id()))
        .ink(Ink::Grade)
        .column(say!("Points", "Điểm"), 12, |(_, database), _| {
            Value::decimal(Some(&database.score.official))
        })
        .ink(Ink::Points)
        .column(say!("Points, billionths", "Điểm (phần tỷ)"), 15, |(_, database), _| {
            Value::nano(Some(database.score.official_nano))
        })
        .column(say!("Of what was measured", "Phần đo được"), 14, |(_, database), _| {
            Value::decimal(database.score.measured.as_deref())
        })
        .ink(Ink::Points)
        .column(say!("At best", "Cao nhất có thể"), 14, |(_, database), _| {
            Value::decimal(Some(&database.score.ceiling))
        })
        .ink(Ink::Points)
        .column(say!("Grade by points", "Hạng theo điểm"), 10, |(_, database), _| {
            Value::text(database.grade_by_points.id())
        })
        .ink(Ink::Grade)
        .column(say!("Caps", "Điểm liệt"), 12, |(_, database), _| {
            let caps: Vec<&str> = database.caps.iter().map(|cap| cap.id.as_str()).collect();
            Value::text(&caps.join(" "))
        })
        .column(say!("Clean records", "Bản ghi sạch"), 14, |(_, database), _| {
            Value::Count(database.clean_records.clean)
        })
        .column(say!("Records", "Bản ghi"), 14, |(_, database), _| {
            Value::Count(database.clean_records.rows)
        })
        .column(say!("Clean share", "Tỷ lệ sạch"), 12, |(_, database), _| {
            Value::decimal(database.clean_records.official.as_deref())
        })
        .column(
            say!("Main tables without records", "Bảng chính không có bản ghi"),
            14,
            |(_, database), _| Value::Count(database.clean_records.unknown_tables.len() as u64),
        )
        .ink(Ink::Defects)
        .column(
            say!("Measured share of weight", "Tỷ lệ trọng số đo được"),
            14,
            |(_, database), _| Value::share(Some(database.coverage)),
        )
        .column(say!("Confidence", "Độ tin cậy"), 12, |(_, database), lang| {
            Value::said(&database.confidence.label(), lang)
        })
        .column(say!("Comparable", "So sánh được"), 12, |(_, database), lang| {
            Value::yes_or_no(database.comparable, lang)
        })
        .column(say!("Tables", "Số bảng"), 10, |(_, database), _| {
            Value::Count(database.tables.len() as u64)
        })
        .column(say!("Rules", "Số quy tắc"), 10, |(_, database), _| {
            Value::Count(database.tables.iter().map(|table| table.rules.len() as u64).sum())
        })
        .column(say!("Not measured", "Chưa đo được"), 12, |(card, database), _| {
            let gaps = card.card.incomplete.iter().filter(|gap| gap.database == database.id);
            Value::Count(gaps.count() as u64)
        })
        .ink(Ink::Defects)
        .origin(|(card, _)| *card)
        .column(say!("Root of digests", "Gốc dấu băm"), 66, |(card, _), _| Value::text(&card.root));
    sheet(say!("Summary", "Tổng hợp"), columns, each_database(cards), lang)
}

struct Part<'a> {
    of: Of<'a>,
    dimension: Dimension,
    card: &'a DimensionCard,
}

pub fn dimensions(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<Part<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |part, _| Value::text(&part.of.1.id))
        .column(say!("Dimension", "Chiều chất lượng"), 18, |part, lang| {
            Value::said(&part.dimension.label(), lang)
        })
        .column(say!("Counts", "Có tính"), 10, |part, lang| Value::yes_or_no(part.card.applicable, lang))
        .column(say!("Points", "Điểm"), 12, |part, _| {
            Value::decimal(part.card.applicable.then_some(&part.card.score.official))
        })
        .ink(Ink::Points)
        .column(say!("Points, billionths", "Điểm (phần tỷ)"), 15, |part, _| {
            Value::nano(part.card.applicable.then_some(part.card.score.official_nano))
        })
        .column(say!("Of what was measured", "Phần đo được"), 14, |part, _| {
            Value::decimal(part.card.score.measured.as_deref().filter(|_| part.card.applicable))
        })
        .ink(Ink::Points)
        .column(say!("At best", "Cao nhất có thể"), 14, |part, _| {
            Value::decimal(part.card.applicable.then_some(&part.card.score.ceiling))
        })
        .ink(Ink::Points)
        .column(say!("Measured share of weight", "Tỷ lệ trọng số đo được"), 14, |part, _| {
            Value::share(part.card.coverage)
        })
        .origin(|part| part.of.0);
    let parts = each_database(cards).flat_map(|of| {
        of.1.dimensions.iter().map(move |(dimension, card)| Part { of, dimension: *dimension, card })
    });
    sheet(say!("Dimensions", "Chiều chất lượng"), columns, parts, lang)
}

type InTable<'a> = (Of<'a>, &'a TableCard);

pub fn tables(cards: &[Reported], lang: Lang) -> Sheet<'_> {
    let columns = Columns::<InTable<'_>>::new()
        .column(say!("Database", "CSDL"), 18, |((_, database), _), _| Value::text(&database.id))
        .column(say!("Table", "Bảng"), 22, |(_, table), _| Value::text(&table.id))
        .column(say!("Name", "Tên"), 30, |(_, table), lang| Value::own(table.title.as_ref(), lang))
        .column(say!("Tier", "Bậc"), 20, |(_, table), lang| Value::said(&tier(table.tier), lang))
        .column(say!("There", "Hiện diện"), 14, |(_, table), lang| {
            let word = match table.presence {
                TablePresence::Present => say!("read", "đã đọc"),
                TablePresence::Missing => say!("MISSING", "THIẾU"),
                TablePresence::Absent => say!("absent, optional", "không có, không bắt buộc"),
            };
            Value::said(&word, lang)
        })
        .column(say!("Rows", "Bản ghi"), 14, |(_, table), _| Value::Count(table.rows))
        .column(say!("Clean rows", "Bản ghi sạch"), 14, |(_, table), _| {
            table.clean.map_or(Value::Nothing, Value::Count)
        })
        .column(say!("Clean share", "Tỷ lệ sạch"), 12, |(_, table), _| {
            Value::share(table.clean.map(|num| Fraction { num, den: table.rows }))
        })
        .column(say!("Key", "Khóa"), 20, |(_, table), _| Value::text(&table.key.join(", ")))
        .column(say!("Files", "Số tệp"), 8, |(_, table), _| Value::Count(table.files.len() as u64))
        .column(say!("Problems", "Vấn đề"), 10, |(_, table), _| {
            let files = table.files.iter().filter(|file| file.problem.is_some()).count();
            Value::Count((table.problems.len() + files) as u64)
        })
        .ink(Ink::Defects)
        .column(say!("Rules", "Số quy tắc"), 10, |(_, table), _| Value::Count(table.rules.len() as u64))
        .column(say!("Rules with defects", "Quy tắc có lỗi"), 12, |(_, table), _| {
            Value::Count(table.rules.iter().filter(|rule| rule.fail > 0).count() as u64)
        })
        .ink(Ink::Defects)
        .column(say!("Rules that did not run", "Quy tắc không chạy được"), 12, |(_, table), _| {
            let ran = |status| matches!(status, Status::Measured | Status::Na);
            Value::Count(table.rules.iter().filter(|rule| !ran(rule.status)).count() as u64)
        })
        .ink(Ink::Defects)
        .origin(|(of, _)| of.0);
    let tables = each_database(cards).flat_map(|of| of.1.tables.iter().map(move |table| (of, table)));
    sheet(say!("Tables", "Bảng"), columns, tables, lang)
}
