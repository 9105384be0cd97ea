use serde::{Deserialize, Serialize};

use super::limit::{Limit, SKEW_MICROS};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::date_format::{format_date, format_timestamp};
use crate::kernel::memory::for_each_tick;
use crate::kernel::number::show_decimal;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Field};
use crate::rule::code_list::CodeList;
use crate::rule::reader::InputFile;
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "advanced",
    title: Words { en: "newer data than before", vi: "có dữ liệu mới hơn lần trước" },
    dimension: Dimension::Freshness,
    severity: Severity::Critical,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The greatest value of the column is beyond `since`: a value, or the greatest one in a file \
             (`file.csv#column`) in which an earlier run left it; a date stands for the whole day. Times in the future \
             (more than five minutes) do not count. The figure `newest` is what the next run compares with. The file is \
             read together with the rules and must be there; begin with a value that is older than any.",
        vi: "Giá trị lớn nhất của cột vượt quá `since`: một giá trị, hoặc giá trị lớn nhất trong tệp (`tệp.csv#cột`) do \
             lần chạy trước để lại; ghi ngày nghĩa là trọn ngày đó. Thời điểm ở tương lai (quá năm phút) không được tính. \
             Số liệu `newest` là mốc cho lần chạy sau. Tệp được đọc cùng quy tắc nên phải có sẵn; lần đầu ghi một giá trị \
             cũ hơn mọi giá trị.",
    },
    why: Words {
        en: "A job that silently delivers yesterday's data again passes every other rule, as it did yesterday.",
        vi: "Tác vụ âm thầm gửi lại dữ liệu hôm qua vẫn đạt mọi quy tắc khác, như hôm qua đã đạt.",
    },
    fix: Words {
        en: "Find out why the export did not see new rows: a filter on the date, a copy that was not refreshed.",
        vi: "Tìm lý do bản kết xuất không thấy dòng mới: bộ lọc theo ngày, bản sao không được làm mới.",
    },
    example: "advanced: { column: ngay_cap_nhat, since: 2026-11-20 }",
};

arguments! {
    pub struct Advanced {
        /// The column whose values move on: numbers, dates or timestamps.
        column: Column,
        /// What its greatest value must exceed: a value, or `file.csv#column`, relative to the rule file.
        since: Since,
    }
}

/// The values that were reached before; the greatest counts.
#[derive(Debug)]
struct Since {
    values: Vec<Limit>,
    /// The file they stand in, for messages.
    file: Option<String>,
}

impl Field for Since {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?.value;
        let value = Limit(text.clone());
        if value.implied_type().is_some() {
            return Some(Self { values: vec![value], file: None });
        }
        let name = At { value: "since".to_owned(), span: node.span.clone() };
        let list = CodeList::parse(&name, node, context.folder, context.reader)?;
        if let Some((name, blake3)) = list.evidence() {
            context.reader.inputs.push(InputFile { name: name.to_owned(), blake3: blake3.to_owned() });
        }
        // Entries come in the order of their codes.
        let values = list.entries().iter().map(|entry| Limit(entry.code.clone())).collect();
        Some(Self { values, file: Some(text) })
    }
}

impl schemars::JsonSchema for Since {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Since".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["number", "string"] })
    }
}

