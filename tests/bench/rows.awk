# rows.awk - lines of compare.sh as rows of bench.sh
#
#     compare.sh KEYS ... | awk -v size=KEYS -f rows.awk
#
# Percentiles are of 16 and 256 clients, and of 1 that submits. What failed is a row, too.
BEGIN { OFS = "\t" }
function named(name,    i) {
	for (i = 3; i <= NF; i++)
		if (index($i, name "=") == 1)
			return substr($i, length(name) + 2) + 0
	return ""
}
function program_of(who) {
	if (who == "bare-sqlite")
		return "bare libmicrohttpd and SQLite"
	return who == "bare-mhd" ? "bare libmicrohttpd" : who
}
function held() { return $1 == "onak" && onak ? onak : size }
function put(bench, figure, unit) {
	print bench, program_of($1), held(), clients, figure, unit
	fflush()
}
$1 == "onak" && $2 == "store" { onak = $3 }
$1 == "machine" {
	if (named("per_second") != "")
		print "machine/bare before " substr($2, 8), \
			"bare libmicrohttpd", size, 16, named("per_second"), \
			"requests/s"
	next
}
$2 == "idle" {
	clients = "-"
	put("served/idle", named("resident") / 1024, "MiB of memory")
	put("served/idle", named("store") * 1024 / held(), "octets on disk/key")
}
named("connections") != "" && named("per_second") != "" {
	clients = named("connections")
	kind = unit = ""
	if ($2 == "add" || $2 == "add-close") {
		bench = "submit/new"
		unit = "submissions/s"
	} else {
		bench = "lookup/" $2 ($3 ~ /-close$/ ? " close" : "")
		sub(/miss-200/, "miss", bench)
		unit = "requests/s"
	}
	# Who says nothing any more is told with what was answered until then.
	if (/ stalls/)
		put(bench, 1, "stalls")
	if (named("requests") > named("failed") && named("seconds") > 0)
		put(bench, sprintf("%.1f", (named("requests") - \
			named("failed")) / named("seconds")), unit)
	if (named("failed") > 0)
		put(bench, named("failed"), "failed")
	if (clients == 16 || clients == 256 || $2 ~ /^add/) {
		put(bench, named("p50_us"), "us p50")
		put(bench, named("p99_us"), "us p99")
	}
	if (clients == 16 && named("cpu_us") > 0 && $1 != "onak")
		put(bench, named("cpu_us"), "us of CPU/request")
}
