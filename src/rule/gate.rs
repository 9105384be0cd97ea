//! What a gate asks of databases: `gate:` in a rule file, or a policy file of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::version;
use super::node::{self, At, Node};
use super::reader::{Fields, Reader};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Dimension, Level, Nano, Place, Ratio};
use crate::say;

/// Limits that a database must keep. What is `None` is left to whoever is asked next, at last to the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub min_score: Option<Nano>,
    pub min_measured: Option<Nano>,
    pub dimensions: BTreeMap<Dimension, Nano>,
    pub min_clean_records: Option<Ratio>,
    pub min_coverage: Option<Ratio>,
    /// Defects per million that a critical rule may have.
    pub critical_dpm: Option<u64>,
    pub caps: Option<Caps>,
    pub regression: Option<bool>,
    pub new_violations: Option<bool>,
    /// Violations per million that a major rule may have among added and changed rows.
    pub major_dpm: Option<u64>,
    /// Share of rows that must be right in what critical rules look at, month by month.
    pub error_budget: Option<Ratio>,
    /// The same for single rules, `table/rule`.
    pub budgets: Vec<Budget>,
    /// Whether baselines keep digests of rows.
    pub rows: Option<bool>,
    pub strict: Option<bool>,
}

/// Which hard caps fail a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caps {
    /// Those that the baseline does not know.
    New,
    Any,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    pub rule: At<String>,
    pub place: Place,
    pub target: Ratio,
}

/// A policy file: limits for all databases of a run, and for single ones.
#[derive(Debug, Default)]
pub struct PolicyFile {
    pub all: Policy,
    pub databases: Vec<(At<String>, Place, Policy)>,
}

impl Policy {
    /// These limits, and those of `base` where these say nothing.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let mut dimensions = base.dimensions.clone();
        dimensions.extend(&self.dimensions);
        let mut budgets = self.budgets.clone();
        let named = |budget: &&Budget| self.budgets.iter().all(|own| own.rule.value != budget.rule.value);
        budgets.extend(base.budgets.iter().filter(named).cloned());
        Self {
            min_score: self.min_score.or(base.min_score),
            min_measured: self.min_measured.or(base.min_measured),
            dimensions,
            min_clean_records: self.min_clean_records.or(base.min_clean_records),
            min_coverage: self.min_coverage.or(base.min_coverage),
            critical_dpm: self.critical_dpm.or(base.critical_dpm),
            caps: self.caps.or(base.caps),
            regression: self.regression.or(base.regression),
            new_violations: self.new_violations.or(base.new_violations),
            major_dpm: self.major_dpm.or(base.major_dpm),
            error_budget: self.error_budget.or(base.error_budget),
            budgets,
            rows: self.rows.or(base.rows),
            strict: self.strict.or(base.strict),
        }
    }
}

impl PolicyFile {
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn read(file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
        let mut reader = Reader::new(Arc::clone(file));
        let mut policy = Self::default();
        if let Some(mut fields) = reader.fields(&tree) {
            version(&mut fields, &mut reader);
            policy.all = fields.optional("gate").map(|node| read(node, &mut reader)).unwrap_or_default();
            let databases = fields.optional("databases").and_then(|node| reader.entries(node));
            for (name, node) in databases.unwrap_or_default() {
                let place = reader.place(&name.span);
                policy.databases.push((name.clone(), place, read(node, &mut reader)));
            }
            fields.finish(&mut reader);
        }
        if reader.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            return Err(reader.diagnostics);
        }
        Ok(policy)
    }

    /// The limits of one database.
    pub fn of(&self, database: &str) -> Policy {
        let own = self.databases.iter().find(|(name, ..)| name.value == database);
        own.map_or_else(|| self.all.clone(), |(.., policy)| policy.over(&self.all))
    }
}

