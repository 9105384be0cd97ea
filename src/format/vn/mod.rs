//! Numbers and codes of Viet Nam.

mod agency_code;
mod bank_bin;
mod bhxh;
mod bhyt;
mod case_code;
pub mod cccd;
mod cmnd;
mod commune;
mod digits;
mod driving_licence;
mod ethnic_group;
mod health_facility;
mod icd10;
mod land_certificate;
mod land_use;
mod mst;
mod parcel_geohash;
mod partial_date;
mod passport;
mod phone;
mod plate;
mod procedure_code;
mod province;
pub mod units;
mod vsic;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[
    &agency_code::AgencyCode,
    &bank_bin::BankNumber,
    &bhxh::SocialInsurance,
    &bhyt::HealthCard,
    &case_code::CaseCode,
    &cccd::CitizenId,
    &cmnd::OldIdentityCard,
    &commune::Commune,
    &driving_licence::DrivingLicence,
    &ethnic_group::EthnicGroup,
    &health_facility::HealthFacility,
    &icd10::Icd10,
    &land_certificate::LandCertificate,
    &land_use::LandUse,
    &mst::TaxCode,
    &parcel_geohash::ParcelGeohash,
    &partial_date::PartialDate,
    &passport::Passport,
    &phone::Phone,
    &plate::Plate,
    &procedure_code::ProcedureCode,
    &province::Province,
    &vsic::Vsic,
];
