Assert-Command @('Get-Recipient', 'Get-DistributionGroup', 'New-DistributionGroup')
$group = Find-Group
if ($null -ne $group) {
    $Step.detail = "the group $GroupAddress exists already"
    return
}
if (-not (Confirm-Change $GroupAddress 'Create the mail-enabled security group')) { return }
$null = New-DistributionGroup -ErrorAction Stop -Name $GroupName -Alias $GroupAlias -PrimarySmtpAddress $GroupAddress -Type Security
$null = Wait-ForValue "the group $GroupAddress" { Find-Group }
$Step.detail = "the group $GroupAddress was created"
