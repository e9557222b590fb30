/* argocd_project: what a group of applications may do. */
#include "argocd_provider.h"
#include "cluster.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"
#include "object_delete.h"
#include "path_error.h"
#include "spec_object.h"
#include "wait_until.h"

/* Applications that use a project: Argo CD deletes the objects of an application only while its
 * project exists, so the project goes last. */

#define PROJECT_ACTION "Project of Argo CD not deleted"
#define SET            "ApplicationSet"

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
                                              (KubeKind){STR(ARGOCD_VERSION), str_from_cstr(kind)},
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
    Value owners = kube_object_list(application, "metadata", "ownerReferences");
    for (size_t i = 0; i < owners.count; i++) {
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
    return kube_error_report(&kube, PROJECT_ACTION, NULL, response, diags);
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
        (void)path_error(wait->call, NO_PATH, users->diags, PROJECT_ACTION,
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

/* Waits until no application in the namespace uses the project. Fails at once, and names all, if
 * one of them is neither being deleted nor deleted by this plan. Succeeds if applications cannot be
 * listed. */
static bool project_users_wait(const Call *call, Str namespace, Str name, Diags *diags) {
    Users users = {.namespace = namespace, .name = name, .diags = diags};
    WaitUntil until = {
        .what = "the end of the applications of the project",
        .look = users_look,
        .payload = &users,
        .timeout_ms = call->deadline_ms ? 0 : OBJECT_DELETE_MS,
    };
    return wait_until_done(call, &until, diags);
}

static const Attribute cluster_resource_blacklist[] = {
    {"group", &TYPE_STRING, REQUIRED, "API group; \"*\" is any."},
    {"kind", &TYPE_STRING, REQUIRED, "The kind; \"*\" is any."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the object, as a glob (default: any)."},
};
static const Attribute destination_service_accounts[] = {
    {"default_service_account", &TYPE_STRING, REQUIRED,
     "Name of the service account, or \"NAMESPACE:NAME\"."},
    {"server", &TYPE_STRING, REQUIRED, "URL of the API server, as a glob."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace of the destination, as a glob."},
};
static const Attribute destinations[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name of the cluster, as a glob; or server."},
    {"namespace", &TYPE_STRING, OPTIONAL, "Namespace, as a glob."},
    {"server", &TYPE_STRING, OPTIONAL, "URL of the API server, as a glob; or name."},
};
static const Attribute namespace_resource_blacklist[] = {
    {"group", &TYPE_STRING, REQUIRED, "API group; \"*\" is any."},
    {"kind", &TYPE_STRING, REQUIRED, "The kind; \"*\" is any."},
};
static const Attribute orphaned_resources_ignore[] = {
    {"group", &TYPE_STRING, OPTIONAL, "API group, as a glob."},
    {"kind", &TYPE_STRING, OPTIONAL, "The kind, as a glob."},
    {"name", &TYPE_STRING, OPTIONAL, "Name of the object, as a glob."},
};
static const Attribute orphaned_resources[] = {
    {"ignore", NULL, OPTIONAL, "Objects that are not reported.",
     .nested = NESTED(NEST_LIST, orphaned_resources_ignore)},
    {"warn", &TYPE_BOOL, OPTIONAL, "Whether applications get a warning (default true)."},
};
static const Attribute roles_jwt_tokens[] = {
    {"iat", &TYPE_NUMBER, REQUIRED, "Time of issue, in seconds since 1970."},
    {"exp", &TYPE_NUMBER, OPTIONAL, "Expiry, in seconds since 1970."},
    {"id", &TYPE_STRING, OPTIONAL, "ID of the token."},
};
static const Attribute roles[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of the role."},
    {"description", &TYPE_STRING, OPTIONAL, "Text for users."},
    {"groups", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Groups of the identity provider that have the role."},
    {"jwt_tokens", NULL, OPTIONAL, "Tokens that were issued. Argo CD writes them.",
     .nested = NESTED(NEST_LIST, roles_jwt_tokens)},
    {"policies", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Rules, such as \"p, proj:web:deploy, applications, sync, web/*, allow\"."},
};
static const Attribute signature_keys[] = {
    {"key_id", &TYPE_STRING, REQUIRED, "ID of the key of GnuPG."},
};
static const Attribute policies_gpg[] = {
    {"keys", &TYPE_LIST_OF_STRING, REQUIRED, "IDs of the keys that are trusted."},
    {"mode", &TYPE_STRING, REQUIRED,
     "Which commits must be signed: \"none\", \"head\" or \"strict\"."},
};
static const Attribute policies_repos[] = {
    {"url", &TYPE_STRING, REQUIRED, "URL of the repository, as a glob."},
};
static const Attribute git_policies[] = {
    {"gpg", NULL, REQUIRED, "Signatures of GnuPG.", .nested = NESTED(NEST_SINGLE, policies_gpg)},
    {"repos", NULL, REQUIRED, "Repositories of the rule.",
     .nested = NESTED(NEST_LIST, policies_repos)},
};
static const Attribute source_integrity_git[] = {
    {"policies", NULL, REQUIRED, "The rules; the first that matches the repository applies.",
     .nested = NESTED(NEST_LIST, git_policies)},
};
static const Attribute source_integrity[] = {
    {"git", NULL, REQUIRED, "Rules for git repositories.",
     .nested = NESTED(NEST_SINGLE, source_integrity_git)},
};
static const Attribute sync_windows[] = {
    {"and_operator", &TYPE_BOOL, OPTIONAL,
     "Whether applications, namespaces and clusters must all match (default: one of them)."},
    {"applications", &TYPE_LIST_OF_STRING, OPTIONAL, "Names of applications, as globs."},
    {"clusters", &TYPE_LIST_OF_STRING, OPTIONAL, "Names of clusters, as globs."},
    {"description", &TYPE_STRING, OPTIONAL, "Text for users."},
    {"duration", &TYPE_STRING, OPTIONAL, "How long the window is open, such as \"1h\"."},
    {"kind", &TYPE_STRING, OPTIONAL, "Whether syncs are allowed or denied.",
     .one_of = "allow deny"},
    {"manual_sync", &TYPE_BOOL, OPTIONAL,
     "Whether users may sync while it is denied (default false)."},
    {"namespaces", &TYPE_LIST_OF_STRING, OPTIONAL, "Namespaces, as globs."},
    {"schedule", &TYPE_STRING, OPTIONAL, "When the window opens, in the syntax of cron."},
    {"sync_overrun", &TYPE_BOOL, OPTIONAL,
     "Whether a sync that has started may end later (default false)."},
    {"time_zone", &TYPE_STRING, OPTIONAL, "Time zone of the schedule (default \"UTC\")."},
};
static const Attribute project_spec[] = {
    {"cluster_resource_blacklist", NULL, OPTIONAL, "Kinds without a namespace that are denied.",
     .nested = NESTED(NEST_LIST, cluster_resource_blacklist)},
    {"cluster_resource_whitelist", NULL, OPTIONAL,
     "Kinds without a namespace that are allowed (default: none).",
     .nested = NESTED(NEST_LIST, cluster_resource_blacklist)},
    {"description", &TYPE_STRING, OPTIONAL, "Text for users."},
    {"destination_service_accounts", NULL, OPTIONAL,
     "Service accounts that apply the objects, by destination.",
     .nested = NESTED(NEST_LIST, destination_service_accounts)},
    {"destinations", NULL, OPTIONAL, "Clusters and namespaces that are allowed.",
     .nested = NESTED(NEST_LIST, destinations)},
    {"namespace_resource_blacklist", NULL, OPTIONAL, "Kinds with a namespace that are denied.",
     .nested = NESTED(NEST_LIST, namespace_resource_blacklist)},
    {"namespace_resource_whitelist", NULL, OPTIONAL,
     "Kinds with a namespace that are allowed (default: all).",
     .nested = NESTED(NEST_LIST, namespace_resource_blacklist)},
    {"orphaned_resources", NULL, OPTIONAL,
     "Reports objects in the namespaces that no application has.",
     .nested = NESTED(NEST_SINGLE, orphaned_resources)},
    {"permit_only_project_scoped_clusters", &TYPE_BOOL, OPTIONAL,
     "Whether only clusters of the project are allowed (default false)."},
    {"roles", NULL, OPTIONAL, "Roles for users and pipelines.", .nested = NESTED(NEST_LIST, roles)},
    {"signature_keys", NULL, OPTIONAL,
     "Keys of which one must have signed the commits. Newer releases have source_integrity.",
     .nested = NESTED(NEST_LIST, signature_keys)},
    {"source_integrity", NULL, OPTIONAL, "Signatures that the sources must have.",
     .nested = NESTED(NEST_SINGLE, source_integrity)},
    {"source_namespaces", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Namespaces besides that of Argo CD whose applications may use the project."},
    {"source_repos", &TYPE_LIST_OF_STRING, OPTIONAL,
     "URLs of repositories that are allowed, as globs."},
    {"sync_windows", NULL, OPTIONAL, "Times in which syncs are allowed or denied.",
     .nested = NESTED(NEST_LIST, sync_windows)},
};

static bool argocd_project_delete(const Call *call, const DeleteRequest *request,
                                  DeleteResponse *response, Diags *diags) {
    Value metadata = object_metadata_of(request->prior);
    return project_users_wait(call, object_text(metadata, "namespace", STR_EMPTY),
                              object_text(metadata, "name", STR_EMPTY), diags) &&
           typed_object_delete(call, request, response, diags);
}

const ResourceType argocd_project = {
    .name = "argocd_project",
    .schema = {SPEC_SCHEMA(project_spec, TYPED_ATTRIBUTES),
               .description = "An AppProject: the sources, destinations and kinds that its "
                              "applications may use."},
    .payload = &(const SpecObject){SPEC_TYPED("argoproj.io/v1alpha1", "AppProject")},
    TYPED_SLOTS_BUT_DELETE,
    .delete = argocd_project_delete,
};
