//! What each database of the nation writes down, one file for each.

mod business;
mod civil_servants;
mod civil_status;
mod exchange;
mod insurance;
mod land;
mod population;

use crate::engine::rehearsal::Row;
use crate::generate::place::Place;
use crate::generate::random::Random;

use super::TODAY;
use super::people::People;
use super::sheet::{Sheet, moment, text, updated};
use super::work::Work;

/// The registers that share data; the exchange reports on them.
pub const SHARING: [&str; 6] = ["dan_cu", "ho_tich", "doanh_nghiep", "bao_hiem", "cong_chuc", "dat_dai"];
/// Requests of each province to each register.
const REQUESTS: usize = 3;

/// What all registers know.
struct Known<'n> {
    places: &'n [Place],
    people: &'n People,
    work: &'n Work,
    seed: u64,
}

impl Known<'_> {
    /// The choices of one row of a table.
    fn random(&self, table: &str, row: usize) -> Random {
        Random::of(self.seed, table, row as u64)
    }

    /// The 34 provinces, by a commune of each.
    fn provinces(&self) -> impl Iterator<Item = &'static str> {
        self.people.towns.iter().take(34).map(|town| town.province)
    }
}

/// All tables of all databases.
pub fn all(places: &[Place], people: &People, work: &Work, seed: u64) -> Vec<Sheet> {
    let known = Known { places, people, work, seed };
    let mut sheets = population::tables(&known);
    sheets.extend(civil_status::tables(&known));
    sheets.extend(business::tables(&known));
    sheets.extend(insurance::tables(&known));
    sheets.extend(civil_servants::tables(&known));
    sheets.extend(land::tables(&known));
    sheets.extend(SHARING.map(|database| requests(&known, database)));
    sheets.extend(exchange::tables(&known));
    sheets
}

/// The log of a register: who asked for data, and when it was given. Answers are given within the hour.
fn requests(known: &Known<'_>, database: &'static str) -> Sheet {
    const COLUMNS: &[&str] =
        &["ma_yeu_cau", "ma_tinh", "thoi_diem", "han_tra_loi", "tra_loi_luc", "ket_qua", "cap_nhat_luc"];
    let provinces = known.provinces().flat_map(|province| [province; REQUESTS]);
    let row = |(at, province): (usize, &str)| -> Row {
        let random = &mut known.random(&format!("{database}.chia_se"), at);
        // Monday, 9 November, to Thursday, 12 November, or the week after.
        let day = TODAY - 12 + 7 * i32::from(random.chance(500_000)) + [0, 1, 2, 3][random.place(4)];
        let second = 28_800 + random.below(28_800);
        vec![
            text(format!("YC{:05}", at + 1)),
            text(province),
            moment(day, second),
            moment(day + 3, second),
            moment(day, second + 60 + random.below(3_000)),
            text("thành công"),
            updated(day + 1, random),
        ]
    };
    Sheet::new(database, "chia_se", COLUMNS, provinces.enumerate().map(row).collect())
}

fn gender(female: bool) -> Option<String> {
    text(if female { "Nữ" } else { "Nam" })
}
