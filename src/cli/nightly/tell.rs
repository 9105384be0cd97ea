//! What a run tells the outside once its results are in their places: notices and metrics.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::log::{self, RunLog};
use super::{Night, milliseconds};
use crate::base::Text;
use crate::cli::failure::Failure;
use crate::cli::notify::{self, Receivers};
use crate::report::metrics::{DatabaseFigures, RunFigures};
use crate::report::notice::{Notice, Run};
use crate::rule::nightly::NightPlan;
use crate::say;
use crate::score::Scorecard;
use crate::score::occasion::occasions;

/// Tells the receivers what happened since the run before, if anything did. The failures are of those who were not reached.
pub fn of(
    plan: &NightPlan,
    receivers: &Receivers,
    run: &str,
    before: Option<&Scorecard>,
    card: &Scorecard,
    log: &mut RunLog,
) -> Vec<Failure> {
    let Some(spec) = &plan.notify else { return Vec::new() };
    let scorecard = plan.out.join("scorecard.json").display().to_string();
    let about = Run { plan: &plan.name, id: run, scorecard: Some(&scorecard) };
    let Some(notice) = Notice::of(&occasions(before, card), spec, about, before, card) else {
        return Vec::new();
    };
    let mut failures = Vec::new();
    for delivery in notify::send(receivers, &notice, SystemTime::now()) {
        let (delivered, text) = match &delivery.outcome {
            Ok(text) => (true, text),
            Err(text) => (false, text),
        };
        let line = json!({
            "notice": run, "to": delivery.to, "delivered": delivered, "attempts": delivery.attempts,
            "milliseconds": milliseconds(delivery.took), "text": log::said(text),
        });
        log.note("notice", line);
        if !delivered {
            let (to, Text { en, vi }) = (&delivery.to, text);
            failures.push(Failure::Output(
                say!("{to} was not told: {en}", "chưa báo được cho {to}: {vi}"),
                Some(say!(
                    "the results are in their places; check the receiver, its address and its password",
                    "kết quả đã được ghi; kiểm tra nơi nhận, địa chỉ và mật khẩu"
                )),
            ));
        }
    }
    failures
}

/// What the scorecard does not know of the run. `untold`: receivers that were not reached.
pub fn figures(plan: &NightPlan, night: &Night, begun_ms: i64, written: bool, untold: usize) -> RunFigures {
    let databases = night.rows.iter().map(|row| {
        let work = row.work().cloned().unwrap_or_default();
        DatabaseFigures {
            id: row.id.clone(),
            duration_ms: milliseconds(row.took),
            bytes: work.bytes_read,
            rows: work.rows,
            files_read: work.files_read,
            files_reused: work.files_reused,
        }
    });
    RunFigures {
        plan: plan.name.clone(),
        started_ms: begun_ms,
        ended_ms: milliseconds_now(),
        success: written,
        notices_failed: untold as u64,
        databases: databases.collect(),
    }
}

/// Since 1970-01-01T00:00:00Z.
pub fn milliseconds_now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
