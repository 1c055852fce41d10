#!/bin/sh
# Does check-paths find a name whose file is gone?
. "$(dirname "$0")/tap.sh"

mkdir -p "$work/tree/src/base" "$work/tree/doc" "$work/tree/tests/unit/base"
cd "$work/tree" || exit 1
run() {
	top_srcdir=$work/tree "$scripts/check-paths"
}
: >src/base/words.c
: >tests/unit/base/test_words.c
echo 'See `base/words.c`, `base/` and `doc/architecture.md`.' >README.md
echo '`base/words` has `tests/unit/<folder>/test_<file>.c`.' \
	>doc/architecture.md
passes 'files, folders, pairs and patterns that are there' run
echo 'See `base/gone.c`.' >>README.md
fails 'a file that is gone' \
	'not ok - README.md names what is not there: base/gone.c' run
echo 'See `base/words.c`.' >README.md
echo 'and `base/*_gone.c`.' >>doc/architecture.md
fails 'a pattern of which there is none' 'base/*_gone.c' run
: >README.md
fails 'a text that names nothing' 'not ok - README.md names no file' run
tap_end
