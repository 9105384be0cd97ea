//! One attempt, and how often and how long to try.

use std::thread;
use std::time::{Duration, Instant};

use super::Delivery;
use crate::base::Text;
use crate::say;

/// What came of an attempt.
#[derive(Debug)]
pub enum Attempt {
    Delivered(Text),
    /// It may go better later, but not before this long, if the receiver said so.
    Failed(Text, Option<Duration>),
    /// It will not go better.
    Refused(Text),
}

/// How long to wait between attempts, and altogether.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// After the first attempt; twice as long after each further one. Without chance: one receiver is no herd.
    pub first: Duration,
    /// No wait is longer, whatever a receiver asks for.
    pub longest: Duration,
    /// For all attempts at one receiver, waits included.
    pub all: Duration,
}

impl Pace {
    pub const PATIENT: Self = Self {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(60),
        all: Duration::from_secs(600),
    };
}

/// Tries until it is delivered, refused, tried often enough, or too late. `one` is told how long it may take.
pub fn deliver(
    to: String,
    pace: Pace,
    retries: u32,
    timeout: Duration,
    mut one: impl FnMut(Duration) -> Attempt,
) -> Delivery {
    let started = Instant::now();
    let mut wait = pace.first;
    let mut attempts = 0;
    loop {
        let left = pace.all.saturating_sub(started.elapsed());
        attempts += 1;
        let outcome = match one(timeout.min(left)) {
            Attempt::Delivered(text) => Some(Ok(text)),
            Attempt::Refused(text) => Some(Err(text)),
            Attempt::Failed(text, asked) => {
                let pause = asked.unwrap_or_default().max(wait).min(pace.longest);
                let late = started.elapsed().saturating_add(pause) >= pace.all;
                if attempts > retries || late {
                    Some(Err(text))
                } else {
                    thread::sleep(pause);
                    wait = wait.saturating_mul(2);
                    None
                }
            }
        };
        if let Some(outcome) = outcome {
            return Delivery { to, attempts, outcome, took: started.elapsed() };
        }
    }
}

/// What is said where nothing came back in time.
pub fn no_answer(timeout: Duration) -> Text {
    let milliseconds = timeout.as_millis();
    let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    if rest == 0 {
        say!("no complete answer within {seconds} s", "không có trả lời trọn vẹn trong {seconds} giây")
    } else {
        say!(
            "no complete answer within {milliseconds} ms",
            "không có trả lời trọn vẹn trong {milliseconds} mili giây"
        )
    }
}
