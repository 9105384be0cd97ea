//! The items of a dictionary, each kept, broken, not to be judged, or not known.

use super::check::{Conforms, Described, Observed, OurCodes, Seen};
use crate::kernel::ColumnType;
use crate::kernel::text::mask;
use crate::kind::sightings::{Sighted, fits};
use crate::state::{Figure, Measure, Tally};

/// How many codes and strange columns are named.
const SHOWN: usize = 20;

/// What becomes of one item.
enum Item {
    Kept,
    /// With the name of the figure, and what is said behind the entry's name.
    Broken(&'static str, String),
    /// There is no value to judge.
    Na,
    /// It cannot be judged; with the name of the figure that says so, if one does.
    Unknown(Option<&'static str>),
}

/// The items of all entries, and what is said of those that are not kept.
#[derive(Default)]
pub(super) struct Items {
    tally: Tally,
    figures: Vec<Figure>,
}

impl Items {
    pub fn of(table: &Conforms, seen: &Seen) -> Self {
        let mut items = Self::default();
        if seen.found.files() == 0 {
            return items;
        }
        let nothing = Observed::default();
        for (at, described) in table.described.iter().enumerate() {
            let values = seen.columns.get(at).unwrap_or(&nothing);
            items.entry(described, values, seen);
        }
        items.undescribed(table, seen);
        items.figure("entries", table.described.len());
        items.figure("attributes", table.attributes);
        items.figure("attributes_not_compared", table.kept);
        for name in &table.contradictions {
            items.figure("dictionary_contradicts", name);
        }
        items
    }

    pub fn measure(self) -> Measure {
        let mut measure = Measure::of(self.tally);
        measure.figures = self.figures;
        measure
    }

    fn figure(&mut self, name: &str, value: impl ToString) {
        self.figures.push(Figure::new(name, value));
    }

    fn entry(&mut self, described: &Described, values: &Observed, seen: &Seen) {
        let name = &described.entry.name;
        let sighted = described.ours.as_ref().and_then(|ours| Some((seen.found.of(ours)?, ours)));
        let Some((sighted, ours)) = sighted else {
            let count = described.said();
            if described.entry.required == Some(false) {
                self.tally.na += count;
            } else {
                self.tally.fail += count;
                self.figure("missing", name);
            }
            return;
        };
        let everywhere = seen.found.is_everywhere(ours);
        self.item(name, if everywhere { Item::Kept } else { Item::Broken("missing", String::new()) });
        let judged = described.judged(sighted, values, seen.unknown > 0);
        judged.into_iter().flatten().for_each(|item| self.item(name, item));
        if let OurCodes::Declared { missing, extra } = &described.codes {
            for (figure, codes) in [("codes_missing", missing), ("codes_extra", extra)] {
                if !codes.is_empty() {
                    self.figure(figure, format!("{name}: {}", some_of(codes)));
                }
            }
        }
    }

    fn item(&mut self, name: &str, item: Item) {
        match item {
            Item::Kept => self.tally.pass += 1,
            Item::Na => self.tally.na += 1,
            Item::Unknown(figure) => {
                self.tally.unknown += 1;
                figure.into_iter().for_each(|figure| self.figure(figure, name));
            }
            Item::Broken(figure, why) => {
                self.tally.fail += 1;
                match (figure.is_empty(), why.is_empty()) {
                    (true, _) => {}
                    (false, true) => self.figure(figure, name),
                    (false, false) => self.figure(figure, format!("{name}: {why}")),
                }
            }
        }
    }

    /// Columns that no entry describes. Names that nobody declared may be data, where a file lacks its header.
    fn undescribed(&mut self, table: &Conforms, seen: &Seen) {
        let is_described = |name: &String| table.described.iter().any(|it| it.ours.as_ref() == Some(name));
        let strange: Vec<&String> = seen.found.names().filter(|name| !is_described(name)).collect();
        if strange.is_empty() {
            return;
        }
        self.tally.fail += if table.closed { strange.len() as u64 } else { 0 };
        self.figure("undescribed", strange.len());
        for name in strange.into_iter().take(SHOWN) {
            let shown = if table.declared.contains(name) { name.clone() } else { mask(name) };
            self.figure("undescribed_column", shown);
        }
    }
}

impl Described {
    /// How many items the entry has.
    fn said(&self) -> u64 {
        let entry = &self.entry;
        let said = [
            entry.ty.is_some(),
            entry.size.is_some(),
            entry.format.is_some(),
            entry.required == Some(true),
            entry.codes.is_some(),
        ];
        1 + said.into_iter().filter(|said| *said).count() as u64
    }

    /// The items beside the name. `lost`: some rows could not be looked at, so that only what is broken is certain.
    fn judged(&self, sighted: &Sighted, values: &Observed, lost: bool) -> [Option<Item>; 5] {
        let entry = &self.entry;
        let of_values = |count: u64, broken: u64, figure: &'static str, why: String| match (count, broken) {
            _ if self.column.is_none() => Item::Unknown(None),
            (_, 1..) => Item::Broken(figure, why),
            _ if lost => Item::Unknown(None),
            (0, _) => Item::Na,
            _ => Item::Kept,
        };
        let length = entry.size.map(|size| {
            let why = match size.decimals {
                Some(_) => format!("{size} ({})", values.too_long),
                None => format!("{size} < {} ({})", values.longest, values.too_long),
            };
            of_values(values.measured, values.too_long, "too_long", why)
        });
        let format = entry.format.as_ref().map(|format| match format.is_prose() {
            true => Item::Unknown(Some("format_not_understood")),
            false => {
                of_values(values.texts, values.unwritten, "format_differs", values.unwritten.to_string())
            }
        });
        let required = (entry.required == Some(true)).then(|| match self.required {
            Some(true) => Item::Kept,
            Some(false) => Item::Broken("not_required", String::new()),
            None => {
                let rows = values.values + values.absent;
                of_values(rows, values.absent, "not_required", values.absent.to_string())
            }
        });
        let codes = match &self.codes {
            OurCodes::Unsaid => None,
            OurCodes::Unread => Some(Item::Unknown(Some("code_list_not_understood"))),
            // Which codes differ is said behind.
            OurCodes::Declared { missing, extra } if missing.is_empty() && extra.is_empty() => {
                Some(Item::Kept)
            }
            OurCodes::Declared { .. } => Some(Item::Broken("", String::new())),
            OurCodes::Observed(_) => Some(of_values(
                values.values,
                values.outside,
                "outside_code_list",
                values.outside.to_string(),
            )),
        };
        let ty = entry.ty.map(|ty| {
            let wrong = |name: &str| Item::Broken("type_differs", format!("{} / {name}", ty.id()));
            match (self.declared, sighted.unfit(ty).next()) {
                (Some(declared), _) if !fits(ty, Some(declared.id())) => wrong(declared.id()),
                (_, Some(stored)) => wrong(stored),
                (Some(_), None) => Item::Kept,
                (None, None) if ty == ColumnType::Text => Item::Kept,
                // Files that have types have been judged by them.
                (None, None) if sighted.is_typed() && values.texts == 0 => Item::Kept,
                (None, None) => {
                    let why = format!("{} / text ({})", ty.id(), values.mistyped);
                    of_values(values.texts, values.mistyped, "type_differs", why)
                }
            }
        });
        [ty, length, format, required, codes]
    }
}

/// The first codes, and how many there are besides.
fn some_of(codes: &[String]) -> String {
    let first = codes.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match codes.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} (+{more})"),
    }
}
