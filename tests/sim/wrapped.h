/* wrapped.h - the functions that the linker puts in the place of those that the program calls (--wrap), and the ones
 * behind them. The list that the linker is given is in CMakeLists.txt. */
#ifndef LT_SIM_WRAPPED_H
#define LT_SIM_WRAPPED_H

#include <lmdb.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "agent/contact.h"
#include "agent/journal_store.h"
#include "hub/store.h"
#include "agent/daemon.h"
#include "agent/env.h"

/* machine.c */
enum lt_result __wrap_lt_env_open(const char *dir, const struct lt_table_spec *tables,
                                  size_t table_count, uint32_t format, bool read_only,
                                  struct lt_env **ret_env, char ret_reason[200]);
enum lt_result __real_lt_env_open(const char *dir, const struct lt_table_spec *tables,
                                  size_t table_count, uint32_t format, bool read_only,
                                  struct lt_env **ret_env, char ret_reason[200]);
void __wrap_lt_env_close(struct lt_env *env);
void __real_lt_env_close(struct lt_env *env);
uint64_t __wrap_lt_env_disk_free(const struct lt_env *env);
struct lt_txn *__wrap_lt_txn_begin(struct lt_env *env, bool write);
struct lt_txn *__real_lt_txn_begin(struct lt_env *env, bool write);
enum lt_result __wrap_lt_txn_commit(struct lt_txn *txn);
enum lt_result __real_lt_txn_commit(struct lt_txn *txn);
void __wrap_lt_txn_abort(struct lt_txn *txn);
void __real_lt_txn_abort(struct lt_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __real_mdb_env_set_mapsize(MDB_env *env, size_t size);
int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);
int __real_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode);

/* threads.c */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*begin)(void *), void *argument);
int __wrap_pthread_join(pthread_t thread, void **ret_value);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock);
int __real_pthread_rwlock_unlock(pthread_rwlock_t *lock);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_broadcast(pthread_cond_t *condition);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_eventfd(unsigned count, int flags);
ssize_t __wrap_read(int fd, void *ret_bytes, size_t size);
ssize_t __real_read(int fd, void *ret_bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __wrap_close(int fd);
int __real_close(int fd);

/* system.c */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now);
time_t __wrap_time(time_t *ret_now);
time_t __real_time(time_t *ret_now);
int __wrap_fsync(int fd);
int __wrap_flock(int fd, int operation);
enum lt_result __wrap_lt_contact_save(const char *dir, const struct lt_contact *contact);
void __wrap_lt_journal_drop_book(struct lt_journal *journal);
void __real_lt_journal_drop_book(struct lt_journal *journal);
void __wrap_lt_daemon_log(enum lt_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void __wrap_lt_daemon_trim(void);
void __wrap_lt_hub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
void __wrap_lt_hub_announce(const char *line);
struct lt_gate;
enum lt_result __wrap_lt_gate_prove(struct lt_gate *gate, char ret_reason[200]);

/* alone.c */
enum lt_result __wrap_lt_journal_sign(struct lt_journal *journal, const struct lt_keys *keys,
                                      int64_t wall_time, struct lt_hash *ret_update,
                                      bool *ret_more);
enum lt_result __real_lt_journal_sign(struct lt_journal *journal, const struct lt_keys *keys,
                                      int64_t wall_time, struct lt_hash *ret_update,
                                      bool *ret_more);

/* signatures.c */
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *bytes,
                                       unsigned long long size, const unsigned char *key);
int __real_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *bytes,
                                       unsigned long long size, const unsigned char *key);

/* threads.c: of connections */
int __wrap_shutdown(int fd, int how);
int __wrap_getpeername(int fd, struct sockaddr *ret_address, socklen_t *size);
int __wrap_getsockopt(int fd, int level, int option, void *ret_value, socklen_t *size);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size);

/* planted.c */
void __wrap_lt_store_overlaps(struct lt_store_txn *txn, const struct lt_run *runs, size_t count,
                              struct lt_runs *ret_runs);
void __real_lt_store_overlaps(struct lt_store_txn *txn, const struct lt_run *runs, size_t count,
                              struct lt_runs *ret_runs);
enum lt_result __wrap_lt_update_verify(const struct lt_update *update);
enum lt_result __real_lt_update_verify(const struct lt_update *update);
void __wrap_lt_log_tips(struct lt_txn *txn, const struct lt_chain *chain, struct lt_tips *ret_tips);
void __real_lt_log_tips(struct lt_txn *txn, const struct lt_chain *chain, struct lt_tips *ret_tips);
unsigned __wrap_lt_place_distance(const struct lt_place *place, const struct lt_place *above);
unsigned __real_lt_place_distance(const struct lt_place *place, const struct lt_place *above);
struct lt_parent *__wrap_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store);
struct lt_parent *__real_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store);
bool __wrap_gate_restored(struct lt_gate *gate, struct lt_bytes receipt);
bool __real_gate_restored(struct lt_gate *gate, struct lt_bytes receipt);
enum lt_result __wrap_lt_journal_import(struct lt_journal *journal, const struct lt_import *import,
                                        const struct lt_draft *drafts, size_t count);
enum lt_result __real_lt_journal_import(struct lt_journal *journal, const struct lt_import *import,
                                        const struct lt_draft *drafts, size_t count);
enum lt_result __wrap_lt_batch_add(struct batch *batch, const struct draft_row *draft,
                                   const struct lt_record_id *record, bool in_batch, bool unseen,
                                   uint32_t *ret_index);
enum lt_result __real_lt_batch_add(struct batch *batch, const struct draft_row *draft,
                                   const struct lt_record_id *record, bool in_batch, bool unseen,
                                   uint32_t *ret_index);
enum lt_result __wrap_lt_journal_store(struct lt_journal *journal, struct lt_bytes bytes,
                                       struct lt_chain *ret_chain);
enum lt_result __real_lt_journal_store(struct lt_journal *journal, struct lt_bytes bytes,
                                       struct lt_chain *ret_chain);
bool __wrap_lt_receipt_lacking(struct lt_journal *journal, struct lt_txn *txn,
                               const struct lt_statement *statement, uint64_t **ret_positions,
                               size_t *ret_count);
bool __real_lt_receipt_lacking(struct lt_journal *journal, struct lt_txn *txn,
                               const struct lt_statement *statement, uint64_t **ret_positions,
                               size_t *ret_count);
bool __wrap_lt_row_draft_of_ref(struct lt_txn *txn, const struct lt_row_ref *ref,
                                uint64_t *ret_number);
bool __real_lt_row_draft_of_ref(struct lt_txn *txn, const struct lt_row_ref *ref,
                                uint64_t *ret_number);

#endif
