//! Of several scorecards that speak of one database, the one that decides: the latest, whatever is on it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Apart, Given};
use crate::base::Text;
use crate::kernel::date_format::default_timestamps;
use crate::say;
use crate::score::Scorecard;
use crate::score::stated::DATABASES;

/// How what a card says of a database ranks among others: the greatest decides. The later one does; of one moment the one
/// that is believed, then the one with the greater digest, so that it is no matter in which order they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precedence<'g> {
    moment: Option<i64>,
    believed: bool,
    digest: &'g str,
    name: Reverse<&'g str>,
}

impl<'g> Precedence<'g> {
    pub fn of(given: &'g Given, database: &str) -> Self {
        let Given { name, card, rejected } = given;
        Self {
            moment: default_timestamps().iter().find_map(|format| format.parse_timestamp(&card.as_of)),
            believed: rejected.is_empty(),
            digest: digest(card, database),
            name: Reverse(name),
        }
    }

    pub fn is_of_the_moment_of(&self, other: &Self) -> bool {
        self.moment == other.moment
    }

    /// Why another decides in its place.
    pub fn passed_over(&self, by: &Self) -> Text {
        passed_over(self.moment < by.moment, self.digest == by.digest, by.name.0)
    }
}

/// What a card says of a database, as a digest: nothing if the card has none.
pub fn digest<'g>(card: &'g Scorecard, database: &str) -> &'g str {
    let part = format!("{DATABASES}[{database}]");
    let parts = card.provenance.iter().flat_map(|provenance| &provenance.parts);
    parts.into_iter().find(|it| it.part == part).map_or("", |it| &it.digest)
}

/// Why the card of that name decides and not this one.
pub fn passed_over(later: bool, same: bool, name: &str) -> Text {
    match (later, same) {
        (true, _) => say!(
            "a later scorecard of it decides: `{name}`",
            "bảng điểm mới hơn của CSDL này được dùng: `{name}`"
        ),
        (_, true) => say!(
            "it is given twice: `{name}` says the same",
            "được đưa vào hai lần: `{name}` có cùng nội dung"
        ),
        _ => say!(
            "`{name}` is of the same moment and says something else; of the two the one with the greater digest decides",
            "`{name}` cùng thời điểm nhưng khác nội dung; trong hai bảng điểm, dùng bảng có dấu băm lớn hơn"
        ),
    }
}

/// Leaves each database on the card that decides, and says which others spoke of it.
pub fn latest(mut given: Vec<Given>) -> (Vec<Given>, Vec<Apart>) {
    let mut greatest: BTreeMap<&str, (Precedence<'_>, usize)> = BTreeMap::new();
    for (at, it) in given.iter().enumerate() {
        for database in &it.card.databases {
            let precedence = Precedence::of(it, &database.id);
            let known = greatest.entry(&database.id).or_insert((precedence, at));
            if precedence > known.0 {
                *known = (precedence, at);
            }
        }
    }
    let mut apart = Vec::new();
    let mut keep: Vec<Vec<bool>> = Vec::with_capacity(given.len());
    for (at, it) in given.iter().enumerate() {
        let decides = it.card.databases.iter().map(|database| {
            let Some((greatest, decides)) = greatest.get(database.id.as_str()) else { return true };
            if at == *decides {
                return true;
            }
            // A card that is not believed is set apart as a whole.
            if it.rejected.is_empty() {
                let because = vec![Precedence::of(it, &database.id).passed_over(greatest)];
                let database = Some(database.id.clone());
                apart.push(Apart { card: it.name.clone(), database, because });
            }
            false
        });
        keep.push(decides.collect());
    }
    for (it, keep) in given.iter_mut().zip(keep) {
        let mut keep = keep.into_iter();
        it.card.databases.retain(|_| keep.next().unwrap_or(true));
    }
    (given, apart)
}
