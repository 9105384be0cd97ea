//! Lists that come with the program, from `rules/lists`.

use super::{CodeList, Entry};
use crate::format::vn::units::{Tier, units};
use crate::kernel::date_format::default_date;
use crate::kernel::text::canonical;

pub const NAMES: [&str; 6] =
    ["vn.bank_bin", "vn.commune", "vn.ethnic_group", "vn.land_use", "vn.province", "vn.province_of_birth"];

const BANKS: &str = include_str!("../../../rules/lists/banks_napas_bin.csv");
const ETHNIC_GROUPS: &str = include_str!("../../../rules/lists/ethnic_groups.csv");
const LAND_USE: &str = include_str!("../../../rules/lists/land_use_codes_2024.csv");
const LAND_USE_BEFORE: &str = include_str!("../../../rules/lists/land_use_codes_superseded.csv");
const BIRTH_PROVINCES: &str = include_str!("../../../rules/lists/citizen_id_birth_provinces.csv");

/// The last day before Circular 08/2024/TT-BTNMT.
const LAND_USE_UNTIL: &str = "2024-07-31";

/// The built-in list `builtin`, under the name that a rule file gives it.
pub fn find(name: &str, builtin: &str) -> Option<CodeList> {
    let (attributes, entries): (&[&str], Vec<Entry>) = match builtin {
        "vn.bank_bin" => (&["short_name", "name", "swift"], table(BANKS, 3)),
        "vn.commune" => (&["name", "short_name", "level", "parent_code"], administrative(Tier::Commune)),
        "vn.ethnic_group" => (&["name", "other_names"], table(ETHNIC_GROUPS, 2)),
        "vn.land_use" => (&["name"], land_use()),
        "vn.province" => (&["name", "short_name", "level"], administrative(Tier::Province)),
        "vn.province_of_birth" => (&["name"], table(BIRTH_PROVINCES, 1)),
        _ => return None,
    };
    let attributes = attributes.iter().map(|&attribute| attribute.to_owned()).collect();
    Some(CodeList::new(name, attributes, entries))
}

fn administrative(tier: Tier) -> Vec<Entry> {
    let levels = ["Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Thị trấn ", "Thị Trấn ", "Đặc khu "];
    let entry = |unit: crate::format::vn::units::Unit| {
        let short = levels.iter().find_map(|level| unit.name.strip_prefix(level)).unwrap_or(unit.name);
        let mut attributes =
            vec![unit.name.replace("Thị Trấn", "Thị trấn"), short.to_owned(), unit.level.to_owned()];
        attributes.extend((tier == Tier::Commune).then(|| unit.parent.to_owned()));
        Entry {
            code: unit.code.to_owned(),
            from: unit.from.unwrap_or(i32::MIN),
            to: unit.to.unwrap_or(i32::MAX),
            attributes,
        }
    };
    units(tier).into_iter().map(entry).collect()
}

/// Codes of today, whose first days are not known, and those that ended.
fn land_use() -> Vec<Entry> {
    let mut entries = table(LAND_USE, 1);
    let until = default_date().parse_date(LAND_USE_UNTIL).unwrap_or(i32::MAX);
    // Of these the list holds a remark and no name.
    let ended = table(LAND_USE_BEFORE, 0).into_iter();
    entries.extend(ended.map(|entry| Entry { to: until, attributes: vec![String::new()], ..entry }));
    entries
}

/// The first column as code and the next ones as attributes.
fn table(csv: &str, attributes: usize) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut fields = fields(line).into_iter().map(|field| canonical(&field).into_owned());
        let code = fields.next().unwrap_or_default();
        Entry { attributes: fields.take(attributes).collect(), ..Entry::always(code) }
    };
    csv.lines().skip(1).map(entry).collect()
}

/// The fields of a line, with quotes around those that hold commas. The lists have no quotes within fields.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match (c, fields.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => fields.push(String::new()),
            (_, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    fields
}
