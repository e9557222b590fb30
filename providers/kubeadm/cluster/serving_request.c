/* serving_request: the checks of Kubernetes' signer, and names and addresses of the configuration.
 */
#include "serving_request.h"
#include "base64.h"
#include "json.h"
#include "kube_error.h"
#include "kube_object.h"
#include "object_builder.h"
#include "openssl_pem.h"
#include "path_error.h"

#include <arpa/inet.h>

#define USER_PREFIX "system:node:"
#define GROUP       "system:nodes"
#define WAIT_MS     INT64_C(120000)
#define TRIES_MAX   5
#define REQUESTS                                                                                   \
    "/apis/certificates.k8s.io/v1/certificatesigningrequests"                                      \
    "?fieldSelector=spec.signerName%3Dkubernetes.io%2Fkubelet-serving"

static const KubeResource requests = {.group = STR_CONST("certificates.k8s.io"),
                                      .version = STR_CONST("v1"),
                                      .kind = STR_CONST("CertificateSigningRequest"),
                                      .plural = STR_CONST("certificatesigningrequests")};

/* The object. */

static Value conditions_of(Value request) {
    Value status, conditions;
    if (!value_find_present(request, STR("status"), &status) ||
        !value_find_tuple(status, STR("conditions"), &conditions))
        return value_null(&TYPE_DYNAMIC);
    return conditions;
}

ServingState serving_request_state(Value request) {
    static const struct {
        Str type;
        ServingState state;
    } types[] = {
        {STR_CONST("Approved"), SERVING_APPROVED},
        {STR_CONST("Denied"),   SERVING_DENIED  },
        {STR_CONST("Failed"),   SERVING_FAILED  },
    };
    ServingState state = SERVING_PENDING;
    Value conditions = conditions_of(request);
    for (size_t i = 0; value_is_present(conditions) && i < conditions.count; i++) {
        Str type = value_text_at(value_at(conditions, i), STR("type"));
        for (size_t k = 0; k < ARRAY_COUNT(types); k++) {
            if (str_equal(type, types[k].type) && types[k].state > state)
                state = types[k].state;
        }
    }
    return state;
}

static Str user_of(const ServingNode *node, Arena *arena) {
    return str_concat(STR(USER_PREFIX), node->name, arena);
}

static bool is_from(Value request, const ServingNode *node) {
    Str user = kube_object_text(request, "spec", "username");
    return str_starts_with(user, STR(USER_PREFIX)) &&
           str_equal(str_after(user, sizeof USER_PREFIX - 1), node->name);
}

Value serving_request_find(Value items, const ServingNode *node) {
    Value newest = value_null(&TYPE_DYNAMIC);
    Str newest_time = STR_EMPTY;
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        Value item = value_at(items, i);
        Str time = kube_object_text(item, "metadata", "creationTimestamp");
        if (!is_from(item, node) ||
            (value_is_present(newest) && str_compare(time, newest_time) < 0))
            continue;
        newest = item;
        newest_time = time;
    }
    return newest;
}

/* The checks. */

static bool has_text(Value object, const char *name, Str text) {
    Value spec, list;
    if (!value_find_present(object, STR("spec"), &spec) ||
        !value_find_tuple(spec, str_from_cstr(name), &list))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (item.type->kind == KIND_STRING && str_equal(value_text(item), text))
            return true;
    }
    return false;
}

static Str check_usages(Value request, bool is_rsa, Arena *arena) {
    static const Str required[] = {STR_CONST("digital signature"), STR_CONST("server auth")};
    Value spec, list;
    for (size_t i = 0; i < ARRAY_COUNT(required); i++) {
        if (!has_text(request, "usages", required[i]))
            return str_format(arena, "It lacks the usage \"%.*s\".", STR_ARG(required[i]));
    }
    if (!value_find_present(request, STR("spec"), &spec) ||
        !value_find_tuple(spec, STR("usages"), &list))
        return STR("It has no usages.");
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        Str usage = item.type->kind == KIND_STRING ? value_text(item) : STR_EMPTY;
        bool is_allowed = str_is_among(usage, required, ARRAY_COUNT(required)) ||
                          (is_rsa && str_equal(usage, STR("key encipherment")));
        if (!is_allowed)
            return str_format(arena, "It asks for the usage \"%.*s\".", STR_ARG(usage));
    }
    return STR_EMPTY;
}

/* Returns whether the subject has exactly one entry of this kind, with this text. */
static bool has_entry(const X509_NAME *subject, int nid, Str text) {
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
        return false;
    const ASN1_STRING *data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    Str found = {(const char *)ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data)};
    return str_equal(found, text);
}

