//! What a paste does not prove: filtered lists, answers of another question, results of another day or organisation.

use exchange365::{
    base::{ClientId, MailAddress},
    policy::{
        Access, Desired, DesiredInput, EntraGrants, FenceState, Found, Method, ReadBack, ReadContext, evaluate,
        read_text,
    },
};

const APP: &str = "11111111-2222-3333-4444-555555555555";
const OBJECT: &str = "99999999-2222-3333-4444-555555555555";

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

fn context() -> ReadContext {
    ReadContext {
        client_id: Some(ClientId::parse(APP).unwrap().value),
        group: Some(address("g@x.com")),
        ..ReadContext::default()
    }
}

/// The person says that this is everything.
fn whole() -> ReadContext {
    ReadContext { whole_output: true, ..context() }
}

#[track_caller]
fn read(text: &str, context: &ReadContext) -> ReadBack {
    read_text(text, context).unwrap_or_else(|err| panic!("{err}: {text}"))
}

fn desired() -> Desired {
    let input = DesiredInput {
        tenant: "x.com".into(),
        client_id: APP.into(),
        app_display_name: "App".into(),
        enterprise_object_id: OBJECT.into(),
        admin: "admin@x.com".into(),
        group_name: "G".into(),
        group_alias: "g".into(),
        group_address: "g@x.com".into(),
        permitted: "perm@x.com".into(),
        forbidden: "forb@x.com".into(),
        method: Method::ApplicationAccessPolicy,
        ..DesiredInput::default()
    };
    Desired::parse(&input).unwrap()
}

/// Judged with `Mail.Send` in Entra or without it: the fence, and what is known of the forbidden mailbox's roles.
#[track_caller]
fn judged(text: &str, context: &ReadContext, mail_send: bool) -> (FenceState, Access) {
    let mut found = read(text, context).found;
    let roles: Vec<String> = mail_send.then(|| "Mail.Send".to_owned()).into_iter().collect();
    found.absorb(Found { entra: EntraGrants::from_token_roles(&roles), ..Found::default() });
    let evaluation = evaluate(&desired(), &found, &[]);
    let forbidden = evaluation.mailboxes.iter().find(|mailbox| mailbox.address == address("forb@x.com")).unwrap();
    (evaluation.fence, forbidden.rbac)
}

/// What `Test-ApplicationAccessPolicy` prints.
fn policy_answer(mailbox: &str, word: &str) -> String {
    format!(
        "PS C:\\> Test-ApplicationAccessPolicy -Identity {mailbox} -AppId {APP} | fl\n\nAppId             : {APP}\n\
         Mailbox           : someone\nAccessCheckResult : {word}\n\n"
    )
}

/// Both answers of a policy that holds, and below them what `command` prints.
fn fenced_and(command: &str, output: &str) -> String {
    [policy_answer("perm@x.com", "Granted"), policy_answer("forb@x.com", "Denied")].concat()
        + &format!("PS C:\\> {command}\n\n{output}\n\nPS C:\\> ")
}

const READ_ROLE: &str = "Name                : x\nRole                : Application Mail.Read\n\
    RoleAssignee        : 99999999-2222-3333-4444-555555555555\nEnabled             : True\nCustomResourceScope : \n\
    RecipientWriteScope : Organization";

const OTHER_ENTRY: &str = "AppId       : 77777777-2222-3333-4444-555555555555\n\
    ObjectId    : 88888888-2222-3333-4444-555555555555\nDisplayName : Some other app";

const READ_ROW: &str = "RoleName             : Application Mail.Read\nGrantedPermissions   : Mail.Read\n\
    AllowedResourceScope : Organization\nScopeType            : Organization\nInScope              : True";

