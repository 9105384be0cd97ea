//! Whom a nightly run tells what: `notify:` in a plan file. Secrets are named here, never written.

mod mail;
mod secret;
mod webhook;

use std::collections::BTreeSet;
use std::time::Duration;

use super::node::{Node, Value};
use super::reader::{Fields, Reader};
use crate::base::Lang;
use crate::say;

pub use mail::{Mail, Security};
pub use secret::{Kept, NamedFile, Secret, Word};
pub(super) use secret::{filled, secret};
pub use webhook::{Origin, Webhook, fit_for_secrets};

/// Who is told, and when. Plain data: environment and files that it names are read where it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifySpec {
    /// What is worth a notice.
    pub on: BTreeSet<Trigger>,
    /// The language of notices; both, one after the other, if none is asked for.
    pub lang: Option<Lang>,
    pub webhooks: Vec<Webhook>,
    pub mails: Vec<Mail>,
}

/// A reason to send a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// A grade is worse than the last time.
    GradeFell,
    /// A hard cap was not there the last time.
    CapAppeared,
    /// Something that the rules ask for was not measured, or a database is gone.
    Incomplete,
}

impl Trigger {
    pub const ALL: [Self; 3] = [Self::GradeFell, Self::CapAppeared, Self::Incomplete];

    pub const fn id(self) -> &'static str {
        match self {
            Self::GradeFell => "grade_fell",
            Self::CapAppeared => "cap_appeared",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Reads `notify:`; what is wrong is reported, all of it.
pub fn read(node: &Node, reader: &mut Reader) -> Option<NotifySpec> {
    let mut fields = reader.fields(node)?;
    let on =
        fields.optional("on").map_or_else(|| BTreeSet::from(Trigger::ALL), |node| triggers(node, reader));
    let lang = fields.optional("lang").and_then(|node| {
        reader.choice(node, &say!("language", "ngôn ngữ"), &[("vi", Lang::Vi), ("en", Lang::En)])
    });
    let webhooks = fields.optional("webhook");
    let mails = fields.optional("mail");
    if webhooks.is_none() && mails.is_none() {
        reader
            .error(&fields.span, say!("`notify` names nobody to tell", "`notify` không nêu nơi nhận nào"))
            .hint = Some(say!("give it a `webhook` or a `mail`", "hãy khai báo `webhook` hoặc `mail`"));
    }
    let webhooks = webhooks.map(|node| one_or_more(node)).unwrap_or_default();
    let webhooks = webhooks.into_iter().filter_map(|node| webhook::read(node, reader)).collect();
    let mails = mails.map(|node| one_or_more(node)).unwrap_or_default();
    let mails = mails.into_iter().filter_map(|node| mail::read(node, reader)).collect();
    fields.finish(reader);
    Some(NotifySpec { on, lang, webhooks, mails })
}

fn triggers(node: &Node, reader: &mut Reader) -> BTreeSet<Trigger> {
    let words = Trigger::ALL.map(|trigger| (trigger.id(), trigger));
    let what = say!("reason for a notice", "lý do gửi thông báo");
    let items = reader.items(node);
    if items.is_empty() && matches!(node.value, Value::Seq(_)) {
        let nothing =
            say!("with no reason nothing is ever sent", "không có lý do nào thì không bao giờ gửi gì");
        reader.error(&node.span, nothing).hint =
            Some(say!("leave `on` out for all reasons", "bỏ `on` để gửi vì mọi lý do"));
    }
    items.into_iter().filter_map(|item| reader.choice(item, &what, &words)).collect()
}

/// A list of maps, or one map standing for a list of one.
fn one_or_more(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Seq(items) => items.iter().collect(),
        _ => vec![node],
    }
}

/// Seconds. A run must end some time.
const LONGEST_TIMEOUT: u64 = 300;
const RETRIES: u32 = 3;
const MOST_RETRIES: u32 = 10;

fn timeout(fields: &mut Fields<'_>, default: u64, reader: &mut Reader) -> Duration {
    let asked = fields.optional("timeout").and_then(|node| Some((node, reader.duration(node)?)));
    let seconds = match asked {
        Some((node, seconds)) if seconds > LONGEST_TIMEOUT => {
            let minutes = LONGEST_TIMEOUT / 60;
            reader.error(
                &node.span,
                say!("a timeout is at most {minutes}m", "`timeout` nhiều nhất là {minutes}m"),
            );
            default
        }
        Some((_, seconds)) => seconds,
        None => default,
    };
    Duration::from_secs(seconds)
}

fn retries(fields: &mut Fields<'_>, reader: &mut Reader) -> u32 {
    let Some(node) = fields.optional("retries") else { return RETRIES };
    match reader.integer::<u32>(node) {
        Some(retries) if retries > MOST_RETRIES => {
            reader.error(
                &node.span,
                say!("at most {MOST_RETRIES} retries", "thử lại nhiều nhất {MOST_RETRIES} lần"),
            );
            RETRIES
        }
        Some(retries) => retries,
        None => RETRIES,
    }
}

fn ca_file(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<NamedFile> {
    let text = fields.optional("ca_file").and_then(|node| filled(node, reader))?;
    Some(NamedFile { place: reader.place(&text.span), path: text.value })
}

#[cfg(test)]
mod tests;
