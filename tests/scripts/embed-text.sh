#!/bin/sh
# Every octet of a file arrives in the C array.
. "$(dirname "$0")/tap.sh"
: "${CC:=cc}"

# The octets 0 to 255 and back.
awk 'BEGIN { for (i = 0; i < 256; i++) printf "%03o\n", i }' |
	while read -r o; do printf "\\$o"; done >"$work/all"
cat "$work/all" "$work/all" >"$work/twice"
: >"$work/empty"

cat >"$work/main.c" <<'EOF'
#include <stdio.h>
#include "array.c"
int
main(void)
{
	fwrite(array, 1, sizeof array - 1, stdout);
	return array[sizeof array - 1] != 0;
}
EOF
# embeds FILE FLAG...: the program prints the file again, and has a NUL after
embeds() {
	file=$1
	shift
	"$scripts/embed-text" array "$file" >"$work/array.c" &&
		$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion \
			-Wsign-conversion -Werror "$@" "$work/main.c" \
			-o "$work/main" &&
		"$work/main" >"$work/again" && cmp "$file" "$work/again"
}
passes 'all octets' embeds "$work/twice"
passes 'all octets where char is unsigned' embeds "$work/twice" -funsigned-char
passes 'all octets where char is signed' embeds "$work/twice" -fsigned-char
passes 'an empty file' embeds "$work/empty"
fails 'no such file' 'cannot read' "$scripts/embed-text" x "$work/none"
fails 'a folder' 'cannot read' "$scripts/embed-text" x "$work"
fails 'too few arguments' 'usage' "$scripts/embed-text" x
tap_end
