/* consul_store: the keys of a workspace. A reader of a state in pieces begins again if a write
 * replaced them meanwhile. */
#include "consul_store.h"
#include "digest.h"
#include "gzip.h"
#include "journal_segments.h"
#include "json.h"
#include "problem.h"

#define READ_TRIES  5
#define PART_BYTES  ((size_t)320 << 10) /* its base64, with the names, fits into a transaction */
#define MD5_DIGITS  32
#define JOURNAL     ".loam-journal/"
#define PLANS       ".loam-plans/"
#define PIECES      "tfstate."
#define HASH_MEMBER "current-hash"

static Str store_key(const ConsulStore *store, const char *name, Str rest, Arena *arena) {
    return str_format(arena, "%.*s%s%.*s", STR_ARG(store->directory), name, STR_ARG(rest));
}

Str consul_store_lock_key(const ConsulStore *store, Arena *arena) {
    return store_key(store, ".lock", STR_EMPTY, arena);
}

Str consul_store_info_key(const ConsulStore *store, Arena *arena) {
    return store_key(store, ".lockinfo", STR_EMPTY, arena);
}

/* Begins the transaction of a write. */
static void store_add_fence(const ConsulStore *store, ConsulOperations *operations, Arena *arena) {
    if (store->session.len > 0)
        vec_push(arena, operations,
                 ((ConsulOperation){.verb = CONSUL_CHECK_SESSION,
                                    .key = consul_store_lock_key(store, arena),
                                    .session = store->session}));
}

static bool store_has_lock(const ConsulStore *store, Str *problem, Arena *arena) {
    Diags lost = diags_new(arena);
    if (!store->lease || state_lease_check(store->lease, &lost))
        return true;
    return problem_text(problem, "the lock was lost, because it was not renewed in time");
}

static bool store_is_lost(const ConsulStore *store, Arena *arena) {
    ConsulPair lock;
    Str ignored;
    ConsulStatus status = CONSUL_DONE;
    if (store->session.len > 0)
        status = consul_client_get(&store->client, consul_store_lock_key(store, arena), &lock,
                                   &ignored, arena);
    return store->session.len > 0 &&
           (status == CONSUL_ABSENT ||
            (status == CONSUL_DONE && !str_equal(lock.session, store->session)));
}

/* Sends a transaction that began with store_add_fence, and explains a conflict. */
static ConsulStatus store_send(const ConsulStore *store, Str body, ConsulReply *reply, Str *problem,
                               Arena *arena) {
    if (!store_has_lock(store, problem, arena))
        return CONSUL_FAILED;
    ConsulStatus status = consul_client_txn(&store->client, body, reply, problem, arena);
    if (status != CONSUL_CONFLICT || !store_is_lost(store, arena))
        return status;
    *problem = STR("the lock was lost, and another program may hold it");
    return CONSUL_FAILED;
}

/* Deletes keys, or with CONSUL_DELETE_TREE all that begin with them, in order. */
static bool store_delete(const ConsulStore *store, ConsulVerb verb, const StrVec *keys,
                         Str *problem, Arena *arena) {
    for (size_t at = 0; at < keys->count; at += CONSUL_OPS_MAX) {
        ConsulOperations operations = {0};
        ConsulReply reply;
        store_add_fence(store, &operations, arena);
        for (size_t i = at; i < keys->count && i < at + CONSUL_OPS_MAX; i++)
            vec_push(arena, &operations, ((ConsulOperation){.verb = verb, .key = keys->items[i]}));
        if (store_send(store, consul_client_encode(&operations, arena), &reply, problem, arena) !=
            CONSUL_DONE)
            return false;
    }
    return true;
}

/* The state. */

/* Reads the keys of the pieces and the digest of an index; returns false for a state. */
static bool store_parse_index(Str text, StrVec *keys, Str *digest, Arena *arena) {
    Value index;
    if (!str_starts_with(text, STR("{")) || str_find(text, STR(HASH_MEMBER), 0) == SIZE_MAX ||
        !json_parse_object(text, &index, arena))
        return false;
    *digest = value_text_at(index, STR(HASH_MEMBER));
    json_add_texts(index, STR("chunks"), keys, arena);
    return digest->len > 0;
}

/* CONSUL_ABSENT: a piece is missing, or one of another write was read. */
static ConsulStatus store_read_pieces(const ConsulStore *store, const StrVec *keys, Str *out,
                                      Str *problem, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(keys, key) {
        ConsulPair piece;
        ConsulStatus status = consul_client_get(&store->client, *key, &piece, problem, arena);
        if (status != CONSUL_DONE)
            return status;
        strbuf_add(&text, piece.value);
    }
    *out = strbuf_str(&text);
    return CONSUL_DONE;
}

