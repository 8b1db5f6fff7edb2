//! What a random tenant is made of, and the scenario file it becomes.
//!
//! People and groups are numbers, so that a world shrinks without losing its sense.

use std::fmt::Write as _;

use exchange365::m365::Outcome;

/// A tenant, whom to ask, and what goes wrong on the way.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) sign_in: SignIn,
    /// Graph permissions with consent.
    pub(crate) grants: Vec<&'static str>,
    /// Exchange permissions with consent; none of them lets Graph send.
    pub(crate) exchange_grants: Vec<&'static str>,
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) assignments: Vec<Assignment>,
    /// What an administrator does after the first run.
    pub(crate) change: Option<Edit>,
}

/// Whether the application can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    Fine,
    WrongSecret,
    ExpiredSecret,
    Disabled,
    /// The enterprise application is missing.
    Absent,
    /// Somebody else answers in Entra's place.
    BlockPage,
    /// Asked to wait this often, then fine.
    Throttled(u32),
}

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) mailbox: Mailbox,
    /// The primary address differs from the user principal name.
    pub(crate) mail_differs: bool,
    /// Barred from sending.
    pub(crate) restricted: bool,
    pub(crate) asked: Asked,
    pub(crate) fault: Option<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mailbox {
    Licensed,
    Shared,
    None,
    SoftDeleted,
    OnPremises,
    /// Nobody of that name: the address is asked all the same.
    Nobody,
}

/// On which list a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Where the truth of the first run puts them.
    AsIs,
    Permitted,
    Forbidden,
    No,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) kind: Kind,
    pub(crate) deleted: bool,
    pub(crate) people: Vec<usize>,
    /// Groups inside, circles included.
    pub(crate) groups: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    MailEnabledSecurity,
    Distribution,
    Microsoft365,
}

#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) denies: bool,
    pub(crate) app: PolicyApp,
    pub(crate) target: Target,
    /// Exchange does not know it yet.
    pub(crate) pending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PolicyApp {
    Own,
    Every,
    Another,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Group(usize),
    Person(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) role: &'static str,
    pub(crate) scope: Scope,
    pub(crate) pending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Organization,
    MemberOf(usize),
    NotMemberOf(usize),
    Address(usize),
    /// `-RecipientGroupScope`
    Group(usize),
}

/// What happens to this person's mail on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429 so often, asking to wait so long.
    Throttle {
        times: u32,
        retry_after: Option<u32>,
    },
    /// Graph takes the token for an old one so often.
    Rejected {
        times: u32,
    },
    /// Somebody else's answer.
    Answer(Foreign),
    Cut {
        processed: bool,
    },
    Late,
}

/// Answers that are no refusal, whatever they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    Page403,
    Page200,
    Json403,
    Empty403,
    Redirect,
    ProxyLogIn,
    Outage,
    OutagePage,
    Html202,
}

/// A change by an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    RevokeMailSend,
    AddMember {
        group: usize,
        person: usize,
    },
    RemoveMember {
        group: usize,
        person: usize,
    },
    AddPolicy {
        denies: bool,
        every: bool,
        group: usize,
    },
    RemovePolicy {
        policy: usize,
    },
    /// `Application Mail.Send`, or a composite role, for the members of a group.
    AddRole {
        composite: bool,
        group: usize,
    },
    RemoveRole {
        assignment: usize,
    },
    /// Exchange forgets the application, and its roles with it.
    ForgetApp,
}

pub(crate) const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
/// The enterprise application.
pub(crate) const OBJECT: &str = "77777777-2222-3333-4444-555555555555";
/// An application that has nothing to do with it.
pub(crate) const ANOTHER: &str = "99999999-2222-3333-4444-555555555555";
pub(crate) const RECIPIENT: &str = "inbox@world.example";
const WRONG: &str = "wrong~secret-of-no-application";
const SECRET: &str = "right~secret-of-the-application";

