# Runs a command in the project's own environment; the first call makes that environment under .boot\.
#
#   .\bootstrap.ps1 safethird --help
#   .\bootstrap.ps1 pytest
#
# The Windows twin of ./bootstrap: the same stamp, folders, lock and settings (SAFETHIRD_EXTRAS, SAFETHIRD_PYTHON).
# The reasons stand there. NOT TESTED: no part of the project's checks runs on Windows yet. If something is wrong
# here, please open an issue with the whole output. Written for Windows PowerShell 5.1 and PowerShell 7.
# If Windows refuses to run scripts: powershell -ExecutionPolicy Bypass -File .\bootstrap.ps1 pytest

# No param block: everything that follows the script's name belongs to the command.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$layout = '1'
$root = $PSScriptRoot
$boot = Join-Path $root '.boot'
$stampFile = Join-Path $boot 'stamp'
$lock = Join-Path $boot 'lock'
$patience = 900
if ($env:SAFETHIRD_BOOT_WAIT) { $patience = [int]$env:SAFETHIRD_BOOT_WAIT }

function Say([string]$text) { [Console]::Error.WriteLine("bootstrap: $text") }

function Die([string]$what, [string]$why, [string]$mend, [int]$status = 69) {
    Say $what
    [Console]::Error.WriteLine("  Why:  $why")
    [Console]::Error.WriteLine("  Mend: $mend")
    exit $status
}

# --- the usual call --------------------------------------------------------------------------------------------------

# The part of pyproject.toml that decides what is installed.
function Get-Fingerprint {
    $keep = $false
    $lines = foreach ($line in [IO.File]::ReadAllLines((Join-Path $root 'pyproject.toml'))) {
        if ($line.StartsWith('[')) {
            $keep = $line -match '^\[+(build-system|project|dependency-groups|tool\.hatch|tool\.uv)[\].]'
        }
        if ($keep) { $line }
    }
    $bytes = [Text.Encoding]::UTF8.GetBytes(($lines -join "`n"))
    $sha = [Security.Cryptography.SHA256]::Create()
    try { return [BitConverter]::ToString($sha.ComputeHash($bytes)) } finally { $sha.Dispose() }
}

function Read-Stamp {
    $stamp = @{ Key = ''; Root = ''; Python = ''; Extras = @(); Number = '' }
    if (Test-Path $stampFile) {
        $lines = @([IO.File]::ReadAllLines($stampFile))
        if ($lines.Count -ge 5) {
            $stamp.Key = $lines[0]
            $stamp.Root = $lines[1]
            $stamp.Python = $lines[2]
            $stamp.Extras = @($lines[3].Split(' ') | Where-Object { $_ })
            $stamp.Number = $lines[4]
        }
    }
    return $stamp
}

# Does the environment that the stamp names serve this call?
function Test-Ready($stamp) {
    if ($stamp.Key -ne $key -or $stamp.Root -ne $root -or -not $stamp.Number) { return $false }
    $place = Join-Path $boot (Join-Path $stamp.Number 'env')
    $config = Join-Path $place 'pyvenv.cfg'
    if (-not (Test-Path (Join-Path $place 'Scripts\python.exe')) -or -not (Test-Path $config)) { return $false }
    # The environment's python.exe only starts the one that made it.
    foreach ($line in [IO.File]::ReadAllLines($config)) {
        if ($line -match '^home\s*=\s*(.+)$' -and -not (Test-Path $Matches[1].Trim())) { return $false }
    }
    if ($env:SAFETHIRD_PYTHON -and $stamp.Python -ne $env:SAFETHIRD_PYTHON) { return $false }
    foreach ($extra in $extras) { if ($stamp.Extras -notcontains $extra) { return $false } }
    return $true
}

# --- one build at a time ---------------------------------------------------------------------------------------------

function Test-Alive([string]$id) {
    return ($id -match '^\d+$') -and ($null -ne (Get-Process -Id ([int]$id) -ErrorAction SilentlyContinue))
}

function Get-FirstLine([string]$path) {
    try { return ([IO.File]::ReadAllText($path)).Trim() } catch [IO.IOException] { return '' }
}

function Remove-Tree([string]$path) {
    # A file that another program holds open stays; the next build tries again.
    if (Test-Path $path) { Remove-Item -LiteralPath $path -Recurse -Force -ErrorAction SilentlyContinue }
}

