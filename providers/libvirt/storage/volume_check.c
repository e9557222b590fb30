/* volume_check: looks up pool, base and source of a planned volume. */
#include "volume_check.h"

#include "object_builder.h"
#include "path_error.h"
#include "volume_find.h"
#include "volume_source.h"

bool volume_check_add_source_error(const Call *call, Str path, Diags *diags) {
    return path_error(
        call, PATH_AT(call, {"source"}, {"path"}), diags, "Cannot read the volume's source",
        "The local file %.*s does not exist. Correct \"source\", or download the image.",
        STR_ARG(path));
}

bool volume_check_host(const Call *call, const PlanRequest *request, const PlanResponse *response,
                       Diags *diags) {
    Arena *arena = call->arena;
    Value planned = response->planned;
    bool is_new = value_is_null(request->prior);
    Str pool = object_text(planned, "pool", STR_EMPTY);
    PlanCheck check = plan_check_open(call, request, response, diags);
    Str base = object_text(object_nested(planned, "base", arena), "volume_id", STR_EMPTY);
    if (is_new)
        plan_check_name(&check, &(CheckedName){PATH_AT(call, {"pool"}), "pool", pool});
    if (is_new && check.connection && base.len)
        volume_find_check(&check,
                          &(CheckedName){PATH_AT(call, {"base"}, {"volume_id"}), "volume", base});
    plan_check_promise(&check, "volume",
                       str_format(arena, "%.*s/%.*s", STR_ARG(pool),
                                  STR_ARG(object_text(planned, "name", STR_EMPTY))));
    Str path = object_text(object_nested(planned, "source", arena), "path", STR_EMPTY);
    VolumeSource probe = {0};
    bool is_local = is_new && path.len && !request->is_preflight && !request->awaits_changes;
    if (is_local && !volume_source_probe(call, path, &probe))
        check.has_failed |= !volume_check_add_source_error(call, path, diags);
    return plan_check_close(&check);
}
