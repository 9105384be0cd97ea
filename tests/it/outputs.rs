//! Outputs that are no files: pipes, devices, what a process has open. Everything lies in a folder of the test's own, for a
//! program that renames over a device takes it from the whole machine.
#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{report, scored, stage};
use crate::stage::{PROGRAM, Stage, thuocdo};

fn card() -> (Stage, PathBuf) {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    (stage, card)
}

fn to(card: &Path, out: &Path) -> crate::stage::Run {
    report(&[card], &["--format", "md", "--quiet", "--out", &out.display().to_string()])
}

fn pipe(at: &Path) {
    let made = Command::new("mkfifo").arg(at).status().expect("mkfifo starts");
    assert!(made.success());
}

/// A device, where we may make one.
fn device(at: &Path, kind: &str, major: &str, minor: &str) -> bool {
    Command::new("mknod").arg(at).args([kind, major, minor]).output().is_ok_and(|made| made.status.success())
}

/// What stands beside the files that are named.
fn others(folder: &Path, named: &[&str]) -> Vec<String> {
    let names = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !named.contains(&name.as_str()))
        .collect()
}

#[test]
fn a_pipe_is_written_to_also_behind_a_link() {
    let (stage, card) = card();
    let expected = report(&[&card], &["--format", "md"]).out;
    let folder = stage.path().join("o");
    fs::create_dir(&folder).expect("a folder");
    let (fifo, link) = (folder.join("fifo"), folder.join("link"));
    pipe(&fifo);
    symlink("fifo", &link).expect("a link");
    // Open at both ends, so that nobody waits for anybody.
    let mut reader = OpenOptions::new().read(true).write(true).open(&fifo).expect("the pipe");
    for out in [&fifo, &link] {
        let run = to(&card, out);
        assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
        assert!(fs::metadata(&fifo).expect("the pipe").file_type().is_fifo(), "it is one still");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        let mut read = vec![0; expected.len()];
        reader.read_exact(&mut read).expect("the report");
        assert_eq!(String::from_utf8_lossy(&read), expected);
    }
    assert_eq!(others(&folder, &["fifo", "link"]), [""; 0]);
}

#[test]
fn a_character_device_stays_one() {
    let (stage, card) = card();
    let null = stage.path().join("null");
    // That of the system's `null`, in our own folder.
    if !device(&null, "c", "1", "3") || OpenOptions::new().write(true).open(&null).is_err() {
        return;
    }
    let run = to(&card, &null);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(fs::metadata(&null).expect("the device").file_type().is_char_device());
}

#[test]
fn sockets_and_disks_are_refused() {
    let (stage, card) = card();
    let folder = stage.path().join("o");
    fs::create_dir(&folder).expect("a folder");
    let (socket, disk) = (folder.join("socket"), folder.join("disk"));
    let _listener = UnixListener::bind(&socket).expect("a socket");
    let run = to(&card, &socket);
    assert!(run.code == Some(3) && run.err.contains("it is a socket"), "{}", run.err);
    assert!(run.err.contains("name a file, a pipe or a character device"), "{}", run.err);
    assert!(fs::metadata(&socket).expect("the socket").file_type().is_socket());
    // A number that no driver has.
    if device(&disk, "b", "240", "99") {
        let run = to(&card, &disk);
        assert!(run.code == Some(3) && run.err.contains("it is a disk"), "{}", run.err);
        assert!(fs::metadata(&disk).expect("the disk").file_type().is_block_device());
    }
    assert_eq!(others(&folder, &["socket", "disk"]), [""; 0]);
}

