//! Who did what when: a row per sender, a column of marks per test. Readable without colour: tick, cross, question mark.

use eframe::egui::{Align2, Rect, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use crate::{
    base::Timestamp,
    engine::{Expected, TimelineRound, Verdict},
};

use super::{
    super::{
        report_text, text,
        tokens::{Palette, Tone, Type, size, space, square},
    },
    mark::{Mark, paint},
};

/// Room for a sender's name.
const NAMES: f32 = 190.0;
/// Height of a row.
const ROW: f32 = 26.0;
/// Columns closer together than this are pushed apart.
const APART: f32 = 40.0;
/// More senders than this are counted, not drawn.
const MOST_ROWS: usize = 24;
const NAME_CHARS: usize = 28;

/// Draws the timeline; `changed` is when somebody says that the change was made.
pub(in super::super) fn timeline_ui(ui: &mut Ui, rounds: &[TimelineRound], changed: Option<Timestamp>) {
    let names = names(rounds);
    let shown = names.len().min(MOST_ROWS);
    let width = ui.available_width();
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let height = ROW * (shown as f32 + 1.0) + 2.0 * size::TEXT_LINE;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let palette = Palette::of(ui);
    let painter = ui.painter_at(rect);
    let (left, right) = (rect.left() + NAMES, rect.right() - 20.0);
    let fits = columns_that_fit(right - left);
    let rounds = rounds.get(rounds.len().saturating_sub(fits)..).unwrap_or_default();
    let columns = columns(rounds, changed, (left + 18.0, right));
    let mut top = rect.top();
    let mut rows: Vec<(&str, Tone)> = vec![("", Tone::Neutral)];
    rows.extend(names.iter().take(MOST_ROWS).map(|(name, _)| (name.as_str(), Tone::Neutral)));
    for (number, (name, _)) in rows.iter().enumerate() {
        let middle = top + ROW / 2.0;
        let label = if number == 0 { report_text::TIMELINE_ALL.to_owned() } else { shortened(name) };
        let color = if number == 0 { palette.ink } else { palette.muted };
        painter.text(pos2(rect.left(), middle), Align2::LEFT_CENTER, label, Type::Small.font(), color);
        painter.hline(left..=right, middle, Stroke::new(size::LINE, palette.line));
        for (round, x) in rounds.iter().zip(&columns.rounds) {
            let verdict = if number == 0 {
                Some(round.verdict)
            } else {
                round.senders.iter().find(|sender| sender.address == *name).map(|sender| sender.verdict)
            };
            if let Some(verdict) = verdict {
                let (mark, tone) = look(verdict);
                let side = if number == 0 { size::MARK + 2.0 } else { size::MARK - 3.0 };
                let place = Rect::from_center_size(pos2(*x, middle), square(side));
                paint(&painter, place, mark, palette.tone(tone).ink, palette.surface);
            }
        }
        top += ROW;
    }
    for (round, x) in rounds.iter().zip(&columns.rounds) {
        let time = text::local_clock(round.asked);
        painter.text(pos2(*x, top + 2.0), Align2::CENTER_TOP, time, Type::Small.font(), palette.muted);
    }
    if let Some(x) = columns.changed {
        painter.vline(x, rect.top()..=top, Stroke::new(size::LINE, palette.accent));
        let place = pos2(x.min(right - space::XXL), top + size::TEXT_LINE);
        painter.text(place, Align2::CENTER_TOP, report_text::CHANGED, Type::Small.font(), palette.accent);
    }
    let hidden = names.len() - shown;
    if hidden > 0 {
        let place = pos2(rect.left(), top + 2.0);
        painter.text(place, Align2::LEFT_TOP, report_text::more_senders(hidden), Type::Small.font(), palette.muted);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, report_text::timeline_spoken(rounds)));
}

/// The mark and the tone of a verdict.
pub(in super::super) fn look(verdict: Verdict) -> (Mark, Tone) {
    match verdict {
        Verdict::Pass => (Mark::Tick, Tone::Good),
        Verdict::Fail => (Mark::Cross, Tone::Bad),
        Verdict::Unproven => (Mark::Question, Tone::Caution),
    }
}

fn names(rounds: &[TimelineRound]) -> Vec<(String, Expected)> {
    let mut names: Vec<(String, Expected)> = Vec::new();
    for sender in rounds.iter().flat_map(|round| &round.senders) {
        if !names.iter().any(|(name, _)| *name == sender.address) {
            names.push((sender.address.clone(), sender.expected));
        }
    }
    names.sort_by_key(|(_, expected)| *expected);
    names
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn columns_that_fit(width: f32) -> usize {
    (width / APART).clamp(1.0, 64.0) as usize
}

struct Columns {
    rounds: Vec<f32>,
    changed: Option<f32>,
}

/// Where moments stand from left to right, to scale as far as marks do not touch.
fn columns(rounds: &[TimelineRound], changed: Option<Timestamp>, (left, right): (f32, f32)) -> Columns {
    let moments = || rounds.iter().map(|round| round.asked).chain(changed);
    let from = moments().min().unwrap_or(Timestamp::UNIX_EPOCH);
    let to = moments().max().unwrap_or(from);
    let all = to.duration_since(from).as_secs_f32();
    let place = |moment: Timestamp| {
        let part = if all > 0.0 { moment.duration_since(from).as_secs_f32() / all } else { 0.0 };
        left + (right - left - APART / 2.0) * part.clamp(0.0, 1.0)
    };
    let mut columns: Vec<f32> = rounds.iter().map(|round| place(round.asked)).collect();
    let mut least = f32::NEG_INFINITY;
    for x in &mut columns {
        *x = x.max(least);
        least = *x + APART;
    }
    let mut most = right - APART / 2.0;
    for x in columns.iter_mut().rev() {
        *x = x.min(most);
        most = *x - APART;
    }
    Columns { rounds: columns, changed: changed.map(place) }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME_CHARS) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(minute: i64) -> TimelineRound {
        let asked = Timestamp::from_second(1_800_000_000 + minute * 60).unwrap();
        TimelineRound { asked, verdict: Verdict::Pass, senders: Vec::new(), obstacle: None }
    }

    #[test]
    fn columns_keep_their_order_their_distance_and_the_frame() {
        for minutes in [vec![0], vec![0, 1, 2, 3], vec![0, 100, 101, 102], vec![0, 0, 0, 0, 0]] {
            let rounds: Vec<TimelineRound> = minutes.iter().map(|minute| round(*minute)).collect();
            let columns = columns(&rounds, None, (100.0, 400.0)).rounds;
            assert!(columns.windows(2).all(|pair| pair[1] - pair[0] >= APART - 0.01), "{columns:?}");
            assert!(columns.iter().all(|x| (100.0..=400.0).contains(x)), "{columns:?}");
        }
    }
}
