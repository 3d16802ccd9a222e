# SPDX-License-Identifier: GPL-2.0-only
# gnuplot -e "out='DIR'; series='6.1 6.12'" plot.gp
# DIR/plot-SERIES.dat is made by report.py, DIR/*.png here.

set terminal pngcairo size 1100,380*words(series) font "sans,10" noenhanced
set output out."/bench.png"
set multiplot layout words(series),1
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9 border -1
set boxwidth 0.9
set grid ytics
set key top left reverse Left
set yrange [0:]
set format y "%.0f"
set ylabel "instructions"
do for [s in series] {
	set title "Linux ".s.": one operation, without the copy"
	plot for [i=0:2] out."/plot-".s.".dat" using 2+i:xtic(1) \
		linecolor rgb word("#7a8da6 #c9b37a #b0413e", i+1) title columnhead(2+i)
}
unset multiplot

set terminal pngcairo size 700,380 font "sans,10"
set output out."/regions.png"
set title "One region more or less, by their number"
set style data linespoints
set logscale x
set xlabel "regions"
set key top right
plot for [s in series] out."/regions-".s.".dat" using 1:2 linewidth 2 title s." add", \
	for [s in series] out."/regions-".s.".dat" using 1:3 linewidth 2 dashtype 2 title s." remove"
