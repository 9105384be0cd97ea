//! R1 to R6 of one report: true, false, or not known, and why.
//!
//! Official values decide: what is unknown counts as failed, and so does what rules need and was not delivered (a missing
//! column). A rule that could not run for a reason of ours, and a table that is missing as a whole, say nothing here.

use std::collections::BTreeMap;

use super::criteria::Criteria;
use super::mend::{Mendable, mendable};
use super::{CriterionCard, CriterionId, Truth};
use crate::base::{Dimension, Lang, Nano, Ratio, Severity, Status, Text, Unit, number};
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard};
use crate::score::widest::{Of, widest};

/// Main tables.
const MAIN: u32 = 3;
/// Rule ids that stand as evidence.
const NAMED: usize = 12;

/// What is known of a database in one report.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub card: &'a DatabaseCard,
    /// The card has the figures of its rules, which a history does not keep.
    pub figures: bool,
    pub criteria: &'a Criteria,
}

pub fn all(seen: Seen<'_>) -> Vec<CriterionCard> {
    CriterionId::ALL
        .into_iter()
        .map(|id| match id {
            CriterionId::R1 => seen.schema(),
            CriterionId::R2 => seen.keys(),
            CriterionId::R3 => seen.links(),
            CriterionId::R4 => seen.updates(),
            CriterionId::R5 => seen.records(),
            CriterionId::R6 => seen.connections(),
        })
        .collect()
}

