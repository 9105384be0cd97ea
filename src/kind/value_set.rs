use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::key::digest;
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Column, Field};
use crate::rule::code_list::CodeList;
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally, ValueCounts};

static ABOUT: About = About {
    name: "value_set",
    title: Words { en: "set of values against a list", vi: "tập giá trị đối chiếu danh mục" },
    dimension: Dimension::Consistency,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The different values of a column, taken together, stand in a relation to a list (`values`, or a `code_list` \
             of the file). `subset`: all of them are in the list; `contains`: all of the list occur; `equal`: both; \
             `in_use`: as `contains`, but one check for each entry of the list; `top`: the `n` most common values, and \
             those as common as the last of them, are in the list. Values are compared as `in_set` does.",
        vi: "Tập các giá trị khác nhau của cột có quan hệ với một danh mục (`values`, hoặc `code_list` của tệp). `subset`: \
             đều thuộc danh mục; `contains`: mọi mục của danh mục đều xuất hiện; `equal`: cả hai; `in_use`: như \
             `contains` nhưng mỗi mục là một phép thử; `top`: `n` giá trị phổ biến nhất, kể cả giá trị ngang với giá trị \
             cuối, thuộc danh mục. So sánh như `in_set`.",
    },
    why: Words {
        en: "A list of which half is never used, or a value that should be common and is not, shows a feed that lacks a part.",
        vi: "Danh mục có nửa số mục không bao giờ dùng, hay giá trị lẽ ra phổ biến mà vắng mặt, cho thấy dữ liệu thiếu phần.",
    },
    fix: Words {
        en: "Ask the source for what is missing; bring list and column to the same version.",
        vi: "Yêu cầu nguồn bổ sung phần thiếu; đưa danh mục và cột về cùng phiên bản.",
    },
    example: "value_set: { column: gioi_tinh, values: [Nam, Nữ], relation: contains }",
};

arguments! {
    pub struct ValueSet {
        /// The column whose values are collected.
        column: Column,
        #[schemars(flatten)]
        members: Members,
        /// How the values relate to the list.
        relation: Relation,
        /// How many of the most common values are looked at, for `top`.
        n: Option<u64>,
    }
}

/// A list written in the rule, or named by it: the keys `values` and `code_list`, of which one must be there.
#[derive(Debug)]
struct Members {
    name: String,
    list: Arc<CodeList>,
}

/// The keys of [`Members`], for the JSON Schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "describes the YAML; `Members` holds what was read")]
struct MemberKeys {
    /// The values of the list.
    values: Option<Vec<String>>,
    /// The name of a code list of this file.
    code_list: Option<String>,
}

impl JsonSchema for Members {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Members".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        MemberKeys::json_schema(generator)
    }
}

impl Field for Members {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let name = context.reader.text(node)?;
        if let Some(list) = context.code_lists.get(&name.value) {
            return Some(Self { list: Arc::clone(list), name: name.value });
        }
        let value = &name.value;
        context.reader.unknown(
            &name,
            say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
            context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
        );
        None
    }

    fn read(_: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let what = match (fields.optional("values"), fields.optional("code_list")) {
            (None, Some(node)) => return Self::of(node, context),
            (Some(node), None) => {
                let values = context.reader.texts(node);
                if !values.is_empty() {
                    let list = CodeList::of("", values.iter().map(|value| value.value.as_str()));
                    return Some(Self { name: String::new(), list: Arc::new(list) });
                }
                say!("the list is empty", "danh sách trống")
            }
            (Some(_), Some(_)) => {
                say!(
                    "`values` and `code_list` exclude each other",
                    "`values` và `code_list` không dùng cùng nhau"
                )
            }
            (None, None) => say!("`values` or `code_list` is missing", "thiếu `values` hoặc `code_list`"),
        };
        context.reader.error(&fields.span, what);
        None
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Relation {
    Subset,
    Equal,
    Contains,
    InUse,
    Top,
}

impl Choice for Relation {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("subset", Self::Subset),
        ("equal", Self::Equal),
        ("contains", Self::Contains),
        ("in_use", Self::InUse),
        ("top", Self::Top),
    ];

    fn what() -> Text {
        say!("relation", "quan hệ")
    }
}

impl Arguments for ValueSet {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = match (self.relation, self.n) {
            (Relation::Top, None) => say!("`n` is missing", "thiếu `n`"),
            (Relation::Top, Some(0)) => say!("`n` is at least 1", "`n` phải từ 1 trở lên"),
            (Relation::Top, Some(_)) | (_, None) => return true,
            (_, Some(_)) => say!("`n` belongs to `relation: top`", "`n` chỉ dùng với `relation: top`"),
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for ValueSet {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let name = &self.members.name;
        if name.is_empty() {
            self.relation.word().to_owned()
        } else {
            format!("{}-{name}", self.relation.word())
        }
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        // Of a dated list those count that are in force at the moment of the run.
        let today = binder.as_of_at_end().div_euclid(86_400_000_000) as i32;
        let entries = self.members.list.entries().iter().filter(|entry| entry.in_force(today));
        Ok(Bound::scan(Compared {
            column: binder.column(&self.column)?,
            members: entries.map(|entry| entry.code.clone()).collect(),
            relation: self.relation,
            n: self.n.unwrap_or_default(),
        }))
    }
}

struct Compared {
    column: ColumnId,
    /// Canonical.
    members: BTreeSet<String>,
    relation: Relation,
    n: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct Values {
    /// By the digest of the canonical text.
    counts: ValueCounts<u128>,
    absent: u64,
    /// Damaged rows: any value may stand in them.
    damaged: u64,
}

impl State for Values {
    fn merge(&mut self, other: Self) {
        self.counts.merge(other.counts);
        self.absent += other.absent;
        self.damaged += other.damaged;
    }
}

/// How many missing entries of the list are named: as many communes as somebody can ask after one by one.
const NAMED: usize = 40;

impl Check for Compared {
    type State = Values;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Values) -> Option<RowVerdict> {
        let present = population.sound(batch.present(self.column));
        let all = population.sound(&batch.all());
        state.absent += (all.count_set_bits() - present.count_set_bits()) as u64;
        state.damaged += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        let digests = batch.canonical(self.column).mapped(|value| digest(value.as_bytes()));
        present.set_indices().filter_map(digests).for_each(|digest| state.counts.add(digest));
        None
    }

