//! Floor 0: words, texts, places, exact numbers. Reads no file, clock or environment.

pub mod diagnostic;
pub mod text;
pub mod words;

pub use diagnostic::{Diagnostic, Level, Place};
pub use text::{Lang, Text};
pub use words::{Dimension, Scale, Severity, Status, Unit};
