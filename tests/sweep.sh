#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.sh - sweeps give the same bytes however they are executed, and keep every row once
# whatever happens: kills, limits, full disks, damaged files.
orrery=${ORRERY:-$abs_builddir/orrery}
[ -x "$orrery" ] || { echo "no program at '$orrery'"; exit 1; }
dir=${TESTS_TMP:-${TMPDIR:-/tmp}}/sweep.$$
mkdir -p "$dir" && cd "$dir" || exit 1
disk=$dir/disk
trap 'cd /; umount "$disk" 2>/dev/null; rm -rf "$dir"' EXIT
bad=0
tell() { echo "$what: $*"; [ ! -s err ] || head -n 20 err; bad=$((bad + 1)); }
# run STATUS ARG...: orrery ARG..., its output in ./out and ./err
run() {
    want=$1; shift
    timeout 120 "$orrery" run "$@" >out 2>err
    got=$?
    [ "$got" -eq "$want" ] || tell "status $got, not $want"
}
says() { grep -qF -e "$1" err || tell "standard error does not say '$1'"; }
same() { cmp -s "$1.csv" "$2.csv" && cmp -s "$1.jsonl" "$2.jsonl" || tell "$1 is not $2"; }
rows() { # FILE COUNT: so many rows, no cell twice
    [ "$(grep -c '^[0-9]' "$1")" -eq "$2" ] || tell "$1 has $(grep -c '^[0-9]' "$1") rows, not $2"
    [ -z "$(grep '^[0-9]' "$1" | cut -d , -f 1 | sort | uniq -d)" ] || tell "$1 has a cell twice"
}
clear_away() { rm -f x.csv x.jsonl x.csv.damaged x.shard-*; }

# 200 cells of all kinds: numbers, texts, truth values, failures, columns that not all have.
cat >s.lua <<'END'
local s = sweep{ file="x.csv", grid={ scale={0.1, 1/3, 3}, kind={"plain", 'with "quotes", commas'} },
  list={ {h=2}, {h=4} }, seeds=17, stop={max=20},
  run=function(p, g)
    if p.seed == 5 and p.h == 4 then error("seed 5\nis bad") end
    p.draw = nil
    shared = (shared or 0) + 1 -- what other cells did must not be seen
    r = run(net.linear{ seed=p.seed, h=p.h, init_scale=p.scale })
    return r
  end,
  row=function(r, p, g)
    return { loss=r.loss, draw=g:normal(), steps=r.k, odd=p.seed % 2 == 1, seen=shared,
      text=p.seed == 3 and "a,\n\"b\"" or nil, zero=p.seed == 4 and 0/0 or nil,
      far=p.seed == 6 and -1/0 or nil }
  end }
assert(#s:rows() == s.done)
END
what='-j 1'
run 0 s.lua -j 1
grep -q '^# cells: 204$' x.csv || tell 'not 204 cells'
rows x.csv 204
[ "$(grep -c ',failed,"s.lua:4: seed 5 is bad"$' x.csv)" -eq 6 ] || tell 'failures are not told'
[ "$(grep -v '^#' x.csv | head -n 1)" = \
    cell,key,h,kind,scale,seed,draw,far,loss,odd,seen,steps,text,zero,status,reason ] ||
    tell "columns are $(grep -v '^#' x.csv | head -n 1)"
[ "$(grep '^[0-9]' x.csv | cut -d , -f 1 | sort -n | tr '\n' ' ')" = "$(seq -s ' ' 204) " ] ||
    tell 'rows are not those of cells 1 to 204'
[ "$(wc -l <x.jsonl)" -eq 205 ] || tell 'x.jsonl has another number of lines'
mv x.csv one.csv; mv x.jsonl one.jsonl

what='-j 2'
run 0 s.lua -j2
same x one
run 0 s.lua --jobs=2
same x one; says '204 from before'
clear_away

what='four shards'
for i in 1 2 3 4; do run 0 s.lua --shard $i/4 -j 2; done
rows x.shard-2-of-4.csv 51
"$orrery" merge x.csv x.shard-[124]-of-4.csv >out 2>err && tell 'a missing shard is no error'
says '51 cells are missing: 3, 7, 11'
"$orrery" merge x.csv x.shard-*.csv >out 2>err || tell 'merge failed'
grep -q '204 of 204 cells from 4 files, 6 failed' out || tell "merge said $(cat out)"
same x one
"$orrery" merge y.csv x.shard-*.csv x.csv x.shard-1-of-4.csv >out 2>err || tell 'twice the same'
same y one
sed 's/^\(2,.*\),ok,$/\1,failed,"lost"/' x.shard-2-of-4.csv >z.csv
"$orrery" merge y.csv z.csv x.shard-*.csv >out 2>err || tell 'a failure beside a result'
same y one
sed '/^[0-9]/s/,true,1,20,/,true,1,21,/' x.shard-1-of-4.csv >z.csv
"$orrery" merge y.csv z.csv x.shard-*.csv >out 2>err && tell 'two different results'
says 'two results that differ'
sed 's/^# seed: 1/# seed: 2/' x.shard-1-of-4.csv >z.csv
"$orrery" merge y.csv z.csv x.shard-2-of-4.csv >out 2>err && tell 'another sweep'
says 'are not of one sweep: seed'
clear_away

# Killed at a random moment, three times, then resumed.
what='kill -9'
for i in 1 2 3; do
    "$orrery" run s.lua -j 2 >out 2>err &
    pid=$!
    sleep "$(awk -v s="$$$i" 'BEGIN { srand(s); print 0.1 + 0.5 * rand() }')"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
done
run 0 s.lua -j 2
same x one; rows x.csv 204
clear_away

# Ctrl-C: status 130, what is done is kept, nothing is left running.
what=Ctrl-C
sed 's/^    r = run/    local t = os.clock() while os.clock() < t + 0.05 do end\n    r = run/' s.lua >slow.lua
timeout --preserve-status -s INT 1.5 "$orrery" run slow.lua -j 2 >out 2>err
case $? in
130) says 'cells are done and kept: run it again to go on'
    [ "$(tail -c 1 x.csv | od -An -c | tr -d ' ')" = '\n' ] || tell 'half a row' ;;
