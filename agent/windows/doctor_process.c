/* doctor: who else is at work on this folder. Windows says of no lock who holds it: the store's and the agent's own are tried. */
#include "agent/daemon.h"
#include "agent/doctor.h"
#include "agent/text.h"
#include "agent/windows/service_control.h"
#include "agent/windows/wide.h"

void lt_doctor_become_owner(const char *dir)
{
    (void)dir; /* administrators may read what SYSTEM and the user have */
}

size_t lt_doctor_holders(const struct lt_doctor *doctor, const char *name)
{
    char path[PATH_MAX];
    int fd = snprintf(path, sizeof(path), "%s/%s", doctor->dir, name) < (int)sizeof(path)
                 ? open(path, O_RDWR)
                 : -1;
    if (fd < 0)
        return 0;
    const bool held = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held ? 1 : 0;
}

void lt_doctor_processes(struct lt_doctor *doctor, bool runs)
{
    enum lt_service_state service = LT_SERVICE_ABSENT;
    if (!runs) {
        (void)lt_service_control_state(&service);
        lt_doctor_say(doctor, LT_LOOK_PROCESS, LT_DOUBTFUL,
                      service == LT_SERVICE_ABSENT
                          ? lt_text("chạy `lienthong-agent service install`, rồi `lienthong-agent "
                                    "service start`",
                                    "run `lienthong-agent service install`, then `lienthong-agent "
                                    "service start`")
                          : lt_text("chạy `lienthong-agent service start`",
                                    "run `lienthong-agent service start`"),
                      "%s",
                      lt_text("chương trình không chạy: không có gì được gửi",
                              "it does not run: nothing is sent"));
        return;
    }
    lt_doctor_say(doctor, LT_LOOK_PROCESS, LT_HEALTHY, NULL, "%s", lt_text("đang chạy", "it runs"));
}

void lt_doctor_unit(struct lt_doctor *doctor, const char *unit)
{
    (void)doctor;
    (void)unit;
}
