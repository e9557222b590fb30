/* Any lines as the journal of an interrupted run, with valid checksums: it is replayed into a
 * state, or rejected with an error. */
#include "crc32c.h"
#include "journal.h"
#include "journal_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_text(JournalStore *store, Str *out, bool *found, Str *, Arena *arena) {
    *out = str_clone(*(const Str *)store->self, arena);
    *found = true;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    State *state = state_new(arena);
    Str rest = {(const char *)data, size}, line;
    StrBuf lines = strbuf_new(arena);
    while (str_next_field(&rest, '\n', &line))
        strbuf_add_format(&lines, "%08x %.*s\n", crc32c(line), STR_ARG(line));
    Str text = strbuf_str(&lines);
    JournalStore store = {.self = &text, .name = STR("fuzz"), .read = read_text};
    bool found = false;
    state->lineage = STR("6f2c1a54-0000-4000-8000-000000000001");
    bool ok = journal_replay(&store, NULL, state, &found, arena, &diags);
    CHECK(ok == !diags_has_errors(&diags));
    return 0;
}
