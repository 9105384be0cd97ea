//! One column as text: views into the extract's own bytes, once per distinct value where there is a dictionary.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBufferBuilder, Int32Array, StringViewArray, StringViewBuilder,
    make_array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type, TimestampMicrosecondType};
use serde::{Deserialize, Serialize};

use super::date_format::{DAY, DateFormat};
use super::likeness::padded;
use super::text::column::{self as text_kernel, Plain};
use super::text::{PlaceholderList, Placeholders, ValueState, canonical};
use crate::base::placeholders;

/// What a column holds, as declared or as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
}

impl ColumnType {
    pub const WORDS: [(&'static str, Self); 6] = [
        ("text", Self::Text),
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("timestamp", Self::Timestamp),
    ];

    pub fn id(self) -> &'static str {
        Self::WORDS.iter().find(|(_, ty)| *ty == self).map_or("", |(word, _)| word)
    }

    /// Whether equal values of both types are spelt alike: a number in one way, a text as it is written.
    pub const fn is_spelt_as(self, other: Self) -> bool {
        match self {
            Self::Integer | Self::Decimal => matches!(other, Self::Integer | Self::Decimal),
            Self::Date => matches!(other, Self::Date),
            Self::Timestamp => matches!(other, Self::Timestamp),
            Self::Text => matches!(other, Self::Text),
            Self::Boolean => matches!(other, Self::Boolean),
        }
    }

    /// What a column of an extract is when nothing is declared; `None` for types that rules cannot read.
    pub fn found(found: &DataType) -> Option<Self> {
        Some(match found {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Self::Text,
            DataType::Dictionary(_, value) => return Self::found(value),
            DataType::Boolean => Self::Boolean,
            found if found.is_integer() => Self::Integer,
            found if found.is_floating() => Self::Decimal,
            DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Self::Decimal,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            DataType::Time32(_) | DataType::Time64(_) => Self::Text,
            _ => return None,
        })
    }
}

/// How a rule wants to read a column of the extract.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    pub name: String,
    /// Position among the arrays that a batch is built from.
    pub source: usize,
    pub ty: ColumnType,
    /// For dates and timestamps; the first that fits a value is taken.
    pub formats: Arc<[DateFormat]>,
    /// What counts as a stand-in for a value.
    pub placeholders: Arc<Placeholders>,
    /// Digits are filled up with zeros to so many.
    pub pad: Option<u32>,
}

/// The value states of a column (every cell is in exactly one).
#[derive(Clone, Debug)]
pub struct States {
    pub present: BooleanBuffer,
    pub null: Option<BooleanBuffer>,
    pub blank: Option<BooleanBuffer>,
    pub placeholder: Option<BooleanBuffer>,
}

impl States {
    /// The states of an array that is not text: null, or a stand-in date or number, or present. `None` where text must
    /// answer.
    pub fn of_typed(array: &ArrayRef, placeholders: &Placeholders) -> Option<Self> {
        let array = match array.data_type() {
            DataType::Dictionary(_, value) => &cast(array, value)?,
            _ => array,
        };
        let days = |days: &[i32]| {
            BooleanBuffer::collect_bool(days.len(), |row| placeholders.is_placeholder_day(days[row]))
        };
        let stand_in = match (ColumnType::found(array.data_type())?, array.data_type()) {
            (ColumnType::Text, _) => return None,
            (ColumnType::Date, DataType::Date32) => Some(days(array.as_primitive::<Date32Type>().values())),
            (ColumnType::Date, _) => {
                let array = cast(array, &DataType::Date32)?;
                Some(days(array.as_primitive::<Date32Type>().values()))
            }
            (ColumnType::Timestamp, _) => {
                let moments = super::typed::local_timestamps(array)?;
                let moments = moments.as_primitive::<TimestampMicrosecondType>().values();
                Some(BooleanBuffer::collect_bool(moments.len(), |row| {
                    let (day, time) = (moments[row].div_euclid(DAY), moments[row].rem_euclid(DAY));
                    time == 0 && i32::try_from(day).is_ok_and(|day| placeholders.is_placeholder_day(day))
                }))
            }
            _ if placeholders.numbers().is_empty() => None,
            (ColumnType::Integer, found) if *found != DataType::UInt64 => {
                let array = cast(array, &DataType::Int64)?;
                let values = array.as_primitive::<Int64Type>().values();
                Some(BooleanBuffer::collect_bool(values.len(), |row| {
                    placeholders.numbers().binary_search(&values[row]).is_ok()
                }))
            }
            // The words are compared with what the number looks like as text.
            _ => return None,
        };
        let valid = array
            .logical_nulls()
            .map_or_else(|| BooleanBuffer::new_set(array.len()), |nulls| nulls.inner().clone());
        let null = (valid.count_set_bits() < valid.len()).then(|| !&valid);
        let placeholder = stand_in.map(|rows| &rows & &valid).filter(|rows| rows.count_set_bits() > 0);
        let present =
            placeholder.as_ref().map_or_else(|| valid.clone(), |rows| super::verdict::minus(&valid, rows));
        Some(Self { present, null, blank: None, placeholder })
    }
}

