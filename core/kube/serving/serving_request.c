/* serving_request: the checks of Kubernetes' signer, and names and addresses of the configuration.
 */
#include "serving_request.h"
#include "base64.h"
#include "json.h"
#include "kube_object.h"
#include "object_builder.h"
#include "openssl_pem.h"

#include <arpa/inet.h>

#define USER_PREFIX "system:node:"
#define GROUP       "system:nodes"

const KubeResource serving_request_resource = {.group = STR_CONST("certificates.k8s.io"),
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
        {STR_CONST("Denied"), SERVING_DENIED},
        {STR_CONST("Failed"), SERVING_FAILED},
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

static bool is_from(Value request, const ServingNode *node) {
    Str user = kube_object_text(request, "spec", "username");
    return str_starts_with(user, STR(USER_PREFIX)) &&
           str_equal(str_after(user, sizeof USER_PREFIX - 1), node->name);
}

Value serving_request_find(Value items, const ServingNode *node) {
    Value newest = value_null(&TYPE_DYNAMIC);
    Str newest_time = STR_EMPTY;
    for (size_t i = 0; i < items.count; i++) {
        Value item = value_at(items, i);
        Str time = kube_object_text(item, "metadata", "creationTimestamp");
        if (!is_from(item, node) || str_compare(time, node->since) < 0)
            continue;
        int order = value_is_present(newest) ? str_compare(time, newest_time) : 1;
        if (order < 0 || (order == 0 && serving_request_state(item) != SERVING_PENDING))
            continue;
        newest = item;
        newest_time = time;
    }
    return newest;
}

/* The checks. */

static bool request_has_text(Value object, const char *name, Str text) {
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
        if (!request_has_text(request, "usages", required[i]))
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
static bool request_has_entry(const X509_NAME *subject, int nid, Str text) {
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
        return false;
    const ASN1_STRING *data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    Str found = {(const char *)ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data)};
    return str_equal(found, text);
}

/* Returns whether the text is the address with these bytes: 4 of IPv4, 16 of IPv6. */
static bool request_is_address(Str text, Str bytes, Arena *arena) {
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

static Str request_check_name(const GENERAL_NAME *name, const ServingNode *node, Arena *arena) {
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
        if (request_is_address(*address, text, arena))
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
        problem = request_check_name(sk_GENERAL_NAME_value(names, i), node, arena);
    GENERAL_NAMES_free(names);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return count ? problem : STR("It has neither a name nor an address.");
}

Str serving_request_check(Value request, const ServingNode *node, Arena *arena) {
    Diags ignored = diags_new(arena);
    Str pem;
    if (!is_from(request, node) || !request_has_text(request, "groups", STR(GROUP)))
        return STR("It does not come from this node.");
    if (!base64_decode(kube_object_text(request, "spec", "request"), &pem, arena))
        return STR("It is not readable.");
    SCOPED(RequestRef)
    parsed = openssl_pem_read_request(pem, "Request not readable", "request", &ignored);
    if (!parsed)
        return STR("It is not readable, or its signature is wrong.");
    const X509_NAME *subject = X509_REQ_get_subject_name(parsed);
    if (X509_NAME_entry_count(subject) != 2 ||
        !request_has_entry(subject, NID_commonName,
                           str_concat(STR(USER_PREFIX), node->name, arena)) ||
        !request_has_entry(subject, NID_organizationName, STR(GROUP)))
        return STR("Its subject is not that of the node.");
    Str problem = check_names(parsed, node, arena);
    bool is_rsa = EVP_PKEY_get_base_id(X509_REQ_get0_pubkey(parsed)) == EVP_PKEY_RSA;
    return problem.len ? problem : check_usages(request, is_rsa, arena);
}

/* The approval. */

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

KubeOutcome serving_request_approve(const KubeCall *call, Value request, KubeResponse *response,
                                    Diags *diags) {
    KubePatch patch = {
        .ref = serving_request_ref(request),
        .type = KUBE_PATCH_MERGE,
        .body = json_text(approval(request, call->arena), call->arena),
        .manager = STR("loam"),
        .is_repeatable = true,
    };
    patch.ref.subresource = STR("approval");
    return kube_call_patch(call, &patch, response, diags);
}

KubeRef serving_request_ref(Value request) {
    return (KubeRef){.resource = &serving_request_resource,
                     .name = kube_object_text(request, "metadata", "name")};
}
