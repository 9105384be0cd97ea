//! Where numbers come from: a mark beside each kind of number, and at the end of the page its formula, its inputs and
//! the section of the methodology. The formulas are those of the methodology's own page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::markup::{Markup, both};
use crate::base::Text;
use crate::report::methodology::{formula, sections};
use crate::report::number;
use crate::say;
use crate::score::league::League;
use crate::score::rank::RankTable;
use crate::score::{Methodology, Profile, Scorecard};

/// A kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    Official,
    Interval,
    Grade,
    Caps,
    Clean,
    Coverage,
    Confidence,
    Dimension,
    Gain,
    Rule,
    Ratio,
    Rate,
    Agency,
    /// The only one of comparisons.
    Rank,
}

impl Note {
    const OF_CARDS: [Self; 13] = [
        Self::Official,
        Self::Interval,
        Self::Grade,
        Self::Caps,
        Self::Clean,
        Self::Coverage,
        Self::Confidence,
        Self::Dimension,
        Self::Gain,
        Self::Rule,
        Self::Ratio,
        Self::Rate,
        Self::Agency,
    ];

    /// Its number on the page.
    fn number(self) -> usize {
        if self == Self::Rank { 1 } else { self as usize + 1 }
    }

    /// The section of the methodology.
    const fn section(self) -> &'static str {
        match self {
            Self::Official => "m-database",
            Self::Interval => "m-unknown",
            Self::Grade => "m-grade",
            Self::Caps => "m-caps",
            Self::Clean => "m-clean",
            Self::Coverage => "m-coverage",
            Self::Confidence => "m-confidence",
            Self::Dimension => "m-dimension",
            Self::Gain => "m-gain",
            Self::Rule => "m-curve",
            Self::Ratio => "m-ratio",
            Self::Rate => "m-rule",
            Self::Agency => "m-agency",
            Self::Rank => "m-rank",
        }
    }

    fn formula(self) -> &'static Text {
        static NONE: Text = Text { vi: String::new(), en: String::new() };
        FORMULAS.get(self.section()).unwrap_or(&NONE)
    }

    fn title(self) -> Text {
        match self {
            Self::Official => say!("Official points", "Điểm chính thức"),
            Self::Interval => say!("Floor, ceiling, where measured", "Sàn, trần, phần đo được"),
            Self::Grade => say!("Grade", "Hạng"),
            Self::Caps => say!("Caps on the grade", "Điểm liệt"),
            Self::Clean => say!("Clean records", "Bản ghi sạch"),
            Self::Coverage => say!("Measured rule weight", "Trọng số đo được"),
            Self::Confidence => say!("Confidence", "Độ tin cậy"),
            Self::Dimension => say!("Points of a dimension or a table", "Điểm của chiều hoặc bảng"),
            Self::Gain => say!("Points to win back", "Điểm lấy lại được"),
            Self::Rule => say!("Points of a rule", "Điểm của quy tắc"),
            Self::Ratio => say!("Points of a graded rule", "Điểm của quy tắc chấm theo mức"),
            Self::Rate => say!("Pass rate", "Tỷ lệ đạt"),
            Self::Agency => say!("Points of an agency", "Điểm của cơ quan"),
            Self::Rank => say!("Interval of ranks", "Khoảng thứ hạng"),
        }
    }

    /// What it is computed from, and where that stands.
    fn inputs(self) -> Text {
        match self {
            Self::Official => say!(
                "the official points of the dimensions, in the table of dimensions",
                "điểm chính thức của các chiều, ở bảng các chiều"
            ),
            Self::Interval => say!(
                "what failed and what is unknown, beside each rule",
                "số lỗi và số chưa rõ, ghi ở từng quy tắc"
            ),
            Self::Grade => say!("the official points, and the caps", "điểm chính thức và các điểm liệt"),
            Self::Caps => {
                say!("the numbers in the evidence of each cap", "các con số trong căn cứ của từng điểm liệt")
            }
            Self::Clean => say!(
                "clean records and records of main tables, beside the share",
                "số bản ghi sạch và số bản ghi của các bảng chính, ghi cạnh tỷ lệ"
            ),
            Self::Coverage => say!(
                "the weight of rules that were measured, of all",
                "trọng số các quy tắc đo được, trên tổng"
            ),
            Self::Confidence => say!(
                "coverage, and what is known of the extract",
                "độ phủ, và những gì biết về bản trích xuất"
            ),
            Self::Dimension => say!(
                "points and weights of rules, tiers of tables",
                "điểm và trọng số của quy tắc, bậc của bảng"
            ),
            Self::Gain => say!(
                "the same card with this alone at 100 points",
                "cùng bảng điểm, riêng mục này đạt 100 điểm"
            ),
            Self::Rule | Self::Ratio => say!(
                "failed + unknown; all: spelled out behind each rule that has any",
                "lỗi + chưa rõ; tổng: ghi rõ ở từng quy tắc có lỗi"
            ),
            Self::Rate => say!("the counts beside each rule", "số đếm ghi ở từng quy tắc"),
            Self::Agency => {
                say!("points and weights of its databases", "điểm và trọng số các CSDL của cơ quan")
            }
            // Comparisons say by which numbers.
            Self::Rank => say!("draws of the weights", "các lượt thử trọng số"),
        }
    }
}

