/* keyring: requests keys once and finds them by their metadata. */
#include "keyring.h"
#include "log.h"
#include "secret.h"
#include "thread.h"

typedef struct GivenKey {
    Str stored;
    Str key;
} GivenKey;

struct KeySource {
    KeySourceConfig config;
    KeySource *next;
    KeyResult sealing; /* key.ptr NULL: not requested yet */
    VEC(GivenKey) given;
};

struct Keyring {
    pthread_mutex_t mutex;
    const Io *io;
    const CancelToken *cancel;
    Arena *arena;
    KeySource *sources;
    KeySource *early; /* of the thread */
    Thread *thread;   /* NULL: not started */
};

Keyring *keyring_open(const Io *io, const CancelToken *cancel) {
    Arena *arena = arena_open("keyring");
    Keyring *keyring = arena_new(arena, Keyring);
    pthread_mutex_init(&keyring->mutex, NULL);
    keyring->io = io;
    keyring->cancel = cancel;
    keyring->arena = arena;
    return keyring;
}

void keyring_close(Keyring *keyring) {
    if (!keyring)
        return;
    if (keyring->thread)
        thread_join(keyring->thread);
    for (KeySource *source = keyring->sources; source; source = source->next) {
        secret_wipe(source->sealing.key);
        vec_each(&source->given, given) {
            secret_wipe(given->key);
        }
    }
    pthread_mutex_destroy(&keyring->mutex);
    arena_close(keyring->arena);
}

KeySource *keyring_add(Keyring *keyring, const KeySourceConfig *config) {
    KeySource *source = arena_new(keyring->arena, KeySource);
    source->config = *config;
    source->config.name = str_clone(config->name, keyring->arena);
    source->config.metadata_key = str_clone(config->metadata_key, keyring->arena);
    source->config.config = value_clone(config->config, keyring->arena);
    source->next = keyring->sources;
    keyring->sources = source;
    return source;
}

static bool provide(Keyring *keyring, const KeySource *source, Str chained, const Str *stored,
                    KeyResult *out, Diags *diags) {
    KeyRequest request = {
        .io = keyring->io,
        .cancel = keyring->cancel,
        .name = source->config.name,
        .config = source->config.config,
        .chained = chained,
        .stored = stored,
        .range = source->config.range,
    };
    int64_t began_ms = log_clock_ms();
    bool ok = source->config.type->provide(&request, out, keyring->arena, diags);
    log_debug("key provided", log_text("provider", source->config.name), log_number("ok", ok),
              log_took(began_ms));
    return ok;
}

static bool make_sealing(Keyring *keyring, KeySource *source, Diags *diags) {
    KeySource *chain = source->config.chain;
    KeyResult made = {0};
    if (source->sealing.key.ptr)
        return true;
    if (chain && !make_sealing(keyring, chain, diags))
        return false;
    if (!provide(keyring, source, chain ? chain->sealing.key : (Str){0}, NULL, &made, diags))
        return false;
    source->sealing = made;
    return true;
}

static bool only_computes(const KeySource *source) {
    for (; source; source = source->config.chain) {
        if (!source->config.type->only_computes)
            return false;
    }
    return true;
}

/* The use of the key repeats a failure, and reports it. */
static void make_early(void *payload) {
    Keyring *keyring = payload;
    SCOPED(ArenaRef) scratch = arena_open("keyring");
    Diags ignored = diags_new(scratch);
    LOCKED(&keyring->mutex);
    (void)make_sealing(keyring, keyring->early, &ignored);
}

void keyring_derive_early(Keyring *keyring, KeySource *source) {
    LOCKED(&keyring->mutex);
    if (!keyring->thread && !source->sealing.key.ptr && only_computes(source)) {
        keyring->early = source;
        keyring->thread = thread_start(THREAD_KEY, make_early, keyring);
    }
}

static const EnvelopeMeta *keyring_find_meta(const EnvelopeMetas *metas, Str key) {
    vec_each(metas, meta) {
        if (str_equal(meta->key, key))
            return meta;
    }
    return NULL;
}

