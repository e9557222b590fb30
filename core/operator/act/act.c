#include "act.h"

#include "act_job.h"
#include "clock.h"
#include "digest.h"
#include "hex.h"
#include "random.h"
#include "utf8.h"

#define GROUP      STR_CONST("infra.loam.internal")
#define VERSION    STR_CONST("v1alpha1")
#define KEY_BYTES  32
#define NOTE_MAX   1000 /* bytes; the API server accepts 1,024 */
#define API        "infra.loam.internal/v1alpha1"
#define MERGE      STR("application/merge-patch+json")
#define JSON_PATCH STR("application/json-patch+json")

const KubeResource act_stacks = {GROUP, VERSION, STR_CONST("Stack"), STR_CONST("stacks"),
                                 .is_namespaced = true};
const KubeResource act_runs = {GROUP, VERSION, STR_CONST("Run"), STR_CONST("runs"),
                               .is_namespaced = true};
const KubeResource act_approvals = {GROUP, VERSION, STR_CONST("Approval"), STR_CONST("approvals"),
                                    .is_namespaced = true};
const KubeResource act_lanes = {GROUP, VERSION, STR_CONST("Lane"), STR_CONST("lanes")};
const KubeResource act_jobs = {STR_CONST("batch"), STR_CONST("v1"), STR_CONST("Job"),
                               STR_CONST("jobs"), .is_namespaced = true};
const KubeResource act_pods = KUBE_CORE_RESOURCE("Pod", "pods");
static const KubeResource secrets = KUBE_CORE_RESOURCE("Secret", "secrets");
static const KubeResource events = {STR_CONST("events.k8s.io"), STR_CONST("v1"), STR_CONST("Event"),
                                    STR_CONST("events"), .is_namespaced = true};

static const char *act_quoted(Str text, Arena *arena) {
    return str_to_cstr(json_text(value_string(text, arena), arena), arena);
}

static KubeRef object_ref(const KubeResource *resource, const ObjectMeta *meta,
                          const char *subresource, Arena *arena) {
    return (KubeRef){resource, str_clone(meta->namespace, arena), str_clone(meta->name, arena),
                     str_from_cstr(subresource)};
}

/* A merge patch of the version that was seen. */
static ActRequest patch(const KubeResource *resource, const DecisionStep *step,
                        const char *subresource, Str member, Arena *arena) {
    return (ActRequest){
        .method = "PATCH",
        .ref = object_ref(resource, step->object, subresource, arena),
        .body = str_format(arena, "{\"metadata\":{\"resourceVersion\":%s%.*s}",
                           act_quoted(step->object->resource_version, arena), STR_ARG(member)),
        .content_type = MERGE,
    };
}

/* The difference alone: a small object costs the API server less with each request. */
static ActRequest status_patch(const KubeResource *resource, const DecisionStep *step,
                               const Record *record, const void *before, const void *status,
                               Arena *arena) {
    Str text = record_merge_patch(record, before, status, arena);
    return patch(resource, step, "status", str_format(arena, "},\"status\":%.*s", STR_ARG(text)),
                 arena);
}

static ActRequest finalizer_patch(const DecisionStep *step, bool is_added, Arena *arena) {
    StrVec finalizers = {0};
    StrBuf text = strbuf_new(arena);
    vec_each(&step->object->finalizers, finalizer) {
        if (!str_equal_cstr(*finalizer, STACK_FINALIZER))
            vec_push(arena, &finalizers, *finalizer);
    }
    if (is_added)
        vec_push(arena, &finalizers, STR(STACK_FINALIZER));
    strbuf_add_cstr(&text, ",\"finalizers\":[");
    vec_each(&finalizers, finalizer)
        strbuf_add_format(&text, "%s%s", finalizer == finalizers.items ? "" : ",",
                          act_quoted(*finalizer, arena));
    strbuf_add_cstr(&text, "]}");
    return patch(&act_stacks, step, "", strbuf_str(&text), arena);
}

/* The Runs of a preview stay for the Stack that they plan for: a preview goes when its branch is
 * merged, just before its plan is needed. */
static ActRequest create_run(const Run *run, Arena *arena) {
    const ObjectIdentity *owner =
        run->spec.plan_for.uid.len > 0 ? &run->spec.plan_for : &run->spec.stack;
    Run made = *run;
    Str text;
    made.meta.uid = made.meta.resource_version = STR_EMPTY;
    text = record_to_json(&run_new_record, &made, 0, arena);
    /* The rows write no owner, kind and version. */
    return (ActRequest){
        .method = "POST",
        .ref = {&act_runs, str_clone(run->meta.namespace, arena)},
        .body = str_format(arena,
                           "{\"apiVersion\":\"" API "\",\"kind\":\"Run\",\"metadata\":{"
                           "\"ownerReferences\":[{\"apiVersion\":\"" API
                           "\",\"kind\":\"Stack\",\"name\":%s,\"uid\":%s,\"controller\":true,"
                           "\"blockOwnerDeletion\":true}],%.*s",
                           act_quoted(owner->name, arena), act_quoted(owner->uid, arena),
                           STR_ARG(str_after(text, sizeof "{\"metadata\":{" - 1))),
    };
}

