//! The program; all of it is in the library.

/// Scans allocate on all threads at once; mimalloc halves what that costs with the system's allocator. Library users
/// choose their own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> thuocdo::cli::Exit {
    thuocdo::cli::main()
}
