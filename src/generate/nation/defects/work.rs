//! Of enterprises, employers, agencies and officials.

use super::{AGENCIES, ENTERPRISES, MEMBERS, OFFICIALS, PAYMENTS, RESIDENTS, UNITS, more, next_day};
use crate::generate::nation::plant::{Class, Planted, Planter};
use crate::generate::nation::sheet::date;
use crate::generate::nation::work::MERGERS;

pub const CLASSES: &[Class] = &[
    Class { name: "official_dead", plant: official_dead },
    Class { name: "official_unknown", plant: official_unknown },
    Class { name: "birth_date_differs", plant: birth_date_differs },
    Class { name: "joined_before_agency", plant: joined_before_agency },
    Class { name: "province_without_agency", plant: province_without_agency },
    Class { name: "staff_miscounted", plant: staff_miscounted },
    Class { name: "employer_unknown", plant: employer_unknown },
    Class { name: "payment_missing", plant: payment_missing },
    Class { name: "payment_miscounted", plant: payment_miscounted },
    Class { name: "payment_twice", plant: payment_twice },
    Class { name: "member_unknown", plant: member_unknown },
    Class { name: "enterprise_without_members", plant: enterprise_without_members },
    Class { name: "representative_differs", plant: representative_differs },
    Class { name: "name_untidy", plant: name_untidy },
    Class { name: "seat_incomplete", plant: seat_incomplete },
];

/// In service, and dead in the population since before deaths were registered here.
fn official_dead(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(OFFICIALS, "so_dinh_danh", |_, _| true)?;
    let number = planter.get(OFFICIALS, row, "so_dinh_danh");
    let resident = planter.find(RESIDENTS, "so_dinh_danh", &number)?;
    planter.set(RESIDENTS, resident, "trang_thai", Some("da_chet".to_owned()));
    planter.set(RESIDENTS, resident, "ngay_chet", Some("2023-05-06".to_owned()));
    Some(Planted::new(OFFICIALS, Some(row), &["so_dinh_danh"]).by("con-song"))
}

fn official_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(OFFICIALS, "so_dinh_danh", |_, _| true)?;
    let number = planter.get(OFFICIALS, row, "so_dinh_danh");
    let stranger = planter.stranger(&number)?;
    planter.set(OFFICIALS, row, "so_dinh_danh", Some(stranger));
    let planted = Planted::new(OFFICIALS, Some(row), &["so_dinh_danh"]);
    Some(planted.by("core.can_bo.references.so_dinh_danh").by("con-song").by("da-dong-bao-hiem"))
}

fn birth_date_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter
        .pick(OFFICIALS, "so_dinh_danh", |sheet, row| next_day(sheet.get(row, "ngay_sinh")).is_some())?;
    let next = next_day(&planter.get(OFFICIALS, row, "ngay_sinh"));
    planter.set(OFFICIALS, row, "ngay_sinh", next);
    Some(Planted::new(OFFICIALS, Some(row), &["ngay_sinh"]).by("ngay-sinh-khop-dan-cu"))
}

fn joined_before_agency(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(OFFICIALS, "so_dinh_danh", |_, _| true)?;
    planter.set(OFFICIALS, row, "ngay_vao_co_quan", date(MERGERS - 10));
    Some(Planted::new(OFFICIALS, Some(row), &["ngay_vao_co_quan"]).by("co-quan-da-thanh-lap"))
}

/// The only agency of a province is entered under another one.
fn province_without_agency(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(AGENCIES, "ma_co_quan", |sheet, row| {
        let province = sheet.get(row, "ma_tinh");
        (0..sheet.length()).filter(|&other| sheet.get(other, "ma_tinh") == province).count() == 1
    })?;
    planter.set(AGENCIES, row, "ma_tinh", Some("01".to_owned()));
    Some(Planted::new(AGENCIES, Some(row), &["ma_tinh"]).by("du-34-tinh"))
}

fn staff_miscounted(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(AGENCIES, "ma_co_quan", |_, _| true)?;
    let count = planter.get(AGENCIES, row, "so_nguoi");
    planter.set(AGENCIES, row, "so_nguoi", more(&count, 2));
    Some(Planted::new(AGENCIES, Some(row), &["so_nguoi"]).by("so-nguoi-khop-ho-so"))
}

