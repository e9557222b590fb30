/* kube_parts: reading until the compressed text is complete, and the order of writes. */
#include "kube_parts.h"

#include "gzip.h"
#include "kube_object.h"
#include "kube_segments.h"

/* The limit of a Secret. The API server counts the data alone, decoded; the names, labels and field
 * owners count towards the 1.5 MiB of a request to etcd, so a whole state needs no reserve. */
#define WHOLE_MAX ((size_t)1 << 20)
#define PART_SIZE ((size_t)1000000) /* leaves room below that limit */
#define PARTS_MAX ((size_t)1000)
#define READS     4 /* of a torn set, which another program may just be writing */
#define PAUSE_MS  250
#define LABEL     "loam-parts"

static Str part_name(const KubeStore *store, size_t part, Arena *arena) {
    if (part == 0)
        return store->secret;
    return str_format(arena, "%.*s-part-%zu", STR_ARG(store->secret), part);
}

static Str version_of(Value secret) {
    return kube_object_text(secret, "metadata", "resourceVersion");
}

static void remember(KubeParts *parts, Str version) {
    parts->version = str_clone(version, parts->arena);
    parts->was_read = true;
}

/* Appends the content of a Secret; KUBE_ABSENT: it does not exist or has no content. */
static KubeOutcome append_part(const KubeParts *parts, size_t part, StrBuf *packed,
                               KubeResult *result, Arena *arena) {
    Str piece, name = part_name(parts->store, part, arena);
    KubeOutcome status = kube_store_get(parts->store, KUBE_SECRET, name, result, arena);
    if (status != KUBE_DONE)
        return status;
    if (!kube_store_data(result->object, "tfstate", &piece, arena))
        return KUBE_ABSENT;
    strbuf_add(packed, piece);
    return KUBE_DONE;
}

/* Sets *out to the last text that was to replace this version of the first Secret. */
static KubePartsResult read_next(const KubeParts *parts, Str version, Str *out, Str *problem,
                                 Arena *arena) {
    SegmentStore next = kube_segments_new(parts->store, KUBE_NEXT, arena);
    Segments texts = {0};
    uint64_t last = 0;
    if (!next.list(next.self, &texts, problem, arena))
        return PARTS_FAILED;
    vec_each(&texts, text) {
        Str rest = text->text, replaced;
        if (text->number > last && text->text.ptr && str_next_field(&rest, '\n', &replaced) &&
            str_equal(replaced, version)) {
            last = text->number;
            *out = rest;
        }
    }
    return last > 0 ? PARTS_DONE : PARTS_TORN;
}

/* Returns whether the name is that of a part from this number on. */
static bool is_part_from(const KubeStore *store, Str name, size_t from) {
    Str middle = STR("-part-");
    uint64_t part = 0;
    if (!str_starts_with(name, store->secret))
        return false;
    Str rest = str_after(name, store->secret.len);
    bool is_part = rest.len == 0 || (str_starts_with(rest, middle) &&
                                     str_to_uint64(str_after(rest, middle.len), &part));
    return is_part && part >= from;
}

static bool delete_parts(const KubeStore *store, size_t from, Str *problem, Arena *arena) {
    KubeResult result;
    StrVec names = {0};
    Str selector = kube_store_selector(store, KUBE_STATE, arena);
    KubeOutcome status = kube_store_list_names(store, selector, &names, &result, arena);
    for (size_t i = 0; i < names.count && status == KUBE_DONE; i++) {
        if (is_part_from(store, names.items[i], from))
            status = kube_store_delete(store, KUBE_SECRET, names.items[i], &result, arena);
    }
    *problem = result.problem;
    return status == KUBE_DONE;
}

/* Deletes the texts first: they mean nothing without the version that they replace. */
static bool tidy(const KubeStore *store, size_t from, Str *problem, Arena *arena) {
    SegmentStore next = kube_segments_new(store, KUBE_NEXT, arena);
    return next.drop(next.self, UINT64_MAX, problem, arena) &&
           delete_parts(store, from, problem, arena);
}

/* The Secrets that were read. */
typedef struct Reading {
    Str version; /* of the first Secret */
    Str label;   /* of the first Secret: its number of parts; empty: another program wrote it, or it
                    has always been one */
    StrBuf packed;
    VEC(size_t) ends; /* of the contents in `packed` */
    bool is_whole;    /* the first Secret has the whole text */
} Reading;