/* Returns whether the text is the address with these bytes: 4 of IPv4, 16 of IPv6. */
static bool is_address(Str text, Str bytes, Arena *arena) {
    unsigned char found[sizeof(struct in6_addr)];
    int family = bytes.len == sizeof(struct in_addr) ? AF_INET : AF_INET6;
    size_t size = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
    return bytes.len == size && inet_pton(family, str_to_cstr(text, arena), found) == 1 &&
           memcmp(found, bytes.ptr, size) == 0;
}

static Str text_of_address(Str bytes, Arena *arena) {
    char text[INET6_ADDRSTRLEN];
    int family = bytes.len == sizeof(struct in_addr) ? AF_INET : AF_INET6;
    bool is_good = bytes.len == sizeof(struct in_addr) || bytes.len == sizeof(struct in6_addr);
    if (!is_good || !inet_ntop(family, bytes.ptr, text, sizeof text))
        return STR("an address of another size");
    return str_format(arena, "%s", text);
}

static Str check_name(const GENERAL_NAME *name, const ServingNode *node, Arena *arena) {
    int kind;
    const ASN1_STRING *data = GENERAL_NAME_get0_value(name, &kind);
    if (kind != GEN_DNS && kind != GEN_IPADD)
        return STR("It has a name that is neither a DNS name nor an address.");
    Str text = {(const char *)ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data)};
    if (kind == GEN_DNS) {
        return str_equal(text, node->name)
                   ? STR_EMPTY
                   : str_format(arena, "It has the name \"%.*s\", which is not that of the node.",
                                STR_ARG(text));
    }
    vec_each(&node->addresses, address) {
        if (is_address(*address, text, arena))
            return STR_EMPTY;
    }
    return str_format(arena,
                      "It has the address %.*s, which is neither node_address nor in node-ip.",
                      STR_ARG(text_of_address(text, arena)));
}

static Str check_names(X509_REQ *pem, const ServingNode *node, Arena *arena) {
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(pem);
    GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    Str problem = STR_EMPTY;
    int count = names ? sk_GENERAL_NAME_num(names) : 0;
    for (int i = 0; i < count && !problem.len; i++)
        problem = check_name(sk_GENERAL_NAME_value(names, i), node, arena);
    GENERAL_NAMES_free(names);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return count ? problem : STR("It has neither a name nor an address.");
}

Str serving_request_check(Value request, const ServingNode *node, Arena *arena) {
    Diags ignored = diags_new(arena);
    Str pem;
    if (!is_from(request, node) || !has_text(request, "groups", STR(GROUP)))
        return STR("It does not come from this node.");
    if (!base64_decode(kube_object_text(request, "spec", "request"), &pem, arena))
        return STR("It is not readable.");
    SCOPED(RequestRef)
    parsed = openssl_pem_read_request(pem, "Request not readable", "request", &ignored);
    if (!parsed)
        return STR("It is not readable, or its signature is wrong.");
    const X509_NAME *subject = X509_REQ_get_subject_name(parsed);
    if (X509_NAME_entry_count(subject) != 2 ||
        !has_entry(subject, NID_commonName, user_of(node, arena)) ||
        !has_entry(subject, NID_organizationName, STR(GROUP)))
        return STR("Its subject is not that of the node.");
    Str problem = check_names(parsed, node, arena);
    bool is_rsa = EVP_PKEY_get_base_id(X509_REQ_get0_pubkey(parsed)) == EVP_PKEY_RSA;
    return problem.len ? problem : check_usages(request, is_rsa, arena);
}

/* The approval. */

/* kubeadm stores the configuration of all kubelets. */
static bool is_wanted(const ClusterApi *api, bool *out, Diags *diags) {
    KubeRef ref = {.resource = &cluster_api_config_maps,
                   .namespace = STR("kube-system"),
                   .name = STR("kubelet-config")};
    KubeResponse response;
    Value found;
    *out = false;
    KubeOutcome outcome = kube_call_get(&api->call, &ref, &response, diags);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome == KUBE_DONE && kube_client_decode(&response, &found, api->call.arena)) {
        Str line, rest = kube_object_text(found, "data", "kubelet");
        while (!*out && str_next_field(&rest, '\n', &line))
            *out = str_equal(line, STR("serverTLSBootstrap: true"));
        return true;
    }
    kube_error_report(&api->call, "Configuration of kubelets not read", &ref, &response, diags);
    return false;
}

typedef struct RequestLook {
    const ClusterApi *api;
    const ServingNode *node;
    Value found;
} RequestLook;

