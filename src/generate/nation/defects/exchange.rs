//! Of connections, deliveries, messages and requests.

use std::collections::BTreeSet;

use super::{CONNECTIONS, DELIVERIES, MESSAGES, REPORT, day, more};
use crate::generate::nation::TODAY;
use crate::generate::nation::plant::{At, Class, Planted, Planter};
use crate::generate::nation::registers::SHARING;
use crate::generate::nation::sheet::moment;

pub const CLASSES: &[Class] = &[
    Class { name: "connection_failed", plant: connection_failed },
    Class { name: "connection_slow", plant: connection_slow },
    Class { name: "connection_silent", plant: connection_silent },
    Class { name: "province_unconnected", plant: province_unconnected },
    Class { name: "consumer_unserved", plant: consumer_unserved },
    Class { name: "message_before_new", plant: message_before_new },
    Class { name: "message_late", plant: message_late },
    Class { name: "message_repeated", plant: message_repeated },
    Class { name: "request_late", plant: request_late },
    Class { name: "request_open", plant: request_open },
    Class { name: "requests_miscounted", plant: requests_miscounted },
];

// A province is taken as a whole, for what is planted later may take all its attempts away.

fn connection_failed(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(CONNECTIONS, "ma_tinh", |_, _| true)?;
    planter.set(CONNECTIONS, row, "ket_qua", Some("504".to_owned()));
    let planted = Planted::new(CONNECTIONS, Some(row), &["ket_qua"]).by("ket-noi-thanh-cong");
    Some(planted.by("core.ket_noi.in_set.ket_qua"))
}

fn connection_slow(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(CONNECTIONS, "ma_tinh", |_, _| true)?;
    planter.set(CONNECTIONS, row, "mili_giay", Some("9000".to_owned()));
    Some(Planted::new(CONNECTIONS, Some(row), &["mili_giay"]).by("ket-noi-thanh-cong"))
}

/// A day without any attempt of a province.
fn connection_silent(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(CONNECTIONS, "ma_tinh", |_, _| true)?;
    let (province, date) =
        (planter.get(CONNECTIONS, row, "ma_tinh"), day(&planter.get(CONNECTIONS, row, "thoi_diem")));
    planter.remove_all(CONNECTIONS, |sheet, row| {
        sheet.get(row, "ma_tinh") == province && day(sheet.get(row, "thoi_diem")) == date
    });
    Some(Planted::new(CONNECTIONS, None, &["ma_tinh", "thoi_diem"]).by("ket-noi-thanh-cong"))
}

/// As long as half of the provinces are left.
fn province_unconnected(planter: &mut Planter) -> Option<Planted> {
    take_away(planter, CONNECTIONS, "ma_tinh", 17)?;
    Some(Planted::new(CONNECTIONS, None, &["ma_tinh"]).by("tinh-nao-cung-da-thong"))
}

/// As long as half of the ministries and provinces are left.
fn consumer_unserved(planter: &mut Planter) -> Option<Planted> {
    take_away(planter, DELIVERIES, "ben", 23)?;
    Some(Planted::new(DELIVERIES, None, &["ben"]).by("phuc-vu-du-cac-ben"))
}

/// Removes all rows of some value of a column, if more than so many values are there.
fn take_away(planter: &mut Planter, table: At, column: &'static str, least: usize) -> Option<()> {
    let sheet = planter.sheet(table)?;
    let there = (0..sheet.length()).filter(|&row| sheet.is_there(row));
    let values: BTreeSet<&str> = there.map(|row| sheet.get(row, column)).collect();
    if values.len() <= least {
        return None;
    }
    let row = planter.pick(table, column, |_, _| true)?;
    let value = planter.get(table, row, column);
    planter.remove_all(table, |sheet, row| sheet.get(row, column) == value);
    Some(())
}

/// The first two messages of a record have each other's event. They stand below each other; the first is the one that fails.
fn message_before_new(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(MESSAGES, "id_ban_ghi", |sheet, row| sheet.get(row, "su_kien") == "NEW")?;
    planter.set(MESSAGES, row, "su_kien", Some("UPDATE".to_owned()));
    planter.set(MESSAGES, row + 1, "su_kien", Some("NEW".to_owned()));
    let planted = Planted::new(MESSAGES, Some(row), &["su_kien"]).by("thong-diep-noi-tiep");
    Some(planted.by("core.thong_diep.envelope.id_ban_ghi+su_kien+phien_ban"))
}

/// The last message of a record was written 30 hours after the change.
fn message_late(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(MESSAGES, "id_ban_ghi", |sheet, row| {
        let last = sheet.get(row + 1, "id_ban_ghi") != sheet.get(row, "id_ban_ghi");
        last && day(sheet.get(row, "thoi_gian_cap_nhat")) < TODAY - 5
    })?;
    let next = day(&planter.get(MESSAGES, row, "thoi_gian_cap_nhat")) + 1;
    // Changes are made before 17:00, so this is more than a day later.
    planter.set(MESSAGES, row, "ngay_cap_nhat", moment(next, 75_000));
    planter.set(MESSAGES, row, "nhan_luc", moment(next, 75_030));
    Some(Planted::new(MESSAGES, Some(row), &["ngay_cap_nhat"]).by("thong-diep-noi-tiep"))
}

fn message_repeated(planter: &mut Planter) -> Option<Planted> {
    let first = planter.pick(MESSAGES, "id_ban_ghi", |_, _| true)?;
    let row = planter.repeat(MESSAGES, first)?;
    planter.set(MESSAGES, row, "ma_thong_diep", Some(format!("TDP{:06}", row + 1)));
    let planted = Planted::new(MESSAGES, Some(row), &["id_ban_ghi", "phien_ban"]);
    Some(
        planted
            .times("thong-diep-noi-tiep", 2)
            .times("core.thong_diep.envelope.id_ban_ghi+su_kien+phien_ban", 2)
            .times("core.thong_diep.unique.id_ban_ghi+phien_ban", 2),
    )
}

/// A request of the first week, of one of the registers.
fn request(planter: &mut Planter) -> Option<(At, usize)> {
    let table: At = (SHARING[planter.random.place(SHARING.len())], "chia_se");
    let row = planter.pick(table, "ma_yeu_cau", |sheet, row| day(sheet.get(row, "thoi_diem")) < TODAY - 8)?;
    Some((table, row))
}

fn request_late(planter: &mut Planter) -> Option<Planted> {
    let (table, row) = request(planter)?;
    let asked = day(&planter.get(table, row, "thoi_diem"));
    planter.set(table, row, "tra_loi_luc", moment(asked + 7, 60_000));
    let planted = Planted::new(table, Some(row), &["tra_loi_luc"]).by("dap-ung-dung-han");
    Some(planted.by("core.chia_se.expect.tra_loi_luc+han_tra_loi"))
}

fn request_open(planter: &mut Planter) -> Option<Planted> {
    let (table, row) = request(planter)?;
    planter.set(table, row, "tra_loi_luc", None);
    let planted = Planted::new(table, Some(row), &["tra_loi_luc"]).by("dap-ung-dung-han");
    Some(planted.by("core.chia_se.not_null.tra_loi_luc"))
}

fn requests_miscounted(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(REPORT, "ma_tinh", |_, _| true)?;
    let (count, database) = (planter.get(REPORT, row, "so_yeu_cau"), planter.get(REPORT, row, "csdl"));
    planter.set(REPORT, row, "so_yeu_cau", more(&count, 2));
    let rule = format!("bao-cao-{}", database.replace('_', "-"));
    Some(Planted::new(REPORT, Some(row), &["so_yeu_cau"]).by(&rule))
}
