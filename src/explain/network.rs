//! A call that brought no usable answer: what stands in the way and who can move it.

use crate::m365::{Error, Kind, Operation};

use super::{Evidence, Problem, Stage, Who};

const ALLOW: &str = "Ask the network team to allow outgoing HTTPS (TCP 443) to";
const HEALTH: &str = "Look for a known outage: Microsoft 365 admin center > Health > Service health.";

/// Why a call failed and what to do about it.
pub fn network(err: &Error) -> Problem {
    let host = host(err);
    let problem = match err.kind {
        Kind::Dns => dns(&host),
        Kind::Connect => connect(&host),
        Kind::Proxy => proxy(err, &host),
        Kind::Certificate => certificate(err, &host),
        Kind::Tls => tls(&host),
        Kind::Timeout => timeout(&host),
        Kind::Cut => cut(&host),
        Kind::Interfered => interfered(&host),
        Kind::Throttled => throttled(err.operation),
        Kind::ServerError => server_error(err.operation),
        Kind::Unexpected => unexpected(err.operation, &host),
        Kind::Cancelled => cancelled(err.operation),
    };
    may_have_been_sent(problem, err).with(evidence(err))
}

fn dns(host: &str) -> Problem {
    Problem::new("host_not_found", Stage::Network, Who::NetworkAdmin, format!("The name {host} could not be found"))
        .because("This computer has no internet connection, its DNS server does not know outside names, or only the proxy may look them up.")
        .advise("Check the connection by opening https://entra.microsoft.com in a browser on this computer.")
        .advise("Enter the proxy in the box Proxy if the browser uses one: Windows Settings > Network & internet > Proxy.")
        .advise(format!("Run nslookup {host} in a command prompt and show the network team what it says."))
        .advise("Check an overridden service address for typing mistakes.")
}

fn connect(host: &str) -> Problem {
    Problem::new(
        "connection_failed",
        Stage::Network,
        Who::NetworkAdmin,
        format!("No connection to {host} could be opened"),
    )
    .because("A firewall does not let this computer out, or the way out is through a proxy that was not used.")
    .advise(format!("{ALLOW} {}.", hosts(host)))
    .advise("Enter the proxy in the box Proxy if the browser uses one: Windows Settings > Network & internet > Proxy.")
    .advise("Try again from the Totalview server: its way out is the one that counts later.")
}

fn proxy(err: &Error, host: &str) -> Problem {
    let detail = err.detail.as_deref().unwrap_or_default().to_lowercase();
    let cause = if err.status == Some(407) || detail.contains("authorization required") || detail.contains("407") {
        "The proxy wants a user name and password, and this program does not send any."
    } else {
        "The proxy's address is wrong, it is out of order, or it does not allow this destination."
    };
    Problem::new("proxy_refused", Stage::Network, Who::NetworkAdmin, format!("The proxy did not open a way to {host}"))
        .because(cause)
        .advise("Compare the box Proxy with the system's own setting: Windows Settings > Network & internet > Proxy.")
        .advise(format!(
            "Ask the network team to allow {} through the proxy without a log-in for this computer.",
            hosts(host)
        ))
        .advise("Enter none in the box Proxy if this computer may go out directly.")
}

fn certificate(err: &Error, host: &str) -> Problem {
    let detail = err.detail.as_deref().unwrap_or_default().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    let inspected = format!(
        "Ask the network team to exempt {} from TLS inspection, or to install the inspecting proxy's root certificate here: Windows certlm.msc > Trusted Root Certification Authorities.",
        hosts(host)
    );
    let clock = "Check this computer's date, time and time zone: Windows Settings > Time & language > Date & time.";
    let look = format!(
        "Open https://{host} in a browser on this computer, click the padlock, and look who issued the certificate."
    );
    let problem = Problem::new(
        "certificate_not_trusted",
        Stage::Network,
        Who::NetworkAdmin,
        format!("The certificate shown for {host} is not trusted, so nothing was sent"),
    );
    if has(&["expired", "not valid yet", "notvalidyet"]) {
        let cause = "The certificate is outside its time. Most often this computer's clock is wrong; else something in between shows an old certificate.";
        Problem { who: Who::You, ..problem }.because(cause).advise(clock).advise(look).advise(inspected)
    } else if has(&["not valid for name", "notvalidforname"]) {
        let cause = "The certificate belongs to another host. Something in between answers instead: a proxy, a log-in page of a guest network, or a wrong DNS entry.";
        problem.because(cause).advise(look).advise(inspected).advise("Check an overridden service address.")
    } else {
        let cause = "Most often a proxy opens encrypted connections to inspect them and shows its own certificate, which this computer does not know. A wrong clock or missing root certificates have the same effect.";
        problem.because(cause).advise(look).advise(inspected).advise(clock)
    }
}

fn tls(host: &str) -> Problem {
    Problem::new("secure_connection_failed", Stage::Network, Who::NetworkAdmin, format!("A secure connection to {host} could not be set up"))
        .because("Something in between does not speak TLS 1.2 or newer, cuts the handshake, or answers without encryption.")
        .advise(format!("Ask the network team to let TLS 1.2 and 1.3 to {} pass without inspection.", hosts(host)))
        .advise("Check that the proxy or the overridden service address is not written with https where it speaks http, or the other way round.")
        .advise("Try again from another network to see whether this one is the cause.")
}

fn timeout(host: &str) -> Problem {
    Problem::new("no_answer_in_time", Stage::Network, Who::NetworkAdmin, format!("{host} did not answer in time"))
        .because("A firewall or proxy swallows the traffic, the line is very slow, or the service is overloaded.")
        .advise("Try once more in a minute.")
        .advise(format!("{ALLOW} {}, and to look for dropped packets.", hosts(host)))
        .advise(HEALTH)
}

