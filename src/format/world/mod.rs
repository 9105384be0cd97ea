//! Numbers and codes that are the same everywhere.

mod cas;
mod checksum;
mod cidr;
mod credit_card;
mod email;
mod gln;
mod gtin;
mod hostname;
mod iban;
mod ipv4;
mod ipv6;
mod isbn;
mod isin;
mod iso_country;
mod iso_currency;
mod iso_date;
mod iso_datetime;
mod iso_duration;
mod iso_language;
mod iso_time;
mod issn;
mod lei;
mod lists;
mod luhn;
mod mac;
mod repair;
mod swift;
mod url;
mod uuid;
mod vin;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &cas::Cas,
    &cidr::Cidr,
    &credit_card::CreditCard,
    &email::Email,
    &gln::Gln,
    &gtin::Gtin,
    &hostname::Hostname,
    &iban::Iban,
    &ipv4::Ipv4,
    &ipv6::Ipv6,
    &isbn::Isbn,
    &isin::Isin,
    &iso_country::IsoCountry,
    &iso_currency::IsoCurrency,
    &iso_date::IsoDate,
    &iso_datetime::IsoDatetime,
    &iso_duration::IsoDuration,
    &iso_language::IsoLanguage,
    &iso_time::IsoTime,
    &issn::Issn,
    &lei::Lei,
    &luhn::Luhn,
    &mac::Mac,
    &swift::Swift,
    &url::Url,
    &uuid::Uuid,
    &vin::Vin,
];
