#!/bin/sh
# contrib/ansible against a bare Debian in a directory, as docs/nms/ansible.md
# says: the first time all is installed and works, the second nothing changes.
# Nothing is mounted.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "Ansible"
. "$ROOT/tests/nms/rig.sh"
KIT=$ROOT/contrib/ansible BARE=$TMP/bare
ANSIBLE_LOCAL_TEMP=$TMP/local ANSIBLE_HOME=$TMP/home ANSIBLE_NOCOLOR=1
ANSIBLE_REMOTE_TMP=/root/.ansible/tmp
LC_ALL=C.UTF-8
export ANSIBLE_LOCAL_TEMP ANSIBLE_HOME ANSIBLE_NOCOLOR ANSIBLE_REMOTE_TMP LC_ALL

# A Debian with what Ansible itself wants; packages that this machine has
# fetched already are not fetched again.
bare_make()
{
	mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list \
	    /etc/apt/sources.list.d 2>/dev/null | head -1)
	debootstrap --variant=minbase --include=python3,python3-apt \
	    bookworm "$BARE" "${mirror:-http://deb.debian.org/debian}" \
	    >"$TMP/debootstrap.log" 2>&1 || return
	find /var/cache/apt/archives -maxdepth 1 -name '*.deb' \
	    -exec cp {} "$BARE/var/cache/apt/archives" \;
	printf '#!/bin/sh\nexit 101\n' >"$BARE/usr/sbin/policy-rc.d"
	chmod 755 "$BARE/usr/sbin/policy-rc.d"
	[ ! -e /etc/apt/apt.conf.d ] || cp -R /etc/apt/apt.conf.d/. \
	    "$BARE/etc/apt/apt.conf.d"
}

# inside COMMAND: with a /proc that is mounted for this command alone, and
# nowhere else
inside()
{
	unshare -m sh -c 'mount -t proc proc "$1/proc" && shift && exec "$@"' \
	    sh "$BARE" chroot "$BARE" /usr/bin/env -i PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin LC_ALL=C "$@"
}

inventory()
{
	cat >"$TMP/inventory.yml" <<P
---
all:
  vars:
    ansible_connection: community.general.chroot
    ansible_python_interpreter: /usr/bin/python3
    ansible_become: false
  children:
    mail:
      hosts:
        $BARE:
      vars:
        postfix_stats_snmp_community: "s3cret word"
        postfix_stats_log_shipper: $1
        postfix_stats_host_id: mx1.example.com
        postfix_stats_config:
          publish_interval: 2
          queue: { sample: false }
    prometheus:
      hosts:
        $BARE:
    grafana:
      hosts:
        $BARE:
P
}

like "$(cd "$KIT" && ansible-lint --offline --nocolor --profile production \
    site.yml roles/postfix_stats 2>&1)" \
    "*Passed with production profile: 0 failure(s), 0 warning(s)*" \
    "ansible-lint has nothing to say"
is "$(cd "$KIT" && yamllint -c .yamllint . 2>&1)" "" "nor has yamllint"
is "$(sed -n '/^postfix_stats_packages/,/^$/s/^  - //p' \
    "$KIT/roles/postfix_stats/defaults/main.yml" | sort)" \
    "$(sh "$ROOT/tools/deps.sh" --build | tr -s ' \n' '\n\n' | sort)" \
    "the packages are those of tools/deps.sh"

bare_make
need $? "a bare Debian"
inventory promtail
page_follow "$ROOT/docs/nms/ansible.md" source="$ROOT" \
    inventory="$TMP/inventory.yml"
followed=$?
[ "$followed" -eq 0 ] || diag "$(grep -B2 -A12 'fatal:' "$TMP/page.log")"
need "$followed" "the page is followed, the second time nothing changes"
is "$(grep -c 'changed=0 .*unreachable=0 *failed=0' "$TMP/page/again")" 1 \
    "$(grep 'changed=0' "$TMP/page/again" | tr -s ' ' | cut -d: -f2)"

# It works there.
cat "$ROOT"/tests/golden/postfix-3.7*.log >"$BARE/root/mail.log"
install -d "$BARE/var/lib/postfix-stats"
inside postfix-statsd --once --log /root/mail.log -d /var/lib/postfix-stats \
    >"$TMP/once" 2>&1
ok $? "postfix-statsd counts a log"
like "$(chroot "$BARE" /usr/local/bin/postfix-stats-get lines:read 2>&1)" \
    "*/proc is not mounted" "without /proc it says so"
