//! The list of customers, TOML or CSV: who, where, whom to test; never a secret, only where it is kept.

use std::{collections::BTreeSet, path::PathBuf};

use serde::Deserialize;

use crate::{
    base::{Secret, echo},
    verify::{csv_row, fits},
};

use super::{Senders, Setup};

/// A customer of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetEntry {
    /// Its name, or its place in the list where it has none.
    pub name: String,
    /// The profile, or what is wrong with it.
    pub profile: Result<FleetProfile, String>,
}

/// What one customer's test needs, but for the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetProfile {
    /// Credentials and ways, without the secret.
    pub setup: Setup,
    /// Senders and mail.
    pub senders: Senders,
    /// Where the secret is kept.
    pub secret: SecretSource,
}

/// Where a client secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In this environment variable.
    Variable(String),
    /// In this file.
    File(PathBuf),
    /// In the operating system's key store, under this name.
    KeyStore(String),
}

/// A part of the list, for a scheduler that spreads it: `I/N`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    of: usize,
}

impl Shard {
    /// Reads `I/N`.
    ///
    /// # Errors
    /// Not of that form, or not 1 ≤ I ≤ N.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{} is no part such as 1/4: the part from 1, a slash, the number of parts", echo(text));
        let (index, of) = text.trim().split_once('/').ok_or_else(wrong)?;
        let (index, of) = (index.parse().ok(), of.parse().ok());
        match (index, of) {
            (Some(index), Some(of)) if (1..=of).contains(&index) => Ok(Self { index, of }),
            _ => Err(wrong()),
        }
    }

    /// Whether the customer at this place of the list, from 0, belongs to the part.
    pub fn takes(self, place: usize) -> bool {
        place % self.of == self.index - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.index, self.of)
    }
}

