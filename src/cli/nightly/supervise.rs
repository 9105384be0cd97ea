//! Runs workers side by side: as many as may be, within the memory that there is, each for as long as it may.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::job::{Done, Event, Job};
use crate::base::Text;
use crate::cli::failure::Exit;
use crate::say;

/// How often limits are looked at.
const TICK: Duration = Duration::from_millis(20);

/// What a worker may say on its standard error; more is cut off.
const SAID: u64 = 4 << 10;

/// A database to measure, and how long it may take.
pub struct Task {
    pub job: Job,
    /// Seconds.
    pub time: Option<u64>,
}

/// How a worker ended.
pub struct Ended {
    pub outcome: Result<Done, Text>,
    pub took: Duration,
}

/// Told of what goes on; called from one thread.
pub trait Watcher {
    fn started(&mut self, task: usize);
    fn event(&mut self, task: usize, event: &Event);
    fn ended(&mut self, task: usize, ended: &Ended);
}

/// How much may go on at a time.
pub struct Room {
    pub parallel: u16,
    /// Bytes, of all together.
    pub memory: Option<u64>,
}

struct Running {
    child: Child,
    /// As long as it is open the worker knows that somebody waits.
    _stdin: Option<ChildStdin>,
    since: Instant,
    /// Why it was ended, or will not deliver.
    why: Option<Text>,
    said: Option<std::thread::JoinHandle<String>>,
}

/// Runs all tasks. `None` when it was interrupted: the workers have been ended then.
pub fn run(
    tasks: &[Task],
    room: &Room,
    interrupted: &AtomicBool,
    watcher: &mut dyn Watcher,
) -> Option<Vec<Ended>> {
    let (sender, receiver) = mpsc::channel();
    let mut ended: Vec<Option<Ended>> = tasks.iter().map(|_| None).collect();
    let mut waiting: Vec<usize> = (0..tasks.len()).rev().collect();
    let mut running: BTreeMap<usize, Running> = BTreeMap::new();
    while !waiting.is_empty() || !running.is_empty() {
        if interrupted.load(Ordering::Relaxed) {
            running.values_mut().for_each(end);
            return None;
        }
        while let Some(&next) = waiting.last()
            && fits(tasks, room, &running, next)
        {
            waiting.pop();
            watcher.started(next);
            let since = Instant::now();
            match start(next, &tasks[next].job, &sender) {
                Ok(started) => {
                    running.insert(next, started);
                }
                Err(why) => {
                    let end = Ended { outcome: Err(why), took: since.elapsed() };
                    watcher.ended(next, &end);
                    ended[next] = Some(end);
                }
            }
        }
        listen(&receiver, &mut running, watcher);
        for (task, running) in &mut running {
            let limit = tasks[*task].time.filter(|&seconds| running.since.elapsed().as_secs() >= seconds);
            if let Some(seconds) = limit.filter(|_| running.why.is_none()) {
                running.why = Some(say!(
                    "it took longer than the {seconds} s that it may take",
                    "đã chạy quá giới hạn {seconds} giây"
                ));
                end(running);
            }
        }
        let through: Vec<(usize, ExitStatus)> = running
            .iter_mut()
            .filter_map(|(task, running)| Some((*task, running.child.try_wait().ok()??)))
            .collect();
        for (task, status) in through {
            // What it said last may still be on its way.
            listen(&receiver, &mut running, watcher);
            if let Some(running) = running.remove(&task) {
                let end = Ended {
                    took: running.since.elapsed(),
                    outcome: outcome(running, status, &tasks[task].job),
                };
                watcher.ended(task, &end);
                ended[task] = Some(end);
            }
        }
    }
    ended.into_iter().collect()
}

/// Whether there is room for one more.
fn fits(tasks: &[Task], room: &Room, running: &BTreeMap<usize, Running>, next: usize) -> bool {
    let memory = |task: usize| tasks[task].job.memory.unwrap_or_default();
    let taken: u64 = running.keys().map(|&task| memory(task)).sum();
    running.is_empty()
        || running.len() < usize::from(room.parallel)
            && room.memory.is_none_or(|all| taken.saturating_add(memory(next)) <= all)
}

fn start(task: usize, job: &Job, sender: &Sender<(usize, Event)>) -> Result<Running, Text> {
    let failed = |error: &std::io::Error| {
        let error = error.to_string();
        say!("its process could not be started: {error}", "không khởi động được tiến trình: {error}")
    };
    // What is left of an earlier run must not be taken for an outcome of this one.
    match std::fs::remove_file(&job.result) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&error)),
        _ => {}
    }
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let mut child = Command::new(program)
        .args(["--quiet", "worker"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let mut stdin = child.stdin.take();
    if let Some(stdin) = &mut stdin {
        let line = serde_json::to_string(job).unwrap_or_default() + "\n";
        // A worker that does not read has ended, and says so by that.
        let _ = stdin.write_all(line.as_bytes());
    }
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Ok(event) = serde_json::from_str(&line)
                    && sender.send((task, event)).is_err()
                {
                    return;
                }
            }
        });
    }
    let said = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.by_ref().take(SAID).read_to_end(&mut said);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            String::from_utf8_lossy(&said).trim().to_owned()
        })
    });
    Ok(Running { child, _stdin: stdin, since: Instant::now(), why: None, said })
}

/// Ends a worker at once. It has written nothing, or all.
fn end(running: &mut Running) {
    // One that has ended by itself cannot be ended, and need not be.
    let _ = running.child.kill();
    let _ = running.child.wait();
}

fn listen(
    receiver: &Receiver<(usize, Event)>,
    running: &mut BTreeMap<usize, Running>,
    watcher: &mut dyn Watcher,
) {
    let mut wait = TICK;
    loop {
        match receiver.recv_timeout(wait) {
            Ok((task, event)) => {
                if let (Event::Failed { why }, Some(running)) = (&event, running.get_mut(&task)) {
                    running.why.get_or_insert_with(|| why.clone());
                }
                watcher.event(task, &event);
                wait = Duration::ZERO;
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn outcome(running: Running, status: ExitStatus, job: &Job) -> Result<Done, Text> {
    let said = running.said.and_then(|said| said.join().ok()).unwrap_or_default();
    if let Some(why) = running.why {
        return Err(why);
    }
    let done = read(&job.result).filter(|_| status.success());
    done.ok_or_else(|| {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        match status.code() {
            Some(code) if code == Exit::Internal as i32 => {
                say!("the program failed{said}", "chương trình gặp lỗi nội bộ{said}")
            }
            Some(code) => say!(
                "its process ended with {code} and without an outcome{said}",
                "tiến trình kết thúc với mã {code} mà không có kết quả{said}"
            ),
            None => say!(
                "its process was killed, by a person or for lack of memory{said}",
                "tiến trình bị buộc dừng (do người dùng hoặc do thiếu bộ nhớ){said}"
            ),
        }
    })
}

fn read(path: &Path) -> Option<Done> {
    let done = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    // It is of no use to anybody else.
    let _ = std::fs::remove_file(path);
    Some(done)
}
