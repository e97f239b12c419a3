#!/usr/bin/env bash
# stop.sh FOLDER: end what start.sh started there.
set -uo pipefail
for name in slurmd-n1 slurmd-n2 slurmctld munged; do
  if [ -f "$1/$name.pid" ]; then kill "$(cat "$1/$name.pid")"; fi
done
exit 0
