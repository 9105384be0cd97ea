use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanBufferBuilder};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::limit::AS_OF;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::one_spelling;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict, TextColumn};
use crate::rule::code_list::{CodeList, Entry, Slot, lower_case};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Kind, Node, ParseContext, Spec, Words,
};
use crate::say;

/// Values come from a list.
#[derive(Debug)]
pub struct InSetKind;

static ABOUT: About = About {
    name: "in_set",
    title: Words { en: "values of the code list", vi: "giá trị thuộc danh mục" },
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value is a member of a list: `values` written in the rule, or a `code_list` of the file; or it is \
             not one of those that are `forbidden`. With `valid_at` the code must be in force on the row's date, and \
             with `where` other columns of the row must say what the list says of the code. Case and diacritics \
             matter; white space around values does not. Absent values are skipped.",
        vi: "Mọi giá trị thuộc một danh mục: `values` ghi ngay trong quy tắc, hoặc `code_list` của tệp; hoặc không thuộc \
             các giá trị bị cấm (`forbidden`). Với `valid_at`, mã phải còn hiệu lực vào ngày của dòng; với `where`, các \
             cột khác của dòng phải khớp với điều danh mục ghi về mã. Phân biệt hoa thường và dấu; bỏ qua khoảng trắng \
             hai đầu và giá trị thiếu.",
    },
    why: Words {
        en: "A code outside its list means nothing to the systems that share the list, and a code of another time means \
             something else.",
        vi: "Mã ngoài danh mục không có nghĩa gì với các hệ thống dùng chung danh mục; mã của thời điểm khác mang nghĩa \
             khác.",
    },
    fix: Words {
        en: "Map old or misspelt codes to the list in force; load the right version of the list.",
        vi: "Ánh xạ mã cũ, mã sai về danh mục hiện hành; dùng đúng phiên bản danh mục.",
    },
    example: "in_set: { column: gioi_tinh, values: [Nam, Nữ, Khác] }",
};

#[derive(Debug, JsonSchema)]
pub struct InSet {
    /// The column whose values are looked up.
    column: At<String>,
    /// The allowed values.
    #[expect(dead_code, reason = "describes the YAML; `allowed` holds what was read")]
    values: Option<Vec<String>>,
    /// The name of a code list of this file.
    code_list: Option<At<String>>,
    /// The column with the date on which the code must be in force, or `as_of` for the moment of the run. Rows
    /// without a date are skipped; where the date cannot be read the row is unknown. Without it a code of any time
    /// will do.
    valid_at: Option<At<String>>,
    /// What other columns of the row must say: attributes of the list, and the columns that repeat them. A column
    /// without a value, or an attribute of which the list says nothing, is left out.
    #[schemars(rename = "where")]
    #[expect(dead_code, reason = "describes the YAML; `conditions` holds what was read")]
    attributes: Option<BTreeMap<String, String>>,
    /// Values that must not occur.
    #[expect(dead_code, reason = "describes the YAML; `banned` holds what was read")]
    forbidden: Option<Vec<String>>,
    /// The name of a code list whose codes, of any time, must not occur.
    forbidden_list: Option<At<String>>,
    /// Whether `nam` is as good as `Nam` (default false).
    #[schemars(with = "Option<bool>")]
    ignore_case: bool,
    #[schemars(skip)]
    allowed: Option<Arc<CodeList>>,
    #[schemars(skip)]
    banned: Option<Arc<CodeList>>,
    #[schemars(skip)]
    conditions: Vec<Condition>,
}

/// A column that must say what the list says.
#[derive(Debug)]
struct Condition {
    /// Position among the list's attributes.
    attribute: usize,
    column: At<String>,
}

