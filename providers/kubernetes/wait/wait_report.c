#include "wait_report.h"
#include "kube_list.h"
#include "log.h"
#include "object_condition.h"
#include "object_events.h"
#include "pod_state.h"
#include "readiness.h"
#include "url.h"
#include "utf8.h"

#include <inttypes.h>

#define READ_MS        5000
#define LINE_MAX_BYTES 300
#define CONDITION_MAX  ((size_t)10)
#define EVENT_MAX      ((size_t)5)
#define POD_MAX        ((size_t)5)
#define POD_LIST_MAX   ((size_t)500)
#define NAMED_POD_MAX  ((size_t)2)
#define LOG_LINES      10
#define LOG_BYTES      16384

static const KubeResource pods = KUBE_CORE_RESOURCE("Pod", "pods");
/* Secrets go before the text is cut: a part of one would not be found. */
static Str without_secrets(const WaitObject *wait, Str text, Arena *arena) {
    if (wait->call->secrets)
        text = log_scrub(text, wait->call->secrets, arena);
    if (wait->call->provider_secrets)
        text = log_scrub(text, wait->call->provider_secrets, arena);
    return log_scrub_known(text, arena);
}

Str wait_report_line(const WaitObject *wait, Str text, Arena *arena) {
    StrBuf line = strbuf_new(arena);
    text = utf8_strip_controls(value_text(value_string(text, arena)), arena);
    text = without_secrets(wait, str_trim(text), arena);
    for (size_t i = 0; i < text.len; i++) {
        bool is_space = text.ptr[i] == '\n' || text.ptr[i] == '\t';
        strbuf_add_char(&line, is_space ? ' ' : text.ptr[i]);
    }
    return utf8_shorten(strbuf_str(&line), LINE_MAX_BYTES, arena);
}

/* Conditions. */

static void add_conditions(const WaitObject *wait, Value object, StrBuf *out, Arena *arena) {
    Value all = object_condition_all(object);
    size_t count = all.count < CONDITION_MAX ? all.count : CONDITION_MAX;
    if (count)
        strbuf_add_cstr(out, "\nConditions:");
    for (size_t i = 0; i < count; i++) {
        ObjectCondition one = object_condition_at(all, i);
        Str why = object_condition_text(&one, arena);
        Str line = str_format(arena, "%.*s %.*s%s%.*s", STR_ARG(one.type), STR_ARG(one.status),
                              why.len ? ": " : "", STR_ARG(why));
        strbuf_add_cstr(out, "\n  ");
        strbuf_add(out, wait_report_line(wait, line, arena));
    }
}

/* Events. */

static void add_event(const WaitObject *wait, Value event, StrBuf *out, Arena *arena) {
    Str type = kube_object_text(event, "", "type");
    Str reason = kube_object_text(event, "", "reason");
    Str message = kube_object_text(event, "", "message");
    int64_t count = object_condition_number(event, "", "count", 1);
    count = object_condition_number(event, "series", "count", count);
    Str times = count > 1 ? str_format(arena, " (%" PRId64 " times)", count) : STR_EMPTY;
    Str line = str_format(arena, "%.*s %.*s%.*s: %.*s", STR_ARG(type), STR_ARG(reason),
                          STR_ARG(times), STR_ARG(message));
    strbuf_add_cstr(out, "\n  ");
    strbuf_add(out, wait_report_line(wait, line, arena));
}

/* Adds the newest events of an object, the oldest of them first. */
static void add_events(const WaitObject *wait, const KubeCall *call, Value object, StrBuf *out) {
    ValueVec all = object_events_read(call, object, STR_EMPTY);
    if (all.count)
        strbuf_add_cstr(out, "\nEvents:");
    for (size_t i = all.count < EVENT_MAX ? all.count : EVENT_MAX; i > 0; i--)
        add_event(wait, all.items[i - 1], out, call->arena);
}

/* Pods. */

