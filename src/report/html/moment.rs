//! Moments as the two languages write them. The exact one goes along, for programs and for who points at it.

use jiff::fmt::temporal::Pieces;

use super::markup::Markup;
use crate::base::Text;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Markup {
    /// A moment as cards have them, `2026-11-21T00:00:00+07:00`; anything else as a name.
    pub fn moment(&mut self, moment: &str) -> &mut Self {
        match spoken(moment) {
            Some(words) => {
                self.open("time", &[("datetime", moment), ("title", moment)]).say(&words).raw("</time>")
            }
            None => self.name(moment),
        }
    }
}

/// `21/11/2026 00:00 UTC+7`, `21 Nov 2026 00:00 UTC+7`: to the minute, or the second if it is not a full minute.
pub fn spoken(moment: &str) -> Option<Text> {
    let pieces = Pieces::parse(moment).ok()?;
    let date = pieces.date();
    let mut rest = String::new();
    if let Some(time) = pieces.time() {
        rest += &format!(" {:02}:{:02}", time.hour(), time.minute());
        if time.second() > 0 {
            rest += &format!(":{:02}", time.second());
        }
    }
    if let Some(offset) = pieces.to_numeric_offset() {
        rest += &zone(offset.seconds());
    }
    let (year, month, day) = (date.year(), date.month(), date.day());
    let name = MONTHS.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    Some(Text {
        vi: format!("{day:02}/{month:02}/{year:04}{rest}"),
        en: format!("{day} {name} {year:04}{rest}"),
    })
}

/// ` UTC+7`, ` UTC-3:30`
fn zone(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => " UTC".to_owned(),
        (hours, 0) => format!(" UTC{sign}{hours}"),
        (hours, minutes) => format!(" UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_of_the_language_and_stay_exact() {
        for (moment, vi, en) in [
            ("2026-11-21T00:00:00+07:00", "21/11/2026 00:00 UTC+7", "21 Nov 2026 00:00 UTC+7"),
            (
                "2026-03-04T05:06:07.123456-03:30",
                "04/03/2026 05:06:07 UTC-3:30",
                "4 Mar 2026 05:06:07 UTC-3:30",
            ),
            ("2026-03-04T05:06:00Z", "04/03/2026 05:06 UTC", "4 Mar 2026 05:06 UTC"),
            ("2026-03-04", "04/03/2026", "4 Mar 2026"),
        ] {
            assert_eq!(spoken(moment), Some(Text { vi: vi.to_owned(), en: en.to_owned() }), "{moment}");
            let mut page = Markup::new();
            page.moment(moment);
            let html = page.into_string();
            assert!(html.starts_with(&format!("<time datetime=\"{moment}\" title=\"{moment}\">")), "{html}");
        }
        for text in ["", "soon", "2026-13-01", "2026-11-21T00:00:00+07:00<b>", "21/11/2026"] {
            assert_eq!(spoken(text), None, "{text}");
        }
    }
}
