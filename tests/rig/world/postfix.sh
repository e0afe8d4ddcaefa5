# The two instances' configuration, for world.sh: each function prints a file.
# $DIR is where all is, $RIG is tests/rig, $NOBODY a user id.

main_cf()
{
	cat <<P
compatibility_level = 3.6
syslog_name = $1
config_directory = $2/etc
queue_directory = $2/spool
data_directory = $2/data
maillog_file = $DIR/log/mail.log
maillog_file_prefixes = $DIR
inet_protocols = ipv4
enable_long_queue_ids = yes
in_flow_delay = 0
default_destination_concurrency_failed_cohort_limit = 0
# A message is tried once more only when a scene asks for it.
queue_run_delay = 1w
minimal_backoff_time = 1w
maximal_backoff_time = 1w
maximal_queue_lifetime = 2w
bounce_queue_lifetime = 2w
delay_warning_time = 2d
smtp_connect_timeout = 2s
smtp_helo_timeout = 2s
smtp_data_init_timeout = 2s
smtp_data_done_timeout = 2s
smtp_tls_loglevel = 1
smtp_tls_security_level = may
smtp_tls_CAfile = $DIR/tls/ca.pem
smtpd_tls_loglevel = 1
smtpd_tls_security_level = may
smtpd_tls_CAfile = $DIR/tls/ca.pem
smtpd_tls_ask_ccert = yes
smtpd_error_sleep_time = 0
smtpd_client_event_limit_exceptions =
anvil_status_update_time = 5s
connection_cache_status_update_time = 5s
P
}

in_main_cf()
{
	cat <<P
myhostname = mx.test
inet_interfaces = 127.0.0.1 192.0.2.1 192.0.2.3 192.0.2.4
mynetworks = 127.0.0.0/8 192.0.2.1/32
mydestination = local.test mx.test
relay_domains = relay.test
local_recipient_maps =
alias_maps = inline:{
  { alias = user@ok.test } { list = a@ok.test, b@ok.test, nobody }
  { postmaster = postmaster@discard.test } { loop = loop }
  { program = "|exit 75" } { broken = "|exit 69" } }
alias_database =
forward_path = $DIR/mail/forward/\${user}
mail_spool_directory = $DIR/mail/local
message_size_limit = 100000
mailbox_size_limit = 150000
virtual_mailbox_limit = 150000
virtual_mailbox_domains = virtual.test
virtual_mailbox_base = $DIR/mail/virtual
virtual_mailbox_maps = inline:{ { user@virtual.test = user/ }
  { full@virtual.test = full } }
virtual_uid_maps = static:$NOBODY
virtual_gid_maps = static:$NOBODY
virtual_minimum_uid = 1
notify_classes = resource, software, 2bounce
transport_maps = inline:{
  { relay.test = relay:[mail.ok.test] }
  { lmtp.test = lmtp:unix:$DIR/run/dovecot/lmtp }
  { sink.test = lmtp:unix:$DIR/run/lmtp5 }
  { nolmtp.test = lmtp:unix:$DIR/run/nothing }
  { legal.test = legal } { failing.test = failing } { later.test = later }
  { slow.test = slow }
  { discard.test = discard }
  { error.test = error:5.1.1 no such user }
  { retry.test = retry:4.3.0 not now }
  { soft.test = soft:[mail.rcpt.test] }
  { tlsonly.test = encrypted:[mail.ok.test] }
  { old.test = oldtls:[mx.out.test]:2527 }
  { untrusted.test = smtp:[mx.out.test]:2525 }
  { loud.test = loud:[mx.out.test] }
  { untrusted.loud.test = loud:[mx.out.test]:2525 }
  { tls12.test = oldtls:[mx.out.test] }
  { reuse.test = reuse: } { reusetls.test = reusetls: }
  { gone.test = gone } }
smtp_tls_policy_maps = inline:{
  { verified.test = secure match=mx.out.test }
  { mismatch.test = secure match=other.test } }
smtpd_tls_chain_files = $DIR/tls/mx.test.pem
smtp_tls_session_cache_database = btree:$DIR/data/smtp_scache
smtpd_tls_session_cache_database = btree:$DIR/data/smtpd_scache
smtpd_sasl_type = dovecot
smtpd_sasl_path = $DIR/run/dovecot/auth-postfix
header_checks = regexp:$DIR/etc/header_checks
body_checks = regexp:$DIR/etc/body_checks
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
  reject_unauth_destination
address_verify_poll_delay = 1s
unverified_recipient_reject_code = 550
unverified_sender_reject_code = 550
fast_flush_domains = relay.test
parent_domain_matches_subdomains =
P
}

master_cf()
{
	cat <<P
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp -o syslog_name=postfix/relay
lmtp unix - - n - - lmtp
local unix - n n - - local
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
postlog unix-dgram n - n - 1 postlogd
P
}

