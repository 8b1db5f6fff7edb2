Assert-Command @('Get-ManagementScope', 'New-ManagementScope')
$group = Find-Group
if ($null -eq $group) {
    if ($WhatIfPreference) { $Step.outcome = 'skipped'; $Step.detail = 'the group does not exist yet'; return }
    throw "There is no group $GroupAddress yet. Run the step that creates it first."
}
# A new group has no distinguished name for a while.
$group = Wait-ForValue "the distinguished name of $GroupAddress" {
    $seen = Get-DistributionGroup -ErrorAction Stop -Identity $GroupAddress
    if ("$($seen.DistinguishedName)" -ne '') { $seen }
}
$dn = "$($group.DistinguishedName)"
if ($dn -match '[\u2018-\u201E]') { throw "The name of the group contains curved quotation marks, which filters misread. Rename the group, or use another one." }
$filter = "MemberOfGroup -eq '{0}'" -f $dn.Replace("'", "''")
$nested = @(Get-GroupMembers | Where-Object { "$($_.RecipientType)" -match 'Group' })
if ($nested.Count -gt 0) { throw "The group contains another group ($($nested[0].Name)). With RBAC for Applications only direct members count: add the mailboxes themselves." }
$same = @(Get-ManagementScope -ErrorAction Stop | Where-Object { "$($_.Name)" -eq $ScopeName })
if ($same.Count -gt 0) {
    $have = ("$($same[0].RecipientFilter)" -replace '[\s()]', '')
    if ($have -ne ($filter -replace '[\s()]', '')) {
        throw "The scope '$ScopeName' exists with another filter: $($same[0].RecipientFilter). Remove it first, or set its filter to: $filter"
    }
    $Step.detail = 'the scope exists already'
    return
}
if ("$((Get-OrganizationConfig -ErrorAction Stop).IsDehydrated)" -eq 'True') {
    if (-not (Confirm-Removal 'the organisation' 'Allow own roles and scopes in this organisation (Enable-OrganizationCustomization)' 'This organisation has never had own roles or scopes. Exchange must be told once to allow them, and this cannot be undone. Continue?')) { return }
    Enable-OrganizationCustomization -ErrorAction Stop
}
if (-not (Confirm-Change $ScopeName "Create the scope: members of $GroupAddress")) { return }
$null = New-ManagementScope -ErrorAction Stop -Name $ScopeName -RecipientRestrictionFilter $filter
$null = Wait-ForValue 'the scope' {
    $seen = @(Get-ManagementScope -ErrorAction Stop | Where-Object { "$($_.Name)" -eq $ScopeName })
    if ($seen.Count -gt 0) { $seen[0] }
}
$Step.detail = 'the scope was created'
