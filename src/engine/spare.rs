//! Chunks that a thread has read and others judge: where there are fewer pieces than threads, as in a small file, those
//! without a piece would have nothing to do.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::examples::Position;
use crate::extract::Chunk;

/// A chunk for whoever has time.
pub struct SpareChunk {
    pub start: Position,
    pub chunk: Chunk,
}

/// What readers offer and idle threads take.
pub struct Spare {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    chunks: VecDeque<SpareChunk>,
    /// Threads that may still read a piece.
    readers: usize,
    /// Threads that have no piece any more.
    helpers: usize,
}

impl Spare {
    pub fn new(threads: usize) -> Self {
        let state = State { chunks: VecDeque::new(), readers: threads, helpers: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a chunk away, if a thread without a piece has nothing before it. At most one chunk a thread waits, so what is
    /// in memory does not grow with the table.
    pub fn offer(&self, spare: SpareChunk) -> Result<(), SpareChunk> {
        let mut state = self.state();
        if state.chunks.len() >= state.helpers {
            return Err(spare);
        }
        state.chunks.push_back(spare);
        self.changed.notify_one();
        Ok(())
    }

    /// Says of a thread that it reads pieces, as long as the answer lives.
    pub fn reader(&self) -> Reader<'_> {
        Reader(self)
    }

    /// What another thread has read; `None` once nobody reads any more.
    pub fn take(&self) -> Option<SpareChunk> {
        let mut state = self.state();
        loop {
            if let Some(spare) = state.chunks.pop_front() {
                return Some(spare);
            }
            if state.readers == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A thread that reads. However it ends, nobody waits for it afterwards.
pub struct Reader<'s>(&'s Spare);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.readers -= 1;
        state.helpers += 1;
        self.0.changed.notify_all();
    }
}