/// A list of roles that a filter has made shorter says nothing of a role that is not in it.
#[test]
fn a_filtered_list_of_roles_proves_nothing_by_what_is_absent() {
    for command in [
        "Get-ManagementRoleAssignment -Role \"Application Mail.Read\" | fl",
        "Get-ManagementRoleAssignment -role:'Application Mail.Read'",
        "Get-ManagementRoleAssignment \"x\"",
        "Get-ManagementRoleAssignment -Identity x",
        "Get-ManagementRoleAssignment -I x",
        "Get-ManagementRoleAssignment \u{2013}Role \u{201c}Application Mail.Read\u{201d}",
        "Get-ManagementRoleAssignment -RoleAssigneeType User",
        "Get-ManagementRoleAssignment -Enabled $true",
        "Get-ManagementRoleAssignment -RoleAssignee $sp.Id",
        "Get-ManagementRoleAssignment -RoleAssignee 'another app'",
        "Get-ManagementRoleAssignment -RoleAssignee 88888888-2222-3333-4444-555555555555",
        "Get-ManagementRoleAssignment @filter",
        "Get-ManagementRoleAssignment | where Role -like '*Read*' | fl",
        "Get-ManagementRoleAssignment | Where-Object { $_.Role -like '*Read*' } | fl",
        "Get-ManagementRoleAssignment |? { $_.Role -like '*Read*' }|fl",
        "Get-ManagementRoleAssignment | fl | Select-String Read",
        "Get-ManagementRoleAssignment | fl | findstr Read",
        "Get-ManagementRoleAssignment | select -First 1",
        "Get-ManagementRoleAssignment | Select-Object Name,Role -Last 1 | fl",
        "Get-ManagementRoleAssignment | select -Unique Role | fl",
        "Get-ManagementRoleAssignment | select -Skip 1",
        "Get-ManagementRoleAssignment | sort Name -Top 1 | fl",
        "Get-ManagementRoleAssignment | more",
        "Get-ManagementRoleAssignment | Out-Host -Paging",
        "Get-ManagementRoleAssignment | ForEach-Object { if ($_.Role -like '*Read*') { $_ } } | fl",
        "(Get-ManagementRoleAssignment)[0] | fl",
        "(Get-ManagementRoleAssignment).Where({ $_.Role -like '*Read*' })",
        "$a = Get-ManagementRoleAssignment; $a[0] | fl",
        "Get-ManagementRoleAssignment 2>$null",
        "Get-ManagementRoleAssignment -ErrorAction SilentlyContinue",
        "Get-ManagementRoleAssignment `\n>> -Role 'Application Mail.Read' | fl",
        "Get-ManagementRoleAssignment `\n  -Role 'Application Mail.Read' | fl",
        "Get-ManagementRoleAssignment |\n>> where Role -like '*Read*' |\n>> fl",
        "Get-ManagementRoleAssignment |\nwhere Role -like '*Read*' | fl",
        "Get-ManagementRoleAssignment\n| where Role -like '*Read*' | fl",
        // A remark ends with its line.
        "Get-ManagementRoleAssignment # all\n| where Role -like '*Read*' | fl",
        "Get-ManagementRoleAssignment | # all\nwhere Role -like '*Read*' | fl",
        "Get-ManagementRoleAssignment | # all\nwhere Role -like '*Read*' | # short\nfl",
        "Get-ManagementRoleAssignment |\n>> # all\nwhere Role -like '*Read*' | fl",
        // A window that is not wide enough breaks what was typed.
        "Get-ManagementRoleAssignment -Ro\nle 'Application Mail.Read' | fl",
        "$roles",
        "$roles | fl",
        ".\\roles.ps1",
    ] {
        let (fence, rbac) = judged(&fenced_and(command, READ_ROLE), &whole(), true);
        assert_eq!((fence, rbac), (FenceState::NotProven, Access::Unknown), "{command}");
    }
}

/// Without another entry shown, whether the app is known to Exchange at all is not known.
#[test]
fn another_apps_entry_does_not_say_that_ours_is_not_registered() {
    for command in [
        "Get-ServicePrincipal -Identity 'Some other app' | fl AppId,ObjectId,DisplayName",
        "Get-ServicePrincipal 'Some other app'",
        "Get-ServicePrincipal -Identity 77777777-2222-3333-4444-555555555555",
        "Get-ServicePrincipal | Where-Object { $_.AppId -eq '77777777-2222-3333-4444-555555555555' }",
        "Get-ServicePrincipal | where DisplayName -eq 'Some other app'",
        // Asked about ours, the answer is about another one.
        "Get-ServicePrincipal -Identity 11111111-2222-3333-4444-555555555555",
        "Get-ServicePrincipal -Identity 99999999-2222-3333-4444-555555555555",
    ] {
        let text = fenced_and(command, OTHER_ENTRY);
        assert_eq!(judged(&text, &whole(), true), (FenceState::NotProven, Access::Unknown), "{command}");
    }
    let text = fenced_and("Get-ServicePrincipal | fl", OTHER_ENTRY);
    assert_eq!(judged(&text, &whole(), true), (FenceState::Fenced, Access::Denied));
}

#[test]
fn filtered_lines_of_the_role_test_prove_nothing_by_what_is_absent() {
    let asked = |mailbox: &str, stages: &str| {
        format!(
            "PS C:\\> Test-ServicePrincipalAuthorization -Identity {OBJECT} -Resource {mailbox} {stages}\n\n{READ_ROW}\n\n"
        )
    };
    let text = |stages: &str| fenced_and("$null", "") + &asked("perm@x.com", stages) + &asked("forb@x.com", stages);
    for stages in [
        "| where RoleName -like '*Read*' | fl",
        "| ? { $_.InScope -eq $true } | fl",
        "| where RoleName -eq 'Application Mail.Read'",
        "| select -First 1 | fl",
        "| fl | findstr Read",
        "2>$null",
        "| % { $_ } | fl",
    ] {
        let seen = judged(&text(stages), &whole(), true);
        assert_eq!(seen, (FenceState::NotProven, Access::Unknown), "{stages}");
        let json = text(stages).replace(
            READ_ROW,
            r#"{"RoleName": "Application Mail.Read", "GrantedPermissions": ["Mail.Read"], "InScope": true}"#,
        );
        assert_eq!(judged(&json, &whole(), true), (FenceState::NotProven, Access::Unknown), "{stages}, as JSON");
    }
    for stages in ["", "| fl", "| Format-Table -AutoSize", "| select RoleName,GrantedPermissions,InScope | fl"] {
        assert_eq!(judged(&text(stages), &whole(), true), (FenceState::Fenced, Access::Denied), "{stages}");
    }
    // Whose roles they are, a variable does not say.
    let hidden = text("").replace(&format!("-Identity {OBJECT}"), "-Identity $sp.ObjectId");
    assert_eq!(judged(&hidden, &whole(), true), (FenceState::NotProven, Access::Unknown));
}

