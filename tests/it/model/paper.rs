//! The same worlds on paper: what an administrator's read-back shows of them, judged by `policy::evaluate` without a
//! server. Whatever part of the truth is known, nobody may be called denied who can send, and nobody granted who cannot.

use exchange365::{
    base::{ClientId, MailAddress, ObjectId, TenantId},
    policy::{
        Access, AccessRight, AssignmentScope, Desired, EntraGrants, ExchangeCloud, FenceState, Found, FoundAssignment,
        FoundGroup, FoundMailbox, FoundMember, FoundPolicy, FoundScope, FoundServicePrincipal, GroupWanted, Known,
        Method, PolicyApp as FoundApp, RecipientKind, ScopeFilter, Truth, evaluate,
    },
};
use proptest::{
    prelude::{any, prop},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use crate::support::{dice::Dice, setting};

use super::{
    generate,
    oracle::{self, When},
    world::{Asked, CLIENT, Kind, Mailbox, PolicyApp, Scope, Target, World},
};

/// Worlds in a short run.
const WORLDS: u32 = 4_000;
const OBJECT: &str = "77777777-2222-3333-4444-555555555555";

fn mail(world: &World, person: usize) -> MailAddress {
    world.mail(person).parse().unwrap()
}

fn group_id(group: usize) -> String {
    format!("00000000-0000-4000-8000-00000000000{group}")
}

fn person_id(person: usize) -> String {
    format!("00000000-0000-4000-8000-10000000000{person}")
}

fn distinguished(group: usize) -> String {
    format!("CN=Group {group},OU=world.example")
}

fn mailbox(world: &World, person: usize) -> FoundMailbox {
    let exists = world.exists(person);
    FoundMailbox {
        asked: mail(world, person),
        exists: Truth::of(exists),
        primary: exists.then(|| mail(world, person)),
        guid: exists.then(|| person_id(person)),
        kind: match world.people[person].mailbox {
            Mailbox::Shared => RecipientKind::SharedMailbox,
            Mailbox::Nobody => RecipientKind::Unknown,
            _ => RecipientKind::UserMailbox,
        },
    }
}

fn group(world: &World, number: usize) -> FoundGroup {
    let group = &world.groups[number];
    let people = group.people.iter().filter(|person| world.exists(**person)).map(|person| FoundMember {
        name: format!("Person {person}"),
        address: Some(mail(world, *person)),
        guid: Some(person_id(*person)),
        kind: RecipientKind::UserMailbox,
    });
    let inner = group.groups.iter().filter(|inner| !world.groups[**inner].deleted).map(|inner| FoundMember {
        name: World::group_name(*inner),
        address: Some(World::group_mail(*inner).parse().unwrap()),
        guid: Some(group_id(*inner)),
        kind: RecipientKind::SecurityGroup,
    });
    FoundGroup {
        exists: Truth::Yes,
        name: World::group_name(number),
        address: Some(World::group_mail(number).parse().unwrap()),
        object_id: ObjectId::parse(&group_id(number)),
        distinguished_name: Some(distinguished(number)),
        kind: match group.kind {
            Kind::MailEnabledSecurity => RecipientKind::SecurityGroup,
            Kind::Distribution => RecipientKind::DistributionList,
            Kind::Microsoft365 => RecipientKind::Microsoft365Group,
        },
        members: Known::complete(people.chain(inner).collect()),
    }
}

/// Everything there is to read.
fn found(world: &World) -> Found {
    let live = |number: &usize| !world.groups[*number].deleted;
    let policies = world.policies.iter().filter(|policy| policy.app != PolicyApp::Another).map(|policy| FoundPolicy {
        identity: String::new(),
        app: if policy.app == PolicyApp::Every { FoundApp::All } else { FoundApp::Id(CLIENT.to_owned()) },
        right: if policy.denies { AccessRight::Deny } else { AccessRight::Restrict },
        group_id: ObjectId::parse(&match policy.target {
            Target::Group(group) => group_id(group),
            Target::Person(person) => person_id(person),
        }),
        group_name: match policy.target {
            Target::Group(group) => World::group_name(group),
            Target::Person(person) => format!("Person {person}"),
        },
        valid: Truth::of(!matches!(policy.target, Target::Group(group) if world.groups[group].deleted)),
    });
    let mut scopes = Vec::new();
    let assignments: Vec<FoundAssignment> = world
        .assignments
        .iter()
        .enumerate()
        .map(|(number, assignment)| {
            let custom = |filter, scopes: &mut Vec<FoundScope>| {
                let name = format!("Scope {number}");
                scopes.push(FoundScope { name: name.clone(), filter });
                AssignmentScope::Scope(name)
            };
            let scope = match assignment.scope {
                Scope::Organization => AssignmentScope::Organization,
                Scope::MemberOf(group) => custom(ScopeFilter::MemberOf(distinguished(group)), &mut scopes),
                Scope::NotMemberOf(group) => custom(ScopeFilter::NotMemberOf(distinguished(group)), &mut scopes),
                Scope::Address(person) => custom(ScopeFilter::AddressIs(world.mail(person)), &mut scopes),
                // By its address: a name is not unique, so nothing is made of it.
                Scope::Group(group) => AssignmentScope::Group(World::group_mail(group)),
            };
            FoundAssignment {
                name: format!("Assignment {number}"),
                role: assignment.role.to_owned(),
                assignee: OBJECT.to_owned(),
                enabled: Truth::Yes,
                scope,
            }
        })
        .collect();
    let principal = FoundServicePrincipal {
        app_id: CLIENT.to_owned(),
        object_id: OBJECT.to_owned(),
        display_name: "App".to_owned(),
    };
    let others = world.grants.iter().filter(|grant| **grant != "Mail.Send").chain(&world.exchange_grants);
    Found {
        groups: (0..world.groups.len()).filter(live).map(|number| group(world, number)).collect(),
        mailboxes: (0..world.people.len()).map(|person| mailbox(world, person)).collect(),
        policies: Known::complete(policies.collect()),
        service_principals: Known::complete(if assignments.is_empty() { Vec::new() } else { vec![principal] }),
        assignments: Known::complete(assignments),
        scopes: Known::complete(scopes),
        policy_tests: Vec::new(),
        rbac_tests: Vec::new(),
        entra: EntraGrants {
            mail_send: Truth::of(oracle::has_entra_grant(world)),
            others: others.map(|grant| (*grant).to_owned()).collect(),
        },
    }
}

/// Forgets something: a list is cut short and no longer called complete, a group or mailbox was not read, an answer
/// is missing.
fn forget(found: &mut Found, dice: &mut Dice) {
    fn lose<T>(known: &mut Known<T>, dice: &mut Dice) {
        let keep = dice.below(known.items.len() + 1);
        known.items.truncate(keep);
        known.complete = false;
    }
    match dice.below(9) {
        0 => lose(&mut found.policies, dice),
        1 => lose(&mut found.assignments, dice),
        2 => lose(&mut found.scopes, dice),
        3 => lose(&mut found.service_principals, dice),
        4 => {
            let at = dice.below(found.groups.len());
            if let Some(group) = found.groups.get_mut(at) {
                lose(&mut group.members, dice);
            }
        }
        5 => drop(found.groups.pop()),
        6 => drop(found.mailboxes.pop()),
        7 => found.entra.mail_send = Truth::Unknown,
        _ => {
            let at = dice.below(found.policies.items.len());
            if let Some(policy) = found.policies.items.get_mut(at) {
                match dice.below(4) {
                    0 => policy.app = FoundApp::Unknown,
                    1 => policy.right = AccessRight::Unknown,
                    2 => policy.group_id = None,
                    _ => policy.valid = Truth::Unknown,
                }
            }
        }
    }
}

fn desired(world: &World) -> Desired {
    let list = |permitted: bool| -> Vec<MailAddress> {
        let people = (0..world.people.len()).filter(|person| match world.people[*person].asked {
            Asked::No => false,
            Asked::Permitted => permitted,
            Asked::Forbidden => !permitted,
            Asked::AsIs => oracle::may_send(world, *person, When::Later) == permitted,
        });
        people.map(|person| mail(world, person)).collect()
    };
    Desired {
        tenant: TenantId::parse("world.example").unwrap().value,
        client_id: ClientId::parse(CLIENT).unwrap().value,
        app_display_name: "App".to_owned(),
        enterprise_object_id: ObjectId::parse(OBJECT),
        admin: "admin@world.example".parse().unwrap(),
        group: GroupWanted {
            name: World::group_name(0),
            alias: "g0".to_owned(),
            address: World::group_mail(0).parse().unwrap(),
        },
        members: list(true),
        forbidden: list(false),
        method: Method::ApplicationAccessPolicy,
        cloud: ExchangeCloud::Global,
        description: String::new(),
    }
}

/// Sends by a road that is not Graph's `sendMail`, so that more may be granted than the oracle speaks of.
fn has_other_roads(world: &World) -> bool {
    let by_role = world.assignments.iter().any(|assignment| assignment.role.ends_with("AsApp"));
    by_role || world.exchange_grants.iter().any(|grant| *grant != "Exchange.ManageAsApp")
}

fn check(world: &World, forgotten: u64) -> Result<(), TestCaseError> {
    let fail = |text: String| Err(TestCaseError::fail(text));
    let desired = desired(world);
    let mut found = found(world);
    let mut dice = Dice::new(forgotten);
    let gaps = if forgotten.is_multiple_of(3) { 0 } else { 1 + dice.below(4) };
    for _ in 0..gaps {
        forget(&mut found, &mut dice);
    }
    let evaluation = evaluate(&desired, &found, &[]);
    let other_roads = has_other_roads(world);
    for line in &evaluation.mailboxes {
        let person = (0..world.people.len()).find(|person| mail(world, *person) == line.address).unwrap();
        let sends = oracle::may_send(world, person, When::Later);
        match line.union {
            // Rights over a mailbox that is not there let nobody send: no rule says what is called denied then.
            Access::Denied if sends && world.exists(person) => {
                return fail(format!("p{person} can send and is called denied: {line:?}"));
            }
            Access::Granted if !sends && !other_roads => {
                return fail(format!("p{person} cannot send and is called granted: {line:?}"));
            }
            // A policy for one mailbox is read by nobody's list of members, so it may stay open.
            Access::Unknown
                if gaps == 0
                    && !other_roads
                    && world.exists(person)
                    && !world.policies.iter().any(|policy| matches!(policy.target, Target::Person(_)))
                    && !world.groups.iter().any(|group| group.deleted) =>
            {
                return fail(format!("all is known and p{person} is not: {line:?}"));
            }
            _ => {}
        }
    }
    let sends = |address: &MailAddress| {
        (0..world.people.len())
            .any(|person| mail(world, person) == *address && oracle::may_send(world, person, When::Later))
    };
    let is_there = |address: &&MailAddress| {
        (0..world.people.len()).any(|person| mail(world, person) == **address && world.exists(person))
    };
    match evaluation.fence {
        FenceState::Fenced | FenceState::TooTight if desired.forbidden.iter().filter(is_there).any(sends) => {
            fail(format!("{:?}, and somebody forbidden can send", evaluation.fence))
        }
        FenceState::Fenced if !other_roads && !desired.members.iter().all(sends) => {
            fail("Fenced, and somebody permitted cannot send".to_owned())
        }
        FenceState::Open if !other_roads && !desired.forbidden.iter().any(sends) => {
            fail("Open, and nobody forbidden can send".to_owned())
        }
        _ => Ok(()),
    }
}

#[test]
fn what_is_read_back_is_never_judged_beyond_the_truth() {
    let worlds = setting("EXCHANGE365_WORLDS").and_then(|worlds| u32::try_from(worlds).ok()).unwrap_or(WORLDS);
    let config = Config { cases: worlds, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&setting("EXCHANGE365_SEED").unwrap_or(1).to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = runner.run(&(generate::world(), any::<prop::sample::Index>()), |(world, forgotten)| {
        check(&world, u64::try_from(forgotten.index(10_000)).unwrap())
    });
    if let Err(err) = result {
        panic!("{err}");
    }
    println!("{worlds} worlds on paper: nothing was judged beyond the truth");
}