impl Foreign {
    /// Status, content type, body, and what the client must make of it.
    pub(crate) fn parts(self) -> (u16, &'static str, &'static str, Outcome) {
        let page = "<!DOCTYPE html><title>ErrorAccessDenied</title><p>Access to OData is disabled: [RAOP] blocked";
        let json = r#"{"code":"ErrorAccessDenied","message":"Access to OData is disabled: [RAOP] : Blocked"}"#;
        let outage = r#"{"error":{"code":"serviceNotAvailable","message":"[RAOP] Access is denied."}}"#;
        match self {
            Self::Page403 => (403, "text/html", page, Outcome::Interfered),
            Self::Page200 => (200, "text/html; charset=utf-8", page, Outcome::Interfered),
            Self::Json403 => (403, "application/json", json, Outcome::Interfered),
            Self::Empty403 => (403, "application/json", "", Outcome::Unexpected),
            Self::Redirect => (302, "text/html", "", Outcome::Interfered),
            Self::ProxyLogIn => (407, "text/html", page, Outcome::Interfered),
            Self::Outage => (503, "application/json", outage, Outcome::ServerError),
            Self::OutagePage => (502, "text/html", page, Outcome::Interfered),
            Self::Html202 => (202, "text/html", page, Outcome::Interfered),
        }
    }
}

impl World {
    pub(crate) fn upn(&self, person: usize) -> String {
        format!("p{person}@world.example")
    }

    /// The primary address of the mailbox.
    pub(crate) fn mail(&self, person: usize) -> String {
        if self.people[person].mail_differs { format!("first.last{person}@world.example") } else { self.upn(person) }
    }

    pub(crate) fn group_name(group: usize) -> String {
        format!("Group {group}")
    }

    pub(crate) fn group_mail(group: usize) -> String {
        format!("g{group}@world.example")
    }

