/*
 * Probes, as YAML has them.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config/config_probes.h"
#include "lib/config/config_read.h"
#include "lib/util/slice.h"

enum { STRING_MAX = 255, PAYLOAD_MAX = 65536, KEYS_OF_PROBE = 64 };

/* clang-format off */
#define FIELD(in, member) \
	CYAML_FIELD_STRING_PTR(#member, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, 0, STRING_MAX)

const cyaml_schema_field_t config_probing_fields[] = {
	FIELD(struct raw_probing, capacity),
	FIELD(struct raw_probing, publish_interval),
	FIELD(struct raw_probing, under_way),
	FIELD(struct raw_probing, server_pause),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t expect_fields[] = {
	FIELD(struct raw_expect, banner),
	FIELD(struct raw_expect, ehlo),
	FIELD(struct raw_expect, starttls),
	FIELD(struct raw_expect, ehlo_tls),
	FIELD(struct raw_expect, sasl_auth),
	FIELD(struct raw_expect, mailfrom),
	FIELD(struct raw_expect, rcptto),
	FIELD(struct raw_expect, data),
	FIELD(struct raw_expect, body),
	CYAML_FIELD_END
};

#define PROBE(member) FIELD(struct raw_probe, member)

static const cyaml_schema_field_t probe_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER,
	    struct raw_probe, name, 1, CONFIG_NAME_MAX),
	CYAML_FIELD_STRING_PTR("server", CYAML_FLAG_POINTER,
	    struct raw_probe, server, 1, STRING_MAX),
	CYAML_FIELD_STRING_PTR("to", CYAML_FLAG_POINTER,
	    struct raw_probe, to, 1, STRING_MAX),
	CYAML_FIELD_STRING_PTR("payload",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_probe, payload, 0, PAYLOAD_MAX),
	PROBE(port), PROBE(protocol), PROBE(family), PROBE(source_address),
	PROBE(ehlo), PROBE(from), PROBE(until),
	PROBE(starttls), PROBE(implicit_tls), PROBE(verify), PROBE(tls_name),
	PROBE(ca_file), PROBE(certificate_file), PROBE(key_file),
	PROBE(ciphers), PROBE(tls_least),
	PROBE(sasl_authentication), PROBE(sasl_user), PROBE(sasl_auth_id),
	PROBE(sasl_password), PROBE(sasl_password_file),
	PROBE(proxy_protocol), PROBE(proxy_family),
	PROBE(proxy_source_address), PROBE(proxy_dest_address),
	PROBE(proxy_source_port), PROBE(proxy_dest_port),
	CYAML_FIELD_MAPPING_PTR("expect",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_probe, expect, expect_fields),
	PROBE(ehlo_requires), PROBE(ehlo_forbids),
	PROBE(ehlo_tls_requires), PROBE(ehlo_tls_forbids),
	PROBE(phase_deadline), PROBE(deadline), PROBE(interval),
	PROBE(jitter), PROBE(retry_interval), PROBE(retry_deadline),
	CYAML_FIELD_END
};
/* clang-format on */

const cyaml_schema_value_t config_probe_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct raw_probe, probe_fields) };

const char *
config_take_probing(const struct raw_probing *raw, unsigned count,
    struct config_probing *probing_r, const char **wanted_r)
{
	static const struct raw_probing none;
	unsigned least = count * KEYS_OF_PROBE;

	if (raw == NULL)
		raw = &none;
	*probing_r = (struct config_probing){
		.capacity = least > 4096 ? least : 4096,
		.publish_interval = 1,
		.under_way = 16,
		.server_pause = 1,
	};
	*wanted_r = "512 to 1048576 keys, a multiple of 8";
	if (!config_read_unsigned(
		raw->capacity, 512, 1 << 20, &probing_r->capacity) ||
	    probing_r->capacity % 8 != 0)
		return ("probing/capacity");
	*wanted_r = "0.05 to 3600 seconds";
	if (!config_read_seconds(raw->publish_interval, 0.05, 3600,
		&probing_r->publish_interval))
		return ("probing/publish_interval");
	*wanted_r = "1 to 256";
	if (!config_read_unsigned(
		raw->under_way, 1, 256, &probing_r->under_way))
		return ("probing/under_way");
	*wanted_r = "0 to 3600 seconds";
	if (!config_read_seconds(
		raw->server_pause, 0, 3600, &probing_r->server_pause))
		return ("probing/server_pause");
	return (NULL);
}

