#!/bin/sh
# Does check-headers find a header that needs another first?
. "$(dirname "$0")/tap.sh"

mkdir -p "$work/tree/src/base"
: >"$work/tree/config.h"
cd "$work/tree" || exit 1
run() {
	top_srcdir=$work/tree top_builddir=$work/tree "$scripts/check-headers"
}
cat >src/base/good.h <<'EOF'
#ifndef GOOD_H
#define GOOD_H
#include <stddef.h>
struct good { size_t n; };
#endif
EOF
passes 'a header that includes what it needs' run
echo 'size_t bad(void);' >src/base/bad.h
fails 'a header that needs another first' \
	'not ok 1 - compiles alone: src/base/bad.h' run
echo 'struct bad { int n; };' >src/base/bad.h
fails 'a header without a guard' \
	'not ok 1 - compiles alone: src/base/bad.h' run
rm src/base/*.h
fails 'no header at all' 'no header' run
tap_end
