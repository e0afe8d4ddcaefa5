#!/bin/sh
# Install what building, running and testing need, and start no service by it.
#
#   deps.sh             install missing packages, unpack the SMI modules and
#                       axe-core
#   deps.sh --nms       the network management systems of `make check-nms`, too
#   deps.sh --missing [--nms]
#                       only print what is missing; exit 1 if there is any
#   deps.sh --build     print the packages that `make install' needs
#   deps.sh --peers     print the packages that `make bench` and `make torture
#                       PEER=` compare with; nothing else wants them, so they
#                       are not installed here
#
# Without root the one apt-get line to run is printed instead.

set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
MIBS=$ROOT/build/mibs
POLICY=/usr/sbin/policy-rc.d

# compiler, make
BUILD="build-essential make pkg-config"
# the store, the configuration file, readiness, AgentX
BUILD="$BUILD libdb5.3-dev libcyaml-dev libyaml-dev libsystemd-dev libsnmp-dev"
# rotated logs that are compressed
BUILD="$BUILD zlib1g-dev liblzma-dev libzstd-dev"
# answers to Prometheus, graphs of the status page
BUILD="$BUILD libmicrohttpd-dev librrd-dev"
# conversations of the probe, tokens of its mail
BUILD="$BUILD libssl-dev libgsasl-dev libjansson-dev nettle-dev"
# requests of the poller of WHM
BUILD="$BUILD libcurl4-openssl-dev"
# patterns of rules and reasons
BUILD="$BUILD libpcre2-dev"

# another compiler, its sanitizers; what compresses
PACKAGES="$BUILD clang libclang-rt-14-dev xz-utils zstd"
# what asks the exporter, and what sends its alerts
PACKAGES="$PACKAGES prometheus prometheus-alertmanager"
# what looks at graphs and at the page
PACKAGES="$PACKAGES rrdtool chromium"
# tests: Prometheus' own parser of OpenMetrics; a proxy
PACKAGES="$PACKAGES python3-prometheus-client nginx"
# what conversations of the probe are compared with as they went
PACKAGES="$PACKAGES tshark"
# unit tests, memory checks, system calls, a second reader of the store
PACKAGES="$PACKAGES libcmocka-dev valgrind strace db5.3-util"
# what is measured and what asks for it: both run privately, from build/
PACKAGES="$PACKAGES postfix snmpd snmp snmptrapd libsnmp-base"
# what Postfix needs for mail of every kind: a network of its own, DNS names,
# logins and mailboxes, TLS
PACKAGES="$PACKAGES iproute2 dovecot-core dovecot-lmtpd dovecot-imapd openssl
    libio-socket-ssl-perl"
# tests: a real journal, written from outside of one
PACKAGES="$PACKAGES systemd systemd-journal-remote"
# which lines the tests reach
PACKAGES="$PACKAGES gcovr"
# lint: layout, manual pages, MIB
PACKAGES="$PACKAGES clang-format mandoc smitools"
# the IETF's MIBs as a list of objects, to check ours by
PACKAGES="$PACKAGES python3-pysnmp4-mibs"
# scripts: the SMTP client of the tests, setpriv
PACKAGES="$PACKAGES perl git util-linux"

# MRTG, snmp_exporter; Nagios and Icinga with their plugins; Netdata
NMS="curl mrtg librrds-perl prometheus-snmp-exporter nagios4-core icinga2-bin
    monitoring-plugins-basic monitoring-plugins-standard
    netdata-core netdata-plugins-bash netdata-web"
# Zabbix
NMS="$NMS zabbix-server-pgsql zabbix-frontend-php postgresql php-pgsql php-cli"
# Cacti, which wants php-intl without saying so
NMS="$NMS mariadb-server cacti php-snmp php-mysql php-intl"
# Ansible, and a Debian to play it on
NMS="$NMS ansible ansible-lint yamllint debootstrap"

PEERS="mtail prometheus-postfix-exporter pflogsumm mawk
    monitoring-plugins-basic prometheus-blackbox-exporter
    prometheus-mailexporter"

# Node.js and npm of any origin do: those that are not Debian's conflict with
# Debian's.
command -v node >/dev/null || PACKAGES="$PACKAGES nodejs"
command -v npm >/dev/null || PACKAGES="$PACKAGES npm"

# What judges how accessible the page is; from npm, as Debian has it not.
AXE=axe-core@4.10.3

