mod cells;
mod distance;

use std::cmp::Ordering;

use self::cells::{Cells, Seen, ascending};
use self::distance::{Counts, Test, distance};
use super::limit::{Limit, Number};
use super::quantity;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Status, Text, Unit};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Column};
use crate::rule::baseline::Baseline;
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, Tally};

static ABOUT: About = About {
    name: "distribution",
    title: Words { en: "distribution of values", vi: "phân bố giá trị" },
    dimension: Dimension::Consistency,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The values of a column are distributed as in a baseline: a CSV file `value,count` beside the rule file, or \
             counts written in the rule. Numbers and dates may be counted in intervals, by their lower edges: `bins`, or \
             a CSV file `lower,count`. The distance by `test` is at most `max`. `tvd`: half the sum of the differences of \
             the shares; `ks`: the greatest difference of the cumulative shares, for values with an order; `chi_square`: \
             Pearson's statistic, which grows with the number of rows; `psi`: the population stability index. Values that \
             the baseline lacks count as one further value (with `ks` at their place): their expected share is 0, so \
             `chi_square` is infinite; `psi` raises every count on both sides by 1. Exact, but for `psi`, which is known \
             to within 2⁻⁵⁷: nearer to `max` than that fails.",
        vi: "Giá trị của cột phân bố như phân bố gốc: tệp CSV `value,count` cạnh tệp quy tắc, hoặc số lượng ghi ngay trong \
             quy tắc. Số và ngày có thể đếm theo khoảng, theo cận dưới: `bins`, hoặc tệp CSV `lower,count`. Khoảng cách \
             theo `test` không quá `max`. `tvd`: nửa tổng chênh lệch tỷ lệ; `ks`: chênh lệch lớn nhất của tỷ lệ cộng dồn, \
             cho giá trị có thứ tự; `chi_square`: thống kê Pearson, tăng theo số dòng; `psi`: chỉ số ổn định. Giá trị không \
             có trong phân bố gốc tính là một giá trị thêm (với `ks`: tại chỗ của nó) có tỷ lệ kỳ vọng 0, nên `chi_square` \
             là vô cùng; `psi` cộng 1 vào mọi số lượng ở cả hai bên. Tính chính xác; riêng `psi` sai số dưới 2⁻⁵⁷: gần \
             `max` hơn thế là không đạt.",
    },
    why: Words {
        en: "A source that changed its codes, its unit or its scope still passes every rule on single rows.",
        vi: "Nguồn đổi mã, đổi đơn vị hay đổi phạm vi vẫn qua được mọi quy tắc xét từng dòng.",
    },
    fix: Words {
        en: "Ask the source what has changed. If it is right, take today's counts as the new baseline.",
        vi: "Hỏi nguồn đã thay đổi gì. Nếu thay đổi là đúng, lấy số lượng hiện tại làm phân bố gốc mới.",
    },
    example: "distribution: { column: gioi_tinh, baseline: { Nam: 502, Nữ: 498 }, test: psi, max: 0.2 }",
};

arguments! {
    pub struct Distribution {
        /// The column whose values are counted.
        column: Column,
        /// The path of a CSV file, relative to the rule file, or values with their counts.
        baseline: Baseline,
        /// How the distance is measured.
        test: Test,
        /// Greatest distance allowed.
        max: Number,
        /// Lower edges of the intervals in which values are counted; the baseline counts by the same edges.
        bins: Option<Vec<At<String>>>,
    }
}

impl Arguments for Distribution {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let declared = context.declared_type(&self.column.value);
        let problem = match declared.or_else(|| self.implied_type()) {
            _ if self.max.0 < 0 => Some(say!("`max` is at least 0", "`max` phải từ 0 trở lên")),
            Some(ty) => self.cells(ty).err(),
            None => None,
        };
        match problem {
            Some(what) => {
                context.reader.error(&at.span, what);
                false
            }
            None => true,
        }
    }
}

impl Distribution {
    fn in_intervals(&self) -> bool {
        self.baseline.edges || self.bins.is_some()
    }

    /// The type that the edges by themselves speak of.
    fn implied_type(&self) -> Option<ColumnType> {
        let edges = self.bins.iter().flatten().map(|edge| &edge.value);
        let first = edges.chain(self.baseline.counts.iter().map(|(value, _)| value)).next()?;
        Limit(first.clone()).implied_type().filter(|_| self.in_intervals())
    }

