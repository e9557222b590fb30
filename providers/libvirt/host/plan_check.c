/* plan_check: looks up pools, networks, filters and machines by UUID or name. */
#include "plan_check.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_kind.h"
#include "nested_list.h"
#include "object_builder.h"
#include "path_error.h"

static StrVec names_of(const LibvirtKind *kind, virConnectPtr connection, Arena *arena) {
    void **items = NULL;
    StrVec names = {0};
    int count = kind->list(connection, 0, &items);
    for (int i = 0; i < count; i++) {
        const char *name = kind->name_of(items[i]);
        if (name)
            vec_push(arena, &names, str_clone(str_from_cstr(name), arena));
        (void)kind->release(items[i]);
    }
    free(items);
    return names;
}

PlanCheck plan_check_open(const Call *call, const PlanRequest *request,
                          const PlanResponse *response, Diags *diags) {
    PlanCheck check = {.call = call, .request = request, .diags = diags};
    bool is_new = value_is_null(request->prior);
    if (!call->client || request->is_preflight || !value_is_present(response->planned) ||
        (!is_new && value_equal(request->prior, response->planned)))
        return check;
    if (libvirt_client_options(call)->read_only) {
        check.has_failed = true;
        libvirt_error_say(call, diags, STR("The connection is read-only"),
                          STR("The provider's \"read_only\" allows no changes. Remove it, or use "
                              "another provider configuration for this resource."));
        return check;
    }
    Diags ignored = diags_new(call->arena);
    if (!call->is_planning)
        check.has_failed = !libvirt_client_connect(call, &check.connection, diags);
    else if (request->awaits_changes)
        (void)!libvirt_client_connect_once(call, &check.connection, &ignored);
    else
        check.has_failed = !libvirt_client_connect_once(call, &check.connection, diags);
    return check;
}

void plan_check_absent(PlanCheck *check, const CheckedName *name, const StrVec *names) {
    const Call *call = check->call;
    bool awaits = check->request->awaits_changes;
    if (awaits && libvirt_client_is_promised(call, name->kind, name->name))
        return;
    const char *summary = str_to_cstr(
        str_format(call->arena, "No %s \"%.*s\"", name->kind, STR_ARG(name->name)), call->arena);
    Str nearest = str_did_you_mean(name->name, names->items, names->count, call->arena);
    if (awaits) {
        path_warning(call, name->path, check->diags, summary,
                     "The host has no %s of this name or ID.%.*s Unless a resource that changes "
                     "first creates it, the apply will fail.",
                     name->kind, STR_ARG(nearest));
        return;
    }
    check->has_failed = true;
    (void)path_error(call, name->path, check->diags, summary,
                     "The host has no %s of this name or ID.%.*s Correct the argument. If the same "
                     "configuration creates the %s, refer to its resource, so that it exists "
                     "first.",
                     name->kind, STR_ARG(nearest), name->kind);
}

/* Returns the kind with this noun. It must exist. */
static const LibvirtKind *check_kind_of(const char *noun) {
    static const LibvirtKind *const kinds[] = {&libvirt_kind_machine, &libvirt_kind_network,
                                               &libvirt_kind_pool, &libvirt_kind_filter};
    size_t i = 0;
    while (strcmp(kinds[i]->noun, noun) != 0)
        CHECK(++i < ARRAY_COUNT(kinds));
    return kinds[i];
}

void plan_check_name(PlanCheck *check, const CheckedName *name) {
    if (!check->connection || !name->name.len)
        return;
    Arena *arena = check->call->arena;
    const LibvirtKind *kind = check_kind_of(name->kind);
    void *found = libvirt_kind_find(kind, check->connection, name->name, arena);
    if (found)
        (void)kind->release(found);
    else if (libvirt_error_is_gone(libvirt_error_code())) {
        StrVec names = names_of(kind, check->connection, arena);
        plan_check_absent(check, name, &names);
    }
}

void plan_check_promise(const PlanCheck *check, const char *kind, Str name) {
    if (check->call->client && check->call->is_planning && name.len)
        libvirt_client_promise(check->call, kind, name);
}

bool plan_check_close(PlanCheck *check) {
    if (check->connection)
        (void)virConnectClose(check->connection);
    check->connection = NULL;
    return !check->has_failed;
}

bool plan_check_one(const Call *call, const PlanRequest *request, const PlanResponse *response,
                    const char *kind, const char *argument, Diags *diags) {
    PlanCheck check = plan_check_open(call, request, response, diags);
    if (value_is_present(response->planned))
        plan_check_name(&check, &(CheckedName){
                                    .path = PATH_AT(call, {argument}),
                                    .kind = kind,
                                    .name = object_text(response->planned, argument, STR_EMPTY),
                                });
    return plan_check_close(&check);
}
