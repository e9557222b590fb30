/* Steps as requests, and the Job of a Run: its containers, volumes and limits. */
#include "act.h"
#include "act_job.h"
#include "kube_object.h"
#include "operator_case.h"
#include "run_order.h"

static const ActOptions options = {.operator_name = STR_CONST("loam-operator-0"), .now_ms = NOW};

#define DIGEST "sha256:0123456789012345678901234567890123456789012345678901234567890123"

static Run *run_of(const char *template) {
    Run *run = arena_new(arena, Run);
    object_of(&run_record, run,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net-1\",\"uid\":\"u-2\","
              "\"resourceVersion\":\"9\"},\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":\"u-1\"},"
              "\"type\":\"Apply\",\"trigger\":\"t\",\"reason\":\"Spec\",\"image\":\"loam:1\","
              "\"template\":{%s}},\"status\":{\"plan\":{\"name\":\"net-1\",\"digest\":\"" DIGEST
              "\"}}}",
              template);
    return run;
}

static ActRequest request_of(DecisionStep step) {
    ActRequest requests[ACT_REQUESTS_MAX];
    Value parsed;
    assert_int_equal(act_requests(&step, &options, requests, arena), 1);
    if (requests[0].body.len > 0)
        assert_true(json_parse_any(requests[0].body, &parsed, NULL, NULL, arena));
    return requests[0];
}

static void check_request(DecisionStep step, const char *method, const char *path,
                          const char *body) {
    ActRequest request = request_of(step);
    assert_string_equal(request.method, method);
    check_str(kube_resource_path(&request.ref, arena), path);
    check_str(request.body, body);
}

static void patches(void **) {
    Stack stack = {0};
    Run *run = run_of("");
    Lane full = {.meta = run->meta};
    LaneStatus lane = {0};
    object_of(&stack_record, &stack,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"u-1\","
              "\"resourceVersion\":\"7\",\"finalizers\":[\"other\"]},\"spec\":{}}");
    check_request(
        (DecisionStep){STEP_ADD_FINALIZER, &stack.meta}, "PATCH",
        "/apis/infra.loam.internal/v1alpha1/namespaces/team/stacks/net",
        "{\"metadata\":{\"resourceVersion\":\"7\",\"finalizers\":[\"other\",\"" STACK_FINALIZER
        "\"]}}");
    vec_push(arena, &stack.meta.finalizers, STR(STACK_FINALIZER));
    check_request((DecisionStep){STEP_REMOVE_FINALIZER, &stack.meta}, "PATCH",
                  "/apis/infra.loam.internal/v1alpha1/namespaces/team/stacks/net",
                  "{\"metadata\":{\"resourceVersion\":\"7\",\"finalizers\":[\"other\"]}}");
    vec_push(arena, &lane.holders, (LaneHolder){STR("u"), STR("n"), STR("r")});
    check_request((DecisionStep){STEP_LANE_STATUS, &full.meta, .lane_status = &lane}, "PATCH",
                  "/apis/infra.loam.internal/v1alpha1/lanes/net-1/status",
                  "{\"metadata\":{\"resourceVersion\":\"9\"},\"status\":{\"holders\":[{\"uid\":"
                  "\"u\",\"namespace\":\"n\",\"name\":\"r\"}]}}");
    check_request((DecisionStep){STEP_DELETE_RUN, &run->meta}, "DELETE",
                  "/apis/infra.loam.internal/v1alpha1/namespaces/team/runs/net-1", "");
    check_request((DecisionStep){STEP_DELETE_JOB, &run->meta, .job = {STR("net-1-plan")}}, "DELETE",
                  "/apis/batch/v1/namespaces/team/jobs/net-1-plan", "");
    check_request((DecisionStep){STEP_CREATE_RUN, &run->meta, .run = run}, "POST",
                  "/apis/infra.loam.internal/v1alpha1/namespaces/team/runs",
                  "{\"apiVersion\":\"infra.loam.internal/v1alpha1\",\"kind\":\"Run\",\"metadata\":"
                  "{\"ownerReferences\":[{\"apiVersion\":\"infra.loam.internal/v1alpha1\",\"kind\":"
                  "\"Stack\",\"name\":\"net\",\"uid\":\"u-1\",\"controller\":true,"
                  "\"blockOwnerDeletion\":true}],\"namespace\":\"team\",\"name\":\"net-1\"},"
                  "\"spec\":{\"stack\":{\"name\":\"net\",\"uid\":\"u-1\"},\"type\":\"Apply\","
                  "\"trigger\":\"t\",\"reason\":\"Spec\",\"image\":\"loam:1\",\"template\":{}}}");
    /* That of a preview stays for the Stack that it plans for. */
    run->spec.plan_for = (ObjectIdentity){STR("prod"), STR("u-9")};
    ActRequest request = request_of((DecisionStep){STEP_CREATE_RUN, &run->meta, .run = run});
    assert_true(str_find(request.body, STR("\"name\":\"prod\",\"uid\":\"u-9\",\"controller\""),
                         0) != SIZE_MAX);
}