in_master_cf()
{
	master_cf
	cat <<P
soft unix - - n - - smtp -o syslog_name=postfix/soft -o soft_bounce=yes
encrypted unix - - n - - smtp -o smtp_tls_security_level=encrypt
oldtls unix - - n - - smtp -o smtp_tls_security_level=encrypt
  -o smtp_tls_mandatory_protocols=!TLSv1.3
reuse unix - - n - - smtp -o smtp_connection_cache_destinations=reuse.test
reusetls unix - - n - - smtp -o smtp_connection_cache_destinations=reusetls.test
  -o smtp_tls_connection_reuse=yes
loud unix - - n - - smtp -o syslog_name=postfix/loud -o smtp_tls_loglevel=2
legal unix - n n - - pipe user=nobody argv=/bin/true
failing unix - n n - - pipe user=nobody argv=/bin/sh -c {echo sorry; exit 67}
later unix - n n - - pipe user=nobody argv=/bin/sh -c {echo later; exit 75}
slow unix - n n - - pipe -o slow_time_limit=1s user=nobody argv=/bin/sleep 60
gone unix - n n - - pipe user=nobody argv=/nonexistent
smtpfilter unix - - n - - smtp -o syslog_name=postfix/smtpfilter
pipefilter unix - n n - - pipe user=nobody argv=$DIR/run/filter -f \${sender} -- \${recipient}
strictcleanup unix n - n - 0 cleanup
  -o strict_mime_encoding_domain=yes -o strict_8bitmime=yes
  -o header_size_limit=200
policy unix - n n - 0 spawn user=nobody argv=$RIG/world/policy $DIR/run/policy
192.0.2.1:25 inet n - n - - smtpd
127.0.0.1:25 inet n - n - - smtpd
smtpd pass - - n - - smtpd
192.0.2.1:587 inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
192.0.2.1:465 inet n - n - - smtpd
  -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
26 inet n - n - - smtpd
  -o syslog_name=postfix/strict
  -o smtpd_delay_reject=yes
  -o smtpd_client_restrictions=permit_mynetworks,reject_unknown_client_hostname,reject_rbl_client,dnsbl.test
  -o smtpd_helo_required=yes
  -o smtpd_helo_restrictions=reject_invalid_helo_hostname,reject_non_fqdn_helo_hostname,reject_unknown_helo_hostname
  -o smtpd_sender_restrictions=reject_non_fqdn_sender,reject_unknown_sender_domain,check_sender_access,texthash:$DIR/etc/senders
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:$DIR/etc/recipients,reject_non_fqdn_recipient,reject_unknown_recipient_domain,check_policy_service,unix:private/policy
  -o smtpd_end_of_data_restrictions=check_sender_access,texthash:$DIR/etc/senders
  -o smtpd_hard_error_limit=5
  -o smtpd_timeout=2s
192.0.2.1:27 inet n - n - - smtpd
  -o syslog_name=postfix/verifying
  -o smtpd_sender_restrictions=reject_unverified_sender
  -o smtpd_recipient_restrictions=reject_unverified_recipient
192.0.2.1:28 inet n - n - - smtpd
  -o syslog_name=postfix/milting
  -o smtpd_milters=inet:127.0.0.1:10031
192.0.2.1:29 inet n - n - - smtpd
  -o syslog_name=postfix/nomilter
  -o smtpd_milters=inet:127.0.0.1:1
192.0.2.1:30 inet n - n - - smtpd
  -o syslog_name=postfix/limited
  -o smtpd_client_connection_rate_limit=3
  -o smtpd_client_connection_count_limit=1
  -o smtpd_client_message_rate_limit=1
  -o smtpd_client_recipient_rate_limit=2
  -o smtpd_client_auth_rate_limit=1
  -o smtpd_client_new_tls_session_rate_limit=1
  -o smtpd_sasl_auth_enable=yes
192.0.2.1:31 inet n - n - - smtpd -o content_filter=smtpfilter:[127.0.0.1]:10024
192.0.2.1:32 inet n - n - - smtpd -o content_filter=pipefilter:dummy
192.0.2.1:33 inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:10023
  -o syslog_name=postfix/before
192.0.2.1:34 inet n - n - - smtpd -o cleanup_service_name=strictcleanup
192.0.2.1:35 inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:1
  -o syslog_name=postfix/before
192.0.2.1:37 inet n - n - 2 smtpd -o syslog_name=postfix/single
192.0.2.1:38 inet n - n - - smtpd -o syslog_name=postfix/bare
  -o smtpd_forbid_bare_newline=reject
  -o smtpd_forbid_bare_newline_exclusions=
192.0.2.1:39 inet n - n - - smtpd -o syslog_name=postfix/loud
  -o smtpd_tls_loglevel=2
192.0.2.1:36 inet n - n - - smtpd -o syslog_name=postfix/faulty
  -o smtpd_relay_restrictions= -o smtpd_recipient_restrictions=
127.0.0.1:10025 inet n - n - - smtpd -o syslog_name=postfix/reinject
  -o receive_override_options=no_header_body_checks
127.0.0.1:10026 inet n - n - - smtpd -o syslog_name=postfix/behind
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_recipient_restrictions=check_recipient_access,texthash:$DIR/etc/recipients
192.0.2.3:25 inet n - n - 1 postscreen
  -o postscreen_greet_wait=1s
  -o postscreen_greet_action=enforce
  -o postscreen_dnsbl_action=enforce
  -o postscreen_dnsbl_sites=dnsbl.test*2,second.test*1,third.test*1
  -o postscreen_dnsbl_threshold=2
  -o postscreen_access_list=permit_mynetworks,cidr:$DIR/etc/screen
  -o postscreen_denylist_action=drop
192.0.2.4:25 inet n - n - 1 postscreen
  -o syslog_name=postfix/deep
  -o postscreen_cache_map=
  -o postscreen_greet_wait=1s
  -o postscreen_access_list=
  -o postscreen_pipelining_enable=yes
  -o postscreen_pipelining_action=enforce
  -o postscreen_non_smtp_command_enable=yes
  -o postscreen_bare_newline_enable=yes
  -o postscreen_bare_newline_action=enforce
  -o postscreen_command_count_limit=5
  -o postscreen_command_time_limit=2s
  -o postscreen_client_connection_count_limit=2
  -o postscreen_pre_queue_limit=10
P
}

