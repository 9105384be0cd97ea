//! Whether an exchange package is what its lists of files say, and whether its messages have their structure. What the values
//! in it are worth is a matter of rules, and of [`run`](crate::engine::run).
//!
//! Every file is read once: its checksums and its messages are judged from the same bytes.

pub mod checksum;
mod document;
mod json;
mod manifest;
mod messages;
mod names;
pub mod report;
pub mod structure;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;

use self::checksum::{Algorithm, Digests, hex};
use self::manifest::{Entry, Manifest, algorithm_of};
use self::messages::{Layout, Messages};
use self::report::{
    ChecksumCard, Code, Counts, FileCard, Finding, Level, ManifestCard, ManifestForm, PackageForm,
    PackageReport, SCHEMA, Verdict,
};
use self::structure::Structure;
use self::tally::Judged;
use crate::base::Text;
use crate::extract::package::{Flaw, Form, Kind, Package};
use crate::say;

/// Bytes of a list of files. A list of a hundred thousand has about half of it.
const LARGEST_MANIFEST: usize = 16 << 20;
/// Folders above a list of files that is found without being named.
const MANIFEST_DEPTH: usize = 1;
/// What signatures of a list of files are called.
const SIGNATURES: [&str; 5] = ["minisig", "sig", "asc", "p7s", "p7m"];

/// A list of files that the user names.
pub enum Named {
    /// In the package.
    Inside(String),
    /// Beside it: its names are relative to the package.
    Beside { name: String, text: String },
}

/// What is asked of a package.
pub struct Asked<'a> {
    /// As the user named the package.
    pub package: &'a str,
    pub engine: &'a str,
    /// `None`: every list of files that is found.
    pub manifest: Option<Named>,
    pub structure: &'a Structure,
    /// Files of messages; `None`: all that are called `.json`, `.ndjson` or `.jsonl`.
    pub messages: Option<GlobSet>,
}

/// Checks a package. The same package and question give the same report.
pub fn check(package: &mut Package, asked: &Asked<'_>) -> PackageReport {
    let mut checking = Checking { package, asked, findings: Vec::new(), manifests: Vec::new() };
    checking.members();
    checking.manifests();
    let files = checking.files();
    checking.missing();
    checking.concluded(files)
}

struct Checking<'c, 'a> {
    package: &'c mut Package,
    asked: &'c Asked<'a>,
    findings: Vec<Finding>,
    manifests: Vec<Manifest>,
}

impl Checking<'_, '_> {
    fn wrong(&mut self, code: Code, file: &str, text: Text) {
        self.findings.push(Finding::new(Level::Wrong, code, file, text));
    }

    fn unknown(&mut self, code: Code, file: &str, text: Text) {
        self.findings.push(Finding::new(Level::Unknown, code, file, text));
    }

    fn note(&mut self, code: Code, file: &str, text: Text) {
        self.findings.push(Finding::new(Level::Note, code, file, text));
    }

    fn flaw(&mut self, path: &str, flaw: Flaw) {
        match flaw.wrong {
            true => self.wrong(Code::Damaged, path, flaw.what),
            false => self.unknown(Code::Unread, path, flaw.what),
        }
    }

    /// What the names in the package are, before any file is read.
    fn members(&mut self) {
        for flaw in self.package.flaws().to_vec() {
            let path = flaw.path.clone().unwrap_or_default();
            self.flaw(&path, flaw);
        }
        let mut alike: BTreeMap<String, BTreeSet<(String, bool)>> = BTreeMap::new();
        for member in self.package.members().to_vec() {
            let path = member.path.trim_end_matches('/');
            for (name, is_folder) in names::places(path, member.kind == Kind::Folder) {
                alike.entry(names::folded(name)).or_default().insert((name.to_owned(), is_folder));
            }
            if !member.utf8 {
                let what = say!(
                    "the name is not UTF-8: it is another one on every system; pack the files again with UTF-8 names",
                    "tên không phải UTF-8 nên mỗi hệ thống đọc một khác; hãy đóng gói lại với tên UTF-8"
                );
                self.wrong(Code::UnsafeName, path, what);
            } else if let Some(what) = names::unsafe_name(path) {
                self.wrong(Code::UnsafeName, path, what);
            } else if !member.told {
                // Info-ZIP and macOS write all names so.
                let what = say!(
                    "the ZIP does not say that its names are UTF-8: Windows may unpack the file under another name",
                    "ZIP không ghi rõ tên tệp là UTF-8: Windows có thể giải nén ra tên khác"
                );
                self.note(Code::NameForm, path, what);
            }
            match member.kind {
                Kind::Link => self.wrong(Code::Link, path, link()),
                Kind::Other => {
                    let what = say!("this is no file", "đây không phải tệp");
                    self.wrong(Code::NotAFile, path, what);
                }
                Kind::File if member.encrypted => self.wrong(Code::Encrypted, path, encrypted()),
                Kind::File | Kind::Folder => {}
            }
        }
        for names in alike.into_values().filter(|names| names.len() > 1) {
            let mut paths: Vec<String> = names.into_iter().map(|(path, _)| path).collect();
            paths.dedup();
            let others = paths[1..].iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            if others.is_empty() {
                let what = say!(
                    "this is a file, and a folder with files in it",
                    "tên này vừa là tệp, vừa là thư mục chứa tệp khác"
                );
                self.wrong(Code::NameClash, &paths[0], what);
                continue;
            }
            let what = say!(
                "where case and Unicode form do not matter this is the same name as {others}",
                "trên hệ thống không phân biệt hoa thường và dạng Unicode, tên này trùng với {others}"
            );
            self.wrong(Code::NameClash, &paths[0], what);
        }
    }

