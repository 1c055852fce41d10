# figure.awk - how tables write numbers: 1,234,567; 12.3; 0.12; 0.004

function grouped(n,    s) {
	n = sprintf("%.0f", n)
	while (length(n) > 3) {
		s = "," substr(n, length(n) - 2) s
		n = substr(n, 1, length(n) - 3)
	}
	return n s
}
function figure(n) {
	if (n >= 100)
		return grouped(n)
	return sprintf(n >= 10 ? "%.1f" : n >= 0.1 ? "%.2f" : "%.1g", n)
}
function percent(n, of) { return of > 0 ? sprintf("%.0f %%", 100 * n / of) : "" }
