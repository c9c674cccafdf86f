/* As a store is opened that is too large to be looked through (docs/decisions/0027): rows are checked as they are read, and
 * no more. What is SILENT or has CRASHED then is what the look is for: a campaign that finds nothing here is blind. */
#include "agent/env_check.h"

enum lt_result __wrap_lt_env_check(MDB_env *raw, const struct lt_table_spec *tables,
                                   size_t table_count, enum lt_check_extent extent,
                                   const atomic_bool *stop, char ret_reason[200]);
enum lt_result __wrap_lt_env_check(MDB_env *raw, const struct lt_table_spec *tables,
                                   size_t table_count, enum lt_check_extent extent,
                                   const atomic_bool *stop, char ret_reason[200])
{
    (void)raw, (void)tables, (void)table_count, (void)extent, (void)stop;
    ret_reason[0] = '\0';
    return LT_OK;
}
