/* azurerm_lock: acquires the lease, then writes the lock info; a death between the two leaves a
 * lease without lock info. */
#include "azurerm_lock.h"
#include "base64.h"
#include "problem.h"

#define UNNAMED_MAX 4

bool azurerm_lock_fail(const AzurermLock *lock, const char *summary, Str problem, Diags *diags) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "\"%.*s\": %.*s. Check the account, the container, the credentials and their "
                      "permissions.",
                      STR_ARG(lock->place), STR_ARG(problem));
}

bool azurerm_lock_report_lost(AzurermLock *lock, const char *summary, Diags *diags) {
    lock->is_lost = true;
    return diags_fail(diags, NO_RANGE, summary,
                      "The lock of \"%.*s\" was taken from this run, so this run writes nothing "
                      "more.",
                      STR_ARG(lock->place));
}

/* Returns false if the blob has no lock info that can be read. */
static bool lock_read_info(const AzureBlobInfo *blob, LockInfo *out, Arena *arena) {
    Str text;
    vec_each(&blob->metadata, header) {
        if (str_equal(header->name, STR(AZURERM_LOCK_INFO)))
            return base64_decode(header->value, &text, arena) &&
                   state_lock_from_json(text, out, arena);
    }
    return false;
}

/* Replaces the lock info in the metadata, which belongs to other programs too; NULL: removes it. */
static AzureBlobStatus lock_write_info(const AzurermLock *lock, Str id, const LockInfo *info,
                                       Str *problem, Arena *arena) {
    AzureBlobInfo blob;
    AzureBlobReply reply;
    AzureBlobStatus status = azure_blob_stat(lock->client, lock->blob, id, &blob, problem, arena);
    AzureBlobCall call = {.method = "PUT",
                          .name = lock->blob,
                          .query = "comp=metadata",
                          .use = AZURE_BLOB_WRITE,
                          .lease = id};
    if (status != AZURE_BLOB_DONE)
        return status;
    vec_each(&blob.metadata, header) {
        if (!str_equal(header->name, STR(AZURERM_LOCK_INFO)))
            vec_push(arena, &call.headers, *header);
    }
    if (info) {
        Str text = base64_encode(state_lock_to_json(info, arena), arena);
        http_add_header(&call.headers, AZURERM_LOCK_INFO, text, arena);
    }
    status = azure_blob_send(lock->client, &call, &reply, arena);
    *problem = reply.problem;
    return status;
}

/* `period`: of a break, in seconds. */
static AzureBlobStatus lock_change_lease(const AzurermLock *lock, const char *action, Str id,
                                         Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "PUT", .name = lock->blob, .query = "comp=lease"};
    AzureBlobReply reply;
    http_add_header(&call.headers, "x-ms-lease-action", str_from_cstr(action), arena);
    if (strcmp(action, "acquire") == 0) {
        http_add_header(&call.headers, "x-ms-lease-duration", STR("-1"), arena);
        http_add_header(&call.headers, "x-ms-proposed-lease-id", id, arena);
    } else if (strcmp(action, "release") == 0) {
        call.lease = id;
    } else {
        http_add_header(&call.headers, "x-ms-lease-break-period", STR("0"), arena);
    }
    AzureBlobStatus status = azure_blob_send(lock->client, &call, &reply, arena);
    *problem = reply.problem;
    /* An earlier attempt, whose reply was lost, may have released it. */
    bool is_repeated = strcmp(action, "release") == 0 && reply.attempts > 1;
    return status == AZURE_BLOB_CONFLICT && is_repeated ? AZURE_BLOB_DONE : status;
}

/* Creates the empty blob that is to be leased; a blob that another run creates is as good. */
static AzureBlobStatus lock_create_blob(const AzurermLock *lock, Str *problem, Arena *arena) {
    AzureBlobWrite write = {.name = lock->blob, .only_if_absent = true};
    AzureBlobStatus status = azure_blob_write(lock->client, &write, NULL, problem, arena);
    return status == AZURE_BLOB_CONFLICT ? AZURE_BLOB_DONE : status;
}

/* Sets *holder from the metadata. A live holder writes it right after it has acquired the lease. */
static void lock_find_holder(AzurermLock *lock, const AzureBlobInfo *blob, LockInfo *holder,
                             Arena *arena) {
    bool is_named = lock_read_info(blob, holder, arena) && holder->id.len > 0;
    lock->unnamed = is_named ? 0 : lock->unnamed + 1;
    if (!is_named)
        *holder = (LockInfo){.path = lock->place};
    if (lock->unnamed >= UNNAMED_MAX)
        holder->id = STR(AZURERM_LOCK_BREAK);
}

/* Acquires the lease with the ID of lock->wanted. Returns AZURE_BLOB_CONFLICT if another run has
 * one; *blob is then the blob. A repeated request succeeds if the lease is this run's own. */
static AzureBlobStatus lock_lease(const AzurermLock *lock, AzureBlobInfo *blob, Str *problem,
                                  Arena *arena) {
    LockInfo own = {0};
    AzureBlobStatus status =
        azure_blob_stat(lock->client, lock->blob, STR_EMPTY, blob, problem, arena);
    if (status == AZURE_BLOB_ABSENT)
        status = lock_create_blob(lock, problem, arena);
    if (status != AZURE_BLOB_DONE)
        return status;
    bool is_own = lock_read_info(blob, &own, arena) && str_equal(own.id, lock->wanted.id);
    if (blob->is_leased && !is_own)
        return AZURE_BLOB_CONFLICT;
    status = lock_change_lease(lock, "acquire", lock->wanted.id, problem, arena);
    if (status != AZURE_BLOB_CONFLICT)
        return status;
    status = azure_blob_stat(lock->client, lock->blob, STR_EMPTY, blob, problem, arena);
    return status == AZURE_BLOB_DONE || status == AZURE_BLOB_ABSENT ? AZURE_BLOB_CONFLICT : status;
}

