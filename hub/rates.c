#include "hub/rates.h"

#include <arpa/inet.h>
#include <string.h>

#include "proto/update.h"

bool lt_bucket_take(struct lt_bucket *bucket, const struct lt_rate *rate, lt_ms now)
{
    lt_ms from = bucket->spent_until > now ? bucket->spent_until : now;
    if (from - now > (lt_ms)(rate->burst - 1) * rate->each_ms) {
        return false;
    }
    bucket->spent_until = from + rate->each_ms;
    return true;
}

static void read_address(const char *text, uint8_t ret_address[16])
{
    uint8_t bytes[16] = {0};
    struct lt_hash hash;
    memset(ret_address, 0, 16);
    if (inet_pton(AF_INET, text, bytes) == 1) {
        ret_address[0] = 4;
        memcpy(ret_address + 1, bytes, 4);
    } else if (inet_pton(AF_INET6, text, bytes) == 1) {
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        bool is_ipv4 = memcmp(bytes, mapped, sizeof(mapped)) == 0;
        ret_address[0] = is_ipv4 ? 4 : 6;
        memcpy(ret_address + 1, is_ipv4 ? bytes + 12 : bytes, is_ipv4 ? 4 : 8);
    } else {
        lt_hash_of((const uint8_t *)text, strlen(text), &hash);
        memcpy(ret_address, hash.bytes, 16);
    }
}

static struct lt_bucket *find(struct lt_rates *rates, const char *text, lt_ms now)
{
    uint8_t address[16];
    struct lt_hash hash;
    read_address(text, address);
    lt_hash_of(address, sizeof(address), &hash);
    size_t set = hash.bytes[0] % LT_RATES_SETS, oldest = 0;
    for (size_t way = 0; way < LT_RATES_WAYS; way++) {
        if (rates->places[set][way].used &&
            memcmp(rates->places[set][way].address, address, sizeof(address)) == 0) {
            rates->places[set][way].seen = now;
            return &rates->places[set][way].bucket;
        }
        if (!rates->places[set][way].used ||
            (rates->places[set][oldest].used &&
             rates->places[set][way].seen < rates->places[set][oldest].seen)) {
            oldest = way;
        }
    }
    rates->places[set][oldest].used = true;
    rates->places[set][oldest].seen = now;
    rates->places[set][oldest].bucket = (struct lt_bucket){0};
    memcpy(rates->places[set][oldest].address, address, sizeof(address));
    return &rates->places[set][oldest].bucket;
}

bool lt_rates_take(struct lt_rates *rates, const char *address, lt_ms now)
{
    /* His own first: one who is over his must not use up what is everybody's. */
    return lt_bucket_take(find(rates, address, now), &rates->each, now) &&
           (rates->all.burst == 0 || lt_bucket_take(&rates->together, &rates->all, now));
}
