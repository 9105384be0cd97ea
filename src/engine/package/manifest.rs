//! Lists of files: `PhanPhoi` of an exchange message, and lines of a checksum and a name as `sha256sum` writes them.

use serde_json::{Map, Value};

use super::checksum::{Algorithm, Checksum, NoChecksum};
use super::names::unsafe_name;
use super::report::{Code, Finding, Level, ManifestForm};
use crate::base::Text;
use crate::say;

/// The list of files of an exchange message, and what holds it.
pub const FILES: &str = "PhanPhoi";
pub const RECEIVED: &str = "DuLieuTiepNhan";

/// Spellings of the fields of an entry; the first of each is that of the exchange message.
const NAME: [&str; 4] = ["TenTep", "path", "name", "fileName"];
/// Those of them that can only be a name: a `name` may be a title beside a `path`.
const NAMES: [&str; 3] = ["TenTep", "path", "fileName"];
const CHECKSUM: [&str; 3] = ["MaKiemTra", "checksum", "hash"];
const VALUE: [&str; 3] = ["GiaTri", "value", "checksumValue"];
const ALGORITHM: [&str; 7] =
    ["ThuatToan", "LoaiMa", "LoaiMaKiemTra", "Loai", "PhuongThuc", "algorithm", "type"];
const SIZE: [&str; 6] = ["KichThuoc", "KichThuocTep", "DungLuong", "size", "bytes", "byteSize"];

/// What a list says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the package.
    pub path: String,
    pub bytes: Option<u64>,
    pub checksums: Vec<Checksum>,
    pub line: Option<u64>,
    pub pointer: Option<String>,
}

/// A list of files, and what in it cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub name: String,
    pub form: ManifestForm,
    pub entries: Vec<Entry>,
    pub findings: Vec<Finding>,
}

impl Manifest {
    /// Reads a list. `name` is its path; names in it are relative to `folder`. `None` if this is no list of files.
    pub fn read(name: &str, folder: &str, text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let manifest = match super::json::read(text) {
            Ok(document) => {
                let mut manifest = Self::of_message(name, folder, &document.value)?;
                if document.repeats {
                    manifest.wrong(None, None, twice());
                }
                manifest
            }
            Err(_) => Self::of_sums(name, folder, text, algorithm_of(name).flatten())?,
        };
        Some(manifest.without_repeats())
    }

    fn new(name: &str, form: ManifestForm) -> Self {
        Self { name: name.to_owned(), form, entries: Vec::new(), findings: Vec::new() }
    }

    fn of_message(name: &str, folder: &str, document: &Value) -> Option<Self> {
        let lists = lists(document);
        if lists.is_empty() {
            return None;
        }
        let mut manifest = Self::new(name, ManifestForm::Message);
        for (pointer, list) in lists {
            let Some(items) = list.as_array() else {
                let what = say!("`{FILES}` is no list", "`{FILES}` không phải danh sách");
                manifest.wrong(None, Some(pointer), what);
                continue;
            };
            for (at, item) in items.iter().enumerate() {
                manifest.item(folder, &format!("{pointer}/{at}"), item);
            }
        }
        Some(manifest)
    }

    fn item(&mut self, folder: &str, pointer: &str, item: &Value) {
        let place = Some(pointer.to_owned());
        let Some((item, name)) =
            item.as_object().and_then(|item| Some((item, field(item, &NAME)?.as_str()?)))
        else {
            let what = say!("an entry names no file (`TenTep`)", "một mục không nêu tên tệp (`TenTep`)");
            self.wrong(None, place, what);
            return;
        };
        if contradicts(item, &NAMES, |name| Some(name.clone())) {
            self.wrong(None, place.clone(), two_ways("TenTep"));
        }
        if contradicts(item, &SIZE, size) {
            self.wrong(None, place.clone(), two_ways("KichThuoc"));
        }
        if own_and_inner(item).any(|object| contradicts(object, &ALGORITHM, algorithm)) {
            self.wrong(None, place.clone(), two_ways("ThuatToan"));
        }
        if own_and_inner(item).any(|object| contradicts(object, &VALUE, |value| Some(value.clone()))) {
            self.wrong(None, place.clone(), two_ways("GiaTri"));
        }
        let Some(path) = self.path(folder, name, None, place.clone()) else { return };
        let bytes = match field(item, &SIZE) {
            None | Some(Value::Null) => None,
            Some(stated) => {
                let bytes = size(stated);
                if bytes.is_none() {
                    let what = say!(
                        "the size of a file is no whole number of bytes",
                        "kích thước tệp không phải số nguyên byte"
                    );
                    self.wrong(None, place.clone(), what);
                }
                bytes
            }
        };
        let mut checksums = Vec::new();
        for stated in stated_checksums(item) {
            match stated {
                Ok(checksum) => checksums.push(checksum),
                Err(problem) => self.no_checksum(&path, None, place.clone(), problem),
            }
        }
        self.entries.push(Entry { path, bytes, checksums, line: None, pointer: place });
    }

