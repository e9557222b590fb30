/* plan_store: divides a plan into pieces, and joins them. */
#include "plan_store.h"
#include "digest.h"
#include "log.h"
#include "problem.h"
#include "record.h"

#define PIECES_MAX  ((size_t)64)
#define NAME_LENGTH ((size_t)63)
#define FORMAT      1
#define READ_TRIES  3
#define ALGORITHM   "sha256:"
#define HEX_LENGTH  64
#define SHOWN_HEX   16 /* digits of the digest in the keys of the pieces */

static const RecordRow plan_store_rows[] = {
    ROW_WHOLE(StoredPlan, "format", record_constant, .limit = FORMAT),
    ROW_TEXT(StoredPlan, "digest", digest),
    ROW_UINT64(StoredPlan, "size", size, .limit = PLAN_STORE_PIECE * PIECES_MAX),
    ROW_TEXT(StoredPlan, "lineage", lineage, .flags = ROW_OPTIONAL),
    ROW_UINT64(StoredPlan, "serial", serial),
    ROW_INT64(StoredPlan, "created_ms", created_ms),
};

static const Record plan_store_record = RECORD(StoredPlan, plan_store_rows);

bool plan_store_check_name(Str name, Diags *diags) {
    bool is_valid = name.len > 0 && name.len <= NAME_LENGTH;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_edge = i == 0 || i + 1 == name.len;
        is_valid &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && !is_edge);
    }
    return is_valid ||
           diags_fail(diags, NO_RANGE, "Invalid name of a stored plan",
                      "\"" PLAN_STORE_PREFIX "%.*s\": a name has 1 to %zu lower-case letters, "
                      "digits and dashes, with a letter or digit at both ends, such as "
                      "\"" PLAN_STORE_PREFIX "run-42\". For a file of this name, write \"./\" "
                      "before it.",
                      STR_ARG(name), NAME_LENGTH);
}

static bool plan_store_report(const NamedObjects *store, const char *summary, Str name, Str problem,
                              Diags *diags) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "\"" PLAN_STORE_PREFIX "%.*s\" in %.*s: %.*s. Check the address, the "
                      "credentials and their permissions, then run the command again.",
                      STR_ARG(name), STR_ARG(store->name), STR_ARG(problem));
}

static bool report_missing(const NamedObjects *store, Str name, Diags *diags) {
    return diags_fail(diags_as(DIAG_STALE, diags), NO_RANGE, "Stored plan not found",
                      "There is no plan \"" PLAN_STORE_PREFIX "%.*s\" in %.*s. To list the stored "
                      "plans, run \"loam state plans\".",
                      STR_ARG(name), STR_ARG(store->name));
}

/* Returns the beginning of the keys of this plan's pieces. */
static Str pieces_of(const StoredPlan *plan, Arena *arena) {
    Str digits = str_slice(str_after(plan->digest, strlen(ALGORITHM)), 0, SHOWN_HEX);
    return str_format(arena, "%.*s.%.*s.", STR_ARG(plan->name), STR_ARG(digits));
}

static Str plan_store_piece_key(const StoredPlan *plan, size_t index, Arena *arena) {
    return str_format(arena, "%.*s%02zu", STR_ARG(pieces_of(plan, arena)), index);
}

static size_t plan_store_piece_size(const NamedObjects *store) {
    return store->piece_size > 0 ? store->piece_size : PLAN_STORE_PIECE;
}

static size_t plan_store_count_pieces(const NamedObjects *store, uint64_t size) {
    size_t piece = plan_store_piece_size(store);
    return (size_t)((size + piece - 1) / piece);
}

static Str name_in(Str key) {
    size_t dot = str_find_char(key, '.', 0);
    return dot == SIZE_MAX ? key : str_slice(key, 0, dot);
}

static bool is_index(Str key) {
    return str_find_char(key, '.', 0) == SIZE_MAX;
}

/* Deletes the objects of `name` (empty: of every plan) except those whose keys begin with `kept`
 * and the index, if `kept` is given. The index is deleted first. *found: there was an object. */
static bool plan_store_drop(const NamedObjects *store, Str name, Str kept, bool *found,
                            Str *problem, Arena *arena) {
    StrVec keys = {0};
    *found = false;
    if (!store->list(store->self, &keys, problem, arena))
        return false;
    str_sort(keys.items, keys.count); /* an index is before its pieces */
    vec_each(&keys, key) {
        bool is_own = name.len == 0 || str_equal(name_in(*key), name);
        bool is_kept = kept.len > 0 && (is_index(*key) || str_starts_with(*key, kept));
        if (!is_own || is_kept)
            continue;
        *found = true;
        if (!store->drop(store->self, *key, problem, arena))
            return false;
    }
    return true;
}

/* Writes the pieces, then the index. */
static bool put_all(const NamedObjects *store, const StoredPlan *plan, Str bytes, Str *problem,
                    Arena *arena) {
    size_t size = plan_store_piece_size(store);
    for (size_t i = plan_store_count_pieces(store, bytes.len); i-- > 0;) {
        Str piece = str_slice(bytes, i * size, (i + 1) * size);
        if (!store->put(store->self, plan_store_piece_key(plan, i, arena), piece, problem, arena))
            return false;
    }
    Str index = record_to_json(&plan_store_record, plan, 0, arena);
    return store->put(store->self, plan->name, index, problem, arena);
}