fn card(id: CriterionId, truth: Truth, evidence: Text, rules: &[Of<'_>]) -> CriterionCard {
    let rules = rules.iter().take(NAMED).map(|(table, rule)| format!("{}/{}", table.id, rule.id));
    CriterionCard { id, truth, evidence, rules: rules.collect() }
}

/// `1,000 of 2,000`
fn part_of(part: u64, all: u64) -> Text {
    let both = |lang| (number::count(part, lang), number::count(all, lang));
    let ((part, all), (part_vi, all_vi)) = (both(Lang::En), both(Lang::Vi));
    say!("{part} of {all}", "{part_vi} trên {all_vi}")
}

/// `part / all` in per cent, two decimals, cut off.
fn percent(part: u64, all: u64) -> Text {
    let of = |lang| Ratio::new(part.into(), all.into()).map(|it| it.percent_text(mark(lang)));
    Text { vi: of(Lang::Vi).unwrap_or_default(), en: of(Lang::En).unwrap_or_default() }
}

const fn mark(lang: Lang) -> char {
    match lang {
        Lang::Vi => ',',
        Lang::En => '.',
    }
}

fn points(nano: i64) -> Text {
    let of = |lang| Nano::new(nano).decimal(2, mark(lang));
    Text { vi: of(Lang::Vi), en: of(Lang::En) }
}

/// Whether `part / all` is below so many per cent; exact.
fn below(part: u64, all: u64, percent: u32) -> bool {
    u128::from(part) * 100 < u128::from(all) * u128::from(percent)
}

/// Failed officially: what is unknown as well.
const fn bad(rule: &RuleCard) -> u64 {
    rule.fail.saturating_add(rule.unknown)
}

const fn judged(rule: &RuleCard) -> u64 {
    rule.pass.saturating_add(bad(rule))
}

impl<'a> Seen<'a> {
    /// Rules whose official value says something. Where the core pack asks the same, what local rules say is no matter.
    fn rules(self, wanted: impl Fn(&RuleCard) -> bool + Copy + 'a) -> Vec<Of<'a>> {
        let counts = |rule: &RuleCard| matches!(rule.status, Status::Measured | Status::MissingInput);
        let mut rules: Vec<Of<'a>> = self.every_rule().filter(|(_, rule)| wanted(rule)).collect();
        let core = rules.iter().any(|(_, rule)| rule.core);
        rules.retain(|(_, rule)| counts(rule) && (rule.core || !core));
        rules
    }

    fn every_rule(self) -> impl Iterator<Item = Of<'a>> {
        self.card.tables.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule)))
    }

    /// Rules of severity major or above that found wrong records: those that count officially, and of several of one kind on
    /// the same columns, which find the same defects, the one that found most.
    fn failing(self) -> Vec<Of<'a>> {
        let core = self.every_rule().any(|(_, rule)| rule.core);
        let mut places: BTreeMap<(&str, &str, &[String]), Of<'a>> = BTreeMap::new();
        let wanted = |rule: &RuleCard| {
            rule.severity >= Severity::Major
                && rule.fail > 0
                && matches!(rule.status, Status::Measured | Status::MissingInput)
                && (rule.core || !core)
                && !rule.vacuous
                && matches!(rule.unit, Unit::Row | Unit::Cell | Unit::Key)
        };
        for (table, rule) in self.every_rule().filter(|(_, rule)| wanted(rule)) {
            let place = places.entry((&table.id, &rule.kind, &rule.columns)).or_insert((table, rule));
            if (rule.fail, &place.1.id) > (place.1.fail, &rule.id) {
                *place = (table, rule);
            }
        }
        places.into_values().collect()
    }

    fn schema(self) -> CriterionCard {
        let id = CriterionId::R1;
        let rules = self.rules(|rule| rule.kind == "schema");
        let weighted = rules.iter().filter_map(|(table, rule)| Some((table.tier, rule.points_nano?)));
        let (weights, sum) = weighted.fold((0_i128, 0_i128), |(weights, sum), (tier, nano)| {
            (weights + i128::from(tier), sum + i128::from(tier) * i128::from(nano))
        });
        if weights == 0 {
            return card(id, Truth::NotKnown, unasked("schema"), &rules);
        }
        // Between 0 and 100 points, as each of them.
        let nano = i64::try_from(sum / weights).unwrap_or_default();
        let least = i64::from(self.criteria.schema_points_below) * Nano::POINT;
        let Text { en, vi } = points(nano);
        let n = rules.len();
        let evidence = say!("{en} points over {n} tables", "{vi} điểm trên {n} bảng");
        card(id, Truth::of(nano < least), evidence, &rules)
    }

    /// By table: the records whose key is absent or not known, by the part of it that most lack, and those whose key is not
    /// unique, which are others. A record that was lost is unknown to every rule, and counts once. One main table is enough.
    fn keys(self) -> CriterionCard {
        let id = CriterionId::R2;
        let rules = self.rules(|rule| rule.identity);
        let main: Vec<Of<'a>> = rules.into_iter().filter(|(table, _)| table.tier == MAIN).collect();
        let worst = self.card.tables.iter().filter_map(|table| {
            let of = || main.iter().filter(|(at, _)| at.id == table.id).map(|(_, rule)| *rule);
            if of().any(|rule| rule.status == Status::MissingInput) {
                return Some((1, 1, table));
            }
            let most = |unique: bool, count: fn(&RuleCard) -> u64| {
                let of = of().filter(|rule| (rule.kind == "unique") == unique);
                of.map(count).max().unwrap_or_default()
            };
            let wrong = most(true, |rule| rule.fail).saturating_add(most(false, bad)).max(most(true, bad));
            let known = table.rows > 0 && of().next().is_some();
            known.then(|| (wrong.min(table.rows), table.rows, table))
        });
        let worst = worst
            .max_by(|a, b| (u128::from(a.0) * u128::from(b.1)).cmp(&(u128::from(b.0) * u128::from(a.1))));
        let Some((part, rows, table)) = worst else {
            return card(
                id,
                Truth::NotKnown,
                say!("no rule asks it of a main table", "không có quy tắc nào xét khóa của bảng chính"),
                &main,
            );
        };
        let above = u128::from(part) * 100 > u128::from(rows) * u128::from(self.criteria.keys_bad_above);
        let (Text { en, vi }, table) = (percent(part, rows), &table.id);
        let Text { en: of, vi: of_vi } = part_of(part, rows);
        let evidence = say!("{en} of the records of `{table}`: {of}", "{vi} bản ghi của `{table}`: {of_vi}");
        card(id, Truth::of(above), evidence, &main)
    }

    fn links(self) -> CriterionCard {
        let id = CriterionId::R3;
        let rules = self.rules(|rule| matches!(rule.kind.as_str(), "reconcile.link" | "reconcile_link"));
        let sum = |of: fn(&RuleCard) -> u64| {
            rules.iter().fold(0_u64, |sum, (_, rule)| sum.saturating_add(of(rule)))
        };
        let (linked, all) = (sum(|rule| rule.pass), sum(judged));
        if all == 0 {
            return card(id, Truth::NotKnown, unasked("reconcile.link"), &rules);
        }
        let Text { en, vi } = percent(linked, all);
        let Text { en: of, vi: of_vi } = part_of(linked, all);
        let evidence = say!("{en} of keys linked: {of}", "{vi} khóa liên kết được: {of_vi}");
        card(id, Truth::of(below(linked, all, self.criteria.linked_below)), evidence, &rules)
    }

    fn updates(self) -> CriterionCard {
        let id = CriterionId::R4;
        let rules = self.rules(|rule| rule.kind == "heartbeat");
        let dimension = self.card.dimensions.get(&Dimension::Freshness).filter(|card| card.applicable);
        let Some(score) = dimension.map(|card| &card.score).filter(|score| score.measured.is_some()) else {
            return card(
                id,
                Truth::NotKnown,
                say!("freshness was not measured", "chưa đo chiều Sống"),
                &rules,
            );
        };
        let least = i64::from(self.criteria.update_points_below) * Nano::POINT;
        let low = Truth::of(score.official_nano < least);
        let ages: Vec<Option<(u64, u64)>> = rules.iter().map(|(_, rule)| age(rule)).collect();
        let cycles = u128::from(self.criteria.update_cycles);
        let fresh = |(age, cycle): &(u64, u64)| u128::from(*age) < u128::from(*cycle) * cycles;
        let still = match ages.as_slice() {
            _ if ages.iter().flatten().any(fresh) => Truth::False,
            [] => Truth::NotKnown,
            _ if ages.iter().any(Option::is_none) => Truth::NotKnown,
            _ => Truth::True,
        };
        let Text { en, vi } = points(score.official_nano);
        let youngest = ages.iter().flatten().min_by_key(|(age, cycle)| age / cycle);
        let evidence = match youngest {
            None => say!(
                "freshness {en} points; how long there was no update is not on the card",
                "chiều Sống {vi} điểm; bảng điểm không cho biết bao lâu chưa cập nhật"
            ),
            Some((age, cycle)) => {
                let n = age / cycle;
                say!(
                    "freshness {en} points; last update {n} whole cycles ago",
                    "chiều Sống {vi} điểm; lần cập nhật cuối cách đây {n} chu kỳ trọn"
                )
            }
        };
        card(id, low.and(still), evidence, &rules)
    }

    fn records(self) -> CriterionCard {
        let id = CriterionId::R5;
        let clean = &self.card.clean_records;
        let failing = self.failing();
        let few_clean = match &clean.official {
            None => Truth::NotKnown,
            Some(_) if !clean.unknown_tables.is_empty() => Truth::True,
            Some(_) if clean.rows == 0 => Truth::NotKnown,
            Some(_) => Truth::of(below(clean.clean, clean.rows, self.criteria.clean_below)),
        };
        let all = failing.iter().fold(0_u64, |sum, (_, rule)| sum.saturating_add(rule.fail));
        let sum = failing.iter().map(|(_, rule)| mendable(rule, self.figures)).fold(
            Mendable::default(),
            |sum, it| Mendable {
                least: sum.least.saturating_add(it.least),
                most: sum.most.saturating_add(it.most),
            },
        );
        let few_mendable = match self.criteria.mendable_below {
            _ if all == 0 => Truth::NotKnown,
            least if below(sum.most, all, least) => Truth::True,
            least if !below(sum.least, all, least) => Truth::False,
            _ => Truth::NotKnown,
        };
        let (Text { en, vi }, Mendable { least, most }) = (percent(clean.clean, clean.rows.max(1)), sum);
        let mended = if least == most { format!("{least}") } else { format!("{least}–{most}") };
        let evidence = say!(
            "{en} of records clean; of {all} failures of severity major or above a program can mend {mended}",
            "{vi} bản ghi sạch; trong {all} lỗi mức nặng trở lên, chương trình sửa được {mended}"
        );
        card(id, few_clean.and(few_mendable), evidence, &failing)
    }

    fn connections(self) -> CriterionCard {
        let id = CriterionId::R6;
        let rules = self.rules(|rule| rule.kind == "connection_established");
        if rules.is_empty() {
            return card(id, Truth::NotKnown, unasked("connection_established"), &rules);
        }
        // What a rule counts are the connections of its list.
        let rules: Vec<Of<'a>> = widest(rules).into_iter().map(|(rule, _)| rule).collect();
        let sum = |of: fn(&RuleCard) -> u64| {
            rules.iter().fold(0_u64, |sum, (_, rule)| sum.saturating_add(of(rule)))
        };
        let (working, all) = (sum(|rule| rule.pass), sum(judged));
        let evidence = say!(
            "{working} of {all} mandated connections work",
            "{working}/{all} kết nối bắt buộc hoạt động"
        );
        card(id, Truth::of(working <= u64::from(self.criteria.working_at_most)), evidence, &rules)
    }
}

/// Age of the last update and length of a cycle, in seconds.
fn age(rule: &RuleCard) -> Option<(u64, u64)> {
    let figure = |name: &str| -> Option<u64> {
        rule.figures.iter().find(|figure| figure.name == name)?.value.parse().ok()
    };
    Some((figure("age_seconds")?, figure("cycle_seconds").filter(|cycle| *cycle > 0)?))
}

fn unasked(kind: &str) -> Text {
    say!("no rule of the kind `{kind}` was measured", "không có quy tắc loại `{kind}` nào đo được")
}
