//! A fleet as JUnit XML, for build servers, and as one HTML page, for people. Everything from outside is escaped.

use std::fmt::Write as _;

use crate::{explain::verdict_label, verify::Verdict};

use super::{CustomerReport, FleetEnding, FleetReport, SenderReport, json::time};

/// Escaped for XML and HTML, text and attributes alike; what XML does not allow is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            other
                if other.is_control()
                    || matches!(other, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}') => {
            }
            other => out.push(other),
        }
    }
    out
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _never = out.write_fmt(text).is_err();
}

/// What a test case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Good,
    Failure,
    Error,
}

impl Case {
    fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Good,
            Verdict::Fail => Self::Failure,
            Verdict::Unproven => Self::Error,
        }
    }

    fn of_ending(ending: FleetEnding) -> Self {
        match ending {
            FleetEnding::Pass => Self::Good,
            FleetEnding::Fail => Self::Failure,
            FleetEnding::SetUp | FleetEnding::Unproven | FleetEnding::Cancelled | FleetEnding::Bug => Self::Error,
        }
    }
}

/// JUnit XML: a suite per customer; the verdict and each sender are test cases. What is not proven is an error.
pub fn fleet_junit(report: &FleetReport) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let cases: Vec<Case> = report.customers.iter().flat_map(cases).collect();
    let head = "<testsuites name=\"exchange365 fleet\"";
    put(&mut out, format_args!("{head}{}>\n", numbers(&cases)));
    for customer in &report.customers {
        suite(&mut out, customer);
    }
    out.push_str("</testsuites>\n");
    out
}

fn cases(customer: &CustomerReport) -> Vec<Case> {
    let senders = customer.report.senders.iter().map(|sender| Case::of_verdict(sender.result.verdict));
    std::iter::once(Case::of_ending(customer.ending)).chain(senders).collect()
}

fn numbers(cases: &[Case]) -> String {
    let count = |wanted| cases.iter().filter(|case| **case == wanted).count();
    format!(" tests=\"{}\" failures=\"{}\" errors=\"{}\"", cases.len(), count(Case::Failure), count(Case::Error))
}

fn suite(out: &mut String, customer: &CustomerReport) {
    let name = escaped(&customer.name);
    let report = &customer.report;
    let seconds = report.finished.duration_since(report.started).as_secs_f64();
    let at = escaped(&time(report.started));
    let numbers = numbers(&cases(customer));
    put(out, format_args!("  <testsuite name=\"{name}\"{numbers} time=\"{seconds:.3}\" timestamp=\"{at}\">\n"));
    let advice = if report.next_step.is_empty() { String::new() } else { format!(" Next: {}", report.next_step) };
    let words = format!("{}{advice}", report.summary);
    case(out, &name, "verdict", Case::of_ending(customer.ending), (customer.ending.label(), &report.summary, &words));
    for sender in &report.senders {
        let result = &sender.result;
        let title = format!("{} {}", result.expected.as_str(), result.address);
        let words = sender_words(sender);
        let kind = result.outcome.as_str();
        case(out, &name, &title, Case::of_verdict(result.verdict), (kind, &sender.words.observed, &words));
    }
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, class: &str, name: &str, case: Case, (kind, message, words): (&str, &str, &str)) {
    put(out, format_args!("    <testcase classname=\"{class}\" name=\"{}\"", escaped(name)));
    let element = match case {
        Case::Good => return out.push_str(" />\n"),
        Case::Failure => "failure",
        Case::Error => "error",
    };
    let (kind, message, words) = (escaped(kind), escaped(message), escaped(words));
    put(out, format_args!("><{element} type=\"{kind}\" message=\"{message}\">{words}</{element}></testcase>\n"));
}

fn sender_words(sender: &SenderReport) -> String {
    let result = &sender.result;
    let mut words = format!("{} {}", sender.words.observed, sender.words.cause);
    if let Some(service) = &result.service {
        put(&mut words, format_args!(" Answer: {}: {}", service.code, service.message));
    }
    if let Some(id) = &result.ids.request_id {
        put(&mut words, format_args!(" request-id: {id}"));
    }
    put(&mut words, format_args!(" test id: {}", result.test_id));
    words
}

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ccc}\
th{background:#f2f2f2}.v{font-weight:700;white-space:nowrap}.pass{color:#0b5d1e}.fail,.bug{color:#8b0000}\
.unproven,.set_up,.cancelled{color:#6b4e00}li{overflow-wrap:anywhere}small{color:#555}\
@media print{details{break-inside:avoid}}";

/// One page that needs nothing else: a table of all customers, the worst first, with each sender below it.
pub fn fleet_html(report: &FleetReport) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Mail.Send fences of all customers</title><style>",
    );
    out.push_str(STYLE);
    out.push_str("</style></head><body><h1>Mail.Send fences of all customers</h1>");
    let shard = report.shard.as_deref().map_or_else(String::new, |shard| format!(", part {}", escaped(shard)));
    let (from, to) = (escaped(&time(report.started)), escaped(&time(report.finished)));
    put(&mut out, format_args!("<p>{}{shard}<br><small>{from} to {to}</small></p>", escaped(&report.summary())));
    out.push_str("<p>What is not proven is unproven, never pass.</p><table><thead><tr><th>Verdict</th><th>Customer</th><th>Result</th></tr></thead><tbody>\n");
    let mut customers: Vec<&CustomerReport> = report.customers.iter().collect();
    customers.sort_by_key(|customer| std::cmp::Reverse(customer.ending));
    for customer in customers {
        row(&mut out, customer);
    }
    out.push_str("</tbody></table></body></html>\n");
    out
}

fn row(out: &mut String, customer: &CustomerReport) {
    let (class, label) = (customer.ending.as_str(), customer.ending.label());
    let (name, summary) = (escaped(&customer.name), escaped(&customer.report.summary));
    put(out, format_args!("<tr><td class=\"v {class}\">{label}</td><td>{name}</td><td>{summary}"));
    if !customer.report.next_step.is_empty() {
        put(out, format_args!("<br>Next: {}", escaped(&customer.report.next_step)));
    }
    if !customer.report.senders.is_empty() {
        put(out, format_args!("<details><summary>{} senders</summary><ul>", customer.report.senders.len()));
        for sender in &customer.report.senders {
            let result = &sender.result;
            let (label, expected) = (verdict_label(result.verdict), result.expected.as_str());
            let (address, observed) = (escaped(result.address.as_str()), escaped(&sender.words.observed));
            let id = escaped(result.ids.request_id.as_deref().unwrap_or("none"));
            put(
                out,
                format_args!(
                    "<li><b>{label}</b> {address} ({expected}): {observed} <small>request-id {id}, test id {}</small></li>",
                    escaped(result.test_id.as_str())
                ),
            );
        }
        out.push_str("</ul></details>");
    }
    out.push_str("</td></tr>\n");
}