/// The form of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FleetFormat {
    /// `[[customers]]`, with `[defaults]` for what they have in common.
    Toml,
    /// A header with the same names, a customer per line, lists separated by semicolons or spaces.
    Csv,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileWire {
    tenant_id: Option<String>,
    client_id: Option<String>,
    secret_env: Option<String>,
    secret_file: Option<PathBuf>,
    secret_key: Option<String>,
    cloud: Option<String>,
    login_url: Option<String>,
    graph_url: Option<String>,
    exchange_url: Option<String>,
    proxy: Option<String>,
    timeout_secs: Option<u64>,
    permitted: Option<Addresses>,
    forbidden: Option<Addresses>,
    to: Option<String>,
    subject: Option<String>,
    body: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Addresses {
    One(String),
    Many(Vec<String>),
}

impl Addresses {
    fn text(self) -> String {
        match self {
            Self::One(text) => text.split_whitespace().collect::<Vec<_>>().join("\n"),
            Self::Many(list) => list.join("\n"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWire {
    #[serde(default)]
    defaults: toml::Table,
    #[serde(default)]
    customers: Vec<toml::Table>,
}

/// Reads the list. One customer that cannot be read does not keep the others from being read.
///
/// # Errors
/// The text as a whole is not of that form, or names nobody.
pub fn parse_fleet(text: &str, format: FleetFormat) -> Result<Vec<FleetEntry>, String> {
    let tables = match format {
        FleetFormat::Toml => of_toml(text)?,
        FleetFormat::Csv => of_csv(text)?,
    };
    if tables.is_empty() {
        return Err("it names no customer".to_owned());
    }
    let mut entries: Vec<FleetEntry> = Vec::new();
    for (place, row) in tables.into_iter().enumerate() {
        let mut entry = match row {
            Ok(table) => entry(place, table),
            Err(fault) => FleetEntry { name: fault.name_or(place), profile: Err(fault.words) },
        };
        if entries.iter().any(|other| other.name.eq_ignore_ascii_case(&entry.name)) {
            entry.profile = Err(format!("the name '{}' is used twice", entry.name));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// A row that cannot be read as a table.
struct RowFault {
    name: Option<String>,
    words: String,
}

impl RowFault {
    fn name_or(&self, place: usize) -> String {
        self.name.clone().unwrap_or_else(|| nameless(place))
    }
}

/// How a customer without a name is called.
fn nameless(place: usize) -> String {
    format!("customer {}", place + 1)
}

fn of_toml(text: &str) -> Result<Vec<Result<toml::Table, RowFault>>, String> {
    // The parser's message quotes the line, which may hold what should not be there: a secret.
    let file: FileWire = toml::from_str(text).map_err(|err| place_of(&err, text))?;
    let with_defaults = |customer: toml::Table| {
        let mut table = file.defaults.clone();
        table.remove("name");
        table.extend(customer);
        Ok(table)
    };
    Ok(file.customers.into_iter().map(with_defaults).collect())
}

fn place_of(err: &toml::de::Error, text: &str) -> String {
    let before = err.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("it is no list of customers in TOML (line {})", before.matches('\n').count() + 1)
}

fn of_csv(text: &str) -> Result<Vec<Result<toml::Table, RowFault>>, String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().ok_or("it is empty")?;
    let separator = [';', '\t', ','].into_iter().find(|separator| first.contains(*separator)).unwrap_or(',');
    let names = csv_row(first, separator).ok_or("a quote in its first line is not closed")?;
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    if !names.iter().any(|name| name == "tenant_id") {
        return Err("its first line names no column tenant_id".to_owned());
    }
    let mut seen = BTreeSet::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        if !seen.insert(name) {
            return Err(
                "its first line names a column twice; several addresses stand in one cell, with blanks between"
                    .to_owned(),
            );
        }
    }
    Ok(lines.map(|line| of_row(line, separator, &names)).collect())
}

fn of_row(line: &str, separator: char, names: &[String]) -> Result<toml::Table, RowFault> {
    // The name is before whatever is wrong in most rows; nothing else of the row is repeated.
    let fault = |fields: &[String], words: &str| {
        let name = names.first().filter(|name| *name == "name").and_then(|_| fields.first());
        let name = name.filter(|name| !name.is_empty()).cloned();
        RowFault { name, words: words.to_owned() }
    };
    let Some(fields) = csv_row(line, separator) else {
        return Err(fault(&[], "a quote in its row is not closed"));
    };
    if !fits(&fields, names.len()) {
        let words = "its row has more cells than there are columns; put quotes around a cell that holds the separator";
        return Err(fault(&fields, words));
    }
    let cells = names.iter().cloned().zip(fields).filter(|(_, cell)| !cell.is_empty());
    let value = |(name, cell): (String, String)| {
        let number = (name == "timeout_secs").then(|| cell.parse().ok()).flatten();
        (name, number.map_or(toml::Value::String(cell), toml::Value::Integer))
    };
    Ok(cells.map(value).collect())
}

fn entry(place: usize, mut table: toml::Table) -> FleetEntry {
    let name = table.remove("name");
    let is_text = name.as_ref().is_none_or(toml::Value::is_str);
    let name = name.as_ref().and_then(toml::Value::as_str).map(str::trim).unwrap_or_default().to_owned();
    let name = if name.is_empty() { nameless(place) } else { name };
    let secret_names = ["secret", "client_secret", "password"];
    let profile = if table.keys().any(|key| secret_names.contains(&key.to_lowercase().as_str())) {
        Err("the secret itself must not stand in the list; name secret_env, secret_file or secret_key instead"
            .to_owned())
    } else if is_text {
        read(table)
    } else {
        Err("its name is no text".to_owned())
    };
    FleetEntry { name, profile }
}

fn read(table: toml::Table) -> Result<FleetProfile, String> {
    // Again without the parser's own words, which may quote a value.
    let known = "name, tenant_id, client_id, secret_env, secret_file, secret_key, cloud, login_url, graph_url, \
                 exchange_url, proxy, timeout_secs, permitted, forbidden, to, subject, body";
    let wire = ProfileWire::deserialize(toml::Value::Table(table))
        .map_err(|_quoted| format!("an unknown name, or a value of the wrong type; known names: {known}"))?;
    let text = |value: Option<String>| value.unwrap_or_default();
    let secret = match (wire.secret_env, wire.secret_file, wire.secret_key) {
        (Some(name), None, None) => SecretSource::Variable(name),
        (None, Some(path), None) => SecretSource::File(path),
        (None, None, Some(name)) => SecretSource::KeyStore(name),
        (None, None, None) => {
            return Err("it does not say where the secret is kept: secret_env, secret_file or secret_key".to_owned());
        }
        _ => return Err("it names more than one place for the secret".to_owned()),
    };
    let setup = Setup {
        tenant_id: text(wire.tenant_id),
        client_id: text(wire.client_id),
        client_secret: Secret::new(String::new()),
        cloud: text(wire.cloud),
        login_url: text(wire.login_url),
        graph_url: text(wire.graph_url),
        exchange_url: text(wire.exchange_url),
        proxy: text(wire.proxy),
        timeout_secs: wire.timeout_secs,
    };
    let senders = Senders {
        permitted: wire.permitted.map(Addresses::text).unwrap_or_default(),
        forbidden: wire.forbidden.map(Addresses::text).unwrap_or_default(),
        recipient: text(wire.to),
        subject: text(wire.subject),
        text: text(wire.body),
    };
    Ok(FleetProfile { setup, senders, secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = r#"
        [defaults]
        cloud = "global"
        to = "it@x.example"
        [[customers]]
        name = "A"
        tenant_id = "a.example"
        client_id = "11111111-2222-3333-4444-555555555555"
        secret_env = "A_SECRET"
        permitted = ["p@a.example", "q@a.example"]
        forbidden = "f@a.example"
        timeout_secs = 20
    "#;
    const CSV: &str = "name;tenant_id;client_id;secret_env;permitted;forbidden;to;cloud;timeout_secs\r\n\
        A;a.example;11111111-2222-3333-4444-555555555555;A_SECRET;\"p@a.example q@a.example\";f@a.example;it@x.example;global;20\r\n";

    #[test]
    fn both_forms_say_the_same() {
        let toml = parse_fleet(TOML, FleetFormat::Toml).unwrap();
        assert_eq!(toml, parse_fleet(CSV, FleetFormat::Csv).unwrap());
        let profile = toml[0].profile.as_ref().unwrap();
        assert_eq!(profile.senders.permitted, "p@a.example\nq@a.example");
        assert_eq!(profile.senders.recipient, "it@x.example");
        assert_eq!(
            (profile.setup.timeout_secs, &profile.secret),
            (Some(20), &SecretSource::Variable("A_SECRET".to_owned()))
        );
    }

    #[test]
    fn a_row_that_does_not_fit_its_columns_is_not_guessed_at() {
        let (head, row) = CSV.split_once("\r\n").unwrap();
        let twice = format!("{head};forbidden\r\n{}", row.replace("\r\n", ";g@a.example\r\n"));
        assert!(parse_fleet(&twice, FleetFormat::Csv).unwrap_err().contains("twice"));
        let more = row.replacen("f@a.example", "f@a.example;ceo@a.example", 1);
        let open = row.replacen("q@a.example\"", "q@a.example", 1);
        let good = row.replacen("A;", "B;", 1).replace("\r\n", ";;\r\n");
        let entries = parse_fleet(&format!("{head}\r\n{more}{good}{open}"), FleetFormat::Csv).unwrap();
        let told: Vec<(&str, Option<&str>)> = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.profile.as_ref().err().map(String::as_str)))
            .collect();
        assert_eq!(told[1], ("B", None), "empty cells at the end do no harm");
        assert!(told[0].0 == "A" && told[0].1.is_some_and(|words| words.contains("more cells")), "{told:?}");
        assert!(told[2].0 == "customer 3" && told[2].1.is_some_and(|words| words.contains("quote")), "{told:?}");
    }

    #[test]
    fn one_bad_customer_leaves_the_others_alone_and_no_secret_is_repeated() {
        let text = format!(
            "{TOML}\n[[customers]]\nname = \"B\"\nclient_secret = \"canary\"\n[[customers]]\nname = \"a\"\nsecret_env=\"X\"\n\
             [[customers]]\nname = \"C\"\nsecret_env=\"X\"\ncolour = \"canary\"\n[[customers]]\nsecret_env=\"X\"\nsecret_file=\"Y\"\n\
             [[customers]]\nname = 5\ntenant_id = \"canary\"\n"
        );
        let entries = parse_fleet(&text, FleetFormat::Toml).unwrap();
        let good: Vec<bool> = entries.iter().map(|entry| entry.profile.is_ok()).collect();
        assert_eq!(good, [true, false, false, false, false, false]);
        assert_eq!(entries[4].name, "customer 5");
        assert!(!format!("{entries:?}").contains("canary"));
        for bad in ["", "customers = 3", "[[customers]\nclient_secret = \"canary\"", "[[clients]]\nname=\"canary\""] {
            assert!(!parse_fleet(bad, FleetFormat::Toml).unwrap_err().contains("canary"), "{bad}");
        }
        assert!(parse_fleet("name,client_id\nA,b", FleetFormat::Csv).is_err());
    }

    #[test]
    fn parts_are_the_whole_and_nothing_twice() {
        for of in 1..7 {
            let parts: Vec<Shard> = (1..=of).map(|index| Shard::parse(&format!("{index}/{of}")).unwrap()).collect();
            for place in 0..50 {
                assert_eq!(parts.iter().filter(|part| part.takes(place)).count(), 1);
            }
        }
        for bad in ["", "0/3", "4/3", "1", "1/0", "a/b", "-1/2"] {
            assert!(Shard::parse(bad).is_err(), "{bad}");
        }
    }
}
