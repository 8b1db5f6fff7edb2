//! One self-contained page: light, printable on A4, without scripts, and with nothing from outside unescaped.

use crate::{
    explain::{expected_label, outcome_label, verdict_label},
    m365::Outcome,
    verify::Verdict,
};

use super::{
    SenderReport, Timeline, Trail, VerifyReport,
    markup::Markup,
    sheet::{
        self, CHAIN_LIMIT, Finding, SupportCase, Task, Tone, evidence_label, facts, how_to_check, moment, not_proven,
        proven, support, tasks, warnings,
    },
    svg,
};

/// Longer values get a line of their own among the ids.
const WIDEST_SHORT: usize = 40;

/// The report as one HTML file.
pub fn html(report: &VerifyReport, trail: &Trail) -> String {
    let mut page = Markup::default();
    head(&mut page, report);
    banner(&mut page, report, trail);
    fact_list(&mut page, report, trail);
    page.raw("<div class=\"columns\"><section>");
    findings(&mut page, "What was proven", &proven(report));
    page.raw("</section><section>");
    findings(&mut page, "What was not proven", &not_proven(report, trail));
    page.raw("</section></div>\n");
    next_steps(&mut page, &tasks(report));
    senders(&mut page, report);
    timeline(&mut page, trail.timeline.as_ref());
    support_cases(&mut page, &support(report));
    evidence(&mut page, trail);
    signatures(&mut page);
    foot(&mut page, report);
    page.finish()
}

fn head(page: &mut Markup, report: &VerifyReport) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\" />\n");
    page.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n",
    );
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\" />\n<title>");
    page.text(&format!("Mail sending test: {}", verdict_label(report.verdict)));
    page.raw("</title>\n<style>\n")
        .raw(include_str!("../../resources/report/report.css"))
        .raw("</style>\n</head>\n<body>\n");
    page.raw("<header class=\"top\"><h1>Who may this application send mail as?</h1><p>Test report<br />");
    page.text(&moment(report.finished)).raw("</p></header>\n");
}

fn banner(page: &mut Markup, report: &VerifyReport, trail: &Trail) {
    for warning in warnings(report, trail) {
        page.raw("<p class=\"warning\">").text(warning).raw("</p>\n");
    }
    page.raw("<div class=\"verdict ").raw(class(report.verdict)).raw("\">");
    sign(page, report.verdict);
    page.raw("<div><strong>").text(verdict_label(report.verdict)).raw("</strong><p>");
    sentence(page, &report.summary);
    page.raw("</p>");
    if !report.next_step.is_empty() {
        page.raw("<p class=\"next\">Next: ");
        sentence(page, &report.next_step);
        page.raw("</p>");
    }
    page.raw("</div></div>\n");
}

fn fact_list(page: &mut Markup, report: &VerifyReport, trail: &Trail) {
    page.raw("<div class=\"facts\">\n");
    for column in facts(report, trail) {
        page.raw("<dl class=\"facts-column\">\n");
        for fact in column {
            page.raw("<div><dt>")
                .text(fact.label)
                .raw("</dt><dd><bdi dir=\"ltr\">")
                .value(&fact.value)
                .raw("</bdi></dd></div>\n");
        }
        page.raw("</dl>\n");
    }
    page.raw("</div>\n");
}

