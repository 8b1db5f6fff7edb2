$edition = "$($PSVersionTable.PSEdition)"
$engine = [version] ('{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor)
$State.Facts.powershell = "$($PSVersionTable.PSVersion)"
$State.Facts.edition = $edition
if ($engine -lt [version] '5.1') {
    throw "PowerShell $engine is too old. Windows PowerShell 5.1 comes with Windows 10, Windows Server 2016 and later."
}
if (($edition -eq 'Core') -and ($engine -lt [version] '7.2')) {
    throw "PowerShell $engine is too old for the module. Use Windows PowerShell 5.1, or PowerShell 7.4 or later."
}
$policy = "$(Get-ExecutionPolicy)"
$State.Facts.execution_policy = $policy
if (($policy -eq 'Restricted') -or ($policy -eq 'Undefined')) {
    if (Confirm-Change 'this PowerShell window' 'Allow signed modules (execution policy RemoteSigned, for this window alone)') {
        # Where the organisation prescribes the policy, this is refused; the module then says whether it matters.
        try { Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope Process -Force } catch { Write-Host "   $(Get-ErrorText $_)" }
    }
}
if ($edition -ne 'Core') {
    # The PowerShell Gallery refuses anything older than TLS 1.2.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
}
$Step.detail = "PowerShell $($PSVersionTable.PSVersion) ($edition), execution policy $policy"
