use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;

use serde::{Deserialize, Serialize};

use super::limit::SKEW_MICROS;
use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::date_format::format_timestamp;
use crate::kernel::key::{self, Absent};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Columns, Seconds};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::day_histogram::heartbeat_mass;
use crate::state::{Figure, Mass, Measure, State, Tally};

static ABOUT: About = About {
    name: "heartbeat",
    title: Words { en: "data updated in time", vi: "dữ liệu cập nhật đúng chu kỳ" },
    dimension: Dimension::Freshness,
    severity: Severity::Critical,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The latest time in the column is no older than one update cycle at the moment of the run. The points fade \
             evenly after the first cycle and are gone at the third. Times in the future (more than five minutes) do \
             not count. With `per`, every group of rows (each agency, each province) must be fresh by itself, and the \
             score is the mean of all; a group of which there is no row at all cannot be missed.",
        vi: "Thời điểm mới nhất trong cột không cũ hơn một chu kỳ cập nhật tính đến lúc đánh giá. Điểm giảm đều sau chu \
             kỳ thứ nhất và hết ở chu kỳ thứ ba. Thời điểm ở tương lai (quá năm phút) không được tính. Với `per`, mỗi \
             nhóm dòng (từng cơ quan, từng tỉnh) phải tươi mới riêng, điểm là trung bình các nhóm; nhóm không có dòng nào \
             thì không biết mà tính.",
    },
    why: Words {
        en: "Data that stopped arriving still looks perfect by every other rule.",
        vi: "Dữ liệu ngừng cập nhật vẫn trông hoàn hảo theo mọi quy tắc khác.",
    },
    fix: Words {
        en: "Find out where the feed stopped; send a \"no change\" message when there is nothing to send.",
        vi: "Tìm chỗ luồng dữ liệu bị dừng; gửi thông báo \"không thay đổi\" khi không có gì để gửi.",
    },
    example: "heartbeat: { column: ngay_cap_nhat, cycle: 1d }",
};

arguments! {
    pub struct Heartbeat {
        /// The column that says when a row was last updated.
        column: Column,
        /// The update cycle, such as `1d`; the table's `update_cycle` where it is left out.
        cycle: Option<Seconds>,
        /// The columns that say whose heart it is: each of their values must be fresh by itself.
        per: Option<Columns>,
    }
}

impl Arguments for Heartbeat {
    const ABOUT: &'static About = &ABOUT;
    const SHORT: Option<&'static str> = Some("column");

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let read = Self::read_arguments(fields, context)?;
        Some(Self { cycle: read.cycle.or(context.update_cycle.map(Seconds)), ..read })
    }

    fn agree(&self, _: &Node, context: &mut ParseContext<'_>) -> bool {
        if self.cycle.is_none() {
            super::arguments::no_cycle(&self.column, context);
        }
        self.cycle.is_some()
    }
}

impl Spec for Heartbeat {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        let cycle = self.cycle.map(|Seconds(seconds)| Demand::Fresh { seconds, rows: false });
        cycle.into_iter().collect()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let column = binder.column_as(&self.column, ColumnType::Timestamp, None)?;
        let per = ordered::per(self.per.as_ref(), binder)?;
        let types = per.iter().map(|&column| binder.column_type(column)).collect();
        let cycle = self.cycle.map_or(0, |Seconds(cycle)| cycle);
        Ok(Bound::scan(LastUpdate { column, per, types, cycle, as_of: binder.as_of() }))
    }
}

struct LastUpdate {
    column: ColumnId,
    /// None: the table has one heart.
    per: Vec<ColumnId>,
    types: Vec<ColumnType>,
    cycle: u64,
    as_of: i64,
}

/// By the digest of the group; 0 where there are none.
#[derive(Default, Serialize, Deserialize)]
struct Hearts(BTreeMap<u128, Latest>);

