/* kube_error: classes by code, reason and, where the server gives neither, by its text. */
#include "kube_error.h"

#define TYPED "failed to create typed patch object"

static bool error_has_text(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

static bool has_one_of(Str text, const char *const *parts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (error_has_text(text, parts[i]))
            return true;
    }
    return false;
}

static KubeErrorClass class_of_transport(HttpStatus transport) {
    switch (transport) {
    case HTTP_BAD_CERTIFICATE: return KUBE_ERROR_CERTIFICATE;
    case HTTP_TIMED_OUT: return KUBE_ERROR_TIMEOUT;
    case HTTP_CANCELLED: return KUBE_ERROR_CANCELLED;
    case HTTP_DONE: return KUBE_ERROR_CREDENTIAL; /* no request was sent */
    case HTTP_UNKNOWN_NAME:
    case HTTP_NO_CONNECTION:
    case HTTP_LOST: return KUBE_ERROR_UNREACHABLE;
    case HTTP_TOO_LARGE:
    case HTTP_TOO_MANY_REDIRECTS:
    case HTTP_REFUSED_URL:
    case HTTP_NOT_KEPT:
    case HTTP_NO_CLIENT: return KUBE_ERROR_OTHER;
    }
    return KUBE_ERROR_OTHER;
}

/* There is no common reason for immutable fields, only these texts. */
static const char *const immutable_texts[] = {
    "field is immutable",
    "is immutable",
    "cannot change roleRef",
    "may not change once set",
    "updates to statefulset",
    "immutable after creation",
    "may not be changed",
    "updates to provisioner are forbidden",
    "updates to parameters are forbidden",
};

static KubeErrorClass class_of_422(const KubeStatus *status) {
    const KubeCause *cause = kube_status_find(status, "FieldValueTooLong");
    if (cause && str_equal(cause->field, STR("[]"))) /* the whole object */
        return KUBE_ERROR_TOO_LARGE;
    return has_one_of(status->message, immutable_texts, ARRAY_COUNT(immutable_texts))
               ? KUBE_ERROR_IMMUTABLE
               : KUBE_ERROR_INVALID;
}

static KubeErrorClass class_of_403(const KubeStatus *status) {
    if (kube_status_find(status, "NamespaceTerminating"))
        return KUBE_ERROR_TERMINATING;
    if (error_has_text(status->message, "exceeded quota"))
        return KUBE_ERROR_QUOTA;
    if (error_has_text(status->message, " cannot "))
        return KUBE_ERROR_FORBIDDEN;
    return KUBE_ERROR_DENIED; /* of admission */
}

static KubeErrorClass class_of_409(const KubeStatus *status) {
    if (kube_status_find(status, "FieldManagerConflict"))
        return KUBE_ERROR_OWNED;
    return str_equal(status->reason, STR("AlreadyExists")) ? KUBE_ERROR_EXISTS : KUBE_ERROR_CHANGED;
}

static KubeErrorClass class_of_500(const KubeStatus *status) {
    if (str_starts_with(status->message, STR(TYPED)))
        return KUBE_ERROR_SCHEMA;
    if (error_has_text(status->message, "request is too large"))
        return KUBE_ERROR_TOO_LARGE;
    return kube_status_is_webhook_failure(status) ? KUBE_ERROR_WEBHOOK : KUBE_ERROR_OTHER;
}

static KubeErrorClass class_of_400(const KubeStatus *status) {
    static const char *const texts[] = {"unknown field", "strict decoding error"};
    if (!status->is_status)
        return KUBE_ERROR_ADDRESS;
    if (error_has_text(status->message, "does not support dry run"))
        return KUBE_ERROR_WEBHOOK_DRY_RUN;
    if (error_has_text(status->message, "admission webhook"))
        return KUBE_ERROR_DENIED;
    return has_one_of(status->message, texts, ARRAY_COUNT(texts)) ? KUBE_ERROR_SCHEMA
                                                                  : KUBE_ERROR_INVALID;
}

/* The error about a missing object or namespace names it; that about an unknown group, version or
 * plural has no name. */
static KubeErrorClass class_of_404(const KubeStatus *status, const KubeRef *ref) {
    static const Str namespaces = STR_CONST("namespaces");
    if (status->name.len == 0)
        return KUBE_ERROR_KIND;
    bool is_namespace = str_equal(status->kind, namespaces);
    bool is_of_namespace = ref && str_equal(ref->resource->plural, namespaces);
    return is_namespace && !is_of_namespace ? KUBE_ERROR_NAMESPACE : KUBE_ERROR_ABSENT;
}

