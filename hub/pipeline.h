/* pipeline.h - from a message to a durable commit: verify workers, then one writer.
 *
 * Jobs leave in the order in which they came, however the workers finish, so that parents stay before
 * their children. While the writer commits one group the next one gathers: a commit costs two flushes
 * whatever is in it. The queue is bounded in jobs and bytes; who feeds it either looks for room first
 * (the gate, which then stops reading its socket) or waits (everyone else).
 *
 * What this hub itself directs is answered when it is durable and judged by afterwards, once, when no other
 * word of it follows in a moment: a command that says ten updates costs one judging.
 *
 * `done` is called by the writer's thread once a group with jobs whose answers are filled in; it takes
 * them over and frees each with lt_job_free (any thread). */
#ifndef LT_PIPELINE_H
#define LT_PIPELINE_H

#include "hub/ledger.h"

enum lt_source {
    LT_FROM_CHILD, /* pushed to the gate */
    LT_FROM_PARENT, /* fetched by the relay */
    LT_FROM_SELF, /* this hub's own directive */
    LT_FROM_BUNDLE, /* carried here in a file */
};

struct lt_pipeline;

struct lt_job {
    enum lt_source source;
    bool is_receipt; /* `bytes` is a Receipt of a hub above, else an update */
    uint32_t peer; /* of a child, for the answer */
    uint64_t session;
    uint8_t *bytes; /* malloc'ed, owned by the job */
    size_t size;
    /* answers */
    bool durable_failed; /* the group as a whole could not be stored: try again later */
    struct lt_arrival arrival; /* of an update; arrival.result is the answer of both kinds */
    bool opened; /* arrival.update can be read */
    uint64_t receipt_number;
    uint64_t worked_us; /* of the writer's processor: its group's, in equal parts */
    struct lt_statement statement; /* of a receipt */
    /* private to the pipeline */
    bool sound; /* passed the worker: goes to the writer */
    struct lt_arena *arena;
    struct lt_pipeline *pipeline;
    void *owner; /* the feeder's own mark */
    struct lt_job *next; /* the feeder's, while it holds the job */
    uint64_t turn; /* the gate's: whose it is */
};

typedef void lt_jobs_done(void *context, struct lt_job **jobs, size_t count);

struct lt_pipeline_config {
    struct lt_ledger *ledger;
    unsigned workers; /* 0: one a processor */
    size_t jobs_max; /* waiting and in work; rounded up to a power of two */
    size_t bytes_max;
    /* Of one commit; workers run ahead of the writer by as many jobs and no more, since a job that was
     * read holds an arena. */
    size_t group_jobs_max, group_bytes_max;
    lt_jobs_done *done;
    void *context;
};

/* LT_NO_MEMORY, LT_IO (no threads). */
enum lt_result lt_pipeline_start(const struct lt_pipeline_config *config,
                                 struct lt_pipeline **ret_pipeline);
/* Takes nothing more, finishes all that it has taken and ends its threads; jobs can still be freed. */
void lt_pipeline_stop(struct lt_pipeline *pipeline);
/* After stop, and after the last job was freed. NULL is ignored. */
void lt_pipeline_free(struct lt_pipeline *pipeline);

/* A job of bytes that it takes over (also on failure). NULL: out of memory. */
struct lt_job *lt_job_new(struct lt_pipeline *pipeline, enum lt_source source, bool is_receipt,
                          uint8_t *bytes, size_t size);
void lt_job_free(struct lt_job *job);

/* Is there room for one more batch? The answer holds until the one who asks has fed his batch: bounds
 * may be passed by one batch for each feeder, never by more. */
bool lt_pipeline_room(struct lt_pipeline *pipeline, size_t jobs);
/* Takes the jobs over; waits for room when there is none. False, and the jobs are freed: stopped. */
bool lt_pipeline_feed(struct lt_pipeline *pipeline, struct lt_job *const *jobs, size_t count);

struct lt_pipeline_counts {
    size_t waiting_jobs, waiting_bytes;
    uint64_t groups, stored, known, refused, failed_groups;
};
void lt_pipeline_counts(struct lt_pipeline *pipeline, struct lt_pipeline_counts *ret_counts);

#endif