out_main_cf()
{
	cat <<P
myhostname = mx.out.test
inet_interfaces = 192.0.2.2
smtp_bind_address = 192.0.2.2
mynetworks = 127.0.0.0/8 192.0.2.0/24
mydestination =
relay_domains = out.test loud.test untrusted.loud.test reusetls.test untrusted.test verified.test tls12.test
alias_maps =
transport_maps = inline:{
  { submit.test = smtp:[192.0.2.1]:587 } { denied.test = denied:[192.0.2.1]:587 }
  { virtual.test = smtp:[192.0.2.1]:25 } { local.test = smtp:[192.0.2.1]:25 }
  { plain.test = plain:[192.0.2.1]:25 } }
default_transport = discard
relay_transport = discard
smtpd_tls_chain_files = $DIR/tls/mx.out.test.pem
tls_server_sni_maps = inline:{ { sni.test = $DIR/tls/mx.out.test.pem } }
smtp_tls_chain_files = $DIR/tls/mx.out.test.pem
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = inline:{ { [192.0.2.1]:587 = user@lmtp.test:secret } }
smtp_sasl_security_options = noanonymous
smtp_sasl_type = cyrus
P
}

out_master_cf()
{
	master_cf
	cat <<P
192.0.2.2:25 inet n - n - - smtpd
192.0.2.2:2525 inet n - n - - smtpd -o smtpd_tls_chain_files=$DIR/tls/self.pem
192.0.2.2:2527 inet n - n - - smtpd
  -o smtpd_tls_protocols=TLSv1.3 -o smtpd_tls_mandatory_protocols=TLSv1.3
denied unix - - n - - smtp
  -o smtp_sasl_password_maps=inline:{[192.0.2.1]:587=user@lmtp.test:wrong}
plain unix - - n - - smtp -o smtp_tls_chain_files=
P
}

lookup_tables()
{
	cat >"$DIR/etc/header_checks" <<'P'
/^Subject: header5/	REJECT 5.7.1 no such subject here
/^Subject: header4/	REJECT 4.7.1 no such subject today
/^Subject: warn/	WARN a strange subject
/^Subject: info/	INFO a subject
/^Subject: hold/	HOLD a subject to look at
/^Subject: discard/	DISCARD an unwanted subject
/^Subject: redirect/	REDIRECT other@discard.test
/^Subject: filter/	FILTER legal:dummy
/^Subject: prepend/	PREPEND X-Seen: yes
/^Subject: replace/	REPLACE Subject: other
/^Subject: strip/	STRIP no subject
/^Subject: bcc/	BCC other@discard.test
/^Subject: ignore/	IGNORE
/^Subject: to=/	WARN forged
P
	cat >"$DIR/etc/body_checks" <<'P'
/^body5/	REJECT 5.7.1 no such text here
/^bodywarn/	WARN a strange text
/^bodyhold/	HOLD a text to look at
/^bodydiscard/	DISCARD an unwanted text
/^bodystrip/	STRIP
P
	cat >"$DIR/etc/senders" <<'P'
denied@discard.test	554 5.7.1 go away
tempfail@discard.test	450 4.7.1 not now
P
	cat >"$DIR/etc/recipients" <<'P'
never@relay.test		550 5.7.1 never
later@relay.test		451 4.7.1 later
hold@relay.test		HOLD to look at
discard@relay.test		DISCARD not wanted
redirect@relay.test	REDIRECT other@discard.test
filter@relay.test		FILTER legal:dummy
warn@relay.test		WARN strange
info@relay.test		INFO look
prepend@relay.test		PREPEND X-Seen: yes
bcc@relay.test		BCC other@discard.test
defer@relay.test		DEFER_IF_PERMIT maybe later
421@relay.test		421 4.7.0 enough
hangup@relay.test		521 5.7.1 enough
P
	cat >"$DIR/etc/screen" <<'P'
198.51.100.9	permit
198.51.100.8	reject
P
}
