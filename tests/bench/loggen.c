/*
 * loggen: writes a generated mail log to standard output, and on demand the
 * values that every counter must have after reading it.
 *
 *	loggen --lines N [--seed S] [--format bsd|iso] [--instances]
 *	    [--configured] [--truth FILE]
 *	loggen --shapes
 *
 * Transactions are planned as a list of shapes and then written interleaved,
 * SLOTS at a time, with noise between.  The last line is none.  With
 * --configured the truth is that of tests/bench/configured.yml,
 * published once, at the time of the last line.  The random numbers drawn do not depend
 * on the format: the truth of one seed is the same for both.
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "loggen.h"

#define SLOTS          40
#define MAX_STEPS      64
#define CHUNK          (1024 * 1024)
#define LINE_ROOM      (256 * 1024) /* more than the longest line */
#define TEXT_MAX       2000         /* where Postfix cuts the text */
#define OVERLONG_MIN   70000
#define SHOWN_OVERLONG 200
#define START_TIME     1796083170 /* 2026-11-30 23:59:30 UTC */
#define USAGE          64

struct step {
	const struct shape *shape;
	bool second; /* about the second queue id */
};

struct transaction {
	struct context context;
	const char *instance;
	const char *service;
	uint32_t pid;
	struct step steps[MAX_STEPS];
	size_t step_count;
	size_t next;
};

struct choice {
	const struct shape **list; /* each as often as it weighs */
	uint32_t count;
};

struct generator {
	struct random random;
	struct truth *truth;
	struct output out;
	struct choice choices[GROUPS];
	struct transaction slots[SLOTS];
	bool iso;
	bool instances;
	uint64_t clock; /* microseconds since 1970 */
	time_t stamp_time;
	char stamp[32]; /* to the second */
	size_t stamp_length;
};

static void
write_all(const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, data, length);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			err(1, "standard output");
		data += n;
		length -= (size_t)n;
	}
}

static void
flush(struct generator *gen)
{
	write_all(gen->out.data, gen->out.length);
	gen->out.length = 0;
}

static void
choices_fill(struct generator *gen)
{
	for (size_t i = 0; i < shape_count; i++)
		gen->choices[shapes[i].group].count += shapes[i].weight;
	for (size_t g = 0; g < GROUPS; g++) {
		gen->choices[g].list = calloc(
		    gen->choices[g].count, sizeof(*gen->choices[g].list));
		if (gen->choices[g].list == NULL)
			err(1, "shapes");
		gen->choices[g].count = 0;
	}
	for (size_t i = 0; i < shape_count; i++) {
		struct choice *choice = &gen->choices[shapes[i].group];

		for (unsigned w = 0; w < shapes[i].weight; w++)
			choice->list[choice->count++] = &shapes[i];
	}
}

static const struct shape *
choose(struct generator *gen, enum group group)
{
	const struct choice *choice = &gen->choices[group];

	return (choice->list[random_below(&gen->random, choice->count)]);
}

static bool
percent(struct generator *gen, uint32_t part)
{
	return (random_below(&gen->random, 100) < part);
}

/* The stamp and host of a line; the date is made once a second. */
static void
put_head(struct generator *gen)
{
	time_t now = (time_t)(gen->clock / 1000000);
	struct output *out = &gen->out;

	if (now != gen->stamp_time) {
		struct tm tm;

		gen->stamp_time = now;
		gmtime_r(&now, &tm);
		gen->stamp_length = strftime(gen->stamp, sizeof(gen->stamp),
		    gen->iso ? "%Y-%m-%dT%H:%M:%S." : "%b %e %H:%M:%S", &tm);
	}
	output_bytes(out, gen->stamp, gen->stamp_length);
	if (gen->iso) {
		/* seven digits, then the first one overwritten */
		size_t dot = out->length - 1;

		out->length = dot;
		output_number(out, 1000000 + gen->clock % 1000000);
		out->data[dot] = '.';
		output_text(out, "+00:00");
	}
	output_text(out, " mx1 ");
}

static void
put_tag(struct generator *gen, const struct shape *shape, const char *instance,
    const char *service, uint32_t pid)
{
	struct output *out = &gen->out;

	output_text(out, instance);
	output_text(out, "/");
	if (service != NULL) {
		output_text(out, service);
		output_text(out, "/");
	}
	output_text(out, shape->daemon);
	output_text(out, "[");
	output_number(out, pid);
	output_text(out, "]: ");
}

static void
put_overlong(struct generator *gen)
{
	size_t end = gen->out.length + OVERLONG_MIN +
	    random_below(&gen->random, 80000);

	while (gen->out.length < end)
		output_text(&gen->out, " 0123456789abcdef");
}

