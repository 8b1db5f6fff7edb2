Assert-Command @('Get-ManagementScope', 'Remove-ManagementScope')
$mine = @(Get-ManagementScope -ErrorAction Stop | Where-Object { "$($_.Name)" -eq $ScopeName })
if ($mine.Count -eq 0) {
    $Step.detail = 'there is no such scope'
    return
}
$users = @(Get-Assignments $EnterpriseObjectId | Where-Object { "$($_.CustomResourceScope)" -eq $ScopeName })
if ($users.Count -gt 0) {
    $Step.outcome = 'skipped'
    $Step.detail = "the scope is still used by: $($users[0].Name)"
    return
}
if (-not (Confirm-Removal $ScopeName 'Remove the scope' 'The scope is no longer used by this app. Remove it?')) { return }
Remove-ManagementScope -ErrorAction Stop -Identity $ScopeName -Confirm:$false
$Step.detail = 'the scope was removed'
