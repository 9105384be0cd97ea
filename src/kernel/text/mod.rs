//! Text: the canonical form of a value, its state, its cleanliness, patterns over it.
//!
//! Each module works on one value; [`column`] runs them over string views.

mod bare;
pub mod canonical;
pub mod clean;
pub mod column;
#[cfg(test)]
mod corpus;
mod entity;
mod legacy;
mod look_alike;
mod lost;
pub mod mask;
mod mojibake;
pub mod name;
pub mod nfc;
pub mod pattern;
mod plain;
pub mod spelling;
pub mod state;
mod suspect;
mod syllable;
pub mod tone;

pub use bare::bare;
pub use canonical::{canonical, chars_len, is_blank};
pub use clean::{Defects, Look, defects, is_clean, look};
pub use mask::mask;
pub use name::{NameDefects, name_defects};
pub use nfc::is_nfc;
pub use pattern::{Pattern, PatternError};
pub use spelling::one_spelling;
pub use state::{PlaceholderList, Placeholders, ValueState};
pub use tone::{ToneStyle, tone_style};
