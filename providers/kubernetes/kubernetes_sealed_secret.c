/* kubernetes_sealed_secret: a SealedSecret, from which the controller of Sealed Secrets creates a
 * Secret.
 *
 * Sealing is randomized: equal plain values give different sealed values. So a key keeps its sealed
 * value until its plain value, the certificate or the scope changes. To detect this, the private
 * data has a digest of these and of the sealed value for each key. The plain values are stored
 * nowhere. */
#include "base64.h"
#include "cluster.h"
#include "kube_object.h"
#include "kubernetes_provider.h"
#include "object_builder.h"
#include "object_texts.h"
#include "path_error.h"
#include "sealing.h"
#include "secret_digest.h"
#include "typed_object.h"

/* The certificate of the controller, fetched from its service through the API server. */

static const KubeResource services = KUBE_CORE_RESOURCE("Service", "services");

/* Returns the name of the first port, by which the API server's proxy selects it; it may be empty.
 */
static Str port_name(Value service) {
    Value ports = kube_object_list(service, "spec", "ports");
    return ports.count ? kube_object_text(value_at(ports, 0), "", "name") : STR_EMPTY;
}

/* Returns the certificate in PEM. On failure returns an empty text and sets *why to the reason, a
 * clause without a full stop; adds no error itself. */
static Str sealing_certificate_fetch(const Call *call, Str namespace, Str name, Str *why,
                                     Diags *diags) {
    KubeCall kube = cluster_call(call);
    KubeRef ref = {.resource = &services, .namespace = namespace, .name = name};
    KubeResponse response;
    Value service;
    if (kube_call_get(&kube, &ref, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &service, kube.arena)) {
        *why = str_format(kube.arena, "the service of the controller: %.*s",
                          STR_ARG(response.problem));
        return STR_EMPTY;
    }
    ref.name = str_format(kube.arena, "http:%.*s:%.*s", STR_ARG(name), STR_ARG(port_name(service)));
    ref.subresource = STR("proxy");
    KubeRequest request = {
        .method = "GET",
        .path = str_concat(kube_resource_path(&ref, kube.arena), STR("/v1/cert.pem"), kube.arena),
        .accept = STR("application/x-pem-file, */*"),
        .attempts_max = call->is_planning ? 1 : 0,
    };
    if (kube_call_send(&kube, request, &response, diags) == KUBE_DONE)
        return response.body;
    *why = response.problem;
    return STR_EMPTY;
}

#define ANNOTATIONS "sealedsecrets.bitnami.com/"
#define DIGESTS     "sealed"

/* The state while all values are sealed. */
typedef struct Sealing {
    TypedCall *typed;
    Str certificate;       /* PEM */
    Str fingerprint;       /* of the certificate */
    Str label;             /* see sealed_secret_label_of */
    Value stored;          /* earlier sealed values: of the approved plan, or of the state */
    SecretDigests digests; /* of `stored` */
    SecretDigests kept;    /* of the result */
    Arena *arena;
} Sealing;

static Str sealed_secret_scope_of(Value state) {
    return object_text(state, "scope", STR("strict"));
}

static bool is_strict(Value state) {
    return str_equal_cstr(sealed_secret_scope_of(state), "strict");
}

/* Returns the OAEP label, which binds a sealed value to its scope: "NAMESPACE/NAME", the namespace,
 * or empty for the whole cluster. */
static Str sealed_secret_label_of(Value state, Arena *arena) {
    Value metadata = object_metadata_of(state);
    Str namespace = object_text(metadata, "namespace", STR("default"));
    Str scope = sealed_secret_scope_of(state);
    if (str_equal_cstr(scope, "cluster-wide"))
        return STR_EMPTY;
    if (str_equal_cstr(scope, "namespace-wide"))
        return namespace;
    return str_format(arena, "%.*s/%.*s", STR_ARG(namespace),
                      STR_ARG(object_text(metadata, "name", STR_EMPTY)));
}

/* Returns the plain values of both arguments in base64; null if neither is set. */
static Value plain_values(Value config, Arena *arena) {
    Value texts = object_attribute(config, "data_wo");
    Value encoded =
        value_is_null(texts) ? value_null(&TYPE_MAP_OF_STRING) : object_texts_encode(texts, arena);
    return object_texts_union(encoded, object_attribute(config, "binary_data_wo"), arena);
}

/* Returns the text whose digest is stored for a key: the plain value and all inputs of its sealing.
 */
static Str bound_text(const Sealing *sealing, Str sealed, Str plain) {
    const Str parts[] = {sealed, sealing->fingerprint, sealing->label, plain};
    return str_join(parts, ARRAY_COUNT(parts), STR("\n"), sealing->arena);
}

/* Keeps the digest of the key and returns true, if the sealed value is still valid for the plain
 * value. */
