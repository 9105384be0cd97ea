//! `thuocdo periodic`: the report on a month, a quarter, a year or any days.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::{cards, gate, trend};
use crate::base::{Diagnostic, Text};
use crate::history::Store;
use crate::report::Style;
use crate::report::periodic::letter::{DUE, Letter, computed};
use crate::report::periodic::{self as formats, PeriodicRenderer, Refused, Setting};
use crate::rule::letter;
use crate::say;
use crate::score::RollUp;
use crate::score::league::Given;
use crate::score::periodic::{Asked, Due, Period, period, periodic, select};

/// Larger than any template.
const TEMPLATE: u64 = 32 << 20;

/// Make the periodic report: successful connections, data quality, sharing requests met; per agency, with the change since
/// the period before and its reasons.
///
/// Scorecards go by their own days: those of the period are reported on, those of the period before are compared with.
/// What cannot stand in the report (local rules, changed by hand, another period) is listed apart with every reason.
#[derive(Debug, Args)]
pub struct PeriodicReport {
    /// Scorecards, or directories of them.
    #[arg(required_unless_present = "write_template", value_name = "CARD")]
    cards: Vec<PathBuf>,
    /// The period: 2026-10, 2026-Q3, 2026, or 2026-10-01..2026-10-20.
    #[arg(long, required_unless_present = "write_template", value_name = "PERIOD")]
    period: Option<String>,
    /// Compare with these scorecards, of any day before the period.
    #[arg(long, num_args = 1.., value_name = "CARD", conflicts_with = "history")]
    before: Vec<PathBuf>,
    /// Compare with the last runs of the period before in this history.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// What agencies are summed up over: what is reported on; or all that the catalogue lists, of these agencies or of the
    /// nation, where a database without a scorecard counts 0.
    #[arg(long, value_name = "SCOPE", default_value = "run", value_parser = ["run", "agencies", "nation"])]
    roll_up: String,
    /// Report on this agency alone.
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = names())]
    format: String,
    /// The letter's template, with {{fields}} in it [default: the one that `--write-template` writes].
    #[arg(long, value_name = "FILE.docx")]
    template: Option<PathBuf>,
    /// What stands in the letter's fields: a YAML map of field to text, or to lines.
    #[arg(long, value_name = "FILE.yaml")]
    fields: Option<PathBuf>,
    /// Write it into this file instead.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the letter's template into this file, to change it in Word; nothing else is done.
    #[arg(
        long,
        value_name = "FILE.docx",
        conflicts_with_all = ["cards", "period", "before", "history", "agency", "template", "fields", "out"]
    )]
    write_template: Option<PathBuf>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(formats::PERIODIC_RENDERERS.iter().map(|renderer| renderer.name()))
}

impl PeriodicReport {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        if let Some(path) = &self.write_template {
            let template = formats::default_template(console.lang)
                .map_err(|what| Failure::Output(what, Some(output::check_the_folder())))?;
            if path.try_exists().unwrap_or(true) {
                let shown = path.display();
                return Err(Failure::usage(
                    say!(
                        "`{shown}` exists; a template that somebody changed is not written over",
                        "`{shown}` đã có; mẫu đã chỉnh sửa không bị ghi đè"
                    ),
                    say!("name another file, or remove it first", "chọn tên tệp khác, hoặc xóa tệp đó trước"),
                ));
            }
            return keep(path, &template, console);
        }
        let (Some(named), Some(renderer)) = (&self.period, formats::find(&self.format)) else {
            return Ok(Exit::Usage);
        };
        self.fits(renderer)?;
        let period = Period::parse(named).map_err(|what| {
            Failure::usage(what, say!("`--period` takes one period", "`--period` nhận một kỳ báo cáo"))
        })?;
        let letter = self.letter()?;
        let due = due(&letter)?;
        let template = self.template.as_deref().map(template).transpose()?;
        let now = self.given(&self.cards)?;
        if now.is_empty() {
            return Err(cards::none(&self.cards));
        }
        let earlier = match &self.history {
            Some(path) => recorded(path, &period)?,
            None => self.given(&self.before)?,
        };
        let selected = select(now, earlier, &period, self.agency.as_deref()).map_err(|what| {
            Failure::usage(
                what,
                say!("name one of these with `--agency`", "chọn một trong số đó bằng `--agency`"),
            )
        })?;
        let roll_up = RollUp::ALL.into_iter().find(|scope| scope.id() == self.roll_up).unwrap_or_default();
        let report =
            periodic(selected, &Asked { period, due, roll_up }).map_err(|because| nothing(&because))?;
        let apart = report.apart.len() + report.apart_before.len();
        if apart > 0 {
            console.note(&say!(
                "{apart} scorecards or databases are not in the report; it says why",
                "{apart} bảng điểm hoặc CSDL không được đưa vào báo cáo; lý do ghi trong báo cáo"
            ));
        }
        let style = match &self.out {
            None => console.style(),
            Some(_) => Style { lang: console.lang, ..Style::default() },
        };
        let scratch = tempfile::tempdir().map_err(|error| output::no_scratch(&error))?;
        let setting = Setting {
            report: &report,
            letter: &letter,
            style,
            template: template.as_deref(),
            scratch: scratch.path(),
        };
        let bytes = renderer.render(&setting).map_err(|refused| match refused {
            Refused::Scratch(error) => output::no_scratch(&error),
            Refused::Letter(wrong) => Failure::Given(wrong.into_iter().map(Diagnostic::error).collect()),
        })?;
        unplaced(renderer, &setting, console);
        match &self.out {
            None => console.print(&bytes).map(|()| Exit::Passed),
            Some(path) => keep(path, &bytes, console),
        }
    }

    /// What was asked for goes together.
    fn fits(&self, renderer: &dyn PeriodicRenderer) -> Result<(), Failure> {
        if self.agency.is_some() && self.roll_up == "nation" {
            return Err(Failure::usage(
                say!(
                    "`--roll-up nation` takes all agencies, `--agency` one: the others would count 0",
                    "`--roll-up nation` tính mọi cơ quan, `--agency` chỉ một: các cơ quan khác sẽ bị tính 0 điểm"
                ),
                say!(
                    "of one agency all registered databases: `--roll-up agencies`",
                    "để tính mọi CSDL đã đăng ký của một cơ quan: `--roll-up agencies`"
                ),
            ));
        }
        let (name, extension) = (renderer.name(), renderer.extension());
        if self.template.is_some() && name != "docx" {
            return Err(Failure::usage(
                say!("`{name}` has no template", "`{name}` không dùng mẫu"),
                say!("`--template` goes with `--format docx`", "`--template` đi với `--format docx`"),
            ));
        }
        output::has_a_place(name, extension, renderer.binary(), self.out.as_deref())?;
        let inputs = self.history.iter().chain(&self.template).chain(&self.fields);
        output::spares(self.out.as_deref(), inputs.map(PathBuf::as_path))
    }

    fn given(&self, paths: &[PathBuf]) -> Result<Vec<Given>, Failure> {
        cards::given(paths, self.out.as_deref())?.collect()
    }

    fn letter(&self) -> Result<Letter, Failure> {
        let mut found = Vec::new();
        let fields = self.fields.as_deref().and_then(|path| gate::read(path, letter::read, &mut found));
        if !found.is_empty() {
            return Err(Failure::Given(found));
        }
        let letter = Letter::new(fields.unwrap_or_default());
        match computed(&letter) {
            Some(wrong) => Err(Failure::Given(vec![Diagnostic::error(wrong)])),
            None => Ok(letter),
        }
    }
}

