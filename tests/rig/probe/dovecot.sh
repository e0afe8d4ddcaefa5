# Dovecot of the probe's rig; part of probe.sh.

dovecot_conf()
{
	cat <<P
base_dir = $DIR/run/dovecot
state_dir = $DIR/run/dovecot-state
log_path = $DIR/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
first_valid_uid = 1
mail_location = maildir:%h/Maildir
mail_fsync = never
# only whom a rule is given in the list of users has one
plugin {
  quota = count
  quota_vsizes = yes
}
protocol lmtp {
  mail_plugins = quota
}
quota_full_tempfail = yes
ssl = yes
ssl_cert = <$TLS/server.pem
ssl_key = <$TLS/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_failure_delay = 0
# a login as another: authid is the master's, authzid the other's
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $DIR/etc/masters
  master = yes
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $DIR/etc/users
}
userdb {
  driver = passwd-file
  args = username_format=%u $DIR/etc/users
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $IMAP
  }
  inet_listener imaps {
    port = $IMAPS
    ssl = yes
  }
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = $LMTP
  }
}
service auth {
  unix_listener auth-postfix {
    mode = 0666
  }
}
# a wrong password does not make the next login wait
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
P
}

dovecot_users()
{
	for user in probe other greylist later twice spam hop; do
		dovecot_user "$user" "$user"
	done
	dovecot_user again twice
	dovecot_user full full 'userdb_quota_rule=*:bytes=1'
}

# dovecot_user NAME MAILBOX [FIELD...]
dovecot_user()
{
	user=$1 home=$MAIL/$2
	shift 2
	echo "$user@probe.test:{PLAIN}secret:$NOBODY:$NOBODY::$home::$*"
}

# As a user has them whose mail is read already: who watches one must not wait for
# its first message.
mailboxes()
{
	for user in probe other greylist full gone later twice spam hop \
	    swallowed; do
		install -d -o nobody -g nogroup -m 700 "$MAIL/$user" \
		    "$MAIL/$user/Maildir" "$MAIL/$user/Maildir/cur" \
		    "$MAIL/$user/Maildir/new" "$MAIL/$user/Maildir/tmp"
	done
}
