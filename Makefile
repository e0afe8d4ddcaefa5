# postfix-stats: everything is built, tested and installed from here.
#
#	make			programs, in build/bin
#	make deps		install what building, running and testing need
#	make run		see it work on a private Postfix
#	make check		all tests
#	make check-nms		the kits of contrib/ on the real servers
#	make torture		kill it and break its system calls (SEED, KILLS,
#				MODE, JOBS, PEER)
#	make fuzz		libFuzzer (TARGET, SECONDS)
#	make coverage		which lines and branches no test reaches
#	make bench		what it costs beside other tools (PART=log|snmp|exporter|probe|
#				maildir|whm; DOC=1: into docs/performance.md)
#	make lint generate install uninstall clean
#
# DEVELOPER=1 makes warnings errors, V=1 shows the commands.  CC=clang works
# as well.

PREFIX	= /usr/local
MANDIR	= $(PREFIX)/share/man
MIBDIR	= $(PREFIX)/share/snmp/mibs
DOCDIR	= $(PREFIX)/share/doc/postfix-stats
BASE	= 1.3.6.1.4.1.8072.9999.9999.25

CFLAGS	= -O2 -g
WARN	= -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	  -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wcast-qual \
	  -Wformat=2 -Wundef -Wvla
HARDEN	= -fstack-protector-strong -fPIE -fno-plt -U_FORTIFY_SOURCE \
	  -D_FORTIFY_SOURCE=2
LINK	= -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	  -fno-omit-frame-pointer
COVERAGE = -O0 -g --coverage
ifdef DEVELOPER
WARN	+= -Werror
endif
Q	= $(if $(V),,@echo "  $(@:build/%=%)";)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARN)

export LINT_CFLAGS = $(ALL_CFLAGS)

