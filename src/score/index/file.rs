//! Reads the weights from the file that comes with the program, or from a user's copy of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::card::Deadlines;
use super::weights::{CRITERIA, Errors, Group, ID, KindOf, Weights};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Dimension, Level, Text};
use crate::kind::KINDS;
use crate::rule::node::{self, At, Node};
use crate::rule::role::Role;
use crate::rule::{Fields, Reader, pack};
use crate::say;

/// Reads a file; what it leaves out is as in `base`.
pub(super) fn read_onto(base: Weights, file: &Arc<SourceText>) -> Result<Weights, Vec<Diagnostic>> {
    let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
    let mut reader = Reader::new(Arc::clone(file));
    let mut weights = Weights { named: Vec::new(), ..base };
    if let Some(fields) = reader.fields(&tree) {
        weights.read_fields(fields, &mut reader);
    }
    if reader.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(reader.diagnostics);
    }
    Ok(weights)
}

impl Weights {
    fn read_fields(&mut self, mut fields: Fields<'_>, reader: &mut Reader) {
        if let Some(node) = fields.required("methodology", reader) {
            reader.choice(node, &say!("methodology", "phương pháp"), &[(ID, ())]);
        }
        if let Some(node) = fields.optional("colours") {
            self.read_colours(node, reader);
        }
        section(fields.optional("connection"), reader, |fields, reader| {
            set(&mut self.others_above, fields.optional("others_above"), reader, POINTS);
        });
        section(fields.optional("deadlines"), reader, |fields, reader| {
            let Deadlines { review, repair, complex } = &mut self.deadlines;
            set(review, fields.optional("review"), reader, DAYS);
            set(repair, fields.optional("repair"), reader, DAYS);
            set(complex, fields.optional("complex"), reader, DAYS);
        });
        section(fields.optional("identifiers"), reader, |fields, reader| {
            if let Some(node) = fields.optional("criteria") {
                let (what, words) = criteria();
                let items = reader.items(node).into_iter();
                self.identifier_criteria =
                    items.filter_map(|item| reader.choice(item, &what, &words)).collect();
            }
            if let Some(node) = fields.optional("roles") {
                let roles = reader.texts(node).into_iter().filter(|role| known(role, reader));
                self.identifier_roles = roles.map(|role| role.value).collect();
            }
        });
        let (what, words) = criteria();
        by_word(&mut self.criteria, fields.optional("criteria"), reader, &what, &words);
        let what = say!("group of rules", "nhóm quy tắc");
        by_word(&mut self.groups, fields.optional("groups"), reader, &what, &Group::WORDS);
        for (name, node) in fields.optional("kinds").and_then(|node| reader.entries(node)).unwrap_or_default()
        {
            self.read_kind(name, node, reader);
        }
        section(fields.optional("fields"), reader, |fields, reader| {
            for (role, weight) in weighted(fields.optional("roles"), reader) {
                known(&role, reader);
                self.roles.insert(role.value, weight);
            }
            for (column, weight) in weighted(fields.optional("columns"), reader) {
                if !column.value.contains('.') {
                    let name = &column.value;
                    reader
                        .error(&column.span, say!("`{name}` names no table", "`{name}` không nêu bảng"))
                        .hint = Some(say!("write `table.{name}`", "viết `bảng.{name}`"));
                }
                self.named.push((column.value.clone(), reader.place(&column.span)));
                self.columns.insert(column.value, weight);
            }
        });
        fields.finish(reader);
    }

    fn read_colours(&mut self, node: &Node, reader: &mut Reader) {
        section(Some(node), reader, |fields, reader| {
            set(&mut self.green, fields.optional("green"), reader, POINTS);
            set(&mut self.yellow, fields.optional("yellow"), reader, POINTS);
        });
        let (green, yellow) = (self.green, self.yellow);
        if green < yellow {
            reader.error(
                &node.span,
                say!(
                    "green from {green} on leaves no yellow from {yellow} on",
                    "xanh từ {green} thì không còn vàng từ {yellow}"
                ),
            );
        }
    }

    fn read_kind(&mut self, name: &At<String>, node: &Node, reader: &mut Reader) {
        if !KINDS.iter().any(|kind| kind.about().name == name.value) {
            let kind = &name.value;
            let known: Vec<&str> = KINDS.iter().map(|kind| kind.about().name).collect();
            reader.unknown(name, say!("unknown rule kind `{kind}`", "không có loại quy tắc `{kind}`"), known);
        }
        let known = self.kinds.get(&name.value).copied();
        section(Some(node), reader, |fields, reader| {
            let what = say!("group of rules", "nhóm quy tắc");
            let group = match fields.optional("group") {
                Some(node) => reader.choice(node, &what, &Group::WORDS),
                None => known.map(|known| known.group),
            };
            let what = say!("group of errors", "nhóm lỗi");
            let errors = match fields.optional("errors") {
                Some(node) => reader.choice(node, &what, &Errors::WORDS),
                None => known.map(|known| known.errors),
            };
            if let (Some(group), Some(errors)) = (group, errors) {
                self.kinds.insert(name.value.clone(), KindOf { group, errors });
            }
        });
    }
}

type Criteria = (Text, Vec<(&'static str, Dimension)>);

fn criteria() -> Criteria {
    let words = CRITERIA.into_iter().map(|criterion| (criterion.id(), criterion)).collect();
    (say!("criterion", "tiêu chí"), words)
}

/// A map of the file, read key by key.
fn section(node: Option<&Node>, reader: &mut Reader, read: impl FnOnce(&mut Fields<'_>, &mut Reader)) {
    if let Some(mut fields) = node.and_then(|node| reader.fields(node)) {
        read(&mut fields, reader);
        fields.finish(reader);
    }
}

/// Least and greatest value of a number.
type Bounds = (u32, u32);

const POINTS: Bounds = (0, 100);
const DAYS: Bounds = (1, 1_000);
/// Without weight something would be there and not count: an identifier could fail unseen.
const WEIGHT: Bounds = (1, 1_000);

fn number(node: &Node, reader: &mut Reader, (least, greatest): Bounds) -> Option<u32> {
    let number: u32 = reader.integer(node)?;
    if !(least..=greatest).contains(&number) {
        reader.error(
            &node.span,
            say!(
                "{number} is not between {least} and {greatest}",
                "{number} không nằm trong khoảng {least} đến {greatest}"
            ),
        );
        return None;
    }
    Some(number)
}

fn set(value: &mut u32, node: Option<&Node>, reader: &mut Reader, bounds: Bounds) {
    if let Some(number) = node.and_then(|node| number(node, reader, bounds)) {
        *value = number;
    }
}

/// Names with weights.
/// Whether there is such a role; reports it if not.
fn known(role: &At<String>, reader: &mut Reader) -> bool {
    let found = Role::find(&role.value).is_some();
    if !found {
        pack::unknown_role(role, reader);
    }
    found
}

fn weighted(node: Option<&Node>, reader: &mut Reader) -> Vec<(At<String>, u32)> {
    let entries = node.and_then(|node| reader.entries(node)).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|(name, node)| Some((name.clone(), number(node, reader, WEIGHT)?)))
        .collect()
}

/// Weights of a few words.
fn by_word<T: Copy + Ord>(
    weights: &mut BTreeMap<T, u32>,
    node: Option<&Node>,
    reader: &mut Reader,
    what: &Text,
    words: &[(&'static str, T)],
) {
    for (name, weight) in weighted(node, reader) {
        match words.iter().find(|(word, _)| *word == name.value) {
            Some((_, found)) => {
                weights.insert(*found, weight);
            }
            None => {
                let (word, Text { en, vi }) = (&name.value, what);
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                reader.unknown(&name, say!("`{word}` is not a {en}", "`{word}` không phải {vi}"), known);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::card::Origin;
    use super::super::weights::SHIPPED;
    use super::*;

    fn file(text: &str) -> Arc<SourceText> {
        Arc::new(SourceText { name: "mine.yaml".to_owned(), text: text.to_owned() })
    }

    /// Line, message and hint of every error, in the order of their places.
    fn wrong(text: &str) -> Vec<String> {
        let mut found = Weights::read(&file(text)).expect_err("an error");
        found.sort_by_key(|error| error.place.as_ref().map(|place| place.span.start));
        let line = |error: &Diagnostic| error.place.as_ref().map_or(0, |place| place.line_column().0);
        let hint = |error: &Diagnostic| error.hint.as_ref().map_or(String::new(), |hint| hint.en.clone());
        found.iter().map(|error| format!("{}: {} | {}", line(error), error.what.en, hint(error))).collect()
    }

    #[test]
    fn the_shipped_file_is_sound_and_knows_every_kind() {
        let weights = read_onto(Weights::default(), &file(SHIPPED)).expect("a sound file");
        let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.about().name).collect();
        let unknown: Vec<&&str> = kinds.iter().filter(|kind| !weights.kinds.contains_key(**kind)).collect();
        assert!(unknown.is_empty(), "say in {ID}.yaml what rules of these kinds count as: {unknown:?}");
        assert_eq!((weights.green, weights.yellow, weights.others_above), (90, 75, 90));
        assert_eq!(weights.deadlines, Deadlines { review: 5, repair: 10, complex: 15 });
        assert_eq!(weights.groups.values().copied().collect::<Vec<_>>(), [20, 30, 50]);
        assert_eq!(weights.criteria.keys().copied().collect::<Vec<_>>(), CRITERIA);
        assert_eq!(weights.identifier_criteria.len(), 3);
        assert!(SHIPPED.contains("Reported by one secondary source"));
    }

    #[test]
    fn the_name_changes_with_every_number_and_with_nothing_else() {
        let shipped = Weights::shipped();
        let hash = shipped.id().strip_prefix("dqi-2439-reported+").expect("the name").to_owned();
        assert!(hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        for same in ["", "# a remark\n", "criteria: { freshness: 1 }\n", "colours: { yellow: 75 }\n"] {
            let read = Weights::read(&file(&format!("{same}methodology: {ID}\n"))).expect("sound");
            assert_eq!((read.id(), read.origin()), (shipped.id(), Origin::Shipped), "{same}");
        }
        let edits = [
            "colours: { green: 91 }",
            "connection: { others_above: 89 }",
            "deadlines: { complex: 16 }",
            "identifiers: { criteria: [correctness] }",
            "identifiers: { roles: [person_id] }",
            "criteria: { freshness: 2 }",
            "groups: { reference: 51 }",
            "kinds: { expect: { group: reference } }",
            "kinds: { expect: { errors: outlier } }",
            "fields: { roles: { person_id: 2 } }",
            "fields: { columns: { a.b: 2 } }",
        ];
        let mut ids = BTreeSet::from([shipped.id()]);
        for edit in edits {
            let read = Weights::read(&file(&format!("methodology: {ID}\n{edit}\n"))).expect("sound");
            assert_eq!(read.origin(), Origin::Edited, "{edit}");
            assert!(ids.insert(read.id()), "{edit} has the name of another");
        }
    }

    #[test]
    fn every_error_has_its_place() {
        let text = "methodology: dqi-2439-reportet\ncolours: { green: 101, yelow: 70 }\n\
                    kinds:\n  not_nul: { group: structure, errors: missing }\n  unique: { group: busines }\n  \
                    in_set: { errors: 4 }\ngroups: { structure: 0, busines: 3 }\ncriteria: { sharing: 1 }\n\
                    fields: { columns: { ho_ten: 2 } }\nidentifiers: { criteria: [corectness] }\n";
        insta::assert_snapshot!(wrong(text).join("\n"), @r"
        1: `dqi-2439-reportet` is not a methodology | did you mean `dqi-2439-reported`?
        2: 101 is not between 0 and 100 | 
        2: unknown key `yelow` | did you mean `yellow`?
        4: unknown rule kind `not_nul` | did you mean `not_null`?
        5: `busines` is not a group of rules | did you mean `business`?
        6: `4` is not a group of errors | known: contradiction, duplicate, format, missing, outlier, reference, referential, stale
        7: 0 is not between 1 and 1000 | 
        7: `busines` is not a group of rules | did you mean `business`?
        8: `sharing` is not a criterion | known: cleanliness, completeness, consistency, correctness, freshness
        9: `ho_ten` names no table | write `table.ho_ten`
        10: `corectness` is not a criterion | did you mean `correctness`?
        ");
        assert_eq!(
            wrong("colours: { green: 60 }\nmethodology: dqi-2439-reported"),
            ["1: green from 60 on leaves no yellow from 75 on | "]
        );
        assert_eq!(
            wrong("groups: { structure: 1, structure: 2 }"),
            [
                "1: `methodology` is missing | ",
                "1: key `structure` appears twice in one map | keep one of the two"
            ]
        );
        assert!(wrong("groups: [")[0].contains("not a readable YAML document"));
        assert!(wrong("")[0].contains("expected a map"));
    }

    #[test]
    fn weights_of_unknown_columns_are_told() {
        let text = format!("methodology: {ID}\nfields:\n  columns: {{ nguoi.ho_tem: 2, nguoi.ma: 3 }}\n");
        let weights = Weights::read(&file(&text)).expect("sound");
        let declared = ["nguoi.ho_ten".to_owned(), "nguoi.ma".to_owned()];
        let told = weights.unmatched(&declared);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].level, Level::Warning);
        assert!(told[0].what.en.contains("`nguoi.ho_tem`"));
        assert_eq!(told[0].hint.as_ref().map(|hint| hint.en.as_str()), Some("did you mean `nguoi.ho_ten`?"));
        assert!(Weights::shipped().unmatched(&[]).is_empty());
    }
}
