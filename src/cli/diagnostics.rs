//! Diagnostics as text: what, where (with the line and a caret), what to do.

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Renderer, Snippet};

use crate::base::{Diagnostic, Lang, Level};
use crate::say;

/// More than this many excerpts help nobody; the rest is counted.
const MOST: usize = 100;

/// Renders diagnostics one after the other, each followed by an empty line.
pub fn render(all: &[Diagnostic], lang: Lang, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in all.iter().take(MOST) {
        text.push_str(&renderer.render(&[group(diagnostic, lang)]));
        text.push_str("\n\n");
    }
    if all.len() > MOST {
        let more = all.len() - MOST;
        text.push_str(say!("… and {more} more\n\n", "… và {more} lỗi khác\n\n").get(lang));
    }
    text
}

fn group(diagnostic: &Diagnostic, lang: Lang) -> Group<'_> {
    let level = match (diagnostic.level, lang) {
        (Level::Error, Lang::En) => SnippetLevel::ERROR,
        (Level::Error, Lang::Vi) => SnippetLevel::ERROR.with_name("lỗi"),
        (Level::Warning, Lang::En) => SnippetLevel::WARNING,
        (Level::Warning, Lang::Vi) => SnippetLevel::WARNING.with_name("cảnh báo"),
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.what.get(lang)));
    if let Some(place) = &diagnostic.place {
        // A line of megabytes is no excerpt.
        let text = excerpt(&place.file.text, &place.span);
        if let Some((text, first_line, shift)) = text {
            let span = place.span.start - shift..place.span.end.max(place.span.start) - shift;
            let mut annotation = AnnotationKind::Primary.span(span);
            if let Some(label) = &diagnostic.label {
                annotation = annotation.label(label.get(lang));
            }
            group = group.element(
                Snippet::source(text)
                    .path(place.file.name.as_str())
                    .line_start(first_line)
                    .annotation(annotation),
            );
        } else {
            let (line, column) = place.line_column();
            group = group.element(SnippetLevel::NOTE.message(format!("{}:{line}:{column}", place.file.name)));
        }
    }
    if let Some(hint) = &diagnostic.hint {
        let help = match lang {
            Lang::En => SnippetLevel::HELP,
            Lang::Vi => SnippetLevel::HELP.with_name("gợi ý"),
        };
        group = group.element(help.message(hint.get(lang)));
    }
    group
}

/// The lines around a span, the number of the first, and the offset at which they begin; `None` if they are too long
/// to show.
fn excerpt<'t>(text: &'t str, span: &std::ops::Range<usize>) -> Option<(&'t str, usize, usize)> {
    const LONGEST: usize = 4_000;
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end =
        text[span.end.max(span.start)..].find('\n').map_or(text.len(), |at| span.end.max(span.start) + at);
    let first_line = text[..start].matches('\n').count() + 1;
    (end - start <= LONGEST).then(|| (&text[start..end], first_line, start))
}
