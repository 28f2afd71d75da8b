#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep_mpi.sh - under mpirun a sweep gives the bytes that it gives alone, also when it comes
# behind another sweep, is killed and resumed, or a rank is lost.
orrery=${ORRERY:-$abs_builddir/orrery}
command -v mpirun >/dev/null || { echo 'skipped: there is no mpirun here'; exit 77; }
[ -x "$(dirname "$orrery")/orrery-mpi" ] || { echo 'skipped: built without MPI'; exit 77; }
[ "$SANITIZERS" = yes ] && { echo 'skipped: MPI is not made for sanitizers'; exit 77; }
dir=${TESTS_TMP:-${TMPDIR:-/tmp}}/sweep_mpi.$$
mkdir -p "$dir" && cd "$dir" || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
# Fewer cores than ranks, and perhaps root: Open MPI wants to be asked for that.
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
OMPI_MCA_btl=self,tcp OMPI_MCA_plm_rsh_agent=false
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_rmaps_base_oversubscribe \
    OMPI_MCA_btl OMPI_MCA_plm_rsh_agent
bad=0
tell() { echo "$what: $*"; [ ! -s err ] || head -n 20 err; bad=$((bad + 1)); }
same() { cmp -s "$1.csv" "$2.csv" && cmp -s "$1.jsonl" "$2.jsonl" || tell "$1 is not $2"; }
if ! timeout 60 mpirun -n 2 true >out 2>&1; then
    cat out
    echo 'skipped: mpirun does not run here'
    exit 77
fi

cat >s.lua <<'END'
print("once")
local s = sweep{ file="x.csv", grid={ a={1, 2, 3, 4}, b={"u", "v"} }, seeds=25, time=20,
  run=function(p, g)
    if p.seed == 3 and p.a == 2 then error("bad") end
    local t = os.clock() + 1e-3 * (p.seed % 5)
    while os.clock() < t do end
    return { y=g:normal() + p.a }
  end }
print(s)
END
what=alone
timeout 120 "$orrery" run -j 1 s.lua >out 2>err || tell 'failed'
cp x.csv one.csv; cp x.jsonl one.jsonl; cp out one.out; rm x.*

what='mpirun -n 3'
timeout 120 mpirun -n 3 "$orrery" run s.lua >out 2>err || tell "status $?"
same x one
cmp -s out one.out || tell "other output: $(cat out)"

what='mpirun -n 2, resumed, two cells at once in each'
head -n 120 one.csv >x.csv
timeout 120 mpirun -n 2 "$orrery" run -j 2 s.lua >out 2>err || tell "status $?"
same x one

# A rank is killed: Open MPI ends the others, what is done is kept.
what='a lost rank'
rm x.*
sed 's/1e-3/1e-2/' s.lua >slow.lua
timeout 120 "$orrery" run -j 2 slow.lua >out 2>err
mv x.csv slow.csv; mv x.jsonl slow.jsonl
timeout 120 mpirun -n 3 sh -c 'echo $$ >rank.$OMPI_COMM_WORLD_RANK; exec "$0" run slow.lua' "$orrery" \
    >out 2>err &
pid=$!
i=0 n=0
while [ "${n:-0}" -lt 9 ] && [ $i -lt 600 ]; do
    sleep 0.1
    i=$((i + 1))
    n=$(grep -c '^[0-9]' x.csv 2>/dev/null)
done
kill -9 "$(cat rank.2)"
wait "$pid"
[ "$(grep -c '^[0-9]' x.csv)" -ge 9 ] || tell 'rows are lost'
timeout 120 "$orrery" run -j 2 slow.lua >out 2>err || tell "status $?"
same x slow

# A sweep made from the rows of another: every rank knows them.
what='two sweeps'
cat >two.lua <<'END'
local one = sweep{ file="a.csv", seeds=12, run=function(p, g) return { y=g:uniform() } end }
local least = math.huge
for _, row in ipairs(one:rows()) do least = math.min(least, row.y) end
local two = sweep{ file="b.csv", grid={ c={ least, 2 } }, seeds=12,
  run=function(p, g) return { y=p.c + g:uniform() } end }
print(one, two)
END
timeout 120 "$orrery" run -j 1 two.lua >out 2>err || tell 'failed alone'
for f in a b; do mv $f.csv $f.one.csv; mv $f.jsonl $f.one.jsonl; done
timeout 120 mpirun -n 3 "$orrery" run two.lua >out 2>err || tell "status $?"
same a a.one; same b b.one

# An error of the script ends all, with its status.
what='an error behind a sweep'
sed 's/^print(s).*/error("over")/' s.lua >broken.lua
timeout 60 mpirun -n 3 "$orrery" run broken.lua --fresh >out 2>err && tell 'no error'
grep -q 'broken.lua:.*: over' err || tell 'the error is not told'

[ "$bad" -eq 0 ] && echo 'sweeps under MPI are right'
exit "$bad"
