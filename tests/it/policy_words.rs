//! Scripts, commands, the guide and what is wanted, as people read them: which step does what, and in which words.

use exchange365::{
    base::{ClientId, ObjectId},
    policy::{
        AdminPage, Desired, DesiredField, DesiredInput, ExchangeCloud, FenceState, Found, FoundGroup, FoundMailbox,
        FoundMember, Guide, GuideEvent, GuideStep, Known, LiveResult, Method, Migration, RecipientKind, Script,
        ScriptKind, ScriptRun, StepId, StepOutcome, StepRun, StepState, Truth, known_errors, method_text, recognise,
        rollback, step_text, to_ps1_bytes, waiting,
    },
};

const APP: &str = "11111111-2222-3333-4444-555555555555";
const OBJECT: &str = "99999999-2222-3333-4444-555555555555";

fn input() -> DesiredInput {
    DesiredInput {
        tenant: "contoso.com".into(),
        client_id: APP.into(),
        app_display_name: "Totalview".into(),
        enterprise_object_id: OBJECT.into(),
        admin: "admin@contoso.com".into(),
        group_name: "Senders".into(),
        group_alias: "senders".into(),
        group_address: "senders@contoso.com".into(),
        permitted: "a@contoso.com".into(),
        forbidden: "b@contoso.com".into(),
        description: "Restricted".into(),
        ..DesiredInput::default()
    }
}

fn desired(method: Method) -> Desired {
    Desired::parse(&DesiredInput { method, ..input() }).unwrap()
}

fn script(kind: ScriptKind, method: Method) -> Script {
    Script::new(kind, &desired(method)).unwrap()
}