/// Of a letter in Word a field of one's own without a place is an error; what else has none is told.
fn unplaced(renderer: &dyn PeriodicRenderer, setting: &Setting<'_>, console: &Console) {
    let fields = renderer.unplaced(setting);
    if !fields.is_empty() {
        let (format, fields) = (renderer.name(), fields.join(", "));
        console.note(&say!(
            "`{format}` has no place for these fields: {fields}",
            "`{format}` không có chỗ cho các trường: {fields}"
        ));
    }
}

fn keep(path: &Path, bytes: &[u8], console: &Console) -> Result<Exit, Failure> {
    output::write_whole(path, bytes)?;
    let path = path.display();
    console.note(&say!("wrote {path}", "đã ghi {path}"));
    Ok(Exit::Passed)
}

/// The day that the letter says the report is due on.
fn due(letter: &Letter) -> Result<Option<Due>, Failure> {
    let Some(text) = letter.of(DUE) else { return Ok(None) };
    let Some(day) = period::day(text.trim()) else {
        return Err(Failure::usage(
            say!("the field `{DUE}` is no day: `{text}`", "trường `{DUE}` không phải là ngày: `{text}`"),
            say!("write it as 2026-10-31", "viết dạng 2026-10-31"),
        ));
    };
    let because = say!("as the fields of the report say", "theo trường của báo cáo");
    Ok(Some(Due { day, because }))
}

fn template(path: &Path) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(path).map_err(|error| cards::unreadable(path, &error))?.len();
    if size > TEMPLATE {
        let path = path.display();
        return Err(Failure::usage(
            say!(
                "`{path}` is larger than a template may be (32 MB)",
                "`{path}` lớn hơn mức cho phép của mẫu (32 MB)"
            ),
            say!("save it without large pictures", "hãy lưu lại, bỏ ảnh lớn"),
        ));
    }
    std::fs::read(path).map_err(|error| cards::unreadable(path, &error))
}

/// Of each database in a history the last run of the period before.
fn recorded(path: &Path, period: &Period) -> Result<Vec<Given>, Failure> {
    let unreadable = |error| trend::unreadable(path, &error);
    let Some(before) = period.before() else { return Ok(Vec::new()) };
    let store = Store::read(path).map_err(unreadable)?;
    let cards = crate::history::restate::cards(&store, &|as_of| {
        period::day_of(as_of).is_some_and(|day| before.contains(day))
    });
    store.settled().map_err(unreadable)?;
    let mut given = Vec::new();
    for card in cards.map_err(unreadable)? {
        let Text { en, vi } = match card {
            Ok((sequence, card)) => {
                let name = format!("{}#{sequence}", path.display());
                given.push(Given { name, card, rejected: Vec::new() });
                continue;
            }
            Err(why) => why,
        };
        return Err(Failure::usage(
            say!(
                "a record of the history cannot be scored again: {en}",
                "không chấm lại được một bản ghi của lịch sử: {vi}"
            ),
            say!("compare with scorecards instead: `--before`", "hãy so với bảng điểm: `--before`"),
        ));
    }
    Ok(given)
}

/// Why there is no report: the reasons that fit on a screen.
fn nothing(because: &[Text]) -> Failure {
    const SHOWN: usize = 20;
    let mut found: Vec<Diagnostic> = because.iter().take(SHOWN).cloned().map(Diagnostic::error).collect();
    let more = because.len().saturating_sub(SHOWN);
    if more > 0 {
        found.push(Diagnostic::error(say!("and {more} more", "và {more} mục khác")));
    }
    found.push(Diagnostic::error(say!(
        "no scorecard of the period can stand in a report",
        "không có bảng điểm nào của kỳ này đưa được vào báo cáo"
    )));
    Failure::Given(found)
}
