# What is set up beside Postfix, for world.sh: names, certificates, Dovecot.

dns_zone()
{
	# host NAME ADDRESS, mx DOMAIN HOST
	host() { echo "$1 A $2"; ptr "$2" "$1"; }
	ptr() { echo "$1" | awk -F. -v n="$2" \
	    '{ print $4 "." $3 "." $2 "." $1 ".in-addr.arpa PTR " n }'; }
	mx() { echo "$1 MX $2"; }
	at() { host "mail.$1.test" "192.0.2.$2"; mx "$1.test" "mail.$1.test"; }
	host mx.test 192.0.2.1
	host mx.out.test 192.0.2.2
	at ok 10; at closed 11; at busy 12; at silence 13; at hangup 14
	at ehlo 15; at dataend 16; at rcpt 17; at mailfrom 18; at dataslow 19
	at badtls 20; at notls 21; at pix 22; at small 23; at forged 24
	at sender4 25; at spam 26; at dataslow2 27; at helo 28; at refused 29
	at idle 30
	mx reuse.test mail.ok.test
	mx relay.test mail.ok.test
	for domain in out reusetls verified mismatch; do
		mx $domain.test mx.out.test
	done
	host mail.unreachable.test 203.0.113.1
	mx unreachable.test mail.unreachable.test
	mx loops.test mx.test
	mx nomx.test nowhere.test
	mx null.test '0 .'
	for first in refused hangup silence ehlo closed busy badtls rcpt \
	    mailfrom unreachable; do
		mx two-$first.test "5 mail.$first.test"
		mx two-$first.test '10 mail.ok.test'
	done
	mx sender.test mail.ok.test
	mx client.test mail.ok.test
	mx discard.test mail.ok.test
	for n in 1 9 10 11 12 13 14 15 16 17 18; do
		host "client$n.test" "198.51.100.$n"
	done
	host client.test 198.51.100.20
	ptr 198.51.100.3 liar.test
	echo liar.test A 192.0.2.77
	ptr 198.51.100.4 nowhere.test
	host client66.test 198.51.100.66
	echo 66.100.51.198.dnsbl.test A 127.0.0.2
	echo 66.100.51.198.dnsbl.test TXT listed, see https://dnsbl.test/
	echo 66.100.51.198.second.test A 127.0.0.4
	echo 67.100.51.198.second.test A 127.0.0.3
}

certificates()
{
	cd "$DIR/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout ca.key -out ca.pem -days 30 -subj "/CN=Test CA" \
	    -addext basicConstraints=critical,CA:TRUE
	for name in mx.test mx.out.test; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		    -keyout $name.pem -out csr -subj "/CN=$name"
		echo "subjectAltName=DNS:$name" >ext
		openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -days 20 \
		    -CAcreateserial -extfile ext -out crt
		cat crt >>$name.pem
	done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout self.pem -out crt -days 5 -subj "/CN=self.test"
	cat crt >>self.pem
	chmod 600 ./*.pem
	chmod 644 ca.pem
	cd "$DIR"
}

dovecot_conf()
{
	cat <<P
base_dir = $DIR/run/dovecot
state_dir = $DIR/run/dovecot-state
log_path = $DIR/log/dovecot.log
protocols = lmtp
listen = 127.0.0.1
first_valid_uid = 1
mail_location = maildir:%h/Maildir
mail_fsync = never
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
ssl = no
mail_plugins = quota
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=10K
  quota_grace = 0
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $DIR/etc/users
}
userdb {
  driver = passwd-file
  args = username_format=%u $DIR/etc/users
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener auth-postfix {
    mode = 0666
  }
}
# a wrong password does not make the next login wait
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
P
}