static bool store_unpack(Str *text, Arena *arena) {
    return !str_starts_with(*text, STR("\x1f")) || gzip_unpack(*text, text, arena);
}

static void store_remember(ConsulStore *store, int64_t index, Str digest) {
    store->was_read = true;
    store->index = index;
    if (!str_equal(store->digest, digest))
        store->digest = str_clone(digest, store->arena);
}

/* Reads `state_key`, and the pieces if it is an index. */
static ConsulStatus store_read_once(ConsulStore *store, Str *out, Str *problem, Arena *arena) {
    ConsulPair found;
    StrVec keys = {0};
    Str digest = STR_EMPTY;
    *out = STR_EMPTY;
    ConsulStatus status =
        consul_client_get(&store->client, store->state_key, &found, problem, arena);
    if (status == CONSUL_FAILED)
        return status;
    bool is_split = store_parse_index(found.value, &keys, &digest, arena);
    /* While locked, keep the index of the first read: the write is conditional on it. */
    if (store->session.len == 0 || !store->was_read)
        store_remember(store, found.index, digest);
    *out = found.value;
    if (is_split) {
        status = store_read_pieces(store, &keys, out, problem, arena);
        if (status != CONSUL_DONE)
            return status;
    }
    if (!store_unpack(out, arena)) {
        *problem = STR("the compressed state is damaged");
        return is_split ? CONSUL_ABSENT : CONSUL_FAILED;
    }
    bool is_whole = !is_split || str_equal(digest_hex(DIGEST_MD5, *out, arena), digest);
    return is_whole ? CONSUL_DONE : CONSUL_ABSENT;
}

bool consul_store_read(ConsulStore *store, Str *out, Str *problem, Arena *arena) {
    for (int i = 0; i < READ_TRIES; i++) {
        ConsulStatus status = store_read_once(store, out, problem, arena);
        if (status != CONSUL_ABSENT)
            return status == CONSUL_DONE;
    }
    return problem_text(problem, "some pieces of the state are missing or damaged");
}

static Str store_pieces_directory(const ConsulStore *store, Str digest, Arena *arena) {
    return str_format(arena, "%.*s" PIECES "%.*s/", STR_ARG(store->directory), STR_ARG(digest));
}

/* Writes the pieces; *index is the text for `state_key`. */
static bool store_put_pieces(const ConsulStore *store, Str digest, Str bytes, Str *index,
                             Str *problem, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str directory = store_pieces_directory(store, digest, arena);
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_array(&writer, "chunks");
    for (size_t at = 0, i = 0; at < bytes.len; at += CONSUL_VALUE_MAX, i++) {
        Str key = str_format(arena, "%.*s%zu", STR_ARG(directory), i);
        Str piece = str_slice(bytes, at, at + CONSUL_VALUE_MAX);
        if (!store_has_lock(store, problem, arena) ||
            consul_client_put(&store->client, key, piece, problem, arena) != CONSUL_DONE)
            return false;
        json_write_string(&writer, key);
    }
    json_array_end(&writer);
    json_key_string(&writer, HASH_MEMBER, digest);
    json_object_end(&writer);
    *index = strbuf_str(&text);
    return true;
}

/* Lists the directories of pieces but `kept`. A name of another form may be a state of the user. */
static bool store_list_pieces(const ConsulStore *store, Str kept, StrVec *out, Str *problem,
                              Arena *arena) {
    Str prefix = store_key(store, PIECES, STR_EMPTY, arena);
    StrVec names = {0};
    if (consul_client_names(&store->client, prefix, true, &names, problem, arena) != CONSUL_DONE)
        return false;
    vec_each(&names, name) {
        Str digits = str_after(*name, prefix.len);
        bool is_directory = digits.len == MD5_DIGITS + 1 && str_ends_with(digits, STR("/"));
        if (is_directory && !str_equal(*name, kept))
            vec_push(arena, out, *name);
    }
    return true;
}

/* Returns the transaction that sets `state_key` and deletes the pieces of other writes. */
static bool store_encode_write(const ConsulStore *store, Str value, Str kept, bool has_pieces,
                               Str *body, Str *problem, Arena *arena) {
    ConsulOperations operations = {0};
    StrVec old = {0};
    ConsulOperation write = {
        .verb = store->was_read ? CONSUL_CAS : CONSUL_SET,
        .key = store->state_key,
        .value = value,
        .index = store->index,
    };
    if (has_pieces && !store_list_pieces(store, kept, &old, problem, arena))
        return false;
    store_add_fence(store, &operations, arena);
    vec_push(arena, &operations, write);
    for (size_t i = 0; i < old.count && i < CONSUL_OPS_MAX; i++)
        vec_push(arena, &operations,
                 ((ConsulOperation){.verb = CONSUL_DELETE_TREE, .key = old.items[i]}));
    *body = consul_client_encode(&operations, arena);
    return true;
}

