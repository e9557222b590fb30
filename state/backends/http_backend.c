/* http_backend: the state as one document at an address, as GitLab and others serve it.
 *
 *    read    GET; status 200 returns the state, 204 and 404 mean that there is none; a
 *            Content-MD5 header of the response must match
 *    write   update_method (POST) with Content-MD5, and ?ID=LOCK while locked
 *    lock    lock_method (LOCK) at lock_address with the lock info; status 409 and 423 return
 *            the holder's info
 *    unlock  unlock_method (UNLOCK) with the lock info as it was sent
 *
 *    journal with journal_address, a second document (http_journal.c); else the backend has none
 *
 * There is only one state: the backend supports only the workspace "default". */
#include "backend_settings.h"
#include "backends.h"
#include "http_store.h"
#include "url.h"

static bool http_backend_fail(const char *summary, Str url, const char *what, const char *hint,
                              Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("http backend");
    return diags_fail(diags_as(diag_class_of(str_from_cstr(what), DIAG_UNREACHABLE), diags),
                      NO_RANGE, summary, "%.*s %s. %s", STR_ARG(url_redact(url, scratch)), what,
                      hint);
}

static bool fail_code(const char *summary, Str url, const HttpResponse *response, Diags *diags) {
    static const char login[] = "Check \"username\" and \"password\" of the backend (or "
                                "TF_HTTP_USERNAME and TF_HTTP_PASSWORD).";
    switch (response->code) {
    case 401: return http_backend_fail(summary, url, "requires authentication (401)", login, diags);
    case 403:
        return http_backend_fail(summary, url, "does not permit this request (403)", login, diags);
    case 500:
        return http_backend_fail(summary, url, "reported an internal error (500)",
                                 "See the server's log, or try again later.", diags);
    }
    SCOPED(ArenaRef) scratch = arena_open("http backend");
    Str what = str_format(scratch, "responded with the unexpected HTTP status %d", response->code);
    return http_backend_fail(summary, url, str_to_cstr(what, scratch),
                             "Check the address and the methods of the backend.", diags);
}

static bool http_backend_send(const HttpStore *store, const HttpRequest *request,
                              const char *summary, HttpResponse *out, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    if (http_send(store->io, request, out, &problem, arena) == HTTP_DONE)
        return true;
    Str said = url_scrub(problem, request->url, arena);
    Str what = str_format(arena, "did not respond: %.*s", STR_ARG(said));
    return http_backend_fail(summary, request->url, str_to_cstr(what, arena),
                             "Check the address, and whether you can reach the server.", diags);
}

static bool http_backend_check_digest(const HttpStore *store, const HttpResponse *response,
                                      Diags *diags) {
    if (http_store_is_intact(response))
        return true;
    return http_backend_fail(
        "Failed to read the state", store->address,
        "sent a state that does not match its Content-MD5",
        "The state was changed in transit, or the server's copy is damaged. Try again, "
        "then check the server's copy.",
        diags);
}

static bool http_backend_http_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    const HttpStore *store = backend->self;
    HttpRequest request = http_store_request(store, STR("GET"), store->address, STR_EMPTY, arena);
    HttpResponse response;
    if (!http_backend_send(store, &request, "Failed to read the state", &response, arena, diags))
        return false;
    if (response.code == 204 || response.code == 404) {
        *out = STR_EMPTY;
        return true;
    }
    if (response.code != 200)
        return fail_code("Failed to read the state", store->address, &response, diags);
    if (!http_backend_check_digest(store, &response, diags))
        return false;
    *out = response.body;
    return true;
}

static bool http_write(Backend *backend, Str bytes, Diags *diags) {
    const HttpStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("http backend");
    Str method = http_store_text(store, "update_method", "POST");
    HttpRequest request = http_store_request(
        store, method, http_store_with_lock(store, store->address, scratch), bytes, scratch);
    HttpResponse response;
    if (!http_backend_send(store, &request, "Failed to write the state", &response, scratch, diags))
        return false;
    if (response.code == 200 || response.code == 201 || response.code == 204)
        return true;
    return fail_code("Failed to write the state", store->address, &response, diags);
}

