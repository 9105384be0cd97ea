//! The catalogue as a page: agencies with their databases, or one database whole.

use super::page::{BOLD, DIM, FAIR, GOOD, Line, PLAIN, Page, WEAK};
use super::words::{DATABASES, counted, grade_ink, own, pick, points};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::report::catalog::{AgencyListing, Counts, EntryListing, Listing, OtherListing, PackListing};
use crate::report::number;
use crate::say;

/// Columns of ids in lists. Longer ones stand on a line of their own.
const IDS: usize = 16;

/// Columns of the names of facts.
const FACTS: usize = 16;

/// The list: agency by agency, then the priority databases.
pub fn list(listing: &Listing, style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    head(&mut page, lang, listing);
    if listing.entries().next().is_none() {
        page.blank();
        page.line(Line::of(WEAK, say!("nothing found", "không tìm thấy mục nào").get(lang)));
        return page.into_bytes();
    }
    let with_databases = || listing.agencies.iter().filter(|agency| !agency.databases.is_empty());
    for agency in with_databases() {
        agency_of(&mut page, lang, agency);
    }
    if !listing.priority.is_empty() {
        page.blank();
        page.heading('─', pick(lang, "CSDL ưu tiên (Phụ lục II)", "Priority databases (Appendix II)"));
        for entry in &listing.priority {
            item(&mut page, lang, entry);
        }
    }
    if !listing.other_systems.is_empty() {
        page.blank();
        let title = pick(lang, "Hệ thống khác được nhắc tới", "Other systems that the texts name");
        page.heading('─', title);
        for system in &listing.other_systems {
            other(&mut page, lang, system);
        }
    }
    page.blank();
    page.heading('═', pick(lang, "Tổng cộng", "In all"));
    let agencies = with_databases().count() as u64;
    let agencies = counted(agencies, ["agency", "agencies", "cơ quan"], lang);
    let start = Line::of(BOLD, &shown(&listing.counts, lang)).glued();
    page.paragraph(Line::new(), 2, Line::dotted([start, Line::of(PLAIN, &agencies).glued()]), 2);
    page.paragraph(Line::new(), 2, numbers(&listing.counts, lang), 3);
    page.into_bytes()
}

fn head(page: &mut Page, lang: Lang, listing: &Listing) {
    let title = pick(lang, "Danh mục CSDL", "Catalogue of databases");
    let source = listing.sources.get("nq214").map_or("", String::as_str);
    let hash = &listing.catalog;
    page.paragraph(
        Line::new(),
        0,
        Line::dotted([Line::of(BOLD, title).glued(), Line::of(PLAIN, source), Line::new().dim(hash)]),
        3,
    );
    if listing.edited {
        let text = say!(
            "edited: not the catalogue that ships with this program, which decides weights and roll-ups",
            "đã sửa: khác danh mục đi kèm chương trình; trọng số và tổng hợp vẫn theo danh mục đi kèm"
        );
        page.paragraph(Line::new(), 0, Line::of(WEAK, text.get(lang)), 2);
    }
}

/// `38 databases`, or `3 of 38 databases`.
fn shown(counts: &Counts, lang: Lang) -> String {
    if counts.shown == counts.registered {
        return counted(counts.registered, DATABASES, lang);
    }
    let (shown, all) = (number::count(counts.shown, lang), counted(counts.registered, DATABASES, lang));
    say!("{shown} of {all}", "{shown} trên {all}").get(lang).to_owned()
}

fn numbers(counts: &Counts, lang: Lang) -> Line {
    let groups = counts.groups.iter().filter(|(_, n)| **n > 0).map(|(group, n)| {
        let (n, label) = (number::count(*n, lang), group.label());
        Line::new().dim(&format!("{n} {}", label.get(lang))).glued()
    });
    let more = [
        (counts.with_pack, say!("with a rule pack", "có gói quy tắc")),
        (counts.scored, say!("scored", "đã chấm")),
    ];
    let more = more
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| Line::of(FAIR, &format!("{} {}", number::count(n, lang), what.get(lang))).glued());
    Line::dotted(groups.chain(more))
}

fn agency_of(page: &mut Page, lang: Lang, agency: &AgencyListing) {
    page.blank();
    page.heading('─', &format!("{} · {}", own(&agency.name, lang), agency.id));
    let start = Line::of(PLAIN, &shown(&agency.counts, lang)).glued();
    page.paragraph(Line::new(), 2, Line::dotted([start, numbers(&agency.counts, lang)]), 3);
    for entry in &agency.databases {
        item(page, lang, entry);
    }
}

fn item(page: &mut Page, lang: Lang, entry: &EntryListing) {
    let mut marks = Vec::new();
    if entry.weight >= crate::rule::catalog::PRIORITY_WEIGHT && entry.priority.is_none() {
        marks.push(Line::of(WEAK, pick(lang, "ưu tiên", "priority")).glued());
    }
    if let Some(pack) = &entry.pack {
        marks.push(Line::of(FAIR, &say_pack(pack, &entry.id, lang)).glued());
    }
    if let Some(score) = &entry.score {
        let points = points(&score.official, lang);
        let text = format!("{} {points}", score.grade.id());
        marks.push(Line::of(grade_ink(score.grade), &text).glued());
    }
    let mut name = Line::of(PLAIN, &entry.title);
    if !marks.is_empty() {
        name = name.dim(" · ").then(Line::dotted(marks));
    }
    let id = Line::new().pad(2).dim(&entry.id);
    if id.columns() >= IDS {
        page.line(id);
        page.paragraph(Line::new(), IDS, name, 4);
    } else {
        page.paragraph(id, IDS, name, 4);
    }
}

