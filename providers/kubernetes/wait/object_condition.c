#include "object_condition.h"
#include "utf8.h"

static const char *const members[] = {"type", "status", "reason", "message"};

int64_t object_condition_number(Value object, const char *path, const char *last,
                                int64_t fallback) {
    Value found;
    int64_t number;
    bool is_number = kube_object_find(object, path, last, &found) &&
                     found.type->kind == KIND_NUMBER && value_to_int(found, &number);
    return is_number ? number : fallback;
}

ObjectCondition object_condition_at(Value conditions, size_t i) {
    Value entry = i < conditions.count ? value_at(conditions, i) : value_null(&TYPE_DYNAMIC);
    Str texts[ARRAY_COUNT(members)];
    for (size_t k = 0; k < ARRAY_COUNT(members); k++)
        texts[k] = kube_object_text(entry, "", members[k]);
    int64_t observed = object_condition_number(entry, "", "observedGeneration", -1);
    return (ObjectCondition){texts[0], texts[1], texts[2], texts[3], observed};
}

Value object_condition_all(Value object) {
    return kube_object_list(object, "status", "conditions");
}

ObjectCondition object_condition_find(Value object, const char *type) {
    Value all = object_condition_all(object);
    for (size_t i = 0; i < all.count; i++) {
        ObjectCondition condition = object_condition_at(all, i);
        if (str_equal_cstr(condition.type, type))
            return condition;
    }
    return (ObjectCondition){.observed = -1};
}

bool object_condition_is_true(const ObjectCondition *condition) {
    return str_equal(condition->status, STR("True"));
}

bool object_condition_is_false(const ObjectCondition *condition) {
    return str_equal(condition->status, STR("False"));
}

Str object_condition_text(const ObjectCondition *condition, Arena *arena) {
    Str reason = utf8_one_line(condition->reason, arena);
    Str message = utf8_one_line(condition->message, arena);
    if (reason.len == 0 || message.len == 0)
        return reason.len ? reason : message;
    return str_format(arena, "%.*s: %.*s", STR_ARG(reason), STR_ARG(message));
}
