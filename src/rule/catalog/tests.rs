use std::collections::BTreeSet;

use super::*;

/// The catalogue with one thing changed, and what is said of it: `line: what`.
fn edited(from: &str, to: &str) -> Vec<String> {
    assert_eq!(SHIPPED.matches(from).count(), 1, "`{from}` is there once");
    let text = SHIPPED.replacen(from, to, 1);
    let file = Arc::new(SourceText { name: "catalog.yaml".to_owned(), text });
    let said = |diagnostic: Diagnostic| {
        let (line, _) = diagnostic.place.expect("a place").line_column();
        let hint = diagnostic.hint.map(|hint| format!(" ({})", hint.en)).unwrap_or_default();
        let excerpt =
            file.text.lines().nth(line - 1).expect("a line").trim().chars().take(24).collect::<String>();
        format!("{excerpt}: {}{hint}", diagnostic.what.en)
    };
    match read::parse(&file) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics.into_iter().map(said).collect(),
    }
}

#[test]
fn counts_are_those_of_the_printed_list() {
    let catalog = Catalog::shipped();
    let count = |group| catalog.databases().filter(|entry| entry.group == Some(group)).count();
    assert_eq!(Group::ALL.iter().map(|&group| count(group)).collect::<Vec<_>>(), [116, 7, 207]);
    assert_eq!(catalog.databases().count(), 330);
    let agencies: Vec<(&str, usize)> = catalog
        .agencies
        .iter()
        .map(|agency| (agency.id.as_str(), agency.databases.len()))
        .filter(|(_, databases)| *databases > 0)
        .collect();
    // As the summary table of Appendix I prints them.
    let printed = [
        ("vpcp", 11),
        ("bca", 38),
        ("btc", 42),
        ("btp", 16),
        ("bct", 35),
        ("bnv", 17),
        ("byt", 27),
        ("bgddt", 5),
        ("bkhcn", 26),
        ("bxd", 19),
        ("bnnmt", 26),
        ("bvhttdl", 38),
        ("bng", 19),
        ("bdttg", 6),
        ("tandtc", 1),
        ("nhnn", 4),
    ];
    assert_eq!(agencies, printed);
    assert_eq!(catalog.priority.len(), 11);
    // Rows of Appendix III.
    assert_eq!(catalog.agencies.iter().filter(|agency| !agency.partners.is_empty()).count(), 23);
}

#[test]
fn ids_are_unique_and_tell_agency_and_group() {
    let catalog = Catalog::shipped();
    let ids: BTreeSet<&str> = catalog.entries().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids.len(), 341);
    for entry in catalog.databases() {
        let (agency, place) = entry.id.split_once('_').expect("an agency and a place");
        assert_eq!(agency, entry.agency);
        let letter = match entry.group.expect("a group") {
            Group::Nq71 => 'a',
            Group::Services82 => 'b',
            Group::Review => 'c',
        };
        assert!(place.starts_with(letter), "{}", entry.id);
        assert!(!entry.title().ends_with(['.', ';']), "{}", entry.id);
    }
}

#[test]
fn weights_follow_priority_and_group() {
    let catalog = Catalog::shipped();
    let weight = |id| catalog.find(id).expect("an entry").weight;
    // Exact, close, component; related to one only; a priority database itself; the three groups.
    assert_eq!(["bnnmt_a05", "btc_a11", "bgddt_a03"].map(weight), [3, 3, 3]);
    assert_eq!(["bxd_a07", "bxd_c01", "bnv_a03"].map(weight), [2, 1, 2]);
    assert_eq!(["p08_tai_san_thu_nhap", "bca_a01", "bca_b02", "bca_c02"].map(weight), [3, 2, 2, 1]);
    // 18 entries make up priority databases: 13 of them in the first two groups (123), 5 in the third (207).
    let of = |weight| catalog.databases().filter(|entry| entry.weight == weight).count();
    assert_eq!([3, 2, 1].map(of), [18, 110, 202]);
}

#[test]
fn packs_and_the_databases_that_they_are_written_for() {
    let catalog = Catalog::shipped();
    assert_eq!(catalog.packs.len(), 16);
    for (pack, main) in &catalog.packs {
        let entry = catalog.find(main).expect("an entry");
        assert_eq!(entry.pack.as_ref(), Some(pack), "{main}");
    }
    assert_eq!(catalog.main_of("land"), Some("bnnmt_a05"));
    assert_eq!(catalog.find("bnnmt_a05").expect("land").title(), "CSDL quốc gia về Đất đai");
    assert_eq!(catalog.priority_of("bnnmt_a05").map(|entry| entry.id.as_str()), Some("p01_dat_dai"));
    assert_eq!(catalog.parts_of("p03_giao_duc").len(), 5);
    assert_eq!(
        catalog.find("bca_b01").expect("it").title(),
        "CSDL Quản lý thông tin người chấp hành án hình sự tại cộng đồng"
    );
}

