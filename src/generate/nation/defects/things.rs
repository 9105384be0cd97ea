//! Of parcels and certificates, and of what communes and households report.

use super::{CERTIFICATES, COMMUNES, HOLDERS, HOUSEHOLDS, PARCELS, more};
use crate::generate::nation::plant::{Class, Planted, Planter};

pub const CLASSES: &[Class] = &[
    Class { name: "holder_unknown", plant: holder_unknown },
    Class { name: "certificate_without_holder", plant: certificate_without_holder },
    Class { name: "parcel_without_certificate", plant: parcel_without_certificate },
    Class { name: "area_differs", plant: area_differs },
    Class { name: "parcel_in_wrong_province", plant: parcel_in_wrong_province },
    Class { name: "household_miscounted", plant: household_miscounted },
    Class { name: "commune_miscounted", plant: commune_miscounted },
];

fn holder_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(HOLDERS, "so_gcn", |_, _| true)?;
    let number = planter.get(HOLDERS, row, "so_dinh_danh");
    let stranger = planter.stranger(&number)?;
    planter.set(HOLDERS, row, "so_dinh_danh", Some(stranger));
    Some(Planted::new(HOLDERS, Some(row), &["so_dinh_danh"]).by("co-trong-dan-cu"))
}

/// The holders of a certificate stand below each other.
fn certificate_without_holder(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(HOLDERS, "so_gcn", |sheet, row| {
        let number = sheet.get(row, "so_gcn");
        sheet.get(row + 1, "so_gcn") != number && (row == 0 || sheet.get(row - 1, "so_gcn") != number)
    })?;
    let number = planter.get(HOLDERS, row, "so_gcn");
    planter.remove(HOLDERS, row);
    let certificate = planter.find(CERTIFICATES, "so_gcn", &number);
    Some(Planted::new(CERTIFICATES, certificate, &["so_gcn"]).by("co-chu-su-dung"))
}

/// The parcel names a certificate that there is not; the one that it had is left without a parcel. Both make a group of
/// areas that the other side lacks.
fn parcel_without_certificate(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(PARCELS, "so_gcn", |_, _| true)?;
    planter.set(PARCELS, row, "so_gcn", Some(format!("AB {:08}", row + 1)));
    let planted = Planted::new(PARCELS, Some(row), &["so_gcn"]).by("co-mot-giay-chung-nhan");
    Some(planted.elsewhere(CERTIFICATES, "co-thua-dat", 1).elsewhere(
        CERTIFICATES,
        "dien-tich-khop-thua-dat",
        2,
    ))
}

fn area_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(CERTIFICATES, "so_gcn", |_, _| true)?;
    let area = planter.get(CERTIFICATES, row, "dien_tich");
    planter.set(CERTIFICATES, row, "dien_tich", Some(format!("1{area}")));
    Some(Planted::new(CERTIFICATES, Some(row), &["dien_tich"]).by("dien-tich-khop-thua-dat"))
}

fn parcel_in_wrong_province(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(PARCELS, "so_gcn", |_, _| true)?;
    let province = planter.get(PARCELS, row, "ma_tinh");
    let elsewhere = planter.any(COMMUNES, |sheet, row| sheet.get(row, "ma_tinh") != province)?;
    let commune = planter.get(COMMUNES, elsewhere, "ma");
    planter.set(PARCELS, row, "ma_xa", Some(commune));
    Some(Planted::new(PARCELS, Some(row), &["ma_xa"]).by("xa-thuoc-tinh"))
}

/// At most one in each province: figures are compared province by province.
fn household_miscounted(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(HOUSEHOLDS, "ma_tinh", |sheet, row| sheet.get(row, "so_nhan_khau") != "0")?;
    let count = planter.get(HOUSEHOLDS, row, "so_nhan_khau");
    planter.set(HOUSEHOLDS, row, "so_nhan_khau", more(&count, 1));
    Some(Planted::new(HOUSEHOLDS, Some(row), &["so_nhan_khau"]).by("so-nhan-khau-theo-tinh"))
}

fn commune_miscounted(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(COMMUNES, "ma_tinh", |_, _| true)?;
    let count = planter.get(COMMUNES, row, "so_nhan_khau");
    planter.set(COMMUNES, row, "so_nhan_khau", more(&count, 5));
    Some(Planted::new(COMMUNES, Some(row), &["so_nhan_khau"]).by("bao-cao-dan-so-theo-tinh"))
}
