//! One scorecard of many: those that may stand side by side are scored together, the others are set apart.

use std::collections::{BTreeMap, BTreeSet};

use super::latest::Precedence;
use super::period::Period;
use super::{Apart, Given, Request};
use crate::base::Text;
use crate::kernel::date_format::default_timestamps;
use crate::score::assemble::together;
use crate::score::comparable::{self, Basis, Comparison, Reason, RunBasis};
use crate::score::scorecard::{DatabaseCard, Fraction, PackCard};
use crate::score::{Profile, ScoreOptions, Scorecard};

/// Their moments are no matter of two, but of all that are ranked: see [`Period`].
const TWO_DATABASES: Comparison = Comparison { same_database: false };

pub struct Joined {
    /// The scorecard of all that may be compared; none if nothing may. Its databases are as they were given.
    pub card: Option<Scorecard>,
    /// Of each of its databases the file of the card that it came on.
    pub files: BTreeMap<String, String>,
    /// The earliest and the latest of their moments.
    pub moments: Option<[String; 2]>,
    pub apart: Vec<Apart>,
}

/// A database on the card that it came with.
struct Candidate {
    given: usize,
    at: usize,
    moment: Option<i64>,
}

/// Joins scorecards under the methodology and profile of most of them, within one period. Of a database that several cards
/// speak of, the latest stands.
pub fn join(given: Vec<Given>, request: &Request) -> Joined {
    let mut apart = Vec::new();
    let mut candidates: Vec<Candidate> = Vec::new();
    for (index, Given { name, card, rejected }) in given.iter().enumerate() {
        if !rejected.is_empty() {
            apart.push(Apart { card: name.clone(), database: None, because: rejected.clone() });
            continue;
        }
        let moment = default_timestamps().iter().find_map(|format| format.parse_timestamp(&card.as_of));
        candidates.extend((0..card.databases.len()).map(|at| Candidate { given: index, at, moment }));
    }
    let database = |it: &Candidate| &given[it.given].card.databases[it.at];
    let set_apart = |it: &Candidate, because: Vec<Text>| Apart {
        card: given[it.given].name.clone(),
        database: Some(database(it).id.clone()),
        because,
    };
    // What is not comparable by itself is not comparable with anything.
    let (able, unable): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|it| database(it).comparable);
    apart.extend(unable.iter().map(|it| set_apart(it, database(it).not_comparable_because.clone())));
    let Some(common) = Common::of(&able, &given) else {
        return Joined { card: None, files: BTreeMap::new(), moments: None, apart };
    };
    let reference = common.basis();
    let reasons = |it: &Candidate| -> Vec<Text> {
        let card = &given[it.given].card;
        let found = comparable::reasons(&reference, &Basis::of(card, database(it)), TWO_DATABASES);
        let unread = it.moment.is_none().then(|| Reason::Moment(card.as_of.clone()));
        let found = found.into_iter().filter(|reason| !matches!(reason, Reason::Own(..))).chain(unread);
        found.map(|reason| reason.text()).collect()
    };
    let judged: Vec<(&Candidate, Vec<Text>)> = able.iter().map(|it| (it, reasons(it))).collect();
    let fitting = judged.iter().filter(|(_, reasons)| reasons.is_empty());
    let period = Period::of(fitting.filter_map(|(it, _)| Some((it.moment?, database(it).id.as_str()))));
    let mut chosen: BTreeMap<&str, (&Candidate, Precedence<'_>)> = BTreeMap::new();
    let mut passed_over = Vec::new();
    for (it, mut reasons) in judged {
        reasons.extend(period.as_ref().and_then(|period| period.why_not(it.moment?)));
        if !reasons.is_empty() {
            apart.push(set_apart(it, reasons));
            continue;
        }
        let id = database(it).id.as_str();
        let ours = (it, Precedence::of(&given[it.given], id));
        let stands = chosen.get(id).is_none_or(|(_, other)| ours.1 > *other);
        passed_over.extend(if stands { chosen.insert(id, ours) } else { Some(ours) });
    }
    apart.extend(passed_over.into_iter().filter_map(|(it, ours)| {
        let (_, stands) = chosen.get(database(it).id.as_str())?;
        Some(set_apart(it, vec![ours.passed_over(stands)]))
    }));
    let mut moments: Vec<&Candidate> = chosen.values().map(|(it, _)| *it).collect();
    moments.sort_by_key(|it| it.moment);
    let moment =
        |it: Option<&&Candidate>| it.map(|it| given[it.given].card.as_of.clone()).unwrap_or_default();
    let range = [moment(moments.first()), moment(moments.last())];
    apart.sort_by(|a, b| (&a.database, &a.card).cmp(&(&b.database, &b.card)));
    let options = ScoreOptions {
        profile: common.profile,
        as_of: range[1].clone(),
        engine: concat!("thuocdo ", env!("CARGO_PKG_VERSION")).to_owned(),
        roll_up: request.roll_up,
        ..ScoreOptions::default()
    };
    let files = chosen.iter().map(|(id, (it, _))| ((*id).to_owned(), given[it.given].name.clone())).collect();
    let databases: Vec<DatabaseCard> =
        chosen.values().map(|(it, _)| grouped(database(it).clone(), request)).collect();
    // What a card says of a database follows from its counts, or the card would be among the rejected: there is nothing to
    // be scored again, only to be summed up.
    let card = (!databases.is_empty()).then(|| together(databases, &options));
    let moments = card.is_some().then_some(range);
    Joined { card, files, moments, apart }
}

/// What most have in common: others are measured by it, so that no two of those that are left differ.
struct Common<'g> {
    methodology: &'g str,
    profile: Profile,
    /// Of each pack the content that most go by.
    packs: Vec<&'g PackCard>,
}

impl<'g> Common<'g> {
    fn of(able: &[Candidate], given: &'g [Given]) -> Option<Self> {
        let card = |it: &Candidate| &given[it.given].card;
        let (methodology, profile) =
            most(able.iter().map(|it| (card(it).methodology.as_str(), card(it).profile.id())))?;
        let profile = Profile::parse(profile)?;
        let same = |it: &&Candidate| card(it).methodology == methodology && card(it).profile == profile;
        let packs: Vec<&PackCard> =
            able.iter().filter(same).flat_map(|it| &card(it).databases[it.at].packs).collect();
        let ids: BTreeSet<&str> = packs.iter().map(|pack| pack.id.as_str()).collect();
        let usual = ids.into_iter().filter_map(|id| {
            let hash = most(packs.iter().filter(|pack| pack.id == id).map(|pack| pack.hash.as_str()))?;
            packs.iter().copied().find(|pack| pack.id == id && pack.hash == hash)
        });
        Some(Self { methodology, profile, packs: usual.collect() })
    }

    fn basis(&self) -> Basis<'_> {
        Basis {
            run: RunBasis { methodology: self.methodology, profile: self.profile, as_of: "" },
            // Of no database and no moment in particular.
            database: "",
            packs: self.packs.clone(),
            contract: None,
            coverage: Fraction { num: 1, den: 1 },
            own: &[],
        }
    }
}

/// What occurs most often; the greatest of equals.
fn most<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, u64> = BTreeMap::new();
    for it in all {
        *counts.entry(it).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(it, count)| (*count, *it)).map(|(it, _)| it)
}

/// With its group in the place of its agency, if groups were named.
fn grouped(mut database: DatabaseCard, request: &Request) -> DatabaseCard {
    if let Some(groups) = &request.groups {
        let group = groups.iter().find(|(_, members)| members.contains(&database.id));
        database.agency = group.map(|(id, _)| id.clone());
    }
    database
}
