/*
 * One probe: what its values may be.
 */
#include <arpa/inet.h>
#include <string.h>

#include "lib/config/config_probes.h"
#include "lib/config/config_read.h"
#include "lib/util/slice.h"

static const char *
either(const char *text, const char *otherwise)
{
	return (text != NULL ? text : otherwise);
}

static bool
is_address(const char *text, bool four, bool six)
{
	unsigned char bytes[16];

	return (text == NULL ||
	    (four && inet_pton(AF_INET, text, bytes) == 1) ||
	    (six && inet_pton(AF_INET6, text, bytes) == 1));
}

static bool
is_path(const char *text)
{
	return (text == NULL || text[0] == '/');
}

/* A relative path would be another one from another directory. */
static bool
is_file_or_credential(const char *text)
{
	return (
	    text[0] == '/' || (text[0] != '\0' && strchr(text, '/') == NULL));
}

static const char *
take_server(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const char *const protocols[] = { "smtp", "lmtp", NULL };
	static const char *const families[] = { "any", "ipv4", "ipv6", NULL };
	unsigned protocol = SPEAK_SMTP, family = IP_ANY;

	probe->server = raw->server;
	*wanted_r = "a name, an address, or the path of a socket (107 bytes at "
		    "most)";
	if (!config_is_sendable(raw->server, " ") ||
	    (raw->server[0] == '/' && strlen(raw->server) > SOCKET_PATH_MAX))
		return ("server");
	*wanted_r = "1 to 65535";
	if (!config_read_unsigned(raw->port, 1, 65535, &probe->port))
		return ("port");
	*wanted_r = "smtp or lmtp";
	if (!config_read_word(raw->protocol, protocols, &protocol))
		return ("protocol");
	*wanted_r = "any, ipv4 or ipv6";
	if (!config_read_word(raw->family, families, &family))
		return ("family");
	*wanted_r = "an address, and of that family";
	probe->source_address = raw->source_address;
	if (!is_address(raw->source_address, family != IP_V6, family != IP_V4))
		return ("source_address");
	probe->protocol = (enum config_protocol)protocol;
	probe->family = (enum config_family)family;
	return (NULL);
}

static const char *
take_mail(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const char *const last[] = { "banner", "ehlo", "ehlo_tls",
		"sasl_auth", "mailfrom", "rcptto", "body", NULL };
	unsigned phase;

	probe->ehlo = raw->ehlo;
	probe->from = either(raw->from, "");
	probe->to = raw->to;
	probe->payload = either(raw->payload, "Subject: Testing");
	probe->until = either(raw->until, "body");
	*wanted_r = "a name, without blanks";
	if (raw->ehlo != NULL &&
	    (raw->ehlo[0] == '\0' || !config_is_sendable(raw->ehlo, " ")))
		return ("ehlo");
	*wanted_r = "an address, without <, > and blanks";
	if (!config_is_sendable(probe->from, "<> "))
		return ("from");
	if (!config_is_sendable(probe->to, "<> "))
		return ("to");
	*wanted_r = "banner, ehlo, ehlo_tls, sasl_auth, mailfrom, rcptto or "
		    "body";
	return (config_read_word(probe->until, last, &phase) ? NULL : "until");
}

static const char *
take_tls(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const char *const versions[] = { "TLSv1", "TLSv1.1", "TLSv1.2",
		"TLSv1.3", NULL };
	unsigned version;

	probe->starttls_if_offered = raw->starttls_if_offered;
	probe->tls_name = raw->tls_name;
	probe->ca_file = raw->ca_file;
	probe->certificate_file = raw->certificate_file;
	probe->key_file = raw->key_file;
	probe->ciphers = raw->ciphers;
	probe->tls_least = raw->tls_least;
	*wanted_r = "yes or no";
	if (!config_read_yes(raw->starttls, &probe->starttls))
		return ("starttls");
	if (!config_read_yes(raw->verify, &probe->verify))
		return ("verify");
	*wanted_r = "yes or no, and no with starttls";
	if (!config_read_yes(raw->implicit_tls, &probe->implicit_tls) ||
	    (probe->starttls && probe->implicit_tls))
		return ("implicit_tls");
	*wanted_r = "an absolute path";
	if (!is_path(raw->ca_file))
		return ("ca_file");
	if (!is_path(raw->certificate_file))
		return ("certificate_file");
	*wanted_r = "an absolute path, with certificate_file";
	if (!is_path(raw->key_file) ||
	    (raw->key_file != NULL && raw->certificate_file == NULL))
		return ("key_file");
	*wanted_r = "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3";
	return (config_read_word(raw->tls_least, versions, &version) ?
		NULL :
		"tls_least");
}