static LockResult azurerm_lock_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                       Diags *diags) {
    AzurermLock *lock = self;
    static const char summary[] = "Error acquiring the state lock";
    AzureBlobInfo blob = {0};
    Str problem = STR_EMPTY, ignored;
    AzureBlobStatus status = lock_lease(lock, &blob, &problem, arena);
    if (status == AZURE_BLOB_CONFLICT) {
        lock_find_holder(lock, &blob, holder, arena);
        return LOCK_HELD;
    }
    if (status != AZURE_BLOB_DONE) {
        azurerm_lock_fail(lock, summary, problem, diags);
        return LOCK_FAILED;
    }
    status = lock_write_info(lock, lock->wanted.id, &lock->wanted, &problem, arena);
    if (status == AZURE_BLOB_DONE)
        return LOCK_ACQUIRED;
    (void)lock_change_lease(lock, "release", lock->wanted.id, &ignored, arena);
    azurerm_lock_fail(lock, summary, problem, diags);
    return LOCK_FAILED;
}

bool azurerm_lock_acquire(AzurermLock *lock, const Backend *backend, const LockInfo *info,
                          int64_t timeout_ms, const CancelToken *cancel, Diags *diags) {
    CHECK(lock->id.len == 0);
    lock->wanted = *info;
    lock->unnamed = 0;
    LockAttempt trying = {
        .self = lock,
        .attempt = azurerm_lock_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .note = backend->note,
    };
    if (!state_lock_acquire(&trying, lock->io->clock, timeout_ms, cancel, diags))
        return false;
    lock->id = str_clone(info->id, lock->arena);
    return true;
}

bool azurerm_lock_check(AzurermLock *lock, Str *problem, Arena *arena) {
    static const char lost[] = "this run has lost its lock";
    AzureBlobInfo blob;
    if (lock->is_lost)
        return problem_text(problem, lost);
    AzureBlobStatus status =
        azure_blob_stat(lock->client, lock->blob, lock->id, &blob, problem, arena);
    if (lock->id.len == 0 && blob.is_leased)
        return problem_text(problem, "another program holds the lock");
    if (lock->id.len == 0)
        return status == AZURE_BLOB_DONE || status == AZURE_BLOB_ABSENT;
    lock->is_lost = status == AZURE_BLOB_CONFLICT || status == AZURE_BLOB_ABSENT;
    return lock->is_lost ? problem_text(problem, lost) : status == AZURE_BLOB_DONE;
}

/* Removes the lock info, then the lease: in the other order, the info of the next holder could be
 * removed. */
static AzureBlobStatus lock_drop(const AzurermLock *lock, Str id, Str *problem, Arena *arena) {
    AzureBlobStatus status = lock_write_info(lock, id, NULL, problem, arena);
    return status == AZURE_BLOB_DONE ? lock_change_lease(lock, "release", id, problem, arena)
                                     : status;
}

bool azurerm_lock_release(AzurermLock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("azurerm unlock");
    static const char summary[] = "Error releasing the state lock";
    Str problem = STR_EMPTY, id = lock->id;
    lock->id = STR_EMPTY;
    if (id.len == 0 || lock->is_lost) /* a loss was reported before */
        return true;
    AzureBlobStatus status = lock_drop(lock, id, &problem, scratch);
    if (status == AZURE_BLOB_DONE)
        return true;
    if (status == AZURE_BLOB_CONFLICT || status == AZURE_BLOB_ABSENT)
        return azurerm_lock_report_lost(lock, summary, diags);
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "\"%.*s\": %.*s. To remove it, run \"loam force-unlock %.*s\".",
                      STR_ARG(lock->place), STR_ARG(problem), STR_ARG(id));
}

/* Breaks the lease, whose ID is unknown. */
static bool lock_break(const AzurermLock *lock, Str id, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("azurerm unlock");
    static const char summary[] = "Failed to unlock state";
    Str problem = STR_EMPTY;
    if (!str_equal(id, STR(AZURERM_LOCK_BREAK)))
        return diags_fail(
            diags, NO_RANGE, summary,
            "The lease of \"%.*s\" has no lock info, so its ID is unknown: its holder "
            "may have died before it wrote the info. If no program uses the state, "
            "break the lease with \"loam force-unlock " AZURERM_LOCK_BREAK "\".",
            STR_ARG(lock->place));
    AzureBlobStatus status = lock_change_lease(lock, "break", STR_EMPTY, &problem, scratch);
    return status == AZURE_BLOB_DONE || azurerm_lock_fail(lock, summary, problem, diags);
}

bool azurerm_lock_force(AzurermLock *lock, Str id, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("azurerm unlock");
    static const char summary[] = "Failed to unlock state";
    AzureBlobInfo blob;
    LockInfo holder = {0};
    Str problem = STR_EMPTY;
    AzureBlobStatus status =
        azure_blob_stat(lock->client, lock->blob, STR_EMPTY, &blob, &problem, scratch);
    if (status != AZURE_BLOB_DONE && status != AZURE_BLOB_ABSENT)
        return azurerm_lock_fail(lock, summary, problem, diags);
    if (!blob.is_leased)
        return state_lock_report_other(summary, lock->place, id, &holder, diags);
    if (!lock_read_info(&blob, &holder, scratch) || holder.id.len == 0)
        return lock_break(lock, id, diags);
    if (!str_equal(holder.id, id))
        return state_lock_report_other(summary, lock->place, id, &holder, diags);
    return lock_drop(lock, id, &problem, scratch) == AZURE_BLOB_DONE ||
           azurerm_lock_fail(lock, summary, problem, diags);
}
