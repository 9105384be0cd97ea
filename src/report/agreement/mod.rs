//! Whether databases agree, as a paper; its figures and the rows that others contradict are tables of their own.

pub mod figures;
pub mod rows;

use super::paper::{Cell, Paper, Section};
use crate::base::Text;
use crate::kernel::date_format::default_timestamps;
use crate::rule::role::Role;
use crate::say;
use crate::score::agreement::{
    Again, Agreement, AttributeCard, Because, EntityAgreement, Meeting, PairCard, SourceCard, TableId,
};
use crate::score::scorecard::Fraction;

pub fn paper(agreement: &Agreement) -> Paper {
    let moment = default_timestamps().iter().find_map(|format| format.parse_timestamp(&agreement.as_of));
    let (as_of, engine) = (&agreement.as_of, &agreement.engine);
    let mut notices = vec![agreement.notice.clone()];
    notices.extend(agreement.entities.iter().flat_map(notices_of));
    Paper {
        title: say!(
            "Do databases agree on the same entities?",
            "Các CSDL có thống nhất về cùng một đối tượng không?"
        ),
        facts: vec![say!("as of {as_of}; {engine}", "tính đến {as_of}; {engine}")],
        notices,
        sections: agreement.entities.iter().flat_map(sections).collect(),
        moment: moment.unwrap_or_default().div_euclid(1_000_000),
    }
}

/// What was not compared, and what makes identifiers miss each other.
fn notices_of(entity: &EntityAgreement) -> Vec<Text> {
    let Text { en: name, vi: ten } = &entity.name;
    let mut all = Vec::new();
    if let Some(Text { en, vi }) = &entity.not_compared {
        all.push(say!("Not compared: {name}: {en}.", "Không so được {ten}: {vi}."));
    }
    for it in &entity.not_read {
        let (table, Text { en, vi }) = (it.table.name(), &it.why);
        all.push(say!("Not compared: `{table}` ({name}): {en}.", "Không so được `{table}` ({ten}): {vi}."));
    }
    for source in &entity.sources {
        let table = source.table.name();
        for it in &source.not_read {
            let (column, Text { en, vi }) = (&it.column, &it.why);
            all.push(say!(
                "Not compared: column `{column}` of `{table}`: {en}.",
                "Không so được cột `{column}` của `{table}`: {vi}."
            ));
        }
        if source.damaged > 0 {
            let rows = source.damaged;
            all.push(say!(
                "`{table}`: damaged rows, of which nobody knows whom they are about: {rows}.",
                "`{table}`: số dòng hỏng, không rõ nói về đối tượng nào: {rows}."
            ));
        }
        if source.short > 0 {
            let (short, column) = (source.short, &source.identifier);
            all.push(say!(
                "`{table}`: identifiers in `{column}` with too few digits: {short}. Zeros before them were probably lost. They are compared as they \
                 stand and meet no whole one; `--pad` fills them up.",
                "`{table}`: số mã trong `{column}` thiếu chữ số: {short}. Có lẽ các số 0 ở đầu đã bị mất. Các mã này được so nguyên như đã ghi nên không \
                 khớp với mã đủ chữ số; `--pad` thêm số 0 cho đủ."
            ));
        }
    }
    if entity.sources.iter().any(|source| source.padded) {
        all.push(say!(
            "Identifiers of {name} were filled up with zeros, as was asked for.",
            "Mã định danh {ten} đã được thêm số 0 ở đầu cho đủ chữ số theo yêu cầu."
        ));
    }
    for it in &entity.code_sets {
        let sets: Vec<String> = it
            .sets
            .iter()
            .map(|set| set.iter().map(|table| format!("`{}`", table.name())).collect::<Vec<_>>().join(", "))
            .collect();
        let (attribute, sets) = (&it.attribute, sets.join(" ≠ "));
        all.push(say!(
            "`{attribute}` ({name}) is written in different code sets, which are not compared: {sets}. A code list with the words for its codes \
             would make them comparable.",
            "`{attribute}` ({ten}) được ghi theo các bộ mã khác nhau nên không so: {sets}. Nếu khai báo danh mục có cột tên gọi của từng mã thì sẽ so được."
        ));
    }
    all
}

fn sections(entity: &EntityAgreement) -> Vec<Section> {
    let mut all = vec![sources(entity)];
    if entity.found > 0 {
        all.push(summary(entity));
    }
    if entity.not_compared.is_none() {
        all.extend([attributes(entity), dissenters(entity), matrix(entity), pairs(entity)]);
    }
    if entity.not_compared.is_none() || !entity.collected_again.is_empty() {
        all.push(collected_again(entity));
    }
    if !entity.left_out.is_empty() {
        all.push(left_out(entity));
    }
    all
}

