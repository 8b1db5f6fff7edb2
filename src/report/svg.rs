//! The timeline of a watch as a picture: one row per sender, one column of marks per run. No scripts, no fonts, and
//! readable without colour: a tick, a cross, a question mark.

use crate::{
    base::Timestamp,
    explain::{expected_label, verdict_label},
    verify::{Expected, Verdict},
};

use super::{Timeline, inert::shown, markup::Markup};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 214.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 46.0;
const ROW: f64 = 30.0;
const BOTTOM: f64 = 40.0;
/// Marks closer together than this are pushed apart.
const APART: f64 = 24.0;
/// More senders than this are counted, not drawn.
const MOST_ROWS: usize = 40;
const NAME_CHARS: usize = 30;

/// The picture as a file of its own.
pub fn timeline_svg(timeline: &Timeline) -> String {
    let mut file = Markup::default();
    file.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").part(&picture(timeline)).raw("\n");
    file.finish()
}

/// The picture, to stand in a page.
pub(super) fn picture(timeline: &Timeline) -> Markup {
    let rows = rows(timeline);
    let hidden = rows.len().saturating_sub(MOST_ROWS);
    let rows: Vec<Row> = rows.into_iter().take(MOST_ROWS).collect();
    let scale = Scale::of(timeline);
    let bottom = down(rows.len() + 1);
    let mut svg = Markup::default();
    svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"timeline\" font-family=\"Segoe UI, Helvetica Neue, Arial, sans-serif\" font-size=\"11\"");
    svg.attribute("viewBox", &format!("0 0 {WIDTH} {:.0}", bottom + BOTTOM)).raw(">");
    svg.raw("<title>").text(&description(timeline)).raw("</title>");
    svg.raw("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    stripes(&mut svg, &rows);
    markers(&mut svg, timeline, &scale, bottom);
    for (column, round) in timeline.rounds.iter().enumerate() {
        let x = scale.column(column);
        mark(&mut svg, round.verdict, (x, down(0) + ROW / 2.0), 9.0);
        for (row, name) in rows.iter().enumerate() {
            let found = round.senders.iter().find(|sender| sender.address == name.address);
            if let Some(sender) = found {
                mark(&mut svg, sender.verdict, (x, down(row + 1) + ROW / 2.0), 7.0);
            }
        }
        label(&mut svg, &clock(round.asked), (x, bottom + 16.0), "middle");
    }
    if hidden > 0 {
        label(&mut svg, &format!("and {hidden} more senders"), (12.0, bottom + 16.0), "start");
    }
    label(&mut svg, &day(timeline), (WIDTH - RIGHT, bottom + 33.0), "end");
    svg.raw("</svg>");
    svg
}

struct Row {
    address: String,
    expected: Expected,
}

fn rows(timeline: &Timeline) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for sender in timeline.rounds.iter().flat_map(|round| &round.senders) {
        if !rows.iter().any(|row| row.address == sender.address) {
            rows.push(Row { address: sender.address.clone(), expected: sender.expected });
        }
    }
    rows.sort_by_key(|row| row.expected);
    rows
}

/// Where moments stand from left to right.
struct Scale {
    from: Timestamp,
    seconds: f64,
    columns: Vec<f64>,
}

impl Scale {
    fn of(timeline: &Timeline) -> Self {
        let moments = || timeline.rounds.iter().map(|round| round.asked).chain(timeline.changed);
        let from = moments().min().unwrap_or(Timestamp::UNIX_EPOCH);
        let to = moments().max().unwrap_or(from);
        let mut scale = Self { from, seconds: seconds_between(from, to), columns: Vec::new() };
        let wished: Vec<f64> = timeline.rounds.iter().map(|round| scale.x(round.asked)).collect();
        scale.columns = push_apart(&wished);
        scale
    }

    fn x(&self, time: Timestamp) -> f64 {
        let (left, right) = (LEFT + 20.0, WIDTH - RIGHT - 12.0);
        if self.seconds <= 0.0 {
            return f64::midpoint(left, right);
        }
        left + (right - left) * (seconds_between(self.from, time) / self.seconds).clamp(0.0, 1.0)
    }

    fn column(&self, column: usize) -> f64 {
        self.columns.get(column).copied().unwrap_or(LEFT)
    }
}

/// Keeps marks readable: no two closer than `APART`, or evenly spread where there is no room for that.
fn push_apart(wished: &[f64]) -> Vec<f64> {
    let right = WIDTH - RIGHT - 12.0;
    let gap = APART.min((right - LEFT - 20.0) / number(wished.len().max(2) - 1));
    let mut placed: Vec<f64> = Vec::with_capacity(wished.len());
    for x in wished {
        let least = placed.last().map_or(*x, |before| before + gap);
        placed.push(x.max(least));
    }
    let mut most = right;
    for x in placed.iter_mut().rev() {
        *x = x.min(most);
        most = *x - gap;
    }
    placed
}

fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "rows and columns are few")]
fn number(count: usize) -> f64 {
    count as f64
}

