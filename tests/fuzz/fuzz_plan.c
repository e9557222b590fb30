/* Any bytes as plan.json of a plan file: an accepted plan is encoded and decoded again. */
#include "plan_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Plan *plan;
    const char *error = NULL;
    if (!plan_json_decode((Str){(const char *)data, size}, &plan, &error, arena)) {
        CHECK(error);
        return 0;
    }
    Str text = plan_json_encode(plan, arena);
    CHECK(plan_json_decode(text, &plan, &error, arena));
    CHECK(str_equal(plan_json_encode(plan, arena), text));
    return 0;
}
