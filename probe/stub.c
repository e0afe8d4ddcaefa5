#include <unistd.h>
#include "probe/watcher.h"
_Noreturn void
maildirs_watch(int socket, const struct probe_key *key,
    const struct place *places, unsigned count)
{
	(void)socket;
	(void)key;
	(void)places;
	(void)count;
	for (;;)
		pause();
}
_Noreturn void
imap_watch(int socket, const struct probe_key *key, const struct place *place)
{
	(void)socket;
	(void)key;
	(void)place;
	for (;;)
		pause();
}
