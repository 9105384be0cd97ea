//! Conformity with a data dictionary.

mod check;
mod items;
mod written;

use std::sync::Arc;

use self::check::{Conforms, Described, OurCodes};
use self::written::{Declared, DictionaryFile, Lists, Mapping};
use crate::arguments;
use crate::base::naming::in_any_style;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::date_format::{DateFormat, default_date, default_timestamps};
use crate::rule::arguments::Arguments;
use crate::rule::code_list::CodeList;
use crate::rule::dictionary::{Codes, Entry, Written};
use crate::rule::{About, At, BindError, Binder, Bound, Fields, Node, ParseContext, Spec, Words};
use crate::say;

static ABOUT: About = About {
    name: "dictionary",
    title: Words { en: "conformity with the data dictionary", vi: "tuân thủ từ điển dữ liệu" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::ContractItem,
    scale: Scale::Ratio,
    what: Words {
        en: "The table has the columns of a data dictionary, as the dictionary describes them. For each entry one item is \
             its name, and one more each its type, length, format, whether it is required, and its code list, as far as the \
             dictionary says. Types are judged by what is declared and stored, else by the values; lengths and formats by \
             the values, and of numbers their digits count, without zeros in front and at the end of the fraction; code \
             lists as sets. Columns that no entry describes are counted; with `closed: true` they fail.",
        vi: "Bảng có các cột của từ điển dữ liệu, đúng như từ điển mô tả. Mỗi mục từ có một mục cam kết về tên và, nếu từ \
             điển có ghi, mỗi mục cho kiểu, độ dài, định dạng, tính bắt buộc, danh mục. Kiểu xét theo khai báo và cách lưu, \
             không có thì theo giá trị; độ dài và định dạng xét theo giá trị, với số thì đếm chữ số, bỏ các số 0 ở đầu và ở \
             cuối phần thập phân; danh mục so theo tập mã. Cột không có trong từ điển được đếm; với `closed: true` mỗi cột \
             như vậy là một lỗi.",
    },
    why: Words {
        en: "Databases whose columns mean, measure or code a thing differently cannot be connected, and what is longer than \
             the shared length is cut off or refused at the other end.",
        vi: "CSDL đặt tên, kiểu, độ dài hay mã khác nhau thì không liên thông được; giá trị dài hơn quy định chung sẽ bị cắt \
             hoặc bị từ chối ở nơi nhận.",
    },
    fix: Words {
        en: "Change the column to what the dictionary says, or map it (`map`); where the dictionary is wrong, have it \
             corrected.",
        vi: "Sửa cột theo từ điển, hoặc ánh xạ (`map`); nếu từ điển sai thì đề nghị sửa từ điển.",
    },
    example: "dictionary: { file: tu_dien.csv, entity: Con người, map: { co: HoVaTen } }",
};

arguments! {
    pub struct Dictionary {
        /// The dictionary: CSV (or another form of extracts), YAML or JSON, relative to the folder of the rule file.
        file: DictionaryFile,
        /// The entity of the dictionary that the table holds; needed where it has several.
        entity: Option<At<String>>,
        /// Our columns, and the names of their entries. Others are found by their names, in any style of writing.
        map: Option<Mapping>,
        /// Code lists that the dictionary calls by names of its own, and which list of this file each is.
        code_lists: Option<Lists>,
        /// Whether columns fail that no entry describes.
        closed: Option<bool>,
        #[schemars(skip)]
        declared: Declared,
    }
}

impl Arguments for Dictionary {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("file");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let entities = self.file.0.entities();
        let (place, what) = match &self.entity {
            None if entities.len() > 1 => {
                let count = entities.len();
                let what = say!(
                    "the dictionary has {count} entities; `entity` says which one the table holds",
                    "từ điển có {count} thực thể; cần `entity` để biết bảng chứa thực thể nào"
                );
                (At { value: String::new(), span: at.span.clone() }, what)
            }
            Some(entity) if self.file.0.of(&entity.value).is_none() => {
                let name = &entity.value;
                let what =
                    say!("the dictionary has no entity `{name}`", "từ điển không có thực thể `{name}`");
                (entity.clone(), what)
            }
            _ => return self.is_mapped_well(context),
        };
        context.reader.unknown(&place, what, entities);
        false
    }
}

impl Dictionary {
    /// The entries that the table is held against.
    fn entries(&self) -> Vec<Arc<Entry>> {
        let dictionary = &self.file.0;
        match &self.entity {
            Some(entity) => dictionary.of(&entity.value).unwrap_or_default(),
            None => dictionary.entries.clone(),
        }
    }

    /// Whether columns are mapped to entries, each to its own.
    fn is_mapped_well(&self, context: &mut ParseContext<'_>) -> bool {
        let entries = self.entries();
        let mut sound = true;
        let pairs = self.map.iter().flat_map(|map| &map.0).collect::<Vec<_>>();
        for (at, (_, name)) in pairs.iter().enumerate() {
            let wanted = &name.value;
            if !entries.iter().any(|entry| entry.name == *wanted) {
                let what = say!("the dictionary has no entry `{wanted}`", "từ điển không có mục `{wanted}`");
                context.reader.unknown(name, what, entries.iter().map(|entry| entry.name.as_str()));
                sound = false;
            } else if pairs[..at].iter().any(|(_, other)| other.value == *wanted) {
                let what = say!("two columns are mapped to `{wanted}`", "hai cột cùng ánh xạ tới `{wanted}`");
                context.reader.error(&name.span, what);
                sound = false;
            }
        }
        sound
    }

