//! Drift of structure, as a paper.

use super::paper::{Cell, Paper, Section};
use crate::base::Text;
use crate::kernel::date_format::default_timestamps;
use crate::say;
use crate::score::drift::{Change, Concept, Drift, TableParts};

/// Parts that a cell names.
const NAMED: usize = 8;

pub fn paper(drift: &Drift) -> Paper {
    let moment = default_timestamps().iter().find_map(|format| format.parse_timestamp(&drift.as_of));
    let (as_of, tables) = (&drift.as_of, drift.tables);
    let mut facts = vec![say!("as of {as_of}, {tables} tables", "tính đến {as_of}, {tables} bảng")];
    if let Some(against) = &drift.against {
        facts.push(say!("compared with {against}", "so với {against}"));
    }
    let mut notices = Vec::new();
    if !drift.complete {
        notices.push(say!(
            "Not everything could be read: what is not shown here may have drifted all the same.",
            "Có phần không đọc được: những gì không nêu ở đây vẫn có thể đã sai lệch."
        ));
        notices.extend(drift.problems.iter().cloned());
    }
    for (only, databases) in [
        (say!("Only this run knows", "Chỉ lần này có"), &drift.only_now),
        (say!("Only what it is compared with knows", "Chỉ bên được so có"), &drift.only_then),
    ] {
        if !databases.is_empty() {
            let (Text { en, vi }, some) = (only, some_of(databases));
            notices.push(say!("{en}: {some}. Not compared.", "{vi}: {some}. Không so sánh."));
        }
    }
    let mut sections = Vec::new();
    if drift.against.is_some() {
        sections.push(versions(drift));
    }
    sections.extend([
        groups(&drift.parts),
        unlike(&drift.parts),
        used(&drift.code_lists),
        differences(&drift.code_lists),
    ]);
    Paper {
        title: say!("Drift of structure and code lists", "Sai lệch cấu trúc và danh mục"),
        facts,
        notices,
        sections,
        moment: moment.unwrap_or_default().div_euclid(1_000_000),
    }
}

/// A section whose table may have no row.
fn section(title: Text, heads: Vec<Text>, rows: Vec<Vec<Cell>>, nothing: Text) -> Section {
    let lead = if rows.is_empty() { vec![nothing] } else { Vec::new() };
    let heads = if rows.is_empty() { Vec::new() } else { heads };
    Section { title, lead, heads, rows }
}

/// A change: what, of which column, what was and what is.
fn cells(change: &Change) -> [Cell; 4] {
    let name = |text: &Option<String>| text.clone().map_or(Cell::Nothing, Cell::Name);
    [Cell::Said(change.kind.label()), name(&change.column), name(&change.was), name(&change.now)]
}

fn place(database: &str, table: Option<&str>) -> Cell {
    Cell::Name(table.map_or_else(|| database.to_owned(), |table| format!("{database}/{table}")))
}

fn changed_heads(first: Vec<Text>) -> Vec<Text> {
    let rest = [say!("Change", "Thay đổi"), say!("Column", "Cột"), say!("Was", "Trước"), say!("Is", "Nay")];
    first.into_iter().chain(rest).collect()
}

fn versions(drift: &Drift) -> Section {
    let rows = drift.versions.iter().flat_map(|table| {
        table.changes.iter().map(|change| {
            let place = place(&table.database, table.table.as_deref());
            std::iter::once(place).chain(cells(change)).collect()
        })
    });
    section(
        say!("Between versions", "Giữa các phiên bản"),
        changed_heads(vec![say!("Table", "Bảng")]),
        rows.collect(),
        say!("Nothing has changed.", "Không có gì thay đổi."),
    )
}

fn groups(all: &[TableParts]) -> Section {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for table in all {
        for (at, group) in table.groups.iter().enumerate() {
            let head = [
                place(&table.database, Some(&table.table)),
                Cell::Name(some_of(&group.parts)),
                Cell::Count(group.parts.len() as u64),
            ];
            if group.changes.is_empty() {
                let same = match at {
                    0 => say!("the structure of most parts", "cấu trúc của đa số phần"),
                    _ => say!("otherwise the same", "còn lại giống nhau"),
                };
                rows.push(
                    [&head[..], &[Cell::Said(same), Cell::Nothing, Cell::Nothing, Cell::Nothing]].concat(),
                );
            }
            rows.extend(group.changes.iter().map(|change| [&head[..], &cells(change)].concat()));
        }
    }
    section(
        say!("Between parts: structure", "Giữa các phần: cấu trúc"),
        changed_heads(vec![say!("Table", "Bảng"), say!("Parts", "Phần"), say!("How many", "Số phần")]),
        rows,
        say!("No table has several parts.", "Không có bảng nào gồm nhiều phần."),
    )
}

fn unlike(all: &[TableParts]) -> Section {
    let rows = all.iter().flat_map(|table| {
        table.unlike.iter().map(|it| {
            let head = [place(&table.database, Some(&table.table)), Cell::Name(it.part.clone())];
            [&head[..], &cells(&it.change)].concat()
        })
    });
    section(
        say!("Between parts: values", "Giữa các phần: giá trị"),
        changed_heads(vec![say!("Table", "Bảng"), say!("Part", "Phần")]),
        rows.collect(),
        say!("No part deviates from most parts.", "Không có phần nào khác đa số."),
    )
}

fn used(all: &[Concept]) -> Section {
    let rows = all.iter().flat_map(|concept| {
        concept.used.iter().map(|usage| {
            let widths = usage.widths.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            vec![
                Cell::Name(concept.id.clone()),
                Cell::Name(format!("{}/{}.{}", usage.database, usage.table, usage.column)),
                usage.code_list.clone().map_or(Cell::Nothing, Cell::Name),
                Cell::Name(usage.observed.clone()),
                Cell::Count(usage.unnamed),
                usage.not_national.clone().map_or(Cell::Nothing, Cell::Name),
                Cell::Name(widths),
            ]
        })
    });
    section(
        say!("Code lists: where", "Danh mục: nơi dùng"),
        vec![
            say!("About", "Nội dung"),
            say!("Column", "Cột"),
            say!("Code list", "Danh mục"),
            say!("Codes that occur", "Mã xuất hiện"),
            say!("Codes on no list", "Mã ngoài danh mục"),
            say!("Not on the national list", "Ngoài danh mục quốc gia"),
            say!("Lengths", "Độ dài"),
        ],
        rows.collect(),
        say!("No column declares codes.", "Không có cột nào khai báo mã."),
    )
}

fn differences(all: &[Concept]) -> Section {
    let rows = all.iter().flat_map(|concept| {
        concept.differences.iter().map(|it| {
            let names = [&it.one, &it.two, &it.only_one, &it.only_two].map(|name| Cell::Name(name.clone()));
            [&[Cell::Name(concept.id.clone())][..], &names].concat()
        })
    });
    section(
        say!("Code lists: differences", "Danh mục: khác nhau"),
        vec![
            say!("About", "Nội dung"),
            say!("List", "Danh mục"),
            say!("Other list", "Danh mục kia"),
            say!("Only on the first", "Chỉ danh mục trước có"),
            say!("Only on the other", "Chỉ danh mục sau có"),
        ],
        rows.collect(),
        say!("Declared lists do not differ.", "Các danh mục đã khai báo không khác nhau."),
    )
}

fn some_of(parts: &[String]) -> String {
    let first = parts.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match parts.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} (+{more})"),
    }
}
