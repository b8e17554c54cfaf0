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
run() { # log2 length, frames, list size, QBERs, [largest sum]
  if [ -n "$only" ] && [ "$only" != "$1" ]; then return 0; fi
  for qber in $4; do "$tool" "$1" "$qber" "$3" "$2" 1 ${5:-}; done
}
for list in 1 2 4 8 16 32; do
  run 8 20000 $list "0.01 0.02 0.036 0.05 0.08"
  run 10 10000 $list "0.001 0.01 0.02 0.036 0.05 0.08"
  run 12 5000 $list "0.001 0.01 0.02 0.036 0.05 0.08"
  run 14 2000 $list "0.001 0.01 0.02 0.036 0.05 0.08"
done
# Long blocks: only where at most about 20 % fail.
long() { # log2 length, frames, QBERs, largest sums by list size
  run "$1" "$2" 1 "$3" "$4"
  run "$1" "$2" 2 "$3" "$5"
  run "$1" "$2" 4 "$3" "$6"
  run "$1" "$2" 8 "$3" "$7"
  run "$1" "$2" 16 "$3" "$8"
  run "$1" "$2" 32 "$3" "$9"
}
long 16 4000 "0.001 0.01 0.036 0.08" 0.25 1.5 4 7 10 13
long 18 2000 "0.02" 0.25 1.5 5 10 14 19
long 20 1000 "0.002 0.02 0.05" 0.25 2 8 14 20 28
for list in 1 2 4 8; do
  case $list in 1) largest=0.25 ;; 2) largest=2 ;; 4) largest=11 ;; 8) largest=20 ;; esac
  run 22 600 $list "0.02" $largest
done
