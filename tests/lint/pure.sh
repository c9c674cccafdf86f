#!/usr/bin/env bash
# pure.sh - proto/ calls nothing but memory, strings, protobuf-c and libsodium's deterministic functions.
# ARCHIVE: the static library of proto/.
set -euo pipefail
allowed='^(lt_.*|lienthong__.*|protobuf_c_.*|_GLOBAL_OFFSET_TABLE_
|malloc|calloc|realloc|free|qsort|bsearch
|mem(cpy|cmp|set|move|chr)|bcmp|str(len|nlen|cmp|ncmp|ncat|chr|rchr|cpy|ncpy|dup|ndup|spn|cspn|str)|__mem.*_chk|__str.*_chk|explicit_bzero
|(__)?v?snprintf(_chk)?|(__isoc23_)?strto(l|ll|ul|ull)|__ctype_.*|abort|__assert_fail|__stack_chk_fail|__errno_location|__tls_get_addr
|crypto_aead_xchacha20poly1305_ietf_(en|de)crypt|crypto_generichash_blake2b.*|crypto_generichash.*|crypto_sign_(ed25519_)?(verify_|)detached|crypto_sign_detached|crypto_sign_verify_detached|sodium_(memzero|memcmp|is_zero|bin2hex|hex2bin)
|__(asan|ubsan|lsan|sanitizer|gcov|llvm).*|__(u|)(mul|div|mod)[a-z0-9]*)$'
allowed=$(printf '%s' "$allowed" | tr -d '\n')
[ -s "$ARCHIVE" ] || { echo "pure: no archive at $ARCHIVE"; exit 1; }
called=$(nm -u "$ARCHIVE" | awk '$1 == "U" || $1 == "w" {print $2}' | sort -u)
[ -n "$called" ] || { echo "pure: the archive calls nothing at all: not the archive"; exit 1; }
bad=$(printf '%s\n' "$called" | grep -vE "$allowed" || true)
if [ -n "$bad" ]; then
    echo "pure: proto/ calls what it may not:"
    printf '  %s\n' $bad
    exit 1
fi
echo "pure: $(printf '%s\n' "$called" | wc -l) symbols called, all allowed"
