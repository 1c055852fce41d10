# lines.awk - of medians, those of a plot: a block of x and figure for each
# line, its name first, as gnuplot reads them; see plots.tsv
BEGIN { FS = "\t" }
{
	own = what = $1
	sub(/\/.*/, "", own)
	sub(/^[^\/]*\//, "", what)
	if (own != group || $6 != unit ||
		(what "|" $2 "|" $4 "|" $3) !~ ENVIRON["pattern"])
		next
	name = what ", " $2
	if (x == "size" && $4 != "-")
		name = name ", " $4
	at = x == "size" ? $3 : $4
	if (!(name in count))
		order[++names] = name
	n = ++count[name]
	for (; n > 1 && points[name, n - 1] + 0 > at + 0; n--)
		points[name, n] = points[name, n - 1]
	points[name, n] = at " " $5
}
END {
	for (i = 1; i <= names; i++) {
		printf "%s\"%s\"\n", (i > 1 ? "\n\n" : ""), order[i]
		for (n = 1; n <= count[order[i]]; n++)
			print points[order[i], n]
	}
}
