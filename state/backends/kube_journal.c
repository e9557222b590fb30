/* kube_journal: Secrets with labels of the journal. A segment that exceeds one Secret is split into
 * pieces. NAME-NUMBER holds the first piece and the number of pieces. It is created last, so an
 * incomplete segment is never read. */
#include "gzip.h"
#include "journal_segments.h"
#include "kube_object.h"
#include "kube_store.h"
#include "problem.h"

#define PIECE_SIZE ((size_t)960 << 10) /* a Secret holds at most 1 MiB */

/* Parses "PREFIX-NUMBER" or "PREFIX-NUMBER-PIECE". */
static bool kube_journal_number_of(const KubeStore *store, Value secret, uint64_t *number,
                                   uint64_t *piece) {
    Str name = kube_object_text(secret, "metadata", "name");
    Str rest = str_after(name, store->journal.len + 1);
    Str text;
    *piece = 0;
    return str_starts_with(name, store->journal) && str_next_field(&rest, '-', &text) &&
           str_to_uint64(text, number) && (!rest.ptr || str_to_uint64(rest, piece));
}

static bool find_piece(const KubeStore *store, const KubeObjects *secrets, uint64_t number,
                       uint64_t piece, Str *out, Arena *arena) {
    vec_each(secrets, secret) {
        uint64_t its_number, its_piece;
        if (kube_journal_number_of(store, *secret, &its_number, &its_piece) &&
            its_number == number && its_piece == piece)
            return kube_store_data(*secret, "journal", out, arena);
    }
    return false;
}

/* Reads the segment whose first piece is this Secret. */
static bool read_segment(const KubeStore *store, const KubeObjects *secrets, Value first,
                         Segment *out, Arena *arena) {
    StrBuf packed = strbuf_new(arena);
    uint64_t ignored, count;
    Str text;
    if (!kube_journal_number_of(store, first, &out->number, &ignored) ||
        !kube_store_data(first, "pieces", &text, arena) || !str_to_uint64(text, &count))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!find_piece(store, secrets, out->number, i, &text, arena))
            return false;
        strbuf_add(&packed, text);
    }
    return gzip_unpack(strbuf_str(&packed), &out->text, arena);
}

static bool list_secrets(const KubeStore *store, KubeObjects *out, Str *problem, Arena *arena) {
    KubeResult result;
    Str selector = kube_store_selector(store, KUBE_JOURNAL, arena);
    bool ok = kube_store_list_secrets(store, selector, out, &result, arena) == KUBE_DONE;
    if (!ok)
        *problem = result.problem;
    return ok;
}

static bool kube_journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeObjects secrets = {0};
    if (!list_secrets(store, &secrets, problem, arena))
        return false;
    vec_each(&secrets, secret) {
        Segment segment = {0};
        uint64_t piece;
        if (!kube_journal_number_of(store, *secret, &segment.number, &piece))
            continue;
        if (piece == 0 && !read_segment(store, &secrets, *secret, &segment, arena))
            return problem_set(problem, arena, "the Secret \"%.*s\" is damaged",
                               STR_ARG(kube_object_text(*secret, "metadata", "name")));
        vec_push(arena, out, segment);
    }
    return true;
}

static Str secret_name(const KubeStore *store, uint64_t number, uint64_t piece, Arena *arena) {
    Str name =
        str_format(arena, "%.*s-%010llu", STR_ARG(store->journal), (unsigned long long)number);
    if (piece == 0)
        return name;
    return str_format(arena, "%.*s-%llu", STR_ARG(name), (unsigned long long)piece);
}

/* An existing Secret is either this one, after a lost reply, or was written by a run that holds the
 * lock now. */
static bool kube_journal_is_same(const KubeStore *store, Str name, Str bytes, Str *problem,
                                 Arena *arena) {
    KubeResult result;
    Str there;
    KubeOutcome status = kube_store_get(store, KUBE_SECRET, name, &result, arena);
    *problem = status == KUBE_FAILED
                   ? result.problem
                   : STR("another program also writes it, so this run has lost its lock");
    return status == KUBE_DONE && kube_store_data(result.object, "journal", &there, arena) &&
           str_equal(there, bytes);
}

static bool put_piece(const KubeStore *store, Str name, Str bytes, uint64_t count, Str *problem,
                      Arena *arena) {
    KubeResult result;
    Value secret = kube_store_new(store, KUBE_SECRET, name, KUBE_JOURNAL, arena);
    secret = kube_store_with_data(secret, "journal", bytes, arena);
    Str pieces = str_format(arena, "%llu", (unsigned long long)count);
    if (count > 0)
        secret = kube_store_with_data(secret, "pieces", pieces, arena);
    KubeOutcome status = kube_store_create(store, KUBE_SECRET, secret, &result, arena);
    if (status == KUBE_CONFLICT)
        return kube_journal_is_same(store, name, bytes, problem, arena);
    *problem = result.problem;
    return status == KUBE_DONE;
}

static bool kube_journal_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    Str packed = gzip_pack(text, arena);
    Diags lost = diags_new(arena);
    if (*store->renewal && !state_lease_check(*store->renewal, &lost))
        return problem_text(problem, "the lock was lost, because it was not renewed in time");
    uint64_t count = (packed.len + PIECE_SIZE - 1) / PIECE_SIZE;
    for (uint64_t i = count; i-- > 0;) {
        Str name = secret_name(store, number, i, arena);
        Str bytes = str_slice(packed, i * PIECE_SIZE, (i + 1) * PIECE_SIZE);
        if (!put_piece(store, name, bytes, i == 0 ? count : 0, problem, arena))
            return false;
    }
    return true;
}

static int kube_journal_compare_names(const void *a, const void *b) {
    return str_compare(kube_object_text(*(const Value *)a, "metadata", "name"),
                       kube_object_text(*(const Value *)b, "metadata", "name"));
}

static bool kube_journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const KubeStore *store = self;
    KubeObjects secrets = {0};
    KubeResult result;
    if (!list_secrets(store, &secrets, problem, arena))
        return false;
    if (secrets.count > 1)
        qsort(secrets.items, secrets.count, sizeof *secrets.items, kube_journal_compare_names);
    vec_each(&secrets, secret) {
        uint64_t number, ignored;
        Str name = kube_object_text(*secret, "metadata", "name");
        if (!kube_journal_number_of(store, *secret, &number, &ignored) || number >= below)
            continue;
        if (kube_store_delete(store, KUBE_SECRET, name, &result, arena) != KUBE_DONE) {
            *problem = result.problem;
            return false;
        }
    }
    return true;
}

JournalStore *kube_journal_new(const KubeStore *store, Arena *arena) {
    SegmentStore segments = {
        .self = (void *)(uintptr_t)store,
        .name = str_format(arena, "Secrets %.*s-* in namespace %.*s", STR_ARG(store->journal),
                           STR_ARG(store->space)),
        .list = kube_journal_list,
        .put = kube_journal_put,
        .drop = kube_journal_drop,
    };
    return journal_segments_new(&segments, arena);
}

bool kube_journal_delete(const KubeStore *store, Str *problem, Arena *arena) {
    return kube_journal_drop((void *)(uintptr_t)store, UINT64_MAX, problem, arena);
}
