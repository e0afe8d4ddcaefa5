# Certificates of the probe's rig, in $TLS; part of probe.sh.  Those of servers
# and of the client have their keys in the same file, before them.
#
#	ca.pem		who signed all the others but self.pem
#	server.pem	mx.probe.test, localhost, 127.0.0.1, ::1; for 30 days
#	other.pem	other.test; for 5 days
#	client.pem	a client's, named probe-client
#	self.pem	localhost and 127.0.0.1, signed by itself
#	otherca.pem	another CA that has signed nothing

curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

# self_signed NAME SUBJECT EXTENSION
self_signed()
{
	# shellcheck disable=SC2086
	openssl req -x509 $curve -keyout "$1.key" -out "$1.pem" -days 40 \
	    -subj "/CN=$2" -addext "$3"
}

# signed NAME SUBJECT DAYS EXTENSION
signed()
{
	# shellcheck disable=SC2086
	openssl req $curve -keyout "$1.key" -out "$1.csr" -subj "/CN=$2"
	echo "$4" >"$1.ext"
	openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days "$3" \
	    -CAcreateserial -extfile "$1.ext" -out "$1.crt"
	cat "$1.key" "$1.crt" >"$1.pem"
}

certificates()
(
	cd "$TLS"
	umask 077
	self_signed ca "Probe Test CA" basicConstraints=critical,CA:TRUE
	self_signed otherca "Another CA" basicConstraints=critical,CA:TRUE
	self_signed self localhost subjectAltName=DNS:localhost,IP:127.0.0.1
	mv self.pem self.crt
	cat self.key self.crt >self.pem
	signed server mx.probe.test 30 \
	    subjectAltName=DNS:mx.probe.test,DNS:localhost,IP:127.0.0.1,IP:::1
	signed other other.test 5 subjectAltName=DNS:other.test
	signed client probe-client 30 extendedKeyUsage=clientAuth
	chmod 644 ca.pem otherca.pem
)
