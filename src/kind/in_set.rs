use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::code_list::CodeList;
use crate::rule::{About, At, BindError, Binder, Bound, Check, Kind, Node, ParseContext, Spec, Words};
use crate::say;

/// Values come from a list.
#[derive(Debug)]
pub struct InSetKind;

static ABOUT: About = About {
    name: "in_set",
    dimension: Dimension::Correctness,
    severity: Severity::Major,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "Every value is a member of a list: `values` written in the rule, or a `code_list` of the file. Case and \
             diacritics matter; white space around values does not. Absent values are skipped.",
        vi: "Mọi giá trị thuộc một danh mục: `values` ghi ngay trong quy tắc, hoặc `code_list` của tệp. Phân biệt hoa \
             thường và dấu; bỏ qua khoảng trắng hai đầu và giá trị thiếu.",
    },
    why: Words {
        en: "A code outside its list means nothing to the systems that share the list.",
        vi: "Mã ngoài danh mục không có nghĩa gì với các hệ thống dùng chung danh mục.",
    },
    fix: Words {
        en: "Map old or misspelt codes to the list in force; load the right version of the list.",
        vi: "Ánh xạ mã cũ, mã sai về danh mục hiện hành; dùng đúng phiên bản danh mục.",
    },
    example: "in_set: { column: gioi_tinh, values: [Nam, Nữ, Khác] }",
};

#[derive(Debug, JsonSchema)]
pub struct InSet {
    /// The column whose values are looked up.
    column: At<String>,
    /// The allowed values.
    #[expect(dead_code, reason = "describes the YAML; `members` holds what was read")]
    values: Option<Vec<String>>,
    /// The name of a code list of this file.
    code_list: Option<At<String>>,
    #[schemars(skip)]
    members: Arc<CodeList>,
}

impl Kind for InSetKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let reader = &mut *context.reader;
        let mut fields = reader.fields(node)?;
        let column = fields.required("column", reader).and_then(|node| reader.text(node));
        let values = fields.optional("values").map(|node| reader.texts(node));
        let code_list = fields.optional("code_list").and_then(|node| reader.text(node));
        let (span, rest) = (fields.span.clone(), fields.remaining().count());
        fields.finish(reader);
        let members = match (&values, &code_list) {
            (Some(values), None) if !values.is_empty() => {
                Arc::new(CodeList::of("", values.iter().map(|value| value.value.as_str())))
            }
            (None, Some(name)) => match context.code_lists.get(&name.value) {
                Some(list) => Arc::clone(list),
                None => {
                    let value = &name.value;
                    reader.unknown(
                        name,
                        say!("no code list `{value}` in this file", "tệp này không có danh mục `{value}`"),
                        context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
                    );
                    return None;
                }
            },
            (Some(_), Some(_)) => {
                reader.error(
                    &span,
                    say!(
                        "`values` and `code_list` exclude each other",
                        "`values` và `code_list` không dùng cùng nhau"
                    ),
                );
                return None;
            }
            _ => {
                if rest == 0 {
                    reader.error(
                        &span,
                        say!("`values` or `code_list` is missing", "thiếu `values` hoặc `code_list`"),
                    );
                }
                return None;
            }
        };
        let values = values.map(|values| values.into_iter().map(|at| at.value).collect());
        Some(Box::new(InSet { column: column?, values, code_list, members }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<InSet>()
    }
}

impl Spec for InSet {
    fn columns(&self) -> Vec<At<String>> {
        vec![self.column.clone()]
    }

    fn distinction(&self) -> String {
        self.code_list.as_ref().map(|at| at.value.clone()).unwrap_or_default()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(Member { column: binder.column(&self.column)?, members: Arc::clone(&self.members) }))
    }
}

struct Member {
    column: ColumnId,
    members: Arc<CodeList>,
}

impl Check for Member {
    type State = ();

    fn scan(&self, batch: &Batch<'_>, _: &Population, (): &mut ()) -> Option<RowVerdict> {
        let present = batch.present(self.column);
        let pass = batch.canonical(self.column).mark(present, |value| self.members.contains(value));
        Some(RowVerdict::passing(present, &pass))
    }
}
