use std::fs;
use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::base::Level;
use crate::extract::gathered::Gathered;

fn open(
    content: impl AsRef<[u8]>,
    options: &TextOptions,
    block: usize,
) -> Result<(TextSource, Gathered), String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.csv");
    fs::write(&path, content).unwrap();
    let source = TextSource::open_with(&path, options, block).map_err(|error| error.to_string())?;
    let gathered = Gathered::all(&source);
    Ok((source, gathered))
}

fn read(content: impl AsRef<[u8]>) -> Gathered {
    open(content, &TextOptions::default(), BLOCK).unwrap().1
}

fn names(source: &TextSource) -> Vec<String> {
    source.schema.fields().iter().map(|field| field.name().clone()).collect()
}

// The cases of https://github.com/max-mapper/csv-spectrum (MIT), retold.
#[test]
fn the_usual_spectrum() {
    let lines = |content: &str| read(content).lines();
    assert_eq!(
        lines("first,last,address\nJohn,Doe,\"120 any st., Anytown, WW\"\n"),
        ["John|Doe|120 any st., Anytown, WW"]
    );
    assert_eq!(lines("a,b,c\n1,\"\",\"\"\n2,3,4\n"), ["1||", "2|3|4"]);
    assert_eq!(lines("a,b,c\r\n1,,\"\"\r\n2,3,4\r\n"), ["1|␀|", "2|3|4"]);
    assert_eq!(lines("a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n"), ["1|ha \"ha\" ha", "3|4"]);
    assert_eq!(
        lines("key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n"),
        ["1|{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"]
    );
    assert_eq!(lines("a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n").len(), 3);
    assert_eq!(lines("a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4"), ["1|ha \n\"ha\" \nha", "3|4"]);
    assert_eq!(lines("a,b,c\n1,2,3\n4,5,ʤ"), ["1|2|3", "4|5|ʤ"]);
}

#[test]
fn every_line_end_ends_a_line() {
    for content in ["a,b\r\n1,2\n3,4\r5,6", "a,b\n\n1,2\r\n\r\n3,4\n5,6\n\n", "a,b\r1,2\r3,4\r5,6\r"] {
        for block in [1, 7, 64, BLOCK] {
            let (_, all) = open(content, &TextOptions::default(), block).unwrap();
            assert_eq!(all.lines(), ["1|2", "3|4", "5|6"], "{content:?} in blocks of {block}");
            assert!(all.damaged.is_empty());
            assert_eq!(all.consumed, content.len() as u64);
        }
    }
    let all = read("a,b\n1,2\n\n\n3,4\n\n");
    assert_eq!(all.found(), [("text.blank_line", Some(1), 2)]);
}

#[test]
fn ragged_rows_are_damaged() {
    let all = read("a,b,c\n1,2,3\n1,2\n1\n1,2,3,4\n1,2,3\n");
    assert_eq!(all.lines(), ["1|2|3", "1|2|␀", "1|␀|␀", "1|2|3", "1|2|3"]);
    assert_eq!(all.damaged, [1, 2, 3]);
    assert_eq!(all.found(), [("text.too_few_fields", Some(1), 2), ("text.too_many_fields", Some(3), 1)]);
}

#[test]
fn an_unclosed_quote_swallows_nothing() {
    let content = "a,b\n1,2\n3,\"x\n4,y\n5,z\n";
    for block in [4, 10, BLOCK] {
        let (_, all) = open(content, &TextOptions::default(), block).unwrap();
        assert_eq!(all.lines(), ["1|2", "3|\"x", "4|y", "5|z"], "blocks of {block}");
        assert_eq!(all.damaged, [1]);
        assert_eq!(all.found(), [("text.unclosed_quote", Some(1), 1)]);
    }
    // It would meet the opening quote of a later row.
    let all = read("a,b\n3,\"x\n4,y\n5,\"z\"\n\"6\",\"u,v\"\n");
    assert_eq!(all.lines(), ["3|\"x", "4|y", "5|z", "6|u,v"]);
    assert_eq!(all.damaged, [0]);
}

#[test]
fn a_quote_that_is_not_doubled_damages_its_row() {
    let all = read("a,b\n\"Công ty \"ABC\" Hà Nội\",2\n3,4\n5\",6\n");
    assert_eq!(all.lines(), ["Công ty ABC\" Hà Nội\"|2", "3|4", "5\"|6"]);
    assert_eq!((all.damaged.as_slice(), all.found()), (&[0][..], vec![("text.stray_quote", Some(0), 1)]));
}

