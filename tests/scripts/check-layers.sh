#!/bin/sh
# Does check-layers find a planted breach of each kind?
. "$(dirname "$0")/tap.sh"

# plant FILE INCLUDE: a tree that holds one sound file, and FILE.
plant() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/src/base" "$work/tree/tests/unit" \
		"$work/tree/$(dirname "$1")"
	printf '#include "base/status.h"\n' >"$work/tree/src/base/status.c"
	printf '\n#include %s\n' "$2" >"$work/tree/$1"
}
good() {
	plant "$1" "$2"
	passes "$1 may include $2" "$scripts/check-layers" "$work/tree"
}
bad() {
	plant "$1" "$2"
	fails "$1 may not include $2" "$1:2:" "$scripts/check-layers" \
		"$work/tree"
}

good src/mail/inbox.c '"ingest/ingest.h"'
good src/mail/agent.c '"mailagent/protocol.h"'
good src/daemon/main.c '"conf/conf.h"'
good src/mailagent/relay.c '<libetpan/libetpan.h>'
good src/http/server/server.c '<microhttpd.h>'
good src/store/sqlite/db.c '<sqlite3.h>'
good tests/unit/store/test_db.c '<sqlite3.h>'
good tests/unit/mail/test_agent.c '"../unit.h"'
good tests/unit/mail/test_agent.c '"tests/unit/unit.h"'

bad src/base/status.c '"pgp/cert.h"'
bad src/pgp/cert.c '"store/store.h"'
bad src/ingest/worker.c '"lookup/query.h"'
bad src/lookup/query.c '"ingest/ingest.h"'
bad src/http/server/server.c '"mail/mail.h"'
bad src/mail/inbox.c '"http/server/server.h"'
bad src/mail/inbox.c '"mailagent/decode.h"'
bad src/daemon/starter.c '"mailagent/protocol.h"'
bad src/mailagent/decode.c '"pgp/armor.h"'
bad src/store/store.c '"conf/conf.h"'
bad src/cli/main.c '"daemon/control.h"'
bad src/pgp/armor.c '"elsewhere/x.h"'
bad src/pgp/armor.c '"armor.h"'
bad src/pgp/armor.c '"tests/unit/unit.h"'
bad src/mail/inbox.c '<libetpan/libetpan.h>'
bad src/daemon/main.c '<microhttpd.h>'
bad src/store/store.c '<sqlite3.h>'
bad src/store/digest.c '<gcrypt.h>'
bad src/cli/main.c '<ini.h>'
bad tests/unit/pgp/test_cert.c '"store/store.h"'
bad tests/unit/ingest/test_worker.c '<sqlite3.h>'

plant src/pgp/a.c '	"mail/mail.h"'
sed -i 's/#include/  #  include/' "$work/tree/src/pgp/a.c"
fails 'blanks do not hide an include' 'src/pgp/a.c:2:' \
	"$scripts/check-layers" "$work/tree"

plant src/novel/a.c '"base/status.h"'
fails 'a folder outside the layers is named' 'novel' \
	"$scripts/check-layers" "$work/tree"

rm -rf "$work/tree"
mkdir -p "$work/tree/src" "$work/tree/tests/unit"
fails 'an empty tree does not pass' 'no source' \
	"$scripts/check-layers" "$work/tree"
tap_end
