//! A citizen: name, gender, birth, and the personal number that agrees with them.

use super::names;
use super::random::Random;
use crate::format::vn::cccd;
use crate::kernel::date_format::{civil, days};

/// Provinces in which births were registered, by the codes of the personal number.
const PROVINCES: &str = include_str!("../../rules/lists/citizen_id_birth_provinces.csv");

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub female: bool,
    /// Days since 1970-01-01.
    pub birth: i32,
}

impl Person {
    /// Somebody who is alive on a day. `female` is chosen where it is not given.
    pub fn new(female: Option<bool>, today: i32, random: &mut Random) -> Self {
        let female = female.unwrap_or_else(|| random.chance(505_000));
        // Most who stand in registers are grown up.
        let (youngest, oldest) = if random.chance(120_000) { (1, 17) } else { (18, 85) };
        let age = random.between(youngest * 366, oldest * 365);
        let birth = today - i32::try_from(age).unwrap_or(0);
        Self::born(female, not_a_stand_in(birth), random)
    }

    /// Somebody of this gender who was born on this day.
    pub fn born(female: bool, birth: i32, random: &mut Random) -> Self {
        Self { id: number(female, birth, random), name: names::name(female, random), female, birth }
    }

    /// Somebody with this number: what it says holds for them. `None` if it is no personal number.
    pub fn with_number(id: &str, today: i32, random: &mut Random) -> Option<Self> {
        let holder = cccd::holder(id)?;
        let year = u32::from(holder.birth_year);
        let first = days(year, 1, 2)?;
        let last = days(year, 12, 31)?.min(today);
        let birth = i32::try_from(random.between(first.into(), last.into())).ok()?;
        Some(Self {
            id: id.to_owned(),
            name: names::name(holder.female, random),
            female: holder.female,
            birth,
        })
    }
}

/// 1 January 1900 means that nobody knows.
const fn not_a_stand_in(birth: i32) -> i32 {
    if birth == -25_567 { birth + 1 } else { birth }
}

/// A number for somebody of this gender who was born on this day.
fn number(female: bool, birth: i32, random: &mut Random) -> String {
    let provinces: Vec<&str> = PROVINCES.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let province = random.pick(&provinces).copied().unwrap_or("001");
    let (year, _, _) = civil(birth);
    let century = 2 * (year - 1900).div_euclid(100) + i32::from(female);
    let serial = 1 + random.below(999_998);
    format!("{province}{century}{:02}{serial:06}", year.rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{self, Verdict};

    const TODAY: i32 = 20_778;

    #[test]
    fn numbers_are_valid_and_agree() {
        let format = format::find("vn.cccd").expect("a format");
        let mut random = Random::of(1, "persons", 0);
        for _ in 0..2_000 {
            let person = Person::new(None, TODAY, &mut random);
            assert_eq!(format.judge(&person.id), Verdict::Valid, "{person:?}");
            let holder = cccd::holder(&person.id).expect("a holder");
            assert_eq!(holder.female, person.female);
            assert_eq!(i32::from(holder.birth_year), civil(person.birth).0);
            assert!(person.birth < TODAY);
            let again = Person::with_number(&person.id, TODAY, &mut random).expect("a person");
            assert_eq!((again.female, civil(again.birth).0), (person.female, civil(person.birth).0));
        }
        assert_eq!(Person::with_number("0123", TODAY, &mut random), None);
    }
}