*) tell 'Ctrl-C does not end with status 130' ;;
esac
[ -e .x.csv.lock ] && tell 'the lock stayed'
clear_away

# Two sweeps want the same file.
what=lock
"$orrery" run slow.lua -j 1 >/dev/null 2>&1 &
pid=$!
while [ ! -s x.csv ]; do sleep 0.05; done
run 1 slow.lua -j 1
says "'x.csv' is being written by another sweep"
kill "$pid"
wait "$pid" 2>/dev/null
clear_away

# --------------------------------------------------------- cells that go wrong
cat >w.lua <<'END'
local memory = os.getenv("SANITIZERS") ~= "yes" and 40 or nil -- not with another allocator
local s = sweep{ file="x.csv", grid={ n={1, 2, 3, 4, 5, 6, 7, 8} }, time=3, memory=memory, run=function(p)
  if p.n == 1 then os.execute("kill -9 $PPID") end
  if p.n == 2 then while true do end end
  if p.n == 3 then local x = nil; return x.y end
  if p.n == 4 then
    local t = {}
    while memory do t[#t + 1] = string.rep("x", 1e7) .. #t end
    error("memory: more than 40 MB", 0)
  end
  if p.n == 5 then os.exit(7) end
  if p.n == 6 then return { n=1 } end
  if p.n == 7 then return 3 end
  io.stdout:write("a cell prints\n")
  return { y=p.n }
end }
assert(s.failed == 7 and s.done == 8 and s:row(8).y == 8 and s:row(2).reason:find("time", 1, true))
END
what='cells that go wrong'
run 0 w.lua -j 2
rows x.csv 8
for reason in '"killed by signal 9 (Killed)"' '"time: more than 3 s"' '"memory: more than 40 MB"' \
    "\"w.lua:5: attempt to index a nil value (local 'x')\"" \
    '"the process ended without a result, status 7"' "\"row: 'n' is the name of a parameter\"" \
    '"the row of a cell is 3, not a table name -> value"'; do
    grep -qF -e ",,failed,$reason" x.csv || tell "no reason $reason in
$(cat x.csv)"
done
grep -q 'a cell prints' out && tell 'what a cell prints is among the output'
cp x.csv before.csv
run 0 w.lua -j 2 # failures are rows: nothing is done again
cmp -s x.csv before.csv || tell 'not the same rows'
sed -i 's/if p.n == 6 then/if nil then/; s/file="x.csv"/file="x.csv", key="w"/' w.lua
run 1 w.lua; says "holds 8 rows of another script, version or parameters"
cmp -s x.csv before.csv || tell 'a refused file was changed'
run 1 w.lua --fresh # its assertion
rows x.csv 8
sed -i 's/if p.n == 7 then/if nil then/; s/^assert.*/assert(s.failed == 5)/' w.lua
run 1 w.lua; says 'assertion failed'
run 0 w.lua --retry -j 2 # the key outlives the change of the script
rows x.csv 8
grep -q '^7,.*,ok,$' x.csv || tell '--retry did not do cell 7 again'
clear_away

# A key of one's own: the grid grows, rows stay.
what='a larger grid'
grow='sweep{ file="x.csv", key="g", grid={ a={1, 3} }, seeds=3, run=function(p, g) return { y=g:normal() } end }'
echo "print($grow)" >g.lua
run 0 g.lua
cp x.csv before.csv
echo "print($grow)" | sed 's/{1, 3}/{1, 2, 3}/; s/seeds=3/seeds=4/' >g.lua
run 0 g.lua; says '12 of 12 done, 0 failed, 6 from before'; rows x.csv 12
mv x.csv grown.csv
run 0 g.lua
cmp -s x.csv grown.csv || tell 'rows differ from those of a sweep that was never smaller'
[ "$(cat before.csv grown.csv | grep '^[0-9]' | cut -d , -f 2- | sort | uniq -d | wc -l)" -eq 6 ] ||
    tell 'rows did not stay'
clear_away

# ------------------------------------------------------------- damaged files
cp one.csv x.csv; cp one.jsonl x.jsonl
what='a last line cut off'
head -c -9 one.csv >x.csv
run 0 s.lua; same x one; says 'the last line was cut off'
what='a line of rubbish'
sed '20s/.*/\x01garbage,,"/' one.csv >x.csv
run 0 s.lua; same x one; says '1 line is damaged or not of this sweep (line 20'
sed '20s/.*/\x01garbage,,"/' one.csv | cmp -s - x.csv.damaged || tell 'the damaged file is not kept'
what='a digit changed'
sed '20s/,20,/,21,/' one.csv >x.csv
run 0 s.lua; same x one; says 'not the same in both files'
what='a digit changed in the JSON lines'
sed '20s/"steps":20/"steps":21/' one.jsonl >x.jsonl
run 0 s.lua; same x one; says 'not the same in both files'
what='rows twice'
{ cat one.csv; sed -n '30,40p' one.csv; } >x.csv
run 0 s.lua; same x one; says '11 lines are damaged'
what='another key'
sed '30s/,k[0-9a-f]*,/,k0123456789abcdef,/' one.csv >x.csv
run 0 s.lua; same x one; says 'line 30'
what='other parameters in a row'
sed '30s/,"plain",/,"plane",/' one.csv >x.csv
run 0 s.lua; same x one; says 'line 30'
what='no JSON lines'
rm x.jsonl
run 0 s.lua; same x one
what='JSON lines cut off'
head -c 5000 one.jsonl >x.jsonl
run 0 s.lua; same x one
what='no result file'
printf 'a,b\n1,2\n' >x.csv
run 1 s.lua; says "is not a result file of a sweep"
printf 'a,b\n1,2\n' | cmp -s - x.csv || tell 'a foreign file was changed'
what='an empty file'
: >x.csv
run 0 s.lua -j 2; same x one
what='another order'
{ grep -v '^[0-9]' one.csv; grep '^[0-9]' one.csv | sort -r; } >x.csv
run 0 s.lua; same x one
clear_away

# ---------------------------------------------------------------- full disks
# Any user: no file longer than 16 blocks of 512 bytes.
what='a limit of the file size'
(trap '' XFSZ; ulimit -f 16; timeout 120 "$orrery" run s.lua -j 2 >out 2>err)
[ $? -eq 1 ] || tell 'no error'
says 'cells are done and kept in x.csv: run it again to go on'
grep -v '^#' x.csv | tail -n +2 | grep -qv ',ok,$\|,failed,".*"$' && tell 'half a row'
[ "$(tail -c 1 x.csv | od -An -c | tr -d ' ')" = '\n' ] || tell 'half a line'
run 0 s.lua -j 2
same x one
clear_away
# Root: a small disk that is really full.
what='a full disk'
mkdir -p "$disk"
if mount -t tmpfs -o size=32k none "$disk" 2>/dev/null; then
    sed "s,file=\"x.csv\",file=\"$disk/x.csv\"," s.lua >full.lua
    run 1 full.lua -j 2
    says 'No space left on device'
    says 'run it again to go on'
    [ "$(tail -c 1 "$disk/x.csv" | od -An -c | tr -d ' ')" = '\n' ] || tell 'half a line'
    run 1 full.lua -j 2
    mount -o remount,size=4m "$disk"
    run 0 full.lua -j 2
    rows "$disk/x.csv" 204
    # all but script, key and position of the failure as in the sweep before
    plain() { grep '^[0-9]' "$1" | sed 's/,k[0-9a-f]*,/,/; s/full.lua/s.lua/'; }
    [ "$(plain "$disk/x.csv")" = "$(plain one.csv)" ] || tell 'other rows'
    umount "$disk"
else
    echo 'a full disk was not tried: mounting is not allowed here'
fi

[ "$bad" -eq 0 ] && echo 'sweeps are right'
exit "$bad"
