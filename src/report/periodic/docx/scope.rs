//! What the fields of a letter stand for: everything that the report says, in the words of its language.

use std::collections::BTreeMap;

use super::fill::{Scope, Value};
use crate::base::{Dimension, Lang, Text};
use crate::report::number;
use crate::report::periodic::{sums, words};
use crate::report::term::words::own;
use crate::say;
use crate::score::periodic::period::written;
use crate::score::periodic::{Achieved, DatabaseLine, Part, Periodic, Since, told};

/// Scorecards that stand apart and are named in the letter; JSON and the workbook have them all.
const APART: usize = 40;

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn said(said: Option<&Text>, lang: Lang) -> Value {
    text(said.map_or("", |said| own(said, lang)))
}

/// The field of a dimension: its Vietnamese name.
const fn field(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Correctness => "dung",
        Dimension::Completeness => "du",
        Dimension::Cleanliness => "sach",
        Dimension::Freshness => "song",
        Dimension::Consistency => "thong_nhat",
        Dimension::Sharing => "dung_chung",
    }
}

/// A row with its fields.
fn row<const N: usize>(fields: [(&str, Value); N]) -> Scope {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A list of texts, each as `{{noi_dung}}`.
fn lines(lines: impl IntoIterator<Item = String>) -> Value {
    Value::List(lines.into_iter().map(|line| row([("noi_dung", text(line))])).collect())
}

pub fn of(report: &Periodic, letter: &BTreeMap<String, Text>, lang: Lang) -> Scope {
    let mut scope = row([
        ("ky_bao_cao", text(report.period.title().get(lang))),
        ("KY_BAO_CAO", text(report.period.title().get(lang).to_uppercase())),
        ("tu_ngay", text(written(report.period.from))),
        ("den_ngay", text(written(report.period.to))),
        ("so_lieu", text(words::days(&report.as_of))),
        ("so_lieu_ky_truoc", text(report.before_as_of.as_ref().map(words::days).unwrap_or_default())),
        ("han", said(words::due(report).as_ref(), lang)),
        ("giai_thich_hang", said(Some(&words::grades(report)), lang)),
        ("dem_theo", said(words::covered(report).as_ref(), lang)),
        ("pham_vi", said(words::scope(report).as_ref(), lang)),
        ("phuong_phap", text(&report.methodology)),
        ("bo_tieu_chi", text(report.profile.id())),
        ("agencies", list(report.agencies.iter().map(|part| agency(report, part, lang)))),
        // One agency is its own total.
        (
            "total",
            Value::List(if report.agencies.len() == 1 {
                Vec::new()
            } else {
                vec![agency(report, &report.overall, lang)]
            }),
        ),
        ("overall", Value::List(vec![agency(report, &report.overall, lang)])),
        ("databases", list(report.databases.iter().map(|line| database(line, lang)))),
        ("apart", apart(report, lang)),
    ]);
    scope.extend(letter.iter().map(|(name, value)| (name.clone(), text(own(value, lang)))));
    scope
}

/// A list whose items are numbered.
fn list(items: impl Iterator<Item = Scope>) -> Value {
    let numbered = items.zip(1_u64..).map(|(mut item, at)| {
        item.insert("stt".to_owned(), text(at.to_string()));
        item
    });
    Value::List(numbered.collect())
}

fn agency(report: &Periodic, part: &Part, lang: Lang) -> Scope {
    let quality = &part.quality;
    let (reasons, because) = match &quality.since {
        Since::Changed(change) => (change.reasons.as_slice(), Vec::new()),
        Since::NotComparable { because } => (&[][..], because.clone()),
        Since::First => (&[][..], Vec::new()),
    };
    let (named, rest) = words::named(reasons);
    let points = |what: &str, nano: i64| {
        let moved = words::signed(nano, lang);
        say!("{what}: {moved} points", "{what}: {moved} điểm").get(lang).to_owned()
    };
    let sums = sums::lines(report, reasons, lang);
    let reasons = named.iter().map(|reason| points(words::reason(report, reason).get(lang), reason.nano));
    let reasons = reasons.chain(rest.map(|(count, nano)| points(&words::others(count, lang), nano)));
    let because = because.iter().map(|text| own(text, lang).to_owned());
    let measured = words::pair([quality.measured, quality.registered], lang);
    let mut scope = row([
        ("stt", text("")),
        ("ma", text(part.id.clone().unwrap_or_default())),
        ("ten", text(words::name(part, lang))),
        ("diem", text(words::points(&quality.score.official, lang))),
        ("khoang", text(words::range(&quality.score, lang))),
        ("hang", text(quality.grade.id())),
        ("hang_va_diem_liet", text(words::graded(quality.grade, &quality.caps))),
        ("thay_doi", text(words::moved(&quality.since, lang))),
        ("dien_bien", text(words::development(part).get(lang))),
        ("csdl_da_do", text(measured)),
        ("csdl_chua_cham", text(number::count(quality.not_scored.len() as u64, lang))),
        ("csdl_thieu", said(words::shortfall(quality).as_ref(), lang)),
        ("reasons", lines(sums.into_iter().chain(reasons).chain(because))),
        ("count_reasons", count_reasons(part, lang)),
    ]);
    for dimension in Dimension::ALL {
        scope.insert(field(dimension).to_owned(), text(words::dimension(part, dimension, lang)));
    }
    for (name, counted) in
        [("ket_noi", &part.connections), ("luot_ket_noi", &part.attempts), ("dap_ung", &part.requests)]
    {
        count(&mut scope, name, counted, lang);
    }
    scope
}

/// What moved the counts, each line with what it counts.
fn count_reasons(part: &Part, lang: Lang) -> Value {
    lines(words::counted(part).into_iter().flat_map(|(title, counted)| {
        let title = title.get(lang).to_owned();
        words::moves(counted).into_iter().map(move |moved| format!("{title}: {}", own(&moved, lang)))
    }))
}

/// `NAME`, `NAME_ty_le`, `NAME_ky_truoc`, `NAME_ghi_chu`.
fn count(scope: &mut Scope, name: &str, counted: &Achieved, lang: Lang) {
    scope.insert(name.to_owned(), text(words::count(counted, lang)));
    scope.insert(format!("{name}_ty_le"), text(words::share(counted, lang)));
    scope.insert(format!("{name}_ky_truoc"), text(words::before(counted, lang)));
    scope.insert(format!("{name}_ghi_chu"), said(words::caveat(counted).as_ref(), lang));
}

fn database(line: &DatabaseLine, lang: Lang) -> Scope {
    let title = line.title.as_ref().map(|title| own(title, lang)).filter(|title| !title.trim().is_empty());
    let because: Vec<&str> = line.not_comparable_because.iter().map(|text| own(text, lang)).collect();
    let mut scope = row([
        ("ma", text(&line.id)),
        ("ten", text(title.unwrap_or(&line.id))),
        ("ma_co_quan", text(line.agency.clone().unwrap_or_default())),
        ("diem", text(words::points(&line.score.official, lang))),
        ("khoang", text(words::range(&line.score, lang))),
        ("hang", text(line.grade.id())),
        ("hang_va_diem_liet", text(words::graded(line.grade, &line.caps))),
        ("thay_doi", text(words::line_moved(line, lang))),
        ("ghi_chu", text(because.join("; "))),
    ]);
    for dimension in Dimension::ALL {
        let points = line.dimensions.get(&dimension);
        let points = points.map_or_else(|| "—".to_owned(), |nano| words::nano(*nano, lang));
        scope.insert(field(dimension).to_owned(), text(points));
    }
    scope
}

fn apart(report: &Periodic, lang: Lang) -> Value {
    let all = report.apart.iter().chain(&report.apart_before);
    let shown = all.clone().take(APART).map(|apart| own(&told(apart), lang).to_owned());
    let more = all.count().saturating_sub(APART);
    let more = (more > 0).then(|| format!("… (+{})", number::count(more as u64, lang)));
    lines(shown.chain(more))
}
