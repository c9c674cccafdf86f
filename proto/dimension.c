#include "proto/dimension.h"

#include <string.h>

static const char *outside_name(uint8_t outside)
{
    return outside == 0 ? "" : outside == 1 ? "outside" : (const char *)NULL;
}

static const struct {
    const char *name;
    const char *(*spell)(uint8_t);
} dimensions[LT_DIM_COUNT] = {
    [LT_DIM_PLACE] = {"place", NULL},
    [LT_DIM_YEAR] = {"year", NULL},
    [LT_DIM_MONTH] = {"month", NULL},
    [LT_DIM_KIND] = {"kind", lt_kind_name},
    [LT_DIM_CODE] = {"code", NULL},
    [LT_DIM_LEVEL] = {"level", lt_level_name},
    [LT_DIM_TYPE] = {"type", lt_type_name},
    [LT_DIM_RECIPIENT] = {"recipient", lt_recipient_name},
    [LT_DIM_CATEGORY] = {"category", lt_category_name},
    [LT_DIM_SEX] = {"sex", lt_sex_name},
    [LT_DIM_FIELD] = {"field", NULL},
    [LT_DIM_MOVEMENT] = {"movement", NULL},
    [LT_DIM_NATURE] = {"nature", lt_nature_name},
    [LT_DIM_STATUS] = {"status", lt_status_name},
    [LT_DIM_QUARTER] = {"quarter", NULL},
    [LT_DIM_HALF] = {"half", NULL},
    [LT_DIM_SUBMITTED] = {"submitted", lt_submitted_name},
    [LT_DIM_POSTHUMOUS] = {"posthumous", lt_posthumous_name},
    [LT_DIM_SCOPE] = {"scope", lt_scope_name},
    [LT_DIM_LENGTH] = {"length", lt_length_name},
    [LT_DIM_METHOD] = {"method", lt_method_name},
    [LT_DIM_OUTSIDE] = {"outside", outside_name},
};

const char *lt_dimension_name(enum lt_dimension dimension)
{
    return dimensions[dimension].name;
}

bool lt_dimension_find(const char *name, size_t size, enum lt_dimension *ret_dimension)
{
    for (size_t i = 0; i < LT_DIM_COUNT; i++)
        if (strlen(dimensions[i].name) == size && memcmp(dimensions[i].name, name, size) == 0) {
            *ret_dimension = (enum lt_dimension)i;
            return true;
        }
    return false;
}

bool lt_dimension_listed(enum lt_dimension dimension)
{
    return dimensions[dimension].spell != NULL;
}

bool lt_dimension_counted(enum lt_dimension dimension)
{
    return dimension == LT_DIM_MONTH || dimension == LT_DIM_QUARTER || dimension == LT_DIM_HALF;
}

const char *lt_dimension_spell(enum lt_dimension dimension, uint8_t value)
{
    const char *spelling =
        dimensions[dimension].spell == NULL ? NULL : dimensions[dimension].spell(value);
    return spelling == NULL ? "" : spelling;
}

uint8_t lt_dimension_value(enum lt_dimension dimension, const char *spelling)
{
    return lt_dimension_listed(dimension) ? lt_name_value(dimensions[dimension].spell, spelling)
                                          : 0;
}
