//! `truc`: connections of the provinces, deliveries to ministries and provinces, messages about parcels, and the report on
//! requests.

use super::land::parcel_number;
use super::{Known, REQUESTS, SHARING};
use crate::generate::nation::TODAY;
use crate::generate::nation::sheet::{Sheet, moment, text, updated};

/// Days of connections, the last of them yesterday, and attempts of a province on each.
const DAYS: i32 = 7;
const ATTEMPTS: [u64; 2] = [9, 15];
/// Who uses the business register, besides the provinces.
const CONSUMERS: [&str; 11] =
    ["bca", "btp", "bct", "bnv", "byt", "bgddt", "bkhcn", "bxd", "bnnmt", "bvhttdl", "nhnn"];
/// Days before the run on which each of them got something.
const DELIVERED: [i32; 3] = [1, 3, 6];
/// Parcels of which messages are kept.
const TOLD_OF: usize = 200;

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![connections(known), deliveries(known), messages(known), report(known)]
}

fn connections(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma", "thoi_diem", "ma_tinh", "csdl", "ket_qua", "mili_giay", "cap_nhat_luc"];
    let attempts = (TODAY - DAYS..TODAY).flat_map(|day| {
        known.provinces().flat_map(move |province| ATTEMPTS.map(|hour| (day, province, hour)))
    });
    let rows = attempts.enumerate().map(|(at, (day, province, hour))| {
        let random = &mut known.random("ket_noi", at);
        let second = hour * 3_600 + random.below(3_600);
        vec![
            text(format!("KN{:06}", at + 1)),
            moment(day, second),
            text(province),
            text(random.word(&SHARING)),
            text("200"),
            text(40 + random.below(1_800)),
            moment(day, second + 5),
        ]
    });
    Sheet::new("truc", "ket_noi", COLUMNS, rows.collect())
}

fn deliveries(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma", "thoi_diem", "ben", "ket_qua", "cap_nhat_luc"];
    let consumers = CONSUMERS.into_iter().chain(known.provinces());
    let delivered = consumers.flat_map(|consumer| DELIVERED.map(|days| (consumer, TODAY - days)));
    let rows = delivered.enumerate().map(|(at, (consumer, day))| {
        let second = 28_800 + known.random("khai_thac", at).below(28_800);
        vec![
            text(format!("KC{:06}", at + 1)),
            moment(day, second),
            text(consumer),
            text("200"),
            moment(day, second + 5),
        ]
    });
    Sheet::new("truc", "khai_thac", COLUMNS, rows.collect())
}

/// A NEW and one or two UPDATEs, some days apart, each written within two hours.
fn messages(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_thong_diep",
        "id_ban_ghi",
        "su_kien",
        "phien_ban",
        "thoi_gian_cap_nhat",
        "ngay_cap_nhat",
        "nhan_luc",
    ];
    let mut rows = Vec::new();
    for parcel in 0..known.work.parcels.len().min(TOLD_OF) {
        let random = &mut known.random("thong_diep", parcel);
        let versions = 2 + random.below(2);
        for version in 1..=versions {
            // The last message of every third parcel is of yesterday.
            let day = TODAY
                - if version == versions && parcel % 3 == 0 {
                    1
                } else {
                    70 - 20 * i32::try_from(version).unwrap_or(1)
                };
            let changed = 20_000 + random.below(40_000);
            let written = changed + random.below(7_200);
            rows.push(vec![
                text(format!("TDP{:06}", rows.len() + 1)),
                text(parcel_number(parcel)),
                text(if version == 1 { "NEW" } else { "UPDATE" }),
                text(version),
                moment(day, changed),
                moment(day, written),
                moment(day, written + 30),
            ]);
        }
    }
    Sheet::new("truc", "thong_diep", COLUMNS, rows)
}

fn report(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma_tinh", "csdl", "so_yeu_cau", "cap_nhat_luc"];
    let lines = known.provinces().flat_map(|province| SHARING.map(|database| (province, database)));
    let rows = lines.enumerate().map(|(at, (province, database))| {
        vec![
            text(province),
            text(database),
            text(REQUESTS),
            updated(TODAY - 5, &mut known.random("bao_cao", at)),
        ]
    });
    Sheet::new("truc", "bao_cao", COLUMNS, rows.collect())
}
