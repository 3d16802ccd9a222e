# proves: what cannot be read, wraps, is unaligned or zero is EINVAL
# kernels: either
# shellcheck source=tests/vm/t/lib-memmap.sh
. /payload/t/lib-memmap.sh

at_exit nvm_unload
must modprobe nvm_memmap "map=4M@$(at 0)"
settle
S=$(at 32)
for bad in x 4M "4M@" "@$S" "4M@@$S" "4M$S" "4M@$S@$S" "4 M@$S" "4M @$S" "4M@ $S" "-4M@$S" "+4M@$S" \
	"4Q@$S" "4MM@$S" "4MB@$S" "M@$S" "0x@$S" "0xM@$S" "4.0M@$S" "4M@${S}x" "04M@$S" "4M@0$S" \
	"," "4M@$S," ",4M@$S" "4M@$S,,2M@$(at 64)" "4M@$S;2M@$(at 64)" "4M@$S 2M@$(at 64)" \
	"0@$S" "0M@$S" "1M@$S" "3M@$S" "4095K@$S" "1@$S" \
	"4M@$(printf 0x%x $((NVM_SS + 4096)))" "4M@$(printf 0x%x $((NVM_SS + (1 << 20))))" "4M@1" \
	"18446744073709551616@$S" "4M@18446744073709551616" "17179869184G@$S" "16777216T@$S" \
	"0x10000000000000000@$S" "2M@0xffffffffffe00000" "4M@0xffffffffffe00000" \
	"18446744073707454464@0x200000" $'4M@\xff' $'4M\x01@'"$S" '%s@%n' "4M\$$S"
do
	must refused EINVAL map "$bad"
	must refused EINVAL add "4M@$(at 8),$bad"
done
must refused EINVAL remove "4M"
must refused EINVAL map "3M@$S" "3M@$S: the size is not a multiple of 2M"
must refused EINVAL map "4M@1" "the start is not a multiple of 2M"
must refused EINVAL map "0@$S" "the size is 0"
must refused EINVAL map "2M@0xffffffffffe00000" "too big"
# what is not printable is not in the log either
must refused EINVAL map $'\x1b[31m' '?[31m'
# a tool that sends its NUL too
printf '4M@%s,2M@%s\0' "$(at 0)" "$S" >nul
must cp nul $P/map
same "4M@$(at 0),2M@$S" "$(cat $P/map)" "map after a value with a NUL"
settle
