use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnType, Population, RowVerdict};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, ContractColumn, FoundColumns, Kind, Node, ParseContext, Spec,
    Value, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

/// The table has the columns that were agreed.
#[derive(Debug)]
pub struct SchemaKind;

static ABOUT: About = About {
    name: "schema",
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::ContractItem,
    scale: Scale::Ratio,
    what: Words {
        en: "Every declared column is there in every file, in its declared type where files have types. Columns that \
             nobody declared are reported; with `closed: true` each of them fails.",
        vi: "Mọi cột đã khai báo đều có trong mọi tệp, đúng kiểu khai báo nếu tệp có kiểu dữ liệu. Cột lạ được nêu tên; \
             với `closed: true` mỗi cột lạ là một lỗi.",
    },
    why: Words {
        en: "A column that is renamed or retyped breaks every system downstream, silently.",
        vi: "Cột bị đổi tên, đổi kiểu làm hỏng mọi hệ thống phía sau mà không báo trước.",
    },
    fix: Words {
        en: "Restore the agreed columns, or agree on the change and declare it.",
        vi: "Khôi phục cột đã thống nhất, hoặc thống nhất thay đổi rồi khai báo lại.",
    },
    example: "schema: { closed: true }",
};

#[derive(Debug, Default, JsonSchema)]
pub struct SchemaSpec {
    /// Whether columns that are not declared fail.
    #[serde(default)]
    closed: bool,
}

impl Kind for SchemaKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let mut closed = false;
        if node.value != Value::Null {
            let mut fields = context.reader.fields(node)?;
            closed = fields.optional("closed").and_then(|node| context.reader.flag(node)).unwrap_or_default();
            fields.finish(context.reader);
        }
        if context.columns.is_empty() {
            context
                .reader
                .error(&node.span, say!("the table declares no columns", "bảng chưa khai báo cột nào"))
                .hint = Some(say!("add `columns:` to the table", "thêm `columns:` vào bảng"));
            return None;
        }
        Some(Box::new(SchemaSpec { closed }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<SchemaSpec>();
        schemars::json_schema!({ "anyOf": [{ "type": "null" }, long] })
    }
}

impl Spec for SchemaSpec {
    fn columns(&self) -> Vec<At<String>> {
        Vec::new()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Conforms { contract: binder.contract(), closed: self.closed }))
    }
}

struct Conforms {
    contract: Vec<ContractColumn>,
    closed: bool,
}

/// What was seen of each column in any file, and how many files there were.
#[derive(Default)]
struct Seen {
    files: u64,
    columns: BTreeMap<String, Sightings>,
}

#[derive(Default)]
struct Sightings {
    files: u64,
    /// Types found in files that have types; `None` is a type that rules cannot read.
    types: BTreeSet<Option<&'static str>>,
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        self.files += other.files;
        for (name, sightings) in other.columns {
            let ours = self.columns.entry(name).or_default();
            ours.files += sightings.files;
            ours.types.extend(sightings.types);
        }
    }
}

impl Check for Conforms {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, _: &Batch<'_>, _: &Population, _: &mut Seen) -> Option<RowVerdict> {
        None
    }

    fn observe(&self, found: &FoundColumns, state: &mut Seen) {
        state.files += 1;
        for (name, ty) in &found.columns {
            let sightings = state.columns.entry(name.clone()).or_default();
            sightings.files += 1;
            if found.typed {
                sightings.types.insert(ColumnType::found(ty).map(ColumnType::id));
            }
        }
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        let mut tally = Tally::default();
        let mut figures = Vec::new();
        if state.files == 0 {
            return Measure::of(tally);
        }
        let mut item = |conforms: bool, name: &str, column: &str| {
            if conforms {
                tally.pass += 1;
            } else {
                tally.fail += 1;
                figures.push(Figure::new(name, column));
            }
        };
        for column in &self.contract {
            match state.columns.get(&column.name) {
                None if column.optional => {}
                None => {
                    item(false, "missing", &column.name);
                    if column.ty.is_some() {
                        item(false, "type_unseen", &column.name);
                    }
                }
                Some(sightings) => {
                    item(column.optional || sightings.files == state.files, "missing", &column.name);
                    if let Some(ty) = column.ty {
                        let fits = sightings.types.iter().all(|found| fits(ty, *found));
                        item(fits, "type_differs", &column.name);
                    }
                }
            }
        }
        let declared = |name: &String| self.contract.iter().any(|column| column.name == *name);
        for name in state.columns.keys().filter(|name| !declared(name)) {
            tally.fail += u64::from(self.closed);
            figures.push(Figure::new("extra", name));
        }
        let mut measure = Measure::of(tally);
        measure.figures = figures;
        measure
    }
}

/// Whether a stored type carries a declared one without loss: a decimal column may be stored as integers.
fn fits(declared: ColumnType, found: Option<&'static str>) -> bool {
    found == Some(declared.id())
        || declared == ColumnType::Decimal && found == Some(ColumnType::Integer.id())
        || declared == ColumnType::Timestamp && found == Some(ColumnType::Date.id())
}