LIB_SRC	= $(wildcard lib/*/*.c)
PROGRAMS = postfix-statsd postfix-stats-get postfix-stats-agentx \
	  postfix-stats-exporter postfix-stats-probe postfix-stats-whm
postfix-statsd_SRC = $(wildcard tailer/*.c)
postfix-stats-get_SRC = $(wildcard get/*.c)
postfix-stats-agentx_SRC = $(wildcard agentx/*.c)
postfix-stats-exporter_SRC = $(wildcard exporter/*.c)
postfix-stats-probe_SRC = $(wildcard probe/*.c)
postfix-stats-whm_SRC = $(wildcard whm/*.c)
postfix-statsd_LIBS = -lsystemd -lz -llzma -lzstd
postfix-stats-agentx_LIBS = -lnetsnmpagent -lnetsnmp
postfix-stats-exporter_LIBS = -lmicrohttpd -lz -ldl -lm
postfix-stats-probe_LIBS = -lssl -lcrypto -lgsasl -ljansson
postfix-stats-whm_LIBS = -lcurl -ljansson
LIBS	= -ldb -lcyaml -lyaml -lpcre2-8 -lnettle
MANUALS	= tailer/postfix-statsd.8 get/postfix-stats-get.1 \
	  agentx/postfix-stats-agentx.8 exporter/postfix-stats-exporter.8 \
	  probe/postfix-stats-probe.8 whm/postfix-stats-whm.8 \
	  lib/config/postfix-stats.yml.5

KITS	= ansible cacti librenms loki mrtg nagios netdata snmp_exporter zabbix

UNIT	= $(basename $(notdir $(wildcard tests/unit/*.c)))
# A unit test may look at the parts of a program, except its main and what
# needs libnetsnmp.
WHM_PARTS = $(filter-out %/main.c %/options.c,$(wildcard whm/*.c))
PARTS	= $(filter-out %/main.c probe/options.c, \
	    $(wildcard tailer/*.c probe/*.c)) $(WHM_PARTS) \
	  $(addprefix agentx/,check_judge.c check_probe.c check_report.c \
	    conditions.c notify.c pass.c probed.c queued.c recent.c view.c walks.c) \
	  exporter/negotiate.c exporter/squeeze.c
TAILER_PARTS = $(filter tailer/%,$(PARTS))
PARTS_LIBS = $(postfix-statsd_LIBS) $(postfix-stats-probe_LIBS) \
	  $(postfix-stats-whm_LIBS)
GENERATE_SRC = $(wildcard tools/*.c)
LOGGEN_SRC = $(wildcard tests/bench/loggen*.c)
MEASURE_SRC = $(wildcard tests/bench/measure*.c)
MUTANTS_SRC = $(addprefix tests/torture/,mutants.c mutate.c process.c)
FAULTS_SRC = $(addprefix tests/torture/,faults.c faults_clock.c \
	  faults_journal.c)
TORTURE_SRC = tests/torture/process.c $(filter-out \
	  $(MUTANTS_SRC) $(FAULTS_SRC),$(wildcard tests/torture/*.c))
TORTURE	= build/tools/torture build/tools/mutants build/tools/faults.so
FUZZ	= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SEED	= 1
KILLS	= 100
JOBS	= 4
PART	= log snmp exporter probe maildir whm
SECONDS	= 60

BIN	= $(PROGRAMS:%=build/bin/%)
SANE_BIN = $(PROGRAMS:%=build/sane/bin/%)
COVERAGE_BIN = $(PROGRAMS:%=build/coverage/bin/%) \
	  $(UNIT:%=build/coverage/tests/%) $(FUZZ:%=build/coverage/fuzz/%)
TESTS	= $(UNIT:%=build/sane/tests/%) $(wildcard tests/integration/*.sh)

all: $(BIN)

# --- what must be there ----------------------------------------------------
deps:
	sh tools/deps.sh

# run and check begin with deps where something is missing.
deps-ready:
	@sh tools/deps.sh --missing >/dev/null 2>&1 || sh tools/deps.sh
DEPS_FIRST = $(if $(filter run check check-nms lint bench torture fuzz coverage,$(MAKECMDGOALS)),deps-ready)

# --- compiling -------------------------------------------------------------
build/obj/%.o: %.c | $(DEPS_FIRST)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(CFLAGS) $(HARDEN) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# the assembler reads it in
build/obj/lib/config/shipped.o build/sane/obj/lib/config/shipped.o \
    build/coverage/obj/lib/config/shipped.o: contrib/reasons.yml
build/obj/exporter/style.o build/sane/obj/exporter/style.o \
    build/coverage/obj/exporter/style.o: exporter/style.css

build/libpostfix-stats.a: $(LIB_SRC:%.c=build/obj/%.o)
build/%.a:
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# program, where, how it is linked
define program
$(2)/bin/$(1): $$($(1)_SRC:%.c=$(2)/obj/%.o) $(2)/libpostfix-stats.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $(3) -o $$@ $$^ $$($(1)_LIBS) $$(LIBS)
endef
$(foreach p,$(PROGRAMS), \
    $(eval $(call program,$(p),build,$$(CFLAGS) $$(LINK) $$(LDFLAGS))) \
    $(eval $(call program,$(p),build/sane,$$(SANITIZE))) \
    $(eval $(call program,$(p),build/coverage,$$(COVERAGE))))

# For the tests all is compiled again, in a folder of its own and with flags
# of its own, and so are the unit tests and the fuzz targets with their seeds.
define tested
$(1)/obj/%.o: %.c | $$(DEPS_FIRST)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) $$(CPPFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/libpostfix-stats.a: $$(LIB_SRC:%.c=$(1)/obj/%.o)

$(1)/tests/%: $(1)/obj/tests/unit/%.o \
    $$(PARTS:%.c=$(1)/obj/%.o) $(1)/libpostfix-stats.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $(2) -o $$@ $$^ -lcmocka $$(PARTS_LIBS) $$(LIBS)

$(1)/fuzz/%: $(1)/obj/tests/fuzz/fuzz_%.o \
    $(1)/obj/tests/fuzz/replay.o $(1)/libpostfix-stats.a
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $(2) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) \
	    $$(postfix-statsd_LIBS) $$(FUZZ_LIBS) $$(LIBS)
$(1)/fuzz/journal: $$(TAILER_PARTS:%.c=$(1)/obj/%.o)
$(1)/fuzz/pass: $(1)/obj/agentx/pass.o $(1)/obj/agentx/walks.o
$(1)/fuzz/handler: $(1)/obj/agentx/handler.o $(1)/obj/agentx/walks.o
$(1)/fuzz/reply: $(1)/obj/probe/reply.o $(1)/obj/probe/outcome.o
$(1)/fuzz/mail: $(1)/obj/probe/mail_read.o $(1)/obj/probe/auth_results.o
$(1)/fuzz/imap: $(1)/obj/probe/imap_reply.o
$(1)/fuzz/whm: $$(WHM_PARTS:%.c=$(1)/obj/%.o)
$(1)/fuzz/whm: FUZZ_LIBS = $(postfix-stats-whm_LIBS)
$(1)/fuzz/handler: FUZZ_LIBS = $(postfix-stats-agentx_LIBS)
endef
$(eval $(call tested,build/sane,$$(SANITIZE)))
$(eval $(call tested,build/coverage,$$(COVERAGE)))

build/tools/generate: $(GENERATE_SRC:%.c=build/obj/%.o) \
    build/libpostfix-stats.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LIBS)

build/tools/loggen: $(LOGGEN_SRC:%.c=build/obj/%.o)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^

build/tools/measure: $(MEASURE_SRC:%.c=build/obj/%.o) \
    build/libpostfix-stats.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LIBS)

build/tools/store-put build/tools/trail: \
    build/tools/%: build/obj/tests/rig/%.o build/libpostfix-stats.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LIBS)

build/tools/asker: build/obj/tests/bench/asker.o
build/tools/bare: build/obj/tests/bench/bare.o
build/tools/asker build/tools/bare:
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(postfix-stats-agentx_LIBS)

build/tools/json: build/obj/tests/bench/json.o
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ -ljansson

build/tools/hostile: build/obj/tests/http/hostile.o
build/tools/load: build/obj/tests/http/load.o
build/tools/static: build/obj/tests/http/static.o
build/tools/hostile build/tools/load build/tools/static:
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ -lmicrohttpd

build/tools/torture: $(TORTURE_SRC:%.c=build/obj/%.o) \
    build/libpostfix-stats.a
build/tools/mutants: $(MUTANTS_SRC:%.c=build/obj/%.o) \
    build/libpostfix-stats.a
build/tools/torture build/tools/mutants:
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LIBS)

build/tools/faults.so: $(FAULTS_SRC:%.c=build/obj/%.o)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -shared -Wl,-z,relro,-z,now -o $@ $^

# clang's sanitizers have a run time library of their own: one command, with
# nothing of the other builds in it.
build/fuzz/%: tests/fuzz/fuzz_%.c $(LIB_SRC)
	@mkdir -p $(@D)
	$(Q)clang $(ALL_CFLAGS) -O1 -g -fno-omit-frame-pointer \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -o $@ $^ $(postfix-statsd_LIBS) $(FUZZ_LIBS) $(LIBS)
# These are of a program's parts, too.
build/fuzz/journal: $(TAILER_PARTS)
build/fuzz/pass: agentx/pass.c agentx/walks.c
build/fuzz/handler: agentx/handler.c agentx/walks.c
build/fuzz/reply: probe/reply.c probe/outcome.c
build/fuzz/mail: probe/mail_read.c probe/auth_results.c
build/fuzz/imap: probe/imap_reply.c
build/fuzz/whm: $(WHM_PARTS)
build/fuzz/whm: FUZZ_LIBS = $(postfix-stats-whm_LIBS)
build/fuzz/handler: FUZZ_LIBS = $(postfix-stats-agentx_LIBS)

# --- generated files -------------------------------------------------------
generate: build/tools/generate
	build/tools/generate mib $(BASE) >mibs/POSTFIX-STATS-MIB.txt
	build/tools/generate metrics >docs/metrics.md
	for panels in contrib/grafana/*.panels; do \
	    perl tools/dashboards.pl $$panels >$${panels%.panels}.json || \
	    exit 1; done
	BASE='$(BASE)' sh tools/kits.sh

# --- running and testing ---------------------------------------------------
run: all | $(DEPS_FIRST)
	@LOG='$(LOG)' sh tools/run.sh $(ARGS)

check: all $(SANE_BIN) $(UNIT:%=build/sane/tests/%) build/tools/loggen \
    build/tools/generate build/tools/hostile build/tools/store-put \
    build/tools/trail $(TORTURE) \
    $(FUZZ:%=build/sane/fuzz/%)
	@sh tools/run-tests.sh tools/lint.sh $(TESTS)

# Its packages are more than all others together.
check-nms: all $(addprefix build/tools/,generate store-put faults.so)
	@sh tools/deps.sh --missing --nms >/dev/null 2>&1 || \
	    sh tools/deps.sh --nms
	@TEST_TIMEOUT=900 sh tools/run-tests.sh \
	    $(filter-out %/rig.sh,$(wildcard tests/nms/*.sh))

lint: build/tools/generate
	@sh tools/lint.sh

bench: all $(addprefix build/tools/,loggen measure asker bare load static \
    json)
	@for part in $(PART); do \
	    DOC='$(DOC)' sh tests/bench/$$part.sh || exit 1; done

torture: all $(TORTURE)
	build/tools/torture --seed $(SEED) --kills $(KILLS) --jobs $(JOBS) \
	    --keep $(if $(MODE),--mode $(MODE)) $(if $(PEER),--peer $(PEER))

# New inputs that reach new code are kept in build/, away from the seeds.
fuzz: build/fuzz/$(TARGET)
	@mkdir -p build/fuzz/corpus/$(TARGET)
	cd build/fuzz && ./$(TARGET) -max_total_time=$(SECONDS) \
	    -print_final_stats=1 -timeout=10 -rss_limit_mb=4096 \
	    $(addprefix -dict=../../,$(wildcard tests/fuzz/$(TARGET).dict)) \
	    corpus/$(TARGET) ../../tests/fuzz/seeds/$(TARGET)

coverage: $(COVERAGE_BIN) $(TORTURE) build/tools/loggen
	@sh tools/coverage.sh

# --- installing ------------------------------------------------------------
install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(MIBDIR) $(DESTDIR)$(DOCDIR)
	install build/bin/postfix-statsd build/bin/postfix-stats-agentx \
	    build/bin/postfix-stats-exporter build/bin/postfix-stats-probe \
	    build/bin/postfix-stats-whm $(DESTDIR)$(PREFIX)/sbin
	install build/bin/postfix-stats-get $(DESTDIR)$(PREFIX)/bin
	for page in $(MANUALS); do install -m 644 $$page \
	    $(DESTDIR)$(MANDIR)/man$${page##*.} || exit 1; done
	install -m 644 mibs/POSTFIX-STATS-MIB.txt $(DESTDIR)$(MIBDIR)
	install -m 644 README.md NEWS.md LICENSE docs/*.md \
	    snmpd.conf.example contrib/reasons.yml \
	    contrib/systemd/*.service contrib/systemd/*.socket \
	    $(DESTDIR)$(DOCDIR)
	install -d $(DESTDIR)$(DOCDIR)/prometheus
	install -m 644 contrib/prometheus/* $(DESTDIR)$(DOCDIR)/prometheus
	install -d $(DESTDIR)$(DOCDIR)/nms
	install -m 644 docs/nms/*.md $(DESTDIR)$(DOCDIR)/nms
	for dir in . provisioning/datasources provisioning/dashboards; do \
	    install -d $(DESTDIR)$(DOCDIR)/grafana/$$dir; done
	install -m 644 contrib/grafana/*.json contrib/grafana/README.md \
	    $(DESTDIR)$(DOCDIR)/grafana
	for dir in datasources dashboards; do install -m 644 \
	    contrib/grafana/provisioning/$$dir/postfix-stats.yml \
	    $(DESTDIR)$(DOCDIR)/grafana/provisioning/$$dir || exit 1; done
	for dir in nginx $(KITS); do \
	    mkdir -p $(DESTDIR)$(DOCDIR)/$$dir; \
	    cp -R contrib/$$dir/. $(DESTDIR)$(DOCDIR)/$$dir || exit 1; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/postfix-statsd \
	    $(DESTDIR)$(PREFIX)/sbin/postfix-stats-agentx \
	    $(DESTDIR)$(PREFIX)/sbin/postfix-stats-exporter \
	    $(DESTDIR)$(PREFIX)/sbin/postfix-stats-probe \
	    $(DESTDIR)$(PREFIX)/sbin/postfix-stats-whm \
	    $(DESTDIR)$(PREFIX)/bin/postfix-stats-get \
	    $(DESTDIR)$(MIBDIR)/POSTFIX-STATS-MIB.txt
	for page in $(notdir $(MANUALS)); do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page; done
	rm -rf $(DESTDIR)$(DOCDIR)

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all deps deps-ready generate run check check-nms lint bench torture \
    fuzz coverage install uninstall clean
.SECONDARY:
