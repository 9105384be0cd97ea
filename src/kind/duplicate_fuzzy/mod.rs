//! Records that may be one and the same person, written differently.

mod passes;
mod written;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::number::{WHOLE, show_decimal};
use crate::kernel::similarity::{Compared, Linkage, Measure, Part};
use crate::kernel::{ColumnId, ColumnType};
use crate::rule::arguments::Field;
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Kind, Node, ParseContext, Spec, Value, Words,
};
use crate::say;

use written::{Blocks, ComparedColumns, Most, Similarity};

/// No person stands twice in two ways of writing.
#[derive(Debug)]
pub struct DuplicateFuzzyKind;

static ABOUT: About = About {
    name: "duplicate_fuzzy",
    title: Words { en: "no suspected duplicates", vi: "không có bản ghi nghi trùng" },
    dimension: Dimension::Cleanliness,
    severity: Severity::Minor,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "No two rows are suspected to be one and the same, written differently. Rows are compared if they agree in \
             all parts of one of the `blocks`; what is similar in the compared `columns`, by their weights, to \
             `similarity` or more hangs together, and so does what hangs together with the same row. Every row of such a \
             cluster fails. Without `columns` and `blocks` both follow from the columns' roles. A row without any block, \
             or without half of the weight, is not applicable; of a block with more than `most_in_block` different \
             records, rows that no other block finds are unknown. Whether two rows are one person, people decide.",
        vi: "Không có hai dòng nghi ngờ là một, chỉ viết khác nhau. Hai dòng được so sánh nếu giống nhau ở mọi phần của một \
             trong các `blocks`; nếu các cột `columns`, tính theo trọng số, giống nhau từ `similarity` trở lên thì thuộc cùng \
             một cụm, và cụm nối qua dòng chung cũng là một cụm. Mọi dòng trong cụm đều là lỗi. Không ghi `columns` và \
             `blocks` thì cả hai suy từ vai trò của cột. Dòng không thuộc khối nào hoặc thiếu quá nửa trọng số thì không áp \
             dụng; khối có hơn `most_in_block` bản ghi khác nhau thì dòng nào khối khác không tìm ra là không rõ. Hai dòng có \
             phải một người hay không là do con người quyết định.",
    },
    why: Words {
        en: "One person under two spellings is counted twice, paid twice, and found half of the time.",
        vi: "Một người viết hai cách thì bị đếm hai lần, chi trả hai lần, và tra cứu lúc thấy lúc không.",
    },
    fix: Words {
        en: "Review the clusters (`--violations`), join what is one, and note what is not.",
        vi: "Rà soát từng cụm (`--violations`), gộp những dòng là một, ghi nhận những dòng không phải.",
    },
    example: "duplicate_fuzzy: { columns: { ho_ten: { as: name, weight: 3 }, ngay_sinh: { as: date, weight: 2 }, dia_chi: address } }",
};

/// From which similarity on rows are suspected, in 10⁻¹⁸: 0.85.
const THRESHOLD: i128 = WHOLE / 100 * 85;
const MOST_IN_BLOCK: u64 = 1_000;

#[derive(Debug, JsonSchema)]
struct Written {
    /// What is compared, and how: by column, `name`, `name_part` (of a name in several columns), `address`, `text`,
    /// `number`, `date` or `code`, alone or as `{ as: …, weight: … }`. Left out, it follows from the columns' roles.
    columns: Option<ComparedColumns>,
    /// Rows are compared if they agree in all parts of one of these lists: `[ho_ten.sound, ngay_sinh.year]`. A part is
    /// a column, or of it `.words`, `.sound`, `.first`, `.last`, `.ends`, `.digits`, `.startN`, `.endN`, `.year`,
    /// `.month`, `.month_day`. Left out, they follow from the columns.
    blocks: Option<Blocks>,
    /// From which similarity on rows are suspected, more than 0 and up to 1 (default 0.85).
    similarity: Option<Similarity>,
    /// More different records of one block are not compared with each other (default 1000).
    most_in_block: Option<Most>,
}

impl Written {
    fn read(mut fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let columns = Field::read("columns", &mut fields, context);
        let blocks = Field::read("blocks", &mut fields, context);
        let similarity = Field::read("similarity", &mut fields, context);
        let most_in_block = Field::read("most_in_block", &mut fields, context);
        fields.finish(context.reader);
        Some(Self {
            columns: columns?,
            blocks: blocks?,
            similarity: similarity?,
            most_in_block: most_in_block?,
        })
    }
}

impl Kind for DuplicateFuzzyKind {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let empty = At { value: Value::Map(Vec::new()), span: node.span.clone() };
        let fields = context.reader.fields(if node.value == Value::Null { &empty } else { node })?;
        let written = Written::read(fields, context)?;
        let unsaid = [written.columns.is_none(), written.blocks.is_none()];
        let compared = match written.columns {
            Some(columns) => columns.0,
            None => passes::compared(context.columns),
        };
        if compared.is_empty() {
            context
                .reader
                .error(
                    &node.span,
                    say!(
                        "nothing is said of what to compare, and no column has the role `person_name`",
                        "chưa nói so sánh gì, và không cột nào có vai trò `person_name`"
                    ),
                )
                .hint = Some(say!(
                "name `columns`, or give columns their roles",
                "hãy ghi `columns`, hoặc ghi vai trò cho cột"
            ));
            return None;
        }
        let passes = match written.blocks {
            Some(blocks) => blocks.resolved(&compared, context)?,
            None => passes::passes(&compared, context.columns),
        };
        if passes.is_empty() {
            context
                .reader
                .error(
                    &node.span,
                    say!(
                        "nothing is said of which rows to compare with each other, and it does not follow from the columns",
                        "chưa nói so sánh những dòng nào với nhau, và từ các cột cũng không suy ra được"
                    ),
                )
                .hint = Some(say!("write `blocks`, such as `[[ten.words, ngay_sinh.year]]`", "hãy ghi `blocks`, ví dụ `[[ten.words, ngay_sinh.year]]`"));
            return None;
        }
        let threshold = written.similarity.map_or(THRESHOLD, |number| number.0);
        let most_in_block = written.most_in_block.map_or(MOST_IN_BLOCK, |most| most.0);
        Some(Box::new(DuplicateFuzzy { compared, passes, threshold, most_in_block, unsaid }))
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<Written>();
        schemars::json_schema!({ "anyOf": [{ "type": "null" }, long] })
    }
}

