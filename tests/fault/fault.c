/* fault.c - makes the nth call of a kind fail, in a program that is else as it is released.
 *
 * Linked into `faulty-agent` and `faulty-hub`. Environment:
 *   LT_FAULT=KIND:N:ERRNO    the Nth call of KIND (from 1) fails with that number; `N+`: it and all after it
 *   LT_FAULT_COUNT=FILE      writes at the end how many calls of each kind there were, a line each
 *
 * Kinds, and what is counted:
 *   alloc   malloc, calloc, realloc, strdup and streams made, by our code (linker: --wrap)
 *   store   LMDB's functions called by our code that take memory or change the store (--wrap)
 *   file    open, read, write, sync, rename … called by our code or by LMDB (defined here, before the C library's)
 *   short   read, write, pread, pwrite of these: half of what was asked
 *   frame   ZeroMQ's functions called by our code that can fail for want of something (--wrap)
 *   thread  pthread_create by our code (--wrap)
 * What other libraries call for themselves is left alone: libzmq ends the program when its own calls fail.
 * Any thread. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zmq.h>

enum kind { ALLOC, STORE, FILES, SHORT, FRAME, THREAD, KINDS };
static const char *const names[KINDS] = {"alloc", "store", "file", "short", "frame", "thread"};

static atomic_ulong counts[KINDS];
static enum kind fail_kind = KINDS;
static unsigned long fail_at;
static bool for_ever;
static int fail_errno;
static struct {
    uintptr_t from, to;
} ours[16];
static size_t our_count;

/* ---- Set-up and end ---- */

static int note_module(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size, (void)context;
    bool is_ours = info->dlpi_name[0] == '\0' || strstr(info->dlpi_name, "liblmdb") != NULL;
    for (int i = 0; is_ours && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0 &&
            our_count < sizeof(ours) / sizeof(ours[0])) {
            ours[our_count].from = info->dlpi_addr + part->p_vaddr;
            ours[our_count++].to = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        }
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *told = getenv("LT_FAULT");
    char kind[16];
    if (told != NULL && sscanf(told, "%15[a-z]:%lu", kind, &fail_at) == 2) {
        for (int i = 0; i < KINDS; i++) {
            if (strcmp(kind, names[i]) == 0) {
                fail_kind = (enum kind)i;
            }
        }
        for_ever = strstr(told, "+:") != NULL;
        fail_errno = atoi(strrchr(told, ':') + 1);
        if (fail_kind == KINDS) {
            fprintf(stderr, "LT_FAULT: '%s' is no kind\n", kind);
            abort();
        }
    }
    dl_iterate_phdr(note_module, NULL);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("LT_FAULT_COUNT");
    fail_kind = KINDS;
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    for (int i = 0; file != NULL && i < KINDS; i++) {
        fprintf(file, "%s %lu\n", names[i], atomic_load(&counts[i]));
    }
    if (file != NULL) {
        fclose(file);
    }
}

/* Counts; true: this call is to fail, and errno is set. */
static bool fails(enum kind kind)
{
    unsigned long number = atomic_fetch_add(&counts[kind], 1) + 1;
    if (kind != fail_kind || number < fail_at || (number > fail_at && !for_ever)) {
        return false;
    }
    errno = fail_errno;
    return true;
}

static bool is_ours(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    for (size_t i = 0; i < our_count; i++) {
        if (at >= ours[i].from && at < ours[i].to) {
            return true;
        }
    }
    return false;
}

#define FILE_FAILS (is_ours(__builtin_return_address(0)) && fails(FILES))
#define IS_SHORT   (is_ours(__builtin_return_address(0)) && fails(SHORT))

/* The function of that name that would have been called without this file. */
#define NEXT(type, name)                                                                           \
    static __typeof__(type) *next;                                                                 \
    if (next == NULL) {                                                                            \
        *(void **)&next = dlsym(RTLD_NEXT, name);                                                  \
    }

/* ---- Memory ---- */

#define WRAP(kind, bad, type, name, parameters, arguments)                                         \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(kind) ? (bad) : __real_##name arguments;                                      \
    }

WRAP(ALLOC, NULL, void *, malloc, (size_t size), (size))
WRAP(ALLOC, NULL, void *, calloc, (size_t count, size_t size), (count, size))
WRAP(ALLOC, NULL, void *, realloc, (void *old, size_t size), (old, size))
WRAP(ALLOC, NULL, char *, strdup, (const char *text), (text))
WRAP(ALLOC, NULL, FILE *, open_memstream, (char **text, size_t *size), (text, size))

/* ---- The store: its functions return the error ---- */

WRAP(STORE, errno, int, mdb_env_create, (MDB_env * *env), (env))
WRAP(STORE, errno, int, mdb_env_open,
     (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode), (env, path, flags, mode))
WRAP(STORE, errno, int, mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
WRAP(STORE, errno, int, mdb_env_copyfd, (MDB_env * env, mdb_filehandle_t fd), (env, fd))
WRAP(STORE, errno, int, mdb_txn_begin,
     (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **txn), (env, parent, flags, txn))
WRAP(STORE, errno, int, mdb_dbi_open,
     (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *dbi), (txn, name, flags, dbi))
WRAP(STORE, errno, int, mdb_put,
     (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags),
     (txn, dbi, key, data, flags))
WRAP(STORE, errno, int, mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data),
     (txn, dbi, key, data))
