# median.awk - rows of bench.sh: one for each that was measured, its median
BEGIN { FS = OFS = "\t" }
/^#/ || NF != 6 { next }
{
	key = $1 FS $2 FS $3 FS $4 FS $6
	if (!(key in count))
		order[++keys] = key
	seen[key, ++count[key]] = $5
}
END {
	for (i = 1; i <= keys; i++) {
		key = order[i]
		n = count[key]
		for (j = 2; j <= n; j++) {
			v = seen[key, j]
			for (k = j; k > 1 && seen[key, k - 1] > v; k--)
				seen[key, k] = seen[key, k - 1]
			seen[key, k] = v
		}
		split(key, f, FS)
		v = seen[key, int((n + 1) / 2)]
		if (n % 2 == 0)
			v = (v + seen[key, n / 2 + 1]) / 2
		print f[1], f[2], f[3], f[4], v, f[5]
	}
}
