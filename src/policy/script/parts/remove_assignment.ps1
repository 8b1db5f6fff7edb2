Assert-Command @('Get-ManagementRoleAssignment', 'Remove-ManagementRoleAssignment')
$mine = @(Get-Assignments $EnterpriseObjectId | Where-Object { ("$($_.Role)" -eq 'Application Mail.Send') -and ("$($_.CustomResourceScope)" -eq $ScopeName) })
if ($mine.Count -eq 0) {
    $Step.detail = 'the role is not assigned'
    return
}
foreach ($assignment in $mine) {
    if (Confirm-Removal "$($assignment.Name)" 'Remove the role assignment' 'Afterwards the app can no longer send by this role. Remove it?') {
        Remove-ManagementRoleAssignment -ErrorAction Stop -Identity $assignment.Name -Confirm:$false
    }
}
$left = @(Get-Assignments $EnterpriseObjectId | Where-Object { ("$($_.Role)" -eq 'Application Mail.Send') -and ("$($_.CustomResourceScope)" -eq $ScopeName) })
if (($left.Count -gt 0) -and ($Step.outcome -eq 'done')) { throw 'The role assignment is still there.' }
if ($Step.outcome -eq 'done') { $Step.detail = 'the role assignment was removed' }
