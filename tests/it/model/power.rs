//! Whether the worlds are worth trying: every rule of the oracle must decide in some of them, and a world that shows a
//! fault must shrink to one that a person can read.

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use exchange365::{demo::Scenario, verify::Expected};

use super::{
    generate,
    oracle::{self, Rule, When},
    play::asked,
    scenario,
    world::World,
};

/// Worlds that are looked at. None of them is played.
const WORLDS: u32 = 2_000;

/// Whether somebody with this rule wrong says something else about a sender who is asked, beside one of the other list:
/// a scenario needs both.
fn tells(world: &World, rule: Rule) -> bool {
    let differs = |person: usize, when: When| {
        oracle::may_send(world, person, when) != oracle::may_send_wrongly(world, person, when, rule)
    };
    let asked = asked(world);
    let both = [Expected::Permitted, Expected::Forbidden].iter().all(|list| asked.iter().any(|(_, on)| on == list));
    both && asked.iter().any(|(person, _)| differs(*person, When::AtOnce) || differs(*person, When::Later))
}

fn runner(seed: u8) -> TestRunner {
    let config = Config { cases: WORLDS, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}

#[test]
fn every_rule_decides_in_some_worlds() {
    let told = std::cell::RefCell::new([0u32; Rule::ALL.len()]);
    let looked = runner(1).run(&generate::world(), |world| {
        for (count, rule) in told.borrow_mut().iter_mut().zip(Rule::ALL) {
            *count += u32::from(tells(&world, rule));
        }
        Ok(())
    });
    assert!(looked.is_ok(), "{looked:?}");
    let told: Vec<(Rule, u32)> = Rule::ALL.into_iter().zip(told.into_inner()).collect();
    println!("of {WORLDS} worlds, these tell a rule from its opposite: {told:?}");
    for (rule, count) in told {
        assert!(count >= WORLDS / 200, "{rule:?} decides in {count} of {WORLDS} worlds only");
    }
}

/// What is in a world beyond the fewest people there can be.
fn size(world: &World) -> usize {
    let members = world.groups.iter().map(|group| group.people.len() + group.groups.len()).sum::<usize>();
    let odd = world.people.iter().filter(|person| person.fault.is_some() || person.restricted).count();
    world.policies.len() + world.assignments.len() + members + odd + world.people.len() - 2
}

/// The smallest world that tells this rule from its opposite.
fn smallest(rule: Rule) -> World {
    let result = runner(2).run(&generate::world(), |world| {
        if tells(&world, rule) { Err(TestCaseError::fail("it tells")) } else { Ok(()) }
    });
    let Err(TestError::Fail(_, world)) = result else { panic!("{rule:?}: {result:?}") };
    world
}

/// One small world for each rule, as it would be kept.
pub(crate) fn kept() -> Vec<(String, String)> {
    Rule::ALL.into_iter().map(|rule| (format!("{rule:?}"), scenario::of(&smallest(rule), "A kept world"))).collect()
}

#[test]
fn a_world_that_shows_a_fault_shrinks_and_can_be_kept() {
    for rule in Rule::ALL {
        let world = smallest(rule);
        assert!(size(&world) <= 5, "{rule:?} shrinks to no less than {world:#?}");
        let text = scenario::of(&world, "A kept world");
        let kept = Scenario::from_toml(&text).unwrap_or_else(|err| panic!("{rule:?}: {err:?}\n{text}"));
        assert_eq!(kept.expected().senders.len(), asked(&world).len(), "{text}");
    }
}
