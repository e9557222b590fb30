/* etcd_backend: states in etcd, version 3. Keys below PREFIX/WORKSPACE/:
 *
 *    state            the text; if it exceeds one request, a manifest instead: a line with the
 *                     number of pieces, the name of their write, their length and their digest
 *    state/WRITE/NNN  the pieces; readers ignore them until `state` has the name of their write
 *    journal/NUMBER   the journal's segments, with pieces below them likewise
 *    lock             the lock info, bound to a lease: it expires if the holder has not renewed
 *                     it for LEASE_SECONDS
 *
 * Each write of a lock holder is a transaction on condition of that lock: after the lock is lost,
 * the server rejects its writes. */
#include "backend_settings.h"
#include "backends.h"
#include "digest.h"
#include "etcd_client.h"
#include "journal_segments.h"
#include "log.h"
#include "state_lease.h"
#include "url.h"
#include "uuid.h"

#include <pthread.h>

#define PIECE_BYTES   ((size_t)1 << 20) /* etcd limits a request to 1.5 MiB */
#define LEASE_SECONDS 15
#define MANIFEST      "pieces "

typedef struct EtcdStore {
    Backend backend;
    const Io *io;
    EtcdClient *client;
    Arena *arena;
    Str directory; /* prefix/WORKSPACE/ */
    Str state_key;
    Str lock_key;
    int64_t lease_seconds;
    int64_t lease_id; /* 0: not locked */
    int64_t lock_revision;
    StateLease *lease;
} EtcdStore;

typedef struct WayOut {
    const char *said; /* part of etcd's message */
    const char *text;
} WayOut;

static const WayOut ways_out[] = {
    {"permission denied",
     "The user's role must be allowed to read and write all keys that begin with the prefix."               },
    {"authentication failed",   "Check \"username\" and \"password\"."                                      },
    {"user name is empty",
     "The server requires authentication: set \"username\" and \"password\"."                               },
    {"database space exceeded", "Compact and defragment it, and clear the alarm (\"etcdctl alarm "
                                "disarm\"). Then run the same command again."},
};

static bool report(const char *summary, Str path, Str problem, Diags *diags) {
    const char *hint = "Check the backend's endpoints, and whether you can reach them.";
    for (size_t i = 0; i < ARRAY_COUNT(ways_out); i++) {
        if (str_find(problem, str_from_cstr(ways_out[i].said), 0) != SIZE_MAX)
            hint = ways_out[i].text;
    }
    diags_error(diags, NO_RANGE, summary, "The etcd request for \"%.*s\" failed: %.*s. %s",
                STR_ARG(path), STR_ARG(problem), hint);
    return false;
}

static bool fail(const EtcdStore *store, const char *summary, Str problem, Diags *diags) {
    return report(summary, store->backend.path, problem, diags);
}

static EtcdOperation put(Str key, Str value) {
    return (EtcdOperation){.kind = ETCD_PUT, .key = key, .value = value};
}

static EtcdOperation range(Str key, Str range_end) {
    return (EtcdOperation){.kind = ETCD_RANGE, .key = key, .range_end = range_end};
}

static EtcdOperation removal(Str key, Str range_end) {
    return (EtcdOperation){.kind = ETCD_DELETE, .key = key, .range_end = range_end};
}

/* Makes the transaction conditional on this run's lock. */
static void add_fence(const EtcdStore *store, EtcdTxn *txn, Arena *arena) {
    EtcdCompare fence = {store->lock_key, store->lock_revision};
    if (store->lock_revision != 0)
        vec_push(arena, &txn->compares, fence);
}

static bool send(
    const EtcdStore *store, const EtcdTxn *txn, EtcdResponse *out, Str *problem, Arena *arena) {
    return etcd_client_txn(store->client, txn, store->backend.cancel, out, problem, arena);
}

/* Also returns false, with *problem, if the lock was lost. */
static bool send_fenced(const EtcdStore *store, EtcdTxn *txn, Str *problem, Arena *arena) {
    EtcdResponse response;
    Diags lost = diags_new(arena);
    if (store->lease && !state_lease_check(store->lease, &lost)) {
        *problem = STR("the lock was lost, because it was not renewed in time");
        return false;
    }
    add_fence(store, txn, arena);
    if (!send(store, txn, &response, problem, arena))
        return false;
    if (!response.succeeded)
        *problem = STR("the lock was lost, and another program may hold it");
    return response.succeeded;
}

