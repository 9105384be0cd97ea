//! How much memory a command may take, and where goes what finds no room in it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use crate::base::bytes::bytes;
use crate::engine::{Budget, Scratch};
use crate::say;

#[derive(Debug, Args)]
pub struct MemoryArguments {
    /// Memory to take, such as 512MiB or 2GiB. Keys of rows that find no room in it go to disk, encrypted [default: three
    /// quarters of what is free].
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// The directory for what finds no room in memory [default: TMPDIR, else the system's].
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
}

/// Without keys: the program, and what a thread reads at a time.
const LEAST: u64 = 64 << 20;
const LEAST_OF_A_THREAD: u64 = 32 << 20;

/// What a run may take.
pub struct Room {
    pub bytes: u64,
    pub temp: Temp,
}

impl Room {
    pub fn budget(&self) -> Budget<'_> {
        Budget::new(self.bytes, &self.temp)
    }
}

impl MemoryArguments {
    /// What was asked for, on so many threads, or what there is.
    pub fn room(&self, threads: u64) -> Result<Room, Failure> {
        let asked = self.memory.as_deref().map(|text| amount(text, threads)).transpose()?;
        Ok(Room { bytes: asked.unwrap_or_else(default), temp: Temp::of(self.temp.as_deref())? })
    }
}

/// An amount as flags name it, if so many threads can do with it.
pub fn amount(text: &str, threads: u64) -> Result<u64, Failure> {
    let Some(amount) = bytes(text) else {
        return Err(Failure::usage(
            say!("`{text}` is not an amount of memory", "`{text}` không phải lượng bộ nhớ"),
            say!("write `--memory` as 512MiB or 2GiB", "viết `--memory` dạng 512MiB hoặc 2GiB"),
        ));
    };
    let least = LEAST + threads * LEAST_OF_A_THREAD;
    if amount < least {
        let least = least >> 20;
        return Err(Failure::usage(
            say!(
                "`--memory {text}` is too little (threads: {threads})",
                "`--memory {text}` là quá ít (số luồng: {threads})"
            ),
            say!(
                "it takes {least}MiB or more; fewer `--threads` take less",
                "cần từ {least}MiB trở lên; giảm `--threads` thì cần ít hơn"
            ),
        ));
    }
    Ok(amount)
}

/// Files without a name in a directory: whatever ends the program, they end with it.
#[derive(Debug)]
pub struct Temp(PathBuf);

impl Default for Temp {
    fn default() -> Self {
        Self(std::env::temp_dir())
    }
}

impl Temp {
    pub fn of(named: Option<&Path>) -> Result<Self, Failure> {
        match named {
            Some(path) if !path.is_dir() => {
                let path = path.display();
                Err(Failure::usage(
                    say!("`{path}` is not a directory", "`{path}` không phải là thư mục"),
                    say!(
                        "`--temp` names a directory on a disk with room",
                        "`--temp` là thư mục trên ổ đĩa còn chỗ trống"
                    ),
                ))
            }
            Some(path) => Ok(Self(path.to_owned())),
            None => Ok(Self::default()),
        }
    }
}

impl Scratch for Temp {
    fn file(&self) -> io::Result<File> {
        // Its owner's alone. Where a system knows no file without a name, the name is removed at once.
        let file = tempfile::tempfile_in(&self.0)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    fn place(&self) -> String {
        self.0.display().to_string()
    }
}

/// Three quarters of what is free; where the system does not say, there is no limit.
pub fn default() -> u64 {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    free(&read).map_or(u64::MAX, |free| (free / 4 * 3).max(LEAST))
}

/// What the machine has free, or a control group around this process if that is less. `read` gives a file's text.
fn free(read: &dyn Fn(&Path) -> Option<String>) -> Option<u64> {
    let machine = read(Path::new("/proc/meminfo")).and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
    });
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let limits = groups.lines().flat_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, group) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        // Version 2 has one tree; version 1 has one for each controller.
        let (root, names) = match controllers {
            "" => ("/sys/fs/cgroup", ["memory.max", "memory.current", "inactive_file"]),
            "memory" => (
                "/sys/fs/cgroup/memory",
                ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"],
            ),
            _ => return Vec::new(),
        };
        let folder = Path::new(root).join(group.trim_start_matches('/'));
        let around = folder.ancestors().take_while(|folder| folder.starts_with(root));
        around.filter_map(|folder| free_in_group(read, folder, names)).collect()
    });
    limits.chain(machine).min()
}

fn free_in_group(read: &dyn Fn(&Path) -> Option<String>, folder: &Path, names: [&str; 3]) -> Option<u64> {
    let number = |name: &str| read(&folder.join(name))?.trim().parse::<u64>().ok();
    let [limit, used, cached] = names;
    // `max` is no number: there is no limit here.
    let (limit, used) = (number(limit)?, number(used)?);
    // Pages of files that nobody has used for a while are given up first.
    let given_up = read(&folder.join("memory.stat"))
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix(cached)?.trim().parse::<u64>().ok()));
    Some(limit.saturating_sub(used.saturating_sub(given_up.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine<'m>(files: &'m [(&str, &str)]) -> impl Fn(&Path) -> Option<String> + 'm {
        |path| files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned())
    }

    const MEMINFO: (&str, &str) = ("/proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:    4096 kB\n");

    #[test]
    fn the_tightest_group_counts() {
        assert_eq!(free(&machine(&[])), None);
        assert_eq!(free(&machine(&[MEMINFO])), Some(4 << 20));
        let files = [
            MEMINFO,
            ("/proc/self/cgroup", "0::/user/me\n"),
            ("/sys/fs/cgroup/user/me/memory.max", "max\n"),
            ("/sys/fs/cgroup/user/me/memory.current", "5\n"),
            ("/sys/fs/cgroup/user/memory.max", "2000000\n"),
            ("/sys/fs/cgroup/user/memory.current", "1500000\n"),
            ("/sys/fs/cgroup/user/memory.stat", "anon 1\ninactive_file 500000\n"),
        ];
        assert_eq!(free(&machine(&files)), Some(1_000_000));
        let files = [
            MEMINFO,
            ("/proc/self/cgroup", "3:cpu:/x\n2:memory:/x\n"),
            ("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "300"),
            ("/sys/fs/cgroup/memory/x/memory.usage_in_bytes", "400"),
        ];
        assert_eq!(free(&machine(&files)), Some(0), "beyond its limit");
    }

    #[test]
    fn too_little_memory_says_what_it_takes() {
        assert_eq!(amount("160MiB", 3).unwrap(), 160 << 20);
        let hint = |text: &str| match amount(text, 3) {
            Err(Failure::Given(said)) => said[0].hint.as_ref().unwrap().en.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(hint("159MiB"), "it takes 160MiB or more; fewer `--threads` take less");
        assert_eq!(hint("2G"), "write `--memory` as 512MiB or 2GiB");
    }

    #[test]
    fn a_temporary_file_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let temp = Temp::of(Some(folder.path())).unwrap();
        let _file = temp.file().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Temp::of(Some(&folder.path().join("none"))).is_err());
    }
}