static bool keep_sealed(Sealing *sealing, Str key, Str sealed, Str plain) {
    Arena *arena = sealing->arena;
    Str bound = bound_text(sealing, sealed, plain);
    vec_each(&sealing->digests.items, digest) {
        if (!str_equal(digest->key, key) ||
            !secret_digests_match(&sealing->digests, digest, bound, arena))
            continue;
        vec_push(arena, &sealing->kept.items, *digest);
        return true;
    }
    return false;
}

/* Returns the earlier sealed value if it is still valid, otherwise a new one. `plain` is in base64.
 */
static Value seal_one(Sealing *sealing, Str key, Str plain) {
    Arena *arena = sealing->arena;
    Str sealed = value_text_at(sealing->stored, key), bytes;
    if (sealed.len && keep_sealed(sealing, key, sealed, plain))
        return value_string(sealed, arena);
    if (!base64_decode(plain, &bytes, arena))
        return value_null(&TYPE_STRING); /* validate reported the error */
    sealed = base64_encode(sealing_seal(sealing->certificate, sealing->label, bytes, arena), arena);
    secret_digests_add(&sealing->kept, STR(DIGESTS), key, bound_text(sealing, sealed, plain),
                       arena);
    return value_string(sealed, arena);
}

static Value seal_all(Sealing *sealing, Value plain) {
    ObjectBuilder builder = object_builder_new(sealing->arena);
    for (size_t i = 0; i < plain.count; i++) {
        Value value = seal_one(sealing, value_key_at(plain, i), value_text(value_at(plain, i)));
        if (value_is_present(value))
            object_builder_put(&builder, value_key_at(plain, i), value);
    }
    sealing->typed->planned_values = secret_digests_text(&sealing->kept, sealing->arena);
    return object_builder_map(&builder, &TYPE_STRING);
}

/* Adds a note to a plan, or an error to an apply. Returns an empty text. */
static Str report_certificate(TypedCall *typed, Str why) {
    const Call *call = typed->call;
    PlanNote note = {.text = str_format(call->arena, "sealed at apply: %.*s", STR_ARG(why))};
    if (call->is_planning)
        vec_push(call->arena, &typed->notes, note);
    else
        (void)path_error(call, NO_PATH, typed->diags, "Certificate of Sealed Secrets not read",
                         "%.*s. Check controller_name and controller_namespace, or set "
                         "certificate.",
                         STR_ARG(why));
    return STR_EMPTY;
}

/* Returns the certificate in PEM; empty if the values cannot be sealed (yet). */
static Str sealed_secret_certificate_of(TypedCall *typed) {
    const Call *call = typed->call;
    const Clock *clock = call->io->clock;
    Value given = object_attribute(typed->config, "certificate");
    Str why = STR_EMPTY, text = STR_EMPTY;
    if (!value_is_known(given))
        return STR_EMPTY;
    if (value_is_present(given))
        text = value_text(given);
    else
        text = sealing_certificate_fetch(
            call, object_text(typed->object, "controller_namespace", STR("kube-system")),
            object_text(typed->object, "controller_name", STR("sealed-secrets-controller")), &why,
            typed->diags);
    if (text.len == 0)
        return report_certificate(typed, why);
    Str problem = sealing_check(text, clock->now_ms(clock->self) / 1000);
    if (problem.len == 0)
        return text;
    (void)path_error(call, PATH_AT(call, {"certificate"}), typed->diags, "Values not sealed",
                     "%.*s.", STR_ARG(problem));
    return STR_EMPTY;
}

static bool sealed_secret_is_known(const TypedCall *typed, Value plain) {
    Value item = object_metadata_of(typed->object);
    Value scope = object_attribute(typed->object, "scope");
    return value_is_wholly_known(plain) && value_is_present(item) && value_is_known(scope) &&
           value_is_known(object_attribute(item, "namespace")) &&
           (!is_strict(typed->object) || value_is_known(object_attribute(item, "name")));
}

static Value encrypted_data(Value state) {
    return value_is_present(state) ? object_attribute(state, "encrypted_data")
                                   : value_null(&TYPE_MAP_OF_STRING);
}

static Value sealed_values(TypedCall *typed) {
    Arena *arena = typed->call->arena;
    Value plain = plain_values(typed->config, arena);
    Value planned = encrypted_data(typed->approved);
    bool is_approved = value_is_present(planned);
    Str digests = is_approved ? typed->approved_record.values : typed->request.record.values;
    Sealing sealing = {.typed = typed, .arena = arena};
    if (value_is_null(plain))
        return plain;
    sealing.certificate =
        sealed_secret_is_known(typed, plain) ? sealed_secret_certificate_of(typed) : STR_EMPTY;
    if (sealing.certificate.len == 0)
        return value_unknown(&TYPE_MAP_OF_STRING);
    sealing.fingerprint = sealing_fingerprint(sealing.certificate, arena);
    sealing.label = sealed_secret_label_of(typed->object, arena);
    sealing.stored = is_approved ? planned : encrypted_data(typed->prior);
    sealing.digests = secret_digests_read(digests, arena);
    sealing.kept = secret_digests_new(arena);
    if (sealing.digests.items.count)
        sealing.kept.salt = sealing.digests.salt;
    return seal_all(&sealing, plain);
}

