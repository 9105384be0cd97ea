//! The figures that a column can be asked for.

use schemars::JsonSchema;

use crate::base::Text;
use crate::kernel::ColumnType;
use crate::rule::arguments::Choice;
use crate::say;

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    Min,
    Max,
    /// Greatest minus least value; days between dates, seconds between timestamps.
    Range,
    /// The middle value; of an even number of numbers the mean of the middle two, of dates and timestamps the earlier.
    Median,
    /// By nearest rank: the least value that a share `q` of all values is not above.
    Quantile,
    /// The 0.75-quantile minus the 0.25-quantile, both by nearest rank.
    Iqr,
    Mean,
    Sum,
    /// Of a sample: divided by n − 1.
    Variance,
    VariancePopulation,
    /// The root of the sample's variance.
    Stddev,
    StddevPopulation,
    /// Pearson's, with the column `with`; rows that lack one of the two are left out.
    Correlation,
    ZeroCount,
    NegativeCount,
    /// Values that are there.
    Count,
    /// Absent cells: null, blank or a placeholder.
    NullCount,
    NullRatio,
    /// Different values.
    Distinct,
    DistinctRatio,
    /// Values that occur once.
    UniqueCount,
    /// Values that occur once, among the different values.
    UniqueRatio,
    /// How often the most common value occurs.
    MostCommonCount,
    /// Of the distribution of the values, in bits; known to within 2⁻⁵⁹.
    Entropy,
    /// Characters of the shortest canonical value.
    MinLength,
    MaxLength,
    MeanLength,
}

impl Choice for Function {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("min", Self::Min),
        ("max", Self::Max),
        ("range", Self::Range),
        ("median", Self::Median),
        ("quantile", Self::Quantile),
        ("iqr", Self::Iqr),
        ("mean", Self::Mean),
        ("sum", Self::Sum),
        ("variance", Self::Variance),
        ("variance_population", Self::VariancePopulation),
        ("stddev", Self::Stddev),
        ("stddev_population", Self::StddevPopulation),
        ("correlation", Self::Correlation),
        ("zero_count", Self::ZeroCount),
        ("negative_count", Self::NegativeCount),
        ("count", Self::Count),
        ("null_count", Self::NullCount),
        ("null_ratio", Self::NullRatio),
        ("distinct", Self::Distinct),
        ("distinct_ratio", Self::DistinctRatio),
        ("unique_count", Self::UniqueCount),
        ("unique_ratio", Self::UniqueRatio),
        ("most_common_count", Self::MostCommonCount),
        ("entropy", Self::Entropy),
        ("min_length", Self::MinLength),
        ("max_length", Self::MaxLength),
        ("mean_length", Self::MeanLength),
    ];

    fn what() -> Text {
        say!("figure", "hàm tổng hợp")
    }
}

/// What a figure is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Whether there is a value.
    Presence,
    /// Which values are the same.
    Identity,
    /// How many characters a value has.
    Lengths,
    /// Values that have an order.
    Ordered,
    Numbers,
    /// Two columns of numbers.
    Pairs,
}

impl Function {
    pub fn reads(self) -> Reads {
        match self {
            Self::Count | Self::NullCount | Self::NullRatio => Reads::Presence,
            Self::Distinct
            | Self::DistinctRatio
            | Self::UniqueCount
            | Self::UniqueRatio
            | Self::MostCommonCount
            | Self::Entropy => Reads::Identity,
            Self::MinLength | Self::MaxLength | Self::MeanLength => Reads::Lengths,
            Self::Min | Self::Max | Self::Range | Self::Median | Self::Quantile | Self::Iqr => Reads::Ordered,
            Self::Mean
            | Self::Sum
            | Self::Variance
            | Self::VariancePopulation
            | Self::Stddev
            | Self::StddevPopulation
            | Self::ZeroCount
            | Self::NegativeCount => Reads::Numbers,
            Self::Correlation => Reads::Pairs,
        }
    }

    /// The type of the figure, where the values are of type `ty`.
    pub fn figure_type(self, ty: ColumnType) -> ColumnType {
        match self {
            Self::Min | Self::Max | Self::Median | Self::Quantile => ty,
            _ => ColumnType::Decimal,
        }
    }
}
