//! A column as the generator sees it: what its values are, gathered from its declaration and from the rules about it.

use std::sync::Arc;

use super::pattern::Walk;
use crate::format::Judge;
use crate::kernel::ColumnType;
use crate::kernel::date_format::{DateFormat, write_moment};
use crate::kernel::number::{self, Parsed};
use crate::kernel::text::Pattern;
use crate::rule::code_list::CodeList;
use crate::rule::{Column, Demand, Table};

/// Values as numbers: amounts in millionths, times in microseconds of local time.
pub type Units = i128;

pub const ONE: Units = 1_000_000;
pub const DAY: Units = 86_400_000_000;

/// What a column must hold.
pub struct Field {
    pub name: String,
    pub role: String,
    /// Whose: columns of one person or organisation have the same word here.
    pub of: String,
    pub ty: ColumnType,
    /// How its dates are written.
    pub pattern: String,
    formats: Arc<[DateFormat]>,
    /// A rule asks for a value in every row.
    pub required: bool,
    pub low: Option<Units>,
    pub high: Option<Units>,
    pub list: Option<Arc<CodeList>>,
    /// Other columns that repeat what the list says of the code: column, attribute.
    pub repeats: Vec<(usize, usize)>,
    pub format: Option<(&'static str, Arc<dyn Judge>)>,
    pub walk: Option<Walk>,
    regex: Option<Pattern>,
    pub length: Option<(u64, u64)>,
    /// A rule looks at how its text is written.
    pub clean: bool,
    /// A rule looks at its type.
    pub typed: bool,
    /// The age in seconds that its times may have; of all rows, or of the newest one.
    pub fresh: Option<u64>,
    pub ages: bool,
    /// How female and male are written.
    pub genders: Option<(Vec<String>, Vec<String>)>,
}

/// The columns that a table has or that its rules speak of.
pub fn fields(table: &Table, as_of: i64) -> Vec<Field> {
    let mut names: Vec<String> = table.columns.iter().map(|column| column.name.value.clone()).collect();
    let rules = table.rules.iter().flat_map(|rule| rule.spec.columns());
    let conditions = table.rules.iter().filter_map(|rule| rule.when.as_ref());
    let conditions = conditions.flat_map(|when| when.value.columns().to_vec());
    for name in rules.map(|column| column.value).chain(table.key_names()).chain(conditions) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut fields: Vec<Field> = names.iter().map(|name| Field::new(name, table.column(name))).collect();
    for rule in &table.rules {
        let columns = rule.spec.columns();
        let Some(first) = columns.first().and_then(|first| names.iter().position(|n| *n == first.value))
        else {
            continue;
        };
        for demand in rule.spec.demands() {
            // What holds for some rows only is seen to where a row lacks it.
            if rule.when.is_none() {
                fields[first].heed(&demand, as_of);
            }
            match demand {
                Demand::Gender { column, female, male } => {
                    if let Some(at) = names.iter().position(|name| *name == column) {
                        fields[at].genders = Some((female, male));
                    }
                }
                Demand::Listed { repeats, .. } => {
                    let places = repeats.iter().filter_map(|(column, attribute)| {
                        Some((names.iter().position(|name| name == column)?, *attribute))
                    });
                    fields[first].repeats.extend(places);
                }
                _ => {}
            }
        }
    }
    fields
}

impl Field {
    fn new(name: &str, column: Option<&Column>) -> Self {
        let ty = column.and_then(|column| column.ty).unwrap_or(ColumnType::Text);
        let mut field = Self {
            name: name.to_owned(),
            role: column
                .and_then(|column| column.role)
                .map_or_else(|| guess(name), |role| role.name)
                .to_owned(),
            of: column.and_then(|column| column.of.clone()).unwrap_or_default(),
            ty: ColumnType::Text,
            pattern: String::new(),
            formats: Arc::new([]),
            required: column.is_some_and(|column| column.required == Some(true)),
            low: None,
            high: None,
            list: None,
            repeats: Vec::new(),
            format: None,
            walk: None,
            regex: None,
            length: None,
            clean: false,
            typed: false,
            fresh: None,
            ages: false,
            genders: None,
        };
        field.read_as(ty, column.and_then(|column| column.formats.as_deref()));
        field
    }

    fn read_as(&mut self, ty: ColumnType, formats: Option<&[String]>) {
        self.ty = ty;
        self.formats = Column::date_formats(formats, ty);
        let first = self.formats.first().map(|format| format.pattern().to_owned());
        self.pattern = first.unwrap_or_default();
    }

