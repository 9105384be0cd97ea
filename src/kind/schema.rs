use std::sync::Arc;

use schemars::JsonSchema;

use serde::{Deserialize, Serialize};

use super::regex::Regex;
use super::sightings::Sightings;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::{Pattern, mask};
use crate::kernel::{Batch, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Field, Texts};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, ContractColumn, Fields, FoundFile, Node, ParseContext, Spec,
    Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "schema",
    title: Words { en: "columns as declared", vi: "cột đúng như khai báo" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::ContractItem,
    scale: Scale::Ratio,
    what: Words {
        en: "Every declared column is there in every file, in its declared type where files have types. Other columns \
             are counted, and shown by the beginnings of their names only (in a file without a header line they are \
             somebody's data); with `exact: true` each of them fails. Further items: `contain`, columns that must be \
             there although nobody declares them; `forbid`, columns that must not; `columns: { min, max }`, how many \
             there are; `ordered: true`, agreed columns stand in the order in which they are declared; `names`, a \
             regular expression for the whole of every name.",
        vi: "Mọi cột đã khai báo đều có trong mọi tệp, đúng kiểu khai báo nếu tệp có kiểu dữ liệu. Cột khác được đếm và \
             chỉ hiện phần đầu tên (tệp không có dòng tiêu đề thì đó là dữ liệu của ai đó); với `exact: true` mỗi cột \
             như vậy là một lỗi. Các mục khác: `contain`, cột phải có dù không khai báo; `forbid`, cột không được có; \
             `columns: { min, max }`, số cột; `ordered: true`, cột đã thống nhất đứng đúng thứ tự khai báo; `names`, \
             biểu thức chính quy cho cả tên mọi cột.",
    },
    why: Words {
        en: "A column that is renamed or retyped breaks every system downstream, silently.",
        vi: "Cột bị đổi tên, đổi kiểu làm hỏng mọi hệ thống phía sau mà không báo trước.",
    },
    fix: Words {
        en: "Restore the agreed columns, or agree on the change and declare it.",
        vi: "Khôi phục cột đã thống nhất, hoặc thống nhất thay đổi rồi khai báo lại.",
    },
    example: "schema: { exact: true }",
};

arguments! {
    pub struct Conformity {
        /// Whether columns fail that are neither declared nor in `contain`.
        exact: Option<bool>,
        /// The same as `exact`.
        closed: Option<bool>,
        /// Whether the agreed columns stand in the order in which they are declared, then in that of `contain`.
        ordered: Option<bool>,
        /// Columns that must be there, declared or not.
        contain: Option<Texts>,
        /// Columns that must not be there.
        forbid: Option<Texts>,
        /// How many columns there are.
        columns: Option<Counts>,
        /// What the name of every column looks like: a regular expression.
        names: Option<Regex>,
    }
}

/// Fewest and most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
struct Counts {
    min: Option<u64>,
    max: Option<u64>,
}

impl Field for Counts {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let mut fields = context.reader.fields(node)?;
        let min = Option::<u64>::read("min", &mut fields, context);
        let max = Option::<u64>::read("max", &mut fields, context);
        fields.finish(context.reader);
        let counts = Self { min: min?, max: max? };
        let what = match (counts.min, counts.max) {
            (None, None) => say!("`min` or `max` is missing", "thiếu `min` hoặc `max`"),
            (Some(low), Some(high)) if low > high => {
                say!("no number is between {low} and {high}", "không có số nào nằm giữa {low} và {high}")
            }
            _ => return Some(counts),
        };
        context.reader.error(&node.span, what);
        None
    }
}

impl Arguments for Conformity {
    const ABOUT: &'static About = &ABOUT;
    const ALONE: bool = true;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let by_itself =
            self.contain.is_some() || self.forbid.is_some() || self.columns.is_some() || self.names.is_some();
        let sound = by_itself || !context.columns.is_empty();
        if !sound {
            context
                .reader
                .error(&at.span, say!("the table declares no columns", "bảng chưa khai báo cột nào"))
                .hint = Some(say!(
                "add `columns:` to the table, or say here what it must `contain`",
                "thêm `columns:` vào bảng, hoặc ghi ở đây bảng phải có gì bằng `contain`"
            ));
        }
        sound
    }
}

