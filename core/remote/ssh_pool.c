#include "ssh_pool.h"

#include "digest.h"
#include "thread.h"
#include "vec.h"

#include <pthread.h>

#define CHANNELS_MAX                                                                               \
    5 /* sshd allows 10 (MaxSessions), and counts a channel for a moment after its end */
#define POOL_TICK_MS 100

typedef struct Tunnel {
    Str host;
    uint16_t port;
    uint16_t local_port;
} Tunnel;

struct SshLease {
    struct SshLease *next;
    Arena *arena; /* holds the lease itself */
    SshPool *pool;
    Str key;
    SshLease *via;       /* the session with the jump host; NULL: none */
    SshSession *session; /* NULL: being opened, or failed */
    size_t users;        /* calls, and sessions over this jump host */
    size_t channels;     /* calls only: MaxSessions does not limit forwarded connections */
    size_t channels_max;
    bool is_opening;
    bool is_broken; /* failed or lost: no call acquires it; closed after its last release */
    SshStatus status;
    SshProblem problem;
    VEC(Tunnel) tunnels;
};

struct SshPool {
    Arena *arena; /* holds the pool itself */
    const Ssh *ssh;
    pthread_mutex_t lock; /* guards the list and all leases */
    pthread_cond_t changed;
    SshLease *leases;
};

SshPool *ssh_pool_open(const Ssh *ssh) {
    Arena *arena = arena_open("ssh pool");
    SshPool *pool = arena_new(arena, SshPool);
    pool->arena = arena;
    pool->ssh = ssh;
    CHECK(pthread_mutex_init(&pool->lock, NULL) == 0);
    CHECK(pthread_cond_init(&pool->changed, NULL) == 0);
    return pool;
}

Str ssh_pool_key(SshChain chain, Arena *arena) {
    VEC(Str) parts = {0};
    for (size_t i = 0; i < chain.count; i++) {
        const SshTarget *target = &chain.targets[i];
        const Str fields[] = {
            target->host,
            target->host_alias,
            target->proxy_command,
            target->proxy_url,
            target->user,
            target->private_key,
            target->passphrase,
            target->password,
            target->certificate,
            target->agent_identity,
            target->host_key,
            target->host_ca,
            target->agent_socket,
            str_format(arena, "%u", target->port),
            digest_hex(DIGEST_SHA256, target->known_hosts, arena),
        };
        for (size_t f = 0; f < ARRAY_COUNT(fields); f++)
            vec_push(arena, &parts, fields[f]);
    }
    return digest_hex(DIGEST_SHA256, str_join(parts.items, parts.count, (Str){"\0", 1}, arena),
                      arena);
}

static void unlink_lease(SshPool *pool, SshLease *lease) {
    for (SshLease **at = &pool->leases; *at; at = &(*at)->next) {
        if (*at == lease) {
            *at = lease->next;
            return;
        }
    }
}

void ssh_pool_close(SshPool *pool) {
    if (!pool)
        return;
    /* A session over a jump host is in front of the session with the jump host, so it is closed
     * first. */
    while (pool->leases) {
        SshLease *lease = pool->leases;
        pool->leases = lease->next;
        pool->ssh->close(pool->ssh->self, lease->session);
        arena_close(lease->arena);
    }
    if (pool->ssh && pool->ssh->settle)
        pool->ssh->settle(pool->ssh->self);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    arena_close(pool->arena);
}

static SshLease *new_lease(SshPool *pool, Str key) {
    Arena *arena = arena_open("ssh lease");
    SshLease *lease = arena_new(arena, SshLease);
    lease->arena = arena;
    lease->pool = pool;
    lease->key = str_clone(key, arena);
    lease->channels_max = CHANNELS_MAX;
    lease->is_opening = true;
    return lease;
}

/* Returns a session that may have another user, or NULL. It may still be opening. The pool is
 * locked. `is_jump`: for a session over this jump host. */
