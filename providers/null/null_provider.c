#include "null_provider.h"

#include "random.h"

static const ObjectType *const types[] = {NULL_TYPES(PROVIDER_ROW)};

Str null_random_text(Arena *arena) {
    uint64_t number;
    random_fill(&number, sizeof number);
    return str_format(arena, "%llu", (unsigned long long)(number >> 1));
}

const Provider null_provider = {
    .name = "null",
    .address = "registry.terraform.io/hashicorp/null",
    .imitates = "3.3.1",
    .description = "Objects without effect, for provisioners and triggers.",
    PROVIDER_TYPES(types),
};