/* A line such as "pieces 3 WRITE 2500000 SHA-256". */
typedef struct Manifest {
    uint64_t count;
    Str write;
    uint64_t size;
    Str digest;
} Manifest;

static bool parse_manifest(Str text, Manifest *out) {
    Str words[4];
    Str rest = str_after(text, sizeof MANIFEST - 1);
    for (size_t i = 0; i < 4; i++) {
        size_t blank = str_find_char(rest, i < 3 ? ' ' : '\n', 0);
        if (blank == SIZE_MAX)
            return false;
        words[i] = str_slice(rest, 0, blank);
        rest = str_after(rest, blank + 1);
    }
    out->write = words[1];
    out->digest = words[3];
    return str_to_uint64(words[0], &out->count) && str_to_uint64(words[2], &out->size);
}

static Str piece_key(Str key, Str write, uint64_t index, Arena *arena) {
    return str_format(arena, "%.*s/%.*s/%06llu", STR_ARG(key), STR_ARG(write),
                      (unsigned long long)index);
}

/* Reads the pieces at the revision of the manifest, since a concurrent write deletes them. */
static bool read_pieces(const EtcdStore *store,
                        const Manifest *manifest,
                        int64_t revision,
                        Str *out,
                        Str *problem,
                        Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (uint64_t i = 0; i < manifest->count; i++) {
        Str key = piece_key(store->state_key, manifest->write, i, arena);
        EtcdTxn txn = {0};
        EtcdResponse response;
        EtcdOperation get = range(key, STR_EMPTY);
        get.revision = revision;
        vec_push(arena, &txn.success, get);
        if (!send(store, &txn, &response, problem, arena))
            return false;
        const EtcdKeyValue *piece = etcd_client_find(&response, key);
        if (piece)
            strbuf_add(&text, piece->value);
    }
    *out = strbuf_str(&text);
    if (str_equal(digest_hex(DIGEST_SHA256, *out, arena), manifest->digest))
        return true;
    *problem = str_format(arena, "the state has %llu bytes, but some pieces are missing",
                          (unsigned long long)manifest->size);
    return false;
}

static bool read_text(const EtcdStore *store, Str *out, Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    EtcdResponse response;
    Manifest manifest;
    vec_push(arena, &txn.success, range(store->state_key, STR_EMPTY));
    if (!send(store, &txn, &response, problem, arena))
        return false;
    const EtcdKeyValue *found = etcd_client_find(&response, store->state_key);
    *out = found ? found->value : STR_EMPTY;
    if (!str_starts_with(*out, STR(MANIFEST)))
        return true;
    if (parse_manifest(*out, &manifest))
        return read_pieces(store, &manifest, response.revision, out, problem, arena);
    *problem = STR("the list of the state's pieces cannot be read");
    return false;
}

static bool etcd_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    const EtcdStore *store = backend->self;
    Str problem = STR_EMPTY;
    return read_text(store, out, &problem, arena) ||
           fail(store, "Failed to read the state", problem, diags);
}

/* Deletes all pieces except those of this write (empty: all) in the transaction that replaces the
 * manifest. */
static void add_cleaning(const EtcdStore *store, Str write, EtcdTxn *txn, Arena *arena) {
    Str all = str_concat(store->state_key, STR("/"), arena);
    Str end = etcd_client_range_end(all, arena);
    if (write.len == 0) {
        vec_push(arena, &txn->success, removal(all, end));
        return;
    }
    Str own = str_format(arena, "%.*s%.*s/", STR_ARG(all), STR_ARG(write));
    vec_push(arena, &txn->success, removal(all, own));
    vec_push(arena, &txn->success, removal(etcd_client_range_end(own, arena), end));
}

static bool write_head(const EtcdStore *store, Str text, Str write, Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, put(store->state_key, text));
    add_cleaning(store, write, &txn, arena);
    return send_fenced(store, &txn, problem, arena);
}

