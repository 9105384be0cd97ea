//! Who lives in the nation: households in communes, couples, children, the old, and who of them has died.

use std::collections::BTreeSet;

use crate::generate::person::Person;
use crate::generate::place::Place;
use crate::generate::random::Random;
use crate::kernel::date_format::civil;

use super::TODAY;
use super::sheet::{between, years};

/// The first day of the registers of births, deaths and marriages: 2024-01-01.
pub const REGISTERED_SINCE: i32 = 19_723;
/// So many people share a commune, until all communes have some.
const A_COMMUNE: usize = 20;
const PROVINCES: usize = 34;

#[derive(Clone, Debug)]
pub struct Citizen {
    pub person: Person,
    /// The place of a household in [`People::households`].
    pub household: usize,
    pub mother: Option<usize>,
    pub death: Option<i32>,
    pub verified: i32,
}

#[derive(Clone, Copy, Debug)]
pub struct Household {
    pub head: usize,
    pub members: usize,
    pub home: Place,
}

/// Two who are married; the day, where it is in the register.
#[derive(Clone, Copy, Debug)]
pub struct Couple {
    pub husband: usize,
    pub wife: usize,
    pub married: Option<i32>,
}

#[derive(Debug, Default)]
pub struct People {
    pub citizens: Vec<Citizen>,
    pub households: Vec<Household>,
    pub couples: Vec<Couple>,
    /// Communes in which somebody lives; the first 34 lie in different provinces.
    pub towns: Vec<Place>,
    /// Citizens at the end of the list who are others once more: whom, by place.
    pub doubles: Vec<usize>,
    numbers: BTreeSet<String>,
    /// Who was born when, commune by commune: nobody shares both with anybody, so that only planted doubles look alike.
    births: BTreeSet<(&'static str, i32)>,
}

impl People {
    /// So many people, and so many of them a second time under other numbers.
    pub fn settle(places: &[Place], count: usize, doubles: usize, seed: u64) -> Self {
        let towns = (count / A_COMMUNE).clamp(PROVINCES, places.len().max(PROVINCES));
        let mut people = Self { towns: places.iter().copied().take(towns).collect(), ..Self::default() };
        while people.citizens.len() < count {
            people.family(count, seed);
        }
        let mut random = Random::of(seed, "doubles", 0);
        for _ in 0..doubles {
            people.double(count, &mut random);
        }
        people
    }

    pub fn home(&self, citizen: usize) -> Place {
        self.households[self.citizens[citizen].household].home
    }

    /// Whether somebody lives and is so many years old or more, and no more than so many.
    pub fn aged(&self, citizen: usize, from: i32, to: i32) -> bool {
        let citizen = &self.citizens[citizen];
        citizen.death.is_none() && (TODAY - years(to)..=TODAY - years(from)).contains(&citizen.person.birth)
    }

    fn family(&mut self, count: usize, seed: u64) {
        let number = self.households.len();
        let random = &mut Random::of(seed, "household", number as u64);
        let home = self.towns[number % self.towns.len()];
        let head = self.citizens.len();
        self.households.push(Household { head, members: 0, home });
        let birth = between(TODAY - years(64), TODAY - years(27), random);
        let couple = random.below(5) > 0;
        let female = !couple && random.chance(600_000);
        self.join(female, (birth - 200, birth + 200), None, random);
        if couple && self.citizens.len() < count {
            let wife = self.join(
                true,
                ((birth - 1_500).max(TODAY - years(64)), (birth + 2_000).min(TODAY - years(25))),
                None,
                random,
            );
            let married = random.chance(180_000).then(|| between(REGISTERED_SINCE + 1, TODAY - 10, random));
            self.couples.push(Couple { husband: head, wife, married });
            for _ in 0..random.below(4) {
                self.child(wife, count, random);
            }
        }
        if random.chance(350_000) && self.citizens.len() < count {
            let parent =
                self.join(random.chance(500_000), (birth - years(30), birth - years(21)), None, random);
            if random.chance(600_000) {
                let earlier = random.chance(300_000);
                let (from, to) = if earlier { (14_610, 19_700) } else { (REGISTERED_SINCE + 3, TODAY - 40) };
                let death = between(from, to, random);
                let citizen = &mut self.citizens[parent];
                citizen.death = Some(death);
                // Nobody is asked who he is after death.
                citizen.verified = between(death - 300, death, random);
            }
        }
    }

    fn child(&mut self, mother: usize, count: usize, random: &mut Random) {
        let birth = self.citizens[mother].person.birth;
        let (mut first, last) = (birth + years(21), (birth + years(43)).min(TODAY - 25));
        if random.chance(300_000) && last > REGISTERED_SINCE + 60 {
            first = first.max(REGISTERED_SINCE + 2);
        }
        // Room enough for a day of one's own.
        if first + 60 < last && self.citizens.len() < count {
            self.join(random.chance(480_000), (first, last), Some(mother), random);
        }
    }

    /// Adds somebody who was born within two days to the household that was founded last.
    fn join(&mut self, female: bool, born: (i32, i32), mother: Option<usize>, random: &mut Random) -> usize {
        let household = self.households.len() - 1;
        let commune = self.households[household].home.commune;
        let mut birth = between(born.0, born.1, random);
        // New year's days are what offices write for want of a better one.
        while civil(birth).1 == 1 && civil(birth).2 == 1 || !self.births.insert((commune, birth)) {
            birth = between(born.0, born.1, random);
        }
        let person = self.numbered(random, |random| Person::born(female, birth, random));
        self.households[household].members += 1;
        let verified = between(birth.max(TODAY - 700), TODAY - 5, random);
        self.citizens.push(Citizen { person, household, mother, death: None, verified });
        self.citizens.len() - 1
    }

    /// A person whose number nobody has.
    fn numbered(&mut self, random: &mut Random, make: impl Fn(&mut Random) -> Person) -> Person {
        loop {
            let person = make(random);
            if self.numbers.insert(person.id.clone()) {
                return person;
            }
        }
    }

    /// Enters a grown-up a second time, under another number.
    fn double(&mut self, count: usize, random: &mut Random) {
        let Some(first) = (0..count)
            .map(|_| random.place(count))
            .find(|&at| self.aged(at, 60, 99) && !self.doubles.contains(&at))
        else {
            return;
        };
        let of = self.citizens[first].clone();
        let person = self.numbered(random, |random| Person {
            id: Person::born(of.person.female, of.person.birth, random).id,
            ..of.person.clone()
        });
        self.households[of.household].members += 1;
        self.citizens.push(Citizen { person, ..of });
        self.doubles.push(first);
    }
}
