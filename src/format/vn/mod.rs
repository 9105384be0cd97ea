//! Numbers and codes of Viet Nam.

mod agency_code;
mod bhxh;
mod bhyt;
mod case_code;
pub mod cccd;
mod cmnd;
mod digits;
mod driving_licence;
mod health_facility;
mod icd10;
mod land_certificate;
mod land_use;
mod mst;
mod parcel_geohash;
mod passport;
mod phone;
mod plate;
mod procedure_code;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &agency_code::AgencyCode,
    &bhxh::SocialInsurance,
    &bhyt::HealthCard,
    &case_code::CaseCode,
    &cccd::CitizenId,
    &cmnd::OldIdentityCard,
    &driving_licence::DrivingLicence,
    &health_facility::HealthFacility,
    &icd10::Icd10,
    &land_certificate::LandCertificate,
    &land_use::LandUse,
    &mst::TaxCode,
    &parcel_geohash::ParcelGeohash,
    &passport::Passport,
    &phone::Phone,
    &plate::Plate,
    &procedure_code::ProcedureCode,
];
