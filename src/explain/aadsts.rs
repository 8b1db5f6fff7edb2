//! A sign-in that Entra refused: by its `AADSTS` number, else by its OAuth error, else as it stands.

use uuid::Uuid;

use crate::m365::{
    RequestIds,
    auth::{EntraError, SignInError},
};

use super::{Evidence, Problem, Stage, Who, aadsts_table::TABLE, network, problem::lookup_url, words::list};

/// What one `AADSTS` number means for an app that signs in with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInCode {
    /// The number.
    pub code: u32,
    /// Stable name of the problem; several numbers share one.
    pub problem: &'static str,
    /// Where on the way it happened.
    pub stage: Stage,
    /// What happened.
    pub what: &'static str,
    /// Why, most likely.
    pub cause: &'static str,
    /// What to do.
    pub advice: &'static [&'static str],
    /// Who can do it.
    pub who: Who,
    /// How far the sign-in had come when it failed.
    pub proven: Proven,
    /// Whether waiting may be enough.
    pub transient: bool,
}

/// How far a refused sign-in had come for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proven {
    /// Nothing is certain.
    Nothing,
    /// Microsoft was reached.
    Network,
    /// And knows the organisation.
    Tenant,
    /// And knows the app there.
    App,
}

/// The table's entry of a number.
pub fn aadsts(code: u32) -> Option<&'static SignInCode> {
    TABLE.binary_search_by_key(&code, |entry| entry.code).ok().and_then(|index| TABLE.get(index))
}

/// Why there is no token.
pub fn sign_in(err: &SignInError) -> Problem {
    match err {
        SignInError::Refused(refusal, ids) => refused(refusal, ids),
        SignInError::Failed(err) => network(err),
    }
}

/// A refusal by Entra's token or discovery endpoint.
pub fn refused(refusal: &EntraError, ids: &RequestIds) -> Problem {
    let problem = match refusal.aadsts {
        Some(code) => match aadsts(code) {
            Some(entry) => known(entry, refusal),
            None => unknown(code, refusal),
        },
        None => without_number(refusal),
    };
    problem.with(Evidence::of_entra(refusal, ids))
}

fn known(entry: &SignInCode, refusal: &EntraError) -> Problem {
    let problem = Problem::new(entry.problem, entry.stage, entry.who, entry.what).because(entry.cause);
    policies(problem, refusal).advise_all(entry.advice)
}

/// The policies Entra names, first of all advice: with the id the administrator finds the policy at once.
fn policies(problem: Problem, refusal: &EntraError) -> Problem {
    let ids: Vec<String> =
        refusal.policy_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).map(|id| id.to_string()).collect();
    match ids.as_slice() {
        [] => problem,
        [id] => problem.advise(format!(
            "Open the policy that blocked it, id {id}: Entra admin center > Conditional Access > Policies."
        )),
        several => problem.advise(format!(
            "Open the policies that blocked it, ids {}: Entra admin center > Conditional Access > Policies.",
            list(several)
        )),
    }
}

fn unknown(code: u32, refusal: &EntraError) -> Problem {
    let guess = by_oauth_error(refusal);
    let summary = format!("Entra refused the sign-in with code AADSTS{code}, which this program does not know");
    let problem = Problem::new("sign_in_refused_unknown_code", guess.stage, guess.who, summary)
        .because(format!("{} What Entra itself wrote stands in the evidence.", guess.cause));
    policies(problem, refusal)
        .advise(format!("Open {} and read Microsoft's explanation of the code.", lookup_url(code)))
        .advise_all(guess.advice)
}

fn without_number(refusal: &EntraError) -> Problem {
    let guess = by_oauth_error(refusal);
    policies(Problem::new("sign_in_refused", guess.stage, guess.who, guess.what).because(guess.cause), refusal)
        .advise_all(guess.advice)
}

