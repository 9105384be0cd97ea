//! Progress against the catalogue, as a paper.

use super::paper::{Cell, Paper, Section};
use crate::base::{Nano, Text};
use crate::kernel::date_format::default_timestamps;
use crate::report::html::moment;
use crate::report::term::words::pick;
use crate::say;
use crate::score::league::Apart;
use crate::score::progress::place::{Level, MissingUnit, PlaceCoverage};
use crate::score::progress::{Part, PriorityProgress, Progress, Standing};
use crate::score::scorecard::Fraction;

/// Ids that a table names.
const NAMED: usize = 12;

pub fn paper(progress: &Progress) -> Paper {
    let (as_of, hash) = (&progress.as_of, &progress.catalog);
    let (scored, listed) = (progress.all.scored, progress.all.listed);
    let measured = progress.all.measured;
    let Text { en: en_as_of, vi: vi_as_of } =
        moment::spoken(as_of).unwrap_or_else(|| Text::same(as_of.clone()));
    let micros = default_timestamps().iter().find_map(|format| format.parse_timestamp(as_of));
    let mut sections = vec![
        Section {
            title: say!("By agency", "Theo cơ quan"),
            heads: heads(),
            rows: progress.agencies.iter().map(row).collect(),
            lead: Vec::new(),
        },
        Section {
            title: say!("By list", "Theo nhóm"),
            lead: vec![say!(
                "Priority databases are made up of databases of the lists; a priority database counts as scored if it is as a whole, or in all \
                 of its parts.",
                "CSDL ưu tiên hợp thành từ các CSDL trong danh mục; CSDL ưu tiên được tính là đã chấm khi được chấm toàn bộ, hoặc mọi \
                 thành phần đã được chấm."
            )],
            heads: heads(),
            rows: progress.lists.iter().map(row).collect(),
        },
        Section {
            title: say!("By content", "Theo kiểu nội dung"),
            lead: vec![say!(
                "What the main table holds is read off the name of the database, and is to be confirmed.",
                "Kiểu nội dung suy từ tên CSDL, cần xác nhận."
            )],
            heads: heads(),
            rows: progress.archetypes.iter().map(row).collect(),
        },
    ];
    if !progress.groups.is_empty() {
        sections.push(Section {
            title: say!("By your groups", "Theo nhóm tự đặt"),
            heads: heads(),
            rows: progress.groups.iter().map(row).collect(),
            lead: Vec::new(),
        });
    }
    sections.push(priority(progress));
    sections.push(places(progress));
    if !progress.beside.is_empty() {
        sections.push(beside(&progress.beside));
    }
    if !progress.apart.is_empty() {
        sections.push(apart(&progress.apart));
    }
    Paper {
        title: say!("Progress against the catalogue of databases", "Tiến độ theo danh mục CSDL"),
        facts: vec![
            say!(
                "{scored} of {listed} databases scored, {measured} of them with something measured",
                "đã chấm {scored}/{listed} CSDL, trong đó {measured} CSDL có nội dung đo được"
            ),
            say!("as of {en_as_of} · catalogue {hash}", "tính đến {vi_as_of} · danh mục {hash}"),
        ],
        notices: beyond(progress).into_iter().collect(),
        sections,
        moment: micros.unwrap_or_default().div_euclid(1_000_000),
    }
}

/// Priority databases that were scored and stand for none of the list: other reports count them beside it.
fn beyond(progress: &Progress) -> Option<Text> {
    let alone = |it: &&PriorityProgress| it.score.is_some() && it.parts.is_empty();
    let ids: Vec<&str> = progress.priority.iter().filter(alone).map(|it| it.id.as_str()).collect();
    let (n, ids, listed) = (ids.len(), ids.join(", "), progress.all.listed);
    (n > 0).then(|| {
        say!(
            "Not among the {listed}: {n} scored priority databases that have no entry of their own in the list ({ids}). \
             `compare` and `periodic` over the nation count them beside it.",
            "Ngoài {listed} CSDL của danh mục còn {n} CSDL ưu tiên đã chấm, không có mục riêng trong danh mục ({ids}); \
             `compare` và `periodic` khi tính toàn quốc cộng thêm số này."
        )
    })
}

