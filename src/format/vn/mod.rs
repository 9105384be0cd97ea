//! Numbers and codes of Viet Nam.

mod bhxh;
mod bhyt;
pub mod cccd;
mod cmnd;
mod digits;
mod mst;
mod phone;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &bhxh::SocialInsurance,
    &bhyt::HealthCard,
    &cccd::CitizenId,
    &cmnd::OldIdentityCard,
    &mst::TaxCode,
    &phone::Phone,
];