impl State for Hearts {
    fn merge(&mut self, other: Self) {
        for (group, latest) in other.0 {
            self.0.entry(group).or_default().merge(latest);
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Latest {
    /// The latest time that is not in the future.
    latest: Option<i64>,
    future: u64,
    /// The first that is.
    ahead: Option<i64>,
}

/// The lesser of what is there.
fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.into_iter().chain(b).min()
}

impl State for Latest {
    fn merge(&mut self, other: Self) {
        self.latest = self.latest.max(other.latest);
        self.future += other.future;
        self.ahead = earlier(self.ahead, other.ahead);
    }
}

impl Check for LastUpdate {
    type State = Hearts;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Hearts) -> Option<RowVerdict> {
        let typed = batch.typed(self.column);
        let values = typed.array.as_primitive::<TimestampMicrosecondType>().values();
        let groups = (!self.per.is_empty()).then(|| key::keys(batch, &self.per, &self.types, Absent::Skip));
        let mut rows = population.sound(&batch.all());
        let digests = groups.map(|groups| {
            rows = &rows & &groups.has_key;
            groups.values.into_digests()
        });
        let usable = &rows & &typed.parsed;
        // Rows of a group often come in runs; the map is asked once for each.
        let mut run = Latest::default();
        let mut group = None;
        for row in rows.set_indices() {
            let of = digests.as_ref().map_or(0, |digests| digests[row]);
            if group != Some(of)
                && let Some(group) = group.replace(of)
            {
                state.0.entry(group).or_default().merge(std::mem::take(&mut run));
            }
            match values[row] {
                _ if !usable.value(row) => {}
                at if at > self.as_of.saturating_add(SKEW_MICROS) => {
                    run.future += 1;
                    run.ahead = earlier(run.ahead, Some(at));
                }
                at => run.latest = run.latest.max(Some(at)),
            }
        }
        if let Some(group) = group {
            state.0.entry(group).or_default().merge(run);
        }
        None
    }

    fn turns_at(&self, state: &Hearts) -> Option<i64> {
        let ahead = state.0.values().filter_map(|latest| latest.ahead).min()?;
        Some(ahead.saturating_sub(SKEW_MICROS))
    }

    fn measure(&self, _: Tally, state: &Hearts) -> Measure {
        // No row at all is an empty table; rows without a usable time are a table of unknown age.
        let mut tally = Tally::default();
        let mut mass = Mass { bad: 0, units: 0, per_unit: heartbeat_mass(0, self.cycle).per_unit };
        let age = |latest: i64| u64::try_from((self.as_of - latest).max(0) / 1_000_000).unwrap_or_default();
        for latest in state.0.values() {
            let Some(latest) = latest.latest else {
                tally.unknown += 1;
                continue;
            };
            let one = heartbeat_mass(age(latest), self.cycle);
            mass.bad += one.bad;
            mass.units += 1;
            if one.bad == 0 {
                tally.pass += 1;
            } else {
                tally.fail += 1;
            }
        }
        let mut measure = Measure::of(tally);
        if tally.unknown > 0 {
            measure.note = Some(if self.per.is_empty() {
                say!("no row has a usable time", "không dòng nào có thời điểm dùng được")
            } else {
                let unknown = tally.unknown;
                say!(
                    "{unknown} groups have no row with a usable time",
                    "{unknown} nhóm không có dòng nào có thời điểm dùng được"
                )
            });
        }
        if mass.units == 0 {
            return measure;
        }
        measure.mass = Some(mass);
        let latest = state.0.values().map(|latest| latest.latest);
        if self.per.is_empty() {
            if let Some(latest) = latest.flatten().max() {
                measure.figures.push(Figure::new("latest", format_timestamp(latest)));
                measure.figures.push(Figure::new("age_seconds", age(latest)));
            }
        } else {
            measure.figures.push(Figure::new("groups", state.0.len()));
            measure.figures.push(Figure::new("late", tally.fail));
            if let Some(oldest) = latest.flatten().min() {
                measure.figures.push(Figure::new("oldest", format_timestamp(oldest)));
            }
        }
        measure.figures.push(Figure::new("cycle_seconds", self.cycle));
        let future: u64 = state.0.values().map(|latest| latest.future).sum();
        if future > 0 {
            measure.figures.push(Figure::new("future_rows", future));
        }
        measure
    }
}