static void add_requirement(Value one, StrBuf *out, Arena *arena) {
    Str key = kube_object_text(one, "", "key");
    Str operator= kube_object_text(one, "", "operator");
    Value values = value_tuple_at(one, STR("values"));
    StrVec texts = {0};
    for (size_t i = 0; i < values.count; i++) {
        if (value_at(values, i).type->kind == KIND_STRING)
            vec_push(arena, &texts, value_text(value_at(values, i)));
    }
    Str list = str_join(texts.items, texts.count, STR(","), arena);
    if (out->len)
        strbuf_add_char(out, ',');
    if (str_equal(operator, STR("DoesNotExist")))
        strbuf_add_char(out, '!');
    strbuf_add(out, key);
    if (str_equal(operator, STR("In")))
        strbuf_add_format(out, " in (%.*s)", STR_ARG(list));
    else if (str_equal(operator, STR("NotIn")))
        strbuf_add_format(out, " notin (%.*s)", STR_ARG(list));
}

/* Returns spec.selector of a workload as a label selector of a request. A ReplicationController has
 * the labels without matchLabels. */
static Str wait_report_selector_of(Value object, Arena *arena) {
    Value selector, labels;
    StrBuf out = strbuf_new(arena);
    if (!kube_object_find(object, "spec", "selector", &selector))
        return STR_EMPTY;
    Value expressions = value_tuple_at(selector, STR("matchExpressions"));
    labels = expressions.count ? value_null(&TYPE_DYNAMIC) : selector;
    (void)value_find_present(selector, STR("matchLabels"), &labels);
    for (size_t i = 0; value_is_present(labels) && i < labels.count; i++) {
        Str name = value_key_at(labels, i);
        if (value_at(labels, i).type->kind == KIND_STRING)
            strbuf_add_format(&out, "%s%.*s=%.*s", out.len ? "," : "", STR_ARG(name),
                              STR_ARG(value_text(value_at(labels, i))));
    }
    for (size_t i = 0; i < expressions.count; i++)
        add_requirement(value_at(expressions, i), &out, arena);
    return strbuf_str(&out);
}

/* Reads the pods of a workload. */
static ValueVec read_pods(const KubeCall *call, Value object) {
    KubeResponse response;
    KubeList list;
    KubeListRequest request = {
        .ref = {.resource = &pods, .namespace = kube_object_text(object, "metadata", "namespace")},
        .label_selector = wait_report_selector_of(object, call->arena),
        .count_max = POD_LIST_MAX,
    };
    if (request.label_selector.len == 0 ||
        kube_list_read(call, &request, &list, &response, NULL) != KUBE_DONE)
        return (ValueVec){0};
    return list.items;
}

/* A pod that is not ready. */
typedef struct Unready {
    Value pod;
    PodState state;
} Unready;
typedef VEC(Unready) UnreadyVec;

/* Returns the pods that are not ready, the stuck and failed ones first. */
static UnreadyVec find_unready(const ValueVec *all, Arena *arena) {
    UnreadyVec found = {0};
    for (unsigned pass = 0; pass < 2; pass++) {
        vec_each(all, pod) {
            PodState state = pod_state_of(*pod);
            bool is_first = state.is_stuck || state.has_failed;
            bool is_deleted = kube_object_text(*pod, "metadata", "deletionTimestamp").len;
            if (state.is_ready || state.has_succeeded || is_deleted || is_first != (pass == 0))
                continue;
            vec_push(arena, &found, ((Unready){*pod, state}));
        }
    }
    return found;
}

Str wait_report_pods(const WaitObject *wait, Value object, int64_t deadline_ms, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes pods");
    KubeCall call = wait_object_call(wait, deadline_ms, scratch);
    ValueVec all = read_pods(&call, object);
    UnreadyVec unready = find_unready(&all, scratch);
    StrBuf out = strbuf_new(scratch);
    size_t count = unready.count < NAMED_POD_MAX ? unready.count : NAMED_POD_MAX;
    for (size_t i = 0; i < count; i++) {
        Str name = kube_object_text(unready.items[i].pod, "metadata", "name");
        strbuf_add_format(&out, "%s%.*s: %.*s", i ? ", " : "", STR_ARG(name),
                          STR_ARG(unready.items[i].state.reason));
    }
    if (unready.count > count)
        strbuf_add_format(&out, ", %zu more", unready.count - count);
    return str_clone(wait_report_line(wait, strbuf_str(&out), scratch), arena);
}

