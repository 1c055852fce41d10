# A network of servers in simulated time: tests/integration/70-simulation.sh.
if HAVE_CMOCKA
check_PROGRAMS += tests/sim/simulate
endif
tests_sim_simulate_SOURCES = tests/sim/simulate.c tests/sim/sim.h \
	tests/sim/network.c tests/sim/host.c tests/sim/host.h \
	tests/sim/node.c tests/sim/node.h \
	tests/sim/server.c tests/sim/server.h tests/sim/post.c tests/sim/legacy.c \
	$(SCRATCH) tests/unit/mail/keys.c tests/unit/mail/keys.h tests/unit/unit.h
tests_sim_simulate_LDADD = libmailagent.a $(MAIL_LINK) $(ETPAN_LIBS) \
	$(SECCOMP_LIBS) $(CMOCKA_LIBS)
