/*
 * YAML into struct config, by libcyaml.  libcyaml tells what is wrong, but of
 * an unknown key only where the one before it ended; libyaml is asked for the
 * line.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cyaml/cyaml.h>
#include <yaml.h>

#include "lib/config/config.h"
#include "lib/util/error.h"

enum { LOGS_MAX = 16, NAMES_MAX = 16, STRING_MAX = 255 };

static const cyaml_schema_field_t log_fields[] = {
	CYAML_FIELD_STRING_PTR(
	    "path", CYAML_FLAG_POINTER, struct config_log, path, 1, STRING_MAX),
	CYAML_FIELD_STRING_PTR("instance",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config_log,
	    instance, 1, 32),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t log_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct config_log, log_fields) };

static const cyaml_schema_value_t name_schema = { CYAML_VALUE_STRING(
    CYAML_FLAG_POINTER, char *, 1, 32) };

static const cyaml_schema_field_t snmp_fields[] = {
	CYAML_FIELD_STRING_PTR("base_oid",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config_snmp,
	    base_oid, 3, STRING_MAX),
	CYAML_FIELD_STRING_PTR("agentx_socket",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config_snmp,
	    agentx_socket, 1, STRING_MAX),
	CYAML_FIELD_UINT("ping_interval", CYAML_FLAG_OPTIONAL,
	    struct config_snmp, ping_interval),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_SEQUENCE("logs", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct config, logs, &log_schema, 0, LOGS_MAX),
	CYAML_FIELD_STRING_PTR("state_directory",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config,
	    state_directory, 1, STRING_MAX),
	CYAML_FIELD_FLOAT("publish_interval", CYAML_FLAG_OPTIONAL,
	    struct config, publish_interval),
	CYAML_FIELD_UINT(
	    "capacity", CYAML_FLAG_OPTIONAL, struct config, capacity),
	CYAML_FIELD_SEQUENCE("syslog_names",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config,
	    syslog_names, &name_schema, 0, NAMES_MAX),
	CYAML_FIELD_MAPPING_PTR("snmp",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct config, snmp,
	    snmp_fields),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct config, fields) };

/* What libcyaml said of the first fault. */
struct complaint {
	char text[256];
	unsigned line;
};