/// What our own steps tell people to type shows everything that it is asked for.
#[test]
fn commands_of_our_own_steps_are_read_as_complete() {
    let known = ReadContext { object_id: exchange365::base::ObjectId::parse(OBJECT), ..whole() };
    let own = format!(
        "Get-ManagementRoleAssignment -RoleAssignee '{OBJECT}' | Format-List Name,Role,RoleAssignee,CustomResourceScope,RecipientWriteScope,Enabled"
    );
    assert_eq!(judged(&fenced_and(&own, READ_ROLE), &known, true), (FenceState::Fenced, Access::Denied));
    for broken in [own.replace("Role,", "Role,\n"), own.replace("| ", "|\n"), format!("{own} # ours")] {
        assert_eq!(judged(&fenced_and(&broken, READ_ROLE), &known, true).0, FenceState::Fenced, "{broken}");
    }
    // Whose id that is has to be known.
    assert_eq!(judged(&fenced_and(&own, READ_ROLE), &whole(), true).0, FenceState::NotProven);
    let bare = read(&format!("{READ_ROLE}\n"), &whole()).found;
    assert!(bare.assignments.complete, "where no command is shown, nothing speaks against the person");

    let entry = format!("DisplayName : Totalview\nAppId       : {APP}\nObjectId    : {OBJECT}");
    let by_app = format!(
        "Get-ServicePrincipal | Where-Object {{ $_.AppId -eq '{APP}' }} | Format-List DisplayName,AppId,ObjectId"
    );
    for command in [by_app.as_str(), &format!("Get-ServicePrincipal {APP}"), "Get-ServicePrincipal"] {
        let found = read(&format!("PS> {command}\n\n{entry}\n"), &whole()).found;
        assert!(found.service_principals.complete, "{command}");
    }
    // What else is asked for may leave out another entry of the app.
    for command in [
        "Get-ServicePrincipal | where DisplayName -eq 'Totalview'".to_owned(),
        "Get-ServicePrincipal | where AppId -eq 77777777-2222-3333-4444-555555555555".to_owned(),
        format!("Get-ServicePrincipal {APP} | where DisplayName -eq 'Totalview'"),
        format!("Get-ServicePrincipal Total* | where AppId -eq '{APP}'"),
        "Get-ServicePrincipal Total*".to_owned(),
    ] {
        let found = read(&format!("PS> {command}\n\n{entry}\n"), &whole()).found;
        assert!(!found.service_principals.complete, "{command}");
    }
    // The entry tells by which id the app's roles are asked for.
    let both = format!("PS> {by_app}\n\n{entry}\n\nPS> {own}\n\n{READ_ROLE}\n");
    assert!(read(&both, &whole()).found.assignments.complete);

    let policy = format!("Identity    : x\nAppId       : {APP}\nAccessRight : RestrictAccess");
    let complete = |command: &str, context: &ReadContext| {
        read(&format!("PS> {command}\n\n{policy}\n"), context).found.policies.complete
    };
    let shown = "Get-ApplicationAccessPolicy | Format-List Identity,AppId,AccessRight,ScopeName,IsValid,Description";
    assert!(complete(shown, &whole()) && !complete(shown, &context()));
    let mine = format!("Get-ApplicationAccessPolicy | Where-Object {{ $_.AppId -eq '{APP}' }} | fl");
    for command in ["Get-ApplicationAccessPolicy -Identity x", mine.as_str()] {
        assert!(!complete(command, &whole()), "{command}: a policy for all apps is not shown");
    }

    let at_once = format!(
        "PS> 'perm@x.com', 'forb@x.com' | ForEach-Object {{ $asked = $_; Test-ServicePrincipalAuthorization -Identity '{OBJECT}' -Resource $asked | Select-Object -Property @{{ Name = 'Asked'; Expression = {{ $asked }} }}, 'RoleName', 'GrantedPermissions', 'AllowedResourceScope', 'ScopeType', 'InScope' }} | ConvertTo-Json -Depth 4\n\
         [{{\"Asked\": \"perm@x.com\", \"RoleName\": \"Application Mail.Send\", \"InScope\": true}},\n\
          {{\"Asked\": \"forb@x.com\", \"RoleName\": \"Application Mail.Send\", \"InScope\": false}}]\nPS> "
    );
    assert_eq!(judged(&at_once, &whole(), false), (FenceState::Fenced, Access::Denied));
    // A window that is not wide enough breaks the command as well.
    let broken = at_once.replace("Select-Object", "Select-Ob\nject").replace("-Depth", "-De\npth");
    assert_eq!(judged(&broken, &whole(), false), (FenceState::Fenced, Access::Denied));
}