/// Reads limits, and reports those that contradict each other.
pub fn read(node: &Node, reader: &mut Reader) -> Policy {
    let Some(mut fields) = reader.fields(node) else { return Policy::default() };
    let mut policy = Policy {
        min_score: fields.optional("min_score").and_then(|node| points(node, reader)),
        min_measured: fields.optional("min_measured").and_then(|node| points(node, reader)),
        dimensions: BTreeMap::new(),
        min_clean_records: fields.optional("min_clean_records").and_then(|node| share(node, reader)),
        min_coverage: fields.optional("min_coverage").and_then(|node| share(node, reader)),
        critical_dpm: per_million("critical_dpm", &mut fields, reader),
        caps: fields.optional("caps").and_then(|node| {
            let words = [("new", Caps::New), ("any", Caps::Any), ("none", Caps::None)];
            reader.choice(node, &say!("choice of caps", "cách xét điểm liệt"), &words)
        }),
        regression: fields.optional("regression").and_then(|node| reader.flag(node)),
        new_violations: fields.optional("new_violations").and_then(|node| reader.flag(node)),
        major_dpm: per_million("major_dpm", &mut fields, reader),
        error_budget: fields.optional("error_budget").and_then(|node| share(node, reader)),
        budgets: Vec::new(),
        rows: fields.optional("rows").and_then(|node| reader.flag(node)),
        strict: fields.optional("strict").and_then(|node| reader.flag(node)),
    };
    for (name, node) in
        fields.optional("dimensions").and_then(|node| reader.entries(node)).unwrap_or_default()
    {
        let known = Dimension::ALL.into_iter().find(|dimension| dimension.id() == name.value);
        let least = points(node, reader);
        match (known, least) {
            (Some(dimension), Some(least)) => {
                policy.dimensions.insert(dimension, least);
            }
            (None, _) => {
                let word = &name.value;
                let what = say!("unknown dimension `{word}`", "không có tiêu chí `{word}`");
                reader.unknown(name, what, Dimension::ALL.map(Dimension::id));
            }
            (Some(_), None) => {}
        }
    }
    for node in fields.optional("budgets").map(|node| reader.items(node)).unwrap_or_default() {
        policy.budgets.extend(budget(node, reader));
    }
    contradictions(&policy, &fields, reader);
    fields.finish(reader);
    policy
}

fn budget(node: &Node, reader: &mut Reader) -> Option<Budget> {
    let mut fields = reader.fields(node)?;
    let rule = fields.required("rule", reader).and_then(|node| reader.text(node));
    let target = fields.required("target", reader).and_then(|node| share(node, reader));
    fields.finish(reader);
    let (rule, target) = (rule?, target?);
    if !rule.value.contains('/') {
        let name = &rule.value;
        reader.error(&rule.span, say!("`{name}` names no table", "`{name}` không nêu bảng")).hint =
            Some(say!("write `table/{name}`", "viết `bảng/{name}`"));
        return None;
    }
    let place = reader.place(&rule.span);
    Some(Budget { rule, place, target })
}

fn contradictions(policy: &Policy, fields: &Fields<'_>, reader: &mut Reader) {
    if policy.rows == Some(false) && policy.new_violations == Some(true) {
        reader
            .error(
                &fields.span,
                say!(
                    "`rows: false` and `new_violations: true` contradict each other",
                    "`rows: false` và `new_violations: true` mâu thuẫn nhau"
                ),
            )
            .hint = Some(say!(
            "without digests of rows nobody knows which rows are new; leave one of the two out",
            "không có mã băm của dòng thì không biết dòng nào mới; hãy bỏ một trong hai"
        ));
    }
    if let (Some(score), Some(measured)) = (policy.min_score, policy.min_measured)
        && measured < score
    {
        let (score, measured) = (score.six(), measured.six());
        reader.error(
            &fields.span,
            say!(
                "`min_measured` {measured} is below `min_score` {score}, though measured points are never below official ones",
                "`min_measured` {measured} thấp hơn `min_score` {score}, trong khi điểm đo được không bao giờ thấp hơn điểm chính thức"
            ),
        );
    }
    for (at, budget) in policy.budgets.iter().enumerate() {
        if policy.budgets[..at].iter().any(|other| other.rule.value == budget.rule.value) {
            let rule = &budget.rule.value;
            reader.error(
                &budget.rule.span,
                say!("`{rule}` has two error budgets", "`{rule}` có hai ngân sách lỗi"),
            );
        }
    }
}

const MILLION: u64 = 1_000_000;

fn per_million(key: &'static str, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<u64> {
    let node = fields.optional(key)?;
    let number = reader.integer(node)?;
    if number > MILLION {
        reader.error(&node.span, say!("`{key}` is at most {MILLION}", "`{key}` không quá {MILLION}"));
        return None;
    }
    Some(number)
}

