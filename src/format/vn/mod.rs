//! Numbers and codes of Viet Nam.

mod bhxh;
mod bhyt;
pub mod cccd;
mod cmnd;
mod digits;
mod driving_licence;
mod mst;
mod passport;
mod phone;
mod plate;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &bhxh::SocialInsurance,
    &bhyt::HealthCard,
    &cccd::CitizenId,
    &cmnd::OldIdentityCard,
    &driving_licence::DrivingLicence,
    &mst::TaxCode,
    &passport::Passport,
    &phone::Phone,
    &plate::Plate,
];