# SMI modules that ours imports, directly or not; Debian's only free copy of
# them is in erlang-snmp, which is unpacked and never installed.
MODULES="SNMPv2-SMI SNMPv2-TC SNMPv2-CONF SNMPv2-MIB SNMP-FRAMEWORK-MIB
    INET-ADDRESS-MIB"

missing_packages()
{
	for p in $PACKAGES; do
		case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
		'install ok installed') ;;
		*) echo "$p" ;;
		esac
	done
}

missing_modules()
{
	for m in $MODULES; do
		[ -s "$MIBS/$m.mib" ] || echo "$m.mib"
	done
}

missing_axe()
{
	[ -s "$ROOT/build/axe/node_modules/axe-core/axe.min.js" ] || echo "$AXE"
}

# Postfix, snmpd and snmptrapd must not start: policy-rc.d says no while apt
# runs, and what was there before, or nothing, is there again afterwards.  The
# lock is on a directory that exists anyway, so that two runs do not cross.
put_policy_back()
{
	trap - EXIT
	if [ -n "$saved" ] && { [ -e "$saved" ] || [ -L "$saved" ]; }; then
		mv -f "$saved" "$POLICY"
	elif [ -n "$placed" ]; then
		rm -f "$POLICY"
	fi
}

apt_get()
{
	DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o DPkg::Lock::Timeout=300 "$@" </dev/null 8>&-
}

install_packages()
{
	saved='' placed=''
	exec 8<"${POLICY%/*}"
	flock 8
	trap 'put_policy_back' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	if [ -e "$POLICY" ] || [ -L "$POLICY" ]; then
		saved=$POLICY.postfix-stats.$$
		mv "$POLICY" "$saved"
	fi
	placed=yes
	printf '#!/bin/sh\nexit 101\n' >"$POLICY"
	chmod 755 "$POLICY"

	apt_get update
	# Nobody asked for a mail server: without this Postfix would be set up
	# to receive mail from everywhere at the next boot.
	dpkg-query -W postfix >/dev/null 2>&1 ||
	    echo "postfix postfix/main_mailer_type select No configuration" |
	    debconf-set-selections
	# Nor for a Cacti of this machine.
	dpkg-query -W cacti >/dev/null 2>&1 || debconf-set-selections <<P
cacti cacti/dbconfig-install boolean false
cacti cacti/webserver select None
P
	# shellcheck disable=SC2086
	apt_get install --no-install-recommends $1
	put_policy_back
	trap - HUP INT TERM
	exec 8<&-
}

unpack_modules()
{
	work=$ROOT/build/erlang-snmp
	rm -rf "$work"
	mkdir -p "$work" "$MIBS"
	cd "$work"
	# apt drops root for a download unless it can't write here; it says so.
	if ! apt-get -q download erlang-snmp >log 2>&1; then
		if [ "$(id -u)" -ne 0 ]; then
			cat log >&2
			echo "apt-get update"
			exit 1
		fi
		apt_get update
		apt-get -q download erlang-snmp >log 2>&1 || {
			cat log >&2
			exit 1
		}
	fi
	dpkg-deb -x erlang-snmp_*.deb x
	for m in $MODULES; do
		cp x/usr/lib/erlang/lib/snmp-*/mibs/"$m.mib" "$MIBS/$m.mib"
	done
	cd "$ROOT"
	rm -rf "$work"
}

unpack_axe()
{
	npm install --silent --no-audit --no-fund --ignore-scripts --no-save \
	    --prefix "$ROOT/build/axe" "$AXE" >/dev/null
}

case " $* " in
*" --nms "*) PACKAGES="$PACKAGES $NMS" ;;
esac
packages=$(missing_packages | tr '\n' ' ')
modules=$(missing_modules | tr '\n' ' ')
axe=$(missing_axe)

case ${1-} in
--missing)
	[ -n "$packages$modules$axe" ] || exit 0
	# shellcheck disable=SC2086
	printf '%s\n' $packages $modules $axe
	exit 1 ;;
--build)
	echo "$BUILD"
	exit ;;
--peers)
	echo "$PEERS"
	exit ;;
'' | --nms) ;;
*)	echo "usage: deps.sh [--nms] | --missing [--nms] | --build | --peers" >&2
	exit 64 ;;
esac

if [ -n "$packages" ]; then
	if [ "$(id -u)" -ne 0 ]; then
		echo "apt-get update && apt-get install -y" \
		    "--no-install-recommends ${packages% }"
		exit 1
	fi
	install_packages "$packages"
fi
[ -z "$modules" ] || unpack_modules
[ -z "$axe" ] || unpack_axe