static const char *
take_sasl(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const char *const mechanisms[] = { "off", "login", "plain",
		"cram-md5", "scram-sha-1", "scram-sha-256", NULL };
	unsigned mechanism = SASL_OFF;

	probe->sasl_user = raw->sasl_user;
	probe->sasl_auth_id = raw->sasl_auth_id;
	probe->sasl_password = raw->sasl_password;
	probe->sasl_password_file = raw->sasl_password_file;
	*wanted_r = "off, login, plain, cram-md5, scram-sha-1 or scram-sha-256";
	if (!config_read_word(raw->sasl_authentication, mechanisms, &mechanism))
		return ("sasl_authentication");
	probe->sasl_authentication = (enum config_sasl)mechanism;
	*wanted_r = "an absolute path or the name of a credential, without "
		    "sasl_password";
	if (raw->sasl_password_file != NULL &&
	    (raw->sasl_password != NULL ||
		!is_file_or_credential(raw->sasl_password_file)))
		return ("sasl_password_file");
	if (mechanism == SASL_OFF)
		return (NULL);
	*wanted_r = "with sasl_user";
	if (raw->sasl_user == NULL || raw->sasl_user[0] == '\0')
		return ("sasl_authentication");
	*wanted_r = "with sasl_password or sasl_password_file";
	return (raw->sasl_password != NULL || raw->sasl_password_file != NULL ?
		NULL :
		"sasl_authentication");
}

static bool
read_proxy(const char *text, enum config_proxy *version)
{
	static const char *const versions[] = { "v1", "v2", NULL };
	unsigned number = 0;
	bool yes = false;

	if (text != NULL && config_read_word(text, versions, &number)) {
		*version = number == 0 ? PROXY_V1 : PROXY_V2;
		return (true);
	}
	if (!config_read_yes(text, &yes))
		return (false);
	*version = yes ? PROXY_V1 : PROXY_NONE;
	return (true);
}

/* A port, unless version 1 says anything. */
static bool
is_port(const char *text, const struct config_probe *probe)
{
	unsigned port;

	return (probe->proxy_protocol != PROXY_V2 ||
	    config_read_unsigned(text, 0, 65535, &port));
}

static const char *
take_proxy(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const char *const families[] = { "TCP4", "TCP6", NULL };
	const struct {
		const char *key, *text;
	} claims[] = {
		{ "proxy_source_address", raw->proxy_source_address },
		{ "proxy_dest_address", raw->proxy_dest_address },
		{ "proxy_source_port", raw->proxy_source_port },
		{ "proxy_dest_port", raw->proxy_dest_port },
	};
	unsigned six = 0;

	probe->proxy_family = either(raw->proxy_family, "TCP4");
	probe->proxy_source_address = raw->proxy_source_address;
	probe->proxy_dest_address = raw->proxy_dest_address;
	probe->proxy_source_port = raw->proxy_source_port;
	probe->proxy_dest_port = raw->proxy_dest_port;
	*wanted_r = "yes, no, v1 or v2";
	if (!read_proxy(raw->proxy_protocol, &probe->proxy_protocol))
		return ("proxy_protocol");
	*wanted_r = "TCP4 or TCP6";
	if (!config_read_word(raw->proxy_family, families, &six))
		return ("proxy_family");
	*wanted_r = "without control characters; for version 2, an address of "
		    "proxy_family or a port";
	for (size_t i = 0; i < COUNT(claims); i++)
		if (!config_is_sendable(claims[i].text, "") ||
		    (i < 2 && probe->proxy_protocol == PROXY_V2 &&
			!is_address(claims[i].text, six == 0, six != 0)) ||
		    (i >= 2 && !is_port(claims[i].text, probe)))
			return (claims[i].key);
	return (NULL);
}