static int64_t store_index_in(const ConsulReply *reply, Str key) {
    vec_each(&reply->changed, pair) {
        if (str_equal(pair->key, key))
            return pair->index;
    }
    return 0;
}

/* A retry finds the value that an earlier attempt wrote. */
static bool store_has_value(const ConsulStore *store, Str key, Str value, int64_t *index,
                            Arena *arena) {
    ConsulPair found;
    Str ignored;
    bool is_same = consul_client_get(&store->client, key, &found, &ignored, arena) == CONSUL_DONE &&
                   str_equal(found.value, value);
    *index = found.index;
    return is_same;
}

bool consul_store_write(ConsulStore *store, Str text, Str *problem, Arena *arena) {
    Str value = store->packs ? gzip_pack(text, arena) : text;
    Str kept = STR_EMPTY, digest = STR_EMPTY, body;
    ConsulReply reply;
    int64_t index;
    bool had_pieces = store->digest.len > 0 || !store->was_read;
    if (!store_encode_write(store, value, kept, had_pieces, &body, problem, arena))
        return false;
    if (body.len > CONSUL_TXN_MAX) {
        digest = digest_hex(DIGEST_MD5, text, arena);
        kept = store_pieces_directory(store, digest, arena);
        /* The same text, maybe compressed by another program: its pieces must not be mixed. */
        if (str_equal(digest, store->digest))
            return store_has_lock(store, problem, arena);
        if (!store_put_pieces(store, digest, value, &value, problem, arena) ||
            !store_encode_write(store, value, kept, true, &body, problem, arena))
            return false;
    }
    ConsulStatus status = store_send(store, body, &reply, problem, arena);
    if (status == CONSUL_FAILED)
        return false;
    index = store_index_in(&reply, store->state_key);
    if (status == CONSUL_CONFLICT &&
        !(reply.is_retry && store_has_value(store, store->state_key, value, &index, arena)))
        return problem_text(problem, "another program has changed it since this run read it");
    store_remember(store, index, digest);
    return true;
}

bool consul_store_remove(ConsulStore *store, Str *problem, Arena *arena) {
    ConsulOperations operations = {0};
    ConsulReply reply;
    StrVec pieces = {0};
    if (!store_list_pieces(store, STR_EMPTY, &pieces, problem, arena))
        return false;
    vec_push(arena, &pieces, store_key(store, JOURNAL, STR_EMPTY, arena));
    vec_push(arena, &pieces, store_key(store, PLANS, STR_EMPTY, arena));
    store_add_fence(store, &operations, arena);
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_DELETE, .key = store->state_key}));
    vec_each(&pieces, name) {
        vec_push(arena, &operations, ((ConsulOperation){.verb = CONSUL_DELETE_TREE, .key = *name}));
    }
    return store_send(store, consul_client_encode(&operations, arena), &reply, problem, arena) ==
           CONSUL_DONE;
}

/* The journal. A segment is complete if it has all pieces that their names count. */

static Str store_segment(const ConsulStore *store, uint64_t number, Arena *arena) {
    return str_format(arena, "%.*s" JOURNAL "%010llu/", STR_ARG(store->directory),
                      (unsigned long long)number);
}

/* Splits "NUMBER/INDEX.COUNT". */
static bool store_parse_piece(Str name, uint64_t numbers[static 3]) {
    size_t slash = str_find_char(name, '/', 0);
    size_t dot = str_find_char(name, '.', 0);
    return slash != SIZE_MAX && dot != SIZE_MAX && slash < dot &&
           str_to_uint64(str_slice(name, 0, slash), &numbers[0]) &&
           str_to_uint64(str_slice(name, slash + 1, dot), &numbers[1]) &&
           str_to_uint64(str_after(name, dot + 1), &numbers[2]);
}

static bool store_segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const ConsulStore *store = self;
    Str prefix = store_key(store, JOURNAL, STR_EMPTY, arena);
    ConsulPairs found = {0};
    if (consul_client_list(&store->client, prefix, &found, problem, arena) != CONSUL_DONE)
        return false;
    /* The keys are in order, hence the pieces of a segment in that of their indices. */
    for (size_t i = 0; i < found.count;) {
        uint64_t first[3], piece[3];
        StrBuf text = strbuf_new(arena);
        uint64_t count = 0;
        if (!store_parse_piece(str_after(found.items[i].key, prefix.len), first)) {
            i++;
            continue;
        }
        for (; i < found.count &&
               store_parse_piece(str_after(found.items[i].key, prefix.len), piece) &&
               piece[0] == first[0];
             i++) {
            count += piece[1] == count && piece[2] == first[2];
            strbuf_add(&text, found.items[i].value);
        }
        bool is_whole = count == first[2];
        vec_push(arena, out, ((Segment){first[0], is_whole ? strbuf_str(&text) : STR_EMPTY}));
    }
    return true;
}

