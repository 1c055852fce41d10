# table.awk - medians as tables: one for each group and unit, a column for each
# size, and what share of the smallest store's figure the largest one's is
#
#     awk -f figure.awk -f table.awk MEDIANS
BEGIN { FS = "\t" }
{
	group = what = $1
	sub(/\/.*/, "", group)
	sub(/^[^\/]*\//, "", what)
	table = group ": " $6
	line = what " | " $2
	if ($4 != "-") {
		line = line " | " $4
		clients[table] = 1
	}
	if (!(table in lines))
		tables[++table_count] = table
	if (!((table, line) in known)) {
		known[table, line] = 1
		order[table, ++lines[table]] = line
	}
	if (!(($3 + 0) in sizes)) {
		sizes[$3 + 0] = 1
		for (i = ++size_count; i > 1 && size[i - 1] > $3 + 0; i--)
			size[i] = size[i - 1]
		size[i] = $3 + 0
	}
	shown[table, $3 + 0] = 1
	value[table, line, $3 + 0] = $5
}
function head(table,    i, text, rule) {
	text = "| what | program |" (table in clients ? " clients |" : "")
	rule = "|---|---|" (table in clients ? "---:|" : "")
	for (i = 1; i <= size_count; i++)
		if ((table, size[i]) in shown) {
			text = text " " grouped(size[i]) " |"
			rule = rule "---:|"
		}
	printf "\n### %s\n\n%s growth |\n%s---:|\n", table, text, rule
}
function show(table, line,    i, text, v, first, last, n) {
	text = "| " line " |"
	for (i = 1; i <= size_count; i++) {
		if (!((table, size[i]) in shown))
			continue
		if (!((table, line, size[i]) in value)) {
			text = text " |"
			continue
		}
		v = value[table, line, size[i]]
		text = text " " figure(v) " |"
		if (!n++)
			first = v
		last = v
	}
	print text (n > 1 ? " " percent(last, first) : "") " |"
}
END {
	for (t = 1; t <= table_count; t++) {
		head(tables[t])
		for (l = 1; l <= lines[tables[t]]; l++)
			show(tables[t], order[tables[t], l])
	}
}
