# shellcheck shell=bash disable=SC2154 # site.conf and the sourcing script set what is not set here
# What submit and the batch scripts share; sourced by them with `here` set to this folder.

# die CODE SENTENCE: one sentence on standard error; ends with the code.
die() {
    echo "tieout: $2" >&2
    exit "$1"
}

# Reads site.conf, loads the modules, finds the program.
site_begin() {
    local place
    # shellcheck source=slurm/site.conf
    source "$here/site.conf" || die 78 "$here/site.conf cannot be read"
    if [ -n "$modules" ]; then
        # A batch shell may not have been told what "module" is.
        command -v module >/dev/null || source /etc/profile.d/modules.sh 2>/dev/null ||
            source /etc/profile.d/lmod.sh 2>/dev/null ||
            die 78 "site.conf names modules, and there is no command \"module\""
        # shellcheck disable=SC2086
        module load $modules || die 78 "the modules of $here/site.conf cannot be loaded"
    fi
    for place in "$here/../build/release/tieout" "$here/../../../bin/tieout"; do
        [ -z "$tieout" ] && [ -x "$place" ] && tieout=$place
    done
    tieout=$(command -v "${tieout:-tieout}") ||
        die 78 "the program is not found: name it in $here/site.conf"
}

# results_of FOLDER LEDGER: where an array's task writes.
results_of() {
    echo "$1/$(basename "${2%.*}").h5"
}

# pick_task --pick FOLDER N LEDGER... OPTION...: sets ledger, results and options to those of this
# task of an array.
pick_task() {
    local folder=$2 n=$3
    shift 3
    ledger=${!SLURM_ARRAY_TASK_ID}
    results=$(results_of "$folder" "$ledger")
    shift "$n"
    options=("$@")
}

# In a batch script: jobs are submitted with --export=NONE, so that nothing of the submitting
# shell, a key least of all, is kept by the batch system; what is set from here on reaches the
# ranks. Threads are what the allocation has for each rank.
job_begin() {
    set -euo pipefail
    site_begin
    export SLURM_EXPORT_ENV=ALL
    export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
    job_began=$SECONDS
    stop_asked=""
}

# launch_with RANKS: sets the array launch to what starts that many ranks. mpirun binds nothing:
# a rank bound to one core would have one thread; the program shares a node's cores evenly.
launch_with() {
    read -ra launch <<<"$launcher"
    case $launcher in
    mpirun*) launch+=(-n "$1" --bind-to none -x OMP_NUM_THREADS) ;;
    *) launch+=(--ntasks="$1" --cpus-per-task="$OMP_NUM_THREADS" --kill-on-bad-exit=1) ;;
    esac
}

# job_run COMMAND...: runs it; SIGUSR1 (sent ahead of the time limit) and SIGTERM (cancelled)
# become SIGUSR1, which srun and mpirun hand on to the ranks. Sets code.
job_run() {
    local pid second=0
    code=0
    "$@" &
    pid=$!
    trap 'stop_asked=limit; kill -USR1 "$pid" 2>/dev/null || true' USR1
    trap 'stop_asked=cancelled; kill -USR1 "$pid" 2>/dev/null || true' TERM
    while code=0 && { wait "$pid" || code=$?; } && [ "$code" -gt 128 ] && kill -0 "$pid" 2>/dev/null; do
        :
    done
    # A signal may have ended the wait just as the command ended: then its code is still kept.
    if [ "$code" -gt 128 ]; then
        wait "$pid" || second=$?
        [ "$second" -eq 127 ] || code=$second
    fi
    trap - USR1 TERM
}

# job_end WHAT CODES: queues the job again if it ended with one of CODES and may be; then says in
# one line how it ended, and ends with code. 75 alone: only if the time limit was the reason.
job_end() {
    local what=$1 again=$2 took=$((SECONDS - job_began)) why=""
    if [[ " $again " == *" $code "* ]] && { [ "$code" != 75 ] || [ "$stop_asked" = limit ]; }; then
        if [ "${SLURM_RESTART_COUNT:-0}" -lt "$restarts" ]; then
            echo "tieout: job $SLURM_JOB_ID: $what is queued again (exit code $code)" >&2
            scontrol requeue "$SLURM_JOB_ID"
            sleep 60 # until the batch system ends this script
        fi
        why=", after $restarts restarts: it needs more time, or its service to be back"
    fi
    case $code in
    0) ;;
    13[0-9] | 14[0-9]) why=": it was killed, perhaps for want of memory; nothing was written under a final name" ;;
    esac
    echo "tieout: job $SLURM_JOB_ID: $what ended with exit code $code after $took s on $SLURM_JOB_NODELIST$why" >&2
    exit "$code"
}
