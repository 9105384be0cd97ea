use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::TimestampMicrosecondType;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::calendar_file::CalendarFile;
use super::limit::SKEW_MICROS;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Status, Unit};
use crate::kernel::text::canonical;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Field, Texts};
use crate::rule::calendar::{CalendarError, WorkingDays};
use crate::rule::code_list::CodeList;
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Node, ParseContext, Spec, Value,
    Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "share_request",
    title: Words { en: "sharing requests met", vi: "yêu cầu chia sẻ được đáp ứng" },
    dimension: Dimension::Sharing,
    severity: Severity::Major,
    unit: Unit::Request,
    scale: Scale::Ratio,
    what: Words {
        en: "Every request for data is met by the end of the last of `within` working days; the day of receipt does not \
             count. What is late, refused without a ground that the law knows (`grounds`), or open and overdue fails; \
             what was refused on such a ground, or is open and not due, is not applicable. Working days are those of a \
             `calendar` file; a year that it does not list is an error of the rule. Requests without a usable date of \
             receipt, met before they came, or of the future are unknown; an answer without a time of day, or at midnight, \
             may be of any time of its day. `fulfilled` of `decided` were met in the end, however late.",
        vi: "Mọi yêu cầu chia sẻ được đáp ứng chậm nhất hết ngày làm việc thứ `within`, không tính ngày nhận. Trễ hạn, từ \
             chối không có căn cứ pháp luật (`grounds`), hoặc để quá hạn chưa xử lý là lỗi; từ chối có căn cứ, hoặc chưa \
             đến hạn, là không áp dụng. Ngày làm việc lấy từ tệp lịch `calendar`; lịch thiếu năm nào thì quy tắc báo lỗi. \
             Yêu cầu không có ngày nhận dùng được, đáp ứng trước khi nhận, hoặc ở tương lai là không đo được; lần đáp ứng \
             không ghi giờ, hoặc ghi 0 giờ, có thể vào bất kỳ lúc nào trong ngày. `fulfilled` trên `decided` là số cuối cùng đã đáp ứng, kể cả trễ.",
    },
    why: Words {
        en: "Data that others ask for and do not get is collected from the citizen again.",
        vi: "Cơ quan khác xin dữ liệu mà không được thì lại bắt người dân khai lại.",
    },
    fix: Words {
        en: "Answer what is overdue; name the legal ground of each refusal; automate what is asked for often.",
        vi: "Xử lý ngay yêu cầu quá hạn; ghi căn cứ pháp luật cho mỗi lần từ chối; tự động hóa yêu cầu lặp lại nhiều.",
    },
    example: "share_request: { received: ngay_nhan, answered: ngay_dap_ung, within: 3, calendar: lich.yaml, outcome: ket_qua, \
              refused: [từ chối], ground: can_cu, grounds: [bi_mat_nha_nuoc] }",
};

arguments! {
    pub struct ShareRequest {
        /// The column that says when the request came.
        received: Column,
        /// The column that says when it was met; absent while it is open.
        answered: Column,
        /// Working days in which it is to be met, from 1 to 1000.
        within: Within,
        /// A calendar file, relative to the rule file.
        calendar: CalendarFile,
        /// The column that says what became of the request.
        outcome: Option<Column>,
        /// The words in it that say it was refused.
        refused: Option<Texts>,
        /// The column that names the legal ground of a refusal.
        ground: Option<Column>,
        /// The grounds that the law knows: values, or the name of a code list of this file.
        grounds: Option<Listed>,
    }
}

/// Working days. No law leaves more of them than four years have.
#[derive(Clone, Copy, Debug)]
struct Within(u32);

impl Within {
    const MOST: u32 = 1_000;
}

impl Field for Within {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let days = context.reader.integer(node)?;
        if (1..=Self::MOST).contains(&days) {
            return Some(Self(days));
        }
        let most = Self::MOST;
        context.reader.error(
            &node.span,
            say!(
                "a request is met within 1 to {most} working days, not {days}",
                "yêu cầu được đáp ứng trong 1 đến {most} ngày làm việc, không phải {days}"
            ),
        );
        None
    }
}

impl JsonSchema for Within {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Within".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": Self::MOST })
    }
}

/// Values, or the name of a code list.
#[derive(Debug)]
struct Listed(Arc<CodeList>);

impl Field for Listed {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        if let Value::Seq(_) = node.value {
            let values: Texts = Field::of(node, context)?;
            let values = values.iter().map(|value| value.value.as_str());
            return Some(Self(Arc::new(CodeList::of("grounds", values))));
        }
        let name = context.reader.text(node)?;
        let list = context.code_lists.get(&name.value).map(Arc::clone);
        if list.is_none() {
            let value = &name.value;
            context.reader.unknown(
                &name,
                say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
                context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
            );
        }
        list.map(Self)
    }
}

