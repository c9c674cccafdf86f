/* fuzz_settings.c - the text files of a folder, as somebody edited or carried them. The first byte says which:
 * hub.conf, a root key's request or answer, a backup's manifest, a key file, a file with a join code, state.json, the
 * switch of releases.
 * Where a file ends with a hash of itself, bit 3 has it made here. What is read is written and read again as the
 * same; what is refused leaves the answer as it was, and says why. */
#include <errno.h>
#include <sodium.h>

#include "agent/backup.h"
#include "agent/contact.h"
#include "agent/join.h"
#include "agent/release_switch.h"
#include "hub/config.h"
#include "hub/root_file.h"
#include "tests/fuzz/folder.h"

enum { HASHED = 8, UNTOUCHED = 0xa5 };

static bool untouched(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const uint8_t *)bytes)[i] != UNTOUCHED)
            return false;
    return true;
}

static void put_hashed(const char *name, const uint8_t *data, size_t size, const char *word,
                       size_t hash_bytes)
{
    struct lt_hash hash;
    char hex[65], *text = malloc(size + 100);
    FUZZ_CHECK(text);
    memcpy(text, data, size);
    lt_hash_of(text, size, &hash);
    lt_hex(hash.bytes, hash_bytes, hex);
    const int more = snprintf(text + size, 100, "%s %s\n", word, hex);
    folder_put(name, text, size + (size_t)more);
    free(text);
}

/* ---- hub.conf ---- */

static void check_config(const struct lt_hub_config *config)
{
    char again[LT_ENDPOINT_MAX];
    FUZZ_CHECK(config->listen_count >= 1 && config->listen_count <= LT_CONFIG_LISTEN_MAX);
    FUZZ_CHECK(config->public_count <= LT_CONFIG_PUBLIC_MAX);
    for (size_t i = 0; i < config->listen_count; i++)
        FUZZ_CHECK(lt_config_endpoint(config->listen[i].endpoint, true, again) == LT_OK &&
                   strcmp(again, config->listen[i].endpoint) == 0);
    for (size_t i = 0; i < config->public_count; i++)
        FUZZ_CHECK(lt_config_endpoint(config->public_endpoints[i], false, again) == LT_OK &&
                   strcmp(again, config->public_endpoints[i]) == 0);
    FUZZ_CHECK(config->workers <= 64 && config->credit_mib >= 1 && config->credit_mib <= 64);
    FUZZ_CHECK(config->peers >= 16 && config->strangers >= 16 && config->nothing_ms >= 1);
    FUZZ_CHECK(config->pace_ms >= 1 && config->day_mib >= 1 && config->cut_s >= 1);
    FUZZ_CHECK(config->silent_after_s >= 1);
}

static void read_config(const uint8_t *data, size_t size)
{
    struct lt_hub_config config, again;
    char reason[300] = "";
    memset(&config, UNTOUCHED, sizeof(config));
    folder_put("hub.conf", data, size);
    if (lt_config_read(folder_dir(), &config, reason) != LT_OK) {
        FUZZ_CHECK(reason[0] != '\0' && untouched(&config, sizeof(config)));
        return;
    }
    check_config(&config);
    folder_drop("hub.conf");
    FUZZ_CHECK(lt_config_write(folder_dir(), &config, reason) == LT_OK);
    FUZZ_CHECK(lt_config_read(folder_dir(), &again, reason) == LT_OK);
    FUZZ_CHECK(strcmp(lt_config_told(&config)->endpoint, again.listen[0].endpoint) == 0);
    FUZZ_CHECK(config.public_count == again.public_count && config.workers == again.workers &&
               config.credit_mib == again.credit_mib && config.peers == again.peers);
    for (size_t i = 0; i < config.public_count; i++)
        FUZZ_CHECK(strcmp(config.public_endpoints[i], again.public_endpoints[i]) == 0);
}

/* ---- Files with a hash at their end ---- */