#[test]
fn bytes_that_are_not_text() {
    let all = read(b"a,b\nx\0y,1\n\xc4,2\n\xe1\xbb\x87,3\nfa\xe7ade \xff\xfe,4\n");
    assert_eq!(all.lines(), ["x\0y|1", "\u{fffd}|2", "ệ|3", "fa\u{fffd}ade \u{fffd}\u{fffd}|4"]);
    assert_eq!(all.found(), [("text.nul", Some(0), 1), ("text.invalid_utf8", Some(1), 2)]);
    assert!(all.damaged.is_empty());
}

#[test]
fn a_byte_order_mark_is_dropped() {
    for block in [1, 5, BLOCK] {
        let (source, all) = open("\u{feff}\"a\",b\n1,\u{feff}2\n", &TextOptions::default(), block).unwrap();
        assert_eq!(names(&source), ["a", "b"]);
        assert_eq!(source.findings()[0].code, "text.byte_order_mark");
        assert_eq!(all.lines(), ["1|\u{feff}2"]);
    }
}

#[test]
fn headers_are_repaired_and_reported() {
    let (source, all) = open("a,b,a,\n1,2,3,4\n", &TextOptions::default(), BLOCK).unwrap();
    assert_eq!(names(&source), ["a_1", "b", "a_2", "column_4"]);
    assert_eq!(source.repeated(), ["a"]);
    let codes: Vec<_> = source.findings().iter().map(|finding| (finding.level, finding.code)).collect();
    assert_eq!(codes, [(Level::Error, "names.repeated"), (Level::Error, "names.empty")]);
    assert_eq!(all.lines(), ["1|2|3|4"]);
}

#[test]
fn options_are_obeyed() {
    let options = TextOptions {
        delimiter: Some(b';'),
        quote: Some(b'\''),
        header: false,
        null_values: vec!["NULL".into(), "\\N".into()],
    };
    let (source, all) = open("1;NULL;'NULL'\n\\N;;''\n'it''s';\"a;b\n", &options, BLOCK).unwrap();
    assert_eq!(names(&source), ["column_1", "column_2", "column_3"]);
    assert_eq!(all.lines(), ["1|␀|NULL", "␀|␀|", "it's|\"a|b"]);
    let no_quote = TextOptions { quote: None, ..TextOptions::default() };
    let (_, all) = open("a,b\n\"x,y\"\n", &no_quote, BLOCK).unwrap();
    assert_eq!(all.lines(), ["\"x|y\""]);
    let bad = TextOptions { delimiter: Some(b'\n'), ..TextOptions::default() };
    assert!(open("a,b\n", &bad, BLOCK).is_err_and(|error| error.contains("ASCII")));
}

#[test]
fn what_has_no_header_is_refused() {
    for (content, says) in [(&b""[..], "empty"), (b"\n\r\n\n", "empty"), (b"\xff\xfea\0,\0", "UTF-16")] {
        let error = open(content, &TextOptions::default(), BLOCK).map(|_| ()).unwrap_err();
        assert!(error.contains(says), "{error}");
    }
    let (source, all) = open("a,b", &TextOptions::default(), BLOCK).unwrap();
    assert_eq!((names(&source).len(), all.rows.len()), (2, 0));
}

#[test]
fn a_large_cell_is_one_cell() {
    let large = "đ,\n\"\"".repeat(1_500_000);
    let content = format!("a,b\n1,2\n3,\"{large}\"\n5,6\n");
    let all = read(&content);
    assert_eq!(all.rows.len(), 3);
    assert_eq!(all.rows[1][1].as_deref(), Some(large.replace("\"\"", "\"").as_str()));
    assert!(all.damaged.is_empty() && all.found().is_empty());
}

#[test]
fn wide_tables_come_in_short_batches_and_wider_ones_not_at_all() {
    let content = format!("{}a\n{}", "a,".repeat(9_999), "1\n".repeat(1000));
    let (_, all) = open(content, &TextOptions::default(), BLOCK).unwrap();
    assert_eq!((all.rows.len(), all.damaged.len(), all.largest), (1000, 1000, 419));
    let error = open("a,".repeat(20_000), &TextOptions::default(), BLOCK).map(|_| ()).unwrap_err();
    assert!(error.contains("20001 columns"), "{error}");
}

#[test]
fn many_rows_come_in_batches() {
    let content = format!("a,b\n{}", "1,\n".repeat(150_000));
    let (source, all) = open(content, &TextOptions::default(), BLOCK).unwrap();
    assert_eq!((all.rows.len(), all.largest), (150_000, 1 << 16));
    drop(source);
}

