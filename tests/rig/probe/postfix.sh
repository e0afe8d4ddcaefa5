# Postfix of the probe's rig; part of probe.sh.

main_cf()
{
	common_cf "$DIR" mail mx
	cat <<P
virtual_alias_maps = inline:{
  { twice@probe.test = twice@probe.test, again@probe.test } }
transport_maps = inline:{ { later@probe.test = lmtp:unix:$LATER }
  { spam@probe.test = virtual: }
  { hop@probe.test = smtp:[127.0.0.1]:$FAR }
  { swallowed@probe.test = smtp:[127.0.0.1]:$FAR } }
P
}

# The next hop
far_main_cf()
{
	common_cf "$DIR/far" far far
	cat <<P
transport_maps = inline:{ { hop@probe.test = lmtp:unix:$LATER }
  { swallowed@probe.test = discard: } }
P
}

# common_cf DIR LOG HOST
common_cf()
{
	families=ipv4
	[ "$IPV6" = no ] || families=all
	cat <<P
compatibility_level = 3.6
config_directory = $1/etc
queue_directory = $1/spool
data_directory = $1/data
maillog_file = $DIR/log/$2.log
maillog_file_prefixes = $DIR
myhostname = $3.probe.test
mydestination =
alias_maps =
alias_database =
inet_interfaces = loopback-only
inet_protocols = $families
mynetworks = 127.0.0.0/8 [::1]/128
disable_dns_lookups = yes
smtpd_peername_lookup = no
virtual_mailbox_domains = probe.test
virtual_mailbox_maps = inline:{ { probe@probe.test = x }
  { other@probe.test = x } { greylist@probe.test = x }
  { full@probe.test = x } { gone@probe.test = x } { later@probe.test = x }
  { twice@probe.test = x } { again@probe.test = x } { hop@probe.test = x }
  { swallowed@probe.test = x } { spam@probe.test = spam/Maildir/.Junk/ } }
virtual_mailbox_base = $MAIL
virtual_uid_maps = static:$NOBODY
virtual_gid_maps = static:$NOBODY
virtual_transport = lmtp:unix:$LMTP_SOCKET
default_transport = discard
smtpd_tls_security_level = may
smtpd_tls_chain_files = $TLS/server.pem
smtpd_tls_CAfile = $TLS/ca.pem
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = $DIR/run/dovecot/auth-postfix
smtpd_sasl_authenticated_header = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
# a probe a second, and many that fail
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
postscreen_client_connection_count_limit = 0
default_process_limit = 200
in_flow_delay = 0
queue_run_delay = 5s
minimal_backoff_time = 5s
enable_long_queue_ids = yes
P
}

master_cf()
{
	services
	[ "$IPV6" = no ] || echo "[::1]:$SMTP inet n - n - - smtpd"
	programs
}

services()
{
	cat <<P
127.0.0.1:$SMTP inet n - n - - smtpd
127.0.0.1:$RELAY inet n - n - - smtpd
  -o syslog_name=postfix/relayin
  -o smtpd_relay_restrictions=permit_mynetworks,reject
127.0.0.1:$SUBMISSION inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$SMTPS inet n - n - - smtpd
  -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$CLEARAUTH inet n - n - - smtpd
  -o syslog_name=postfix/clearauth
  -o smtpd_tls_security_level=none
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=no
127.0.0.1:$PROXY inet n - n - - smtpd
  -o syslog_name=postfix/proxied
  -o smtpd_upstream_proxy_protocol=haproxy
  -o smtpd_upstream_proxy_timeout=3s
  -o { smtpd_recipient_restrictions = check_policy_service unix:private/policy }
127.0.0.1:$SCREEN inet n - n - 1 postscreen
  -o syslog_name=postfix/screen
  -o smtpd_service_name=screened
  -o postscreen_upstream_proxy_protocol=haproxy
  -o postscreen_upstream_proxy_timeout=3s
  -o postscreen_cache_map=
  -o postscreen_access_list=
  -o postscreen_greet_wait=1s
screened pass - - n - - smtpd
  -o syslog_name=postfix/screened
127.0.0.1:$GREY inet n - n - - smtpd
  -o syslog_name=postfix/grey
  -o { smtpd_recipient_restrictions = check_policy_service unix:private/policy }
127.0.0.1:$GREYDATA inet n - n - - smtpd
  -o syslog_name=postfix/greydata
  -o { smtpd_data_restrictions = check_policy_service unix:private/policy }
127.0.0.1:$SLOW inet n - n - - smtpd
  -o syslog_name=postfix/slow
  -o smtpd_delay_reject=no
  -o { smtpd_client_restrictions = sleep 1 }
  -o { smtpd_helo_restrictions = sleep 1 }
  -o { smtpd_sender_restrictions = sleep 1 }
  -o { smtpd_recipient_restrictions = sleep 1 }
  -o { smtpd_data_restrictions = sleep 2 }
  -o { smtpd_end_of_data_restrictions = sleep 1 }
127.0.0.1:$ASKCERT inet n - n - - smtpd
  -o syslog_name=postfix/askcert
  -o smtpd_tls_ask_ccert=yes
127.0.0.1:$WANTCERT inet n - n - - smtpd
  -o syslog_name=postfix/wantcert
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_req_ccert=yes
127.0.0.1:$TLS12 inet n - n - - smtpd
  -o syslog_name=postfix/tls12
  -o smtpd_tls_chain_files=$TLS/other.pem
  -o { smtpd_tls_protocols = >=TLSv1.2, <=TLSv1.2 }
127.0.0.1:$SELFSIGNED inet n - n - - smtpd
  -o syslog_name=postfix/selfsigned
  -o smtpd_tls_chain_files=$TLS/self.pem
127.0.0.1:$HOLD inet n - n - - smtpd
  -o syslog_name=postfix/holding
  -o { smtpd_data_restrictions = check_client_access static:HOLD }
127.0.0.1:$HOLDRCPT inet n - n - - smtpd
  -o syslog_name=postfix/holding-rcpt
  -o { smtpd_recipient_restrictions = check_client_access static:HOLD }
127.0.0.1:$DOT inet n - n - - smtpd
  -o syslog_name=postfix/dot
  -o { smtpd_end_of_data_restrictions = sleep 8 }
127.0.0.1:$AUTHRES inet n - n - - smtpd
  -o syslog_name=postfix/authres
  -o { smtpd_data_restrictions = check_client_access static:{PREPEND $(verdict)} }
P
}

verdict()
{
	echo "Authentication-Results: mx.probe.test; spf=pass" \
	    "smtp.mailfrom=sender.test; dkim=fail (bad signature)" \
	    "header.d=sender.test; dmarc=none"
}

far_master_cf()
{
	echo "127.0.0.1:$FAR inet n - n - - smtpd"
	programs
}

programs()
{
	cat <<P
policy unix - n n - 0 spawn user=nobody argv=$DIR/run/policy $DIR
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
dnsblog unix - - n - 0 dnsblog
postlog unix-dgram n - n - 1 postlogd
P
}