static SshLease *find_lease(SshPool *pool, Str key, bool is_jump) {
    for (SshLease *lease = pool->leases; lease; lease = lease->next) {
        if (lease->is_broken || !str_equal(lease->key, key))
            continue;
        if (!lease->is_opening && !pool->ssh->is_alive(pool->ssh->self, lease->session)) {
            lease->is_broken = true;
            continue;
        }
        if (is_jump || lease->channels < lease->channels_max)
            return lease;
    }
    return NULL;
}

static SshProblem clone_problem(const SshProblem *problem, Arena *arena) {
    return (SshProblem){
        .text = str_clone(problem->text, arena),
        .pinned = str_clone(problem->pinned, arena),
        .found = str_clone(problem->found, arena),
        .may_have_run = problem->may_have_run,
    };
}

/* Removes one user of a lease. If it was the last and the session is broken, closes the session,
 * and then removes it from the users of its jump host. The pool is locked; the function unlocks it.
 */
static void release_and_unlock(SshPool *pool, SshLease *lease, bool is_jump) {
    while (lease) {
        lease->users--;
        lease->channels -= !is_jump;
        bool is_over = lease->is_broken && lease->users == 0;
        if (is_over)
            unlink_lease(pool, lease);
        pthread_cond_broadcast(&pool->changed);
        pthread_mutex_unlock(&pool->lock);
        if (!is_over)
            return;
        SshLease *via = lease->via;
        pool->ssh->close(pool->ssh->self, lease->session);
        arena_close(lease->arena);
        if (via)
            pthread_mutex_lock(&pool->lock);
        lease = via;
        is_jump = true;
    }
}

bool ssh_pool_has_time(const SshTimeout *timeout, int64_t waited_ms) {
    CancelLevel level = timeout->cancel_at == CANCEL_NONE ? CANCEL_STOP : timeout->cancel_at;
    return cancel_level(timeout->cancel) < level &&
           (timeout->timeout_ms == 0 || waited_ms < timeout->timeout_ms);
}

/* A call that wants a session with each machine of a chain. */
typedef struct Acquiring {
    SshPool *pool;
    const SshTarget *chain;
    SshTimeout timeout;
    SshProblem *problem;
    Arena *arena;
} Acquiring;

/* Waits until another call has opened the session. The caller is a user of the lease, and the pool
 * is locked. */
static SshStatus await_opening(const Acquiring *acquiring, SshLease *lease) {
    SshPool *pool = acquiring->pool;
    const SshTimeout *timeout = &acquiring->timeout;
    int64_t waited_ms = 0;
    while (lease->is_opening && ssh_pool_has_time(timeout, waited_ms)) {
        thread_wait(&pool->changed, &pool->lock, POOL_TICK_MS);
        waited_ms += POOL_TICK_MS;
    }
    if (!lease->is_opening) {
        *acquiring->problem = clone_problem(&lease->problem, acquiring->arena);
        return lease->status;
    }
    acquiring->problem->text = STR("no response");
    return ssh_pool_has_time(
               &(SshTimeout){.cancel = timeout->cancel, .cancel_at = timeout->cancel_at}, 0)
               ? SSH_NO_RESPONSE
               : SSH_CANCELLED;
}

static SshStatus pool_acquire(const Acquiring *acquiring, size_t count, bool is_jump,
                              SshLease **out);

/* Opens the session of a new lease; acquires the session with the jump host first. */
static SshStatus pool_open_session(const Acquiring *acquiring, size_t count, SshLease *lease) {
    const Ssh *ssh = acquiring->pool->ssh;
    const SshTarget *target = &acquiring->chain[count - 1];
    SshProblem *problem = acquiring->problem;
    Arena *arena = acquiring->arena;
    SshStatus status = count > 1 ? pool_acquire(acquiring, count - 1, true, &lease->via) : SSH_DONE;
    if (status != SSH_DONE) {
        Str jump = ssh_endpoint(target[-1].host, target[-1].port, arena);
        Str text = problem->text.len > 0 ? problem->text : STR("not connected");
        problem->text = str_format(arena, "the jump host %.*s: %.*s", STR_ARG(jump), STR_ARG(text));
        return status;
    }
    SshSession *session = NULL;
    status = ssh->connect(ssh->self, target, lease->via ? lease->via->session : NULL,
                          acquiring->timeout, &session, problem, arena);
    lease->session = session;
    /* The session with the jump host is lost. */
    if (status == SSH_LOST && lease->via) {
        pthread_mutex_lock(&acquiring->pool->lock);
        lease->via->is_broken = true;
        pthread_mutex_unlock(&acquiring->pool->lock);
    }
    return status;
}

