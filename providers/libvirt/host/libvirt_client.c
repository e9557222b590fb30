/* libvirt_client: opens the connection with a deadline, keeps it alive, and reopens a dead one. */
#include "libvirt_client.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <unistd.h>

#include "digest.h"
#include "libvirt_error.h"
#include "log.h"
#include "thread.h"
#include "url.h"
#include "wait_until.h"

#define LOOK_EVERY_MS 50 /* interval of checks for cancellation */

struct LibvirtClient {
    LibvirtOptions options;
    const char *uri;       /* options.uri with the parameters of host_key */
    pthread_mutex_t mutex; /* guards the members below */
    virConnectPtr connection;
    Arena *arena;                     /* of the members below; NULL: they are empty */
    StrVec promised;                  /* "KIND NAME" of objects that the plan creates */
    Str failure_summary, failure_why; /* of libvirt_client_connect_once */
};

/* One attempt to connect. The last user, waiter or thread, frees its arena. */
typedef struct Attempt {
    Arena *arena;
    const char *uri;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    bool is_done;
    bool is_abandoned;
    bool read_only;
    virConnectPtr connection;
    virErrorPtr error;
} Attempt;

/* libvirt's event loop is per process, so it is started once. */
static pthread_once_t library_started = PTHREAD_ONCE_INIT;

static void ignore_error(void *, virErrorPtr) {
}

static void ignore_timer(int timer, void *) {
    (void)timer;
}

static void run_events(void *) {
    while (virEventRunDefaultImpl() >= 0) {
    }
}

static void start_library(void) {
    xmlInitParser();
    virSetErrorFunc(NULL, ignore_error);
    if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0)
        return;
    /* Without a timer the event loop would block forever. */
    if (virEventAddTimeout(1000, ignore_timer, NULL, NULL) < 0)
        return;
    Thread *thread = thread_start(THREAD_LIBVIRT_EVENTS, run_events, NULL);
    if (thread)
        thread_abandon(thread);
}

Str libvirt_client_cache(const Call *call, const char *name) {
    const Process *process = call->io->process;
    const char *cache = process->environment(process->self, "XDG_CACHE_HOME");
    const char *home = process->environment(process->self, "HOME");
    if (cache && *cache)
        return str_format(call->arena, "%s/loam/%s", cache, name);
    return home && *home ? str_format(call->arena, "%s/.cache/loam/%s", home, name) : STR_EMPTY;
}

/* Writes the file unless it has this content. */
static bool write_once(const Disk *disk, Str path, Str text, uint32_t mode, Arena *arena) {
    Str now = STR_EMPTY;
    if (disk->read_file(disk->self, path, &now, arena) == 0 && str_equal(now, text))
        return true;
    return disk->write_file(disk->self, path, text, mode) == 0;
}

/* Returns the URI with parameters that make the transport accept host_key alone; NULL if their
 * files cannot be written. libssh reads known_hosts itself, and `ssh` is started by a script, since
 * libvirt passes no options to it. The files depend on the key alone, so they are kept. */
static const char *pinned_uri(const Call *call, const LibvirtOptions *options) {
    Arena *arena = call->arena;
    const Disk *disk = call->io->disk;
    Str uri = str_from_cstr(options->uri);
    Str key = str_trim(options->host_key);
    if (!key.len)
        return options->uri;
    const char *mark = str_find_char(uri, '?', 0) == SIZE_MAX ? "?" : "&";
    Str directory = libvirt_client_cache(call, "host-keys");
    Str digest = str_slice(digest_hex(DIGEST_SHA256, key, arena), 0, 16);
    Str known = str_format(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(digest));
    /* The file is read for this host only, under any name that the user's configuration gives it.
     */
    if (!directory.len || disk->make_directories(disk->self, directory, 0700) < 0 ||
        !write_once(disk, known, str_format(arena, "* %.*s\n", STR_ARG(key)), 0600, arena))
        return NULL;
    if (str_find(uri, STR("+ssh://"), 0) == SIZE_MAX)
        return str_to_cstr(str_format(arena, "%.*s%sknown_hosts=%.*s&known_hosts_verify=normal",
                                      STR_ARG(uri), mark, STR_ARG(known)),
                           arena);
    Str command = str_format(arena, "%.*s.ssh", STR_ARG(known));
    Str script = str_format(arena,
                            "#!/bin/sh\nexec ssh -o 'UserKnownHostsFile=\"%.*s\"' "
                            "-o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes "
                            "-o UpdateHostKeys=no -o CheckHostIP=no -o VerifyHostKeyDNS=no "
                            "-o ControlPath=none \"$@\"\n",
                            STR_ARG(known));
    if (!write_once(disk, command, script, 0700, arena))
        return NULL;
    return str_to_cstr(
        str_format(arena, "%.*s%scommand=%.*s", STR_ARG(uri), mark, STR_ARG(command)), arena);
}