static WaitLook look_for_request(void *payload, Wait *wait) {
    RequestLook *look = payload;
    const KubeCall *call = &look->api->call;
    KubeRequest request = {.method = "GET", .path = STR(REQUESTS)};
    Diags ignored = diags_new(call->arena);
    KubeResponse response;
    Value root;
    wait->reason = STR("the API server does not list requests");
    if (kube_call_send(call, request, &response, &ignored) != KUBE_DONE ||
        !kube_client_decode(&response, &root, call->arena))
        return WAIT_LOOK_AGAIN;
    look->found = serving_request_find(value_tuple_at(root, STR("items")), look->node);
    wait->reason = STR("the kubelet has sent no request");
    return value_is_present(look->found) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static Value approval(Value request, Arena *arena) {
    ObjectBuilder condition = object_builder_new(arena), status = object_builder_new(arena);
    ObjectBuilder metadata = object_builder_new(arena), body = object_builder_new(arena);
    ValueVec all = {0};
    Value former = conditions_of(request);
    for (size_t i = 0; value_is_present(former) && i < former.count; i++)
        vec_push(arena, &all, value_at(former, i));
    object_builder_put(&condition, STR("type"), value_from_cstr("Approved"));
    object_builder_put(&condition, STR("status"), value_from_cstr("True"));
    object_builder_put(&condition, STR("reason"), value_from_cstr("LoamApproved"));
    object_builder_put(&condition, STR("message"),
                       value_from_cstr("Name and addresses are those of the configuration."));
    vec_push(arena, &all, object_builder_value(&condition));
    object_builder_put(&status, STR("conditions"), value_tuple(all.items, all.count, arena));
    object_builder_put(&metadata, STR("resourceVersion"),
                       value_from_str(kube_object_text(request, "metadata", "resourceVersion")));
    object_builder_put(&body, STR("metadata"), object_builder_value(&metadata));
    object_builder_put(&body, STR("status"), object_builder_value(&status));
    return object_builder_value(&body);
}

/* *is_stale: the request has changed meanwhile. */
static bool approve(const ClusterApi *api, Value request, bool *is_stale, Diags *diags) {
    KubePatch patch = {
        .ref = {.resource = &requests,
                .name = kube_object_text(request, "metadata", "name"),
                .subresource = STR("approval")},
        .type = KUBE_PATCH_MERGE,
        .body = json_text(approval(request, api->call.arena), api->call.arena),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    KubeResponse response;
    KubeOutcome outcome = kube_call_patch(&api->call, &patch, &response, diags);
    *is_stale = outcome == KUBE_CONFLICT;
    if (outcome == KUBE_DONE || *is_stale)
        return true;
    kube_error_report(&api->call, "Serving certificate not approved", &patch.ref, &response, diags);
    return false;
}

static bool reject(
    const Call *call, Value request, const ServingNode *node, Str problem, Diags *diags) {
    return path_error(call, NO_PATH, diags, "Serving certificate not approved",
                      "The request \"%.*s\" of the kubelet of \"%.*s\" is not approved. %.*s",
                      STR_ARG(kube_object_text(request, "metadata", "name")), STR_ARG(node->name),
                      STR_ARG(problem));
}

/* *is_done: no further look is needed. */
static bool decide(
    const Call *call, const ClusterApi *api, const RequestLook *look, bool *is_done, Diags *diags) {
    bool is_stale = false;
    Str problem = STR_EMPTY;
    *is_done = true;
    switch (serving_request_state(look->found)) {
    case SERVING_APPROVED: return true;
    case SERVING_DENIED:
        problem = STR("It was denied before. Delete it, and the kubelet sends another one.");
        break;
    case SERVING_FAILED:
        problem = STR("Its signer failed. Delete it, and the kubelet sends another one.");
        break;
    case SERVING_PENDING:
        problem = serving_request_check(look->found, look->node, call->arena);
        break;
    }
    if (problem.len)
        return reject(call, look->found, look->node, problem, diags);
    bool is_good = approve(api, look->found, &is_stale, diags);
    *is_done = !is_stale;
    return is_good;
}

bool serving_request_approve(const Call *call,
                             const ClusterApi *api,
                             const ServingNode *node,
                             Diags *diags) {
    RequestLook look = {.api = api, .node = node};
    WaitUntil until = {.what = "the request for a serving certificate",
                       .look = look_for_request,
                       .payload = &look,
                       .timeout_ms = WAIT_MS};
    Wait wait;
    bool is_done = false;
    if (!is_wanted(api, &is_done, diags))
        return false;
    if (!is_done)
        return true;
    is_done = false;
    for (int i = 0; i < TRIES_MAX && !is_done; i++) {
        if (wait_until(call, &until, &wait) != WAIT_DONE) {
            path_warning(call, NO_PATH, diags, "Serving certificate not approved",
                         "The kubelet of \"%.*s\" has no certificate of the cluster yet: %.*s. "
                         "Approve its request with \"kubectl certificate approve\".",
                         STR_ARG(node->name), STR_ARG(wait.reason));
            return true;
        }
        if (!decide(call, api, &look, &is_done, diags))
            return false;
    }
    return is_done || reject(call, look.found, node, STR("It changes all the time."), diags);
}