/// The commands of one step, as they are copied into a window.
#[track_caller]
fn check_commands(kind: ScriptKind, method: Method, step: StepId, expected: &[&str]) {
    let script = script(kind, method);
    let found = script.steps.iter().find(|known| known.id == step).unwrap();
    assert_eq!(found.commands, expected);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list")]
fn the_commands_are_those_of_the_guide() {
    use Method::{ApplicationAccessPolicy as Policy, RbacForApplications as Rbac};
    let list = "Get-ApplicationAccessPolicy | Format-List Identity,AppId,AccessRight,ScopeName,IsValid,Description";
    let entry = "Get-ServicePrincipal | Where-Object { $_.AppId -eq '11111111-2222-3333-4444-555555555555' } | Format-List DisplayName,AppId,ObjectId";
    let scope = "Get-ManagementScope -Identity 'Mail.Send scope 11111111-2222-3333-4444-555555555555' | Format-List Name,RecipientFilter";
    let held = "Get-ManagementRoleAssignment -RoleAssignee '99999999-2222-3333-4444-555555555555' | Format-List Name,Role,RoleAssignee,CustomResourceScope,RecipientWriteScope,Enabled";
    check_commands(
        ScriptKind::Connect,
        Policy,
        StepId::Connect,
        &[
            "Connect-ExchangeOnline -UserPrincipalName 'admin@contoso.com' -ExchangeEnvironmentName 'O365Default' -ShowBanner:$false",
        ],
    );
    check_commands(
        ScriptKind::Group,
        Policy,
        StepId::Group,
        &[
            "New-DistributionGroup -Name 'Senders' -Alias 'senders' -PrimarySmtpAddress 'senders@contoso.com' -Type Security",
            "Get-Recipient -Identity 'senders@contoso.com' | Format-List Name,PrimarySmtpAddress,RecipientTypeDetails",
        ],
    );
    check_commands(
        ScriptKind::Group,
        Policy,
        StepId::Members,
        &[
            "Add-DistributionGroupMember -Identity 'senders@contoso.com' -Member 'a@contoso.com' -BypassSecurityGroupManagerCheck",
            "Get-DistributionGroupMember -Identity 'senders@contoso.com' -ResultSize Unlimited | Format-List Name,PrimarySmtpAddress,RecipientTypeDetails",
        ],
    );
    check_commands(
        ScriptKind::Fence,
        Policy,
        StepId::PolicyFence,
        &[
            "New-ApplicationAccessPolicy -AppId '11111111-2222-3333-4444-555555555555' -PolicyScopeGroupId 'senders@contoso.com' -AccessRight RestrictAccess -Description 'Restricted'",
            list,
        ],
    );
    check_commands(
        ScriptKind::Fence,
        Rbac,
        StepId::ServicePrincipal,
        &[
            "New-ServicePrincipal -AppId '11111111-2222-3333-4444-555555555555' -ObjectId '99999999-2222-3333-4444-555555555555' -DisplayName 'Totalview'",
            entry,
        ],
    );
    check_commands(
        ScriptKind::Fence,
        Rbac,
        StepId::Scope,
        &[
            "New-ManagementScope -Name 'Mail.Send scope 11111111-2222-3333-4444-555555555555' -RecipientRestrictionFilter (\"MemberOfGroup -eq '{0}'\" -f (Get-DistributionGroup -Identity 'senders@contoso.com').DistinguishedName.Replace(\"'\", \"''\"))",
            scope,
        ],
    );
    check_commands(
        ScriptKind::Fence,
        Rbac,
        StepId::Assignment,
        &[
            "New-ManagementRoleAssignment -Name 'Mail.Send 11111111-2222-3333-4444-555555555555' -App '99999999-2222-3333-4444-555555555555' -Role 'Application Mail.Send' -CustomResourceScope 'Mail.Send scope 11111111-2222-3333-4444-555555555555'",
            held,
        ],
    );
    check_commands(ScriptKind::Verify, Policy, StepId::Facts, &[list, entry, held, scope]);
    let without = Desired { enterprise_object_id: None, ..desired(Policy) };
    let facts = Script::new(ScriptKind::Group, &without).unwrap();
    assert_eq!(facts.steps.last().unwrap().commands, [list, entry], "roles are listed by the object ID");
    check_commands(
        ScriptKind::Verify,
        Policy,
        StepId::Verification,
        &[
            "Test-ApplicationAccessPolicy -Identity 'a@contoso.com' -AppId '11111111-2222-3333-4444-555555555555'",
            "Test-ApplicationAccessPolicy -Identity 'b@contoso.com' -AppId '11111111-2222-3333-4444-555555555555'",
            "'a@contoso.com','b@contoso.com' | ForEach-Object { $asked = $_; Test-ApplicationAccessPolicy -Identity $asked -AppId '11111111-2222-3333-4444-555555555555' | Select-Object -Property @{ Name = 'Asked'; Expression = { $asked } }, 'AppId', 'AccessCheckResult' } | ConvertTo-Json -Depth 4",
        ],
    );
    check_commands(
        ScriptKind::Verify,
        Rbac,
        StepId::Verification,
        &[
            "Test-ServicePrincipalAuthorization -Identity '99999999-2222-3333-4444-555555555555' -Resource 'a@contoso.com' | Format-List",
            "Test-ServicePrincipalAuthorization -Identity '99999999-2222-3333-4444-555555555555' -Resource 'b@contoso.com' | Format-List",
            "'a@contoso.com','b@contoso.com' | ForEach-Object { $asked = $_; Test-ServicePrincipalAuthorization -Identity '99999999-2222-3333-4444-555555555555' -Resource $asked | Select-Object -Property @{ Name = 'Asked'; Expression = { $asked } }, 'RoleName', 'GrantedPermissions', 'AllowedResourceScope', 'ScopeType', 'InScope' } | ConvertTo-Json -Depth 4",
        ],
    );
    check_commands(
        ScriptKind::RemovePolicy,
        Policy,
        StepId::RemovePolicy,
        &[
            "Get-ApplicationAccessPolicy | Where-Object { $_.AppId -eq '11111111-2222-3333-4444-555555555555' } | Format-List Identity,AccessRight,ScopeName",
            "Get-ApplicationAccessPolicy | Where-Object { $_.AppId -eq '11111111-2222-3333-4444-555555555555' } | ForEach-Object { Remove-ApplicationAccessPolicy -Identity $_.Identity -Confirm:$true }",
        ],
    );
    assert_eq!(
        script(ScriptKind::RemoveRbac, Rbac).commands()[1..4],
        [
            "Remove-ManagementRoleAssignment -Identity 'Mail.Send 11111111-2222-3333-4444-555555555555'",
            "Remove-ManagementScope -Identity 'Mail.Send scope 11111111-2222-3333-4444-555555555555'",
            "Remove-ServicePrincipal -Identity '99999999-2222-3333-4444-555555555555'",
        ]
    );
    assert_eq!(script(ScriptKind::Module, Policy).commands()[0], "$PSVersionTable.PSVersion");
}

#[test]
fn each_script_has_its_name_its_steps_and_its_file() {
    use Method::{ApplicationAccessPolicy as Policy, RbacForApplications as Rbac};
    for (kind, method, name, steps, file) in [
        (ScriptKind::Module, Policy, "module", "powershell module", "exchange365-module.ps1"),
        (ScriptKind::Connect, Policy, "connect", "connect", "exchange365-connect.ps1"),
        (ScriptKind::Group, Policy, "group", "connect group members facts", "exchange365-group.ps1"),
        (
            ScriptKind::Fence,
            Policy,
            "fence",
            "connect group members policy_fence facts verification",
            "exchange365-fence-application-access-policy.ps1",
        ),
        (
            ScriptKind::Fence,
            Rbac,
            "fence",
            "connect group members service_principal scope assignment facts verification",
            "exchange365-fence-rbac-for-applications.ps1",
        ),
        (
            ScriptKind::Verify,
            Rbac,
            "verify",
            "connect facts verification",
            "exchange365-verify-rbac-for-applications.ps1",
        ),
        (
            ScriptKind::MigrateAdd,
            Policy,
            "migrate-add",
            "connect group members service_principal scope assignment facts verification",
            "exchange365-migrate-add.ps1",
        ),
        (
            ScriptKind::MigrateFinish,
            Policy,
            "migrate-finish",
            "connect facts verification cut_over facts_after",
            "exchange365-migrate-finish.ps1",
        ),
        (
            ScriptKind::RemovePolicy,
            Rbac,
            "remove-policy",
            "connect remove_policy facts",
            "exchange365-remove-policy.ps1",
        ),
        (
            ScriptKind::RemoveRbac,
            Policy,
            "remove-rbac",
            "connect remove_assignment remove_scope remove_service_principal facts",
            "exchange365-remove-rbac.ps1",
        ),
    ] {
        let script = script(kind, method);
        let ids: Vec<&str> = script.steps.iter().map(|step| step.id.name()).collect();
        assert_eq!((kind.name(), ids.join(" ").as_str(), script.file_name().as_str()), (name, steps, file));
        assert_eq!(ScriptKind::from_name(name), Some(kind));
    }
    assert_eq!((ScriptKind::from_name("xyzzy"), StepId::from_name("xyzzy")), (None, None));
    for step in StepId::ALL {
        assert_eq!(StepId::from_name(step.name()), Some(step));
    }
    let reading: Vec<&str> =
        ScriptKind::ALL.into_iter().filter(|kind| kind.reads_only()).map(ScriptKind::name).collect();
    assert_eq!(reading, ["connect", "verify"]);
    let asked: Vec<&str> = StepId::ALL.into_iter().filter(|step| step.needs_confirmation()).map(StepId::name).collect();
    let removals = ["cut_over", "remove_policy", "remove_assignment", "remove_scope", "remove_service_principal"];
    assert_eq!(asked, removals);
    // What is asked for by hand is asked for by the method that is on its way.
    assert!(
        script(ScriptKind::MigrateAdd, Policy).commands().iter().any(|line| line.starts_with("Test-ServicePrincipal"))
    );
}

#[test]
fn the_object_id_is_asked_for_by_the_scripts_that_need_it() {
    use Method::{ApplicationAccessPolicy as Policy, RbacForApplications as Rbac};
    let missing = |kind, method| {
        let without = Desired { enterprise_object_id: None, method, ..desired(Method::ApplicationAccessPolicy) };
        Script::new(kind, &without).err().map(|err| err.to_string())
    };
    let words =
        "the object ID of the enterprise application is not known; sign in on the Credentials tab and it is filled in";
    for (kind, by_policy, by_role) in [
        (ScriptKind::Module, false, false),
        (ScriptKind::Connect, false, false),
        (ScriptKind::Group, false, false),
        (ScriptKind::Fence, false, true),
        (ScriptKind::Verify, false, true),
        (ScriptKind::MigrateAdd, true, true),
        (ScriptKind::MigrateFinish, true, true),
        (ScriptKind::RemovePolicy, false, false),
        (ScriptKind::RemoveRbac, true, true),
    ] {
        let expected = [by_policy, by_role].map(|needed| needed.then(|| words.to_owned()));
        assert_eq!([missing(kind, Policy), missing(kind, Rbac)], expected, "{kind:?}");
    }
}

#[test]
fn a_script_says_what_it_is_and_holds_the_values() {
    let text = script(ScriptKind::Fence, Method::ApplicationAccessPolicy).to_ps1();
    let begin = "# Set up the fence\n# Made by Exchange365 Tester. It holds no secret and may be run again: what is there already is left alone.\n# Run it with -WhatIf to see what it would change.\n# It ends with a result block. Copy the block, or everything, back into the program.\n#Requires -Version 5.1\n[CmdletBinding(SupportsShouldProcess = $true)]\nparam([string] $ResultPath = '')\n$ScriptName = 'fence'\n$Method = 'application_access_policy'\n$TenantGuid = ''\n$TenantDomain = 'contoso.com'\n$ExchangeEnvironmentName = 'O365Default'\n$AdminUpn = 'admin@contoso.com'\n$AppId = '11111111-2222-3333-4444-555555555555'\n$AppDisplayName = 'Totalview'\n$EnterpriseObjectId = '99999999-2222-3333-4444-555555555555'\n$GroupName = 'Senders'\n$GroupAlias = 'senders'\n$GroupAddress = 'senders@contoso.com'\n$PolicyDescription = 'Restricted'\n$ScopeName = 'Mail.Send scope 11111111-2222-3333-4444-555555555555'\n$AssignmentName = 'Mail.Send 11111111-2222-3333-4444-555555555555'\n$PermittedMailboxes = @('a@contoso.com')\n$ForbiddenMailboxes = @('b@contoso.com')\n";
    assert_eq!(&text[..begin.len()], begin);
    assert!(text.ends_with("if ($State.Failed) { exit 1 }\nexit 0\n"));
    assert!(text.contains("\n\n"), "a file is easier to read with its empty lines");
    let step = "Invoke-Step -Id 'policy_fence' -Title 'Application Access Policy' -Body {\n";
    assert!(text.contains(step) && text.contains("New-ApplicationAccessPolicy "));
    let verify = script(ScriptKind::Verify, Method::ApplicationAccessPolicy).to_ps1();
    assert!(verify.starts_with("# Verification 1: ask Exchange about every mailbox\n"));
    assert!(verify.contains("\n# It changes nothing.\n"));
    // By its id the organisation is known for sure.
    let tenant = DesiredInput { tenant: OBJECT.into(), ..input() };
    let by_id = Script::new(ScriptKind::Verify, &Desired::parse(&tenant).unwrap()).unwrap();
    assert!(by_id.to_ps1().contains("$TenantGuid = '99999999-2222-3333-4444-555555555555'\n$TenantDomain = ''\n"));
    // By a domain, the organisation's own list of domains is asked, and what cannot be checked is said.
    assert!(text.contains("$domains -notcontains $TenantDomain") && text.contains("it could NOT be checked"));
    let pasted = by_id.to_paste();
    assert!(pasted.starts_with("& {\n[CmdletBinding") && pasted.ends_with("\n}\n") && !pasted.contains("\n\n"));
    let why = script(ScriptKind::Group, Method::ApplicationAccessPolicy).steps[2].clone();
    assert_eq!((why.title, why.needs_confirmation), ("Permitted senders as members of the group", false));
    assert_eq!(why.why, "The app may send as exactly the mailboxes that are in the group");
}

#[test]
fn what_cannot_be_wanted_is_said_box_by_box() {
    let faults = |change: &dyn Fn(&mut DesiredInput)| -> Vec<String> {
        let mut changed = input();
        change(&mut changed);
        Desired::parse(&changed).err().into_iter().flatten().map(|err| err.to_string()).collect()
    };
    let long = |count| "x".repeat(count);
    let many = |count: usize| (0..count).map(|number| format!("u{number}@contoso.com\n")).collect::<String>();
    let group_name = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.group_name));
    let alias = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.group_alias));
    let description = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.description));
    let permitted = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.permitted));
    let forbidden = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.forbidden));
    let object = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.enterprise_object_id));
    let address = |text: &str| faults(&|input: &mut DesiredInput| text.clone_into(&mut input.group_address));
    let none: [&str; 0] = [];
    assert_eq!(faults(&|_| ()), none);

    assert_eq!(group_name(&long(64)), none);
    assert_eq!(group_name(&long(65)), ["Group name: 64 characters at most"]);
    assert_eq!(group_name(""), ["Group name: enter a name for the group"]);
    assert_eq!(group_name("a\nb"), ["Group name: it contains a line break or a control character"]);
    let curved = ["Group name: use straight quotation marks, Exchange's filters trip over curved ones"];
    assert_eq!(group_name("\u{201e}x\u{201d}"), curved);

    assert_eq!(alias(&long(64)), none);
    assert_eq!(alias(&long(65)), ["Group alias: 64 characters at most"]);
    assert_eq!(alias(""), ["Group alias: enter a short name such as totalviewtimesendemail"]);
    assert_eq!(alias("a b"), ["Group alias: ' ' cannot stand in an alias, use letters a to z, digits, . - _"]);
    for good in ["a.b", "a-b_c", "A9!#$%&'*+/=?^`{|}~"] {
        assert_eq!(alias(good), none, "{good}");
    }
    for bad in [".a", "a.", "a..b"] {
        assert_eq!(alias(bad), ["Group alias: a point may only stand between other characters"], "{bad}");
    }

    assert_eq!(description(&long(256)), none);
    assert_eq!(description(&long(257)), ["Policy description: 256 characters at most"]);
    assert_eq!(description("a\nb"), ["Policy description: it contains a line break or a control character"]);

    assert_eq!(permitted(&many(1_000)), none);
    assert_eq!(permitted(&many(1_001)), ["Permitted senders: 1001 addresses are too many, enter at most 1000"]);
    assert_eq!(permitted(""), ["Permitted senders: enter at least one address the app shall be able to send as"]);
    let both = ["Forbidden senders: 'a@contoso.com' is listed as permitted and as forbidden"];
    assert_eq!(forbidden("b@contoso.com, A@contoso.com"), both);
    assert_eq!(forbidden(""), none);
    let itself = ["Forbidden senders: test with people's mailboxes, not with the group itself"];
    assert_eq!(forbidden("senders@contoso.com"), itself);
    let own = ["Group address: the group needs an address of its own, not a permitted sender's"];
    assert_eq!(address("a@contoso.com"), own);

    let client = [
        "Enterprise application object ID: this is the Client ID; the object ID stands on the app's page under Enterprise applications",
    ];
    assert_eq!(object(APP), client);
    let no_guid = ["Enterprise application object ID: not a GUID such as 11111111-2222-3333-4444-555555555555"];
    assert_eq!(object("x"), no_guid);
    assert_eq!(object(" "), none);
    let needed = faults(&|input: &mut DesiredInput| {
        input.enterprise_object_id.clear();
        input.method = Method::RbacForApplications;
    });
    let words = "Enterprise application object ID: RBAC for Applications needs it; sign in on the Credentials tab and it is filled in";
    assert_eq!(needed, [words]);
    // Everything that is wrong is said at once.
    assert_eq!(faults(&|input| *input = DesiredInput::default()).len(), 7);
    assert_eq!(DesiredField::Admin.label(), "Admin principal name");
}

