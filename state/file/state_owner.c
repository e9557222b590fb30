/* state_owner: an owner is the same only if all of its members are. */
#include "state_owner.h"

static const RecordRow state_owner_rows[] = {
    ROW_TEXT(StateOwner, "cluster", cluster),
    ROW_TEXT(StateOwner, "namespace", namespace),
    ROW_TEXT(StateOwner, "name", name),
    ROW_TEXT(StateOwner, "uid", uid),
};

const Record state_owner_record = RECORD(StateOwner, state_owner_rows);

Str state_owner_name(const StateOwner *owner, Arena *arena) {
    if (owner->name.len == 0)
        return STR_EMPTY;
    return str_format(arena, "%.*s/%.*s", STR_ARG(owner->namespace), STR_ARG(owner->name));
}

bool state_owner_equal(const StateOwner *a, const StateOwner *b) {
    return str_equal(a->cluster, b->cluster) && str_equal(a->namespace, b->namespace) &&
           str_equal(a->name, b->name) && str_equal(a->uid, b->uid);
}