/* Creates the key, on condition of the lock. */
static bool store_create(const ConsulStore *store, Str key, Str value, Str *problem, Arena *arena) {
    ConsulOperations operations = {0};
    ConsulReply reply;
    int64_t index;
    store_add_fence(store, &operations, arena);
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_CAS, .key = key, .value = value}));
    ConsulStatus status =
        store_send(store, consul_client_encode(&operations, arena), &reply, problem, arena);
    if (status != CONSUL_CONFLICT)
        return status == CONSUL_DONE;
    if (store_has_value(store, key, value, &index, arena))
        return true;
    return problem_text(problem, "another program also writes it, so this run has lost its lock");
}

static bool store_segments_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const ConsulStore *store = self;
    size_t count = (text.len + PART_BYTES - 1) / PART_BYTES;
    for (size_t i = 0; i < count; i++) {
        SCOPED(ArenaRef) scratch = arena_open("consul segment");
        Str why = STR_EMPTY;
        Str key = str_format(scratch, "%.*s%06zu.%zu",
                             STR_ARG(store_segment(store, number, scratch)), i, count);
        if (!store_create(store, key, str_slice(text, i * PART_BYTES, (i + 1) * PART_BYTES), &why,
                          scratch)) {
            *problem = str_clone(why, arena);
            return false;
        }
    }
    return true;
}

static bool store_segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const ConsulStore *store = self;
    Str prefix = store_key(store, JOURNAL, STR_EMPTY, arena);
    StrVec names = {0}, old = {0};
    if (consul_client_names(&store->client, prefix, true, &names, problem, arena) != CONSUL_DONE)
        return false;
    vec_each(&names, name) {
        uint64_t number;
        Str digits = str_after(*name, prefix.len);
        if (digits.len > 1 && str_to_uint64(str_slice(digits, 0, digits.len - 1), &number) &&
            number < below)
            vec_push(arena, &old, *name);
    }
    return store_delete(store, CONSUL_DELETE_TREE, &old, problem, arena);
}

JournalStore *consul_store_journal(ConsulStore *store, Arena *arena) {
    SegmentStore segments = {store, store_key(store, JOURNAL, STR_EMPTY, arena),
                             store_segments_list, store_segments_put, store_segments_drop};
    return journal_segments_new(&segments, arena);
}

/* The stored plans. */

static Str store_plan_key(const ConsulStore *store, Str key, Arena *arena) {
    return store_key(store, PLANS, key, arena);
}

static bool store_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const ConsulStore *store = self;
    Str prefix = store_plan_key(store, STR_EMPTY, arena);
    StrVec names = {0};
    if (consul_client_names(&store->client, prefix, false, &names, problem, arena) != CONSUL_DONE)
        return false;
    vec_each(&names, name) {
        vec_push(arena, out, str_after(*name, prefix.len));
    }
    return true;
}

static bool store_plans_get(void *self, Str key, Str *out, bool *found, Str *problem,
                            Arena *arena) {
    const ConsulStore *store = self;
    ConsulPair pair;
    ConsulStatus status =
        consul_client_get(&store->client, store_plan_key(store, key, arena), &pair, problem, arena);
    *out = pair.value;
    *found = status == CONSUL_DONE;
    return status != CONSUL_FAILED;
}

static bool store_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const ConsulStore *store = self;
    ConsulOperations operations = {0};
    ConsulReply reply;
    store_add_fence(store, &operations, arena);
    vec_push(arena, &operations,
             ((ConsulOperation){
                 .verb = CONSUL_SET, .key = store_plan_key(store, key, arena), .value = bytes}));
    return store_send(store, consul_client_encode(&operations, arena), &reply, problem, arena) ==
           CONSUL_DONE;
}

static bool store_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    StrVec keys = {0};
    vec_push(arena, &keys, store_plan_key(self, key, arena));
    return store_delete(self, CONSUL_DELETE, &keys, problem, arena);
}

NamedObjects *consul_store_plans(ConsulStore *store, Arena *arena) {
    NamedObjects *plans = arena_new(arena, NamedObjects);
    *plans = (NamedObjects){
        .self = store,
        .name = store_plan_key(store, STR_EMPTY, arena),
        .piece_size = PART_BYTES,
        .list = store_plans_list,
        .get = store_plans_get,
        .put = store_plans_put,
        .drop = store_plans_drop,
    };
    return plans;
}
