//! A bar for the table that is being read, on standard error, if that is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Console;
use crate::base::Lang;
use crate::engine::Progress;
use crate::report::number;

/// Fits 80 columns up to a billion rows and a thousand GiB: a line that wraps leaves its remains behind.
pub const TEMPLATE: &str = "{prefix} {bar:8} {bytes}/{total_bytes} · {msg} · {eta}";

/// Columns for the table's name.
const NAME: usize = 18;

pub struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    rows: std::sync::atomic::AtomicU64,
    visible: bool,
    lang: Lang,
}

impl Bars {
    pub fn new(console: &Console) -> Self {
        Self { bar: Mutex::new(None), rows: 0.into(), visible: visible(console), lang: console.lang }
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
        // The template is a constant, so it is always valid.
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr_with_hz(8));
        bar.set_style(style);
        bar.set_prefix(short(database, table));
        bar.set_message(counted(0, self.lang));
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
                bar.set_message(counted(total, self.lang));
            }
        }
    }

    fn table_done(&self) {
        self.finish();
    }
}

/// Whether anybody would see a bar.
pub fn visible(console: &Console) -> bool {
    !console.quiet && std::io::stderr().is_terminal()
}

pub fn counted(rows: u64, lang: Lang) -> String {
    number::counted(rows, ["row", "rows", "dòng"], lang)
}

/// The name of a table, without the database's where there is no room for both.
pub fn short(database: &str, table: &str) -> String {
    let whole = format!("{database}.{table}");
    let name = if whole.width() <= NAME { whole } else { table.to_owned() };
    if name.width() <= NAME {
        return name;
    }
    let mut cut = String::new();
    for c in name.chars() {
        if cut.width() + c.width().unwrap_or_default() >= NAME {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_line_fits() {
        assert_eq!(short("dan_cu", "ho"), "dan_cu.ho");
        assert_eq!(short("dan_cu_quoc_gia", "ho_khau"), "ho_khau");
        assert_eq!(short("d", "một_bảng_có_tên_rất_dài"), "một_bảng_có_tên_r…");
        for lang in [Lang::En, Lang::Vi] {
            let rows = number::counted(1_000_000_000, ["row", "rows", "dòng"], lang);
            let line = TEMPLATE
                .replace("{prefix}", &"x".repeat(NAME))
                .replace("{bar:8}", &"█".repeat(8))
                .replace("{bytes}", "1023.99 GiB")
                .replace("{total_bytes}", "1023.99 GiB")
                .replace("{msg}", &rows)
                .replace("{eta}", "59m");
            assert!(!line.contains('{') && line.width() <= 80, "{} columns: {line}", line.width());
        }
    }
}
