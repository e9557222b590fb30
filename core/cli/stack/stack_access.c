#include "stack_access.h"

#include "kube_object.h"
#include "kubeconfig.h"
#include "timestamp.h"
#include "utf8.h"

#define GROUP      STR_CONST("infra.loam.internal")
#define VERSION    STR_CONST("v1alpha1")
#define REQUEST_MS 60000

const KubeResource stack_access_stacks = {GROUP, VERSION, STR_CONST("Stack"), STR_CONST("stacks"),
                                          .is_namespaced = true};
const KubeResource stack_access_runs = {GROUP, VERSION, STR_CONST("Run"), STR_CONST("runs"),
                                        .is_namespaced = true};
const KubeResource stack_access_approvals = {GROUP, VERSION, STR_CONST("Approval"),
                                             STR_CONST("approvals"), .is_namespaced = true};
const KubeResource stack_access_jobs = {STR_CONST("batch"), STR_CONST("v1"), STR_CONST("Job"),
                                        STR_CONST("jobs"), .is_namespaced = true};
const KubeResource stack_access_pods = KUBE_CORE_RESOURCE("Pod", "pods");

static const KubeResource reviews = {STR_CONST("authentication.k8s.io"), STR_CONST("v1"),
                                     STR_CONST("SelfSubjectReview"),
                                     STR_CONST("selfsubjectreviews")};

const char stack_access_viewer[] = "The role loam-viewer has this right.";

static const Option options[] = {
    {"kubeconfig", OPTION_PATH, "FILE",
     "Kubeconfig file (default: the files of KUBECONFIG, else ~/.kube/config)."},
    {"context", OPTION_TEXT, "NAME", "Context of the kubeconfig (default: the current one)."},
};
const OptionGroup stack_access_options = {.options = options, .count = ARRAY_COUNT(options)};

/* The server. */

static bool find_target(StackAccess *access, const Arguments *arguments) {
    Arena *arena = access->cli->arena;
    Str path = option_text(arguments, "kubeconfig");
    KubeChoice choice = {.context = option_text(arguments, "context")};
    bool ok;
    if (path.len > 0) {
        vec_push(arena, &choice.paths, path);
        choice.is_exact = true;
        ok = kubeconfig_read(&access->cli->io, &choice, &access->target, arena, access->diags);
    } else {
        ok = kubeconfig_find(&access->cli->io, &choice, &access->target, arena, access->diags);
    }
    if (!ok || access->target.server.len > 0)
        return ok;
    return diags_fail(access->diags, NO_RANGE, "No API server",
                      "No kubeconfig file names a cluster. Set KUBECONFIG, or give -kubeconfig.");
}

bool stack_access_open(StackAccess *access, Cli *cli, const Arguments *arguments, Diags *diags) {
    const Clock *clock = cli->io.clock;
    access->cli = cli;
    access->diags = diags;
    if (!find_target(access, arguments))
        return false;
    access->client = kube_client_open(&cli->io, &access->target, NULL);
    access->call = (KubeCall){.client = access->client,
                              .arena = cli->arena,
                              .deadline_ms = clock->monotonic_ms(clock->self) + REQUEST_MS,
                              .cancel = cli->cancel};
    return true;
}

void stack_access_close(StackAccess *access) {
    kube_client_close(access->client);
}

/* The Stack. */

