//! A table of ours as a file of digests.

use std::io::{self, Write};
use std::sync::Arc;

use super::hexadecimal;
use crate::base::{Diagnostic, Text};
use crate::engine::budget::Budget;
use crate::engine::elsewhere::{self, Known, Look, not_whole};
use crate::engine::mirror::{Compared, InScope, Mirror};
use crate::engine::problems::Problems;
use crate::engine::run::RunOptions;
use crate::extract::digests::{Attribute, Header, Record, Writer};
use crate::kernel::expression::Expression;
use crate::kernel::seal::{Seal, SharedKey};
use crate::rule::{Agreement, At, KeyPart, Sought, Table};

/// What a file is to be made of.
pub struct DigestRequest<'r> {
    pub agreement: &'r Agreement,
    pub key: &'r SharedKey,
    /// The column of ours that a name of the agreement stands for.
    pub column: &'r (dyn Fn(&str) -> String + Sync),
    /// Which rows the other side must have; all if there is no condition.
    pub in_scope: Option<At<Expression>>,
    /// The moment of the data, as it is written.
    pub as_of: String,
}

/// A table of which all is known that goes into the file.
pub struct Digested {
    pub header: Header,
    mirror: Arc<Mirror>,
    seal: Arc<Seal>,
}

/// Why a file could not be written.
#[derive(Debug)]
pub enum DigestError {
    /// Keys on disk cannot be read again.
    Keys(Text),
    File(io::Error),
}

/// What came of reading a table of which a file is to be made.
pub struct DigestOutcome {
    /// What is to be told of its extracts.
    pub told: Vec<Diagnostic>,
    /// Or everything that keeps a file from being made: a table that is not known whole says nothing of anybody.
    pub digested: Result<Digested, Vec<Text>>,
}

/// Reads a table of which a file is to be made. `None` when it was interrupted.
pub fn digest(
    known: Known<'_>,
    table: &Table,
    request: &DigestRequest<'_>,
    options: &RunOptions<'_>,
) -> Option<DigestOutcome> {
    let seal = Arc::new(Seal::new(request.key, &request.agreement.digest()));
    let mut look = Look::default();
    let part = |part: &KeyPart| KeyPart { column: (request.column)(&part.column), pad: part.pad };
    let wanted = look.add_mirror(request.agreement.key.iter().map(part).collect());
    wanted.seal = Some(Arc::clone(&seal));
    // Each attribute has its place, whatever columns they are.
    wanted.columns.extend(request.agreement.attributes.iter().map(|attribute| Compared {
        column: (request.column)(&attribute.name),
        likeness: attribute.likeness,
    }));
    wanted.add(Sought::Covered { in_scope: request.in_scope.clone() });
    let mut problems = Problems::default();
    let found = elsewhere::read(known, table, &look, options, &mut problems)?;
    let mirror = found.mirrors.into_iter().next().unwrap_or_else(|| Err(not_whole()));
    let digested = mirror.map_err(|why| vec![why]).and_then(|mirror| {
        let header = header(request, &mirror, &seal, options.budget)?;
        Ok(Digested { header, mirror, seal })
    });
    Some(DigestOutcome { told: problems.into_diagnostics(), digested })
}

fn header(
    DigestRequest { agreement, in_scope, as_of, .. }: &DigestRequest<'_>,
    mirror: &Mirror,
    seal: &Seal,
    budget: &Budget<'_>,
) -> Result<Header, Vec<Text>> {
    let mut wrong = Vec::new();
    let mut attributes = Vec::new();
    for (attribute, column) in agreement.attributes.iter().zip(mirror.columns()) {
        match column {
            Ok(ty) => attributes.push(Attribute { name: attribute.name.clone(), ty: ty.id().to_owned() }),
            Err(why) => wrong.push(why.clone()),
        }
    }
    let scope = in_scope.as_ref().map(|scope| mirror.scope(scope.value.text())).transpose();
    let scope = scope.map_err(|why| wrong.push(why)).ok().flatten();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut keys = 0;
    for round in mirror.rounds(budget) {
        let parts = mirror.parts(round).map_err(|why| vec![why])?;
        keys += parts.sizes().into_iter().sum::<usize>() as u64;
    }
    Ok(Header {
        exchange: agreement.exchange.clone(),
        agreement: hexadecimal(&agreement.digest()),
        key_check: hexadecimal(&seal.check()),
        as_of: as_of.clone(),
        key: mirror.types.iter().map(|ty| ty.id().to_owned()).collect(),
        attributes,
        rows: mirror.rows(),
        keys,
        without_key: mirror.without_key,
        damaged: mirror.unknown,
        scope_unknown: scope.map(|scope| scope.undecided),
    })
}

impl Digested {
    /// Writes the file: a record for each key, in the order of their digests, which is nobody's.
    ///
    /// # Errors
    /// The keys cannot be read again, or `out` cannot be written to.
    pub fn write(&self, out: impl Write, budget: &Budget<'_>) -> Result<(), DigestError> {
        let mut writer = Writer::begin(out, &self.header, &self.seal).map_err(DigestError::File)?;
        let mut record = Record::default();
        for round in self.mirror.rounds(budget) {
            let parts = self.mirror.parts(round).map_err(DigestError::Keys)?;
            let written = parts.each(|key, said, scope| {
                record.key = key;
                record.cells.clear();
                record.cells.extend_from_slice(said);
                record.scope = scope.unwrap_or(InScope::Yes) as u8;
                writer.record(&record)
            });
            written.map_err(DigestError::File)?;
        }
        writer.finish().map_err(DigestError::File)
    }
}