    fn manifests(&mut self) {
        match &self.asked.manifest {
            Some(Named::Beside { name, text }) => {
                let manifest = Manifest::read(name, "", text);
                self.named(name, manifest);
            }
            Some(Named::Inside(name)) => {
                let manifest = self.position(name).and_then(|at| self.manifest(at, true));
                self.named(name, manifest);
            }
            None => self.found(),
        }
        for manifest in &mut self.manifests {
            self.findings.append(&mut manifest.findings);
        }
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.package.members().iter().position(|member| member.path == path && member.kind == Kind::File)
    }

    /// The user said that this is a list of files.
    fn named(&mut self, name: &str, manifest: Option<Manifest>) {
        match manifest {
            Some(manifest) => self.manifests.push(manifest),
            None => {
                let what = say!(
                    "this is no list of files: neither JSON with `PhanPhoi` nor lines of a checksum and a name",
                    "đây không phải danh sách tệp: không phải JSON có `PhanPhoi`, cũng không phải các dòng gồm mã kiểm tra \
                     và tên tệp"
                );
                self.wrong(Code::Manifest, name, what);
            }
        }
    }

    fn found(&mut self) {
        let candidate = |path: &str| {
            let json = Layout::of(path) == Some(Layout::Document);
            path.matches('/').count() <= MANIFEST_DEPTH && (json || algorithm_of(path).is_some())
        };
        let members = self.package.members().iter().enumerate();
        let candidates: Vec<usize> = members
            .filter(|(_, member)| member.kind == Kind::File && !member.encrypted && candidate(&member.path))
            .map(|(at, _)| at)
            .collect();
        for at in candidates {
            let manifest = self.manifest(at, false);
            self.manifests.extend(manifest);
        }
        if self.manifests.is_empty() {
            let what = say!(
                "there is no list of its files (JSON with `PhanPhoi`, or `SHA256SUMS`), so nobody can say that they are all here and \
                 unchanged; name one with `--manifest`",
                "gói không có danh sách tệp (JSON có `PhanPhoi`, hoặc `SHA256SUMS`) nên không thể biết tệp có đủ và nguyên vẹn hay \
                 không; hãy chỉ ra bằng `--manifest`"
            );
            self.unknown(Code::NoManifest, "", what);
        }
    }

