/* kubernetes_backend: a state as a Secret, locked by a Lease, in the layout of Terraform and
 * OpenTofu.
 *
 *    state    Secret tfstate-WORKSPACE-SUFFIX, data.tfstate, compressed by gzip; a state over 1 MiB
 *             continues in Secrets …-part-1 and so on (kube_parts.h)
 *    lock     Lease lock-tfstate-WORKSPACE-SUFFIX with the holder's ID and info. It expires only
 *             with lease_seconds. Then the info has that number and the time of the last renewal:
 *             other programs replace the whole info, but may leave leaseDurationSeconds and
 *             renewTime of an earlier holder in the Lease
 *    write    one update on condition that the Secret has the version that was read: it leaves
 *             the old or the new state, and never replaces the write of another program
 *    journal  Secrets loam-journal-WORKSPACE-SUFFIX-NUMBER, each created on condition that it
 *             does not exist, so a run that lost its lock cannot continue beside the next one; the
 *             last one stays
 *    plans    Secrets loam-plan-WORKSPACE-SUFFIX.NAME, see plan_store.h */
#include "backend_settings.h"
#include "backends.h"
#include "empty_state.h"
#include "gzip.h"
#include "kube_object.h"
#include "kube_parts.h"
#include "kube_segments.h"
#include "kube_settings.h"

#define ATTEMPTS  5
#define LOCK_INFO "app.terraform.io/lock-info"
#define HINT      "Check the server's address, the credentials and their permissions."

static const KubeClientOptions client_options = {
    .attempts_max = ATTEMPTS,
    .timeout_ms = 600000,
    .connect_wait_ms = 15000,
};

typedef struct Kubernetes {
    Backend backend;
    const Io *io;
    KubeStore store;
    KubeParts parts; /* the state */
    LockInfo wanted;
    int64_t lease_seconds; /* 0: the lock does not expire */
    int64_t began_ms;      /* of the last attempt to acquire the lock */
    Value seen;          /* the Lease that the last attempt has read; in the arena of its caller */
    StateLease *renewal; /* renews the lock; NULL: not locked, or it does not expire */
    Str lock_id;         /* empty: not locked */
    Arena *arena;        /* of values that change; writes come from any thread, one at a time */
} Kubernetes;

static bool kubernetes_backend_report(Diags *diags, const char *summary, const Kubernetes *kube,
                                      Str problem) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "%.*s: %.*s. " HINT, STR_ARG(kube->backend.path), STR_ARG(problem));
}

static int64_t kubernetes_now_ms(const Kubernetes *kube) {
    return kube->io->clock->monotonic_ms(kube->io->clock->self);
}

static void read_info(Value lease, LockInfo *out, Arena *arena) {
    Str info = kube_object_text(lease, "metadata.annotations", LOCK_INFO);
    if (!state_lock_from_json(info, out, arena))
        *out = (LockInfo){0};
    Str id = kube_object_text(lease, "spec", "holderIdentity");
    if (!str_equal(out->id, id))
        out->lease_seconds = 0;
    out->id = id;
}

/* Sets the members that other programs show; removes them if the lock does not expire. */
static Value with_term(Value lease, const LockInfo *info, Arena *arena) {
    Value seconds = value_null(&TYPE_DYNAMIC), time = seconds, ignored;
    if (info->lease_seconds > 0) {
        seconds = value_int(info->lease_seconds);
        time = value_from_str(info->renewed);
    } else if (!kube_object_find(lease, "spec", "leaseDurationSeconds", &ignored) &&
               !kube_object_find(lease, "spec", "renewTime", &ignored)) {
        return lease;
    }
    lease = kube_object_with(lease, "spec", "leaseDurationSeconds", seconds, arena);
    return kube_object_with(lease, "spec", "renewTime", time, arena);
}

static Value with_holder(const Kubernetes *kube, Value lease, LockInfo info, Arena *arena) {
    state_lock_stamp(&info, kube->io->clock, arena);
    Value text = value_string(state_lock_to_json(&info, arena), arena);
    lease = kube_object_with(lease, "metadata.annotations", LOCK_INFO, text, arena);
    lease = kube_object_with(lease, "spec", "holderIdentity", value_from_str(info.id), arena);
    return with_term(lease, &info, arena);
}

static Value without_holder(Value lease, Arena *arena) {
    Value nothing = value_null(&TYPE_DYNAMIC);
    lease = kube_object_with(lease, "metadata.annotations", LOCK_INFO, nothing, arena);
    lease = kube_object_with(lease, "spec", "holderIdentity", nothing, arena);
    return with_term(lease, &(LockInfo){0}, arena);
}