LibvirtClient *libvirt_client_new(const LibvirtOptions *options, Arena *run) {
    LibvirtClient *client = arena_new(run, LibvirtClient);
    client->options = *options;
    client->options.uri = str_to_cstr(str_from_cstr(options->uri), run);
    client->options.default_pool = str_clone(options->default_pool, run);
    client->options.host_key = str_clone(options->host_key, run);
    CHECK(pthread_mutex_init(&client->mutex, NULL) == 0);
    return client;
}

void libvirt_client_close(LibvirtClient *client) {
    if (!client)
        return;
    if (client->connection)
        (void)virConnectClose(client->connection);
    client->connection = NULL;
    if (client->arena)
        arena_close(client->arena);
    client->arena = NULL;
    pthread_mutex_destroy(&client->mutex);
}

const LibvirtOptions *libvirt_client_options(const Call *call) {
    const LibvirtClient *client = call->client;
    return &client->options;
}

static void attempt_close(Attempt *attempt) {
    if (attempt->connection)
        (void)virConnectClose(attempt->connection);
    if (attempt->error)
        virFreeError(attempt->error);
    pthread_cond_destroy(&attempt->ended);
    pthread_mutex_destroy(&attempt->mutex);
    arena_close(attempt->arena);
}

static int reject_credentials(virConnectCredentialPtr, unsigned count, void *) {
    (void)count;
    return -1;
}

static void attempt_run(void *payload) {
    Attempt *attempt = payload;
    virConnectAuth auth = {.cb = reject_credentials};
    unsigned flags = attempt->read_only ? VIR_CONNECT_RO : 0;
    virConnectPtr connection = virConnectOpenAuth(attempt->uri, &auth, flags);
    virErrorPtr error = connection ? NULL : virSaveLastError();
    pthread_mutex_lock(&attempt->mutex);
    attempt->connection = connection;
    attempt->error = error;
    attempt->is_done = true;
    bool is_mine = attempt->is_abandoned;
    pthread_cond_signal(&attempt->ended);
    pthread_mutex_unlock(&attempt->mutex);
    if (is_mine)
        attempt_close(attempt);
}

/* Adds no_tty: the `ssh` program would otherwise prompt on the terminal, and hang if there is
 * none. */
static const char *uri_to_open(const char *uri, Arena *arena) {
    Str text = str_from_cstr(uri);
    bool is_ssh = str_find(text, STR("+ssh://"), 0) != SIZE_MAX;
    if (!is_ssh || isatty(STDIN_FILENO) || str_find(text, STR("no_tty="), 0) != SIZE_MAX)
        return str_to_cstr(text, arena);
    const char *mark = str_find_char(text, '?', 0) == SIZE_MAX ? "?" : "&";
    return str_to_cstr(str_format(arena, "%s%sno_tty=1", uri, mark), arena);
}

static Attempt *attempt_start(const LibvirtOptions *options, const char *uri) {
    Arena *arena = arena_open("libvirt attempt");
    Attempt *attempt = arena_new(arena, Attempt);
    attempt->arena = arena;
    attempt->uri = uri_to_open(uri, arena);
    attempt->read_only = options->read_only;
    CHECK(pthread_mutex_init(&attempt->mutex, NULL) == 0);
    CHECK(pthread_cond_init(&attempt->ended, NULL) == 0);
    Thread *thread = thread_start(THREAD_ATTEMPT, attempt_run, attempt);
    if (!thread) {
        attempt_close(attempt);
        return NULL;
    }
    thread_abandon(thread);
    return attempt;
}

/* Returns false if the deadline passed or the run was cancelled; then the thread owns the
 * attempt. */
static bool attempt_wait(Attempt *attempt, const Call *call, int64_t timeout_ms) {
    int64_t end_ms = call_monotonic_ms(call) + timeout_ms;
    LOCKED(&attempt->mutex);
    while (!attempt->is_done) {
        if (call_monotonic_ms(call) >= end_ms || call_is_cancelled(call))
            break;
        thread_wait(&attempt->ended, &attempt->mutex, LOOK_EVERY_MS);
    }
    bool is_done = attempt->is_done;
    attempt->is_abandoned = !is_done;
    return is_done;
}

static bool add_connect_error(const Call *call, const Attempt *attempt,
                              const LibvirtOptions *options, Diags *diags) {
    const char *uri = options->uri;
    LibvirtError error = libvirt_error_of(attempt->error, call->arena);
    if (options->host_key.len)
        error.hint =
            STR("Only the key in \"host_key\" is accepted, and nothing is sent to a host "
                "with another key. If the host was rebuilt, set it to the host's new key.");
    libvirt_error_add_this(call, &error, diags, "Cannot connect to \"%s\"", uri);
    if (geteuid() == 0 && str_starts_with(str_from_cstr(uri), STR("qemu:///session")))
        libvirt_error_warn(call, diags, STR("qemu:///session cannot be used as root"),
                           STR("libvirt starts a user's own daemon only if the user is not root. "
                               "Run loam as another user, or use qemu:///system."));
    return false;
}

