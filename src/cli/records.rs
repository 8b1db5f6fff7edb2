//! `history …` and `report …`: what earlier tests have left.

use std::path::PathBuf;

use crate::engine::{
    Event, OpenedRecord, Problem, RecordCommand, RecordEvent, RecordRef, RecordRow, SavedReport, Standing,
    record_check_json, verify_json_with,
};

use super::{
    ExitStatus,
    args::Format,
    lines::Lines,
    printer,
    record_args::{HistoryCommand, ReportCommand},
    record_text,
    run::Terminal,
    verify::result_text,
};

impl Terminal {
    pub(super) fn history(&mut self, command: Option<HistoryCommand>, format: Format) -> ExitStatus {
        let asked = match command.unwrap_or(HistoryCommand::List) {
            HistoryCommand::List => RecordCommand::List,
            HistoryCommand::Show { record } => RecordCommand::Open(RecordRef::Typed(record)),
            HistoryCommand::Compare { before, after } => {
                RecordCommand::Compare(RecordRef::Typed(before), RecordRef::Typed(after))
            }
            HistoryCommand::Delete { record } => RecordCommand::Delete(RecordRef::Typed(record)),
            HistoryCommand::Close { record } => RecordCommand::Close(RecordRef::Typed(record)),
        };
        match self.ask_records(asked) {
            Some(event) => show(event, format),
            None => ExitStatus::Bug,
        }
    }

    pub(super) fn report(
        &mut self,
        command: Option<ReportCommand>,
        record: Option<String>,
        out: Vec<PathBuf>,
    ) -> ExitStatus {
        let (asked, format) = match command {
            Some(ReportCommand::Check { record, sha256, output }) => {
                (RecordCommand::Check(RecordRef::Typed(record), sha256), output.format)
            }
            None => (RecordCommand::Save(RecordRef::Typed(record.unwrap_or_default()), out), Format::Text),
        };
        match self.ask_records(asked) {
            Some(event) => show(event, format),
            None => ExitStatus::Bug,
        }
    }

    /// Says what an earlier start of the program left unfinished. A single test cannot be gone on with: once it was
    /// said, its record is closed. A watch stays open until somebody goes on with it or closes it.
    pub(super) fn tell_pending(&mut self, resumed: Option<&str>) {
        let Some(RecordEvent::Listed(rows)) = self.ask_records(RecordCommand::List) else { return };
        for row in rows {
            let Some(words) = row.pending_words() else { continue };
            printer::progress(&format!("Note: {words}"));
            if row.summary.as_ref().is_some_and(|summary| summary.is_watch) {
                if resumed.is_none() {
                    printer::progress(&record_text::how_to_go_on(&row.id));
                }
            } else {
                let _told = self.ask_records(RecordCommand::Close(RecordRef::File(row.path)));
            }
        }
    }

    fn ask_records(&mut self, command: RecordCommand) -> Option<RecordEvent> {
        let job = self.engine.records(command);
        let mut answer = None;
        self.follow(job, |event| {
            if let Event::Records(_, event) = event {
                answer = Some(*event);
            }
        });
        answer
    }
}

fn show(event: RecordEvent, format: Format) -> ExitStatus {
    let is_text = format == Format::Text;
    match event {
        RecordEvent::Listed(rows) => print(|| record_text::rows(&rows), || record_text::rows_json(&rows), is_text),
        RecordEvent::Opened(opened) => shown(&opened, is_text),
        RecordEvent::Compared(compared) => {
            print(|| record_text::compared(&compared), || record_text::compared_json(&compared), is_text)
        }
        RecordEvent::Deleted(path) => said(&format!("Deleted {}", path.display())),
        RecordEvent::Closed(path) => said(&format!("Closed {}", path.display())),
        RecordEvent::Saved(files) => saved(&files),
        RecordEvent::Checked(path, check) => {
            print(|| record_text::check(&path, &check), || record_check_json(&check), is_text);
            match check.standing {
                Standing::Intact => ExitStatus::Pass,
                Standing::Unfinished => ExitStatus::Unproven,
                Standing::Altered(_) | Standing::OtherHead | Standing::Disagrees | Standing::OtherReport => {
                    ExitStatus::Fail
                }
            }
        }
        RecordEvent::Failed(problem) => failed(&problem),
    }
}

fn print(text: impl Fn() -> Lines, json: impl Fn() -> String, is_text: bool) -> ExitStatus {
    if is_text {
        printer::result(&text());
    } else {
        printer::json(&json());
    }
    ExitStatus::Pass
}

fn said(words: &str) -> ExitStatus {
    printer::progress(words);
    ExitStatus::Pass
}

fn shown(opened: &OpenedRecord, is_text: bool) -> ExitStatus {
    let Some(report) = &opened.report else {
        printer::progress(&format!("error: {}", opened.check.words()));
        return ExitStatus::SetUp;
    };
    let id: &RecordRow = &opened.row;
    print(
        || {
            let mut out = Lines::of(&format!("Record {} ({})", id.id, id.state.words()));
            out.add(&result_text(report, &opened.trail));
            out
        },
        || verify_json_with(report, &opened.trail),
        is_text,
    )
}

fn saved(files: &[SavedReport]) -> ExitStatus {
    let mut status = ExitStatus::Pass;
    for file in files {
        match &file.failure {
            None => printer::progress(&format!("Written: {}", file.path.display())),
            Some(why) => {
                printer::progress(&format!(
                    "error: the report {} could not be written: {why}",
                    printer::shown(&file.path)
                ));
                status = ExitStatus::SetUp;
            }
        }
    }
    status
}

fn failed(problem: &Problem) -> ExitStatus {
    printer::progress(&format!("error: {}. {}", problem.summary, problem.cause));
    for advice in &problem.advice {
        printer::progress(&format!("  {advice}"));
    }
    if let Some(detail) = &problem.evidence.detail {
        printer::progress(&format!("  Detail: {detail}"));
    }
    ExitStatus::SetUp
}
