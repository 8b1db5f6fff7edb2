//! The same worlds on paper: what an administrator's read-back shows of them, judged by `policy::evaluate` without a
//! server. Whatever part of the truth is known, nobody may be called denied who can send, and nobody granted who cannot.

use exchange365::{
    base::{ClientId, MailAddress, ObjectId, TenantId},
    m365::Outcome,
    policy::{
        Access, AccessRight, AssignmentScope, Desired, EntraGrants, ExchangeCloud, FenceState, Found, FoundAssignment,
        FoundGroup, FoundMailbox, FoundMember, FoundPolicy, FoundScope, FoundServicePrincipal, GroupWanted, Known,
        LiveAnswer, LiveObservation, Method, PolicyApp as FoundApp, PolicyTest, RbacRow, RbacTest, RecipientKind,
        ScopeFilter, Truth, evaluate,
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
    world::{ANOTHER, Asked, Assignment, CLIENT, Kind, Mailbox, OBJECT, PolicyApp, Scope, Target, World},
};

/// Worlds in a short run.
const WORLDS: u32 = 4_000;

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
        ..FoundMember::default()
    });
    let inner = group.groups.iter().filter(|inner| !world.groups[**inner].deleted).map(|inner| FoundMember {
        name: World::group_name(*inner),
        address: Some(World::group_mail(*inner).parse().unwrap()),
        guid: Some(group_id(*inner)),
        kind: RecipientKind::SecurityGroup,
        ..FoundMember::default()
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

/// What the `Test-…` cmdlets answer about some of the mailboxes. They look at what is written down.
fn add_tests(found: &mut Found, world: &World, dice: &mut Dice) {
    for person in (0..world.people.len()).filter(|person| world.exists(*person)) {
        let mailbox = Some(mail(world, person));
        if dice.below(3) == 0 {
            let allowed = oracle::policies_allow(world, person, When::Later);
            let access = if allowed { Access::Granted } else { Access::Denied };
            let (app_id, access) = match dice.below(4) {
                // Asked with the wrong id, it answers something about somebody else.
                0 => (Some(OBJECT.to_owned()), if allowed { Access::Denied } else { Access::Granted }),
                // A language that is not read.
                1 => (Some(CLIENT.to_owned()), Access::Unknown),
                _ => (Some(CLIENT.to_uppercase()), access),
            };
            found.policy_tests.push(PolicyTest { mailbox: mailbox.clone(), app_id, access, raw: String::new() });
        }
        if dice.below(3) == 0 {
            let row = |assignment: &Assignment| RbacRow {
                role: assignment.role.to_owned(),
                permissions: Some(permissions(assignment.role)),
                scope: String::new(),
                in_scope: Truth::of(oracle::covers(world, assignment.scope, person)),
            };
            let mut rows = Known::complete(world.assignments.iter().map(row).collect::<Vec<_>>());
            let mut principal = Some(if dice.below(2) == 0 { CLIENT } else { OBJECT }.to_owned());
            match dice.below(5) {
                0 => {
                    rows.items.truncate(dice.below(rows.items.len() + 1));
                    rows.complete = false;
                }
                // Of another application, which may all.
                1 => {
                    principal = Some(ANOTHER.to_owned());
                    rows.items.push(RbacRow {
                        role: "Application Mail.Send".to_owned(),
                        in_scope: Truth::Yes,
                        ..RbacRow::default()
                    });
                }
                2 => rows.items.iter_mut().for_each(|row| row.permissions = None),
                _ => {}
            }
            found.rbac_tests.push(RbacTest { mailbox, principal, rows });
        }
    }
}

fn permissions(role: &str) -> String {
    match role {
        "Application Mail Full Access" => "Mail.ReadWrite, Mail.Send".to_owned(),
        "Application Exchange Full Access" => "Mail.ReadWrite, Mail.Send, Calendars.ReadWrite".to_owned(),
        role => role.trim_start_matches("Application ").to_owned(),
    }
}

/// What is there and changes nothing: policies and roles of others, and a role that is switched off.
fn add_noise(found: &mut Found, dice: &mut Dice) {
    let everybody = |assignee: &str, enabled| FoundAssignment {
        name: "Noise".to_owned(),
        role: "Application Mail.Send".to_owned(),
        assignee: assignee.to_owned(),
        enabled,
        scope: AssignmentScope::Organization,
    };
    match dice.below(4) {
        0 => found.assignments.items.push(everybody(ANOTHER, Truth::Yes)),
        1 => found.assignments.items.push(everybody(OBJECT, Truth::No)),
        2 => found.policies.items.push(FoundPolicy {
            app: FoundApp::Id(ANOTHER.to_owned()),
            right: AccessRight::Restrict,
            valid: Truth::Yes,
            ..FoundPolicy::default()
        }),
        _ => {}
    }
}

/// What test mails have shown of some, hours later.
fn live(world: &World, dice: &mut Dice) -> Vec<LiveAnswer> {
    let mut answers = Vec::new();
    for person in 0..world.people.len() {
        let observation = match oracle::usual_outcomes(world, person, When::Later)[0] {
            _ if dice.below(3) > 0 => continue,
            _ if dice.below(4) == 0 => LiveObservation::NotProven,
            Outcome::Accepted => LiveObservation::Accepted,
            Outcome::BlockedByPolicy => LiveObservation::RefusedByPolicy,
            Outcome::AccessDenied => LiveObservation::RefusedPlain,
            _ => LiveObservation::NotProven,
        };
        answers.push(LiveAnswer { mailbox: mail(world, person), observation });
    }
    answers
}

/// Forgets something: a list is cut short and no longer called complete, a group or mailbox was not read, an answer
/// is missing.
fn forget(found: &mut Found, dice: &mut Dice) {
    fn lose<T>(known: &mut Known<T>, dice: &mut Dice) {
        let keep = dice.below(known.items.len() + 1);
        known.items.truncate(keep);
        known.complete = false;
    }
    match dice.below(14) {
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
        8 => {
            let at = dice.below(found.scopes.items.len());
            if let Some(scope) = found.scopes.items.get_mut(at) {
                let other = ScopeFilter::Other("CustomAttribute1 -eq 'x'".to_owned());
                scope.filter = if dice.below(2) == 0 { other } else { ScopeFilter::Unknown };
            }
        }
        9 | 10 => {
            let at = dice.below(found.assignments.items.len());
            if let Some(assignment) = found.assignments.items.get_mut(at) {
                match dice.below(5) {
                    0 => assignment.enabled = Truth::Unknown,
                    1 => assignment.role.clear(),
                    2 => assignment.assignee.clear(),
                    3 => assignment.scope = AssignmentScope::Unknown,
                    _ => assignment.scope = AssignmentScope::Unit("Unit".to_owned()),
                }
            }
        }
        11 => {
            let at = dice.below(found.mailboxes.len());
            if let Some(mailbox) = found.mailboxes.get_mut(at) {
                match dice.below(3) {
                    0 => mailbox.guid = None,
                    1 => (mailbox.guid, mailbox.primary) = (None, None),
                    _ => mailbox.exists = Truth::Unknown,
                }
            }
        }
        12 => {
            let at = dice.below(found.groups.len());
            let members = found.groups.get_mut(at).map(|group| &mut group.members.items);
            let member = members.and_then(|members| {
                let at = dice.below(members.len());
                members.get_mut(at)
            });
            if let Some(member) = member {
                match dice.below(4) {
                    0 => member.guid = None,
                    1 => (member.guid, member.address) = (None, None),
                    2 => member.kind = RecipientKind::Unknown,
                    // The directory shows names to sign in with, and hides addresses.
                    _ => {
                        let name = member.name.strip_prefix("Person ").map(|number| format!("p{number}@world.example"));
                        (member.guid, member.address) = (None, None);
                        member.sign_in_name = name.and_then(|name| name.parse().ok());
                    }
                }
            }
        }
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
    if dice.below(2) == 0 {
        add_tests(&mut found, world, &mut dice);
    }
    add_noise(&mut found, &mut dice);
    let live = if dice.below(2) == 0 { live(world, &mut dice) } else { Vec::new() };
    let evaluation = evaluate(&desired, &found, &live);
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
