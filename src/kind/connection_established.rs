use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::TimestampMicrosecondType;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::limit::{Limit, SKEW_MICROS};
use super::window::{self, moment};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::text::canonical;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Columns, Field, Texts};
use crate::rule::code_list::CodeList;
use crate::rule::reader::InputFile;
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Value, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "connection_established",
    title: Words { en: "mandated connections that work", vi: "kết nối bắt buộc đã thông" },
    dimension: Dimension::Sharing,
    severity: Severity::Critical,
    unit: Unit::Connection,
    scale: Scale::Ratio,
    what: Words {
        en: "Each connection of a list of mandated ones (`mandated`, a file or a code list) had at least one success, \
             between `from` and `to` where a `time` is named; `columns` hold the list's code, in the same order. Connections that are not in force at the moment of the run are not \
             applicable; those of which only attempts without a usable time or result are there, or that rows without a usable \
             key may be of, are unknown.",
        vi: "Mỗi kết nối trong danh sách bắt buộc (`mandated`, tệp hoặc danh mục) có ít nhất một lần thành công, trong \
             khoảng từ `from` đến `to` nếu có `time`; `columns` chứa mã của danh mục, theo cùng thứ tự. Kết nối chưa hoặc không còn hiệu lực khi đánh giá là không áp dụng; kết nối \
             chỉ có lần thử không rõ thời điểm hoặc kết quả, hoặc có thể thuộc dòng không rõ khóa, là không đo được.",
    },
    why: Words {
        en: "A connection that the law asks for and nobody ever used exists on paper only.",
        vi: "Kết nối do pháp luật yêu cầu mà chưa từng chạy thì chỉ có trên giấy.",
    },
    fix: Words {
        en: "Set up the connections that are named as missing, and let each side try one.",
        vi: "Thiết lập các kết nối còn thiếu được nêu tên, mỗi bên chạy thử một lần.",
    },
    example: "connection_established: { columns: [ben_khai_thac, dich_vu], result: ma_ket_qua, success: ['200'], mandated: { file: \
              bat_buoc.csv, code: [ben, dich_vu], valid_from: tu_ngay } }",
};

arguments! {
    pub struct Established {
        /// The columns that say which connection it is.
        columns: Columns,
        /// The column that says how an attempt ended.
        result: Column,
        /// The results that are a success.
        success: Texts,
        /// The connections that there must be: a file with the columns of their `code` and the days from which and until
        /// which they are in force, or the name of a code list.
        mandated: Mandated,
        /// The column that says when it was tried.
        time: Option<Column>,
        /// The first moment that counts.
        from: Option<At<Limit>>,
        /// The last one.
        to: Option<At<Limit>>,
    }
}

/// A code list of one column or several.
#[derive(Debug)]
struct Mandated {
    name: At<String>,
    list: Arc<CodeList>,
}

impl Field for Mandated {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        if let Value::Map(_) = node.value {
            let name = At { value: "mandated".to_owned(), span: node.span.clone() };
            let list = CodeList::composite(&name, node, context.folder, context.reader)?;
            if let Some((name, blake3)) = list.evidence() {
                context.reader.inputs.push(InputFile { name: name.to_owned(), blake3: blake3.to_owned() });
            }
            return Some(Self { list: Arc::new(list), name });
        }
        let name = context.reader.text(node)?;
        if let Some(list) = context.code_lists.get(&name.value) {
            return Some(Self { list: Arc::clone(list), name });
        }
        let value = &name.value;
        context.reader.unknown(
            &name,
            say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
            context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
        );
        None
    }
}

impl JsonSchema for Mandated {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Mandated".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

impl Arguments for Established {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let mut sound = window::are_moments([&self.from, &self.to], context);
        let (list, named) = (&self.mandated.list, self.columns.len());
        let parts = list.entries().first().map_or(named, |entry| CodeList::parts(&entry.code).count());
        if parts != named {
            let what = say!(
                "a code of the list has {parts} parts, and {named} columns are named",
                "mã trong danh mục gồm {parts} phần, nhưng nêu {named} cột"
            );
            context.reader.error(&self.mandated.name.span, what);
            sound = false;
        }
        if self.time.is_none() && (self.from.is_some() || self.to.is_some()) {
            context.reader.error(
                &at.span,
                say!("`from` and `to` say nothing without `time`", "có `from` hoặc `to` thì phải có `time`"),
            );
            sound = false;
        }
        sound
    }
}

impl Spec for Established {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.mandated.name.value.clone()
    }

    fn code_lists(&self) -> Vec<&CodeList> {
        vec![&self.mandated.list]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let columns = self.columns.iter().map(|column| binder.column(column)).collect::<Result<_, _>>()?;
        let time = self.time.as_ref();
        let time = time.map(|time| binder.column_as(time, ColumnType::Timestamp, None)).transpose()?;
        let result = binder.column(&self.result)?;
        // Times ahead of the run are not believed, so rows are judged by it.
        let as_of = if time.is_some() { binder.as_of() } else { binder.as_of_at_end() };
        let bound = |bound: &Option<At<Limit>>, last| bound.as_ref().and_then(|it| moment(it, as_of, last));
        Ok(Bound::scan(Mandate {
            columns,
            result,
            success: self.success.iter().map(|word| canonical(&word.value).into_owned()).collect(),
            time,
            from: bound(&self.from, false),
            to: bound(&self.to, true),
            as_of,
            list: self.list(),
        }))
    }
}

/// The stretches of days in which something is in force.
type Days = Vec<(i32, i32)>;

