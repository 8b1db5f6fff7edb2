$engine = [version] ('{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor)
$required = ''
if ("$($PSVersionTable.PSEdition)" -eq 'Core') {
    # The newest module asks for the newest PowerShell 7.
    if ($engine -lt [version] '7.4') { $required = '3.4.0' }
    elseif ($engine -lt [version] '7.6') { $required = '3.9.2' }
}
$installed = @(Get-Module -ListAvailable -Name ExchangeOnlineManagement | Sort-Object -Property Version -Descending)
$usable = @($installed | Where-Object { ($_.Version -ge [version] '3.0.0') -and (($required -eq '') -or ($_.Version -le [version] $required)) })
if ($usable.Count -gt 0) {
    $State.Facts.module = "$($usable[0].Version)"
    $Step.detail = "ExchangeOnlineManagement $($usable[0].Version) is installed"
    return
}
if (-not (Confirm-Change 'ExchangeOnlineManagement' 'Install the module from the PowerShell Gallery, for this user alone')) { return }
if ("$($PSVersionTable.PSEdition)" -ne 'Core') {
    $nuget = @(Get-PackageProvider -Name NuGet -ListAvailable -ErrorAction SilentlyContinue | Where-Object { $_.Version -ge [version] '2.8.5.201' })
    if ($nuget.Count -eq 0) {
        $null = Install-PackageProvider -ErrorAction Stop -Name NuGet -MinimumVersion 2.8.5.201 -Scope CurrentUser -Force
    }
}
if (@(Get-PSRepository -Name PSGallery -ErrorAction SilentlyContinue).Count -eq 0) {
    Register-PSRepository -ErrorAction Stop -Default
}
if ($required -eq '') {
    Install-Module -ErrorAction Stop -Name ExchangeOnlineManagement -Repository PSGallery -Scope CurrentUser -Force -AllowClobber
} else {
    Install-Module -ErrorAction Stop -Name ExchangeOnlineManagement -RequiredVersion $required -Repository PSGallery -Scope CurrentUser -Force -AllowClobber
}
$installed = @(Get-Module -ListAvailable -Name ExchangeOnlineManagement | Where-Object { $_.Version -ge [version] '3.0.0' } | Sort-Object -Property Version -Descending)
if ($installed.Count -eq 0) { throw 'The module was installed but PowerShell does not find it. Close all PowerShell windows, open a new one and run this script again.' }
$State.Facts.module = "$($installed[0].Version)"
$Step.detail = "ExchangeOnlineManagement $($installed[0].Version) was installed"