    /// Reads a list of files in the package. One that was not named may be anything, and says nothing if it is none.
    fn manifest(&mut self, at: usize, named: bool) -> Option<Manifest> {
        let path = self.package.members()[at].path.clone();
        let mut bytes = Vec::new();
        let mut take = |block: &[u8]| {
            if bytes.len() <= LARGEST_MANIFEST {
                bytes.extend_from_slice(block);
            }
        };
        // What cannot be read is said when all files are.
        self.package.read(at, &mut take).ok()?;
        if bytes.len() > LARGEST_MANIFEST {
            if named || algorithm_of(&path).is_some() {
                let most = LARGEST_MANIFEST >> 20;
                let what = say!(
                    "the list of files is larger than {most} MiB and was not read",
                    "danh sách tệp lớn hơn {most} MiB nên không được đọc"
                );
                self.unknown(Code::Manifest, &path, what);
            }
            return None;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Manifest::read(&path, folder, &String::from_utf8_lossy(&bytes))
    }

    fn files(&mut self) -> Vec<FileCard> {
        let manifests = std::mem::take(&mut self.manifests);
        let mut stated: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
        for entry in manifests.iter().flat_map(|manifest| &manifest.entries) {
            stated.entry(names::key(&entry.path)).or_default().push(entry);
        }
        let (mut cards, mut unjudged) = (Vec::new(), 0);
        for (at, member) in self.package.members().to_vec().into_iter().enumerate() {
            if member.kind != Kind::File {
                continue;
            }
            let entries = stated.get(&names::key(&member.path)).map_or(&[][..], Vec::as_slice);
            let listing = manifests.iter().find(|manifest| manifest.name == member.path);
            if !manifests.is_empty() && entries.is_empty() && listing.is_none() {
                self.unlisted(&member.path, &manifests);
            }
            let mut card = FileCard {
                path: member.path,
                bytes: None,
                sha256: None,
                listed: !entries.is_empty(),
                checksums: Vec::new(),
                messages: None,
            };
            if !member.encrypted {
                let layout = self.layout(&card.path, listing);
                unjudged += u64::from(layout.is_none() && listing.is_none());
                self.file(at, &mut card, entries, layout);
            }
            cards.push(card);
        }
        if unjudged > 0 {
            let all = cards.len();
            let what = say!(
                "of {all} files {unjudged} hold no messages; what is in them was not looked at: `thuocdo score` measures tables by rules",
                "{unjudged} trên {all} tệp không phải thông điệp; nội dung không được xét ở đây: `thuocdo score` đo bảng dữ liệu theo quy \
                 tắc"
            );
            self.note(Code::LeftToScore, "", what);
        }
        if self.asked.messages.is_some() && cards.iter().all(|card| card.messages.is_none()) {
            let what = say!(
                "no file of the package is named by `--messages`",
                "không có tệp nào trong gói khớp với `--messages`"
            );
            self.unknown(Code::NoMessages, "", what);
        }
        self.manifests = manifests;
        cards
    }

    /// A signature of a list cannot stand in it.
    fn unlisted(&mut self, path: &str, manifests: &[Manifest]) {
        let signs = |manifest: &Manifest| {
            let extension = path.strip_prefix(manifest.name.as_str()).and_then(|rest| rest.strip_prefix('.'));
            extension.is_some_and(|extension| SIGNATURES.contains(&extension))
        };
        if manifests.iter().any(signs) {
            let what = say!("the signature was not checked here", "chữ ký không được kiểm tra ở đây");
            self.note(Code::Signature, path, what);
        } else {
            let what = say!("no list names this file", "tệp không có trong danh sách");
            self.wrong(Code::Unlisted, path, what);
        }
    }

    fn layout(&self, path: &str, listing: Option<&Manifest>) -> Option<Layout> {
        match &self.asked.messages {
            Some(globs) => globs.is_match(path).then(|| Layout::of(path).unwrap_or(Layout::Lines)),
            // A list of checksums is none, whatever it is called.
            None => {
                Layout::of(path).filter(|_| listing.is_none_or(|list| list.form == ManifestForm::Message))
            }
        }
    }

    /// Reads a file, and compares.
    fn file(&mut self, at: usize, card: &mut FileCard, entries: &[&Entry], layout: Option<Layout>) {
        let checksums = || entries.iter().flat_map(|entry| &entry.checksums);
        let wanted: BTreeSet<Algorithm> =
            checksums().flat_map(|checksum| checksum.algorithms()).copied().collect();
        let mut digests = Digests::new(&wanted);
        let mut messages = layout.map(|layout| Messages::new(self.asked.structure, layout));
        let outcome = self.package.read(at, &mut |block| {
            digests.update(block);
            messages.iter_mut().for_each(|messages| messages.feed(block));
        });
        let bytes = match outcome {
            Ok(bytes) => bytes,
            // Half a file has half of its messages, and no checksum.
            Err(flaw) => return self.flaw(&card.path, flaw),
        };
        let found = digests.finish();
        card.bytes = Some(bytes);
        card.sha256 = found.get(&Algorithm::Sha256).map(|digest| hex(digest));
        card.checksums = checksums()
            .map(|checksum| {
                let (algorithm, matches) = checksum.compare(&found);
                ChecksumCard { algorithm, matches }
            })
            .collect();
        self.size(card, entries, bytes);
        self.checksums(card);
        self.form(card, entries);
        if let Some(Judged { counts, findings }) = messages.map(Messages::finish) {
            card.messages = Some(counts);
            let path = &card.path;
            self.findings
                .extend(findings.into_iter().map(|finding| Finding { file: path.clone(), ..finding }));
        }
    }

    fn size(&mut self, card: &FileCard, entries: &[&Entry], bytes: u64) {
        let other = entries.iter().filter_map(|entry| entry.bytes).find(|stated| *stated != bytes);
        if let Some(stated) = other {
            let what = say!(
                "it has {bytes} bytes; its list says {stated}",
                "tệp dài {bytes} byte; danh sách ghi {stated}"
            );
            self.wrong(Code::Size, &card.path, what);
        }
    }

    fn checksums(&mut self, card: &FileCard) {
        for checksum in &card.checksums {
            let name = checksum.algorithm.name();
            if !checksum.matches {
                let what = say!(
                    "its content is not that of its list: the {name} differs; transfer it again, or ask the sender",
                    "nội dung không đúng như danh sách: {name} khác nhau; hãy truyền lại hoặc hỏi bên gửi"
                );
                self.wrong(Code::Checksum, &card.path, what);
            }
        }
        let strong = card.checksums.iter().any(|checksum| !checksum.algorithm.is_weak());
        match card.checksums.first() {
            None if card.listed => {
                let what = say!(
                    "its list gives no checksum that can be compared: whether it is unchanged is not known",
                    "danh sách không có mã kiểm tra đối chiếu được: không biết tệp còn nguyên vẹn hay không"
                );
                self.unknown(Code::NoChecksum, &card.path, what);
            }
            Some(weak) if !strong => {
                let name = weak.algorithm.name();
                let what = say!(
                    "{name} shows accidents only: another file with the same {name} can be made on purpose; ask for SHA-256",
                    "{name} chỉ phát hiện lỗi ngẫu nhiên: có thể cố ý tạo tệp khác có cùng {name}; nên dùng SHA-256"
                );
                self.note(Code::WeakChecksum, &card.path, what);
            }
            _ => {}
        }
    }

    fn form(&mut self, card: &FileCard, entries: &[&Entry]) {
        if entries.iter().any(|entry| entry.path != card.path) {
            let what = say!(
                "the list writes its name in another Unicode form; programs that compare bytes do not find it",
                "danh sách ghi tên tệp ở dạng Unicode khác; chương trình so sánh từng byte sẽ không tìm thấy"
            );
            self.note(Code::NameForm, &card.path, what);
        }
    }

    /// Files that a list names and that are not there.
    fn missing(&mut self) {
        let members = self.package.members().iter().filter(|member| member.kind != Kind::Folder);
        let there: BTreeSet<String> = members.map(|member| names::key(&member.path)).collect();
        let mut absent: BTreeSet<String> = BTreeSet::new();
        for entry in self.manifests.iter().flat_map(|manifest| &manifest.entries) {
            if !there.contains(&names::key(&entry.path)) {
                absent.insert(entry.path.clone());
            }
        }
        for path in absent {
            let what = say!(
                "it is listed and not in the package; nothing is fetched from where the list says it may be had",
                "có trong danh sách nhưng không có trong gói; chương trình không tải về từ đường dẫn ghi trong danh sách"
            );
            self.wrong(Code::Missing, &path, what);
        }
    }

    fn concluded(self, files: Vec<FileCard>) -> PackageReport {
        let listed = self.manifests.iter().flat_map(|manifest| &manifest.entries);
        let listed: BTreeSet<String> = listed.map(|entry| names::key(&entry.path)).collect();
        let mut counts =
            Counts { files: files.len() as u64, listed: listed.len() as u64, ..Counts::default() };
        for file in &files {
            counts.bytes = counts.bytes.saturating_add(file.bytes.unwrap_or_default());
            counts.messages.add(file.messages.unwrap_or_default());
        }
        let manifests = self.manifests.iter().map(|manifest| ManifestCard {
            path: manifest.name.clone(),
            form: manifest.form,
            entries: manifest.entries.len() as u64,
        });
        let report = PackageReport {
            schema: SCHEMA.to_owned(),
            engine: self.asked.engine.to_owned(),
            package: self.asked.package.to_owned(),
            form: match self.package.form() {
                Form::Folder => PackageForm::Folder,
                Form::Zip => PackageForm::Zip,
            },
            verdict: Verdict::Incomplete,
            counts,
            manifests: manifests.collect(),
            schemas: self.asked.structure.cards(),
            files,
            findings: self.findings,
        };
        report.concluded()
    }
}

fn link() -> Text {
    say!(
        "this is a link, which is not followed: it may lead anywhere; put the file itself into the package",
        "đây là liên kết nên không được mở theo vì có thể dẫn tới bất cứ đâu; hãy đưa chính tệp đó vào gói"
    )
}

fn encrypted() -> Text {
    say!(
        "it is encrypted, and cannot be checked; unpack the package with its password and check the folder",
        "tệp bị mã hóa nên không kiểm tra được; hãy giải nén bằng mật khẩu rồi kiểm tra thư mục"
    )
}
