#include "tests/cluster/nonsense.h"

#include <string.h>

enum { ROOM = 512 * 1024, HASHES = 4096, DEPTH_MAX = 12 };

static uint64_t state;
static struct lt_hash hashes[HASHES];
static uint64_t seqs[HASHES];
static size_t hash_count;
static bool calm; /* this message is as a reader takes it, whatever it says */

void nonsense_seed(uint64_t seed)
{
    state = seed;
}

uint64_t nonsense_below(uint64_t below)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

bool nonsense_once_in(uint64_t times)
{
    return nonsense_below(times) == 0;
}

void nonsense_remember(const struct lt_hash *id, uint64_t seq)
{
    hashes[hash_count % HASHES] = *id;
    seqs[hash_count++ % HASHES] = seq;
}

uint64_t nonsense_seq_of(const struct lt_hash *id)
{
    for (size_t i = 0; i < HASHES && i < hash_count; i++)
        if (lt_hash_cmp(&hashes[i], id) == 0)
            return seqs[i];
    return 0;
}

struct lt_hash nonsense_hash(uint64_t *ret_seq)
{
    struct lt_hash hash;
    const size_t known = hash_count < HASHES ? hash_count : HASHES;
    if (known > 0 && !nonsense_once_in(8)) {
        const size_t at = nonsense_below(known);
        *ret_seq = seqs[at];
        return hashes[at];
    }
    memset(&hash, (int)nonsense_below(256), sizeof(hash));
    *ret_seq = 0;
    return hash;
}

/* What no reader takes. */
static bool odd_once_in(uint64_t times)
{
    return !calm && nonsense_once_in(times);
}

/* ---- Bytes ---- */

struct out {
    uint8_t *bytes;
    size_t size, room;
};

static void put(struct out *out, const void *bytes, size_t size)
{
    if (size > out->room - out->size)
        return;
    if (size > 0)
        memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void put_varint(struct out *out, uint64_t value)
{
    uint8_t bytes[10];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (uint8_t)(value | 0x80);
    bytes[size++] = (uint8_t)value;
    put(out, bytes, size);
}

static void put_span(struct out *out, uint32_t number, const void *bytes, size_t size)
{
    put_varint(out, (uint64_t)number << 3 | 2);
    put_varint(out, size);
    put(out, bytes, size);
}

/* ---- Values ---- */

/* Numbers that refer to a table, or count months or years, by name. */
static uint64_t number_of(const ProtobufCFieldDescriptor *field)
{
    static const uint64_t odd[] = {
        1,          127,  128,       UINT32_MAX, INT32_MAX, (uint64_t)INT64_MAX,
        UINT64_MAX, 4096, 300000000, 300000001};
    const char *name = field->name;
    if (odd_once_in(25))
        return odd[nonsense_below(sizeof(odd) / sizeof(odd[0]))];
    if (strcmp(name, "to") == 0 || strcmp(name, "year") == 0)
        return 2018 + nonsense_below(5);
    if (strcmp(name, "from") == 0 || strcmp(name, "valid_from") == 0 ||
        strcmp(name, "valid_to") == 0)
        return nonsense_once_in(4) ? 2 * (20000 + nonsense_below(600)) : 0;
    if (strcmp(name, "date") == 0 || strcmp(name, "due") == 0)
        return 2 * (18000 + nonsense_below(1000));
    if (strcmp(name, "op") == 0 && calm)
        return 1 + nonsense_below(2);
    if (strcmp(name, "body_version") == 0 || strcmp(name, "protocol") == 0)
        return 1;
    return nonsense_below(4);
}

static void put_text(struct out *out, const ProtobufCFieldDescriptor *field)
{
    static const char *const codes[] = {"28165", "28162", "VN", "80", "GK", "LDTT", "BKTTG"},
                             *const words[] = {"",
                                               "Nguyễn Thị Ế",
                                               "15/QĐ-UBND",
                                               "Cụm thi đua số 1",
                                               "Nông thôn mới",
                                               "tcp://hub.example:7400",
                                               "giáo dục"},
                             *const odd[] = {"\x01", "\xed\xa0\x80", "a\nb",
                                             "\xff", "=1+1",         "e\xcc\x81\xcc\x81\xcc\x81"};
    char long_text[1200];
    const char *text = words[nonsense_below(sizeof(words) / sizeof(words[0]))];
    if (strcmp(field->name, "code") == 0)
        text = codes[nonsense_below(sizeof(codes) / sizeof(codes[0]))];
    if (odd_once_in(40))
        text = odd[nonsense_below(sizeof(odd) / sizeof(odd[0]))];
    if (odd_once_in(60)) {
        memset(long_text, 'x', sizeof(long_text));
        long_text[nonsense_below(sizeof(long_text))] = '\0';
        long_text[sizeof(long_text) - 1] = '\0';
        text = long_text;
    }
    put_span(out, field->id, text, strlen(text));
}

static void put_blob(struct out *out, const ProtobufCFieldDescriptor *field)
{
    static const size_t sizes[] = {32, 32, 32, 32, 64, 16, 0, 31, 33, 80, 24};
    uint8_t bytes[96];
    uint64_t seq;
    const struct lt_hash hash = nonsense_hash(&seq);
    memset(bytes, 7, sizeof(bytes));
    memcpy(bytes, hash.bytes, sizeof(hash.bytes));
    size_t size = odd_once_in(10) ? sizes[nonsense_below(sizeof(sizes) / sizeof(sizes[0]))] : 32;
    if (strstr(field->name, "signature") != NULL && !odd_once_in(20))
        size = 64;
    if ((strcmp(field->name, "instance") == 0 || strcmp(field->name, "incarnation") == 0) &&
        !odd_once_in(20))
        size = 16;
    if (strcmp(field->name, "box_secret") == 0 || strcmp(field->name, "sealed") == 0)
        size = 80;
    put_span(out, field->id, bytes, size);
}

static void put_message(struct out *out, const ProtobufCMessageDescriptor *descriptor,
                        unsigned depth);

static void put_inner(struct out *out, const ProtobufCFieldDescriptor *field, unsigned depth)
{
    uint8_t *bytes = out->bytes + out->size + 16; /* behind its own tag and length */
    if (out->room - out->size < 4096 || depth == DEPTH_MAX)
        return;
    struct out inner = {.bytes = bytes, .room = (out->room - out->size - 16) / 2};
    put_message(&inner, field->descriptor, depth + 1);
    uint8_t head[16];
    struct out tag = {.bytes = head, .room = sizeof(head)};
    put_varint(&tag, (uint64_t)field->id << 3 | 2);
    put_varint(&tag, inner.size);
    memmove(out->bytes + out->size + tag.size, bytes, inner.size);
    memcpy(out->bytes + out->size, head, tag.size);
    out->size += tag.size + inner.size;
}

static void put_value(struct out *out, const ProtobufCFieldDescriptor *field, unsigned depth)
{
    const uint64_t fixed = number_of(field);
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        put_text(out, field);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        put_blob(out, field);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        put_inner(out, field, depth);
    } else if (field->type == PROTOBUF_C_TYPE_FIXED64) {
        put_varint(out, (uint64_t)field->id << 3 | 1);
        put(out, &fixed, sizeof(fixed));
    } else {
        put_varint(out, (uint64_t)field->id << 3);
        put_varint(out, field->type == PROTOBUF_C_TYPE_BOOL ? fixed & 1 : fixed);
    }
}

