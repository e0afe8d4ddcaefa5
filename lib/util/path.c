/*
 * Names of files.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/path.h"

char *
path_absolute(const char *path)
{
	char here[PATH_MAX], *absolute;

	if (path[0] == '/')
		return (strdup(path));
	if (getcwd(here, sizeof(here)) == NULL ||
	    asprintf(&absolute, "%s/%s", here, path) == -1)
		return (NULL);
	return (absolute);
}
