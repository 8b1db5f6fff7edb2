//! The records of earlier tests: finds, lists, opens, compares, deletes them, and writes reports of them.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    base::{Clock, Field, InputError, InputFault, Redactor, error_chain},
    explain::{self, Problem},
    report::{
        Format as ReportFormat, Standing, Trail, VerifyReport, check_record, check_report, compare, is_foreign_address,
        record_names, report_format, report_of_record, write_report_with,
    },
    verify::record::{self, ABANDONED, Completeness, Listed, ReadError, Record, Summary, Writer},
};

use super::{
    Compared, Event, JobId, OpenedRecord, RecordCommand, RecordEvent, RecordRef, RecordRow, RecordState, RecordSummary,
    SavedReport,
    actor::{Actor, finish},
};

/// Larger files are no reports.
const MAX_REPORT: u64 = 64 * 1024 * 1024;

/// Digits of an id that are shown.
const ID_CHARS: usize = 8;

impl Actor {
    /// Reading and writing files is not done on the engine's own thread.
    pub(super) fn handle_records(&mut self, job: JobId, command: RecordCommand) {
        let context = self.context(job);
        self.tasks.spawn(async move {
            let (folder, clock) = (context.records.clone(), context.clock.clone());
            let done = tokio::task::spawn_blocking(move || answer(folder.as_deref(), &clock, command)).await;
            if let Ok(event) = done {
                context.emitter.emit(Event::Records(job, Box::new(event))).await;
            }
            finish(&context).await
        });
    }
}

type Answer = Result<RecordEvent, Box<Problem>>;

fn answer(folder: Option<&Path>, clock: &Clock, command: RecordCommand) -> RecordEvent {
    let answer = match command {
        RecordCommand::List => list(folder),
        RecordCommand::Open(which) => open(folder, &which),
        RecordCommand::Compare(before, after) => compare_two(folder, &before, &after),
        RecordCommand::Delete(which) => delete(folder, &which),
        RecordCommand::Close(which) => close(folder, &which, clock),
        RecordCommand::Save(which, files) => save(folder, &which, &files),
        RecordCommand::Check(which, head) => check(folder, &which, head.as_deref()),
    };
    answer.unwrap_or_else(RecordEvent::Failed)
}

fn list(folder: Option<&Path>) -> Answer {
    Ok(RecordEvent::Listed(listed(folder)?.iter().map(row).collect()))
}

fn listed(folder: Option<&Path>) -> Result<Vec<Listed>, Box<Problem>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    record::list(folder).map_err(|err| unreadable(folder, &err.to_string()))
}

/// The file of a record.
pub(super) fn find(folder: Option<&Path>, which: &RecordRef) -> Result<PathBuf, Box<Problem>> {
    let typed = match which {
        RecordRef::File(path) => return Ok(path.clone()),
        RecordRef::Typed(typed) => typed.trim(),
    };
    if Path::new(typed).is_file() {
        return Ok(PathBuf::from(typed));
    }
    let all = listed(folder)?;
    if typed.eq_ignore_ascii_case("last") {
        return all.into_iter().next().map(|listed| listed.path).ok_or_else(|| not_found(typed, "none is kept here"));
    }
    let begins = |listed: &Listed| {
        let stem = listed.path.file_stem().unwrap_or_default().to_string_lossy();
        let name = listed.path.file_name().unwrap_or_default().to_string_lossy();
        let id = listed.summary.as_ref().map_or("", |summary| summary.header.record_id.as_str());
        id.starts_with(typed) || short_id(&stem).starts_with(typed) || stem == typed || name == typed
    };
    let mut found = all.into_iter().filter(|listed| !typed.is_empty() && begins(listed));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.path),
        (Some(_), Some(_)) => Err(not_found(typed, "more than one begins like that, type more of the id")),
        (None, _) => Err(not_found(typed, "the ids that history lists")),
    }
}

