//! The report as a Word document: a template with fields in it, filled. Ours, or the user's own.
//!
//! A document is a zip of XML parts. Fields stand in the text as `{{name}}`; `{{#name}}…{{/name}}` is repeated for every item
//! of a list. No crate for writing documents is used: it would write a document of its own, where the layout is to be the
//! user's.

mod archive;
mod fill;
mod marks;
mod scope;
mod template;
mod xml;

pub use self::template::default_template;

use std::collections::BTreeSet;

use self::archive::Archive;
use self::fill::Fill;
use super::letter::{DUE, KNOWN, missing};
use super::{PeriodicRenderer, Refused, Setting};
use crate::base::{Lang, Text, suggest};
use crate::say;

pub struct Docx;

impl PeriodicRenderer for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn about(&self) -> Text {
        say!(
            "a Word document in the layout of a Vietnamese administrative report, from a template",
            "văn bản Word theo thể thức văn bản hành chính, lập từ mẫu thay được"
        )
    }

    fn extension(&self) -> &'static str {
        "docx"
    }

    fn binary(&self) -> bool {
        true
    }

    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused> {
        let lang = setting.style.lang;
        let own = match setting.template {
            Some(bytes) => bytes.to_vec(),
            None => default_template(lang).map_err(|wrong| Refused::Letter(vec![wrong]))?,
        };
        filled(&own, setting, lang).map_err(Refused::Letter)
    }

    /// Fields of one's own without a place are mistakes; those of every letter may be left out of a template.
    fn unplaced(&self, setting: &Setting<'_>) -> Vec<String> {
        let Some(mut archive) = setting.template.and_then(|bytes| Archive::read(bytes).ok()) else {
            return Vec::new();
        };
        let parts = archive.texts().filter_map(|(_, bytes)| xml::parse(bytes).ok());
        let named: BTreeSet<String> = parts.flat_map(|part| marks::names(&part.text())).collect();
        let given = setting.letter.given().filter(|field| *field != DUE && !named.contains(*field));
        given.map(str::to_owned).collect()
    }
}

/// The template with everything in its place, or everything that is wrong with it.
fn filled(template: &[u8], setting: &Setting<'_>, lang: Lang) -> Result<Vec<u8>, Vec<Text>> {
    let mut archive = Archive::read(template).map_err(|wrong| vec![wrong])?;
    let letter = setting.letter.fields(setting.report);
    let mut wrong: Vec<Text> = missing(&letter).into_iter().collect();
    let scope = scope::of(setting.report, &letter, lang);
    let mut used = BTreeSet::new();
    for (name, bytes) in archive.texts() {
        let mut part = match xml::parse(bytes) {
            Ok(part) => part,
            Err(Text { en, vi }) => {
                wrong.push(say!("template, part `{name}`: {en}", "mẫu, phần `{name}`: {vi}"));
                continue;
            }
        };
        if !part.has_usual_prefix() {
            wrong.push(say!(
                "template, part `{name}`: Word's elements have another prefix than `w:`; open the template in Word and save it again",
                "mẫu, phần `{name}`: các phần tử của Word dùng tiền tố khác `w:`; hãy mở mẫu bằng Word và lưu lại"
            ));
            continue;
        }
        let mut fill = Fill::new(name, &scope);
        fill.document(&mut part);
        wrong.append(&mut fill.wrong);
        used.append(&mut fill.used);
        *bytes = xml::written(&part).into_bytes();
    }
    for field in setting.letter.given() {
        if !KNOWN.contains(&field) && !used.contains(field) {
            let known = KNOWN.iter().copied().chain(used.iter().map(String::as_str));
            let (en, vi) = suggest::closest(field, known).map_or_else(Default::default, |close| {
                (format!("; did you mean `{close}`?"), format!("; có phải `{close}`?"))
            });
            wrong.push(say!(
                "no place in the template for the field `{field}`{en}",
                "mẫu không có chỗ cho trường `{field}`{vi}"
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if !used.iter().any(|field| scope.contains_key(field)) {
        return Err(vec![say!(
            "the template has no field, as `{{{{ky_bao_cao}}}}`: nothing of the report would stand in it; `--write-template FILE.docx` gives one to start from",
            "mẫu không có trường nào, như `{{{{ky_bao_cao}}}}`: không có số liệu nào được điền; `--write-template TỆP.docx` ghi ra một mẫu để bắt đầu"
        )]);
    }
    archive.written().map_err(|wrong| vec![wrong])
}

#[cfg(test)]
mod tests;
