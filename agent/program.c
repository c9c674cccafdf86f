#include "agent/program.h"

#include <errno.h>
#ifdef LT_STATIC
#include <nss.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/json_whole.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "agent/text.h"

int lt_program_begin(void)
{
    if (!lt_program_has_standard()) {
        return LT_EXIT_FAILED;
    }
#ifdef LT_STATIC
    /* What nsswitch.conf names would be loaded from a system whose libraries are not these. */
    (void)__nss_configure_lookup("hosts", "files dns");
    (void)__nss_configure_lookup("passwd", "files");
    (void)__nss_configure_lookup("group", "files");
#endif
    lt_json_begin();
    return LT_EXIT_OK;
}

bool lt_program_may_colour(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return (no == NULL || no[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
           isatty(STDOUT_FILENO) == 1;
}

int lt_program_end(int code)
{
    lt_progress_clear();
    code = lt_json_end(code);
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return code;
    }
    fprintf(stderr, "%s%s%s\n",
            lt_text("không ghi được hết kết quả ra màn hình hoặc tệp",
                    "not all of the output could be written"),
            errno != 0 ? ": " : "", errno != 0 ? lt_text_errno(errno) : "");
    return LT_EXIT_FAILED;
}
