//! Arguments that several commands share.

use clap::{Args, ValueEnum};

use crate::base::Lang;

/// What every command understands.
#[derive(Debug, Args)]
pub struct Global {
    /// Language of messages and reports [default: from the locale].
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub lang: Option<LangArgument>,
    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: When,
    /// Print nothing but the result: no progress, no summary.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LangArgument {
    Vi,
    En,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum When {
    /// If the output is a terminal and `NO_COLOR` is not set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Global {
    /// The chosen language, or the one that the environment speaks: Vietnamese for a `vi` locale, else English.
    pub fn language(&self) -> Lang {
        match self.lang {
            Some(LangArgument::Vi) => Lang::Vi,
            Some(LangArgument::En) => Lang::En,
            None => of_environment(),
        }
    }
}

/// What the environment speaks.
pub fn of_environment() -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .filter(|value| value.starts_with("vi"))
        .map_or(Lang::En, |_| Lang::Vi)
}
