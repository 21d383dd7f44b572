#!/bin/sh
# Make sure this machine has what the house needs: `packages.sh python` before the environment is made, `packages.sh nodes`
# before RabbitMQ and PostgreSQL are started. Root on Debian: missing packages are installed, and no system service is
# started for them. Anybody else gets one message. Plain sh: it runs before there is any Python.
set -eu

usable_python() {
    for python in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        [ -n "$python" ] && "$python" -c \
            'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$python" && return
    done
    return 1
}

has_rabbitmq() {
    [ -x "${HALLBUS_RABBITMQ_SBIN:-/nowhere}/rabbitmq-server" ] || [ -x /opt/rabbitmq/sbin/rabbitmq-server ] ||
        ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >/dev/null 2>&1
}

has_postgres() {
    [ -x "${HALLBUS_POSTGRES_BIN:-/nowhere}/initdb" ] || command -v postgres >/dev/null 2>&1 ||
        ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

missing_packages() {
    case "$1" in
        python)
            usable_python >/dev/null || echo python3 python3-venv ;;
        nodes)
            [ -n "${AMQP_URI:-}" ] && [ -n "${DATABASE_URL:-}" ] && return
            has_rabbitmq || echo rabbitmq-server
            has_postgres || echo postgresql
            command -v setsid >/dev/null && command -v setpriv >/dev/null || echo util-linux ;;
    esac
}

give_up() {
    {
        echo "Hallbus needs Debian packages that are missing here: $1"
        [ "$2" = python ] && echo "  (Python 3.11 or newer, with venv; PYTHON=/path/to/python names one of your own)"
        echo "  install them:  sudo apt-get install $1"
        [ "$2" = nodes ] && echo "  or use servers you have:  set AMQP_URI and DATABASE_URL"
        echo "  or use containers:  docker compose -f deploy/compose/compose.yaml up"
    } >&2
    exit 2
}

install() {
    echo "==> installing $1 (apt-get, a minute or two)" >&2
    # Debian's own switch: while this file says 101, no package starts its service.
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
    fi
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { apt-get update -q && apt-get install -y -q --no-install-recommends $1; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        give_up "$1" "$2"
    fi
    rm -f "$log"
}

what=$1
missing=$(missing_packages "$what" | xargs)
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || give_up "$missing" "$what"
    install "$missing" "$what"
    missing=$(missing_packages "$what" | xargs)
    [ -z "$missing" ] || give_up "$missing" "$what"
fi
[ "$what" != python ] || usable_python
