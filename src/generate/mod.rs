//! Floor: synthetic extracts that satisfy all rules of their rule files, and defects that break them on purpose.

mod names;
mod organisation;
mod pattern;
mod person;
mod place;
mod random;