static bool is_packed(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED && field->type != PROTOBUF_C_TYPE_STRING &&
           field->type != PROTOBUF_C_TYPE_BYTES && field->type != PROTOBUF_C_TYPE_MESSAGE;
}

static void put_packed(struct out *out, const ProtobufCFieldDescriptor *field, size_t count)
{
    uint8_t bytes[1024];
    struct out list = {.bytes = bytes, .room = sizeof(bytes)};
    for (size_t i = 0; i < count; i++) {
        const uint64_t value = number_of(field);
        if (field->type == PROTOBUF_C_TYPE_FIXED64)
            put(&list, &value, sizeof(value));
        else
            put_varint(&list, value);
    }
    put_span(out, field->id, bytes, list.size);
}

/* ---- Messages ---- */

/* Of what excludes each other, one; else each of them mostly. */
static bool is_there(const ProtobufCMessageDescriptor *descriptor, unsigned index, unsigned chosen,
                     bool takes_back)
{
    const ProtobufCFieldDescriptor *field = &descriptor->fields[index];
    if (strcmp(descriptor->short_name, "Directive") == 0)
        return index == chosen;
    if (strcmp(descriptor->short_name, "Change") != 0)
        return (calm && (field->type == PROTOBUF_C_TYPE_MESSAGE ||
                         field->type == PROTOBUF_C_TYPE_BYTES || field->id == 1)) ||
               !nonsense_once_in(8);
    if (field->id >= 10)
        return index == chosen && !takes_back;
    return strcmp(field->name, "op") == 0       ? takes_back || odd_once_in(6)
           : strcmp(field->name, "record") == 0 ? takes_back || nonsense_once_in(6)
                                                : nonsense_once_in(3);
}

/* The tables of a body have what 1 to 3 refer to. */
static size_t how_many(const ProtobufCFieldDescriptor *field)
{
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return odd_once_in(100) ? 2 : 1;
    if (strcmp(field->name, "units") == 0 || strcmp(field->name, "decisions") == 0 ||
        strcmp(field->name, "imports") == 0)
        return odd_once_in(10) ? 0 : 3;
    if (strcmp(field->name, "tips") == 0 || strcmp(field->name, "cut") == 0)
        return nonsense_below(2); /* they have to ascend */
    return odd_once_in(20) ? 70 : nonsense_below(4);
}

static unsigned choose(const ProtobufCMessageDescriptor *descriptor)
{
    unsigned first = 0;
    while (strcmp(descriptor->short_name, "Change") == 0 && first < descriptor->n_fields &&
           descriptor->fields[first].id < 10)
        first++;
    return first + (unsigned)nonsense_below(descriptor->n_fields - first);
}

static void put_message(struct out *out, const ProtobufCMessageDescriptor *descriptor,
                        unsigned depth)
{
    const unsigned chosen = choose(descriptor);
    const bool takes_back = nonsense_once_in(4);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        if (!is_there(descriptor, i, chosen, takes_back))
            continue;
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const size_t count = how_many(field);
        if (is_packed(field))
            put_packed(out, field, count);
        for (size_t k = 0; k < count && !is_packed(field); k++)
            put_value(out, field, depth);
    }
    if (odd_once_in(100))
        put_span(out, 1000, "new", 3); /* of a version to come */
}

struct lt_bytes nonsense_message(const ProtobufCMessageDescriptor *descriptor)
{
    static uint8_t room[ROOM];
    struct out out = {.bytes = room, .room = LT_UPDATE_BYTES_MAX};
    calm = nonsense_below(3) > 0;
    put_message(&out, descriptor, 0);
    if (out.size > 0 && odd_once_in(20))
        out.size = nonsense_below(out.size); /* cut off */
    return (struct lt_bytes){room, out.size};
}
