//! What a column can mean. Core packs are written in roles, so that they fit databases that name their columns
//! differently.

use crate::kernel::ColumnType;

use super::kind::Words;

/// One role.
#[derive(Debug)]
pub struct Role {
    /// As written in rule files.
    pub name: &'static str,
    pub about: Words,
    pub class: Class,
    /// Types that a column of this role may declare. The first is taken where it declares none.
    pub types: &'static [ColumnType],
}

/// What kind of values a role has, as far as reading and showing them goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Says nothing about a person.
    Plain,
    /// An identifier: repeated digits are placeholders.
    Code,
    /// Data about a person: masked in every output.
    Personal,
    /// An identifier of a person.
    PersonalCode,
}

impl Role {
    pub fn find(name: &str) -> Option<&'static Self> {
        ROLES.iter().find(|role| role.name == name)
    }

    pub fn personal(&self) -> bool {
        matches!(self.class, Personal | PersonalCode)
    }

    pub fn holds_codes(&self) -> bool {
        matches!(self.class, Code | PersonalCode)
    }
}

const TEXT: &[ColumnType] = &[ColumnType::Text];
const DATE: &[ColumnType] = &[ColumnType::Date, ColumnType::Timestamp];
const TIME: &[ColumnType] = &[ColumnType::Timestamp, ColumnType::Date];
const NUMBER: &[ColumnType] = &[ColumnType::Decimal, ColumnType::Integer];
const WHOLE: &[ColumnType] = &[ColumnType::Integer];
const FLAG: &[ColumnType] = &[ColumnType::Boolean, ColumnType::Text, ColumnType::Integer];
const CODE: &[ColumnType] = &[ColumnType::Text, ColumnType::Integer];

use Class::{Code, Personal, PersonalCode, Plain};

const fn role(
    name: &'static str,
    class: Class,
    types: &'static [ColumnType],
    en: &'static str,
    vi: &'static str,
) -> Role {
    Role { name, about: Words { en, vi }, class, types }
}

