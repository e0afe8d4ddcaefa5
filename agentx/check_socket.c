/*
 * The socket and the directories that lead to it.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agentx/check_socket.h"

static void
write_user(uid_t id, char text_r[NAME_TEXT_MAX])
{
	const struct passwd *user = getpwuid(id);

	if (user != NULL)
		(void)snprintf(text_r, NAME_TEXT_MAX, "%s", user->pw_name);
	else
		(void)snprintf(text_r, NAME_TEXT_MAX, "%u", id);
}

static void
write_group(gid_t id, char text_r[NAME_TEXT_MAX])
{
	const struct group *group = getgrgid(id);

	if (group != NULL)
		(void)snprintf(text_r, NAME_TEXT_MAX, "%s", group->gr_name);
	else
		(void)snprintf(text_r, NAME_TEXT_MAX, "%u", id);
}

/* The first thing on the way to the socket that is missing, or a directory
   that we may not pass; else the socket itself. */
static void
find_barrier(struct socket_facts *socket, struct stat *st_r)
{
	char *end = socket->barrier;
	struct stat st;

	(void)snprintf(
	    socket->barrier, sizeof(socket->barrier), "%s", socket->path);
	while (*end != '\0') {
		char byte;

		end += 1 + strcspn(end + 1, "/");
		byte = *end;
		*end = '\0';
		if (stat(socket->barrier, &st) == -1)
			return;
		*st_r = st;
		if (S_ISDIR(st.st_mode) && access(socket->barrier, X_OK) == -1)
			return;
		*end = byte;
	}
}

static int
connect_error(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd, error;

	memcpy(name.sun_path, path, strnlen(path, sizeof(name.sun_path) - 1));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (errno);
	error = connect(fd, (struct sockaddr *)&name, sizeof(name)) == -1 ?
	    errno :
	    0;
	close(fd);
	return (error);
}

void
check_socket(struct socket_facts *socket)
{
	struct stat st = { .st_mode = 0 };
	char user[NAME_TEXT_MAX], group[NAME_TEXT_MAX];

	socket->error = connect_error(socket->path);
	find_barrier(socket, &st);
	socket->barrier_is_directory = S_ISDIR(st.st_mode);
	write_user(st.st_uid, user);
	write_group(st.st_gid, group);
	(void)snprintf(socket->owner, sizeof(socket->owner), "%s:%s, mode %04o",
	    user, group, (unsigned)(st.st_mode & 07777));
	write_user(geteuid(), socket->user);
	write_group(getegid(), socket->group);
	socket->root = geteuid() == 0;
}
