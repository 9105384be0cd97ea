//! Waivers: violations that somebody has answered for until a certain day. They change a gate's verdict, never a score.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use super::node::{self, At, Node, Value};
use super::reader::Reader;
use super::table_rule::expression;
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Level, Place};
use crate::kernel::date_format::default_date;
use crate::kernel::expression::Expression;
use crate::say;

/// A waiver as it was written.
#[derive(Clone, Debug)]
pub struct Waiver {
    pub id: String,
    pub place: Place,
    pub database: String,
    pub table: String,
    pub rule: String,
    /// The rows it is about; all if absent.
    pub filter: Option<At<Expression>>,
    pub reason: String,
    pub owner: String,
    pub approver: String,
    /// Days since 1970-01-01.
    pub created: i32,
    /// Its last day.
    pub expires: i32,
    /// Violations that it covers at most.
    pub max_fail: u64,
}

/// Days from `created` to `expires` at most.
pub const LONGEST: i32 = 90;

impl Waiver {
    /// Whether it can cover anything on that day.
    pub fn is_in_force(&self, today: i32) -> bool {
        (self.created..=self.expires).contains(&today)
            && self.expires - self.created <= LONGEST
            && !self.is_self_approved()
    }

    /// Whether owner and approver are one and the same.
    pub fn is_self_approved(&self) -> bool {
        // Whoever hides behind full-width letters or invisible characters is still the same.
        let same = |text: &str| -> String {
            let letters = text.nfkc().filter(|c| c.is_alphanumeric() || "@._-".contains(*c));
            letters.flat_map(char::to_lowercase).collect()
        };
        same(&self.owner) == same(&self.approver)
    }
}

/// Reads a file of waivers.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(file: &Arc<SourceText>) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut reader = Reader::new(Arc::clone(file));
    let items = match &tree.value {
        Value::Null => Vec::new(),
        Value::Map(_) => {
            let mut listed = Vec::new();
            if let Some(mut fields) = reader.fields(&tree) {
                if let Some(node) = fields.required("waivers", &mut reader) {
                    listed = reader.items(node);
                }
                fields.finish(&mut reader);
            }
            listed
        }
        _ => reader.items(&tree),
    };
    let mut waivers: Vec<Waiver> = Vec::new();
    for node in items {
        let Some(waiver) = one(node, &mut reader) else { continue };
        if waivers.iter().any(|other| other.id == waiver.id) {
            let id = &waiver.id;
            reader.error(
                &waiver.place.span,
                say!("waiver `{id}` is there twice", "miễn trừ `{id}` xuất hiện hai lần"),
            );
        }
        waivers.push(waiver);
    }
    if reader.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(reader.diagnostics);
    }
    Ok(waivers)
}

fn one(node: &Node, reader: &mut Reader) -> Option<Waiver> {
    let mut fields = reader.fields(node)?;
    let id = fields.required("id", reader).and_then(|node| filled(node, reader));
    let scope = fields.required("scope", reader).and_then(|node| scope(node, reader));
    let reason = fields.required("reason", reader).and_then(|node| filled(node, reader));
    let owner = fields.required("owner", reader).and_then(|node| filled(node, reader));
    let approver = fields.required("approver", reader).and_then(|node| filled(node, reader));
    let created = fields.required("created", reader).and_then(|node| day(node, reader));
    let expires = fields.required("expires", reader).and_then(|node| day(node, reader));
    let max_fail = fields.required("budget", reader).and_then(|node| budget(node, reader));
    fields.finish(reader);
    if let (Some(created), Some(expires)) = (&created, &expires)
        && expires.value < created.value
    {
        reader.error(&expires.span, say!("it expires before it was created", "hết hạn trước khi được tạo"));
    }
    let (id, scope) = (id?, scope?);
    Some(Waiver {
        place: reader.place(&id.span),
        id: id.value,
        database: scope.database,
        table: scope.table,
        rule: scope.rule,
        filter: scope.filter,
        reason: reason?.value,
        owner: owner?.value,
        approver: approver?.value,
        created: created?.value,
        expires: expires?.value,
        max_fail: max_fail?,
    })
}