#[test]
fn a_shortened_list_of_members_is_not_the_whole_group() {
    let member =
        |index: usize| format!("Name : m{index}\nRecipientType : UserMailbox\nPrimarySmtpAddress : m{index}@x.com\n\n");
    let complete = |command: &str, count: usize| {
        let list: String = (0..count).map(member).collect();
        read(&format!("PS> {command}\n\n{list}"), &whole()).found.groups[0].members.complete
    };
    for (command, count, expected) in [
        ("Get-DistributionGroupMember -Identity 'g@x.com' -ResultSize Unlimited | fl", 2, true),
        ("Get-DistributionGroupMember g@x.com", 999, true),
        ("Get-DistributionGroupMember g@x.com", 1000, false),
        ("Get-DistributionGroupMember g@x.com -ResultSize Unlimited", 1000, true),
        ("Get-DistributionGroupMember g@x.com -ResultSize 10", 10, false),
        ("Get-DistributionGroupMember g@x.com -ResultSize $all", 2, false),
        ("Get-DistributionGroupMember g@x.com | where Name -like 'm*'", 2, false),
    ] {
        assert_eq!(complete(command, count), expected, "{command} {count}");
    }
    let warned = format!(
        "PS> Get-DistributionGroupMember g@x.com\n\n{}WARNING: There are more results\navailable than are currently displayed.\n",
        member(1)
    );
    assert!(!read(&warned, &whole()).found.groups[0].members.complete);
}

/// Members of a group that the text does not name, or calls by a name nobody knows, are not the wanted group's.
#[test]
fn members_of_another_group_are_not_taken_for_ours() {
    let member = "Name : m\nRecipientType : UserMailbox\nPrimarySmtpAddress : m@x.com\n";
    let group = |command: &str, context: &ReadContext| {
        let back = read(&format!("PS> {command}\n\n{member}"), context);
        back.found.groups.first().and_then(|group| group.address.clone())
    };
    let named = ReadContext { group_names: vec!["Totalview senders".into(), String::new()], ..whole() };
    for command in [
        "Get-DistributionGroupMember 'Other group'",
        "Get-DistributionGroupMember -Identity $group",
        "Get-DistributionGroup other | Get-DistributionGroupMember",
        "Get-DistributionGroupMember",
        "Get-DistributionGroupMember ''",
    ] {
        assert_eq!(group(command, &named), None, "{command}");
    }
    assert_eq!(group("Get-DistributionGroupMember 'totalview Senders'", &named), named.group);
    assert_eq!(group("Get-DistributionGroupMember o@x.com", &named), Some(address("o@x.com")));
    // Two tables without a command cannot both be meant.
    let table =
        "Name RecipientType PrimarySmtpAddress\n---- ------------- ------------------\nm    UserMailbox   m@x.com\n\n";
    assert_eq!(read(table, &named).found.groups.len(), 1);
    assert_eq!(read(&format!("{table}{table}"), &named).found.groups.len(), 0);
}

/// What was cut out of a paste was there.
#[test]
fn a_text_that_says_that_something_is_missing_is_not_whole() {
    let text = |between: &str| format!("PS> Get-ManagementRoleAssignment | fl\n\n{READ_ROLE}\n{between}\nPS> ");
    let complete = |text: &str| read(text, &whole()).found.assignments.complete;
    assert!(complete(&text("")));
    for between in [
        "\n...\n",
        "\n[\u{2026}]\n",
        "\n-- More --\n",
        "\nGet-ManagementRoleAssignment: |Microsoft.Exchange|The server is busy.\n",
        "\nWrite-ErrorMessage : |Microsoft.Exchange.X|The operation failed\n",
        "\nWARNING: There are more results available than are currently displayed.\n",
        // An object of which a part is missing.
        "\nName : y\nRole : Application Mail.Send\n",
        "\nName : y\nRoleAssignee : z\n",
        "\nName : y\nEnabled : True\n",
    ] {
        assert!(!complete(&text(between)), "{between}");
    }
    assert!(complete(&text("\nWARNING: This cmdlet Get-ManagementRoleAssignment\nis going away.\n")));
    let table = |row: &str| {
        format!(
            "PS> Get-ManagementRoleAssignment | ft\n\nName Role                  RoleAssignee RecipientWriteScope\n\
             ---- ----                  ------------ -------------------\nx    Application Mail.Read a            Organization\n{row}\n\n"
        )
    };
    assert!(complete(&table("y    Application Mail.Read a            Organization")));
    assert!(!complete(&table("...")) && !complete(&table("... ...                   ...          ...")));
    // Right below a table as well.
    for below in [
        "Get-ManagementRoleAssignment: |Microsoft.Exchange|The server is busy.",
        "WARNING: There are more results available than are currently displayed.",
    ] {
        assert!(!complete(&table(below)), "{below}");
    }
    // Without a command above them.
    let bare = |more: &str| format!("{READ_ROLE}\n\n{more}\n");
    assert!(complete(&bare("Name : y\nColour : z")) && !complete(&bare("Name : y\nRoleAssignee : z")));
}

