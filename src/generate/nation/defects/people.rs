//! Of residents, births, deaths, marriages and the insured.

use super::{BIRTHS, DEATHS, HOUSEHOLDS, INSURED, MARRIAGES, RESIDENTS, day, next_day};
use crate::generate::nation::TODAY;
use crate::generate::nation::people::REGISTERED_SINCE;
use crate::generate::nation::plant::{Class, Planted, Planter};
use crate::generate::nation::sheet::date;

pub const DOUBLE: &str = "double_person";

pub const CLASSES: &[Class] = &[
    Class { name: DOUBLE, plant: double_person },
    Class { name: "ethnic_group_missing", plant: ethnic_group_missing },
    Class { name: "phone_wrong", plant: phone_wrong },
    Class { name: "verification_stale", plant: verification_stale },
    Class { name: "mother_unknown", plant: mother_unknown },
    Class { name: "household_empty", plant: household_empty },
    Class { name: "birth_unregistered", plant: birth_unregistered },
    Class { name: "birth_registered_late", plant: birth_registered_late },
    Class { name: "mother_differs", plant: mother_differs },
    Class { name: "death_unknown", plant: death_unknown },
    Class { name: "death_date_differs", plant: death_date_differs },
    Class { name: "spouse_unknown", plant: spouse_unknown },
    Class { name: "name_differs", plant: name_differs },
    Class { name: "gender_differs", plant: gender_differs },
    Class { name: "commune_unknown", plant: commune_unknown },
    Class { name: "not_insured", plant: not_insured },
];

fn double_person(planter: &mut Planter) -> Option<Planted> {
    let row = planter.double(RESIDENTS)?;
    Some(
        Planted::new(RESIDENTS, Some(row), &["ho_va_ten", "ngay_sinh", "ma_xa"]).times("nghi-trung-nguoi", 2),
    )
}

fn ethnic_group_missing(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(RESIDENTS, "so_dinh_danh", |_, _| true)?;
    planter.set(RESIDENTS, row, "dan_toc", None);
    Some(Planted::new(RESIDENTS, Some(row), &["dan_toc"]).by("core.nhan_khau.not_null.dan_toc"))
}

fn phone_wrong(planter: &mut Planter) -> Option<Planted> {
    let row =
        planter.pick(RESIDENTS, "so_dinh_danh", |sheet, row| !sheet.get(row, "so_dien_thoai").is_empty())?;
    let number = planter.get(RESIDENTS, row, "so_dien_thoai");
    planter.set(RESIDENTS, row, "so_dien_thoai", number.get(..7).map(str::to_owned));
    Some(Planted::new(RESIDENTS, Some(row), &["so_dien_thoai"]).by("core.nhan_khau.matches.so_dien_thoai"))
}

fn verification_stale(planter: &mut Planter) -> Option<Planted> {
    let then = TODAY - 900;
    let row = planter.pick(RESIDENTS, "so_dinh_danh", |sheet, row| {
        sheet.get(row, "trang_thai") == "song" && day(sheet.get(row, "ngay_sinh")) < then - 100
    })?;
    planter.set(RESIDENTS, row, "ngay_xac_minh", date(then));
    Some(Planted::new(RESIDENTS, Some(row), &["ngay_xac_minh"]).by("xac-minh-trong-hai-nam"))
}

/// Of somebody whose birth is not in the register: there it would differ too.
fn mother_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(RESIDENTS, "so_dinh_danh", |sheet, row| {
        !sheet.get(row, "me_so_dinh_danh").is_empty() && day(sheet.get(row, "ngay_sinh")) < REGISTERED_SINCE
    })?;
    let number = planter.get(RESIDENTS, row, "me_so_dinh_danh");
    let stranger = planter.stranger(&number)?;
    planter.set(RESIDENTS, row, "me_so_dinh_danh", Some(stranger));
    Some(Planted::new(RESIDENTS, Some(row), &["me_so_dinh_danh"]).by("me-co-trong-dan-cu"))
}

fn household_empty(planter: &mut Planter) -> Option<Planted> {
    let of = planter.pick(HOUSEHOLDS, "so_ho", |_, _| true)?;
    let row = planter.repeat(HOUSEHOLDS, of)?;
    planter.set(HOUSEHOLDS, row, "so_ho", Some(format!("HO{:08}", row + 1)));
    planter.set(HOUSEHOLDS, row, "so_nhan_khau", Some("0".to_owned()));
    Some(Planted::new(HOUSEHOLDS, Some(row), &["so_ho"]).by("ho-co-nguoi"))
}

fn birth_unregistered(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(BIRTHS, "so_dinh_danh", |_, _| true)?;
    planter.remove(BIRTHS, row);
    Some(Planted::new(BIRTHS, None, &["so_dinh_danh"]).by("doi-chieu-dan-cu-coverage"))
}