static void
hear(cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct complaint *complaint = context;
	char text[256];
	const char *place;

	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	place = strstr(text, "(line: ");
	if (place != NULL && complaint->line == 0)
		(void)sscanf(place, "(line: %u", &complaint->line);
	if (complaint->text[0] == '\0')
		(void)snprintf(complaint->text, sizeof(complaint->text), "%s",
		    strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
}

static cyaml_config_t
cyaml_settings(struct complaint *complaint)
{
	return ((cyaml_config_t){ .log_fn = hear,
	    .log_ctx = complaint,
	    .log_level = CYAML_LOG_ERROR,
	    .mem_fn = cyaml_mem,
	    .flags = CYAML_CFG_DEFAULT });
}

/* The line of the first scalar `word` that is not before line `from`; 0 if
   there is none. */
static unsigned
line_of(const char *path, const char *word, unsigned from)
{
	FILE *file = fopen(path, "re");
	unsigned found = 0;
	bool done = false;
	yaml_parser_t parser;

	if (file == NULL || !yaml_parser_initialize(&parser)) {
		if (file != NULL)
			fclose(file);
		return (0);
	}
	yaml_parser_set_input_file(&parser, file);
	while (!done) {
		yaml_event_t event;
		unsigned line;

		if (!yaml_parser_parse(&parser, &event))
			break;
		line = (unsigned)event.start_mark.line + 1;
		if (event.type == YAML_SCALAR_EVENT && line >= from &&
		    strcmp((char *)event.data.scalar.value, word) == 0)
			found = line;
		done = found != 0 || event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	return (found);
}

static const char *
complain(const char *path, struct complaint *complaint, cyaml_err_t error)
{
	static const char unexpected[] = "Unexpected key: ";
	unsigned line = complaint->line;

	if (strncmp(complaint->text, unexpected, strlen(unexpected)) == 0)
		line = line_of(path, complaint->text + strlen(unexpected),
		    complaint->line);
	return (error_text("%s:%u: %s", path, line ? line : complaint->line,
	    complaint->text[0] ? complaint->text : cyaml_strerror(error)));
}

static int
set_default(char **setting, const char *value)
{
	if (*setting == NULL)
		*setting = strdup(value);
	return (*setting == NULL ? -1 : 0);
}

static int
set_defaults(struct config *config)
{
	if (config->snmp == NULL)
		config->snmp = calloc(1, sizeof(*config->snmp));
	if (config->snmp == NULL)
		return (-1);
	if (config->publish_interval == 0)
		config->publish_interval = 1;
	if (config->capacity == 0)
		config->capacity = 4096;
	if (config->snmp->ping_interval == 0)
		config->snmp->ping_interval = 5;
	if (set_default(&config->state_directory, "/var/lib/postfix-stats") ==
		-1 ||
	    set_default(&config->snmp->base_oid,
		"1.3.6.1.4.1.8072.9999.9999.25") == -1 ||
	    set_default(&config->snmp->agentx_socket, "/var/agentx/master") ==
		-1)
		return (-1);
	return (0);
}

/* Ranges that the schema can't say.  Returns NULL or the key at fault, and
   what it should be. */
static const char *
check_ranges(const struct config *config, const char **wanted_r)
{
	*wanted_r = "0.05 to 3600 seconds";
	if (!(config->publish_interval >= 0.05 &&
		config->publish_interval <= 3600))
		return ("publish_interval");
	*wanted_r = "512 to 1048576 keys, a multiple of 8";
	if (config->capacity < 512 || config->capacity > 1 << 20 ||
	    config->capacity % 8 != 0)
		return ("capacity");
	*wanted_r = "1 to 3600 seconds";
	if (config->snmp->ping_interval > 3600)
		return ("ping_interval");
	*wanted_r = "numbers and dots";
	if (strspn(config->snmp->base_oid, ".0123456789") !=
	    strlen(config->snmp->base_oid))
		return ("base_oid");
	return (NULL);
}

static struct config *
load_file(const char *path, const char **error_r)
{
	struct complaint complaint = { .line = 0 };
	cyaml_config_t settings = cyaml_settings(&complaint);
	cyaml_data_t *data = NULL;
	cyaml_err_t error;

	if (access(path, R_OK) == -1) {
		*error_r = error_text(
		    "cannot read %s: %s", path, strerror(errno));
		return (NULL);
	}
	error = cyaml_load_file(path, &settings, &schema, &data, NULL);
	if (error != CYAML_OK) {
		*error_r = complain(path, &complaint, error);
		return (NULL);
	}
	/* A file of comments only. */
	if (data == NULL && (data = calloc(1, sizeof(struct config))) == NULL)
		*error_r = error_text("%s: %s", path, strerror(ENOMEM));
	return (data);
}

int
config_load(const char *path, struct config **config_r, const char **error_r)
{
	const char *file = path, *key, *wanted;
	struct config *config;

	if (file == NULL && access(CONFIG_FILE, F_OK) == 0)
		file = CONFIG_FILE;
	*error_r = strerror(ENOMEM);
	if (file != NULL)
		config = load_file(file, error_r);
	else
		config = calloc(1, sizeof(*config));
	if (config == NULL)
		return (-1);
	if (set_defaults(config) == -1) {
		*error_r = strerror(ENOMEM);
		config_free(config);
		return (-1);
	}
	key = check_ranges(config, &wanted);
	if (key != NULL) {
		*error_r = error_text("%s:%u: %s must be %s", file,
		    line_of(file, key, 0), key, wanted);
		config_free(config);
		return (-1);
	}
	*config_r = config;
	return (0);
}

void
config_free(struct config *config)
{
	struct complaint complaint = { .line = 0 };
	cyaml_config_t settings = cyaml_settings(&complaint);

	if (config != NULL)
		(void)cyaml_free(&settings, &schema, config, 0);
}