function Lock-Build {
    $begun = Get-Date
    $told = $false
    while ($true) {
        try {
            New-Item -ItemType Directory -Path $lock | Out-Null
            break
        } catch [IO.IOException] {
            $owner = Get-FirstLine (Join-Path $lock 'pid')
            $waited = [int]((Get-Date) - $begun).TotalSeconds
            if ($owner -and -not (Test-Alive $owner)) {
                Say "an earlier call (process $owner) stopped half-way; starting again."
                Remove-Tree $lock
            } elseif ($waited -ge $patience -or (-not $owner -and $waited -ge 5)) {
                Say "waited $waited s for another call; going on without it."
                Remove-Tree $lock
            } elseif (-not $told) {
                Say "another call (process $owner) is making the environment; waiting for it."
                $told = $true
            }
            Start-Sleep -Milliseconds 200
        } catch [UnauthorizedAccessException] {
            Die "cannot write in $boot." 'the folder is read-only or belongs to someone else.' `
                'make it writable, or delete it.'
        }
    }
    [IO.File]::WriteAllText((Join-Path $lock 'pid'), "$PID")
}

function Unlock-Build {
    if ((Get-FirstLine (Join-Path $lock 'pid')) -eq "$PID") { Remove-Tree $lock }
}

function Clear-Old([string]$current) {
    foreach ($old in @(Get-ChildItem -LiteralPath $boot -Directory | Where-Object { $_.Name -match '^\d' })) {
        if ($old.Name -eq $current) { continue }
        if (-not (Test-Alive (Get-FirstLine (Join-Path $old.FullName 'builder')))) { Remove-Tree $old.FullName }
    }
}

# --- the first call --------------------------------------------------------------------------------------------------

function Get-KnownExtras {
    $on = $false
    foreach ($line in [IO.File]::ReadAllLines((Join-Path $root 'pyproject.toml'))) {
        if ($line.StartsWith('[')) { $on = $line.StartsWith('[project.optional-dependencies]') }
        elseif ($on -and $line -match '^([A-Za-z0-9_-]+)\s*=') { $Matches[1] }
    }
}

# Finds every Python that would do, best first; names the others in $script:tooOld.
function Find-Pythons([string]$remembered) {
    $script:tooOld = @()
    $found = @()
    $names = @()
    if ($env:SAFETHIRD_PYTHON) {
        $names += , @($env:SAFETHIRD_PYTHON)
    } else {
        if ($remembered) { $names += , @($remembered) }
        foreach ($version in '3.14', '3.13', '3.12', '3.11') { $names += , @('py', "-$version") }
        $names += , @('py', '-3')
        $names += , @('python3')
        $names += , @('python')
    }
    # No double quotes in here: PowerShell 5.1 loses them on the way to a program.
    $probe = "import os, sys; print('%d.%d' % sys.version_info[:2]); " +
        "print(os.path.realpath(getattr(sys, '_base_executable', '') or sys.executable)); " +
        "sys.exit(0 if sys.version_info >= (3, 11) else 11)"
    foreach ($name in $names) {
        if (-not (Get-Command $name[0] -CommandType Application -ErrorAction SilentlyContinue)) { continue }
        $arguments = @($name | Select-Object -Skip 1) + @('-E', '-c', $probe)
        $ErrorActionPreference = 'Continue'
        $answer = @(& $name[0] $arguments 2>$null)
        $status = $LASTEXITCODE
        $ErrorActionPreference = 'Stop'
        if ($status -eq 0 -and $answer.Count -ge 2) {
            if ($found -notcontains $answer[1]) { $found += $answer[1] }
        } elseif ($status -eq 11) {
            $script:tooOld += "$($name -join ' ') is $($answer[0])"
        }
    }
    return , $found
}

# Runs one step of the build in the project's folder, its output to the log. True when it succeeded.
function Invoke-Step([string]$program, [string[]]$arguments) {
    $names = 'PYTHONHOME', 'PYTHONPATH', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_TARGET', 'VIRTUAL_ENV', 'PIP_USER'
    $before = @{}
    foreach ($name in $names) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }
    [Environment]::SetEnvironmentVariable('PIP_USER', '0')
    Push-Location -LiteralPath $root
    $ErrorActionPreference = 'Continue' # what a program writes on its error output is no error of this script
    try {
        $output = & $program $arguments 2>&1 | ForEach-Object { "$_" }
        $status = $LASTEXITCODE
        if ($output) { [IO.File]::AppendAllText($script:log, (($output -join "`r`n") + "`r`n")) }
        return ($status -eq 0)
    } finally {
        Pop-Location
        foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
    }
}

function Stop-Build([string]$what, [string]$why = 'see the lines above.', [string]$mend = 'mend what they name') {
    $failed = Join-Path $boot 'failed.log'
    $text = ''
    if (Test-Path $script:log) {
        Copy-Item -LiteralPath $script:log -Destination $failed -Force
        $text = [IO.File]::ReadAllText($failed)
        Say "the last lines of ${failed}:"
        foreach ($line in @($text -split "`r?`n" | Where-Object { $_ } | Select-Object -Last 12)) {
            [Console]::Error.WriteLine('  | ' + $line.Substring(0, [Math]::Min(200, $line.Length)))
        }
    }
    $again = 'then run the same command again'
    if ($text -match 'no space left|not enough space') {
        Die $what 'the disk is full.' "free about 1 GB, $again."
    } elseif ($text -match 'certificate_verify_failed|invalid peer certificate') {
        Die $what "the package index showed a certificate that this machine does not trust (often a company's proxy)." `
            "name that certificate in PIP_CERT (pip) or SSL_CERT_FILE (uv), $again."
    } elseif ($text -match ('name resolution|getaddrinfo failed|dns error|is unreachable|NewConnectionError|' +
            'connection (refused|timed out|reset|broken)|ConnectTimeout|ReadTimeout|ProxyError|' +
            'error sending request|\(connect\)')) {
        Die $what 'the package index could not be reached.' `
            "connect to the network, or set HTTPS_PROXY, or PIP_NO_INDEX=1 and PIP_FIND_LINKS=C:\folder\of\wheels; $again."
    } elseif ($text -match 'permission denied|access is denied') {
        Die $what 'something may not be written (see above).' "make it writable, $again."
    }
    Die $what $why "$mend, $again."
}

function Install-WithUv([string]$place, [string]$wanted, [string[]]$pythons) {
    Say 'making the environment with uv (once; needs the network) ...'
    $best = '>=3.11'
    if ($pythons.Count) { $best = $pythons[0] }
    return (Invoke-Step 'uv' @('venv', '--python', $best, $place)) -and
        (Invoke-Step 'uv' @('pip', 'install', '--python', (Join-Path $place 'Scripts\python.exe'),
            '--editable', $wanted, '--group', 'test', '--group', 'lint'))
}

function Install-WithPip([string]$place, [string]$wanted, [string[]]$pythons) {
    if (-not $pythons.Count) {
        $why = 'there is no command py, python3 or python on the PATH.'
        if ($script:tooOld.Count) { $why = ($script:tooOld -join ', ') + '.' }
        Die 'no Python 3.11 or newer was found.' $why `
            'install Python 3.11 or newer (or uv, which fetches one), or set SAFETHIRD_PYTHON to the path of one.'
    }
    $made = $false
    foreach ($python in $pythons) {
        Say "making the environment with $python and pip (once, about half a minute; needs the network) ..."
        Remove-Tree $place
        if (Invoke-Step $python @('-m', 'venv', $place)) { $made = $true; break }
        Remove-Tree $place
        if (Invoke-Step $python @('-m', 'virtualenv', $place)) { $made = $true; break }
    }
    if (-not $made) {
        Stop-Build 'could not make an empty environment.' 'this Python came without venv.' 'install Python anew or uv'
    }
    $inside = Join-Path $place 'Scripts\python.exe'
    $version = @(& $inside -m pip --version)[0] -replace '^pip (\d+)\.(\d+).*$', '$1.$2'
    if ($version -notmatch '^\d+\.\d+$' -or [version]$version -lt [version]'25.1') {
        # Earlier ones do not know --group.
        if (-not (Invoke-Step $inside @('-m', 'pip', 'install', '--upgrade', 'pip'))) {
            Stop-Build 'could not bring pip up to date.'
        }
    }
    $install = @('-m', 'pip', 'install', '--no-compile', '--editable', $wanted, '--group', 'test', '--group', 'lint')
    if (-not (Invoke-Step $inside $install)) { Stop-Build 'could not install what the project needs.' }
}

function Build {
    New-Item -ItemType Directory -Force -Path $boot | Out-Null
    [IO.File]::WriteAllText((Join-Path $boot '.gitignore'), "*`n")
    $unfinished = ''
    Lock-Build
    try {
        $stamp = Read-Stamp
        if (Test-Ready $stamp) { return $stamp } # another call has made it by now
        $known = @(Get-KnownExtras)
        foreach ($extra in $extras) {
            if ($known -notcontains $extra) {
                Die "there is no extra '$extra'." 'pyproject.toml does not name it.' `
                    "SAFETHIRD_EXTRAS takes any of: $($known -join ' ')" 2
            }
        }
        $all = @(@($extras) + @($stamp.Extras | Where-Object { $known -contains $_ }) | Select-Object -Unique)
        Clear-Old $stamp.Number
        $number = '{0:yyyyMMddTHHmmss}-{1}' -f (Get-Date), $PID
        $unfinished = Join-Path $boot $number
        New-Item -ItemType Directory -Path $unfinished | Out-Null
        [IO.File]::WriteAllText((Join-Path $unfinished 'builder'), "$PID")
        $script:log = Join-Path $unfinished 'log'
        $place = Join-Path $unfinished 'env'
        $wanted = '.'
        if ($all.Count) { $wanted = ".[$($all -join ',')]" }
        $started = Get-Date
        $pythons = Find-Pythons $stamp.Python
        $done = $false
        if (Get-Command uv -CommandType Application -ErrorAction SilentlyContinue) {
            $done = Install-WithUv $place $wanted $pythons
            if (-not $done) { Say "uv could not do it; trying Python's own tools ..." }
        }
        if (-not $done) { Install-WithPip $place $wanted $pythons }
        $request = $stamp.Python
        if ($env:SAFETHIRD_PYTHON) { $request = $env:SAFETHIRD_PYTHON }
        $temporary = Join-Path $boot "stamp-$PID"
        [IO.File]::WriteAllLines($temporary, [string[]]@($key, $root, $request, ($all -join ' '), $number))
        Remove-Item -LiteralPath (Join-Path $unfinished 'builder') -Force
        Move-Item -LiteralPath $temporary -Destination $stampFile -Force
        $unfinished = ''
        Say "the environment is ready after $([int]((Get-Date) - $started).TotalSeconds) s."
        return (Read-Stamp)
    } finally {
        # On every way out, an interrupt too: what is unfinished goes.
        if ($unfinished) { Remove-Tree $unfinished }
        Unlock-Build
    }
}

# --- here it starts --------------------------------------------------------------------------------------------------

if ($args.Count -eq 0 -or $args[0] -in '-h', '--help') {
    [Console]::Error.WriteLine('Usage: .\bootstrap.ps1 COMMAND [ARGUMENT]...   (see the head of this file)')
    if ($args.Count) { exit 0 } else { exit 2 }
}
$extras = @()
if ($env:SAFETHIRD_EXTRAS) { $extras = @($env:SAFETHIRD_EXTRAS -split '[, ]+' | Where-Object { $_ }) }
$key = "$layout $(Get-Fingerprint)"
$stamp = Read-Stamp
if (-not (Test-Ready $stamp)) { $stamp = Build }

$place = Join-Path $boot (Join-Path $stamp.Number 'env')
$env:VIRTUAL_ENV = $place
$env:PATH = (Join-Path $place 'Scripts') + ';' + $env:PATH
$env:PYTHONHOME = $null
$command = [string]$args[0]
$rest = @($args | Select-Object -Skip 1)
$kinds = @('Application', 'ExternalScript')
if (-not (Get-Command $command -CommandType $kinds -ErrorAction SilentlyContinue)) {
    Die "there is no command '$command'." "it is neither in the project's environment nor on the PATH." `
        "check the spelling. If an extra brings it, set SAFETHIRD_EXTRAS=NAME first." 127
}
$ErrorActionPreference = 'Continue'
& $command @rest
exit $LASTEXITCODE
