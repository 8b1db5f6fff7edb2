//! Random tenants against an oracle: thousands of worlds go through the demo tenant, the real client and the verdict,
//! and none may end in a PASS or a FAIL that is not the truth.
//!
//! `world` says what a tenant is made of, `generate` makes them up, `oracle` knows the truth, `play` runs them, `paper`
//! judges what is read back of them, `power` sees to it that the worlds are worth trying.

mod features;
mod generate;
mod oracle;
mod paper;
mod play;
pub(crate) mod power;
mod scenario;
mod world;

use std::{collections::BTreeMap, sync::Mutex};

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::support::setting;

/// Worlds in a short run; `EXCHANGE365_WORLDS` asks for more, `EXCHANGE365_SEED` for others.
const WORLDS: u64 = 2_000;
const WORKERS: u64 = 2;

/// What the worlds turned out to be, so that a run cannot be green because nothing happened in it.
type Tally = BTreeMap<String, u64>;

#[test]
fn no_world_gets_a_verdict_that_is_not_the_truth() {
    let worlds = setting("EXCHANGE365_WORLDS").unwrap_or(WORLDS);
    let seed = setting("EXCHANGE365_SEED").unwrap_or(1);
    let tally: Mutex<Tally> = Mutex::default();
    std::thread::scope(|scope| {
        let tally = &tally;
        let start = |worker| scope.spawn(move || work(seed * 1_000 + worker, worlds / WORKERS, tally));
        let workers: Vec<_> = (0..WORKERS).map(start).collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    let tally = tally.into_inner().unwrap();
    println!("{worlds} worlds, seed {seed}: {tally:?}");
    for verdict in ["run pass", "run fail", "run unproven"] {
        let share = tally.get(verdict).copied().unwrap_or_default() * 100 / worlds;
        assert!(share >= 5, "{verdict} came up in {share} % of the worlds only: {tally:?}");
    }
    if worlds >= WORLDS {
        let missing: Vec<_> =
            features::FEATURES.iter().filter(|name| !tally.contains_key(&format!("has {name}"))).collect();
        assert!(missing.is_empty(), "never came up: {missing:?}");
    }
}

fn work(seed: u64, worlds: u64, tally: &Mutex<Tally>) {
    let config = Config {
        cases: u32::try_from(worlds).unwrap(),
        failure_persistence: None,
        max_shrink_iters: 3_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runner.run(&generate::world(), |world| {
        let counted = runtime.block_on(play::play(&world))?;
        let mut tally = tally.lock().unwrap();
        for name in counted.into_iter().chain(features::features(&world).into_iter().map(|name| format!("has {name}")))
        {
            *tally.entry(name).or_default() += 1;
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, world)) => {
            panic!(
                "seed {seed}: {reason}\n\nthe smallest such world:\n{world:#?}\n\nas a scenario to be kept in \
                 tests/fixtures/worlds, with what the oracle expects of it:\n{}",
                scenario::of(&world, "A random world")
            )
        }
        Err(err) => panic!("seed {seed}: {err}"),
    }
}
