//! Grades: bands over points, and the worst of several.

use serde::{Deserialize, Serialize};

use crate::base::{Nano, Text};
use crate::say;

/// From best to worst; the last means that there is not enough to grade by.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Grade {
    /// Xuất sắc.
    A,
    /// Tốt.
    B,
    /// Đạt.
    C,
    /// Không đạt.
    D,
    /// Chưa đủ căn cứ.
    #[serde(rename = "—")]
    Ungraded,
}

impl Grade {
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::Ungraded];

    pub const fn id(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::Ungraded => "—",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::A => say!("excellent", "Xuất sắc"),
            Self::B => say!("good", "Tốt"),
            Self::C => say!("satisfactory", "Đạt"),
            Self::D => say!("unsatisfactory", "Không đạt"),
            Self::Ungraded => say!("not enough evidence", "Chưa đủ căn cứ"),
        }
    }

    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        self.max(other)
    }
}

/// A grade and the points it starts at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    pub grade: Grade,
    pub points: u32,
}

/// The cut points of Decree 335/2025/NĐ-CP for civil servants.
pub const BANDS: [Band; 4] = [
    Band { grade: Grade::A, points: 90 },
    Band { grade: Grade::B, points: 70 },
    Band { grade: Grade::C, points: 50 },
    Band { grade: Grade::D, points: 0 },
];

/// The grade that points alone give.
pub fn by_points(bands: &[Band], points: Nano) -> Grade {
    bands.iter().find(|band| points >= Nano::points(band.points)).map_or(Grade::D, |band| band.grade)
}

/// Whether points lie within `margin` nano-points of an edge between two grades.
pub fn near_edge(bands: &[Band], margin: i64, points: Nano) -> bool {
    bands
        .iter()
        .filter(|band| band.points > 0)
        .any(|band| (points.get() - Nano::points(band.points).get()).abs() < margin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worst_puts_ungraded_last() {
        assert_eq!(Grade::A.worst(Grade::C), Grade::C);
        assert_eq!(Grade::Ungraded.worst(Grade::D), Grade::Ungraded);
        assert_eq!(serde_json::to_string(&Grade::Ungraded).unwrap(), "\"—\"");
    }

    #[test]
    fn near_means_less_than_half_a_point() {
        let near = |nano| near_edge(&BANDS, Nano::POINT / 2, Nano::new(nano));
        assert!(near(89_500_000_001) && near(70_000_000_000) && near(50_499_999_999));
        assert!(!near(89_500_000_000) && !near(60_000_000_000) && !near(100_000_000));
    }

    proptest! {
        // What is shown never lies on the other side of a band's edge.
        #[test]
        fn shown_points_keep_their_grade(nano in 0i64..=100_000_000_000, places in 0u32..=9) {
            let shown = Nano::new(nano).decimal(places, '.');
            let (whole, part) = shown.split_once('.').unwrap_or((&shown, ""));
            let back = whole.parse::<i64>().unwrap() * Nano::POINT
                + format!("{part:0<9}").parse::<i64>().unwrap();
            prop_assert!(back <= nano);
            prop_assert_eq!(by_points(&BANDS, Nano::new(back)), by_points(&BANDS, Nano::new(nano)));
        }
    }
}