/* Nothing before the last line may be changed. */
static void flip_in(const char *name, char *text, size_t size, const char *last)
{
    struct lt_hash hash;
    lt_hash_of(text, size, &hash);
    const char *end = strstr(text, last);
    FUZZ_CHECK(end != NULL);
    const size_t at = (size_t)(hash.bytes[0] << 8 | hash.bytes[1]) % (size_t)(end - text);
    text[at] ^= (char)(1 << hash.bytes[2] % 8);
    folder_put(name, text, size);
}

static void read_root(const uint8_t *data, size_t size, bool answer, bool hashed)
{
    struct lt_root_file file, again;
    char reason[LT_ROOT_REASON_MAX] = "", path[FOLDER_PATH_MAX];
    size_t sizes[2];
    memset(&file, UNTOUCHED, sizeof(file));
    if (hashed)
        put_hashed("root", data, size, "check", 8);
    else
        folder_put("root", data, size);
    folder_path("root", path);
    if (lt_root_file_read(path, answer, &file, reason) != LT_OK) {
        FUZZ_CHECK(reason[0] != '\0' && untouched(&file, sizeof(file)));
        return;
    }
    FUZZ_CHECK(file.key_count >= 1 && file.key_count <= LT_ROOT_KEYS_MAX);
    folder_drop("root");
    FUZZ_CHECK(lt_root_file_write(path, &file, reason) == LT_OK);
    char *first = folder_get("root", &sizes[0]);
    FUZZ_CHECK(lt_root_file_read(path, answer, &again, reason) == LT_OK);
    folder_drop("root");
    FUZZ_CHECK(lt_root_file_write(path, &again, reason) == LT_OK);
    char *second = folder_get("root", &sizes[1]);
    FUZZ_CHECK(sizes[0] == sizes[1] && memcmp(first, second, sizes[0]) == 0);
    flip_in("root", first, sizes[0], "\ncheck ");
    FUZZ_CHECK(lt_root_file_read(path, answer, &again, reason) != LT_OK);
    free(first);
    free(second);
}

static void read_manifest(const uint8_t *data, size_t size, bool hashed)
{
    struct lt_manifest manifest, again;
    char reason[LT_BACKUP_REASON_MAX] = "";
    size_t sizes[2];
    memset(&manifest, UNTOUCHED, sizeof(manifest));
    if (hashed)
        put_hashed("manifest", data, size, "end", 32);
    else
        folder_put("manifest", data, size);
    if (lt_manifest_read(folder_dir(), &manifest, reason) != LT_OK) {
        FUZZ_CHECK(reason[0] != '\0' && untouched(&manifest, sizeof(manifest)));
        return;
    }
    FUZZ_CHECK(manifest.file_count >= 1 && manifest.file_count <= LT_BACKUP_FILES_MAX);
    for (size_t i = 0; i < manifest.file_count; i++) {
        const char *name = manifest.files[i].name;
        FUZZ_CHECK(name[0] != '/' && name[0] != '\0' && strstr(name, "..") == NULL);
    }
    FUZZ_CHECK(lt_manifest_write(folder_dir(), &manifest, reason) == LT_OK);
    char *first = folder_get("manifest", &sizes[0]);
    FUZZ_CHECK(lt_manifest_read(folder_dir(), &again, reason) == LT_OK);
    FUZZ_CHECK(lt_manifest_write(folder_dir(), &again, reason) == LT_OK);
    char *second = folder_get("manifest", &sizes[1]);
    FUZZ_CHECK(sizes[0] == sizes[1] && memcmp(first, second, sizes[0]) == 0);
    flip_in("manifest", first, sizes[0], "\nend ");
    FUZZ_CHECK(lt_manifest_read(folder_dir(), &again, reason) != LT_OK);
    free(first);
    free(second);
}

/* ---- Others ---- */

