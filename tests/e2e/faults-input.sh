#!/bin/sh
# Input that is not what it should be: each costs its own line alone, and says what is wrong.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
with_emulator --enrollments 3
device_1='{"registrationId":"dev-000001"}'

# line NAME BYTES [PATTERN]: the bytes (for printf) as a line before a good one.
line() {
    {
        printf "$2"
        printf '\n%s\n' "$device_1"
    } >"$tmp/in"
    run action run plant enrollment.get -i @"$tmp/in"
    prints "$1: its line is invalid, the next is read" '^{"line":1,.*"status":"invalid"' \
        '^{"line":2,"id":"dev-000001","status":"ok"' ${3:+"$3"}
    ok "and that is a part that failed" is "$code" 9
}
line "a NUL byte" '{"registrationId":"a\000b"}' 'not JSON: byte 21: a text with a control character'
line "an escaped NUL" '{"registrationId":"a\\u0000b"}' 'not JSON: byte [0-9]*: a text with a zero character'
line "bytes that are not UTF-8" '{"registrationId":"a\377b"}' 'not UTF-8'
line "half a surrogate pair" '{"registrationId":"\\ud800"}' 'not JSON: byte 20: a text with half a surrogate pair'
line "half of one in a name" '{"\\udc00x":"a"}' 'half a surrogate pair'
line "an escape that there is not" '{"registrationId":"\\x41"}' 'an escape that JSON does not have'
line "a number out of range" '{"registrationId":1e999}' 'a number is too large'
line "a whole number out of range" '{"registrationId":12345678901234567890}' 'a number is too large'
line "lists in lists" "{\"registrationId\":$(printf '%070d' 0 | tr 0 '[')$(printf '%070d' 0 | tr 0 ']')}" \
    'nested deeper than 64'
line "a member given twice" '{"registrationId":"a","registrationId":"b"}' 'given twice'
line "something behind the object" '{"registrationId":"a"} x' 'not JSON: byte 24'
line "an id of 129 letters" "{\"registrationId\":\"$(printf %0129d 1)\"}" 'registrationId'
line "no object" '"dev-000001"' 'not a JSON object'
line "a number as an id" '{"registrationId":7}' 'registrationId'

printf '[%s,%s' "$device_1" "$device_1" >"$tmp/in"
run action run plant enrollment.get -i @"$tmp/in"
gives "an array that breaks off behind a good element" 9 'the text ends after element 1'
prints "which was carried out" '^{"line":1,"id":"dev-000001","status":"ok"'

# rows NAME CODE CSV [PATTERN of stderr]
rows() {
    printf "$3" >"$tmp/in"
    run action run plant enrollment.upsert --csv -i @"$tmp/in"
    gives "CSV: $1" "$2" ${4:+"$4"}
}
rows "a quote that nothing closes" 3 'registrationId,attestation.type\n"a,symmetricKey\nb,symmetricKey\n' 'line 2 has a quote'
rows "a quote that nothing closes behind a good row" 9 'registrationId,attestation.type\nq1,symmetricKey\n"a,symmetricKey\n' \
    'line 3 has a quote'
printf 'registrationId\nnobody\n"a\n' >"$tmp/in"
run action run plant enrollment.get --csv -i @"$tmp/in"
gives "CSV: behind a row that failed in another way" 1 'line 3 has a quote'
rows "a zero byte in a cell" 9 'registrationId,attestation.type\nz\0001,symmetricKey\nz2,symmetricKey\n'
prints "is its line's fault alone" \
    "^{\"line\":2,\"status\":\"invalid\".*column 'registrationId': a zero byte is in it" '^{"line":3,"id":"z2","status":"ok"'
rows "a zero byte in a name" 3 'registration\000Id,attestation.type\na,symmetricKey\n' 'column 1: a zero byte is in its name'
rows "a column twice" 3 'registrationId,registrationId\na,b\n' 'keep one'
rows "a column and a part of it" 3 'registrationId,attestation,attestation.type\na,b,c\n' 'keep one'
rows "a column without a name" 3 'registrationId,,attestation.type\na,,symmetricKey\n' 'column 2 has no name'
rows "nothing but names" 0 'registrationId,attestation.type\n' 'nothing to do'
rows "cells over several lines" 0 'registrationId,attestation.type,optionalDeviceInformation.note\nc1,symmetricKey,"two\nlines ""x"""\nc2,symmetricKey,\n'
prints "are counted by lines" '^{"line":2,"id":"c1".*two\\nlines \\"x\\"' '^{"line":4,"id":"c2"'
rows "what looks like a number or a word" 0 'registrationId,attestation.type\n000123,symmetricKey\n1e5,symmetricKey\ntrue,symmetricKey\n'
prints "stays an id" '"registrationId":"000123"' '"registrationId":"1e5"' '"registrationId":"true"'
rows "a cell that is not UTF-8" 9 'registrationId,attestation.type\nd\377,symmetricKey\nc3,symmetricKey\n'
prints "is its line's fault alone" '^{"line":2,.*not text in UTF-8' '^{"line":3,"id":"c3","status":"ok"'
emulator_stop
finish