/* Reads one Secret, and the others if its text is not complete. */
static KubeOutcome read_secrets(const KubeParts *parts, Reading *out, Str *text, Str *problem,
                                Arena *arena) {
    KubeOutcome status = KUBE_DONE;
    for (size_t part = 0; part < PARTS_MAX && status == KUBE_DONE; part++) {
        KubeResult result;
        status = append_part(parts, part, &out->packed, &result, arena);
        *problem = result.problem;
        if (part == 0 && status != KUBE_FAILED) {
            out->version = version_of(result.object);
            out->label = kube_object_text(result.object, "metadata.labels", LABEL);
        }
        if (status != KUBE_DONE)
            break;
        vec_push(arena, &out->ends, out->packed.len);
        out->is_whole = part == 0 && gzip_unpack(strbuf_str(&out->packed), text, arena);
        if (out->is_whole)
            break;
    }
    return status == KUBE_FAILED ? status : KUBE_DONE;
}

/* Completes a write that died after the new text was in place. A failure is left to the next write:
 * surplus Secrets are no obstacle for loam. */
static void tidy_after_death(KubeParts *parts, const Reading *reading, Arena *arena) {
    uint64_t count = 0;
    Str problem, ignored;
    if (!parts->keeps_version || parts->is_tidy || !str_to_uint64(reading->label, &count))
        return;
    /* Another program may have written more Secrets and kept the label. */
    bool is_surplus =
        count > 0 && count < reading->ends.count &&
        gzip_unpack(str_slice(strbuf_str(&reading->packed), 0, reading->ends.items[count - 1]),
                    &ignored, arena);
    parts->is_tidy = tidy(parts->store, is_surplus ? count : reading->ends.count, &problem, arena);
}

static KubePartsResult read_once(KubeParts *parts, Str *out, Str *problem, Arena *arena) {
    Reading reading = {.packed = strbuf_new(arena)};
    *out = STR_EMPTY;
    if (read_secrets(parts, &reading, out, problem, arena) != KUBE_DONE)
        return PARTS_FAILED;
    if (!parts->keeps_version || !parts->was_read)
        remember(parts, reading.version);
    parts->is_divided = reading.ends.count > 1;
    parts->is_torn = !reading.is_whole && reading.ends.count > 0 &&
                     !gzip_unpack(strbuf_str(&reading.packed), out, arena);
    if (parts->is_torn)
        return read_next(parts, reading.version, out, problem, arena);
    tidy_after_death(parts, &reading, arena);
    return PARTS_DONE;
}

KubePartsResult kube_parts_read(KubeParts *parts, Str *out, Str *problem, Arena *arena) {
    KubePartsResult status = read_once(parts, out, problem, arena);
    for (int i = 1; i < READS && status == PARTS_TORN; i++) {
        const CancelToken *cancel = parts->store->cancel ? *parts->store->cancel : NULL;
        parts->clock->sleep_ms(parts->clock->self, PAUSE_MS, cancel);
        status = read_once(parts, out, problem, arena);
    }
    return status;
}

/* After a conflict: returns whether the Secret holds this very write, whose reply was lost. */
static bool part_is_written(const KubeParts *parts, Str name, Str piece, KubeResult *result,
                            Arena *arena) {
    Str there;
    return kube_store_get(parts->store, KUBE_SECRET, name, result, arena) == KUBE_DONE &&
           kube_store_data(result->object, "tfstate", &there, arena) && str_equal(there, piece);
}

/* Reads the current Secret, so that the update keeps members of other programs. */
static KubeOutcome current_part(const KubeParts *parts, Str name, KubeResult *result,
                                Arena *arena) {
    const KubeStore *store = parts->store;
    KubeOutcome status = kube_store_get(store, KUBE_SECRET, name, result, arena);
    if (status == KUBE_ABSENT)
        result->object = kube_store_new(store, KUBE_SECRET, name, KUBE_STATE, arena);
    return status;
}

/* Writes the piece into a Secret of this name; `result` has the Secret as current_part read it,
 * which returned `seen`, and then as it is now. */
static KubePartsResult put_part(const KubeParts *parts, Str piece, KubeOutcome seen,
                                KubeResult *result, Arena *arena) {
    const KubeStore *store = parts->store;
    Value secret = kube_store_with_data(result->object, "tfstate", piece, arena);
    Str name = kube_object_text(secret, "metadata", "name");
    KubeOutcome status = seen == KUBE_ABSENT
                             ? kube_store_create(store, KUBE_SECRET, secret, result, arena)
                             : kube_store_update(store, KUBE_SECRET, name, secret, result, arena);
    if (status == KUBE_CONFLICT)
        return part_is_written(parts, name, piece, result, arena) ? PARTS_DONE : PARTS_CHANGED;
    return status == KUBE_DONE ? PARTS_DONE : PARTS_FAILED;
}