fn findings(page: &mut Markup, title: &'static str, findings: &[Finding]) {
    page.raw("<h2>").raw(title).raw("</h2>\n<ul class=\"findings\">\n");
    if findings.is_empty() {
        page.raw("<li class=\"soft\">Nothing.</li>\n");
    }
    for finding in findings {
        page.raw("<li>");
        match finding.tone {
            Tone::Good => sign(page, Verdict::Pass),
            Tone::Bad => sign(page, Verdict::Fail),
            Tone::Open => {
                page.raw("<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\"><circle cx=\"10\" cy=\"10\" r=\"3.2\" fill=\"#8a96a3\" /></svg>");
            }
        }
        page.text(&finding.words).raw(if finding.values.is_empty() { "." } else { ": " });
        for (index, value) in finding.values.iter().enumerate() {
            page.raw(if index > 0 { ", " } else { "" });
            page.raw("<bdi dir=\"ltr\" class=\"address\">").address(value).raw("</bdi>");
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}

fn next_steps(page: &mut Markup, tasks: &[Task<'_>]) {
    if tasks.is_empty() {
        return;
    }
    page.raw("<h2>Who must do what next</h2>\n");
    for task in tasks {
        page.raw("<section class=\"task\"><h3>").text(task.who.label()).raw("</h3>\n");
        for problem in &task.problems {
            page.raw("<div class=\"problem\"><p class=\"summary\">");
            sentence(page, &problem.summary);
            page.raw("</p>");
            if !problem.cause.is_empty() {
                page.raw("<p class=\"soft\">");
                sentence(page, &problem.cause);
                page.raw("</p>");
            }
            if !problem.advice.is_empty() {
                page.raw("<ol>");
                for item in &problem.advice {
                    page.raw("<li>").text(item).raw("</li>");
                }
                page.raw("</ol>");
            }
            page.raw("</div>\n");
        }
        page.raw("</section>\n");
    }
}

fn senders(page: &mut Markup, report: &VerifyReport) {
    if report.senders.is_empty() && report.skipped.is_empty() {
        return;
    }
    page.raw("<h2>Every sender</h2>\n<table class=\"senders\">\n<thead><tr><th>Verdict</th><th>Sender</th>");
    page.raw("<th>Should be</th><th>What came back</th><th>Test id</th><th>Arrived</th></tr></thead>\n");
    for line in &report.senders {
        sender(page, line);
    }
    for (address, expected) in &report.skipped {
        page.raw("<tbody><tr class=\"line\"><td>");
        badge(page, Verdict::Unproven);
        page.raw("</td><td><bdi dir=\"ltr\" class=\"address\">").address(address.as_str()).raw("</bdi></td><td>");
        page.text(expected_label(*expected)).raw("</td><td>Not tried</td><td></td><td></td></tr></tbody>\n");
    }
    page.raw("</table>\n");
}

fn sender(page: &mut Markup, line: &SenderReport) {
    let result = &line.result;
    let explained = result.verdict != Verdict::Pass;
    page.raw("<tbody><tr class=\"line").raw(if explained { " explained" } else { "" }).raw("\"><td>");
    badge(page, result.verdict);
    page.raw("</td><td><bdi dir=\"ltr\" class=\"address\">").address(result.address.as_str()).raw("</bdi></td><td>");
    page.text(expected_label(result.expected)).raw("</td><td>").text(outcome_label(result.outcome));
    if let Some(status) = result.http_status {
        page.raw(" <span class=\"soft\">(").text(&status.to_string()).raw(")</span>");
    }
    page.raw("</td><td><span class=\"id\">").value(result.test_id.as_str()).raw("</span></td><td>");
    page.raw(match (result.outcome == Outcome::Accepted, result.outcome.may_have_been_sent()) {
        (true, _) => "<span class=\"box\"></span>",
        (false, true) => "<span class=\"box\"></span> <span class=\"soft\">perhaps</span>",
        (false, false) => "<span class=\"soft\">no</span>",
    });
    page.raw("</td></tr>\n");
    if explained {
        page.raw("<tr class=\"words\"><td></td><td colspan=\"5\">");
        sentence(page, &line.words.cause);
        page.raw("</td></tr>\n");
    }
    page.raw("</tbody>\n");
}

fn timeline(page: &mut Markup, timeline: Option<&Timeline>) {
    let Some(timeline) = timeline.filter(|timeline| timeline.rounds.len() > 1 || timeline.deadline.is_some()) else {
        return;
    };
    page.raw("<h2>What happened when</h2>\n").part(&svg::picture(timeline)).raw("\n<p class=\"soft under\">");
    if let Some(ended) = &timeline.ended {
        sentence(page, ended);
    }
    page.raw(" A tick is a pass, a cross a fail, a question mark proves nothing.</p>\n");
}

fn support_cases(page: &mut Markup, cases: &[SupportCase]) {
    if cases.is_empty() {
        return;
    }
    page.raw("<h2>For a support case with Microsoft</h2>\n");
    page.raw("<p class=\"soft\">Microsoft finds a call by its ids and its time. Copy the block of the call in question.</p>\n");
    for case in cases {
        page.raw("<div class=\"case\"><strong><bdi dir=\"ltr\">").text(&case.what).raw("</bdi></strong><dl>");
        for (name, value) in &case.values {
            let wide = value.chars().count() > WIDEST_SHORT;
            page.raw(if wide { "<dt class=\"wide\">" } else { "<dt>" }).text(evidence_label(name)).raw("</dt>");
            page.raw(if wide {
                "<dd class=\"id wide\"><bdi dir=\"ltr\">"
            } else {
                "<dd class=\"id\"><bdi dir=\"ltr\">"
            });
            page.text(value).raw("</bdi></dd>");
        }
        page.raw("</dl></div>\n");
    }
}

fn evidence(page: &mut Markup, trail: &Trail) {
    page.raw("<h2>How to check this evidence</h2>\n<div class=\"seal\">");
    let steps = how_to_check(trail);
    if let Some(record) = &trail.record {
        page.raw("SHA-256 of the record's last line<code class=\"head\">").value(&record.head).raw("</code><ol>");
        for step in &steps {
            page.raw("<li>").text(step).raw("</li>");
        }
        page.raw("</ol><p class=\"soft\">").text(CHAIN_LIMIT).raw("</p>");
    } else {
        for step in &steps {
            page.raw("<p class=\"soft\">").text(step).raw("</p>");
        }
    }
    page.raw("</div>\n");
}

fn signatures(page: &mut Markup) {
    page.raw("<div class=\"signatures\"><div>Tested by</div><div>Date</div><div>Signature</div></div>\n");
}

fn foot(page: &mut Markup, report: &VerifyReport) {
    page.raw("<footer>Written by exchange365-tester ").text(sheet::PROGRAM_VERSION).raw(". Test begun ");
    page.text(&moment(report.started)).raw(". Times are UTC. This file holds no secret.</footer>\n</body>\n</html>\n");
}

/// A sentence with its full stop.
fn sentence(page: &mut Markup, text: &str) {
    let text = text.trim_end();
    page.text(text);
    if !text.is_empty() && !text.ends_with(['.', '!', '?', ':']) {
        page.raw(".");
    }
}

fn badge(page: &mut Markup, verdict: Verdict) {
    page.raw("<span class=\"badge ").raw(class(verdict)).raw("\">");
    sign(page, verdict);
    page.text(verdict_label(verdict)).raw("</span>");
}

fn sign(page: &mut Markup, verdict: Verdict) {
    page.raw("<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\">");
    svg::mark(page, verdict, (10.0, 10.0), 8.6);
    page.raw("</svg>");
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unproven => "unproven",
    }
}
