# targets.awk - what was asked for and what was seen, as one table
#
#     awk -f figure.awk -f targets.awk MEDIANS targets.tsv
#
# A size of * is any: the last one measured. Where a figure should be small
# (memory, disk, time) so should its shares.
BEGIN { FS = "\t" }
NR == FNR {
	seen[$1 "|" $2 "|" $3 "|" $4 "|" $6] = $5
	seen[$1 "|" $2 "|*|" $4 "|" $6] = $5
	next
}
/^#/ { next }
!begun++ {
	print "| work | asked | seen | of bare | times sks | of before |"
	print "|---|---|---:|---:|---:|---:|"
}
{
	n = split($3, key, "|")
	if (!($3 in seen)) {
		printf "| %s | %s | not measured | | | |\n", $1, $2
		next
	}
	v = seen[$3]
	printf "| %s | %s | %s %s | %s | %s | %s |\n", $1, $2, figure(v),
		key[n], ($4 in seen) ? percent(v, seen[$4]) : "",
		($5 in seen) && (seen[$5] > 0) ? figure(v / seen[$5]) : "",
		($6 in seen) ? percent(v, seen[$6]) : ""
}