static bool keyring_report_missing(const KeySource *source, const EnvelopeMetas *stored,
                                   Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("keyring");
    StrBuf names = strbuf_new(scratch);
    vec_each(stored, meta) {
        strbuf_add_format(&names, "%s\"%.*s\"", names.len ? ", " : "", STR_ARG(meta->key));
    }
    return diags_fail(
        diags, source->config.range, "Key metadata missing",
        "The content has no key metadata of %.*s under the name \"%.*s\", but has %s%.*s. If the "
        "key provider was renamed, set \"encrypted_metadata_alias\" to the stored name.",
        STR_ARG(source->config.name), STR_ARG(source->config.metadata_key),
        names.len ? "" : "nothing", STR_ARG(strbuf_str(&names)));
}

static const GivenKey *keyring_find_given(const KeySource *source, Str stored) {
    vec_each(&source->given, given) {
        if (str_equal(given->stored, stored))
            return given;
    }
    return NULL;
}

static bool find_opening(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored, Str *key,
                         Diags *diags) {
    const EnvelopeMeta *meta = keyring_find_meta(stored, source->config.metadata_key);
    if (!meta)
        return keyring_report_missing(source, stored, diags);
    const GivenKey *known = keyring_find_given(source, meta->json);
    if (source->sealing.key.ptr && str_equal(source->sealing.metadata, meta->json)) {
        *key = source->sealing.key; /* metadata of this run */
        return true;
    }
    if (known) {
        *key = known->key;
        return true;
    }
    Str chained = {0};
    KeyResult made = {0};
    if (source->config.chain &&
        !find_opening(keyring, source->config.chain, stored, &chained, diags))
        return false;
    if (!provide(keyring, source, chained, &meta->json, &made, diags))
        return false;
    GivenKey given = {str_clone(meta->json, keyring->arena), made.key};
    vec_push(keyring->arena, &source->given, given);
    *key = given.key;
    return true;
}

/* If the configuration would still produce these metadata, uses their key for encryption. Never for
 * a chained key: the metadata of its chain would have to be current, too. */
static void trust(KeySource *source, const EnvelopeMetas *stored) {
    const KeyProviderType *type = source->config.type;
    const EnvelopeMeta *meta = keyring_find_meta(stored, source->config.metadata_key);
    const GivenKey *given = meta ? keyring_find_given(source, meta->json) : NULL;
    if (!given || source->sealing.key.ptr || source->config.chain || !type->is_current ||
        !type->is_current(source->config.config, given->stored))
        return;
    source->sealing = (KeyResult){given->key, given->stored};
}

static bool add_metas(const KeySource *source, EnvelopeMetas *out, Arena *arena, Diags *diags) {
    for (; source; source = source->config.chain) {
        if (keyring_find_meta(out, source->config.metadata_key))
            return diags_fail(
                diags, source->config.range, "Duplicate key metadata",
                "Two key providers of one method would store their metadata under the same name "
                "\"%.*s\". Set a different \"encrypted_metadata_alias\" for each.",
                STR_ARG(source->config.metadata_key));
        EnvelopeMeta meta = {source->config.metadata_key, source->sealing.metadata};
        vec_push(arena, out, meta);
    }
    return true;
}

bool keyring_seal_key(Keyring *keyring, KeySource *source, Str *key, EnvelopeMetas *metas,
                      Arena *arena, Diags *diags) {
    LOCKED(&keyring->mutex);
    bool ok = make_sealing(keyring, source, diags) && add_metas(source, metas, arena, diags);
    *key = source->sealing.key;
    return ok;
}

bool keyring_open_key(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored, Str *key,
                      Diags *diags) {
    LOCKED(&keyring->mutex);
    return find_opening(keyring, source, stored, key, diags);
}

void keyring_trust(Keyring *keyring, KeySource *source, const EnvelopeMetas *stored) {
    LOCKED(&keyring->mutex);
    trust(source, stored);
}