static void add_pod(const WaitObject *wait, const Unready *one, StrBuf *out, Arena *arena) {
    const PodState *state = &one->state;
    StrBuf line = strbuf_new(arena);
    strbuf_add_format(&line, "%.*s: %.*s", STR_ARG(kube_object_text(one->pod, "metadata", "name")),
                      STR_ARG(state->reason));
    if (state->container.len)
        strbuf_add_format(&line, ", container \"%.*s\"", STR_ARG(state->container));
    if (state->exit_code >= 0)
        strbuf_add_format(&line, ", last exit code %" PRId64, state->exit_code);
    if (state->restarts > 0)
        strbuf_add_format(&line, ", %" PRId64 " restarts", state->restarts);
    if (state->message.len)
        strbuf_add_format(&line, ": %.*s", STR_ARG(state->message));
    strbuf_add_cstr(out, "\n  ");
    strbuf_add(out, wait_report_line(wait, strbuf_str(&line), arena));
}

/* The log. */

/* Returns the last bytes of the log of the container, or of its run before. */
static Str read_log(const KubeCall *call, const Unready *one) {
    KubeResponse response;
    Arena *arena = call->arena;
    KubeRef ref = {
        .resource = &pods,
        .namespace = kube_object_text(one->pod, "metadata", "namespace"),
        .name = kube_object_text(one->pod, "metadata", "name"),
        .subresource = STR("log"),
    };
    Str container = url_encode(one->state.container, false, arena);
    KubeRequest request = {
        .method = "GET",
        .accept = STR("text/plain, */*"),
        .attempts_max = 1,
        .path = str_format(arena, "%.*s?container=%.*s&tailLines=%d&limitBytes=%d%s",
                           STR_ARG(kube_resource_path(&ref, arena)), STR_ARG(container), LOG_LINES,
                           LOG_BYTES, one->state.is_between_runs ? "&previous=true" : ""),
    };
    return kube_call_send(call, request, &response, NULL) == KUBE_DONE ? response.body : STR_EMPTY;
}

static void add_log(const WaitObject *wait, const KubeCall *call, const Unready *one, StrBuf *out) {
    Str text = without_secrets(wait, read_log(call, one), call->arena);
    Str line;
    if (str_trim(text).len == 0)
        return;
    strbuf_add_format(
        out, "\nLast lines of container \"%.*s\" in pod \"%.*s\":", STR_ARG(one->state.container),
        STR_ARG(kube_object_text(one->pod, "metadata", "name")));
    while (str_next_field(&text, '\n', &line)) {
        if (str_trim(line).len == 0)
            continue;
        strbuf_add_cstr(out, "\n  ");
        strbuf_add(out, wait_report_line(wait, line, call->arena));
    }
}

/* Adds the pods that are not ready, then the log of the first of them that has one. */
static void add_pods(const WaitObject *wait, const KubeCall *call, Value object, StrBuf *out) {
    bool is_pod = str_equal(kube_object_text(object, "", "kind"), STR("Pod"));
    ValueVec all = {0};
    if (is_pod)
        vec_push(call->arena, &all, object);
    else if (readiness_has_pods(wait->ref.resource))
        all = read_pods(call, object);
    UnreadyVec unready = find_unready(&all, call->arena);
    size_t count = unready.count < POD_MAX ? unready.count : POD_MAX;
    if (count)
        strbuf_add_cstr(out, "\nPods that are not ready:");
    for (size_t i = 0; i < count; i++)
        add_pod(wait, &unready.items[i], out, call->arena);
    if (unready.count > count)
        strbuf_add_format(out, "\n  and %zu more", unready.count - count);
    for (size_t i = 0; i < count; i++) {
        if (!unready.items[i].state.has_log)
            continue;
        add_log(wait, call, &unready.items[i], out);
        break;
    }
}

Str wait_report_text(const WaitObject *wait, Value object, Arena *arena) {
    int64_t deadline_ms = call_monotonic_ms(wait->call) + READ_MS;
    KubeCall call = wait_object_call(wait, deadline_ms, arena);
    StrBuf out = strbuf_new(arena);
    if (!value_is_present(object))
        return STR_EMPTY;
    add_conditions(wait, object, &out, arena);
    add_events(wait, &call, object, &out);
    add_pods(wait, &call, object, &out);
    return strbuf_str(&out);
}
