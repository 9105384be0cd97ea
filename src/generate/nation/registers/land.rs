//! `dat_dai`: parcels, the certificate of each, and who holds it.

use super::Known;
use crate::generate::nation::sheet::{Sheet, date, text, updated};

const USES: [&str; 5] = ["LUC", "HNK", "CLN", "ONT", "ODT"];

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![parcels(known), certificates(known), holders(known)]
}

pub fn parcel_number(at: usize) -> String {
    format!("TD{:08}", at + 1)
}

fn certificate_number(at: usize) -> String {
    format!("AA {:08}", 10_007 + at * 7)
}

/// Square metres, to the tenth.
fn area(known: &Known<'_>, at: usize) -> String {
    let tenths = 400 + known.random("dien_tich", at).below(90_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn parcels(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_thua",
        "so_to",
        "so_thua",
        "ma_xa",
        "ma_tinh",
        "dien_tich",
        "loai_dat",
        "so_gcn",
        "cap_nhat_luc",
    ];
    let rows = known.work.parcels.iter().enumerate().map(|(at, parcel)| {
        let random = &mut known.random("thua_dat", at);
        vec![
            text(parcel_number(at)),
            text(1 + random.below(60)),
            text(at + 1),
            text(parcel.place.commune),
            text(parcel.place.province),
            text(area(known, at)),
            text(random.word(&USES)),
            text(certificate_number(at)),
            updated(parcel.certified, random),
        ]
    });
    Sheet::new("dat_dai", "thua_dat", COLUMNS, rows.collect())
}

fn certificates(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["so_gcn", "ngay_cap", "dien_tich", "cap_nhat_luc"];
    let rows = known.work.parcels.iter().enumerate().map(|(at, parcel)| {
        vec![
            text(certificate_number(at)),
            date(parcel.certified),
            text(area(known, at)),
            updated(parcel.certified, &mut known.random("giay_chung_nhan", at)),
        ]
    });
    Sheet::new("dat_dai", "giay_chung_nhan", COLUMNS, rows.collect())
}

fn holders(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["so_gcn", "so_dinh_danh", "ho_va_ten", "cap_nhat_luc"];
    let parcels = known.work.parcels.iter().enumerate();
    let held =
        parcels.flat_map(|(at, parcel)| parcel.holders.iter().map(move |&holder| (at, parcel, holder)));
    let rows = held.enumerate().map(|(row, (at, parcel, holder))| {
        let person = &known.people.citizens[holder].person;
        vec![
            text(certificate_number(at)),
            text(&person.id),
            text(&person.name),
            updated(parcel.certified, &mut known.random("chu_su_dung", row)),
        ]
    });
    Sheet::new("dat_dai", "chu_su_dung", COLUMNS, rows.collect())
}