like "$(inside postfix-stats-get lines:read)" "[1-9]*" \
    "postfix-stats-get: $(inside postfix-stats-get lines:read) lines"
for program in postfix-stats-agentx postfix-stats-exporter \
    postfix-stats-probe postfix-stats-whm; do
	inside "$program" --version >"$TMP/version" 2>&1
	ok $? "$(cat "$TMP/version")"
done
is "$(inside getent passwd postfix-stats postfix-stats-agentx \
    postfix-stats-exporter | cut -d: -f1,7 | paste -sd' ')" \
    "postfix-stats:/usr/sbin/nologin postfix-stats-agentx:/usr/sbin/nologin postfix-stats-exporter:/usr/sbin/nologin" \
    "users"
is "$(cd "$BARE/etc/systemd/system" && echo postfix-stats*.service)" \
    "postfix-stats-agentx.service postfix-stats-exporter.service postfix-statsd.service" \
    "units"
is "$(stat -c %a "$BARE/etc/snmp/snmpd.conf.d/postfix-stats.conf" \
    "$BARE/etc/postfix-stats.yml" | paste -sd' ')" "600 640" \
    "what is secret is not for all"
is "$(grep -c 's3cret' "$TMP/page.log")" 0 "nor is it shown"
install -d "$TMP/snmp"
sed "s|/var/agentx/master|unix:$TMP/snmp/agentx|; s|root postfix-stats|root nogroup|" \
    "$BARE/etc/snmp/snmpd.conf.d/postfix-stats.conf" >"$TMP/snmpd.conf"
at_exit 'sh "$ROOT/tests/rig/snmpd.sh" stop "$TMP/snmp"'
COMMUNITY="s3cret word" SNMPD_CONF="$TMP/snmpd.conf" \
    sh "$ROOT/tests/rig/snmpd.sh" start "$TMP/snmp"
ok $? "snmpd takes its part, and answers to this community"
like "$(cat "$BARE/etc/systemd/system/postfix-stats-exporter.service.d/listen.conf")" \
    "*--listen 127.0.0.1:9154
IPAddressAllow=localhost*" "the exporter's address"
ansible-inventory -i "$KIT/inventory.yml" --host mx1.example.com |
    perl -MJSON::PP -e 'local $/; print JSON::PP->new->encode(
	decode_json(<STDIN>)->{postfix_stats_config})' >"$TMP/example.yml"
"$BIN/postfix-stats-get" -c "$TMP/example.yml" -d "$TMP" sent:smtp \
    >"$TMP/example" 2>&1
is $? 2 "the configuration of the example is one: $(cat "$TMP/example")"
is "$(cmp "$BARE/etc/promtail/config.yml" "$ROOT/contrib/loki/promtail.yml" 2>&1)" \
    "" "Promtail's configuration is that of contrib/loki"
is "$(cmp "$BARE/etc/prometheus/rules/postfix-stats.rules.yml" \
    "$ROOT/contrib/prometheus/postfix-stats.rules.yml" 2>&1)" "" "rules"
like "$(cat "$BARE/etc/prometheus/file_sd/postfix.yml")" \
    "*targets:*\"$BARE:9154\"*" "targets"
is "$(cd "$BARE/var/lib/grafana/dashboards/postfix-stats" && echo *.json)" \
    "$(cd "$ROOT/contrib/grafana" && echo *.json)" "dashboards"

# A fault in the configuration is refused, and the old one stays.
cd "$TMP/page/ansible" || exit
sed 's/publish_interval: 2/publish_intervall: 2/' "$TMP/inventory.yml" \
    >"$TMP/wrong.yml"
ansible-playbook -i "$TMP/wrong.yml" site.yml >"$TMP/wrong.log" 2>&1
is "$? $(grep -c 'Unexpected key: publish_intervall' "$TMP/wrong.log")" "2 1" \
    "a fault in the configuration is refused"
is "$(grep -c 'publish_interval: 2' "$BARE/etc/postfix-stats.yml")" 1 \
    "and the old one stays"

inventory alloy
ansible-playbook -i "$TMP/inventory.yml" site.yml >"$TMP/alloy.log" 2>&1
is "$(cmp "$BARE/etc/alloy/config.alloy" "$ROOT/contrib/loki/config.alloy" 2>&1)" \
    "" "Alloy's configuration is that of contrib/loki"
is "$(grep -c "$BARE" /proc/mounts)" 0 "nothing is mounted"
tap_end
