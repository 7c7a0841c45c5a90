//! The thread that serves the connections of this process.

use std::process;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime, and the process in which its thread runs.
static PRESENT: Mutex<Option<(u32, Runtime)>> = Mutex::new(None);

/// The runtime of this process. A fork has none of its parent's threads, and gets one of its own.
///
/// # Panics
///
/// Where the system has no thread for it: the panic becomes an exception.
pub(crate) fn present() -> Handle {
    let mut present = PRESENT.lock().unwrap_or_else(PoisonError::into_inner);
    let process = process::id();
    if let Some((of, runtime)) = &*present
        && *of == process
    {
        return runtime.handle().clone();
    }
    let builder = &mut Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).thread_name("pdp-client").enable_all().build();
    let runtime = runtime.expect("the system has a thread");
    let handle = runtime.handle().clone();
    // That of the parent has no thread here that could end it.
    std::mem::forget(present.replace((process, runtime)));
    handle
}
