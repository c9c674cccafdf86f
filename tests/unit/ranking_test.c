/* Rankings of a cluster: stages, tellers, ties, stated beside computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "hub/ranking.h"

enum { PROVINCE, CAO_LANH, SA_DEC, HONG_NGU, LAP_VO, PLACES };
static struct lt_place places[PLACES];

static int begin(void **state)
{
    static const char *const codes[PLACES] = {"87", "866", "867", "868", "875"};
    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        memset(&places[i], 0, sizeof places[i]);
        assert_int_equal(lt_unit_make(codes[i], 0, &places[i].unit), LT_OK);
        places[i].parent = i == PROVINCE ? NULL : &places[PROVINCE];
    }
    return 0;
}

static struct lt_told_score told(size_t member, size_t teller, int64_t final, uint32_t rank)
{
    return (struct lt_told_score){.member = &places[member],
                                  .teller = &places[teller],
                                  .managing = &places[PROVINCE],
                                  .lead = &places[CAO_LANH],
                                  .cluster = "Cụm thi đua số 1",
                                  .movement = "",
                                  .year = 2020,
                                  .has_final = final >= 0,
                                  .final = final >= 0 ? final : 0,
                                  .rank = rank};
}

static const struct lt_ranking *only(struct lt_rankings *rankings)
{
    assert_true(lt_rankings_settle(rankings));
    assert_int_equal(lt_rankings_count(rankings), 1);
    return lt_rankings_at(rankings, 0);
}

static void add(struct lt_rankings *rankings, struct lt_told_score score)
{
    assert_true(lt_rankings_add(rankings, &score));
}

/* The third published review: two members with points, general; one by ballot in a movement. */
static void the_published_cluster(void **state)
{
    struct lt_rankings *rankings = lt_rankings_new();
    struct lt_told_score theme = told(CAO_LANH, CAO_LANH, -1, 1);
    (void)state;
    theme.movement = "Chỉnh trang đô thị";
    add(rankings, theme);
    add(rankings, told(SA_DEC, CAO_LANH, 94372, 2));
    struct lt_told_score first = told(HONG_NGU, CAO_LANH, 95793, 1);
    first.cluster = "Cụm 1"; /* the same cluster */
    add(rankings, first);
    assert_true(lt_rankings_settle(rankings));
    assert_int_equal(lt_rankings_count(rankings), 2);
    const struct lt_ranking *general = lt_rankings_at(rankings, 0);
    assert_string_equal(general->movement, "");
    assert_int_equal(general->count, 2);
    assert_ptr_equal(general->rows[0].member, &places[HONG_NGU]);
    assert_int_equal(general->rows[0].total, 95793);
    assert_int_equal(general->rows[0].rank, 1);
    assert_int_equal(general->rows[1].computed, 2);
    const struct lt_ranking *thematic = lt_rankings_at(rankings, 1);
    assert_int_equal(thematic->count, 1);
    assert_false(thematic->rows[0].has_total);
    assert_int_equal(thematic->rows[0].computed, 0);
    assert_int_equal(thematic->rows[0].rank, 1);
    lt_rankings_free(rankings);
}

static void ties_share_a_rank(void **state)
{
    struct lt_rankings *rankings = lt_rankings_new();
    (void)state;
    add(rankings, told(CAO_LANH, PROVINCE, 9000, 0));
    add(rankings, told(SA_DEC, PROVINCE, 9500, 0));
    add(rankings, told(HONG_NGU, PROVINCE, 9500, 0));
    add(rankings, told(LAP_VO, PROVINCE, -1, 0));
    const struct lt_ranking *ranking = only(rankings);
    const uint32_t ranks[] = {1, 1, 3, 0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(ranking->rows[i].rank, ranks[i]);
    assert_ptr_equal(ranking->rows[3].member, &places[LAP_VO]);
    lt_rankings_free(rankings);
}

static void a_stated_rank_prevails(void **state)
{
    struct lt_rankings *rankings = lt_rankings_new();
    (void)state;
    add(rankings, told(CAO_LANH, PROVINCE, 9000, 1));
    add(rankings, told(SA_DEC, PROVINCE, 9500, 2));
    const struct lt_ranking *ranking = only(rankings);
    assert_ptr_equal(ranking->rows[0].member, &places[CAO_LANH]);
    assert_int_equal(ranking->rows[0].rank, 1);
    assert_int_equal(ranking->rows[0].computed, 2);
    assert_int_equal(ranking->rows[1].computed, 1);
    lt_rankings_free(rankings);
}

/* Bonus may carry a total beyond the maximum; a final that holds it already is not raised again. */
static void bonus_and_penalty(void **state)
{
    struct lt_rankings *rankings = lt_rankings_new();
    struct lt_told_score beside = told(CAO_LANH, PROVINCE, 9700, 0);
    struct lt_told_score within = told(SA_DEC, PROVINCE, 10600, 0);
    struct lt_told_score verified = told(HONG_NGU, PROVINCE, -1, 0);
    (void)state;
    beside.bonus = within.bonus = verified.bonus = 1000;
    within.has_verified = verified.has_verified = true;
    within.verified = 9650;
    verified.verified = 9600;
    within.penalty = 50;
    add(rankings, beside);
    add(rankings, within);
    add(rankings, verified);
    const struct lt_ranking *ranking = only(rankings);
    assert_int_equal(ranking->rows[0].total, 10700);
    assert_int_equal(ranking->rows[1].total, 10600);
    assert_int_equal(ranking->rows[2].total, 10600);
    lt_rankings_free(rankings);
}

/* The member scores himself, the lead verifies, the managing unit ends it; whoever is told first. */
static void each_stage_has_its_teller(void **state)
{
    struct lt_told_score scores[3] = {told(SA_DEC, SA_DEC, 9999, 1), told(SA_DEC, CAO_LANH, -1, 0),
                                      told(SA_DEC, PROVINCE, 9400, 2)};
    (void)state;
    scores[0].has_self = scores[1].has_self = scores[1].has_verified = true;
    scores[0].self_scored = 9900;
    scores[1].self_scored = 9800;
    scores[1].verified = 9500;
    for (size_t turn = 0; turn < 3; turn++) {
        struct lt_rankings *rankings = lt_rankings_new();
        for (size_t i = 0; i < 3; i++)
            add(rankings, scores[(i + turn) % 3]);
        const struct lt_ranked *row = &only(rankings)->rows[0];
        assert_int_equal(row->self_scored.points, 9900);
        assert_true(row->self_scored.differs);
        assert_ptr_equal(row->self_scored.by, &places[SA_DEC]);
        assert_int_equal(row->verified.points, 9500);
        assert_int_equal(row->final.points, 9400);
        assert_true(row->final.differs);
        assert_ptr_equal(row->final.by, &places[PROVINCE]);
        assert_int_equal(row->stated, 2);
        assert_true(row->stated_differs);
        assert_int_equal(row->total, 9400);
        lt_rankings_free(rankings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_published_cluster, begin),
        cmocka_unit_test_setup(ties_share_a_rank, begin),
        cmocka_unit_test_setup(a_stated_rank_prevails, begin),
        cmocka_unit_test_setup(bonus_and_penalty, begin),
        cmocka_unit_test_setup(each_stage_has_its_teller, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