/// What is missing in one output says nothing of another one.
#[test]
fn each_output_is_whole_or_not_by_itself() {
    let scope = "Name            : S\nRecipientFilter : MemberOfGroup -eq 'CN=a'";
    let shown = |command: &str, output: &str| format!("PS> {command}\n\n{output}\n\n");
    let text = shown("Get-ServicePrincipal | fl", OTHER_ENTRY)
        + &shown("Get-ManagementScope | fl", scope)
        + &shown("Get-ManagementRoleAssignment -Role 'Application Mail.Read' | fl", READ_ROLE)
        + &shown("Get-ManagementRoleAssignment -Role 'Application Mail.Read' | fl", &[READ_ROLE, READ_ROLE].join("\n"));
    let back = read(&text, &whole());
    let complete = |back: &ReadBack| {
        let found = &back.found;
        [found.service_principals.complete, found.scopes.complete, found.assignments.complete]
    };
    assert_eq!(complete(&back), [true, true, false]);
    assert_eq!(back.found.assignments.items.len(), 3);
    let said = "this is not all that Get-ManagementRoleAssignment has to show, so what is missing here proves nothing; \
        paste the whole output of the command as this step shows it";
    let notes: Vec<_> = back.notes.iter().map(|note| (note.line, note.text.as_str())).collect();
    assert_eq!(notes, [(Some(14), said), (Some(23), said)], "once for each command");
    let unsaid = read(&text, &context());
    assert_eq!((complete(&unsaid), unsaid.notes), ([false; 3], Vec::new()), "only the person can say that it is all");
    let filtered = shown("Get-ManagementScope | where Name -eq 'S'", scope);
    assert!(!read(&filtered, &whole()).found.scopes.complete);
}

/// A table ends where something else begins, even without an empty line.
#[test]
fn what_stands_right_below_a_table_is_no_row_of_it() {
    let table = "Name Role                  RoleAssignee RecipientWriteScope\n\
                 ---- ----                  ------------ -------------------\n\
                 x    Application Mail.Read a            Organization\n";
    let command = format!("Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP}");
    let answer = format!("AppId             : {APP}\nAccessCheckResult : Denied\n");
    for below in [format!("PS> {command}"), command.clone(), format!("WARNING: x\n\n{command}")] {
        let found = read(&format!("{table}{below}\n\n{answer}"), &context()).found;
        assert_eq!(found.assignments.items.len(), 1, "{below}");
        assert_eq!(found.policy_tests[0].mailbox, Some(address("forb@x.com")), "{below}");
    }
}

/// Two listings of the same: the whole one counts, unless the other one shows what it does not.
#[test]
fn a_part_beside_a_whole_ends_completeness_only_with_news() {
    let list = |command: &str, role: &str| format!("PS> {command}\n\n{}\n\n", READ_ROLE.replace("Mail.Read", role));
    let all = list("Get-ManagementRoleAssignment | fl", "Mail.Read");
    let same = list("Get-ManagementRoleAssignment -Role 'Application Mail.Read' | fl", "Mail.Read");
    let news = list("Get-ManagementRoleAssignment -Role 'Application Mail.Send' | fl", "Mail.Send");
    for (text, expected, count) in [
        (format!("{all}{same}"), true, 2),
        (format!("{same}{all}"), true, 2),
        (format!("{all}{news}"), false, 2),
        (format!("{news}{all}"), false, 2),
    ] {
        let assignments = read(&text, &whole()).found.assignments;
        assert_eq!((assignments.complete, assignments.items.len()), (expected, count), "{text}");
    }
}

/// An answer belongs to the command right above it, and to no other.
#[test]
fn what_stands_below_another_prompt_or_an_error_answers_no_earlier_command() {
    let forbidden = format!("PS C:\\> Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP} | fl");
    let answer = format!("AppId             : {APP}\nMailbox           : somebody else\nAccessCheckResult : Denied\n");
    let busy = "Test-ApplicationAccessPolicy: |Microsoft.Exchange|The server is busy.";
    let echoed = format!(
        "Test-ApplicationAccessPolicy : The operation failed\nAt line:1 char:1\n+ Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP}\n+ ~~~~\n    + CategoryInfo          : NotSpecified: (:) [], X"
    );
    let concise = format!(
        "Test-ApplicationAccessPolicy: \nLine |\n   1 |  Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP}\n     |  ~~~~\n     | busy"
    );
    let mailbox = |text: &str| read(text, &context()).found.policy_tests[0].mailbox.clone();
    for between in [
        format!("{busy}\nPS C:\\> $saved | fl\n"),
        format!("{busy}\n"),
        format!("{echoed}\n"),
        format!("{concise}\n"),
        "\nPS C:\\> $saved\n".to_owned(),
        "\nPS C:\\> \n".to_owned(),
        "\n[server]: PS C:\\>$saved\n".to_owned(),
        "\n\u{276f} $saved\n".to_owned(),
        "\n$ $saved | fl\n".to_owned(),
        "\nLe serveur est occup\u{e9}.\n".to_owned(),
    ] {
        let text = format!("{forbidden}\n{between}\n{answer}");
        assert_eq!(mailbox(&text), None, "{between}");
    }
    for honest in [
        forbidden.clone(),
        forbidden.replace("| fl", "\n| fl"),
        forbidden.replace("| fl", "# a remark\n| fl"),
        forbidden.replace("| fl", "|\nfl"),
        forbidden.replace("| fl", "-ErrorAction Stop | fl"),
        forbidden.replace("-AppId", "`\n>> -AppId"),
        forbidden.replace("-AppId", "`\n-AppId"),
        forbidden.replace("-Identity", "`\n-Identity"),
    ] {
        assert_eq!(mailbox(&format!("{honest}\n\n{answer}")), Some(address("forb@x.com")), "{honest}");
        assert_eq!(mailbox(&format!("{honest}\n{answer}")), Some(address("forb@x.com")), "{honest}");
    }
    assert_eq!(
        mailbox(&format!("{forbidden}\n\nWARNING: Use Get-ServicePrincipal\ninstead.\n\n{answer}")),
        Some(address("forb@x.com"))
    );
    let remoting = "Creating a new session for implicit remoting of \"Test-ApplicationAccessPolicy\" command...";
    assert_eq!(mailbox(&format!("{forbidden}\n{remoting}\n\n{answer}")), Some(address("forb@x.com")));
    // The same of JSON, which is read with the command above it as well.
    let json = format!("{{\"AppId\": \"{APP}\", \"AccessCheckResult\": \"Denied\"}}");
    assert_eq!(mailbox(&format!("{forbidden}|ConvertTo-Json\n{json}\n")), Some(address("forb@x.com")));
    assert_eq!(
        mailbox(&format!("{forbidden}|ConvertTo-Json\n{busy}\nPS C:\\> $saved | ConvertTo-Json\n{json}\n")),
        None
    );
}

