//! Names of columns in the styles in which programs write them.

/// What `so_dinh_danh`, `SoDinhDanh`, `SO_DINH_DANH` and `SODINHDANH` have in common.
pub fn in_any_style(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}
