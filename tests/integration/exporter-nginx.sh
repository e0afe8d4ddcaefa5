#!/bin/sh
# contrib/nginx as it is, with other paths and ports: TLS and a password in
# front of the exporter.

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$ROOT/tests/lib.sh"

tap_start "nginx puts TLS and a password in front of the exporter"
. "$ROOT/tests/rig/prometheus.sh"
command -v nginx >/dev/null || skip_all "no nginx"

# ask METHOD PATH USER:PASSWORD [HEADER]...: the answer, head and body
ask()
{
	perl -MIO::Socket::SSL -MMIME::Base64 -e '
		alarm 20;
		my ($ca, $address, $method, $path, $user, @headers) = @ARGV;
		my $s = IO::Socket::SSL->new(PeerAddr => $address,
		    SSL_ca_file => $ca, SSL_hostname => "mx.example.com",
		    SSL_verifycn_name => "mx.example.com",
		    SSL_verifycn_scheme => "http") or die "no TLS\n";
		push @headers, "Authorization: Basic " . encode_base64($user, "")
		    if $user ne "";
		print $s "$method $path HTTP/1.1\r\nHost: mx.example.com\r\n",
		    map({ "$_\r\n" } @headers), "Connection: close\r\n\r\n";
		local $/;
		print <$s>;' "$TMP/postfix-stats.crt" "$NGINX" "$@" 2>&1
}

# body: what follows the head, as it was sent, without what differs each time
body()
{
	perl -0777 -pe 's/.*?\r\n\r\n//s' |
	    grep -v '^postfix_stats_store_age'
}

PORT=$(pick_port)
NGINX=127.0.0.1:$PORT
install -d "$STATE"
"$ROOT/build/tools/loggen" --lines 2000 >"$LOG"
configure
"$BIN/postfix-statsd" -c "$CONFIG" -d "$STATE" --once --from start \
    --log "$LOG" 2>/dev/null
exporter_start
ok $? "the exporter runs"

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mx.example.com \
    -addext subjectAltName=DNS:mx.example.com \
    -keyout "$TMP/postfix-stats.key" -out "$TMP/postfix-stats.crt" 2>/dev/null
printf 'prometheus:%s\n' "$(openssl passwd -6 s3cret)" \
    >"$TMP/postfix-stats.passwd"
chmod 644 "$TMP/postfix-stats.passwd"
sed -e "s|/etc/nginx/|$TMP/|" -e "s|127.0.0.1:9154|$EXPORTER|" \
    -e "s|listen 9155|listen $NGINX|" -e '/listen \[::\]/d' \
    "$ROOT/contrib/nginx/postfix-stats.conf" >"$TMP/site.conf"
mkdir "$TMP/nginx"
# the rest of what Debian's nginx.conf has, private
cat >"$TMP/nginx.conf" <<E
daemon off;
worker_processes 1;
pid $TMP/nginx/pid;
error_log $TMP/nginx/error.log;
events { worker_connections 64; }
http {
	access_log $TMP/nginx/access.log;
	client_body_temp_path $TMP/nginx/body;
	proxy_temp_path $TMP/nginx/proxy;
	fastcgi_temp_path $TMP/nginx/fastcgi;
	uwsgi_temp_path $TMP/nginx/uwsgi;
	scgi_temp_path $TMP/nginx/scgi;
	include $TMP/site.conf;
}
E
said=$(nginx -t -q -p "$TMP/nginx" -c "$TMP/nginx.conf" \
    -e "$TMP/nginx/error.log" 2>&1)
is "$?$said" 0 "nginx has nothing to say against it"
nginx -p "$TMP/nginx" -c "$TMP/nginx.conf" -e "$TMP/nginx/error.log" \
    </dev/null >/dev/null 2>&1 &
nginx_pid=$!
at_exit 'end_process $nginx_pid'
wait_until '[ -n "$(ask GET /metrics "" | grep "^HTTP")" ]' 10
ok $? "it runs"

USER=prometheus:s3cret
like "$(ask GET /metrics "")" 'HTTP/1.1 401 *' "no password, no numbers"
like "$(ask GET /metrics prometheus:wrong)" 'HTTP/1.1 401 *' \
    "nor with another one"
ask GET /metrics "$USER" >"$TMP/answer"
like "$(cat "$TMP/answer")" 'HTTP/1.1 200 *' "with the password: numbers"
body <"$TMP/answer" >"$TMP/behind"
scrape | grep -v '^postfix_stats_store_age' | diff - "$TMP/behind" \
    >"$TMP/diff"
ok $? "the same $(wc -l <"$TMP/behind") lines as without nginx"
diag "$(head -5 "$TMP/diff")"
like "$(ask GET /metrics "$USER" 'Accept: application/openmetrics-text' |
    tr -d '\r')" '*
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
*# EOF' "the format is as the client asks"
like "$(ask HEAD /metrics "$USER" 'Accept-Encoding: gzip' | tr -d '\r')" \
    'HTTP/1.1 200 *Content-Encoding: gzip*' "and the encoding"
like "$(ask GET / "$USER")" 'HTTP/1.1 200 *Content-Security-Policy: *' \
    "the page, with its policy"
like "$(ask POST /metrics "$USER" 'Content-Length: 0')" 'HTTP/1.1 40[35] *' \
    "POST is refused"
like "$(http_get "$NGINX" /metrics; echo "$?")" 1 "what is no TLS is refused"

printf s3cret >"$TMP/password"
cat >"$TMP/second.yml" <<E
    scheme: https
    basic_auth: { username: prometheus, password_file: $TMP/password }
    tls_config: { ca_file: $TMP/postfix-stats.crt, server_name: mx.example.com }
E
prometheus_start "  - job_name: behind" "$(cat "$TMP/second.yml")" \
    "    static_configs: [ { targets: [ '$NGINX' ] } ]"
wait_asked 'up{job="behind"}' 1 30
ok $? "Prometheus scrapes it through nginx"
exporter_stop
like "$(ask GET /metrics "$USER")" 'HTTP/1.1 502 *' \
    "without the exporter the answer is 502"
wait_asked 'up{job="behind"}' 0 30
ok $? "and Prometheus says that it is down"
tap_end