/// All roles, in the order of the reference: persons, places, organisations, things, times, messages, sharing.
pub const ROLES: &[Role] = &[
    role(
        "person_id",
        PersonalCode,
        TEXT,
        "personal identification number, 12 digits",
        "số định danh cá nhân, 12 chữ số",
    ),
    role(
        "old_person_id",
        PersonalCode,
        TEXT,
        "old identity card number, 9 digits",
        "số chứng minh nhân dân cũ, 9 chữ số",
    ),
    role("person_name", Personal, TEXT, "name of a person", "họ, chữ đệm và tên"),
    role("birth_date", Personal, DATE, "date of birth", "ngày sinh"),
    role(
        "partial_birth_date",
        Personal,
        TEXT,
        "date of birth of which the day or month may be unknown",
        "ngày sinh có thể thiếu ngày, tháng",
    ),
    role("death_date", Personal, DATE, "date of death", "ngày chết"),
    role("gender", Personal, CODE, "gender, by a code list", "giới tính, theo danh mục"),
    role("ethnic_group", Personal, TEXT, "ethnic group, 01 to 56", "mã dân tộc, 01 đến 56"),
    role("religion", Personal, TEXT, "religion", "tôn giáo"),
    role("nationality", Personal, TEXT, "nationality, ISO 3166", "quốc tịch, ISO 3166"),
    role("passport", PersonalCode, TEXT, "passport number", "số hộ chiếu"),
    role(
        "identity_document",
        PersonalCode,
        TEXT,
        "number of an identity paper of any kind",
        "số giấy tờ tùy thân các loại",
    ),
    role("health_card", PersonalCode, TEXT, "health insurance card number", "mã thẻ bảo hiểm y tế"),
    role("social_insurance_id", PersonalCode, TEXT, "social insurance number", "mã số bảo hiểm xã hội"),
    role("driving_licence", PersonalCode, TEXT, "driving licence number", "số giấy phép lái xe"),
    role(
        "person_code",
        PersonalCode,
        TEXT,
        "a sector's own code of a person",
        "mã riêng của ngành cho một người",
    ),
    role("phone", PersonalCode, TEXT, "telephone number", "số điện thoại"),
    role("email", Personal, TEXT, "e-mail address", "thư điện tử"),
    role("bank_account", PersonalCode, TEXT, "bank account number", "số tài khoản ngân hàng"),
    role("health", Personal, TEXT, "anything about a person's health", "thông tin sức khỏe"),
    role("private", Personal, TEXT, "any other fact about a person", "thông tin cá nhân khác"),
    role("address", Personal, TEXT, "where a person lives", "địa chỉ của một người"),
    role("place", Plain, TEXT, "an address that is nobody's home", "địa chỉ không phải nơi ở của ai"),
    role("commune", Plain, TEXT, "commune code, 5 digits", "mã xã, 5 chữ số"),
    role(
        "old_commune",
        Plain,
        TEXT,
        "commune code or name of earlier years",
        "mã hoặc tên xã của các năm trước",
    ),
    role("province", Plain, TEXT, "province code, 2 digits", "mã tỉnh, 2 chữ số"),
    role("country", Plain, TEXT, "country, ISO 3166", "quốc gia, ISO 3166"),
    role(
        "organisation_id",
        Code,
        TEXT,
        "enterprise number with its check digit",
        "mã số doanh nghiệp, có chữ số kiểm tra",
    ),
    role(
        "tax_code",
        PersonalCode,
        TEXT,
        "tax code of an organisation or a person",
        "mã số thuế của tổ chức hoặc cá nhân",
    ),
    role("agency_id", Plain, TEXT, "identifier of a state agency", "mã định danh cơ quan nhà nước"),
    role(
        "organisation_code",
        Code,
        TEXT,
        "a sector's own code of an organisation",
        "mã riêng của ngành cho một tổ chức",
    ),
    role("organisation_name", Plain, TEXT, "name of an organisation", "tên tổ chức"),
    role("record_id", Code, CODE, "code of the record", "mã của bản ghi"),
    role("reference", Code, CODE, "code of a record of another table", "mã của bản ghi ở bảng khác"),
    role("code", Plain, CODE, "code of a code list", "mã theo danh mục"),
    role("name", Plain, TEXT, "name of a thing", "tên gọi của sự vật"),
    role("text", Plain, TEXT, "free text", "văn bản tự do"),
    role("flag", Plain, FLAG, "yes or no", "có hoặc không"),
    role("money", Plain, NUMBER, "amount of money, not negative", "số tiền, không âm"),
    role("balance", Plain, NUMBER, "amount of money of either sign", "số tiền, có thể âm"),
    role("area", Plain, NUMBER, "area, more than zero", "diện tích, lớn hơn 0"),
    role("quantity", Plain, NUMBER, "quantity, not negative", "số lượng, không âm"),
    role("count", Plain, WHOLE, "number of things", "số đếm"),
    role("percent", Plain, NUMBER, "percentage from 0 to 100", "tỷ lệ phần trăm từ 0 đến 100"),
    role("measure", Plain, NUMBER, "a measured number", "số đo"),
    role("document_number", Plain, TEXT, "number of a paper", "số hiệu giấy tờ, văn bản"),
    role(
        "land_certificate",
        Plain,
        TEXT,
        "serial number of a land certificate",
        "số phát hành giấy chứng nhận",
    ),
    role("parcel_id", Plain, TEXT, "identifier of a land parcel", "mã định danh thửa đất"),
    role("land_use", Plain, TEXT, "code of a land use", "mã loại đất"),
    role("plate", PersonalCode, TEXT, "number plate", "biển số xe"),
    role("vin", Plain, TEXT, "vehicle identification number", "số khung"),
    role("icd10", Personal, TEXT, "disease code, ICD-10", "mã bệnh ICD-10"),
    role("vsic", Plain, TEXT, "code of an economic activity", "mã ngành kinh tế"),
    role("hs_code", Plain, TEXT, "code of goods, HS", "mã hàng hóa HS"),
    role("gtin", Plain, TEXT, "trade item number", "mã thương phẩm toàn cầu"),
    role("gln", Plain, TEXT, "location number", "mã địa điểm toàn cầu"),
    role("cas", Plain, TEXT, "number of a chemical substance, CAS", "số CAS của hóa chất"),
    role("un_number", Plain, TEXT, "number of dangerous goods, UN", "mã UN của hàng nguy hiểm"),
    role("health_facility", Plain, TEXT, "code of a health facility", "mã cơ sở khám chữa bệnh"),
    role("currency", Plain, TEXT, "currency, ISO 4217", "loại tiền, ISO 4217"),
    role("swift", Plain, TEXT, "bank code, ISO 9362", "mã ngân hàng, ISO 9362"),
    role("bank_bin", Plain, TEXT, "bank identification number", "mã BIN ngân hàng"),
    role("procedure_code", Plain, TEXT, "code of an administrative procedure", "mã thủ tục hành chính"),
    role("case_code", Plain, TEXT, "code of an application", "mã hồ sơ"),
    role("url", Plain, TEXT, "web address", "địa chỉ trang tin"),
    role("event_date", Plain, DATE, "day on which something happened", "ngày xảy ra"),
    role("event_time", Plain, TIME, "moment at which something happened", "thời điểm xảy ra"),
    role("issue_date", Plain, DATE, "day on which a paper was issued", "ngày cấp"),
    role("expiry_date", Plain, DATE, "day on which a paper expires", "ngày hết hạn"),
    role("valid_from", Plain, DATE, "first day of validity", "ngày bắt đầu hiệu lực"),
    role("valid_to", Plain, DATE, "last day of validity", "ngày kết thúc hiệu lực"),
    role("due_date", Plain, DATE, "day until which something is to be done", "thời hạn"),
    role("period", Plain, CODE, "month or other period, such as 202611", "kỳ, ví dụ 202611"),
    role("year", Plain, CODE, "year", "năm"),
    role("recorded_at", Plain, TIME, "moment at which a record was entered", "thời điểm ghi nhận"),
    role("updated_at", Plain, TIME, "moment of the last update", "thời điểm cập nhật gần nhất"),
    role("envelope_id", Plain, TEXT, "IdBanGhi of the exchange message", "IdBanGhi của thông điệp"),
    role(
        "envelope_event",
        Plain,
        TEXT,
        "SuKien of the exchange message: NEW, UPDATE, CANCEL",
        "SuKien của thông điệp: NEW, UPDATE, CANCEL",
    ),
    role("envelope_version", Plain, WHOLE, "PhienBan of the exchange message", "PhienBan của thông điệp"),
    role(
        "source_time",
        Plain,
        TIME,
        "ThoiGianCapNhat: moment of the change in the source system",
        "ThoiGianCapNhat: thời điểm thay đổi ở hệ thống nguồn",
    ),
    role(
        "written_time",
        Plain,
        TIME,
        "NgayCapNhat: moment at which the message was written",
        "NgayCapNhat: thời điểm ghi thông điệp",
    ),
    role("result", Plain, CODE, "outcome of a connection or request", "kết quả kết nối hoặc yêu cầu"),
    role("asked_at", Plain, TIME, "moment of a request", "thời điểm yêu cầu"),
    role("answer_due", Plain, TIME, "moment until which a request is to be answered", "hạn trả lời"),
    role("answered_at", Plain, TIME, "moment of the answer", "thời điểm trả lời"),
];