/* Write one line of this shape and count it. */
static void
put_line(
    struct generator *gen, const struct shape *shape, struct transaction *trans)
{
	const char *service = shape->service;
	size_t start;

	gen->clock += random_below(&gen->random, 3000);
	if (service != NULL && strcmp(service, "*") == 0)
		service = trans->service;
	if (shape->kind != KIND_MALFORMED)
		put_head(gen);
	if (shape->kind == KIND_FOREIGN || shape->kind == KIND_BADTAG ||
	    shape->kind == KIND_TOOL)
		output_text(&gen->out, shape->daemon);
	else if (shape->kind != KIND_MALFORMED)
		put_tag(gen, shape, trans->instance, service, trans->pid);
	start = gen->out.length;
	line_expand(&gen->out, &trans->context, &gen->random, shape->text);
	if (shape->kind == KIND_OVERLONG)
		put_overlong(gen);
	else if (gen->out.length > start + TEXT_MAX)
		gen->out.length = start + TEXT_MAX;
	if (shape->kind != KIND_MALFORMED &&
	    random_below(&gen->random, 500) == 0)
		output_text(&gen->out, "\r");
	output_text(&gen->out, "\n");
	truth_line(
	    gen->truth, shape, &trans->context, trans->instance, service);
	if (gen->out.length >= CHUNK)
		flush(gen);
}

static void
plan(struct transaction *trans, const struct shape *shape, bool second)
{
	if (trans->step_count == MAX_STEPS)
		return;
	trans->steps[trans->step_count].shape = shape;
	trans->steps[trans->step_count++].second = second;
}

static void
plan_group(struct generator *gen, struct transaction *trans, enum group group)
{
	plan(trans, choose(gen, group), false);
}

/* cleanup(8) names the message: once, whatever else it says of it. */
static void
plan_name(struct generator *gen, struct transaction *trans)
{
	if (percent(gen, 3))
		plan_group(gen, trans, GROUP_RESENT_ID);
	plan_group(gen, trans, GROUP_MESSAGE_ID);
	if (percent(gen, 6))
		plan_group(gen, trans, GROUP_CLEANUP_NOTE);
}

/* A second message that the first one caused, up to its end. */
static void
plan_second(struct generator *gen, struct transaction *trans)
{
	plan(trans, choose(gen, GROUP_MESSAGE_ID), true);
	plan(trans, choose(gen, GROUP_ACTIVE), true);
	plan(trans, choose(gen, GROUP_SENT), true);
	plan(trans, choose(gen, GROUP_REMOVED), true);
}

/* The queue manager takes the message; one result for each recipient. */
static void
plan_delivery(struct generator *gen, struct transaction *trans)
{
	uint32_t recipients = 1 + random_below(&gen->random, 4);
	bool deferred = false, bounced = false;

	trans->context.recipients = recipients;
	plan_group(gen, trans, GROUP_ACTIVE);
	if (percent(gen, 10))
		plan_group(gen, trans, GROUP_SESSION_NOTE);
	for (uint32_t i = 0; i < recipients; i++) {
		uint32_t result = random_below(&gen->random, 100);

		if (result < 14) {
			plan_group(gen, trans, GROUP_DEFERRED);
			deferred = true;
		} else if (result < 22) {
			plan_group(gen, trans, GROUP_BOUNCED);
			bounced = true;
		} else if (result < 24) {
			plan_group(gen, trans, GROUP_FORWARDED);
			plan_second(gen, trans);
		} else
			plan_group(gen, trans, GROUP_SENT);
	}
	if (bounced) {
		plan_group(gen, trans, GROUP_NOTICE);
		plan_second(gen, trans);
	}
	while (deferred && percent(gen, 20)) {
		plan_group(gen, trans, GROUP_RETRY);
		plan_group(gen, trans, GROUP_DEFERRED);
	}
	if (deferred && percent(gen, 40)) {
		plan_group(gen, trans, GROUP_RETRY);
		plan_group(
		    gen, trans, percent(gen, 70) ? GROUP_SENT : GROUP_DEFERRED);
	} else if (deferred && percent(gen, 20)) {
		plan_group(gen, trans, GROUP_EXPIRED);
		plan_group(gen, trans, GROUP_NOTICE);
	} else if (deferred)
		return;
	plan_group(gen, trans, GROUP_REMOVED);
}