WRAP(STORE, errno, int, mdb_drop, (MDB_txn * txn, MDB_dbi dbi, int del), (txn, dbi, del))
WRAP(STORE, errno, int, mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **cursor),
     (txn, dbi, cursor))
WRAP(STORE, errno, int, mdb_cursor_put,
     (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags), (cursor, key, data, flags))
WRAP(STORE, errno, int, mdb_cursor_del, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

/* A commit that fails ends the transaction, as LMDB's own does. */
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (fails(STORE)) {
        int error = errno;
        mdb_txn_abort(txn);
        return error;
    }
    return __real_mdb_txn_commit(txn);
}

/* ---- Frames and threads ---- */

WRAP(FRAME, NULL, void *, zmq_ctx_new, (void), ())
WRAP(FRAME, NULL, void *, zmq_socket, (void *context, int type), (context, type))
WRAP(FRAME, -1, int, zmq_setsockopt, (void *socket, int option, const void *value, size_t size),
     (socket, option, value, size))
WRAP(FRAME, -1, int, zmq_bind, (void *socket, const char *endpoint), (socket, endpoint))
WRAP(FRAME, -1, int, zmq_connect, (void *socket, const char *endpoint), (socket, endpoint))
WRAP(FRAME, -1, int, zmq_socket_monitor, (void *socket, const char *endpoint, int events),
     (socket, endpoint, events))
WRAP(FRAME, -1, int, zmq_send, (void *socket, const void *bytes, size_t size, int flags),
     (socket, bytes, size, flags))
WRAP(FRAME, -1, int, zmq_msg_send, (zmq_msg_t * message, void *socket, int flags),
     (message, socket, flags))
WRAP(FRAME, -1, int, zmq_msg_init_size, (zmq_msg_t * message, size_t size), (message, size))

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                          void *argument)
{
    return fails(THREAD) ? errno : __real_pthread_create(thread, how, run, argument);
}

/* ---- Files ---- */

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    NEXT(int(const char *, int, ...), "open")
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return FILE_FAILS ? -1 : next(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;
    NEXT(int(int, const char *, int, ...), "openat")
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return FILE_FAILS ? -1 : next(folder, path, flags, mode);
}

#define FAIL_FILE(bad, type, name, parameters, arguments)                                          \
    type name parameters                                                                           \
    {                                                                                              \
        NEXT(type parameters, #name)                                                               \
        return FILE_FAILS ? (bad) : next arguments;                                                \
    }
#define FAIL_OR_SHORTEN(name, parameters, arguments)                                               \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        NEXT(ssize_t parameters, #name)                                                            \
        if (FILE_FAILS) {                                                                          \
            return -1;                                                                             \
        }                                                                                          \
        if (size > 1 && IS_SHORT) {                                                                \
            size /= 2;                                                                             \
        }                                                                                          \
        return next arguments;                                                                     \
    }

FAIL_OR_SHORTEN(read, (int fd, void *bytes, size_t size), (fd, bytes, size))
FAIL_OR_SHORTEN(write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
FAIL_OR_SHORTEN(pread, (int fd, void *bytes, size_t size, off_t at), (fd, bytes, size, at))
FAIL_OR_SHORTEN(pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size, at))
FAIL_FILE(-1, ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FAIL_FILE(-1, int, fsync, (int fd), (fd))
FAIL_FILE(-1, int, fdatasync, (int fd), (fd))
FAIL_FILE(-1, int, ftruncate, (int fd, off_t size), (fd, size))
FAIL_FILE(-1, int, rename, (const char *from, const char *to), (from, to))
FAIL_FILE(-1, int, link, (const char *from, const char *to), (from, to))
FAIL_FILE(-1, int, linkat, (int a, const char *from, int b, const char *to, int flags),
          (a, from, b, to, flags))
FAIL_FILE(-1, int, renameat2, (int a, const char *from, int b, const char *to, unsigned flags),
          (a, from, b, to, flags))
FAIL_FILE(-1, int, unlink, (const char *path), (path))
FAIL_FILE(-1, int, mkdir, (const char *path, mode_t mode), (path, mode))
FAIL_FILE(-1, int, mkfifo, (const char *path, mode_t mode), (path, mode))
FAIL_FILE(-1, int, mkostemp, (char *path, int flags), (path, flags))
FAIL_FILE(-1, int, fstat, (int fd, struct stat *status), (fd, status))
FAIL_FILE(-1, int, pipe2, (int fds[2], int flags), (fds, flags))
FAIL_FILE(-1, int, eventfd, (unsigned value, int flags), (value, flags))
FAIL_FILE(NULL, FILE *, fopen, (const char *path, const char *mode), (path, mode))
FAIL_FILE(NULL, FILE *, fdopen, (int fd, const char *mode), (fd, mode))
FAIL_FILE(EOF, int, fflush, (FILE * file), (file))
