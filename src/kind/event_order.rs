use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::memory::{Cell, Remember};
use crate::kernel::text::canonical;
use crate::rule::arguments::{Arguments, Column, Columns, Field, Texts};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, Node, ParseContext,
    Spec, Words,
};
use crate::say;

static ABOUT: About = About {
    name: "event_order",
    title: Words { en: "order of events", vi: "thứ tự sự kiện" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The events of one key (`per`), in the order of their times, follow `order`: none comes after one that is \
             further on. With `transitions` each step must be one of those allowed instead. The first event is `first`, \
             nothing comes after a `final` one, and events outside of `order` fail. Events at the same time are taken in \
             the order of `order`; equal events at the same time count as one. Rows without an event are skipped, those \
             with an event and no usable time are unknown.",
        vi: "Các sự kiện của cùng một khóa (`per`), xếp theo thời gian, tuân theo `order`: không sự kiện nào đến sau một \
             sự kiện đứng sau nó. Nếu có `transitions` thì mỗi bước chuyển phải nằm trong số được phép. Sự kiện đầu là \
             `first`, sau sự kiện `final` không còn gì, sự kiện ngoài `order` là lỗi. Sự kiện cùng thời điểm xếp theo \
             `order`; sự kiện giống nhau cùng thời điểm tính là một. Bỏ qua dòng không có sự kiện; có sự kiện mà không \
             có thời gian dùng được là không đo được.",
    },
    why: Words {
        en: "A file that was closed before it was opened has lost events, or their times are wrong.",
        vi: "Hồ sơ đóng trước khi mở là hồ sơ mất sự kiện, hoặc thời gian ghi sai.",
    },
    fix: Words {
        en: "Look for lost messages, for clocks that differ, and for states that are set by hand.",
        vi: "Tìm bản tin bị mất, đồng hồ lệch, trạng thái sửa bằng tay.",
    },
    example: "event_order: { event: loai, order: [NEW, UPDATE, CANCEL], time: luc, per: ma_ho_so, first: NEW, final: CANCEL }",
};

arguments! {
    pub struct EventOrder {
        /// The column that names the event.
        event: Column,
        /// All events, earlier ones first.
        order: Texts,
        /// When it happened.
        time: Column,
        /// The columns that say whose event it is.
        per: Columns,
        /// What a key may begin with.
        first: Option<Texts>,
        /// After these there is nothing.
        r#final: Option<Texts>,
        /// Which events may follow each; instead of going by `order`.
        transitions: Option<Transitions>,
    }
}

/// For each event those that may follow it.
#[derive(Debug)]
struct Transitions(Vec<(At<String>, Vec<At<String>>)>);

impl Field for Transitions {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let entries = context.reader.entries(node)?;
        Some(Self(entries.into_iter().map(|(from, to)| (from.clone(), context.reader.texts(to))).collect()))
    }
}

impl JsonSchema for Transitions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Transitions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } }
        ] } })
    }
}

impl Arguments for EventOrder {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, _: &Node, context: &mut ParseContext<'_>) -> bool {
        let mut sound = true;
        for word in self.words().filter(|word| self.place(word).is_none()) {
            let name = &word.value;
            context.reader.unknown(
                word,
                say!("`order` has no event `{name}`", "`order` không có sự kiện `{name}`"),
                self.order.iter().map(|known| known.value.as_str()),
            );
            sound = false;
        }
        sound
    }
}

impl EventOrder {
    /// The words that must be in `order`.
    fn words(&self) -> impl Iterator<Item = &At<String>> {
        let ends = [&self.first, &self.r#final].into_iter().flatten().flat_map(|words| words.iter());
        let steps = self.transitions.iter().flat_map(|steps| &steps.0);
        ends.chain(steps.flat_map(|(from, to)| std::iter::once(from).chain(to)))
    }

    fn place(&self, word: &At<String>) -> Option<usize> {
        let word = canonical(&word.value);
        self.order.iter().position(|known| canonical(&known.value) == word)
    }

    fn places<'w>(&self, words: impl IntoIterator<Item = &'w At<String>>) -> Vec<usize> {
        words.into_iter().filter_map(|word| self.place(word)).collect()
    }
}

impl Spec for EventOrder {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let event = binder.column(&self.event)?;
        let time = binder.column_as(&self.time, ColumnType::Timestamp, None)?;
        let key = ordered::per(Some(&self.per), binder)?;
        let order = self.order.iter().map(|word| canonical(&word.value).into_owned()).collect();
        let transitions = self.transitions.as_ref().map(|steps| {
            let mut allowed = vec![Vec::new(); self.order.len()];
            for (from, to) in &steps.0 {
                if let Some(from) = self.place(from) {
                    allowed[from] = self.places(to);
                }
            }
            allowed
        });
        let ends = |words: &Option<Texts>| words.as_ref().map(|words| self.places(words.iter()));
        Ok(Bound::Groups(GroupSpec {
            key,
            remember: vec![Remember::Place(event, order), Remember::Ticks(time)],
            judge: Box::new(Course {
                first: ends(&self.first),
                finals: ends(&self.r#final).unwrap_or_default(),
                transitions,
            }),
        }))
    }
}

/// The lawful course of events, which are places in `order`.
struct Course {
    first: Option<Vec<usize>>,
    finals: Vec<usize>,
    transitions: Option<Vec<Vec<usize>>>,
}

const FIRST: u8 = 0;
const ORDER: u8 = 1;
const TRANSITION: u8 = 2;
const AFTER_FINAL: u8 = 3;
const UNKNOWN_EVENT: u8 = 4;

impl GroupJudge for Course {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let mut events = Vec::with_capacity(group.rows());
        for (row, mark) in marks.iter_mut().enumerate() {
            *mark = match (group.cell(row, 0), group.cell(row, 1)) {
                (Cell::Absent, _) => Mark::Na,
                (Cell::Unreadable, _) => Mark::Fail(UNKNOWN_EVENT),
                (Cell::Value(place), Cell::Value(time)) => {
                    events.push((time, place as usize, row));
                    Mark::Pass
                }
                (Cell::Value(_), _) => Mark::Unknown,
            };
        }
        events.sort_unstable();
        let (mut previous, mut furthest, mut over) = (None::<usize>, 0, false);
        // Rows that nothing tells apart must not be judged by their order in the file.
        for same in events.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let place = same[0].1;
            let wrong = match (previous, &self.transitions) {
                (None, _) => {
                    self.first.as_ref().is_some_and(|first| !first.contains(&place)).then_some(FIRST)
                }
                _ if over => Some(AFTER_FINAL),
                (Some(previous), Some(allowed)) => {
                    (!allowed[previous].contains(&place)).then_some(TRANSITION)
                }
                (Some(_), None) => (place < furthest).then_some(ORDER),
            };
            if let Some(reason) = wrong {
                same.iter().for_each(|&(.., row)| marks[row] = Mark::Fail(reason));
            }
            furthest = furthest.max(place);
            over |= self.finals.contains(&place);
            previous = Some(place);
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &["first", "order", "transition", "after_final", "unknown_event"]
    }
}
