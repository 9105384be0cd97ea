//! `cong_chuc`: officials and the agencies in which they serve.

use super::{Known, gender};
use crate::generate::nation::sheet::{Sheet, date, text, updated};
use crate::generate::nation::work::{Employer, MERGERS};

const RANKS: [&str; 4] = ["01.001", "01.002", "01.003", "01.004"];

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![officials(known), agencies(known)]
}

fn officials(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_ho_so",
        "so_dinh_danh",
        "ho_va_ten",
        "ngay_sinh",
        "gioi_tinh",
        "ma_co_quan",
        "ngay_tuyen_dung",
        "ngay_vao_co_quan",
        "ngach",
        "bac",
        "cap_nhat_luc",
    ];
    let in_service = known.work.jobs.iter().enumerate().filter_map(|(citizen, job)| {
        let job = (*job)?;
        let Employer::Agency(agency) = known.work.units[job.unit].employer else { return None };
        Some((citizen, job, agency))
    });
    let rows = in_service.enumerate().map(|(at, (citizen, job, agency))| {
        let random = &mut known.random("can_bo", at);
        let person = &known.people.citizens[citizen].person;
        vec![
            text(format!("HS{:07}", at + 1)),
            text(&person.id),
            text(&person.name),
            date(person.birth),
            gender(person.female),
            text(&known.work.agencies[agency].code),
            date(job.recruited),
            date(job.since),
            text(random.word(&RANKS)),
            text(1 + random.below(9)),
            updated(job.since, random),
        ]
    });
    Sheet::new("cong_chuc", "can_bo", COLUMNS, rows.collect())
}

fn agencies(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] =
        &["ma_co_quan", "ten_co_quan", "ma_tinh", "so_nguoi", "tu_ngay", "den_ngay", "cap_nhat_luc"];
    let rows = known.work.agencies.iter().enumerate().map(|(at, agency)| {
        vec![
            text(&agency.code),
            text(&agency.name),
            text(agency.province),
            text(agency.staff),
            date(MERGERS),
            None,
            updated(MERGERS, &mut known.random("co_quan", at)),
        ]
    });
    Sheet::new("cong_chuc", "co_quan", COLUMNS, rows.collect())
}
