//! A source whose columns go by other names than its file gives them.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};

use super::{Finding, Pieces, Source, Verbatim};

pub struct Renamed {
    inner: Box<dyn Source>,
    schema: SchemaRef,
    header: Option<Vec<String>>,
}

impl Renamed {
    /// `name` gives a column its new name, or none to keep the old one.
    pub fn new(inner: Box<dyn Source>, name: impl Fn(&str) -> Option<String>) -> Self {
        let old = inner.schema();
        let renamed = |field: &Arc<Field>| match name(field.name()) {
            Some(name) => Arc::new(Field::clone(field).with_name(name)),
            None => Arc::clone(field),
        };
        let fields: Vec<_> = old.fields().iter().map(renamed).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, old.metadata().clone()));
        let header =
            inner.header().map(|header| header.into_iter().map(|old| name(&old).unwrap_or(old)).collect());
        Self { inner, schema, header }
    }
}

impl Source for Renamed {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn findings(&self) -> Vec<Finding> {
        self.inner.findings()
    }

    fn repeated(&self) -> &[String] {
        self.inner.repeated()
    }

    fn header(&self) -> Option<Vec<String>> {
        self.header.clone()
    }

    fn rows(&self) -> Option<u64> {
        self.inner.rows()
    }

    fn typed(&self) -> bool {
        self.inner.typed()
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        self.inner.pieces(projection)
    }

    fn verbatim(&self, projection: &[usize]) -> Option<Verbatim> {
        self.inner.verbatim(projection)
    }

    fn stored(&self) -> Option<SchemaRef> {
        self.inner.stored()
    }
}