    /// The secret that is typed.
    pub(crate) fn typed_secret(&self) -> &'static str {
        if self.sign_in == SignIn::WrongSecret { WRONG } else { SECRET }
    }

    pub(crate) fn has_faults(&self) -> bool {
        self.people.iter().any(|person| person.fault.is_some()) || self.sign_in != SignIn::Fine
    }

    /// The world as a scenario file of the demo tenant. What it expects is left open: that is the oracle's business.
    pub(crate) fn to_toml(&self) -> String {
        self.to_toml_with(
            "[try]\npermitted = [\"p0@world.example\"]\nforbidden = [\"p1@world.example\"]\n\
             recipient = \"inbox@world.example\"\n\n[expect]\nverdict = \"unproven\"\nmechanism = \"none\"\n\
             exit_code = 3\n\n",
        )
    }

    /// The same with these `[try]` and `[expect]` tables.
    pub(crate) fn to_toml_with(&self, expectation: &str) -> String {
        let mut out = String::from(
            "title = \"A random world\"\nabout = \"Made up.\"\n\n[tenant]\n\
             id = \"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee\"\nname = \"World\"\ndomains = [\"world.example\"]\n\n",
        );
        self.write_app(&mut out);
        self.write_people(&mut out);
        self.write_groups(&mut out);
        self.write_rules(&mut out);
        out.push_str(expectation);
        self.write_faults(&mut out);
        out
    }

    fn write_app(&self, out: &mut String) {
        let expires =
            if self.sign_in == SignIn::ExpiredSecret { "secret_expires = \"2020-01-01T00:00:00Z\"\n" } else { "" };
        write!(
            out,
            "[app]\nclient_id = \"{CLIENT}\"\nobject_id = \"{OBJECT}\"\nname = \"App\"\n\
             secret = \"{SECRET}\"\n{expires}enabled = {}\npresent = {}\nexchange_pointer = {}\ngrants = {:?}\n\
             exchange_grants = {:?}\n\n",
            self.sign_in != SignIn::Disabled,
            self.sign_in != SignIn::Absent,
            !self.assignments.is_empty(),
            self.grants,
            self.exchange_grants,
        )
        .unwrap();
    }

    fn write_people(&self, out: &mut String) {
        for (number, person) in self.people.iter().enumerate() {
            let mailbox = match person.mailbox {
                Mailbox::Licensed => "licensed",
                Mailbox::Shared => "shared",
                Mailbox::None => "none",
                Mailbox::SoftDeleted => "soft-deleted",
                Mailbox::OnPremises => "on-premises",
                Mailbox::Nobody => continue,
            };
            write!(
                out,
                "[[users]]\nname = \"Person {number}\"\nupn = \"{}\"\nmail = \"{}\"\nmailbox = \"{mailbox}\"\nrestricted = {}\n\n",
                self.upn(number),
                self.mail(number),
                person.restricted,
            )
            .unwrap();
        }
    }

    fn write_groups(&self, out: &mut String) {
        for (number, group) in self.groups.iter().enumerate() {
            let kind = match group.kind {
                Kind::MailEnabledSecurity => "mail-enabled-security",
                Kind::Distribution => "distribution",
                Kind::Microsoft365 => "microsoft365",
            };
            let people = group.people.iter().filter(|person| self.exists(**person)).map(|person| self.upn(*person));
            let members: Vec<String> =
                people.chain(group.groups.iter().map(|inner| Self::group_mail(*inner))).collect();
            write!(
                out,
                "[[groups]]\nname = \"{}\"\nmail = \"{}\"\nkind = \"{kind}\"\ndeleted = {}\nmembers = {members:?}\n\n",
                Self::group_name(number),
                Self::group_mail(number),
                group.deleted,
            )
            .unwrap();
        }
    }

    fn write_rules(&self, out: &mut String) {
        for policy in &self.policies {
            let right = if policy.denies { "deny-access" } else { "restrict-access" };
            let app = match policy.app {
                PolicyApp::Own => "app",
                PolicyApp::Every => "*",
                PolicyApp::Another => ANOTHER,
            };
            let scope = match policy.target {
                Target::Group(group) => Self::group_mail(group),
                Target::Person(person) => self.upn(person),
            };
            let minutes = if policy.pending { 55 } else { 0 };
            write!(
                out,
                "[[policies]]\nright = \"{right}\"\napp = \"{app}\"\nscope = \"{scope}\"\nin_force_in_minutes = {minutes}\n\n"
            )
            .unwrap();
        }
        for (number, assignment) in self.assignments.iter().enumerate() {
            let custom = format!("custom_scope = \"Scope {number}\"\n");
            let (filter, scope) = match assignment.scope {
                Scope::Organization => (None, String::new()),
                Scope::MemberOf(group) => (Some(format!("member_of_group = \"{}\"", Self::group_mail(group))), custom),
                Scope::NotMemberOf(group) => {
                    (Some(format!("not_member_of_group = \"{}\"", Self::group_mail(group))), custom)
                }
                Scope::Address(person) => (Some(format!("primary_smtp_address = \"{}\"", self.mail(person))), custom),
                Scope::Group(group) => (None, format!("group_scope = \"{}\"\n", Self::group_mail(group))),
            };
            if let Some(filter) = filter {
                write!(out, "[[scopes]]\nname = \"Scope {number}\"\n{filter}\n\n").unwrap();
            }
            let minutes = if assignment.pending { 25 } else { 0 };
            write!(
                out,
                "[[role_assignments]]\nrole = \"{}\"\n{scope}in_force_in_minutes = {minutes}\n\n",
                assignment.role
            )
            .unwrap();
        }
    }

    fn write_faults(&self, out: &mut String) {
        let page = "<html>Log in to the network</html>";
        match self.sign_in {
            SignIn::BlockPage => write!(
                out,
                "[[faults]]\nstage = \"token\"\nthen.answer = {{ status = 200, content_type = \"text/html\", body = \"{page}\" }}\n\n"
            )
            .unwrap(),
            SignIn::Throttled(times) => write!(
                out,
                "[[faults]]\nstage = \"token\"\ntimes = {times}\nthen.throttle = {{ retry_after = \"2\" }}\n\n"
            )
            .unwrap(),
            SignIn::Fine | SignIn::WrongSecret | SignIn::ExpiredSecret | SignIn::Disabled | SignIn::Absent => {}
        }
        for (number, person) in self.people.iter().enumerate() {
            let Some(fault) = person.fault else { continue };
            write!(out, "[[faults]]\nstage = \"send_mail\"\nmailbox = \"{}\"\n", self.upn(number)).unwrap();
            match fault {
                Fault::Throttle { times, retry_after: Some(secs) } => {
                    writeln!(out, "times = {times}\nthen.throttle = {{ retry_after = \"{secs}\" }}")
                }
                Fault::Throttle { times, retry_after: None } => writeln!(out, "times = {times}\nthen.throttle = {{}}"),
                Fault::Rejected { times } => {
                    let body = r#"{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired."}}"#;
                    writeln!(
                        out,
                        "times = {times}\nthen.answer = {{ status = 401, content_type = 'application/json', body = '{body}' }}"
                    )
                }
                Fault::Answer(foreign) => {
                    let (status, content_type, body, _) = foreign.parts();
                    writeln!(
                        out,
                        "then.answer = {{ status = {status}, content_type = '{content_type}', body = '{body}' }}"
                    )
                }
                Fault::Cut { processed } => writeln!(out, "then.cut = {{ processed = {processed} }}"),
                Fault::Late => writeln!(out, "then.delay = {{ milliseconds = 3 }}"),
            }
            .unwrap();
            out.push('\n');
        }
    }

    pub(crate) fn exists(&self, person: usize) -> bool {
        self.people[person].mailbox != Mailbox::Nobody
    }
}
