//! `fleet`: many customers, one summary. A customer that fails never stops the others.

use std::{fs, io, path::Path};

use crate::{
    base::{Secret, escaped_json, write_whole},
    engine::{
        Event, FleetCustomer, FleetEnding, FleetEntry, FleetFormat, FleetReport, FleetRequest, FleetUpdate, KeyStore,
        Problem, SecretSource, Shard, customer_line, fleet_html, fleet_junit, fleet_line, parse_fleet,
        profile_unusable,
    },
};

use super::{
    ExitStatus,
    args::{FleetArgs, FleetOutput},
    config,
    lines::{Lines, line},
    printer::{self, shown},
    run::Terminal,
};

impl Terminal {
    pub(super) fn fleet(&mut self, args: &FleetArgs) -> ExitStatus {
        let request = match request(args, &KeyStore::system()) {
            Ok(request) => request,
            Err(reason) => {
                printer::progress(&format!("error: {reason}"));
                return ExitStatus::SetUp;
            }
        };
        if request.customers.is_empty() {
            // Nothing was tested, so nothing may pass.
            printer::progress("error: this part of the list is empty; there are more parts than customers");
            return ExitStatus::SetUp;
        }
        printer::progress(&format!(
            "{} customers. A forbidden sender that is not fenced in really sends a mail. It is harmless and says what it is.",
            request.customers.len()
        ));
        let Some(report) = self.run_fleet(request, args.format) else { return ExitStatus::Bug };
        match args.format {
            FleetOutput::Text => printer::result(&text(&report)),
            FleetOutput::Json => printer::json(&fleet_line(&report)),
            FleetOutput::Junit => printer::data(&fleet_junit(&report)),
            FleetOutput::Html => printer::data(&fleet_html(&report)),
        }
        let mut status = report.worst();
        for path in &args.report {
            if let Err(err) = write(&report, path) {
                printer::progress(&format!("error: the report {} could not be written: {err}", shown(path)));
                status = if status == ExitStatus::Pass { ExitStatus::SetUp } else { status };
            }
        }
        status
    }

    fn run_fleet(&mut self, request: FleetRequest, format: FleetOutput) -> Option<FleetReport> {
        let total = request.customers.len();
        let job = self.engine.fleet(request);
        let (mut report, mut done) = (None, 0);
        self.follow(job, |event| {
            let Event::Fleet(_, update) = event else { return };
            match *update {
                FleetUpdate::Began(..) => {}
                FleetUpdate::Done(customer) => {
                    done += 1;
                    let (label, summary) = (customer.ending.label(), &customer.report.summary);
                    printer::progress(&format!("{done} of {total}  {label:<9} {}: {summary}", customer.name));
                    if format == FleetOutput::Json {
                        printer::json(&customer_line(&customer));
                    }
                }
                FleetUpdate::Concluded(concluded) => report = Some(*concluded),
            }
        });
        report
    }
}

fn request(args: &FleetArgs, store: &KeyStore) -> Result<FleetRequest, String> {
    for path in &args.report {
        ending(path).ok_or_else(|| format!("{} must end in .jsonl, .xml or .html", shown(path)))?;
    }
    let is_csv = args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let format = if is_csv { FleetFormat::Csv } else { FleetFormat::Toml };
    let bytes =
        fs::read(&args.file).map_err(|err| format!("the file {} could not be read: {err}", shown(&args.file)))?;
    let entries = parse_fleet(&crate::engine::decode(&bytes), format)
        .map_err(|reason| format!("the file {} cannot be used: {reason}", shown(&args.file)))?;
    let shard = args.shard.as_deref().map(Shard::parse).transpose()?;
    let folder = args.file.parent().unwrap_or(Path::new(""));
    let own = entries.into_iter().enumerate().filter(|(place, _)| shard.is_none_or(|shard| shard.takes(*place)));
    Ok(FleetRequest {
        customers: own.map(|(_, entry)| customer(entry, folder, store)).collect(),
        concurrency: usize::from(args.concurrency),
        shard: shard.map(|shard| shard.to_string()),
    })
}

