/* Keeps idle sessions, found by a digest of all fields of the target. */
#include "ssh_pool.h"

#include "digest.h"
#include "vec.h"

#include <pthread.h>

#define KEY_SIZE 64

typedef struct Idle {
    SshSession *session;
    char key[KEY_SIZE];
} Idle;

typedef struct Absence {
    SshStatus status;
    SshProblem problem;
    char key[KEY_SIZE];
} Absence;

struct SshPool {
    Arena *arena; /* holds the pool itself */
    const Ssh *ssh;
    pthread_mutex_t lock;
    VEC(Idle) idle;
    VEC(Absence) absences;
};

SshPool *ssh_pool_open(const Ssh *ssh) {
    Arena *arena = arena_open("ssh pool");
    SshPool *pool = arena_new(arena, SshPool);
    pool->arena = arena;
    pool->ssh = ssh;
    CHECK(pthread_mutex_init(&pool->lock, NULL) == 0);
    return pool;
}

void ssh_pool_close(SshPool *pool) {
    if (!pool)
        return;
    vec_each(&pool->idle, entry) {
        pool->ssh->close(pool->ssh->self, entry->session);
    }
    pthread_mutex_destroy(&pool->lock);
    arena_close(pool->arena);
}

static void key_of(const SshTarget *target, char out[KEY_SIZE]) {
    SCOPED(ArenaRef) scratch = arena_open("ssh pool key");
    const Str parts[] = {target->host, target->user, target->host_key, target->private_key,
                         target->password};
    Str port = str_format(scratch, "%u", target->port);
    Str all =
        str_concat(port, str_join(parts, ARRAY_COUNT(parts), (Str){"\0", 1}, scratch), scratch);
    memcpy(out, digest_hex(DIGEST_SHA256, all, scratch).ptr, KEY_SIZE);
}

/* Removes the newest entry of this key from the list and returns its session; NULL if none. */
static SshSession *take_entry(SshPool *pool, const char key[KEY_SIZE]) {
    for (size_t i = pool->idle.count; i > 0; i--) {
        Idle *entry = &pool->idle.items[i - 1];
        if (memcmp(entry->key, key, KEY_SIZE) != 0)
            continue;
        SshSession *session = entry->session;
        *entry = vec_last(&pool->idle);
        pool->idle.count--;
        return session;
    }
    return NULL;
}

SshSession *ssh_pool_take(SshPool *pool, const SshTarget *target) {
    char key[KEY_SIZE];
    key_of(target, key);
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        SshSession *session = take_entry(pool, key);
        pthread_mutex_unlock(&pool->lock);
        if (!session || pool->ssh->is_alive(pool->ssh->self, session))
            return session;
        pool->ssh->close(pool->ssh->self, session);
    }
}

void ssh_pool_give(SshPool *pool, const SshTarget *target, SshSession *session) {
    Idle entry = {.session = session};
    key_of(target, entry.key);
    pthread_mutex_lock(&pool->lock);
    vec_push(pool->arena, &pool->idle, entry);
    pthread_mutex_unlock(&pool->lock);
}

void ssh_pool_note_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus status,
                           const SshProblem *problem) {
    Absence absence = {.status = status};
    key_of(target, absence.key);
    pthread_mutex_lock(&pool->lock);
    absence.problem = (SshProblem){
        .text = str_clone(problem->text, pool->arena),
        .pinned = str_clone(problem->pinned, pool->arena),
        .found = str_clone(problem->found, pool->arena),
    };
    vec_push(pool->arena, &pool->absences, absence);
    pthread_mutex_unlock(&pool->lock);
}

bool ssh_pool_find_absence(SshPool *pool,
                           const SshTarget *target,
                           SshStatus *status,
                           SshProblem *problem) {
    char key[KEY_SIZE];
    key_of(target, key);
    bool is_found = false;
    pthread_mutex_lock(&pool->lock);
    vec_each(&pool->absences, absence) {
        if (memcmp(absence->key, key, KEY_SIZE) != 0)
            continue;
        *status = absence->status;
        *problem = absence->problem;
        is_found = true;
        break;
    }
    pthread_mutex_unlock(&pool->lock);
    return is_found;
}
