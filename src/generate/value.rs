//! A lawful value of a single column: by its code list, its role, its format, its pattern or its type, in that order.

use super::field::{DAY, Field, ONE, Units};
use super::pattern;
use super::random::Random;
use crate::format::{self, Verdict};
use crate::kernel::ColumnType;
use crate::kernel::date_format::civil;
use crate::kernel::text::canonical;

/// When things happened that a row tells of: each not before the one above.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub event: Units,
    pub recorded: Units,
    pub updated: Units,
    pub now: Units,
}

impl Times {
    /// `fresh`: the greatest age in seconds of an update.
    pub fn new(now: Units, fresh: u64, random: &mut Random) -> Self {
        let fresh = Units::from(fresh).min(20 * 86_400);
        let updated = now - random.between(0, fresh * 9 / 10) * ONE;
        let recorded = updated - random.between(0, 3 * 86_400) * ONE;
        let event = recorded - random.between(60, 700 * 86_400) * ONE;
        Self { event, recorded, updated, now }
    }
}

/// The format of each role that has one.
pub const FORMATS: &[(&str, &str)] = &[
    ("person_id", "vn.cccd"),
    ("old_person_id", "vn.cmnd"),
    ("partial_birth_date", "vn.partial_date"),
    ("ethnic_group", "vn.ethnic_group"),
    ("passport", "vn.passport"),
    ("health_card", "vn.bhyt"),
    ("social_insurance_id", "vn.bhxh"),
    ("driving_licence", "vn.driving_licence"),
    ("phone", "vn.phone"),
    ("email", "email"),
    ("commune", "vn.commune"),
    ("province", "vn.province"),
    ("organisation_id", "vn.mst"),
    ("tax_code", "vn.mst"),
    ("agency_id", "vn.agency_code"),
    ("url", "url"),
    ("land_certificate", "vn.land_certificate"),
    ("parcel_id", "vn.parcel_geohash"),
    ("land_use", "vn.land_use"),
    ("plate", "vn.plate"),
    ("vin", "vin"),
    ("icd10", "vn.icd10"),
    ("vsic", "vn.vsic"),
    ("hs_code", "hs_code"),
    ("gtin", "gtin"),
    ("gln", "gln"),
    ("cas", "cas"),
    ("un_number", "un_number"),
    ("health_facility", "vn.health_facility"),
    ("swift", "swift"),
    ("bank_bin", "vn.bank_bin"),
    ("procedure_code", "vn.procedure_code"),
    ("case_code", "vn.case_code"),
];

const MOBILE: &str = include_str!("../../rules/lists/phone_mobile_prefixes.csv");

const RELIGIONS: &[&str] = &["Phật giáo", "Công giáo", "Tin lành", "Cao Đài", "Hòa Hảo"];
const TITLES: &[&str] = &["Dự án", "Hồ sơ", "Danh mục", "Chương trình", "Công trình", "Kế hoạch"];
const MATTERS: &[&str] = &[
    "nâng cấp đường giao thông",
    "cấp đổi giấy chứng nhận",
    "khám sức khỏe định kỳ",
    "đăng ký thay đổi thông tin",
    "hỗ trợ hộ gia đình",
    "bảo trì hệ thống",
    "kiểm tra an toàn",
    "xây dựng trường học",
];
const REMARKS: &[&str] = &[
    "Đã kiểm tra, đối chiếu với hồ sơ gốc",
    "Cập nhật theo đề nghị của công dân",
    "Bổ sung giấy tờ theo quy định",
    "Chuyển bộ phận chuyên môn xử lý",
    "Đang trong thời hạn giải quyết",
];

/// A value, or nothing where none was found that fits.
pub fn value(field: &Field, times: &Times, random: &mut Random) -> Option<String> {
    for try_ in 0..40 {
        let value = match (&field.list, &field.walk) {
            (Some(_), _) => listed(field, times, random),
            (None, Some(walk)) if try_ >= 10 => walk.text(random),
            _ => Some(proposal(field, times, random)),
        };
        if let Some(value) = value
            && fits(field, &value)
        {
            return Some(value);
        }
    }
    // Nothing but a length is asked of it, perhaps.
    let (low, high) = field.length?;
    let length = usize::try_from(low.max(1).max(high.min(8))).ok()?;
    let digits = format!("1{}", random.digits(length - 1));
    fits(field, &digits).then_some(digits)
}

