# Sourced, not run: finds a Python, makes the project's environment from a locked list with hashes.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

# both FRENCH ENGLISH: one line each, since whoever reads it may know only one of the two.
both() { say "$1"; say "$2"; }

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] || continue
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# debian PACKAGE…: install by name where we may; silent where there is nothing to do.
debian() {
  local missing=() name
  for name in "$@"; do
    dpkg -s "$name" >/dev/null 2>&1 || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    say "not installed, and no right to: ${missing[*]}"
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1 || true
  for name in "${missing[@]}"; do
    apt-get install -y -qq --no-install-recommends "$name" >/dev/null 2>&1 || say "could not install $name"
  done
}

# environment DIR LOCK: a virtual environment that holds exactly the lock; made anew only when the lock changed, and
# by one window at a time. One that was cut while it was made has no stamp and is made anew.
environment() {
  local directory=$1 lock=$2 status
  is_made "$directory" "$lock" && return 0
  exec 8>"$directory.making" || return 1
  if ! flock -n 8; then
    both "Une autre fenêtre prépare déjà l'environnement : attente…" "Another window is already preparing: waiting…"
    flock 8
  fi
  is_made "$directory" "$lock" || make_environment "$directory" "$lock" 8>&-
  status=$?
  exec 8>&-
  return $status
}

is_made() {
  [ -x "$1/bin/python" ] && [ "$(cat "$1/.lock-sha256" 2>/dev/null)" = "$(sha256sum <"$2")" ]
}

make_environment() {
  local directory=$1 lock=$2 python
  if ! python=$(find_python); then
    debian python3 python3-venv || true
    python=$(find_python) || {
      both "Il faut Python 3.11 ou plus récent : installez python3 et python3-venv (Debian 12 ou 13)." \
        "Python 3.11 or newer is needed: install python3 and python3-venv (Debian 12 or 13)."
      return 1
    }
  fi
  rm -rf "$directory"
  if ! "$python" -m venv "$directory" >/dev/null 2>&1; then
    debian python3-venv || true
    "$python" -m venv "$directory" >/dev/null 2>&1 || {
      both "L'environnement Python ne peut pas être créé : installez python3-venv." \
        "The Python environment can't be made: install python3-venv."
      return 1
    }
  fi
  both "Téléchargement des paquets (une seule fois)…" "Fetching the packages (once)…"
  "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock" || {
    both "Le téléchargement des paquets a échoué : vérifiez la connexion, puis relancez la même commande." \
      "Fetching the packages failed: check the connection, then run the same command again."
    return 1
  }
  sha256sum <"$lock" >"$directory/.lock-sha256"
}