impl Arguments for Advanced {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for Advanced {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut column = binder.column(&self.column)?;
        let mut ty = binder.column_type(column);
        if matches!(ty, ColumnType::Text | ColumnType::Boolean) {
            // Text is read as what it is compared with.
            ty = match self.since.values.iter().find_map(Limit::implied_type) {
                Some(ColumnType::Integer) | None => ColumnType::Decimal,
                Some(ty) => ty,
            };
            column = binder.column_as(&self.column, ty, None)?;
        }
        let ticks =
            |value: &Limit| value.resolve(ty, binder.as_of_at_end(), true).map(super::limit::Bound::ticks);
        let reached: Option<Vec<i128>> = self.since.values.iter().map(ticks).collect();
        let since = reached.and_then(|values| values.into_iter().max()).ok_or_else(|| {
            let ty = ty.id();
            BindError::Unreadable(match &self.since.file {
                Some(file) => say!(
                    "`{file}` holds something that is no value of type `{ty}`",
                    "`{file}` có giá trị không phải kiểu `{ty}`"
                ),
                None => say!("`since` is no value of type `{ty}`", "`since` không phải giá trị kiểu `{ty}`"),
            })
        })?;
        let latest = match ty {
            ColumnType::Date => i128::from(binder.as_of().div_euclid(86_400_000_000)),
            ColumnType::Timestamp => i128::from(binder.as_of().saturating_add(SKEW_MICROS)),
            _ => i128::MAX,
        };
        Ok(Bound::scan(Beyond { column, ty, since, latest }))
    }
}

struct Beyond {
    column: ColumnId,
    ty: ColumnType,
    since: i128,
    /// What is later is in the future.
    latest: i128,
}

#[derive(Default, Serialize, Deserialize)]
struct Newest {
    newest: Option<i128>,
    rows: u64,
    future: u64,
    /// The first that is.
    ahead: Option<i128>,
    /// Rows that may hold any value.
    unreadable: u64,
}

impl State for Newest {
    fn merge(&mut self, other: Self) {
        self.newest = self.newest.max(other.newest);
        self.rows += other.rows;
        self.future += other.future;
        self.ahead = self.ahead.into_iter().chain(other.ahead).min();
        self.unreadable += other.unreadable;
    }
}

impl Check for Beyond {
    type State = Newest;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Newest) -> Option<RowVerdict> {
        let rows = population.sound(&batch.all());
        state.rows += rows.count_set_bits() as u64;
        let damaged = population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        let mut newest = state.newest;
        let (mut future, mut ahead) = (0, state.ahead);
        let unreadable = for_each_tick(batch, self.column, &rows, |value| {
            if value > self.latest {
                future += 1;
                ahead = ahead.into_iter().chain([value]).min();
            } else {
                newest = newest.max(Some(value));
            }
        });
        state.newest = newest;
        state.future += future;
        state.ahead = ahead;
        state.unreadable += unreadable + damaged;
        None
    }

    fn turns_at(&self, state: &Newest) -> Option<i64> {
        let ahead = i64::try_from(state.ahead?).unwrap_or(i64::MAX);
        Some(match self.ty {
            ColumnType::Date => ahead.saturating_mul(86_400_000_000),
            _ => ahead.saturating_sub(SKEW_MICROS),
        })
    }

    fn measure(&self, _: Tally, state: &Newest) -> Measure {
        let beyond = state.newest.is_some_and(|newest| newest > self.since);
        let tally = match (beyond, state.newest) {
            (true, _) => Tally::new(1, 0, 0, 0),
            (false, Some(_)) if state.unreadable == 0 => Tally::new(0, 1, 0, 0),
            _ => Tally::new(0, 0, 0, u64::from(state.rows + state.unreadable > 0)),
        };
        let mut measure = Measure::of(tally);
        if tally.unknown > 0 {
            measure.note = Some(say!(
                "no usable value is beyond `since`, but not all values could be read",
                "không giá trị dùng được nào vượt `since`, nhưng có giá trị không đọc được"
            ));
        }
        if let Some(newest) = state.newest {
            measure.figures.push(Figure::new("newest", self.show(newest)));
            measure.figures.push(Figure::new("since", self.show(self.since)));
        }
        if state.future > 0 {
            measure.figures.push(Figure::new("future_rows", state.future));
        }
        measure
    }
}

impl Beyond {
    fn show(&self, ticks: i128) -> String {
        match self.ty {
            // Both are made of machine integers that fit.
            ColumnType::Date => format_date(ticks as i32),
            ColumnType::Timestamp => format_timestamp(ticks as i64),
            _ => show_decimal(ticks),
        }
    }
}
