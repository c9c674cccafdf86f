/* Clusters, movements, obligations, closings, publications, moves and versions, checked before they are said. */
#include <stdio.h>
#include <string.h>

#include "proto/book_check_inner.h"

/* Named and there. */
static enum lt_result need_unit(const struct standing_check *check, const Lienthong__Unit *told,
                                const char *what, struct lt_unit *ret_unit)
{
    char sentence[80];
    const enum lt_result result = lt_check_unit(check, told, what, ret_unit);
    snprintf(sentence, sizeof(sentence), "%s is missing", what);
    return result == LT_NOT_FOUND ? lt_check_refuse(check, sentence, NULL) : result;
}

/* There, if it is named. */
static enum lt_result may_unit(const struct standing_check *check, const Lienthong__Unit *told,
                               const char *what)
{
    struct lt_unit unit;
    const enum lt_result result = lt_check_unit(check, told, what, &unit);
    return result == LT_NOT_FOUND ? LT_OK : result;
}

/* On some day of the year. */
static enum lt_result check_lived(const struct standing_check *check, const struct lt_unit *unit,
                                  int year)
{
    lt_day first, last, until = 0;
    lt_day_make(year, 1, 1, &first);
    lt_day_make(year, 12, 31, &last);
    lt_check_known(check, unit, &until);
    if ((unit->valid_from != 0 && unit->valid_from > last) || (until != 0 && until < first)) {
        char sentence[60];
        snprintf(sentence, sizeof(sentence), "the unit did not exist in %d", year);
        return lt_check_refuse(check, sentence, unit);
    }
    return LT_OK;
}

static enum lt_result check_kind(const struct standing_check *check, int kind)
{
    return kind >= 0 && kind <= (int)LIENTHONG__RECORD_KIND__KIND_DECLARATION
               ? LT_OK
               : lt_check_refuse(check, "the kind of records is unknown", NULL);
}

static enum lt_result check_period(const struct standing_check *check,
                                   const Lienthong__Period *told)
{
    struct lt_period period;
    if (told == NULL)
        return lt_check_refuse(check, "the period is missing", NULL);
    return lt_period_make(told, &period) == LT_OK
               ? LT_OK
               : lt_check_refuse(check, "the period is impossible", NULL);
}

/* ---- Clusters ---- */

static bool same_unit(const Lienthong__Unit *a, const Lienthong__Unit *b)
{
    return a->valid_from == b->valid_from && strcmp(a->code, b->code) == 0;
}

/* At most LT_MEMBERS_MAX: each with each is little. */
static enum lt_result check_members(const struct standing_check *check,
                                    const Lienthong__ClusterEntry *entry)
{
    bool leads = entry->lead == NULL;
    if (entry->n_members > LT_MEMBERS_MAX)
        return lt_check_refuse(check, "the cluster has more than 256 members", NULL);
    for (size_t i = 0; i < entry->n_members; i++) {
        struct lt_unit member;
        enum lt_result result = need_unit(check, entry->members[i], "a member", &member);
        for (size_t j = 0; j < i && result == LT_OK; j++) {
            if (same_unit(entry->members[j], entry->members[i]))
                result = lt_check_refuse(check, "the member stands twice", &member);
        }
        if (result == LT_OK)
            result = check_lived(check, &member, (int)entry->year);
        if (result != LT_OK)
            return result;
        leads = leads || same_unit(entry->lead, entry->members[i]);
    }
    struct lt_unit lead;
    if (leads)
        return LT_OK;
    const enum lt_result result = need_unit(check, entry->lead, "the lead", &lead);
    return result == LT_OK ? lt_check_refuse(check, "the lead is not a member", &lead) : result;
}

static enum lt_result check_cluster(const struct standing_check *check,
                                    const Lienthong__ClusterEntry *entry)
{
    struct lt_unit managing;
    if (entry->code[0] == '\0' && entry->name[0] == '\0')
        return lt_check_refuse(check, "the cluster has neither code nor name", NULL);
    if (entry->year < LT_YEAR_MIN || entry->year > LT_YEAR_MAX)
        return lt_check_refuse(check, "the cluster's year is missing or impossible", NULL);
    enum lt_result result = need_unit(check, entry->managing, "the managing unit", &managing);
    if (result == LT_OK)
        result = check_lived(check, &managing, (int)entry->year);
    return result == LT_OK ? check_members(check, entry) : result;
}