    /// The cells for a column of this type, and the counts that the baseline has in them.
    fn cells(&self, ty: ColumnType) -> Result<(Cells, Vec<u64>), Text> {
        if matches!(ty, ColumnType::Text | ColumnType::Boolean) {
            if self.in_intervals() || self.test == Test::Ks {
                return Err(say!(
                    "texts have no order, which `ks` and intervals need: declare the column a number or a date",
                    "chuỗi không có thứ tự để dùng `ks` và khoảng: hãy khai báo cột là số hoặc ngày"
                ));
            }
            let counts = &self.baseline.counts;
            let cells =
                Cells::Texts(counts.iter().enumerate().map(|(at, (value, _))| (value.clone(), at)).collect());
            let expected = cells.spread(counts.iter().map(|(_, count)| *count));
            return Ok((cells, expected));
        }
        let tick = |value: &str| {
            let bound = Limit(value.to_owned()).resolve(ty, 0, false).filter(|_| value != "as_of");
            bound.map(super::limit::Bound::ticks).ok_or_else(|| {
                let (name, ty) = (&self.column.value, ty.id());
                say!(
                    "the baseline or `bins` hold what is no value of `{name}`, which is of type `{ty}`",
                    "phân bố gốc hoặc `bins` chứa giá trị không hợp kiểu `{ty}` của cột `{name}`"
                )
            })
        };
        let counts = self.baseline.counts.iter().map(|(value, count)| Ok((tick(value)?, *count)));
        let mut counts = ascending(counts.collect::<Result<Vec<_>, Text>>()?)?;
        if let Some(bins) = &self.bins {
            let edges = bins.iter().map(|edge| Ok((tick(&edge.value)?, 0)));
            let mut edges = ascending(edges.collect::<Result<Vec<_>, Text>>()?)?;
            for (edge, count) in counts {
                let at = edges.binary_search_by_key(&edge, |(edge, _)| *edge).map_err(|_| {
                    say!(
                        "the baseline counts by edges that are not among `bins`",
                        "phân bố gốc đếm theo cận không có trong `bins`"
                    )
                })?;
                edges[at].1 = count;
            }
            counts = edges;
        }
        let ticks = counts.iter().map(|(tick, _)| *tick).collect();
        let cells = if self.in_intervals() { Cells::Intervals(ticks) } else { Cells::Values(ticks) };
        let expected = cells.spread(counts.into_iter().map(|(_, count)| count));
        Ok((cells, expected))
    }
}

impl Spec for Distribution {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.test.word().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let (column, ty) = match self.implied_type() {
            Some(implied) => quantity::ordered(binder, &self.column, Some(implied))?,
            None => {
                let column = binder.column(&self.column)?;
                (column, binder.column_type(column))
            }
        };
        let (cells, expected) = self.cells(ty).map_err(BindError::Unreadable)?;
        Ok(Bound::scan(Compared { column, cells, expected, test: self.test, max: self.max.0 }))
    }
}

struct Compared {
    column: ColumnId,
    cells: Cells,
    expected: Vec<u64>,
    test: Test,
    /// In 10⁻¹⁸.
    max: i128,
}

impl Check for Compared {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Seen) -> Option<RowVerdict> {
        let present = population.sound(batch.present(self.column));
        let all = population.sound(&batch.all());
        state.absent += (all.count_set_bits() - present.count_set_bits()) as u64;
        state.unknown += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        self.cells.count(batch, self.column, &present, state);
        None
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        let values: u64 = state.cells.iter().sum();
        if values + state.absent + state.unknown == 0 {
            return Measure::of(Tally::default());
        }
        let unknown = state.unknown;
        let open = match (values, unknown) {
            (_, 1..) => Some(say!(
                "{unknown} values could not be taken into account, so the distribution is not known",
                "{unknown} giá trị không tính được nên không xác định được phân bố"
            )),
            // Blanking a column is no way out of the rule.
            (0, 0) => Some(say!("the column holds no value", "cột không có giá trị nào")),
            _ => None,
        };
        if let Some(note) = open {
            return Measure { note: Some(note), ..Measure::of(Tally::new(0, 0, 0, 1)) };
        }
        let shared =
            state.cells.iter().zip(&self.expected).any(|(observed, expected)| *observed.min(expected) > 0);
        if !shared {
            let note = say!(
                "no value of the baseline occurs: the baseline is of another column",
                "không giá trị nào của phân bố gốc xuất hiện: phân bố gốc là của cột khác"
            );
            return Measure { tally: Tally::new(0, 0, 0, 1), ..Measure::not_run(Status::Error, note) };
        }
        self.judged(state, values)
    }
}

impl Compared {
    fn judged(&self, state: &Seen, values: u64) -> Measure {
        let bounds = distance(self.test, &Counts { observed: &state.cells, expected: &self.expected });
        let (pass, note) = match &bounds {
            None => (
                false,
                Some(say!(
                    "a value occurs that is expected never, so the statistic is infinite",
                    "có giá trị không được kỳ vọng nên thống kê là vô cùng"
                )),
            ),
            Some([low, high]) => match (low.compare(self.max), high.compare(self.max)) {
                (_, Ordering::Less | Ordering::Equal) => (true, None),
                (Ordering::Less | Ordering::Equal, _) => (
                    false,
                    Some(say!(
                        "the distance is nearer to `max` than it is known, and counts as failing",
                        "khoảng cách gần `max` hơn mức chính xác của phép tính nên coi là không đạt"
                    )),
                ),
                _ => (false, None),
            },
        };
        let mut measure = Measure::of(Tally::new(u64::from(pass), u64::from(!pass), 0, 0));
        if let Some([_, high]) = bounds {
            let places = if self.test == Test::Psi { 15 } else { 18 };
            measure.figures.push(Figure::new(self.test.word(), high.decimal(places)));
        }
        let beyond: u64 = state.cells.iter().step_by(2).sum();
        measure.figures.push(Figure::new("values", values));
        measure.figures.push(Figure::new("not_in_baseline", beyond));
        measure.note = note;
        measure
    }
}
