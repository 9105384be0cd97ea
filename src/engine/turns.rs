//! Threads that work ahead and deliver in order: each holds a little of what it has ready until its turn comes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Whose turn it is, and where they deliver to. Turns are taken in the order of their numbers, without a gap, and
/// whoever has the lowest number never waits: so there is always one that goes on.
pub struct Turns<S> {
    turn: AtomicU64,
    /// Nobody needs to go on.
    over: AtomicBool,
    sink: Mutex<S>,
    lock: Mutex<()>,
    changed: Condvar,
}

impl<S> Turns<S> {
    pub fn new(sink: S) -> Self {
        Self {
            turn: 0.into(),
            over: false.into(),
            sink: Mutex::new(sink),
            lock: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub fn is_mine(&self, number: u64) -> bool {
        self.turn.load(Ordering::Acquire) == number
    }

    /// Waits for the turn. `false` if everything is over.
    pub fn wait(&self, number: u64) -> bool {
        let mut guard = held(&self.lock);
        while !self.is_mine(number) && !self.is_over() {
            guard = self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        !self.is_over()
    }

    /// Where to deliver to, for whoever has the turn.
    pub fn sink(&self) -> MutexGuard<'_, S> {
        held(&self.sink)
    }

    /// Gives the turn to the next.
    pub fn pass(&self) {
        let _guard = held(&self.lock);
        self.turn.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_all();
    }

    /// Lets everybody go home.
    pub fn stop(&self) {
        let _guard = held(&self.lock);
        self.over.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_delivered_is_in_order_whoever_works() {
        let turns = Turns::new(Vec::new());
        let next = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= 100 || !turns.wait(number) {
                            break;
                        }
                        turns.sink().push(number);
                        turns.pass();
                    }
                });
            }
        });
        assert_eq!(*turns.sink(), (0..100).collect::<Vec<u64>>());
    }

    #[test]
    fn nobody_waits_for_a_turn_that_never_comes() {
        let turns = Turns::new(());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.wait(7));
            turns.stop();
            assert!(!waiting.join().unwrap());
        });
    }
}
