//! Which cores this process runs on, and what it starts.

use rustix::io::Result;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores of this machine in two parts: who attacks takes nothing of those of who is attacked, as
/// it would not from another machine.
pub struct Cores {
    all: CpuSet,
    first: CpuSet,
    rest: CpuSet,
}

impl Cores {
    /// Those that this process may use; `None` where there is only one.
    ///
    /// # Errors
    ///
    /// Where the system does not tell.
    pub fn split() -> Result<Option<Self>> {
        let all = sched_getaffinity(None)?;
        let mut left = all.count().div_ceil(2);
        let (mut first, mut rest) = (CpuSet::new(), CpuSet::new());
        for core in (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)) {
            let part = if left > 0 { &mut first } else { &mut rest };
            part.set(core);
            left = left.saturating_sub(1);
        }
        Ok((rest.count() > 0).then_some(Cores { all, first, rest }))
    }

    /// What this thread starts in `start`, be it a process, runs on one half; what it starts from then
    /// on, on the other one, until these cores are dropped.
    ///
    /// # Errors
    ///
    /// Where the system does not let a thread choose.
    pub fn apart<R>(&self, start: impl FnOnce() -> R) -> Result<R> {
        sched_setaffinity(None, &self.rest)?;
        let started = start();
        sched_setaffinity(None, &self.first)?;
        Ok(started)
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        // What it was allowed once it is allowed still.
        let _ = sched_setaffinity(None, &self.all);
    }
}