#[test]
fn an_apps_name_is_made_fit() {
    let name = |text: &str| {
        Desired::parse(&DesiredInput { app_display_name: text.into(), ..input() }).unwrap().app_display_name
    };
    assert_eq!([name("Totalview"), name("a\nb"), name(" ")], ["Totalview", "a b", "App"]);
    assert_eq!(name(&"x".repeat(300)).len(), 256);
}

#[test]
fn methods_and_clouds_have_these_names() {
    assert_eq!(Method::ALL.map(Method::name), ["application_access_policy", "rbac_for_applications"]);
    assert_eq!(Method::ALL.map(Method::label), ["Application Access Policy", "RBAC for Applications"]);
    assert_eq!(Method::ALL.map(|method| Method::from_name(method.name())), Method::ALL.map(Some));
    assert_eq!(Method::from_name(""), None);
    assert_eq!(ExchangeCloud::ALL.map(ExchangeCloud::name), ["global", "us-gov", "us-dod", "china"]);
    assert_eq!(ExchangeCloud::ALL.map(|cloud| cloud.to_string()), ["global", "us-gov", "us-dod", "china"]);
    let environments = ["O365Default", "O365USGovGCCHigh", "O365USGovDoD", "O365China"];
    assert_eq!(ExchangeCloud::ALL.map(ExchangeCloud::environment_name), environments);
    let client = ClientId::parse(APP).unwrap().value;
    let object = ObjectId::parse(OBJECT).unwrap();
    for (page, label, link) in [
        (AdminPage::Groups, "Microsoft 365 admin center, groups", "https://admin.microsoft.com/#/groups".to_owned()),
        (
            AdminPage::ExchangeGroups,
            "Exchange admin center, groups",
            "https://admin.exchange.microsoft.com/#/groups".to_owned(),
        ),
        (
            AdminPage::AppPermissions(client),
            "Microsoft Entra, API permissions of the app registration",
            format!(
                "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/{APP}"
            ),
        ),
        (
            AdminPage::EnterpriseApp(object, client),
            "Microsoft Entra, permissions of the enterprise application",
            format!(
                "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/objectId/{OBJECT}/appId/{APP}"
            ),
        ),
    ] {
        assert_eq!((page.label(), ExchangeCloud::Global.link(page)), (label, link));
    }
    assert_eq!(ExchangeCloud::China.link(AdminPage::ExchangeGroups), "https://partner.outlook.cn/ecp/");
}

