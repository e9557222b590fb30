/* argocd_project_users: lists applications until none is left. */
#include "argocd_project_users.h"

#include "cluster.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_delete.h"
#include "path_error.h"
#include "wait_until.h"

#define ACTION  "Project of Argo CD not deleted"
#define VERSION "argoproj.io/v1alpha1"
#define SET     "ApplicationSet"

typedef struct Users {
    Str namespace;
    Str name;
    StrVec staying; /* names of applications that this plan does not delete */
    StrVec ending;  /* of the others */
    Diags *diags;
} Users;

/* Lists the objects of a kind in the namespace. A kind that the server lacks has none. */
static KubeOutcome users_list(const Call *call, Str namespace, const char *kind, ValueVec *out,
                              KubeResponse *response, Diags *diags) {
    KubeResource resource;
    KubeCall kube = cluster_call(call);
    KubeList found = {0};
    KubeOutcome outcome = kube_discovery_find(cluster_discovery(call->client), &kube,
                                              (KubeKind){STR(VERSION), str_from_cstr(kind)},
                                              &resource, response, diags);
    KubeListRequest wanted = {.ref = {.resource = &resource, .namespace = namespace}};
    if (outcome == KUBE_DONE)
        outcome = kube_list_read(&kube, &wanted, &found, response, diags);
    *out = found.items;
    return outcome == KUBE_ABSENT ? KUBE_DONE : outcome;
}

static Str users_id_of(const Users *users, Str name, Arena *arena) {
    return str_format(arena, "%.*s/%.*s", STR_ARG(users->namespace), STR_ARG(name));
}

/* Returns the ApplicationSet that owns the application; null if none does. */
static Value users_owner_of(Value application) {
    Value metadata, owners = value_null(&TYPE_DYNAMIC);
    if (value_find_present(application, STR("metadata"), &metadata))
        owners = value_tuple_at(metadata, STR("ownerReferences"));
    for (size_t i = 0; value_is_present(owners) && i < owners.count; i++) {
        if (str_equal_cstr(value_text_at(value_at(owners, i), STR("kind")), SET))
            return value_at(owners, i);
    }
    return value_null(&TYPE_DYNAMIC);
}

/* The API server deletes applications soon after their set. */
static bool is_set_ending(const Call *call, const Users *users, Value owner, const ValueVec *sets) {
    Str uid = value_text_at(owner, STR("uid"));
    Str id = users_id_of(users, value_text_at(owner, STR("name")), call->arena);
    vec_each(sets, set) {
        if (str_equal(kube_object_text(*set, "metadata", "uid"), uid))
            return kube_object_text(*set, "metadata", "deletionTimestamp").len ||
                   call_deletes(call, "argocd_application_set", "id", id);
    }
    return true;
}

static bool users_is_ending(const Call *call, const Users *users, Value application,
                            ValueVec *sets) {
    Value owner = users_owner_of(application);
    Str id = users_id_of(users, kube_object_text(application, "metadata", "name"), call->arena);
    return kube_object_text(application, "metadata", "deletionTimestamp").len ||
           call_deletes(call, "argocd_application", "id", id) ||
           (value_is_present(owner) && is_set_ending(call, users, owner, sets));
}

static bool users_report(const Call *call, const KubeResponse *response, Diags *diags) {
    KubeCall kube = cluster_call(call);
    kube_error_report(&kube, ACTION, NULL, response, diags);
    return false;
}

/* Returns false if an error was added. */
static bool find_users(const Call *call, Users *users) {
    ValueVec applications, sets = {0};
    KubeResponse response = {0};
    KubeOutcome outcome =
        users_list(call, users->namespace, "Application", &applications, &response, users->diags);
    if (outcome == KUBE_DONE)
        outcome = users_list(call, users->namespace, SET, &sets, &response, users->diags);
    users->staying.count = users->ending.count = 0;
    if (outcome != KUBE_DONE)
        return response.code == 403 || users_report(call, &response, users->diags);
    vec_each(&applications, application) {
        if (!str_equal(kube_object_text(*application, "spec", "project"), users->name))
            continue;
        Str name = str_format(call->arena, "\"%.*s\"",
                              STR_ARG(kube_object_text(*application, "metadata", "name")));
        vec_push(call->arena,
                 users_is_ending(call, users, *application, &sets) ? &users->ending
                                                                   : &users->staying,
                 name);
    }
    return true;
}

static Str names_text(const StrVec *names, Arena *arena) {
    return str_join(names->items, names->count, STR(", "), arena);
}

static WaitLook users_look(void *payload, Wait *wait) {
    Users *users = payload;
    Arena *arena = wait->call->arena;
    if (!find_users(wait->call, users))
        return WAIT_LOOK_FAILED;
    if (users->staying.count) {
        (void)path_error(wait->call, NO_PATH, users->diags, ACTION,
                         "Applications in namespace \"%.*s\" use the project \"%.*s\": %.*s. "
                         "Argo CD could not delete their objects without it. Delete these "
                         "applications first, or give them another project.",
                         STR_ARG(users->namespace), STR_ARG(users->name),
                         STR_ARG(names_text(&users->staying, arena)));
        return WAIT_LOOK_FAILED;
    }
    wait->reason = str_format(arena, "applications that use it: %.*s",
                              STR_ARG(names_text(&users->ending, arena)));
    return users->ending.count ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

bool argocd_project_users_wait(const Call *call, Str namespace, Str name, Diags *diags) {
    Users users = {.namespace = namespace, .name = name, .diags = diags};
    WaitUntil until = {
        .what = "the end of the applications of the project",
        .look = users_look,
        .payload = &users,
        .timeout_ms = call->deadline_ms ? 0 : OBJECT_DELETE_MS,
    };
    return wait_until_done(call, &until, diags);
}
