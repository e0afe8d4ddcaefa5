#!/bin/sh
# contrib/cacti on a real Cacti with MariaDB, both private: what
# docs/nms/cacti.md says imports the template and adds the mail server; RRDs
# get the numbers of postfix-stats-get(1); graphs can be drawn; imported again,
# nothing changes.  Needs root.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"
skip_unless_root
tap_start "Cacti"
. "$ROOT/tests/nms/rig.sh"
DB=$TMP/mariadb CACTI=$TMP/cacti
mariadb_pid=''

sql()
{
	mariadb --no-defaults -h 127.0.0.1 -P "$DB_PORT" -u root -N "$@"
}

database_start()
{
	install -d -o mysql "$DB"
	mariadb-install-db --no-defaults --user=mysql --datadir="$DB/data" \
	    --auth-root-authentication-method=normal --skip-test-db \
	    >"$DB/log" 2>&1 || return
	mariadbd --no-defaults --user=mysql --datadir="$DB/data" \
	    --socket="$DB/socket" --pid-file="$DB/pid" --port="$DB_PORT" \
	    --bind-address=127.0.0.1 --character-set-server=utf8mb4 \
	    --collation-server=utf8mb4_unicode_ci --max-heap-table-size=64M \
	    --tmp-table-size=64M --join-buffer-size=1M \
	    --innodb-buffer-pool-size=128M --max-allowed-packet=32M \
	    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF \
	    </dev/null >>"$DB/log" 2>&1 &
	mariadb_pid=$!
	at_exit 'child_stop mariadb_pid'
	wait_until 'sql -e "select 1" >/dev/null 2>&1' 30 || return
	sql <<P
create database cacti character set utf8mb4 collate utf8mb4_unicode_ci;
create user cacti@127.0.0.1 identified by 'cacti';
grant all on cacti.* to cacti@127.0.0.1;
grant select on mysql.time_zone_name to cacti@127.0.0.1;
P
	mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null | sql mysql
	sql cacti </usr/share/cacti/conf_templates/cacti.sql
}

# A copy of Debian's, whose links lead to what this machine's own Cacti has.
cacti_install()
{
	cp -R /usr/share/cacti "$CACTI"
	for link in include/fa include/phptwig include/vendor/phpmailer \
	    include/vendor/phpseclib; do
		ln -sfn "$(readlink -f "/usr/share/cacti/site/$link")" \
		    "$CACTI/site/$link"
	done
	rm "$CACTI/site/cache" "$CACTI/site/log" "$CACTI/site/rra" \
	    "$CACTI/site/include/config.php"
	for dir in log rra cache/boost cache/mibcache cache/realtime \
	    cache/spikekill; do
		install -d "$CACTI/site/$dir"
	done
	: >"$CACTI/site/log/cacti.log"
	sed -e "s/^\(\$database_hostname *= \).*/\1'127.0.0.1';/" \
	    -e "s/^\(\$database_username *= \).*/\1'cacti';/" \
	    -e "s/^\(\$database_password *= \).*/\1'cacti';/" \
	    -e "s/^\(\$database_port *= \).*/\1'$DB_PORT';/" \
	    /etc/cacti/debian.php >"$CACTI/site/include/config.php"
	cacti cli/install_cacti.php --accept-eula --install --mode=1 \
	    --cron=300 --rrdtool=1.7.2 >"$TMP/install.log" 2>&1 || return
	# A new Cacti looks for devices in a network; there is none here.
	sql cacti -e "delete from automation_networks"
}

cacti()
{
	script=$1
	shift
	php -q -d memory_limit=512M -d date.timezone=UTC "$CACTI/$script" "$@" \
	    </dev/null
}

follow()
{
	page_follow "$ROOT/docs/nms/cacti.md" kit="$ROOT/contrib/cacti" \
	    cacti="$CACTI" address=127.0.0.1 port="$SNMP_PORT" community=public
}

# DATA-SOURCE ROW RRD, of all data sources
sources()
{
	sql cacti -e "
	select r.data_source_name, coalesce(c.field_value, '-'),
	    d.data_source_path
	from data_template_data d
	join data_local l on l.id = d.local_data_id
	join data_template_rrd r on r.local_data_id = l.id
	left join host_snmp_cache c on c.host_id = l.host_id
	    and c.snmp_query_id = l.snmp_query_id
	    and c.snmp_index = l.snmp_index and c.field_name like '%Name'
	where d.local_data_id > 0 order by 1, 2" |
	    sed "s|<path_rra>|$CACTI/site/rra|"
}

# "OBJECT ROW NUMBER" of what each RRD got last
polled()
{
	sources | while read -r source row rrd; do
		rrdtool lastupdate "$rrd" | awk -v source="$source" \
		    -v row="$row" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		/^[0-9]+: / { print source, row, $(at[source] + 1) }'
	done
}