/// A column, how it is compared, and its weight.
type ComparedColumn = (At<String>, Measure, u32);
/// Parts that must all agree.
type Pass = Vec<(At<String>, Part)>;

#[derive(Debug)]
struct DuplicateFuzzy {
    compared: Vec<ComparedColumn>,
    passes: Vec<Pass>,
    threshold: i128,
    most_in_block: u64,
    /// Whether the columns and the blocks were left out.
    unsaid: [bool; 2],
}

impl Spec for DuplicateFuzzy {
    fn columns(&self) -> Vec<At<String>> {
        let compared = self.compared.iter().map(|(name, ..)| name);
        let mut all: Vec<At<String>> = Vec::new();
        for name in compared.chain(self.passes.iter().flatten().map(|(name, _)| name)) {
            if !all.iter().any(|known| known.value == name.value) {
                all.push(name.clone());
            }
        }
        all
    }

    fn distinction(&self) -> String {
        let similarity =
            if self.threshold == THRESHOLD { String::new() } else { show_decimal(self.threshold) };
        if self.unsaid[1] {
            similarity
        } else {
            format!("{similarity} {}", shown(&self.passes)).trim().to_owned()
        }
    }

    fn unsaid(&self) -> Vec<(Text, String)> {
        let compared = self.compared.iter().map(|(name, measure, weight)| {
            let (name, measure) = (&name.value, measure.id());
            format!("{name}: {{ as: {measure}, weight: {weight} }}")
        });
        vec![
            (say!("compares", "so sánh"), compared.collect::<Vec<_>>().join(", ")),
            (say!("blocks", "khối"), shown(&self.passes)),
            (say!("similarity", "độ giống"), show_decimal(self.threshold)),
        ]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let mut compared: Vec<Compared> = Vec::new();
        for (name, measure, weight) in &self.compared {
            let column = bind(name, Some(*measure), false, binder)?;
            // The parts of a name are compared as one.
            match compared.iter_mut().find(|known| *measure == Measure::NamePart && known.measure == *measure)
            {
                Some(known) => {
                    known.columns.push(column);
                    known.weight += weight;
                }
                None => compared.push(Compared { columns: vec![column], measure: *measure, weight: *weight }),
            }
        }
        let as_date = |name: &At<String>| {
            self.compared.iter().any(|(own, measure, _)| own.value == name.value && *measure == Measure::Date)
        };
        let mut passes = Vec::new();
        for pass in &self.passes {
            let part = |(name, part): &(At<String>, Part)| {
                let part = match part {
                    Part::Whole if as_date(name) => Part::Date,
                    part => *part,
                };
                Ok((bind(name, None, part.is_of_date() || as_date(name), binder)?, part))
            };
            passes.push(pass.iter().map(part).collect::<Result<Vec<_>, BindError>>()?);
        }
        let (threshold, most_in_block) = (self.threshold, self.most_in_block);
        Ok(Bound::Linked(Linkage { compared, passes, threshold, most_in_block }))
    }
}

/// Blocks as a rule file writes them.
fn shown(passes: &[Pass]) -> String {
    let part = |(name, part): &(At<String>, Part)| match part {
        Part::Whole | Part::Date => name.value.clone(),
        part => format!("{}.{part}", name.value),
    };
    let pass = |pass: &Pass| format!("[{}]", pass.iter().map(part).collect::<Vec<_>>().join(", "));
    passes.iter().map(pass).collect::<Vec<_>>().join(", ")
}

/// A column in the type in which it is compared.
fn bind(
    name: &At<String>,
    measure: Option<Measure>,
    date: bool,
    binder: &mut dyn Binder,
) -> Result<ColumnId, BindError> {
    let column = binder.column(name)?;
    let ty = binder.column_type(column);
    let date = date || measure == Some(Measure::Date);
    let of_words =
        matches!(measure, Some(Measure::Name | Measure::NamePart | Measure::Address | Measure::Text));
    match ty {
        ColumnType::Text if date => binder.column_as(name, ColumnType::Date, None),
        // A number may be a year.
        ColumnType::Boolean | ColumnType::Decimal if date => Err(unfit(&name.value, ty, "date")),
        ColumnType::Text => Ok(column),
        ty if of_words => Err(unfit(&name.value, ty, measure.map_or("", Measure::id))),
        _ => Ok(column),
    }
}

fn unfit(name: &str, ty: ColumnType, measure: &str) -> BindError {
    let ty = ty.id();
    BindError::Unreadable(say!(
        "column `{name}` is of type `{ty}` and cannot be compared as `{measure}`",
        "cột `{name}` kiểu `{ty}`, không so sánh được như `{measure}`"
    ))
}
