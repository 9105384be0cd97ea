use super::limit::SKEW_MICROS;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::memory::{Cell, Remember};
use crate::kernel::text::canonical;
use crate::rule::arguments::{Arguments, Column, Columns, Seconds, Texts};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, Node, ParseContext,
    Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "envelope",
    title: Words {
        en: "messages about a record are in order",
        vi: "các bản tin về một bản ghi đúng trình tự",
    },
    dimension: Dimension::Freshness,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The messages about one record follow each other as the exchange asks: versions rise, no UPDATE or CANCEL comes \
             before the NEW, nothing comes after a CANCEL. Messages are taken in the order of their versions, never of \
             their rows; all messages of one version fail, and so does one that was written after a higher version. With \
             `changed` and `written` no message is written before the change that it tells, none is of the future (more than \
             five minutes), and with `within` none comes late. `begins: false` says that earlier messages are in earlier \
             extracts: then messages before any NEW are not applicable. What is absent makes a row not applicable, \
             unless something else of it fails. A message whose version cannot be used may stand anywhere in its record, \
             and a damaged row may be any NEW: what hangs on them is unknown.",
        vi: "Các thông điệp về cùng một bản ghi nối tiếp nhau đúng quy định trao đổi: phiên bản tăng dần, không có UPDATE \
             hay CANCEL trước NEW, sau CANCEL không còn gì. Thông điệp xếp theo phiên bản, không theo thứ tự dòng; mọi thông \
             điệp trùng phiên bản đều lỗi, thông điệp ghi sau một phiên bản cao hơn cũng lỗi. Có `changed` và `written` thì \
             không thông điệp nào ghi trước thời điểm thay đổi, không thời điểm nào ở tương lai (quá năm phút); có `within` \
             thì không được ghi trễ. `begins: false` nghĩa là thông điệp cũ nằm ở bản trích xuất trước: thông điệp chưa thấy \
             NEW thì không áp dụng. Dòng thiếu giá trị thì không áp dụng, trừ khi phần còn lại đã lỗi. Thông điệp có phiên \
             bản không dùng được có thể đứng bất kỳ đâu trong bản ghi, dòng hỏng có thể là một NEW: những gì phụ thuộc vào \
             chúng là không đo được.",
    },
    why: Words {
        en: "Whoever receives messages ignores a version that is not higher than the last. A sender who numbers wrongly \
             loses updates without anybody noticing.",
        vi: "Bên nhận bỏ qua phiên bản không cao hơn phiên bản đã có. Bên gửi đánh số sai thì mất cập nhật mà không ai biết.",
    },
    fix: Words {
        en: "Let the source system number the versions of each record in one transaction with the change, and send what \
             was lost again under a new version.",
        vi: "Để hệ thống nguồn đánh số phiên bản trong cùng giao dịch với thay đổi, và gửi lại phần bị mất dưới phiên bản mới.",
    },
    example: "envelope: { record: IdBanGhi, event: SuKien, version: PhienBan, changed: ThoiGianCapNhat, written: NgayCapNhat }",
};

arguments! {
    pub struct Envelope {
        /// The columns that say which record a message is about.
        record: Columns,
        /// The column that says what happened to it.
        event: Column,
        /// The column with the version of the record.
        version: Column,
        /// When it changed in the source system.
        changed: Option<Column>,
        /// When the message was written.
        written: Option<Column>,
        /// The longest time from the change to its being written: `24h`.
        within: Option<Seconds>,
        /// Words for a new record; NEW unless said otherwise. Capital and small letters are the same.
        new: Option<Texts>,
        /// Words for a change; UPDATE unless said otherwise.
        update: Option<Texts>,
        /// Words for the end of a record; CANCEL unless said otherwise.
        cancel: Option<Texts>,
        /// Whether the first message of every record is here (default true).
        begins: Option<bool>,
    }
}

impl Arguments for Envelope {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        if self.within.is_some() && (self.changed.is_none() || self.written.is_none()) {
            let what =
                say!("`within` needs `changed` and `written`", "`within` cần có `changed` và `written`");
            context.reader.error(&at.span, what);
            return false;
        }
        let words = self.words();
        let twice = (1..words.len()).find(|&at| words[..at].iter().any(|word| word.1 == words[at].1));
        if let Some((_, word)) = twice.map(|at| &words[at]) {
            let what = say!("the event `{word}` is named twice", "sự kiện `{word}` được nêu hai lần");
            context.reader.error(&at.span, what);
            return false;
        }
        true
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    New,
    Update,
    Cancel,
}

