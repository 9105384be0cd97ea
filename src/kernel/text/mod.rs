//! Text: the canonical form of a value, its state, its cleanliness, patterns over it.
//!
//! Each module works on one value; [`column`] runs them over string views.

pub mod canonical;
pub mod clean;
pub mod column;
pub mod mask;
pub mod nfc;
pub mod pattern;
mod plain;
pub mod spelling;
pub mod state;
pub mod tone;

pub use canonical::{canonical, chars_len, is_blank};
pub use clean::{Defects, defects, is_clean};
pub use mask::mask;
pub use nfc::is_nfc;
pub use pattern::{Pattern, PatternError};
pub use spelling::one_spelling;
pub use state::{PlaceholderList, Placeholders, ValueState};
pub use tone::{ToneStyle, tone_style};