/* --- one probe ----------------------------------------------------------- */

static const char *
either(const char *text, const char *otherwise)
{
	return (text != NULL ? text : otherwise);
}

/* Whether it can be sent in a command: no byte of `but`, no control. */
static bool
is_sendable(const char *text, const char *but)
{
	for (const char *at = text; at != NULL && *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f ||
		    strchr(but, *at) != NULL)
			return (false);
	return (true);
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
	if (!is_sendable(raw->server, " ") ||
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
	    (raw->ehlo[0] == '\0' || !is_sendable(raw->ehlo, " ")))
		return ("ehlo");
	*wanted_r = "an address, without <, > and blanks";
	if (!is_sendable(probe->from, "<> "))
		return ("from");
	if (!is_sendable(probe->to, "<> "))
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

	probe->tls_name = raw->tls_name;
	probe->ca_file = raw->ca_file;
	probe->certificate_file = raw->certificate_file;
	probe->key_file = raw->key_file;
	probe->ciphers = raw->ciphers;
	probe->tls_least = raw->tls_least;
	*wanted_r = "yes or no";
	if (!config_read_switch(raw->starttls, &probe->starttls))
		return ("starttls");
	if (!config_read_switch(raw->verify, &probe->verify))
		return ("verify");
	*wanted_r = "yes or no, and no with starttls";
	if (!config_read_switch(raw->implicit_tls, &probe->implicit_tls) ||
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
	*wanted_r = "left out: sasl_password is there";
	if (raw->sasl_password != NULL && raw->sasl_password_file != NULL)
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
	if (!config_read_switch(text, &yes))
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
		if (!is_sendable(claims[i].text, "") ||
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

	*wanted_r = "codes of phases, such as 554, 55x or 5xx; up to 16 with "
		    "blanks or commas between";
	if (!read_codes(from->banner, &to->banner) ||
	    !read_codes(from->ehlo, &to->ehlo) ||
	    !read_codes(from->starttls, &to->starttls) ||
	    !read_codes(from->ehlo_tls, &to->ehlo_tls) ||
	    !read_codes(from->sasl_auth, &to->sasl_auth) ||
	    !read_codes(from->mailfrom, &to->mailfrom) ||
	    !read_codes(from->rcptto, &to->rcptto) ||
	    !read_codes(from->data, &to->data) ||
	    !read_codes(from->body, &to->body))
		return ("expect");
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

/* --- all ----------------------------------------------------------------- */

typedef const char *take_fn(const struct raw_probe *raw,
    struct config_probe *probe, const char **wanted_r);

static const char *
take_probe(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	static take_fn *const parts[] = { take_server, take_mail, take_tls,
		take_sasl, take_proxy, take_expect, take_times };
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

static bool
is_new(const struct raw_probe *raw, unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (strcmp(raw[i].name, raw[j].name) == 0)
			return (false);
	return (true);
}

const char *
config_take_probes(const struct raw_probe *raw, unsigned count,
    struct config_probe *probes_r, unsigned *item_r, const char **wanted_r)
{
	for (unsigned i = 0; i < count; i++) {
		const char *key;

		*item_r = i;
		key = take_probe(&raw[i], &probes_r[i], wanted_r);
		if (key != NULL)
			return (key);
		*wanted_r = "of no other probe";
		if (!is_new(raw, i))
			return ("name");
	}
	return (NULL);
}