fn open(folder: Option<&Path>, which: &RecordRef) -> Answer {
    let path = find(folder, which)?;
    let check = check_record(&path, None).map_err(|err| not_a_record(&path, &err))?;
    let record = Record::read(&path).map_err(|err| not_a_record(&path, &err))?;
    let row = row(&record::listed(&path));
    let (report, trail) = match report_of_record(&record, &file_name(&path)) {
        Ok((report, trail)) => (Some(report), trail),
        Err(_altered) => (None, Trail::default()),
    };
    Ok(RecordEvent::Opened(Box::new(OpenedRecord { row, report, trail, check })))
}

fn compare_two(folder: Option<&Path>, before: &RecordRef, after: &RecordRef) -> Answer {
    let (before, after) = (find(folder, before)?, find(folder, after)?);
    let (earlier, later) = (report_of(&before)?, report_of(&after)?);
    // However they were named, time has one direction.
    let (before, after, earlier, later) = if earlier.0.started <= later.0.started {
        (before, after, earlier, later)
    } else {
        (after, before, later, earlier)
    };
    let row_of = |path: &Path| row(&record::listed(path));
    let (before, after) = (row_of(&before), row_of(&after));
    let mut comparison = compare(&earlier.0, &later.0);
    let is_rehearsal = |row: &RecordRow| row.summary.as_ref().is_some_and(|summary| summary.is_rehearsal);
    if is_rehearsal(&before) != is_rehearsal(&after) {
        comparison.remarks.push("The answers of one of the tests did not come from Microsoft 365".to_owned());
    }
    let compared = Compared { before, after, comparison };
    Ok(RecordEvent::Compared(Box::new(compared)))
}

fn delete(folder: Option<&Path>, which: &RecordRef) -> Answer {
    let path = find(folder, which)?;
    // Only what is a record by its content, so that a mistyped name cannot cost another file.
    Record::read(&path).map_err(|err| not_a_record(&path, &err))?;
    record::remove(&path).map_err(|err| explain::record_not_changed(&file_name(&path), &error_chain(&err)))?;
    Ok(RecordEvent::Deleted(path))
}

fn close(folder: Option<&Path>, which: &RecordRef, clock: &Clock) -> Answer {
    let path = find(folder, which)?;
    let failed = |why: String| Box::new(explain::record_not_changed(&file_name(&path), &why));
    Writer::close(&path, Redactor::default(), clock.now(), ABANDONED).map_err(|err| failed(error_chain(&err)))?;
    Ok(RecordEvent::Closed(path))
}

fn save(folder: Option<&Path>, which: &RecordRef, files: &[PathBuf]) -> Answer {
    if let Some(err) = files.iter().find_map(|file| report_format(file).err()) {
        return Err(Box::new(explain::input(&err)));
    }
    let (report, trail) = report_of(&find(folder, which)?)?;
    let saved = files.iter().map(|file| SavedReport {
        path: file.clone(),
        failure: write_report_with(&report, &trail, file).err().map(|err| err.to_string()),
    });
    Ok(RecordEvent::Saved(saved.collect()))
}

fn check(folder: Option<&Path>, which: &RecordRef, head: Option<&str>) -> Answer {
    let path = find(folder, which)?;
    match check_record(&path, head) {
        Ok(check) => Ok(RecordEvent::Checked(path, Box::new(check))),
        Err(ReadError::NotARecord) => match report_format(&path) {
            Ok(format) => check_against_record(folder, &path, format),
            Err(_) => Err(not_a_record(&path, &ReadError::NotARecord)),
        },
        Err(err) => Err(not_a_record(&path, &err)),
    }
}

