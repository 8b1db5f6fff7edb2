Set-StrictMode -Off
# Commands of a module do not see this setting, so each of them is told itself.
$ErrorActionPreference = 'Stop'
$ScriptCmdlet = $PSCmdlet
$State = @{
    Failed    = $false
    Connected = $false
    Steps     = New-Object -TypeName System.Collections.ArrayList
    Facts     = [ordered]@{}
}

function Get-ErrorText($ErrorRecord) {
    $text = "$($ErrorRecord.Exception.Message)"
    if ($text -eq '') { $text = "$ErrorRecord" }
    $text = ($text -replace '\s+', ' ').Trim()
    if ($text.Length -gt 800) { $text = $text.Substring(0, 800) }
    return $text
}

# True when the service says that there is no such object. Any other error is an error.
function Test-NotFound($ErrorRecord) {
    $text = "$($ErrorRecord.FullyQualifiedErrorId) $($ErrorRecord.Exception.Message)"
    return (($text -match 'ManagementObjectNotFound') -or ($text -match "couldn.t be found"))
}

function Invoke-Step([string] $Id, [string] $Title, [scriptblock] $Body) {
    $Step = [ordered]@{ id = $Id; outcome = 'done'; detail = ''; error = $null }
    if ($State.Failed) {
        $Step.outcome = 'not_run'
    } else {
        Write-Host ''
        Write-Host "== $Title"
        try {
            $null = & $Body
        } catch {
            $Step.outcome = 'failed'
            $Step.error = Get-ErrorText $_
            $State.Failed = $true
        }
        Write-Host "   [$($Step.outcome)] $($Step.detail) $($Step.error)"
    }
    $null = $State.Steps.Add($Step)
}

# Asks when -Confirm was given, changes nothing when -WhatIf was given.
function Confirm-Change([string] $Target, [string] $Action) {
    if ($ScriptCmdlet.ShouldProcess($Target, $Action)) { return $true }
    $Step.outcome = 'skipped'
    $Step.detail = "Nothing was changed. It would be: $Action"
    return $false
}

# Always asks, because what follows cannot be undone by itself.
function Confirm-Removal([string] $Target, [string] $Action, [string] $Question) {
    if (-not (Confirm-Change $Target $Action)) { return $false }
    if ($ScriptCmdlet.ShouldContinue($Question, $Action)) { return $true }
    $Step.outcome = 'skipped'
    $Step.detail = "Answered no. Nothing was changed."
    return $false
}

function Assert-Command([string[]] $Names) {
    foreach ($name in $Names) {
        if (-not (Get-Command -Name $name -ErrorAction SilentlyContinue)) {
            throw "The command $name is not offered to $AdminUpn. The account needs the role Organization Management or Exchange Administrator."
        }
    }
}

# Looks again every ten seconds, for at most three minutes.
function Wait-ForValue([string] $What, [scriptblock] $Look) {
    for ($attempt = 1; $attempt -le 18; $attempt++) {
        $value = & $Look
        if ($null -ne $value) { return $value }
        Write-Host "   waiting for $What ..."
        Start-Sleep -Seconds 10
    }
    throw "$What did not appear within three minutes. Wait a while, then run this script again: what is done stays done."
}

function Find-Recipient([string] $Address) {
    try {
        $found = @(Get-Recipient -ErrorAction Stop -Identity $Address)
    } catch {
        if (Test-NotFound $_) { return $null }
        throw
    }
    if ($found.Count -eq 0) { return $null }
    if ($found.Count -gt 1) { throw "More than one recipient answers to $Address" }
    return $found[0]
}

function Find-Group {
    $recipient = Find-Recipient $GroupAddress
    if ($null -eq $recipient) { return $null }
    $kind = "$($recipient.RecipientTypeDetails)"
    if ($kind -ne 'MailUniversalSecurityGroup') {
        throw "$GroupAddress exists, but it is a $kind. A mail-enabled security group is needed: choose another address, or remove that one first."
    }
    return (Get-DistributionGroup -ErrorAction Stop -Identity $GroupAddress)
}

function Get-GroupMembers {
    return @(Get-DistributionGroupMember -ErrorAction Stop -Identity $GroupAddress -ResultSize Unlimited)
}

function Get-Policies {
    try {
        return @(Get-ApplicationAccessPolicy -ErrorAction Stop)
    } catch {
        if (Test-NotFound $_) { return @() }
        throw
    }
}

function Get-Pointers {
    return @(Get-ServicePrincipal -ErrorAction Stop | Where-Object { ("$($_.AppId)" -eq $AppId) -or (($EnterpriseObjectId -ne '') -and ("$($_.ObjectId)" -eq $EnterpriseObjectId)) })
}

function Get-Assignments([string] $ObjectId) {
    try {
        return @(Get-ManagementRoleAssignment -ErrorAction Stop -RoleAssignee $ObjectId)
    } catch {
        if (Test-NotFound $_) { return @() }
        throw
    }
}

# The end of a policy's identity is the group's object id, unlike its name which may be given twice.
function Test-PolicyGroup($Policy, [string] $GroupId) {
    return (($GroupId -ne '') -and "$($Policy.Identity)".ToLowerInvariant().EndsWith($GroupId.ToLowerInvariant()))
}

function ConvertTo-Verdict([string] $Raw) {
    if ($Raw -eq 'Granted') { return $true }
    if ($Raw -eq 'Denied') { return $false }
    return $null
}

function ConvertTo-Truth($Raw) {
    if ("$Raw" -eq 'True') { return $true }
    if ("$Raw" -eq 'False') { return $false }
    return $null
}