impl Kind for InSetKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let column = fields.required("column", reader).and_then(|node| reader.text(node));
        let values = fields.optional("values").map(|node| reader.texts(node));
        let code_list = fields.optional("code_list").and_then(|node| reader.text(node));
        let valid_at = fields.optional("valid_at").and_then(|node| reader.text(node));
        let attributes = fields.optional("where").map(|node| reader.entries(node).unwrap_or_default());
        let forbidden = fields.optional("forbidden").map(|node| reader.texts(node));
        let forbidden_list = fields.optional("forbidden_list").and_then(|node| reader.text(node));
        let ignore_case = fields.optional("ignore_case").map(|node| reader.flag(node));
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(reader);

        let allowed = members(["values", "code_list"], values, code_list.as_ref(), &span, context)?;
        let banned =
            members(["forbidden", "forbidden_list"], forbidden, forbidden_list.as_ref(), &span, context)?;
        if allowed.is_none() && banned.is_none() {
            if rest == 0 {
                context.reader.error(
                    &span,
                    say!(
                        "`values`, `code_list` or `forbidden` is missing",
                        "thiếu `values`, `code_list` hoặc `forbidden`"
                    ),
                );
            }
            return None;
        }
        if let Some(at) = &valid_at {
            dated(at, allowed.as_deref(), context)?;
        }
        let conditions = match &attributes {
            Some(attributes) => conditions(attributes, &span, allowed.as_deref(), context)?,
            None => Vec::new(),
        };
        let ignore_case = ignore_case.unwrap_or(Some(false))?;
        let fold = |list: Arc<CodeList>| if ignore_case { Arc::new(list.in_lower_case()) } else { list };
        Some(Box::new(InSet {
            column: column?,
            values: None,
            code_list,
            valid_at,
            attributes: None,
            forbidden: None,
            forbidden_list,
            ignore_case,
            allowed: allowed.map(fold),
            banned: banned.map(fold),
            conditions,
        }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<InSet>()
    }
}

/// The list that one of two keys gives: written out, or by its name. Nothing when what is written is wrong.
#[expect(clippy::option_option, reason = "outside: whether to go on; inside: whether there is a list")]
fn members(
    [inline, named]: [&str; 2],
    values: Option<Vec<At<String>>>,
    name: Option<&At<String>>,
    span: &Range<usize>,
    context: &mut ParseContext<'_>,
) -> Option<Option<Arc<CodeList>>> {
    match (values, name) {
        (None, None) => Some(None),
        (Some(values), None) if values.is_empty() => {
            context.reader.error(span, say!("`{inline}` is empty", "`{inline}` không có giá trị nào"));
            None
        }
        (Some(values), None) => {
            Some(Some(Arc::new(CodeList::of("", values.iter().map(|value| value.value.as_str())))))
        }
        (None, Some(name)) => {
            let found = context.code_lists.get(&name.value).map(Arc::clone);
            if found.is_none() {
                let value = &name.value;
                context.reader.unknown(
                    name,
                    say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
                    context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
                );
            }
            found.map(Some)
        }
        (Some(_), Some(_)) => {
            context.reader.error(
                span,
                say!(
                    "`{inline}` and `{named}` exclude each other",
                    "`{inline}` và `{named}` không dùng cùng nhau"
                ),
            );
            None
        }
    }
}

/// Reports `valid_at` where nothing has a time.
fn dated(at: &At<String>, list: Option<&CodeList>, context: &mut ParseContext<'_>) -> Option<()> {
    if list.is_some_and(|list| list.dated || list.is_broken()) {
        return Some(());
    }
    context
        .reader
        .error(
            &at.span,
            say!(
                "`valid_at` needs a code list that says when its codes are in force",
                "`valid_at` cần một danh mục có ghi thời gian hiệu lực của mã"
            ),
        )
        .hint = Some(say!(
        "declare it as `{{ file: …, code: …, valid_from: …, valid_to: … }}`",
        "khai báo danh mục dạng `{{ file: …, code: …, valid_from: …, valid_to: … }}`"
    ));
    None
}

fn conditions(
    attributes: &[(&At<String>, &Node)],
    span: &Range<usize>,
    list: Option<&CodeList>,
    context: &mut ParseContext<'_>,
) -> Option<Vec<Condition>> {
    // Values that are written out say nothing of themselves.
    let Some(list) = list.filter(|list| !list.name.is_empty()) else {
        context.reader.error(span, say!("`where` needs a `code_list`", "`where` cần có `code_list`"));
        return None;
    };
    let mut found = Vec::new();
    for (name, column) in attributes {
        let column = context.reader.text(column);
        let attribute = list.attributes.iter().position(|known| *known == name.value);
        if attribute.is_none() && !list.is_broken() {
            let (name_, list_) = (&name.value, &list.name);
            let what = say!(
                "code list `{list_}` has no attribute `{name_}`",
                "danh mục `{list_}` không có thuộc tính `{name_}`"
            );
            let known: Vec<&str> = list.attributes.iter().map(String::as_str).collect();
            context.reader.unknown(name, what, known);
        }
        found.push(attribute.zip(column).map(|(attribute, column)| Condition { attribute, column }));
    }
    found.into_iter().collect()
}

