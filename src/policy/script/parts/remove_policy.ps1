Assert-Command @('Get-ApplicationAccessPolicy', 'Remove-ApplicationAccessPolicy')
$mine = @(Get-Policies | Where-Object { "$($_.AppId)" -eq $AppId })
if ($mine.Count -eq 0) {
    $Step.detail = 'there is no Application Access Policy for this app'
    return
}
foreach ($policy in $mine) {
    $question = "This removes the policy $($policy.AccessRight) for the group '$($policy.ScopeName)'. If the app still has the permission Mail.Send in Microsoft Entra, it can send as EVERYBODY afterwards. Remove it?"
    if (Confirm-Removal "$($policy.Identity)" 'Remove the Application Access Policy' $question) {
        Remove-ApplicationAccessPolicy -ErrorAction Stop -Identity $policy.Identity -Confirm:$false
    }
}
$left = @(Get-Policies | Where-Object { "$($_.AppId)" -eq $AppId })
$Step.detail = "$($mine.Count - $left.Count) policies removed, $($left.Count) left. It takes half an hour or more until that is in force"
