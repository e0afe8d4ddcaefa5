#include <string.h>

#include "lib/util/secret.h"
#include "probe/password.h"

enum { SECRET_LEAST = 4 /* bytes: less is in any text */ };

int
password_get(const struct config_probe *probe, char **password_r,
    bool *is_open_r, const char **key_r, const char **error_r)
{
	*password_r = NULL;
	*is_open_r = false;
	if (probe->sasl_password != NULL) {
		*key_r = "sasl_password";
		*password_r = secret_line(probe->sasl_password,
		    strlen(probe->sasl_password), error_r);
		return (*password_r != NULL ? 0 : -1);
	}
	if (probe->sasl_password_file == NULL)
		return (0);
	*key_r = "sasl_password_file";
	*password_r = secret_read(
	    probe->sasl_password_file, is_open_r, error_r);
	return (*password_r != NULL ? 0 : -1);
}

void
password_hide(char *text, const char *secret)
{
	size_t len = secret != NULL ? strlen(secret) : 0;
	size_t rest = strlen(text);

	if (len < SECRET_LEAST)
		return;
	for (char *at = text; (at = strstr(at, secret)) != NULL; at += len)
		memset(at, '*', len);
	for (size_t part = len < rest ? len : rest; part >= SECRET_LEAST;
	     part--)
		if (memcmp(text + rest - part, secret, part) == 0)
			memset(text + rest - part, '*', part);
}
