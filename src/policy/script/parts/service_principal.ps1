Assert-Command @('Get-ServicePrincipal', 'New-ServicePrincipal')
$pointers = @(Get-Pointers)
$wrong = @($pointers | Where-Object { ("$($_.AppId)" -ne $AppId) -or ("$($_.ObjectId)" -ne $EnterpriseObjectId) })
if ($wrong.Count -gt 0) {
    throw "Exchange knows the app by object id $($wrong[0].ObjectId) and app id $($wrong[0].AppId), but they should be $EnterpriseObjectId and $AppId. This cannot be changed: remove that entry with Remove-ServicePrincipal, then run this script again."
}
if ($pointers.Count -gt 0) {
    $Step.detail = 'Exchange knows the app already'
    return
}
if (-not (Confirm-Change $AppId 'Make the app known to Exchange')) { return }
$null = New-ServicePrincipal -ErrorAction Stop -AppId $AppId -ObjectId $EnterpriseObjectId -DisplayName $AppDisplayName
$null = Wait-ForValue 'the app' {
    $seen = @(Get-Pointers)
    if ($seen.Count -gt 0) { $seen[0] }
}
$Step.detail = 'the app was made known to Exchange'
