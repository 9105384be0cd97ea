//! May two scores stand side by side? If not, every reason why, for `compare`, `trend` and `gate`, and on the card itself.

use crate::base::{Ratio, Text};
use crate::rule::contract::Standing;
use crate::say;

use super::methodology::Profile;
use super::scorecard::{DatabaseCard, Fraction, PackCard, Scorecard};

/// Below this percent of coverage a score says too little to be set beside others.
pub const COVERAGE: u32 = 60;

/// What a run is scored by, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunBasis<'a> {
    pub methodology: &'a str,
    pub profile: Profile,
    pub as_of: &'a str,
}

impl<'a> RunBasis<'a> {
    pub fn of(card: &'a Scorecard) -> Self {
        Self { methodology: &card.methodology, profile: card.profile, as_of: &card.as_of }
    }
}

/// What the score of a database rests on: all that decides whether another may stand beside it, wherever it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis<'a> {
    pub run: RunBasis<'a>,
    pub database: &'a str,
    /// The packs that count for the comparison.
    pub packs: Vec<&'a PackCard>,
    pub contract: Option<&'a str>,
    pub coverage: Fraction,
    /// What already speaks against comparing it with any other database.
    pub own: &'a [Text],
}

impl<'a> Basis<'a> {
    pub fn of(card: &'a Scorecard, database: &'a DatabaseCard) -> Self {
        Self {
            run: RunBasis::of(card),
            database: &database.id,
            packs: database.packs.iter().collect(),
            contract: database.contract.as_deref(),
            coverage: database.coverage,
            own: &database.not_comparable_because,
        }
    }
}

/// What is asked of two scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// They are of one database at two moments, before and after. Local rules may be compared with themselves.
    pub same_database: bool,
}

/// Why two scores, or one with any other, cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Scored by local rules.
    LocalRules,
    /// A profile for comparison, and no core pack.
    NoCorePack,
    /// Too little could be measured.
    Coverage(Ratio),
    /// The rule file declares something else than the one that is shipped for the database in this pack.
    OtherContract(String),
    /// A reason that the card of the first (0) or the second (1) score gives.
    Own(usize, Text),
    /// Of two databases that are not one and the same.
    Databases(String, String),
    /// Methodologies differ: in their version, or under one version in their numbers.
    Methodology(String, String),
    Profile(Profile, Profile),
    /// A pack that differs in its content, or that only one side has: its id, and its hash on both sides.
    Pack(String, [Option<String>; 2]),
    /// One database under two contracts.
    Contract,
    /// A moment cannot be read.
    Moment(String),
}

impl Reason {
    pub fn text(&self) -> Text {
        match self {
            Self::LocalRules => say!("local rules, not comparable", "quy tắc nội bộ, không so sánh được"),
            Self::NoCorePack => {
                say!("the rule file names no core pack", "tệp quy tắc không khai báo gói quy tắc lõi nào")
            }
            Self::Coverage(coverage) => {
                let (en, vi) = (coverage.percent_text('.'), coverage.percent_text(','));
                say!("only {en} of the rules could be measured", "chỉ đo được {vi} các quy tắc")
            }
            Self::OtherContract(pack) => say!(
                "its rule file declares something else than the one that is shipped for it (`{pack}`)",
                "tệp quy tắc khai báo khác với tệp đi kèm của CSDL này (`{pack}`)"
            ),
            Self::Own(which, Text { en, vi }) => {
                let (nth_en, nth_vi) =
                    if *which == 0 { ("first", "thứ nhất") } else { ("second", "thứ hai") };
                say!("the {nth_en} score: {en}", "điểm {nth_vi}: {vi}")
            }
            Self::Databases(a, b) => {
                say!("of two databases, `{a}` and `{b}`", "của hai CSDL khác nhau, `{a}` và `{b}`")
            }
            Self::Methodology(a, b) => {
                say!("scored by `{a}` and by `{b}`", "được chấm theo `{a}` và theo `{b}`")
            }
            Self::Profile(a, b) => {
                let (a, b) = (a.id(), b.id());
                say!("under the profiles `{a}` and `{b}`", "theo bộ tiêu chí `{a}` và `{b}`")
            }
            Self::Pack(id, _) => say!(
                "the rule pack `{id}` is not the same on both sides",
                "gói quy tắc `{id}` ở hai bên không giống nhau"
            ),
            Self::Contract => say!(
                "the rule files declare different things (tables, keys, tiers, columns, roles, code lists)",
                "hai tệp quy tắc khai báo khác nhau (bảng, khóa, bậc, cột, vai trò, danh mục)"
            ),
            Self::Moment(text) => {
                say!("`{text}` is not a moment in time", "`{text}` không phải là một thời điểm")
            }
        }
    }
}

