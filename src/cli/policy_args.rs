//! What can be typed for the policy setup, as data.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::{CredentialArgs, OutputArgs};

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print a PowerShell script for the administrator, or save it as .ps1
    #[command(after_help = SCRIPTS)]
    Script {
        /// Which script; see the list below
        #[arg(value_name = "KIND")]
        kind: String,
        #[command(flatten)]
        ids: CredentialArgs,
        #[command(flatten)]
        wanted: WantedArgs,
        /// Save it here (UTF-8 with byte order mark, as Windows PowerShell needs it) instead of printing it
        #[arg(long, value_name = "FILE", env = "EXCHANGE365_OUT")]
        out: Option<PathBuf>,
    },
    /// Read what the script or the cmdlets printed, and say whether the fence holds
    ///
    /// With a client secret it signs in first, because the permissions in the token are a part of the answer.
    /// A script's result has to be of the app's organisation and not older than 24 hours to prove anything.
    Read {
        /// The file, - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        ids: CredentialArgs,
        #[command(flatten)]
        wanted: WantedArgs,
        /// The mailbox a single test was about, when the text does not say it
        #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_MAILBOX")]
        mailbox: Option<String>,
        /// The text is everything the command printed, so what is missing is not there
        ///
        /// Where the text shows a command that leaves something out (a filter, another app, the first ten), this does
        /// not count for what that command printed.
        #[arg(long)]
        whole_output: bool,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Run a script in PowerShell (or, with --demo, in the demo tenant) and judge its result
    #[command(after_help = SCRIPTS)]
    Run {
        /// Which script; see the list below
        #[arg(value_name = "KIND")]
        kind: String,
        #[command(flatten)]
        ids: CredentialArgs,
        #[command(flatten)]
        wanted: WantedArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Print the steps from nothing to a proven fence
    Guide {
        #[command(flatten)]
        ids: CredentialArgs,
        #[command(flatten)]
        wanted: WantedArgs,
    },
}

const SCRIPTS: &str = "\
Scripts:
  module          check and install the Exchange Online PowerShell module
  connect         connect to Exchange Online
  group           create the mail-enabled security group and add the permitted senders
  fence           set up the fence, group included
  verify          ask Exchange about every mailbox; changes nothing
  migrate-add     from policy to RBAC, first half: add the role beside the policy
  migrate-finish  from policy to RBAC, second half: remove the policy
  remove-policy   remove the Application Access Policy
  remove-rbac     remove the RBAC for Applications role";

#[derive(Debug, Args)]
#[command(next_help_heading = "What is wanted")]
pub(super) struct WantedArgs {
    /// How the app is fenced in
    #[arg(long, value_enum, default_value_t = MethodArg::Aap, env = "EXCHANGE365_METHOD")]
    pub(super) method: MethodArg,
    /// The administrator's sign-in name (admin principal name)
    #[arg(long, value_name = "UPN", env = "EXCHANGE365_ADMIN")]
    pub(super) admin: Option<String>,
    /// The group's name
    #[arg(long, value_name = "NAME", env = "EXCHANGE365_GROUP_NAME")]
    pub(super) group_name: Option<String>,
    /// The group's alias
    #[arg(long, value_name = "ALIAS", env = "EXCHANGE365_GROUP_ALIAS")]
    pub(super) group_alias: Option<String>,
    /// The group's address
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_GROUP_ADDRESS")]
    pub(super) group_address: Option<String>,
    /// Senders that must be accepted; repeats, takes lists separated by commas
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_PERMITTED")]
    pub(super) permitted: Vec<String>,
    /// Senders that must be refused; repeats, takes lists separated by commas
    #[arg(long, value_name = "ADDRESS", env = "EXCHANGE365_FORBIDDEN")]
    pub(super) forbidden: Vec<String>,
    /// Object ID of the enterprise application, which RBAC for Applications needs; `token` prints it
    #[arg(long, value_name = "GUID", env = "EXCHANGE365_OBJECT_ID")]
    pub(super) object_id: Option<String>,
    /// The app's name in Exchange
    #[arg(long, value_name = "NAME", env = "EXCHANGE365_APP_NAME")]
    pub(super) app_name: Option<String>,
    /// What the policy is described with
    #[arg(long, value_name = "TEXT", env = "EXCHANGE365_DESCRIPTION")]
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MethodArg {
    /// Application Access Policy, as the guide does it.
    Aap,
    /// RBAC for Applications, as Microsoft recommends it.
    Rbac,
}