typedef struct HttpLocking {
    HttpStore *store;
    const LockInfo *info;
    Str body;
} HttpLocking;

/* If the reply to a successful request was lost, the reported holder is this run. */
static LockResult http_backend_read_holder(const HttpLocking *locking, Str body, LockInfo *holder,
                                           Arena *arena) {
    if (!state_lock_from_json(body, holder, arena))
        *holder = (LockInfo){.path = locking->store->lock_address};
    return str_equal(holder->id, locking->info->id) ? LOCK_ACQUIRED : LOCK_HELD;
}

static LockResult http_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                       Diags *diags) {
    const HttpLocking *locking = self;
    HttpStore *store = locking->store;
    static const char summary[] = "Error acquiring the state lock";
    Str method = http_store_text(store, "lock_method", "LOCK");
    HttpRequest request =
        http_store_request(store, method, store->lock_address, locking->body, arena);
    HttpResponse response;
    if (!http_backend_send(store, &request, summary, &response, arena, diags))
        return LOCK_FAILED;
    LockResult answer = LOCK_FAILED;
    if (response.code == 200)
        answer = LOCK_ACQUIRED;
    else if (response.code == 409 || response.code == 423)
        answer = http_backend_read_holder(locking, response.body, holder, arena);
    else
        (void)fail_code(summary, store->lock_address, &response, diags);
    if (answer != LOCK_ACQUIRED)
        return answer;
    store->lock_id = str_clone(locking->info->id, store->arena);
    store->lock_sent = str_clone(locking->body, store->arena);
    return LOCK_ACQUIRED;
}

static bool http_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                      const CancelToken *cancel, Diags *diags) {
    HttpStore *store = backend->self;
    if (store->lock_address.len == 0)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("http lock");
    HttpLocking locking = {store, info, state_lock_to_json(info, scratch)};
    LockAttempt trying = {&locking, http_backend_attempt, backend->waiting,
                          backend->waiting_payload, LOCK_OUTLIVES_PROCESS};
    return state_lock_acquire(&trying, store->io->clock, timeout_ms, cancel, diags);
}

/* A retry may find the lock missing, because the first attempt released it and only its reply was
 * lost. */
static bool is_unlocked(const HttpResponse *response) {
    bool is_refused = response->code >= 400 && response->code < 500 && response->code != 401 &&
                      response->code != 403;
    return response->code == 200 || (response->attempts > 1 && is_refused);
}

/* Some servers return the lock's holder. */
static bool fail_unlock(const char *summary, Str address, Str id, const HttpResponse *response,
                        Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("http lock");
    LockInfo holder;
    bool is_held = response->code == 409 || response->code == 423;
    if (!is_held || !state_lock_from_json(response->body, &holder, scratch))
        return fail_code(summary, address, response, diags);
    return state_lock_report_other(summary, url_redact(address, scratch), id, &holder, diags);
}

static bool send_unlock(const HttpStore *store, Str id, Str body, const char *summary,
                        Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("http lock");
    Str method = http_store_text(store, "unlock_method", "UNLOCK");
    Str address = store->unlock_address.len > 0 ? store->unlock_address : store->lock_address;
    HttpRequest request = http_store_request(store, method, address, body, scratch);
    HttpResponse response;
    if (!http_backend_send(store, &request, summary, &response, scratch, diags))
        return false;
    return is_unlocked(&response) || fail_unlock(summary, address, id, &response, diags);
}

static bool http_unlock(Backend *backend, Diags *diags) {
    HttpStore *store = backend->self;
    Str id = store->lock_id;
    store->lock_id = STR_EMPTY;
    return id.len == 0 ||
           send_unlock(store, id, store->lock_sent, "Error releasing the state lock", diags);
}

/* A lock info with only the ID suffices: servers compare nothing else. */
static bool http_force_unlock(Backend *backend, Str id, Diags *diags) {
    const HttpStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("http lock");
    static const char summary[] = "Failed to unlock state";
    LockInfo info = {.id = id};
    if (store->lock_address.len > 0)
        return send_unlock(store, id, state_lock_to_json(&info, scratch), summary, diags);
    return diags_fail(diags, NO_RANGE, summary,
                      "The backend has no \"lock_address\", so this state cannot be locked.");
}

