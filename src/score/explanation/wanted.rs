//! What is to be explained, and where it stands on the card.

use super::Unexplained;
use crate::base::{Dimension, Text, suggest};
use crate::say;
use crate::score::Scorecard;
use crate::score::methodology::Methodology;
use crate::score::scorecard::DatabaseCard;

/// Ids that are listed.
const LISTED: usize = 12;

/// Everything of the card, or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub database: Option<String>,
    pub dimension: Option<Dimension>,
    /// `TABLE/ID`, or an id that only one rule has.
    pub rule: Option<String>,
}

/// A database, and where in it a rule stands: table and rule.
pub struct Found<'c> {
    pub database: &'c DatabaseCard,
    pub rule: Option<(usize, usize)>,
}

impl Wanted {
    pub fn find<'c>(&self, card: &'c Scorecard) -> Result<Vec<Found<'c>>, Unexplained> {
        let databases = self.databases(card)?;
        if let Some(rule) = &self.rule {
            return Ok(vec![only(rule, &databases)?]);
        }
        let counts = |database: &&&DatabaseCard| match self.dimension {
            None => true,
            Some(dimension) => database.dimensions.get(&dimension).is_some_and(|card| card.applicable),
        };
        let found: Vec<Found<'c>> =
            databases.iter().filter(counts).map(|database| Found { database, rule: None }).collect();
        match self.dimension {
            Some(dimension) if found.is_empty() => Err(Unexplained {
                what: say!(
                    "the dimension `{}` counts in no database of the card",
                    "chiều `{}` không được tính ở CSDL nào trên bảng điểm",
                    dimension.id()
                ),
                hint: counted(&databases),
            }),
            _ => Ok(found),
        }
    }

    fn databases<'c>(&self, card: &'c Scorecard) -> Result<Vec<&'c DatabaseCard>, Unexplained> {
        let Some(wanted) = &self.database else { return Ok(card.databases.iter().collect()) };
        let found: Vec<_> = card.databases.iter().filter(|database| database.id == *wanted).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let all: Vec<&str> = card.databases.iter().map(|database| database.id.as_str()).collect();
        Err(Unexplained {
            what: say!("the card has no database `{wanted}`", "bảng điểm không có CSDL `{wanted}`"),
            hint: near(wanted, &all).unwrap_or_else(|| {
                let all = listed(&all);
                say!("it has {all}", "bảng điểm có {all}")
            }),
        })
    }
}

fn only<'c>(wanted: &str, databases: &[&'c DatabaseCard]) -> Result<Found<'c>, Unexplained> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    for database in databases {
        for (t, table) in database.tables.iter().enumerate() {
            for (r, rule) in table.rules.iter().enumerate() {
                let long = format!("{}/{}", table.id, rule.id);
                if wanted == long || wanted == rule.id {
                    found.push((Found { database, rule: Some((t, r)) }, long.clone()));
                }
                all.push(long);
            }
        }
    }
    if found.len() > 1 {
        let several = found.iter().any(|(it, _)| it.database.id != found[0].0.database.id);
        let names = found.iter().map(|(it, long)| match several {
            true => format!("--database {} --rule {long}", it.database.id),
            false => format!("--rule {long}"),
        });
        let (count, names) = (found.len(), names.collect::<Vec<_>>());
        let names = listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
        return Err(Unexplained {
            what: say!("{count} rules are called `{wanted}`", "có {count} quy tắc tên `{wanted}`"),
            hint: say!("say which: {names}", "hãy nêu rõ: {names}"),
        });
    }
    if let Some((found, _)) = found.pop() {
        return Ok(found);
    }
    let short = all.iter().filter_map(|long| long.split_once('/').map(|(_, id)| id));
    let names: Vec<&str> = all.iter().map(String::as_str).chain(short).collect();
    Err(Unexplained {
        what: say!("the card has no rule `{wanted}`", "bảng điểm không có quy tắc `{wanted}`"),
        hint: near(wanted, &names).or_else(|| within(wanted, &all)).unwrap_or_else(|| {
            say!(
                "a rule is named TABLE/ID; `thuocdo report CARD --format csv` lists all",
                "quy tắc được nêu dạng BẢNG/MÃ; `thuocdo report CARD --format csv` liệt kê tất cả"
            )
        }),
    })
}

/// Rules that have it in their name.
fn within(wanted: &str, all: &[String]) -> Option<Text> {
    let found: Vec<&str> = all.iter().map(String::as_str).filter(|long| long.contains(wanted)).collect();
    if found.is_empty() || wanted.is_empty() {
        return None;
    }
    let found = listed(&found);
    Some(say!("these have it in their name: {found}", "các quy tắc có tên chứa chuỗi này: {found}"))
}

fn near(wanted: &str, names: &[&str]) -> Option<Text> {
    let near = suggest::closest(wanted, names.iter().copied())?;
    Some(say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"))
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED { shown + ", …" } else { shown }
}

fn counted(databases: &[&DatabaseCard]) -> Text {
    let counts = |dimension: &Dimension| {
        databases.iter().any(|it| it.dimensions.get(dimension).is_some_and(|card| card.applicable))
    };
    let names: Vec<&str> = Dimension::ALL.iter().filter(|it| counts(it)).map(|it| it.id()).collect();
    let names = listed(&names);
    say!("these count: {names}", "các chiều được tính: {names}")
}

pub fn same_methodology(card: &Scorecard, methodology: &Methodology) -> Result<(), Unexplained> {
    let (stated, known) = (&card.methodology, methodology.id());
    if *stated == known {
        return Ok(());
    }
    Err(Unexplained {
        what: say!(
            "the card was scored by `{stated}`; this program can explain `{known}`",
            "bảng điểm được chấm theo `{stated}`; chương trình này giải thích được `{known}`"
        ),
        hint: say!(
            "explain it with the version that scored it",
            "hãy giải thích bằng đúng phiên bản đã chấm"
        ),
    })
}

pub fn cannot_be_worked(what: Text) -> Unexplained {
    let hint =
        say!("explain it with the version that scored it", "hãy giải thích bằng đúng phiên bản đã chấm");
    Unexplained { what, hint }
}
