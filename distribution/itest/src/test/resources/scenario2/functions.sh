# SPDX-License-Identifier: Apache-2.0
# What the steps share. How often ctr draws its progress depends on time, so does what it draws last.

# The objects that progress names, with their place in the tree.
nodes() { tr '\r' '\n' | grep -aE '(index|manifest|config|layer) \([0-9a-f]{12}\)' | cut -f1 | sed 's/[├└]/+/; s/│/ /g; s/ *$//' | grep -a '+' | sort -u; }

# Whether progress said a word at all.
said() { tr '\r' '\n' | grep -a -o -m1 -- "$1" | head -1; }

# Errors without progress.
failure() { "$@" 2>&1 > /dev/null; echo "exit $?"; }