fn titled(entity: &EntityAgreement, what: Text) -> Text {
    let (Text { en: name, vi: ten }, Text { en, vi }) = (&entity.name, what);
    say!("{en}: {name}", "{vi}: {ten}")
}

fn table(table: &TableId) -> Cell {
    Cell::Name(table.name())
}

fn two(a: &TableId, b: &TableId) -> Cell {
    Cell::Name(format!("{} ↔ {}", a.name(), b.name()))
}

/// What an attribute is called: as the role of its columns.
fn called(attribute: &str) -> Cell {
    Role::find(attribute)
        .map_or_else(|| Cell::Name(attribute.to_owned()), |role| Cell::Said(role.about.text()))
}

fn share(num: u64, den: u64) -> Cell {
    if den == 0 { Cell::Nothing } else { Cell::Share(Fraction { num, den }) }
}

fn sources(entity: &EntityAgreement) -> Section {
    let row = |it: &SourceCard| {
        let attributes =
            it.attributes.iter().map(|it| format!("{} ({})", it.attribute, it.columns.join(", ")));
        vec![
            table(&it.table),
            Cell::Name(it.identifier.clone()),
            Cell::Count(it.rows),
            Cell::Count(it.without_identifier),
            Cell::Count(it.entities),
            Cell::Name(attributes.collect::<Vec<_>>().join("; ")),
        ]
    };
    Section {
        title: titled(entity, say!("Tables", "Các bảng")),
        lead: Vec::new(),
        heads: vec![
            say!("Table", "Bảng"),
            say!("Identifier", "Cột định danh"),
            say!("Rows with it", "Dòng có mã"),
            say!("Rows without", "Dòng không có mã"),
            say!("Entities", "Đối tượng"),
            say!("Compared (columns)", "Nội dung so (cột)"),
        ],
        rows: entity.sources.iter().map(row).collect(),
    }
}

fn summary(entity: &EntityAgreement) -> Section {
    let it = &entity.summary;
    let row = |what: Text, n: u64, of: u64| vec![Cell::Said(what), Cell::Count(n), share(n, of)];
    let mut rows: Vec<Vec<Cell>> = entity
        .overlap
        .iter()
        .map(|it| {
            let k = it.databases;
            row(say!("in exactly {k} databases", "có ở đúng {k} CSDL"), it.entities, entity.found)
        })
        .collect();
    rows.push(row(say!("in two databases or more", "có ở từ hai CSDL trở lên"), it.shared, entity.found));
    rows.extend([
        row(
            say!("— agreeing in everything compared", "— thống nhất mọi nội dung so được"),
            it.agreeing,
            it.shared,
        ),
        row(say!("— with a conflict", "— có mâu thuẫn"), it.conflicting, it.shared),
        row(
            say!(
                "— not known (a database contradicts itself, or a value cannot be read)",
                "— chưa rõ (một CSDL tự mâu thuẫn hoặc giá trị không đọc được)"
            ),
            it.unknown,
            it.shared,
        ),
        row(say!("— nothing to compare", "— không có nội dung để so"), it.nothing_compared, it.shared),
    ]);
    Section {
        title: titled(entity, say!("Summary", "Tổng hợp")),
        lead: Vec::new(),
        heads: vec![say!("Entities", "Đối tượng"), say!("Number", "Số lượng"), say!("Share", "Tỷ lệ")],
        rows,
    }
}

fn attributes(entity: &EntityAgreement) -> Section {
    let row = |it: &AttributeCard| {
        let one = it.dissenters.get(&1).copied().unwrap_or_default();
        vec![
            called(&it.attribute),
            Cell::Count(it.voted),
            Cell::Count(it.unanimous),
            share(it.unanimous, it.voted),
            Cell::Count(one),
            Cell::Count(it.majority - one),
            Cell::Count(it.undecided),
        ]
    };
    Section {
        title: titled(entity, say!("By attribute", "Theo nội dung")),
        lead: vec![say!(
            "Each database has one vote; one that contradicts itself has none. A majority is more than half of the votes.",
            "Mỗi CSDL có một phiếu; CSDL tự mâu thuẫn thì không có phiếu. Đa số là hơn một nửa số phiếu."
        )],
        heads: vec![
            say!("Attribute", "Nội dung"),
            say!("Entities", "Đối tượng"),
            say!("Unanimous", "Nhất trí"),
            say!("Share", "Tỷ lệ"),
            say!("Majority against one", "Đa số, một CSDL khác"),
            say!("Majority against several", "Đa số, nhiều CSDL khác"),
            say!("No majority", "Không có đa số"),
        ],
        rows: entity.attributes.iter().map(row).collect(),
    }
}

