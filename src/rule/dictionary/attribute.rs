//! What the headers of a dictionary mean.

use crate::kernel::text::bare;

/// An attribute of an entry that is understood. All others are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Name,
    Entity,
    Type,
    Length,
    Format,
    Required,
    Key,
    CodeList,
}

/// Headers without diacritics, spaces and punctuation, in small letters.
const HEADERS: [(Attribute, &[&str]); 8] = [
    (
        Attribute::Name,
        &[
            "name",
            "field",
            "fieldname",
            "column",
            "columnname",
            "technicalname",
            "ten",
            "tentruong",
            "truong",
            "tentruongdulieu",
            "truongdulieu",
            "tencot",
            "cot",
            "tenkythuat",
            "tenthuoctinh",
            "matruong",
        ],
    ),
    (
        Attribute::Entity,
        &["entity", "table", "tablename", "object", "thucthe", "tenthucthe", "bang", "tenbang", "doituong"],
    ),
    (Attribute::Type, &["type", "datatype", "kieu", "kieudulieu"]),
    (
        Attribute::Length,
        &["length", "maxlength", "maximumlength", "size", "dodai", "dodaitoida", "kichthuoc"],
    ),
    (Attribute::Format, &["format", "pattern", "dinhdang", "khuondang", "mau"]),
    (Attribute::Required, &["required", "mandatory", "notnull", "batbuoc", "tinhbatbuoc", "yeucau"]),
    (Attribute::Key, &["key", "primarykey", "khoa", "khoachinh"]),
    (
        Attribute::CodeList,
        &[
            "codelist",
            "codeset",
            "codes",
            "valueset",
            "enumeration",
            "danhmuc",
            "madanhmuc",
            "tendanhmuc",
            "danhmucdungchung",
            "bangma",
            "tapgiatri",
            "giatrichophep",
        ],
    ),
];

impl Attribute {
    /// What a header means, in Vietnamese with or without diacritics, or in English; `None` if that is not known here.
    pub fn of(header: &str) -> Option<Self> {
        let plain: String = bare(header).chars().filter(char::is_ascii_alphanumeric).collect();
        let found = HEADERS.iter().find(|(_, headers)| headers.contains(&plain.as_str()));
        found.map(|(attribute, _)| *attribute)
    }
}