impl Spec for Conformity {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let names = |texts: &Option<Texts>| -> Vec<String> {
            texts.iter().flat_map(|texts| texts.iter()).map(|name| name.value.clone()).collect()
        };
        let contract = binder.contract();
        let contain = names(&self.contain);
        let mut order: Vec<String> = contract.iter().map(|column| column.name.clone()).collect();
        order.extend(contain.iter().filter(|name| !order.contains(name)).cloned().collect::<Vec<_>>());
        Ok(Bound::scan(Conforms {
            contract,
            exact: self.exact.or(self.closed).unwrap_or(false),
            ordered: self.ordered.unwrap_or(false),
            contain,
            forbid: names(&self.forbid),
            order,
            columns: self.columns,
            names: self.names.as_ref().map(|names| Arc::clone(&names.0)),
        }))
    }
}

struct Conforms {
    contract: Vec<ContractColumn>,
    exact: bool,
    ordered: bool,
    contain: Vec<String>,
    forbid: Vec<String>,
    /// All agreed columns, in their order.
    order: Vec<String>,
    columns: Option<Counts>,
    names: Option<Arc<Pattern>>,
}

/// What was seen of each column in any file.
#[derive(Default, Serialize, Deserialize)]
struct Seen {
    found: Sightings,
    /// Files in which agreed columns stand in another order, and whose number of columns is another.
    disordered: u64,
    miscounted: u64,
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        self.found.merge(other.found);
        self.disordered += other.disordered;
        self.miscounted += other.miscounted;
    }
}

/// How many masked names of a sort are shown.
const SHOWN: usize = 20;

impl Check for Conforms {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, _: &Batch<'_>, _: &Population, _: &mut Seen) -> Option<RowVerdict> {
        None
    }

    fn observe(&self, found: &FoundFile<'_>, state: &mut Seen) {
        state.found.observe(found);
        let places =
            found.columns.iter().filter_map(|(name, _)| self.order.iter().position(|agreed| agreed == name));
        state.disordered += u64::from(!places.is_sorted());
        let count = found.columns.len() as u64;
        let fits = |counts: Counts| {
            counts.min.is_none_or(|min| count >= min) && counts.max.is_none_or(|max| count <= max)
        };
        state.miscounted += u64::from(!self.columns.is_none_or(fits));
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        let mut items = Items::default();
        let found = &state.found;
        if found.files() == 0 {
            return Measure::of(items.tally);
        }
        for column in &self.contract {
            match found.of(&column.name) {
                None if column.optional => {}
                None => {
                    items.item(false, "missing", &column.name);
                    if column.ty.is_some() {
                        items.item(false, "type_unseen", &column.name);
                    }
                }
                Some(sightings) => {
                    items.item(column.optional || found.is_everywhere(&column.name), "missing", &column.name);
                    if let Some(ty) = column.ty {
                        let fits = sightings.fit(ty);
                        items.item(fits, "type_differs", &column.name);
                    }
                }
            }
        }
        for name in &self.contain {
            items.item(found.is_everywhere(name), "missing", name);
        }
        for name in &self.forbid {
            items.item(found.of(name).is_none(), "forbidden", name);
        }
        if self.ordered {
            items.item(state.disordered == 0, "disordered_files", &state.disordered);
        }
        if self.columns.is_some() {
            items.item(state.miscounted == 0, "miscounted_files", &state.miscounted);
        }
        let agreed = |name: &&String| self.order.contains(name) || self.forbid.contains(name);
        let (known, extra): (Vec<&String>, Vec<&String>) = found.names().partition(agreed);
        if let Some(pattern) = &self.names {
            let wrong = |names: &[&String]| -> Vec<String> {
                names.iter().filter(|name| !pattern.is_match(name)).map(|name| (*name).clone()).collect()
            };
            let (wrong, strange) = (wrong(&known), wrong(&extra));
            let count = wrong.len() + strange.len();
            items.item(count == 0, "misnamed", &count);
            let shown = wrong.into_iter().chain(strange.iter().map(|name| mask(name)));
            items.figures.extend(shown.take(SHOWN).map(|name| Figure::new("misnamed_column", name)));
        }
        if !extra.is_empty() {
            items.tally.fail += if self.exact { extra.len() as u64 } else { 0 };
            items.figures.push(Figure::new("extra", extra.len()));
            let shown = extra.iter().take(SHOWN).map(|name| Figure::new("extra_column", mask(name)));
            items.figures.extend(shown);
        }
        let mut measure = Measure::of(items.tally);
        measure.figures = items.figures;
        measure
    }
}

/// The items of the contract, and what is said of those that are not kept.
#[derive(Default)]
struct Items {
    tally: Tally,
    figures: Vec<Figure>,
}

impl Items {
    fn item(&mut self, kept: bool, figure: &str, value: &impl ToString) {
        if kept {
            self.tally.pass += 1;
        } else {
            self.tally.fail += 1;
            self.figures.push(Figure::new(figure, value.to_string()));
        }
    }
}