/* Reads the lease; *holder is empty if the lease is free. */
static KubeOutcome kubernetes_backend_look(const KubeStore *store, KubeResult *out,
                                           LockInfo *holder, Arena *arena) {
    KubeOutcome status = kube_store_get(store, KUBE_LEASE, store->lease, out, arena);
    *holder = (LockInfo){0};
    if (status == KUBE_DONE && kube_object_text(out->object, "spec", "holderIdentity").len)
        read_info(out->object, holder, arena);
    return status;
}

/* Makes this run the holder, on condition that the Lease is as it was seen. */
static KubeOutcome acquire_lease(Kubernetes *kube, KubeOutcome seen, KubeResult *out,
                                 Arena *arena) {
    const KubeStore *store = &kube->store;
    kube->began_ms = kubernetes_now_ms(kube);
    if (seen == KUBE_DONE)
        return kube_store_update(store, KUBE_LEASE, store->lease,
                                 with_holder(kube, kube->seen, kube->wanted, arena), out, arena);
    Value fresh = kube_store_new(store, KUBE_LEASE, store->lease, KUBE_STATE, arena);
    return kube_store_create(store, KUBE_LEASE, with_holder(kube, fresh, kube->wanted, arena), out,
                             arena);
}

/* A conflict means that another run was faster, or that this request was sent twice after a lost
 * reply. The next read of the lease shows which. If the lock expires, that earlier request may have
 * arrived at any time, so the run's own lock is renewed. */
static LockResult kubernetes_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                             Diags *diags) {
    Kubernetes *kube = self;
    KubeOutcome status = KUBE_CONFLICT;
    KubeResult result;
    for (int i = 0; i < 3 && status == KUBE_CONFLICT; i++) {
        KubeOutcome seen = kubernetes_backend_look(&kube->store, &result, holder, arena);
        bool is_own = str_equal(holder->id, kube->wanted.id);
        kube->seen = result.object;
        if (is_own && kube->lease_seconds == 0)
            return LOCK_ACQUIRED;
        if (holder->id.len && !is_own)
            return LOCK_HELD;
        status = seen == KUBE_FAILED ? seen : acquire_lease(kube, seen, &result, arena);
    }
    if (status == KUBE_DONE)
        return LOCK_ACQUIRED;
    *holder = (LockInfo){.path = kube->store.lease};
    if (status == KUBE_CONFLICT)
        return LOCK_HELD;
    kubernetes_backend_report(diags, "Error acquiring the state lock", kube, result.problem);
    return LOCK_FAILED;
}

/* A conflict: the holder has renewed the lock, or another run was faster. */
static LockResult kubernetes_take(void *self, Arena *arena, Diags *diags) {
    Kubernetes *kube = self;
    KubeResult result;
    KubeOutcome status = acquire_lease(kube, KUBE_DONE, &result, arena);
    if (status != KUBE_FAILED)
        return status == KUBE_DONE ? LOCK_ACQUIRED : LOCK_HELD;
    kubernetes_backend_report(diags, "Error acquiring the state lock", kube, result.problem);
    return LOCK_FAILED;
}

static LeaseResult kubernetes_renew(void *self, int64_t timeout_ms, const CancelToken *stop,
                                    Str *problem, Arena *arena) {
    const Kubernetes *kube = self;
    KubeStore store = kube->store;
    KubeOutcome status = KUBE_CONFLICT;
    store.cancel = &stop;
    store.deadline_ms = kubernetes_now_ms(kube) + timeout_ms;
    for (int i = 0; i < 3 && status == KUBE_CONFLICT; i++) {
        KubeResult result;
        LockInfo holder;
        status = kubernetes_backend_look(&store, &result, &holder, arena);
        if (status != KUBE_FAILED && !str_equal(holder.id, kube->lock_id)) {
            *problem = state_lock_loss(&holder, arena);
            return LEASE_LOST;
        }
        if (status == KUBE_DONE)
            status =
                kube_store_update(&store, KUBE_LEASE, store.lease,
                                  with_holder(kube, result.object, holder, arena), &result, arena);
        *problem = result.problem;
    }
    return status == KUBE_DONE ? LEASE_RENEWED : LEASE_NO_REPLY;
}

