/* backend: encrypts and decrypts the text of a state, and logs the operations of the store. */
#include "backend.h"

#include "log.h"

static void log_operation(const Backend *backend, const char *message, bool ok, int64_t began_ms) {
    log_debug(message, log_cstr("backend", backend->type ? backend->type->name : ""),
              log_text("path", backend->path), log_number("ok", ok), log_took(began_ms));
}

bool backend_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                  const CancelToken *cancel, Diags *diags) {
    int64_t began_ms = log_clock_ms();
    bool ok = !backend->lock || backend->lock(backend, info, timeout_ms, cancel, diags);
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
    bool ok = backend->read(backend, &stored.bytes, arena, diags);
    log_operation(backend, "state read", ok, began_ms);
    if (!ok)
        return false;
    ok = cipher_open(backend->cipher, &stored, out, arena, diags);
    backend->is_outdated = stored.is_outdated;
    return ok;
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
    bool ok = text.len == 0 || cipher_is_plain(backend->cipher) ||
              cipher_seal(backend->cipher, envelope_read_head(text, scratch), text, &bytes, scratch,
                          diags);
    ok = ok && seal_backup(backend, scratch, diags) && backend->write(backend, bytes, diags);
    backend->backup_bytes = (Str){0};
    log_operation(backend, "state write", ok, began_ms);
    if (ok)
        backend->is_outdated = false;
    return ok;
}