/* The message goes to a content filter, which gives it back as another one. */
static void
plan_filter(struct generator *gen, struct transaction *trans)
{
	trans->context.recipients = 1;
	plan_group(gen, trans, GROUP_ACTIVE);
	while (percent(gen, 20)) {
		plan_group(gen, trans, GROUP_FILTER_LATER);
		plan_group(gen, trans, GROUP_RETRY);
	}
	if (percent(gen, 10)) {
		plan_group(gen, trans, GROUP_FILTER_NEVER);
		plan_group(gen, trans, GROUP_NOTICE);
		plan_second(gen, trans);
	} else {
		trans->context.filtered = true;
		plan(trans, choose(gen, GROUP_BACK), true);
		plan(trans, choose(gen, GROUP_MESSAGE_ID), true);
		plan(trans, choose(gen, GROUP_ACTIVE), true);
		plan_group(gen, trans, GROUP_TO_FILTER);
		plan(trans, choose(gen, GROUP_SENT), true);
		plan(trans, choose(gen, GROUP_REMOVED), true);
	}
	plan_group(gen, trans, GROUP_REMOVED);
}

static void
plan_receive(struct generator *gen, struct transaction *trans)
{
	const struct shape *client = choose(gen, GROUP_CLIENT);
	bool session = strcmp(client->daemon, "smtpd") == 0;

	trans->service = client->service;
	if (session) {
		plan_group(gen, trans, GROUP_CONNECT);
		if (percent(gen, 30))
			plan_group(gen, trans, GROUP_TLS_IN);
	}
	plan(trans, client, false);
	plan_name(gen, trans);
	if (percent(gen, 4)) {
		plan_group(gen, trans, GROUP_CLEANUP_REJECT);
		if (session)
			plan_group(gen, trans, GROUP_DISCONNECT);
		return;
	}
	if (session)
		plan_group(gen, trans, GROUP_DISCONNECT);
	if (percent(gen, 6))
		plan_filter(gen, trans);
	else
		plan_delivery(gen, trans);
}

static void
plan_refusal(struct generator *gen, struct transaction *trans)
{
	static const char *const services[] = { NULL, NULL, NULL, NULL, NULL,
		NULL, "submission", "smtps" };
	uint32_t answers = 1 + random_below(&gen->random, 3);

	trans->service = services[random_below(&gen->random, COUNT(services))];
	plan_group(gen, trans, GROUP_CONNECT);
	for (uint32_t i = 0; i < answers; i++)
		plan_group(gen, trans,
		    percent(gen, 65) ? GROUP_SMTPD_REJECT : GROUP_SMTPD_NOTE);
	plan_group(gen, trans, GROUP_DISCONNECT);
}

static void
plan_screen(struct generator *gen, struct transaction *trans)
{
	plan_group(gen, trans, GROUP_SCREEN_CONNECT);
	while (percent(gen, 50))
		plan_group(gen, trans, GROUP_SCREEN_TEST);
	plan_group(gen, trans, GROUP_SCREEN_END);
}

static const char *
choose_instance(struct generator *gen)
{
	uint32_t n = random_below(&gen->random, 100);

	if (!gen->instances || n < 75)
		return ("postfix");
	return (n < 95 ? "postfix-out" : "postfix-in");
}

static void
transaction_new(struct generator *gen, struct transaction *trans)
{
	uint32_t what = random_below(&gen->random, 100);

	trans->step_count = trans->next = 0;
	trans->service = NULL;
	trans->instance = choose_instance(gen);
	trans->pid = 1000 + random_below(&gen->random, 60000);
	context_new(&trans->context, &gen->random);
	if (what < 55)
		plan_receive(gen, trans);
	else if (what < 62) {
		plan_group(gen, trans, GROUP_PICKUP);
		plan_name(gen, trans);
		plan_delivery(gen, trans);
	} else if (what < 63) {
		plan_group(gen, trans, GROUP_MESSAGE_ID);
		plan_group(gen, trans, GROUP_ACTIVE);
		plan_group(gen, trans, GROUP_PROBE);
		plan_group(gen, trans, GROUP_REMOVED);
	} else if (what < 82)
		plan_refusal(gen, trans);
	else
		plan_screen(gen, trans);
}

/* One line of a random transaction; a finished one is replaced. */
static void
put_step(struct generator *gen)
{
	struct transaction *trans =
	    &gen->slots[random_below(&gen->random, SLOTS)];
	const struct step *step;

	if (trans->next == trans->step_count)
		transaction_new(gen, trans);
	step = &trans->steps[trans->next++];
	if (step->second) {
		struct transaction second = *trans;

		memcpy(second.context.queue_id, trans->context.second_id,
		    sizeof(second.context.queue_id));
		second.context.second = true;
		second.context.sender = "";
		second.context.size = trans->context.size / 2;
		second.context.recipients = 1;
		second.context.delivered_count = 0;
		put_line(gen, step->shape, &second);
	} else
		put_line(gen, step->shape, trans);
}