/* Writes the pieces of the text. *head is then the value to write to `key`. */
static bool put_pieces(
    const EtcdStore *store, Str key, Str text, Str write, Str *head, Str *problem, Arena *arena) {
    uint64_t count = 0;
    for (size_t at = 0; at < text.len; at += PIECE_BYTES) {
        SCOPED(ArenaRef) scratch = arena_open("etcd piece");
        size_t end = at + PIECE_BYTES < text.len ? at + PIECE_BYTES : text.len;
        EtcdTxn txn = {0};
        Str why = STR_EMPTY;
        Str piece = piece_key(key, write, count++, scratch);
        vec_push(scratch, &txn.success, put(piece, str_slice(text, at, end)));
        if (!send_fenced(store, &txn, &why, scratch)) {
            *problem = str_clone(why, arena);
            return false;
        }
    }
    *head = str_format(arena, MANIFEST "%llu %.*s %zu %.*s\n", (unsigned long long)count,
                       STR_ARG(write), text.len, STR_ARG(digest_hex(DIGEST_SHA256, text, arena)));
    return true;
}

static bool write_pieces(const EtcdStore *store, Str text, Str *problem, Arena *arena) {
    Str write = uuid_v4(arena), head;
    return put_pieces(store, store->state_key, text, write, &head, problem, arena) &&
           write_head(store, head, write, problem, arena);
}

static bool etcd_write(Backend *backend, Str bytes, Diags *diags) {
    const EtcdStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd write");
    Str problem = STR_EMPTY;
    bool fits = bytes.len <= PIECE_BYTES;
    bool ok = fits ? write_head(store, bytes, STR_EMPTY, &problem, scratch)
                   : write_pieces(store, bytes, &problem, scratch);
    return ok || fail(store, "Failed to write the state", problem, diags);
}

static Str segment_key(const EtcdStore *store, uint64_t number, Arena *arena) {
    return str_format(arena, "%.*sjournal/%016llx", STR_ARG(store->directory),
                      (unsigned long long)number);
}

/* Joins pieces that were read in the same request as their manifest. */
static bool join_pieces(
    const EtcdResponse *response, Str key, Str *text, Str *problem, Arena *arena) {
    Manifest manifest;
    StrBuf out = strbuf_new(arena);
    bool is_known = parse_manifest(*text, &manifest);
    for (uint64_t i = 0; is_known && i < manifest.count; i++) {
        const EtcdKeyValue *piece =
            etcd_client_find(response, piece_key(key, manifest.write, i, arena));
        if (piece)
            strbuf_add(&out, piece->value);
    }
    *text = strbuf_str(&out);
    if (is_known && str_equal(digest_hex(DIGEST_SHA256, *text, arena), manifest.digest))
        return true;
    *problem = str_format(arena, "some pieces of \"%.*s\" are missing", STR_ARG(key));
    return false;
}

static bool segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    Str directory = str_concat(store->directory, STR("journal/"), arena);
    EtcdTxn txn = {0};
    EtcdResponse response;
    vec_push(arena, &txn.success, range(directory, etcd_client_range_end(directory, arena)));
    if (!send(store, &txn, &response, problem, arena))
        return false;
    vec_each(&response.found, found) {
        char digits[17] = {0};
        Str name = str_after(found->key, directory.len);
        if (name.len < sizeof digits - 1)
            continue;
        memcpy(digits, name.ptr, sizeof digits - 1);
        bool is_piece = name.len >= sizeof digits;
        Segment segment = {strtoull(digits, NULL, 16), is_piece ? STR_EMPTY : found->value};
        if (str_starts_with(segment.text, STR(MANIFEST)) &&
            !join_pieces(&response, found->key, &segment.text, problem, arena))
            return false;
        vec_push(arena, out, segment);
    }
    return true;
}

static bool segments_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    EtcdTxn txn = {0};
    Str key = segment_key(store, number, arena);
    if (text.len > PIECE_BYTES &&
        !put_pieces(store, key, text, uuid_v4(arena), &text, problem, arena)) {
        return false;
    }
    vec_push(arena, &txn.success, put(key, text));
    return send_fenced(store, &txn, problem, arena);
}

