//! Command lines that cannot be read, told in Vietnamese; the library that reads them speaks English only.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::base::Lang;

/// The language that somebody asked for whose command line could not be read, if it can be told.
pub fn language(arguments: impl Iterator<Item = OsString>) -> Option<Lang> {
    let arguments: Vec<String> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let after = arguments.iter().zip(arguments.iter().skip(1)).filter(|(name, _)| *name == "--lang");
    let joined = arguments.iter().filter_map(|argument| argument.strip_prefix("--lang="));
    let asked = after.map(|(_, value)| value.as_str()).chain(joined).next()?;
    match asked {
        "vi" => Some(Lang::Vi),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// What is wrong, in Vietnamese; nothing for what is too rare to have words here.
pub fn in_vietnamese(error: &clap::Error) -> Option<String> {
    let one = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(format!("`{text}`")),
        Some(ContextValue::Strings(texts)) if !texts.is_empty() => {
            Some(texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    };
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            format!("thiếu đối số bắt buộc: {}", one(ContextKind::InvalidArg)?)
        }
        ErrorKind::UnknownArgument => format!("không có đối số {}", one(ContextKind::InvalidArg)?),
        ErrorKind::InvalidSubcommand => format!("không có lệnh {}", one(ContextKind::InvalidSubcommand)?),
        ErrorKind::InvalidValue => {
            let argument = one(ContextKind::InvalidArg)?;
            match one(ContextKind::InvalidValue).filter(|value| value != "``") {
                Some(value) => format!("{argument} không nhận giá trị {value}"),
                None => format!("{argument} cần một giá trị"),
            }
        }
        ErrorKind::ValueValidation => {
            let (argument, value) = (one(ContextKind::InvalidArg)?, one(ContextKind::InvalidValue)?);
            // Of a number that is out of range the library says so at the end of its sentence.
            let range = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            match range.split_once(" is not in ") {
                Some((_, range)) => format!("{argument} không nhận giá trị {value}, chỉ nhận {range}"),
                None => format!("{argument} không nhận giá trị {value}"),
            }
        }
        ErrorKind::ArgumentConflict => {
            let argument = one(ContextKind::InvalidArg)?;
            match one(ContextKind::PriorArg) {
                Some(prior) if prior != argument => format!("{argument} không dùng cùng {prior}"),
                _ => format!("{argument} chỉ được ghi một lần"),
            }
        }
        _ => return None,
    };
    let mut text = format!("lỗi: {what}\n");
    if let Some(valid) = one(ContextKind::ValidValue) {
        text += &format!("  giá trị hợp lệ: {valid}\n");
    }
    let close = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(close) = close.into_iter().find_map(one) {
        text += &format!("  có phải {close}?\n");
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        text += &format!("\n{}\n", usage.to_string().replacen("Usage:", "Cách dùng:", 1));
    }
    text += "\nXem thêm: `--help`.\n";
    Some(text)
}