/// The placeholders of a column for which the rule file says nothing: words everywhere, repeated digits where codes
/// are kept, stand-in dates where dates are. `more` are words of its own.
pub fn standard_placeholders(codes: bool, dates: bool, more: &[String]) -> Arc<Placeholders> {
    // Nearly all columns share these four; making one takes longer than judging a small table by it.
    static USUAL: [OnceLock<Arc<Placeholders>>; 4] = [const { OnceLock::new() }; 4];
    if more.is_empty() {
        let which = usize::from(codes) * 2 + usize::from(dates);
        return Arc::clone(USUAL[which].get_or_init(|| Arc::new(placeholders_of(codes, dates, more))));
    }
    Arc::new(placeholders_of(codes, dates, more))
}

fn placeholders_of(codes: bool, dates: bool, more: &[String]) -> Placeholders {
    let mut words = placeholders::STRINGS.to_vec();
    words.extend(placeholders::IDENTIFIERS.iter().filter(|_| codes));
    words.extend(more.iter().map(String::as_str));
    Placeholders::of(&PlaceholderList {
        strings: &words,
        dates: if dates { placeholders::DATES } else { &[] },
        one_digit: codes,
    })
}

/// A column of text, row by row or as a dictionary.
#[derive(Clone, Debug)]
pub struct TextColumn {
    values: StringViewArray,
    /// Row → value; `None` when every row has its own value.
    keys: Option<Int32Array>,
}