/// The pack by its name; in brackets if it is written for another database.
fn say_pack(pack: &PackListing, id: &str, lang: Lang) -> String {
    let name = &pack.name;
    let said = say!("pack {name}", "gói {name}");
    if pack.database == id { said.get(lang).to_owned() } else { format!("({})", said.get(lang)) }
}

fn other(page: &mut Page, lang: Lang, system: &OtherListing) {
    let parts = [
        Line::of(PLAIN, &system.name),
        system.agency.as_ref().map_or_else(Line::new, |agency| Line::new().dim(agency)),
        system.entry.as_ref().map_or_else(Line::new, |entry| Line::new().dim(&format!("= {entry}")).glued()),
        system.deadline.as_ref().map_or_else(Line::new, |deadline| {
            Line::new().dim(say!("due {deadline}", "hạn {deadline}").get(lang)).glued()
        }),
    ];
    page.paragraph(Line::new(), 2, Line::dotted(parts), 3);
}

/// One database with all that is known of it.
pub fn entry(listing: &Listing, style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    head(&mut page, lang, listing);
    for entry in listing.entries() {
        page.blank();
        page.heading('═', &entry.title);
        facts(&mut page, lang, listing, entry);
    }
    page.into_bytes()
}

fn facts(page: &mut Page, lang: Lang, listing: &Listing, entry: &EntryListing) {
    let mut fact = |name: Text, value: Line| {
        page.paragraph(Line::new().pad(2).dim(name.get(lang)), FACTS, value, usize::MAX);
    };
    let plain = |text: &str| Line::of(PLAIN, text);
    fact(say!("id", "mã"), Line::of(BOLD, &entry.id));
    if entry.title != entry.name {
        fact(say!("as printed", "tên in"), plain(&entry.name));
    }
    let agency = listing.agencies.iter().find(|agency| agency.id == entry.agency);
    let name = agency.map(|agency| format!("{} · {}", own(&agency.name, lang), agency.id));
    fact(say!("agency", "cơ quan"), plain(&name.unwrap_or_else(|| entry.agency.clone())));
    if let Some(partners) = agency.map(|agency| &agency.partners).filter(|partners| !partners.is_empty()) {
        fact(say!("its partners", "DN tham gia"), plain(&partners.join("; ")));
    }
    if let Some(group) = entry.group {
        fact(say!("list", "nhóm"), plain(&format!("{} · {}", group.id(), group.label().get(lang))));
    }
    fact(say!("kind", "loại"), plain(entry.kind.label().get(lang)));
    let (archetype, holds) = (entry.archetype.id(), entry.archetype.label());
    fact(
        say!("archetype", "kiểu"),
        plain(&format!("{archetype} ({})", holds.get(lang))).dim(pick(
            lang,
            " · theo tên, cần xác nhận",
            " · by its name, to be confirmed",
        )),
    );
    fact(say!("weight", "trọng số"), plain(&entry.weight.to_string()));
    if let Some(pack) = &entry.pack {
        let mut line = plain(&pack.name);
        if pack.database != entry.id {
            let of = &pack.database;
            line = line.plain(say!(", written for {of}", ", viết cho {of}").get(lang));
        }
        if !pack.ships {
            line = line.dim(pick(lang, " · chưa có trong phiên bản này", " · not in this version yet"));
        }
        fact(say!("rule pack", "gói quy tắc"), line);
    }
    if let Some(score) = &entry.score {
        let (of, as_of) = (&score.database, &score.as_of);
        let line = Line::of(
            grade_ink(score.grade),
            &format!("{} {}", score.grade.id(), points(&score.official, lang)),
        );
        let line = line.dim(say!(" · as of {as_of}", " · tính đến {as_of}").get(lang));
        let line = if score.database == entry.id {
            line
        } else {
            line.plain(say!(" · of {of}", " · của {of}").get(lang))
        };
        fact(say!("score", "điểm"), line);
    }
    if let Some(whole) = &entry.part_of {
        fact(say!("part of", "thuộc"), Line::of(GOOD, whole));
    }
    if let Some(other) = &entry.overlaps {
        fact(say!("see also", "xem thêm"), plain(other));
    }
    if let Some(priority) = &entry.priority {
        fact(say!("deadline", "thời hạn"), plain(&priority.deadline));
        fact(say!("in Appendix I", "ở Phụ lục I"), plain(priority.matched.label().get(lang)));
        for (name, ids) in [
            (say!("consists of", "gồm"), &priority.entries),
            (say!("related", "liên quan"), &priority.related),
        ] {
            if !ids.is_empty() {
                fact(name, plain(&ids.join(", ")));
            }
        }
        fact(say!("task, in short", "việc, tóm tắt"), plain(&priority.task));
        if let Some(later) = &priority.later {
            fact(say!("later", "về sau"), plain(own(later, lang)));
        }
    }
    let id = &entry.id;
    fact(say!("to start", "bắt đầu"), Line::of(DIM, &format!("thuocdo init --database {id}")));
}