/// Why a score cannot be compared with that of any other database.
pub fn own(profile: Profile, core: bool, coverage: Ratio, contract: Option<Standing>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if profile == Profile::Local {
        reasons.push(Reason::LocalRules);
    } else if !core {
        reasons.push(Reason::NoCorePack);
    }
    if coverage < Ratio::percent(COVERAGE) {
        reasons.push(Reason::Coverage(coverage));
    }
    if let Some(Standing::Other(pack)) = contract {
        reasons.push(Reason::OtherContract(pack.to_owned()));
    }
    reasons
}

/// Why two scores cannot be compared; nothing if they can.
pub fn reasons(a: &Basis<'_>, b: &Basis<'_>, asked: Comparison) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if asked.same_database && a.database != b.database {
        reasons.push(Reason::Databases(a.database.to_owned(), b.database.to_owned()));
    }
    reasons.extend(of_runs(a.run, b.run));
    reasons.extend(of_databases(a, b, asked.same_database));
    for (which, side) in [a, b].into_iter().enumerate() {
        if asked.same_database {
            // A database may be compared with itself by its own rules, as far as they were measured.
            reasons.extend(too_little(side.coverage).map(|reason| Reason::Own(which, reason.text())));
        } else {
            reasons.extend(side.own.iter().map(|text| Reason::Own(which, text.clone())));
        }
    }
    reasons
}

/// Whether so little of a database was measured that its score says nothing beside others.
pub fn too_little(coverage: Fraction) -> Option<Reason> {
    let coverage = Ratio::new(coverage.num.into(), coverage.den.into())?;
    (coverage < Ratio::percent(COVERAGE)).then_some(Reason::Coverage(coverage))
}

/// What in two runs as a whole keeps their scores apart.
pub fn of_runs(a: RunBasis<'_>, b: RunBasis<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !same_numbers(a.methodology, b.methodology) {
        reasons.push(Reason::Methodology(a.methodology.to_owned(), b.methodology.to_owned()));
    }
    if a.profile != b.profile {
        reasons.push(Reason::Profile(a.profile, b.profile));
    }
    reasons
}

/// What in the packs and contracts of two databases, or of one at two moments, keeps their scores apart.
pub fn of_databases(a: &Basis<'_>, b: &Basis<'_>, same_database: bool) -> Vec<Reason> {
    let mut reasons = packs(&a.packs, &b.packs, same_database);
    if a.database == b.database && a.contract != b.contract {
        reasons.push(Reason::Contract);
    }
    reasons
}

/// Under one name; or under two that differ in the last number of the version alone, which changes no number. The hash
/// covers the version, so it tells only where that is the same.
fn same_numbers(a: &str, b: &str) -> bool {
    let version = |name: &str| name.split('+').next().map(str::to_owned).unwrap_or_default();
    let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    let (of_a, of_b) = (version(a), version(b));
    a == b || of_a != of_b && minor(&of_a).is_some() && minor(&of_a) == minor(&of_b)
}