static void read_key(const uint8_t *data, size_t size)
{
    struct lt_key key;
    struct lt_secret secret;
    uint8_t seed[32], told[32];
    char reason[200] = "", path[FOLDER_PATH_MAX];
    memset(&key, UNTOUCHED, sizeof(key));
    folder_put("a.key", data, size);
    folder_path("a.key", path);
    if (lt_key_file_load(path, &key, &secret, reason) != LT_OK) {
        FUZZ_CHECK(reason[0] != '\0' && untouched(&key, sizeof(key)));
        return;
    }
    FUZZ_CHECK(lt_seed_file_load(path, seed, reason) == LT_OK && size == 65);
    char hex[65];
    memcpy(hex, data, 64);
    hex[64] = '\0';
    FUZZ_CHECK(lt_unhex(hex, told, sizeof(told)) == LT_OK && memcmp(told, seed, 32) == 0);
}

static void read_code(const uint8_t *data, size_t size)
{
    struct lt_join_code parsed;
    char code[LT_JOIN_CODE_MAX], text[LT_JOIN_TEXT_MAX] = "", path[FOLDER_PATH_MAX];
    memset(code, UNTOUCHED, sizeof(code));
    folder_put("code.txt", data, size);
    folder_path("code.txt", path);
    if (lt_join_code_load(path, code, text) == LT_OK) {
        FUZZ_CHECK(lt_join_code_parse(code, &parsed) == LT_OK);
    } else {
        FUZZ_CHECK(text[0] != '\0' && untouched(code, sizeof(code)));
    }
}

static void read_state(const uint8_t *data, size_t size)
{
    struct lt_contact contact, again;
    folder_put("state.json", data, size);
    lt_contact_load(folder_dir(), &contact);
    FUZZ_CHECK(lt_contact_save(folder_dir(), &contact) == LT_OK);
    lt_contact_load(folder_dir(), &again);
    FUZZ_CHECK(memcmp(&contact, &again, sizeof(contact)) == 0);
}

static void read_switch(const uint8_t *data, size_t size, bool hashed)
{
    static const char name[] = "releases/switch";
    struct lt_switch state, again;
    char path[FOLDER_PATH_MAX];
    size_t sizes[2];
    bool changed;
    folder_path("releases", path);
    FUZZ_CHECK(mkdir(path, 0700) == 0 || errno == EEXIST);
    memset(&state, UNTOUCHED, sizeof(state));
    if (hashed)
        put_hashed(name, data, size, "check", 8);
    else
        folder_put(name, data, size);
    if (lt_switch_load(folder_dir(), &state) != LT_OK) {
        FUZZ_CHECK(untouched(&state, sizeof(state)));
        return;
    }
    char *first = folder_get(name, &sizes[0]);
    FUZZ_CHECK(lt_switch_save(folder_dir(), &state) == LT_OK);
    char *second = folder_get(name, &sizes[1]);
    FUZZ_CHECK(sizes[0] == sizes[1] && memcmp(first, second, sizes[0]) == 0);
    free(second);
    flip_in(name, first, sizes[0], "\ncheck ");
    FUZZ_CHECK(lt_switch_load(folder_dir(), &again) == LT_CORRUPT);
    free(first);
    FUZZ_CHECK(state.trying.number == 0 || state.trying.number > state.kept.number);
    again = state;
    if (lt_switch_choose(&again, 0, 86400, &changed) == &again.trying)
        lt_switch_keep(&again);
    else if (state.trying.number != 0) /* what was gone back from is never tried again */
        FUZZ_CHECK(!lt_switch_may_try(&again, state.trying.number, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CONFIG, REQUEST, ANSWER, MANIFEST, KEY, CODE, STATE, SWITCH };
    if (size < 1)
        return 0;
    FUZZ_CHECK(sodium_init() >= 0);
    const bool hashed = (data[0] & HASHED) != 0;
    const unsigned kind = data[0] % HASHED;
    data++;
    size--;
    if (kind == CONFIG)
        read_config(data, size);
    else if (kind == REQUEST || kind == ANSWER)
        read_root(data, size, kind == ANSWER, hashed);
    else if (kind == MANIFEST)
        read_manifest(data, size, hashed);
    else if (kind == KEY)
        read_key(data, size);
    else if (kind == CODE)
        read_code(data, size);
    else if (kind == STATE)
        read_state(data, size);
    else if (kind == SWITCH)
        read_switch(data, size, hashed);
    return 0;
}