#[test]
fn what_a_process_has_open_keeps_what_is_in_it() {
    let (stage, card) = card();
    let expected = report(&[&card], &["--format", "md"]).out;
    let run = to(&card, Path::new("/proc/self/fd/1"));
    assert_eq!((run.code, &run.out), (Some(0), &expected), "{}", run.err);
    let link = stage.path().join("stdout");
    symlink("/proc/self/fd/1", &link).expect("a link");
    let run = to(&card, &link);
    assert_eq!((run.code, &run.out), (Some(0), &expected), "{}", run.err);
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    let run = to(&card, Path::new("/dev/fd/99"));
    assert!(run.code == Some(3) && run.err.contains("it does not exist"), "{}", run.err);
    let got = stage.path().join("got");
    let (card, file) = (card.display(), got.display());
    for fd in [1, 3] {
        // The shell goes on with the same file, before and after.
        let script = format!(
            "exec {fd}> '{file}'; echo before >&{fd}; \
             '{PROGRAM}' report '{card}' --format md --lang en --quiet --out /dev/fd/{fd}"
        );
        let status = Command::new("sh").args(["-c", &script]).env_remove("LANG").status().expect("sh starts");
        assert!(status.success());
        let found = fs::read_to_string(&got).expect("what was written");
        assert_eq!(found, format!("before\n{expected}"), "descriptor {fd}");
    }
}

#[test]
fn a_link_stays_one_and_what_it_leads_to_is_replaced() {
    let (stage, card) = card();
    let folder = stage.path().join("o");
    fs::create_dir_all(folder.join("far")).expect("folders");
    fs::write(folder.join("far/file"), "old").expect("a file");
    symlink("far/file", folder.join("link")).expect("a link");
    symlink("link", folder.join("linked")).expect("a link");
    symlink("far/later", folder.join("dangling")).expect("a link");
    for (link, file) in [("link", "far/file"), ("linked", "far/file"), ("dangling", "far/later")] {
        let run = to(&card, &folder.join(link));
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(fs::symlink_metadata(folder.join(link)).expect("the link").is_symlink(), "{link}");
        let text = fs::read_to_string(folder.join(file)).expect("the report");
        assert!(text.starts_with("# Data quality report"), "{link}");
        fs::write(folder.join(file), "old").expect("a file");
    }
    symlink("round", folder.join("round")).expect("a link");
    let run = to(&card, &folder.join("round"));
    assert!(run.code == Some(3) && run.err.contains("cannot be written"), "{}", run.err);
    assert_eq!(others(&folder, &["far", "link", "linked", "dangling", "round"]), [""; 0]);
}

#[test]
fn a_history_is_a_file_or_refused_before_the_work() {
    let stage = stage();
    let folder = stage.path().join("h");
    fs::create_dir(&folder).expect("a folder");
    let (fifo, socket) = (folder.join("fifo"), folder.join("socket"));
    pipe(&fifo);
    let _listener = UnixListener::bind(&socket).expect("a socket");
    for path in [&fifo, &socket] {
        let name = path.display().to_string();
        let run = stage.run(&["--history", &name]);
        assert!(run.code == Some(2) && run.err.contains("a history is kept in a file"), "{}", run.err);
        assert_eq!(run.out, "", "refused before the work");
        let run = thuocdo(&["trend", "--history", &name, "--lang", "vi"]);
        assert!(run.code == Some(2) && run.err.contains("lịch sử phải nằm trong một tệp"), "{}", run.err);
    }
    assert_eq!(others(&folder, &["fifo", "socket"]), [""; 0]);
}

/// Tables that are written bit by bit come out of a pipe whole.
#[test]
fn an_exported_history_goes_through_a_pipe() {
    let stage = stage();
    let place = |name: &str| stage.path().join(name).display().to_string();
    let run = stage.run(&["--history", &place("h.sqlite"), "--quiet"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    let export = |out: &str| {
        let run =
            thuocdo(&["history", "export", &place("h.sqlite"), "--format", "csv", "--out", out, "--quiet"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out
    };
    export(&place("h.csv"));
    let expected = fs::read_to_string(place("h.csv")).expect("the table");
    assert_eq!(export("/proc/self/fd/1"), expected);
}
