//! Floor 0: words, texts, places, exact numbers. Reads no file, clock or environment.

pub mod bytes;
pub mod diagnostic;
pub mod duration;
mod interned;
pub mod naming;
pub mod nano;
pub mod number;
pub mod placeholders;
pub mod random;
pub mod suggest;
pub mod text;
pub mod wide;
pub mod words;

pub use diagnostic::{Diagnostic, Level, Place};
pub use interned::interned;
pub use nano::{Nano, Ratio};
pub use random::SplitMix64;
pub use text::{Lang, Text};
pub use wide::Wide;
pub use words::{Dimension, Scale, Severity, Status, Unit};