    /// `None` if not a single line is one of such a list.
    fn of_sums(name: &str, folder: &str, text: &str, algorithm: Option<Algorithm>) -> Option<Self> {
        let mut manifest = Self::new(name, ManifestForm::Sums);
        let stem = base_name(name).rsplit_once('.').map(|(stem, _)| stem);
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match sum(line, algorithm, stem) {
                Some((named, digits, file)) => {
                    let Some(path) = manifest.path(folder, &file, Some(number), None) else { continue };
                    let named = named.map(Algorithm::name);
                    let checksums = match Checksum::read(&digits, named) {
                        Ok(checksum) => vec![checksum],
                        Err(problem) => {
                            manifest.no_checksum(&path, Some(number), None, problem);
                            Vec::new()
                        }
                    };
                    let entry = Entry { path, bytes: None, checksums, line: Some(number), pointer: None };
                    manifest.entries.push(entry);
                }
                None => manifest.wrong(
                    Some(number),
                    None,
                    say!("the line is no checksum with a name", "dòng không có dạng mã kiểm tra kèm tên tệp"),
                ),
            }
        }
        (!manifest.entries.is_empty() || algorithm_of(name).is_some()).then_some(manifest)
    }

    /// Relative to the package; `None`, and a finding, if the name is not one that a file may have.
    fn path(
        &mut self,
        folder: &str,
        name: &str,
        line: Option<u64>,
        pointer: Option<String>,
    ) -> Option<String> {
        let name = name.strip_prefix("./").unwrap_or(name);
        if let Some(Text { en, vi }) = unsafe_name(name) {
            let what = say!("a file in the list: {en}", "một tệp trong danh sách: {vi}");
            let finding = Finding::new(Level::Wrong, Code::UnsafeName, &self.name, what);
            self.findings.push(Finding { line, pointer, ..finding });
            return None;
        }
        Some(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
    }

    fn wrong(&mut self, line: Option<u64>, pointer: Option<String>, what: Text) {
        let finding = Finding::new(Level::Wrong, Code::Manifest, &self.name, what);
        self.findings.push(Finding { line, pointer, ..finding });
    }

    fn no_checksum(&mut self, path: &str, line: Option<u64>, pointer: Option<String>, problem: NoChecksum) {
        let NoChecksum { wrong, what: Text { en, vi } } = problem;
        let (level, code) =
            if wrong { (Level::Wrong, Code::Manifest) } else { (Level::Unknown, Code::NoChecksum) };
        let finding = Finding::new(level, code, &self.name, say!("of `{path}`: {en}", "của `{path}`: {vi}"));
        self.findings.push(Finding { line, pointer, ..finding });
    }

    /// A list that names a file twice contradicts itself sooner or later.
    fn without_repeats(mut self) -> Self {
        let mut known = std::collections::BTreeSet::new();
        let repeated: Vec<Entry> = self
            .entries
            .iter()
            .filter(|entry| !known.insert(super::names::key(&entry.path)))
            .cloned()
            .collect();
        for Entry { path, line, pointer, .. } in repeated {
            self.wrong(line, pointer, say!("`{path}` is listed twice", "`{path}` được liệt kê hai lần"));
        }
        self
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a file is called as a list of checksums is, and of which algorithm if its name says so: `SHA256SUMS`, `B3SUMS`,
/// `checksums.txt`, `du_lieu.csv.sha256`, and BagIt's `manifest-sha256.txt` (RFC 8493).
pub fn algorithm_of(path: &str) -> Option<Option<Algorithm>> {
    let name = base_name(path).to_lowercase();
    let name = name.strip_suffix(".txt").unwrap_or(&name);
    if let Some(algorithm) = name.strip_suffix("sums").or_else(|| name.strip_suffix("sum")) {
        return match algorithm {
            "check" => Some(None),
            other => Algorithm::named(other).map(Some),
        };
    }
    let bag = name.strip_prefix("tagmanifest-").or_else(|| name.strip_prefix("manifest-"));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    [bag, extension].into_iter().flatten().find_map(Algorithm::named).map(Some)
}

/// A line of `sha256sum` (`digits  name`, `digits *name`), of BSD (`SHA256 (name) = digits`), or of digits alone in a file
/// that is called after the one that it is of.
fn sum(
    line: &str,
    algorithm: Option<Algorithm>,
    stem: Option<&str>,
) -> Option<(Option<Algorithm>, String, String)> {
    if let Some((name, rest)) = line.split_once(" (")
        && let Some((file, digits)) = rest.rsplit_once(") = ")
        && let Some(named) = Algorithm::named(name)
    {
        return Some((Some(named), digits.to_owned(), file.to_owned()));
    }
    // coreutils: names with a backslash or a line end are escaped, and the line begins with a backslash.
    let (escaped, line) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
    let is_sum = |text: &str| Checksum::read(text, None).is_ok();
    match line.split_once([' ', '\t']) {
        Some((digits, file)) => {
            let file = file.trim_start_matches([' ', '\t']);
            let file = file.strip_prefix('*').unwrap_or(file);
            let file = if escaped {
                file.replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")
            } else {
                file.to_owned()
            };
            (is_sum(digits) && !file.is_empty()).then(|| (algorithm, digits.to_owned(), file))
        }
        None => stem.filter(|_| is_sum(line)).map(|file| (algorithm, line.to_owned(), file.to_owned())),
    }
}

/// Whether a document is one that lists files.
pub fn lists_files(document: &Value) -> bool {
    !lists(document).is_empty()
}

/// Every list of files in an exchange message, with where it stands.
fn lists(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut look = |pointer: String, value: &'_ Value| value.get(FILES).map(|_| found.push(pointer));
    look(String::new(), document);
    match document.get(RECEIVED) {
        Some(Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                look(format!("/{RECEIVED}/{at}"), item);
            }
        }
        Some(received) => {
            look(format!("/{RECEIVED}"), received);
        }
        None => {}
    }
    let list = |pointer: String| {
        let pointer = format!("{pointer}/{FILES}");
        let list = document.pointer(&pointer)?;
        Some((pointer, list))
    };
    found.into_iter().filter_map(list).collect()
}

fn field<'i>(item: &'i Map<String, Value>, spellings: &[&'static str]) -> Option<&'i Value> {
    fields(item, spellings).next()
}

/// All fields that are spelled so, the first spelling first.
fn fields<'i>(item: &'i Map<String, Value>, spellings: &[&'static str]) -> impl Iterator<Item = &'i Value> {
    let named = |name: &'static str| item.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name));
    spellings.iter().copied().flat_map(named).map(|(_, value)| value)
}

/// Whether two spellings of one field say different things: readers differ in which they take.
fn contradicts<T: PartialEq>(
    item: &Map<String, Value>,
    spellings: &[&'static str],
    read: impl Fn(&Value) -> Option<T>,
) -> bool {
    let mut said = fields(item, spellings).filter(|value| !value.is_null()).filter_map(read);
    said.next().is_some_and(|first| said.any(|other| other != first))
}

fn size(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Fields such as `type` may say something else as well.
fn algorithm(value: &Value) -> Option<Algorithm> {
    Algorithm::named(value.as_str()?)
}

/// An entry, and the objects that hold its checksums.
fn own_and_inner(item: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let held = fields(item, &CHECKSUM).flat_map(listed);
    std::iter::once(item).chain(held.filter_map(Value::as_object))
}

/// One thing, or a list of them.
fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

fn twice() -> Text {
    say!(
        "an object has a name twice: readers differ in which value they take",
        "một đối tượng có hai trường cùng tên: mỗi chương trình có thể lấy một giá trị khác nhau"
    )
}

fn two_ways(field: &str) -> Text {
    say!(
        "an entry has `{field}` in two spellings that differ: readers differ in which they take",
        "một mục ghi `{field}` theo hai tên trường với giá trị khác nhau: mỗi chương trình có thể lấy một giá trị khác"
    )
}

/// The checksums of an entry: a text, an object with the text and its algorithm, a list of either, or a field that is
/// called as an algorithm (`sha256`).
fn stated_checksums(item: &Map<String, Value>) -> Vec<Result<Checksum, NoChecksum>> {
    let own_algorithm = field(item, &ALGORITHM[..3]).and_then(Value::as_str);
    let one = |value: &Value| match value {
        Value::String(text) => read(text, own_algorithm),
        Value::Object(object) => {
            let algorithm = field(object, &ALGORITHM).and_then(Value::as_str).or(own_algorithm);
            let text = field(object, &VALUE).and_then(Value::as_str)?;
            read(text, algorithm)
        }
        _ => None,
    };
    let mut found: Vec<_> = fields(item, &CHECKSUM).flat_map(listed).filter_map(one).collect();
    let called = item.iter().filter_map(|(key, value)| Some((Algorithm::named(key)?, value.as_str()?)));
    found.extend(called.filter_map(|(algorithm, text)| read(text, Some(algorithm.name()))));
    found
}

/// An empty text is no checksum, and not a wrong one either.
fn read(text: &str, algorithm: Option<&str>) -> Option<Result<Checksum, NoChecksum>> {
    (!text.trim().is_empty()).then(|| Checksum::read(text, algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

    fn entries(manifest: &Manifest) -> Vec<(&str, Option<u64>, usize)> {
        manifest
            .entries
            .iter()
            .map(|entry| (entry.path.as_str(), entry.bytes, entry.checksums.len()))
            .collect()
    }

    fn codes(manifest: &Manifest) -> Vec<(Code, Option<u64>, Option<&str>)> {
        manifest.findings.iter().map(|it| (it.code, it.line, it.pointer.as_deref())).collect()
    }

    #[test]
    fn files_of_a_message() {
        let text = format!(
            r#"{{"NguonDuLieu":{{"MaLoaiDuLieu":"HT"}},"DuLieuTiepNhan":{{"PhanPhoi":[
                {{"Id":"1","TenTep":"a.csv","KichThuoc":3,"MaKiemTra":{{"GiaTri":"{SHA}"}}}},
                {{"TenTep":"./b/c.csv","size":"12","MaKiemTra":[{{"GiaTri":"{MD5}","LoaiMa":"MD5"}},{{"GiaTri":"{SHA}"}}]}},
                {{"TenTep":"d","KichThuoc":"1 KB","MaKiemTra":{{"GiaTri":""}}}},
                {{"TenTep":"../e"}}, {{"Id":"5"}}, {{"TenTep":"a.csv","sha256":"{SHA}"}},
                {{"TenTep":"f","MaKiemTra":{{"GiaTri":"{SHA}","ThuatToan":"SM3"}}}}, {{"TenTep":"g","MaKiemTra":"zz"}}]}}}}"#
        );
        let manifest = Manifest::read("goi.json", "x", &text).unwrap();
        let expected = [
            ("x/a.csv", Some(3), 1),
            ("x/b/c.csv", Some(12), 2),
            ("x/d", None, 0),
            ("x/a.csv", None, 1),
            ("x/f", None, 0),
            ("x/g", None, 0),
        ];
        assert_eq!(entries(&manifest), expected);
        let at = |n: usize| ["", "", "/2", "/3", "/4", "/5", "/6", "/7"][n];
        let pointers: Vec<String> = (0..8).map(|n| format!("/DuLieuTiepNhan/PhanPhoi{}", at(n))).collect();
        let expected = [
            (Code::Manifest, None, Some(pointers[2].as_str())),
            (Code::UnsafeName, None, Some(pointers[3].as_str())),
            (Code::Manifest, None, Some(pointers[4].as_str())),
            (Code::NoChecksum, None, Some(pointers[6].as_str())),
            (Code::Manifest, None, Some(pointers[7].as_str())),
            (Code::Manifest, None, Some(pointers[5].as_str())),
        ];
        assert_eq!(codes(&manifest), expected);
    }

    #[test]
    fn what_is_said_twice_must_be_said_alike() {
        let md5 = |digit: &str| digit.repeat(32);
        let (a, b) = (md5("a"), md5("b"));
        for (entry, wrong) in [
            (r#""KichThuoc":2,"size":"2","name":"a title""#.to_owned(), 0),
            (r#""KichThuoc":2,"size":99"#.to_owned(), 1),
            (r#""kichthuoc":2,"KichThuoc":3"#.to_owned(), 1),
            (r#""path":"b.csv""#.to_owned(), 1),
            (format!(r#""MaKiemTra":"{a}","MaKiemTra":"{b}""#), 1),
            (format!(r#""MaKiemTra":{{"GiaTri":"{a}","value":"{b}"}}"#), 1),
            (format!(r#""MaKiemTra":{{"GiaTri":"{a}","ThuatToan":"MD5","type":"SHA-256"}}"#), 1),
            (format!(r#""MaKiemTra":{{"GiaTri":"{a}","ThuatToan":"MD5","type":"checksum"}}"#), 0),
        ] {
            let text = format!(r#"{{"PhanPhoi":[{{"TenTep":"a.csv",{entry}}}]}}"#);
            let manifest = Manifest::read("list.txt", "", &text).unwrap();
            let found = codes(&manifest);
            assert_eq!(found.len(), wrong, "{entry}: {found:?}");
            assert!(found.iter().all(|(code, ..)| *code == Code::Manifest));
        }
        // Of several checksums each must be right.
        let text = format!(r#"{{"PhanPhoi":[{{"TenTep":"a.csv","MaKiemTra":"{a}","hash":"{b}"}}]}}"#);
        assert_eq!(entries(&Manifest::read("list.txt", "", &text).unwrap()), [("a.csv", None, 2)]);
    }

    #[test]
    fn lines_of_checksums() {
        let text = format!(
            "\u{feff}# made by hand\n{SHA}  a.csv\r\n{SHA} *b c.csv\nSHA256 (d (1).csv) = {SHA}\n\n{MD5}  e\nnonsense\n{SHA}  /f\n\
             \\{SHA}  g\\\\h\n"
        );
        let manifest = Manifest::read("SHA256SUMS", "", &text).unwrap();
        let paths: Vec<&str> = manifest.entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a.csv", "b c.csv", "d (1).csv", "e"]);
        let expected = [
            (Code::Manifest, Some(6), None),
            (Code::Manifest, Some(7), None),
            (Code::UnsafeName, Some(8), None),
            (Code::UnsafeName, Some(9), None),
        ];
        assert_eq!(codes(&manifest), expected, "an MD5 is none of SHA-256");
        assert_eq!(manifest.form, ManifestForm::Sums);
        assert_eq!(entries(&Manifest::read("a.csv.md5", "", MD5).unwrap()), [("a.csv", None, 1)]);
    }

    #[test]
    fn what_is_no_list_is_none() {
        for (name, text) in [
            ("a.json", "{\"a\":1}"),
            ("a.json", "[]"),
            ("a.csv", "x,y\n1,2\n"),
            ("a.txt", ""),
            ("b.json", "{"),
        ] {
            assert_eq!(Manifest::read(name, "", text), None, "{text}");
        }
        assert_eq!(Manifest::read("SHA256SUMS", "", "").unwrap().entries, []);
        let lists = Manifest::read("a.json", "", r#"{"PhanPhoi":{"TenTep":"a"}}"#).unwrap();
        assert_eq!(codes(&lists), [(Code::Manifest, None, Some("/PhanPhoi"))]);
    }

    #[test]
    fn names_tell_lists_of_checksums() {
        for (name, expected) in [
            ("SHA256SUMS", Some(Some(Algorithm::Sha256))),
            ("x/b3sums.txt", Some(Some(Algorithm::Blake3))),
            ("md5sum.txt", Some(Some(Algorithm::Md5))),
            ("checksums.txt", Some(None)),
            ("manifest-sha512.txt", Some(Some(Algorithm::Sha512))),
            ("du_lieu.csv.sha1", Some(Some(Algorithm::Sha1))),
            ("sums", None),
            ("dimsum.txt", None),
            ("a.csv", None),
        ] {
            assert_eq!(algorithm_of(name), expected, "{name}");
        }
    }
}
