//! Makes worlds up. Weighted so that fences that hold, leak and cannot be judged all come up often.

use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::{Index, select, subsequence},
};

use super::{
    oracle::can_be_nested,
    world::{
        Asked, Assignment, Edit, Fault, Foreign, Group, Kind, Mailbox, Person, Policy, PolicyApp, Scope, SignIn,
        Target, World,
    },
};

const GROUPS: usize = 4;
const PEOPLE: std::ops::RangeInclusive<usize> = 2..=6;

/// One random world.
pub(crate) fn world() -> impl Strategy<Value = World> {
    (rules(), vec(person(), PEOPLE), sign_in(), option::weighted(0.4, edit()), any::<bool>()).prop_map(
        |(rules, mut people, sign_in, change, noisy)| {
            if !noisy {
                // Half of the worlds are about rules alone: nothing is in the way of a verdict.
                for person in &mut people {
                    person.fault = None;
                    person.mailbox =
                        if person.mailbox == Mailbox::Shared { Mailbox::Shared } else { Mailbox::Licensed };
                }
            }
            let sign_in = if noisy { sign_in } else { SignIn::Fine };
            put_together(rules, people, sign_in, change)
        },
    )
}

/// Grants, groups, policies and roles, before it is known how many people there are.
#[derive(Debug, Clone)]
struct Rules {
    grants: Vec<&'static str>,
    exchange_grants: Vec<&'static str>,
    groups: Vec<RawGroup>,
    policies: Vec<(bool, PolicyApp, bool, Index, bool)>,
    assignments: Vec<(&'static str, u8, Index, bool)>,
}

#[derive(Debug, Clone)]
struct RawGroup {
    kind: Kind,
    deleted: bool,
    people: Vec<Index>,
    groups: Vec<Index>,
}

fn rules() -> impl Strategy<Value = Rules> {
    let grants = prop_oneof![
        4 => Just(vec!["Mail.Send"]),
        3 => Just(Vec::new()),
        1 => subsequence(vec!["Mail.Send", "Mail.Read", "Mail.ReadWrite", "User.Read.All"], 0..=4),
    ];
    let exchange_grants = prop_oneof![
        6 => Just(Vec::new()),
        1 => subsequence(vec!["full_access_as_app", "SMTP.SendAsApp", "Exchange.ManageAsApp"], 0..=3),
    ];
    let policies = prop_oneof![2 => vec(policy(), 0..=1), 2 => vec(policy(), 0..=4)];
    let assignments = prop_oneof![3 => Just(Vec::new()), 4 => vec(assignment(), 1..=3)];
    (grants, exchange_grants, vec(group(), GROUPS), policies, assignments).prop_map(
        |(grants, exchange_grants, groups, policies, assignments)| Rules {
            grants,
            exchange_grants,
            groups,
            policies,
            assignments,
        },
    )
}

fn group() -> impl Strategy<Value = RawGroup> {
    let kind =
        prop_oneof![5 => Just(Kind::MailEnabledSecurity), 1 => Just(Kind::Distribution), 1 => Just(Kind::Microsoft365)];
    let deleted = prop_oneof![9 => Just(false), 1 => Just(true)];
    (kind, deleted, vec(any::<Index>(), 0..=3), vec(any::<Index>(), 0..=2))
        .prop_map(|(kind, deleted, people, groups)| RawGroup { kind, deleted, people, groups })
}

fn policy() -> impl Strategy<Value = (bool, PolicyApp, bool, Index, bool)> {
    let denies = prop_oneof![3 => Just(false), 1 => Just(true)];
    let app = prop_oneof![5 => Just(PolicyApp::Own), 2 => Just(PolicyApp::Every), 1 => Just(PolicyApp::Another)];
    let of_a_person = prop_oneof![5 => Just(false), 1 => Just(true)];
    let pending = prop_oneof![4 => Just(false), 1 => Just(true)];
    (denies, app, of_a_person, any::<Index>(), pending)
}

fn assignment() -> impl Strategy<Value = (&'static str, u8, Index, bool)> {
    let role = prop_oneof![
        5 => Just("Application Mail.Send"),
        1 => Just("Application Mail Full Access"),
        1 => Just("Application Exchange Full Access"),
        2 => select(vec![
            "Application Mail.Read",
            "Application Mail.ReadWrite",
            "Application Calendars.ReadWrite",
            "Application EWS.AccessAsApp",
            "Application SMTP.SendAsApp",
        ]),
    ];
    let pending = prop_oneof![4 => Just(false), 1 => Just(true)];
    (role, 0..=8u8, any::<Index>(), pending)
}

fn person() -> impl Strategy<Value = Person> {
    let mailbox = prop_oneof![
        10 => Just(Mailbox::Licensed),
        3 => Just(Mailbox::Shared),
        1 => select(vec![Mailbox::None, Mailbox::SoftDeleted, Mailbox::OnPremises, Mailbox::Nobody]),
    ];
    let asked = prop_oneof![12 => Just(Asked::AsIs), 1 => Just(Asked::Permitted), 1 => Just(Asked::Forbidden), 2 => Just(Asked::No)];
    let seldom = prop_oneof![39 => Just(false), 1 => Just(true)];
    (mailbox, any::<bool>(), seldom, asked, option::weighted(0.2, fault())).prop_map(
        |(mailbox, mail_differs, restricted, asked, fault)| Person { mailbox, mail_differs, restricted, asked, fault },
    )
}

fn fault() -> impl Strategy<Value = Fault> {
    let foreign = select(vec![
        Foreign::Page403,
        Foreign::Page200,
        Foreign::Json403,
        Foreign::Empty403,
        Foreign::Redirect,
        Foreign::ProxyLogIn,
        Foreign::Outage,
        Foreign::OutagePage,
        Foreign::Html202,
    ]);
    prop_oneof![
        3 => (1..=5u32, option::of(select(vec![0, 1, 20, 100]))).prop_map(|(times, retry_after)| Fault::Throttle { times, retry_after }),
        2 => (1..=2u32).prop_map(|times| Fault::Rejected { times }),
        4 => foreign.prop_map(Fault::Answer),
        2 => any::<bool>().prop_map(|processed| Fault::Cut { processed }),
        1 => Just(Fault::Late),
    ]
}

fn sign_in() -> impl Strategy<Value = SignIn> {
    prop_oneof![
        20 => Just(SignIn::Fine),
        1 => select(vec![
            SignIn::WrongSecret,
            SignIn::ExpiredSecret,
            SignIn::Disabled,
            SignIn::Absent,
            SignIn::BlockPage,
            SignIn::Throttled(2),
            SignIn::Throttled(9),
        ]),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || 0..GROUPS;
    prop_oneof![
        Just(Edit::RevokeMailSend),
        (at(), 0..2usize).prop_map(|(group, person)| Edit::AddMember { group, person }),
        (at(), 0..2usize).prop_map(|(group, person)| Edit::RemoveMember { group, person }),
        (any::<bool>(), any::<bool>(), at()).prop_map(|(denies, every, group)| Edit::AddPolicy {
            denies,
            every,
            group
        }),
        (0..4usize).prop_map(|policy| Edit::RemovePolicy { policy }),
        (any::<bool>(), at()).prop_map(|(composite, group)| Edit::AddRole { composite, group }),
        (0..3usize).prop_map(|assignment| Edit::RemoveRole { assignment }),
        Just(Edit::ForgetApp),
    ]
}

/// Gives every index its meaning and leaves out what the cmdlets would refuse.
fn put_together(rules: Rules, people: Vec<Person>, sign_in: SignIn, change: Option<Edit>) -> World {
    let count = people.len();
    let kinds: Vec<Kind> = rules.groups.iter().map(|group| group.kind).collect();
    let groups = rules
        .groups
        .iter()
        .map(|raw| {
            let distinct = |indexes: &[Index], size: usize| {
                let mut found: Vec<usize> = indexes.iter().map(|index| index.index(size)).collect();
                found.sort_unstable();
                found.dedup();
                found
            };
            let inner = distinct(&raw.groups, kinds.len());
            Group {
                kind: raw.kind,
                deleted: raw.deleted,
                people: distinct(&raw.people, count),
                groups: inner.into_iter().filter(|group| can_be_nested(kinds[*group])).collect(),
            }
        })
        .collect();
    let policies = rules.policies.iter().filter_map(|(denies, app, of_a_person, index, pending)| {
        let target = if *of_a_person {
            let person = index.index(count);
            (people[person].mailbox == Mailbox::Licensed).then_some(Target::Person(person))?
        } else {
            let group = index.index(kinds.len());
            (kinds[group] == Kind::MailEnabledSecurity).then_some(Target::Group(group))?
        };
        Some(Policy { denies: *denies, app: *app, target, pending: *pending })
    });
    let policies: Vec<Policy> = policies.collect();
    let assignments = rules.assignments.iter().map(|(role, scope, index, pending)| {
        let group = index.index(kinds.len());
        let scope = match scope {
            0 => Scope::Organization,
            1 => Scope::NotMemberOf(group),
            2 => Scope::Address(index.index(count)),
            3 | 4 => Scope::Group(group),
            _ => Scope::MemberOf(group),
        };
        Assignment { role, scope, pending: *pending }
    });
    World {
        sign_in,
        grants: rules.grants,
        exchange_grants: rules.exchange_grants,
        assignments: assignments.collect(),
        people,
        groups,
        policies,
        change,
    }
}
