//! Numbers and codes that are the same everywhere.

mod cidr;
mod email;
mod hostname;
mod ipv4;
mod ipv6;
mod iso_date;
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
    &iso_date::IsoDate,
    &mac::Mac,
    &url::Url,
    &uuid::Uuid,
];