static bool open_connection(const Call *call, const LibvirtOptions *options, virConnectPtr *out,
                            Diags *diags) {
    pthread_once(&library_started, start_library);
    const char *uri = pinned_uri(call, options);
    if (!uri)
        return libvirt_error_say(
            call, diags, STR("Cannot connect to the host"),
            STR("The host key cannot be written to the user's cache directory, "
                "$XDG_CACHE_HOME or $HOME/.cache."));
    Attempt *attempt = attempt_start(options, uri);
    if (!attempt)
        return libvirt_error_say(call, diags, STR("Cannot connect to the host"),
                                 STR("The system cannot start another thread."));
    call_progress(call, 0, 0, "connecting to the host");
    bool has_ended = attempt_wait(attempt, call, options->connect_timeout_ms);
    log_debug("libvirt connect",
              log_text("uri", url_redact(str_from_cstr(options->uri), call->arena)),
              log_number("ended", has_ended),
              log_number("open", has_ended && attempt->connection != NULL));
    if (!has_ended)
        return libvirt_error_say(
            call, diags, str_format(call->arena, "Cannot connect to \"%s\"", options->uri),
            call_is_cancelled(call) ? STR("The connection attempt was interrupted.")
                                    : str_format(call->arena,
                                                 "The host did not respond within %.*s. To wait "
                                                 "longer, set the provider's \"connect_timeout\".",
                                                 STR_ARG(clock_format_elapsed(
                                                     options->connect_timeout_ms, call->arena))));
    bool is_open = attempt->connection != NULL;
    if (is_open) {
        *out = attempt->connection;
        attempt->connection = NULL;
        /* In-process drivers (test, embed) do not support keepalive; ignore the error. */
        if (options->keepalive_interval > 0)
            (void)virConnectSetKeepAlive(*out, options->keepalive_interval,
                                         options->keepalive_count);
    } else {
        (void)add_connect_error(call, attempt, options, diags);
    }
    attempt_close(attempt);
    return is_open;
}

static bool connect_locked(const Call *call, virConnectPtr *out, Diags *diags) {
    LibvirtClient *client = call->client;
    if (client->connection && virConnectIsAlive(client->connection) != 1) {
        (void)virConnectClose(client->connection);
        client->connection = NULL;
    }
    bool is_open =
        client->connection || open_connection(call, &client->options, &client->connection, diags);
    if (is_open) {
        (void)virConnectRef(client->connection);
        *out = client->connection;
    }
    return is_open;
}

bool libvirt_client_connect(const Call *call, virConnectPtr *out, Diags *diags) {
    LibvirtClient *client = call->client;
    LOCKED(&client->mutex);
    return connect_locked(call, out, diags);
}

static Arena *client_arena(LibvirtClient *client) {
    if (!client->arena)
        client->arena = arena_open("libvirt client");
    return client->arena;
}

bool libvirt_client_connect_once(const Call *call, virConnectPtr *out, Diags *diags) {
    LibvirtClient *client = call->client;
    Diags found = diags_new(call->arena);
    bool is_open = false;
    pthread_mutex_lock(&client->mutex);
    bool is_repeated = client->failure_summary.len > 0;
    if (!is_repeated)
        is_open = connect_locked(call, out, &found);
    if (found.count > 0 && !call_is_cancelled(call)) {
        const Diag *first = &found.items[0];
        client->failure_summary = str_clone(first->summary, client_arena(client));
        client->failure_why = str_clone(first->detail, client_arena(client));
    }
    Str summary = client->failure_summary, why = client->failure_why;
    pthread_mutex_unlock(&client->mutex);
    if (is_open)
        return true;
    if (!summary.len)
        return libvirt_error_say(call, diags, STR("Cannot connect to the host"),
                                 STR("The connection attempt was interrupted."));
    (void)libvirt_error_say(call, diags, summary, why);
    vec_last(diags).follows = is_repeated;
    return false;
}

static Str promise(const Call *call, const char *kind, Str name) {
    return str_format(call->arena, "%s %.*s", kind, STR_ARG(name));
}

void libvirt_client_promise(const Call *call, const char *kind, Str name) {
    LibvirtClient *client = call->client;
    LOCKED(&client->mutex);
    Arena *arena = client_arena(client);
    vec_push(arena, &client->promised, str_clone(promise(call, kind, name), arena));
}

bool libvirt_client_is_promised(const Call *call, const char *kind, Str name) {
    LibvirtClient *client = call->client;
    Str text = promise(call, kind, name);
    LOCKED(&client->mutex);
    return str_is_among(text, client->promised.items, client->promised.count);
}

bool libvirt_client_connect_alone(const Call *call, virConnectPtr *out, Diags *diags) {
    const LibvirtClient *client = call->client;
    return open_connection(call, &client->options, out, diags);
}

bool libvirt_client_has_kvm(virConnectPtr connection) {
    char *capabilities = virConnectGetDomainCapabilities(connection, NULL, NULL, NULL, "kvm", 0);
    bool has_kvm = capabilities != NULL;
    free(capabilities);
    return has_kvm;
}

bool libvirt_client_wait_for_late(const Call *call, unsigned *attempt) {
    static const WaitPauses pauses = {
        .first_ms = 20, .last_ms = 320, .count = 5}; /* 620 ms in total */
    return wait_until_retry(call, &pauses, attempt);
}
