#!/usr/bin/env bash
# A living, invented centre on this machine: its environment, its store, the resident process, the courier and a
# stand-in of the national DHIS2. Run it again: it starts in seconds on the same store.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. provisioning/environment.sh

port=${PORT:-8000}
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then
  both "PORT doit être un nombre de 1 à 65535, pas « $port »." "PORT must be a number from 1 to 65535, not \"$port\"."
  exit 2
fi
home=${APPLIANCE_DEMO_HOME:-${XDG_DATA_HOME:-${HOME:-/tmp}/.local/share}/appliance-demo}
mkdir -p "$home" 2>/dev/null || {
  both "Le dossier $home ne peut pas être créé." "The folder $home can't be made."
  exit 2
}
free=$(df -Pk "$home" | awk 'NR==2 {print $4}')
if [ "${free:-0}" -lt 600000 ]; then
  both "Il faut 600 Mo libres dans $home." "600 MB are needed in $home."
  exit 2
fi
trap 'both "Arrêt. Relancez la même commande." "Stopped. Run the same command again."; exit 130' INT TERM
environment "$home/venv" provisioning/requirements.lock || exit 1
export PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1
exec "$home/venv/bin/python" -m appliance demo --data "$home/centre" --port "$port" "$@"
