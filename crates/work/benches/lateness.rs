//! How late posts leave when there is little to do: `cargo bench -p bedside-work --bench lateness`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod common;

use common::{Bench, now};
use jiff::SignedDuration;

const COUNT: usize = 300;
/// Over how many milliseconds they are strewn.
const SPAN: u64 = 60_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bench = Bench::new().await;
        // Writing them down must be over before the first is due.
        let first = now() + SignedDuration::from_secs(15);
        let mut dice = 20_260_302_u64;
        for n in 0..COUNT {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let micros = i64::try_from(dice % SPAN * 1_000 + n as u64).unwrap();
            bench.approved(first + SignedDuration::from_micros(micros)).await;
        }
        assert!(now() < first, "this computer was too slow to write them down");
        bench.work(COUNT).await;
        let late = bench.network.late();
        let at = |share: usize| late[(COUNT - 1) * share / 100].as_secs_f64() * 1_000.0;
        println!(
            "{COUNT} deliveries over {} s: late by {:.0} ms (median), {:.0} ms (p99), {:.0} ms (most)",
            SPAN / 1_000,
            at(50),
            at(99),
            at(100)
        );
    });
}