/// The upper edge of a row.
fn down(row: usize) -> f64 {
    TOP + ROW * number(row)
}

fn stripes(svg: &mut Markup, rows: &[Row]) {
    label(svg, "Whole test", (12.0, down(0) + ROW / 2.0 + 4.0), "start");
    for (index, row) in rows.iter().enumerate() {
        let y = down(index + 1);
        svg.raw("<rect x=\"0\" fill=\"").raw(if index % 2 == 0 { "#f5f7f9" } else { "#ffffff" }).raw("\"");
        svg.number("y", y).number("width", WIDTH).number("height", ROW).raw("/>");
        label(svg, &shown(&row.address, NAME_CHARS), (12.0, y + 13.0), "start");
        svg.raw("<text fill=\"#5b6673\" font-size=\"9\"").number("x", 12.0).number("y", y + 24.0).raw(">");
        svg.text(expected_label(row.expected)).raw("</text>");
    }
}

fn markers(svg: &mut Markup, timeline: &Timeline, scale: &Scale, bottom: f64) {
    if let Some(changed) = timeline.changed {
        let x = scale.x(changed)
            - if timeline.rounds.first().is_some_and(|round| round.asked == changed) { 14.0 } else { 0.0 };
        svg.raw("<line stroke=\"#1d4f91\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"");
        svg.number("x1", x).number("x2", x).number("y1", 26.0).number("y2", bottom).raw("/>");
        let anchor = if x > WIDTH / 2.0 { "end" } else { "start" };
        label(svg, &format!("change made {}", clock(changed)), (x, 18.0), anchor);
    }
    svg.raw("<line stroke=\"#c3cbd4\" stroke-width=\"1\"");
    svg.number("x1", LEFT).number("x2", WIDTH - RIGHT).number("y1", bottom).number("y2", bottom).raw("/>");
}

fn label(svg: &mut Markup, text: &str, place: (f64, f64), anchor: &'static str) {
    svg.raw("<text fill=\"#1b2430\" text-anchor=\"").raw(anchor).raw("\" direction=\"ltr\" unicode-bidi=\"isolate\"");
    svg.number("x", place.0).number("y", place.1).raw(">").text(text).raw("</text>");
}

/// A sign for a verdict, of half its size around `place`.
pub(super) fn mark(svg: &mut Markup, verdict: Verdict, place: (f64, f64), half: f64) {
    let (x, y) = place;
    let at = |dx: f64, dy: f64| format!("{:.1} {:.1}", x + dx * half, y + dy * half);
    svg.raw("<g><title>").text(verdict_label(verdict)).raw("</title>");
    match verdict {
        Verdict::Pass => {
            svg.raw("<circle fill=\"#1a7f4b\"").number("cx", x).number("cy", y).number("r", half).raw("/>");
            svg.attribute_path(&format!("M{} L{} L{}", at(-0.45, 0.02), at(-0.1, 0.38), at(0.5, -0.34)), "#ffffff");
        }
        Verdict::Fail => {
            svg.raw("<rect fill=\"#b3261e\" rx=\"2\"").number("x", x - half).number("y", y - half);
            svg.number("width", 2.0 * half).number("height", 2.0 * half).raw("/>");
            let path = format!("M{} L{} M{} L{}", at(-0.4, -0.4), at(0.4, 0.4), at(0.4, -0.4), at(-0.4, 0.4));
            svg.attribute_path(&path, "#ffffff");
        }
        Verdict::Unproven => {
            let corners = format!("{} {} {} {}", at(0.0, -1.1), at(1.1, 0.0), at(0.0, 1.1), at(-1.1, 0.0));
            svg.raw("<polygon fill=\"#ffffff\" stroke=\"#8a5a00\" stroke-width=\"1.6\"")
                .attribute("points", &corners)
                .raw("/>");
            svg.raw("<text fill=\"#8a5a00\" font-weight=\"700\" text-anchor=\"middle\"");
            svg.number("font-size", half * 1.4).number("x", x).number("y", y + half * 0.5).raw(">?</text>");
        }
    }
    svg.raw("</g>");
}

impl Markup {
    fn attribute_path(&mut self, path: &str, stroke: &'static str) -> &mut Self {
        self.raw("<path fill=\"none\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        self.attribute("stroke", stroke).attribute("d", path).raw("/>")
    }
}

fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M").to_string()
}

fn day(timeline: &Timeline) -> String {
    let days = || timeline.rounds.iter().map(|round| round.asked.strftime("%Y-%m-%d").to_string());
    match (days().next(), days().next_back()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}, times in UTC"),
        (Some(first), _) => format!("{first}, times in UTC"),
        (None, _) => "No test was made".to_owned(),
    }
}

/// The picture in words, for who cannot see it.
fn description(timeline: &Timeline) -> String {
    let rounds: Vec<String> = timeline
        .rounds
        .iter()
        .map(|round| format!("{} {}", clock(round.asked), verdict_label(round.verdict)))
        .collect();
    format!("Tests in the order of time (UTC): {}", rounds.join(", "))
}
