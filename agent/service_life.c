/* The unit's sign of life (proto/life.h): once a session, whether there is anything new or not. */
#include "agent/clock.h"
#include "agent/service_own.h"

void lt_service_sign_life(struct lt_service *service, uint64_t updates,
                          Lienthong__Report *ret_report)
{
    struct lt_sync_store store;
    struct lt_hash tips[LT_PARENTS_MAX];
    const struct lt_chain chain = {LT_STREAM_REPORT, service->site.unit};
    lt_journal_sync_store(service->journal, &store);
    service->life = (struct lt_life){.unit = service->site.unit,
                                     .key = service->keys.sign_public,
                                     .signed_at = lt_clock_wall(),
                                     .updates = updates};
    lt_life_tips(tips, store.tips(store.context, &chain, tips), &service->life.tips);
    lt_life_sign(&service->life, &service->keys.sign_secret);
    lt_life_to_wire(&service->life, &service->life_wire);
    service->life_wires[0] = &service->life_wire.life;
    ret_report->n_lives = 1;
    ret_report->lives = service->life_wires;
}
