//! From the text of a catalogue to [`Catalog`], with everything that is wrong with it.

use std::sync::Arc;

use super::check::{Mentions, Named};
use super::words::{Archetype, Group, Kind, Match};
use super::{Agency, Catalog, Entry, Names, OtherSystem, PRIORITY_WEIGHT, Priority};
use crate::base::Diagnostic;
use crate::base::diagnostic::SourceText;
use crate::rule::node::{self, At, Node};
use crate::rule::reader::{Fields, Reader};
use crate::say;

/// The form of catalogues that this program reads.
const VERSION: u32 = 1;

/// A number of databases that the file declares, of one group.
pub(super) type Declared = Vec<(Group, At<u32>)>;

pub(super) fn parse(file: &Arc<SourceText>) -> Result<Catalog, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut parser = Parser { reader: Reader::new(Arc::clone(file)), mentions: Mentions::default() };
    let catalog = parser.catalog(&tree);
    let Parser { mut reader, mentions } = parser;
    if let Some(catalog) = &catalog {
        mentions.check(catalog, &mut reader);
    }
    match catalog {
        Some(catalog) if reader.diagnostics.is_empty() => {
            Ok(Catalog { hash: Catalog::hash_of(&file.text), ..catalog })
        }
        _ => Err(reader.diagnostics),
    }
}

struct Parser {
    reader: Reader,
    mentions: Mentions,
}

impl Parser {
    /// What can be read, even if something else cannot, so that all mistakes are found at once.
    fn catalog(&mut self, tree: &Node) -> Option<Catalog> {
        let mut fields = self.reader.fields(tree)?;
        if let Some(node) = fields.required("catalog", &mut self.reader)
            && let Some(version) = self.reader.integer::<u32>(node)
            && version != VERSION
        {
            self.reader.error(
                &node.span,
                say!(
                    "catalogues of form {version} are not known to this program, only {VERSION}",
                    "công cụ này không biết danh mục dạng {version}, chỉ biết dạng {VERSION}"
                ),
            );
        }
        let sources = fields.required("sources", &mut self.reader);
        let groups = fields.required("groups", &mut self.reader);
        let packs = fields.required("packs", &mut self.reader);
        let enterprises = fields.required("enterprises", &mut self.reader);
        let agencies = fields.required("agencies", &mut self.reader);
        let priority = fields.required("priority", &mut self.reader);
        let other_systems = fields.optional("other_systems");
        fields.finish(&mut self.reader);
        let sources = self.names(sources);
        let packs = self.packs(packs);
        let enterprises = self.names(enterprises);
        let groups = groups.map(|node| self.groups(node)).unwrap_or_default();
        let agencies = self.list(agencies, Self::agency);
        let priority = self.list(priority, Self::priority);
        let other_systems = self.list(other_systems, Self::other_system);
        let mut catalog = Catalog {
            hash: String::new(),
            sources,
            groups,
            agencies,
            priority,
            packs,
            enterprises,
            other_systems,
        };
        weigh(&mut catalog);
        Some(catalog)
    }

    fn list<T>(&mut self, node: Option<&Node>, read: impl Fn(&mut Self, &Node) -> Option<T>) -> Vec<T> {
        let items = node.map(|node| self.reader.items(node)).unwrap_or_default();
        items.into_iter().filter_map(|item| read(self, item)).collect()
    }