fn part(step: StepId, outcome: StepOutcome, detail: &str, error: Option<&str>) -> StepRun {
    StepRun { step: Some(step), outcome, detail: detail.into(), error: error.map(str::to_owned) }
}

fn ran(steps: &[StepRun], what_if: bool) -> GuideEvent {
    GuideEvent::RunRead(ScriptRun { steps: steps.to_vec(), what_if, ..ScriptRun::default() })
}

/// The state and the words of one step after these events.
fn step_after(step: GuideStep, events: &[GuideEvent]) -> (StepState, String) {
    let progress = events.iter().fold(Guide::default(), Guide::after).progress(step);
    (progress.state, progress.detail)
}

#[test]
fn the_guide_says_how_far_each_step_is_and_why() {
    use StepOutcome::{Done, Failed, Unknown};
    use StepState as S;
    let is = |state, words: &str| (state, words.to_owned());
    let group = |steps: &[StepRun], what_if| step_after(GuideStep::Group, &[ran(steps, what_if)]);
    let made = part(StepId::Group, Done, "made", None);
    let added = part(StepId::Members, Done, "added", None);
    assert_eq!(group(&[made.clone(), added.clone()], false), is(S::Done, "made; added"));
    assert_eq!(group(&[made.clone(), added], true), is(S::ToDo, ""));
    let failed = |error| part(StepId::Members, Failed, "tried", error);
    assert_eq!(group(&[made.clone(), failed(Some("no right"))], false), is(S::Failed, "no right"));
    assert_eq!(group(&[made.clone(), failed(None)], false), is(S::Failed, "tried"));
    let unknown = is(S::NotChecked, "The script's result says something this program does not know");
    assert_eq!(group(&[made.clone(), part(StepId::Members, Unknown, "", None)], false), unknown);

    // Who is connected has the module, unless that is known already.
    let connected = part(StepId::Connect, Done, "as admin", None);
    let module = |steps: &[StepRun]| step_after(GuideStep::Module, &[ran(steps, false)]);
    assert_eq!(module(std::slice::from_ref(&connected)), is(S::Done, "The module works: it has connected"));
    assert_eq!(module(&[part(StepId::Module, Done, "version 3", None), connected.clone()]), is(S::Done, "version 3"));
    assert_eq!(module(&[part(StepId::Connect, Failed, "", Some("x"))]), is(S::ToDo, ""));

    // What takes a part of the fence away, or the policy at last, takes the proof away.
    let fenced = [GuideEvent::SaidDone(GuideStep::Fence), GuideEvent::Tested(LiveResult::Pass)];
    let after = |step, last: GuideEvent| step_after(step, &[fenced.as_slice(), &[last]].concat());
    let by_hand = is(S::NotChecked, "Marked as done by hand; the program has not seen it");
    let proven = is(S::Done, "Permitted senders were accepted and forbidden ones refused");
    let again = is(S::ToDo, "What is set up has changed, so test again");
    for (step, what_if, fence, test) in [
        (StepId::RemovePolicy, false, is(S::ToDo, "A part of the fence was removed"), &again),
        (StepId::RemoveAssignment, false, is(S::ToDo, "A part of the fence was removed"), &again),
        (StepId::CutOver, false, by_hand.clone(), &again),
        (StepId::RemoveScope, false, by_hand.clone(), &proven),
        (StepId::RemovePolicy, true, by_hand.clone(), &proven),
        (StepId::CutOver, true, by_hand.clone(), &proven),
    ] {
        let event = ran(&[part(step, Done, "", None)], what_if);
        assert_eq!(after(GuideStep::Fence, event.clone()), fence, "{step:?} {what_if}");
        assert_eq!(after(GuideStep::Verification2, event), *test, "{step:?} {what_if}");
    }
    let not_removed = ran(&[part(StepId::RemovePolicy, Failed, "", None)], false);
    assert_eq!(after(GuideStep::Fence, not_removed.clone()), by_hand);
    assert_eq!(after(GuideStep::Verification2, not_removed), proven);

    let verification = |outcome, error| {
        step_after(GuideStep::Verification1, &[ran(&[part(StepId::Verification, outcome, "", error)], false)])
    };
    assert_eq!(verification(Failed, Some("no clear answer")), is(S::Failed, "no clear answer"));
    assert_eq!(verification(Done, None), is(S::ToDo, ""), "what the script thinks of it is not what counts");
    let other = step_after(GuideStep::Verification1, &[ran(&[part(StepId::Facts, Failed, "", Some("x"))], false)]);
    assert_eq!(other, is(S::ToDo, ""));

    let tested = |result| step_after(GuideStep::Verification2, &[GuideEvent::Tested(result)]);
    assert_eq!(tested(LiveResult::Fail), is(S::Failed, "A test mail was not answered as it should be"));
    assert_eq!(tested(LiveResult::Unproven), is(S::NotChecked, "The test mails prove nothing yet"));
    let undone = [GuideEvent::SaidDone(GuideStep::Group), GuideEvent::SaidToDo(GuideStep::Group)];
    assert_eq!(step_after(GuideStep::Group, &undone), is(S::ToDo, ""));
    let judged = GuideEvent::Judged(FenceState::Open, "open".into());
    assert_eq!(step_after(GuideStep::Verification1, &[judged]), is(S::Failed, "open"));
    let seen = |truth| GuideEvent::GroupSeen(truth, "seen".into());
    assert_eq!(step_after(GuideStep::Group, &[seen(Truth::No)]), is(S::Failed, "seen"));
    assert_eq!(step_after(GuideStep::Group, &[seen(Truth::No), seen(Truth::Unknown)]), is(S::Failed, "seen"));
}

