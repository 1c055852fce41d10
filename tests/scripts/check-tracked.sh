#!/bin/sh
# Does check-tracked see what a build leaves behind?
. "$(dirname "$0")/tap.sh"

command -v git >/dev/null || { echo "1..0 # SKIP no git"; exit 0; }
tree=$work/tree
mkdir -p "$tree/src" "$tree/tests/data" "$tree/tests/fuzz/seeds"
git init -q "$tree"
echo '*.o' >"$tree/.gitignore"
echo 'int one;' >"$tree/src/one.c"
printf 'a\0b' >"$tree/tests/data/octets.bin"
printf 'a\0b' >"$tree/tests/fuzz/seeds/1"
head -c 1048576 /dev/zero | tr '\0' a >"$tree/src/large"
track() {
	git -C "$tree" add -f .
}
track
passes 'sources, data and what has just 1 MiB' \
	"$scripts/check-tracked" "$tree"
echo 'text' >"$tree/src/one.o"
passes 'what is ignored and not tracked' "$scripts/check-tracked" "$tree"
track
fails 'what is ignored, and yet tracked' 'src/one.o' \
	"$scripts/check-tracked" "$tree"
rm "$tree/src/one.o"
track
echo a >>"$tree/src/large"
fails 'an octet above 1 MiB' 'src/large' "$scripts/check-tracked" "$tree"
rm "$tree/src/large"
printf 'text, and then\0' >"$tree/src/a program"
track
fails 'a NUL octet' 'src/a program' "$scripts/check-tracked" "$tree"
rm "$tree/src/a program"
passes 'what is being removed' "$scripts/check-tracked" "$tree"
rm -rf "$tree/.git"
passes 'an archive' "$scripts/check-tracked" "$tree"
tap_end
