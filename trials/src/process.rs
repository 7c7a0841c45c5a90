//! What a process takes.

use std::fs;
use std::time::Duration;

/// The memory that a process has in use; `None` where it cannot be had.
pub fn memory_bytes(process_id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The time of processors that a process has taken; `None` where it cannot be had.
pub fn cpu_time(process_id: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
    // The name of the process, in brackets, may hold spaces.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    // Linux counts these in hundredths of a second on all platforms.
    Some(Duration::from_millis((user + system) * 10))
}
