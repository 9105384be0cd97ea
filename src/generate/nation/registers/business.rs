//! `doanh_nghiep`: enterprises and who founded them.

use super::Known;
use crate::generate::nation::sheet::{Sheet, date, text, updated};
use crate::generate::place::Places;

/// Codes of activities, of four digits.
const ACTIVITIES: [&str; 8] = ["4711", "4100", "4933", "2100", "6201", "0111", "5510", "3100"];

pub fn tables(known: &Known<'_>) -> Vec<Sheet> {
    vec![enterprises(known), members(known)]
}

fn enterprises(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &[
        "ma_so",
        "ten",
        "dia_chi",
        "ma_xa",
        "ma_tinh",
        "nganh_nghe",
        "von_dieu_le",
        "dai_dien_so_dinh_danh",
        "dai_dien_ho_va_ten",
        "ngay_dang_ky",
        "trang_thai",
        "cap_nhat_luc",
    ];
    let rows = known.work.enterprises.iter().enumerate().map(|(at, enterprise)| {
        let random = &mut known.random("doanh_nghiep", at);
        let head = &known.people.citizens[enterprise.members[0]].person;
        vec![
            text(&enterprise.organisation.tax_code),
            text(&enterprise.organisation.name),
            text(Places::address(enterprise.seat, random)),
            text(enterprise.seat.commune),
            text(enterprise.seat.province),
            text(random.word(&ACTIVITIES)),
            text((1 + random.below(200)) * 100_000_000),
            text(&head.id),
            text(&head.name),
            date(enterprise.founded),
            text("hoat_dong"),
            updated(enterprise.founded, random),
        ]
    });
    Sheet::new("doanh_nghiep", "doanh_nghiep", COLUMNS, rows.collect())
}

fn members(known: &Known<'_>) -> Sheet {
    const COLUMNS: &[&str] = &["ma_so", "so_dinh_danh", "ty_le_gop", "cap_nhat_luc"];
    let shares =
        known.work.enterprises.iter().flat_map(|enterprise| {
            let others = enterprise.members.len() - 1;
            // Who represents the enterprise has what the others, at 20 in a hundred each, leave.
            enterprise.members.iter().enumerate().map(move |(turn, &member)| {
                (enterprise, member, if turn == 0 { 100 - 20 * others } else { 20 })
            })
        });
    let rows = shares.enumerate().map(|(at, (enterprise, member, share))| {
        vec![
            text(&enterprise.organisation.tax_code),
            text(&known.people.citizens[member].person.id),
            text(share),
            updated(enterprise.founded, &mut known.random("thanh_vien", at)),
        ]
    });
    Sheet::new("doanh_nghiep", "thanh_vien", COLUMNS, rows.collect())
}