#[test]
fn what_is_seen_of_the_group_is_said() {
    use RecipientKind::{DistributionList, SecurityGroup, Unknown};
    let desired = desired(Method::ApplicationAccessPolicy);
    let address = |name: &str| format!("{name}@contoso.com").parse().unwrap();
    let mailbox = |name: &str| FoundMailbox {
        asked: address(name),
        exists: Truth::Yes,
        primary: Some(address(name)),
        guid: Some(name.into()),
        kind: RecipientKind::UserMailbox,
    };
    let member = |name: &str| FoundMember {
        name: name.into(),
        address: Some(address(name)),
        sign_in_name: None,
        guid: Some(name.into()),
        kind: RecipientKind::UserMailbox,
    };
    let seen = |exists, kind, members: &[&str]| {
        let members = Known::complete(members.iter().map(|name| member(name)).collect());
        let group = FoundGroup { exists, kind, members, address: Some(address("senders")), ..FoundGroup::default() };
        let found = Found { groups: vec![group], mailboxes: vec![mailbox("a"), mailbox("b")], ..Found::default() };
        GuideEvent::group_seen(&desired, &found)
    };
    let is = |truth, words: &str| GuideEvent::GroupSeen(truth, words.to_owned());
    assert_eq!(
        seen(Truth::Yes, SecurityGroup, &["a"]),
        is(Truth::Yes, "The group is of the right kind and holds every permitted sender")
    );
    assert_eq!(seen(Truth::Yes, Unknown, &["a"]), is(Truth::Unknown, "Not everything about the group is known"));
    assert_eq!(seen(Truth::No, Unknown, &[]), is(Truth::No, "There is no group senders@contoso.com"));
    assert_eq!(
        seen(Truth::Yes, DistributionList, &["a"]),
        is(Truth::No, "senders@contoso.com is a distribution list, a mail-enabled security group is needed")
    );
    assert_eq!(
        seen(Truth::Yes, SecurityGroup, &["a", "b"]),
        is(Truth::No, "b@contoso.com must not be sent as, but is in the group")
    );
    assert_eq!(seen(Truth::Yes, SecurityGroup, &[]), is(Truth::No, "a@contoso.com is not in the group"));
    let other = FoundGroup { address: Some(address("other")), exists: Truth::No, ..FoundGroup::default() };
    for groups in [vec![], vec![other]] {
        let found = Found { groups, ..Found::default() };
        let unread = is(Truth::Unknown, "Nothing was read about the group");
        assert_eq!(GuideEvent::group_seen(&desired, &found), unread);
    }
}