/// Points: 0 to 100.
fn points(node: &Node, reader: &mut Reader) -> Option<Nano> {
    let text = reader.text(node)?;
    let points = parse_points(&text.value);
    if points.is_none() {
        let value = &text.value;
        reader.error(
            &text.span,
            say!(
                "`{value}` is no number of points from 0 to 100",
                "`{value}` không phải số điểm từ 0 đến 100"
            ),
        );
    }
    points
}

/// `83`, `83.5` … up to 100, with up to nine decimals.
pub fn parse_points(text: &str) -> Option<Nano> {
    let (over, under) = decimal(text)?;
    let nano = over.checked_mul(Nano::FULL.get() as u128 / 100)?;
    let exact = nano % under == 0;
    i64::try_from(nano / under).ok().map(Nano::new).filter(|&points| exact && points <= Nano::FULL)
}

/// A share: `99.9%` or `0.999`.
pub(super) fn share(node: &Node, reader: &mut Reader) -> Option<Ratio> {
    let text = reader.text(node)?;
    let share = parse_share(&text.value);
    if share.is_none() {
        let value = &text.value;
        reader
            .error(
                &text.span,
                say!("`{value}` is no share from 0 to 1", "`{value}` không phải tỷ lệ từ 0 đến 1"),
            )
            .hint = Some(say!("write `99.9%` or `0.999`", "viết `99.9%` hoặc `0.999`"));
    }
    share
}

fn parse_share(text: &str) -> Option<Ratio> {
    let (number, hundred) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), 100),
        None => (text, 1),
    };
    let (over, under) = decimal(number)?;
    Ratio::new(over, under.checked_mul(hundred)?).filter(|share| *share <= Ratio::ONE)
}

/// A decimal number without a sign as a fraction.
fn decimal(text: &str) -> Option<(u128, u128)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') || text.len() > 24 {
        return None;
    }
    let under = 10_u128.pow(fraction.len() as u32);
    Some((format!("{whole}{fraction}").parse().ok()?, under))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Arc<SourceText> {
        Arc::new(SourceText { name: "gate.yaml".to_owned(), text: text.to_owned() })
    }

    fn wrong(text: &str) -> Vec<String> {
        PolicyFile::read(&file(text)).unwrap_err().into_iter().map(|diagnostic| diagnostic.what.en).collect()
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(parse_points("83.5"), Some(Nano::new(83_500_000_000)));
        assert_eq!(parse_points("100"), Some(Nano::FULL));
        for bad in ["100.000000001", "-1", "1e2", "", ".5", "5.", "0.0000000001", "83,5"] {
            assert_eq!(parse_points(bad), None, "{bad}");
        }
        assert_eq!(parse_share("99.9%"), Ratio::new(999, 1000));
        assert_eq!(parse_share("0.999"), Ratio::new(999, 1000));
        assert_eq!(parse_share("1"), Some(Ratio::ONE));
        assert_eq!(parse_share("99.9"), None);
    }

    #[test]
    fn nearer_limits_win() {
        let policy = PolicyFile::read(&file(
            "thuocdo: 1\ngate: { min_score: 80, critical_dpm: 10, dimensions: { freshness: 50 } }\ndatabases:\n  a: { min_score: 90, dimensions: { correctness: 70 } }\n",
        ))
        .unwrap();
        let own = policy.of("a");
        assert_eq!((own.min_score, own.critical_dpm), (Some(Nano::points(90)), Some(10)));
        assert_eq!(own.dimensions.len(), 2);
        assert_eq!(policy.of("b").min_score, Some(Nano::points(80)));
    }

    #[test]
    fn every_error_is_told_at_once() {
        let found = wrong(
            "thuocdo: 1\ngate:\n  min_score: 101\n  critical_dpm: 1000001\n  dimensions: { correctnes: 5 }\n  caps: some\n  \
             budgets: [{ rule: r, target: 99% }, { rule: t/r, target: 2 }]\n  min_scor: 1\n",
        );
        assert_eq!(found.len(), 7, "{found:?}");
        assert_eq!(wrong("thuocdo: 1\ngate: { rows: false, new_violations: true }").len(), 1);
        assert_eq!(wrong("thuocdo: 1\ngate: { min_score: 80, min_measured: 70 }").len(), 1);
        let twice = "thuocdo: 1\ngate: { budgets: [{ rule: t/r, target: 99% }, { rule: t/r, target: 98% }] }";
        assert_eq!(wrong(twice).len(), 1);
    }
}
