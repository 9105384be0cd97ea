//! Where people work and what they own: enterprises, agencies, units that pay insurance, parcels of land.

use std::collections::BTreeSet;

use crate::generate::organisation::Organisation;
use crate::generate::place::Place;
use crate::generate::random::Random;

use super::TODAY;
use super::people::People;
use super::sheet::{between, years};

/// 2025-07-01: agencies of provinces are those since the mergers.
pub const MERGERS: i32 = 20_270;
const MINISTRIES: [&str; 6] =
    ["Bộ Công an", "Bộ Tư pháp", "Bộ Tài chính", "Bộ Nội vụ", "Bộ Nông nghiệp và Môi trường", "Bộ Y tế"];

#[derive(Clone, Debug)]
pub struct Enterprise {
    pub organisation: Organisation,
    pub seat: Place,
    pub members: Vec<usize>,
    pub founded: i32,
}

#[derive(Clone, Debug)]
pub struct Agency {
    pub code: String,
    pub name: String,
    pub province: &'static str,
    pub staff: usize,
}

/// 2026-08-01 and 2026-10-31: the first and the last day of the months for which employers' payments are there.
const FIRST_PAID: i32 = 20_666;
const LAST_PAID: i32 = 20_757;

/// An employer who pays insurance.
#[derive(Clone, Debug)]
pub struct Unit {
    pub code: String,
    pub employer: Employer,
    pub staff: usize,
    pub since: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Employer {
    Enterprise(usize),
    Agency(usize),
}

/// Somebody's place of work.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub unit: usize,
    pub recruited: i32,
    pub since: i32,
}

#[derive(Clone, Debug)]
pub struct Parcel {
    pub place: Place,
    pub holders: Vec<usize>,
    pub certified: i32,
}

#[derive(Debug, Default)]
pub struct Work {
    pub enterprises: Vec<Enterprise>,
    pub agencies: Vec<Agency>,
    pub units: Vec<Unit>,
    /// Of each citizen.
    pub jobs: Vec<Option<Job>>,
    pub parcels: Vec<Parcel>,
}

impl Work {
    pub fn found(people: &People, seed: u64) -> Self {
        let mut work = Self { jobs: vec![None; people.citizens.len()], ..Self::default() };
        let first = people.citizens.len() - people.doubles.len();
        let of_age: Vec<usize> = (0..first).filter(|&at| people.aged(at, 26, 58)).collect();
        // Nine of twenty work for enterprises, three for agencies.
        let turn = |from: usize, to: usize| {
            let of_age = of_age.iter().enumerate();
            let chosen: Vec<usize> =
                of_age.filter(|(turn, _)| (from..to).contains(&(turn % 20))).map(|(_, &at)| at).collect();
            chosen
        };
        let (workers, officials) = (turn(0, 9), turn(9, 12));
        work.found_enterprises(people, &of_age, workers.len(), seed);
        work.found_agencies(people);
        let enterprises = (work.enterprises.len() * 4 / 5).min(workers.len());
        let employers =
            (0..enterprises).map(Employer::Enterprise).chain((0..work.agencies.len()).map(Employer::Agency));
        work.units = employers.enumerate().map(|(at, employer)| work.unit(at, employer)).collect();
        work.employ(people, &workers, 0..enterprises, seed);
        work.employ(people, &officials, enterprises..work.units.len(), seed);
        work.divide_land(people, first, seed);
        work
    }

    fn found_enterprises(&mut self, people: &People, of_age: &[usize], workers: usize, seed: u64) {
        let count = (people.citizens.len() / 20).min(workers).max(people.towns.len().min(68));
        let mut codes = BTreeSet::new();
        for at in 0..count {
            let mut random = Random::of(seed, "enterprise", at as u64);
            let organisation = loop {
                let organisation = Organisation::new(&mut random);
                if codes.insert(organisation.tax_code.clone()) {
                    break organisation;
                }
            };
            let mut members: Vec<usize> = Vec::new();
            for _ in 0..=random.below(3) {
                let member = of_age[random.place(of_age.len())];
                if !members.contains(&member) {
                    members.push(member);
                }
            }
            // Members are 26 or older by now, so all of them were of age three years ago.
            let of_age = members.iter().map(|&member| people.citizens[member].person.birth + years(18)).max();
            let first = of_age.unwrap_or(i32::MIN).max(TODAY - years(20));
            let founded = between(first, TODAY - years(3), &mut random);
            self.enterprises.push(Enterprise {
                organisation,
                seat: people.towns[at % people.towns.len()],
                members,
                founded,
            });
        }
    }

    fn found_agencies(&mut self, people: &People) {
        let committee = |place: &Place| {
            let province = place.province_name;
            let lower = province.strip_prefix("Tỉnh ").map(|name| format!("tỉnh {name}"));
            let lower =
                lower.or_else(|| province.strip_prefix("Thành phố ").map(|name| format!("thành phố {name}")));
            (format!("Ủy ban nhân dân {}", lower.as_deref().unwrap_or(province)), place.province)
        };
        let provinces = people.towns.iter().take(34).map(committee);
        let ministries = MINISTRIES.iter().map(|name| ((*name).to_owned(), "01"));
        for (at, (name, province)) in provinces.chain(ministries).enumerate() {
            self.agencies.push(Agency { code: format!("CQ{:03}", at + 1), name, province, staff: 0 });
        }
    }

    fn unit(&self, at: usize, employer: Employer) -> Unit {
        let since = match employer {
            Employer::Enterprise(at) => self.enterprises[at].founded + 20,
            Employer::Agency(_) => MERGERS,
        };
        Unit { code: format!("DV{:06}", at + 1), employer, staff: 0, since }
    }

    fn employ(&mut self, people: &People, staff: &[usize], units: std::ops::Range<usize>, seed: u64) {
        for (turn, &citizen) in staff.iter().enumerate() {
            let random = &mut Random::of(seed, "job", citizen as u64);
            let at = units.start + turn % units.len();
            let of_age = people.citizens[citizen].person.birth + years(22);
            let unit = &mut self.units[at];
            // Somebody is there in every month that is paid, and nobody begins after the last.
            let until = if unit.staff == 0 { FIRST_PAID } else { LAST_PAID };
            unit.staff += 1;
            let since = between(unit.since.max(of_age), until, random);
            let recruited = match unit.employer {
                Employer::Enterprise(_) => since,
                Employer::Agency(agency) => {
                    self.agencies[agency].staff += 1;
                    between(of_age, MERGERS - 200, random)
                }
            };
            self.jobs[citizen] = Some(Job { unit: at, recruited, since });
        }
    }

    fn divide_land(&mut self, people: &People, citizens: usize, seed: u64) {
        let owners: Vec<usize> = (0..citizens).filter(|&at| people.aged(at, 32, 99)).collect();
        for at in 0..(citizens / 4) {
            let random = &mut Random::of(seed, "parcel", at as u64);
            let mut holders = vec![owners[random.place(owners.len())]];
            let other = owners[random.place(owners.len())];
            if random.below(5) == 0 && !holders.contains(&other) {
                holders.push(other);
            }
            let certified = between(TODAY - years(12), TODAY - 30, random);
            self.parcels.push(Parcel { place: people.home(holders[0]), holders, certified });
        }
    }
}
