#!/usr/bin/env bash
# Runs a command beside a Slurm of its own: tools/one_node_slurm.sh COMMAND...
#
# Debian's packages are unpacked below a temporary folder, where configuration, key, state and logs lie too: nothing is
# installed, no file outside of that folder changes, and all of it goes when the command ends. Daemons listen on the
# loopback interface alone, and the kernel ends them with this script, however it ends.
# Where there is a Slurm already, or none can be had, it says SKIPPED and why, and ends well.
set -euo pipefail

skip() {
    printf 'SKIPPED the tests on Slurm: %s\n' "$*" >&2
    exit 0
}

# Nobody's cluster is to notice this.
[ -z "${SLURM_CONF:-}" ] || skip "SLURM_CONF is set ($SLURM_CONF): this machine belongs to a cluster."
for path in /etc/slurm /etc/slurm-llnl /run/slurm/conf; do
    [ ! -e "$path/slurm.conf" ] || skip "$path/slurm.conf exists: this machine belongs to a cluster."
done
for process in /proc/[0-9]*/stat; do # "id (name) state ...": one that is dead (Z) harms nobody
    read -r _ name state _ 2>/dev/null <"$process" || continue
    case $name$state in
    *Z) ;;
    "(slurmctld"* | "(slurmd"* | "(slurmstepd"* | "(sackd)"* | "(munged)"*) skip "a running $name is not ours." ;;
    esac
done
if command -v scontrol >/dev/null && timeout 10 scontrol ping >/dev/null 2>&1; then
    skip "a Slurm controller answers."
fi
for tool in apt-get dpkg setpriv setsid; do
    command -v "$tool" >/dev/null || skip "$tool is missing: the packages are Debian's."
done

home=$(mktemp -d "${TMPDIR:-/tmp}/one_node_slurm.XXXXXX")
chmod 711 "$home" # clients of another user must reach the socket
daemons=()
within() { # seconds, command: until it succeeds
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.1
    done
}
gone() { ! kill -0 "$1" 2>/dev/null; }
# A daemon behind another is ended before it, and gets the time to end its own children.
bring_down() {
    local at
    trap '' INT TERM HUP
    if [ -n "${child:-}" ] && kill "$child" 2>/dev/null; then
        within 20 gone "$child" || kill -9 "$child" || true
    fi
    if [ "${#daemons[@]}" = 3 ]; then timeout 20 scancel --quiet --user="$(id -un)" 2>/dev/null || true; fi
    for ((at = ${#daemons[@]} - 1; at >= 0; at--)); do
        kill "${daemons[at]}" 2>/dev/null || true
        wait "${daemons[at]}" 2>/dev/null || true
    done
    for process in /proc/[0-9]*; do # what a daemon left behind
        case $(readlink "$process/exe" || true) in "$home"/*) kill -9 "${process#/proc/}" || true ;; esac
    done 2>/dev/null
    rm -rf "$home"
}
trap bring_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# 1. Debian's packages, with lists and cache of our own, so that neither root nor a change of the machine is needed.
mkdir -p "$home"/{lists,cache/archives}/partial "$home"/{root,bin,etc,ctld,slurmd,munge}
apt=(apt-get -qq -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2
    -o Dir::State::lists="$home/lists" -o Dir::Cache="$home/cache" -o Dir::Log="$home")
if ! { "${apt[@]}" update && "${apt[@]}" install --yes --no-install-recommends --reinstall --download-only \
    slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge libmunge2; } >"$home/apt.log" 2>&1; then
    skip "apt-get could not fetch Debian's packages: $(grep -m1 '^E:' "$home/apt.log" || tail -n1 "$home/apt.log")"
fi
for package in "$home"/cache/archives/*.deb; do dpkg -x "$package" "$home/root"; done
plugins=$(find "$home/root/usr/lib" -type d -name slurm-wlm)
export LD_LIBRARY_PATH=${plugins%/*}:$plugins${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export SLURM_CONF=$home/etc/slurm.conf
# Snakemake's plugin takes the environment's SLURM_CONF away from the srun within a job.
printf '#!/bin/sh\nexport SLURM_CONF=%s\nexec %s "$@"\n' "$SLURM_CONF" "$home/root/usr/bin/srun" >"$home/bin/srun"
chmod +x "$home/bin/srun"
export PATH=$home/bin:$home/root/usr/bin:$PATH

# 2. Configuration. The node claims more cores than it may have, so that the profile is tested as it is.
free_port() {
    local port
    while port=$((20000 + RANDOM % 20000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}
cat >"$SLURM_CONF" <<CONF
ClusterName=one_node
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket=$home/munge/socket
CredType=cred/munge
PluginDir=$plugins
StateSaveLocation=$home/ctld
SlurmdSpoolDir=$home/slurmd
SlurmctldPidFile=$home/slurmctld.pid
SlurmdPidFile=$home/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
AccountingStorageType=accounting_storage/none
MinJobAge=7200
KillWait=2
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=2,sched_min_interval=0
SlurmdParameters=config_overrides
NodeName=node NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 CPUs=8 RealMemory=16000
PartitionName=main Nodes=node Default=YES MaxTime=INFINITE
CONF

# 3. Daemons, in the foreground of the background: their ids are known, and they end with this shell.
start() { # in a session of its own: a Ctrl-C is for the command, which still needs its Slurm to end well
    setsid setpriv --pdeathsig TERM "$@" &
    daemons+=($!)
}
idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
failed() {
    tail -n 20 "$home"/*.log >&2
    printf 'The one-node Slurm did not come up: %s\n' "$*" >&2
    exit 1
}
(umask 077 && head -c 1024 /dev/urandom >"$home/etc/munge.key")
start "$home/root/usr/sbin/munged" --foreground --force --key-file="$home/etc/munge.key" --socket="$home/munge/socket" \
    --pid-file="$home/munge/pid" --log-file="$home/munged.log" --seed-file="$home/munge/seed" 2>"$home/munged.err.log"
within 20 test -S "$home/munge/socket" || failed "no munge socket."
start "$home/root/usr/sbin/slurmctld-wlm" -D -L "$home/slurmctld.log" 2>"$home/slurmctld.err.log"
start "$home/root/usr/sbin/slurmd-wlm" -D -N node -d "$home/root/usr/sbin/slurmstepd-wlm" -L "$home/slurmd.log" \
    2>"$home/slurmd.err.log"
within 30 idle || failed "the node is not idle."

# 4. The command; waited for in the background, so that a signal is heard at once. There the shell ignores Ctrl-C.
env --default-signal=INT "$@" &
child=$!
status=0
wait "$child" || status=$?
child=
exit "$status"