/* Stores the text, with the version that it replaces, beside the texts of interrupted writes. */
static bool put_next(const KubeParts *parts, Str version, Str text, Str *problem, Arena *arena) {
    SegmentStore next = kube_segments_new(parts->store, KUBE_NEXT, arena);
    Segments texts = {0};
    uint64_t last = 0;
    StrBuf whole = strbuf_new(arena);
    if (!next.list(next.self, &texts, problem, arena))
        return false;
    vec_each(&texts, other) {
        last = other->number > last ? other->number : last;
    }
    strbuf_add_format(&whole, "%.*s\n", STR_ARG(version));
    strbuf_add(&whole, text);
    return next.put(next.self, last + 1, strbuf_str(&whole), problem, arena);
}

static KubePartsResult put_further_parts(const KubeParts *parts, Str packed, size_t count,
                                         Str *problem, Arena *arena) {
    for (size_t part = count - 1; part > 0; part--) {
        KubeResult result;
        Str piece = str_slice(packed, part * PART_SIZE, (part + 1) * PART_SIZE);
        KubeOutcome seen =
            current_part(parts, part_name(parts->store, part, arena), &result, arena);
        KubePartsResult status =
            seen == KUBE_FAILED ? PARTS_FAILED : put_part(parts, piece, seen, &result, arena);
        *problem = result.problem;
        if (status != PARTS_DONE)
            return status;
    }
    return PARTS_DONE;
}

/* The label also marks a state that was divided before, whose surplus Secrets are still there. */
static Value with_count(const KubeParts *parts, Value secret, size_t count, Arena *arena) {
    Str text = str_format(arena, "%zu", count);
    bool is_marked = count > 1 || parts->is_divided;
    return kube_object_with(secret, "metadata.labels", LABEL,
                            is_marked ? value_from_str(text) : value_null(&TYPE_DYNAMIC), arena);
}

static KubePartsResult put_all(KubeParts *parts, Str text, Str packed, Str *problem, Arena *arena) {
    size_t count = packed.len > WHOLE_MAX ? (packed.len + PART_SIZE - 1) / PART_SIZE : 1;
    Str first = count > 1 ? str_slice(packed, 0, PART_SIZE) : packed;
    KubeResult result;
    KubeOutcome seen = current_part(parts, parts->store->secret, &result, arena);
    *problem = result.problem;
    if (count > PARTS_MAX)
        *problem = STR("the compressed state exceeds 1000 Secrets: divide the configuration");
    if (seen == KUBE_FAILED || count > PARTS_MAX)
        return PARTS_FAILED;
    Str version = version_of(result.object), there;
    if (parts->was_read && !str_equal(version, parts->version)) {
        bool is_own =
            kube_store_data(result.object, "tfstate", &there, arena) && str_equal(there, first);
        if (is_own)
            remember(parts, version);
        return is_own ? PARTS_DONE : PARTS_CHANGED;
    }
    parts->is_tidy = parts->is_tidy && count == 1 && !parts->is_divided;
    if (count > 1 && !put_next(parts, version, text, problem, arena))
        return PARTS_FAILED;
    KubePartsResult status = put_further_parts(parts, packed, count, problem, arena);
    if (status != PARTS_DONE)
        return status;
    result.object = with_count(parts, result.object, count, arena);
    status = put_part(parts, first, seen, &result, arena);
    *problem = result.problem;
    if (status == PARTS_DONE)
        remember(parts, version_of(result.object));
    parts->is_divided = count > 1;
    return status;
}

KubePartsResult kube_parts_write(KubeParts *parts, Str text, Str *problem, Arena *arena) {
    Str packed = gzip_pack(text, arena);
    KubePartsResult status = put_all(parts, text, packed, problem, arena);
    size_t count = packed.len > WHOLE_MAX ? (packed.len + PART_SIZE - 1) / PART_SIZE : 1;
    if (status != PARTS_DONE || parts->is_tidy)
        return status;
    parts->is_tidy = tidy(parts->store, count, problem, arena);
    return parts->is_tidy ? PARTS_DONE : PARTS_FAILED;
}

bool kube_parts_delete(const KubeStore *store, Str *problem, Arena *arena) {
    return tidy(store, 0, problem, arena);
}