fn employer_unknown(planter: &mut Planter) -> Option<Planted> {
    let row =
        planter.pick(UNITS, "ma_don_vi", |sheet, row| !sheet.get(row, "ma_so_doanh_nghiep").is_empty())?;
    let code = planter.unknown_tax_code()?;
    planter.set(UNITS, row, "ma_so_doanh_nghiep", Some(code));
    let planted = Planted::new(UNITS, Some(row), &["ma_so_doanh_nghiep"]);
    Some(planted.by("core.don_vi.references.ma_so_doanh_nghiep"))
}

fn payment_missing(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(PAYMENTS, "ma_don_vi", |sheet, row| sheet.get(row, "ky") == "202608")?;
    planter.remove(PAYMENTS, row);
    Some(Planted::new(PAYMENTS, None, &["ma_don_vi", "ky"]).by("du-ba-ky"))
}

fn payment_miscounted(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(PAYMENTS, "ma_don_vi", |sheet, row| sheet.get(row, "ky") == "202610")?;
    let count = planter.get(PAYMENTS, row, "so_nguoi");
    planter.set(PAYMENTS, row, "so_nguoi", more(&count, 1));
    Some(Planted::new(PAYMENTS, Some(row), &["so_nguoi"]).by("so-nguoi-khop-don-vi"))
}

fn payment_twice(planter: &mut Planter) -> Option<Planted> {
    let first = planter.pick(PAYMENTS, "ma_don_vi", |sheet, row| sheet.get(row, "ky") == "202609")?;
    let row = planter.repeat(PAYMENTS, first)?;
    let planted = Planted::new(PAYMENTS, Some(row), &["ma_don_vi", "ky"]);
    Some(planted.times("khong-ghi-hai-lan", 2).times("core.dong.unique.ma_don_vi+ky", 2))
}

fn member_unknown(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(MEMBERS, "ma_so", |_, _| true)?;
    let number = planter.get(MEMBERS, row, "so_dinh_danh");
    let stranger = planter.stranger(&number)?;
    planter.set(MEMBERS, row, "so_dinh_danh", Some(stranger));
    Some(Planted::new(MEMBERS, Some(row), &["so_dinh_danh"]).by("core.thanh_vien.references.so_dinh_danh"))
}

fn enterprise_without_members(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(MEMBERS, "ma_so", |sheet, row| sheet.get(row, "ty_le_gop") == "100")?;
    let code = planter.get(MEMBERS, row, "ma_so");
    planter.remove(MEMBERS, row);
    let enterprise = planter.find(ENTERPRISES, "ma_so", &code);
    Some(Planted::new(ENTERPRISES, enterprise, &["ma_so"]).by("co-thanh-vien"))
}

fn representative_differs(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(ENTERPRISES, "ma_so", |_, _| true)?;
    let name = planter.get(ENTERPRISES, row, "dai_dien_ho_va_ten");
    let other = planter.other_name(&name, "Nam")?;
    planter.set(ENTERPRISES, row, "dai_dien_ho_va_ten", Some(other));
    Some(Planted::new(ENTERPRISES, Some(row), &["dai_dien_ho_va_ten"]).by("ten-dai-dien-khop-dan-cu"))
}

fn name_untidy(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(ENTERPRISES, "ma_so", |_, _| true)?;
    let name = planter.get(ENTERPRISES, row, "ten").replacen(' ', "  ", 1);
    planter.set(ENTERPRISES, row, "ten", Some(name));
    Some(Planted::new(ENTERPRISES, Some(row), &["ten"]).by("core.doanh_nghiep.clean_text.ten"))
}

/// The commune of the seat without its province, which still has another enterprise.
fn seat_incomplete(planter: &mut Planter) -> Option<Planted> {
    let row = planter.pick(ENTERPRISES, "ma_so", |sheet, row| {
        let province = sheet.get(row, "ma_tinh");
        (0..sheet.length()).filter(|&other| sheet.get(other, "ma_tinh") == province).nth(1).is_some()
    })?;
    planter.set(ENTERPRISES, row, "ma_tinh", None);
    let planted = Planted::new(ENTERPRISES, Some(row), &["ma_tinh"]).by("xa-thuoc-tinh");
    Some(planted.by("core.doanh_nghiep.not_null.ma_tinh"))
}