impl Envelope {
    /// All words for events, in small letters.
    fn words(&self) -> Vec<(Event, String)> {
        let meanings = [
            (Event::New, &self.new, "new"),
            (Event::Update, &self.update, "update"),
            (Event::Cancel, &self.cancel, "cancel"),
        ];
        let small = |word: &At<String>| canonical(&word.value).to_lowercase();
        meanings
            .into_iter()
            .flat_map(|(event, words, usual)| match words {
                Some(words) => words.iter().map(|word| (event, small(word))).collect(),
                None => vec![(event, usual.to_owned())],
            })
            .collect()
    }
}

impl Spec for Envelope {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let (events, words) = self.words().into_iter().unzip();
        let event = binder.column(&self.event)?;
        let version = binder.column_as(&self.version, ColumnType::Integer, None)?;
        let mut remember = vec![Remember::PlaceInAnyCase(event, words), Remember::Ticks(version)];
        let mut time = |name: &Option<Column>| -> Result<Option<usize>, BindError> {
            let Some(name) = name else { return Ok(None) };
            remember.push(Remember::Ticks(binder.column_as(name, ColumnType::Timestamp, None)?));
            Ok(Some(remember.len() - 1))
        };
        let (changed, written) = (time(&self.changed)?, time(&self.written)?);
        let key = super::ordered::per(Some(&self.record), binder)?;
        Ok(Bound::Groups(GroupSpec {
            key,
            remember,
            judge: Box::new(Course {
                events,
                changed,
                written,
                within: self.within.map(|Seconds(seconds)| i128::from(seconds) * 1_000_000),
                latest: i128::from(binder.as_of_at_end().saturating_add(SKEW_MICROS)),
                begins: self.begins.unwrap_or(true),
            }),
        }))
    }
}

/// What the messages about one record are held to.
struct Course {
    /// What the words mean by which events are remembered.
    events: Vec<Event>,
    /// Where times are among what is remembered.
    changed: Option<usize>,
    written: Option<usize>,
    /// In microseconds.
    within: Option<i128>,
    /// What is later is in the future.
    latest: i128,
    begins: bool,
}

const UNKNOWN_EVENT: u8 = 0;
const REPEATED: u8 = 1;
const OUT_OF_ORDER: u8 = 2;
const AFTER_CANCEL: u8 = 3;
const BEFORE_NEW: u8 = 4;
const WRITTEN_BEFORE: u8 = 5;
const FUTURE: u8 = 6;
const LATE: u8 = 7;

/// The places among the figures.
const RECORDS: usize = 0;
const BEGUN_EARLIER: usize = 1;
const NEW_AGAIN: usize = 2;

/// A message with a version.
struct Message {
    version: i128,
    row: usize,
    event: Option<Event>,
    written: Cell,
}

impl GroupJudge for Course {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        group.count(RECORDS, 1);
        let mut messages = Vec::with_capacity(group.rows());
        // Whether some message may stand anywhere among the others.
        let mut anywhere = false;
        for (row, mark) in marks.iter_mut().enumerate() {
            let (event, version) = (group.cell(row, 0), group.cell(row, 1));
            let meant = match event {
                Cell::Value(place) => Some(self.events[place as usize]),
                Cell::Absent | Cell::Unreadable => None,
            };
            *mark = match (event, version) {
                (Cell::Unreadable, _) => Mark::Fail(UNKNOWN_EVENT),
                (_, Cell::Unreadable) => Mark::Unknown,
                (Cell::Absent, _) | (_, Cell::Absent) => Mark::Na,
                (Cell::Value(_), Cell::Value(_)) => Mark::Pass,
            };
            if let Cell::Value(version) = version {
                let written = self.written.map_or(Cell::Absent, |which| group.cell(row, which));
                messages.push(Message { version, row, event: meant, written });
            } else {
                anywhere |= meant.is_some() || version == Cell::Unreadable;
            }
        }
        messages.sort_unstable_by_key(|message| (message.version, message.row));
        self.course(group, &messages, marks);
        overtaken(&messages, marks);
        for message in messages.iter().filter(|_| anywhere) {
            let mark = &mut marks[message.row];
            if matches!(mark, Mark::Pass | Mark::Na | Mark::Fail(BEFORE_NEW)) {
                *mark = Mark::Unknown;
            }
        }
        for (row, mark) in marks.iter_mut().enumerate() {
            *mark = worse(*mark, self.times(group, row));
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &[
            "unknown_event",
            "repeated",
            "out_of_order",
            "after_cancel",
            "before_new",
            "written_before",
            "future",
            "written_late",
        ]
    }

