#!/bin/sh
# Does check-elf fail on a program without one of the protections?
. "$(dirname "$0")/tap.sh"
: "${CC:=cc}"

if ! command -v readelf >/dev/null; then
	echo "1..0 # SKIP no readelf"
	exit 0
fi
cat >"$work/a.c" <<'EOF'
#include <stdio.h>
int
main(int argc, char **argv)
{
	char text[64];

	(void)argc;
	return snprintf(text, sizeof text, "%s", argv[0]) < 0;
}
EOF
# build FLAG...: the hardened program, and then what the flags change
build() {
	$CC -O1 -fstack-protector-strong -fPIE "$work/a.c" -o "$work/a" -pie \
		-Wl,-z,relro,-z,now,-z,noexecstack "$@" >"$work/cc" 2>&1 || {
		echo "Bail out! $CC cannot build: $(cat "$work/cc")"
		exit 1
	}
}

build
passes 'a hardened program' "$scripts/check-elf" "$work/a"
build -fno-pie -no-pie
fails 'no PIE' 'not ok 1' "$scripts/check-elf" "$work/a"
build -Wl,-z,norelro
fails 'no RELRO' 'not ok 2' "$scripts/check-elf" "$work/a"
build -Wl,-z,lazy
fails 'RELRO only in part' 'not ok 2' "$scripts/check-elf" "$work/a"
build -Wl,-z,execstack
fails 'executable stack' 'not ok 3' "$scripts/check-elf" "$work/a"
build -fno-stack-protector
fails 'no canaries' 'not ok 4' "$scripts/check-elf" "$work/a"
fails 'what is no program' 'Bail out!' "$scripts/check-elf" "$work/a.c"
tap_end