/* Only a plan seals values; an apply uses the values of its plan. */
static Value encrypted_of(TypedCall *typed, Value state) {
    Value sealed = object_attribute(state, "encrypted_data");
    return typed->is_plan && !typed->is_prior_manifest ? sealed_values(typed) : sealed;
}

static void sealed_secret_put(ObjectBuilder *builder, const char *name, Value value) {
    if (!value_is_null(value))
        object_builder_put(builder, str_from_cstr(name), value);
}

static Value with_scope(Value annotations, Str scope, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    if (str_equal_cstr(scope, "strict"))
        return annotations;
    object_builder_put(&builder, str_concat(STR(ANNOTATIONS), scope, arena),
                       value_from_cstr("true"));
    return object_texts_union(annotations, object_builder_map(&builder, &TYPE_STRING), arena);
}

static Value template_of(Value state, Arena *arena) {
    ObjectBuilder template = object_builder_new(arena), metadata = object_builder_new(arena);
    Value annotations = object_attribute(state, "template_annotations");
    sealed_secret_put(&metadata, "labels", object_attribute(state, "template_labels"));
    sealed_secret_put(&metadata, "annotations",
                      with_scope(annotations, sealed_secret_scope_of(state), arena));
    sealed_secret_put(&template, "type", object_attribute(state, "type"));
    sealed_secret_put(&template, "immutable", object_attribute(state, "immutable"));
    if (metadata.gathered.count)
        sealed_secret_put(&template, "metadata", object_builder_value(&metadata));
    return object_builder_value(&template);
}

static Value sealed_secret_manifest_of(TypedCall *typed, Value state, Value manifest) {
    Arena *arena = typed->call->arena;
    ObjectBuilder spec = object_builder_new(arena);
    Value annotations = value_null(&TYPE_MAP_OF_STRING);
    sealed_secret_put(&spec, "encryptedData", encrypted_of(typed, state));
    sealed_secret_put(&spec, "template", template_of(state, arena));
    manifest = typed_object_with(manifest, "spec", object_builder_value(&spec), arena);
    (void)!kube_object_find(manifest, "metadata", "annotations", &annotations);
    if (!is_strict(state))
        manifest =
            kube_object_with(manifest, "metadata", "annotations",
                             with_scope(annotations, sealed_secret_scope_of(state), arena), arena);
    return manifest;
}

static Value sealed_secret_planned_of(const TypedCall *typed, Value planned) {
    Value spec, sealed = value_null(&TYPE_MAP_OF_STRING);
    if (value_find(typed->request.manifest, STR("spec"), &spec))
        (void)!value_find(spec, STR("encryptedData"), &sealed);
    return object_with(planned, "encrypted_data", sealed, typed->call->arena);
}

static Value sealed_secret_state_of(const Call *call, Value state, Value live, bool is_import) {
    Arena *arena = call->arena;
    Value found = value_null(&TYPE_MAP_OF_STRING);
    Value stored = object_attribute(state, "encrypted_data");
    (void)!kube_object_find(live, "spec", "encryptedData", &found);
    return object_with(state, "encrypted_data",
                       object_texts_kept(is_import ? found : stored, found, arena), arena);
}

/* Returns the digests that the plan computed. */
static Str sealed_secret_values_of(const TypedCall *typed, Value) {
    return typed->request.record.values;
}

static bool check_certificate(const Call *call, Value config, Diags *diags) {
    Value certificate = object_attribute(config, "certificate");
    const Clock *clock = call->io->clock;
    Str problem = value_is_present(certificate)
                      ? sealing_check(value_text(certificate), clock->now_ms(clock->self) / 1000)
                      : STR_EMPTY;
    return problem.len == 0 || path_error(call, PATH_AT(call, {"certificate"}), diags,
                                          "Values not sealed", "%.*s.", STR_ARG(problem));
}

/* The label of the scope "strict" contains the name, so the name must be known before sealing. */
static bool sealed_secret_check_name(const Call *call, Value config, Diags *diags) {
    Value item = object_metadata_of(config);
    bool is_generated =
        value_is_present(item) && value_is_present(object_attribute(item, "generate_name"));
    bool is_scope_known = value_is_known(object_attribute(config, "scope"));
    return !is_generated || !is_scope_known || !is_strict(config) ||
           path_error(call, PATH_AT(call, {"metadata"}, {.index = 0}, {"generate_name"}), diags,
                      "Values not sealed",
                      "Values of the scope \"strict\" are sealed for one name. Give the object a "
                      "\"name\", or choose another scope.");
}

