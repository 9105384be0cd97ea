//! Floor 3: the language of rule files: spanned tree → typed specs, code lists, expressions.

pub mod agreement;
pub mod arguments;
mod asked;
pub mod baseline;
pub mod calendar;
pub mod catalog;
pub mod code_list;
pub mod condition;
pub mod contract;
mod demand;
pub mod dictionary;
pub mod file;
pub mod gate;
pub mod groups;
pub mod json_schema;
pub mod kind;
pub mod letter;
pub mod load;
mod look_up;
pub mod nightly;
pub mod node;
pub mod notify;
pub mod pack;
pub mod reader;
mod reconcile;
mod reference;
pub mod role;
pub mod schema;
mod sheet;
pub mod shipped;
mod since;
pub mod start;
pub mod subject;
pub mod table;
mod table_rule;
pub mod waiver;

pub use agreement::Agreement;
pub use asked::{Asked, AskedSpec, Listing, OtherSide, Question, Scope, day_column};
pub use catalog::Catalog;
pub use condition::Condition;
pub use demand::Demand;
pub use file::Database;
pub use kind::{
    About, AnyCheck, AnyState, BindError, Binder, Bound, Check, ContractColumn, DeclaredColumn, Explanation,
    FoundFile, Group, GroupJudge, GroupSpec, Kind, Mark, ParseContext, Reconciled, Spec, Words,
};
pub use look_up::{
    Compare, Counterpart, Digests, KeyPart, KeyWritten, LookUp, OtherWritten, Paired, Side, Sought,
    WithWritten, key_columns, likeness, other_table, settled,
};
pub use node::{At, Node, Value};
pub use reader::{Fields, Reader};
pub use reconcile::NAME as RECONCILE;
pub use reference::Reference;
pub use since::{Since, SinceSpec};
pub use table::{Column, Table};
pub use table_rule::{Origin, Rule, expression};