/* Without an owner: a plan that is kept must stay readable when the Stack is made again. */
static ActRequest create_key(const DecisionStep *step, Arena *arena) {
    char bytes[KEY_BYTES];
    random_fill(bytes, sizeof bytes);
    Str key = hex_encode((Str){bytes, sizeof bytes}, arena);
    return (ActRequest){
        .method = "POST",
        .ref = {&secrets, str_clone(step->object->namespace, arena)},
        .body = str_format(arena,
                           "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"immutable\":true,"
                           "\"metadata\":{\"name\":\"loam-key-%.*s\",\"labels\":{"
                           "\"infra.loam.internal/stack\":%s}},\"stringData\":{\"key\":\"%.*s\"}}",
                           STR_ARG(step->object->name), act_quoted(step->object->name, arena),
                           STR_ARG(key)),
    };
}

static ActRequest create_job(const DecisionStep *step, const ActOptions *options, Arena *arena) {
    ActJobOptions job = {step->run, step->kind == STEP_CREATE_APPLY_JOB, options->log_level,
                         options->tracing};
    return (ActRequest){
        .method = "POST",
        .ref = {&act_jobs, str_clone(step->run->meta.namespace, arena)},
        .body = act_job_json(&job, arena),
    };
}

static ActRequest delete_job(const DecisionStep *step, Arena *arena) {
    return (ActRequest){
        .method = "DELETE",
        .ref = {&act_jobs, str_clone(step->object->namespace, arena),
                str_clone(step->job.name, arena)},
        .propagation = KUBE_PROPAGATION_FOREGROUND,
        .uid = str_clone(step->job.uid, arena),
    };
}

static ActRequest delete_object(const KubeResource *resource, const DecisionStep *step,
                                Arena *arena) {
    return (ActRequest){
        .method = "DELETE",
        .ref = object_ref(resource, step->object, "", arena),
        .propagation = KUBE_PROPAGATION_BACKGROUND,
        .uid = str_clone(step->object->uid, arena),
    };
}

static ActRequest fail_pod(const DecisionStep *step, Arena *arena) {
    return (ActRequest){
        .method = "PATCH",
        .ref = object_ref(&act_pods, step->object, "status", arena),
        .body = str_format(
            arena,
            "[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":%s},"
            "{\"op\":\"replace\",\"path\":\"/status/phase\",\"value\":\"Failed\"},"
            "{\"op\":\"add\",\"path\":\"/status/conditions/-\",\"value\":{\"type\":"
            "\"DisruptionTarget\",\"status\":\"True\",\"reason\":\"NodeLost\",\"message\":"
            "\"the node does not answer\"}}]",
            act_quoted(step->object->uid, arena)),
        .content_type = JSON_PATCH,
    };
}

/* Its name follows from the object, the Run and the reason, so it is created once. */
static ActRequest create_event(const DecisionStep *step, const ActOptions *options, Arena *arena) {
    const ObjectMeta *subject = step->object;
    const DecisionEvent *event = &step->event;
    Str key = str_format(arena, "%.*s %.*s %s", STR_ARG(subject->uid), STR_ARG(event->run),
                         event->reason);
    Str name = str_format(arena, "%.*s.%.*s", STR_ARG(str_slice(subject->name, 0, 200)), 16,
                          digest_hex(DIGEST_SHA256, key, arena).ptr);
    return (ActRequest){
        .method = "POST",
        .ref = {&events, str_clone(subject->namespace, arena)},
        .body = str_format(
            arena,
            "{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\",\"metadata\":{\"name\":%s,"
            "\"namespace\":%s},\"eventTime\":\"%.*s\",\"type\":\"Normal\",\"reason\":\"%s\","
            "\"action\":\"Reconcile\",\"note\":%s,\"reportingController\":\"infra.loam.internal\","
            "\"reportingInstance\":%s,\"regarding\":{\"apiVersion\":\"" API
            "\",\"kind\":\"Stack\",\"namespace\":%s,\"name\":%s,\"uid\":%s}}",
            act_quoted(name, arena), act_quoted(subject->namespace, arena),
            STR_ARG(clock_format_rfc3339_fraction(options->now_ms, 6, arena)), event->reason,
            act_quoted(utf8_shorten(utf8_one_line(event->message, arena), NOTE_MAX, arena), arena),
            act_quoted(options->operator_name, arena), act_quoted(subject->namespace, arena),
            act_quoted(subject->name, arena), act_quoted(subject->uid, arena)),
    };
}

