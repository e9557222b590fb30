#include "kube_status.h"
#include "kube_object.h"
#include "utf8.h"

#define SHOWN_MAX 200 /* bytes of a plain text */

static Str status_first_line(Str body) {
    Str line;
    Str rest = str_trim(body);
    bool is_text = rest.len > 0 && rest.ptr[0] != '<' && rest.ptr[0] != '{';
    return is_text && str_next_field(&rest, '\n', &line) ? str_slice(str_trim(line), 0, SHOWN_MAX)
                                                         : STR_EMPTY;
}

static void read_causes(Value object, KubeCauses *out, Arena *arena) {
    Value details;
    if (!kube_object_find(object, "", "details", &details))
        return;
    Value list = value_tuple_at(details, STR("causes"));
    for (size_t i = 0; i < list.count; i++) {
        Value cause = value_at(list, i);
        vec_push(arena, out,
                 (KubeCause){
                     .reason = kube_object_text(cause, "", "reason"),
                     .field = kube_object_text(cause, "", "field"),
                     .message = kube_object_text(cause, "", "message"),
                 });
    }
}

static KubeStatus kube_status_of(Value object, Arena *arena) {
    KubeStatus status = {
        .is_status = str_equal(kube_object_text(object, "", "kind"), STR("Status")),
        .code = (int)kube_object_int(object, "", "code"),
        .reason = kube_object_text(object, "", "reason"),
        .message = kube_object_text(object, "", "message"),
        .group = kube_object_text(object, "details", "group"),
        .kind = kube_object_text(object, "details", "kind"),
        .name = kube_object_text(object, "details", "name"),
        .uid = kube_object_text(object, "details", "uid"),
        .retry_after_s = kube_object_int(object, "details", "retryAfterSeconds"),
    };
    read_causes(object, &status.causes, arena);
    return status;
}

KubeStatus kube_status_read(int code, Str body, Arena *arena) {
    Value object;
    KubeStatus status = {0};
    if (json_parse_object(body, &object, arena))
        status = kube_status_of(object, arena);
    if (!status.is_status)
        status = (KubeStatus){.message = status_first_line(body)};
    status.code = code;
    return status;
}

KubeStatus kube_status_clone(const KubeStatus *status, Arena *arena) {
    KubeStatus copy = {
        .is_status = status->is_status,
        .code = status->code,
        .reason = str_clone(status->reason, arena),
        .message = str_clone(status->message, arena),
        .group = str_clone(status->group, arena),
        .kind = str_clone(status->kind, arena),
        .name = str_clone(status->name, arena),
        .uid = str_clone(status->uid, arena),
        .retry_after_s = status->retry_after_s,
    };
    vec_each(&status->causes, cause) {
        vec_push(arena, &copy.causes,
                 (KubeCause){
                     .reason = str_clone(cause->reason, arena),
                     .field = str_clone(cause->field, arena),
                     .message = str_clone(cause->message, arena),
                 });
    }
    return copy;
}

const KubeCause *kube_status_find(const KubeStatus *status, const char *reason) {
    vec_each(&status->causes, cause) {
        if (str_equal_cstr(cause->reason, reason))
            return cause;
    }
    return NULL;
}

bool kube_status_is_webhook_failure(const KubeStatus *status) {
    static const Str texts[] = {
        STR_CONST("failed calling webhook"),
        STR_CONST("failed to call webhook"),
        STR_CONST("conversion webhook for"),
    };
    for (size_t i = 0; status->code == 500 && i < ARRAY_COUNT(texts); i++) {
        if (str_find(status->message, texts[i], 0) != SIZE_MAX)
            return true;
    }
    return false;
}

Str kube_status_text(const KubeStatus *status, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str message = status->message;
    strbuf_add_format(&text, "HTTP status %d", status->code);
    if (status->reason.len)
        strbuf_add_format(&text, " %.*s", STR_ARG(status->reason));
    if (message.len)
        strbuf_add_format(
            &text, " (%.*s)",
            STR_ARG(str_slice(message, 0, message.len - str_ends_with(message, STR(".")))));
    return utf8_one_line(strbuf_str(&text), arena);
}
