//! What can be typed, as data. Nothing is judged here beyond the shape of the command.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    policy_args::PolicyCommand,
    record_args::{AnywhereOutputArgs, HistoryCommand, ReportCommand, WatchArgs},
    secret::SecretCommand,
};

/// Proves that an Entra app registration with Mail.Send may send only as the people it should.
#[derive(Debug, Parser)]
#[command(name = "exchange365-cli", version, after_help = AFTER_HELP)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// The folder that records of tests are kept in, none to keep nothing
    #[arg(long, global = true, value_name = "FOLDER", env = "EXCHANGE365_DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Exit codes: 0 pass, 1 fail, 2 wrong use or set-up (bad arguments, sign-in refused), 3 unproven, 4 cancelled, 70 bug.
What is not proven is unproven, never pass. What was proven to fail before somebody cancelled is a fail.

The client secret is never an argument: set the variable EXCHANGE365_CLIENT_SECRET, or use --secret-file FILE
(--secret-file - reads standard input). Every other option may come from a variable EXCHANGE365_…, too,
such as EXCHANGE365_TENANT_ID; what is typed beats it, and one that means nothing to a command is ignored.

Try it without a tenant of your own: exchange365-cli verify --demo";

const FLEET_HELP: &str = "\
FILE is TOML with [[customers]] (and [defaults] for what they have in common), or CSV with the same names as columns:
  name, tenant_id, client_id, secret_env, secret_file or secret_key, permitted, forbidden, to,
  and where needed cloud, login_url, graph_url, exchange_url, proxy, timeout_secs, subject, body.
A secret itself never stands in it: secret_env names a variable, secret_file a file (beside the list, or absolute),
secret_key a secret that was kept in this system's key store with: exchange365-cli secret keep NAME

