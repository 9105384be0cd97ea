//! `ho_tich`: births, deaths and marriages since 2024.

use super::{Known, gender};
use crate::generate::nation::TODAY;
use crate::generate::nation::people::REGISTERED_SINCE;
use crate::generate::nation::sheet::{Sheet, between, date, text, updated};

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![births(known), deaths(known), marriages(known)]
}

fn births(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "so_dang_ky",
        "so_dinh_danh",
        "ho_va_ten",
        "ngay_sinh",
        "gioi_tinh",
        "me_so_dinh_danh",
        "ma_xa",
        "ma_tinh",
        "ngay_dang_ky",
        "cap_nhat_luc",
    ];
    let citizens = &known.people.citizens;
    let born = citizens.iter().enumerate().filter(|(_, citizen)| citizen.person.birth >= REGISTERED_SINCE);
    let rows = born.enumerate().map(|(at, (citizen, child))| {
        let random = &mut known.random("khai_sinh", at);
        let (person, home) = (&child.person, known.people.home(citizen));
        let registered = between(person.birth + 1, (person.birth + 40).min(TODAY - 1), random);
        vec![
            text(format!("KS{:07}", at + 1)),
            text(&person.id),
            text(&person.name),
            date(person.birth),
            gender(person.female),
            child.mother.map(|mother| citizens[mother].person.id.clone()),
            text(home.commune),
            text(home.province),
            date(registered),
            updated(registered, random),
        ]
    });
    Sheet::new("ho_tich", "khai_sinh", COLUMNS, rows.collect())
}

fn deaths(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] =
        &["so_dang_ky", "so_dinh_danh", "ho_va_ten", "ngay_chet", "ma_tinh", "ngay_dang_ky", "cap_nhat_luc"];
    let dead = known.people.citizens.iter().enumerate().filter_map(|(at, citizen)| {
        let death = citizen.death.filter(|&death| death >= REGISTERED_SINCE)?;
        Some((at, citizen, death))
    });
    let rows = dead.enumerate().map(|(at, (citizen, dead, death))| {
        let random = &mut known.random("khai_tu", at);
        let registered = death + between(3, 12, random);
        vec![
            text(format!("KT{:07}", at + 1)),
            text(&dead.person.id),
            text(&dead.person.name),
            date(death),
            text(known.people.home(citizen).province),
            date(registered),
            updated(registered, random),
        ]
    });
    Sheet::new("ho_tich", "khai_tu", COLUMNS, rows.collect())
}

fn marriages(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "so_dang_ky",
        "chong_so_dinh_danh",
        "chong_ho_va_ten",
        "chong_ngay_sinh",
        "vo_so_dinh_danh",
        "vo_ho_va_ten",
        "vo_ngay_sinh",
        "ma_tinh",
        "ngay_dang_ky",
        "cap_nhat_luc",
    ];
    let married = known.people.couples.iter().filter_map(|couple| Some((couple, couple.married?)));
    let rows = married.enumerate().map(|(at, (couple, day))| {
        let [husband, wife] =
            [couple.husband, couple.wife].map(|citizen| &known.people.citizens[citizen].person);
        vec![
            text(format!("KH{:07}", at + 1)),
            text(&husband.id),
            text(&husband.name),
            date(husband.birth),
            text(&wife.id),
            text(&wife.name),
            date(wife.birth),
            text(known.people.home(couple.wife).province),
            date(day),
            updated(day, &mut known.random("ket_hon", at)),
        ]
    });
    Sheet::new("ho_tich", "ket_hon", COLUMNS, rows.collect())
}