fn cut(host: &str) -> Problem {
    Problem::new("connection_cut", Stage::Network, Who::NetworkAdmin, format!("The connection to {host} was cut before the answer was complete"))
        .because("A firewall, a proxy or a protection program on this computer ended it, or the line broke.")
        .advise("Try once more.")
        .advise(format!("Ask the network team whether a firewall or proxy resets connections to {}.", hosts(host)))
        .advise("Check the log of the protection program on this computer: Windows Security > Virus & threat protection > Protection history.")
}

fn interfered(host: &str) -> Problem {
    Problem::new(
        "answered_by_something_else",
        Stage::Network,
        Who::NetworkAdmin,
        format!("Something between this computer and Microsoft answered in place of {host}"),
    )
    .because("The answer is not in the service's form: a proxy's block page, a guest network's log-in page, or a redirect. It says nothing about the app or the fence.")
    .advise(format!("Open https://{host} in a browser on this computer and look for a block page or a log-in page."))
    .advise(format!("Ask the network team to let {} pass without block pages, log-in and inspection.", hosts(host)))
    .advise("Check an overridden service address: it may lead to another service.")
}

fn throttled(operation: Operation) -> Problem {
    Problem::new(
        "service_throttles",
        stage(operation),
        Who::You,
        format!("Microsoft asks to wait before {}", doing(operation)),
    )
    .because("Too many calls came within a short time, from this program or from another one with the same app.")
    .advise("Wait five minutes, then try once.")
    .advise("Stop other programs that use the same app while you test.")
}

fn server_error(operation: Operation) -> Problem {
    Problem::new(
        "service_fault",
        stage(operation),
        Who::You,
        format!("Microsoft's service had a fault of its own while {}", doing(operation)),
    )
    .because("A disturbance at Microsoft, or a proxy that reports one. Your settings are probably not the cause.")
    .advise("Wait a few minutes and try again.")
    .advise(HEALTH)
}

fn unexpected(operation: Operation, host: &str) -> Problem {
    Problem::new("answer_not_understood", stage(operation), Who::Vendor, format!("The answer while {} was not understood", doing(operation)))
        .because("It is in none of the forms the service is known to use. An overridden address may lead to another service, or Microsoft has changed something.")
        .advise(format!("Check that {host} is the right service, and remove overridden service addresses."))
        .advise("Try once more.")
        .advise("Copy the log from this program's window and send it to the program's maker.")
}

fn cancelled(operation: Operation) -> Problem {
    Problem::new("cancelled", stage(operation), Who::You, format!("You cancelled while {}", doing(operation)))
        .because("The work was stopped before an answer came.")
        .advise("Start again when you are ready.")
}

/// Only after a mail was on its way: what nobody knows is said.
fn may_have_been_sent(problem: Problem, err: &Error) -> Problem {
    let unknown = match err.operation {
        Operation::SendMail => !err.kind.never_arrived() && err.kind != Kind::Throttled,
        Operation::DiscoverTenant
        | Operation::AcquireToken
        | Operation::ProbeMailbox
        | Operation::ReadUsers
        | Operation::ReadGroup
        | Operation::ReadMembers
        | Operation::ReadApplication
        | Operation::ReadGrants => false,
    };
    if !unknown {
        return problem;
    }
    let cause = format!("{} The mail may have been sent all the same.", problem.cause);
    problem.because(cause).advise("Look for the test id from the subject in the recipient's inbox.")
}

fn stage(operation: Operation) -> Stage {
    match operation {
        Operation::DiscoverTenant | Operation::ReadUsers => Stage::Tenant,
        Operation::AcquireToken => Stage::Token,
        Operation::SendMail | Operation::ProbeMailbox => Stage::Send,
        Operation::ReadGroup | Operation::ReadMembers | Operation::ReadApplication | Operation::ReadGrants => {
            Stage::Policy
        }
    }
}

fn doing(operation: Operation) -> &'static str {
    match operation {
        Operation::DiscoverTenant => "looking the tenant up",
        Operation::AcquireToken => "signing in",
        Operation::SendMail => "sending the mail",
        Operation::ProbeMailbox => "probing a mailbox",
        Operation::ReadUsers => "listing the users",
        Operation::ReadGroup => "looking the group up",
        Operation::ReadMembers => "listing the group's members",
        Operation::ReadApplication => "looking the application up",
        Operation::ReadGrants => "listing the application's grants",
    }
}

fn host(err: &Error) -> String {
    if err.host.is_empty() { "the service".to_owned() } else { err.host.clone() }
}

/// The hosts to allow: in Microsoft's global cloud both of them, since the next call goes to the other.
fn hosts(host: &str) -> String {
    match host {
        "login.microsoftonline.com" => format!("{host} and graph.microsoft.com"),
        "graph.microsoft.com" => format!("{host} and login.microsoftonline.com"),
        _ => host.to_owned(),
    }
}

fn evidence(err: &Error) -> Evidence {
    Evidence {
        http_status: err.status,
        detail: err.detail.clone(),
        host: (!err.host.is_empty()).then(|| err.host.clone()),
        ..Evidence::of_ids(&err.ids)
    }
    .said(err.service.as_ref())
}

/// The demo tenant's server could not be started; `detail` is what the system said.
pub fn demo_not_started(detail: &str) -> Problem {
    Problem::new("demo_not_started", Stage::Network, Who::You, "The demo tenant could not be started")
        .because("It needs a free port on this computer (127.0.0.1). Another program has it, or a protection program forbids opening one.")
        .advise("Enter another port with --listen, or leave the option out so that a free one is taken.")
        .advise("Check whether a protection program blocks it: Windows Security > Virus & threat protection > Protection history.")
        .with(Evidence { detail: Some(detail.to_owned()), ..Evidence::default() })
}
