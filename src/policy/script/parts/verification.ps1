# Compares what the cmdlets answered with what is wanted. The program judges more strictly from the result block.
$facts = $State.Facts
$wrong = @()
$unknown = @()
foreach ($address in (@($PermittedMailboxes) + @($ForbiddenMailboxes))) {
    $access = $null
    if ($Method -eq 'application_access_policy') {
        $test = @($facts.policy_tests | Where-Object { $_.mailbox -eq $address })[0]
        if ($test.read -eq 'ok') { $access = $test.granted }
    } else {
        $test = @($facts.rbac_tests | Where-Object { $_.mailbox -eq $address })[0]
        $sending = @($test.rows | Where-Object { ($_.role -match 'Mail\.Send|Full Access|SendAsApp|AccessAsApp') -or ($_.permissions -match 'Mail\.Send') })
        if ($test.read -eq 'ok') {
            if (@($sending | Where-Object { $_.in_scope -eq $true }).Count -gt 0) { $access = $true }
            elseif (@($sending | Where-Object { $null -eq $_.in_scope }).Count -eq 0) { $access = $false }
        } elseif ($test.read -eq 'not_registered') { $access = $false }
    }
    $expected = ($PermittedMailboxes -contains $address)
    $words = 'unknown'
    if ($access -eq $true) { $words = 'granted' } elseif ($access -eq $false) { $words = 'denied' }
    Write-Host ('   {0,-44} {1}' -f $address, $words)
    if ($null -eq $access) { $unknown += $address } elseif ($access -ne $expected) { $wrong += $address }
}
if ($wrong.Count -gt 0) { throw "Not as wanted for: $($wrong -join ', '). If the change was only just made, wait half an hour and verify again." }
if ($unknown.Count -gt 0) { throw "No clear answer for: $($unknown -join ', ')" }
$Step.detail = 'every answer is as wanted. A real test mail is the last proof: changes take time to come into force'