fn heads() -> Vec<Text> {
    vec![
        say!("Part", "Phần"),
        say!("Name", "Tên"),
        say!("Scored", "Đã chấm"),
        say!("Of", "Trên tổng số"),
        say!("Share", "Tỷ lệ"),
        say!("Measured", "Đo được"),
        say!("Grades", "Hạng"),
        say!("Without a scorecard", "Chưa có bảng điểm"),
    ]
}

fn row(part: &Part) -> Vec<Cell> {
    let grades: Vec<String> = part.grades.iter().map(|(grade, n)| format!("{} {n}", grade.id())).collect();
    vec![
        Cell::Name(part.id.clone()),
        Cell::Own(part.name.clone()),
        Cell::Count(part.scored),
        Cell::Count(part.listed),
        Cell::Share(Fraction { num: part.scored, den: part.listed }),
        Cell::Count(part.measured),
        Cell::Name(grades.join(", ")),
        Cell::Said(some_of(&part.missing)),
    ]
}

fn both(words: impl Fn(crate::base::Lang) -> String) -> Text {
    Text { vi: words(crate::base::Lang::Vi), en: words(crate::base::Lang::En) }
}

/// The first of them, and how many there are besides.
fn some_of(ids: &[String]) -> Text {
    let first = ids.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(NAMED) {
        0 => Text::same(first),
        more => say!("{first} and {more} more", "{first} và {more} CSDL khác"),
    }
}

fn priority(progress: &Progress) -> Section {
    let sources: Vec<String> =
        progress.sources.iter().map(|(id, title)| format!("{id}: {}", title.trim())).collect();
    let sources = sources.join("; ");
    Section {
        title: say!("Priority databases and deadlines", "CSDL ưu tiên và thời hạn"),
        lead: vec![
            say!(
                "Deadlines are as each text prints them; a month or a quarter ends on its last day. Where texts differ, all are shown: which one \
                 holds is for the authority to say.",
                "Thời hạn ghi theo từng văn bản; tháng, quý tính đến ngày cuối. Các văn bản khác nhau thì nêu tất cả; áp dụng thời hạn nào do cơ \
                 quan có thẩm quyền quyết định."
            ),
            say!("Sources: {sources}", "Nguồn: {sources}"),
        ],
        heads: vec![
            say!("Database", "CSDL"),
            say!("Name", "Tên"),
            say!("Agency", "Cơ quan"),
            say!("Deadline", "Thời hạn"),
            say!("Grade", "Hạng"),
            say!("Points", "Điểm"),
            say!("Parts scored", "Thành phần đã chấm"),
            say!("Later texts", "Văn bản về sau"),
        ],
        rows: progress.priority.iter().map(priority_row).collect(),
    }
}

fn priority_row(it: &PriorityProgress) -> Vec<Cell> {
    let deadlines = |lang| {
        let one = |deadline: &crate::score::progress::deadline::Deadline| {
            let trust = deadline.trust.label();
            let (told, sources) = (deadline.told(), deadline.sources.join(", "));
            format!("{} ({sources}; {})", told.get(lang), trust.get(lang))
        };
        match it.deadlines.is_empty() {
            true => pick(lang, "chưa rõ", "not known").to_owned(),
            false => it.deadlines.iter().map(one).collect::<Vec<_>>().join("; "),
        }
    };
    let (scored, all) = (it.parts_scored, it.parts.len());
    // One that is made up of a single database stands as that does.
    let standing = it.score.as_ref().or(match it.parts.as_slice() {
        [only] => only.score.as_ref(),
        _ => None,
    });
    let parts = match it.parts.is_empty() {
        true => it.matched.label(),
        false => {
            let unscored: Vec<&str> =
                it.parts.iter().filter(|part| part.score.is_none()).map(|part| part.id.as_str()).collect();
            let unscored = unscored.join(", ");
            match unscored.is_empty() {
                true => say!("{scored} of {all}", "{scored}/{all}"),
                false => say!("{scored} of {all}; not yet: {unscored}", "{scored}/{all}; chưa: {unscored}"),
            }
        }
    };
    vec![
        Cell::Name(it.id.clone()),
        Cell::Name(it.title.clone()),
        Cell::Name(it.agency.clone()),
        Cell::Said(both(deadlines)),
        standing.map_or(Cell::Nothing, |score| Cell::Grade(score.grade)),
        standing.map_or(Cell::Nothing, points),
        Cell::Said(parts),
        it.later.clone().map_or(Cell::Nothing, Cell::Own),
    ]
}