static bool is_name(Str text) {
    bool is_lower = text.len > 0 && text.len <= 63 && str_has_only(text, "-");
    for (size_t i = 0; i < text.len; i++)
        is_lower = is_lower && !(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z');
    return is_lower;
}

static bool read_name(StackAccess *access, Str text) {
    Str name = text, namespace;
    if (!str_next_field(&name, '/', &namespace) || !is_name(namespace) || !is_name(name))
        return diags_fail(access->diags, NO_RANGE, "Invalid Stack",
                          "Give the namespace and the name of a Stack, such as prod/network, not "
                          "\"%.*s\". To list them, run \"loam operator status\".",
                          STR_ARG(text));
    access->stack = (KubeRef){&stack_access_stacks, namespace, name};
    access->title = text;
    return true;
}

bool stack_access_begin(StackAccess *access, Cli *cli, const Arguments *arguments, Diags *diags,
                        Value *stack) {
    access->diags = diags;
    return read_name(access, arguments->positionals.items[0]) &&
           stack_access_open(access, cli, arguments, diags) &&
           stack_access_get(access,
                            &(StackRequest){"Stack not found", access->stack, stack_access_viewer},
                            stack);
}

/* Requests. */

/* Policies reject with 422, as a schema does. */
static bool is_denied(KubeErrorClass class, const KubeResponse *response) {
    return class == KUBE_ERROR_FORBIDDEN || class == KUBE_ERROR_DENIED ||
           str_find(response->problem, STR("denied request"), 0) != SIZE_MAX;
}

bool stack_access_fail(StackAccess *access, const StackRequest *request,
                       const KubeResponse *response) {
    KubeErrorClass class = kube_error_class(&request->ref, response);
    Str title = kube_resource_title(&request->ref, access->call.arena);
    Diags *diags = access->diags;
    if (class == KUBE_ERROR_KIND)
        return diags_fail(diags, NO_RANGE, request->action,
                          "The cluster at %.*s has no definitions of the operator. Install them "
                          "with \"loam operator install\", or choose another cluster with "
                          "-context.",
                          STR_ARG(access->target.server));
    if (class == KUBE_ERROR_ABSENT)
        return diags_fail(diags, NO_RANGE, request->action,
                          "%.*s does not exist at %.*s. To list the Stacks, run \"loam operator "
                          "status\".",
                          STR_ARG(title), STR_ARG(access->target.server));
    if (is_denied(class, response))
        return diags_fail(diags_as(DIAG_DENIED, diags), NO_RANGE, request->action, "%.*s: %.*s. %s",
                          STR_ARG(title), STR_ARG(response->problem), request->right);
    return kube_error_report(&access->call, request->action, &request->ref, response, diags);
}

static bool take_object(StackAccess *access, const StackRequest *request, KubeOutcome outcome,
                        KubeResponse *response, Value *out) {
    return (outcome == KUBE_DONE && kube_client_decode(response, out, access->call.arena)) ||
           stack_access_fail(access, request, response);
}

bool stack_access_get(StackAccess *access, const StackRequest *request, Value *out) {
    KubeResponse response;
    KubeOutcome outcome = kube_call_get(&access->call, &request->ref, &response, access->diags);
    *out = (Value){0};
    if (outcome == KUBE_ABSENT && request->may_be_absent)
        return true;
    return take_object(access, request, outcome, &response, out);
}

bool stack_access_patch(StackAccess *access, const StackRequest *request, Str body, Value *out) {
    KubeResponse response;
    KubePatch patch = {
        .ref = request->ref, .body = body, .manager = STR("loam"), .is_repeatable = true};
    KubeOutcome outcome = kube_call_patch(&access->call, &patch, &response, access->diags);
    return take_object(access, request, outcome, &response, out);
}

bool stack_access_user(StackAccess *access, Str *out) {
    static const Str body =
        STR_CONST("{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}");
    StackRequest request = {
        "User not known", {&reviews}, "Each user has this right by the role system:basic-user."};
    KubeResponse response;
    KubeOutcome outcome =
        kube_call_create(&access->call, &request.ref, body, &response, access->diags);
    Value review;
    if (!take_object(access, &request, outcome, &response, &review))
        return false;
    *out = kube_object_text(review, "status.userInfo", "username");
    return out->len > 0 || diags_fail(access->diags, NO_RANGE, request.action,
                                      "The API server %.*s names no user. Check the kubeconfig.",
                                      STR_ARG(access->target.server));
}

/* Members. */

Str stack_access_text(const StackAccess *access, Value object, const char *path, const char *last) {
    return utf8_one_line(kube_object_text(object, path, last), access->cli->arena);
}

int64_t stack_access_time(const StackAccess *access, Value object, const char *path,
                          const char *last) {
    Timestamp time;
    Str error;
    return timestamp_parse(kube_object_text(object, path, last), &time, &error, access->cli->arena)
               ? time.seconds * 1000
               : 0;
}

Str stack_access_age(int64_t from_ms, int64_t to_ms, Arena *arena) {
    int64_t seconds = to_ms > from_ms ? (to_ms - from_ms) / 1000 : 0;
    if (seconds < 120)
        return str_format(arena, "%llds", (long long)seconds);
    if (seconds < (int64_t)120 * 60)
        return str_format(arena, "%lldm", (long long)(seconds / 60));
    if (seconds < (int64_t)48 * 3600)
        return str_format(arena, "%lldh", (long long)(seconds / 3600));
    return str_format(arena, "%lldd", (long long)(seconds / 86400));
}