impl Spec for InSet {
    fn columns(&self) -> Vec<At<String>> {
        let mut columns = vec![self.column.clone()];
        columns.extend(self.conditions.iter().map(|condition| condition.column.clone()));
        columns.extend(self.valid_at.clone().filter(|at| at.value != AS_OF));
        columns
    }

    fn distinction(&self) -> String {
        let list = self.code_list.as_ref().or(self.forbidden_list.as_ref());
        list.map(|at| at.value.clone()).unwrap_or_default()
    }

    fn code_lists(&self) -> Vec<&CodeList> {
        self.allowed.iter().chain(&self.banned).map(AsRef::as_ref).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let repeats = |list: &Arc<CodeList>| Demand::Listed {
            list: Arc::clone(list),
            repeats: self.conditions.iter().map(|c| (c.column.value.clone(), c.attribute)).collect(),
        };
        self.allowed.iter().map(repeats).collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column(&self.column)?;
        let lookup = |list: &Arc<CodeList>| Lookup { list: Arc::clone(list), ignore_case: self.ignore_case };
        let banned = self.banned.as_ref().map(lookup);
        let at = match &self.valid_at {
            None => When::Always,
            Some(at) if at.value == AS_OF => When::On(day_of(binder.as_of())),
            Some(at) => {
                let column = binder.column(at)?;
                match binder.column_type(column) {
                    ColumnType::Timestamp => When::Moment(column),
                    ColumnType::Date => When::Day(column),
                    _ => When::Day(binder.column_as(at, ColumnType::Date, None)?),
                }
            }
        };
        let conditions = self
            .conditions
            .iter()
            .map(|condition| {
                let column = binder.column(&condition.column)?;
                let list =
                    self.allowed.as_ref().map(|list| (list.entries(), &list.attributes[condition.attribute]));
                let (entries, name) = list.map_or((&[][..], ""), |(entries, name)| (entries, name.as_str()));
                let spelt =
                    |entry: &Entry| Spelt::of(&entry.attributes[condition.attribute], self.ignore_case);
                Ok(Agreement { column, reason: reason(name), entries: entries.iter().map(spelt).collect() })
            })
            .collect::<Result<Vec<_>, BindError>>()?;
        let allowed = self.allowed.as_ref().map(lookup);
        Ok(match allowed {
            Some(allowed) if !matches!(at, When::Always) || !conditions.is_empty() => Bound::scan(InForce {
                column,
                allowed,
                at,
                conditions,
                banned,
                ignore_case: self.ignore_case,
            }),
            allowed => Bound::scan(Member { column, allowed, banned }),
        })
    }
}

const UNKNOWN_CODE: &str = "unknown_code";
const NOT_IN_FORCE: &str = "not_in_force";
const FORBIDDEN: &str = "forbidden";

/// The reason that a column disagrees with an attribute.
fn reason(attribute: &str) -> &'static str {
    match attribute {
        "name" => "name_differs",
        "level" => "level_differs",
        "parent_code" => "parent_code_differs",
        _ => "attribute_differs",
    }
}

/// Days since 1970-01-01 of microseconds.
fn day_of(micros: i64) -> i32 {
    micros.div_euclid(86_400_000_000) as i32
}

/// What a reason says of a row that is shown.
fn explained(reason: &str) -> Explanation {
    let reason = match reason {
        UNKNOWN_CODE => say!("not in the list", "không có trong danh mục"),
        NOT_IN_FORCE => {
            say!("not in force on the row's date", "không còn hoặc chưa có hiệu lực vào ngày của dòng")
        }
        FORBIDDEN => say!("a value that must not occur", "giá trị không được phép"),
        "name_differs" => say!("the list has another name", "danh mục ghi tên khác"),
        "level_differs" => say!("the list has another level", "danh mục ghi cấp khác"),
        "parent_code_differs" => say!("the list has another parent", "danh mục ghi đơn vị cấp trên khác"),
        _ => say!("another column disagrees with the list", "cột khác không khớp với danh mục"),
    };
    Explanation { reason, repaired: None }
}

