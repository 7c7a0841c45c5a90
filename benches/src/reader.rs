//! Somebody who decides while something else is measured.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use pdp_core::{Engine, Request, Scratch};

/// Runs `work` while another thread takes the present and decides, request after request.
pub fn beside_reader<'r, T>(
    engine: &Engine,
    requests: impl Iterator<Item = Request<'r>> + Clone + Send,
    work: impl FnOnce() -> T,
) -> T {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut scratch = Scratch::new();
            for request in requests.cycle() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let present = engine.present();
                black_box(present.evaluate(&request, &mut scratch));
            }
        });
        let outcome = work();
        stop.store(true, Ordering::Relaxed);
        outcome
    })
}
