//! Which request is meant: one path in, one route out. Everything the tenant can answer is listed here.

use axum::http::Method;

use super::{
    directory::{Key, Read},
    wire::percent_decoded,
};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Discovery {
        tenant: String,
    },
    Instances,
    Token {
        tenant: String,
    },
    SendMail {
        user: String,
    },
    /// A question to the directory.
    Directory(Read),
    /// `/me` has no meaning without a signed-in person.
    Me,
    DemoState,
    DemoAdvance,
    /// The path is known, the method is not.
    WrongMethod(Service),
    Unknown(Service),
}

/// Which of the services stands behind a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Entra,
    Graph,
    Demo,
}

impl Route {
    /// Reads method and path. Graph does not tell names apart by case.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<String> = path.split('/').skip(1).map(|part| percent_decoded(part, false)).collect();
        let lower: Vec<String> = segments.iter().map(|part| part.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let value = |at: usize| segments.get(at).cloned().unwrap_or_default();
        let (wanted, service, route) = match *lower.as_slice() {
            ["v1.0", ref rest @ ..] => return Self::graph(method, rest, &segments),
            [_, "v2.0", ".well-known", "openid-configuration"] => {
                (Method::GET, Service::Entra, Self::Discovery { tenant: value(0) })
            }
            ["common", "discovery", "instance"] => (Method::GET, Service::Entra, Self::Instances),
            [_, "oauth2", "v2.0", "token"] => (Method::POST, Service::Entra, Self::Token { tenant: value(0) }),
            ["demo", "state"] => (Method::GET, Service::Demo, Self::DemoState),
            ["demo", "advance"] => (Method::POST, Service::Demo, Self::DemoAdvance),
            ["" | "demo", ..] | [] => return Self::Unknown(Service::Demo),
            _ => return Self::Unknown(Service::Entra),
        };
        if *method == wanted { route } else { Self::WrongMethod(service) }
    }

    fn graph(method: &Method, lower: &[&str], segments: &[String]) -> Self {
        let value = |at: usize| segments.get(at).cloned().unwrap_or_default();
        let (wanted, route) = match *lower {
            ["users", "", ..] => return Self::WrongMethod(Service::Graph),
            ["users", _, "sendmail" | "microsoft.graph.sendmail"] => (Method::POST, Self::SendMail { user: value(2) }),
            ["me", ..] => return Self::Me,
            _ => match read(lower, &value) {
                Some(read) => (Method::GET, Self::Directory(read)),
                None => return Self::Unknown(Service::Graph),
            },
        };
        if *method == wanted { route } else { Self::WrongMethod(Service::Graph) }
    }

    /// The name of the call, as it is counted.
    pub(super) fn operation(&self) -> &'static str {
        match self {
            Self::Discovery { .. } => "entra.discovery",
            Self::Instances => "entra.instances",
            Self::Token { .. } => "entra.token",
            Self::SendMail { .. } => "graph.send_mail",
            Self::Directory(read) => read.operation(),
            Self::Me => "graph.me",
            Self::DemoState => "demo.state",
            Self::DemoAdvance => "demo.advance",
            Self::WrongMethod(_) | Self::Unknown(_) => "unknown",
        }
    }

    /// The mailbox in the path.
    pub(super) fn user(&self) -> Option<&str> {
        match self {
            Self::SendMail { user } => Some(user),
            Self::Discovery { .. }
            | Self::Instances
            | Self::Token { .. }
            | Self::Directory(_)
            | Self::Me
            | Self::DemoState
            | Self::DemoAdvance
            | Self::WrongMethod(_)
            | Self::Unknown(_) => None,
        }
    }

    /// Is it a question to the demo itself, not to Microsoft 365?
    pub(super) fn is_demo(&self) -> bool {
        match self {
            Self::DemoState | Self::DemoAdvance => true,
            Self::WrongMethod(service) | Self::Unknown(service) => *service == Service::Demo,
            Self::Discovery { .. }
            | Self::Instances
            | Self::Token { .. }
            | Self::SendMail { .. }
            | Self::Directory(_)
            | Self::Me => false,
        }
    }
}

