//! On what all this rests: program, methodology, rules, files, and the digest that covers the card.

use super::markup::Markup;
use crate::base::Text;
use crate::report::number;
use crate::say;
use crate::score::scorecard::DatabaseCard;
use crate::score::{RollUp, Scorecard};

/// Hexadecimal digits of a hash that are shown; the whole is on the card.
const DIGITS: usize = 16;

pub fn write(page: &mut Markup, card: &Scorecard) {
    start(page, card);
    for database in &card.databases {
        of(page, database);
    }
    page.raw("</section>");
}

/// Without what single databases were scored from.
pub fn run(page: &mut Markup, card: &Scorecard) {
    start(page, card);
    page.raw("</section>");
}

fn start(page: &mut Markup, card: &Scorecard) {
    page.raw("<section class=o id=provenance><h2>").say(&say!("Provenance", "Nguồn gốc"));
    page.raw("</h2><dl class=facts>");
    // As `--as-of` takes it.
    page.raw("<dt>").say(&say!("As of", "Tính đến")).raw("</dt><dd>").moment(&card.as_of);
    page.raw(" <code>").name(&card.as_of).raw("</code></dd>");
    fact(page, &say!("Program", "Chương trình"), &card.engine);
    fact(page, &say!("Methodology", "Phương pháp"), &card.methodology);
    fact(page, &say!("Profile", "Bộ tiêu chí"), card.profile.id());
    // A page of one database sums nothing up.
    if card.databases.len() > 1 || !card.agencies.is_empty() {
        over(page, card);
    }
    if let Some(provenance) = &card.provenance {
        fact(page, &say!("Root of the digests", "Dấu băm gốc"), &provenance.root);
    }
    page.raw("</dl><p class=dim>").say(&say!(
        "The same inputs and the same moment give the same scorecard. To check it: ",
        "Cùng đầu vào và cùng thời điểm thì cho cùng một bảng điểm. Để kiểm tra: "
    ));
    page.raw("<code>thuocdo verify scorecard.json --data DIR</code></p>");
}

fn over(page: &mut Markup, card: &Scorecard) {
    page.raw("<dt>").say(&say!("Summed up over", "Tổng hợp trên")).raw("</dt><dd>").say(
        &match card.roll_up {
            RollUp::Run => say!("the databases of this run", "các CSDL của lần chạy này"),
            RollUp::Agencies => {
                say!(
                    "all databases of these agencies in the catalogue",
                    "mọi CSDL của các cơ quan này trong danh mục"
                )
            }
            RollUp::Nation => say!("all databases of the catalogue", "mọi CSDL trong danh mục"),
        },
    );
    page.raw("</dd>");
    if let Some(catalog) = &card.catalog {
        fact(page, &say!("Catalogue", "Danh mục"), catalog);
    }
}

fn fact(page: &mut Markup, name: &Text, value: &str) {
    page.raw("<dt>").say(name).raw("</dt><dd>").name(value).raw("</dd>");
}

fn of(page: &mut Markup, database: &DatabaseCard) {
    page.raw("<h3>").name(&database.id).raw("</h3><dl class=facts>");
    let list = |page: &mut Markup, name: &Text, items: &[(String, &str)]| {
        if items.is_empty() {
            return;
        }
        page.raw("<dt>").say(name).raw("</dt>");
        for (item, hash) in items {
            page.raw("<dd>").name(item).raw(" ");
            digest(page, hash);
            page.raw("</dd>");
        }
    };
    let rules: Vec<_> =
        database.rule_files.iter().map(|file| (file.name.clone(), file.blake3.as_str())).collect();
    list(page, &say!("Rule files", "Tệp quy tắc"), &rules);
    let packs =
        database.packs.iter().map(|pack| (format!("{} {}", pack.id, pack.version), pack.hash.as_str()));
    list(page, &say!("Packs", "Gói quy tắc"), &packs.collect::<Vec<_>>());
    if let Some(contract) = &database.contract {
        fact(page, &say!("Contract", "Cam kết dữ liệu"), contract);
    }
    let lists = database
        .code_lists
        .iter()
        .map(|list| (format!("{}: {}", list.name, list.path), list.blake3.as_str()));
    list(page, &say!("Code lists", "Danh mục mã"), &lists.collect::<Vec<_>>());
    page.raw("</dl>");
    files(page, database);
}

fn digest(page: &mut Markup, hash: &str) {
    if !hash.is_empty() {
        page.raw("<code class=hash>").name(hash.get(..DIGITS).unwrap_or(hash)).raw("</code>");
    }
}

fn files(page: &mut Markup, database: &DatabaseCard) {
    let files: Vec<_> = database.tables.iter().flat_map(|table| &table.files).collect();
    if files.is_empty() {
        return;
    }
    page.raw("<details><summary>").each(|lang| {
        let n = number::counted(files.len() as u64, ["file", "files", "tệp dữ liệu"], lang);
        say!("{n} that were read", "{n} đã đọc").get(lang).to_owned()
    });
    page.raw("</summary><div class=wide tabindex=0><table><thead><tr>");
    for head in
        [say!("File", "Tệp"), say!("Rows", "Bản ghi"), say!("Bytes", "Byte"), say!("BLAKE3", "BLAKE3")]
    {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for file in files {
        page.raw("<tr><td>").name(&file.path);
        if let Some(problem) = &file.problem {
            page.raw(" ").told(problem);
        }
        page.raw("</td><td class=n>")
            .count(file.rows)
            .raw("</td><td class=n>")
            .count(file.bytes)
            .raw("</td><td>");
        digest(page, &file.blake3);
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div></details>");
}