static bool kubernetes_start_renewing(Kubernetes *kube, Diags *diags) {
    LeaseRequest request = {
        .clock = kube->io->clock,
        .term_ms = kube->lease_seconds * 1000,
        .grace_ms = state_lease_grace_ms(kube->lease_seconds * 1000),
        .began_ms = kube->began_ms,
        .what = kube->backend.path,
        .self = kube,
        .renew = kubernetes_renew,
        .note = kube->backend.note,
        .payload = kube->backend.waiting_payload,
    };
    if (kube->lease_seconds == 0)
        return true;
    kube->renewal = state_lease_start(&request, kube->arena, diags);
    return kube->renewal != NULL;
}

/* Releases the lease if this ID holds it. A conflict means that another program has just changed
 * the lease, or that this request was sent twice after a lost response, so the lease is read again:
 * if another program holds it then, the release was successful. */
static bool free_lease(const Kubernetes *kube, Str id, const char *summary, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes unlock");
    const KubeStore *store = &kube->store;
    KubeOutcome status = KUBE_CONFLICT;
    KubeResult result = {0};
    for (int i = 0; i < 3 && status == KUBE_CONFLICT; i++) {
        status = kube_store_get(store, KUBE_LEASE, store->lease, &result, scratch);
        if (status == KUBE_FAILED)
            break;
        LockInfo holder = {0};
        if (status == KUBE_DONE)
            read_info(result.object, &holder, scratch);
        if (!str_equal(holder.id, id) && i > 0)
            return true;
        if (!str_equal(holder.id, id))
            return state_lock_report_other(summary, kube->backend.path, id, &holder, diags);
        Value lease = without_holder(result.object, scratch);
        status = kube_store_update(store, KUBE_LEASE, store->lease, lease, &result, scratch);
    }
    return status == KUBE_DONE || kubernetes_backend_report(diags, summary, kube, result.problem);
}

/* Returns false, with an error, if the lock has expired or was taken over. */
static bool kubernetes_still_locked(Backend *backend, Diags *diags) {
    const Kubernetes *kube = backend->self;
    return !kube->renewal || state_lease_check(kube->renewal, diags);
}

static bool kubernetes_unlock(Backend *backend, Diags *diags) {
    Kubernetes *kube = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("kubernetes unlock");
    Str id = kube->lock_id;
    Diags ignored = diags_new(scratch);
    bool is_lost = !kubernetes_still_locked(backend, &ignored);
    state_lease_stop(kube->renewal);
    kube->renewal = NULL;
    kube->lock_id = STR_EMPTY;
    return id.len == 0 || is_lost || free_lease(kube, id, "Error releasing the state lock", diags);
}

static bool kubernetes_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                            const CancelToken *cancel, Diags *diags) {
    Kubernetes *kube = backend->self;
    CHECK(kube->lock_id.len == 0);
    kube->wanted = *info;
    kube->wanted.lease_seconds = kube->lease_seconds;
    LockAttempt trying = {
        .self = kube,
        .attempt = kubernetes_backend_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .take = kube->lease_seconds > 0 ? kubernetes_take : NULL,
        .run = backend->takes_lock_of_run ? state_lock_run(info->info) : STR_EMPTY,
        .note = backend->note,
    };
    if (!state_lock_acquire(&trying, kube->io->clock, timeout_ms, cancel, diags))
        return false;
    kube->lock_id = str_clone(info->id, kube->arena);
    if (kubernetes_start_renewing(kube, diags))
        return true;
    (void)kubernetes_unlock(backend, diags);
    return false;
}

static bool kubernetes_force_unlock(Backend *backend, Str id, Diags *diags) {
    return free_lease(backend->self, id, "Failed to unlock state", diags);
}

/* Checks that this run still holds the lease: a forced unlock or a takeover may have ended it. */
static bool check_lease(const Kubernetes *kube, const char *summary, Arena *arena, Diags *diags) {
    KubeResult result;
    LockInfo holder;
    if (kube->lock_id.len == 0)
        return true;
    if (kubernetes_backend_look(&kube->store, &result, &holder, arena) == KUBE_FAILED)
        return kubernetes_backend_report(diags, summary, kube, result.problem);
    if (str_equal(holder.id, kube->lock_id))
        return true;
    return state_lock_report_other(summary, kube->backend.path, kube->lock_id, &holder, diags);
}

static bool report_torn(const Kubernetes *kube, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes read");
    const KubeStore *store = &kube->store;
    return diags_fail(
        diags, NO_RANGE, "Failed to read the state",
        "%.*s: the Secrets of the state do not belong together, or one is damaged. Probably "
        "another program was interrupted while it wrote several. Delete them (\"kubectl delete "
        "secret -n %.*s -l %.*s\") and restore a backup with \"loam state push\".",
        STR_ARG(kube->backend.path), STR_ARG(store->space),
        STR_ARG(kube_store_selector(store, KUBE_STATE, scratch)));
}

