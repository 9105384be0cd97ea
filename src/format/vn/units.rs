//! Administrative units of Viet Nam: what `rules/lists/admin_units` says of their codes, names and dates.

use std::collections::BTreeMap;
use std::iter::once;

use super::digits::{FLOAT, LOST_ZERO};
use crate::format::ascii::{all_digits, before_float_suffix, number};
use crate::format::{Check, Reason, Verdict, verdict};
use crate::kernel::date_format::default_date;

const UNITS: &str = include_str!("../../../rules/lists/admin_units/admin_units.csv");
const RENAMED: &str = include_str!("../../../rules/lists/admin_units/amendments_2026.csv");
const OLD_COMMUNES: &str = include_str!("../../../rules/lists/admin_units/old_to_new_wards.csv");
const OLD_PROVINCES: &str = include_str!("../../../rules/lists/admin_units/provinces_63_to_34.csv");

/// The first day of the two-level administration: 34 provinces, 3,321 communes, no districts.
const REFORM: &str = "2025-07-01";

const ABOLISHED: Reason = Reason::new("abolished on 01/07/2025", "đã bãi bỏ từ ngày 01/07/2025");
const UNKNOWN: Reason = Reason::new("no unit has or had this code", "không có đơn vị nào mang mã này");

/// A unit under one code and one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub code: &'static str,
    pub name: &'static str,
    /// `tinh`, `thanh_pho`, `xa`, `phuong`, `thi_tran`, `dac_khu`.
    pub level: &'static str,
    /// Code of the province, of a commune.
    pub parent: &'static str,
    /// First and last day, as days since 1970-01-01; `None` is open.
    pub from: Option<i32>,
    pub to: Option<i32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Province,
    Commune,
}

/// The fields of every line but the header. The lists of units quote nothing.
fn lines<const N: usize>(csv: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    csv.lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        [(); N].map(|()| fields.next().unwrap_or_default())
    })
}

/// Codes of today with the province's code, empty for a province.
fn today(tier: Tier) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let units = lines(UNITS).map(|[code, name, _, _, parent]| (code, name, parent));
    units.filter(move |(_, _, parent)| parent.is_empty() == (tier == Tier::Province))
}

/// Codes that ended, or were given to a new unit, on 01/07/2025, with names and provinces of that time. Each once,
/// whatever parts the unit fell into.
fn before(tier: Tier) -> BTreeMap<&'static str, (&'static str, &'static str)> {
    match tier {
        Tier::Province => lines(OLD_PROVINCES).map(|[code, name]| (code, (name, ""))).collect(),
        // Island districts without communes have no code here.
        Tier::Commune => lines(OLD_COMMUNES)
            .map(|[code, name, _, _, province]| (code, (name, province)))
            .filter(|(code, _)| !code.is_empty())
            .collect(),
    }
}

fn level(name: &str) -> &'static str {
    let levels = [
        ("Tỉnh ", "tinh"),
        ("Thành phố ", "thanh_pho"),
        ("Xã ", "xa"),
        ("Phường ", "phuong"),
        ("Thị trấn ", "thi_tran"),
        ("Thị Trấn ", "thi_tran"),
        ("Đặc khu ", "dac_khu"),
    ];
    levels.iter().find(|(prefix, _)| name.starts_with(prefix)).map_or("", |(_, level)| level)
}

fn day(text: &str) -> Option<i32> {
    default_date().parse_date(text)
}

/// Every unit under every name that it had: until 30/06/2025 the names of that day, then those since 01/07/2025 with
/// their changes. The days on which units of before began are not known.
pub fn units(tier: Tier) -> Vec<Unit> {
    let reform = day(REFORM);
    let mut renamed: BTreeMap<&str, Vec<(Option<i32>, &str)>> = BTreeMap::new();
    for [code, _, old, _, from] in lines(RENAMED) {
        renamed.entry(code).or_default().push((day(from), old));
    }
    let unit = |code, name, parent, from, to| Unit { code, name, level: level(name), parent, from, to };
    let eve = |day: Option<i32>| day.map(|day| day - 1);
    let mut units: Vec<Unit> = before(tier)
        .into_iter()
        .map(|(code, (name, parent))| unit(code, name, parent, None, eve(reform)))
        .collect();
    for (code, name, parent) in today(tier) {
        let mut changes = renamed.remove(code).unwrap_or_default();
        changes.sort_unstable();
        let mut from = reform;
        for (next, old) in changes.into_iter().chain(once((None, name))) {
            units.push(unit(code, old, parent, from, eve(next)));
            from = next;
        }
    }
    units
}

/// Which codes of a tier are in use, and which were.
pub(super) struct Codes {
    digits: usize,
    known: Vec<u64>,
    current: Vec<u64>,
}

impl Codes {
    pub(super) fn of(tier: Tier) -> Self {
        let digits = if tier == Tier::Province { 2 } else { 5 };
        let words = 10_usize.pow(digits).div_ceil(64);
        let (mut known, mut current) = (vec![0; words], vec![0; words]);
        let set = |bits: &mut Vec<u64>, code: &str| {
            let code = number(code.as_bytes());
            bits[code / 64] |= 1 << (code % 64);
        };
        for (code, ..) in today(tier) {
            set(&mut current, code);
            set(&mut known, code);
        }
        for code in before(tier).into_keys() {
            set(&mut known, code);
        }
        Self { digits: digits as usize, known, current }
    }

    #[inline]
    pub(super) fn passes(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.digits && all_digits(bytes) && has(&self.known, number(bytes))
    }