/// The directory's paths.
fn read(lower: &[&str], value: &impl Fn(usize) -> String) -> Option<Read> {
    Some(match *lower {
        ["users"] => Read::Users,
        ["users", _] => Read::User(value(2)),
        ["groups"] => Read::Groups,
        ["groups", _] => Read::Group(value(2)),
        ["groups", _, "members"] => Read::Members { group: value(2), nested: false },
        ["groups", _, "transitivemembers"] => Read::Members { group: value(2), nested: true },
        ["serviceprincipals"] => Read::Principals,
        ["serviceprincipals", _] => Read::Principal(Key::ObjectId(value(2))),
        ["serviceprincipals", _, "approleassignments"] => Read::RoleAssignments(Key::ObjectId(value(2))),
        [_] => Read::Principal(by_app_id(&value(1))?),
        [_, "approleassignments"] => Read::RoleAssignments(by_app_id(&value(1))?),
        _ => return None,
    })
}

/// `servicePrincipals(appId='…')`
fn by_app_id(segment: &str) -> Option<Key> {
    let (set, key) = segment.strip_suffix("')")?.split_once("='")?;
    set.eq_ignore_ascii_case("servicePrincipals(appId").then(|| Key::AppId(key.to_owned()))
}

impl Read {
    fn operation(&self) -> &'static str {
        match self {
            Self::Users => "graph.users",
            Self::User(_) => "graph.user",
            Self::Groups => "graph.groups",
            Self::Group(_) => "graph.group",
            Self::Members { nested: false, .. } => "graph.members",
            Self::Members { nested: true, .. } => "graph.transitive_members",
            Self::Principals => "graph.service_principals",
            Self::Principal(_) => "graph.service_principal",
            Self::RoleAssignments(_) => "graph.app_role_assignments",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "shorter at the call")]
    fn route(method: Method, path: &str) -> Route {
        Route::of(&method, path)
    }

    #[test]
    fn paths_lead_where_they_should() {
        let user = |user: &str| Route::SendMail { user: user.to_owned() };
        assert_eq!(route(Method::POST, "/v1.0/users/a%2Bb%40x.example/sendMail"), user("a+b@x.example"));
        assert_eq!(route(Method::POST, "/v1.0/users/a+b@x.example/sendmail"), user("a+b@x.example"));
        assert_eq!(route(Method::POST, "/v1.0/Users/a%2Fb%23EXT%23@x/SendMail"), user("a/b#EXT#@x"));
        assert_eq!(route(Method::GET, "/v1.0/users/a@x/sendMail"), Route::WrongMethod(Service::Graph));
        assert_eq!(route(Method::POST, "/v1.0/users//sendMail"), Route::WrongMethod(Service::Graph));
        assert_eq!(route(Method::POST, "/v1.0/me/sendMail"), Route::Me);
        assert_eq!(route(Method::GET, "/v1.0/teams"), Route::Unknown(Service::Graph));
        let by_app_id = Key::AppId("1-2".to_owned());
        let path = "/v1.0/servicePrincipals(appId='1-2')/appRoleAssignments";
        assert_eq!(route(Method::GET, path), Route::Directory(Read::RoleAssignments(by_app_id)));
        let members = Read::Members { group: "7".to_owned(), nested: true };
        assert_eq!(route(Method::GET, "/v1.0/groups/7/transitiveMembers"), Route::Directory(members));
        assert_eq!(route(Method::POST, "/v1.0/groups"), Route::WrongMethod(Service::Graph));
        let token = Route::Token { tenant: "contoso.example".to_owned() };
        assert_eq!(route(Method::POST, "/contoso.example/oauth2/v2.0/token"), token);
        assert_eq!(route(Method::GET, "/contoso.example/oauth2/v2.0/token"), Route::WrongMethod(Service::Entra));
        assert_eq!(route(Method::GET, "/"), Route::Unknown(Service::Demo));
        assert_eq!(route(Method::GET, "/demo/state"), Route::DemoState);
        assert_eq!(route(Method::GET, "/favicon.ico"), Route::Unknown(Service::Entra));
    }
}