impl Established {
    /// What the list mandates, by the parts of its code.
    fn list(&self) -> Vec<(Vec<String>, Days)> {
        let mut all: BTreeMap<Vec<String>, Days> = BTreeMap::new();
        for entry in self.mandated.list.entries() {
            let key = CodeList::parts(&entry.code).map(str::to_owned).collect();
            all.entry(key).or_default().push((entry.from, entry.to));
        }
        all.into_iter().collect()
    }
}

struct Mandate {
    columns: Vec<ColumnId>,
    result: ColumnId,
    /// Canonical.
    success: Vec<String>,
    time: Option<ColumnId>,
    from: Option<i64>,
    to: Option<i64>,
    as_of: i64,
    list: Vec<(Vec<String>, Days)>,
}

/// Connections by their places in the list.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Found {
    succeeded: BTreeSet<u32>,
    /// Those of which an attempt cannot be judged.
    unclear: BTreeSet<u32>,
    /// Rows that may be of any of them.
    unread: u64,
    /// The first time that lies ahead.
    ahead: Option<i64>,
}

impl State for Found {
    fn merge(&mut self, other: Self) {
        self.succeeded.extend(other.succeeded);
        self.unclear.extend(other.unclear);
        self.unread += other.unread;
        self.ahead = self.ahead.into_iter().chain(other.ahead).min();
    }
}

/// Connections that are named in the note.
const NAMED: usize = 20;

impl Check for Mandate {
    type State = Found;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Found) -> Option<RowVerdict> {
        let all = batch.all();
        let ended = batch.present(self.result);
        let success =
            batch.canonical(self.result).mark(ended, |word| self.success.iter().any(|it| it == word));
        let mut unclear = minus(&all, ended);
        let mut within = all.clone();
        if let Some(time) = self.time {
            let typed = batch.typed(time);
            let times = typed.array.as_primitive::<TimestampMicrosecondType>().values();
            let inside =
                |time: i64| self.from.is_none_or(|from| time >= from) && self.to.is_none_or(|to| time <= to);
            let horizon = self.as_of.saturating_add(SKEW_MICROS);
            let ahead = BooleanBuffer::collect_bool(times.len(), |row| times[row] > horizon);
            let ahead = population.sound(&(&typed.parsed & &ahead));
            state.ahead = ahead.set_indices().map(|row| times[row]).chain(state.ahead).min();
            let untimed = minus(&all, &typed.parsed);
            let inside = BooleanBuffer::collect_bool(times.len(), |row| inside(times[row]));
            within = &(&typed.parsed & &inside) | &untimed;
            unclear = &(&unclear | &untimed) | &ahead;
        }
        state.unread += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        let keyed = self.columns.iter().fold(all, |keyed, &column| &keyed & batch.present(column));
        let rows = population.sound(&(&within & &(&success | &unclear)));
        state.unread += minus(&rows, &keyed).count_set_bits() as u64;
        let texts: Vec<_> = self.columns.iter().map(|&column| batch.canonical(column)).collect();
        for row in (&rows & &keyed).set_indices() {
            let own = texts.iter().map(|text| text.get(row).unwrap_or_default());
            let found =
                self.list.binary_search_by(|(key, _)| key.iter().map(String::as_str).cmp(own.clone()));
            let Ok(place) = found else { continue };
            let place = place as u32;
            match unclear.value(row) {
                true => state.unclear.insert(place),
                false => state.succeeded.insert(place),
            };
        }
        None
    }

    fn turns_at(&self, state: &Found) -> Option<i64> {
        Some(state.ahead?.saturating_sub(SKEW_MICROS))
    }

    fn measure(&self, _: Tally, state: &Found) -> Measure {
        let today = self.as_of.div_euclid(86_400_000_000) as i32;
        let (mut tally, mut lacking) = (Tally::default(), Vec::new());
        for (place, (key, days)) in self.list.iter().enumerate() {
            let place = place as u32;
            if !days.iter().any(|&(from, to)| (from..=to).contains(&today)) {
                tally.na += 1;
            } else if state.succeeded.contains(&place) {
                tally.pass += 1;
            } else {
                match state.unread > 0 || state.unclear.contains(&place) {
                    true => tally.unknown += 1,
                    false => tally.fail += 1,
                }
                lacking.push(key.join(" / "));
            }
        }
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new("mandated", tally.applicable()));
        measure.figures.push(Figure::new("established", tally.pass));
        if tally.na > 0 {
            measure.figures.push(Figure::new("not_in_force", tally.na));
        }
        if !lacking.is_empty() {
            let more = lacking.len().saturating_sub(NAMED);
            let rest = if more > 0 { format!(" (+{more})") } else { String::new() };
            lacking.truncate(NAMED);
            let named = lacking.join(", ");
            measure.note =
                Some(say!("without a success: {named}{rest}", "chưa có lần thành công: {named}{rest}"));
        }
        measure
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_seeing_all(
            rows in prop::collection::vec((0u32..4, any::<bool>(), 0u64..2), 0..24),
            at in 0usize..24,
        ) {
            let part = |rows: &[(u32, bool, u64)]| {
                let mut state = Found::default();
                for &(place, clear, unread) in rows {
                    if clear { &mut state.succeeded } else { &mut state.unclear }.insert(place);
                    state.unread += unread;
                }
                state
            };
            let (left, right) = rows.split_at(at.min(rows.len()));
            let (mut ab, mut ba) = (part(left), part(right));
            ab.merge(part(right));
            ba.merge(part(left));
            prop_assert_eq!(&ab, &part(&rows));
            prop_assert_eq!(&ba, &ab);
        }
    }
}
