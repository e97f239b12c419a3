#!/usr/bin/env bash
# start.sh FOLDER [PORT]: a Slurm of two nodes on this machine, run by whoever calls, for tests.
# Needs slurmctld, slurmd and munged (Debian: apt-get install slurm-wlm munge). Afterwards:
#   export SLURM_CONF=FOLDER/slurm.conf PATH=FOLDER/bin:$PATH
#   sinfo
#   stop.sh FOLDER
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
port=${2:-26817}
mkdir -p "$folder/state" "$folder/munge" "$folder/spool-n1" "$folder/spool-n2"
chmod 755 "$folder"
chmod 700 "$folder/munge"

sed -e "s|@FOLDER@|$folder|; s|@USER@|$(id -un)|; s|@HOST@|$(hostname -s)|" \
  -e "s|@PORT@|$port|; s|@PORT1@|$((port + 1))|; s|@PORT2@|$((port + 2))|" \
  "$here/slurm.conf" > "$folder/slurm.conf"
# A GPU each that is none: Slurm hands it out, and a job that looks finds nothing.
printf 'NodeName=n1,n2 Name=gpu File=/dev/null\n' > "$folder/gres.conf"
export SLURM_CONF="$folder/slurm.conf"

# Snakemake's plugin drops SLURM_CONF before it calls srun in a job.
mkdir -p "$folder/bin"
printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$SLURM_CONF" "$(command -v srun)" > "$folder/bin/srun"
chmod +x "$folder/bin/srun"

head -c 1024 /dev/urandom > "$folder/munge/key"
chmod 400 "$folder/munge/key"
munged --force --key-file="$folder/munge/key" --socket="$folder/munge.socket" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munge/munged.log" \
  --seed-file="$folder/munge/seed"
slurmctld
slurmd -N n1
slurmd -N n2

for _ in $(seq 60); do
  if [ "$(sinfo --noheader --Node --partition cpu --states idle --format %N | wc -l)" = 2 ]; then
    exit 0
  fi
  sleep 0.5
done
echo "the two nodes are not ready after 30 s; see the logs in $folder" >&2
sinfo >&2
exit 1