/* A status patch has the members that differ, whole, and null for one that becomes absent. */
static void changed_status(void **) {
    Run *run = run_of("");
    RunStatus next = run->status;
    DecisionStep step = {STEP_RUN_STATUS, &run->meta, .run_status = &next};
    next.attempts = 2;
    check_request(step, "PATCH",
                  "/apis/infra.loam.internal/v1alpha1/namespaces/team/runs/net-1/status",
                  "{\"metadata\":{\"resourceVersion\":\"9\"},\"status\":{\"attempts\":2}}");
    run->status.attempts = 2;
    next = (RunStatus){.jobs.plan.name = STR("p")};
    check_str(request_of(step).body,
              "{\"metadata\":{\"resourceVersion\":\"9\"},\"status\":{\"plan\":null,\"jobs\":{"
              "\"plan\":{\"name\":\"p\",\"uid\":\"\"},\"apply\":{\"name\":\"\",\"uid\":\"\"}},"
              "\"attempts\":null}}");
}

/* Texts of users end as texts. */
static void events(void **) {
    Stack stack = {0};
    ActRequest first, other;
    DecisionStep step = {STEP_EVENT, &stack.meta,
                         .event = {"Approved", STR("a\n\"b\"\\"), STR("net-1")}};
    Value body;
    object_of(&stack_record, &stack,
              "{\"metadata\":{\"namespace\":\"team\",\"name\":\"net\",\"uid\":\"u-1\"},"
              "\"spec\":{}}");
    first = request_of(step);
    assert_true(json_parse_object(first.body, &body, arena));
    check_str(kube_object_text(body, "", "note"), "a \"b\"\\"); /* in one line */
    check_str_equal(request_of(step).body, first.body);         /* the same name: once */
    step.event.run = STR("net-2");
    other = request_of(step);
    assert_false(str_equal(other.body, first.body));
}

/* For Flux: a severity by the reason, one line, never without a message. */
static void notices(void **) {
    static const char *const rows[][2] = {{"Approved", "info"},  {"Superseded", "info"},
                                          {"Applied", "info"},   {"ApprovalRequired", "info"},
                                          {"Rejected", "error"}, {"ApplyFailed", "error"}};
    Stack stack = {.meta = {.namespace = STR("team"), .name = STR("net"), .uid = STR("u")}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        DecisionStep step = {STEP_EVENT, &stack.meta, .event = {rows[i][0], STR("a\n\"b\"\\")}};
        Value body;
        Str text = act_notice_json(&step, &options, i ? STR("main\"") : STR_EMPTY, arena);
        assert_true(json_parse_object(text, &body, arena));
        check_str(value_text_at(body, STR("severity")), rows[i][1]);
        check_str(value_text_at(body, STR("message")), "a \"b\"\\");
        check_str(kube_object_text(body, "metadata", "infra.loam.internal/revision"),
                  i ? "main\"" : "");
        step.event.message = STR_EMPTY;
        text = act_notice_json(&step, &options, STR_EMPTY, arena);
        assert_true(json_parse_object(text, &body, arena));
        check_str(value_text_at(body, STR("message")), rows[i][0]);
    }
}

