//! Words of comparisons, the same on all pages.

use crate::base::{Lang, Text};
use crate::report::number;
use crate::say;
use crate::score::RollUp;
use crate::score::league::Entry;
use crate::score::scorecard::PeerGroup;

pub fn peer_group(group: PeerGroup) -> Text {
    match group {
        PeerGroup::Large => say!("15 databases or more", "từ 15 CSDL"),
        PeerGroup::Medium => say!("5 to 14 databases", "5–14 CSDL"),
        PeerGroup::Small => say!("fewer than 5 databases", "dưới 5 CSDL"),
    }
}

/// Ranks from the best to the worst; one of them if they are the same.
pub fn ranks([best, worst]: [u32; 2]) -> String {
    if best == worst { best.to_string() } else { format!("{best}–{worst}") }
}

/// The rank hangs on one of its databases.
pub fn hangs_on_one(entry: &Entry) -> bool {
    entry.without_one != [entry.rank; 2]
}

pub fn what_intervals_hold(draws: u32, lang: Lang) -> Text {
    let draws = number::count(draws.into(), lang);
    say!(
        "Intervals hold 90 % of {draws} draws in which weights and ways of summing up are varied. Where they overlap the order may be \
         chance.",
        "Khoảng hạng chứa 90 % của {draws} lần thử với trọng số và cách tổng hợp thay đổi. Các khoảng chồng nhau thì thứ tự có thể do \
         ngẫu nhiên."
    )
}

/// Over what agencies are summed up.
pub fn scope(roll_up: RollUp) -> Text {
    match roll_up {
        RollUp::Run => say!("Over the databases that are compared.", "Tính trên các CSDL được so sánh."),
        RollUp::Agencies => say!(
            "Over all databases that the catalogue lists for these agencies; what sent nothing counts 0.",
            "Tính trên mọi CSDL của các cơ quan này trong danh mục; CSDL không gửi gì tính 0."
        ),
        RollUp::Nation => say!(
            "Over all databases of the catalogue; what sent nothing counts 0.",
            "Tính trên mọi CSDL trong danh mục; CSDL không gửi gì tính 0."
        ),
    }
}