static bool check_values(const Call *call, Value config, Diags *diags) {
    Value data = object_attribute(config, "data_wo");
    Value binary = object_attribute(config, "binary_data_wo"), ignored;
    Path path = PATH_AT(call, {"binary_data_wo"});
    Str problem =
        value_is_present(binary) ? object_texts_check_base64(binary, call->arena) : STR_EMPTY;
    bool is_valid = problem.len == 0 ||
                    path_error(call, path, diags, "Invalid base64 text", "%.*s", STR_ARG(problem));
    for (size_t i = 0; value_is_present(data) && i < data.count; i++) {
        Str key = value_key_at(data, i);
        if (value_find(binary, key, &ignored))
            is_valid = path_error(call, path, diags, "Key given twice",
                                  "\"data_wo\" has the key \"%.*s\", too. Remove one of them.",
                                  STR_ARG(key));
    }
    return is_valid;
}

static bool sealed_secret_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    bool is_valid = check_certificate(call, request->config, diags);
    is_valid = sealed_secret_check_name(call, request->config, diags) && is_valid;
    return check_values(call, request->config, diags) && is_valid;
}

/* clang-format off */
static const Attribute sealed_secret_attributes[] = {
    {"data_wo", &TYPE_MAP_OF_STRING, OPTIONAL | WRITE_ONLY | ANY_TEXT,
     "Text values by key, to be sealed. Neither plan nor state stores them."},
    {"binary_data_wo", &TYPE_MAP_OF_STRING, OPTIONAL | WRITE_ONLY,
     "Binary values by key, in base64, to be sealed. Neither plan nor state stores them."},
    {"certificate", &TYPE_STRING, OPTIONAL,
     "Certificate of the controller in PEM (default: fetched from the service of the controller)."},
    {"controller_name", &TYPE_STRING, OPTIONAL,
     "Name of the controller's service (default \"sealed-secrets-controller\")."},
    {"controller_namespace", &TYPE_STRING, OPTIONAL,
     "Namespace of the controller's service (default \"kube-system\")."},
    {"scope", &TYPE_STRING, OPTIONAL,
     "Where the controller accepts the sealed values: only with this name and namespace (\"strict\", the default), "
     "anywhere in this namespace (\"namespace-wide\"), or anywhere in the cluster (\"cluster-wide\").", .one_of = "strict namespace-wide cluster-wide"},
    {"type", &TYPE_STRING, OPTIONAL, "Type of the Secret."},
    {"immutable", &TYPE_BOOL, OPTIONAL, "Whether the data of the Secret can never be changed."},
    {"template_labels", &TYPE_MAP_OF_STRING, OPTIONAL, "Labels of the Secret."},
    {"template_annotations", &TYPE_MAP_OF_STRING, OPTIONAL, "Annotations of the Secret."},
    {"encrypted_data", &TYPE_MAP_OF_STRING, COMPUTED, "The sealed values by key, in base64."},
    TYPED_ATTRIBUTES,
};
/* clang-format on */
static const ArgumentRule sealed_secret_rules[] = {
    {RULE_AT_LEAST_ONE, {"data_wo", "binary_data_wo"}},
    {RULE_CONFLICTS, {"certificate", "controller_name"}},
    {RULE_CONFLICTS, {"certificate", "controller_namespace"}},
};
static const Block sealed_secret_blocks[] = {OBJECT_METADATA_BLOCK, TYPED_BLOCKS};

static const char *const sealed_secret_members[] = {
    "data_wo",         "binary_data_wo",       "scope",          "type", "immutable",
    "template_labels", "template_annotations", "encrypted_data", NULL};
static const TypedObject sealed_secret = {
    .api_version = "bitnami.com/v1alpha1",
    .kind = "SealedSecret",
    .is_namespaced = true,
    .members = sealed_secret_members,
    .manifest = sealed_secret_manifest_of,
    .state = sealed_secret_state_of,
    .planned = sealed_secret_planned_of,
    .values = sealed_secret_values_of,
};

const ResourceType kubernetes_sealed_secret = {
    .name = "kubernetes_sealed_secret",
    .schema = {SCHEMA_ATTRIBUTES(sealed_secret_attributes), SCHEMA_BLOCKS(sealed_secret_blocks),
               SCHEMA_RULES(sealed_secret_rules),
               .description = "A SealedSecret: values that only the controller of Sealed Secrets "
                              "can decrypt."},
    .payload = &sealed_secret,
    .validate = sealed_secret_validate,
    TYPED_SLOTS,
};
