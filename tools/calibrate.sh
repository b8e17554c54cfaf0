#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures the list thresholds (about an hour of one core with AVX-512) and prints the CSV of
# results/reconcile/list_threshold.csv. A second argument restricts the run to one log2 length.
#
# usage: tools/calibrate.sh BUILD_DIR/calibrate [LOG2_LENGTH]
set -eu
tool=$1
only=${2:-}
echo "# bsc, int8 min-sum, LLR +-1; command: tools/calibrate.sh; git $(git describe --always --dirty)"
echo "n,qber,list,frames,seed,sum,disclosed,failures"
run() { # log2 length, frames, list sizes, QBERs
  if [ -n "$only" ] && [ "$only" != "$1" ]; then return 0; fi
  for list in $3; do
    for qber in $4; do "$tool" "$1" "$qber" "$list" "$2" 1; done
  done
}
all="1 2 4 8 16 32"
run 8 20000 "$all" "0.01 0.02 0.036 0.05 0.08"
run 10 10000 "$all" "0.001 0.01 0.02 0.036 0.05 0.08"
run 12 5000 "$all" "0.001 0.01 0.02 0.036 0.05 0.08"
run 14 2000 "$all" "0.001 0.01 0.02 0.036 0.05 0.08"
run 16 1500 "$all" "0.001 0.01 0.02 0.036 0.08"
run 17 1000 "$all" "0.036"
run 18 300 "$all" "0.02"
run 20 300 "1 2 4" "0.001 0.01 0.02 0.05"
run 20 200 "8 16 32" "0.001 0.02 0.05"