/* "554", "55x" or "5xx". */
static bool
read_code(struct slice word, unsigned *code_r)
{
	size_t digits = 0;
	uint64_t number;

	while (digits < word.len && byte_is_digit(word.at[digits]))
		digits++;
	for (size_t i = digits; i < word.len; i++)
		if (word.at[i] != 'x')
			return (false);
	if (word.len != 3 || digits == 0 ||
	    !slice_number((struct slice){ word.at, digits }, &number) ||
	    word.at[0] < '2' || word.at[0] > '5')
		return (false);
	*code_r = (unsigned)number;
	return (true);
}

static bool
read_codes(const char *text, struct config_codes *codes)
{
	unsigned count = 0;

	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, " ,");

		if (len > 0 &&
		    (count == CONFIG_CODES_MAX ||
			!read_code((struct slice){ text, len },
			    &codes->code[count++])))
			return (false);
		text += len + (text[len] != '\0');
	}
	return (text == NULL || count > 0);
}

static const char *
take_expect(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static const struct raw_expect none;
	const struct raw_expect *from = raw->expect ? raw->expect : &none;
	struct config_expect *to = &probe->expect;

	const struct {
		const char *key, *text;
		struct config_codes *codes;
	} phases[] = {
		{ "expect/banner", from->banner, &to->banner },
		{ "expect/ehlo", from->ehlo, &to->ehlo },
		{ "expect/starttls", from->starttls, &to->starttls },
		{ "expect/ehlo_tls", from->ehlo_tls, &to->ehlo_tls },
		{ "expect/sasl_auth", from->sasl_auth, &to->sasl_auth },
		{ "expect/mailfrom", from->mailfrom, &to->mailfrom },
		{ "expect/rcptto", from->rcptto, &to->rcptto },
		{ "expect/data", from->data, &to->data },
		{ "expect/body", from->body, &to->body },
	};

	*wanted_r = "1 to 16 codes such as 554, 55x or 5xx, with blanks or "
		    "commas between";
	for (size_t i = 0; i < COUNT(phases); i++)
		if (!read_codes(phases[i].text, phases[i].codes))
			return (phases[i].key);
	probe->ehlo_requires = raw->ehlo_requires;
	probe->ehlo_forbids = raw->ehlo_forbids;
	probe->ehlo_tls_requires = raw->ehlo_tls_requires;
	probe->ehlo_tls_forbids = raw->ehlo_tls_forbids;
	return (NULL);
}

static const char *
take_times(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	*wanted_r = "0.1 to 3600 seconds";
	if (!config_read_seconds(
		raw->phase_deadline, 0.1, 3600, &probe->phase_deadline))
		return ("phase_deadline");
	if (!config_read_seconds(raw->deadline, 0.1, 3600, &probe->deadline))
		return ("deadline");
	*wanted_r = "1 to 86400 seconds";
	if (!config_read_seconds(raw->interval, 1, 86400, &probe->interval))
		return ("interval");
	if (!config_read_seconds(
		raw->retry_interval, 1, 86400, &probe->retry_interval))
		return ("retry_interval");
	*wanted_r = "0 to 604800 seconds";
	if (!config_read_seconds(
		raw->retry_deadline, 0, 604800, &probe->retry_deadline))
		return ("retry_deadline");
	*wanted_r = "0 to 100 percent";
	return (config_read_seconds(raw->jitter, 0, 100, &probe->jitter) ?
		NULL :
		"jitter");
}

typedef const char *take_fn(const struct raw_probe *raw,
    struct config_probe *probe, const char **wanted_r);

const char *
config_take_probe(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static take_fn *const parts[] = { take_server, take_mail, take_tls,
		take_sasl, take_proxy, take_expect, take_times,
		config_take_delivery };
	const char *key = NULL;

	*probe = (struct config_probe){ .name = raw->name,
		.port = 25,
		.verify = true,
		.phase_deadline = 30,
		.deadline = 60,
		.interval = 300,
		.jitter = 10,
		.retry_interval = 60,
		.retry_deadline = 900 };
	*wanted_r = "letters, digits, \"_\", \"-\" and \".\", and not "
		    "\"other\"";
	if (!config_is_name(raw->name))
		return ("name");
	for (size_t i = 0; key == NULL && i < COUNT(parts); i++)
		key = parts[i](raw, probe, wanted_r);
	return (key);
}
