Assert-Command @('Get-ServicePrincipal', 'Remove-ServicePrincipal')
$mine = @(Get-Pointers | Where-Object { "$($_.ObjectId)" -eq $EnterpriseObjectId })
if ($mine.Count -eq 0) {
    $Step.detail = 'Exchange does not know the app'
    return
}
$held = @(Get-Assignments $EnterpriseObjectId)
if ($held.Count -gt 0) {
    $Step.outcome = 'skipped'
    $Step.detail = "the app still holds the role $($held[0].Role)"
    return
}
if (-not (Confirm-Removal $AppId 'Forget the app in Exchange' 'The app holds no role in Exchange any more. Remove its entry? Nothing changes in Microsoft Entra.')) { return }
Remove-ServicePrincipal -ErrorAction Stop -Identity $EnterpriseObjectId -Confirm:$false
$Step.detail = 'the entry was removed'