static const char *severity_of(const char *name) {
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const ReasonRow *row = reason_row((Reason)i);
        if (str_equal_cstr(str_from_cstr(name), row->name))
            return (row->may_pass || row->is_stalled) && i != REASON_SUPERSEDED ? "error" : "info";
    }
    return "info";
}

Str act_notice_json(const DecisionStep *step, const ActOptions *options, Str revision,
                    Arena *arena) {
    const ObjectMeta *subject = step->object;
    const DecisionEvent *event = &step->event;
    Str text = utf8_shorten(utf8_one_line(event->message, arena), NOTE_MAX, arena);
    return str_format(
        arena,
        "{\"involvedObject\":{\"apiVersion\":\"" API "\",\"kind\":\"Stack\",\"namespace\":%s,"
        "\"name\":%s,\"uid\":%s},\"severity\":\"%s\",\"timestamp\":\"%.*s\",\"message\":%s,"
        "\"reason\":\"%s\",\"metadata\":{%s%s},\"reportingController\":\"loam-operator\","
        "\"reportingInstance\":%s}",
        act_quoted(subject->namespace, arena), act_quoted(subject->name, arena),
        act_quoted(subject->uid, arena), severity_of(event->reason),
        STR_ARG(clock_format_rfc3339(options->now_ms, arena)),
        act_quoted(text.len > 0 ? text : str_from_cstr(event->reason), arena), event->reason,
        revision.len > 0 ? "\"infra.loam.internal/revision\":" : "",
        revision.len > 0 ? act_quoted(revision, arena) : "",
        act_quoted(options->operator_name, arena));
}

size_t act_requests(const DecisionStep *step, const ActOptions *options,
                    ActRequest out[ACT_REQUESTS_MAX], Arena *arena) {
    switch (step->kind) {
    case STEP_ADD_FINALIZER:
    case STEP_REMOVE_FINALIZER:
        out[0] = finalizer_patch(step, step->kind == STEP_ADD_FINALIZER, arena);
        return 1;
    case STEP_STACK_STATUS:
        out[0] = status_patch(&act_stacks, step, &stack_status_record,
                              &((const Stack *)step->object)->status, step->stack_status, arena);
        return 1;
    case STEP_RUN_STATUS:
        out[0] = status_patch(&act_runs, step, &run_status_record,
                              &((const Run *)step->object)->status, step->run_status, arena);
        return 1;
    case STEP_LANE_STATUS:
        out[0] = status_patch(&act_lanes, step, &lane_status_record,
                              &((const Lane *)step->object)->status, step->lane_status, arena);
        return 1;
    case STEP_CREATE_KEY: out[0] = create_key(step, arena); return 1;
    case STEP_CREATE_RUN: out[0] = create_run(step->run, arena); return 1;
    case STEP_DELETE_RUN: out[0] = delete_object(&act_runs, step, arena); return 1;
    case STEP_CREATE_PLAN_JOB:
    case STEP_CREATE_APPLY_JOB: out[0] = create_job(step, options, arena); return 1;
    case STEP_DELETE_JOB: out[0] = delete_job(step, arena); return 1;
    case STEP_RELEASE_POD:
        out[0] = fail_pod(step, arena);
        out[1] = delete_object(&act_pods, step, arena);
        return 2;
    case STEP_EVENT: out[0] = create_event(step, options, arena); return 1;
    case STEP_WAKE: return 0;
    }
    return 0;
}

bool act_send(const KubeCall *call, const ActRequest *request, KubeResponse *response) {
    KubeOutcome outcome;
    if (str_equal_cstr(STR("POST"), request->method)) {
        outcome = kube_call_create(call, &request->ref, request->body, response, NULL);
        return outcome == KUBE_DONE || kube_status_find(&response->status, "AlreadyExists") ||
               str_equal_cstr(response->status.reason, "AlreadyExists");
    }
    if (str_equal_cstr(STR("DELETE"), request->method)) {
        KubeDelete delete = {
            .ref = request->ref,
            .propagation = request->propagation,
            .uid = request->uid,
            .is_immediate = request->ref.resource == &act_pods, /* of a node that is lost */
        };
        outcome = kube_call_delete(call, &delete, response, NULL);
        return outcome == KUBE_DONE || outcome == KUBE_ABSENT || outcome == KUBE_CONFLICT;
    }
    KubePatch patch_request = {
        .ref = request->ref,
        .type = str_equal(request->content_type, JSON_PATCH) ? KUBE_PATCH_JSON : KUBE_PATCH_MERGE,
        .body = request->body,
        .manager = STR("loam-operator"),
        .is_repeatable = true,
    };
    return kube_call_patch(call, &patch_request, response, NULL) == KUBE_DONE;
}