#[test]
fn compressed_files_are_read_and_their_ends_reported() {
    let content: String = (0..40_000)
        .fold("a,b\n".into(), |all, n: u32| all + &format!("{n},{}\n", n.wrapping_mul(2_654_435_761)));
    let (first, second) = content.split_at(content.len() / 2);
    let gz = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let members = [gz(first), gz(second)].concat();
    let frames = [first, second].map(|text| zstd::encode_all(text.as_bytes(), 1).unwrap()).concat();
    let plain = read(&content).rows;
    for packed in [members, frames] {
        let (_, all) = open(&packed, &TextOptions::default(), 64 << 10).unwrap();
        assert!(all.errors.is_empty());
        assert_eq!(all.rows, plain);
        assert_eq!(all.consumed, packed.len() as u64);

        let cut = packed.len() * 3 / 4;
        let (_, all) = open(&packed[..cut], &TextOptions::default(), 64 << 10).unwrap();
        assert!(all.rows.len() > plain.len() / 2 && all.rows.len() < plain.len());
        assert_eq!(all.rows, plain[..all.rows.len()]);
        let [error] = all.errors.as_slice() else { panic!("one error") };
        assert!(
            error.what.en.contains(&format!("incomplete: it ends in the middle of its data, after {cut} "))
        );
    }
}

fn quoting_writer(table: &[Vec<Option<String>>], delimiter: char) -> String {
    let mut out = String::new();
    for row in table {
        let cells = row.iter().map(|cell| match cell {
            None => String::new(),
            Some(cell) if cell.is_empty() || cell.contains([delimiter, '"', '\n', '\r']) => {
                format!("\"{}\"", cell.replace('"', "\"\""))
            }
            Some(cell) => cell.clone(),
        });
        out += &cells.collect::<Vec<_>>().join(&delimiter.to_string());
        out += "\r\n";
    }
    out
}

fn tables() -> impl Strategy<Value = Vec<Vec<Option<String>>>> {
    let cell = prop_oneof![
        3 => Just(None),
        1 => Just(Some(String::new())),
        4 => "[a-zđ\u{1F600} ,;\"\n\r]{1,5}".prop_map(Some),
        3 => "[0-9a-zệ]{8,20}".prop_map(Some),
    ];
    (2usize..5)
        .prop_flat_map(move |width| prop::collection::vec(prop::collection::vec(cell.clone(), width), 0..30))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_a_quoting_writer_writes_is_read_back(table in tables(), wanted in prop::collection::vec(any::<bool>(), 5)) {
        let width = table.first().map_or(2, Vec::len);
        let header = (0..width).map(|n| Some(format!("c{n}"))).collect::<Vec<_>>();
        let content = quoting_writer(&[vec![header], table.clone()].concat(), ';');
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, &content).unwrap();
        let options = TextOptions { delimiter: Some(b';'), ..TextOptions::default() };
        let projection: Vec<usize> = (0..width).filter(|&column| wanted[column]).collect();
        let expected: Vec<Vec<_>> =
            table.iter().map(|row| projection.iter().map(|&column| row[column].clone()).collect()).collect();
        for block in [1, 7, 33, 64, 1000, 64 << 10] {
            let source = TextSource::open_with(&path, &options, block).unwrap();
            let all = Gathered::of(&source, &projection);
            prop_assert_eq!(&all.rows, &expected, "blocks of {}", block);
            prop_assert!(all.damaged.is_empty() && all.findings.is_empty());
        }
    }

    #[test]
    fn whatever_the_bytes_blocks_do_not_matter(content in "[ab,;\"\n\r\u{0}đ]{0,60}") {
        let options = TextOptions { delimiter: Some(b','), ..TextOptions::default() };
        let content = format!("x,y\n{content}");
        let whole = open(&content, &options, BLOCK).unwrap().1;
        for block in [3, 16] {
            let parts = open(&content, &options, block).unwrap().1;
            prop_assert_eq!(&parts.rows, &whole.rows);
            prop_assert_eq!(&parts.damaged, &whole.damaged);
        }
        // As many rows as the slow reader finds.
        let dialect = Dialect { delimiter: b',', quote: Some(b'"') };
        let (mut at, mut rows) = (4, 0);
        loop {
            at = skip_blank_lines(content.as_bytes(), at);
            if at >= content.len() { break }
            at = record(content.as_bytes(), at, dialect).next;
            rows += 1;
        }
        prop_assert_eq!(rows, whole.rows.len());
    }
}
