# The checks are checked: each must fail where it should.
SCRIPT_TESTS = tests/scripts/check-layers.sh tests/scripts/check-size.sh \
	tests/scripts/check-headers.sh tests/scripts/check-elf.sh \
	tests/scripts/check-paths.sh tests/scripts/check-tracked.sh \
	tests/scripts/embed-text.sh tests/scripts/count-results.sh \
	tests/scripts/bench-report.sh
EXTRA_DIST += $(SCRIPT_TESTS) tests/scripts/tap.sh
TESTS += $(SCRIPT_TESTS)
