# Last step of the migration. The order matters: without its policy, a surviving Entra permission is the whole organisation.
Assert-Command @('Get-ApplicationAccessPolicy', 'Remove-ApplicationAccessPolicy')
$mine = @(Get-Policies | Where-Object { "$($_.AppId)" -eq $AppId })
if ($mine.Count -eq 0) {
    $Step.detail = 'there is no Application Access Policy for this app any more'
    return
}
$deny = @($mine | Where-Object { "$($_.AccessRight)" -ne 'RestrictAccess' })
if ($deny.Count -gt 0) {
    throw "There is a policy that denies access ($($deny[0].ScopeName)). RBAC for Applications knows no denial, so the scope must leave those people out before the policy goes."
}
$question = "Removing the policy is safe only when the Mail.Send permission of the app is already removed in Microsoft Entra. If it is still there, the app can send as everybody from then on. Sign in on the Credentials tab: Mail.Send must no longer be among the permissions of the token. Is it removed?"
if (-not (Confirm-Removal $AppId "Remove $($mine.Count) Application Access Policies of the app" $question)) { return }
foreach ($policy in $mine) {
    Remove-ApplicationAccessPolicy -ErrorAction Stop -Identity $policy.Identity -Confirm:$false
}
$null = Wait-ForValue 'the removal of the policy' {
    if (@(Get-Policies | Where-Object { "$($_.AppId)" -eq $AppId }).Count -eq 0) { $true }
}
$Step.detail = 'the Application Access Policy was removed'
