//! Floor 6: points, grades, gates and ranks. Pure functions of measures, integers only.
