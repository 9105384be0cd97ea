//! A gate's score as a small picture for a README or a portal: an SVG, flat, label and value.

use super::GateRenderer;
use crate::base::{Lang, Text};
use crate::report::term::safe::{columns, middle};
use crate::report::term::words::pick;
use crate::report::{Style, number};
use crate::say;
use crate::score::gate::{GateReport, Verdict};
use crate::score::{Grade, Scorecard};

/// All in tenths of a pixel, which are whole numbers.
const PADDING: usize = 60;
const LABEL_COLOUR: &str = "#44484d";

pub struct Badge;

impl GateRenderer for Badge {
    fn name(&self) -> &'static str {
        "badge"
    }

    fn about(&self) -> Text {
        say!("points and grade as a badge (SVG)", "điểm và hạng dưới dạng huy hiệu (SVG)")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let label = pick(style.lang, "dữ liệu", "data");
        let (grade, value) = value(gate, card, style.lang);
        draw(label, &value, colour(grade)).into_bytes()
    }
}

/// The grade that colours it, and what it says: that of the database, or of all of them. What could not be judged has
/// no value to show.
fn value(gate: &GateReport, card: &Scorecard, lang: Lang) -> (Grade, String) {
    if matches!(gate.verdict, Verdict::NotComparable | Verdict::Rejected) {
        return (Grade::Ungraded, super::words::verdict(gate.verdict).get(lang).to_lowercase());
    }
    let (points, grade) = match card.databases.as_slice() {
        [one] => (&one.score.official, one.grade),
        _ => (&card.overall.score.official, card.overall.grade),
    };
    (grade, format!("{} {}", number::decimal(&middle(points, 12), 2, lang), grade.id()))
}

/// On each of them white text has a contrast of 4.5 to 1 at least.
const fn colour(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "#2b7a2f",
        Grade::B => "#1a6fa8",
        Grade::C => "#8f5f00",
        Grade::D => "#c02c26",
        Grade::Ungraded => "#5f6368",
    }
}

fn draw(label: &str, value: &str, colour: &str) -> String {
    let (left, right) = (width(label), width(value));
    let (label_box, value_box) = (left + 2 * PADDING, right + 2 * PADDING);
    let all = label_box + value_box;
    let (label_at, value_at) = (label_box / 2, label_box + value_box / 2);
    let (label, value) = (escape(label), escape(value));
    let px = |tenths: usize| format!("{}.{}", tenths / 10, tenths % 10);
    // `textLength` makes the text as wide as was reckoned, whatever font there is.
    let text = |at: usize, length: usize, text: &str| {
        format!(
            "<text x=\"{}\" y=\"14\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">{text}</text>",
            px(at),
            px(length)
        )
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" \
         aria-label=\"{label}: {value}\">\n\
         <title>{label}: {value}</title>\n\
         <clipPath id=\"r\"><rect width=\"{width}\" height=\"20\" rx=\"3\" fill=\"#fff\"/></clipPath>\n\
         <g clip-path=\"url(#r)\">\n\
         <rect width=\"{label_width}\" height=\"20\" fill=\"{LABEL_COLOUR}\"/>\n\
         <rect x=\"{label_width}\" width=\"{value_width}\" height=\"20\" fill=\"{colour}\"/>\n\
         </g>\n\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,Geneva,sans-serif\" \
         font-size=\"11\">\n{}\n{}\n</g>\n</svg>\n",
        text(label_at, left, &label),
        text(value_at, right, &value),
        width = px(all),
        label_width = px(label_box),
        value_width = px(value_box),
    )
}

/// Of a text in Verdana at 11 pixels, roughly, in tenths of a pixel.
fn width(text: &str) -> usize {
    let one = |c: char| match c {
        'i' | 'l' | 'j' | '.' | ',' | ' ' | ':' | '\'' | 'ị' | 'ì' | 'í' => 36,
        'f' | 't' | 'r' | '-' => 45,
        'm' | 'w' | 'M' | 'W' | '—' => 105,
        '0'..='9' => 70,
        'A'..='Z' | 'Đ' => 78,
        _ => 68 * columns(c.encode_utf8(&mut [0; 4])),
    };
    text.chars().map(one).sum()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;

    fn svg((gate, card): &(GateReport, Scorecard), lang: Lang) -> String {
        String::from_utf8(Badge.render(gate, card, &Style { lang, ..Style::default() })).unwrap()
    }

    #[test]
    fn it_says_points_and_grade() {
        let (gate, mut card) = sample::passed();
        let all = svg(&(gate.clone(), card.clone()), Lang::En);
        let points = number::decimal(&card.overall.score.official, 2, Lang::En);
        assert!(all.contains(&format!("<title>data: {points} {}</title>", card.overall.grade.id())), "{all}");
        card.databases.truncate(1);
        let one = svg(&(gate, card.clone()), Lang::Vi);
        let points = number::decimal(&card.databases[0].score.official, 2, Lang::Vi);
        assert!(one.contains(&format!("dữ liệu: {points} ")), "{one}");
    }

    #[test]
    fn what_was_rejected_shows_no_points() {
        let svg = svg(&sample::every_outcome(), Lang::En);
        assert!(svg.contains("<title>data: rejected</title>"), "{svg}");
    }

    #[test]
    fn hostile_points_stay_text() {
        let (mut gate, mut card) = sample::hostile();
        gate.verdict = Verdict::Failed;
        card.databases.truncate(1);
        let svg = svg(&(gate, card), Lang::En);
        assert!(!svg.contains("<script") && !svg.contains(['\u{1b}', '\u{202e}', '\0']), "{svg}");
        assert_eq!(svg.matches('<').count(), svg.matches('>').count());
        assert!(svg.len() < 2_000);
    }

    /// Relative luminance as WCAG 2.1 defines it.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn white_text_can_be_read_on_every_colour() {
        for ground in Grade::ALL.map(colour).into_iter().chain([LABEL_COLOUR]) {
            let contrast = 1.05 / (luminance(ground) + 0.05);
            assert!(contrast >= 4.5, "{ground}: {contrast:.2}");
        }
    }
}