/* The member at a path of names and indexes: "spec.template.spec.containers.0.name". */
static Str at(Value value, const char *path) {
    Str rest = str_from_cstr(path), name;
    while (str_next_field(&rest, '.', &name)) {
        uint64_t index;
        if (str_to_uint64(name, &index)) {
            if (index >= value.count)
                return STR("-");
            value = value_at(value, index);
        } else if (!value_find_present(value, name, &value)) {
            return STR("-");
        }
    }
    return json_text(value, arena);
}

#define POD "spec.template.spec."

static void plan_job(void **) {
    static const char *const rows[][2] = {
        {"metadata.name", "\"net-1-plan\""},
        {"metadata.ownerReferences.0.uid", "\"u-2\""},
        {"metadata.labels", "{\"infra.loam.internal/phase\":\"plan\",\"infra.loam.internal/run\":"
                            "\"net-1\",\"infra.loam.internal/stack\":\"net\",\"team\":\"a\"}"},
        {"spec.suspend", "false"},
        {"spec.backoffLimit", "3"},
        {"spec.activeDeadlineSeconds", "600"},
        {"spec.podReplacementPolicy", "\"Failed\""},
        {POD "restartPolicy", "\"Never\""},
        {POD "automountServiceAccountToken", "false"},
        {POD "securityContext.runAsNonRoot", "true"},
        {POD "terminationGracePeriodSeconds", "120"},
        {POD "nodeSelector", "{\"disk\":\"ssd\"}"},
        {POD "hostNetwork", "-"}, /* is not taken from the Stack */
        {POD "initContainers.0.name", "\"source\""},
        {POD "initContainers.0.env.2.value", "\"run=u-2 pod=$(POD_UID)\""},
        {POD "initContainers.0.envFrom", "-"},
        {POD "initContainers.0.volumeMounts.2.name", "\"fetch\""}, /* not that of the plan */
        {POD "initContainers.0.volumeMounts.3", "-"},              /* no secrets of the backend */
        {POD "initContainers.1.name", "\"plan\""},
        {POD "initContainers.1.args", "[\"operator\",\"run\"]"},
        {POD "initContainers.1.env.0", "{\"name\":\"A\",\"value\":\"1\"}"},
        {POD "initContainers.1.envFrom", "[]"},
        {POD "initContainers.1.volumeMounts.6.name", "\"backend\""},
        {POD "containers.0.name", "\"report\""},
        {POD "containers.0.volumeMounts.0", "{\"mountPath\":\"/stack\",\"name\":\"stack\","
                                            "\"readOnly\":true}"},
        {POD "containers.0.env.3", "-"}, /* nothing that code of the configuration can set */
        {POD "containers.0.envFrom", "-"},
        {POD "containers.0.volumeMounts.6.name", "\"backend\""},
        {POD "containers.0.securityContext.readOnlyRootFilesystem", "true"},
        {POD "containers.1", "-"},
        {POD "volumes.5.projected.sources.0.secret.items.0", "{\"key\":\"k\",\"path\":\"b\"}"},
        {POD "volumes.5.projected.sources.1.configMap.name", "\"cm\""},
        {POD "volumes.5.projected.sources.2.secret.name", "\"loam-outputs-base\""},
        {POD "volumes.5.projected.sources.3", "-"}, /* a value is in the order */
        {POD "volumes.6.secret.secretName", "\"loam-key-net\""},
        {POD "volumes.6.secret.optional", "true"}, /* its container reports a missing one */
        {POD "volumes.6.secret.items.0", "{\"key\":\"key\",\"path\":\"key\"}"},
        {POD "volumes.7.secret.secretName", "\"pg\""},
        {POD "volumes.8.name", "\"cache\""},
        {POD "volumes.9", "-"}, /* no directory of the node */
    };
    ActJobOptions job = {
        run_of("\"timeout\":\"10m\",\"backend\":{\"type\":\"pg\",\"config\":{},"
               "\"secretRef\":{\"name\":\"pg\"}},\"variables\":["
               "{\"name\":\"a\",\"value\":{\"x\":[1]}},"
               "{\"name\":\"b\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\","
               "\"key\":\"k\"}}},{\"name\":\"c\",\"valueFrom\":{"
               "\"configMapKeyRef\":{\"name\":\"cm\",\"key\":\"k\"}}},"
               "{\"name\":\"d\",\"valueFrom\":{\"output\":{\"stack\":\"base\","
               "\"name\":\"id\"}}}],\"runner\":{\"labels\":{\"team\":\"a\","
               "\"infra.loam.internal/run\":\"forged\"},\"hostNetwork\":true,"
               "\"nodeSelector\":{\"disk\":\"ssd\"},\"env\":[{\"name\":\"A\","
               "\"value\":\"1\"}],\"volumes\":[{\"name\":\"host\",\"hostPath\":{\"path\":"
               "\"/\"}},{\"name\":\"cache\",\"persistentVolumeClaim\":{"
               "\"claimName\":\"c\"}}]}")};
    Value object;
    assert_true(json_parse_object(act_job_json(&job, arena), &object, arena));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (!str_equal_cstr(at(object, rows[i][0]), rows[i][1]))
            print_error("%s\n", rows[i][0]);
        check_str(at(object, rows[i][0]), rows[i][1]);
    }
}

