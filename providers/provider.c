#include "provider.h"

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena) {
    PlanNote note = {.path = path, .text = text};
    vec_push(arena, &response->notes, note);
}

static Value present_or_null(Value value) {
    return value.type ? value : value_null(&TYPE_DYNAMIC);
}

void plan_part(PlanResponse *response, ChangePart part, Arena *arena) {
    part.before = present_or_null(part.before);
    part.after = present_or_null(part.after);
    vec_push(arena, &response->parts, part);
}

void plan_part_note(ChangePart *part, Path path, Str text, Arena *arena) {
    PlanNote note = {.path = path, .text = text};
    vec_push(arena, &part->notes, note);
}
