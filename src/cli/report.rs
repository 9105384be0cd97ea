//! `thuocdo report`: reports from scorecards alone, without the data.

use std::collections::BTreeSet;

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::Timestamp;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::{cards, pages};
use crate::base::{Diagnostic, Text};
use crate::report::collection::{self, CollectionRenderer, Proof, Reported};
use crate::report::public::{PublicCard, Smallest, public};
use crate::report::{self, RENDERERS, Renderer, html};
use crate::say;
use crate::score::verify::{Code, Verification, verify};

/// Make a report of scorecards: a page, a workbook, a table, or what other tools exchange. The data are not needed.
///
/// Every card is verified first; one that was changed after it was written is refused (exit code 5).
#[derive(Debug, Args)]
pub struct Report {
    /// Scorecards, as `score --out` writes them, or directories of them.
    #[arg(required = true, value_name = "CARD")]
    cards: Vec<PathBuf>,
    /// The format of the report.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: String,
    /// The file to write; what is there is replaced. Without it the report goes to standard output. For `html` it may be a
    /// directory (one that is there, or a name that ends in `/`): then it gets a page for each database and an index.html
    /// that lists them, of any number of cards.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// For `html`: draw how scores and rules developed, from this history.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Report on cards that are not what they claim to be as well; every report says so.
    #[arg(long)]
    accept_unverified: bool,
    /// With `--format public`: the smallest count of records that is shown [default: 10].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(Smallest::LEAST..=1_000_000))]
    smallest: Option<u64>,
}

/// The name of the page for the public.
const PUBLIC: &str = "public";

fn formats() -> PossibleValuesParser {
    let collections = collection::FORMATS.iter().map(|format| format.name());
    let own = RENDERERS.iter().map(|format| format.name());
    PossibleValuesParser::new(own.chain(collections).chain([PUBLIC]))
}