/// Databases of different kinds go by different packs; a pack that both go by is the same, and of one database all are.
fn packs(a: &[&PackCard], b: &[&PackCard], same_database: bool) -> Vec<Reason> {
    let mut ids: Vec<&str> = a.iter().chain(b).map(|pack| pack.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let of =
        |packs: &[&PackCard], id: &str| packs.iter().find(|pack| pack.id == id).map(|pack| pack.hash.clone());
    let differs = |id: &str| match [of(a, id), of(b, id)] {
        hashes @ [Some(_), Some(_)] => (hashes[0] != hashes[1]).then_some(hashes),
        hashes => same_database.then_some(hashes),
    };
    ids.into_iter().filter_map(|id| Some(Reason::Pack(id.to_owned(), differs(id)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dimension;
    use crate::engine::MeasuredPack;
    use crate::score::laws;

    const LEAGUE: Comparison = Comparison { same_database: false };
    const HISTORY: Comparison = Comparison { same_database: true };

    /// A database under a core pack, and one without.
    fn card() -> Scorecard {
        let rules = || vec![laws::clean_rule("r", Dimension::Correctness)];
        let mut databases =
            vec![laws::database("d", vec![laws::table("t", 3, rules())]), laws::database("e", Vec::new())];
        databases[0].packs = vec![MeasuredPack {
            id: "core/person-register".to_owned(),
            version: "1.0.0".to_owned(),
            hash: "0123456789ab".to_owned(),
            core: true,
        }];
        laws::score(databases, Profile::Vn4)
    }

    fn of(card: &Scorecard, at: usize) -> Basis<'_> {
        Basis::of(card, &card.databases[at])
    }

    /// What stands in the way once the second card was changed.
    fn after(asked: Comparison, change: impl Fn(&mut Scorecard)) -> Vec<Reason> {
        let mut before = card();
        before.databases[0].not_comparable_because.clear();
        before.databases[0].coverage = Fraction { num: 1, den: 1 };
        let mut card = before.clone();
        change(&mut card);
        reasons(&of(&before, 0), &of(&card, 0), asked)
    }

    #[test]
    fn a_score_compares_with_itself() {
        assert_eq!(after(HISTORY, |_| {}), []);
        assert_eq!(after(LEAGUE, |_| {}), []);
    }

    #[test]
    fn every_reason_is_found() {
        let (pack, hash) = ("core/person-register".to_owned(), "0123456789ab".to_owned());
        assert_eq!(
            after(HISTORY, |card| card.databases[0].packs[0].hash.clear()),
            [Reason::Pack(pack.clone(), [Some(hash.clone()), Some(String::new())])]
        );
        let gone = [Reason::Pack(pack, [Some(hash), None])];
        assert_eq!(after(HISTORY, |card| card.databases[0].packs.clear()), gone);
        assert_eq!(after(LEAGUE, |card| card.databases[0].packs.clear()), []);
        assert_eq!(
            after(LEAGUE, |card| card.databases[0].contract = Some("0".repeat(12))),
            [Reason::Contract]
        );
        assert_eq!(
            after(LEAGUE, |card| card.profile = Profile::Vn6),
            [Reason::Profile(Profile::Vn4, Profile::Vn6)]
        );
        let low = |card: &mut Scorecard| {
            card.databases[0].coverage = Fraction { num: 59, den: 100 };
        };
        let text = after(HISTORY, low)[0].text();
        assert!(text.en.contains("second score: only 59.00%") && text.vi.contains("59,00"), "{text:?}");
        let own = |card: &mut Scorecard| {
            card.databases[0].not_comparable_because = vec![Reason::LocalRules.text()];
        };
        assert_eq!(after(LEAGUE, own), [Reason::Own(1, Reason::LocalRules.text())]);
        assert_eq!(after(HISTORY, own), [], "local rules compare with themselves");
    }

    #[test]
    fn methodologies_are_the_same_under_one_name_or_up_to_a_patch() {
        let named = |name: &str| after(LEAGUE, |card| card.methodology = name.to_owned()).len();
        assert_eq!(named("thuocdo-score/1.0.0+000000000000"), 1, "a number was changed quietly");
        assert_eq!(named("thuocdo-score/1.0.1+000000000000"), 0);
        assert_eq!(named("thuocdo-score/1.1.0+000000000000"), 1);
        assert_eq!(named("other"), 1);
    }

    #[test]
    fn two_databases_are_no_history_of_one() {
        let card = card();
        let found = reasons(&of(&card, 0), &of(&card, 1), HISTORY);
        assert!(found.iter().any(|reason| matches!(reason, Reason::Databases(..))), "{found:?}");
        let league = reasons(&of(&card, 0), &of(&card, 1), LEAGUE);
        assert!(league.contains(&Reason::Own(1, Reason::NoCorePack.text())), "{league:?}");
        for reason in found.iter().chain(&league) {
            assert_ne!(reason.text().vi, reason.text().en);
        }
    }
}
