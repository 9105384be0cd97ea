//! Numbers and codes that are the same everywhere.

mod angle;
mod base64;
mod cas;
mod checksum;
mod cidr;
mod color_hex;
mod credit_card;
mod e164;
mod email;
mod geohash;
mod gln;
mod gtin;
mod hex_digest;
mod hostname;
mod hs_code;
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
mod json;
mod latitude;
mod lei;
mod lists;
mod longitude;
mod luhn;
mod mac;
mod number;
mod percentage;
mod repair;
mod semver;
mod swift;
mod un_number;
mod url;
mod uuid;
mod vin;

#[cfg(test)]
mod vectors;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &base64::Base64,
    &cas::Cas,
    &cidr::Cidr,
    &color_hex::ColorHex,
    &credit_card::CreditCard,
    &e164::E164,
    &email::Email,
    &geohash::Geohash,
    &gln::Gln,
    &gtin::Gtin,
    &hex_digest::HexDigest,
    &hostname::Hostname,
    &hs_code::HsCode,
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
    &json::Json,
    &latitude::Latitude,
    &lei::Lei,
    &longitude::Longitude,
    &luhn::Luhn,
    &mac::Mac,
    &number::Number,
    &percentage::Percentage,
    &semver::SemVer,
    &swift::Swift,
    &un_number::UnNumber,
    &url::Url,
    &uuid::Uuid,
    &vin::Vin,
];
