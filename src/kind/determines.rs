use std::collections::BTreeMap;

use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::memory::{Cell, Remember};
use crate::rule::arguments::{Arguments, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Demand, Fields, Group, GroupJudge, GroupSpec, Mark, ParseContext,
    Spec, Words,
};

static ABOUT: About = About {
    name: "determines",
    title: Words { en: "dependent values agree", vi: "giá trị phụ thuộc khớp nhau" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "Rows with equal values in `from` have equal values in `to`. Where they differ, the rows fail that do not \
             have the most common values; if no values are the most common, all fail. `minority: false`: all rows fail \
             that have the same `from` and not the same `to`. An absent value in `to` is a value of its own; rows \
             without `from` are skipped. `groups` says how many values of `from` have several of `to`.",
        vi: "Các dòng có `from` bằng nhau thì `to` cũng bằng nhau. Nếu khác nhau, dòng không mang giá trị phổ biến nhất \
             là lỗi; không có giá trị nào phổ biến nhất thì mọi dòng đều lỗi. `minority: false`: mọi dòng cùng `from` mà \
             `to` không thống nhất đều lỗi. Thiếu giá trị trong `to` tính là một giá trị riêng; bỏ qua dòng không có \
             `from`. `groups` là số giá trị của `from` có nhiều giá trị `to`.",
    },
    why: Words {
        en: "A commune in two districts, a tax code with two names: one of them is wrong everywhere it is used.",
        vi: "Một xã thuộc hai huyện, một mã số thuế có hai tên: một trong hai sai ở mọi nơi dùng nó.",
    },
    fix: Words {
        en: "Take the value from the master record, and keep it in one place only.",
        vi: "Lấy giá trị từ dữ liệu gốc và chỉ lưu ở một nơi.",
    },
    example: "determines: { from: ma_xa, to: [ten_xa, ma_tinh] }",
};

arguments! {
    pub struct Determines {
        /// The columns that determine the others.
        from: Columns,
        /// The columns that are determined.
        to: Columns,
        /// Whether only rows fail that differ from the most common values of their group (default true).
        minority: Option<bool>,
    }
}

impl Arguments for Determines {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for Determines {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        let names = |columns: &Columns| columns.iter().map(|column| column.value.clone()).collect();
        vec![Demand::Determined { from: names(&self.from), to: names(&self.to) }]
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let to = ordered::per(Some(&self.to), binder)?;
        Ok(Bound::Groups(GroupSpec {
            key: ordered::per(Some(&self.from), binder)?,
            remember: vec![Remember::Identity(to)],
            judge: Box::new(Agreement { minority: self.minority.unwrap_or(true) }),
        }))
    }
}

struct Agreement {
    minority: bool,
}

impl GroupJudge for Agreement {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let value = |row| match group.cell(row, 0) {
            Cell::Value(value) => Some(value),
            Cell::Absent | Cell::Unreadable => None,
        };
        let mut counts: BTreeMap<Option<i128>, usize> = BTreeMap::new();
        for row in 0..group.rows() {
            *counts.entry(value(row)).or_default() += 1;
        }
        if counts.len() > 1 {
            group.count(0, 1);
        }
        let most = counts.values().copied().max().unwrap_or_default();
        let mut common = counts.iter().filter(|(_, count)| **count == most).map(|(value, _)| *value);
        let accepted = match (common.next(), common.next()) {
            (Some(only), None) if self.minority || counts.len() == 1 => Some(only),
            _ => None,
        };
        for (row, mark) in marks.iter_mut().enumerate() {
            *mark = if accepted == Some(value(row)) { Mark::Pass } else { Mark::Fail(0) };
        }
    }

    fn figures(&self) -> &[&'static str] {
        &["groups"]
    }
}
