#include "stack_log.h"

#include "kube_list.h"
#include "kube_object.h"
#include "url.h"
#include "utf8.h"

#define FOLLOW_MS ((int64_t)24 * 3600 * 1000)
#define PAUSE_MS  1000

static const char log_right[] =
    "The role view of the namespace has this right, which includes pods and their logs.";

typedef struct StackLog {
    StackAccess *access;
    const StackLogRequest *request;
    StrBuf line;    /* the begin of a line */
    size_t printed; /* containers */
} StackLog;

/* Text. */

static void flush(StackLog *log, size_t end) {
    Arena *arena = arena_open("lines of a log");
    Str text = strbuf_str(&log->line), rest = str_after(text, end);
    terminal_out(utf8_strip_controls(str_slice(text, 0, end), arena));
    rest = str_clone(rest, arena);
    log->line.len = 0;
    strbuf_add(&log->line, rest);
    arena_close(arena);
}

/* Whole lines, so that no sequence is cut. */
static int receive(void *payload, Str piece) {
    StackLog *log = payload;
    size_t end;
    strbuf_add(&log->line, piece);
    end = str_rfind_char(strbuf_str(&log->line), '\n');
    if (end != SIZE_MAX)
        flush(log, end + 1);
    return 0;
}

static void end_text(StackLog *log) {
    if (log->line.len > 0) {
        strbuf_add_char(&log->line, '\n');
        flush(log, log->line.len);
    }
}

/* Pods. */

static bool find_pod(StackAccess *access, const StackLogRequest *request, Value *out) {
    KubeListRequest list_request = {
        .ref = {&stack_access_pods, access->stack.namespace},
        .label_selector = str_format(access->call.arena,
                                     "infra.loam.internal/run=%.*s,infra.loam.internal/phase=%s",
                                     STR_ARG(request->run), request->phase)};
    KubeList list;
    KubeResponse response;
    Str newest = STR_EMPTY;
    if (kube_list_read(&access->call, &list_request, &list, &response, access->diags) != KUBE_DONE)
        return stack_access_fail(
            access, &(StackRequest){request->action, list_request.ref, log_right}, &response);
    vec_each(&list.items, pod) {
        Str created = kube_object_text(*pod, "metadata", "creationTimestamp");
        if (str_compare(created, newest) < 0)
            continue;
        newest = created;
        *out = *pod;
    }
    return list.items.count > 0 ||
           diags_fail(access->diags, NO_RANGE, request->action,
                      "There is no pod of the %s of Run %.*s: it has not started, or its Job is "
                      "deleted.",
                      request->phase, STR_ARG(request->run));
}

static bool has_started(Value status) {
    Value found;
    return kube_object_find(status, "state", "running", &found) ||
           kube_object_find(status, "state", "terminated", &found);
}

static bool has_ended(Value pod) {
    Str phase = kube_object_text(pod, "status", "phase");
    return str_equal_cstr(phase, "Succeeded") || str_equal_cstr(phase, "Failed");
}

static bool is_of_plan(const StackLogRequest *request, Value status, Arena *arena) {
    Value message;
    return request->digest.len == 0 ||
           (json_parse_object(kube_object_text(status, "state.terminated", "message"), &message,
                              arena) &&
            str_equal(kube_object_text(message, "plan", "digest"), request->digest));
}

/* The body of an error would go to the sink too, so a request without one comes first: of the whole
 * log, or of no line. */
static bool print_container(StackLog *log, Value pod, Str name) {
    StackAccess *access = log->access;
    Arena *arena = access->call.arena;
    HttpSink sink = {receive, log};
    KubeResponse response;
    StackRequest shown = {log->request->action,
                          {&stack_access_pods, access->stack.namespace,
                           kube_object_text(pod, "metadata", "name"), STR("log")},
                          log_right};
    Str path =
        str_format(arena, "%.*s?container=%.*s", STR_ARG(kube_resource_path(&shown.ref, arena)),
                   STR_ARG(url_encode(name, false, arena)));
    KubeRequest get = {.method = "GET", .path = path, .accept = STR("*/*")};
    if (log->request->follows)
        get.path = str_concat(path, STR("&tailLines=0"), arena);
    if (kube_call_send(&access->call, get, &response, access->diags) != KUBE_DONE)
        return stack_access_fail(access, &shown, &response);
    if (log->request->container.len == 0)
        terminal_print("%s==> %.*s <==\n", log->printed > 0 ? "\n" : "",
                       STR_ARG(utf8_one_line(name, arena)));
    log->printed++;
    if (log->request->follows) {
        get.path = str_concat(path, STR("&follow=true"), arena);
        get.sink = &sink;
        (void)kube_call_send(&access->call, get, &response, access->diags);
    } else {
        (void)receive(log, response.body);
    }
    end_text(log);
    return true;
}

/* Prints the containers that have started since the last call. */
static bool print_started(StackLog *log, Value pod) {
    static const char *const lists[] = {"initContainerStatuses", "containerStatuses"};
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        Value statuses = kube_object_list(pod, "status", lists[i]);
        for (size_t j = 0; j < statuses.count; j++) {
            Value status = value_at(statuses, j);
            Str name = kube_object_text(status, "", "name");
            bool is_wanted =
                log->request->container.len == 0 || str_equal(log->request->container, name);
            if (!is_wanted || !has_started(status) || at++ < log->printed)
                continue;
            if (!is_of_plan(log->request, status, log->access->call.arena))
                continue;
            if (!print_container(log, pod, name))
                return false;
        }
    }
    return true;
}

bool stack_log_print(StackAccess *access, const StackLogRequest *request) {
    const Clock *clock = access->cli->io.clock;
    StackLog log = {access, request, strbuf_new(access->cli->arena), 0};
    Value pod;
    if (request->follows)
        access->call.deadline_ms = clock->monotonic_ms(clock->self) + FOLLOW_MS;
    do {
        if (!find_pod(access, request, &pod) || !print_started(&log, pod))
            return false;
    } while (request->follows && !has_ended(pod) && kube_call_pause(&access->call, PAUSE_MS));
    return log.printed > 0 ||
           diags_fail(access->diags, NO_RANGE, request->action,
                      "No container of pod %.*s has such a log yet. \"loam operator status %.*s\" "
                      "says why it waits.",
                      STR_ARG(stack_access_text(access, pod, "metadata", "name")),
                      STR_ARG(access->title));
}
