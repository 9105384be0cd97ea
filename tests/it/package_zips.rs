//! ZIPs of packages that somebody made on purpose, or that were cut and changed on the way: none is taken for good.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;
use thuocdo::engine::package::report::{PackageReport, Verdict};
use thuocdo::engine::package::structure::{ENVELOPE, SHIPPED, Structure};
use thuocdo::engine::package::{Asked, check};
use thuocdo::extract::package::Package;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::package::{Files, Place, expect, findings, good, report, run, sums, zipped};

/// A ZIP, and where in it the headers of a file stand.
fn patched(mut zip: Vec<u8>, change: impl Fn(&mut [u8], &mut [u8])) -> Vec<u8> {
    let position = |zip: &[u8], sign: &[u8]| zip.windows(4).position(|at| at == sign).expect("a header");
    let central = position(&zip, b"PK\x01\x02");
    let local = position(&zip, b"PK\x03\x04");
    let (head, tail) = zip.split_at_mut(central);
    change(&mut head[local..], tail);
    zip
}

#[test]
fn hostile_zips_are_refused() {
    let one = |name: &str, bytes: &[u8]| Files::from([(name.to_owned(), bytes.to_vec())]);
    let with_list = |mut files: Files| {
        files.insert("SHA256SUMS".to_owned(), sums(&files));
        files
    };
    let place = Place::new();
    let zip = |bytes: Vec<u8>| place.write("goi.zip", bytes);
    // Names.
    for name in ["../a.csv", "/a.csv", "C:/a.csv", "a\\b.csv", "a\u{202e}.csv", "NUL.csv", "b/../a.csv"] {
        let (code, report) = report(&zip(zipped(&one(name, b"x"))), &[]);
        let expected = ["wrong".to_owned(), "unsafe_name".to_owned(), name.to_owned()];
        assert!(code == Some(5) && findings(&report).contains(&expected), "{report:#}");
        assert!(!Path::new("/tmp/a.csv").exists() && !Path::new(&place.at("a.csv")).exists());
    }
    let clash = with_list(Files::from([("a.csv".to_owned(), vec![]), ("A.csv".to_owned(), vec![])]));
    expect(&zip(zipped(&clash)), &[], 5, &[["wrong", "name_clash", "A.csv"]]);
    // A link that leads out.
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("a.csv", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
    let (code, link) = report(&zip(writer.finish().expect("a zip").into_inner()), &[]);
    assert!(code == Some(5) && findings(&link).contains(&["wrong", "link", "a.csv"].map(str::to_owned)));
    // Encrypted: bit 0 of the flags (APPNOTE.TXT 4.4.4).
    let locked = patched(zipped(&one("a.csv", b"x")), |local, central| {
        (local[6], central[8]) = (local[6] | 1, central[8] | 1);
    });
    let (code, locked) = report(&zip(locked), &[]);
    assert!(
        code == Some(5) && findings(&locked).contains(&["wrong", "encrypted", "a.csv"].map(str::to_owned))
    );
    // Another method of compression (4.4.5: 12 is bzip2): nothing is known to be wrong, and nothing right.
    let other = patched(zipped(&one("a.csv", b"x")), |local, central| (local[8], central[10]) = (12, 12));
    let (code, other) = report(&zip(other), &[]);
    assert!(
        code == Some(3) && findings(&other).contains(&["unknown", "unread", "a.csv"].map(str::to_owned)),
        "{other:#}"
    );
    // The directory says another size than the file's own header, and another name.
    let torn = |change: fn(&mut [u8], &mut [u8])| patched(zipped(&with_list(one("a.csv", b"x"))), change);
    for changed in [
        torn(|_, central| central[24] += 1),
        torn(|local, _| local[30] = b'b'),
        [b"#!/bin/sh\n".to_vec(), zipped(&with_list(one("a.csv", b"x")))].concat(),
        Vec::new(),
        b"PK".to_vec(),
        b"ma,ten\n1,An\n".to_vec(),
    ] {
        let (code, report) = report(&zip(changed), &[]);
        let damaged = findings(&report).iter().any(|[level, code, _]| level == "wrong" && code == "damaged");
        assert!(code == Some(5) && damaged, "{report:#}");
    }
    // Two files of one name: readers differ in which they take.
    let two =
        with_list(Files::from([("a1.csv".to_owned(), b"1".to_vec()), ("a2.csv".to_owned(), b"2".to_vec())]));
    let mut twice = zipped(&two);
    while let Some(at) = twice.windows(6).rposition(|name| name == b"a2.csv") {
        twice[at + 1] = b'1';
    }
    let (code, twice) = report(&zip(twice), &[]);
    assert!(code == Some(5) && twice.to_string().contains("have the same name"), "{twice:#}");
}

#[test]
fn what_unpacks_without_end_is_given_up() {
    let place = Place::new();
    let mut files = Files::from([("a.csv".to_owned(), vec![b'0'; 3 << 20])]);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    let zip = place.write("goi.zip", zipped(&files));
    expect(&zip, &[], 0, &[]);
    expect(&zip, &["--max-unpacked", "4MiB"], 0, &[]);
    let report = expect(&zip, &["--max-unpacked", "1MiB"], 5, &[["wrong", "damaged", "a.csv"]]);
    assert!(report["files"][1]["sha256"].is_null(), "{report:#}");
    // One that is looked into twice, because it might be a list of files.
    let twice = place.write("hai.zip", zipped(&Files::from([("a.json".to_owned(), vec![b' '; 3 << 20])])));
    expect(
        &twice,
        &["--max-unpacked", "1MiB"],
        5,
        &[["unknown", "no_manifest", ""], ["wrong", "damaged", "a.json"]],
    );
}

/// Two files, packed.
fn two() -> Files {
    let mut files =
        Files::from([("a.csv".to_owned(), b"ma\n".repeat(50)), ("b.csv".to_owned(), b"x".to_vec())]);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    files
}

fn number(zip: &[u8], at: usize) -> usize {
    u32::from_le_bytes([0, 1, 2, 3].map(|byte| zip[at + byte])) as usize
}

fn add(zip: &mut [u8], at: usize, more: usize) {
    let number = u32::try_from(number(zip, at) + more).expect("a small ZIP");
    zip[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

/// Where the directory begins and ends, and each of its entries (APPNOTE.TXT 4.3.12, 4.3.16). Without a comment.
fn directory(zip: &[u8]) -> (usize, usize, Vec<usize>) {
    let end = zip.len() - 22;
    let start = number(zip, end + 16);
    let entries = (start..end).filter(|at| zip[*at..].starts_with(b"PK\x01\x02")).collect();
    (start, end, entries)
}

/// Bytes that belong to nothing, with all offsets as they must be then.
fn stuffed(mut zip: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    let (start, end, entries) = directory(&zip);
    for entry in entries {
        if number(&zip, entry + 42) >= at {
            add(&mut zip, entry + 42, bytes.len());
        }
    }
    if start >= at {
        add(&mut zip, end + 16, bytes.len());
    }
    zip.splice(at..at, bytes.iter().copied());
    zip
}

#[test]
fn bytes_that_belong_to_no_file_are_found() {
    let place = Place::new();
    let zip = zipped(&two());
    expect(&place.write("goi.zip", &zip), &[], 0, &[]);
    let (start, end, entries) = directory(&zip);
    let second = number(&zip, entries[1] + 42);
    let hidden = &zip[..second];
    let mut cases = Vec::new();
    for bytes in [&b"HIDDEN--"[..], &[0; 12], hidden] {
        cases.extend([second, start, end].map(|at| stuffed(zip.clone(), at, bytes)));
        cases.push([zip.as_slice(), bytes].concat());
    }
    // Behind what a file unpacks to, within its own size.
    let mut behind = stuffed(zip.clone(), second, b"HIDDEN--");
    let (_, _, entries) = directory(&behind);
    for at in [18, entries[0] + 20] {
        add(&mut behind, at, 8);
    }
    cases.push(behind);
    // Another archive in the comment.
    let mut comment = zip.clone();
    let length = u16::try_from(zip.len()).expect("a small ZIP").to_le_bytes();
    comment[end + 20..].copy_from_slice(&length);
    cases.push([comment, zip.clone()].concat());
    for (at, case) in cases.iter().enumerate() {
        let (code, report) = report(&place.write("goi.zip", case), &[]);
        let damaged = findings(&report).iter().any(|[level, code, _]| level == "wrong" && code == "damaged");
        assert!(code == Some(5) && damaged, "{at}: {report:#}");
    }
}

#[test]
fn zips_may_be_written_in_any_way_that_hides_nothing() {
    let place = Place::new();
    let written = |options: SimpleFileOptions, comment: &str, stream: bool| {
        fn fill<W: std::io::Write + std::io::Seek>(
            zip: &mut ZipWriter<W>,
            options: SimpleFileOptions,
            comment: &str,
        ) {
            zip.add_directory("d/", options).expect("a folder");
            for (path, bytes) in two() {
                zip.start_file(path.as_str(), options).expect("a file");
                zip.write_all(&bytes).expect("its bytes");
            }
            zip.set_comment(comment).expect("a short one");
        }
        if stream {
            // Sizes follow what they are of.
            let mut zip = ZipWriter::new_stream(Vec::new());
            fill(&mut zip, options, comment);
            zip.finish().expect("a zip").into_inner()
        } else {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            fill(&mut zip, options, comment);
            zip.finish().expect("a zip").into_inner()
        }
    };
    let plain = SimpleFileOptions::default();
    let stored = plain.compression_method(zip::CompressionMethod::Stored);
    for options in [plain, stored, plain.large_file(true), stored.with_alignment(64)] {
        for (comment, stream) in [("", false), ("Sở Tư pháp", false), ("", true)] {
            expect(&place.write("goi.zip", written(options, comment, stream)), &[], 0, &[]);
        }
    }
}

#[test]
fn names_that_are_others_elsewhere_are_refused() {
    let place = Place::new();
    for (one, other, told) in [
        ("d", "d/b.csv", "d"),
        ("D/a.csv", "d/b.csv", "D"),
        ("straße.csv", "STRASSE.csv", "STRASSE.csv"),
        ("ſ.csv", "s.csv", "s.csv"),
        ("σ", "ς", "ς"),
    ] {
        let mut files = Files::from([one, other].map(|name| (name.to_owned(), Vec::new())));
        files.insert("SHA256SUMS".to_owned(), sums(&files));
        expect(&place.write("goi.zip", zipped(&files)), &[], 5, &[["wrong", "name_clash", told]]);
    }
    // UTF-8 that is not said to be is read as code page 437 by some (APPNOTE.TXT 4.4.4, bit 11); many programs write it so.
    let mut files = Files::from([("tên.csv".to_owned(), Vec::new())]);
    files.insert("SHA256SUMS".to_owned(), sums(&files));
    let mut zip = zipped(&files);
    let (_, _, entries) = directory(&zip);
    let last = entries[1];
    let local = number(&zip, last + 42);
    (zip[local + 7], zip[last + 9]) = (zip[local + 7] & !8, zip[last + 9] & !8);
    let report_of = expect(&place.write("goi.zip", zip), &[], 0, &[]);
    assert!(
        findings(&report_of).contains(&["note", "name_form", "tên.csv"].map(str::to_owned)),
        "{report_of:#}"
    );
    // What turns a line around on a screen is not printed as it is.
    let turned = Files::from([("a\u{202e}vsc.csv".to_owned(), Vec::new())]);
    let path = place.write("goi.zip", zipped(&turned));
    for format in ["json", "term", "junit"] {
        let run = run(&[&path, "--format", format]);
        assert!(run.code == Some(5) && !run.out.contains('\u{202e}'), "{}", run.out);
    }
    assert!(findings(&report(&path, &[]).1).iter().any(|[_, _, file]| file == "a\u{202e}vsc.csv"));
}

/// The report on a ZIP, in this process.
fn checked(bytes: &[u8], structure: &Structure) -> PackageReport {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("goi.zip");
    fs::write(&path, bytes).expect("a zip");
    let mut package = Package::open(&path, None).expect("a file");
    let asked = Asked { package: "goi.zip", engine: "", manifest: None, structure, messages: None };
    check(&mut package, &asked)
}

fn shipped() -> Structure {
    let mut structure = Structure::default();
    structure.envelope(SHIPPED, ENVELOPE).expect("the shipped schema");
    structure
}

/// Whatever was done to the ZIP: it is the same package, or it is not sound.
fn holds(good: &PackageReport, bytes: &[u8], structure: &Structure) -> bool {
    let found = checked(bytes, structure);
    found.verdict != Verdict::Sound || found.files == good.files
}

#[test]
fn no_truncated_zip_is_sound() {
    let (structure, zip) = (shipped(), zipped(&good()));
    let whole = checked(&zip, &structure);
    assert_eq!(whole.verdict, Verdict::Sound);
    for end in 0..zip.len() {
        assert_ne!(checked(&zip[..end], &structure).verdict, Verdict::Sound, "{end} of {}", zip.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn changed_bits_are_found_or_change_nothing(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4),
        headers in any::<bool>(),
    ) {
        let (structure, mut zip) = (shipped(), zipped(&good()));
        let whole = checked(&zip, &structure);
        // Most bytes are content: every other case changes the directory.
        let directory = zip.windows(4).position(|at| at == b"PK\x01\x02").expect("a directory");
        let start = if headers { directory } else { 0 };
        for (at, bit) in flips {
            let at = start + at.index(zip.len() - start);
            zip[at] ^= 1 << bit;
        }
        prop_assert!(holds(&whole, &zip, &structure));
    }

    #[test]
    fn spliced_zips_are_found_or_change_nothing(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 0..200_usize,
    ) {
        let (structure, mut zip) = (shipped(), zipped(&good()));
        let whole = checked(&zip, &structure);
        let (from, to) = (from.index(zip.len()), to.index(zip.len()));
        let part = zip[from..(from + length).min(zip.len())].to_vec();
        let end = (to + part.len()).min(zip.len());
        zip.splice(to..end, part);
        prop_assert!(holds(&whole, &zip, &structure));
    }
}
