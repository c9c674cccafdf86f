/* tsan.c - a data race that ThreadSanitizer must find, also where a library that it does not look at calls us. */
#include <pthread.h>
#include <stdio.h>
#include <zmq.h>

enum { OFTEN = 1000 /* of what happens once not all is seen */ };

/* Apart, since of eight bytes only the last few accesses are remembered. */
static _Alignas(64) int counted;
static _Alignas(64) int freed;

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < OFTEN; i++) {
        counted++; /* found: data race */
    }
    return NULL;
}

/* libzmq's, when a message goes. */
static void gone(void *bytes, void *unused)
{
    (void)bytes;
    (void)unused;
    freed++; /* found: data race */
}

static void *send_one(void *unused)
{
    static char bytes[100];
    zmq_msg_t message;
    (void)unused;
    for (int i = 0; i < OFTEN; i++) {
        zmq_msg_init_data(&message, bytes, sizeof(bytes), gone, NULL);
        zmq_msg_close(&message);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[4];
    void *(*const work[4])(void *) = {count, count, send_one, send_one};
    for (int i = 0; i < 4; i++) {
        if (pthread_create(&threads[i], NULL, work[i], NULL) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%d %d\n", counted, freed);
    return 0;
}
