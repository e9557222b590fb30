/* Caches the credential of a file or a plugin until shortly before it expires. */
#include "kube_login.h"
#include "thread.h"

#include <errno.h>
#include <stdatomic.h>

#define MARGIN_MS 60000 /* before the expiry of a plugin's credential */
#define REREAD_MS 60000 /* between two readings of a token file */
/* No plugin runs for this time after one failed or its credential was rejected. */
#define QUIET_MS 10000

struct KubeLogin {
    const Io *io;
    const KubeTarget *target;
    pthread_mutex_t mutex;
    KubeCredential credential; /* number 0: not obtained yet */
    int64_t renew_ms;          /* Unix time; INT64_MAX: not before the server rejects it */
    int64_t quiet_ms;          /* Unix time until which no plugin runs */
    _Atomic uint64_t attempts; /* to obtain a credential, so far */
    Str problem;               /* of the last attempt; empty: it succeeded */
    Arena *arena;
};

KubeLogin *kube_login_new(const Io *io, const KubeTarget *target) {
    Arena *arena = arena_open("kubernetes login");
    KubeLogin *login = arena_new(arena, KubeLogin);
    *login = (KubeLogin){.io = io, .target = target, .arena = arena};
    pthread_mutex_init(&login->mutex, NULL);
    return login;
}

void kube_login_close(KubeLogin *login) {
    pthread_mutex_destroy(&login->mutex);
    arena_close(login->arena);
}

static bool has_plugin(const KubeTarget *target) {
    bool has_token = target->token.len || target->token_file.len || target->user.len;
    return target->exec.command.len && !has_token;
}

bool kube_login_can_renew(const KubeLogin *login) {
    return login->target->token_file.len || has_plugin(login->target);
}

static int64_t login_now_ms(const KubeLogin *login) {
    const Clock *clock = login->io->clock;
    return clock->now_ms(clock->self);
}

/* A credential of less than two minutes is renewed in the middle of its time. */
static int64_t login_renewal_of(int64_t expires_ms, int64_t now) {
    int64_t half = (expires_ms - now) / 2;
    if (expires_ms == 0)
        return INT64_MAX;
    return expires_ms - (half < MARGIN_MS ? half : MARGIN_MS);
}

/* As for kubectl: if the file holds no token or cannot be read, its last token counts, then
 * `token`. */
static bool login_read_file(KubeLogin *login, KubeCredential *out, Str *problem, Arena *arena) {
    const Disk *disk = login->io->disk;
    const KubeTarget *target = login->target;
    int error = disk->read_file(disk->self, target->token_file, &out->token, arena);
    KubeTarget given = {.token = error ? STR_EMPTY : out->token};
    Str why = STR_EMPTY;
    if (error)
        why = str_format(arena, "cannot be read: %s", strerror(-error));
    else if (!kube_target_finish(&given, &why, arena))
        why = STR("does not hold a token, but several lines");
    else if (given.token.len == 0)
        why = STR("is empty");
    out->token = given.token;
    if (why.len == 0)
        return true;
    out->token = login->credential.token.len ? login->credential.token : target->token;
    *problem = str_format(arena, "the token file \"%.*s\" %.*s", STR_ARG(target->token_file),
                          STR_ARG(why));
    return out->token.len > 0;
}

/* Returns `old` if the texts are equal: a token file is read every minute, and each copy would stay
 * in the arena for the whole run. */
static Str login_kept(Str old, Str fresh, Arena *arena) {
    return str_equal(old, fresh) ? old : str_clone(fresh, arena);
}

/* Returns false if the attempt failed; login->problem says why. */
static bool kube_login_obtain(KubeLogin *login, const CancelToken *cancel, Arena *arena) {
    const KubeTarget *target = login->target;
    bool is_file = target->token_file.len > 0;
    KubeCredential fresh = {0};
    Str problem = STR_EMPTY;
    bool ok = is_file ? login_read_file(login, &fresh, &problem, arena)
                      : kube_exec_run(login->io, target, cancel, &fresh, &problem, arena);
    atomic_fetch_add(&login->attempts, 1);
    login->problem = ok ? STR_EMPTY : str_clone(problem, login->arena);
    if (!ok)
        return false;
    int64_t now = login_now_ms(login);
    KubeCredential old = login->credential;
    bool is_own = fresh.certificate.len > 0;
    login->credential = (KubeCredential){
        .number = old.number + 1,
        .token = login_kept(old.token, fresh.token, login->arena),
        .certificate = is_own ? login_kept(old.certificate, fresh.certificate, login->arena)
                              : target->certificate,
        .key = is_own ? login_kept(old.key, fresh.key, login->arena) : target->key,
        .expires_ms = fresh.expires_ms,
    };
    login->renew_ms = is_file ? now + REREAD_MS : login_renewal_of(fresh.expires_ms, now);
    return true;
}

/* Returns whether the result of the last attempt counts instead of a new attempt: the call waited
 * for it, or the plugin would give no better one so soon. A run with many requests must not run a
 * plugin for each of them in vain. */
static bool is_settled(const KubeLogin *login, uint64_t seen, int64_t now) {
    bool is_quiet = now < login->quiet_ms && now >= login->quiet_ms - QUIET_MS;
    bool has_waited = atomic_load(&login->attempts) > seen;
    return has_waited || (is_quiet && (login->problem.len || now < login->renew_ms));
}

/* If a renewal before the expiry fails, the credential stays in use until it expires. */
static bool get_locked(KubeLogin *login, uint64_t refused, uint64_t seen, const CancelToken *cancel,
                       Arena *arena) {
    const KubeCredential *credential = &login->credential;
    int64_t now = login_now_ms(login);
    bool is_refused = refused > 0 && credential->number <= refused;
    bool ok = login->problem.len == 0;
    if (credential->number > refused && now < login->renew_ms)
        return true;
    if (!is_settled(login, seen, now)) {
        ok = kube_login_obtain(login, cancel, arena);
        login->quiet_ms = has_plugin(login->target) && (!ok || is_refused) ? now + QUIET_MS : 0;
    }
    return ok || (credential->number > refused && now < credential->expires_ms);
}

bool kube_login_get(KubeLogin *login, uint64_t refused, const CancelToken *cancel,
                    KubeCredential *out, Str *problem, Arena *arena) {
    const KubeTarget *target = login->target;
    if (!kube_login_can_renew(login)) {
        *out = (KubeCredential){0, target->token, target->certificate, target->key, 0};
        return true;
    }
    uint64_t seen = atomic_load(&login->attempts);
    LOCKED(&login->mutex);
    bool ok = get_locked(login, refused, seen, cancel, arena);
    if (ok)
        *out = login->credential;
    else
        *problem = login->problem;
    return ok;
}