    fn names(&mut self, node: Option<&Node>) -> Names {
        let entries = node.and_then(|node| self.reader.entries(node)).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|(id, node)| Some((id.value.clone(), self.reader.text(node)?.value)))
            .collect()
    }

    fn packs(&mut self, node: Option<&Node>) -> Names {
        let entries = node.and_then(|node| self.reader.entries(node)).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|(pack, node)| {
                let main = self.reader.text(node)?;
                self.mentions.add(Named::Entry, &main);
                Some((pack.value.clone(), main.value))
            })
            .collect()
    }

    fn groups(&mut self, node: &Node) -> Vec<(Group, String)> {
        let mut groups = Vec::new();
        for (name, node) in self.reader.entries(node).unwrap_or_default() {
            let group = self.group_named(name);
            let Some(mut fields) = self.reader.fields(node) else { continue };
            let total = fields
                .required("databases", &mut self.reader)
                .and_then(|node| Some(At { value: self.reader.integer(node)?, span: node.span.clone() }));
            let title = fields.required("title", &mut self.reader).and_then(|node| self.reader.text(node));
            fields.finish(&mut self.reader);
            let Some(group) = group else { continue };
            self.mentions.totals.extend(total.map(|total| (group, total)));
            groups.extend(title.map(|title| (group, title.value)));
        }
        groups
    }

    fn group_named(&mut self, name: &At<String>) -> Option<Group> {
        let node = Node {
            value: node::Value::Scalar { text: name.value.clone(), quoted: false },
            span: name.span.clone(),
        };
        self.word(&node, ["group", "nhóm"], Group::ALL, Group::id)
    }

    fn word<T: Copy>(
        &mut self,
        node: &Node,
        [en, vi]: [&str; 2],
        all: &[T],
        id: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let words: Vec<(&'static str, T)> = all.iter().map(|&word| (id(word), word)).collect();
        self.reader.choice(node, &say!("{en}", "{vi}"), &words)
    }

    fn agency(&mut self, node: &Node) -> Option<Agency> {
        let mut fields = self.reader.fields(node)?;
        let id = self.id(&mut fields, Named::Agency);
        let name = fields.required("name", &mut self.reader).and_then(|node| self.reader.bilingual(node));
        let partners = self.ids(fields.optional("partners"), Named::Enterprise);
        let declared = fields.optional("declared").map(|node| self.declared(node));
        let databases = fields.optional("databases");
        fields.finish(&mut self.reader);
        let agency = id.as_ref().map_or("", |id| id.value.as_str());
        let databases = self.list(databases, |parser, node| parser.database(agency, node));
        if declared.is_none() && !databases.is_empty() {
            let what = say!(
                "`declared` is missing: how many databases each group has",
                "thiếu `declared`: mỗi nhóm có bao nhiêu CSDL"
            );
            self.reader.error(&node.span, what);
        }
        if let (Some(id), Some(declared)) = (&id, declared) {
            self.mentions.declared.push((id.value.clone(), declared));
        }
        Some(Agency { id: id?.value, name: name?, partners, databases })
    }

    fn declared(&mut self, node: &Node) -> Declared {
        let mut declared = Vec::new();
        for (name, node) in self.reader.entries(node).unwrap_or_default() {
            let group = self.group_named(name);
            let count = self.reader.integer(node);
            if let (Some(group), Some(value)) = (group, count) {
                declared.push((group, At { value, span: node.span.clone() }));
            }
        }
        declared
    }

    fn id(&mut self, fields: &mut Fields<'_>, what: Named) -> Option<At<String>> {
        let node = fields.required("id", &mut self.reader)?;
        let id = self.reader.text(node)?;
        self.mentions.define(what, &id, &mut self.reader);
        Some(id)
    }

    fn ids(&mut self, node: Option<&Node>, what: Named) -> Vec<String> {
        let ids = node.map(|node| self.reader.texts(node)).unwrap_or_default();
        for id in &ids {
            self.mentions.add(what, id);
        }
        ids.into_iter().map(|id| id.value).collect()
    }

    fn mention(&mut self, node: Option<&Node>, what: Named) -> Option<String> {
        let id = node.and_then(|node| self.reader.text(node))?;
        self.mentions.add(what, &id);
        Some(id.value)
    }

    fn text(&mut self, node: Option<&Node>) -> Option<String> {
        Some(self.reader.text(node?)?.value)
    }

    /// A name; without one an entry is nothing.
    fn name(&mut self, fields: &mut Fields<'_>) -> Option<String> {
        let node = fields.required("name", &mut self.reader)?;
        let name = self.reader.text(node)?.value;
        if name.trim().is_empty() {
            self.reader.error(&node.span, say!("the name is empty", "tên bị để trống"));
        }
        Some(name)
    }

    fn archetype(&mut self, fields: &mut Fields<'_>) -> Option<Archetype> {
        let node = fields.required("archetype", &mut self.reader)?;
        self.word(node, ["database archetype", "kiểu CSDL"], Archetype::ALL, Archetype::id)
    }

    fn database(&mut self, agency: &str, node: &Node) -> Option<Entry> {
        let mut fields = self.reader.fields(node)?;
        let id = self.id(&mut fields, Named::Entry);
        let slug = self.text(fields.optional("slug"));
        let name = self.name(&mut fields);
        let name_fixed = self.text(fields.optional("name_fixed"));
        let group = fields
            .required("group", &mut self.reader)
            .and_then(|node| self.word(node, ["group", "nhóm"], Group::ALL, Group::id));
        let kind = fields
            .required("kind", &mut self.reader)
            .and_then(|node| self.word(node, ["kind", "loại"], Kind::ALL, Kind::id));
        let archetype = self.archetype(&mut fields);
        let pack = self.mention(fields.optional("pack"), Named::Pack);
        let overlaps = self.mention(fields.optional("overlaps"), Named::Entry);
        fields.finish(&mut self.reader);
        Some(Entry {
            id: id?.value,
            slug,
            name: name?,
            name_fixed,
            agency: agency.to_owned(),
            group: Some(group?),
            kind: kind?,
            archetype: archetype?,
            pack,
            overlaps,
            priority: None,
            weight: group?.weight(),
        })
    }

    fn priority(&mut self, node: &Node) -> Option<Entry> {
        let mut fields = self.reader.fields(node)?;
        let id = self.id(&mut fields, Named::Entry);
        let name = self.name(&mut fields);
        let agency = fields.required("agency", &mut self.reader);
        let agency = self.mention(agency, Named::Agency);
        let deadline = fields.required("deadline", &mut self.reader);
        let deadline = self.text(deadline);
        let archetype = self.archetype(&mut fields);
        let pack = self.mention(fields.optional("pack"), Named::Pack);
        let match_node = fields.required("match", &mut self.reader);
        let matched = match_node
            .and_then(|node| self.word(node, ["way to match", "cách đối chiếu"], Match::ALL, Match::id));
        let entries = self.ids(fields.optional("entries"), Named::Entry);
        let related = self.ids(fields.optional("related"), Named::Entry);
        let task = fields.required("task", &mut self.reader);
        let task = self.text(task);
        let later = fields.optional("later").and_then(|node| self.reader.bilingual(node));
        fields.finish(&mut self.reader);
        if let (Some(matched), Some(node)) = (matched, match_node)
            && matched.consists_of_entries() == entries.is_empty()
        {
            let word = matched.id();
            let what = if entries.is_empty() {
                say!("`match: {word}` needs `entries`", "`match: {word}` cần có `entries`")
            } else {
                say!(
                    "`match: {word}` says that there are no `entries`",
                    "`match: {word}` nghĩa là không có `entries`"
                )
            };
            self.reader.error(&node.span, what).hint = Some(say!(
                "`entries` are what the database consists of; others are `related`",
                "`entries` là các mục hợp thành CSDL; mục khác ghi vào `related`"
            ));
        }
        let priority =
            Priority { deadline: deadline?, matched: matched?, entries, related, task: task?, later };
        Some(Entry {
            id: id?.value,
            slug: None,
            name: name?,
            name_fixed: None,
            agency: agency?,
            group: None,
            kind: Kind::Database,
            archetype: archetype?,
            pack,
            overlaps: None,
            priority: Some(priority),
            weight: PRIORITY_WEIGHT,
        })
    }

    fn other_system(&mut self, node: &Node) -> Option<OtherSystem> {
        let mut fields = self.reader.fields(node)?;
        let id = self.id(&mut fields, Named::OtherSystem);
        let name = self.name(&mut fields);
        let agency = self.mention(fields.optional("agency"), Named::Agency);
        let entry = self.mention(fields.optional("entry"), Named::Entry);
        let deadline = self.text(fields.optional("deadline"));
        let figure = self.text(fields.optional("figure"));
        let named_in = self.ids(fields.optional("named_in"), Named::Source);
        fields.finish(&mut self.reader);
        Some(OtherSystem { id: id?.value, name: name?, agency, entry, deadline, figure, named_in })
    }
}

/// Entries weigh as much as the priority database that they make up.
fn weigh(catalog: &mut Catalog) {
    let parts: Vec<String> = catalog
        .priority
        .iter()
        .filter_map(|entry| entry.priority.as_ref())
        .flat_map(|p| p.entries.clone())
        .collect();
    for entry in catalog.agencies.iter_mut().flat_map(|agency| &mut agency.databases) {
        if parts.contains(&entry.id) {
            entry.weight = PRIORITY_WEIGHT;
        }
    }
}