/// Whether a value is lawful by itself.
pub fn fits(field: &Field, value: &str) -> bool {
    let units = (field.low.is_some() || field.high.is_some()).then(|| field.units(value));
    let within = match units {
        None => true,
        Some(None) => false,
        Some(Some(units)) => field.clamped(units) == units,
    };
    let length = value.chars().count() as u64;
    within
        && field.list.as_ref().is_none_or(|list| list.contains(&canonical(value)))
        && field.format.as_ref().is_none_or(|(_, judge)| judge.judge(value) == Verdict::Valid)
        && field.walk.as_ref().is_none_or(|_| field.matches(value))
        && field.length.is_none_or(|(low, high)| (low..=high).contains(&length))
}

/// A code in force.
fn listed(field: &Field, times: &Times, random: &mut Random) -> Option<String> {
    let list = field.list.as_ref()?;
    let today = i32::try_from(times.now.div_euclid(DAY)).ok()?;
    let entries = list.entries();
    let any = random.place(entries.len());
    let some = (0..entries.len()).map(|at| &entries[(any + at) % entries.len()]);
    some.clone()
        .find(|entry| entry.in_force(today))
        .or_else(|| entries.get(any))
        .map(|entry| entry.code.clone())
}

fn proposal(field: &Field, times: &Times, random: &mut Random) -> String {
    if field.is_time() {
        return field.text(moment(field, times, random));
    }
    if field.is_number() {
        return field.text(amount(field, times, random));
    }
    if field.ty == ColumnType::Boolean {
        return random.word(&["true", "false"]).to_owned();
    }
    if let Some(text) = text(&field.role, times, random) {
        return text;
    }
    let named = FORMATS.iter().find(|(role, _)| *role == field.role).and_then(|(_, name)| format::find(name));
    let formatted = match (&field.format, named) {
        (Some((name, judge)), _) => pattern::of_format(name, judge.as_ref(), random),
        (None, Some(format)) => pattern::of_format(format.name(), format, random),
        (None, None) => None,
    };
    formatted.unwrap_or_else(|| remark(random))
}

fn remark(random: &mut Random) -> String {
    format!("{} số {}", random.word(REMARKS), 1 + random.below(9_999))
}

fn text(role: &str, times: &Times, random: &mut Random) -> Option<String> {
    let (year, month, _) = civil(i32::try_from(times.event.div_euclid(DAY)).unwrap_or(0));
    let code =
        |prefix: &str, digits: usize, random: &mut Random| format!("{prefix}1{}", random.digits(digits));
    Some(match role {
        "phone" => {
            let prefixes: Vec<&str> =
                MOBILE.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
            format!("{}{}", random.pick(&prefixes)?, random.digits(7))
        }
        "email" => {
            format!("{}{}@example.vn", random.word(&["nguyen", "tran", "le", "pham"]), random.below(99_999))
        }
        "bank_account" => code("", 11, random),
        "nationality" | "country" => {
            random.weighted(&[("VN", 95), ("LA", 2), ("KR", 2), ("JP", 1)]).to_owned()
        }
        "currency" => random.weighted(&[("VND", 9), ("USD", 1)]).to_owned(),
        "religion" => random.word(RELIGIONS).to_owned(),
        "health" => random
            .word(&["Tăng huyết áp", "Đái tháo đường", "Viêm họng cấp", "Sức khỏe bình thường"])
            .to_owned(),
        "record_id" | "reference" => format!("HS{year}{}", code("", 7, random)),
        "envelope_id" => code("BG", 11, random),
        "envelope_event" => "NEW".to_owned(),
        "person_code" => code("NV", 6, random),
        "identity_document" => code("0", 10, random),
        "organisation_code" => code("DV", 5, random),
        "code" => code("M", 4, random),
        "document_number" => format!("{}/{year}/QĐ-UBND", 1 + random.below(9_999)),
        "name" => format!("{} {} số {}", random.word(TITLES), random.word(MATTERS), 1 + random.below(999)),
        "text" | "private" => remark(random),
        "period" => format!("{year:04}{month:02}"),
        "url" => format!("https://example.vn/{}", random.below(999_999)),
        _ => return None,
    })
}

