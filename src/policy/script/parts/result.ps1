if ($State.Connected) {
    try { $null = Disconnect-ExchangeOnline -ErrorAction Stop -Confirm:$false } catch { Write-Host 'The connection could not be closed.' }
}
$Result = [ordered]@{
    schema    = 'exchange365/policy/1'
    script    = $ScriptName
    method    = $Method
    what_if   = [bool] $WhatIfPreference
    client_id = $AppId
    object_id = $EnterpriseObjectId
    admin     = $AdminUpn
    group_address = $GroupAddress
    finished  = (Get-Date).ToUniversalTime().ToString("yyyy-MM-dd'T'HH':'mm':'ss'Z'", [cultureinfo]::InvariantCulture)
    steps     = @($State.Steps)
}
foreach ($key in @($State.Facts.Keys)) { $Result[$key] = $State.Facts[$key] }
$Json = ConvertTo-Json -InputObject $Result -Depth 5
# Letters outside ASCII would suffer on their way through windows and files.
try {
    $Json = [regex]::Replace($Json, '[^\x20-\x7E\r\n]', { param($match) '\u{0:x4}' -f ([int] ([char] $match.Value)) })
} catch { Write-Host 'Letters outside ASCII were left as they are.' }
$Block = @('-----BEGIN EXCHANGE365 RESULT-----', $Json, '-----END EXCHANGE365 RESULT-----')
Write-Output $Block
if ($ResultPath -ne '') {
    Set-Content -LiteralPath $ResultPath -Value $Block -Encoding UTF8 -WhatIf:$false -Confirm:$false
}
