/* Any bytes as a state file: an accepted state is encoded and decoded again with the same content.
 */
#include "statefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    State *state;
    if (!statefile_decode(STR("fuzz"), (Str){(const char *)data, size}, &state, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
        return 0;
    }
    Str text = statefile_encode(state, arena);
    State *again;
    CHECK(statefile_decode(STR("again"), text, &again, arena, &diags));
    CHECK(statefile_same_content(state, again));
    return 0;
}