#[test]
fn the_guides_texts_fit_the_step_and_the_method() {
    let numbers = GuideStep::ALL.map(GuideStep::number);
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let scripts = GuideStep::ALL.map(|step| step.script().map_or("none", ScriptKind::name));
    assert_eq!(scripts, ["group", "module", "connect", "fence", "verify", "none"]);
    let words = [StepState::ToDo, StepState::Done, StepState::Failed, StepState::NotChecked].map(StepState::word);
    assert_eq!(words, ["to do", "done", "failed", "not checked"]);
    let titles = |method| GuideStep::ALL.map(|step| step_text(step, &desired(method)).title);
    let policy = titles(Method::ApplicationAccessPolicy);
    assert_eq!(
        policy,
        [
            "Mail-enabled security group",
            "PowerShell and the module",
            "Connect to Exchange Online",
            "Application Access Policy",
            "Verification 1: what Exchange says",
            "Verification 2: real test mails",
        ]
    );
    assert_eq!(titles(Method::RbacForApplications)[3], "Role with a scope (RBAC for Applications)");
    let links = |step, desired: &Desired| -> Vec<&str> {
        step_text(step, desired).links.iter().map(|(label, _)| *label).collect()
    };
    let by_role = desired(Method::RbacForApplications);
    let groups = ["Microsoft 365 admin center, groups", "Exchange admin center, groups"];
    let permissions = "Microsoft Entra, API permissions of the app registration";
    assert_eq!(links(GuideStep::Group, &by_role), groups);
    assert_eq!(
        links(GuideStep::Fence, &by_role),
        [permissions, "Microsoft Entra, permissions of the enterprise application"]
    );
    let without = Desired { enterprise_object_id: None, ..by_role };
    assert_eq!(links(GuideStep::Fence, &without), [permissions]);
    assert_eq!(links(GuideStep::Fence, &desired(Method::ApplicationAccessPolicy)), [""; 0]);
    let first = |step, method| step_text(step, &desired(method)).what_to_do[0];
    let policy_first = first(GuideStep::Fence, Method::ApplicationAccessPolicy);
    assert_eq!(policy_first, "Run the script; with -WhatIf at its end it only says what it would do");
    let role_first = first(GuideStep::Fence, Method::RbacForApplications);
    assert_eq!(
        role_first,
        "Sign in on the Credentials tab first: it fills in the object ID of the enterprise application"
    );
    assert_eq!(
        Method::ALL.map(waiting),
        [
            "Wait at least half an hour, better an hour, before the test mails",
            "Keep the app from sending for 35 minutes, then test once; if it keeps sending, wait two hours",
        ]
    );
    assert_eq!(
        Method::ALL.map(|method| rollback(method)[0]),
        [
            "First remove Mail.Send from the app in Microsoft Entra, or switch the app off",
            "To go back to the policy: set the policy up first and wait until it is in force",
        ]
    );
    assert_eq!(Method::ALL.map(|method| method_text(method).title), Method::ALL.map(Method::label));
}