#[test]
fn an_answer_that_names_somebody_else_is_not_the_commands() {
    let text = |named: &str, app: &str| {
        format!(
            "PS> Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP}\n\nAppId : {app}\nMailbox : {named}\nAccessCheckResult : Denied\n"
        )
    };
    let mailbox = |text: &str| read(text, &context()).found.policy_tests[0].mailbox.clone();
    assert_eq!(mailbox(&text("other@x.com", APP)), None);
    assert_eq!(mailbox(&text("forb", OBJECT)), None);
    for named in ["forb", "FORB@x.com", "Mr Forb"] {
        assert_eq!(mailbox(&text(named, APP)), Some(address("forb@x.com")), "{named}");
    }
    // Nor is it the one that the person means.
    let told = ReadContext { mailbox: Some(address("forb@x.com")), ..context() };
    let bare = |named: &str| format!("AppId : {APP}\nMailbox : {named}\nAccessCheckResult : Denied\n");
    assert_eq!(read(&bare("other@x.com"), &told).found.policy_tests[0].mailbox, None);
    assert_eq!(read(&bare("Mr Forb"), &told).found.policy_tests[0].mailbox, told.mailbox);
    // A command answers once.
    let twice = text("forb", APP) + &format!("\nAppId : {APP}\nMailbox : other\nAccessCheckResult : Granted\n");
    assert!(read(&twice, &context()).found.policy_tests.iter().all(|test| test.mailbox.is_none()));
    let line = format!(
        "PS> Test-ApplicationAccessPolicy -Identity forb@x.com -AppId {APP}; $saved\n\nAppId : {APP}\nAccessCheckResult : Denied\n"
    );
    assert_eq!(mailbox(&line), None);
    // What a description says is no command.
    let described = format!(
        "PS> Get-ApplicationAccessPolicy\n\nAppId : {APP}\nAccessRight : RestrictAccess\nDescription : see\n              Test-ApplicationAccessPolicy -Identity forb@x.com\n\nAppId : {APP}\nAccessCheckResult : Denied\n"
    );
    assert_eq!(mailbox(&described), None);
}

/// The person names one mailbox; two answers cannot both be about it.
#[test]
fn a_mailbox_that_is_told_is_meant_for_one_answer_about_roles() {
    let told = ReadContext { mailbox: Some(address("forb@x.com")), ..context() };
    let table = |in_scope: &str| {
        format!(
            "RoleName              GrantedPermissions AllowedResourceScope ScopeType            InScope\n\
             --------              ------------------ -------------------- ---------            -------\n\
             Application Mail.Send Mail.Send          TV senders           CustomRecipientScope {in_scope}\n\n"
        )
    };
    let list = |in_scope: &str| {
        format!("RoleName : Application Mail.Send\nAllowedResourceScope : S\nScopeType : C\nInScope : {in_scope}\n\n")
    };
    let json = |in_scope: &str| format!("{{\"RoleName\": \"Application Mail.Send\", \"InScope\": {in_scope}}}\n");
    for (yes, no) in [(table("True"), table("False")), (list("True"), list("False")), (json("true"), json("false"))] {
        let both = format!("{yes}{no}");
        assert!(read(&both, &told).found.rbac_tests.iter().all(|test| test.mailbox.is_none()), "{both}");
        assert_eq!(judged(&both, &told, false), (FenceState::NotProven, Access::Unknown), "{both}");
        let one = read(&no, &told).found.rbac_tests;
        assert_eq!((one.len(), one[0].mailbox.clone()), (1, told.mailbox.clone()), "{no}");
    }
    // Nor can answers of different roles, whatever shape they are printed in.
    let shapes = [table("False"), list("False"), json("false")];
    for (above, first) in shapes.iter().enumerate() {
        for (below, second) in shapes.iter().enumerate() {
            let second = second.replace("Mail.Send", "Mail.Read");
            let both = format!("{first}PS> $saved\n\n{second}");
            assert!(read(&both, &told).found.rbac_tests.iter().all(|test| test.mailbox.is_none()), "{both}");
            let both = format!("{first}{second}");
            let is_list = (above, below) == (1, 1);
            assert_eq!(read(&both, &told).found.rbac_tests[0].mailbox.is_some(), is_list, "{both}");
        }
    }
    // One answer may have several lines.
    let lines = list("False") + &list("True").replace("Mail.Send", "Mail.Read");
    assert_eq!(read(&lines, &told).found.rbac_tests[0].rows.items.len(), 2);
    assert_eq!(read(&lines, &told).found.rbac_tests[0].mailbox, told.mailbox);
}

