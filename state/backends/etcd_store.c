/* etcd_store: a text that exceeds one request is written in pieces first, then its manifest. */
#include "etcd_store.h"

#include "digest.h"
#include "journal_segments.h"
#include "problem.h"
#include "uuid.h"

#define PIECE_BYTES ((size_t)1 << 20) /* etcd limits a request to 1.5 MiB */
#define MANIFEST    "pieces "

static bool etcd_store_send(const EtcdStore *store, const EtcdTxn *txn, EtcdResponse *out,
                            Str *problem, Arena *arena) {
    return etcd_client_txn(store->client, txn, *store->cancel, out, problem, arena);
}

bool etcd_store_send_fenced(const EtcdStore *store, EtcdTxn *txn, Str *problem, Arena *arena) {
    EtcdResponse response;
    Diags lost = diags_new(arena);
    EtcdCompare fence = {store->lock_key, store->lock_revision};
    if (store->lease && !state_lease_check(store->lease, &lost))
        return problem_text(problem, "the lock was lost, because it was not renewed in time");
    if (store->lock_revision != 0)
        vec_push(arena, &txn->compares, fence);
    if (!etcd_store_send(store, txn, &response, problem, arena))
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
static bool read_pieces(const EtcdStore *store, const Manifest *manifest, int64_t revision,
                        Str *out, Str *problem, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (uint64_t i = 0; i < manifest->count; i++) {
        Str key = piece_key(store->state_key, manifest->write, i, arena);
        EtcdTxn txn = {0};
        EtcdResponse response;
        EtcdOperation get = etcd_client_range(key, STR_EMPTY);
        get.revision = revision;
        vec_push(arena, &txn.success, get);
        if (!etcd_store_send(store, &txn, &response, problem, arena))
            return false;
        const EtcdKeyValue *piece = etcd_client_find(&response, key);
        if (piece)
            strbuf_add(&text, piece->value);
    }
    *out = strbuf_str(&text);
    if (str_equal(digest_hex(DIGEST_SHA256, *out, arena), manifest->digest))
        return true;
    return problem_set(problem, arena, "the state has %llu bytes, but some pieces are missing",
                       (unsigned long long)manifest->size);
}

bool etcd_store_read(const EtcdStore *store, Str *out, Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    EtcdResponse response;
    Manifest manifest;
    vec_push(arena, &txn.success, etcd_client_range(store->state_key, STR_EMPTY));
    if (!etcd_store_send(store, &txn, &response, problem, arena))
        return false;
    const EtcdKeyValue *found = etcd_client_find(&response, store->state_key);
    *out = found ? found->value : STR_EMPTY;
    if (!str_starts_with(*out, STR(MANIFEST)))
        return true;
    if (parse_manifest(*out, &manifest))
        return read_pieces(store, &manifest, response.revision, out, problem, arena);
    return problem_text(problem, "the list of the state's pieces cannot be read");
}

/* Deletes all pieces except those of this write (empty: all) in the transaction that replaces the
 * manifest. */
static void add_cleaning(const EtcdStore *store, Str write, EtcdTxn *txn, Arena *arena) {
    Str all = str_concat(store->state_key, STR("/"), arena);
    Str end = etcd_client_range_end(all, arena);
    if (write.len == 0) {
        vec_push(arena, &txn->success, etcd_client_delete(all, end));
        return;
    }
    Str own = str_format(arena, "%.*s%.*s/", STR_ARG(all), STR_ARG(write));
    vec_push(arena, &txn->success, etcd_client_delete(all, own));
    vec_push(arena, &txn->success, etcd_client_delete(etcd_client_range_end(own, arena), end));
}

static bool etcd_store_write_head(const EtcdStore *store, Str text, Str write, Str *problem,
                                  Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, etcd_client_put(store->state_key, text));
    add_cleaning(store, write, &txn, arena);
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

/* Writes the pieces of *text, which then is the value to write to `key`. */
static bool put_pieces(const EtcdStore *store, Str key, Str write, Str *text, Str *problem,
                       Arena *arena) {
    uint64_t count = 0;
    for (size_t at = 0; at < text->len; at += PIECE_BYTES) {
        SCOPED(ArenaRef) scratch = arena_open("etcd piece");
        size_t end = at + PIECE_BYTES < text->len ? at + PIECE_BYTES : text->len;
        EtcdTxn txn = {0};
        Str why = STR_EMPTY;
        Str piece = piece_key(key, write, count++, scratch);
        vec_push(scratch, &txn.success, etcd_client_put(piece, str_slice(*text, at, end)));
        if (!etcd_store_send_fenced(store, &txn, &why, scratch)) {
            *problem = str_clone(why, arena);
            return false;
        }
    }
    *text = str_format(arena, MANIFEST "%llu %.*s %zu %.*s\n", (unsigned long long)count,
                       STR_ARG(write), text->len, STR_ARG(digest_hex(DIGEST_SHA256, *text, arena)));
    return true;
}

static Str etcd_store_segment_key(const EtcdStore *store, uint64_t number, Arena *arena) {
    return str_format(arena, "%.*sjournal/%016llx", STR_ARG(store->directory),
                      (unsigned long long)number);
}

/* Joins pieces that were read in the same request as their manifest. */
static bool join_pieces(const EtcdResponse *response, Str key, Str *text, Str *problem,
                        Arena *arena) {
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
    return problem_set(problem, arena, "some pieces of \"%.*s\" are missing", STR_ARG(key));
}

static bool segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    Str directory = str_concat(store->directory, STR("journal/"), arena);
    EtcdTxn txn = {0};
    EtcdResponse response;
    vec_push(arena, &txn.success,
             etcd_client_range(directory, etcd_client_range_end(directory, arena)));
    if (!etcd_store_send(store, &txn, &response, problem, arena))
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
    Str key = etcd_store_segment_key(store, number, arena);
    if (text.len > PIECE_BYTES && !put_pieces(store, key, uuid_v4(arena), &text, problem, arena))
        return false;
    vec_push(arena, &txn.success, etcd_client_put(key, text));
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

static bool segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    EtcdTxn txn = {0};
    Str first = etcd_store_segment_key(store, 0, arena);
    vec_push(arena, &txn.success,
             etcd_client_delete(first, etcd_store_segment_key(store, below, arena)));
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

bool etcd_store_write(const EtcdStore *store, Str text, Str *problem, Arena *arena) {
    bool is_whole = text.len <= PIECE_BYTES;
    Str write = is_whole ? STR_EMPTY : uuid_v4(arena);
    return (is_whole || put_pieces(store, store->state_key, write, &text, problem, arena)) &&
           etcd_store_write_head(store, text, write, problem, arena);
}

JournalStore *etcd_store_journal(EtcdStore *store, Arena *arena) {
    SegmentStore segments = {store, str_concat(store->directory, STR("journal"), arena),
                             segments_list, segments_put, segments_drop};
    return journal_segments_new(&segments, arena);
}
