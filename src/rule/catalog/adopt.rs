//! What the catalogue says of the databases that rule files are about.

use std::sync::Arc;

use super::listed;
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Place, Text};
use crate::rule::load::Loaded;
use crate::rule::node;
use crate::rule::reader::Reader;
use crate::say;

/// Gives databases that are in the catalogue their title, where the rule file is silent, and their agency and weight,
/// whatever it says: the registry decides who answers for what, and what counts how much.
pub fn adopt(loaded: &mut Loaded) {
    let mut warnings: Vec<Diagnostic> = Vec::new();
    for database in &mut loaded.databases {
        let Some(entry) = listed(&database.id.value) else { continue };
        database.title.get_or_insert_with(|| Text::same(entry.title));
        let own = database.agency.replace(entry.agency.to_owned());
        if let Some(own) = own.filter(|own| *own != entry.agency) {
            let (id, of) = (entry.id, entry.agency);
            let place = Place { file: Arc::clone(&database.file), span: database.id.span.clone() };
            warnings.push(
                Diagnostic::warning(say!(
                    "the catalogue gives `{id}` to the agency `{of}`; `{own}` is ignored",
                    "danh mục CSDL ghi `{id}` thuộc cơ quan `{of}`; bỏ qua `{own}`"
                ))
                .at(place)
                .hint(say!("leave `agency` out", "bỏ `agency`")),
            );
        }
        database.weight = entry.weight;
    }
    warnings.extend(loaded.files.iter().filter_map(other_weight));
    loaded.diagnostics.extend(warnings);
}

/// A warning at a weight that is not the registry's.
fn other_weight(file: &Arc<SourceText>) -> Option<Diagnostic> {
    // Most files say nothing of weights and need no second look.
    if !file.text.contains("weight") {
        return None;
    }
    let tree = node::parse(file).ok()?;
    let mut reader = Reader::new(Arc::clone(file));
    let mut fields = reader.fields(&tree)?;
    let (database, weight) = (fields.optional("database")?, fields.optional("weight")?);
    let entry = listed(&reader.text(database)?.value)?;
    let said: u32 = reader.integer(weight)?;
    let (id, of) = (entry.id, entry.weight);
    (said != of).then(|| {
        Diagnostic::warning(say!(
            "the catalogue gives `{id}` the weight {of}; {said} is ignored",
            "danh mục CSDL cho `{id}` trọng số {of}; bỏ qua {said}"
        ))
        .at(reader.place(&weight.span))
        .hint(say!("leave `weight` out", "bỏ `weight`"))
    })
}
