# SPDX-License-Identifier: GPL-2.0-only
# gnuplot -e "out='DIR'; series='6.1 6.12'" cache.gp
# DIR/cache-SERIES.dat is made by cache_report.py, DIR/cache.png here.

set terminal pngcairo size 1300,420*words(series) font "sans,10" noenhanced
set output out."/cache.png"
set multiplot layout words(series),1
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9 border -1
set boxwidth 0.9
set grid ytics
set key outside right top
set yrange [0:]
set xtics rotate by -30
set ylabel "thousand I/Os a second"
do for [s in series] {
	set title "Linux ".s.": 4K over a medium of 200 us, depth 8"
	plot for [i=0:5] out."/cache-".s.".dat" using 2+i:xtic(1) \
		linecolor rgb word("#444444 #7a8da6 #a6c0d8 #c9b37a #8a9a5b #b0413e", i+1) title columnhead(2+i)
}
unset multiplot