    /// Our name of an entry's column: the mapped one, else that of a column of the same name in any style of writing.
    fn ours(&self, entry: &Entry, found: &[String]) -> Option<String> {
        let pairs = || self.map.iter().flat_map(|map| &map.0);
        if let Some((ours, _)) = pairs().find(|(_, name)| name.value == entry.name) {
            return Some(ours.value.clone());
        }
        let free = |name: &&String| !pairs().any(|(ours, _)| ours.value == **name);
        let declared: Vec<String> =
            self.declared.0.iter().map(|(column, _)| column.name.value.clone()).collect();
        let all = || found.iter().chain(&declared).filter(free);
        let same = all().find(|name| **name == entry.name);
        same.or_else(|| all().find(|name| in_any_style(name) == in_any_style(&entry.name))).cloned()
    }

    fn described(&self, entry: Arc<Entry>, found: &[String], binder: &mut dyn Binder) -> Described {
        let ours = self.ours(&entry, found);
        let named = ours.as_ref().map(|name| At { value: name.clone(), span: 0..0 });
        // A column that cannot be read is there, and its values stay unknown.
        let column = named.filter(|name| found.contains(&name.value));
        let column = column.and_then(|name| binder.column(&name).ok());
        let declared = self.declared.0.iter().find(|(column, _)| Some(&column.name.value) == ours.as_ref());
        // A date that is written in another way than the format says is a date all the same.
        let mut dates = match entry.ty {
            Some(ColumnType::Timestamp) => default_timestamps().to_vec(),
            _ => vec![default_date().clone()],
        };
        if let Some(Written::Date(format)) = &entry.format {
            dates.push(format.clone());
        }
        Described {
            codes: self.codes(&entry, declared.and_then(|(_, list)| list.as_deref()), binder),
            ours,
            column,
            declared: declared.and_then(|(column, _)| column.ty),
            required: declared.and_then(|(column, _)| column.required),
            dates,
            entry,
        }
    }

    /// The code list of an entry, against ours where we declare one.
    fn codes(&self, entry: &Entry, ours: Option<&CodeList>, binder: &dyn Binder) -> OurCodes {
        let theirs = match &entry.codes {
            None => return OurCodes::Unsaid,
            Some(Codes::List(list)) => Arc::clone(list),
            Some(Codes::Named(name)) => match self.code_lists.as_ref().and_then(|lists| lists.find(name)) {
                Some(list) => list,
                None => return OurCodes::Unread,
            },
        };
        let Some(ours) = ours else { return OurCodes::Observed(theirs) };
        let day = i32::try_from(binder.as_of_at_end().div_euclid(86_400_000_000)).unwrap_or(i32::MAX);
        let in_force = |list: &CodeList| -> Vec<String> {
            let entries = list.entries().iter().filter(|entry| entry.in_force(day));
            entries.map(|entry| entry.code.clone()).collect()
        };
        let lacking = |all: Vec<String>, of: &CodeList| -> Vec<String> {
            all.into_iter().filter(|code| !of.contains(code)).collect()
        };
        OurCodes::Declared {
            missing: lacking(in_force(&theirs), ours),
            extra: lacking(in_force(ours), &theirs),
        }
    }
}

impl Spec for Dictionary {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.entity.as_ref().map(|entity| entity.value.clone()).unwrap_or_default()
    }

    fn code_lists(&self) -> Vec<&CodeList> {
        let of_entries = self.file.0.entries.iter().filter_map(|entry| match &entry.codes {
            Some(Codes::List(list)) => Some(list.as_ref()),
            _ => None,
        });
        let named = self.code_lists.iter().flat_map(|lists| &lists.0).map(|(_, list)| list.as_ref());
        let declared = self.declared.0.iter().filter_map(|(_, list)| list.as_deref());
        of_entries.chain(named).chain(declared).collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let found = binder.found_columns();
        let described: Vec<Described> =
            self.entries().into_iter().map(|entry| self.described(entry, &found, binder)).collect();
        Ok(Bound::scan(Conforms {
            described,
            closed: self.closed.unwrap_or(false),
            declared: self.declared.0.iter().map(|(column, _)| column.name.value.clone()).collect(),
            attributes: self.file.0.attributes,
            kept: self.file.0.kept.len(),
            contradictions: self.file.0.contradictions().into_iter().map(str::to_owned).collect(),
        }))
    }
}

/// Whether a date of these formats stands there.
fn is_date(formats: &[DateFormat], ty: ColumnType, value: &str) -> bool {
    match ty {
        ColumnType::Timestamp => formats.iter().any(|format| format.parse_timestamp(value).is_some()),
        _ => formats.iter().any(|format| format.parse_date(value).is_some()),
    }
}
