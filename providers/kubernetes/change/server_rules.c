/* server_rules: lists and single objects, kept as versions. */
#include "server_rules.h"

#include "digest.h"
#include "kube_list.h"
#include "kube_object.h"
#include "map.h"
#include "thread.h"

#define ADMISSION   "admissionregistration.k8s.io"
#define DEFINITIONS "apiextensions.k8s.io"

/* A webhook configuration, a policy or a binding of a policy. */
typedef struct AdmissionRule {
    Str text;   /* its kind, name, uid and generation */
    Str policy; /* of a binding */
    Value object;
} AdmissionRule;

struct ServerRules {
    KubeDiscovery *discovery;
    pthread_mutex_t mutex; /* of the members below; held while they are read */
    bool is_listed;
    VEC(AdmissionRule) admission;
    Map definitions; /* "GROUP/PLURAL" → Str */
    Arena *arena;
};

ServerRules *server_rules_open(KubeDiscovery *discovery) {
    Arena *arena = arena_open("server_rules");
    ServerRules *rules = arena_new(arena, ServerRules);
    rules->discovery = discovery;
    rules->arena = arena;
    pthread_mutex_init(&rules->mutex, NULL);
    return rules;
}

void server_rules_close(ServerRules *rules) {
    if (!rules)
        return;
    pthread_mutex_destroy(&rules->mutex);
    arena_close(rules->arena);
}

/* An object that is created again may have the same generation, so the uid counts too. */
static Str rules_version_of(Value object, Arena *arena) {
    Value generation;
    Str number = kube_object_find(object, "metadata", "generation", &generation)
                     ? json_text(generation, arena)
                     : STR_EMPTY;
    const Str parts[] = {kube_object_text(object, "", "kind"),
                         kube_object_text(object, "metadata", "name"),
                         kube_object_text(object, "metadata", "uid"), number};
    return str_join(parts, ARRAY_COUNT(parts), STR(" "), arena);
}

static void list_kind(ServerRules *rules, const KubeCall *call, const char *kind) {
    static const char *const versions[] = {ADMISSION "/v1", ADMISSION "/v1beta1"};
    KubeResource resource;
    KubeResponse response;
    KubeList list = {0};
    bool is_served = false;
    for (size_t i = 0; i < ARRAY_COUNT(versions) && !is_served; i++) {
        KubeKind wanted = {str_from_cstr(versions[i]), str_from_cstr(kind)};
        is_served = kube_discovery_find(rules->discovery, call, wanted, &resource, &response,
                                        NULL) == KUBE_DONE;
    }
    KubeListRequest request = {.ref = {.resource = &resource}};
    if (!is_served || kube_list_read(call, &request, &list, &response, NULL) != KUBE_DONE)
        return;
    vec_each(&list.items, item) {
        AdmissionRule rule = {.text = rules_version_of(*item, call->arena),
                              .policy = kube_object_text(*item, "spec", "policyName"),
                              .object = *item};
        vec_push(rules->arena, &rules->admission, rule);
    }
}

/* Policies come before their bindings, as server_rules_digest requires. */
static void list_admission(ServerRules *rules, const KubeCall *call) {
    static const char *const kinds[] = {
        "MutatingWebhookConfiguration",   "ValidatingWebhookConfiguration",
        "MutatingAdmissionPolicy",        "ValidatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding", "ValidatingAdmissionPolicyBinding"};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        list_kind(rules, call, kinds[i]);
    rules->is_listed = true;
}

/* API groups of Kubernetes itself, whose kinds have no CustomResourceDefinition. A group that is
 * missing here costs one request. */
static const Str own_groups[] = {
    STR_CONST("admissionregistration.k8s.io"),
    STR_CONST("apiextensions.k8s.io"),
    STR_CONST("apiregistration.k8s.io"),
    STR_CONST("authentication.k8s.io"),
    STR_CONST("authorization.k8s.io"),
    STR_CONST("certificates.k8s.io"),
    STR_CONST("coordination.k8s.io"),
    STR_CONST("discovery.k8s.io"),
    STR_CONST("events.k8s.io"),
    STR_CONST("flowcontrol.apiserver.k8s.io"),
    STR_CONST("internal.apiserver.k8s.io"),
    STR_CONST("metrics.k8s.io"),
    STR_CONST("networking.k8s.io"),
    STR_CONST("node.k8s.io"),
    STR_CONST("rbac.authorization.k8s.io"),
    STR_CONST("resource.k8s.io"),
    STR_CONST("scheduling.k8s.io"),
    STR_CONST("storage.k8s.io"),
    STR_CONST("storagemigration.k8s.io"),
};