static bool segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    EtcdTxn txn = {0};
    Str first = segment_key(store, 0, arena);
    vec_push(arena, &txn.success, removal(first, segment_key(store, below, arena)));
    return send_fenced(store, &txn, problem, arena);
}

static LeaseResult renew(
    void *self, int64_t timeout_ms, const CancelToken *stop, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    bool is_alive = false;
    if (!etcd_client_keep(store->client, store->lease_id, timeout_ms, stop, &is_alive, problem,
                          arena))
        return LEASE_NO_REPLY;
    if (is_alive)
        return LEASE_RENEWED;
    *problem = STR("the etcd lease expired");
    return LEASE_LOST;
}

typedef struct Locking {
    EtcdStore *store;
    const LockInfo *info;
    Str body;
    int64_t began_ms;
} Locking;

static bool ask_for_lock(
    const Locking *locking, int64_t lease, EtcdResponse *response, Str *problem, Arena *arena) {
    const EtcdStore *store = locking->store;
    EtcdTxn txn = {0};
    EtcdCompare is_free = {store->lock_key, 0};
    EtcdOperation take = put(store->lock_key, locking->body);
    take.lease = lease;
    vec_push(arena, &txn.compares, is_free);
    vec_push(arena, &txn.success, take);
    vec_push(arena, &txn.failure, range(store->lock_key, STR_EMPTY));
    return send(store, &txn, response, problem, arena);
}

/* If the reply to a successful request was lost, the retry finds this run's own lock. */
static LockResult judge(const Locking *locking,
                        const EtcdResponse *response,
                        int64_t *revision,
                        LockInfo *holder,
                        Arena *arena) {
    *revision = response->revision;
    if (response->succeeded)
        return LOCK_GOT;
    const EtcdKeyValue *found = etcd_client_find(response, locking->store->lock_key);
    if (!found || !state_lock_from_json(found->value, holder, arena))
        *holder = (LockInfo){.path = locking->store->backend.path};
    if (!found || !str_equal(holder->id, locking->info->id))
        return LOCK_HELD;
    *revision = found->create_revision;
    return LOCK_GOT;
}

static LockResult attempt(void *self, LockInfo *holder, pid_t *pid, Arena *arena, Diags *diags) {
    Locking *locking = self;
    EtcdStore *store = locking->store;
    const CancelToken *cancel = store->backend.cancel;
    static const char summary[] = "Error acquiring the state lock";
    Str problem = STR_EMPTY, ignored;
    EtcdResponse response;
    int64_t lease, revision;
    (void)pid;
    locking->began_ms = store->io->clock->monotonic_ms(store->io->clock->self);
    if (!etcd_client_grant(store->client, store->lease_seconds, cancel, &lease, &problem, arena)) {
        (void)fail(store, summary, problem, diags);
        return LOCK_FAILED;
    }
    LockResult said = LOCK_FAILED;
    if (ask_for_lock(locking, lease, &response, &problem, arena))
        said = judge(locking, &response, &revision, holder, arena);
    else
        (void)fail(store, summary, problem, diags);
    if (said == LOCK_GOT) {
        store->lease_id = lease;
        store->lock_revision = revision;
    } else if (!etcd_client_revoke(store->client, lease, cancel, &ignored, arena)) {
        log_debug("lease left to expire", log_text("problem", ignored));
    }
    return said;
}

static bool start_renewing(EtcdStore *store, int64_t began_ms, Diags *diags) {
    LeaseRequest request = {
        .clock = store->io->clock,
        .term_ms = store->lease_seconds * 1000,
        .began_ms = began_ms,
        .what = store->backend.path,
        .self = store,
        .renew = renew,
    };
    store->lease = state_lease_start(&request, store->arena, diags);
    return store->lease != NULL;
}

static bool etcd_unlock(Backend *backend, Diags *diags) {
    EtcdStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd unlock");
    Str problem = STR_EMPTY;
    if (store->lease_id == 0)
        return true;
    state_lease_stop(store->lease);
    bool ok =
        etcd_client_revoke(store->client, store->lease_id, backend->cancel, &problem, scratch);
    store->lease = NULL;
    store->lease_id = 0;
    store->lock_revision = 0;
    if (ok)
        return true;
    diags_warning(
        diags, NO_RANGE, "State lock not released",
        "The lock of \"%.*s\" could not be released in etcd: %.*s. It expires in %lld seconds.",
        STR_ARG(backend->path), STR_ARG(problem), (long long)store->lease_seconds);
    return true;
}

