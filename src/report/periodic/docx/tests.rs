use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::fill::{Fill, Scope, Value};
use super::*;
use crate::report::Style;
use crate::report::periodic::letter::Letter;
use crate::score::league::Given;
use crate::score::periodic::{Asked, Period, Periodic, periodic, select};
use crate::score::{Profile, RollUp, laws};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn scope(fields: &[(&str, Value)]) -> Scope {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn agencies() -> Scope {
    let item = |name: &str, reasons: &[&str]| {
        let reasons = reasons.iter().map(|reason| scope(&[("noi_dung", text(reason))])).collect();
        scope(&[("ten", text(name)), ("reasons", Value::List(reasons))])
    };
    let items = vec![item("A", &["x", "y"]), item("B", &[])];
    scope(&[
        ("ky", text("10")),
        ("so_ky_hieu", text("Số: 1")),
        ("rong", text("")),
        ("agencies", Value::List(items)),
    ])
}

fn filled(body: &str, scope: &Scope) -> Result<String, Vec<String>> {
    let mut root = xml::parse(body.as_bytes()).unwrap();
    let mut fill = Fill::new("word/document.xml", scope);
    fill.document(&mut root);
    let wrong: Vec<String> = fill.wrong.iter().map(|text| text.en.clone()).collect();
    if wrong.is_empty() { Ok(xml::written(&root).replace(" xml:space=\"preserve\"", "")) } else { Err(wrong) }
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn c(inner: &str) -> String {
    format!("<w:tc>{inner}</w:tc>")
}

#[test]
fn fields_are_found_across_runs() {
    let split = "<w:p><w:r><w:t>a {</w:t></w:r><w:r><w:rPr/><w:t>{so_</w:t></w:r><w:proofErr/><w:r><w:t>ky_hieu }</w:t></w:r><w:r><w:t>} b {{ky}}</w:t></w:r></w:p>";
    let out = filled(split, &agencies()).unwrap();
    assert_eq!(xml::parse(out.as_bytes()).unwrap().text(), "a Số: 1 b 10");
    assert!(out.contains("<w:t>a Số: 1</w:t>"), "the value stands where the field begins: {out}");
}

#[test]
fn rows_and_paragraphs_are_repeated() {
    let row = format!(
        "<w:tbl><w:tr>{}{}</w:tr></w:tbl>",
        c(&p("{{#agencies}}{{ten}}")),
        c(&p("{{ky}}{{/agencies}}"))
    );
    let out = filled(&row, &agencies()).unwrap();
    assert_eq!(
        (out.matches("<w:tr>").count(), xml::parse(out.as_bytes()).unwrap().text().as_str()),
        (2, "A10B10")
    );
    let between = format!("<w:b>{}{}{}</w:b>", p("{{#agencies}}"), p("{{ten}}"), p("{{/agencies}}"));
    assert_eq!(filled(&between, &agencies()).unwrap(), format!("<w:b>{}{}</w:b>", p("A"), p("B")));
    let nested = format!(
        "<w:tbl><w:tr>{}{}{}</w:tr></w:tbl>",
        c(&p("{{#agencies}}{{ten}}")),
        c(&p("{{#reasons}}- {{noi_dung}}{{/reasons}}")),
        c(&p("{{/agencies}}"))
    );
    let out = filled(&nested, &agencies()).unwrap();
    assert!(out.contains(&format!("<w:tc>{}{}</w:tc>", p("- x"), p("- y"))), "{out}");
    assert!(out.contains("<w:tc><w:p/></w:tc>"), "Word takes no cell without a paragraph: {out}");
}

#[test]
fn what_is_empty_is_left_out() {
    let body = format!("<w:b>{}{}</w:b>", p("{{#rong}}x{{/rong}}"), p("{{#ky}}kỳ {{ky}}{{/ky}}"));
    assert_eq!(filled(&body, &agencies()).unwrap(), format!("<w:b>{}</w:b>", p("kỳ 10")));
    let none = scope(&[("agencies", Value::List(Vec::new()))]);
    let table = format!(
        "<w:b><w:tbl><w:tr>{}{}</w:tr></w:tbl></w:b>",
        c(&p("{{#agencies}}{{ten}}")),
        c(&p("{{/agencies}}"))
    );
    assert_eq!(filled(&table, &none).unwrap(), "<w:b/>");
}

#[test]
fn values_are_text_and_nothing_else() {
    let hostile = scope(&[("x", text("</w:t><w:p>&\u{202e}ẩn\u{0}\u{200b} {{y}}\nhai"))]);
    let out = filled(&p("{{x}}"), &hostile).unwrap();
    assert_eq!(
        out,
        "<w:p><w:r><w:t>&lt;/w:t&gt;&lt;w:p&gt;&amp;\u{fffd}ẩn\u{fffd}\u{fffd} {{y}}</w:t><w:br/><w:t>hai</w:t></w:r></w:p>"
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let body = format!(
        "<w:b>{}{}{}{}{}{}</w:b>",
        p("{{so_ky_hieuu}}"),
        p("{{toi_moi}}"),
        p("{{/agencies}}"),
        p("{{agencies}}"),
        p("{{ky"),
        p("{{#agencies}}")
    );
    let wrong = filled(&body, &agencies()).unwrap_err();
    let expected = [
        "no field is called `so_ky_hieuu`; did you mean `so_ky_hieu`?",
        "no field is called `toi_moi`; give its value with `--fields`",
        "`{{/agencies}}` ends a block that was not begun",
        "`agencies` is a list",
        "braces without their partner at `{{ky`",
        "`{{/agencies}}` does not stand where `{{#agencies}}` does",
    ];
    for (said, expected) in wrong.iter().zip(expected) {
        assert!(
            said.starts_with("template, part `word/document.xml`: ") && said.contains(expected),
            "{said}"
        );
    }
    assert_eq!(wrong.len(), expected.len(), "{wrong:?}");
}

#[test]
fn blocks_that_cross_are_told_as_such() {
    let body = format!(
        "<w:b>{}{}{}{}{}</w:b>",
        p("{{#agencies}}"),
        p("{{#reasons}}"),
        p("{{/agencies}}"),
        p("{{noi_dung}}"),
        p("{{/reasons}}")
    );
    let wrong = filled(&body, &agencies()).unwrap_err();
    assert!(wrong.iter().any(|it| it.contains("does not stand where `{{#reasons}}` does")), "{wrong:?}");
}

#[test]
fn a_template_in_which_nothing_would_be_filled_is_refused() {
    let given = letter(&[("co_quan", "X")]);
    let refused = |body: &str| {
        let template = zipped(&[("word/document.xml", body.as_bytes())]);
        rendered(&given, Some(&template), Lang::En).unwrap_err().join(" ")
    };
    let other =
        format!("<x:document xmlns:x=\"{WORD}\"><x:p><x:t>{{{{ky_bao_cao}}}}</x:t></x:p></x:document>");
    assert!(refused(&other).contains("another prefix than `w:`"));
    let plain = format!("<w:document xmlns:w=\"{WORD}\"><w:p><w:t>Kính gửi</w:t></w:p></w:document>");
    assert!(refused(&plain).contains("has no field"));
    let sound = plain.replace("Kính gửi", "{{ky_bao_cao}}");
    assert!(rendered(&given, Some(&zipped(&[("word/document.xml", sound.as_bytes())])), Lang::En).is_ok());
}

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_document_is_refused() {
    let said = |bytes: &[u8]| Archive::read(bytes).err().map(|text| text.en).unwrap_or_default();
    assert!(said(b"no zip").contains("is no Word document"));
    assert!(said(&zipped(&[("xl/workbook.xml", b"<x/>")])).contains("is no Word document"));
    let bomb = vec![b' '; (64 << 20) + 1];
    assert!(said(&zipped(&[("word/document.xml", &bomb)])).contains("unpacks to more"));
    let mut torn = default_template(Lang::Vi).unwrap();
    let middle = torn.len() / 3;
    torn[middle..middle + 40].fill(0xff);
    assert!(!said(&torn).is_empty());
}

fn report() -> Periodic {
    let mut database = laws::database(
        "d",
        vec![laws::table("t", 3, vec![laws::clean_rule("r", crate::base::Dimension::Correctness)])],
    );
    database.agency = Some("co_quan_thu".to_owned());
    database.packs = vec![crate::engine::MeasuredPack {
        id: "core/x".to_owned(),
        version: "1.0.0".to_owned(),
        hash: "0123456789ab".to_owned(),
        core: true,
    }];
    database.tables[0].rules.iter_mut().for_each(|rule| rule.core = true);
    for dimension in crate::base::Dimension::ALL {
        let mut rule = laws::clean_rule(dimension.id(), dimension);
        rule.core = true;
        database.tables[0].rules.push(rule);
    }
    let card = laws::score(vec![database], Profile::Vn4);
    let given = Given { name: "c".to_owned(), card, rejected: Vec::new() };
    let period = Period::parse("2026-11").unwrap();
    let selected = select(vec![given], Vec::new(), &period, None).unwrap();
    periodic(selected, &Asked { period, due: None, roll_up: RollUp::Run }).unwrap()
}

fn letter(fields: &[(&str, &str)]) -> Letter {
    Letter::new(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
}

fn rendered(letter: &Letter, template: Option<&[u8]>, lang: Lang) -> Result<Vec<u8>, Vec<String>> {
    let (report, scratch) = (report(), tempfile::tempdir().unwrap());
    let style = Style { lang, ..Style::default() };
    let setting = Setting { report: &report, letter, style, template, scratch: scratch.path() };
    Docx.render(&setting).map_err(|refused| match refused {
        Refused::Letter(wrong) => wrong.into_iter().map(|text| text.en).collect(),
        Refused::Scratch(error) => panic!("{error}"),
    })
}

#[test]
fn the_shipped_template_has_a_value_for_every_field() {
    for lang in [Lang::Vi, Lang::En] {
        let given = letter(&[("co_quan", "BỘ <X>"), ("nguoi_ky", "Nguyễn \"A\"")]);
        let bytes = rendered(&given, None, lang).unwrap();
        assert_eq!(bytes, rendered(&given, None, lang).unwrap(), "the same report gives the same bytes");
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut document = String::new();
        zip.by_name("word/document.xml").unwrap().read_to_string(&mut document).unwrap();
        assert!(!document.contains("{{") && document.contains("BỘ &lt;X&gt;"), "{document}");
        let text = xml::parse(document.as_bytes()).unwrap().text();
        let never = ["0/0", "chưa đo"].map(|wrong| text.contains(wrong));
        assert_eq!(never, [false, lang == Lang::Vi], "what no rule asks about is not measured");
    }
}

#[test]
fn fields_that_are_missing_or_have_no_place_are_told() {
    let wrong = rendered(&letter(&[("nguoi_kyy", "A"), ("rieng", "B")]), None, Lang::Vi).unwrap_err();
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert!(wrong[0].contains("`co_quan` has no value"), "{wrong:?}");
    assert!(wrong[1].contains("`nguoi_kyy`; did you mean `nguoi_ky`?"), "{wrong:?}");
    assert!(wrong[2].contains("`rieng`"), "{wrong:?}");
}