    /// Takes note of what a rule demands.
    fn heed(&mut self, demand: &Demand, as_of: i64) {
        match demand {
            Demand::Present => self.required = true,
            Demand::Type(ty) => {
                self.typed = true;
                if let (Some(ty), ColumnType::Text) = (ty, self.ty) {
                    self.read_as(*ty, None);
                }
            }
            Demand::Format { name, judge } => self.format = Some((name, Arc::clone(judge))),
            Demand::Pattern(regex) => {
                self.walk = Walk::new(regex);
                self.regex = Pattern::new(regex).ok();
            }
            Demand::Within { low, high } => {
                if self.ty == ColumnType::Text {
                    let ty = [low, high].into_iter().flatten().find_map(|bound| implied(bound));
                    self.read_as(ty.unwrap_or(ColumnType::Text), None);
                }
                let bound = |text: &Option<String>| text.as_deref().and_then(|text| bound(text, as_of));
                self.low = self.low.max(bound(low));
                self.high = match (self.high, bound(high)) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
            Demand::Length { low, high } => self.length = Some((*low, *high)),
            Demand::Listed { list, .. } => self.list = Some(Arc::clone(list)),
            Demand::Clean | Demand::Name => self.clean = true,
            Demand::Fresh { seconds, rows } => {
                self.fresh = Some(self.fresh.map_or(*seconds, |known| known.min(*seconds)));
                self.ages |= rows;
                if self.ty == ColumnType::Text {
                    self.read_as(ColumnType::Timestamp, None);
                }
            }
            _ => {}
        }
    }

    /// Whether its values are days or moments.
    pub const fn is_time(&self) -> bool {
        matches!(self.ty, ColumnType::Date | ColumnType::Timestamp)
    }

    pub const fn is_number(&self) -> bool {
        matches!(self.ty, ColumnType::Integer | ColumnType::Decimal)
    }

    /// Whether a rule's regular expression matches the whole value.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.as_ref().is_none_or(|regex| regex.is_match(value))
    }

    /// The step between two neighbouring values.
    pub const fn step(&self) -> Units {
        match self.ty {
            ColumnType::Date => DAY,
            ColumnType::Integer | ColumnType::Timestamp => ONE,
            _ => 1,
        }
    }

    /// A value as a number, if it is one.
    pub fn units(&self, text: &str) -> Option<Units> {
        match self.ty {
            ColumnType::Date => {
                self.formats.iter().find_map(|f| f.parse_date(text)).map(|day| Units::from(day) * DAY)
            }
            ColumnType::Timestamp => {
                self.formats.iter().find_map(|f| f.parse_timestamp(text)).map(Units::from)
            }
            _ => match number::decimal(text) {
                Parsed::Value(value) => Some(value / 1_000_000_000_000),
                _ => None,
            },
        }
    }

    /// A number as a value: the greatest one that is not above it.
    pub fn text(&self, units: Units) -> String {
        match self.ty {
            ColumnType::Date | ColumnType::Timestamp => write_moment(&self.pattern, units),
            ColumnType::Integer => units.div_euclid(ONE).to_string(),
            _ => number::show_decimal(units.saturating_mul(1_000_000_000_000)),
        }
    }

    /// Brings a number between the bounds.
    pub fn clamped(&self, units: Units) -> Units {
        let units = self.low.map_or(units, |low| units.max(low));
        self.high.map_or(units, |high| units.min(high))
    }
}

/// The role of a column that declares none, by names that every register uses.
fn guess(name: &str) -> &'static str {
    match name {
        "so_dinh_danh" | "so_cccd" => "person_id",
        "ho_ten" | "ho_va_ten" => "person_name",
        "ngay_sinh" => "birth_date",
        "gioi_tinh" => "gender",
        "so_dien_thoai" => "phone",
        "email" => "email",
        "dia_chi" => "address",
        _ => "",
    }
}

fn implied(bound: &str) -> Option<ColumnType> {
    match number::decimal(bound) {
        Parsed::Value(_) if bound.contains('.') => Some(ColumnType::Decimal),
        Parsed::Value(_) => Some(ColumnType::Integer),
        _ => Some(ColumnType::Date),
    }
}

/// A bound as rule files write it.
pub fn bound(text: &str, as_of: i64) -> Option<Units> {
    if text == "as_of" {
        return Some(as_of.into());
    }
    match number::decimal(text) {
        Parsed::Value(value) => Some(value / 1_000_000_000_000),
        _ => crate::kernel::expression::time(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(ty: ColumnType, formats: &[&str]) -> Field {
        let mut field = Field::new("x", None);
        let formats: Vec<String> = formats.iter().map(|&format| format.to_owned()).collect();
        field.read_as(ty, (!formats.is_empty()).then_some(&formats));
        field
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let moment = 20_778 * DAY + 45_296 * ONE;
        let shapes = [
            (field(ColumnType::Date, &[]), moment - 45_296 * ONE, "2026-11-21"),
            (field(ColumnType::Date, &["%d/%m/%Y"]), moment - 45_296 * ONE, "21/11/2026"),
            (field(ColumnType::Timestamp, &[]), moment, "2026-11-21 12:34:56"),
            (field(ColumnType::Timestamp, &["%Y%m%d%H%M"]), moment - 56 * ONE, "202611211234"),
            (field(ColumnType::Integer, &[]), 12 * ONE, "12"),
            (field(ColumnType::Decimal, &[]), -12_500_000, "-12.5"),
        ];
        for (field, units, text) in shapes {
            assert_eq!(field.text(units), text);
            assert_eq!(field.units(text), Some(units), "{text}");
        }
    }
}