static bool etcd_lock(Backend *backend,
                      const LockInfo *info,
                      int64_t timeout_ms,
                      const CancelToken *cancel,
                      Diags *diags) {
    EtcdStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd lock");
    Locking locking = {store, info, state_lock_to_json(info, scratch), 0};
    LockAttempt trying = {&locking, attempt, backend->waiting, backend->waiting_payload,
                          LOCK_EXPIRES};
    if (!state_lock_acquire(&trying, store->io->clock, timeout_ms, cancel, diags))
        return false;
    if (start_renewing(store, locking.began_ms, diags))
        return true;
    (void)etcd_unlock(backend, diags);
    return false;
}

static bool etcd_still_locked(Backend *backend, Diags *diags) {
    const EtcdStore *store = backend->self;
    return !store->lease || state_lease_check(store->lease, diags);
}

static bool etcd_force_unlock(Backend *backend, Str id, Diags *diags) {
    const EtcdStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd unlock");
    static const char summary[] = "Failed to unlock state";
    Str problem = STR_EMPTY;
    LockInfo holder = {0};
    EtcdTxn look = {0}, take = {0};
    EtcdResponse response;
    vec_push(scratch, &look.success, range(store->lock_key, STR_EMPTY));
    if (!send(store, &look, &response, &problem, scratch))
        return fail(store, summary, problem, diags);
    const EtcdKeyValue *found = etcd_client_find(&response, store->lock_key);
    if (!found || !state_lock_from_json(found->value, &holder, scratch) ||
        !str_equal(holder.id, id)) {
        state_lock_report_other(summary, backend->path, id, &holder, diags);
        return false;
    }
    EtcdCompare same = {store->lock_key, found->create_revision};
    vec_push(scratch, &take.compares, same);
    vec_push(scratch, &take.success, removal(store->lock_key, STR_EMPTY));
    return send(store, &take, &response, &problem, scratch) || fail(store, summary, problem, diags);
}

/* The transaction also deletes the lock's key, on which it is conditional. */
static bool etcd_remove(Backend *backend, Diags *diags) {
    const EtcdStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd workspace");
    Str problem = STR_EMPTY;
    EtcdTxn txn = {0};
    Str end = etcd_client_range_end(store->directory, scratch);
    vec_push(scratch, &txn.success, removal(store->directory, end));
    return send_fenced(store, &txn, &problem, scratch) ||
           fail(store, "Cannot delete the workspace", problem, diags);
}

static void etcd_close(Backend *backend) {
    SCOPED(ArenaRef) scratch = arena_open("etcd close");
    Diags ignored = diags_new(scratch);
    backend->journal->close(backend->journal);
    (void)etcd_unlock(backend, &ignored);
}

/* The argument is PEM text, or the path of a file with it. */
static bool read_pem(
    const Io *io, Value config, const char *name, Str *out, Arena *arena, Diags *diags) {
    Str given = backend_settings_text(config, name, "");
    *out = given;
    if (given.len == 0 || str_find(given, STR("-----BEGIN"), 0) != SIZE_MAX)
        return true;
    int error = io->disk->read_file(io->disk->self, given, out, arena);
    if (!error)
        return true;
    diags_error(
        diags, NO_RANGE, "Invalid backend configuration",
        "\"%s\" must be PEM text or a file with PEM text, and \"%.*s\" could not be read: %s.",
        name, STR_ARG(given), strerror(-error));
    return false;
}