/// What the OAuth error alone lets us guess (RFC 6749 section 5.2).
struct Guess {
    stage: Stage,
    who: Who,
    what: &'static str,
    cause: &'static str,
    advice: &'static [&'static str],
}

fn by_oauth_error(refusal: &EntraError) -> Guess {
    if refusal.is_transient() {
        return BUSY;
    }
    match refusal.error.as_str() {
        "invalid_client" => CREDENTIALS,
        "unauthorized_client" => APP,
        "invalid_tenant" => TENANT,
        "invalid_grant" | "interaction_required" | "access_denied" => RULE,
        "invalid_scope" | "invalid_resource" => SCOPE,
        "invalid_request" | "unsupported_grant_type" | "unsupported_response_type" => REQUEST,
        _ => OTHER,
    }
}

const BUSY: Guess = Guess {
    stage: Stage::Token,
    who: Who::You,
    what: "The sign-in service is busy or has a disturbance",
    cause: "Microsoft says that trying again later may help. Your settings are probably right.",
    advice: &[
        "Wait a few minutes and try again.",
        "Look for a known outage if it lasts: Microsoft 365 admin center > Health > Service health.",
    ],
};

const CREDENTIALS: Guess = Guess {
    stage: Stage::Secret,
    who: Who::CustomerAdmin,
    what: "Entra did not accept the app's secret",
    cause: "The secret is probably wrong or has expired.",
    advice: &[
        "Check the secret and its end date: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets.",
        "Create a new client secret there and copy its Value into the box Client Secret.",
    ],
};

const APP: Guess = Guess {
    stage: Stage::App,
    who: Who::CustomerAdmin,
    what: "Entra does not let this app sign in",
    cause: "The app is probably unknown in this organisation or switched off.",
    advice: &[
        "Compare the box Client ID with Application (client) ID: Entra admin center > App registrations > your app > Overview.",
        "Check Enabled for users to sign-in: Entra admin center > Enterprise applications > your app > Properties.",
    ],
};

const TENANT: Guess = Guess {
    stage: Stage::Tenant,
    who: Who::You,
    what: "Entra does not know this organisation",
    cause: "The Tenant ID or the cloud is probably wrong.",
    advice: &[
        "Copy Directory (tenant) ID into the box Tenant ID: Entra admin center > App registrations > your app > Overview.",
        "Choose the customer's cloud in the box Cloud.",
    ],
};

const RULE: Guess = Guess {
    stage: Stage::Policy,
    who: Who::CustomerAdmin,
    what: "A rule of the organisation stopped the sign-in",
    cause: "Probably a Conditional Access policy covers this app.",
    advice: &[
        "Find the blocked sign-in: Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins.",
        "Check the rules that cover this app: Entra admin center > Conditional Access > Policies.",
    ],
};

const SCOPE: Guess = Guess {
    stage: Stage::Token,
    who: Who::You,
    what: "Entra does not issue tokens for the service that was asked for",
    cause: "Probably the wrong cloud was chosen, or a service address was overridden.",
    advice: &[
        "Choose the customer's cloud in the box Cloud.",
        "Remove an overridden --graph-url, or make it the Graph address of the same cloud.",
    ],
};

const REQUEST: Guess = Guess {
    stage: Stage::Token,
    who: Who::Vendor,
    what: "Entra could not use the sign-in request",
    cause: "A value may be in the wrong form, a proxy may have changed the request, or this program has a fault.",
    advice: &[
        "Check the boxes Tenant ID, Client ID and Client Secret for stray characters.",
        "Copy the log from this program's window, it holds the ids, and send it to the program's maker.",
    ],
};

const OTHER: Guess = Guess {
    stage: Stage::Token,
    who: Who::CustomerAdmin,
    what: "Entra refused the sign-in without a code that this program knows",
    cause: "The reason cannot be told from the answer.",
    advice: &[
        "Find the sign-in and its reason: Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins.",
        "Remove an overridden --login-url, in case something other than Microsoft's sign-in answered.",
    ],
};
