#include <string.h>

#include "proto/judge.h"

#define NAME_IN(list, value)                                                                       \
    ((value) < sizeof(list) / sizeof((list)[0]) ? (list)[(value)] : (const char *)NULL)

const char *lt_level_name(uint8_t level)
{
    static const char *const names[] = {"",         "state",   "ministry", "province",
                                        "district", "commune", "base"};
    return NAME_IN(names, level);
}

const char *lt_type_name(uint8_t type)
{
    static const char *const names[] = {"",         "merit",    "movement",
                                        "thematic", "ad_hoc",   "contribution",
                                        "tenure",   "external", "resistance"};
    return NAME_IN(names, type);
}

const char *lt_recipient_name(uint8_t recipient)
{
    static const char *const names[] = {"", "collective", "enterprise", "household", "individual"};
    return NAME_IN(names, recipient);
}

const char *lt_category_name(uint8_t category)
{
    static const char *const names[] = {"",         "leader_province", "leader_department",
                                        "business", "manager",         "worker"};
    return NAME_IN(names, category);
}

const char *lt_sex_name(uint8_t sex)
{
    static const char *const names[] = {"", "female", "male"};
    return NAME_IN(names, sex);
}

const char *lt_status_name(uint8_t status)
{
    static const char *const names[] = {
        [0] = "",
        [LT_STATUS_DECIDED] = "decided",
        [LT_STATUS_REVOKED] = "revoked",
        [LT_STATUS_PENDING] = "pending",
        [LT_STATUS_GRANTED] = "granted",
        [LT_STATUS_REFUSED] = "refused",
        [LT_STATUS_LAUNCH] = "launch",
        [LT_STATUS_RESPONSE] = "response",
        [LT_STATUS_COMPLETE] = "complete",
        [LT_STATUS_NIL] = "nil",
    };
    return NAME_IN(names, status);
}

const char *lt_nature_name(uint8_t nature)
{
    static const char *const names[] = {"",           "administrative", "agency", "school",
                                        "enterprise", "organisation",   "forces"};
    return NAME_IN(names, nature);
}

const char *lt_kind_name(uint8_t kind)
{
    static const char *const names[] = {"",       "award", "proposal", "movement",
                                        "pledge", "score", "exemplar", "declaration"};
    return NAME_IN(names, kind);
}

const char *lt_submitted_name(uint8_t submitted)
{
    static const char *const names[] = {"", "ministry", "province"};
    return NAME_IN(names, submitted);
}

const char *lt_posthumous_name(uint8_t posthumous)
{
    static const char *const names[] = {"", "posthumous"};
    return NAME_IN(names, posthumous);
}

const char *lt_scope_name(uint8_t scope)
{
    static const char *const names[] = {"", "national", "locality", "cluster", "unit"};
    return NAME_IN(names, scope);
}

const char *lt_length_name(uint8_t length)
{
    static const char *const names[] = {"", "under_1", "1", "1_to_3", "3_to_5", "5_and_over"};
    return NAME_IN(names, length);
}

const char *lt_method_name(uint8_t method)
{
    static const char *const names[] = {"", "thematic", "regular"};
    return NAME_IN(names, method);
}

const char *lt_unit_level_name(uint8_t level)
{
    static const char *const names[] = {"", "nation", "province", "district", "commune", "base"};
    return NAME_IN(names, level);
}

uint8_t lt_name_value(const char *(*name_of)(uint8_t), const char *name)
{
    for (uint8_t value = 1; value < UINT8_MAX && name_of(value) != NULL; value++) {
        if (strcmp(name_of(value), name) == 0)
            return value;
    }
    return 0;
}
