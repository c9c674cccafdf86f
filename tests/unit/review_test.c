/* The year-end text, of tests/unit/form_world.h and of a district's published review. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/text.h"
#include "hub/review.h"
#include "tests/unit/form_world.h"

static int begin(void **state)
{
    static struct world world;
    char *dir = world_dir();
    struct lt_ledger *ledger = form_ledger(&world, dir);
    /* Huyện Cần Giuộc, 2020: the figures of its review. */
    struct lt_hash tip;
    struct say review[] = {
        form_state("HC_LD_1", COLLECTIVE, 0, MERIT, 0, 2, 1),
        form_state("CO_CP", COLLECTIVE, 0, MERIT, 0, 2, 1),
        form_own("BK_BT", "80", COLLECTIVE, 0, MERIT, 35, 1),
        form_own("BK_BT", "80", INDIVIDUAL, 0, MERIT, 61, 2),
        form_own("GK", NULL, COLLECTIVE, 0, MERIT, 298, 1),
        form_own("GK", NULL, INDIVIDUAL, 0, MERIT, 1454, 1),
        form_own("GK", NULL, INDIVIDUAL, 0, MERIT, 3, 1), /* decided in 2021 */
        form_own("GK", NULL, INDIVIDUAL, 0, MERIT, 9, 1), /* revoked */
        form_movement("Chào mừng bầu cử", 4, 2, 0, 0, true),
        {.pledge = true, .movement = "Khối 1", .year = 2020},
        {.pledge = true, .movement = "Khối 2", .year = 2020},
        {.pledge = true, .movement = "Khối 3", .year = 2021},
        {.exemplar = true, .quantity = 4, .year = 2020}, /* of what kind is not stated */
    };
    for (size_t i = 0; i < sizeof review / sizeof review[0]; i++) {
        if (review[i].code != NULL || review[i].launched != 0)
            review[i].year = 2020;
        if (review[i].date != 0)
            review[i].date = form_day(i == 6 ? 2021 : 2020, 12, 1);
    }
    review[7].status = 2;
    form_report(ledger, &world, "807", 1, &tip, review, sizeof review / sizeof review[0]);
    lt_ledger_close(ledger);
    world_free(&world);
    *state = dir;
    return 0;
}

static int end(void **state)
{
    world_remove(*state);
    return 0;
}

static void expect(const char *dir, const char *place, const char *year, bool decided,
                   const char *expected)
{
    struct lt_ledger *ledger;
    struct lt_figures_query query = {.decided = decided};
    struct lt_review review;
    char reason[400] = "", told[4000] = "";
    size_t used = 0;
    assert_int_equal(lt_ledger_open(dir, true, &ledger, reason), LT_OK);
    assert_int_equal(lt_figures_parse_year(year, &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(ledger), place, &query, reason), LT_OK);
    assert_int_equal(lt_review_make(ledger, &query, &review, reason), LT_OK);
    for (size_t i = 0; i < review.count; i++)
        used += (size_t)snprintf(told + used, sizeof told - used, "%s%s\n",
                                 review.lines[i].heading ? "# " : "", review.lines[i].text);
    assert_string_equal(told, expected);
    assert_int_equal(review.empty, review.count == 0);
    lt_review_clear(&review);
    lt_ledger_close(ledger);
}

static void a_published_review(void **state)
{
    lt_text_language("vi");
    expect(*state, "807", "2020", false,
           "# Khen thưởng cấp Nhà nước\n"
           "CO_CP: 2 tập thể; cấp quyết định chưa xác nhận 2\n"
           "HC_LD_1: 2 tập thể; cấp quyết định chưa xác nhận 2\n"
           "# Khen thưởng cấp tỉnh\n"
           "Bằng khen của Chủ tịch UBND tỉnh: 35 tập thể, 61 cá nhân; cấp quyết định chưa xác "
           "nhận 96\n"
           "# Khen thưởng cấp huyện\n"
           "Giấy khen của Chủ tịch UBND huyện: 298 tập thể, 1.457 cá nhân\n"
           "# Phong trào thi đua\n"
           "Phát động 1: Chào mừng bầu cử\n"
           "# Điển hình tiên tiến\n"
           "4 điển hình\n"
           "# Khối, cụm thi đua\n"
           "Ký giao ước thi đua: 2 khối, cụm\n"
           "Ký giao ước thi đua năm 2021: 1 khối, cụm\n");
}

static void by_decision_movements_stay(void **state)
{
    lt_text_language("en");
    expect(*state, "807", "2020", true,
           "# Of the State\n"
           "CO_CP: 2 collectives; not confirmed by who decided: 2\n"
           "HC_LD_1: 2 collectives; not confirmed by who decided: 2\n"
           "# Of the province\n"
           "Diploma of Merit of the province: 35 collectives, 61 individuals; not confirmed by who "
           "decided: 96\n"
           "# Of districts\n"
           "Certificate of Merit of the district: 298 collectives, 1,454 individuals\n"
           "# Movements\n"
           "Launched 1: Chào mừng bầu cử\n"
           "# Exemplars\n"
           "4 exemplars\n"
           "# Blocs and clusters\n"
           "Pledges signed: 2\n"
           "Pledges signed for 2021: 1\n");
}

static void other_kinds_and_enterprises(void **state)
{
    lt_text_language("vi");
    expect(*state, "28159", "2024", false,
           "# Khen thưởng cấp xã\n"
           "Giấy khen của Chủ tịch UBND xã: 20 tập thể, 30 cá nhân\n"
           "# Phong trào thi đua\n"
           "Phát động 1: Xanh sạch đẹp\n"
           "# Điển hình tiên tiến\n"
           "90 cá nhân\n"
           "# Khối, cụm thi đua\n"
           "Ký giao ước thi đua: 1 khối, cụm\n");
    expect(*state, "30", "2024", false, "");
}

static void a_movement_has_the_name_that_its_code_was_given(void **state)
{
    struct lt_ledger *ledger;
    struct lt_figures_query query = {0};
    struct lt_review review;
    char reason[400] = "";
    bool found = false;
    lt_text_language("vi");
    assert_int_equal(lt_ledger_open(*state, true, &ledger, reason), LT_OK);
    assert_int_equal(lt_figures_parse_year("2024", &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(ledger), "80", &query, reason), LT_OK);
    assert_int_equal(lt_review_make(ledger, &query, &review, reason), LT_OK);
    for (size_t i = 0; i < review.count; i++)
        found = found ||
                strcmp(review.lines[i].text, "Hưởng ứng 1: Cả nước chung tay vì người nghèo") == 0;
    assert_true(found);
    lt_review_clear(&review);
    lt_ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_published_review),
        cmocka_unit_test(by_decision_movements_stay),
        cmocka_unit_test(other_kinds_and_enterprises),
        cmocka_unit_test(a_movement_has_the_name_that_its_code_was_given),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
