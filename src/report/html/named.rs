//! Rules by name.

use super::markup::Markup;
use crate::base::Text;
use crate::kind;
use crate::report::naming;
use crate::say;

impl Markup {
    /// A rule's own title, else what its kind asks for and of which columns; see [`naming::rule`].
    pub fn rule(&mut self, title: Option<&Text>, kind_id: &str, columns: &[String]) -> &mut Self {
        if let Some(title) = title.filter(|title| !(title.vi.trim().is_empty() && title.en.trim().is_empty()))
        {
            return self.title(title);
        }
        match kind::find(kind_id) {
            Some(_) => self.say(&naming::kind(kind_id)),
            None => self.name(kind_id),
        };
        for (at, column) in columns.iter().enumerate() {
            match (at, columns.len()) {
                (0, 1) => self.raw(", ").say(&say!("column", "cột")).raw(" "),
                (0, _) => self.raw(", ").say(&say!("columns", "các cột")).raw(" "),
                _ => self.raw(", "),
            };
            self.raw("<code>").name(column).raw("</code>");
        }
        self
    }
}