impl JsonSchema for Listed {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Listed".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Texts::json_schema(generator)
    }
}

impl Arguments for ShareRequest {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let [outcome, refused, ground, grounds] =
            [self.outcome.is_some(), self.refused.is_some(), self.ground.is_some(), self.grounds.is_some()];
        let needs = [
            ("outcome", outcome, "refused", refused),
            ("refused", refused, "outcome", outcome),
            ("ground", ground, "grounds", grounds),
            ("grounds", grounds, "ground", ground),
            ("ground", ground, "outcome", outcome),
        ];
        let mut sound = true;
        for (this, _, that, _) in needs.into_iter().filter(|(_, there, _, needed)| *there && !needed) {
            context.reader.error(
                &at.span,
                say!("`{this}` says nothing without `{that}`", "có `{this}` thì phải có `{that}`"),
            );
            sound = false;
        }
        sound
    }
}

impl Spec for ShareRequest {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn code_lists(&self) -> Vec<&CodeList> {
        self.grounds.iter().map(|Listed(list)| list.as_ref()).collect()
    }

    fn demands(&self) -> Vec<Demand> {
        let CalendarFile(calendar) = &self.calendar;
        let listed = calendar.span().map(|(first, last)| Demand::Within {
            low: Some(first.to_string()),
            high: Some(last.to_string()),
        });
        listed.into_iter().chain([Demand::Soon { seconds: u64::from(self.within.0) * 86_400 }]).collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let CalendarFile(calendar) = &self.calendar;
        let words = |words: &Option<Texts>| -> Vec<String> {
            words
                .iter()
                .flat_map(|words| words.iter())
                .map(|word| canonical(&word.value).into_owned())
                .collect()
        };
        let optional = |name: &Option<Column>, binder: &mut dyn Binder| {
            name.as_ref().map(|name| binder.column(name)).transpose()
        };
        Ok(Bound::scan(InTime {
            received: binder.column_as(&self.received, ColumnType::Timestamp, None)?,
            answered: binder.column_as(&self.answered, ColumnType::Timestamp, None)?,
            outcome: optional(&self.outcome, binder)?,
            refused: words(&self.refused),
            ground: optional(&self.ground, binder)?,
            grounds: self.grounds.as_ref().map(|Listed(list)| Arc::clone(list)),
            working: calendar.working_days(),
            within: self.within.0,
            as_of: binder.as_of(),
        }))
    }
}

struct InTime {
    received: ColumnId,
    answered: ColumnId,
    outcome: Option<ColumnId>,
    /// Canonical.
    refused: Vec<String>,
    ground: Option<ColumnId>,
    grounds: Option<Arc<CodeList>>,
    working: WorkingDays,
    /// Working days.
    within: u32,
    as_of: i64,
}

const LATE: &str = "late";
const REFUSED: &str = "refused_without_ground";
const OVERDUE: &str = "overdue";

/// What became of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    OnTime,
    Late,
    RefusedLawfully,
    Refused,
    Open,
    Overdue,
    Unknown,
    /// Its deadline lies in a year that the calendar does not list.
    NoDeadline,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Requests {
    on_time: u64,
    late: u64,
    refused_lawfully: u64,
    refused: u64,
    open: u64,
    overdue: u64,
    /// The first day of receipt for which there is no deadline.
    no_deadline: Option<i32>,
    /// The first later moment at which one of them will be judged otherwise.
    turns_at: Option<i64>,
}

fn earlier<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.into_iter().chain(b).min()
}

impl State for Requests {
    fn merge(&mut self, other: Self) {
        self.on_time += other.on_time;
        self.late += other.late;
        self.refused_lawfully += other.refused_lawfully;
        self.refused += other.refused;
        self.open += other.open;
        self.overdue += other.overdue;
        self.no_deadline = earlier(self.no_deadline, other.no_deadline);
        self.turns_at = earlier(self.turns_at, other.turns_at);
    }
}

const DAY: i64 = 86_400_000_000;

fn day_of(moment: i64) -> i32 {
    moment.div_euclid(DAY) as i32
}

/// One request, as far as its columns say something.
struct Request {
    received: Option<i64>,
    answered: Option<i64>,
    /// There is something in `answered` that is no time.
    unreadable_answer: bool,
    refused: bool,
    lawful: bool,
}

