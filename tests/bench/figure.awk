# figure.awk - how tables write numbers: 1,234,567; 12.3; 0.12

function grouped(n,    s) {
	n = sprintf("%.0f", n)
	while (length(n) > 3) {
		s = "," substr(n, length(n) - 2) s
		n = substr(n, 1, length(n) - 3)
	}
	return n s
}
function figure(n) {
	return n >= 100 ? grouped(n) : sprintf(n >= 10 ? "%.1f" : "%.2f", n)
}
function percent(n, of) { return of > 0 ? sprintf("%.0f %%", 100 * n / of) : "" }
