//! Words of comparisons, the same on all pages.

use std::collections::BTreeSet;

use crate::base::{Lang, Text};
use crate::report::number;
use crate::report::term::words::{DATABASES, counted};
use crate::rule::Catalog;
use crate::say;
use crate::score::RollUp;
use crate::score::league::{Entry, League};
use crate::score::scorecard::{AgencyCard, PeerGroup};

const PRIORITY: [&str; 3] = ["priority database", "priority databases", "CSDL ưu tiên"];

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
        "Khoảng thứ hạng chứa 90 % của {draws} lần thử với trọng số và cách tổng hợp thay đổi. Các khoảng chồng nhau thì thứ tự có thể do \
         ngẫu nhiên."
    )
}

/// How many databases count in all together, which those are, and which are ranked and count in nothing.
pub fn measured(league: &League, overall: &AgencyCard) -> Vec<Text> {
    let count = |n: u64| [Lang::En, Lang::Vi].map(|lang| number::count(n, lang));
    let ([measured, vi_measured], [all, vi_all]) = (count(overall.measured), count(overall.registered));
    let measured = say!("{measured} of {all} databases measured", "đã đo {vi_measured}/{vi_all} CSDL");
    if league.roll_up.is_run() {
        return vec![measured];
    }
    let catalog = Catalog::shipped();
    let listed: BTreeSet<&str> = catalog.databases().map(|entry| entry.id.as_str()).collect();
    let others = overall.databases.iter().filter(|id| !listed.contains(id.as_str())).count() as u64;
    let mut said = vec![measured];
    if others > 0 {
        let of_the_list = overall.registered.saturating_sub(others);
        let [of_the_list, vi_of_the_list] = count(of_the_list);
        let [priority, vi_priority] = [Lang::En, Lang::Vi].map(|lang| counted(others, PRIORITY, lang));
        said.push(say!(
            "these are {of_the_list} of the catalogue's list and {priority} beside it",
            "gồm {vi_of_the_list} CSDL trong danh mục và {vi_priority} ngoài danh mục đó"
        ));
    }
    let ranked = league.databases.entries.iter();
    let unlisted = ranked.filter(|entry| catalog.find(&entry.id).is_none()).count() as u64;
    if unlisted > 0 {
        let [unlisted, vi_unlisted] = [Lang::En, Lang::Vi].map(|lang| counted(unlisted, DATABASES, lang));
        said.push(say!(
            "ranked, and counted in no agency: {unlisted} that the catalogue does not know",
            "có xếp hạng nhưng không tính cho cơ quan nào: {vi_unlisted} không có trong danh mục"
        ));
    }
    said
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
