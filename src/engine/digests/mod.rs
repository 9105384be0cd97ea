//! Two sides compare tables and show each other nothing but digests: what one side makes of its table, and what the other
//! makes of that file.
//!
//! Keys and compared values are sealed while rows are read ([`crate::kernel::seal`]). From there on they are keys and cells
//! like all others: kept, put together, moved to the disk and compared by what does so with open ones. So the outcome is the
//! same as if the table itself were there.

mod made;
mod received;

pub use made::{DigestError, DigestOutcome, DigestRequest, Digested, digest};
pub use received::{Keyring, received};

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
