$group = Find-Group
if ($null -eq $group) {
    if ($WhatIfPreference) { $Step.outcome = 'skipped'; $Step.detail = 'the group does not exist yet'; return }
    throw "There is no group $GroupAddress yet. Run the step that creates it first."
}
$present = @(Get-GroupMembers | ForEach-Object { "$($_.Guid)" })
$added = 0
foreach ($address in $PermittedMailboxes) {
    $recipient = Find-Recipient $address
    if ($null -eq $recipient) { throw "Nobody in Exchange has the address $address. Correct the list of permitted senders." }
    if ($present -contains "$($recipient.Guid)") { continue }
    if (Confirm-Change $address "Add to the group $GroupAddress") {
        Add-DistributionGroupMember -ErrorAction Stop -Identity $GroupAddress -Member $address -BypassSecurityGroupManagerCheck
        $added++
    }
}
if ($Step.outcome -eq 'skipped') { return }
$wanted = @()
foreach ($address in $PermittedMailboxes) {
    $recipient = Find-Recipient $address
    $wanted += "$($recipient.Guid)"
}
$members = @(Get-GroupMembers)
$present = @($members | ForEach-Object { "$($_.Guid)" })
$missing = @($wanted | Where-Object { $present -notcontains $_ })
if ($missing.Count -gt 0) { throw "$($missing.Count) of the permitted senders are still not in the group. Wait a few minutes and run this script again." }
foreach ($address in $ForbiddenMailboxes) {
    $recipient = Find-Recipient $address
    if (($null -ne $recipient) -and ($present -contains "$($recipient.Guid)")) {
        throw "$address must not be sent as, but is a member of the group. Take it out: Remove-DistributionGroupMember"
    }
}
$extra = @($members | Where-Object { $wanted -notcontains "$($_.Guid)" } | ForEach-Object { "$($_.PrimarySmtpAddress)" })
$Step.detail = "$($wanted.Count) permitted senders are members, $added of them new"
if ($extra.Count -gt 0) { $Step.detail = "$($Step.detail). Others in the group, who can be sent as too: $($extra -join ', ')" }