/// A report is checked against the record it names, which lies beside it or in the folder of records.
fn check_against_record(folder: Option<&Path>, path: &Path, format: ReportFormat) -> Answer {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_REPORT).read_to_end(&mut bytes));
    read.map_err(|err| unreadable(path, &err.to_string()))?;
    let report = String::from_utf8_lossy(&bytes);
    let names = record_names(&report);
    let beside = path.parent().unwrap_or(Path::new(""));
    let mut checked = None;
    for name in &names {
        let places = [Some(beside), folder].into_iter().flatten().map(|place| place.join(name));
        for place in places.filter(|place| place.is_file()) {
            let record = Record::read(&place).map_err(|err| not_a_record(&place, &err))?;
            let check = check_report(&report, format, &record, name);
            let is_its_own = check.standing != Standing::OtherReport;
            checked = Some(RecordEvent::Checked(place, Box::new(check)));
            if is_its_own {
                return checked.ok_or_else(|| not_a_record(path, &ReadError::NotARecord));
            }
        }
    }
    checked.ok_or_else(|| match names.first() {
        Some(name) => Box::new(explain::record_missing(&file_name(path), name)),
        None => not_a_record(path, &ReadError::NotARecord),
    })
}

fn report_of(path: &Path) -> Result<(VerifyReport, Trail), Box<Problem>> {
    let record = Record::read(path).map_err(|err| not_a_record(path, &err))?;
    report_of_record(&record, &file_name(path)).map_err(|err| unreadable(path, &error_chain(&err)))
}

fn row(listed: &Listed) -> RecordRow {
    let stem = listed.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let state = match &listed.summary {
        Ok(_) if listed.running => RecordState::Running,
        Ok(summary) => state(&summary.completeness),
        Err(err) => RecordState::Unreadable(error_chain(err)),
    };
    RecordRow {
        id: listed.summary.as_ref().map_or_else(
            |_| short_id(&stem).to_owned(),
            |summary| summary.header.record_id.chars().take(ID_CHARS).collect(),
        ),
        path: listed.path.clone(),
        state,
        summary: listed.summary.as_ref().ok().map(summary),
    }
}

fn state(completeness: &Completeness) -> RecordState {
    match completeness {
        Completeness::Finished => RecordState::Finished,
        Completeness::Waiting { until, .. } => RecordState::Waiting { until: *until },
        Completeness::Interrupted { in_flight } => {
            RecordState::Interrupted { in_flight: in_flight.iter().map(|it| it.test_id.to_string()).collect() }
        }
        Completeness::Altered { line } => RecordState::Altered { line: *line },
    }
}

fn summary(summary: &Summary) -> RecordSummary {
    let header = &summary.header;
    RecordSummary {
        begun: summary.begun,
        last: summary.last,
        verdict: summary.verdict,
        rounds: summary.rounds,
        is_watch: header.watch.is_some(),
        senders: header.plan.senders.len(),
        tenant_id: header.tenant_id.clone(),
        client_id: header.client_id.clone(),
        recipient: header.plan.recipient.to_string(),
        is_rehearsal: header.service_url.as_deref().is_some_and(|url| is_foreign_address(header.cloud, url)),
    }
}

/// `run-20261123T080000Z-1a2b3c4d` ends in the id.
fn short_id(stem: &str) -> &str {
    stem.rsplit('-').next().unwrap_or(stem)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn not_found(typed: &str, known: &str) -> Box<Problem> {
    let fault = InputFault::Unknown { text: typed.to_owned(), known: known.to_owned() };
    Box::new(explain::input(&InputError::new(Field::Record, fault)))
}

fn not_a_record(path: &Path, err: &ReadError) -> Box<Problem> {
    match err {
        ReadError::Io(_) => unreadable(path, &error_chain(err)),
        ReadError::TooLarge | ReadError::NotARecord | ReadError::NewerSchema(_) => {
            Box::new(explain::record_unusable(&file_name(path), &error_chain(err)))
        }
    }
}

fn unreadable(path: &Path, reason: &str) -> Box<Problem> {
    let fault = InputFault::FileUnreadable { path: path.display().to_string(), reason: reason.to_owned() };
    Box::new(explain::input(&InputError::new(Field::Record, fault)))
}
