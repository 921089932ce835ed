#!/bin/sh
# The README's examples of a connector of one's own: built with their one command,
# checked, and used against a web server that gives files.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
needs openssl pkg-config
begin
umask 022 # a connector that others can write to is refused
cd "$tmp" || exit 1
mkdir connectors www
chmod 755 connectors

build() {
    cp "$BERTH_SRCDIR"/examples/text-list/text-list.* connectors/ &&
        chmod 644 connectors/* &&
        # shellcheck disable=SC2046,SC2086 # lists of words
        ${BERTH_CC:-cc} -std=c99 -Wall -Wextra -Wpedantic -Werror -shared -fPIC \
            -fvisibility=hidden -I"$BERTH_SRCDIR/plugin" -o connectors/text-list.so \
            connectors/text-list.c $(pkg-config --cflags --libs jansson) 2>build.log
}
ok "the example is built with one command and without a warning" build
[ ! -s build.log ] || note "$(cat build.log)"

run connector check ./connectors/text-list.so
gives "connector check finds nothing wrong with it" 0

# The emulator is spared: here openssl is the emulator, so that it is stopped like one.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout key.pem -out cert.pem 2>/dev/null
(cd www && exec openssl s_server -WWW -accept 127.0.0.1:0 -cert ../cert.pem \
    -key ../key.pem) >server.log 2>&1 </dev/null &
emulator=$!
tries=0
port=
while [ -z "$port" ] && [ $tries -lt 100 ]; do
    port=$(sed -n 's/^ACCEPT 127\.0\.0\.1:\([0-9]*\)$/\1/p' server.log)
    tries=$((tries + 1))
    sleep 0.05
done
printf '%s\n' 'dev-0001 shipped to Oslo' 'dev-0002 shipped to Lima' >www/devices.txt

BERTH_CONNECTOR_PATH=$tmp/connectors
export BERTH_CONNECTOR_PATH
run connection add devices --connector text-list --set host="localhost:$port" \
    --set path=/devices.txt --ca-file "$tmp/cert.pem"
gives "a connection to a server is made" 0
run connection test devices
gives "its test counts the lines" 0
run action run devices line.get -i '{"key":"dev-0002"}'
prints "an action reads one line" '"line":"dev-0002 shipped to Lima"'
run action run devices line.get -i '{"key":"dev-0003"}'
gives "a line that is not there is not found" 4 'no line begins with that key'

run trigger poll devices line.changed --start all
prints "the first poll with --start all reports every line" \
    'line.created.v1.*lines/dev-0001' 'line.created.v1.*lines/dev-0002'
printf '%s\n' 'dev-0002 arrived in Lima' 'dev-0003 ordered' >www/devices.txt
run trigger poll devices line.changed
prints "the second reports what changed and what is new" \
    'line.updated.v1.*lines/dev-0002' 'line.created.v1.*lines/dev-0003'
run trigger poll devices line.changed
prints "a line that two listings lack is gone" 'line.deleted.v1.*lines/dev-0001'
lines "and nothing else is reported" 1

# --- the one on the kit ---
build_kit() {
    cp "$BERTH_SRCDIR"/examples/rest-list/rest-list.* connectors/ &&
        chmod 644 connectors/* &&
        # shellcheck disable=SC2046,SC2086 # lists of words
        ${BERTH_CC:-cc} -Wall -Wextra -Wpedantic -Werror -shared -fPIC \
            -fvisibility=hidden -I"$BERTH_SRCDIR/plugin" -o connectors/rest-list.so \
            connectors/rest-list.c "$BERTH_SRCDIR"/plugin/sdk/*.c \
            $(pkg-config --cflags --libs jansson libcrypto) 2>build.log
}
ok "the one on the kit is built with one command and without a warning" build_kit
[ ! -s build.log ] || note "$(cat build.log)"
run connector check ./connectors/rest-list.so
gives "connector check finds nothing wrong with it" 0
TOKEN=open-sesame-42
export TOKEN
run connection add api --connector rest-list --set host="localhost:$port" \
    --secret token=env:TOKEN --ca-file "$tmp/cert.pem"
gives "a connection is made" 0

printf '{"items":[{"id":"a","revision":1},{"id":"b","revision":2}],"next":"/page2"}' >www/items
printf '{"items":[{"id":"c","revision":3}],"next":null}' >www/page2
run connection test api
gives "a test that lists says that it was done" 0 'item.list: done'
run action run api item.list
lines "all pages are listed" 3
run action run api item.count
prints "the action in C counts them" '"items":3'
run action run api item.create -i '{"id":"d"}' --dry-run
prints "a declared action is a request" '"method":"POST","url":"https://localhost:[0-9]*/items"' \
    '"Authorization":"\*\*\*"' '"body":{"id":"d"}'
run trigger poll api item.changed
gives "the first poll sets the baseline" 0 'item.changed: 3 items'
printf '{"items":[{"id":"c","revision":4}]}' >www/page2
run action run api item.count
prints "a page that names no next one is the last" '"items":3'
printf '{"items":[],"next":7}' >www/page2
run action run api item.count
gives "a next page that is no text is named" 1 "the next page's url is no text"
printf '{"items":[{"id":"c","revision":4}]}' >www/page2
run trigger poll api item.changed
prints "another number is another version" 'item.updated.v1.*items/c'
lines "and nothing else has changed" 1
finish