static void http_close(Backend *backend) {
    const HttpStore *store = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("http lock");
    Diags ignored = diags_new(scratch);
    http_journal_close(store->journal);
    (void)!http_unlock(backend, &ignored);
}

static bool http_backend_check_address(Str address, const char *name, Diags *diags) {
    Url url;
    bool is_web = url_parse(address, &url) && url.host.len > 0 &&
                  (str_equal(url.scheme, STR("http")) || str_equal(url.scheme, STR("https")));
    if (address.len == 0 || is_web)
        return true;
    SCOPED(ArenaRef) scratch = arena_open("http backend");
    return diags_fail(
        diags, NO_RANGE, "Invalid backend configuration",
        "\"%s\" must be an address that begins with http:// or https://, not \"%.*s\".", name,
        STR_ARG(url_redact(address, scratch)));
}

static bool http_backend_check_pair(const HttpStore *store, Diags *diags) {
    bool has_certificate = http_store_text(store, "client_certificate_pem", "").len > 0;
    bool has_key = http_store_text(store, "client_private_key_pem", "").len > 0;
    if (has_certificate == has_key)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"client_certificate_pem\" and \"client_private_key_pem\" must be set "
                      "together; \"%s\" is missing.",
                      has_key ? "client_certificate_pem" : "client_private_key_pem");
}

static bool check_journal(const HttpStore *store, Diags *diags) {
    return store->journal_address.len == 0 || !str_equal(store->journal_address, store->address) ||
           diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"journal_address\" must differ from \"address\", or the journal would "
                      "replace the state.");
}

static bool check_config(const HttpStore *store, Diags *diags) {
    int64_t retries = backend_settings_int(store->config, "retry_max", 2);
    bool ok = http_backend_check_address(store->address, "address", diags) &&
              http_backend_check_address(store->lock_address, "lock_address", diags) &&
              http_backend_check_address(store->unlock_address, "unlock_address", diags) &&
              http_backend_check_address(store->journal_address, "journal_address", diags) &&
              check_journal(store, diags) && http_backend_check_pair(store, diags);
    if (!ok || (retries >= 0 && retries <= 1000))
        return ok;
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"retry_max\" must be an integer from 0 to 1000.");
}

static bool http_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                      Diags *diags) {
    HttpStore *store = arena_new(arena, HttpStore);
    if (!str_equal(workspace, STR("default")))
        return diags_fail(
            diags, NO_RANGE, "Workspaces not supported",
            "The backend \"http\" stores one state, so there is no workspace \"%.*s\".",
            STR_ARG(workspace));
    store->io = io;
    store->arena = arena;
    store->config = config;
    store->address = http_store_text(store, "address", "");
    store->lock_address = http_store_text(store, "lock_address", "");
    store->unlock_address = http_store_text(store, "unlock_address", "");
    store->journal_address = http_store_text(store, "journal_address", "");
    if (!check_config(store, diags))
        return false;
    if (store->journal_address.len > 0)
        store->journal = http_journal_open(store, arena);
    store->backend = (Backend){
        .type = &http_backend,
        .self = store,
        .path = url_redact(store->address, arena),
        .journal = http_journal_lines(store->journal),
        .lock = http_lock,
        .unlock = http_unlock,
        .force_unlock = http_force_unlock,
        .read = http_backend_http_read,
        .write = http_write,
        .close = http_close,
    };
    *out = &store->backend;
    return true;
}