/// Formulas by section. They are the same under all profiles.
static FORMULAS: LazyLock<BTreeMap<&'static str, Text>> = LazyLock::new(|| {
    let sections = sections(&Methodology::new(Profile::Vn4));
    sections.iter().filter_map(|section| Some((section.id, formula(section)?.clone()))).collect()
});

/// A mark that leads to a note; who points at it reads the formula.
pub fn mark(page: &mut Markup, note: Note) {
    let (target, number) = (format!("#n-{}", note.number()), note.number().to_string());
    let Text { vi, en } = note.formula();
    // An attribute has one language only; there is room for both.
    let title = format!("{vi}\n{en}");
    page.raw("<sup>").open("a", &[("href", &target), ("title", &title), ("class", "fn")]);
    page.text(&number).raw("</a></sup>");
}

/// The notes of scorecards.
pub fn write(page: &mut Markup, card: &Scorecard) {
    start(page, card.profile, &card.methodology);
    for note in Note::OF_CARDS {
        explained(page, note, &note.inputs());
    }
    end(page);
    page.raw(" ").say(&say!("Every number step by step: ", "Từng bước của mỗi con số: "));
    page.raw("<code>thuocdo explain scorecard.json --rule TABLE/ID</code></p></section>");
}

/// The note of a comparison, with the numbers that its ranks were drawn by.
pub fn of_ranks(page: &mut Markup, league: &League) {
    let methodology = Methodology::new(league.profile);
    let (seed, tail) = (methodology.rank.seed, methodology.rank.tail_percent);
    let (share, certain) = (100 - 2 * tail, RankTable::CERTAIN);
    start(page, league.profile, &league.methodology);
    let inputs = both(|lang| {
        let draws = number::count(league.draws.into(), lang);
        say!(
            "the weights of {draws} draws (seed {seed}): the interval holds {share} % of the ranks that they give; who is above in {certain} % of \
             the draws or more is clearly above",
            "trọng số của {draws} lượt thử (hạt giống {seed}): khoảng chứa {share} % số thứ hạng thử; bên nào cao hơn trong từ {certain} % lượt \
             thử trở lên là hơn rõ"
        )
        .get(lang)
        .to_owned()
    });
    explained(page, Note::Rank, &inputs);
    end(page);
    page.raw("</p></section>");
}

fn start(page: &mut Markup, profile: Profile, methodology: &str) {
    page.raw("<section class=o id=notes><h2>")
        .say(&say!("How the numbers come about", "Các con số từ đâu ra"))
        .raw("</h2>");
    if Methodology::new(profile).id() != methodology {
        page.raw("<p class=notice>").say(&say!(
            "The card is of another methodology than the formulas here.",
            "Bảng điểm theo phương pháp khác với các công thức dưới đây."
        ));
        page.raw("</p>");
    }
    page.raw("<ol class=fns>");
}

fn explained(page: &mut Markup, note: Note, inputs: &Text) {
    page.open("li", &[("id", &format!("n-{}", note.number()))]);
    page.raw("<b>").say(&note.title()).raw("</b>");
    page.raw(" <span class=f>").say(note.formula()).raw("</span>");
    page.raw(" <span class=dim>").say(&say!("from", "từ")).raw(" ").say(inputs);
    page.raw(" · <code>").text(note.section()).raw("</code></span></li>");
}

fn end(page: &mut Markup) {
    page.raw("</ol><p class=dim>")
        .say(&say!("Codes are sections of the methodology: ", "Mã là mục trong trang phương pháp: "));
    page.raw("<code>thuocdo explain methodology</code>.");
}