KubeErrorClass kube_error_class(const KubeRef *ref, const KubeResponse *response) {
    const KubeStatus *status = &response->status;
    switch (response->code) {
    case 0: return class_of_transport(response->transport);
    case 400: return class_of_400(status);
    case 401: return KUBE_ERROR_CREDENTIAL;
    case 403: return class_of_403(status);
    case 404: return class_of_404(status, ref);
    case 409: return class_of_409(status);
    case 410: return KUBE_ERROR_GONE;
    case 413: return KUBE_ERROR_TOO_LARGE;
    case 422: return class_of_422(status);
    case 500: return class_of_500(status);
    default: return KUBE_ERROR_OTHER;
    }
}

/* `conflict with "hpa" with subresource "scale" using apps/v1` → `"hpa" with subresource "scale"`
 */
static Str error_manager_of(Str message) {
    static const Str head = STR_CONST("conflict with ");
    if (!str_starts_with(message, head))
        return STR_EMPTY;
    size_t end = str_find(message, STR(" using "), 0);
    return str_slice(message, head.len, end == SIZE_MAX ? message.len : end);
}

/* "PATH: message", of which the path ends at the first colon outside of brackets and quotes. */
static KubeFieldError field_of_line(Str line) {
    bool is_quoted = false;
    int depth = 0;
    for (size_t i = 0; i + 1 < line.len; i++) {
        char c = line.ptr[i];
        if (c == '\\')
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (c == '[' || c == ']'))
            depth += c == '[' ? 1 : -1;
        else if (!is_quoted && depth == 0 && c == ':' && line.ptr[i + 1] == ' ')
            return (KubeFieldError){.path = str_slice(line, 0, i),
                                    .message = str_after(line, i + 2)};
    }
    return (KubeFieldError){.message = line};
}

/* `failed to create typed patch object (g1/web; apps/v1, Kind=Deployment): .spec.x: field not
 * declared in schema`; several errors are lines after "errors:". */
static void add_typed_errors(Str message, KubeFieldErrors *out, Arena *arena) {
    size_t start = str_find(message, STR("): "), 0);
    Str rest = start == SIZE_MAX ? message : str_after(message, start + 3);
    Str line;
    if (str_starts_with(rest, STR("errors:")))
        rest = str_after(rest, 7);
    while (str_next_field(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.len)
            vec_push(arena, out, field_of_line(line));
    }
}

KubeFieldErrors kube_error_fields(const KubeResponse *response, Arena *arena) {
    const KubeStatus *status = &response->status;
    KubeFieldErrors fields = {0};
    if (str_starts_with(status->message, STR(TYPED)))
        add_typed_errors(status->message, &fields, arena);
    vec_each(&status->causes, cause) {
        bool has_path = cause->field.len && !str_equal(cause->field, STR("<nil>"));
        KubeFieldError field = {.message = cause->message,
                                .manager = error_manager_of(cause->message)};
        if (has_path)
            field.path = str_starts_with(cause->field, STR("."))
                             ? cause->field
                             : str_concat(STR("."), cause->field, arena);
        vec_push(arena, &fields, field);
    }
    return fields;
}

