#!/bin/sh
# SPDX-License-Identifier: MIT
# Build every program of tests/user by hand into a folder, for a quick run on
# Linux: build.sh FOLDER. (`make` builds them the same way.)
set -e
cd "$(dirname "$0")"
mkdir -p "$1"
for f in *.c; do
	[ "$f" = case.c ] && continue
	${MUSL_CC:-musl-gcc} -static -O2 -Wall -Wextra -Werror -o "$1/${f%.c}" "$f" case.c
done