/* A line that belongs to no transaction. */
static void
put_noise(struct generator *gen)
{
	struct transaction trans = { .next = 0 };
	uint32_t what = random_below(&gen->random, 10000);
	enum group group = GROUP_FOREIGN;

	if (what < 2)
		group = GROUP_OVERLONG;
	else if (what < 102)
		group = GROUP_MALFORMED;
	else if (what < 4000)
		group = GROUP_NOISE;
	trans.instance = choose_instance(gen);
	trans.pid = 1000 + random_below(&gen->random, 60000);
	context_new(&trans.context, &gen->random);
	put_line(gen, choose(gen, group), &trans);
}

static void
generate(struct generator *gen, uint64_t lines)
{
	while (lines-- > 0) {
		if (lines > 0 && percent(gen, 8))
			put_noise(gen);
		else
			put_step(gen);
	}
	flush(gen);
}

/* One example of each shape, then a tab and the keys that it moves.  The line
   end is left out, control bytes are blanks, an overlong line is cut. */
static void
show_shapes(struct generator *gen)
{
	struct transaction trans;

	trans.instance = "postfix";
	trans.service = "submission";
	trans.pid = 1234;
	for (size_t i = 0; i < shape_count; i++) {
		context_new(&trans.context, &gen->random);
		put_line(gen, &shapes[i], &trans);
		while (gen->out.length > 0 &&
		    strchr("\r\n", gen->out.data[gen->out.length - 1]))
			gen->out.length--;
		for (size_t j = 0; j < gen->out.length; j++)
			if ((unsigned char)gen->out.data[j] < ' ')
				gen->out.data[j] = ' ';
		if (shapes[i].kind == KIND_OVERLONG)
			gen->out.length = SHOWN_OVERLONG;
		fwrite(gen->out.data, 1, gen->out.length, stdout);
		gen->out.length = 0;
		putchar('\t');
		truth_print_last(gen->truth, stdout);
		putchar('\n');
	}
	if (fflush(stdout) != 0)
		err(1, "standard output");
}

static void
write_truth(struct truth *truth, const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || truth_print(truth, file) == -1 || fclose(file) != 0)
		err(1, "%s", path);
}

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr,
	    "usage: loggen --lines N [--seed S] "
	    "[--format bsd|iso] [--instances]\n"
	    "           [--configured] [--truth FILE]\n"
	    "       loggen --shapes\n");
	exit(USAGE);
}

static uint64_t
number_option(const char *name, const char *text)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		errx(USAGE, "--%s: not a number: %s", name, text);
	return (number);
}

struct options {
	uint64_t lines;
	const char *truth_path;
	bool show;
};

static void
options_read(
    struct generator *gen, struct options *options, int argc, char **argv)
{
	static const struct option names[] = { { "lines", required_argument,
						   NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "format", required_argument, NULL, 'f' },
		{ "instances", no_argument, NULL, 'i' },
		{ "configured", no_argument, NULL, 'c' },
		{ "truth", required_argument, NULL, 't' },
		{ "shapes", no_argument, NULL, 'p' }, { NULL, 0, NULL, 0 } };
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'n':
			options->lines = number_option("lines", optarg);
			break;
		case 's':
			gen->random.state = number_option("seed", optarg);
			break;
		case 'f':
			gen->iso = strcmp(optarg, "iso") == 0;
			if (!gen->iso && strcmp(optarg, "bsd") != 0)
				usage();
			break;
		case 'i':
			gen->instances = true;
			break;
		case 'c':
			truth_configure(gen->truth);
			break;
		case 't':
			options->truth_path = optarg;
			break;
		case 'p':
			options->show = true;
			break;
		default:
			usage();
		}
	}
	if (optind != argc || (options->lines == 0) != options->show)
		usage();
}

int
main(int argc, char **argv)
{
	static struct generator gen;
	struct options options = { 0 };

	gen.random.state = 1;
	gen.clock = (uint64_t)START_TIME * 1000000;
	gen.truth = truth_new();
	options_read(&gen, &options, argc, argv);
	gen.out.data = malloc(CHUNK + LINE_ROOM);
	if (gen.out.data == NULL)
		err(1, "buffer");
	choices_fill(&gen);
	if (options.show)
		show_shapes(&gen);
	else
		generate(&gen, options.lines);
	truth_end(gen.truth, gen.clock / 1000000);
	if (options.truth_path != NULL)
		write_truth(gen.truth, options.truth_path);
	truth_free(gen.truth);
	for (size_t g = 0; g < GROUPS; g++)
		free(gen.choices[g].list);
	free(gen.out.data);
	return (0);
}