/// A list as values are looked up in it.
struct Lookup {
    list: Arc<CodeList>,
    /// The list is in lower case, and values have to be.
    ignore_case: bool,
}

impl Lookup {
    #[inline]
    fn find(&self, value: &str, lower: &mut String) -> Option<Slot> {
        if !self.ignore_case {
            return self.list.find(value);
        }
        lower_case(value, lower);
        self.list.find(lower)
    }

    fn mark(&self, text: &TextColumn, on: &BooleanBuffer) -> BooleanBuffer {
        let mut lower = String::new();
        text.mark(on, |value| self.find(value, &mut lower).is_some())
    }
}

/// Looks values up and asks no more.
struct Member {
    column: ColumnId,
    allowed: Option<Lookup>,
    banned: Option<Lookup>,
}

impl Check for Member {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let text = batch.canonical(self.column);
        let unknown = self.allowed.as_ref().map(|list| minus(present, &list.mark(text, present)));
        let banned = self.banned.as_ref().map(|list| list.mark(text, present));
        let reasons = [(UNKNOWN_CODE, unknown), (FORBIDDEN, banned)];
        Some(failing(present.clone(), reasons.into_iter().filter_map(|(name, rows)| Some((name, rows?)))))
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let value = batch.canonical(self.column).get(row)?;
        let found = |list: &Lookup| list.find(value, &mut String::new()).is_some();
        let forbidden = self.banned.as_ref().is_some_and(found);
        Some(explained(if forbidden { FORBIDDEN } else { UNKNOWN_CODE }))
    }
}

/// A verdict in which every row fails that has a reason to.
fn failing(
    applicable: BooleanBuffer,
    reasons: impl Iterator<Item = (&'static str, BooleanBuffer)>,
) -> RowVerdict {
    let reasons: Vec<_> = reasons.filter(|(_, rows)| rows.count_set_bits() > 0).collect();
    let fail = reasons.iter().map(|(_, rows)| rows.clone()).reduce(|all, rows| &all | &rows);
    let fail = fail.unwrap_or_else(|| BooleanBuffer::new_unset(applicable.len()));
    RowVerdict { applicable, fail, unknown: None, reasons }
}

/// When a code must be in force.
enum When {
    Always,
    On(i32),
    Day(ColumnId),
    Moment(ColumnId),
}

/// An attribute of an entry, to be compared with a row's column.
struct Spelt {
    plain: String,
    /// In one spelling, and in one case where that is to be ignored.
    folded: String,
}

impl Spelt {
    fn of(attribute: &str, ignore_case: bool) -> Self {
        Self { plain: attribute.to_owned(), folded: folded(attribute, ignore_case) }
    }

    fn is(&self, value: &str, ignore_case: bool) -> bool {
        self.plain.is_empty() || self.plain == value || self.folded == folded(value, ignore_case)
    }
}

fn folded(text: &str, ignore_case: bool) -> String {
    let spelt = one_spelling(text);
    if !ignore_case {
        return spelt.into_owned();
    }
    let mut lower = String::new();
    lower_case(&spelt, &mut lower);
    lower
}

/// A column that must agree with an attribute.
struct Agreement {
    column: ColumnId,
    reason: &'static str,
    /// By position of the list's entry.
    entries: Vec<Spelt>,
}

/// Looks at the entry of a code that is in force on the row's date, and compares it with the row.
struct InForce {
    column: ColumnId,
    allowed: Lookup,
    at: When,
    conditions: Vec<Agreement>,
    banned: Option<Lookup>,
    ignore_case: bool,
}

impl Check for InForce {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let text = batch.canonical(self.column);
        let (applicable, readable) = match self.at {
            When::Day(column) | When::Moment(column) => {
                let applicable = present & batch.present(column);
                let readable = &applicable & &batch.typed(column).parsed;
                (applicable, Some(readable))
            }
            When::Always | When::On(_) => (present.clone(), None),
        };
        let judged = readable.as_ref().unwrap_or(&applicable);
        let reasons = self.reasons(batch, text, judged);
        let unknown = readable.as_ref().map(|readable| minus(&applicable, readable));
        let unknown = unknown.filter(|rows| rows.count_set_bits() > 0);
        Some(failing(applicable, reasons.into_iter()).with_unknown(unknown))
    }

    fn turns_at(&self, (): &()) -> Option<i64> {
        let When::On(today) = self.at else { return None };
        let list = self.allowed.list.entries().iter();
        // The day before which an entry begins, the day after it ends.
        let days = list.flat_map(|entry| [Some(entry.from), entry.to.checked_add(1)]).flatten();
        let next = days.filter(|&day| day > today).min()?;
        Some(i64::from(next) * 86_400_000_000)
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let only = BooleanBuffer::collect_bool(batch.rows(), |at| at == row);
        let reasons = self.reasons(batch, batch.canonical(self.column), &only);
        reasons.iter().find(|(_, rows)| rows.value(row)).map(|(reason, _)| explained(reason))
    }
}

