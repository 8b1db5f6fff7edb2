//! The command line above an output: it says which mailbox and app an answer is about, which the answer does not.

/// Cmdlets whose output is read.
const CMDLETS: [&str; 9] = [
    "Test-ApplicationAccessPolicy",
    "Get-ApplicationAccessPolicy",
    "Test-ServicePrincipalAuthorization",
    "Get-ManagementRoleAssignment",
    "Get-ManagementScope",
    "Get-ServicePrincipal",
    "Get-DistributionGroupMember",
    "Get-DistributionGroup",
    "Get-Recipient",
];

/// A command with the arguments that matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CommandLine {
    pub(super) cmdlet: &'static str,
    pub(super) identity: Option<String>,
    pub(super) app_id: Option<String>,
    pub(super) resource: Option<String>,
}

/// The command in a line such as `PS C:\> Test-ApplicationAccessPolicy -Identity a@b.c -AppId …`.
pub(super) fn in_line(line: &str) -> Option<CommandLine> {
    // PowerShell's error texts repeat the name, followed by a colon.
    let (at, cmdlet) = CMDLETS.into_iter().find_map(|name| find_word(line, name).map(|at| (at, name)))?;
    let rest = line.get(at + cmdlet.len()..)?;
    if rest.trim_start().starts_with(':') {
        return None;
    }
    let arguments = arguments(rest);
    let after = |name: &str| {
        let position = arguments.iter().position(|word| word.eq_ignore_ascii_case(name))?;
        // A variable says nothing about what was asked.
        arguments.get(position + 1).filter(|value| !value.starts_with(['$', '-', '('])).cloned()
    };
    Some(CommandLine { cmdlet, identity: after("-Identity"), app_id: after("-AppId"), resource: after("-Resource") })
}

fn find_word(line: &str, name: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let at = lower.find(&name.to_ascii_lowercase())?;
    let next = lower.get(at + name.len()..)?.chars().next();
    next.is_none_or(|next| !next.is_ascii_alphanumeric() && next != '-').then_some(at)
}

/// Words of a command, quotes taken off; what follows a pipe belongs to another command.
fn arguments(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for character in text.chars() {
        match quote {
            Some(end) if character == end => quote = None,
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if matches!(character, '|' | ';' | '}') => break,
            None if character.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            Some(_) | None => word.push(character),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_says_what_it_was_asked() {
        let found = in_line("PS C:\\> test-applicationaccesspolicy -Identity 'a@b.com' -AppId 1 | fl").unwrap();
        assert_eq!(found.cmdlet, "Test-ApplicationAccessPolicy");
        assert_eq!((found.identity.as_deref(), found.app_id.as_deref()), (Some("a@b.com"), Some("1")));
        assert_eq!(in_line("Get-DistributionGroupMember -Identity g").unwrap().cmdlet, "Get-DistributionGroupMember");
        for behind in ["| x -Identity b@b.com", "; x -Identity b@b.com", "} -Identity b@b.com"] {
            let found = in_line(&format!("Test-ApplicationAccessPolicy -AppId 1 {behind}")).unwrap();
            assert_eq!((found.identity, found.app_id.as_deref()), (None, Some("1")), "{behind}");
        }
        assert_eq!(in_line("Test-ApplicationAccessPolicy -Identity $_ -AppId 1").unwrap().identity, None);
        assert_eq!(in_line("Test-ApplicationAccessPolicy : The object could not be found"), None);
        assert_eq!(in_line("Get-ServicePrincipals"), None);
        assert_eq!(in_line("AppId : 1"), None);
    }
}
