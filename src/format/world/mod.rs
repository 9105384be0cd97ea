//! Numbers and codes that are the same everywhere.

mod email;
mod iso_date;
mod url;
mod uuid;

use super::Format;

pub(super) const FORMATS: &[&dyn Format] = &[&email::Email, &iso_date::IsoDate, &url::Url, &uuid::Uuid];
