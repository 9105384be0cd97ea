//! What is to be seen of a run while it goes on: bars on a terminal, lines in the log.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::job::Event;
use super::log::{self, RunLog};
use super::milliseconds;
use super::planned::Scheduled;
use super::supervise::{Ended, Watcher};
use crate::base::Lang;
use crate::cli::output::Console;
use crate::cli::progress;

/// Of the whole run; databases done of all.
const WHOLE: &str = "{prefix} {bar:20} {pos}/{len} · {elapsed}";

pub struct View<'v> {
    names: Vec<String>,
    log: &'v mut RunLog,
    bars: MultiProgress,
    whole: ProgressBar,
    tasks: Vec<Option<ProgressBar>>,
    rows: Vec<u64>,
    lang: Lang,
}

impl<'v> View<'v> {
    pub fn new(databases: &[Scheduled], log: &'v mut RunLog, console: &Console) -> Self {
        let visible = progress::visible(console);
        let target =
            if visible { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        let whole = bars.add(ProgressBar::new(databases.len() as u64));
        whole.set_style(style(WHOLE));
        whole.set_prefix(match console.lang {
            Lang::En => "databases",
            Lang::Vi => "CSDL",
        });
        let names: Vec<String> = databases.iter().map(|scheduled| scheduled.id.clone()).collect();
        let (tasks, rows) = (names.iter().map(|_| None).collect(), vec![0; names.len()]);
        Self { names, log, bars, whole, tasks, rows, lang: console.lang }
    }

    /// Removes the bars.
    pub fn finish(self) {
        self.whole.finish_and_clear();
    }
}

fn style(template: &'static str) -> ProgressStyle {
    // The templates are constants, so they are always valid.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Watcher for View<'_> {
    fn started(&mut self, task: usize) {
        self.log.note("database_started", json!({ "database": self.names[task] }));
        let bar = self.bars.add(ProgressBar::new(0));
        bar.set_style(style(progress::TEMPLATE));
        bar.set_prefix(self.names[task].clone());
        self.tasks[task] = Some(bar);
    }

    fn event(&mut self, task: usize, event: &Event) {
        let Some(bar) = &self.tasks[task] else { return };
        match event {
            Event::Table { table, bytes } => {
                self.rows[task] = 0;
                bar.set_length(*bytes);
                bar.set_position(0);
                bar.set_prefix(progress::short(&self.names[task], table));
            }
            Event::Advanced { bytes, rows } => {
                self.rows[task] += rows;
                bar.inc(*bytes);
                bar.set_message(progress::counted(self.rows[task], self.lang));
            }
            Event::Warning { text } => {
                let database = &self.names[task];
                self.log.note("warning", json!({ "database": database, "text": log::said(text) }));
            }
            Event::Failed { .. } => {}
        }
    }

    fn ended(&mut self, task: usize, ended: &Ended) {
        if let Some(bar) = self.tasks[task].take() {
            bar.finish_and_clear();
        }
        self.whole.inc(1);
        let took = milliseconds(ended.took);
        let database = &self.names[task];
        self.log.note(
            "database",
            match &ended.outcome {
                Ok(done) => {
                    let work = &done.work;
                    json!({
                        "database": database, "outcome": "measured", "milliseconds": took, "rows": work.rows,
                        "files_read": work.files_read, "files_reused": work.files_reused,
                        "bytes_read": work.bytes_read, "bytes_reused": work.bytes_reused,
                        "peak_memory": work.peak_memory, "tables": work.tables,
                    })
                }
                Err(why) => json!({
                    "database": database, "outcome": "failed", "milliseconds": took, "why": log::said(why),
                }),
            },
        );
    }
}