bool plan_store_write(const NamedObjects *store, StoredPlan *plan, Str bytes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("stored plan");
    Str problem = STR_EMPTY;
    bool found;
    plan->size = bytes.len;
    if (plan_store_count_pieces(store, bytes.len) > PIECES_MAX)
        return diags_fail(diags, NO_RANGE, "Failed to store the plan",
                          "The plan has %zu bytes, but a stored plan has at most %zu. Save it in a "
                          "file with -out=FILE, or divide the configuration.",
                          bytes.len, plan_store_piece_size(store) * PIECES_MAX);
    if (!put_all(store, plan, bytes, &problem, scratch))
        return plan_store_report(store, "Failed to store the plan", plan->name, problem, diags);
    /* Readers ignore what remains of other writes. */
    if (!plan_store_drop(store, plan->name, pieces_of(plan, scratch), &found, &problem, scratch))
        log_debug("pieces of a stored plan not deleted", log_text("plan", plan->name),
                  log_text("problem", problem));
    return true;
}

static bool plan_store_parse(Str bytes, Str name, StoredPlan *out, Arena *arena) {
    const char *error;
    *out = (StoredPlan){0};
    if (!record_from_json(bytes, &plan_store_record, out, &error, arena))
        return false;
    out->name = name;
    size_t length = strlen(ALGORITHM) + HEX_LENGTH;
    bool is_valid = str_starts_with(out->digest, STR(ALGORITHM)) && out->digest.len == length;
    for (size_t i = strlen(ALGORITHM); is_valid && i < length; i++)
        is_valid = strchr("0123456789abcdef", out->digest.ptr[i]) != NULL;
    return is_valid;
}

/* Returns false with an empty *problem if a piece is missing or another one. */
static bool plan_store_join(const NamedObjects *store, const StoredPlan *plan, Str *out,
                            Str *problem, Arena *arena) {
    StrBuf bytes = strbuf_new(arena);
    *problem = STR_EMPTY;
    for (size_t i = 0; i < plan_store_count_pieces(store, plan->size); i++) {
        Str piece;
        bool found;
        if (!store->get(store->self, plan_store_piece_key(plan, i, arena), &piece, &found, problem,
                        arena))
            return false;
        if (!found)
            return false;
        strbuf_add(&bytes, piece);
    }
    *out = strbuf_str(&bytes);
    Str digest = digest_hex(DIGEST_SHA256, *out, arena);
    return str_equal(digest, str_after(plan->digest, strlen(ALGORITHM)));
}

/* A plan that is replaced during the read is read again. */
bool plan_store_read(const NamedObjects *store, Str name, Str *out, Arena *arena, Diags *diags) {
    static const char summary[] = "Failed to read the stored plan";
    Str problem = STR_EMPTY, before = STR_EMPTY;
    for (int i = 0; i < READ_TRIES; i++) {
        StoredPlan plan;
        Str index;
        bool found;
        if (!store->get(store->self, name, &index, &found, &problem, arena))
            return plan_store_report(store, summary, name, problem, diags);
        if (!found)
            return report_missing(store, name, diags);
        bool is_valid = plan_store_parse(index, name, &plan, arena);
        if (is_valid && plan_store_join(store, &plan, out, &problem, arena))
            return true;
        if (problem.len)
            return plan_store_report(store, summary, name, problem, diags);
        if (!is_valid || str_equal(index, before))
            break;
        before = index;
    }
    return diags_fail(diags_as(DIAG_MISMATCH, diags), NO_RANGE, summary,
                      "\"" PLAN_STORE_PREFIX "%.*s\" in %.*s is not complete, or another program "
                      "changed it. Make a new plan.",
                      STR_ARG(name), STR_ARG(store->name));
}

/* Adds the plan of this name; without a digest if its index is missing or damaged. */
static bool plan_store_add(const NamedObjects *store, Str name, StoredPlans *out, Str *problem,
                           Arena *arena) {
    StoredPlan plan = {.name = name};
    Str index;
    bool found;
    if (!store->get(store->self, name, &index, &found, problem, arena))
        return false;
    if (found && !plan_store_parse(index, name, &plan, arena))
        plan = (StoredPlan){.name = name};
    vec_push(arena, out, plan);
    return true;
}

bool plan_store_list(const NamedObjects *store, StoredPlans *out, Arena *arena, Diags *diags) {
    StrVec keys = {0}, names = {0};
    Str problem = STR_EMPTY;
    bool ok = store->list(store->self, &keys, &problem, arena);
    vec_each(&keys, key) {
        if (!str_is_among(name_in(*key), names.items, names.count))
            vec_push(arena, &names, name_in(*key));
    }
    str_sort(names.items, names.count);
    for (size_t i = 0; ok && i < names.count; i++)
        ok = plan_store_add(store, names.items[i], out, &problem, arena);
    return ok || diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE,
                            "Failed to list the stored plans",
                            "%.*s: %.*s. Check the address, the credentials and their permissions.",
                            STR_ARG(store->name), STR_ARG(problem));
}

bool plan_store_delete(const NamedObjects *store, Str name, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("stored plan");
    Str problem = STR_EMPTY;
    bool found;
    if (!plan_store_drop(store, name, STR_EMPTY, &found, &problem, scratch))
        return plan_store_report(store, "Failed to delete the stored plan", name, problem, diags);
    return found || report_missing(store, name, diags);
}

bool plan_store_clear(const NamedObjects *store, Str *problem, Arena *arena) {
    bool found;
    return !store || plan_store_drop(store, STR_EMPTY, STR_EMPTY, &found, problem, arena);
}