# As tests/nms/numbers has them, under the names of data sources.
wanted()
{
	stats_get --all | "$ROOT/tests/nms/numbers" "$TMP/objects" |
	    awk '{
		name = tolower(substr($1, 4))
		if (length(name) > 19)
			name = substr(name, length(name) - 18)
		print name, $2, $3
	}'
}

differing()
{
	polled >"$TMP/polled"
	wanted >"$TMP/wanted"
	awk 'NR == FNR { wanted[$1 " " $2] = $3; next }
	($1 " " $2) in wanted {
		n++
		w = wanted[$1 " " $2]
		# microseconds there, seconds in the shell
		if ($3 != w && ($3 / 1000000 - w) ^ 2 > 1e-14)
			print $1, $2 ": " $3 ", wanted " w
	}
	END { print n + 0 >"/dev/stderr" }' "$TMP/wanted" "$TMP/polled" \
	    2>"$TMP/compared"
}

# graph TITLE FILE
graph()
{
	cat >"$TMP/graph.php" <<'P'
<?php
require($argv[1] . '/site/include/cli_check.php');
require_once($config['base_path'] . '/lib/rrd.php');
$id = db_fetch_cell_prepared('select local_graph_id from graph_templates_graph
    where title_cache = ?', array($argv[2]));
print rrdtool_function_graph($id, 0, array('output_flag' =>
    RRDTOOL_OUTPUT_STDOUT, 'graph_start' => time() - 3600,
    'graph_end' => time(), 'output_filename' => ''), false);
P
	php -q -d date.timezone=UTC "$TMP/graph.php" "$CACTI" "$1" >"$2"
}

everything()
{
	for table in host_template graph_templates graph_templates_item \
	    data_template data_template_rrd snmp_query snmp_query_graph \
	    cdef graph_local data_local data_input_fields; do
		sql cacti -e "checksum table $table; select count(*) from $table"
	done
}

"$ROOT/build/tools/generate" objects >"$TMP/objects"
DB_PORT=$(pick_port)
nms_start
need $? "the mail server is ready"
database_start && cacti_install
need $? "Cacti is ready"
before=$(sql cacti -e "checksum table data_input, data_input_fields")
follow
need $? "the page is followed: template imported, server added"
is "$(sql cacti -e "checksum table data_input, data_input_fields")" "$before" \
    "what Cacti had is as it was"
is "$(grep -c '\[fail\]\|unmet' "$TMP/page.log")" 0 "all parts were imported"
is "$(grep -iE 'error|warn' "$CACTI/site/log/cacti.log" | head -5)" "" \
    "Cacti's log has no complaint"
is "$(sql cacti -e "select count(*) from graph_local")" \
    $((4 + 9 * 2 + 6 + 5 * 3 + 2 * 2)) \
    "graphs: 4, and of 9 transports, 6 services, 5 queues, 2 probes"

cacti site/poller.php --force >"$TMP/poller.log" 2>&1
ok $? "the poller runs"
is "$(sources | while read -r _ _ rrd; do [ -s "$rrd" ] || echo "$rrd"; done)" \
    "" "each data source has an RRD"
is "$(differing)" "" "RRDs have the numbers of postfix-stats-get"
ok "$([ "$(cat "$TMP/compared")" -ge 70 ]; echo $?)" \
    "$(cat "$TMP/compared") numbers were compared"
rrd=$(sources | awk '$1 == "sentsmtp" { print $3 }')
like "$(rrdtool info "$rrd" | grep -E '\.(type|min)')" '*"DERIVE"*min = 0*' \
    "a counter is DERIVE with minimum 0"

mail_some 12
# an RRD takes one number for a second
last=$(rrdtool last "$rrd")
wait_until '[ "$(date +%s)" -gt $((last + 1)) ]' 10
cacti site/poller.php --force >>"$TMP/poller.log" 2>&1
is "$(polled | awk '$1 == "transportsent" && $2 == "smtp" { print $3 }')" \
    "$(stats_get delivery:smtp:sent)" "twelve more were polled"
for title in "mx1 - Delivered and received" "mx1 - Transport smtp - mail" \
    "mx1 - Queue deferred - messages"; do
	graph "$title" "$TMP/graph.png"
	is "$(head -c 8 "$TMP/graph.png" | od -An -c | tr -d ' ')" \
	    '211PNG\r\n032\n' "drawn: $title"
	ok "$([ "$(wc -c <"$TMP/graph.png")" -gt 5000 ]; echo $?)" \
	    "$(wc -c <"$TMP/graph.png") bytes"
done

everything >"$TMP/before"
follow
ok $? "the page is followed once more"
everything >"$TMP/after"
is "$(diff "$TMP/before" "$TMP/after")" "" "nothing changes"
is "$(pgrep -f "$CACTI" | wc -l)" 0 "no process is left behind"
tap_end
