//! Places: a commune, its province, a street.

use std::collections::BTreeMap;

use super::random::Random;
use crate::format::vn::units::{Tier, Unit, units};

/// Streets that nearly every town has.
const STREETS: &[&str] = &[
    "Trần Phú",
    "Lê Lợi",
    "Nguyễn Huệ",
    "Hai Bà Trưng",
    "Quang Trung",
    "Lý Thường Kiệt",
    "Trần Hưng Đạo",
    "Nguyễn Trãi",
    "Phan Chu Trinh",
    "Hùng Vương",
    "Điện Biên Phủ",
    "Lê Hồng Phong",
    "Nguyễn Du",
    "Bà Triệu",
    "Ngô Quyền",
];

/// The communes and provinces of a day.
pub struct Places {
    communes: Vec<Unit>,
    provinces: Vec<Unit>,
}

#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub commune: &'static str,
    pub province: &'static str,
    pub commune_name: &'static str,
    pub province_name: &'static str,
}

impl Places {
    pub fn on(day: i32) -> Self {
        let of = |tier| {
            let mut all = units(tier);
            all.retain(|unit| unit.from.is_none_or(|from| from <= day) && unit.to.is_none_or(|to| day <= to));
            all
        };
        Self { communes: of(Tier::Commune), provinces: of(Tier::Province) }
    }

    pub fn any(&self, random: &mut Random) -> Place {
        self.at(random.place(self.communes.len()))
    }

    /// Every commune, in turns of the provinces: so many of them as there are provinces lie one in each.
    pub fn in_turns(&self) -> Vec<Place> {
        let mut met: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all: Vec<(usize, Place)> = (0..self.communes.len())
            .map(|at| {
                let place = self.at(at);
                let turn = met.entry(place.province).or_default();
                *turn += 1;
                (*turn, place)
            })
            .collect();
        all.sort_by_key(|(turn, place)| (*turn, place.province));
        all.into_iter().map(|(_, place)| place).collect()
    }

    fn at(&self, at: usize) -> Place {
        let commune = self.communes.get(at);
        let province = commune.map_or("", |commune| commune.parent);
        Place {
            commune: commune.map_or("", |commune| commune.code),
            province,
            commune_name: commune.map_or("", |commune| commune.name),
            province_name: self
                .provinces
                .iter()
                .find(|unit| unit.code == province)
                .map_or("", |unit| unit.name),
        }
    }

    pub fn address(place: Place, random: &mut Random) -> String {
        let (house, street) = (1 + random.below(300), random.word(STREETS));
        let (commune, province) = (place.commune_name, place.province_name);
        format!("Số {house} đường {street}, {commune}, {province}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{self, Verdict};
    use crate::kernel::text::is_clean;

    #[test]
    fn places_are_those_of_today() {
        let places = Places::on(20_778);
        let (commune, province) = (format::find("vn.commune"), format::find("vn.province"));
        let (commune, province) = (commune.expect("a format"), province.expect("a format"));
        let mut random = Random::of(1, "places", 0);
        for _ in 0..500 {
            let place = places.any(&mut random);
            assert_eq!(commune.judge(place.commune), Verdict::Valid, "{place:?}");
            assert_eq!(province.judge(place.province), Verdict::Valid, "{place:?}");
            assert!(is_clean(&Places::address(place, &mut random)));
        }
    }
}
