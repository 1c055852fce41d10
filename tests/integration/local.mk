# Whole programs on the loopback: tests/integration/NN-*.sh, in shell, TAP.
# They find the build in $top_builddir and the tree in $top_srcdir.
# KEYPOST_CRASH_POINTS is yes where crash points were built in,
# KEYPOST_SANITIZER names the sanitizer or is no.
# The first digit tells of what: 1 digests, 2 HTTP, 3 what an operator touches,
# 4 two of our servers, 5 other software, 6 many servers and bad days,
# 7 simulated weeks, gossip.
# Those that take long begin first, or the rest would wait for them at the end.
INTEGRATION_TESTS =
INTEGRATION_TESTS += tests/integration/70-simulation.sh
INTEGRATION_TESTS += tests/integration/54-imap-hell.sh
INTEGRATION_TESTS += tests/integration/72-gossip-sks.sh
INTEGRATION_TESTS += tests/integration/46-damaged-dumps.sh
INTEGRATION_TESTS += tests/integration/37-blocks.sh
INTEGRATION_TESTS += tests/integration/73-gossip-hell.sh
INTEGRATION_TESTS += tests/integration/65-full-disk.sh
INTEGRATION_TESTS += tests/integration/67-poison.sh
INTEGRATION_TESTS += tests/integration/10-sks-digests.sh
INTEGRATION_TESTS += tests/integration/20-http.sh
INTEGRATION_TESTS += tests/integration/21-v2-vks.sh
INTEGRATION_TESTS += tests/integration/22-statistics.sh
INTEGRATION_TESTS += tests/integration/23-gpg.sh
INTEGRATION_TESTS += tests/integration/24-clients.sh
INTEGRATION_TESTS += tests/integration/25-bad-requests.sh
INTEGRATION_TESTS += tests/integration/26-pages.sh
INTEGRATION_TESTS += tests/integration/27-browser.sh
INTEGRATION_TESTS += tests/integration/28-slow-clients.sh
INTEGRATION_TESTS += tests/integration/29-rates.sh
INTEGRATION_TESTS += tests/integration/30-cli.sh
INTEGRATION_TESTS += tests/integration/31-config.sh
INTEGRATION_TESTS += tests/integration/32-lifecycle.sh
INTEGRATION_TESTS += tests/integration/33-unit.sh
INTEGRATION_TESTS += tests/integration/34-graph.sh
INTEGRATION_TESTS += tests/integration/35-operators.sh
INTEGRATION_TESTS += tests/integration/36-languages.sh
INTEGRATION_TESTS += tests/integration/37-backup.sh
INTEGRATION_TESTS += tests/integration/38-revokers.sh
INTEGRATION_TESTS += tests/integration/39-db-check.sh
INTEGRATION_TESTS += tests/integration/39-db-pages.sh
INTEGRATION_TESTS += tests/integration/39-explain.sh
INTEGRATION_TESTS += tests/integration/40-two-servers.sh
INTEGRATION_TESTS += tests/integration/41-dump.sh
INTEGRATION_TESTS += tests/integration/42-load-dumps.sh
INTEGRATION_TESTS += tests/integration/43-db-upgrade.sh
INTEGRATION_TESTS += tests/integration/44-dump-killed.sh
INTEGRATION_TESTS += tests/integration/45-bulk-load.sh
INTEGRATION_TESTS += tests/integration/47-care-killed.sh
INTEGRATION_TESTS += tests/integration/48-load-again.sh
INTEGRATION_TESTS += tests/integration/50-peers-read-us.sh
INTEGRATION_TESTS += tests/integration/51-we-read-peers.sh
INTEGRATION_TESTS += tests/integration/52-letters.sh
INTEGRATION_TESTS += tests/integration/55-repair.sh
INTEGRATION_TESTS += tests/integration/55-signed-letters.sh
INTEGRATION_TESTS += tests/integration/53-imap.sh
INTEGRATION_TESTS += tests/integration/54-relays.sh
INTEGRATION_TESTS += tests/integration/56-fed-peers.sh
INTEGRATION_TESTS += tests/integration/57-canary.sh
INTEGRATION_TESTS += tests/integration/53-mail-commands.sh
INTEGRATION_TESTS += tests/integration/54-peer-auth.sh
INTEGRATION_TESTS += tests/integration/55-machines.sh
INTEGRATION_TESTS += tests/integration/60-real-keys.sh
INTEGRATION_TESTS += tests/integration/61-topologies.sh
INTEGRATION_TESTS += tests/integration/62-kill-loop.sh
INTEGRATION_TESTS += tests/integration/63-crash-points.sh
INTEGRATION_TESTS += tests/integration/64-dead-peer.sh
INTEGRATION_TESTS += tests/integration/64-relay-from-hell.sh
INTEGRATION_TESTS += tests/integration/66-raise.sh
INTEGRATION_TESTS += tests/integration/68-raise-killed.sh
INTEGRATION_TESTS += tests/integration/69-roads-back.sh
INTEGRATION_TESTS += tests/integration/71-gossip.sh
EXTRA_DIST += tests/tools/promcheck.py tests/tools/scrape-stats.py
EXTRA_DIST += tests/tools/fake-network.py tests/tools/rates.py
EXTRA_DIST += tests/tools/secret-in-memory.py
EXTRA_DIST += tests/tools/rawhttp.py tests/tools/bad-requests.py \
	tests/tools/good-requests.py tests/tools/client-requests.py \
	tests/tools/client_readers.py
EXTRA_DIST += tests/tools/check-pages.py
EXTRA_DIST += tests/tools/webdriver.py tests/tools/browse-people.py \
	tests/tools/browse-pages.py
EXTRA_DIST += tests/tools/lmtp-offer.py tests/tools/letter-shapes.py \
	tests/tools/mail-people.py tests/tools/peer-letters.py
EXTRA_DIST += tests/tools/imap-hell.py tests/tools/hell-gossip.py
EXTRA_DIST += tests/tools/slow-clients.py tests/tools/crowd.py
EXTRA_DIST += tests/tools/damage-file.py tests/tools/lossy-relay.py \
	tests/tools/hell-relay.py tests/tools/http-sink.py
EXTRA_DIST += tests/integration/network.sh tests/integration/imap.sh \
	tests/integration/relays.sh tests/integration/dovecot.sh \
	tests/integration/gossip-servers.sh \
	tests/integration/gossip-partners.sh
EXTRA_DIST += $(INTEGRATION_TESTS) tests/integration/peers.sh \
	tests/integration/lib.sh tests/integration/ports.sh \
	tests/integration/damage.sh
# Overridden where time matters and others have run them all.
CHECK_INTEGRATION = $(INTEGRATION_TESTS)
TESTS += $(CHECK_INTEGRATION)