#[test]
fn known_errors_are_told_with_cause_and_cure_those_of_the_step_first() {
    let counts = GuideStep::ALL.map(|step| known_errors(step).is_empty());
    assert_eq!(counts, [false, false, false, false, false, true]);
    let causes = |step, text: &str| -> Vec<&str> { recognise(step, text).iter().map(|error| error.cause).collect() };
    let text = "IsDehydrated: the mailbox is already a member of the group";
    let (fence, group) = ("The organisation has never had own roles or scopes", "The mailbox is in the group already");
    assert_eq!(causes(GuideStep::Fence, text), [fence, group]);
    assert_eq!(causes(GuideStep::Group, text), [group, fence]);
    // Every part of a text has to be there.
    let taken = ["Another group, mailbox or contact has this address"];
    assert_eq!(causes(GuideStep::Group, "The proxy address is ALREADY BEING USED"), taken);
    assert_eq!(causes(GuideStep::Group, "The proxy address"), [""; 0]);
}

#[test]
fn the_way_to_a_role_is_told_in_words() {
    for (step, script, advice) in [
        (Migration::ReadFirst, Some("verify"), "Run the verification script and paste its whole result"),
        (Migration::Blocked("why".into()), None, "why"),
        (
            Migration::AddRole,
            Some("migrate-add"),
            "Run the first half: it adds the role beside the policy and takes nothing away, so it can do no harm",
        ),
        (
            Migration::RemoveEntraGrant,
            None,
            "In Microsoft Entra, remove Mail.Send under API permissions of the app and revoke its admin consent, then sign in again",
        ),
        (
            Migration::CheckEntraGrant,
            None,
            "Sign in on the Credentials tab: Mail.Send must not be in the token any more",
        ),
        (
            Migration::RemovePolicy,
            Some("migrate-finish"),
            "Run the second half: it verifies the role once more and then removes the policy",
        ),
        (Migration::Done, None, "The app is fenced in by its role alone; prove it with test mails"),
    ] {
        assert_eq!((step.script().map(ScriptKind::name), step.advice()), (script, advice));
    }
}

/// Windows PowerShell takes a file without a mark for one in the code page of the computer.
#[test]
fn a_script_is_saved_as_windows_powershell_reads_it() {
    assert_eq!(to_ps1_bytes("é\r\nb\n"), b"\xEF\xBB\xBF\xC3\xA9\r\nb\r\n");
}