static bool kubernetes_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Kubernetes *kube = backend->self;
    Str problem = STR_EMPTY, text;
    kube->parts.keeps_version = kube->lock_id.len > 0;
    KubePartsResult status = kube_parts_read(&kube->parts, &text, &problem, arena);
    if (status == PARTS_TORN)
        return report_torn(kube, diags);
    if (status != PARTS_DONE)
        return kubernetes_backend_report(diags, "Failed to read the state", kube, problem);
    *out = empty_state_drop(text);
    backend->is_outdated = kube->parts.is_torn;
    return true;
}

static bool report_other_writer(const Kubernetes *kube, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, "Failed to write the state",
        "%.*s was changed since this run read it, so another program ignored the lock. The journal "
        "has the operations of this run. To merge both, run the same command again.",
        STR_ARG(kube->backend.path));
}

static void warn_of_division(const Kubernetes *kube, Diags *diags) {
    diags_warning(diags, NO_RANGE, "OpenTofu cannot read this state",
                  "%.*s: the compressed state exceeds 1 MiB and is now stored in several Secrets. "
                  "Terraform reads them, but OpenTofu does not. Move the state to another "
                  "backend with \"init -migrate-state\", or divide the configuration.",
                  STR_ARG(kube->backend.path));
}

static bool kubernetes_write(Backend *backend, Str bytes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes write");
    Kubernetes *kube = backend->self;
    if (kube->renewal && (!kubernetes_still_locked(backend, diags) ||
                          !check_lease(kube, "Failed to write the state", scratch, diags)))
        return false;
    Str problem = STR_EMPTY;
    bool was_divided = kube->parts.is_divided;
    KubePartsResult status = kube_parts_write(&kube->parts, bytes, &problem, scratch);
    if (backend->is_for_tofu && kube->parts.is_divided && !was_divided)
        warn_of_division(kube, diags);
    if (status == PARTS_CHANGED)
        return report_other_writer(kube, diags);
    return status == PARTS_DONE ||
           kubernetes_backend_report(diags, "Failed to write the state", kube, problem);
}

/* Deletes the lease last, so that no other run acquires the lock before. */
static bool kubernetes_remove(Backend *backend, Diags *diags) {
    Kubernetes *kube = backend->self;
    const KubeStore *store = &kube->store;
    SCOPED(ArenaRef) scratch = arena_open("kubernetes workspace");
    static const char summary[] = "Cannot delete the workspace";
    SegmentStore journal = kube_segments_new(store, KUBE_JOURNAL, scratch);
    KubeResult result = {0};
    Str problem;
    if (!check_lease(kube, summary, scratch, diags))
        return false;
    if (!journal.drop(journal.self, UINT64_MAX, &problem, scratch) ||
        !plan_store_clear(kube->backend.plans, &problem, scratch) ||
        !kube_parts_delete(store, &problem, scratch))
        return kubernetes_backend_report(diags, summary, kube, problem);
    state_lease_end(kube->renewal);
    kube->lock_id = STR_EMPTY;
    return kube_store_delete(store, KUBE_LEASE, store->lease, &result, scratch) == KUBE_DONE ||
           kubernetes_backend_report(diags, summary, kube, result.problem);
}

static void kubernetes_close(Backend *backend) {
    Kubernetes *kube = backend->self;
    backend->journal->close(backend->journal);
    state_lease_stop(kube->renewal);
    kube->renewal = NULL;
    kube_client_close(kube->store.client);
    arena_close(kube->arena);
}

static bool kubernetes_backend_open_store(const Io *io, Value config, Str workspace,
                                          Kubernetes **out, Arena *arena, Diags *diags) {
    Kubernetes *kube = arena_new(arena, Kubernetes);
    KubeStore *store = &kube->store;
    kube->io = io;
    store->space = backend_settings_text(config, "namespace", "default");
    store->suffix = backend_settings_text(config, "secret_suffix", "");
    store->workspace = str_clone(workspace.len ? workspace : STR("default"), arena);
    store->cancel = &kube->backend.cancel;
    store->renewal = &kube->renewal;
    if (!value_find(config, STR("labels"), &store->labels))
        store->labels = value_null(&TYPE_DYNAMIC);
    if (!backend_settings_lease(config, &kube->lease_seconds, diags) ||
        !kube_store_name(store, arena, diags) ||
        !kube_settings_read(io, config, &store->target, arena, diags))
        return false;
    kube->arena = arena_open("kubernetes");
    store->client = kube_client_open(io, &store->target, &client_options);
    kube->parts = (KubeParts){.store = store, .clock = io->clock, .arena = kube->arena};
    SegmentStore journal = kube_segments_new(store, KUBE_JOURNAL, arena);
    kube->backend = (Backend){
        .type = &kubernetes_backend,
        .self = kube,
        .path = str_format(arena, "Secret %.*s in namespace %.*s", STR_ARG(store->secret),
                           STR_ARG(store->space)),
        .journal = journal_segments_new(&journal, arena),
        .plans = kube_plans_new(store, arena),
        .lock = kubernetes_lock,
        .unlock = kubernetes_unlock,
        .force_unlock = kubernetes_force_unlock,
        .still_locked = kubernetes_still_locked,
        .read = kubernetes_read,
        .write = kubernetes_write,
        .remove = kubernetes_remove,
        .close = kubernetes_close,
    };
    *out = kube;
    return true;
}

