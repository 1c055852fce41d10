# plot.gp - draws the lines of lines.awk; variables from report.sh: data, name,
# kind (svg, png), title_, unit, x
if (kind eq "svg") {
	set terminal svg size 800,480 background "white" font "sans,12"
} else {
	set terminal pngcairo size 800,480 font "sans,10"
}
set output name
set title title_ noenhanced
set xlabel (x eq "size" ? "certificates in the store" : x)
set ylabel unit
set logscale xy
set format "%.0f"
set grid ytics
set key below noenhanced
stats data using 1:2 nooutput name "all"
if (all_min_x == all_max_x) { set xrange [all_min_x / 2:all_max_x * 2] }
plot for [i = 0:all_blocks - 1] data index i using 1:2 \
	with linespoints linewidth 2 pointtype 7 title columnheader(1)