    fn check(&self, bytes: &[u8], shape: Reason) -> Check {
        if bytes.len() != self.digits || !all_digits(bytes) {
            return Err(shape);
        }
        match number(bytes) {
            code if has(&self.current, code) => Ok(None),
            code if has(&self.known, code) => Ok(Some(ABOLISHED)),
            _ => Err(UNKNOWN),
        }
    }

    /// `shape` says how many digits there must be.
    pub(super) fn judge(&self, value: &str, shape: Reason) -> Verdict {
        let checked = self.check(value.as_bytes(), shape);
        if checked != Err(shape) {
            return verdict(checked);
        }
        let (digits, reason) =
            before_float_suffix(value).map_or((value, LOST_ZERO), |digits| (digits, FLOAT));
        if digits.len() <= self.digits {
            let padded = format!("{digits:0>width$}", width = self.digits);
            if self.passes(padded.as_bytes()) {
                return Verdict::repairable(padded, reason);
            }
        }
        Verdict::Invalid(shape)
    }
}

#[inline]
fn has(bits: &[u64], code: usize) -> bool {
    bits[code / 64] >> (code % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(units: &[Unit], date: &str) -> Vec<Unit> {
        let day = day(date).expect("a date");
        let in_force =
            |unit: &&Unit| unit.from.is_none_or(|from| from <= day) && unit.to.is_none_or(|to| day <= to);
        units.iter().filter(in_force).copied().collect()
    }

    fn count(units: &[Unit], level: &str) -> usize {
        units.iter().filter(|unit| unit.level == level).count()
    }

    /// Counts of Decision 19/2025/QĐ-TTg and of the resolutions of 2026.
    #[test]
    fn counts_of_each_date() {
        let (provinces, communes) = (units(Tier::Province), units(Tier::Commune));
        for (date, cities, rural, wards) in [
            ("2025-07-01", 6, 2_621, 687),
            ("2026-04-29", 6, 2_621, 687),
            ("2026-04-30", 7, 2_611, 697),
            ("2026-09-01", 8, 2_611, 697),
            ("2026-09-19", 8, 2_611, 697),
            ("2026-09-20", 9, 2_599, 709),
        ] {
            let (provinces, communes) = (on(&provinces, date), on(&communes, date));
            assert_eq!((provinces.len(), count(&provinces, "thanh_pho")), (34, cities), "{date}");
            assert_eq!(count(&provinces, "tinh"), 34 - cities, "{date}");
            assert_eq!(communes.len(), 3_321, "{date}");
            let levels = ["xa", "phuong", "dac_khu"].map(|level| count(&communes, level));
            assert_eq!(levels, [rural, wards, 13], "{date}");
        }
        assert_eq!(on(&provinces, "2025-06-30").len(), 63);
        assert_eq!(on(&communes, "2025-06-30").len(), 10_035);
    }

    /// One code, one unit, one name on every day; every unit has a level, every commune a province of its time.
    #[test]
    fn every_code_means_one_thing_at_a_time() {
        let mut all = units(Tier::Commune);
        for date in ["2025-06-30", "2025-07-01", "2026-09-20"] {
            let provinces: Vec<&str> =
                on(&units(Tier::Province), date).iter().map(|province| province.code).collect();
            assert!(on(&all, date).iter().all(|unit| provinces.contains(&unit.parent)), "{date}");
        }
        all.extend(units(Tier::Province));
        all.sort_by_key(|unit| (unit.code, unit.from));
        for pair in all.windows(2).filter(|pair| pair[0].code == pair[1].code) {
            assert_eq!(pair[0].to.map(|day| day + 1), pair[1].from, "{}", pair[0].code);
        }
        assert!(all.iter().all(|unit| !unit.level.is_empty() && !unit.name.contains("  ")));
    }

    #[test]
    fn codes_change_their_meaning() {
        let name = |tier, code, date| {
            on(&units(tier), date).iter().find(|unit| unit.code == code).map_or("", |unit| unit.name)
        };
        assert_eq!(name(Tier::Province, "24", "2025-06-30"), "Tỉnh Bắc Giang");
        assert_eq!(name(Tier::Province, "24", "2026-09-19"), "Tỉnh Bắc Ninh");
        assert_eq!(name(Tier::Province, "24", "2026-09-20"), "Thành phố Bắc Ninh");
        assert_eq!(name(Tier::Province, "27", "2025-06-30"), "Tỉnh Bắc Ninh");
        assert_eq!(name(Tier::Province, "27", "2025-07-01"), "");
        assert_eq!(name(Tier::Province, "44", "2025-06-30"), "Tỉnh Quảng Bình");
        assert_eq!(name(Tier::Province, "44", "2025-07-01"), "Tỉnh Quảng Trị");
        assert_eq!(name(Tier::Commune, "09193", "2026-09-19"), "Xã Yên Phong");
        assert_eq!(name(Tier::Commune, "09193", "2026-09-20"), "Phường Yên Phong");
    }

    /// The list of today's units and the list of renamings tell the same story.
    #[test]
    fn the_lists_agree() {
        let (mut renamed, mut plain) = (0, 0);
        let amendments: Vec<[&str; 5]> = lines(RENAMED).collect();
        for [code, name, _, level, _, from, before] in lines(UNITS) {
            assert_eq!(super::level(name), level, "{code}");
            match amendments.iter().rfind(|[changed, ..]| *changed == code) {
                Some([_, _, old, new, since]) => {
                    assert_eq!((*old, *new, *since), (before, name, from), "{code}");
                    renamed += 1;
                }
                None => {
                    assert_eq!((from, before), (REFORM, ""), "{code}");
                    plain += 1;
                }
            }
        }
        assert_eq!((renamed, plain), (25, 3_330));
        assert!([UNITS, RENAMED, OLD_COMMUNES, OLD_PROVINCES].iter().all(|list| !list.contains('"')));
    }
}