/* ---- Others ---- */

static enum lt_result check_movement(const struct standing_check *check,
                                     const Lienthong__MovementEntry *entry)
{
    struct lt_unit launcher;
    if (entry->code[0] == '\0' && entry->name[0] == '\0')
        return lt_check_refuse(check, "the movement has neither code nor name", NULL);
    if (entry->from != 0 && entry->to != 0 && entry->to < entry->from)
        return lt_check_refuse(check, "the movement ends before it begins", NULL);
    return need_unit(check, entry->launcher, "the launcher", &launcher);
}

static enum lt_result check_obligation(const struct standing_check *check,
                                       const Lienthong__Obligation *entry)
{
    enum lt_result result = check_period(check, entry->period);
    if (result == LT_OK)
        result = check_kind(check, (int)entry->kind);
    if (result == LT_OK)
        result = may_unit(check, entry->unit, "the unit");
    return result == LT_OK ? may_unit(check, entry->within, "the unit above") : result;
}

static enum lt_result check_parts(const struct standing_check *check, uint32_t part, uint32_t parts)
{
    if (part == 0 && parts == 0)
        return LT_OK;
    if (parts > LT_CUT_PARTS_MAX)
        return lt_check_refuse(check, "it has more than 256 parts", NULL);
    return part >= 1 && part <= parts
               ? LT_OK
               : lt_check_refuse(check, "the part's number is not one of 1 to the number of parts",
                                 NULL);
}

static enum lt_result check_chain(const struct standing_check *check,
                                  const Lienthong__ChainTips *told, struct lt_unit *ret_unit)
{
    const Lienthong__Chain *chain = told->chain;
    if (chain == NULL || chain->unit == NULL || (int)chain->stream != LT_STREAM_REPORT ||
        lt_unit_make(chain->unit->code, chain->unit->valid_from, ret_unit) != LT_OK)
        return lt_check_refuse(check, "the cut names a chain that is no report chain", NULL);
    for (size_t i = 0; i < told->n_tips; i++) {
        if (told->tips[i].len != sizeof(struct lt_hash))
            return lt_check_refuse(check, "the cut has a tip that is no update", ret_unit);
    }
    return told->n_tips <= LT_PARENTS_MAX
               ? LT_OK
               : lt_check_refuse(check, "the cut has more than 64 tips of", ret_unit);
}

static enum lt_result check_cut(const struct standing_check *check,
                                Lienthong__ChainTips *const *cut, size_t count)
{
    struct lt_unit before, unit;
    for (size_t i = 0; i < count; i++) {
        const enum lt_result result = check_chain(check, cut[i], &unit);
        if (result != LT_OK)
            return result;
        if (i > 0 && lt_unit_cmp(&before, &unit) >= 0)
            return lt_check_refuse(check, "the chains of the cut do not ascend at", &unit);
        before = unit;
    }
    return LT_OK;
}

static enum lt_result check_closing(const struct standing_check *check,
                                    const Lienthong__Closing *entry)
{
    enum lt_result result = check_period(check, entry->period);
    if (result == LT_OK)
        result = check_kind(check, (int)entry->kind);
    if (result == LT_OK)
        result = may_unit(check, entry->place, "the place");
    if (result == LT_OK)
        result = check_parts(check, entry->part, entry->parts);
    return result == LT_OK ? check_cut(check, entry->cut, entry->n_cut) : result;
}

static enum lt_result check_publication(const struct standing_check *check,
                                        const Lienthong__Publication *entry)
{
    if (entry->name[0] == '\0')
        return lt_check_refuse(check, "the publication has no name", NULL);
    if (entry->number > 0 && entry->part <= 1 && entry->cause[0] == '\0')
        return lt_check_refuse(check, "a restatement needs its cause", NULL);
    if (entry->directives.len != 0 && entry->directives.len != sizeof(struct lt_hash))
        return lt_check_refuse(check, "the digest of the directives is none", NULL);
    enum lt_result result = may_unit(check, entry->place, "the place");
    if (result == LT_OK)
        result = check_parts(check, entry->part, entry->parts);
    return result == LT_OK ? check_cut(check, entry->cut, entry->n_cut) : result;
}