    fn figures(&self) -> &[&'static str] {
        &["records", "begun_earlier", "new_again"]
    }
}

impl Course {
    /// Judges messages in the order of their versions by what came before.
    fn course(&self, group: &dyn Group, messages: &[Message], marks: &mut [Mark]) {
        let is = |message: &Message, event| message.event == Some(event);
        let last_new = messages.iter().rposition(|message| is(message, Event::New));
        let (mut new, mut cancelled) = (false, false);
        let mut begun_earlier = 0;
        let mut at = 0;
        for same in messages.chunk_by(|a, b| a.version == b.version) {
            for message in same {
                let mark = &mut marks[message.row];
                if *mark == Mark::Fail(UNKNOWN_EVENT) {
                } else if same.len() > 1 {
                    *mark = Mark::Fail(REPEATED);
                } else if cancelled {
                    *mark = Mark::Fail(AFTER_CANCEL);
                } else if !new && matches!(message.event, Some(Event::Update | Event::Cancel)) {
                    let comes = last_new.is_some_and(|last| last > at);
                    *mark = match (comes || self.begins, group.is_whole()) {
                        (true, true) => Mark::Fail(BEFORE_NEW),
                        // The row that is lost may be the NEW.
                        (true, false) => Mark::Unknown,
                        (false, _) => Mark::Na,
                    };
                    begun_earlier += u64::from(!comes);
                }
            }
            if new && same.iter().any(|message| is(message, Event::New)) {
                group.count(NEW_AGAIN, 1);
            }
            new |= same.iter().any(|message| is(message, Event::New));
            cancelled |= same.iter().any(|message| is(message, Event::Cancel));
            at += same.len();
        }
        if begun_earlier > 0 {
            group.count(BEGUN_EARLIER, 1);
        }
    }

    /// What the times of a row by themselves say.
    fn times(&self, group: &dyn Group, row: usize) -> Mark {
        let cell = |which: Option<usize>| which.map(|which| group.cell(row, which));
        let cells = [cell(self.changed), cell(self.written)];
        let value = |cell: Option<Cell>| match cell {
            Some(Cell::Value(time)) => Some(time),
            _ => None,
        };
        let lag = value(cells[1]).zip(value(cells[0])).map(|(written, changed)| written - changed);
        if lag.is_some_and(|lag| lag < 0) {
            Mark::Fail(WRITTEN_BEFORE)
        } else if cells.into_iter().filter_map(value).any(|time| time > self.latest) {
            Mark::Fail(FUTURE)
        } else if lag.zip(self.within).is_some_and(|(lag, within)| lag > within) {
            Mark::Fail(LATE)
        } else if cells.contains(&Some(Cell::Unreadable)) {
            Mark::Unknown
        } else if cells.contains(&Some(Cell::Absent)) {
            Mark::Na
        } else {
            Mark::Pass
        }
    }
}

/// Fails messages that were written after one of a higher version: whoever received that one ignores them. `messages`
/// are in the order of their versions.
fn overtaken(messages: &[Message], marks: &mut [Mark]) {
    // The earliest time at which a higher version was written; whether one of them may have been written at any time.
    let (mut earliest, mut unclear) = (None::<i128>, false);
    for same in messages.chunk_by(|a, b| a.version == b.version).rev() {
        for message in same {
            let mark = &mut marks[message.row];
            let Cell::Value(written) = message.written else { continue };
            if earliest.is_some_and(|earliest| written > earliest) {
                if !matches!(mark, Mark::Fail(UNKNOWN_EVENT | REPEATED)) {
                    *mark = Mark::Fail(OUT_OF_ORDER);
                }
            } else if unclear && matches!(mark, Mark::Pass | Mark::Na) {
                *mark = Mark::Unknown;
            }
        }
        for message in same {
            match message.written {
                Cell::Value(written) => {
                    earliest = Some(earliest.map_or(written, |earliest| earliest.min(written)));
                }
                Cell::Unreadable => unclear = true,
                Cell::Absent => {}
            }
        }
    }
}

/// What two verdicts on one row come to; the first says why it fails.
fn worse(one: Mark, other: Mark) -> Mark {
    match (one, other) {
        (Mark::Fail(_), _) => one,
        (_, Mark::Fail(_)) => other,
        (Mark::Unknown, _) | (_, Mark::Unknown) => Mark::Unknown,
        (Mark::Na, _) | (_, Mark::Na) => Mark::Na,
        (Mark::Pass, Mark::Pass) => Mark::Pass,
    }
}
