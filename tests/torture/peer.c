/*
 * The same writer and the same rotations against a peer: what does a counter
 * of its own lose?  Its counter begins at zero in each life; we read it, over
 * HTTP and at rest, right before each end and add the lives up, which is the
 * best that a scraper could ever do.
 *
 * The counter is one that each peer counts lines of lmtp with.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>

#include <arpa/inet.h>
#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/torture.h"

enum {
	READY_MS = 10000,
	LIFE_MS = 1000,
	DOWN_MS = 150,
	END_MS = 1500,
	ANSWER = 1 << 20
};

static const char mtail_program[] =
    "counter lmtp_sent\n"
    "/postfix\\/lmtp\\[\\d+\\]: .* status=sent / {\n"
    "  lmtp_sent++\n"
    "}\n";

struct peer {
	struct bench bench;
	struct writer_plan plan;
	struct random random;
	bool mtail;
	char program[NAME_SIZE + 16];
	uint16_t port;
	pid_t pid, writer;
	uint64_t counted;
};

static uint16_t
free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&address, size) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		err(1, "socket");
	close(fd);
	return (ntohs(address.sin_port));
}

/* GET /metrics.  Returns the text, NULL if nobody answers. */
static const char *
scrape(uint16_t port)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
	static char answer[ANSWER];
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t len = 0;
	ssize_t got = 0;

	if (fd == -1)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    write(fd, request, strlen(request)) > 0)
		while (len < sizeof(answer) - 1 &&
		    (got = read(fd, answer + len, sizeof(answer) - 1 - len)) >
			0)
			len += (size_t)got;
	close(fd);
	answer[len] = '\0';
	return (len > 0 ? answer : NULL);
}

static uint64_t
counter(const struct peer *peer)
{
	const char *name = peer->mtail ?
	    "\nlmtp_sent{" :
	    "\npostfix_lmtp_delivery_delay_seconds_count{"
	    "stage=\"before_queue_manager\"}";
	const char *text = scrape(peer->port);
	const char *line = text ? strstr(text, name) : NULL;
	const char *blank = line ? strchr(line, ' ') : NULL;

	return (blank ? (uint64_t)strtod(blank, NULL) : 0);
}

static int
start(struct peer *peer)
{
	char number[16], address[48], log[NAME_SIZE + 64];
	const char *const mtail[] = { "mtail", "--progs", peer->program,
		"--logs", peer->bench.log, "--address", "127.0.0.1", "--port",
		number, "--logtostderr", NULL };
	const char *const exporter[] = { "prometheus-postfix-exporter", log,
		address, NULL };
	int64_t until = now_ms() + READY_MS;

	peer->port = free_port();
	(void)snprintf(number, sizeof(number), "%u", peer->port);
	(void)snprintf(address, sizeof(address),
	    "--web.listen-address=127.0.0.1:%u", peer->port);
	(void)snprintf(
	    log, sizeof(log), "--postfix.logfile_path=%s", peer->bench.log);
	peer->pid = process_start(
	    peer->mtail ? mtail : exporter, peer->bench.output, NULL);
	while (scrape(peer->port) == NULL) {
		if (now_ms() > until)
			return (-1);
		sleep_us(2000);
	}
	return (0);
}

static void
kill_at_rest(struct peer *peer)
{
	peer->counted += counter(peer);
	process_kill(peer->pid);
}

static void
lives(struct peer *peer, unsigned kills, struct tally *tally)
{
	for (unsigned i = 0; i < kills; i++) {
		sleep_us(LIFE_MS * 1000);
		kill_at_rest(peer);
		tally->kills++;
		sleep_us(random_below(&peer->random, DOWN_MS * 1000));
		if (start(peer) == -1)
			errx(1, "the peer does not start again");
	}
	/* One more second with rotations, whatever the number of kills. */
	sleep_us((kills == 0 ? 10 : 1) * LIFE_MS * 1000);
}

static void
prepare(struct peer *peer, const char *name)
{
	char path[NAME_SIZE + 64];
	FILE *file;

	bench_make(&peer->bench, "", name, "1", 1024);
	(void)snprintf(
	    peer->program, sizeof(peer->program), "%s/progs", peer->bench.dir);
	(void)snprintf(path, sizeof(path), "%s/count.mtail", peer->program);
	if (mkdir(peer->program, 0755) == -1 ||
	    (file = fopen(path, "we")) == NULL)
		err(1, "%s", path);
	fputs(mtail_program, file);
	fclose(file);
	file = fopen(peer->bench.log, "we");
	if (file == NULL)
		err(1, "%s", peer->bench.log);
	fclose(file);
}

int
peer_run(const struct setting *setting, enum mode mode, uint64_t seed,
    unsigned kills, struct tally *tally)
{
	struct peer peer = { .random = { seed },
		.mtail = strcmp(setting->peer, "mtail") == 0 };
	struct truth truth = { .seed = seed | 1 }; /* heads they can read */

	prepare(&peer, setting->peer);
	if (start(&peer) == -1)
		errx(1, "%s does not start", setting->peer);
	sleep_us(500000);
	peer.plan = (struct writer_plan){ .mode = mode,
		.seed = truth.seed,
		.log = peer.bench.log,
		.rate = 2000,
		.rotate_ms = 1500,
		.board = board_new() };
	peer.writer = writer_start(&peer.plan);
	peer.plan.board->may_rotate = 1;
	lives(&peer, kills, tally);
	peer.plan.board->stop = 1;
	(void)process_wait(peer.writer, READY_MS);
	sleep_us(END_MS * 1000);
	kill_at_rest(&peer);
	if (truth_read(&truth, peer.bench.log) == -1)
		errx(1, "the log is not what was written");
	tally->episodes++;
	tally->lines += truth.lines;
	tally->rotations += peer.plan.board->rotations;
	tally->peer_counted += peer.counted;
	tally->peer_truth += truth_sent(&truth);
	if (peer.counted != truth_sent(&truth))
		tally->failed++;
	truth_free(&truth);
	directory_remove(peer.bench.dir);
	board_free(peer.plan.board);
	return (0);
}