fn points(standing: &Standing) -> Cell {
    Cell::Points(Nano::new(standing.official_nano).six(), standing.official_nano)
}

fn places(progress: &Progress) -> Section {
    Section {
        title: say!("Coverage by place", "Độ phủ theo địa bàn"),
        lead: vec![say!(
            "From rules that ask for every unit of a list (`value_set` with `relation: in_use` over `vn.commune` or `vn.province`, or tagged \
             `place`). Units are counted as of the scorecard.",
            "Lấy từ các quy tắc yêu cầu đủ mọi đơn vị trong danh mục (`value_set` với `relation: in_use` trên `vn.commune`, `vn.province`, hoặc \
             gắn thẻ `place`), tính theo thời điểm của bảng điểm."
        )],
        heads: vec![
            say!("Database", "CSDL"),
            say!("Table and rule", "Bảng và quy tắc"),
            say!("Units", "Đơn vị"),
            say!("With records", "Đã có dữ liệu"),
            say!("Share", "Tỷ lệ"),
            say!("Not known", "Chưa rõ"),
            say!("Missing", "Còn thiếu"),
            say!("As of", "Tính đến"),
        ],
        rows: progress.places.iter().map(place_row).collect(),
    }
}

fn place_row(it: &PlaceCoverage) -> Vec<Cell> {
    let level = match it.level {
        Level::Commune => say!("communes", "xã, phường, đặc khu"),
        Level::Province => say!("provinces", "tỉnh, thành phố"),
        Level::Other => say!("of a list of its own", "theo danh mục riêng"),
    };
    let covered = both(|lang| {
        let count = |n| super::number::count(n, lang);
        format!("{}/{}", count(it.covered), count(it.expected))
    });
    vec![
        Cell::Name(it.database.clone()),
        Cell::Name(format!("{}/{}", it.table, it.rule)),
        Cell::Said(level),
        Cell::Said(covered),
        Cell::Share(Fraction { num: it.covered, den: it.expected }),
        Cell::Count(it.unknown),
        Cell::Said(missing(it)),
        Cell::Moment(it.as_of.clone()),
    ]
}

fn missing(it: &PlaceCoverage) -> Text {
    let one = |unit: &MissingUnit| match (&unit.name, &unit.province) {
        (Some(name), Some(province)) => format!("{} {name} ({province})", unit.code),
        (Some(name), None) => format!("{} {name}", unit.code),
        _ => unit.code.clone(),
    };
    let names = it.named.iter().map(one).collect::<Vec<_>>().join("; ");
    let n = it.missing;
    match it.missing.saturating_sub(it.named.len() as u64) {
        _ if n == 0 => say!("none", "không"),
        0 => say!("{n}: {names}", "{n}: {names}"),
        more if it.named.is_empty() => say!("{more}, not named", "{more}, không nêu tên"),
        more => say!(
            "{n}: {names}; and {more} that the card does not name",
            "{n}: {names}; và {more} đơn vị mà bảng điểm không nêu tên"
        ),
    }
}

fn beside(all: &[Standing]) -> Section {
    let row = |it: &Standing| {
        vec![
            Cell::Name(it.database.clone()),
            Cell::Grade(it.grade),
            points(it),
            Cell::Moment(it.as_of.clone()),
        ]
    };
    Section {
        title: say!("Scored, not in the catalogue", "Đã chấm, ngoài danh mục"),
        lead: Vec::new(),
        heads: vec![
            say!("Database", "CSDL"),
            say!("Grade", "Hạng"),
            say!("Points", "Điểm"),
            say!("As of", "Tính đến"),
        ],
        rows: all.iter().map(row).collect(),
    }
}

/// Cards that are not counted.
pub fn apart(all: &[Apart]) -> Section {
    let row = |it: &Apart| {
        let words = |lang| it.because.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join("; ");
        let name = it.database.as_ref().map_or_else(|| it.card.clone(), |id| format!("{}: {id}", it.card));
        vec![Cell::Name(name), Cell::Said(both(words))]
    };
    Section {
        title: say!("Not counted", "Không tính"),
        lead: Vec::new(),
        heads: vec![say!("Scorecard", "Bảng điểm"), say!("Because", "Lý do")],
        rows: all.iter().map(row).collect(),
    }
}