static bool kubernetes_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                            Diags *diags) {
    Kubernetes *kube;
    if (!kubernetes_backend_open_store(io, config, workspace, &kube, arena, diags))
        return false;
    *out = &kube->backend;
    return true;
}

static bool find_names(const Kubernetes *kube, StrVec *out, Arena *arena, Diags *diags) {
    KubeObjects secrets = {0};
    KubeResult result;
    const KubeStore *store = &kube->store;
    Str selector =
        str_format(arena, "tfstate=true,tfstateSecretSuffix=%.*s", STR_ARG(store->suffix));
    if (kube_store_list_secrets(store, selector, &secrets, &result, arena) != KUBE_DONE)
        return kubernetes_backend_report(diags, "Cannot list the workspaces", kube, result.problem);
    StrVec names = {0};
    vec_each(&secrets, secret) {
        Str name = kube_object_text(*secret, "metadata.labels", "tfstateWorkspace");
        if (name.len && !str_equal(name, STR("default")) &&
            !str_is_among(name, names.items, names.count))
            vec_push(arena, &names, name);
    }
    str_sort(names.items, names.count);
    vec_each(&names, name) {
        vec_push(arena, out, *name);
    }
    return true;
}

static bool kubernetes_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Kubernetes *kube;
    if (!kubernetes_backend_open_store(io, config, STR("default"), &kube, arena, diags))
        return false;
    bool ok = find_names(kube, out, arena, diags);
    kubernetes_close(&kube->backend);
    return ok;
}

static bool kubernetes_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Kubernetes *kube;
    if (!kubernetes_backend_open_store(io, config, workspace, &kube, scratch, diags))
        return false;
    const KubeStore *store = &kube->store;
    KubeResult result;
    Value secret = kube_store_new(store, KUBE_SECRET, store->secret, KUBE_STATE, scratch);
    Str packed = gzip_pack(empty_state_new(scratch), scratch);
    secret = kube_store_with_data(secret, "tfstate", packed, scratch);
    KubeOutcome status = kube_store_create(store, KUBE_SECRET, secret, &result, scratch);
    /* A conflict means that the workspace exists: keep its content. */
    bool ok = status == KUBE_DONE || status == KUBE_CONFLICT ||
              kubernetes_backend_report(diags, "Cannot create the workspace", kube, result.problem);
    kubernetes_close(&kube->backend);
    return ok;
}

const BackendType kubernetes_backend = {
    .name = "kubernetes",
    .schema =
        {.attributes = kube_settings_attributes,
         .attribute_count = KUBE_SETTINGS_COUNT,
         .blocks = kube_settings_blocks,
         .block_count = KUBE_SETTINGS_BLOCKS,
         .description =
             "Stores the state as a Secret in a Kubernetes cluster, and locks it with a Lease."},
    .about =
        "Terraform and OpenTofu use the same Secret and Lease, so you can use either program with "
        "the same state. A Secret holds 1 MiB, about ten times as much uncompressed; an encrypted "
        "state cannot be compressed. A larger state continues in further Secrets, as Terraform "
        "writes it; OpenTofu cannot read it. If loam dies while it writes them, the next run "
        "continues; if Terraform does, restore a backup. " LEASE_ABOUT
        " If the server rejects a token from a file or a program (exec), loam reads a new one. "
        "After an apply, a Secret with an empty part of the journal stays: see "
        "[state](../state.md#requests-that-arrive-late).",
    .variables = kube_settings_variables,
    .variable_count = KUBE_SETTINGS_VARIABLES,
    .open = kubernetes_open,
    .list = kubernetes_list,
    .make = kubernetes_make,
};
