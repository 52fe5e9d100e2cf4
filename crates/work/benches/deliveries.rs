//! How fast a heap of due deliveries is handed to the sender: `cargo bench -p bedside-work --bench deliveries`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod common;

use common::{Bench, now};

const COUNT: u32 = 1_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bench = Bench::new().await;
        let due = now();
        for n in 0..COUNT {
            // A microsecond apart, so that all are due and no two are the same.
            bench
                .approved(due + jiff::SignedDuration::from_micros(i64::from(n)))
                .await;
        }
        let began = std::time::Instant::now();
        bench.work(COUNT as usize).await;
        let took = began.elapsed().as_secs_f64();
        println!(
            "{COUNT} due deliveries handed over in {took:.2} s ({:.0} a second)",
            f64::from(COUNT) / took
        );
    });
}