fn birth_registered_late(planter: &mut Planter) -> Option<Planted> {
    let row =
        planter.pick(BIRTHS, "so_dinh_danh", |sheet, row| day(sheet.get(row, "ngay_sinh")) < TODAY - 120)?;
    let born = day(&planter.get(BIRTHS, row, "ngay_sinh"));
    planter.set(BIRTHS, row, "ngay_dang_ky", date(born + 90));
    Some(Planted::new(BIRTHS, Some(row), &["ngay_dang_ky"]).by("khai-sinh-dung-han"))
}

fn mother_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(BIRTHS, "so_dinh_danh", |_, _| true)?;
    let mother = planter.get(BIRTHS, row, "me_so_dinh_danh");
    let other = planter.any(BIRTHS, |sheet, row| sheet.get(row, "me_so_dinh_danh") != mother)?;
    let other = planter.get(BIRTHS, other, "me_so_dinh_danh");
    planter.set(BIRTHS, row, "me_so_dinh_danh", Some(other));
    Some(Planted::new(BIRTHS, Some(row), &["me_so_dinh_danh"]).by("doi-chieu-dan-cu-me_so_dinh_danh"))
}

/// The death is registered and the population does not know. Whom it takes for alive has no insurance. Who died longer ago
/// was verified longer ago too, and would be found by that.
fn death_unknown(planter: &mut Planter) -> Option<Planted> {
    let row =
        planter.pick(DEATHS, "so_dinh_danh", |sheet, row| day(sheet.get(row, "ngay_chet")) > TODAY - 400)?;
    let number = planter.get(DEATHS, row, "so_dinh_danh");
    let resident = planter.find(RESIDENTS, "so_dinh_danh", &number)?;
    planter.set(RESIDENTS, resident, "trang_thai", Some("song".to_owned()));
    planter.set(RESIDENTS, resident, "ngay_chet", None);
    let planted = Planted::new(RESIDENTS, Some(resident), &["trang_thai", "ngay_chet"]);
    Some(planted.elsewhere(DEATHS, "dan-cu-da-ghi-chet", 1).elsewhere(
        INSURED,
        "doi-chieu-dan-cu-coverage",
        1,
    ))
}

fn death_date_differs(planter: &mut Planter) -> Option<Planted> {
    let row =
        planter.pick(DEATHS, "so_dinh_danh", |sheet, row| next_day(sheet.get(row, "ngay_chet")).is_some())?;
    let next = next_day(&planter.get(DEATHS, row, "ngay_chet"));
    planter.set(DEATHS, row, "ngay_chet", next);
    Some(Planted::new(DEATHS, Some(row), &["ngay_chet"]).by("doi-chieu-dan-cu-ngay_chet"))
}

fn spouse_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(MARRIAGES, "so_dang_ky", |_, _| true)?;
    let number = planter.get(MARRIAGES, row, "vo_so_dinh_danh");
    let stranger = planter.stranger(&number)?;
    planter.set(MARRIAGES, row, "vo_so_dinh_danh", Some(stranger));
    Some(Planted::new(MARRIAGES, Some(row), &["vo_so_dinh_danh"]).by("co-vo-trong-dan-cu"))
}

fn name_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(INSURED, "so_dinh_danh", |_, _| true)?;
    let (name, gender) = (planter.get(INSURED, row, "ho_va_ten"), planter.get(INSURED, row, "gioi_tinh"));
    let other = planter.other_name(&name, &gender)?;
    planter.set(INSURED, row, "ho_va_ten", Some(other));
    Some(Planted::new(INSURED, Some(row), &["ho_va_ten"]).by("doi-chieu-dan-cu-ho_va_ten"))
}

/// The number tells the gender as well.
fn gender_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(INSURED, "so_dinh_danh", |_, _| true)?;
    let other = if planter.get(INSURED, row, "gioi_tinh") == "Nam" { "Nữ" } else { "Nam" };
    planter.set(INSURED, row, "gioi_tinh", Some(other.to_owned()));
    let planted = Planted::new(INSURED, Some(row), &["gioi_tinh"]).by("doi-chieu-dan-cu-gioi_tinh");
    Some(planted.by("core.nguoi_tham_gia.id_agrees.so_dinh_danh+gioi_tinh"))
}

fn commune_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(INSURED, "so_dinh_danh", |_, _| true)?;
    planter.set(INSURED, row, "ma_xa", Some("99999".to_owned()));
    let planted = Planted::new(INSURED, Some(row), &["ma_xa"]).by("doi-chieu-dan-cu-ma_xa");
    Some(planted.by("core.nguoi_tham_gia.matches.ma_xa"))
}

/// Somebody without an employer: employers say how many they insure.
fn not_insured(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(INSURED, "so_dinh_danh", |sheet, row| sheet.get(row, "ma_don_vi").is_empty())?;
    planter.remove(INSURED, row);
    Some(Planted::new(INSURED, None, &["so_dinh_danh"]).by("doi-chieu-dan-cu-coverage"))
}