    fn measure(&self, _: Tally, state: &Values) -> Measure {
        let distinct = state.counts.distinct();
        if distinct + state.absent + state.damaged == 0 {
            return Measure::of(Tally::default());
        }
        let digests: BTreeSet<u128> = self.members.iter().map(|member| digest(member.as_bytes())).collect();
        let outside =
            |counts: &[(u128, u64)]| counts.iter().filter(|(value, _)| !digests.contains(value)).count();
        let mut counts = state.counts.sorted();
        let extra = match self.relation {
            Relation::Top => {
                counts.sort_unstable_by_key(|(_, count)| std::cmp::Reverse(*count));
                let last = usize::try_from(self.n).map_or(counts.len(), |n| n.min(counts.len()));
                let least = last.checked_sub(1).map_or(0, |last| counts[last].1);
                outside(&counts[..counts.partition_point(|(_, count)| *count >= least)])
            }
            _ => outside(&counts),
        };
        let used = |member: &&String| state.counts.of(digest(member.as_bytes())) > 0;
        let missing: Vec<&String> = self.members.iter().filter(|member| !used(member)).collect();
        let mut measure = Measure::of(self.verdict(state, extra, missing.len()));
        measure.figures.push(Figure::new("distinct", distinct));
        if matches!(self.relation, Relation::Subset | Relation::Equal | Relation::Top) {
            measure.figures.push(Figure::new("extra", extra));
        }
        if matches!(self.relation, Relation::Contains | Relation::Equal | Relation::InUse) {
            measure.figures.push(Figure::new("missing", missing.len()));
            measure.note = named(&missing);
        }
        measure
    }
}

impl Compared {
    /// What damaged rows could still change is unknown; so is what a column without values would vacuously keep.
    fn verdict(&self, state: &Values, extra: usize, missing: usize) -> Tally {
        let unseen = state.damaged > 0;
        let (fails, open) = match self.relation {
            Relation::Subset => (extra > 0, unseen || state.counts.distinct() == 0),
            Relation::Equal => (extra > 0 || missing > 0 && !unseen, unseen),
            Relation::Contains => (missing > 0 && !unseen, unseen && missing > 0),
            Relation::Top => (extra > 0 && !unseen, unseen || state.counts.distinct() == 0),
            Relation::InUse => {
                let (missing, used) = (missing as u64, (self.members.len() - missing) as u64);
                return if unseen {
                    Tally::new(used, 0, 0, missing)
                } else {
                    Tally::new(used, missing, 0, 0)
                };
            }
        };
        match (fails, open) {
            (true, _) => Tally::new(0, 1, 0, 0),
            (false, true) => Tally::new(0, 0, 0, 1),
            (false, false) => Tally::new(1, 0, 0, 0),
        }
    }
}

/// What stands before the names, and between the last of them and how many more there are.
const NEVER_USED: &str = "never used: ";
const AND_MORE: &str = " and ";

/// The entries of the list, which are no data, that no row has.
fn named(missing: &[&String]) -> Option<Text> {
    let first: Vec<&str> = missing.iter().take(NAMED).map(|entry| entry.as_str()).collect();
    let (names, more) = (first.join(", "), missing.len() - first.len());
    match more {
        _ if missing.is_empty() => None,
        0 => Some(say!("{NEVER_USED}{names}", "không được dùng: {names}")),
        more => Some(say!(
            "{NEVER_USED}{names}{AND_MORE}{more} more",
            "không được dùng: {names} và {more} mục khác"
        )),
    }
}

/// The entries that a note of this kind names.
pub fn named_missing(note: &Text) -> Vec<&str> {
    let Some(names) = note.en.strip_prefix(NEVER_USED) else { return Vec::new() };
    let end =
        names.strip_suffix(" more").and_then(|names| names.rsplit_once(AND_MORE)).map(|(names, _)| names);
    end.unwrap_or(names).split(", ").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_as_it_was_written() {
        let entries: Vec<String> = (0..NAMED + 3).map(|code| format!("{code:05}")).collect();
        for n in [1, 2, NAMED, NAMED + 3] {
            let missing: Vec<&String> = entries.iter().take(n).collect();
            let note = named(&missing).unwrap();
            let first: Vec<&str> = missing.iter().take(NAMED).map(|entry| entry.as_str()).collect();
            assert_eq!(named_missing(&note), first, "{n}");
        }
        assert!(named(&[]).is_none());
        assert!(named_missing(&Text::same("something else")).is_empty());
    }
}
