//! Proposals to keep, clean, restructure or rebuild, as a paper.

use super::paper::{Cell, Paper, Section};
use super::progress::apart;
use crate::base::Nano;
use crate::kernel::date_format::default_timestamps;
use crate::say;
use crate::score::rebuild::{CriterionCard, MonthlyReport, Proposal, Proposals, Truth};

pub fn paper(proposals: &Proposals) -> Paper {
    let id = &proposals.criteria.id;
    let moments = proposals.databases.iter().flat_map(|it| &it.reports).filter_map(|report| {
        default_timestamps().iter().find_map(|format| format.parse_timestamp(&report.as_of))
    });
    let mut notices = vec![proposals.notice.clone()];
    if !proposals.criteria.shipped {
        notices.push(say!(
            "The thresholds are not those that come with the program.",
            "Các ngưỡng khác với bộ ngưỡng đi kèm chương trình."
        ));
    }
    let mut sections = vec![summary(proposals), thresholds(proposals), evidence(proposals)];
    if !proposals.apart.is_empty() {
        sections.push(apart(&proposals.apart));
    }
    Paper {
        title: say!(
            "Proposals: keep, clean, restructure, rebuild",
            "Đề xuất: giữ, làm sạch, tái cấu trúc, làm lại"
        ),
        facts: vec![say!("criteria {id}", "bộ tiêu chí {id}")],
        notices,
        sections,
        moment: moments.max().unwrap_or_default().div_euclid(1_000_000),
    }
}

fn summary(proposals: &Proposals) -> Section {
    let row = |it: &Proposal| {
        let last = it.reports.last();
        vec![
            Cell::Name(it.database.clone()),
            it.title.clone().map_or(Cell::Nothing, Cell::Own),
            Cell::Name(it.agency.clone().unwrap_or_default()),
            Cell::Said(it.proposed.label()),
            Cell::Said(it.because.clone()),
            it.held.as_ref().map_or(Cell::Nothing, |held| Cell::Count(held.len() as u64)),
            last.map_or(Cell::Nothing, |last| Cell::Grade(last.grade)),
            Cell::Name(it.reports.iter().map(|it| it.month.as_str()).collect::<Vec<_>>().join(", ")),
        ]
    };
    Section {
        title: say!("Proposals", "Đề xuất"),
        lead: Vec::new(),
        heads: vec![
            say!("Database", "CSDL"),
            say!("Name", "Tên"),
            say!("Agency", "Cơ quan"),
            say!("Proposal", "Đề xuất"),
            say!("Because", "Căn cứ"),
            say!("Criteria met", "Số tiêu chí thỏa mãn"),
            say!("Grade", "Hạng"),
            say!("Reports", "Báo cáo"),
        ],
        rows: proposals.databases.iter().map(row).collect(),
    }
}

fn thresholds(proposals: &Proposals) -> Section {
    let rows = proposals.criteria.thresholds.iter().map(|it| {
        vec![
            it.criterion.map_or_else(|| Cell::Name("—".to_owned()), |id| Cell::Name(id.name().to_owned())),
            Cell::Said(it.text.clone()),
            Cell::Own(it.source.clone()),
        ]
    });
    Section {
        title: say!("Thresholds (policy)", "Các ngưỡng (chính sách)"),
        lead: vec![say!("Replace them with `--criteria FILE`.", "Thay bằng `--criteria TỆP`.")],
        heads: vec![say!("Criterion", "Tiêu chí"), say!("Demands", "Điều kiện"), say!("Source", "Nguồn")],
        rows: rows.collect(),
    }
}

fn evidence(proposals: &Proposals) -> Section {
    let mut rows = Vec::new();
    for proposal in &proposals.databases {
        for report in &proposal.reports {
            rows.extend(report.criteria.iter().map(|criterion| finding(proposal, report, criterion)));
        }
    }
    Section {
        title: say!("Evidence by report", "Căn cứ theo từng báo cáo"),
        lead: Vec::new(),
        heads: vec![
            say!("Database", "CSDL"),
            say!("Month", "Tháng"),
            say!("Criterion", "Tiêu chí"),
            say!("Met", "Thỏa mãn"),
            say!("Evidence", "Số liệu"),
            say!("Rules", "Quy tắc"),
            say!("Measured share", "Tỷ lệ đo được"),
            say!("Points", "Điểm"),
            say!("From", "Nguồn"),
        ],
        rows,
    }
}

fn finding(proposal: &Proposal, report: &MonthlyReport, criterion: &CriterionCard) -> Vec<Cell> {
    let points = Cell::Points(Nano::new(report.official_nano).six(), report.official_nano);
    let truth = match criterion.truth {
        Truth::True => say!("MET", "THỎA MÃN"),
        other => other.label(),
    };
    vec![
        Cell::Name(proposal.database.clone()),
        Cell::Name(report.month.clone()),
        Cell::Name(criterion.id.name().to_owned()),
        Cell::Said(truth),
        Cell::Said(criterion.evidence.clone()),
        Cell::Name(criterion.rules.join(", ")),
        Cell::Share(report.coverage),
        points,
        Cell::Name(report.from.clone()),
    ]
}
