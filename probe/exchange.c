/*
 * Commands, replies, and what they come to.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "probe/expect.h"
#include "probe/password.h"
#include "probe/talk.h"

enum { COMMAND_MAX = 1024 };

static uint64_t
microseconds(double seconds)
{
	return ((uint64_t)(seconds * 1e6));
}

void
talk_begin(struct talk *talk, enum phase phase)
{
	talk->phase_began = wire_now();
	talk->outcome->ended = phase;
}

void
talk_done(struct talk *talk, enum phase phase)
{
	struct phase_outcome *outcome = &talk->outcome->phase[phase];

	outcome->microseconds = wire_now() - talk->phase_began;
	outcome->done = true;
}

uint64_t
talk_deadline(const struct talk *talk)
{
	uint64_t deadline = talk->phase_began +
	    microseconds(talk->config->phase_deadline);

	return (deadline < talk->end ? deadline : talk->end);
}

bool
talk_end(struct talk *talk, enum result result, enum phase phase,
    const char *format, ...)
{
	struct outcome *outcome = talk->outcome;
	char text[2 * REPLY_TEXT];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	outcome_text(
	    outcome->reason, sizeof(outcome->reason), text, strlen(text));
	outcome->ended = phase;
	outcome->result = result;
	return (false);
}

/* What it comes to that nothing was written or read. */
static bool
broken(struct talk *talk, enum phase phase, enum wire_result result,
    const char *error)
{
	talk->speaks = false;
	talk_done(talk, phase);
	/* The message may be there already. */
	if (talk->dot_sent)
		return (talk_end(talk, RESULT_UNCERTAIN, phase, "%s", error));
	if (result == WIRE_TIMEOUT)
		return (talk_end(talk, RESULT_TIMEOUT, phase, "%s", error));
	if (result == WIRE_FAULT && wire_ssl(talk->wire) != NULL)
		return (talk_end(talk, RESULT_TLS, phase, "%s", error));
	return (talk_end(talk, RESULT_CODE, phase, "%s", error));
}

/* A reply that nobody asked for would be taken for that to what is said now.  At
   EHLO it is let through: there it is mostly what a server says to a PROXY header
   that it did not expect, and tells so. */
static bool
is_out_of_turn(struct talk *talk, enum phase phase)
{
	return (phase > PHASE_EHLO && phase != PHASE_QUIT &&
	    wire_unread(talk->wire));
}

bool
talk_write(struct talk *talk, enum phase phase, struct slice bytes)
{
	enum wire_result result;
	const char *error;

	if (is_out_of_turn(talk, phase))
		return (broken(talk, phase, WIRE_OK,
		    "the server said more than it was asked"));
	result = wire_write(talk->wire, bytes, talk_deadline(talk), &error);
	return (result == WIRE_OK || broken(talk, phase, result, error));
}

static void
take_reply(struct talk *talk, enum phase phase)
{
	struct reply *reply = &talk->outcome->phase[phase].reply;

	*reply = talk->reader.reply;
	password_hide(reply->text, talk->target->password);
	password_hide(reply->text, talk->response);
}

bool
talk_read(struct talk *talk, enum phase phase)
{
	enum wire_result result;
	const char *error;
	struct slice bytes;
	size_t used;
	int complete;

	reply_begin(&talk->reader);
	do {
		result = wire_read(
		    talk->wire, talk_deadline(talk), &bytes, &error);
		if (result != WIRE_OK)
			return (broken(talk, phase, result, error));
		complete = reply_read(&talk->reader, bytes, &used);
		wire_used(talk->wire, used);
	} while (complete == 0);
	take_reply(talk, phase);
	if (complete == -1)
		return (broken(talk, phase, WIRE_OK, talk->reader.fault));
	talk_done(talk, phase);
	return (true);
}

/* The phases in which a server says what becomes of the mail. */
static bool
is_about_mail(enum phase phase)
{
	return (phase >= PHASE_MAILFROM && phase <= PHASE_BODY);
}

/* What an unexpected code is taken for. */
static enum result
result_of(enum phase phase, unsigned code)
{
	if (phase == PHASE_STARTTLS)
		return (RESULT_TLS);
	if (phase == PHASE_SASL_AUTH && code >= 400)
		return (RESULT_AUTH);
	if (is_about_mail(phase) && phase != PHASE_MAILFROM && code / 10 == 45)
		return (RESULT_DEFERRED);
	if (is_about_mail(phase) && code >= 500)
		return (RESULT_REJECTED);
	return (RESULT_CODE);
}

bool
talk_judge(struct talk *talk, enum phase phase)
{
	const struct config_expect *expect = &talk->config->expect;
	const struct reply *reply = &talk->outcome->phase[phase].reply;
	char wanted[EXPECT_TEXT];

	/* The server waits for the message now, and must not get one. */
	if (phase == PHASE_DATA && reply->code / 100 == 3)
		talk->speaks = false;
	switch (expect_code(expect, phase, reply->code)) {
	case EXPECT_GO:
		return (true);
	case EXPECT_STOP:
		return (talk_end(talk, RESULT_OK, phase,
		    "refused as expected: "
		    "%u %s",
		    reply->code, reply->text));
	default:
		break;
	}
	/* Refused in another way than expected is no rejection of mail. */
	if (expect_configured(expect, phase) &&
	    result_of(phase, reply->code) != RESULT_DEFERRED)
		return (talk_end(talk, RESULT_CODE, phase,
		    "%u where %s is expected: %s", reply->code,
		    expect_text(expect, phase, wanted), reply->text));
	return (talk_end(talk, result_of(phase, reply->code), phase,
	    "%u %s%s%s", reply->code, reply->enhanced,
	    reply->enhanced[0] ? " " : "", reply->text));
}

bool
talk_command(struct talk *talk, enum phase phase, const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list arguments;
	int len;

	talk_begin(talk, phase);
	va_start(arguments, format);
	len = vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	if (len < 0 || len >= COMMAND_MAX - 2)
		return (talk_end(
		    talk, RESULT_ERROR, phase, "a command that is too long"));
	memcpy(command + len, "\r\n", 2);
	return (talk_write(
		    talk, phase, (struct slice){ command, (size_t)len + 2 }) &&
	    talk_read(talk, phase) && talk_judge(talk, phase));
}
