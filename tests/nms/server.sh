#!/bin/sh
# The mail server that the other tests of this folder watch: it stands still,
# and says over SNMP what postfix-stats-get(1) says.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "a mail server to be watched"
. "$ROOT/tests/nms/rig.sh"

# Objects whose number moves by itself.
ageing='Seconds|Silence|Oldest|Lag|Behind|Published|Sampled|Last|Age|Uptime'
# walk: "OBJECT NUMBER" of all scalars that have a key
scalars()
{
	"$ROOT/build/tools/generate" objects |
	    awk -F'\t' '$3 == "scalar" && $6 != "-" { print $1, $2, $6 }' |
	    grep -vE "$ageing" | while read -r suffix object key; do
		number=$(asked_oid "$BASE_OID.$suffix.0")
		[ "$number" = "$(stats_get "$key")" ] ||
		    echo "$object: $number, $key: $(stats_get "$key")"
	done
}

nms_start
ok $? "it starts and comes to rest"
is "$(scalars)" "" "SNMP and postfix-stats-get agree"
before=$(stats_get sent:smtp)
mail_some 7
is "$(($(stats_get sent:smtp) - before))" 7 "seven more are delivered"
before=$(stats_get queue:deferred:messages)
mail_stuck 5
is "$(($(stats_get queue:deferred:messages) - before))" 5 "five more are stuck"
mail_unstuck
is "$(stats_get queue:deferred:messages)" 0 "none is stuck"
is "$(stats_get probe:arrives:success mail:arrives:success \
    probe:refused:success | tr '\n' ' ')" "1 1 0 " "probes have been"

cat >"$TMP/page.md" <<'P'
```sh
name=nobody other=x
where=here
```
Text.

    not run
```sh
echo "$where" >said
```
```text
not run
```
```sh
cat said >again
```
P
page_follow "$TMP/page.md" where="it's there"
is "$(cat "$TMP/page/again" 2>&1)" "it's there" "a page is followed"
tap_end
