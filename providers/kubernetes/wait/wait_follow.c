/* wait_follow: watches the object in rounds; between two rounds it asks for the facts that other
 * objects have. */
#include "wait_follow.h"

#include "kube_error.h"
#include "kube_list.h"
#include "kube_retry.h"
#include "kube_watch.h"
#include "log.h"
#include "object_condition.h"
#include "object_events.h"
#include "pod_state.h"
#include "timeouts.h"
#include "url.h"
#include "utf8.h"

#include <inttypes.h>

#define TIMEOUT_MS     600000
#define GRACE_MS       60000
#define ROUND_FIRST_MS 2000
#define ROUND_LAST_MS  10000
#define ASK_MS         5000 /* for the facts of other objects */
#define RETRY_MS       1000
#define SUMMARY        "Kubernetes object not ready"

typedef enum Ending {
    ENDING_NONE,
    ENDING_READY,
    ENDING_FAILED,
    ENDING_STUCK,
    ENDING_DELETED,
    ENDING_REPLACED,
    ENDING_TIMED_OUT,
    ENDING_REJECTED, /* `response` says why */
    ENDING_CANCELLED,
} Ending;

typedef struct Progress {
    const WaitObject *wait;
    const WaitFollow *follow;
    int64_t start_ms;
    int64_t end_ms;
    int64_t stuck_ms;   /* when the object was stuck first; 0: never */
    bool is_round_over; /* the next round has an earlier end */
    Value object;       /* newest version; null: not read yet */
    Readiness readiness;
    Str failure; /* the reason of the last failed attempt; empty: none failed */
    Str pods;    /* "web-1: ImagePullBackOff"; empty: unknown, or none */
    Ending ending;
    KubeResponse response; /* of the last watch */
    Arena *object_arena;   /* of `object` and `readiness` */
    Arena *failure_arena;  /* of `failure` */
    Arena *pods_arena;     /* of `pods` */
} Progress;

/* Why an object is not ready, for an error: its conditions, its events, its pods, and the last
 * lines of the log of the container that fails.
 *
 * The parts are read from the server within five seconds, after the deadline of the call too. A
 * part that cannot be read is left out. Each is cut to a few lines, without control characters and
 * without the secrets that loam knows. */

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

/* Returns a text of the server as one line for a message: short, without control characters and
 * known secrets. */