/// Gets the secret from where it is kept.
fn customer(entry: FleetEntry, folder: &Path, store: &KeyStore) -> FleetCustomer {
    let ready = entry.profile.and_then(|profile| {
        let mut setup = profile.setup;
        setup.client_secret = secret(&profile.secret, folder, store)?;
        Ok(Box::new((setup, profile.senders)))
    });
    let unusable = |reason: String| -> Vec<Problem> { vec![profile_unusable(&reason)] };
    FleetCustomer { name: entry.name, ready: ready.map_err(unusable) }
}

fn secret(source: &SecretSource, folder: &Path, store: &KeyStore) -> Result<Secret, String> {
    match source {
        SecretSource::Variable(name) => config::secret_of_variable(name)
            .ok_or_else(|| format!("the variable {} is empty or not set", named_by_list(name))),
        SecretSource::File(path) => config::secret(Some(&folder.join(path))).map_err(|err| err.to_string()),
        SecretSource::KeyStore(name) => store.fetch(name),
    }
}

/// A variable's name, as far as it surely is one: whoever puts the secret itself there is not told it again.
fn named_by_list(name: &str) -> &str {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.is_empty() && name.bytes().all(is_name) { name } else { "that secret_env names" }
}

fn text(report: &FleetReport) -> Lines {
    let mut lines = Lines::of(&format!("{}  {}", report.worst().label(), report.summary()));
    for ending in FleetEnding::ALL {
        for customer in report.customers.iter().filter(|customer| customer.ending == ending) {
            line(&mut lines, &format!("{:<9} {}: {}", ending.label(), customer.name, customer.report.summary));
            if ending != FleetEnding::Pass && !customer.report.next_step.is_empty() {
                line(&mut lines, &format!("          Next: {}", customer.report.next_step));
            }
        }
    }
    lines
}

/// What a report's name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Junit,
    Html,
}

fn ending(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "jsonl" | "json" => Some(Form::Lines),
        "xml" => Some(Form::Junit),
        "html" | "htm" => Some(Form::Html),
        _ => None,
    }
}

/// Whole or not at all.
fn write(report: &FleetReport, path: &Path) -> io::Result<()> {
    let text = match ending(path) {
        Some(Form::Junit) => fleet_junit(report),
        Some(Form::Html) => fleet_html(report),
        Some(Form::Lines) | None => {
            let mut lines: Vec<String> = report.customers.iter().map(customer_line).collect();
            lines.push(fleet_line(report));
            escaped_json(&lines.join("\n")) + "\n"
        }
    };
    write_whole(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_from_files_and_the_key_store_and_a_missing_one_concerns_its_customer_alone() {
        let store = KeyStore::memory();
        store.keep("contoso", &Secret::new("p~kept".to_owned())).unwrap();
        let place = std::env::temp_dir().join(format!("exchange365-fleet-secrets-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("b.secret"), "p~file").unwrap();
        let list = place.join("customers.toml");
        let text = "[[customers]]\nname='A'\nsecret_key='contoso'\n[[customers]]\nname='B'\nsecret_file='b.secret'\n\
                    [[customers]]\nname='C'\nsecret_key='nobody'\n[[customers]]\nname='D'\nsecret_file='none'\n";
        fs::write(&list, text).unwrap();
        let args = FleetArgs { file: list, shard: None, concurrency: 1, report: Vec::new(), format: FleetOutput::Text };
        let customers = request(&args, &store).unwrap().customers;
        let secrets: Vec<Option<&str>> = customers
            .iter()
            .map(|customer| customer.ready.as_ref().ok().map(|ready| ready.0.client_secret.expose()))
            .collect();
        assert_eq!(secrets, [Some("p~kept"), Some("p~file"), None, None]);
        let said = format!("{:?}", customers[2].ready.as_ref().unwrap_err());
        assert!(said.contains("'nobody'"), "{said}");
        fs::remove_dir_all(place).unwrap();
    }
}
