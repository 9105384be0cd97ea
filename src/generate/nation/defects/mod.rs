//! The classes of defects, by whom they are about. Each breaks the rules that it names, once or as often as it says, and no
//! other: what follows from a defect in other databases is named as well.

mod exchange;
mod people;
mod things;
mod work;

use crate::generate::organisation::Organisation;
use crate::kernel::date_format::{default_date, format_date};

use super::plant::{At, Class, Planter};

pub use people::DOUBLE;

const RESIDENTS: At = ("dan_cu", "nhan_khau");
const HOUSEHOLDS: At = ("dan_cu", "ho");
const COMMUNES: At = ("dan_cu", "dia_ban");
const BIRTHS: At = ("ho_tich", "khai_sinh");
const DEATHS: At = ("ho_tich", "khai_tu");
const MARRIAGES: At = ("ho_tich", "ket_hon");
const ENTERPRISES: At = ("doanh_nghiep", "doanh_nghiep");
const MEMBERS: At = ("doanh_nghiep", "thanh_vien");
const INSURED: At = ("bao_hiem", "nguoi_tham_gia");
const UNITS: At = ("bao_hiem", "don_vi");
const PAYMENTS: At = ("bao_hiem", "dong");
const OFFICIALS: At = ("cong_chuc", "can_bo");
const AGENCIES: At = ("cong_chuc", "co_quan");
const PARCELS: At = ("dat_dai", "thua_dat");
const CERTIFICATES: At = ("dat_dai", "giay_chung_nhan");
const HOLDERS: At = ("dat_dai", "chu_su_dung");
const CONNECTIONS: At = ("truc", "ket_noi");
const DELIVERIES: At = ("truc", "khai_thac");
const MESSAGES: At = ("truc", "thong_diep");
const REPORT: At = ("truc", "bao_cao");

/// All classes, in the order in which they are planted. Doubles come first: who is one is settled with the people.
pub fn classes() -> impl Iterator<Item = &'static Class> {
    [people::CLASSES, work::CLASSES, things::CLASSES, exchange::CLASSES].into_iter().flatten()
}

/// Days since 1970-01-01 of a date as extracts write it, or of a moment.
fn day(text: &str) -> i32 {
    let date = text.split_once('T').map_or(text, |(date, _)| date);
    default_date().parse_date(date).unwrap_or(0)
}

/// One more than a number.
fn more(count: &str, by: u64) -> Option<String> {
    Some((count.parse().unwrap_or(0_u64) + by).to_string())
}

/// The next day, if it is of the same year.
fn next_day(date: &str) -> Option<String> {
    let next = format_date(day(date) + 1);
    (next.get(..4) == date.get(..4)).then_some(next)
}

impl Planter {
    /// A personal number that nobody has, and that says of its holder what another says.
    fn stranger(&mut self, like: &str) -> Option<String> {
        (0..100).find_map(|_| {
            let number = format!("{}{}", like.get(..6)?, self.random.digits(6));
            let known = number.ends_with("000000") || self.find(RESIDENTS, "so_dinh_danh", &number).is_some();
            (!known).then_some(number)
        })
    }

    /// The name of somebody of the same gender who is called otherwise.
    fn other_name(&mut self, name: &str, gender: &str) -> Option<String> {
        let row = self.any(RESIDENTS, |sheet, row| {
            sheet.get(row, "ho_va_ten") != name && sheet.get(row, "gioi_tinh") == gender
        })?;
        Some(self.get(RESIDENTS, row, "ho_va_ten"))
    }

    /// A tax code that no enterprise has.
    fn unknown_tax_code(&mut self) -> Option<String> {
        (0..100).find_map(|_| {
            let code = Organisation::new(&mut self.random).tax_code;
            self.find(ENTERPRISES, "ma_so", &code).is_none().then_some(code)
        })
    }
}
