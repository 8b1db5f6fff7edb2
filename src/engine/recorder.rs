//! Keeps the record of a job while it runs. Where nothing can be kept, the job goes on and says so.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    base::{Clock, Redactor, error_chain},
    report::{Trail, VerifyReport, report_of_record},
    verify::{
        Witness,
        record::{Entry, Header, Record, WriteError, Writer},
    },
};

use super::{Event, jobs::Context};

/// An open record, or why there is none. Clones write into the same one.
#[derive(Debug, Clone)]
pub(super) struct Recorder(Arc<Mutex<Keeping>>);

#[derive(Debug)]
struct Keeping {
    clock: Clock,
    writer: Option<Writer>,
    /// Why nothing is kept any more; told once.
    lost: Option<String>,
}

impl Recorder {
    /// Begins a record in the folder of records; without a folder nothing is kept, and that was somebody's wish.
    pub(super) fn begin(context: &Context, header: &Header, redactor: Redactor) -> Self {
        let clock = context.clock.clone();
        let (writer, lost) = match &context.records {
            None => (None, None),
            Some(folder) => match Writer::create(folder, header, redactor, clock.now()) {
                Ok(writer) => (Some(writer), None),
                Err(err) => (None, Some(error_chain(&err))),
            },
        };
        Self(Arc::new(Mutex::new(Keeping { clock, writer, lost })))
    }

    /// Goes on with a record that was left unfinished.
    pub(super) fn resume(context: &Context, path: &Path, redactor: Redactor) -> Result<(Self, Record), WriteError> {
        let clock = context.clock.clone();
        let (writer, record) = Writer::resume(path, redactor, clock.now())?;
        Ok((Self(Arc::new(Mutex::new(Keeping { clock, writer: Some(writer), lost: None }))), record))
    }

    /// Writes one line, on the disk when this returns. After a line that could not be written no other is: a gap would
    /// make the record worthless.
    pub(super) fn append(&self, entry: &Entry) {
        let mut keeping = self.lock();
        let now = keeping.clock.now();
        if let Some(Err(err)) = keeping.writer.as_mut().map(|writer| writer.append(now, entry)) {
            keeping.writer = None;
            keeping.lost = Some(error_chain(&err));
        }
    }

    /// Writes down what a run is about to do before it does it.
    pub(super) fn witness(&self) -> Witness {
        let recorder = self.clone();
        Witness::new(move |event| recorder.append(&event.into()))
    }

    /// Says, once, that nothing is kept any more.
    pub(super) async fn tell(&self, context: &Context) {
        let lost = self.lock().lost.take();
        if let Some(reason) = lost {
            context.emitter.emit(Event::NotRecorded(context.job, reason)).await;
        }
    }

    /// Lets go of the record and reads it back: what is shown and saved is what stands on the disk.
    pub(super) fn close(&self) -> Option<(VerifyReport, Trail)> {
        let path = self.lock().writer.take().map(|writer| writer.path().to_owned())?;
        let record = Record::read(&path).ok()?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        report_of_record(&record, &name).ok()
    }

    fn lock(&self) -> MutexGuard<'_, Keeping> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
