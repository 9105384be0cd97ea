//! Sends notices, to web addresses and by mail: the only door to the network.
//!
//! What comes back from there is nobody's friend: it may hang, lie or never end. So each attempt has a time limit for all
//! of it, each receiver one for all attempts, answers are read up to a limit, and no word of them goes any further.

mod attempt;
mod cause;
mod mail;
pub mod secret;
#[cfg(test)]
mod tests;
mod webhook;

use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::base::{Diagnostic, Lang, Text};
use crate::report::notice::{Letter, Notice};
use crate::rule::notify::NotifySpec;
use crate::say;
use attempt::Pace;

/// What became of a notice at one receiver.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Scheme and host of a web address, server and port of a mail; nothing of it is a secret.
    pub to: String,
    pub attempts: u32,
    /// What to say of it; an error if not everybody got the notice.
    pub outcome: Result<Text, Text>,
    pub took: Duration,
}

/// Receivers with all that is needed to reach them: secrets and certificates were read.
pub struct Receivers {
    webhooks: Vec<webhook::Webhook>,
    mails: Vec<mail::Mail>,
    lang: Option<Lang>,
}

impl Receivers {
    /// Reads what the plan names and does not hold. Files are looked for in the plan's folder. Before a long run, so that
    /// nobody learns only at its end that a password is missing.
    ///
    /// # Errors
    /// Everything that is missing or malformed, each at its place in the plan.
    pub fn prepare(spec: &NotifySpec, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        // Who comes second finds the same one there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (mut webhooks, mut mails, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        for written in &spec.webhooks {
            match webhook::Webhook::prepare(written, folder) {
                Ok(webhook) => webhooks.push(webhook),
                Err(diagnostics) => wrong.extend(diagnostics),
            }
        }
        for written in &spec.mails {
            match mail::Mail::prepare(written, folder) {
                Ok(mail) => mails.push(mail),
                Err(diagnostics) => wrong.extend(diagnostics),
            }
        }
        if wrong.is_empty() { Ok(Self { webhooks, mails, lang: spec.lang }) } else { Err(wrong) }
    }
}

/// Sends a notice to all receivers at once, and waits until each has it or will not get it. In the order of the plan, web
/// addresses first.
pub fn send(receivers: &Receivers, notice: &Notice, moment: SystemTime) -> Vec<Delivery> {
    send_at(Pace::PATIENT, receivers, notice, moment)
}

fn send_at(pace: Pace, receivers: &Receivers, notice: &Notice, moment: SystemTime) -> Vec<Delivery> {
    let json = notice.to_json();
    let letter = Letter::of(notice, receivers.lang);
    thread::scope(|scope| {
        let (json, letter) = (&json, &letter);
        let webhooks = receivers.webhooks.iter().map(|webhook| {
            let run = || webhook.send(pace, json, &notice.run);
            (webhook.shown(), thread::Builder::new().spawn_scoped(scope, run))
        });
        let mails = receivers.mails.iter().enumerate().map(|(at, mail)| {
            let run = move || mail.send(pace, letter, &format!("{}.{at}", notice.run), moment);
            (mail.shown(), thread::Builder::new().spawn_scoped(scope, run))
        });
        let started: Vec<_> = webhooks.chain(mails).collect();
        let delivered = started.into_iter().map(|(to, started)| {
            let failed = |text| Delivery { to, attempts: 0, outcome: Err(text), took: Duration::ZERO };
            match started.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(delivery)) => delivery,
                Ok(Err(_)) => failed(say!("internal error", "lỗi nội bộ")),
                Err(_) => failed(say!("no thread could be started", "không tạo được luồng xử lý")),
            }
        });
        delivered.collect()
    })
}