impl TextColumn {
    /// Any array that a rule can read, as text. `None` for nested and binary types.
    pub fn of(array: &ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8View => Some(Self { values: array.as_string_view().clone(), keys: None }),
            DataType::Dictionary(key, value) if ColumnType::found(value) == Some(ColumnType::Text) => {
                let wanted = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View));
                let array = if **key == DataType::Int32 && **value == DataType::Utf8View {
                    Arc::clone(array)
                } else {
                    cast(array, &wanted)?
                };
                let dictionary = array.as_dictionary::<Int32Type>();
                let values = dictionary.values().as_string_view().clone();
                Some(Self { values, keys: Some(dictionary.keys().clone()) })
            }
            found => {
                ColumnType::found(found)?;
                Some(Self { values: cast(array, &DataType::Utf8View)?.as_string_view().clone(), keys: None })
            }
        }
    }

    pub fn len(&self) -> usize {
        self.keys.as_ref().map_or(self.values.len(), Array::len)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, row: usize) -> Option<&str> {
        let at = match &self.keys {
            Some(keys) if keys.is_valid(row) => keys.value(row) as usize,
            Some(_) => return None,
            None => row,
        };
        self.values.is_valid(at).then(|| self.values.value(at))
    }

    /// As an Arrow array with one value a row.
    pub fn to_array(&self) -> ArrayRef {
        match &self.keys {
            None => Arc::new(self.values.clone()),
            Some(keys) => arrow::compute::take(&self.values, keys, None).unwrap_or_else(|_| {
                make_array(arrow::array::ArrayData::new_null(&DataType::Utf8View, self.len()))
            }),
        }
    }

    /// Rows that are `on` and whose value satisfies `test`; the test runs once per distinct value of a dictionary.
    pub fn mark(&self, on: &BooleanBuffer, mut test: impl FnMut(&str) -> bool) -> BooleanBuffer {
        match &self.keys {
            None => match self.values.nulls().filter(|nulls| nulls.null_count() > 0) {
                Some(valid) => text_kernel::passing(&self.values, &(on & valid.inner()), test),
                None => text_kernel::passing(&self.values, on, test),
            },
            Some(keys) => {
                let hits = BooleanBuffer::collect_bool(self.values.len(), |at| {
                    self.values.is_valid(at) && test(self.values.value(at))
                });
                let raw = keys.values();
                BooleanBuffer::collect_bool(raw.len(), |row| on.value(row) && hits.value(raw[row] as usize))
            }
        }
    }

    /// Gives, for any row, a function's result on its value; `None` for null rows. Values of a dictionary are put
    /// through the function once, here; others when their row is asked for.
    pub fn mapped<T: Copy>(&self, function: impl Fn(&str) -> T) -> impl Fn(usize) -> Option<T> {
        let of_values: Option<Vec<Option<T>>> =
            self.keys.as_ref().map(|_| self.values.iter().map(|value| value.map(&function)).collect());
        move |row| match (&self.keys, &of_values) {
            (Some(keys), Some(results)) => keys.is_valid(row).then(|| results[keys.value(row) as usize])?,
            _ => self.get(row).map(&function),
        }
    }

    fn validity(&self) -> Option<NullBuffer> {
        match &self.keys {
            None => self.values.nulls().cloned(),
            Some(keys) if self.values.null_count() == 0 => keys.nulls().cloned(),
            Some(keys) => Some(
                keys.iter().map(|key| key.is_some_and(|key| self.values.is_valid(key as usize))).collect(),
            ),
        }
    }

    /// Null, blank, placeholder or present, for every row.
    pub fn states(&self, placeholders: &Placeholders) -> States {
        let rows = self.len();
        let null = self.validity().filter(|valid| valid.null_count() > 0).map(|valid| !valid.inner());
        if self.keys.is_none() {
            let found = text_kernel::states(&self.values, placeholders);
            let bits = |rare: &[u32]| (!rare.is_empty()).then(|| set_bits(rows, rare));
            let (blank, placeholder) = (bits(&found.blank), bits(&found.placeholder));
            return States { present: found.present, null, blank, placeholder };
        }
        let on = null.as_ref().map_or_else(|| BooleanBuffer::new_set(rows), |null| !null);
        let only = |state: ValueState| self.mark(&on, |value| placeholders.classify(value) == state);
        let rare = |state| Some(only(state)).filter(|rows| rows.count_set_bits() > 0);
        let present = only(ValueState::Present);
        let all = present.count_set_bits() == on.count_set_bits();
        let rare = |state| if all { None } else { rare(state) };
        States { null, blank: rare(ValueState::Blank), placeholder: rare(ValueState::Placeholder), present }
    }

    /// Which values are plain text.
    pub fn plain(&self) -> Plain {
        text_kernel::plain(&self.values)
    }

    /// Rows that are `on` and whose raw value is cleanly written.
    pub fn clean(&self, on: &BooleanBuffer, plain: &Plain) -> BooleanBuffer {
        self.lift(on, |values| text_kernel::clean(&self.values, values, plain))
    }

    /// Rows that are `on` and whose value is among those that `choose` takes from the values that occur.
    fn lift(
        &self,
        on: &BooleanBuffer,
        choose: impl FnOnce(&BooleanBuffer) -> BooleanBuffer,
    ) -> BooleanBuffer {
        let Some(keys) = &self.keys else { return choose(on) };
        let values = BooleanBuffer::new_set(self.values.len());
        let chosen = choose(&self.values.nulls().map_or(values, |nulls| nulls.inner().clone()));
        let raw = keys.values();
        BooleanBuffer::collect_bool(raw.len(), |row| on.value(row) && chosen.value(raw[row] as usize))
    }

    /// The same column with every present value in canonical form (NFC, trimmed); shared when nothing changes.
    pub fn canonical(&self, present: &BooleanBuffer, plain: &Plain) -> Self {
        let open = match &self.keys {
            None => super::verdict::minus(present, plain.rows()),
            Some(_) => !plain.rows(),
        };
        let already =
            open.set_indices().all(|at| self.values.is_null(at) || is_canonical(self.values.value(at)));
        if already {
            return self.clone();
        }
        self.rewritten(canonical)
    }

    /// The same column with digits filled up with zeros.
    pub fn padded(&self, width: u32) -> Self {
        self.rewritten(|value| padded(value, width))
    }

    fn rewritten<'v>(&'v self, rewrite: impl Fn(&'v str) -> Cow<'v, str>) -> Self {
        let mut values = StringViewBuilder::with_capacity(self.values.len());
        for value in &self.values {
            match value {
                Some(value) => values.append_value(rewrite(value)),
                None => values.append_null(),
            }
        }
        Self { values: values.finish(), keys: self.keys.clone() }
    }
}

fn is_canonical(value: &str) -> bool {
    matches!(canonical(value), Cow::Borrowed(same) if same.len() == value.len())
}

fn set_bits(rows: usize, set: &[u32]) -> BooleanBuffer {
    let mut bits = BooleanBufferBuilder::new(rows);
    bits.append_n(rows, false);
    set.iter().for_each(|&row| bits.set_bit(row as usize, true));
    bits.finish()
}

/// Casts without ever failing on a value; `None` when the types have no cast.
pub(super) fn cast(array: &ArrayRef, to: &DataType) -> Option<ArrayRef> {
    cast_with_options(array, to, &CastOptions { safe: true, ..CastOptions::default() }).ok()
}