#[test]
fn searching_minds_neither_marks_nor_capitals() {
    let catalog = Catalog::shipped();
    let found = |phrases: &[&str]| -> Vec<&str> {
        let phrases: Vec<String> = phrases.iter().map(|&phrase| phrase.to_owned()).collect();
        let of = catalog.databases().filter(|entry| catalog.matches(entry, &phrases));
        of.map(|entry| entry.id.as_str()).collect()
    };
    assert_eq!(found(&["đất đai"]), ["bnnmt_a05"]);
    assert_eq!(found(&["DAT DAI"]), ["bnnmt_a05"]);
    assert_eq!(found(&["ho_chieu", "ngoai giao"]), ["bng_c12"]);
    assert_eq!(found(&["tòa án"]), ["tandtc_a01"]);
    assert_eq!(found(&["court"]), ["tandtc_a01"]);
    assert_eq!(found(&["bca_a1"]).len(), 10);
    assert_eq!(found(&["hinh su", "phap y"]), ["bca_c10"]);
    assert!(found(&["không có gì như vậy"]).is_empty());
    assert_eq!(found(&[]).len(), 330);
}

#[test]
fn an_edited_catalogue_has_its_mistakes_at_their_places() {
    assert!(edited("name: \"CSDL Ô tô\"", "name: \"CSDL Xe hơi\"").is_empty());
    let said = |from, to| edited(from, to).join("\n");
    let twice = said("id: bca_a02,", "id: bca_a01,");
    assert!(twice.starts_with("- { id: bca_a01, slug: n: id `bca_a01` is on line"), "{twice}");
    assert_eq!(said("name: \"CSDL Ô tô\", ", ""), "- { id: bct_c02, slug: o: `name` is missing");
    assert_eq!(
        said(
            "name: \"CSDL Dệt may\", group: ra_soat, kind: database, archetype: organisation-register",
            "name: \"CSDL Dệt may\", group: ra_xoat, kind: databse, archetype: person-registry"
        ),
        "- { id: bct_c03, slug: d: `ra_xoat` is not a group (did you mean `ra_soat`?)\n\
         - { id: bct_c03, slug: d: `databse` is not a kind (did you mean `database`?)\n\
         - { id: bct_c03, slug: d: `person-registry` is not a database archetype (did you mean `person-register`?)"
    );
    assert_eq!(
        said("declared: { nq71: 19,", "declared: { nq71: 20,"),
        "declared: { nq71: 20, bo: `bca` declares 20 databases in `nq71`, and lists 19 (correct the number, or the list)"
    );
    assert_eq!(
        said("    declared: { nq71: 19, bo_sung_82_dvc: 3, ra_soat: 16 }\n", ""),
        "- id: bca: `declared` is missing: how many databases each group has"
    );
    assert_eq!(
        said("nq71: { databases: 116,", "nq71: { databases: 117,"),
        "nq71: { databases: 117, : group `nq71` declares 117 databases, and 116 are listed (correct the number, or the list)"
    );
    assert_eq!(
        said("agency: ttcp\n", "agency: ttpc\n"),
        "agency: ttpc: no agency `ttpc` (did you mean `ttcp`?)"
    );
    assert_eq!(
        said("  land: bnnmt_a05", "  land: p01_dat_dia"),
        "land: p01_dat_dia: no entry `p01_dat_dia` (did you mean `p01_dat_dai`?)"
    );
    assert_eq!(
        said("match: components\n    entries: [bgddt_a01,", "match: not_listed\n    entries: [bgddt_a01,"),
        "match: not_listed: `match: not_listed` says that there are no `entries` (`entries` are what the database consists of; others are `related`)"
    );
}

#[test]
fn typing_errors_in_ids_are_recognised() {
    let catalog = Catalog::shipped();
    assert_eq!(catalog.closest("bnnmt_a5"), Some("bnnmt_a05"));
    assert_eq!(catalog.closest("BCA_A13"), Some("bca_a13"));
    assert_eq!(catalog.closest("p03_giaoduc"), Some("p03_giao_duc"));
    assert_eq!(catalog.closest("my_database"), None);
}
