Assert-Command @('Get-ApplicationAccessPolicy', 'New-ApplicationAccessPolicy')
$group = Find-Group
if ($null -eq $group) {
    if ($WhatIfPreference) { $Step.outcome = 'skipped'; $Step.detail = 'the group does not exist yet'; return }
    throw "There is no group $GroupAddress yet. Run the step that creates it first."
}
$groupId = "$($group.ExternalDirectoryObjectId)"
if ($groupId -eq '') { throw "The group $GroupAddress has not reached Entra yet. Wait a few minutes and run this script again." }
$mine = @(Get-Policies | Where-Object { "$($_.AppId)" -eq $AppId })
$right = @($mine | Where-Object { ("$($_.AccessRight)" -eq 'RestrictAccess') -and (Test-PolicyGroup $_ $groupId) })
if ($right.Count -gt 0) {
    $Step.detail = 'the policy exists already'
} else {
    if (-not (Confirm-Change $AppId "Let the app send only as members of $GroupAddress")) { return }
    $null = New-ApplicationAccessPolicy -ErrorAction Stop -AppId $AppId -PolicyScopeGroupId $GroupAddress -AccessRight RestrictAccess -Description $PolicyDescription
    $null = Wait-ForValue 'the policy' {
        $seen = @(Get-Policies | Where-Object { ("$($_.AppId)" -eq $AppId) -and ("$($_.AccessRight)" -eq 'RestrictAccess') -and (Test-PolicyGroup $_ $groupId) })
        if ($seen.Count -gt 0) { $seen[0] }
    }
    $Step.detail = 'the policy was created; it can take an hour or more until it is in force'
}
$other = @($mine | Where-Object { -not (Test-PolicyGroup $_ $groupId) })
if ($other.Count -gt 0) { $Step.detail = "$($Step.detail). There are $($other.Count) more policies for this app, with other groups" }