/* The group of a CustomResourceDefinition contains a dot. Kubernetes projects define kinds in
 * further groups below k8s.io, such as gateway.networking.k8s.io. */
static bool may_have_definition(Str group) {
    return str_find_char(group, '.', 0) != SIZE_MAX &&
           !str_is_among(group, own_groups, ARRAY_COUNT(own_groups));
}

static Str read_definition(const KubeCall *call, const KubeResource *resource) {
    static const KubeResource definitions = {.group = STR_CONST(DEFINITIONS),
                                             .version = STR_CONST("v1"),
                                             .plural = STR_CONST("customresourcedefinitions")};
    KubeResponse response;
    Value object;
    KubeRef ref = {.resource = &definitions,
                   .name = str_format(call->arena, "%.*s.%.*s", STR_ARG(resource->plural),
                                      STR_ARG(resource->group))};
    bool is_read = kube_call_get(call, &ref, &response, NULL) == KUBE_DONE &&
                   kube_client_decode(&response, &object, call->arena);
    return is_read ? rules_version_of(object, call->arena) : STR_EMPTY;
}

static Str definition_of(ServerRules *rules, const KubeCall *call, const KubeResource *resource) {
    Str key =
        str_format(rules->arena, "%.*s/%.*s", STR_ARG(resource->group), STR_ARG(resource->plural));
    const Str *known = map_find(&rules->definitions, key);
    if (known)
        return *known;
    Str *kept = arena_new(rules->arena, Str);
    *kept = read_definition(call, resource);
    map_put(rules->arena, &rules->definitions, key, kept);
    return *kept;
}

/* Matches a list of texts that may have "*", or "PLURAL/SUBRESOURCE". */
static bool rules_has_name(Value rule, const char *member, Str name) {
    Value names = value_tuple_at(rule, str_from_cstr(member));
    for (size_t i = 0; value_is_present(names) && i < names.count; i++) {
        Value one = value_at(names, i);
        Str text =
            value_is_present(one) && one.type->kind == KIND_STRING ? value_text(one) : STR_EMPTY;
        Str first = STR_EMPTY;
        if (text.len == 0 ? name.len == 0
                          : str_next_field(&text, '/', &first) &&
                                (str_equal_cstr(first, "*") || str_equal(first, name)))
            return true;
    }
    return false;
}

static bool rules_matches(Value list, const KubeResource *resource) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        if (rules_has_name(value_at(list, i), "apiGroups", resource->group) &&
            rules_has_name(value_at(list, i), "resources", resource->plural))
            return true;
    }
    return false;
}

static bool applies_to(Value object, const KubeResource *resource) {
    Value webhooks = value_tuple_at(object, STR("webhooks"));
    Value constraints;
    for (size_t i = 0; value_is_present(webhooks) && i < webhooks.count; i++) {
        if (rules_matches(value_tuple_at(value_at(webhooks, i), STR("rules")), resource))
            return true;
    }
    return kube_object_find(object, "spec", "matchConstraints", &constraints) &&
           rules_matches(value_tuple_at(constraints, STR("resourceRules")), resource);
}

Str server_rules_digest(ServerRules *rules, const KubeCall *call, Str version,
                        const KubeResource *resource) {
    KubeCall kept = *call;
    StrBuf text = strbuf_new(call->arena);
    StrVec policies = {0};
    LOCKED(&rules->mutex);
    kept.arena = rules->arena;
    if (!rules->is_listed)
        list_admission(rules, &kept);
    strbuf_add(&text, version);
    if (may_have_definition(resource->group))
        strbuf_add_format(&text, "\n%.*s", STR_ARG(definition_of(rules, &kept, resource)));
    vec_each(&rules->admission, rule) {
        bool is_bound = str_is_among(rule->policy, policies.items, policies.count);
        if (!is_bound && !applies_to(rule->object, resource))
            continue;
        strbuf_add_format(&text, "\n%.*s", STR_ARG(rule->text));
        if (!is_bound)
            vec_push(call->arena, &policies, kube_object_text(rule->object, "metadata", "name"));
    }
    return digest_hex(DIGEST_SHA256, strbuf_str(&text), call->arena);
}

void server_rules_drop(ServerRules *rules, const KubeResource *changed) {
    bool is_admission = str_equal_cstr(changed->group, ADMISSION);
    bool is_definition = str_equal_cstr(changed->group, DEFINITIONS);
    if (!is_admission && !is_definition)
        return;
    LOCKED(&rules->mutex);
    if (is_definition)
        rules->definitions = (Map){0};
    if (is_admission) {
        rules->is_listed = false;
        rules->admission.count = 0;
    }
}