struct Scope {
    database: String,
    table: String,
    rule: String,
    filter: Option<At<Expression>>,
}

fn scope(node: &Node, reader: &mut Reader) -> Option<Scope> {
    let mut fields = reader.fields(node)?;
    let database = fields.required("db", reader).and_then(|node| filled(node, reader));
    let table = fields.required("table", reader).and_then(|node| filled(node, reader));
    let rule = fields.required("rule", reader).and_then(|node| filled(node, reader));
    let filter = match fields.optional("filter") {
        // A filter that is wrong must not become a waiver of everything.
        Some(node) => Some(expression(reader, node, &[])?),
        None => None,
    };
    fields.finish(reader);
    Some(Scope { database: database?.value, table: table?.value, rule: rule?.value, filter })
}

fn budget(node: &Node, reader: &mut Reader) -> Option<u64> {
    let mut fields = reader.fields(node)?;
    let max_fail = fields.required("max_fail", reader).and_then(|node| reader.integer(node));
    fields.finish(reader);
    max_fail
}

fn filled(node: &Node, reader: &mut Reader) -> Option<At<String>> {
    let text = reader.text(node)?;
    if text.value.trim().is_empty() {
        reader.error(&text.span, say!("this must not be empty", "không được để trống"));
        return None;
    }
    Some(text)
}

fn day(node: &Node, reader: &mut Reader) -> Option<At<i32>> {
    let text = reader.text(node)?;
    let parsed = default_date().parse_date(&text.value);
    if parsed.is_none() {
        let value = &text.value;
        reader.error(&text.span, say!("`{value}` is not a day", "`{value}` không phải là ngày")).hint =
            Some(say!("write it as 2026-11-21", "viết dạng 2026-11-21"));
    }
    Some(At { value: parsed?, span: text.span })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "- id: W-1\n  scope: { db: a, table: t, rule: r, filter: \"nam < 1950\" }\n  reason: giấy\n  owner: a@x\n  approver: b@x\n  created: 2026-11-01\n  expires: 2027-01-30\n  budget: { max_fail: 12 }\n";

    fn read_text(text: &str) -> Result<Vec<Waiver>, Vec<String>> {
        let file = Arc::new(SourceText { name: "waivers.yaml".to_owned(), text: text.to_owned() });
        read(&file).map_err(|found| found.into_iter().map(|diagnostic| diagnostic.what.en).collect())
    }

    #[test]
    fn lists_and_maps_are_read() {
        let waivers = read_text(SOUND).unwrap();
        assert_eq!((waivers[0].expires - waivers[0].created, waivers[0].max_fail), (90, 12));
        let indented = SOUND.replace("\n", "\n  ");
        assert_eq!(read_text(&format!("waivers:\n  {indented}")).unwrap().len(), 1);
        assert!(read_text("").unwrap().is_empty());
    }

    #[test]
    fn every_error_is_told_at_once() {
        let bad = SOUND.replace("nam <", "nam < (").replace("2027-01-30", "2026-10-01").replace("12", "-1");
        assert_eq!(read_text(&bad).unwrap_err().len(), 3);
        assert_eq!(read_text(&format!("{SOUND}{SOUND}")).unwrap_err().len(), 1);
        assert_eq!(read_text("- id: W\n").unwrap_err().len(), 7);
    }

    #[test]
    fn nobody_approves_himself_by_writing_it_differently() {
        let waivers = read_text(&SOUND.replace("b@x", "\" A@X \"")).unwrap();
        assert!(waivers[0].is_self_approved());
        let waivers = read_text(&SOUND.replace("b@x", "ａ@x\u{200b}")).unwrap();
        assert!(waivers[0].is_self_approved());
    }
}
