#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: try.sh FOLDER
#
# Looks at the Debian packages in a folder, unpacks them into FOLDER/root and builds the consumers of tests/install against
# them. Nothing is installed.
set -eu

folder=$(CDPATH='' cd -- "$1" && pwd -P)
consumers=$(CDPATH='' cd -- "$(dirname -- "$0")/../../tests/install" && pwd -P)
root=$folder/root
fail() {
  printf 'try.sh: %s\n' "$*" >&2
  exit 1
}

rm -rf "$root" "$folder/try"
count=0
for package in "$folder"/*.deb; do
  count=$((count + 1))
  dpkg-deb -x "$package" "$root"
  printf '%s: %s\n' "$(basename "$package")" "$(dpkg-deb -f "$package" Depends)"
  # What a reviewer looks at first: owner, modes, a description, no file outside /usr, the licence.
  dpkg-deb -c "$package" | awk '$2 != "root/root" { bad = 1; print } END { exit bad }' || fail "$package: not all files are root's"
  dpkg-deb -c "$package" | awk '$1 ~ /^-.....w|^-.......w/ { bad = 1; print } END { exit bad }' || fail "$package: files that others may write"
  dpkg-deb -c "$package" | grep -q '/usr/share/doc/[^/]*/copyright$' || fail "$package: no copyright file"
  dpkg-deb -c "$package" | awk '{ print $6 }' | grep -Ev '^\./(usr/.*)?$' && fail "$package: files outside /usr"
  [ -n "$(dpkg-deb -f "$package" Description)" ] || fail "$package: no description"
done
[ "$count" -eq 3 ] || fail "expected 3 packages, found $count"

libdir=$(dirname "$(find "$root/usr" -name 'libcaligo.so')")
export LD_LIBRARY_PATH="$libdir" PKG_CONFIG_SYSROOT_DIR='' PKG_CONFIG_PATH="$libdir/pkgconfig"
mkdir -p "$folder/try"
# shellcheck disable=SC2046  # flags are words
cc -std=c11 "$consumers/c_consumer/main.c" -o "$folder/try/c" $(pkg-config --cflags --libs caligo-c)
"$folder/try/c"
cmake -S "$consumers/consumer" -B "$folder/try/cxx" -DCMAKE_PREFIX_PATH="$root/usr" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$folder/try/cxx" >/dev/null
"$folder/try/cxx/consumer"
"$root/usr/bin/caligo" --version
for binary in "$libdir/libcaligo.so" "$root/usr/bin/caligo"; do
  readelf -d "$binary" | grep -Eq 'R(UN)?PATH' && fail "$binary has a search path"
done
echo 'the packages are in order'
