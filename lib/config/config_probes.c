/*
 * Probes, as YAML has them.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/config/config_probes.h"
#include "lib/config/config_read.h"
#include "lib/util/slice.h"

enum {
	STRING_MAX = 255,
	PAYLOAD_MAX = 65536,
	KEYS_OF_PROBE = 72,
	KEYS_OF_DELIVERY = 160 /* more */
};

/* clang-format off */
#define FIELD(in, member, least, most) \
	CYAML_FIELD_STRING_PTR(#member, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, least, most)
#define PROBING(member) FIELD(struct raw_probing, member, 1, STRING_MAX)
#define EXPECT(member)  FIELD(struct raw_expect, member, 1, STRING_MAX)
#define PROBE(member)   FIELD(struct raw_probe, member, 1, STRING_MAX)
#define REQUIRED(member, most) \
	CYAML_FIELD_STRING_PTR(#member, \
	    CYAML_FLAG_POINTER, struct raw_probe, member, 1, most)

const cyaml_schema_field_t config_probing_fields[] = {
	PROBING(capacity),
	PROBING(publish_interval),
	PROBING(under_way),
	PROBING(server_pause),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t expect_fields[] = {
	EXPECT(banner),
	EXPECT(ehlo),
	EXPECT(starttls),
	EXPECT(ehlo_tls),
	EXPECT(sasl_auth),
	EXPECT(mailfrom),
	EXPECT(rcptto),
	EXPECT(data),
	EXPECT(body),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t probe_fields[] = {
	REQUIRED(name, CONFIG_NAME_MAX),
	REQUIRED(server, STRING_MAX),
	REQUIRED(to, STRING_MAX),
	FIELD(struct raw_probe, from, 0, STRING_MAX),
	FIELD(struct raw_probe, payload, 0, PAYLOAD_MAX),
	PROBE(port), PROBE(protocol), PROBE(family), PROBE(source_address),
	PROBE(ehlo), PROBE(until),
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
	CYAML_FIELD_MAPPING_PTR("delivery",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_probe, delivery, config_delivery_fields),
	CYAML_FIELD_END
};
/* clang-format on */

const cyaml_schema_value_t config_probe_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct raw_probe, probe_fields) };

unsigned
config_keys_of_probes(const struct raw_probe *raw, unsigned count)
{
	unsigned keys = count * KEYS_OF_PROBE;

	for (unsigned i = 0; i < count; i++)
		keys += raw[i].delivery != NULL ? KEYS_OF_DELIVERY : 0;
	return (keys);
}

const char *
config_take_probing(const struct raw_probing *raw, unsigned keys,
    struct config_probing *probing_r, const char **wanted_r)
{
	static const struct raw_probing none;

	if (raw == NULL)
		raw = &none;
	*probing_r = (struct config_probing){
		.capacity = keys > 4096 ? keys : 4096,
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

static int
by_name(const void *a, const void *b)
{
	const struct raw_probe *const *one = a, *const *other = b;
	int order = strcmp((*one)->name, (*other)->name);

	return (order != 0 ? order : (*one > *other) - (*one < *other));
}

/* The first probe that has the name of one before it; `count`: there is none.
   -1: no memory. */
static int
find_same(const struct raw_probe *raw, unsigned count, unsigned *item_r)
{
	const struct raw_probe **sorted = calloc(count + 1, sizeof(*sorted));

	*item_r = count;
	if (sorted == NULL)
		return (-1);
	for (unsigned i = 0; i < count; i++)
		sorted[i] = &raw[i];
	qsort(sorted, count, sizeof(*sorted), by_name);
	for (unsigned i = 1; i < count; i++)
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0 &&
		    sorted[i] - raw < *item_r)
			*item_r = (unsigned)(sorted[i] - raw);
	free(sorted);
	return (0);
}

const char *
config_take_probes(const struct raw_probe *raw, unsigned count,
    struct config_probe *probes_r, unsigned *item_r, const char **wanted_r)
{
	for (unsigned i = 0; i < count; i++) {
		const char *key = config_take_probe(
		    &raw[i], &probes_r[i], wanted_r);

		*item_r = i;
		if (key != NULL)
			return (key);
	}
	*wanted_r = "of no other probe";
	return (find_same(raw, count, item_r) == -1 || *item_r < count ?
		"name" :
		NULL);
}