static bool add_endpoint(Str text, bool has_tls, StrVec *out, Arena *arena, Diags *diags) {
    Url url;
    if (str_find(text, STR("://"), 0) == SIZE_MAX)
        text = str_format(arena, "%s://%.*s", has_tls ? "https" : "http", STR_ARG(text));
    bool is_web = url_parse(text, &url) && url.host.len > 0 &&
                  (str_equal(url.scheme, STR("http")) || str_equal(url.scheme, STR("https")));
    if (!is_web) {
        diags_error(diags, NO_RANGE, "Invalid backend configuration",
                    "\"endpoints\" requires addresses such as \"https://etcd.example.com:2379\", "
                    "not \"%.*s\".",
                    STR_ARG(url_redact(text, arena)));
        return false;
    }
    while (str_ends_with(text, STR("/")))
        text = str_slice(text, 0, text.len - 1);
    vec_push(arena, out, text);
    return true;
}

static bool read_endpoints(Value config, bool has_tls, StrVec *out, Arena *arena, Diags *diags) {
    Value list;
    bool given = value_find(config, STR("endpoints"), &list) && value_is_present(list);
    for (size_t i = 0; given && i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_present(item) && !add_endpoint(value_text(item), has_tls, out, arena, diags))
            return false;
    }
    if (out->count > 0)
        return true;
    diags_error(diags, NO_RANGE, "Invalid backend configuration",
                "\"endpoints\" must contain at least one server.");
    return false;
}

static bool open_client(const Io *io, Value config, EtcdClient **out, Arena *arena, Diags *diags) {
    EtcdConfig settings = {
        .username = backend_settings_text(config, "username", ""),
        .password = backend_settings_text(config, "password", ""),
    };
    if (!read_pem(io, config, "ca_cert", &settings.ca_certs, arena, diags) ||
        !read_pem(io, config, "client_cert", &settings.certificate, arena, diags) ||
        !read_pem(io, config, "client_key", &settings.key, arena, diags)) {
        return false;
    }
    if ((settings.certificate.len == 0) != (settings.key.len == 0)) {
        diags_error(diags, NO_RANGE, "Invalid backend configuration",
                    "\"client_cert\" and \"client_key\" must be set together; one is missing.");
        return false;
    }
    bool has_tls = settings.ca_certs.len > 0 || settings.certificate.len > 0;
    if (!read_endpoints(config, has_tls, &settings.endpoints, arena, diags))
        return false;
    *out = etcd_client_new(io, &settings, arena);
    return true;
}

static bool read_seconds(Value config, int64_t *out, Diags *diags) {
    *out = backend_settings_int(config, "lease_seconds", LEASE_SECONDS);
    if (*out >= 5 && *out <= 3600)
        return true;
    diags_error(diags, NO_RANGE, "Invalid backend configuration",
                "\"lease_seconds\" must be an integer from 5 to 3600.");
    return false;
}

static Str prefix_of(Value config, Arena *arena) {
    Str prefix = backend_settings_text(config, "prefix", "loam");
    return str_ends_with(prefix, STR("/")) ? prefix : str_concat(prefix, STR("/"), arena);
}

static bool etcd_open(
    const Io *io, Value config, Str workspace, Backend **out, Arena *arena, Diags *diags) {
    EtcdStore *store = arena_new(arena, EtcdStore);
    store->io = io;
    store->arena = arena;
    if (!open_client(io, config, &store->client, arena, diags) ||
        !read_seconds(config, &store->lease_seconds, diags)) {
        return false;
    }
    store->directory =
        str_format(arena, "%.*s%.*s/", STR_ARG(prefix_of(config, arena)), STR_ARG(workspace));
    store->state_key = str_concat(store->directory, STR("state"), arena);
    store->lock_key = str_concat(store->directory, STR("lock"), arena);
    SegmentStore segments = {store, str_concat(store->directory, STR("journal"), arena),
                             segments_list, segments_put, segments_drop};
    store->backend = (Backend){
        .type = &etcd_backend,
        .self = store,
        .path = store->state_key,
        .journal = journal_segments_new(&segments, arena),
        .lock = etcd_lock,
        .unlock = etcd_unlock,
        .force_unlock = etcd_force_unlock,
        .still_locked = etcd_still_locked,
        .read = etcd_read,
        .write = etcd_write,
        .remove = etcd_remove,
        .close = etcd_close,
    };
    *out = &store->backend;
    return true;
}

