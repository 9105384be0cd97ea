//! `bao_hiem`: everybody who lives is insured, through an employer or not; employers pay month by month.

use super::{Known, gender};
use crate::generate::nation::TODAY;
use crate::generate::nation::people::Citizen;
use crate::generate::nation::sheet::{Sheet, between, date, text, updated, years};
use crate::generate::nation::work::{Employer, Job};
use crate::kernel::date_format::days;

/// The last three months that are over, each with the day until which it is paid.
const MONTHS: [(&str, u32, u32); 3] = [("202608", 8, 31), ("202609", 9, 30), ("202610", 10, 31)];

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![insured(known), units(known), payments(known)]
}

fn insured(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_so_bhxh",
        "the_bhyt",
        "so_dinh_danh",
        "ho_va_ten",
        "ngay_sinh",
        "gioi_tinh",
        "ma_xa",
        "ma_tinh",
        "ma_don_vi",
        "tu_ngay",
        "cap_nhat_luc",
    ];
    let living = known.people.citizens.iter().enumerate().filter(|(_, citizen)| citizen.death.is_none());
    let rows = living.map(|(at, citizen)| {
        let random = &mut known.random("nguoi_tham_gia", at);
        let (person, home, job) = (&citizen.person, known.people.home(at), known.work.jobs[at]);
        let since = job.map_or_else(
            || between((person.birth + 10).max(TODAY - years(8)), TODAY - 5, random),
            |job| job.since,
        );
        // The province of birth, as two digits, leads both numbers.
        let number = format!("{}{}", &person.id[1..3], 20_000_000 + at);
        vec![
            text(&number),
            text(format!("{}{}{number}", group(known, citizen, job), &person.id[1..3])),
            text(&person.id),
            text(&person.name),
            date(person.birth),
            gender(person.female),
            text(home.commune),
            text(home.province),
            job.map(|job| known.work.units[job.unit].code.clone()),
            date(since),
            updated(since, random),
        ]
    });
    Sheet::new("bao_hiem", "nguoi_tham_gia", COLUMNS, rows.collect())
}

/// The object code and benefit digit of a health card: staff of enterprises, of agencies, children under six, households.
fn group(known: &Known<'_>, citizen: &Citizen, job: Option<Job>) -> &'static str {
    match job.map(|job| known.work.units[job.unit].employer) {
        Some(Employer::Enterprise(_)) => "DN4",
        Some(Employer::Agency(_)) => "HC4",
        None if citizen.person.birth > TODAY - 6 * 365 => "TE1",
        None => "GD4",
    }
}

fn units(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_don_vi",
        "ten_don_vi",
        "ma_so_doanh_nghiep",
        "ma_co_quan",
        "ma_tinh",
        "so_lao_dong",
        "tu_ngay",
        "den_ngay",
        "cap_nhat_luc",
    ];
    let rows = known.work.units.iter().enumerate().map(|(at, unit)| {
        let (name, tax_code, agency, province) = match unit.employer {
            Employer::Enterprise(at) => {
                let enterprise = &known.work.enterprises[at];
                let organisation = &enterprise.organisation;
                (&organisation.name, Some(&organisation.tax_code), None, enterprise.seat.province)
            }
            Employer::Agency(at) => {
                let agency = &known.work.agencies[at];
                (&agency.name, None, Some(&agency.code), agency.province)
            }
        };
        vec![
            text(&unit.code),
            text(name),
            tax_code.cloned(),
            agency.cloned(),
            text(province),
            text(unit.staff),
            date(unit.since),
            None,
            updated(unit.since, &mut known.random("don_vi", at)),
        ]
    });
    Sheet::new("bao_hiem", "don_vi", COLUMNS, rows.collect())
}

fn payments(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma_don_vi", "ky", "so_nguoi", "so_tien", "ngay_dong", "cap_nhat_luc"];
    // The days on which the staff of each unit began.
    let mut staff: Vec<Vec<i32>> = vec![Vec::new(); known.work.units.len()];
    for job in known.work.jobs.iter().flatten() {
        staff[job.unit].push(job.since);
    }
    let units = known.work.units.iter().zip(&staff);
    let due = units.flat_map(|unit| MONTHS.map(|month| (unit, month)));
    let rows = due.enumerate().map(|(at, ((unit, began), (period, month, last)))| {
        let random = &mut known.random("dong", at);
        let end = days(2026, month, last).unwrap_or(TODAY);
        let paid = end - between(0, 10, random);
        let people = began.iter().filter(|&&since| since <= end).count();
        vec![
            text(&unit.code),
            text(period),
            text(people),
            text(people * 1_920_000),
            date(paid),
            updated(paid, random),
        ]
    });
    Sheet::new("bao_hiem", "dong", COLUMNS, rows.collect())
}
