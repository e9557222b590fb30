#include "object_mark.h"

#include "kube_object.h"
#include "path.h"

ObjectMark object_mark_of(Value object) {
    ObjectMark mark = {.text = kube_object_text(object, "metadata.annotations", OBJECT_MARK)};
    mark.address = mark.text;
    if (mark.text.len)
        (void)str_next_field(&mark.address, ' ', &mark.lineage);
    return mark;
}

bool object_mark_is(Value object, Str lineage, Str address) {
    ObjectMark mark = object_mark_of(object);
    return str_equal(mark.lineage, lineage) && str_equal(mark.address, address);
}

Str object_mark_text(Str lineage, Str address, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(lineage), STR_ARG(address));
}

Value object_mark_set(Value object, Str text, Arena *arena) {
    Value mark = text.len ? value_string(text, arena) : value_null(&TYPE_STRING);
    if (text.len == 0 && object_mark_of(object).text.len == 0)
        return object;
    return kube_object_with(object, "metadata.annotations", OBJECT_MARK, mark, arena);
}

Value object_mark_set_unknown(Value object, Arena *arena) {
    Path path = path_attribute((Path){0}, STR("metadata"), arena);
    path = path_attribute(path, STR("annotations"), arena);
    path = path_attribute(path, STR(OBJECT_MARK), arena);
    return path_set(object_mark_set(object, STR("-"), arena), path, value_unknown(&TYPE_STRING),
                    arena);
}
