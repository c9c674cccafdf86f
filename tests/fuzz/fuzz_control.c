/* fuzz_control.c - a request on the hub's control socket, as any program of the same user may send it: taken or
 * dropped, and answered with the bytes that were handed in. What a frame says is what was read. */
#include <sys/socket.h>
#include <sys/un.h>

#include "hub/control.h"
#include "tests/fuzz/folder.h"

enum { REQUEST_MAX = 64 * 1024, HEAD_BYTES = 5 };

static int listening(void)
{
    static int fd = -1;
    char reason[200] = "";
    if (fd < 0)
        FUZZ_CHECK(lt_control_listen(folder_dir(), &fd, reason) == LT_OK);
    return fd;
}

static int connect_to(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/control", folder_dir());
    FUZZ_CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
    return fd;
}

/* The answer is the request. */
static void check_answer(int fd, const uint8_t *payload, size_t size)
{
    uint8_t *bytes = malloc(HEAD_BYTES + size + 1);
    FUZZ_CHECK(bytes);
    size_t got = 0;
    for (ssize_t more; (more = recv(fd, bytes + got, HEAD_BYTES + size + 1 - got, 0)) > 0;)
        got += (size_t)more;
    FUZZ_CHECK(got == HEAD_BYTES + size && bytes[4] == LT_REFUSED);
    FUZZ_CHECK(memcmp(bytes + HEAD_BYTES, payload, size) == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum lt_verb verb;
    uint8_t *payload;
    size_t payload_size;
    int server;
    if (size > REQUEST_MAX)
        return 0;
    const int listener = listening(), client = connect_to();
    FUZZ_CHECK(size == 0 || send(client, data, size, MSG_NOSIGNAL) == (ssize_t)size);
    FUZZ_CHECK(shutdown(client, SHUT_WR) == 0);
    if (lt_control_accept(listener, &server, &verb, &payload, &payload_size) == LT_OK) {
        FUZZ_CHECK(payload_size <= size - HEAD_BYTES && payload[payload_size] == '\0');
        FUZZ_CHECK((uint8_t)verb == data[4]);
        FUZZ_CHECK(memcmp(payload, data + HEAD_BYTES, payload_size) == 0);
        lt_control_answer(server, LT_REFUSED, (const char *)payload, payload_size);
        check_answer(client, data + HEAD_BYTES, payload_size);
        free(payload);
    }
    close(client);
    return 0;
}
