/* backend: encrypts and decrypts the text of a state, and logs the operations of the store. */
#include "backend.h"

#include "log.h"

static void log_operation(const Backend *backend, const char *message, bool ok, int64_t began_ms) {
    log_debug(message, log_cstr("backend", backend->type ? backend->type->name : ""),
              log_text("path", backend->path), log_number("ok", ok), log_took(began_ms));
}

static bool backend_timed(const Backend *backend, const char *what, bool has_ended, bool ok) {
    if (backend->timed)
        backend->timed(backend->waiting_payload, what, has_ended, ok);
    return ok;
}

bool backend_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                  const CancelToken *cancel, Diags *diags) {
    int64_t began_ms = log_clock_ms();
    (void)backend_timed(backend, "state lock", false, true);
    bool ok = !backend->lock || backend->lock(backend, info, timeout_ms, cancel, diags);
    (void)backend_timed(backend, "state lock", true, ok);
    log_debug("state lock", log_text("path", backend->path), log_text("id", info->id),
              log_text("operation", info->operation), log_number("ok", ok), log_took(began_ms));
    return ok;
}

bool backend_unlock(Backend *backend, Diags *diags) {
    int64_t began_ms = log_clock_ms();
    bool ok = !backend->unlock || backend->unlock(backend, diags);
    log_operation(backend, "state unlock", ok, began_ms);
    return ok;
}

void backend_close(Backend *backend) {
    if (backend->close)
        backend->close(backend);
}

bool backend_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    StoredText stored = {.what = str_format(arena, "The state \"%.*s\"", STR_ARG(backend->path))};
    int64_t began_ms = log_clock_ms();
    (void)backend_timed(backend, "state read", false, true);
    (void)backend_timed(backend, "backend read", false, true);
    backend->is_outdated = false;
    bool ok = backend->read(backend, &stored.bytes, arena, diags);
    (void)backend_timed(backend, "backend read", true, ok);
    log_operation(backend, "state read", ok, began_ms);
    if (!ok)
        return backend_timed(backend, "state read", true, false);
    ok = cipher_open(backend->cipher, &stored, out, arena, diags);
    backend->is_outdated |= stored.is_outdated;
    return backend_timed(backend, "state read", true, ok);
}

/* If the stored state is plain or encrypted by an old method, encrypts its backup with the current
 * one. */
static bool seal_backup(Backend *backend, Arena *scratch, Diags *diags) {
    Str plain;
    if (!backend->is_outdated || backend->backup_path.len == 0)
        return true;
    return backend_read(backend, &plain, scratch, diags) &&
           cipher_seal(backend->cipher, envelope_read_head(plain, scratch), plain,
                       &backend->backup_bytes, scratch, diags);
}

bool backend_write(Backend *backend, Str text, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("sealed state");
    Str bytes = text;
    int64_t began_ms = log_clock_ms();
    (void)backend_timed(backend, "state write", false, true);
    bool ok = text.len == 0 || cipher_is_plain(backend->cipher) ||
              cipher_seal(backend->cipher, envelope_read_head(text, scratch), text, &bytes, scratch,
                          diags);
    ok = ok && seal_backup(backend, scratch, diags);
    (void)backend_timed(backend, "backend write", false, true);
    ok = ok && backend->write(backend, bytes, diags);
    (void)backend_timed(backend, "backend write", true, ok);
    (void)backend_timed(backend, "state write", true, ok);
    backend->backup_bytes = (Str){0};
    log_operation(backend, "state write", ok, began_ms);
    if (ok)
        backend->is_outdated = false;
    return ok;
}

bool backend_report(const Backend *backend, const char *summary, Str problem, const char *hint,
                    Diags *diags) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "\"%.*s\": %.*s. %s", STR_ARG(backend->path), STR_ARG(problem), hint);
}
