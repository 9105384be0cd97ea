//! Binds columns by their names, each once for every way in which it is read.

use std::sync::Arc;

use arrow::datatypes::DataType;

use super::TableBinder;
use crate::kernel::column::standard_placeholders;
use crate::kernel::text::Placeholders as PlaceholderSet;
use crate::kernel::{ColumnId, ColumnPlan, ColumnType, typed};
use crate::rule::role::Role;
use crate::rule::table::Placeholders;
use crate::rule::{At, BindError, Binder, Column, ContractColumn};
use crate::say;

impl TableBinder<'_> {
    /// The position of a column of the extract among the sources.
    pub(super) fn source_of(&mut self, name: &str) -> usize {
        self.sources.iter().position(|known| known == name).unwrap_or_else(|| {
            self.sources.push(name.to_owned());
            self.sources.len() - 1
        })
    }

    fn found(&self, name: &At<String>) -> Result<&DataType, BindError> {
        self.source.columns.get(&name.value).ok_or_else(|| BindError::MissingColumn(name.clone()))
    }

    fn add(
        &mut self,
        name: &At<String>,
        ty: ColumnType,
        formats: Option<&[String]>,
        pad: Option<u32>,
    ) -> Result<ColumnId, BindError> {
        let found = self.found(name)?;
        if ColumnType::found(found).is_none() {
            let (name, found) = (self.source.shown(&name.value), found.to_string());
            return Err(BindError::Unreadable(say!(
                "column `{name}` is stored as {found}, which rules cannot read",
                "cột `{name}` lưu ở kiểu {found}, quy tắc không đọc được"
            )));
        }
        let source = self.source_of(&name.value);
        self.used.push(source);
        let formats = Column::date_formats(formats, ty);
        let same = |plan: &ColumnPlan| {
            plan.source == source && plan.ty == ty && plan.formats == formats && plan.pad == pad
        };
        if let Some(known) = self.columns.iter().position(same) {
            return Ok(known);
        }
        let placeholders = self.placeholders(&name.value, ty);
        self.columns.push(ColumnPlan { name: name.value.clone(), source, ty, formats, placeholders, pad });
        Ok(self.columns.len() - 1)
    }

    /// Words for every column; repeated digits only where codes are kept; stand-in dates only where dates are.
    fn placeholders(&self, name: &str, ty: ColumnType) -> Arc<PlaceholderSet> {
        let column = self.table.column(name);
        let role = column.and_then(|column| column.role);
        let standard = |more: &[String]| {
            let code =
                self.table.key.iter().any(|key| key.value == name) || role.is_some_and(Role::holds_codes);
            let dates = matches!(ty, ColumnType::Date | ColumnType::Timestamp);
            standard_placeholders(code && ty == ColumnType::Text, dates, more)
        };
        match column.map_or(&Placeholders::Default, |column| &column.placeholders) {
            Placeholders::Default => standard(&[]),
            // Under a core pack the methodology's own stay, whatever a file adds.
            Placeholders::Only(words) if role.is_some() && self.table.is_core() => standard(words),
            Placeholders::Only(words) => Arc::new(PlaceholderSet::only(words.iter().map(String::as_str))),
            Placeholders::None => Arc::new(PlaceholderSet::none()),
        }
    }

    fn declared_formats(&self, name: &str) -> Option<&[String]> {
        self.table.column(name)?.formats.as_deref()
    }
}

impl Binder for TableBinder<'_> {
    fn column(&mut self, name: &At<String>) -> Result<ColumnId, BindError> {
        let declared = self.table.column(&name.value).and_then(|column| column.ty);
        let ty = match declared {
            Some(ty) => ty,
            None => ColumnType::found(self.found(name)?).unwrap_or(ColumnType::Text),
        };
        let formats = self.declared_formats(&name.value).map(<[String]>::to_vec);
        self.add(name, ty, formats.as_deref(), None)
    }

    fn column_as(
        &mut self,
        name: &At<String>,
        ty: ColumnType,
        formats: Option<&[String]>,
    ) -> Result<ColumnId, BindError> {
        let declared = self.declared_formats(&name.value).map(<[String]>::to_vec);
        self.add(name, ty, formats.or(declared.as_deref()), None)
    }

    fn column_padded(&mut self, name: &At<String>, width: u32) -> Result<ColumnId, BindError> {
        self.add(name, ColumnType::Text, None, Some(width))
    }

    fn all_columns(&mut self, except: &[At<String>]) -> Result<Vec<ColumnId>, BindError> {
        let names: Vec<String> = self.source.columns.keys().cloned().collect();
        names
            .into_iter()
            .filter(|name| !except.iter().any(|column| column.value == *name))
            .map(|name| self.column(&At { value: name, span: 0..0 }))
            .collect()
    }

    fn column_type(&self, column: ColumnId) -> ColumnType {
        self.columns[column].ty
    }

    fn array_type(&self, column: ColumnId) -> DataType {
        let plan = &self.columns[column];
        typed::array_type(plan.ty, &self.source.columns[&plan.name])
    }

    fn column_name(&self, column: ColumnId) -> &str {
        &self.columns[column].name
    }

    fn is_personal(&self, column: ColumnId) -> bool {
        self.table.column(&self.columns[column].name).is_some_and(|column| column.personal)
    }

    fn tells_whose(&self, column: ColumnId) -> bool {
        let name = &self.columns[column].name;
        let public = self.table.column(name).is_some_and(|column| column.public);
        self.is_personal(column) || (!public && self.table.key.iter().any(|key| key.value == *name))
    }

    fn as_of(&mut self) -> i64 {
        self.timed = true;
        self.as_of
    }

    fn as_of_at_end(&self) -> i64 {
        self.as_of
    }

    fn contract(&self) -> Vec<ContractColumn> {
        self.table.columns.iter().map(Column::contract).collect()
    }

    fn found_columns(&self) -> Vec<String> {
        self.source.columns.keys().cloned().collect()
    }
}