/// When something happened, by its role.
fn moment(field: &Field, times: &Times, random: &mut Random) -> Units {
    let days = |random: &mut Random, low: i128, high: i128| random.between(low, high) * DAY;
    let moment = match field.role.as_str() {
        "updated_at" | "source_time" => times.updated,
        "written_time" => times.updated + random.between(0, (times.now - times.updated).min(DAY) / ONE) * ONE,
        "recorded_at" => times.recorded,
        "event_date" | "event_time" | "asked_at" => times.event,
        "answered_at" => times.event + random.between(1, 50) * ONE,
        "answer_due" => times.event + random.between(60, 600) * ONE,
        "issue_date" | "valid_from" => times.event - days(random, 0, 400),
        "expiry_date" | "valid_to" => times.event + days(random, 500, 3_650),
        "due_date" => times.event + days(random, 3, 30),
        "birth_date" => times.now - days(random, 18 * 366, 80 * 365),
        "death_date" => times.now - days(random, 1, 1_000),
        _ if field.fresh.is_some() => times.updated,
        _ => times.event - days(random, 0, 300),
    };
    // Everywhere, a bound that a rule names decides.
    if field.clamped(moment) == moment {
        return moment;
    }
    let low = field.low.unwrap_or_else(|| field.high.unwrap_or(moment) - 1_000 * DAY);
    let high = field.high.unwrap_or(low + 1_000 * DAY).min(times.now.max(low));
    random.between(low, high)
}

/// A number, by its role.
fn amount(field: &Field, times: &Times, random: &mut Random) -> Units {
    let (year, _, _) = civil(i32::try_from(times.event.div_euclid(DAY)).unwrap_or(0));
    let (low, high, step): (i128, i128, Units) = match field.role.as_str() {
        "money" | "balance" => (10_000, 50_000_000, 1_000 * ONE),
        "area" => (20, 500, ONE / 10),
        "quantity" => (1, 100, ONE),
        "count" => (0, 20, ONE),
        "percent" => (0, 100, ONE),
        "envelope_version" => (1, 1, ONE),
        "year" => (i128::from(year), i128::from(year), ONE),
        "measure" => (1, 100, ONE / 10),
        _ => (1, 1_000, ONE),
    };
    let (low, high) = (low * ONE, high * ONE);
    let (low, high) = match (field.low, field.high) {
        (None, None) => (low, high),
        (Some(bottom), None) => (low.max(bottom), high.max(bottom + (high - low))),
        (None, Some(top)) => (low.min(top), high.min(top)),
        (Some(bottom), Some(top)) if low.max(bottom) <= high.min(top) => (low.max(bottom), high.min(top)),
        (Some(bottom), Some(top)) => (bottom, top),
    };
    let units = random.between(low, high).div_euclid(step) * step;
    let step = field.step();
    let units = if units < low { units + step } else { units };
    if field.clamped(units) == units { units } else { random.between(low, high).div_euclid(step) * step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_with_a_format_gives_its_values() {
        let mut random = Random::of(8, "roles", 0);
        for (role, name) in FORMATS {
            let format = format::find(name).unwrap_or_else(|| panic!("{name}"));
            for _ in 0..50 {
                let times = Times::new(20_778 * DAY, 86_400, &mut random);
                let text = text(role, &times, &mut random)
                    .or_else(|| pattern::of_format(name, format, &mut random))
                    .expect("a value");
                assert_eq!(format.judge(&text), Verdict::Valid, "{role}: {text}");
            }
        }
        for (role, name) in [("nationality", "iso_country"), ("currency", "iso_currency")] {
            let times = Times::new(20_778 * DAY, 86_400, &mut random);
            let text = text(role, &times, &mut random).expect("a value");
            assert_eq!(format::find(name).expect("a format").judge(&text), Verdict::Valid, "{text}");
        }
    }

    #[test]
    fn times_follow_each_other() {
        let mut random = Random::of(9, "times", 0);
        for _ in 0..200 {
            let times = Times::new(20_778 * DAY, 86_400, &mut random);
            assert!(
                times.event < times.recorded && times.recorded <= times.updated && times.updated <= times.now
            );
            assert!(times.now - times.updated < DAY);
        }
    }
}
