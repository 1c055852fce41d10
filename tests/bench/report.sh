#!/bin/bash
# report.sh - tables and plots of what was measured
#
#     report.sh ROWS FOLDER [PAGE]
#
# ROWS is as bench.sh says. Tables are Markdown: facts of the run, what was
# asked for (targets.tsv) and seen, and each group by size. Each line of
# plots.tsv becomes FOLDER/NAME.svg and .png, where there are rows for it. All
# goes to standard output; or, with PAGE, beside FOLDER, between its two lines
# "<!-- the last run -->" and "<!-- end of the run -->". Plots need gnuplot, and
# it is said when there is none. Takes seconds.
set -u
here=$(cd "$(dirname "$0")" && pwd)
rows=$1 folder=$2 page=${3:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/kp-report.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
awk -f "$here/median.awk" "$rows" >"$work/medians" || exit 1

summary() {
	printf '### The run\n\n'
	sed -n 's/^# /* /p' "$rows"
	printf '\n### Asked and seen\n\n'
	awk -f "$here/figure.awk" -f "$here/targets.awk" "$work/medians" \
		"$here/targets.tsv"
}
tables() { awk -f "$here/figure.awk" -f "$here/table.awk" "$work/medians"; }

# plot NAME TITLE GROUP UNIT X PATTERN: a line for each work and program
plot() {
	pattern=$6 awk -v group="$3" -v unit="$4" -v x="$5" \
		-f "$here/lines.awk" "$work/medians" >"$work/lines"
	[ -s "$work/lines" ] || return 0
	for kind in svg png; do
		gnuplot -e "data='$work/lines'; name='$folder/$1.$kind'; \
			kind='$kind'; title_='$2'; unit='$4'; x='$5'" \
			"$here/plot.gp" || return
	done
	printf '\n![%s](%s%s.svg)\n' "$2, $4 by $5" \
		"${page:+${folder##*/}/}" "$1"
}
plots() {
	command -v gnuplot >/dev/null || {
		echo "report.sh: no gnuplot, so no plots" >&2
		return 0
	}
	mkdir -p "$folder" || return
	while IFS='	' read -r name title group unit x pattern; do
		case $name in '' | '#'*) continue ;; esac
		plot "$name" "$title" "$group" "$unit" "$x" "$pattern" ||
			return
	done <"$here/plots.tsv"
}
{ summary && plots && tables; } >"$work/report" || exit 1
[ -n "$page" ] || { cat "$work/report"; exit; }
awk '
	FNR == NR { text = text $0 "\n"; next }
	/^<!-- end of the run -->/ { inside = 0 }
	!inside
	/^<!-- the last run -->/ {
		inside = 1
		printf "\n%s\n", text
	}' "$work/report" "$page" >"$work/page" && cat "$work/page" >"$page"