static Str wait_report_line(const WaitObject *wait, Str text, Arena *arena) {
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
    StrVec texts = value_texts_of(value_tuple_at(one, STR("values")), arena);
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
    for (size_t i = 0;
         value_is_present(labels) && labels.type->kind == KIND_OBJECT && i < labels.count; i++) {
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

/* Returns two pods of a workload that are not ready, with their reasons, and the number of the
 * others: "web-1: ImagePullBackOff, web-2: Unschedulable, 3 more". Empty if all are ready, or none
 * can be read before the deadline. */
static Str wait_report_pods(const WaitObject *wait, Value object, int64_t deadline_ms,
                            Arena *arena) {
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

/* Returns lines, each beginning with a newline; empty if there is nothing to report. */
static Str wait_report_text(const WaitObject *wait, Value object, Arena *arena) {
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

static int64_t wait_follow_now_ms(const Progress *progress) {
    return call_monotonic_ms(progress->wait->call);
}

static int64_t stuck_end_ms(const Progress *progress) {
    int64_t grace_ms = progress->wait->grace_ms ? progress->wait->grace_ms : GRACE_MS;
    return progress->stuck_ms + grace_ms;
}

/* Decides whether the readiness ends the wait. An object that is stuck, then tries again, then is
 * stuck again, has been stuck since the first time. */
static void decide_ending(Progress *progress) {
    switch (progress->readiness.level) {
    case READINESS_READY: progress->ending = ENDING_READY; break;
    case READINESS_FAILED: progress->ending = ENDING_FAILED; break;
    case READINESS_IN_PROGRESS: break;
    case READINESS_STUCK:
        if (progress->stuck_ms == 0) {
            progress->stuck_ms = wait_follow_now_ms(progress);
            progress->is_round_over = true;
        }
        if (wait_follow_now_ms(progress) >= stuck_end_ms(progress))
            progress->ending = ENDING_STUCK;
        break;
    }
}

/* Returns "3 of 5 pods ready, web-1: ImagePullBackOff". */
static Str wait_follow_reason_of(const Progress *progress, Arena *arena) {
    Str reason = progress->readiness.reason;
    if (progress->pods.len == 0)
        return reason;
    return str_format(arena, "%.*s, %.*s", STR_ARG(reason), STR_ARG(progress->pods));
}

static void wait_follow_show(const Progress *progress) {
    SCOPED(ArenaRef) scratch = arena_open("wait");
    Str title = kube_resource_title(&progress->wait->ref, scratch);
    Str reason = utf8_strip_controls(wait_follow_reason_of(progress, scratch), scratch);
    Str line = str_format(scratch, "waiting for %.*s: %.*s", STR_ARG(title),
                          STR_ARG(utf8_shorten(reason, 200, scratch)));
    call_progress(progress->wait->call,
                  (uint64_t)(wait_follow_now_ms(progress) - progress->start_ms), 0,
                  str_to_cstr(line, scratch));
}

static void wait_follow_look(Progress *progress) {
    progress->readiness =
        progress->follow->look(progress->follow->payload, progress->object, progress->object_arena);
    if (progress->readiness.is_failure) {
        arena_reset(progress->failure_arena);
        progress->failure = str_clone(progress->readiness.reason, progress->failure_arena);
    }
    decide_ending(progress);
    if (progress->ending == ENDING_NONE)
        wait_follow_show(progress);
}

static bool wait_follow_is_other(const Progress *progress, Value object) {
    Str known = kube_object_text(progress->object, "metadata", "uid");
    return known.len && !str_equal(known, kube_object_text(object, "metadata", "uid"));
}

static bool see(void *payload, const KubeEvent *event) {
    Progress *progress = payload;
    if (event->type == KUBE_EVENT_ABSENT) {
        progress->ending = ENDING_DELETED;
    } else if (event->type == KUBE_EVENT_PRESENT && wait_follow_is_other(progress, event->object)) {
        progress->ending = ENDING_REPLACED;
    } else if (event->type == KUBE_EVENT_PRESENT) {
        arena_reset(progress->object_arena);
        progress->object = value_clone(event->object, progress->object_arena);
        wait_follow_look(progress);
    }
    return progress->ending != ENDING_NONE || progress->is_round_over;
}

/* Returns when the watch is interrupted, to look at other objects. */
static int64_t round_end_ms(const Progress *progress, unsigned round) {
    int64_t now = wait_follow_now_ms(progress);
    int64_t end = progress->end_ms;
    int64_t pause_ms = round < 3 ? ROUND_FIRST_MS << round : ROUND_LAST_MS;
    bool asks = progress->follow->inquire || readiness_has_pods(progress->wait->ref.resource);
    if (asks && now + pause_ms < end)
        end = now + pause_ms;
    if (progress->stuck_ms && now < stuck_end_ms(progress) && stuck_end_ms(progress) < end)
        end = stuck_end_ms(progress);
    return end;
}

/* Reads the facts that the object itself does not have. */
static void read_facts(Progress *progress) {
    int64_t end_ms = wait_follow_now_ms(progress) + ASK_MS;
    int64_t deadline_ms = end_ms < progress->end_ms ? end_ms : progress->end_ms;
    const WaitFollow *follow = progress->follow;
    if (value_is_null(progress->object))
        return;
    if (readiness_has_pods(progress->wait->ref.resource)) {
        arena_reset(progress->pods_arena);
        progress->pods =
            wait_report_pods(progress->wait, progress->object, deadline_ms, progress->pods_arena);
    }
    if (follow->inquire)
        follow->inquire(follow->payload, progress->wait, progress->object, deadline_ms);
    wait_follow_look(progress);
}

/* The watch ended without an ending: because of the time, or of a failure that may pass. */
static void see_failure(Progress *progress, const KubeCall *call) {
    const KubeResponse *response = &progress->response;
    static const KubeRetryRule rule = {.is_repeatable = true};
    KubeRetry retry =
        kube_retry_class(&rule, response->transport, response->code, &response->status);
    bool is_round_over = response->transport == HTTP_TIMED_OUT && response->code == 0;
    if (kube_call_is_cancelled(call))
        progress->ending = ENDING_CANCELLED;
    else if (wait_follow_now_ms(progress) >= progress->end_ms)
        progress->ending = ENDING_TIMED_OUT;
    else if (!is_round_over && retry == KUBE_RETRY_NEVER)
        progress->ending = ENDING_REJECTED;
    else if (!is_round_over && !kube_call_pause(call, RETRY_MS) && kube_call_is_cancelled(call))
        progress->ending = ENDING_CANCELLED;
}

static void watch_round(Progress *progress, unsigned round, Diags *diags) {
    const WaitObject *wait = progress->wait;
    KubeCall call = wait_object_call(wait, round_end_ms(progress, round), wait->call->arena);
    KubeWatchRequest request = {.ref = wait->ref, .see = see, .payload = progress};
    progress->is_round_over = false;
    KubeOutcome outcome = kube_watch_run(&call, &request, &progress->response, diags);
    if (progress->ending != ENDING_NONE)
        return;
    call.deadline_ms = progress->end_ms;
    if (outcome != KUBE_DONE)
        see_failure(progress, &call);
    if (progress->ending == ENDING_NONE)
        read_facts(progress);
}

/* Reads the object once after the deadline: waits for other objects may have used up the time,
 * while this object became ready. */
static void wait_follow_read_late(Progress *progress) {
    SCOPED(ArenaRef) arena = arena_open("kubernetes late object");
    const WaitObject *wait = progress->wait;
    KubeCall call = wait_object_call(wait, wait_follow_now_ms(progress) + ASK_MS, arena);
    KubeEvent event = {.type = KUBE_EVENT_PRESENT};
    KubeResponse response;
    KubeOutcome outcome = kube_call_get(&call, &wait->ref, &response, NULL);
    if (outcome == KUBE_ABSENT)
        event.type = KUBE_EVENT_ABSENT;
    if (outcome == KUBE_ABSENT ||
        (outcome == KUBE_DONE && kube_client_decode(&response, &event.object, arena)))
        (void)see(progress, &event);
    if (progress->ending == ENDING_NONE)
        see_failure(progress, &call);
}

/* The middle of the sentence `Deployment "web" …`. */
static Str describe_ending(const Progress *progress, Arena *arena) {
    int64_t passed_ms = wait_follow_now_ms(progress) - progress->start_ms;
    Str elapsed = clock_format_elapsed(passed_ms, arena);
    const char *goal = progress->follow->goal;
    switch (progress->ending) {
    case ENDING_FAILED: return STR("has failed");
    case ENDING_STUCK:
        return str_format(arena, "is stuck: it was not %s after %.*s", goal, STR_ARG(elapsed));
    case ENDING_TIMED_OUT:
        return str_format(arena, "was not %s after %.*s", goal, STR_ARG(elapsed));
    case ENDING_DELETED:
        return value_is_null(progress->object) ? STR("does not exist")
                                               : STR("was deleted while loam waited for it");
    case ENDING_REPLACED:
        return STR("was deleted while loam waited for it, and another object has its name");
    case ENDING_CANCELLED:
        return str_format(arena, "was not %s yet when the wait was interrupted after %.*s", goal,
                          STR_ARG(elapsed));
    case ENDING_NONE:
    case ENDING_READY:
    case ENDING_REJECTED: break;
    }
    return STR_EMPTY;
}

/* Returns a sentence; empty if no attempt failed, or the reason says so already. */
static Str last_failure(const Progress *progress, Arena *arena) {
    if (progress->failure.len == 0 || progress->readiness.is_failure)
        return STR_EMPTY;
    return str_format(arena, "\nLast failed attempt: %.*s.",
                      STR_ARG(wait_report_line(progress->wait, progress->failure, arena)));
}

/* Returns whether the object reports a failure, or its controller repeats a failed attempt. */
static bool wait_follow_has_failed(const Progress *progress) {
    return progress->ending == ENDING_FAILED || progress->ending == ENDING_STUCK ||
           progress->readiness.level == READINESS_STUCK || progress->failure.len > 0;
}

static const char *wait_follow_hint_of(const Progress *progress) {
    const WaitFollow *follow = progress->follow;
    return follow->failure_hint && wait_follow_has_failed(progress) ? follow->failure_hint
                                                                    : follow->hint;
}

static void report_ending(const Progress *progress, Diags *diags) {
    const WaitObject *wait = progress->wait;
    Arena *arena = wait->call->arena;
    Ending ending = progress->ending;
    bool is_slow = ending == ENDING_FAILED || ending == ENDING_STUCK || ending == ENDING_TIMED_OUT;
    bool has_reason = (is_slow || ending == ENDING_CANCELLED) && progress->readiness.reason.len;
    const char *hint = wait_follow_hint_of(progress);
    KubeCall call = wait_object_call(wait, 0, arena);
    if (ending == ENDING_REJECTED) {
        kube_error_report(&call, SUMMARY, &wait->ref, &progress->response, diags);
        return;
    }
    Str title = kube_resource_title(&wait->ref, arena);
    Str reason = has_reason ? wait_report_line(wait, wait_follow_reason_of(progress, arena), arena)
                            : STR_EMPTY;
    Str failure = is_slow ? last_failure(progress, arena) : STR_EMPTY;
    Str report = is_slow ? wait_report_text(wait, progress->object, arena) : STR_EMPTY;
    Str what = describe_ending(progress, arena);
    Diag *diag =
        diags_error(diags, NO_RANGE, ending == ENDING_CANCELLED ? "Interrupted" : SUMMARY,
                    "%.*s %.*s%s%.*s.%.*s%.*s%s%s", STR_ARG(title), STR_ARG(what),
                    has_reason ? ": " : "", STR_ARG(reason), STR_ARG(failure), STR_ARG(report),
                    is_slow && hint ? "\n" : "", is_slow && hint ? hint : "");
    if (ending == ENDING_TIMED_OUT && wait->call->deadline_ms)
        diag->path = timeouts_path(diags->arena);
}

bool wait_follow_until(const WaitObject *wait, const WaitFollow *follow, Value *object,
                       Diags *diags) {
    SCOPED(ArenaRef) object_arena = arena_open("kubernetes wait object");
    SCOPED(ArenaRef) failure_arena = arena_open("kubernetes wait failure");
    SCOPED(ArenaRef) pods_arena = arena_open("kubernetes wait pods");
    Progress progress = {
        .wait = wait,
        .follow = follow,
        .start_ms = call_monotonic_ms(wait->call),
        .object = *object,
        .object_arena = object_arena,
        .failure_arena = failure_arena,
        .pods_arena = pods_arena,
    };
    progress.end_ms =
        wait->call->deadline_ms ? wait->call->deadline_ms : progress.start_ms + TIMEOUT_MS;
    if (!value_is_null(*object))
        wait_follow_look(&progress);
    if (progress.ending == ENDING_NONE && follow->inquire)
        read_facts(&progress);
    if (progress.ending == ENDING_NONE && wait_follow_now_ms(&progress) >= progress.end_ms)
        wait_follow_read_late(&progress);
    for (unsigned round = 0; progress.ending == ENDING_NONE; round++)
        watch_round(&progress, round, diags);
    *object = value_clone(progress.object, wait->call->arena);
    if (progress.ending != ENDING_READY)
        report_ending(&progress, diags);
    return progress.ending == ENDING_READY;
}
