//! The duration and the seeds of the tests.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use fastrand::Rng;

/// The seconds per test in `npm test`. `FUZZ_SECONDS` sets another duration.
const SECONDS: f64 = 0.7;

/// Runs `case` with one seed after the other until the time is over. `FUZZ_SEED` is the first seed, to repeat a
/// failed case.
#[expect(
    clippy::disallowed_methods,
    reason = "host tests have a clock, and no machine is given its time"
)]
pub(super) fn for_a_while(what: &str, case: impl Fn(&mut Rng)) {
    let first: u64 = setting("FUZZ_SEED", 0);
    let time = Duration::from_secs_f64(setting("FUZZ_SECONDS", SECONDS));
    let began = Instant::now();
    let mut seed = first;
    while seed == first || began.elapsed() < time {
        let running = Running { what, seed };
        case(&mut Rng::with_seed(seed));
        std::mem::forget(running);
        seed = seed.wrapping_add(1);
    }
    println!("{what}: {} cases", seed.wrapping_sub(first));
}

fn setting<T: FromStr>(name: &str, otherwise: T) -> T {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Prints the seed when a case panics.
struct Running<'a> {
    what: &'a str,
    seed: u64,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        eprintln!("{}: run again with FUZZ_SEED={}", self.what, self.seed);
    }
}