Exit code: that of the worst customer; from the worst on: 70 bug, 1 fail, 4 cancelled, 3 unproven, 2 set-up, 0 pass.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sign in and say what the token allows
    Token {
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Send one test mail
    Send {
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        send: SendArgs,
        #[command(flatten)]
        mail: MailArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Send as permitted and as forbidden senders and give one verdict
    ///
    /// A forbidden sender that is not fenced in really sends a mail; it is harmless and says what it is.
    Verify {
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        senders: SenderArgs,
        #[command(flatten)]
        mail: MailArgs,
        #[command(flatten)]
        watch: Box<WatchArgs>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Earlier tests: list, show, compare, delete
    History {
        #[command(subcommand)]
        command: Option<HistoryCommand>,
        #[command(flatten)]
        output: AnywhereOutputArgs,
    },
    /// Write the report of an earlier test, or check its evidence
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Report {
        #[command(subcommand)]
        command: Option<ReportCommand>,
        /// The test: the begin of its id, its file, or last
        #[arg(required = true, value_name = "RECORD")]
        record: Option<String>,
        /// Where to write it; the ending decides the format: html, md, json, csv, xml, svg; repeats
        #[arg(long, value_name = "FILE", required = true)]
        out: Vec<PathBuf>,
    },
    /// Set up the fence: scripts for the administrator, and what their output says
    Policy {
        #[command(subcommand)]
        command: Box<PolicyCommand>,
    },
    /// Ask many mailboxes whether the app could send as them, without sending
    ///
    /// The known senders (--permitted, --forbidden) are really sent as, as in verify: the probe, which Microsoft does
    /// not document, counts only where it agrees with these mails. A sweep alone never proves a fence.
    Sweep {
        #[command(flatten)]
        credentials: CredentialArgs,
        #[command(flatten)]
        senders: SenderArgs,
        #[command(flatten)]
        mail: MailArgs,
        #[command(flatten)]
        sweep: SweepArgs,
    },
    /// Test many customers and give one summary
    #[command(after_help = FLEET_HELP)]
    Fleet(FleetArgs),
    /// Client secrets in this system's key store, for lists of customers
    Secret {
        #[command(subcommand)]
        command: SecretCommand,
    },
    /// Serve the demo tenant on this machine until stopped; prints addresses and credentials as JSON
    Demo {
        /// The scenario; see the list below
        #[arg(env = "EXCHANGE365_DEMO")]
        scenario: Option<String>,
        /// Where to listen: a loopback address, port 0 for a free one
        #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:0", env = "EXCHANGE365_LISTEN")]
        listen: SocketAddr,
    },
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(super) struct CredentialArgs {
    /// Tenant ID: GUID or domain
    #[arg(long, value_name = "TENANT", env = "EXCHANGE365_TENANT_ID")]
    pub(super) tenant_id: Option<String>,
    /// Client ID of the app registration
    #[arg(long, value_name = "GUID", env = "EXCHANGE365_CLIENT_ID")]
    pub(super) client_id: Option<String>,
    /// File that holds the client secret, - for standard input
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_SECRET_FILE")]
    pub(super) secret_file: Option<PathBuf>,
    /// The cloud: global, us-gov, us-dod, china, bleu, delos or govsg
    #[arg(long, value_name = "CLOUD", env = "EXCHANGE365_CLOUD")]
    pub(super) cloud: Option<String>,
    /// Instead of the cloud's login authority
    #[arg(long, value_name = "URL", env = "EXCHANGE365_LOGIN_URL")]
    pub(super) login_url: Option<String>,
    /// Instead of the cloud's Microsoft Graph
    #[arg(long, value_name = "URL", env = "EXCHANGE365_GRAPH_URL")]
    pub(super) graph_url: Option<String>,
    /// Instead of the cloud's Exchange
    #[arg(long, value_name = "URL", env = "EXCHANGE365_EXCHANGE_URL")]
    pub(super) exchange_url: Option<String>,
    /// HTTP proxy: system, none, or an address without password
    #[arg(long, value_name = "PROXY", env = "EXCHANGE365_PROXY")]
    pub(super) proxy: Option<String>,
    /// Seconds that one call may take
    #[arg(long, value_name = "SECONDS", env = "EXCHANGE365_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) timeout: Option<u64>,
    /// Use the embedded demo tenant instead, with this scenario
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, default_missing_value = "", env = "EXCHANGE365_DEMO")]
    pub(super) demo: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Senders")]
pub(super) struct SenderArgs {
    /// Senders that must be accepted; repeats, takes lists separated by commas
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_PERMITTED")]
    pub(super) permitted: Vec<String>,
    /// Senders that must be refused; repeats, takes lists separated by commas
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_FORBIDDEN")]
    pub(super) forbidden: Vec<String>,
    /// Also write the result to FILE; the ending decides the format; repeats
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_REPORT")]
    pub(super) report: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Senders")]
pub(super) struct SendArgs {
    /// Whose mailbox sends: exactly one address
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_FROM")]
    pub(super) from: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Mail")]
pub(super) struct MailArgs {
    /// Who gets the mail
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_TO")]
    pub(super) to: Option<String>,
    /// Subject; the test id is added
    #[arg(long, value_name = "TEXT", env = "EXCHANGE365_SUBJECT")]
    pub(super) subject: Option<String>,
    /// Plain text; a line with the test id is added
    #[arg(long, value_name = "TEXT", env = "EXCHANGE365_BODY")]
    pub(super) body: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct FleetArgs {
    /// The list of customers, TOML or CSV
    pub(super) file: PathBuf,
    /// Test only part I of N parts of the list, from 1, for a scheduler that spreads it
    #[arg(long, value_name = "I/N", env = "EXCHANGE365_SHARD")]
    pub(super) shard: Option<String>,
    /// Customers tested at a time
    #[arg(long, value_name = "N", default_value_t = 8, env = "EXCHANGE365_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) concurrency: u16,
    /// Also write the result to FILE: .jsonl, .xml (JUnit) or .html; repeats
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_REPORT")]
    pub(super) report: Vec<PathBuf>,
    /// How the result is printed on standard output; progress goes to standard error
    #[arg(long, value_enum, default_value_t = FleetOutput::Text, env = "EXCHANGE365_FORMAT")]
    pub(super) format: FleetOutput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FleetOutput {
    /// For people.
    Text,
    /// JSON lines: one per customer as it ends, and the summary last.
    Json,
    /// JUnit XML, for build servers.
    Junit,
    /// One HTML page.
    Html,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Mailboxes")]
pub(super) struct SweepArgs {
    /// File with the mailboxes, one address per line or CSV with a header, - for standard input; '# ' begins a remark;
    /// repeats
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_MAILBOXES")]
    pub(super) mailboxes: Vec<PathBuf>,
    /// Everybody in this group: object id, address or name; the app must be allowed to read it; repeats
    #[arg(long, value_name = "GROUP", env = "EXCHANGE365_GROUP")]
    pub(super) group: Vec<String>,
    /// Everybody in the directory; the app must be allowed to read it
    #[arg(long, env = "EXCHANGE365_DIRECTORY")]
    pub(super) directory: bool,
    /// File with further mailboxes that must be reachable, by address or object id; they are asked too, and nothing is
    /// sent as them
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_EXPECTED_FILE")]
    pub(super) expected_file: Option<PathBuf>,
    /// Mailboxes asked at a time, each by one request at a time
    #[arg(long, value_name = "N", default_value_t = 16, env = "EXCHANGE365_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) concurrency: u16,
    /// Keep a journal in this new file, so that a stopped sweep can go on
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_JOURNAL")]
    pub(super) journal: Option<PathBuf>,
    /// Go on with this journal; mailboxes and known senders are those of the journal
    #[arg(long, value_name = "FILE", env = "EXCHANGE365_RESUME")]
    pub(super) resume: Option<PathBuf>,
    /// How the result is printed on standard output; progress goes to standard error
    #[arg(long, value_enum, default_value_t = SweepFormat::Text, env = "EXCHANGE365_FORMAT")]
    pub(super) format: SweepFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SweepFormat {
    /// For people.
    Text,
    /// For programs: the documented JSON.
    Json,
    /// One row per mailbox.
    Csv,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How the result is printed on standard output; progress goes to standard error
    #[arg(long, value_enum, default_value_t = Format::Text, env = "EXCHANGE365_FORMAT")]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs: the documented JSON.
    Json,
}