impl InTime {
    /// What became of a request, and when that will change by itself.
    fn judge(&self, request: &Request) -> (Became, Option<i64>) {
        let horizon = self.as_of.saturating_add(SKEW_MICROS);
        let ahead = |moment: i64| (moment > horizon).then(|| moment.saturating_sub(SKEW_MICROS));
        if request.refused {
            return (if request.lawful { Became::RefusedLawfully } else { Became::Refused }, None);
        }
        let Some(received) = request.received else { return (Became::Unknown, None) };
        let turns = earlier(ahead(received), request.answered.and_then(ahead));
        // An answer without a time of day may have been given at any time of that day.
        let before = request.answered.is_some_and(|answered| {
            answered < received && (answered.rem_euclid(DAY) != 0 || day_of(answered) < day_of(received))
        });
        if turns.is_some() || before || request.unreadable_answer {
            return (Became::Unknown, turns);
        }
        let Ok(due) = self.working.due(day_of(received), self.within) else {
            return (Became::NoDeadline, None);
        };
        let over = (i64::from(due) + 1) * DAY;
        match request.answered {
            Some(answered) if answered < over => (Became::OnTime, None),
            Some(_) => (Became::Late, None),
            None if self.as_of < over => (Became::Open, Some(over)),
            None => (Became::Overdue, None),
        }
    }
}

impl Check for InTime {
    type State = Requests;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Requests) -> Option<RowVerdict> {
        let moments = |column: ColumnId| {
            let typed = batch.typed(column);
            (typed.array.as_primitive::<TimestampMicrosecondType>().values(), &typed.parsed)
        };
        let ((received, has_received), (answered, has_answered)) =
            (moments(self.received), moments(self.answered));
        let unreadable = minus(batch.present(self.answered), has_answered);
        let none = || BooleanBuffer::new_unset(batch.rows());
        let refused = self.outcome.map_or_else(none, |column| {
            batch
                .canonical(column)
                .mark(batch.present(column), |word| self.refused.iter().any(|it| it == word))
        });
        let lawful = match (self.ground, &self.grounds) {
            (Some(column), Some(list)) => {
                batch.canonical(column).mark(batch.present(column), |ground| list.contains(ground))
            }
            _ => none(),
        };
        let sound = population.sound(&batch.all());
        let mut became = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            let (one, turns) = self.judge(&Request {
                received: has_received.value(row).then(|| received[row]),
                answered: has_answered.value(row).then(|| answered[row]),
                unreadable_answer: unreadable.value(row),
                refused: refused.value(row),
                lawful: lawful.value(row),
            });
            became.push(one);
            if !sound.value(row) {
                continue;
            }
            match one {
                Became::OnTime => state.on_time += 1,
                Became::Late => state.late += 1,
                Became::RefusedLawfully => state.refused_lawfully += 1,
                Became::Refused => state.refused += 1,
                Became::Open => state.open += 1,
                Became::Overdue => state.overdue += 1,
                Became::NoDeadline => {
                    state.no_deadline = earlier(state.no_deadline, Some(day_of(received[row])));
                }
                Became::Unknown => {}
            }
            state.turns_at = earlier(state.turns_at, turns);
        }
        let rows = |wanted: &[Became]| {
            BooleanBuffer::collect_bool(became.len(), |row| wanted.contains(&became[row]))
        };
        let reasons = [(LATE, Became::Late), (REFUSED, Became::Refused), (OVERDUE, Became::Overdue)];
        Some(RowVerdict {
            applicable: minus(&batch.all(), &rows(&[Became::RefusedLawfully, Became::Open])),
            fail: rows(&reasons.map(|(_, one)| one)),
            unknown: Some(rows(&[Became::Unknown, Became::NoDeadline])),
            reasons: reasons.into_iter().map(|(name, one)| (name, rows(&[one]))).collect(),
        })
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let verdict = self.scan(batch, &Population::default(), &mut Requests::default())?;
        let (name, _) = verdict.reasons.iter().find(|(_, rows)| rows.value(row))?;
        let reason = match *name {
            LATE => say!("met after its deadline", "đáp ứng sau thời hạn"),
            REFUSED => say!("refused without a ground of the list", "từ chối không có căn cứ trong danh mục"),
            _ => say!("open and overdue", "quá hạn chưa xử lý"),
        };
        Some(Explanation { reason, repaired: None })
    }

    fn turns_at(&self, state: &Requests) -> Option<i64> {
        state.turns_at
    }

    fn measure(&self, tally: Tally, state: &Requests) -> Measure {
        let lacking = state.no_deadline.and_then(|day| self.working.due(day, self.within).err());
        if let Some(CalendarError(why)) = lacking {
            return Measure::not_run(Status::Error, why);
        }
        let mut measure = Measure::of(tally);
        let fulfilled = state.on_time + state.late;
        let figures = [
            ("on_time", state.on_time),
            (LATE, state.late),
            (OVERDUE, state.overdue),
            (REFUSED, state.refused),
            ("refused_lawfully", state.refused_lawfully),
            ("open", state.open),
            ("fulfilled", fulfilled),
            ("decided", fulfilled + state.refused + state.overdue),
        ];
        measure.figures.extend(figures.map(|(name, count)| Figure::new(name, count)));
        measure
    }
}