/* A remedy for each class; "" where the server's own sentence says enough. */
static const char *const hints[] = {
    [KUBE_ERROR_UNREACHABLE] = "Check the server's address and that it runs.",
    [KUBE_ERROR_ADDRESS] = ("Check the server's address: it must begin with https and lead to a "
                            "Kubernetes API server."),
    [KUBE_ERROR_CERTIFICATE] =
        "Check the certificate authority, and the name of the server in its certificate.",
    [KUBE_ERROR_TIMEOUT] = "Allow more time in \"timeouts\", or look at the server.",
    [KUBE_ERROR_CANCELLED] = "",
    [KUBE_ERROR_CREDENTIAL] = "Check the credentials, and that they are of this cluster.",
    [KUBE_ERROR_FORBIDDEN] = "Allow this by a Role or ClusterRole bound to the user.",
    [KUBE_ERROR_TERMINATING] = "Wait until the namespace is gone, then create it again.",
    [KUBE_ERROR_QUOTA] = "Raise the ResourceQuota, or ask for less.",
    [KUBE_ERROR_NAMESPACE] = "Create the namespace first, or correct metadata.namespace.",
    [KUBE_ERROR_KIND] = "Correct apiVersion and kind, or install the definition first.",
    [KUBE_ERROR_ABSENT] = "",
    [KUBE_ERROR_OWNED] = ("Remove the field from the configuration, or take it over with "
                          "force_conflicts."),
    [KUBE_ERROR_EXISTS] = "Import it, or choose another name.",
    [KUBE_ERROR_CHANGED] = "It was changed meanwhile. Plan again.",
    [KUBE_ERROR_SCHEMA] = "Correct the field.",
    [KUBE_ERROR_IMMUTABLE] = "The object must be replaced.",
    [KUBE_ERROR_INVALID] = "Correct the field.",
    [KUBE_ERROR_WEBHOOK] = "Check the service of the webhook, or delete its configuration.",
    [KUBE_ERROR_WEBHOOK_DRY_RUN] = "",
    [KUBE_ERROR_DENIED] = "",
    [KUBE_ERROR_TOO_LARGE] = ("The API server accepts about 1.5 MB for an object, and 1 MiB for a "
                              "ConfigMap or Secret."),
    [KUBE_ERROR_GONE] = "",
    [KUBE_ERROR_OTHER] = "",
};
static_assert(ARRAY_COUNT(hints) == KUBE_ERROR_OTHER + 1, "a row for each class");

/* Ends a reason with one full stop and the hint. */
static Str sentence(Str why, const char *hint, Arena *arena) {
    bool has_stop = str_ends_with(why, STR("."));
    return str_format(arena, "%.*s%s%s%s", STR_ARG(why), has_stop ? "" : ".", hint[0] ? " " : "",
                      hint);
}

/* Names both managers of a conflict, where the request had one. */
static Str why_of(const KubeFieldError *field, Str manager, Arena *arena) {
    if (field->manager.len == 0)
        return field->message;
    Str ours = manager.len ? str_format(arena, ", so the manager \"%.*s\" cannot apply it",
                                        STR_ARG(manager))
                           : STR_EMPTY;
    return str_format(arena, "%.*s owns this field%.*s", STR_ARG(field->manager), STR_ARG(ours));
}

static void report_fields(const char *action, Str title, const char *hint, Str manager,
                          const KubeFieldErrors *fields, Diags *diags) {
    vec_each(fields, field) {
        Str why = sentence(why_of(field, manager, diags->arena), hint, diags->arena);
        Diag *diag =
            diags_error(diags, NO_RANGE, action, "%.*s%s%.*s: %.*s", STR_ARG(title),
                        field->path.len ? ", field " : "", STR_ARG(field->path), STR_ARG(why));
        diag->path = field->path;
    }
}

/* Returns `ConfigMap "x" in namespace "n" at https://k`, or `The API server https://k`. */
static Str error_place_of(const KubeCall *call, const KubeRef *ref) {
    Arena *arena = call->arena;
    Str server = kube_client_target(call->client)->server;
    return ref ? str_format(arena, "%.*s at %.*s", STR_ARG(kube_resource_title(ref, arena)),
                            STR_ARG(server))
               : str_concat(STR("The API server "), server, arena);
}

static DiagClass diag_class_of_kube(KubeErrorClass class) {
    if (class == KUBE_ERROR_UNREACHABLE || class == KUBE_ERROR_TIMEOUT)
        return DIAG_UNREACHABLE;
    return class == KUBE_ERROR_CREDENTIAL || class == KUBE_ERROR_FORBIDDEN ||
                   class == KUBE_ERROR_DENIED
               ? DIAG_DENIED
               : DIAG_OTHER;
}

bool kube_error_report(const KubeCall *call, const char *action, const KubeRef *ref,
                       const KubeResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    KubeErrorClass class = kube_error_class(ref, response);
    KubeFieldErrors fields = {0};
    if (ref && (class == KUBE_ERROR_OWNED || class == KUBE_ERROR_SCHEMA ||
                class == KUBE_ERROR_INVALID || class == KUBE_ERROR_IMMUTABLE))
        fields = kube_error_fields(response, arena);
    if (fields.count)
        report_fields(action, kube_resource_title(ref, arena), hints[class], response->manager,
                      &fields, diags);
    else
        diags_error(diags_as(diag_class_of_kube(class), diags), NO_RANGE, action, "%.*s: %.*s",
                    STR_ARG(error_place_of(call, ref)),
                    STR_ARG(sentence(response->problem, hints[class], arena)));
    return false;
}
