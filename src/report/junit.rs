//! The report as JUnit XML for build servers. What is not proven is an error there, never a skipped test, because
//! skipped tests look green.

use std::time::Duration;

use crate::{
    explain::{outcome_label, verdict_label},
    verify::{Expected, Verdict},
};

use super::{SenderReport, Trail, VerifyReport, markup::Markup};

/// The report as JUnit XML: a test case for every sender and one for the verdict on the whole run.
pub fn junit(report: &VerifyReport, trail: &Trail) -> String {
    let count = |wanted: Verdict| report.senders.iter().filter(|line| line.result.verdict == wanted).count();
    let all = report.senders.len() + report.skipped.len() + 1;
    let failures = count(Verdict::Fail) + usize::from(report.verdict == Verdict::Fail);
    let errors = count(Verdict::Unproven) + report.skipped.len() + usize::from(report.verdict == Verdict::Unproven);
    let mut xml = Markup::default();
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    for element in ["<testsuites name=\"exchange365\"", "  <testsuite name=\"exchange365.verify\""] {
        xml.raw(element).attribute("tests", &all.to_string()).attribute("failures", &failures.to_string());
        xml.attribute("errors", &errors.to_string()).attribute("skipped", "0").attribute("time", &elapsed(report));
        if element.starts_with(' ') {
            xml.attribute("timestamp", &report.started.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        }
        xml.raw(">\n");
    }
    properties(&mut xml, report, trail);
    whole(&mut xml, report);
    for line in &report.senders {
        sender(&mut xml, line);
    }
    for (address, expected) in &report.skipped {
        open_case(&mut xml, *expected, address.as_str(), Duration::ZERO);
        xml.raw(">\n      <error type=\"not_tried\" message=\"Not tried, so nothing is proven\"/>\n    </testcase>\n");
    }
    xml.raw("  </testsuite>\n</testsuites>\n");
    xml.finish()
}

fn properties(xml: &mut Markup, report: &VerifyReport, trail: &Trail) {
    let record = trail.record.as_ref();
    let values = [
        ("verdict", Some(report.verdict.as_str())),
        ("mechanism", Some(report.mechanism.as_str())),
        ("tenant_id", report.tenant_id.as_deref()),
        ("client_id", report.client_id.as_deref()),
        ("cloud", Some(report.cloud.name())),
        ("service_url", trail.service_url.as_deref()),
        ("record", record.map(|record| record.file.as_str())),
        ("record_sha256", record.map(|record| record.head.as_str())),
        ("program_version", Some(env!("CARGO_PKG_VERSION"))),
    ];
    xml.raw("    <properties>\n");
    for (name, value) in values {
        if let Some(value) = value {
            xml.raw("      <property").attribute("name", name).attribute("value", value).raw("/>\n");
        }
    }
    xml.raw("    </properties>\n");
}

/// The verdict on the run, which can be unproven although every single sender passed.
fn whole(xml: &mut Markup, report: &VerifyReport) {
    xml.raw("    <testcase classname=\"exchange365.run\" name=\"The application is fenced in\"");
    xml.attribute("time", &elapsed(report));
    let problems: Vec<String> = report
        .problems
        .iter()
        .map(|problem| format!("{}: {}. {} {}", problem.code, problem.summary, problem.cause, problem.advice.join(" ")))
        .collect();
    body(xml, report.verdict, report.verdict.as_str(), &report.summary, &problems);
}

fn sender(xml: &mut Markup, line: &SenderReport) {
    let result = &line.result;
    open_case(xml, result.expected, result.address.as_str(), result.elapsed);
    let message = format!("{}: {}", outcome_label(result.outcome), line.words.cause);
    let mut details = Vec::new();
    let service = result.service.as_ref();
    let ids = [
        ("test_id", Some(result.test_id.as_str())),
        ("request_id", result.ids.request_id.as_deref()),
        ("client_request_id", result.ids.client_request_id.as_deref()),
        ("error_code", service.map(|service| service.code.as_str())),
        ("error_message", service.map(|service| service.message.as_str())),
        ("detail", result.detail.as_deref()),
    ];
    details.extend(ids.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}: {value}"))));
    details.extend(line.words.advice.iter().cloned());
    body(xml, result.verdict, result.outcome.as_str(), &message, &details);
}

fn open_case(xml: &mut Markup, expected: Expected, address: &str, elapsed: Duration) {
    let (class, name) = match expected {
        Expected::Permitted => ("exchange365.permitted", format!("{address} may send")),
        Expected::Forbidden => ("exchange365.forbidden", format!("{address} is refused")),
    };
    xml.raw("    <testcase").attribute("classname", class).attribute("name", &name);
    xml.attribute("time", &format!("{:.3}", elapsed.as_secs_f64()));
}

fn body(xml: &mut Markup, verdict: Verdict, kind: &str, message: &str, details: &[String]) {
    xml.raw(">\n");
    let element = match verdict {
        Verdict::Pass => None,
        Verdict::Fail => Some(("      <failure", "</failure>\n")),
        Verdict::Unproven => Some(("      <error", "</error>\n")),
    };
    if let Some((open, close)) = element {
        let message = format!("{}: {message}", verdict_label(verdict));
        xml.raw(open).attribute("type", kind).attribute("message", &message).raw(">");
        lines(xml, details);
        xml.raw(close);
    } else if !details.is_empty() {
        xml.raw("      <system-out>");
        lines(xml, details);
        xml.raw("</system-out>\n");
    }
    xml.raw("    </testcase>\n");
}

/// Each detail on a line of its own, whatever line ends it holds.
fn lines(xml: &mut Markup, details: &[String]) {
    for detail in details {
        xml.raw("\n        ").text(detail);
    }
    xml.raw("\n      ");
}

fn elapsed(report: &VerifyReport) -> String {
    format!("{:.3}", report.finished.duration_since(report.started).as_secs_f64().max(0.0))
}
