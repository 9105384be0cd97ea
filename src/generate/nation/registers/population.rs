//! `dan_cu`: residents, households, and the communes with how many live there.

use std::collections::BTreeMap;

use super::{Known, gender};
use crate::engine::rehearsal::Row;
use crate::generate::nation::TODAY;
use crate::generate::nation::people::Citizen;
use crate::generate::nation::sheet::{Sheet, date, text, updated};
use crate::generate::place::Places;

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![residents(known), households(known), communes(known)]
}

fn residents(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "so_dinh_danh",
        "ho_va_ten",
        "ngay_sinh",
        "gioi_tinh",
        "dan_toc",
        "quoc_tich",
        "ma_xa",
        "ma_tinh",
        "dia_chi",
        "so_ho",
        "me_so_dinh_danh",
        "trang_thai",
        "ngay_chet",
        "so_dien_thoai",
        "ngay_xac_minh",
        "cap_nhat_luc",
    ];
    let people = known.people;
    let row = |(at, citizen): (usize, &Citizen)| -> Row {
        let random = &mut known.random("nhan_khau", at);
        let (person, home) = (&citizen.person, people.home(at));
        vec![
            text(&person.id),
            text(&person.name),
            date(person.birth),
            gender(person.female),
            // 85 in a hundred are Kinh; which of the others somebody is, chance decides.
            text(format!("{:02}", if random.chance(850_000) { 1 } else { 2 + random.below(52) })),
            text("VN"),
            text(home.commune),
            text(home.province),
            text(Places::address(home, random)),
            text(household_number(citizen.household)),
            citizen.mother.map(|mother| people.citizens[mother].person.id.clone()),
            text(if citizen.death.is_some() { "da_chet" } else { "song" }),
            citizen.death.and_then(date),
            (person.birth < TODAY - 5_500 && random.chance(800_000))
                .then(|| format!("09{}{}", 1 + random.below(8), random.digits(7))),
            date(citizen.verified),
            updated(citizen.verified.max(citizen.death.unwrap_or(i32::MIN)), random),
        ]
    };
    Sheet::new("dan_cu", "nhan_khau", COLUMNS, people.citizens.iter().enumerate().map(row).collect())
}

fn household_number(at: usize) -> String {
    format!("HO{:08}", at + 1)
}

fn households(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] =
        &["so_ho", "chu_ho_so_dinh_danh", "ma_xa", "ma_tinh", "so_nhan_khau", "cap_nhat_luc"];
    let rows = known.people.households.iter().enumerate().map(|(at, household)| {
        vec![
            text(household_number(at)),
            text(&known.people.citizens[household.head].person.id),
            text(household.home.commune),
            text(household.home.province),
            text(household.members),
            updated(i32::MIN, &mut known.random("ho", at)),
        ]
    });
    Sheet::new("dan_cu", "ho", COLUMNS, rows.collect())
}

fn communes(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma", "ten", "ma_xa", "ma_tinh", "so_nhan_khau", "cap_nhat_luc"];
    let mut residents: BTreeMap<&str, usize> = BTreeMap::new();
    for household in &known.people.households {
        *residents.entry(household.home.commune).or_default() += household.members;
    }
    let rows = known.places.iter().enumerate().map(|(at, place)| {
        vec![
            text(place.commune),
            text(place.commune_name),
            text(place.commune),
            text(place.province),
            text(residents.get(place.commune).copied().unwrap_or(0)),
            updated(i32::MIN, &mut known.random("dia_ban", at)),
        ]
    });
    Sheet::new("dan_cu", "dia_ban", COLUMNS, rows.collect())
}