impl InForce {
    /// Why rows fail that can be judged.
    fn reasons(
        &self,
        batch: &Batch<'_>,
        text: &TextColumn,
        judged: &BooleanBuffer,
    ) -> Vec<(&'static str, BooleanBuffer)> {
        let day = self.days(batch);
        let lower = RefCell::new(String::new());
        // Once per distinct value where there is a dictionary.
        let slot = text.mapped(|value| self.allowed.find(value, &mut lower.borrow_mut()));
        let columns: Vec<(&Agreement, &BooleanBuffer, &TextColumn)> = self
            .conditions
            .iter()
            .map(|condition| (condition, batch.present(condition.column), batch.canonical(condition.column)))
            .collect();
        let (mut unknown, mut ended) = (Vec::new(), Vec::new());
        let mut differing: Vec<Vec<usize>> = vec![Vec::new(); columns.len()];
        let entries = self.allowed.list.entries();
        for row in judged.set_indices() {
            let Some(slot) = slot(row).flatten() else {
                unknown.push(row);
                continue;
            };
            let day = day(row);
            let in_force = |at: &usize| day.is_none_or(|day| entries[*at].in_force(day));
            let disagrees =
                |at: usize, (condition, present, text): &(&Agreement, &BooleanBuffer, &TextColumn)| {
                    let value = text.get(row).filter(|_| present.value(row));
                    value.is_some_and(|value| !condition.entries[at].is(value, self.ignore_case))
                };
            let mut candidates = slot.positions().filter(in_force);
            // With several entries in force it is enough that one agrees; the last says how the row differs.
            let Some(last) = candidates.clone().next_back() else {
                ended.push(row);
                continue;
            };
            if candidates.any(|at| !columns.iter().any(|column| disagrees(at, column))) {
                continue;
            }
            for (column, rows) in columns.iter().zip(&mut differing) {
                if disagrees(last, column) {
                    rows.push(row);
                }
            }
        }
        let bits = |rows: &[usize]| {
            let mut bits = BooleanBufferBuilder::new(judged.len());
            bits.append_n(judged.len(), false);
            rows.iter().for_each(|&row| bits.set_bit(row, true));
            bits.finish()
        };
        let mut reasons = vec![(UNKNOWN_CODE, bits(&unknown)), (NOT_IN_FORCE, bits(&ended))];
        for (condition, rows) in self.conditions.iter().zip(&differing) {
            // Two attributes may have one reason; it counts a row once.
            match reasons.iter_mut().find(|(reason, _)| *reason == condition.reason) {
                Some((_, known)) => *known = &*known | &bits(rows),
                None => reasons.push((condition.reason, bits(rows))),
            }
        }
        if let Some(banned) = &self.banned {
            reasons.push((FORBIDDEN, banned.mark(text, judged)));
        }
        reasons
    }

    /// Gives the day of a row on which its code must be in force; none where any will do.
    fn days<'b>(&self, batch: &'b Batch<'_>) -> Box<dyn Fn(usize) -> Option<i32> + 'b> {
        match self.at {
            When::Always => Box::new(|_| None),
            When::On(day) => Box::new(move |_| Some(day)),
            When::Day(column) => {
                let days = batch.typed(column).array.as_primitive::<Date32Type>().values();
                Box::new(|row| Some(days[row]))
            }
            When::Moment(column) => {
                let moments = batch.typed(column).array.as_primitive::<TimestampMicrosecondType>().values();
                Box::new(|row| Some(day_of(moments[row])))
            }
        }
    }
}