/// A format of one card, or of any number.
enum Format {
    One(&'static dyn Renderer),
    Many(&'static dyn CollectionRenderer),
    /// Of any number, for the public.
    Public,
}

impl Report {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let one = match self.format.as_str() {
            PUBLIC => Some(Format::Public),
            format => report::find(format).map(Format::One),
        };
        if self.smallest.is_some() && self.format != PUBLIC {
            return Err(Failure::usage(
                say!(
                    "`--smallest` belongs to `--format public`",
                    "`--smallest` chỉ dùng với `--format public`"
                ),
                say!("leave it out, or choose that format", "bỏ tùy chọn này, hoặc chọn định dạng đó"),
            ));
        }
        // The command line takes no other names.
        let Some(format) = one.or_else(|| collection::find(&self.format).map(Format::Many)) else {
            return Ok(Exit::Usage);
        };
        if let Format::Many(format) = &format {
            output::has_a_place(format.name(), format.extension(), format.binary(), self.out.as_deref())?;
        }
        if self.history.is_some() && self.format != html::NAME {
            return Err(Failure::usage(
                say!("only `html` draws a history", "chỉ `html` vẽ được lịch sử"),
                say!(
                    "`--format html`, or leave `--history` out",
                    "dùng `--format html`, hoặc bỏ `--history`"
                ),
            ));
        }
        let cards = self.read(console)?;
        if self.format == html::NAME {
            warn(&cards, console);
            return self.pages(&cards, console);
        }
        let bytes = match format {
            Format::Many(format) => {
                let scratch = tempfile::tempdir().map_err(|error| output::no_scratch(&error))?;
                warn(&cards, console);
                format
                    .render(&cards, &console.style(), scratch.path())
                    .map_err(|error| output::no_scratch(&error))?
            }
            Format::Public => {
                warn(&cards, console);
                let smallest = Smallest::new(self.smallest.unwrap_or(Smallest::USUAL));
                let cards = cards.iter().map(|card| for_the_public(card, smallest));
                let cards = cards.collect::<Result<Vec<_>, _>>()?;
                html::public(&cards, smallest, &console.style())
            }
            Format::One(format) => match cards.as_slice() {
                [card] => {
                    warn(&cards, console);
                    format.render(&card.card, &console.style())
                }
                several => return Err(self.one_at_a_time(several.len())),
            },
        };
        self.deliver(&bytes, console)?;
        Ok(Exit::Passed)
    }

    fn deliver(&self, bytes: &[u8], console: &Console) -> Result<(), Failure> {
        let Some(path) = &self.out else { return console.print(bytes) };
        output::write_whole(path, bytes)?;
        let path = path.display();
        console.note(&say!("wrote {path}", "đã ghi {path}"));
        Ok(())
    }

    fn pages(&self, cards: &[Reported], console: &Console) -> Result<Exit, Failure> {
        if let Some(folder) = self.out.as_deref().filter(|out| pages::is_folder(out)) {
            let written = pages::write(folder, cards, self.history.as_deref(), &console.style())?;
            let folder = folder.display();
            console.note(&say!("wrote {written} pages into {folder}", "đã ghi {written} trang vào {folder}"));
            return Ok(Exit::Passed);
        }
        let [card] = cards else { return Err(self.one_at_a_time(cards.len())) };
        let page = pages::one(&card.card, self.history.as_deref(), &console.style())?;
        self.deliver(&page, console)?;
        Ok(Exit::Passed)
    }

    fn one_at_a_time(&self, cards: usize) -> Failure {
        let format = &self.format;
        let many: Vec<&str> = collection::FORMATS.iter().map(|format| format.name()).collect();
        let many = many.join(", ");
        Failure::usage(
            say!(
                "`{format}` shows one card, and there are {cards}",
                "`{format}` chỉ trình bày một bảng điểm, ở đây có {cards}"
            ),
            match format.as_str() {
                html::NAME => say!(
                    "write pages into a directory: `--out DIR/`; or choose one of {many}",
                    "ghi các trang vào một thư mục: `--out DIR/`; hoặc chọn {many}"
                ),
                _ => {
                    say!("give one card, or choose one of {many}", "đưa vào một bảng điểm, hoặc chọn {many}")
                }
            },
        )
    }

    /// Reads and verifies the cards. A card that is given twice is reported on once.
    fn read(&self, console: &Console) -> Result<Vec<Reported>, Failure> {
        let mut all: Vec<Reported> = Vec::new();
        let mut paths = Vec::new();
        let mut roots = BTreeSet::new();
        for card in cards::texts(&self.cards)? {
            let (path, text) = card?;
            output::spares(self.out.as_deref(), [path.as_path()])?;
            let (card, verdict) =
                verify(&path.display().to_string(), &text).map_err(|error| cards::foreign(&path, &error))?;
            if card.as_of.parse::<Timestamp>().is_err() {
                let path = path.display();
                return Err(Failure::usage(
                    say!(
                        "`{path}`: `as_of` is no moment in time",
                        "`{path}`: `as_of` không phải là một thời điểm"
                    ),
                    say!("score again; the card was changed", "hãy chấm lại; bảng điểm này đã bị sửa"),
                ));
            }
            let proof = self.proof(&path, &verdict)?;
            if !roots.insert((verdict.root.clone(), proof == Proof::No)) {
                let path = path.display();
                console.note(&say!(
                    "`{path}` is the same card as one before it; it is reported on once",
                    "`{path}` trùng với một bảng điểm trước đó; chỉ báo cáo một lần"
                ));
                continue;
            }
            all.push(Reported { name: name(&path), card, root: verdict.root, proof });
            paths.push(path);
        }
        // Of cards in folders all files may have the same name.
        let mut names: Vec<String> = all.iter().map(|card| card.name.clone()).collect();
        names.sort_unstable();
        for (card, path) in all.iter_mut().zip(&paths) {
            let from = names.partition_point(|name| *name < card.name);
            if names[from..].iter().take_while(|name| **name == card.name).count() > 1 {
                card.name = path.display().to_string();
            }
        }
        if all.is_empty() {
            return Err(cards::none(&self.cards));
        }
        Ok(all)
    }

    fn proof(&self, path: &Path, verdict: &Verification) -> Result<Proof, Failure> {
        if verdict.accepted {
            return Ok(Proof::Full);
        }
        if verdict.findings.iter().all(|finding| finding.code == Code::NotComputed) {
            return Ok(Proof::Digests);
        }
        if self.accept_unverified {
            return Ok(Proof::No);
        }
        let hint = say!(
            "`thuocdo verify` lists everything; `--accept-unverified` reports on it and says so everywhere",
            "`thuocdo verify` liệt kê đầy đủ; `--accept-unverified` vẫn lập báo cáo và ghi rõ là chưa kiểm chứng"
        );
        Err(rejected(path, verdict, hint))
    }
}

/// What the public may know of a card. Its counts must be what they claim to be: everything is computed from them.
fn for_the_public(card: &Reported, smallest: Smallest) -> Result<PublicCard, Failure> {
    let name = &card.name;
    let refused = |Text { en, vi }: Text| {
        Failure::usage(
            say!("`{name}` cannot be made public: {en}", "không công bố được `{name}`: {vi}"),
            say!("score again with this program", "hãy chấm lại bằng chương trình này"),
        )
    };
    if card.proof == Proof::No {
        return Err(refused(say!("it is not verified", "bảng điểm chưa được kiểm chứng")));
    }
    public(&card.card, smallest).map_err(refused)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What `verify` has to say of it, in one sentence.
pub(super) fn rejected(path: &Path, verdict: &Verification, hint: Text) -> Failure {
    let path = path.display();
    let Some(first) = verdict.findings.first() else { return Failure::Rejected(Text::default(), None) };
    let (part, Text { en, vi }) = (&first.part, &first.text);
    let more = match verdict.findings.len() - 1 {
        0 => Text::default(),
        more => say!(", and {more} more", ", và {more} điểm khác"),
    };
    let (more_en, more_vi) = (more.en, more.vi);
    Failure::Rejected(
        say!(
            "`{path}` is not what it claims to be: {part} {en}{more_en}",
            "`{path}` không đúng như nó tự khai: {part} {vi}{more_vi}"
        ),
        Some(hint),
    )
}

/// What a reader of the report must know before comparing what stands side by side.
fn warn(cards: &[Reported], console: &Console) {
    let mut warnings = Vec::new();
    for card in cards {
        let name = &card.name;
        match card.proof {
            Proof::Full => {}
            Proof::Digests => warnings.push(say!(
                "`{name}`: this program cannot compute its points again; its digests fit",
                "`{name}`: chương trình này không tính lại được điểm; dấu băm thì khớp"
            )),
            Proof::No => warnings.push(say!(
                "`{name}` is NOT VERIFIED; the report says so",
                "`{name}` CHƯA KIỂM CHỨNG; báo cáo có ghi rõ"
            )),
        }
    }
    let methods: BTreeSet<(&str, &str)> =
        cards.iter().map(|card| (card.card.methodology.as_str(), card.card.profile.id())).collect();
    if methods.len() > 1 {
        let count = methods.len();
        warnings.push(say!(
            "the cards were scored in {count} ways (methodology, profile): their points are not to be compared",
            "các bảng điểm được chấm theo {count} cách khác nhau (phương pháp, bộ tiêu chí): không so sánh điểm với nhau"
        ));
    }
    let mut known = BTreeSet::new();
    for card in cards {
        for database in &card.card.databases {
            if !known.insert((&database.id, &card.card.as_of)) {
                let (id, as_of) = (&database.id, &card.card.as_of);
                warnings.push(say!(
                    "database `{id}` as of {as_of} is on several cards",
                    "CSDL `{id}` tính đến {as_of} có trên nhiều bảng điểm"
                ));
            }
        }
    }
    if !console.quiet && !warnings.is_empty() {
        console.diagnostics(&warnings.into_iter().map(Diagnostic::warning).collect::<Vec<_>>());
    }
}