/// A result by which the fence holds.
pub(super) fn result_block(tenant: &str, finished: &str) -> String {
    use exchange365::policy::{RESULT_BEGIN, RESULT_END};

    let answer = |mailbox: &str, word: &str, granted: bool| {
        format!(r#"{{"mailbox": "{mailbox}", "read": "ok", "app_id": "{APP}", "raw": "{word}", "granted": {granted}}}"#)
    };
    let entries = r#""read": "not_registered", "rows": []"#;
    format!(
        r#"{RESULT_BEGIN}
{{"schema": "exchange365/policy/1", "script": "verify", "client_id": "{APP}", "tenant": "{tenant}", "finished": "{finished}",
 "service_principals_read": "ok", "service_principals": [], "assignments_read": "ok", "assignments": [],
 "policy_tests": [{}, {}],
 "rbac_tests": [{{"mailbox": "perm@x.com", {entries}}}, {{"mailbox": "forb@x.com", {entries}}}]}}
{RESULT_END}
"#,
        answer("perm@x.com", "Granted", true),
        answer("forb@x.com", "Denied", false),
    )
}

mod results {
    //! Results of our own scripts: of which organisation, how old, and whether they contradict themselves.

    use std::time::Duration;

    use exchange365::{
        base::Timestamp,
        policy::{Doubt, LONGEST_AGE, ReadError, Truth},
    };

    use super::*;

    const TENANT: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    const OTHER: &str = "bbbbbbbb-0000-4000-8000-00000000dead";
    const NOW: &str = "2026-11-23T10:20:30Z";

    fn at(now: &str, tenants: &[&str]) -> ReadContext {
        let tenants = tenants.iter().map(|tenant| tenant.parse().unwrap()).collect();
        ReadContext { now: Some(now.parse().unwrap()), tenants, ..context() }
    }

    fn later(hours: i64) -> String {
        let moved = NOW.parse::<Timestamp>().unwrap() + Duration::from_hours(hours.unsigned_abs());
        if hours < 0 {
            (NOW.parse::<Timestamp>().unwrap() - Duration::from_hours(hours.unsigned_abs())).to_string()
        } else {
            moved.to_string()
        }
    }

    #[test]
    fn a_result_of_another_organisation_is_refused_whichever_source_tells_that() {
        let wanted = TENANT.parse().unwrap();
        let found = OTHER.parse().unwrap();
        let refused = Err(ReadError::OtherTenant { found, wanted });
        assert_eq!(read_text(&result_block(OTHER, NOW), &at(NOW, &[TENANT])), refused);
        assert_eq!(read_text(&result_block(&OTHER.to_uppercase(), NOW), &at(NOW, &[OTHER, TENANT])), refused);
        // Every block counts, not the last one alone.
        assert_eq!(
            read_text(&format!("{}{}", result_block(OTHER, NOW), result_block(TENANT, NOW)), &at(NOW, &[TENANT])),
            refused
        );
        for tenant in [TENANT, ""] {
            let back = read(&result_block(tenant, NOW), &at(NOW, &[TENANT]));
            assert_eq!(back.tenants.into_iter().collect::<Vec<_>>(), [tenant]);
        }
    }

    #[test]
    fn a_result_is_used_for_a_day() {
        assert_eq!(LONGEST_AGE, Duration::from_hours(24));
        let context = at(NOW, &[]);
        for (hours, used) in [(0, true), (-24, true), (24, true), (-25, false), (25, false), (-60_000, false)] {
            let back = read(&result_block(TENANT, &later(hours)), &context);
            assert_eq!((back.run.is_some(), back.outdated.is_none()), (used, used), "{hours}");
            assert_eq!(back.found == Found::default(), !used, "{hours}");
            assert_eq!(back.notes.len(), usize::from(!used), "{hours}");
        }
        let said = |hours: i64| read(&result_block(TENANT, &later(hours)), &context).outdated.unwrap();
        let next = "so it is not used: run the script again and read its new result";
        let changed = "and what is set up may have changed since";
        assert_eq!(said(-47), format!("the script ended 1 day ago (2026-11-21T11:20:30Z), {changed}, {next}"));
        assert_eq!(said(-48), format!("the script ended 2 days ago (2026-11-21T10:20:30Z), {changed}, {next}"));
        assert_eq!(
            said(25),
            format!(
                "the script ended in the future (2026-11-24T11:20:30Z): a clock is wrong and its age is not known, {next}"
            )
        );
        let undated = read(&result_block(TENANT, "yesterday"), &context);
        assert_eq!(undated.outdated.unwrap(), format!("the result does not say when the script ended, {next}"));
        // The old one of two adds nothing to the new one, wherever it stands.
        let (old, new) = (result_block(TENANT, &later(-30)), result_block(TENANT, NOW));
        for text in [format!("{old}{new}"), format!("{new}{old}")] {
            let back = read(&text, &context);
            assert_eq!(back.found, read(&new, &context).found);
            assert_eq!((back.run.unwrap().finished.unwrap().to_string(), back.notes.len()), (NOW.to_owned(), 1));
        }
    }

    #[test]
    fn an_answer_that_contradicts_itself_is_none() {
        let group = r#""group_read": "ok", "members_read": "ok", "group_address": "g@x.com", "policies_read": "ok",
            "group": {"name": "G", "kind": "MailUniversalSecurityGroup", "object_id": "12121212-0000-4000-8000-000000000001"},
            "members": [{"name": "p", "address": "perm@x.com", "kind": "UserMailbox", "guid": "1"}],
            "mailboxes": [{"asked": "perm@x.com", "read": "ok", "address": "perm@x.com", "kind": "UserMailbox", "guid": "1"},
                {"asked": "forb@x.com", "read": "ok", "address": "forb@x.com", "kind": "UserMailbox", "guid": "2"}],
            "policies": [{"identity": "t;12121212-0000-4000-8000-000000000001", "app_id": "APP", "access_right": "RestrictAccess",
                "is_valid": true}], "policy_tests""#;
        // The lists say that the forbidden mailbox is denied; the answer about it is one of these.
        let access = |raw: &str, granted: &str| {
            let said = format!(r#""raw": "{raw}", "granted": {granted}"#);
            let text = result_block(TENANT, NOW).replace(r#""raw": "Denied", "granted": false"#, &said);
            let text = text.replace(r#""policy_tests""#, &group.replace("APP", APP));
            (judged(&text, &context(), true).0, read(&text, &context()).notes.len())
        };
        assert_eq!(access("Granted", "false"), (FenceState::NotProven, 1));
        assert_eq!(access("Denied", "true"), (FenceState::NotProven, 1));
        assert_eq!(access("Granted", "true"), (FenceState::NotProven, 0));
        assert_eq!(access("Granted", "null"), (FenceState::NotProven, 0));
        for (raw, granted) in [("Denied", "false"), ("Denied", "null"), ("", "false"), ("Perhaps", "null")] {
            assert_eq!(access(raw, granted), (FenceState::Fenced, 0), "{raw} {granted}");
        }
        let row = |raw: &str, in_scope: &str| {
            let rows = format!(
                r#""read": "ok", "rows": [{{"role": "Application Mail.Send", "in_scope": {in_scope}, "raw": "{raw}"}}]"#
            );
            let text = result_block(TENANT, NOW).replacen(r#""read": "not_registered", "rows": []"#, &rows, 1);
            read(&text, &context()).found.rbac_tests[0].rows.items[0].in_scope
        };
        assert_eq!([row("True", "false"), row("False", "true")], [Truth::Unknown; 2]);
        assert_eq!([row("False", "false"), row("True", "true"), row("", "false")], [Truth::No, Truth::Yes, Truth::No]);
        // Not registered, although an entry is listed.
        let entry = format!(r#""service_principals": [{{"app_id": "{APP}", "object_id": "{OBJECT}"}}]"#);
        let text = result_block(TENANT, NOW).replace(r#""service_principals": []"#, &entry);
        assert!(!read(&text, &context()).found.rbac_tests[0].rows.complete);
        assert!(read(&result_block(TENANT, NOW), &context()).found.rbac_tests[0].rows.complete);
    }

    #[test]
    fn what_is_doubted_is_not_proven_but_what_is_open_stays_open() {
        let mut found = read(&result_block(TENANT, NOW), &context()).found;
        found.absorb(Found { entra: EntraGrants::from_token_roles(&["Mail.Send".to_owned()]), ..Found::default() });
        let evaluation = evaluate(&desired(), &found, &[]);
        assert_eq!(evaluation.fence, FenceState::Fenced);
        assert_eq!(evaluation.clone().doubted(&[]), evaluation);
        for doubt in [Doubt::TenantUnknown, Doubt::TenantUnsaid, Doubt::Outdated("it is old".into())] {
            let doubted = evaluation.clone().doubted(std::slice::from_ref(&doubt));
            assert_eq!(doubted.fence, FenceState::NotProven, "{doubt:?}");
            assert!(doubted.summary.starts_with("Not proven"), "{doubt:?}");
            assert_eq!(doubted.findings.len(), evaluation.findings.len() + 1);
        }
        found.policy_tests[1].access = Access::Granted;
        let open = evaluate(&desired(), &found, &[]).doubted(&[Doubt::TenantUnknown]);
        assert_eq!(open.fence, FenceState::Open);
    }
}