static enum lt_result check_move(const struct standing_check *check, const Lienthong__Move *entry)
{
    struct lt_unit unit;
    if (entry->curve_key.len != 32)
        return lt_check_refuse(check, "the new parent's key is missing", NULL);
    if (entry->n_endpoints == 0)
        return lt_check_refuse(check, "the new parent's address is missing", NULL);
    const enum lt_result result = need_unit(check, entry->unit, "the unit", &unit);
    return result == LT_OK ? need_unit(check, entry->parent, "the new parent", &unit) : result;
}

static enum lt_result check_fallback(const struct standing_check *check,
                                     const Lienthong__Fallback *entry)
{
    if (entry->curve_key.len != 32 && entry->n_endpoints > 0)
        return lt_check_refuse(check, "the hub's key is missing", NULL);
    if (entry->after_s == 0 && entry->n_endpoints > 0)
        return lt_check_refuse(check, "after how long is missing", NULL);
    return entry->after_s <= LT_FALLBACK_AFTER_MAX_S
               ? LT_OK
               : lt_check_refuse(check, "it is to wait for more than a year", NULL);
}

/* What is announced is written by this program too, and must be readable here. */
static enum lt_result check_versions(const struct standing_check *check,
                                     const Lienthong__Versions *entry)
{
    char sentence[100];
    if (entry->body >= LT_BODY_VERSION_FIRST && entry->body <= LT_BODY_VERSION)
        return LT_OK;
    snprintf(sentence, sizeof(sentence),
             "body version %u is not one of %d to %d that this program knows", entry->body,
             LT_BODY_VERSION_FIRST, LT_BODY_VERSION);
    return lt_check_refuse(check, sentence, NULL);
}

static bool same_manifest(const struct lt_release *release, struct lt_bytes manifest)
{
    uint8_t packed[LT_MANIFEST_BYTES_MAX];
    size_t size;
    return lt_release_pack(release, packed, &size) == LT_OK && size == manifest.size &&
           memcmp(packed, manifest.data, size) == 0;
}

/* What would say nothing, or not what the operator thinks. */
static enum lt_result check_release(const struct standing_check *check,
                                    const Lienthong__Release *entry)
{
    const struct lt_bytes manifest = {entry->manifest.data, entry->manifest.len};
    const struct lt_standing_release *before = lt_book_release_now(check->book);
    struct lt_release release;
    struct lt_key key;
    struct lt_signature signature, root_signature;
    struct lt_roots roots;
    if (entry->percent > 100 || entry->key.len != sizeof(key) ||
        entry->signature.len != sizeof(signature) ||
        entry->root_signature.len != sizeof(root_signature) ||
        lt_release_open(manifest, &release) != LT_OK)
        return lt_check_refuse(check, "it is no release", NULL);
    memcpy(&key, entry->key.data, sizeof(key));
    memcpy(&signature, entry->signature.data, sizeof(signature));
    memcpy(&root_signature, entry->root_signature.data, sizeof(root_signature));
    lt_book_roots(check->book, &roots);
    if (!lt_release_signed(manifest, &key, &signature))
        return lt_check_refuse(check, "the manifest is not signed by the release key", NULL);
    if (!lt_release_key_signed(&key, entry->serial, &root_signature, &roots.root))
        return lt_check_refuse(check, "the release key is not signed by the root that counts here",
                               NULL);
    if (before == NULL)
        return LT_OK;
    if (before->serial > entry->serial)
        return lt_check_refuse(check, "a later release key has ended this one", NULL);
    if (before->serial == entry->serial && before->release.number > release.number)
        return lt_check_refuse(check, "a release with a greater number was said", NULL);
    if (before->release.number == release.number && !same_manifest(&before->release, manifest))
        return lt_check_refuse(check, "the number was said with other files", NULL);
    return LT_OK;
}

enum lt_result lt_check_item(const struct standing_check *check, const Lienthong__Directive *item)
{
    if (item->cluster != NULL)
        return check_cluster(check, item->cluster);
    if (item->movement != NULL)
        return check_movement(check, item->movement);
    if (item->obligation != NULL)
        return check_obligation(check, item->obligation);
    if (item->closing != NULL)
        return check_closing(check, item->closing);
    if (item->publication != NULL)
        return check_publication(check, item->publication);
    if (item->move != NULL)
        return check_move(check, item->move);
    if (item->fallback != NULL)
        return check_fallback(check, item->fallback);
    if (item->versions != NULL)
        return check_versions(check, item->versions);
    if (item->release != NULL)
        return check_release(check, item->release);
    return LT_OK;
}
