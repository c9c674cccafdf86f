#include "agent/bind.h"

#include <stdbool.h>
#include <string.h>
#include <windows.h>
#include <wincrypt.h>

/* What is bound for another purpose is not taken for a key. */
static BYTE purpose[] = "lienthong-agent key file";
static DATA_BLOB entropy = {sizeof(purpose), purpose};

enum lt_result lt_bind(const uint8_t secret[LT_BIND_SECRET_BYTES], uint8_t ret_bound[LT_BOUND_MAX],
                       size_t *ret_size)
{
    BYTE copy[LT_BIND_SECRET_BYTES];
    DATA_BLOB open = {sizeof(copy), copy}, bound = {0, NULL};
    memcpy(copy, secret, sizeof(copy));
    bool good = CryptProtectData(&open, NULL, &entropy, NULL, NULL,
                                 CRYPTPROTECT_LOCAL_MACHINE | CRYPTPROTECT_UI_FORBIDDEN, &bound) &&
                bound.cbData <= LT_BOUND_MAX;
    SecureZeroMemory(copy, sizeof(copy));
    if (good) {
        memcpy(ret_bound, bound.pbData, bound.cbData);
        *ret_size = bound.cbData;
    }
    LocalFree(bound.pbData);
    return good ? LT_OK : LT_IO;
}

enum lt_result lt_unbind(const uint8_t *bound, size_t size,
                         uint8_t ret_secret[LT_BIND_SECRET_BYTES])
{
    BYTE copy[LT_BOUND_MAX];
    DATA_BLOB shut = {(DWORD)size, copy}, open = {0, NULL};
    if (size > sizeof(copy))
        return LT_REFUSED;
    memcpy(copy, bound, size);
    bool good =
        CryptUnprotectData(&shut, NULL, &entropy, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &open) &&
        open.cbData == LT_BIND_SECRET_BYTES;
    if (good)
        memcpy(ret_secret, open.pbData, LT_BIND_SECRET_BYTES);
    if (open.pbData != NULL)
        SecureZeroMemory(open.pbData, open.cbData);
    LocalFree(open.pbData);
    return good ? LT_OK : LT_REFUSED;
}
