//! Numbers and codes that are the same everywhere.

mod cidr;
mod email;
mod hostname;
mod ipv4;
mod ipv6;
mod iso_country;
mod iso_currency;
mod iso_date;
mod iso_language;
mod lists;
mod mac;
mod repair;
mod url;
mod uuid;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &cidr::Cidr,
    &email::Email,
    &hostname::Hostname,
    &ipv4::Ipv4,
    &ipv6::Ipv6,
    &iso_country::IsoCountry,
    &iso_currency::IsoCurrency,
    &iso_date::IsoDate,
    &iso_language::IsoLanguage,
    &mac::Mac,
    &url::Url,
    &uuid::Uuid,
];
