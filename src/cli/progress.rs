//! A bar for the table that is being read, on standard error, if that is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Console;
use crate::base::Lang;
use crate::engine::Progress;

pub struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    rows: std::sync::atomic::AtomicU64,
    visible: bool,
    lang: Lang,
}

impl Bars {
    pub fn new(console: &Console) -> Self {
        let visible = !console.quiet && std::io::stderr().is_terminal();
        Self { bar: Mutex::new(None), rows: 0.into(), visible, lang: console.lang }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if let Some(bar) = self.current().take() {
            bar.finish_and_clear();
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn table_started(&self, database: &str, table: &str, bytes: u64) {
        if !self.visible {
            return;
        }
        self.rows.store(0, std::sync::atomic::Ordering::Relaxed);
        let rows = match self.lang {
            Lang::En => "rows",
            Lang::Vi => "dòng",
        };
        let template = format!(
            "{{prefix}} {{bar:24}} {{bytes}}/{{total_bytes}} · {{msg}} {rows} · {{bytes_per_sec}} · {{eta}}"
        );
        // The template is a constant but for one word, so it is always valid.
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(style);
        bar.set_prefix(format!("{database}.{table}"));
        bar.set_message("0");
        *self.current() = Some(bar);
    }

    fn advanced(&self, bytes: u64, rows: u64) {
        if !self.visible {
            return;
        }
        let total = self.rows.fetch_add(rows, std::sync::atomic::Ordering::Relaxed) + rows;
        if let Some(bar) = &*self.current() {
            bar.inc(bytes);
            if rows > 0 {
                bar.set_message(total.to_string());
            }
        }
    }

    fn table_done(&self) {
        self.finish();
    }
}
