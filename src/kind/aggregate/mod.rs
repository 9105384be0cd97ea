mod figure;
mod function;
mod summary;

use self::figure::Figures;
use self::function::{Function, Reads};
use self::summary::Source;
use super::limit::{self, Limit, Limits, Number, WHOLE};
use super::quantity;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::ColumnType;
use crate::kernel::number::show_decimal;
use crate::rule::arguments::{Arguments, Choice, Column};
use crate::rule::{About, At, BindError, Binder, Bound, Fields, Node, ParseContext, Spec, Words};
use crate::say;

static ABOUT: About = About {
    name: "aggregate",
    title: Words {
        en: "figure of the column within bounds", vi: "số liệu của cột trong giới hạn"
    },
    dimension: Dimension::Correctness,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "A figure of a column lies between two bounds. `function` is one of `min` `max` `range` `median` `quantile` \
             (with `q`, by nearest rank) `iqr` `mean` `sum` `variance` `stddev` (of a sample; `…_population` of all) \
             `correlation` (with the column `with`) `zero_count` `negative_count` `count` `null_count` `null_ratio` \
             `distinct` `distinct_ratio` `unique_count` `unique_ratio` `most_common_count` `entropy` `min_length` \
             `max_length` `mean_length`. Computed over all rows and compared without rounding; absent values are left \
             out. Where no value is there, counts are 0, and what has no figure is unknown.",
        vi: "Một số liệu của cột nằm giữa hai cận. `function` là một trong `min` `max` `range` `median` `quantile` (kèm \
             `q`, theo hạng gần nhất) `iqr` `mean` `sum` `variance` `stddev` (của mẫu; `…_population`: của tổng thể) \
             `correlation` (với cột `with`) `zero_count` `negative_count` `count` `null_count` `null_ratio` `distinct` \
             `distinct_ratio` `unique_count` `unique_ratio` `most_common_count` `entropy` `min_length` `max_length` \
             `mean_length`. Tính trên mọi dòng, so sánh không làm tròn; bỏ qua giá trị thiếu. Cột không có giá trị nào \
             thì số đếm bằng 0, số liệu không tính được là không đo được.",
    },
    why: Words {
        en: "Some errors show only in the whole: a unit that changed, a load that stopped half way.",
        vi: "Có lỗi chỉ lộ ra ở tổng thể: đổi đơn vị tính, nạp dở dang.",
    },
    fix: Words {
        en: "Compare with the last run and with the source's own figures.",
        vi: "So với lần chạy trước và số liệu tại nguồn.",
    },
    example: "aggregate: { column: thu_nhap, function: mean, min: 0, max: 1000000000 }",
};

arguments! {
    pub struct Aggregate {
        /// The column that is summed up.
        column: Column,
        /// The figure.
        function: Function,
        /// The share for `quantile`, between 0 and 1: `0.95`.
        q: Option<Number>,
        /// The second column for `correlation`.
        with: Option<Column>,
        #[schemars(flatten)]
        limits: Limits,
    }
}

impl Arguments for Aggregate {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let what = match (self.function, self.q, &self.with) {
            (Function::Quantile, None, _) => say!("`q` is missing", "thiếu `q`"),
            (Function::Quantile, Some(q), _) if !(0..=WHOLE).contains(&q.0) => {
                say!("`q` is between 0 and 1", "`q` nằm trong khoảng 0 đến 1")
            }
            (Function::Correlation, _, None) => say!("`with` is missing", "thiếu `with`"),
            (function, Some(_), _) if function != Function::Quantile => {
                say!("`q` belongs to `quantile`", "`q` chỉ dùng với `quantile`")
            }
            (function, _, Some(_)) if function != Function::Correlation => {
                say!("`with` belongs to `correlation`", "`with` chỉ dùng với `correlation`")
            }
            _ => return self.types_agree(context),
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Aggregate {
    /// Whether the declared types have such a figure, and the bounds are of its type.
    fn types_agree(&self, context: &mut ParseContext<'_>) -> bool {
        let declared = context.declared_type(&self.column.value);
        let numbers: &[&Column] = match (self.function.reads(), &self.with) {
            (Reads::Numbers, _) => &[&self.column],
            (Reads::Pairs, Some(with)) => &[&self.column, with],
            _ => &[],
        };
        for name in numbers {
            if let Some(ty) = context.declared_type(&name.value).filter(|ty| !quantity::is_number(*ty)) {
                let (ty, function) = (ty.id(), self.function.word());
                context.reader.error(
                    &name.span,
                    say!("a column of type `{ty}` has no {function}", "cột kiểu `{ty}` không có {function}"),
                );
                return false;
            }
        }
        let ty = match declared {
            Some(ty) => Some(self.function.figure_type(ty)),
            None => Some(self.function.figure_type(ColumnType::Text)).filter(|ty| *ty != ColumnType::Text),
        };
        self.limits.check(ty, context)
    }
}

impl Spec for Aggregate {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        let q = self.q.map(|q| format!("-{}", show_decimal(q.0))).unwrap_or_default();
        format!("{}{q}", self.function.word())
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let sides = [&self.limits.min, &self.limits.max];
        let (column, ty) = match self.function.reads() {
            Reads::Presence | Reads::Identity | Reads::Lengths => {
                let column = binder.column(&self.column)?;
                (column, binder.column_type(column))
            }
            Reads::Ordered => {
                // Text is read as what the bounds speak of.
                let same_type = self.function.figure_type(ColumnType::Text) == ColumnType::Text;
                let implied = sides.into_iter().flatten().find_map(|limit| limit.value.implied_type());
                quantity::ordered(binder, &self.column, implied.filter(|_| same_type))?
            }
            Reads::Numbers | Reads::Pairs => (quantity::number(binder, &self.column)?, ColumnType::Decimal),
        };
        let with = self.with.as_ref().map(|with| quantity::number(binder, with)).transpose()?;
        let figure_type = self.function.figure_type(ty);
        let resolve = |limit: &Option<At<Limit>>, upper| match limit {
            None => Ok(None),
            Some(limit) => {
                limit.value.resolve(figure_type, binder.as_of_at_end(), upper).map(Some).ok_or_else(|| {
                    let (text, ty) = (&limit.value.0, figure_type.id());
                    BindError::Unreadable(say!(
                        "`{text}` is no bound for a figure of type `{ty}`",
                        "`{text}` không phải cận hợp lệ cho số liệu kiểu `{ty}`"
                    ))
                })
            }
        };
        Ok(Bound::scan(Figures {
            source: Source { column, with, ty, function: self.function },
            q: self.q.map_or(0, |q| q.0.unsigned_abs()),
            min: resolve(&self.limits.min, false)?.map(limit::Bound::ticks),
            max: resolve(&self.limits.max, true)?.map(limit::Bound::ticks),
            exclusive_min: self.limits.exclusive_min,
            exclusive_max: self.limits.exclusive_max,
        }))
    }
}
