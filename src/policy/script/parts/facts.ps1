# Reads only. What cannot be read is said to be so, and never taken for empty.
$facts = $State.Facts
$facts.group_read = 'failed'
$facts.members_read = 'not_read'
$facts.members = @()
$groupId = ''
try {
    $found = Find-Recipient $GroupAddress
    if ($null -eq $found) {
        $facts.group_read = 'absent'
    } else {
        $groupId = "$($found.ExternalDirectoryObjectId)"
        $facts.group = [ordered]@{
            name = "$($found.DisplayName)"; address = "$($found.PrimarySmtpAddress)"; kind = "$($found.RecipientTypeDetails)"
            object_id = $groupId; dn = "$($found.DistinguishedName)"
        }
        $facts.group_read = 'ok'
        $facts.members_read = 'failed'
        $facts.members = @(Get-GroupMembers | ForEach-Object { [ordered]@{ name = "$($_.Name)"; address = "$($_.PrimarySmtpAddress)"; kind = "$($_.RecipientTypeDetails)"; guid = "$($_.Guid)" } })
        $facts.members_read = 'ok'
    }
} catch { $facts.group_error = Get-ErrorText $_ }

$facts.mailboxes = @(@($PermittedMailboxes) + @($ForbiddenMailboxes) | ForEach-Object {
    $entry = [ordered]@{ asked = "$_"; read = 'failed' }
    try {
        $found = Find-Recipient $entry.asked
        if ($null -eq $found) {
            $entry.read = 'absent'
        } else {
            $entry.read = 'ok'
            $entry.address = "$($found.PrimarySmtpAddress)"
            $entry.kind = "$($found.RecipientTypeDetails)"
            $entry.guid = "$($found.Guid)"
        }
    } catch { $entry.error = Get-ErrorText $_ }
    $entry
})

$facts.policies_read = 'failed'
$facts.policies = @()
try {
    $facts.policies = @(Get-Policies | Where-Object { ("$($_.AppId)" -eq $AppId) -or ("$($_.AppId)" -match '\*') -or (($EnterpriseObjectId -ne '') -and ("$($_.AppId)" -eq $EnterpriseObjectId)) -or (Test-PolicyGroup $_ $groupId) } | ForEach-Object {
        [ordered]@{
            identity = "$($_.Identity)"; app_id = "$($_.AppId)"; access_right = "$($_.AccessRight)"
            scope_name = "$($_.ScopeName)"; description = "$($_.Description)"; is_valid = (ConvertTo-Truth $_.IsValid)
        }
    })
    $facts.policies_read = 'ok'
} catch { $facts.policies_error = Get-ErrorText $_ }

$pointers = @()
$facts.service_principals_read = 'failed'
$facts.service_principals = @()
try {
    $pointers = @(Get-Pointers)
    $facts.service_principals = @($pointers | ForEach-Object { [ordered]@{ app_id = "$($_.AppId)"; object_id = "$($_.ObjectId)"; display_name = "$($_.DisplayName)" } })
    $facts.service_principals_read = 'ok'
} catch { $facts.service_principals_error = Get-ErrorText $_ }

$facts.assignments_read = 'not_read'
$facts.assignments = @()
$facts.scopes_read = 'not_read'
$facts.scopes = @()
if ($facts.service_principals_read -eq 'ok') {
    $facts.assignments_read = 'failed'
    try {
        $held = @($pointers | ForEach-Object { Get-Assignments "$($_.ObjectId)" })
        $facts.assignments = @($held | ForEach-Object {
            [ordered]@{
                name = "$($_.Name)"; role = "$($_.Role)"; assignee = "$($_.RoleAssignee)"; enabled = (ConvertTo-Truth $_.Enabled)
                scope_kind = "$($_.RecipientWriteScope)"; resource_scope = "$($_.CustomResourceScope)"
                group_scope = "$($_.RecipientGroupScope)"; unit_scope = "$($_.RecipientAdministrativeUnitScope)"
            }
        })
        $facts.assignments_read = 'ok'
        $names = @($held | ForEach-Object { "$($_.CustomResourceScope)" } | Where-Object { $_ -ne '' })
        $facts.scopes_read = 'failed'
        $facts.scopes = @(Get-ManagementScope -ErrorAction Stop | Where-Object { ($names -contains "$($_.Name)") -or ("$($_.Name)" -eq $ScopeName) } | ForEach-Object { [ordered]@{ name = "$($_.Name)"; filter = "$($_.RecipientFilter)" } })
        $facts.scopes_read = 'ok'
    } catch { $facts.assignments_error = Get-ErrorText $_ }
}

$facts.policy_tests = @(@($PermittedMailboxes) + @($ForbiddenMailboxes) | ForEach-Object {
    $entry = [ordered]@{ mailbox = "$_"; read = 'failed'; app_id = $AppId; raw = ''; granted = $null }
    try {
        $answer = @(Test-ApplicationAccessPolicy -ErrorAction Stop -Identity $entry.mailbox -AppId $AppId)
        if ($answer.Count -eq 1) {
            $entry.raw = "$($answer[0].AccessCheckResult)"
            $entry.granted = ConvertTo-Verdict $entry.raw
            $entry.read = 'ok'
        } else { $entry.error = "$($answer.Count) answers instead of one" }
    } catch { $entry.error = Get-ErrorText $_ }
    $entry
})

$facts.rbac_tests = @(@($PermittedMailboxes) + @($ForbiddenMailboxes) | ForEach-Object {
    $entry = [ordered]@{ mailbox = "$_"; read = 'failed'; rows = @() }
    try {
        if ($facts.service_principals_read -ne 'ok') {
            $entry.read = 'failed'
        } elseif ($pointers.Count -eq 0) {
            $entry.read = 'not_registered'
        } else {
            $rows = @($pointers | ForEach-Object { Test-ServicePrincipalAuthorization -ErrorAction Stop -Identity "$($_.ObjectId)" -Resource $entry.mailbox })
            $entry.rows = @(foreach ($row in $rows) {
                $permissions = @($row.GrantedPermissions | ForEach-Object { "$_" })
                [ordered]@{
                    role = "$($row.RoleName)"; permissions = ($permissions -join ', '); scope = "$($row.AllowedResourceScope)"
                    scope_kind = "$($row.ScopeType)"; in_scope = (ConvertTo-Truth $row.InScope); raw = "$($row.InScope)"
                }
            })
            $entry.read = 'ok'
        }
    } catch { $entry.error = Get-ErrorText $_ }
    $entry
})
$Step.detail = 'read what is set up; nothing was changed'
