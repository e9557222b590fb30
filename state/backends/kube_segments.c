/* kube_segments: pieces, and the conditions under which they are created. */
#include "kube_segments.h"

#include "gzip.h"
#include "kube_object.h"
#include "problem.h"

#define PIECE_SIZE ((size_t)960 << 10) /* a Secret holds at most 1 MiB */

typedef struct KubeSegments {
    const KubeStore *store;
    KubeUse use;
    Str name; /* begins the names of the Secrets */
} KubeSegments;

static const char *entry_of(const KubeSegments *segments) {
    return segments->use == KUBE_NEXT ? "state" : "journal";
}

static Str kube_segments_name(Value secret) {
    return kube_object_text(secret, "metadata", "name");
}

/* Parses "PREFIX-NUMBER" or "PREFIX-NUMBER-PIECE". */
static bool kube_segments_number_of(const KubeSegments *segments, Str name, uint64_t *number,
                                    uint64_t *piece) {
    Str rest = str_after(name, segments->name.len + 1);
    Str text;
    *piece = 0;
    return str_starts_with(name, segments->name) && str_next_field(&rest, '-', &text) &&
           str_to_uint64(text, number) && (!rest.ptr || str_to_uint64(rest, piece));
}

static bool find_piece(const KubeSegments *segments, const KubeObjects *secrets, uint64_t number,
                       uint64_t piece, Str *out, Arena *arena) {
    vec_each(secrets, secret) {
        uint64_t its_number, its_piece;
        if (kube_segments_number_of(segments, kube_segments_name(*secret), &its_number,
                                    &its_piece) &&
            its_number == number && its_piece == piece)
            return kube_store_data(*secret, entry_of(segments), out, arena);
    }
    return false;
}

/* Reads the segment whose first piece is this Secret. */
static bool read_segment(const KubeSegments *segments, const KubeObjects *secrets, Value first,
                         Segment *out, Arena *arena) {
    StrBuf packed = strbuf_new(arena);
    uint64_t ignored, count;
    Str text;
    if (!kube_segments_number_of(segments, kube_segments_name(first), &out->number, &ignored) ||
        !kube_store_data(first, "pieces", &text, arena) || !str_to_uint64(text, &count))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!find_piece(segments, secrets, out->number, i, &text, arena))
            return false;
        strbuf_add(&packed, text);
    }
    return gzip_unpack(strbuf_str(&packed), &out->text, arena);
}

static bool list_secrets(const KubeSegments *segments, KubeObjects *out, Str *problem,
                         Arena *arena) {
    KubeResult result;
    Str selector = kube_store_selector(segments->store, segments->use, arena);
    bool ok = kube_store_list_secrets(segments->store, selector, out, &result, arena) == KUBE_DONE;
    if (!ok)
        *problem = result.problem;
    return ok;
}

static bool kube_segments_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const KubeSegments *segments = self;
    KubeObjects secrets = {0};
    if (!list_secrets(segments, &secrets, problem, arena))
        return false;
    vec_each(&secrets, secret) {
        Segment segment = {0};
        uint64_t piece;
        if (!kube_segments_number_of(segments, kube_segments_name(*secret), &segment.number,
                                     &piece))
            continue;
        if (piece == 0 && !read_segment(segments, &secrets, *secret, &segment, arena))
            return problem_set(problem, arena, "the Secret \"%.*s\" is damaged",
                               STR_ARG(kube_segments_name(*secret)));
        vec_push(arena, out, segment);
    }
    return true;
}

static Str secret_name(const KubeSegments *segments, uint64_t number, uint64_t piece,
                       Arena *arena) {
    Str name =
        str_format(arena, "%.*s-%010llu", STR_ARG(segments->name), (unsigned long long)number);
    if (piece == 0)
        return name;
    return str_format(arena, "%.*s-%llu", STR_ARG(name), (unsigned long long)piece);
}

/* An existing Secret is either this one, after a lost reply, or was written by a run that holds the
 * lock now. */
static bool kube_segments_is_same(const KubeSegments *segments, Str name, Str bytes, Str *problem,
                                  Arena *arena) {
    KubeResult result;
    Str there;
    KubeOutcome status = kube_store_get(segments->store, KUBE_SECRET, name, &result, arena);
    *problem = status == KUBE_FAILED
                   ? result.problem
                   : STR("another program also writes it, so this run has lost its lock");
    return status == KUBE_DONE &&
           kube_store_data(result.object, entry_of(segments), &there, arena) &&
           str_equal(there, bytes);
}

static bool put_piece(const KubeSegments *segments, Str name, Str bytes, uint64_t count,
                      Str *problem, Arena *arena) {
    KubeResult result;
    Value secret = kube_store_new(segments->store, KUBE_SECRET, name, segments->use, arena);
    secret = kube_store_with_data(secret, entry_of(segments), bytes, arena);
    Str pieces = str_format(arena, "%llu", (unsigned long long)count);
    if (count > 0)
        secret = kube_store_with_data(secret, "pieces", pieces, arena);
    KubeOutcome status = kube_store_create(segments->store, KUBE_SECRET, secret, &result, arena);
    if (status == KUBE_CONFLICT)
        return kube_segments_is_same(segments, name, bytes, problem, arena);
    *problem = result.problem;
    return status == KUBE_DONE;
}

static bool kube_segments_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const KubeSegments *segments = self;
    Str packed = gzip_pack(text, arena);
    Diags lost = diags_new(arena);
    if (*segments->store->renewal && !state_lease_check(*segments->store->renewal, &lost))
        return problem_text(problem, "the lock was lost, because it was not renewed in time");
    uint64_t count = (packed.len + PIECE_SIZE - 1) / PIECE_SIZE;
    for (uint64_t i = count; i-- > 0;) {
        Str name = secret_name(segments, number, i, arena);
        Str bytes = str_slice(packed, i * PIECE_SIZE, (i + 1) * PIECE_SIZE);
        if (!put_piece(segments, name, bytes, i == 0 ? count : 0, problem, arena))
            return false;
    }
    return true;
}

static bool kube_segments_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const KubeSegments *segments = self;
    StrVec names = {0};
    KubeResult result;
    Str selector = kube_store_selector(segments->store, segments->use, arena);
    KubeOutcome status = kube_store_list_names(segments->store, selector, &names, &result, arena);
    str_sort(names.items, names.count);
    for (size_t i = 0; i < names.count && status == KUBE_DONE; i++) {
        uint64_t number, ignored;
        if (kube_segments_number_of(segments, names.items[i], &number, &ignored) && number < below)
            status =
                kube_store_delete(segments->store, KUBE_SECRET, names.items[i], &result, arena);
    }
    *problem = result.problem;
    return status == KUBE_DONE;
}

SegmentStore kube_segments_new(const KubeStore *store, KubeUse use, Arena *arena) {
    KubeSegments *segments = arena_new(arena, KubeSegments);
    *segments = (KubeSegments){store, use, use == KUBE_NEXT ? store->next : store->journal};
    return (SegmentStore){
        .self = segments,
        .name = str_format(arena, "Secrets %.*s-* in namespace %.*s", STR_ARG(segments->name),
                           STR_ARG(store->space)),
        .list = kube_segments_list,
        .put = kube_segments_put,
        .drop = kube_segments_drop,
        .keeps_last = true,
    };
}
