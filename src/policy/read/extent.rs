//! Whether an output shows all there is, so that what is absent in it is absent: by the command above it (pure).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ReadContext, Recognised,
    command::{Argument, CommandLine},
    record::Record,
};
use crate::policy::Known;

/// Exchange shows so many members unless more are asked for.
const MEMBERS_SHOWN: usize = 1000;

/// Properties by which an object is known for one that should have been recognised.
const TELLING: [&str; 7] =
    ["role", "roleassignee", "roleassigneename", "rolename", "appid", "objectid", "recipientfilter"];

/// What can be told of the outputs of one paste before any of them is taken in.
#[derive(Debug, Default)]
pub(super) struct Extents {
    /// Commands of whose output a part could not be read.
    torn: BTreeSet<usize>,
    /// Commands that showed the app's own entry.
    showing_app: BTreeSet<usize>,
    /// By what Exchange calls the app, in lower case.
    own: BTreeSet<String>,
    /// How many objects of which kind each command showed.
    counts: BTreeMap<(usize, Recognised), usize>,
}

impl Extents {
    pub(super) fn of(records: &[(Option<Recognised>, Record)], context: &ReadContext) -> Self {
        let mut all = Self::default();
        let client = context.client_id.map(|id| id.to_string());
        all.own.extend(client.clone());
        all.own.extend(context.object_id.map(|id| id.to_string()));
        for (kind, record) in records {
            let Some(kind) = kind else {
                let known = record.command.as_ref().is_some_and(|command| command.cmdlet.is_some());
                if known || TELLING.iter().any(|name| record.has(name)) {
                    all.torn.insert(record.run);
                }
                continue;
            };
            *all.counts.entry((record.run, *kind)).or_default() += 1;
            let app = record.value("appid").map(str::to_ascii_lowercase);
            if *kind == Recognised::ServicePrincipal && app.is_some() && app == client {
                all.showing_app.insert(record.run);
                let names = ["objectid", "serviceid", "displayname"].map(|name| record.value(name));
                all.own.extend(names.into_iter().flatten().map(str::to_ascii_lowercase));
            }
        }
        all
    }

    /// How many objects of this kind the command above `record` showed.
    pub(super) fn count(&self, kind: Recognised, record: &Record) -> usize {
        self.counts.get(&(record.run, kind)).copied().unwrap_or_default()
    }

    /// True when the output that `record` stands in shows all there is of its kind. Without a command above it that is
    /// for the person alone to say.
    pub(super) fn is_whole(&self, kind: Recognised, record: &Record) -> bool {
        let read = !record.torn && !self.torn.contains(&record.run);
        read && record.command.as_ref().is_none_or(|command| self.shows_all(kind, command, record))
    }

    fn shows_all(&self, kind: Recognised, command: &CommandLine, record: &Record) -> bool {
        if command.partial || command.cmdlet != Some(kind.cmdlet()) {
            return false;
        }
        let everybody = command.identity == Argument::Missing && command.filters.is_empty();
        match kind {
            Recognised::Policy | Recognised::Scope => everybody,
            Recognised::Assignment => everybody && self.is_own_or_missing(&command.assignee),
            // One entry is all there is to the app that it is about.
            Recognised::ServicePrincipal => {
                let own = |(name, value): &(String, String)| {
                    ["appid", "objectid"].contains(&name.as_str()) && self.is_own(value)
                };
                let narrowed = self.is_own_or_missing(&command.identity) && command.filters.iter().all(own);
                everybody || (narrowed && self.showing_app.contains(&record.run))
            }
            // Whose roles were asked for is held against the app later on.
            Recognised::RbacTest => command.identity.text().is_some() && command.filters.is_empty(),
            Recognised::Member => {
                let all = match &command.result_size {
                    Argument::Missing => self.count(kind, record) < MEMBERS_SHOWN,
                    Argument::Text(size) => size.eq_ignore_ascii_case("unlimited"),
                    Argument::Hidden => false,
                };
                all && command.filters.is_empty()
            }
            Recognised::PolicyTest | Recognised::Group => false,
        }
    }

    fn is_own_or_missing(&self, argument: &Argument) -> bool {
        match argument {
            Argument::Missing => true,
            Argument::Text(text) => self.is_own(text),
            Argument::Hidden => false,
        }
    }

    fn is_own(&self, text: &str) -> bool {
        self.own.contains(&text.to_ascii_lowercase())
    }
}

/// A list that is put together from several outputs.
#[derive(Debug)]
pub(super) struct Listed<T>(Vec<(T, bool)>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Listed<T> {
    /// Adds an object; `whole` when the output it stands in shows all there is.
    pub(super) fn add(&mut self, item: T, whole: bool) {
        self.0.push((item, whole));
    }

    /// All of them; complete when one output shows all there is and no other one shows more.
    pub(super) fn known(self) -> Known<T> {
        let all: Vec<&T> = self.0.iter().filter(|(_, whole)| *whole).map(|(item, _)| item).collect();
        let complete = !all.is_empty() && self.0.iter().all(|(item, whole)| *whole || all.contains(&item));
        Known { items: self.0.into_iter().map(|(item, _)| item).collect(), complete }
    }
}
