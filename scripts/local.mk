# Checks of the source and of what was built, as tests like any other.
EXTRA_DIST += scripts/check-elf scripts/check-headers scripts/check-layers \
	scripts/check-paths scripts/check-size scripts/check-tracked \
	scripts/count-results \
	scripts/embed-text \
	scripts/fuzz-smoke scripts/install-deps scripts/run scripts/test scripts/variant \
	.ci/run
TESTS += scripts/check-headers scripts/check-layers scripts/check-paths \
	scripts/check-size scripts/check-tracked
if HARDENED
if HAVE_CMOCKA
CHECK_ELF_TEST = tests/unit/base/test_bytes
endif
TESTS += scripts/check-elf
endif

# Counts of the last `make check`, for scripts/test.
check-summary:
	@cat $(TEST_LOGS:.log=.trs) </dev/null 2>/dev/null | \
		$(top_srcdir)/scripts/count-results

# The same tests in builds of their own, below the build folder.
VARIANT = CC='$(CC)' $(SHELL) $(top_srcdir)/scripts/variant $(abs_top_srcdir)
check-asan:
	$(VARIANT) asan check-sanitized --enable-sanitizer=address,undefined
check-tsan:
	$(VARIANT) tsan check-threads --enable-sanitizer=thread
check-fuzz:
	CC=clang $(SHELL) $(top_srcdir)/scripts/variant $(abs_top_srcdir) \
		fuzz fuzz-smoke --enable-fuzzers \
		--enable-sanitizer=address,undefined
# What a sanitizer has something to say about; and the same for threads, where
# two whole servers stand for all.
check-sanitized:
	$(MAKE) $(AM_MAKEFLAGS) check \
		TESTS="$(UNIT_TESTS) $(FUZZ_TARGETS) $(CHECK_INTEGRATION)"
check-threads:
	$(MAKE) $(AM_MAKEFLAGS) check \
		check_PROGRAMS="`echo $(check_PROGRAMS) | $(WITH_THREADS)`" \
		TESTS="`echo $(UNIT_TESTS) | $(WITH_THREADS)` $(TWO_SERVERS)"
# Drops what starts no thread: TSan, which watches what threads do to each
# other, would only slow it down. (Of mailagent's test_limits starts one.)
WITH_THREADS = tr ' ' '\n' | grep -vE -e '/(pgp|lookup|conf|cli|daemon)/' \
	-e '/mailagent/test_[^l]|/recon/test_(talk|sets_random)|/(fuzz|sim)/' | \
	tr '\n' ' '
TWO_SERVERS = tests/integration/32-lifecycle.sh \
	tests/integration/40-two-servers.sh
# Only builds them; and those of check-threads.
check-programs:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
thread-programs:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS= \
		check_PROGRAMS="`echo $(check_PROGRAMS) | $(WITH_THREADS)`"
.PHONY: check-programs check-summary check-asan check-tsan check-fuzz check-sanitized \
	check-threads thread-programs