static const Attribute http_attributes[] = {
    {"address", &TYPE_STRING, REQUIRED, "Address to read (GET) and write the state."},
    {"update_method", &TYPE_STRING, OPTIONAL, "HTTP method to write (default \"POST\")."},
    {"lock_address", &TYPE_STRING, OPTIONAL,
     "Address to lock the state. Without it, the state is not locked."},
    {"lock_method", &TYPE_STRING, OPTIONAL, "HTTP method to lock (default \"LOCK\")."},
    {"unlock_address", &TYPE_STRING, OPTIONAL,
     "Address to unlock the state (default: \"lock_address\")."},
    {"unlock_method", &TYPE_STRING, OPTIONAL, "HTTP method to unlock (default \"UNLOCK\")."},
    {"journal_address", &TYPE_STRING, OPTIONAL,
     "Address of a second document, for the journal. Without it, the journal is a file."},
    {"journal_method", &TYPE_STRING, OPTIONAL,
     "HTTP method to write the journal (default \"POST\")."},
    {"username", &TYPE_STRING, OPTIONAL, "Credentials for basic authentication."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Credentials for basic authentication."},
    {"headers", &TYPE_MAP_OF_STRING, OPTIONAL, "Headers to add to every request."},
    {"skip_cert_verification", &TYPE_BOOL, OPTIONAL, "Whether to accept any server certificate."},
    {"retry_max", &TYPE_NUMBER, OPTIONAL, "Maximum number of retries (default 2)."},
    {"retry_wait_min", &TYPE_NUMBER, OPTIONAL,
     "Seconds before the first retry, doubled for each further one (default 1)."},
    {"retry_wait_max", &TYPE_NUMBER, OPTIONAL, "Maximum seconds of each wait (default 30)."},
    {"client_ca_certificate_pem", &TYPE_STRING, OPTIONAL,
     "Certificates of the server's certificate authorities, as PEM text."},
    {"client_certificate_pem", &TYPE_STRING, OPTIONAL, "Client certificate, as PEM text."},
    {"client_private_key_pem", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Key of the client certificate, as PEM text."},
};

static const BackendVariable http_variables[] = {
    {"address", "TF_HTTP_ADDRESS"},
    {"update_method", "TF_HTTP_UPDATE_METHOD"},
    {"lock_address", "TF_HTTP_LOCK_ADDRESS"},
    {"lock_method", "TF_HTTP_LOCK_METHOD"},
    {"unlock_address", "TF_HTTP_UNLOCK_ADDRESS"},
    {"unlock_method", "TF_HTTP_UNLOCK_METHOD"},
    {"journal_address", "TF_HTTP_JOURNAL_ADDRESS"},
    {"journal_method", "TF_HTTP_JOURNAL_METHOD"},
    {"username", "TF_HTTP_USERNAME"},
    {"password", "TF_HTTP_PASSWORD"},
    {"headers", "TF_HTTP_HEADERS"},
    {"skip_cert_verification", "TF_HTTP_SKIP_CERT_VERIFICATION"},
    {"retry_max", "TF_HTTP_RETRY_MAX"},
    {"retry_wait_min", "TF_HTTP_RETRY_WAIT_MIN"},
    {"retry_wait_max", "TF_HTTP_RETRY_WAIT_MAX"},
    {"client_ca_certificate_pem", "TF_HTTP_CLIENT_CA_CERTIFICATE_PEM"},
    {"client_certificate_pem", "TF_HTTP_CLIENT_CERTIFICATE_PEM"},
    {"client_private_key_pem", "TF_HTTP_CLIENT_PRIVATE_KEY_PEM"},
};

const BackendType http_backend = {
    .name = "http",
    .about = "With `journal_address`, the journal is a second document at the server, and the next "
             "run in any directory completes an interrupted one. Its form is that of a state "
             "without resources, so a server of states stores it under another name. Each write "
             "sends the whole journal. Without `journal_address`, the journal is a file in the "
             "data directory, and the state is written every 20 seconds during an apply "
             "(`TF_STATE_PERSIST_INTERVAL`), at its end, and after each change once the program "
             "was interrupted. Then only a run in the same directory completes an interrupted run. "
             "If the directory is lost with its machine, the state lacks the operations since its "
             "last write: find the objects that were created then, and import them. If jobs run on "
             "temporary machines, set `journal_address`, keep the data directory (`TF_DATA_DIR`) "
             "on persistent storage, or choose another backend. The lock does not expire: remove "
             "the lock of a dead program with `force-unlock`.",
    .schema = {SCHEMA_ATTRIBUTES(http_attributes),
               .description = "Stores the state as one document at an HTTP address."},
    BACKEND_VARIABLES(http_variables),
    .open = http_open,
};