static void apply_job(void **) {
    ActJobOptions job = {run_of("\"runner\":{\"labels\":{\"kueue.x-k8s.io/queue-name\":\"q\"},"
                                "\"image\":\"own:2\"},\"encryption\":{\"secretRef\":{\"name\":"
                                "\"mine\"}},\"variables\":[{\"name\":\"a\",\"value\":{\"x\":[1]}},"
                                "{\"name\":\"b\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\","
                                "\"key\":\"k\"}}}]"),
                         .is_apply = true};
    RunOrder order = {0};
    Value object;
    const char *error;
    Str text;
    assert_true(json_parse_object(act_job_json(&job, arena), &object, arena));
    check_str(at(object, "spec.suspend"), "true");
    check_str(at(object, POD "initContainers.1"), "-");
    check_str(at(object, POD "containers.0.name"), "\"apply\"");
    check_str(at(object, POD "containers.0.image"), "\"own:2\"");
    check_str(at(object, POD "volumes.6.secret.secretName"), "\"mine\"");
    {
        Value annotations;
        assert_true(
            kube_object_find(object, "spec.template.metadata", "annotations", &annotations));
        text = value_text_at(annotations, STR(RUN_ORDER_ANNOTATION));
    }
    assert_true(record_from_json(text, &run_order_record, &order, &error, arena));
    check_str(order.phase, "apply");
    check_str(order.plan.digest, DIGEST);
    check_str(order.variables.items[0].value, "{\"x\":[1]}");
    check_str(order.variables.items[1].file, "/run/variables/b");
    check_str(order.outputs_secret, "loam-outputs-net");
    check_str(order.run.uid, "u-2");
}

static void lost_pod(void **) {
    ObjectMeta pod = {.namespace = STR("team"), .name = STR("p"), .uid = STR("u-5")};
    DecisionStep step = {STEP_RELEASE_POD, &pod};
    ActRequest requests[ACT_REQUESTS_MAX];
    assert_int_equal(act_requests(&step, &options, requests, arena), 2);
    check_str(kube_resource_path(&requests[0].ref, arena), "/api/v1/namespaces/team/pods/p/status");
    assert_true(str_find(requests[0].body, STR("\"u-5\""), 0) != SIZE_MAX);
    assert_string_equal(requests[1].method, "DELETE");
    check_str(requests[1].uid, "u-5");
}

UNIT_MAIN(test_act) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patches),  cmocka_unit_test(changed_status), cmocka_unit_test(events),
        cmocka_unit_test(notices),  cmocka_unit_test(plan_job),       cmocka_unit_test(apply_job),
        cmocka_unit_test(lost_pod),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
