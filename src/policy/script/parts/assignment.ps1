Assert-Command @('Get-ManagementRoleAssignment', 'New-ManagementRoleAssignment')
if ($WhatIfPreference -and (@(Get-Pointers).Count -eq 0)) {
    $Step.outcome = 'skipped'
    $Step.detail = 'the app is not known to Exchange yet'
    return
}
$sending = @(Get-Assignments $EnterpriseObjectId | Where-Object { "$($_.Role)" -eq 'Application Mail.Send' })
$wide = @($sending | Where-Object { "$($_.CustomResourceScope)" -ne $ScopeName })
if ($wide.Count -gt 0) {
    throw "The app holds 'Application Mail.Send' already, with the scope '$($wide[0].CustomResourceScope)' ($($wide[0].RecipientWriteScope)). A second, narrower assignment restricts nothing. Remove it first: Remove-ManagementRoleAssignment -Identity '$($wide[0].Name)'"
}
if ($sending.Count -gt 0) {
    $Step.detail = 'the role is assigned already'
    return
}
if (-not (Confirm-Change $AppId "Let the app send as the members of $GroupAddress")) { return }
$null = New-ManagementRoleAssignment -ErrorAction Stop -Name $AssignmentName -App $EnterpriseObjectId -Role 'Application Mail.Send' -CustomResourceScope $ScopeName
$null = Wait-ForValue 'the role assignment' {
    $seen = @(Get-Assignments $EnterpriseObjectId | Where-Object { ("$($_.Role)" -eq 'Application Mail.Send') -and ("$($_.CustomResourceScope)" -eq $ScopeName) })
    if ($seen.Count -gt 0) { $seen[0] }
}
$Step.detail = 'the role was assigned; it can take up to two hours until it is in force'