fn dissenters(entity: &EntityAgreement) -> Section {
    let rows = entity.attributes.iter().flat_map(|it| {
        it.databases.iter().map(|database| {
            vec![
                Cell::Name(database.database.clone()),
                called(&it.attribute),
                Cell::Count(database.votes),
                Cell::Count(database.alone),
                Cell::Count(database.minority),
                Cell::Count(database.undecided),
                Cell::Count(database.contradicts_itself),
            ]
        })
    });
    Section {
        title: titled(entity, say!("Who dissents", "CSDL nào khác số đông")),
        lead: Vec::new(),
        heads: vec![
            say!("Database", "CSDL"),
            say!("Attribute", "Nội dung"),
            say!("Votes", "Phiếu"),
            say!("Alone against a majority", "Một mình trái đa số"),
            say!("With others against a majority", "Cùng CSDL khác trái đa số"),
            say!("No majority", "Không có đa số"),
            say!("Contradicts itself", "Tự mâu thuẫn"),
        ],
        rows: rows.collect(),
    }
}

fn matrix(entity: &EntityAgreement) -> Section {
    let row = |it: &Meeting| {
        vec![
            two(&it.a, &it.b),
            Cell::Count(it.both),
            Cell::Count(it.compared),
            Cell::Count(it.differ),
            share(it.differ, it.compared),
        ]
    };
    Section {
        title: titled(entity, say!("Who differs from whom", "Bảng nào khác bảng nào")),
        lead: Vec::new(),
        heads: vec![
            say!("Tables", "Hai bảng"),
            say!("Entities in both", "Đối tượng chung"),
            say!("Compared", "So được"),
            say!("Differ in something", "Khác ít nhất một nội dung"),
            say!("Share", "Tỷ lệ"),
        ],
        rows: entity.matrix.iter().map(row).collect(),
    }
}

fn pairs(entity: &EntityAgreement) -> Section {
    let row = |it: &PairCard| {
        vec![
            two(&it.a, &it.b),
            called(&it.attribute),
            Cell::Count(it.both),
            Cell::Count(it.agree),
            Cell::Count(it.disagree),
            Cell::Count(it.lacking),
            Cell::Count(it.unknown),
        ]
    };
    Section {
        title: titled(entity, say!("By attribute and pair", "Theo nội dung và từng cặp bảng")),
        lead: Vec::new(),
        heads: vec![
            say!("Tables", "Hai bảng"),
            say!("Attribute", "Nội dung"),
            say!("Entities in both", "Đối tượng chung"),
            say!("Agree", "Giống"),
            say!("Disagree", "Khác"),
            say!("One side lacks", "Một bên thiếu"),
            say!("Not known", "Chưa rõ"),
        ],
        rows: entity.pairs.iter().map(row).collect(),
    }
}

fn collected_again(entity: &EntityAgreement) -> Section {
    let row = |it: &Again| {
        let because = match it.because {
            Because::Role => say!("same role", "cùng vai trò"),
            Because::NameAndValues => say!("same name and values", "cùng tên và giá trị"),
        };
        let more = if it.more_values { "+" } else { "" };
        vec![
            Cell::Name(format!("{}: {}", it.table.name(), it.columns.join(", "))),
            Cell::Said(because),
            Cell::Count(it.both),
            Cell::Count(it.compared),
            it.share.map_or(Cell::Nothing, Cell::Share),
            Cell::Name(format!("{}{more}", it.values)),
            Cell::Said(it.suggestion.clone()),
        ]
    };
    let lead = match &entity.reference {
        Some(reference) => {
            let name = &reference.database;
            say!(
                "Candidates: columns that the reference `{name}` already has. Whether a column is really collected again its owner knows.",
                "Các cột đề nghị xem xét: CSDL tham chiếu `{name}` đã có. Cột có thực sự bị thu thập lại hay không thì chủ quản xác nhận."
            )
        }
        None => say!(
            "No database of this run is known as the reference; name one with `--reference DATABASE`.",
            "Lần chạy này không có CSDL nào được biết là CSDL tham chiếu; hãy nêu bằng `--reference CSDL`."
        ),
    };
    Section {
        title: titled(entity, say!("Collected again", "Thu thập lại")),
        lead: vec![lead],
        heads: vec![
            say!("Column", "Cột"),
            say!("Because", "Căn cứ"),
            say!("Entities in both", "Đối tượng chung"),
            say!("Compared", "So được"),
            say!("Same", "Giống nhau"),
            say!("Different values", "Số giá trị khác nhau"),
            say!("Suggestion", "Đề nghị"),
        ],
        rows: entity.collected_again.iter().map(row).collect(),
    }
}

fn left_out(entity: &EntityAgreement) -> Section {
    let rows = entity.left_out.iter().map(|it| {
        vec![Cell::Name(format!("{}: {}", it.table.name(), it.column)), Cell::Said(it.why.clone())]
    });
    Section {
        title: titled(entity, say!("Columns left out", "Các cột không so")),
        lead: Vec::new(),
        heads: vec![say!("Column", "Cột"), say!("Why", "Lý do")],
        rows: rows.collect(),
    }
}
