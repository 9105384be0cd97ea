//! Numbers and codes of Viet Nam.

pub mod cccd;
mod digits;
mod mst;
mod phone;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &cccd::CitizenId,
    &mst::TaxCode,
    &phone::Phone,
];