static bool send_alone(const Io *io,
                       Value config,
                       const char *summary,
                       const EtcdTxn *txn,
                       EtcdResponse *response,
                       Arena *arena,
                       Diags *diags) {
    EtcdClient *client;
    Str problem = STR_EMPTY;
    if (!open_client(io, config, &client, arena, diags))
        return false;
    return etcd_client_txn(client, txn, NULL, response, &problem, arena) ||
           report(summary, prefix_of(config, arena), problem, diags);
}

static bool etcd_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Str prefix = prefix_of(config, arena);
    EtcdTxn txn = {0};
    EtcdResponse response;
    EtcdOperation all = range(prefix, etcd_client_range_end(prefix, arena));
    StrVec names = {0};
    all.keys_only = true;
    vec_push(arena, &txn.success, all);
    if (!send_alone(io, config, "Cannot list the workspaces", &txn, &response, arena, diags))
        return false;
    vec_each(&response.found, found) {
        Str rest = str_after(found->key, prefix.len);
        size_t slash = str_find_char(rest, '/', 0);
        if (slash == SIZE_MAX || !str_equal(str_after(rest, slash), STR("/state")))
            continue;
        Str name = str_slice(rest, 0, slash);
        if (!str_equal(name, STR("default")))
            vec_push(arena, &names, name);
    }
    str_sort(names.items, names.count);
    vec_each(&names, name) {
        vec_push(arena, out, *name);
    }
    return true;
}

static bool etcd_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("etcd workspace");
    Str prefix = prefix_of(config, scratch);
    Str key = str_format(scratch, "%.*s%.*s/state", STR_ARG(prefix), STR_ARG(workspace));
    EtcdTxn txn = {0};
    EtcdResponse response;
    EtcdCompare absent = {key, 0};
    vec_push(scratch, &txn.compares, absent);
    vec_push(scratch, &txn.success, put(key, STR_EMPTY));
    return send_alone(io, config, "Cannot create the workspace", &txn, &response, scratch, diags);
}

static const Attribute attributes[] = {
    {"endpoints",     &TYPE_LIST_OF_STRING, REQUIRED,
     "Servers, such as \"https://etcd.example.com:2379\"; the first one that responds is used."             },
    {"prefix",        &TYPE_STRING,         OPTIONAL,             "Prefix of all keys (default \"loam\")."  },
    {"username",      &TYPE_STRING,         OPTIONAL,             "Credentials for password authentication."},
    {"password",      &TYPE_STRING,         OPTIONAL | SENSITIVE, "Credentials for password authentication."},
    {"ca_cert",       &TYPE_STRING,         OPTIONAL,
     "Certificates of the servers' certificate authorities: PEM text, or a file."                           },
    {"client_cert",   &TYPE_STRING,         OPTIONAL,             "Client certificate: PEM text, or a file."},
    {"client_key",    &TYPE_STRING,         OPTIONAL | SENSITIVE,
     "Key of the client certificate: PEM text, or a file."                                                  },
    {"lease_seconds", &TYPE_NUMBER,         OPTIONAL,
     "Seconds until the lock of a vanished holder expires (default 15)."                                    },
};

static const BackendVariable variables[] = {
    {"endpoints",   "TF_ETCD_ENDPOINTS"  },
    {"prefix",      "TF_ETCD_PREFIX"     },
    {"username",    "TF_ETCD_USERNAME"   },
    {"password",    "TF_ETCD_PASSWORD"   },
    {"ca_cert",     "TF_ETCD_CA_CERT"    },
    {"client_cert", "TF_ETCD_CLIENT_CERT"},
    {"client_key",  "TF_ETCD_CLIENT_KEY" },
};

const BackendType etcd_backend = {
    .name = "etcd",
    .about =
        "The lock is a key on a lease, which the program renews while it runs, so the lock of a "
        "dead program expires. A program that loses the lock starts no new operation, and etcd "
        "rejects its writes. etcd also stores the journal: if a machine is lost, a run on another "
        "machine can complete its operations. A state larger than one request is stored in pieces.",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "Stores the state in etcd, version 3 (3.4 or later)."},
    BACKEND_VARIABLES(variables),
    .open = etcd_open,
    .list = etcd_list,
    .make = etcd_make,
};
