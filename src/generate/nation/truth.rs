//! The list of what was planted, one line for each defect and rule that must find it.

use crate::generate::write;

use super::plant::Planted;
use super::sheet::Sheet;

const HEADER: [&str; 10] = [
    "defect",
    "class",
    "database",
    "table",
    "row",
    "columns",
    "rule_database",
    "rule_table",
    "rule",
    "fails",
];

/// Rows are numbered as in the files, the first data row being 1.
pub fn list(planted: &[Planted], sheets: &[Sheet]) -> Vec<u8> {
    let mut lines = vec![HEADER.map(str::to_owned)];
    for (at, defect) in planted.iter().enumerate() {
        let (database, table) = defect.table;
        let sheet = sheets.iter().find(|sheet| (sheet.database, sheet.table) == defect.table);
        let row = sheet.zip(defect.row).map(|(sheet, row)| sheet.number(row).to_string()).unwrap_or_default();
        for finding in &defect.found {
            lines.push([
                (at + 1).to_string(),
                defect.class.to_owned(),
                database.to_owned(),
                table.to_owned(),
                row.clone(),
                defect.columns.join("+"),
                finding.table.0.to_owned(),
                finding.table.1.to_owned(),
                finding.rule.clone(),
                finding.fails.to_string(),
            ]);
        }
    }
    write::lines(&lines)
}