/* Opens a session, which other calls await meanwhile. The pool is locked. */
static SshStatus pool_add_session(const Acquiring *acquiring, size_t count, SshLease *lease) {
    SshPool *pool = acquiring->pool;
    lease->next = pool->leases;
    pool->leases = lease;
    pthread_mutex_unlock(&pool->lock);
    SshStatus status = pool_open_session(acquiring, count, lease);
    pthread_mutex_lock(&pool->lock);
    lease->is_opening = false;
    lease->status = status;
    lease->problem = clone_problem(acquiring->problem, lease->arena);
    lease->is_broken = status != SSH_DONE;
    if (status != SSH_DONE)
        return status;
    /* Moves the lease in front of the session with its jump host, see ssh_pool_close. */
    unlink_lease(pool, lease);
    lease->next = pool->leases;
    pool->leases = lease;
    pthread_cond_broadcast(&pool->changed);
    return SSH_DONE;
}

/* Acquires the session with machine `count` of the chain; `is_jump`: for a session over it. */
static SshStatus pool_acquire(const Acquiring *acquiring, size_t count, bool is_jump,
                              SshLease **out) {
    SshPool *pool = acquiring->pool;
    Str key = ssh_pool_key((SshChain){acquiring->chain, count}, acquiring->arena);
    pthread_mutex_lock(&pool->lock);
    SshLease *lease = find_lease(pool, key, is_jump);
    bool is_new = !lease;
    if (is_new)
        lease = new_lease(pool, key);
    lease->users++;
    lease->channels += !is_jump;
    SshStatus status = is_new              ? pool_add_session(acquiring, count, lease)
                       : lease->is_opening ? await_opening(acquiring, lease)
                                           : SSH_DONE;
    if (status != SSH_DONE) {
        release_and_unlock(pool, lease, is_jump);
        return status;
    }
    pthread_mutex_unlock(&pool->lock);
    *out = lease;
    return SSH_DONE;
}

SshStatus ssh_pool_acquire(SshPool *pool, SshChain chain, SshTimeout timeout, SshLease **out,
                           SshProblem *problem, Arena *arena) {
    Acquiring acquiring = {pool, chain.targets, timeout, problem, arena};
    return pool_acquire(&acquiring, chain.count, false, out);
}

SshSession *ssh_pool_session(const SshLease *lease) {
    return lease->session;
}

bool ssh_pool_release(SshPool *pool, SshLease *lease, SshStatus status) {
    pthread_mutex_lock(&pool->lock);
    bool has_others = lease->channels > 1;
    if (status == SSH_LOST)
        lease->is_broken = true;
    if (status == SSH_BUSY && has_others)
        lease->channels_max = lease->channels - 1;
    release_and_unlock(pool, lease, false);
    return status != SSH_BUSY || has_others;
}

SshStatus ssh_pool_tunnel(SshLease *lease, Str host, uint16_t port, uint16_t *out_port,
                          SshProblem *problem, Arena *arena) {
    SshPool *pool = lease->pool;
    SshStatus status = SSH_DONE;
    LOCKED(&pool->lock);
    const Tunnel *known = NULL;
    vec_each(&lease->tunnels, tunnel) {
        if (tunnel->port == port && str_equal(tunnel->host, host))
            known = tunnel;
    }
    if (!pool->ssh->is_alive(pool->ssh->self, lease->session)) {
        status = SSH_LOST; /* its known tunnels, too */
    } else if (known) {
        *out_port = known->local_port;
    } else {
        status = pool->ssh->tunnel(pool->ssh->self, lease->session, host, port, out_port, problem,
                                   arena);
        if (status == SSH_DONE)
            vec_push(lease->arena, &lease->tunnels,
                     (Tunnel){str_clone(host, lease->arena), port, *out_port});
    }
    return status;
}
