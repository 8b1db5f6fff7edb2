$connections = @()
if (Get-Command -Name Get-ConnectionInformation -ErrorAction SilentlyContinue) {
    $connections = @(Get-ConnectionInformation -ErrorAction Stop | Where-Object { ("$($_.State)" -eq 'Connected') -and ("$($_.TokenStatus)" -eq 'Active') })
}
if (@($connections | Where-Object { "$($_.UserPrincipalName)" -eq $AdminUpn }).Count -eq 0) {
    Import-Module -Name ExchangeOnlineManagement
    Connect-ExchangeOnline -ErrorAction Stop -UserPrincipalName $AdminUpn -ExchangeEnvironmentName $ExchangeEnvironmentName -ShowBanner:$false
    $State.Connected = $true
    $connections = @(Get-ConnectionInformation -ErrorAction Stop | Where-Object { "$($_.State)" -eq 'Connected' })
}
$tenants = @($connections | ForEach-Object { "$($_.TenantID)".ToLowerInvariant() } | Where-Object { $_ -ne '' } | Sort-Object -Unique)
$State.Facts.tenant = ($tenants -join ' ')
if ($tenants.Count -gt 1) {
    throw 'This PowerShell window is connected to more than one organisation. Open a new window and run this script there.'
}
if (($TenantGuid -ne '') -and ($tenants.Count -eq 1) -and ($tenants[0] -ne $TenantGuid)) {
    throw "Connected to organisation $($tenants[0]), but the app belongs to $TenantGuid. Sign in as an administrator of the right one."
}
$Step.detail = "connected as $AdminUpn"
if (($TenantGuid -eq '') -and ($TenantDomain -ne '')) {
    # Without the organisation's id, its domains tell which one it is.
    $domains = @()
    try { $domains = @(Get-AcceptedDomain -ErrorAction Stop | ForEach-Object { "$($_.DomainName)" } | Where-Object { $_ -ne '' }) } catch { Write-Host "   $(Get-ErrorText $_)" }
    if ($domains.Count -eq 0) {
        $Step.detail = "connected as $AdminUpn; it could NOT be checked whether $TenantDomain belongs to this organisation ($($State.Facts.tenant))"
    } elseif ($domains -notcontains $TenantDomain) {
        throw "Connected to organisation $($State.Facts.tenant), which does not have the domain $TenantDomain of the app. Sign in as an administrator of the right one, or make the script with the Tenant ID as a GUID."
    } else {
        $Step.detail = "connected as $AdminUpn to the organisation of $TenantDomain"
    }
}
