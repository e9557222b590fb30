#include "ssh_share.h"

#include "map.h"
#include "thread.h"
#include "vec.h"

#include <pthread.h>

#define SHARE_TICK_MS 100

typedef struct Kept {
    SshOutput output;
    uint64_t changes; /* before its reading */
} Kept;

/* The output of ssh for a file and a host. */
typedef struct ConfigText {
    Str text;
    bool is_busy; /* a call produces it */
} ConfigText;

struct SshShare {
    Arena *arena; /* holds the share itself */
    const Ssh *ssh;
    pthread_mutex_t lock; /* guards all below; the pool guards itself */
    pthread_cond_t changed;
    size_t clients;
    SshPool *pool;     /* NULL without clients */
    Arena *outputs;    /* holds what follows; NULL without clients */
    Map kept;          /* output_key → Kept */
    VEC(Str) readings; /* machines */
    uint64_t changes;  /* commands that may have changed a machine */
    Map configs;       /* file and host → ConfigText */
};

SshShare *ssh_share_open(const Ssh *ssh) {
    Arena *arena = arena_open("ssh share");
    SshShare *share = arena_new(arena, SshShare);
    share->arena = arena;
    share->ssh = ssh;
    share->configs = map_new(arena);
    CHECK(pthread_mutex_init(&share->lock, NULL) == 0);
    CHECK(pthread_cond_init(&share->changed, NULL) == 0);
    return share;
}

void ssh_share_close(SshShare *share) {
    if (!share)
        return;
    CHECK(share->clients == 0);
    pthread_cond_destroy(&share->changed);
    pthread_mutex_destroy(&share->lock);
    arena_close(share->arena);
}

void ssh_share_enter(SshShare *share) {
    LOCKED(&share->lock);
    if (share->clients == 0) {
        share->pool = ssh_pool_open(share->ssh);
        share->outputs = arena_open("ssh outputs");
        share->kept = map_new(share->outputs);
    }
    share->clients++;
}

void ssh_share_leave(SshShare *share) {
    SshPool *pool = NULL;
    pthread_mutex_lock(&share->lock);
    CHECK(share->clients > 0);
    share->clients--;
    if (share->clients == 0) {
        CHECK(share->readings.count == 0);
        pool = share->pool;
        share->pool = NULL;
        arena_close(share->outputs);
        share->outputs = NULL;
        share->kept = (Map){0};
        share->readings.items = NULL;
        share->readings.capacity = 0;
    }
    pthread_mutex_unlock(&share->lock);
    ssh_pool_close(pool);
}

SshPool *ssh_share_pool(const SshShare *share) {
    return share->pool;
}

static Str output_key(Str machine, Str name, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(name), STR_ARG(machine));
}

/* Returns the output, or NULL if there is none or it is outdated. The share is locked. */
static const SshOutput *share_find(const SshShare *share, Str key, int64_t min_at_ms) {
    const Kept *kept = map_find(&share->kept, key);
    bool is_good = kept && kept->changes == share->changes && kept->output.at_ms >= min_at_ms;
    return is_good ? &kept->output : NULL;
}

/* Returns the index of the machine's reading, or SIZE_MAX. The share is locked. */
static size_t find_reading(const SshShare *share, Str machine) {
    for (size_t i = 0; i < share->readings.count; i++) {
        if (str_equal(share->readings.items[i], machine))
            return i;
    }
    return SIZE_MAX;
}

bool ssh_share_recall(SshShare *share, const SshRecall *wanted, SshOutput *out,
                      SshReading *reading) {
    SCOPED(ArenaRef) scratch = arena_open("ssh recall");
    Str key = output_key(wanted->machine, wanted->name, scratch);
    LOCKED(&share->lock);
    const SshOutput *found = share_find(share, key, wanted->min_at_ms);
    int64_t waited_ms = 0;
    while (!found && find_reading(share, wanted->machine) != SIZE_MAX &&
           ssh_pool_has_time(&wanted->timeout, waited_ms)) {
        thread_wait(&share->changed, &share->lock, SHARE_TICK_MS);
        waited_ms += SHARE_TICK_MS;
        found = share_find(share, key, wanted->min_at_ms);
    }
    if (found) {
        *out = *found; /* its memory stays until the last client leaves */
    } else if (find_reading(share, wanted->machine) == SIZE_MAX) {
        *reading = (SshReading){str_clone(wanted->machine, share->outputs), share->changes};
        vec_push(share->outputs, &share->readings, reading->machine);
    }
    return found != NULL;
}

void ssh_share_keep(SshShare *share, const SshReading *reading, Str name, SshOutput output) {
    if (!reading->machine.len)
        return;
    LOCKED(&share->lock);
    Kept *kept = arena_new(share->outputs, Kept);
    *kept = (Kept){{str_clone(output.text, share->outputs), output.at_ms}, reading->changes};
    map_set(&share->kept, output_key(reading->machine, name, share->outputs), kept);
}

void ssh_share_end(SshShare *share, SshReading *reading) {
    if (!reading->machine.len)
        return;
    pthread_mutex_lock(&share->lock);
    size_t at = find_reading(share, reading->machine);
    CHECK(at != SIZE_MAX);
    share->readings.items[at] = share->readings.items[share->readings.count - 1];
    share->readings.count--;
    pthread_cond_broadcast(&share->changed);
    pthread_mutex_unlock(&share->lock);
    *reading = (SshReading){0};
}

void ssh_share_discard(SshShare *share) {
    LOCKED(&share->lock);
    share->changes++;
}

bool ssh_share_claim_config(SshShare *share, Str key, Str *out) {
    LOCKED(&share->lock);
    ConfigText *found = map_find(&share->configs, key);
    if (!found) {
        found = arena_new(share->arena, ConfigText);
        map_set(&share->configs, str_clone(key, share->arena), found);
    }
    while (found->is_busy)
        thread_wait(&share->changed, &share->lock, SHARE_TICK_MS);
    *out = found->text; /* its memory stays until the share is closed */
    found->is_busy = found->text.len == 0;
    return !found->is_busy;
}

void ssh_share_keep_config(SshShare *share, Str key, Str text) {
    LOCKED(&share->lock);
    ConfigText *kept = map_find(&share->configs, key);
    kept->text = str_clone(text, share->arena);
    kept->is_busy = false;
    pthread_cond_broadcast(&share->changed);
}
